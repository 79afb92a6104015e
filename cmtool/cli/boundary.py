"""The border of the program: errors and interrupts become exit codes here, and nowhere else."""

from __future__ import annotations

import atexit
import errno
import functools
import gc
import sys
import threading
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

from cmtool.cli import leaving
from cmtool.cli.telling import drop_unwritable, forget, say, show
from cmtool.errors import CmtoolError, ExitCode

__all__ = ["contained", "guarded", "main", "run"]

P = ParamSpec("P")
T = TypeVar("T")

# What the system says of an output that takes nothing more; it is no fault of cmtool.
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

_NEW_OBJECTS = 20_000  # some megabytes at most

# Faults that left the rest of the run whole.
_contained: list[Exception] = []


def main() -> NoReturn:
    """Be the program: take over what concerns the process as a whole, then :func:`run`."""
    # What is loaded at the start is no garbage: fewer searches for it save a tenth of a short
    # command.  The search for cycles begins with so many new objects, instead of 700.
    gc.set_threshold(_NEW_OBJECTS)
    # Memory goes back to the system in one piece; the interpreter's own search through all that
    # is left, for cycles to take apart, would be a fifth of the time of a short command.
    atexit.register(gc.freeze)
    leaving.take_over()
    sys.unraisablehook = _beside
    threading.excepthook = _beside
    # They are for those who develop cmtool, whose tests do not come this way; in the environment
    # of somebody else's tests they would be errors.
    warnings.simplefilter("ignore")
    run()


def run() -> NoReturn:
    """Run the command line; always ends in SystemExit."""
    forget()
    _contained.clear()
    sys.exit(_exit_code(_parsed))


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Give the command that ends the program with the number which ``command`` returns."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        sys.exit(_exit_code(functools.partial(command, *args, **kwargs)))

    return run


async def contained(work: Awaitable[T], instead: Callable[[Exception], T]) -> T:
    """Give what a part of the run comes to; a fault in it costs this part alone.

    ``instead`` says what the part came to then.  The program ends with 1 nevertheless.
    """
    try:
        return await work
    except Exception as exc:  # noqa: BLE001 - the rest of the run is of use without this part
        _contained.append(exc)
        return instead(exc)


def _parsed() -> int:
    """Parse the command line and do what it says; --help and --version end here."""
    import typer  # noqa: PLC0415 - what goes wrong at start-up is told as well

    from cmtool.cli.app import app  # noqa: PLC0415 - likewise

    try:
        ended = app(prog_name="cmtool", standalone_mode=False)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # which the parser takes for a failure
            return ExitCode.HEALTHY
        return end.code if isinstance(end.code, int) else ExitCode.HEALTHY
    except typer.TyperException as exc:
        from cmtool.cli.misuse import refusal  # noqa: PLC0415 - start-up time

        return say(refusal(exc), ExitCode.USAGE)
    return ended if isinstance(ended, int) else ExitCode.HEALTHY


def _exit_code(command: Callable[[], int]) -> int:
    code: int = ExitCode.HEALTHY
    try:
        code = command()
        _flush()
    except CmtoolError as exc:
        code = say(f"{exc}", exc.exit_code)
    except KeyboardInterrupt:
        leaving.end()
        code = say("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        pass  # whoever read it has seen enough (`cmtool models | head -1`)
    except OSError as exc:
        code = _unwritten(exc)
    except Exception as exc:  # noqa: BLE001 - the one place where every fault of our own ends
        code = _fault(exc)
    drop_unwritable()
    if _contained:
        code = _fault(*_contained)
        _contained.clear()  # they are told
    return code


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _unwritten(error: OSError) -> int:
    """Say that the output could not be written, when that is what the error is about."""
    if sys.platform == "win32" and error.errno == errno.EINVAL:
        return ExitCode.HEALTHY  # its word for a reader that has gone
    if error.errno not in _UNWRITABLE:
        return _fault(error)
    return say(f"the output cannot be written: {error.strerror}", ExitCode.USAGE)


def _fault(*errors: Exception) -> int:
    """Say in a sentence that cmtool itself failed; where, with ``--verbose``."""
    try:
        for error in errors:
            show(error)
        return say(_of_fault(errors), ExitCode.FAULT)
    except Exception as exc:  # noqa: BLE001 - a fault in telling of one, when memory is gone or a file
        return _last_word(exc)


def _of_fault(errors: tuple[Exception, ...]) -> str:
    kinds = ", ".join(dict.fromkeys(type(error).__name__ for error in errors))
    if isinstance(errors[0], ImportError):
        what = f"the module {errors[0].name}" if errors[0].name else "a module"
        return (
            f"the installation is not whole: {what} cannot be loaded ({kinds})."
            " Install cmtool again, with what it depends on"
        )
    return f"a fault of cmtool itself ({kinds}); --verbose shows where"


def _last_word(error: Exception) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"cmtool: a fault of cmtool itself ({type(error).__name__})\n")
    return ExitCode.FAULT


def _beside(fault: Any) -> None:
    """Take a fault in a thread or in a finaliser, which no result depends on."""
    if fault.exc_value is not None:
        show(fault.exc_value)
