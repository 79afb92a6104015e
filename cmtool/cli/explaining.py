"""`cmtool explain`: a pasted error to a report, without a network and without what serves one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from cmtool import __version__, config
from cmtool.cli.hiding import secrets_of
from cmtool.cli.options import OutputOptions, PasteOptions
from cmtool.cli.output import check_reports, emit, stderr
from cmtool.cli.pasting import STDIN, Read, pasted
from cmtool.cli.telling import keep_secret
from cmtool.errors import ExitCode
from cmtool.explaining import Explained, Followed, explain
from cmtool.model import Outcome, Report, Target
from cmtool.paste import Hints, Pasted, read
from cmtool.paste.base import Capture
from cmtool.paste.secrecy import AsTheyStand
from cmtool.redact import Redactor, cut
from cmtool.render.human.explain import explain_lines, unrecognised_lines

_QUOTED = 80


def run(file: str | None, *, options: PasteOptions, output: OutputOptions) -> int:
    """Explain what is pasted; gives the exit code."""
    options.checked()
    check_reports(output.report, {"FILE": file})
    secrets = _secrets()
    keep_secret(secrets)
    redactor = Redactor(secrets)
    given = pasted(file)
    started_at, start = datetime.now(UTC), time.monotonic()
    text = read(given.content)
    keep_secret(text.secrets)
    hints = Hints(status=options.status, protocol=options.protocol, model=options.model_option)
    explained = explain(text, hints, redactor, lambda capture: _followed(capture, hints))
    if explained is None:
        return _unrecognised(given, text, redactor, output)
    if output.strict:
        explained = explained.strictly()
    report = _report(given, explained, hints, started_at, (time.monotonic() - start) * 1000)
    return emit(redactor.scrub(report), output, explain_lines)


def _secrets() -> list[str]:
    # What is wrong with the model that the environment names is of no concern here.
    environ = {k: v for k, v in config.environment().items() if k != config.MODEL_VARIABLE}
    return secrets_of(config.load(environ))


def _followed(capture: Capture, hints: Hints) -> Sequence[Followed]:
    # Streams are followed by what follows live ones; only a paste with one pays for that.
    from cmtool.cli.playing import follow  # noqa: PLC0415

    return follow(capture, hints.model)


def _report(
    given: Read, explained: Explained, hints: Hints, started_at: datetime, duration_ms: float
) -> Report:
    diagnosis = explained.diagnosis
    model = next((e.model for e in reversed(explained.exchanges) if e.model), hints.model)
    return Report(
        command="explain",
        cmtool_version=__version__,
        started_at=started_at,
        duration_ms=duration_ms,
        target=Target(base_url=f"pasted:{given.name}", model=model),
        outcome=_outcome(explained),
        exit_code=diagnosis.exit_code if diagnosis else ExitCode.HEALTHY,
        diagnosis=diagnosis,
        findings=explained.findings,
        exchanges=explained.exchanges,
        streams=explained.streams,
        support=explained.support,
        recognised=explained.recognised_of(given.left_out),
    )


def _outcome(explained: Explained) -> Outcome:
    if explained.diagnosis is not None:
        return Outcome.FAILED
    return Outcome.DEGRADED if explained.findings else Outcome.HEALTHY


def _unrecognised(given: Read, text: Pasted, redactor: Redactor, output: OutputOptions) -> int:
    """Say what was looked for, and what comes nearest to it."""
    screen = stderr(output)
    name = "what was pasted" if given.name == STDIN else given.name
    first = text.text.strip().partition("\n")[0]
    start = cut(AsTheyStand(text.secrets).text(redactor.text(first)), _QUOTED)
    screen.show(
        unrecognised_lines(name, start, text, width=screen.width, ascii_only=screen.ascii_only)
    )
    return ExitCode.USAGE
