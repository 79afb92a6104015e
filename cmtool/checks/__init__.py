"""The checks of the doctor: one file per group, one function per check."""
