"""The border of the program: errors and interrupts become exit codes here, and nowhere else."""

from __future__ import annotations

import atexit
import errno
import functools
import gc
import os
import sys
from collections.abc import Callable, Iterable
from typing import NoReturn, ParamSpec

from cmtool.errors import CmtoolError, ExitCode

P = ParamSpec("P")

# What the system says of an output that takes nothing more; it is no fault of cmtool.
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


# What a message of a fault may not show: a run tells it here as soon as it knows the key.
_kept: set[str] = set()


def keep_secret(secrets: Iterable[str]) -> None:
    """Remember what must be taken out of every message that this border prints."""
    _kept.update(secrets)


def main() -> NoReturn:
    """Run the program; always ends in SystemExit."""
    # Memory goes back to the system in one piece; the interpreter's own search through all that
    # is left, for cycles to take apart, would be a fifth of the time of a short command.
    atexit.register(gc.freeze)
    _kept.clear()
    try:
        from cmtool.cli.app import app  # noqa: PLC0415 - an interrupt at start-up ends here as well

        app(prog_name="cmtool")
    except KeyboardInterrupt:
        sys.exit(_interrupted())
    except OSError as exc:  # from --help and --version, which no command of ours guards
        sys.exit(_unwritten(exc))
    sys.exit(ExitCode.HEALTHY)


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Give the command that ends the program with the number which ``command`` returns."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        sys.exit(_exit_code(functools.partial(command, *args, **kwargs)))

    return run


def _exit_code(command: Callable[[], int]) -> int:
    code: int = ExitCode.HEALTHY
    try:
        code = command()
        _flush()
    except CmtoolError as exc:
        return _say(f"{exc}", exc.exit_code)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        _drop_output()  # whoever read it has seen enough (`cmtool models | head -1`)
    except OSError as exc:
        return _unwritten(exc)
    except Exception as exc:  # noqa: BLE001 - the one place where every fault of our own ends
        return _fault(exc)
    return code


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _say(sentence: str, code: ExitCode) -> int:
    """Print one sentence for people; what it quotes from them is made safe to show."""
    from cmtool.redact import Redactor, visible  # noqa: PLC0415 - start-up time

    if sys.stderr is not None:
        sys.stderr.write(f"cmtool: {visible(Redactor(_secrets()).text(sentence))}\n")
    return code


def _interrupted() -> int:
    return _say("interrupted", ExitCode.INTERRUPTED)


def _unwritten(error: OSError) -> int:
    """Say that the output could not be written, when that is what the error is about."""
    if error.errno not in _UNWRITABLE:
        return _fault(error)
    _drop_output()
    return _say(f"the output cannot be written: {error.strerror}", ExitCode.FAULT)


def _drop_output() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())  # else the interpreter's own flush at exit fails


def _fault(error: Exception) -> int:
    if sys.stderr is not None and not {"--verbose", "-v"}.isdisjoint(sys.argv):
        import traceback  # noqa: PLC0415 - start-up time

        from cmtool.redact import Redactor, visible  # noqa: PLC0415 - start-up time

        text = Redactor(_secrets()).text("".join(traceback.format_exception(error)))
        sys.stderr.write(visible(text, multiline=True))
    kind = type(error).__name__
    return _say(f"a fault of cmtool itself ({kind}); --verbose shows where", ExitCode.FAULT)


def _secrets() -> set[str]:
    from cmtool.config import environment  # noqa: PLC0415 - start-up time
    from cmtool.variables import KEY_VARIABLE  # noqa: PLC0415 - likewise

    return _kept | {environment().get(KEY_VARIABLE, "")}
