"""The exit codes of the program, and the errors that it raises against itself.

A failure of the *gateway* is never an exception: it is a value, a
:class:`cmtool.model.Finding`.  An exception means that the command could not
be carried out as it was given.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script sees.  Part of the contract: a number never changes its meaning."""

    HEALTHY = 0
    FAULT = 1  # a fault of cmtool itself
    USAGE = 2
    CONFIGURATION = 3
    AUTHENTICATION = 4
    BILLING = 5
    MODEL = 6
    RATE_LIMIT = 7
    SERVICE = 8
    NETWORK = 9
    REQUEST = 10
    STREAM = 11
    UNRECOGNISED = 12
    INTERRUPTED = 130


class CmtoolError(Exception):
    """The command cannot be carried out; the message says why and what to do, in one sentence."""

    exit_code: ExitCode = ExitCode.FAULT


class UsageError(CmtoolError):
    """What was typed cannot be used: a file that is not there, a number out of range."""

    exit_code = ExitCode.USAGE
