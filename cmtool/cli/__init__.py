"""The command line: parse, call, emit."""
