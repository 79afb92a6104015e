"""`python -m cmtool`."""

from cmtool.cli.boundary import main

main()
