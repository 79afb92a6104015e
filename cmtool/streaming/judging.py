"""What a stream that was followed comes to: a finding, or none, and its figures.

Pure.  A stream is healthy when it ended with its terminal event, carried some delta and broke no
rule; anything else is a failed generation (https://www.crossmodel.ai/docs/guides/streaming).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from cmtool import catalog
from cmtool.catalog.row import Reading
from cmtool.classify import ErrorObject, Evidence, from_error, shown_by
from cmtool.model import Finding, Phase, Severity, StreamResult
from cmtool.protocols import StreamMachine
from cmtool.streaming.meter import Meter

# A generation that the output cap has cut is healthy, even when all it brought was hidden.
CAPPED = frozenset({"length", "max_output_tokens", "max_tokens"})
_IMPATIENCE = frozenset({"stream_stalled", "threshold_exceeded"})


@dataclass(frozen=True, slots=True)
class Ending:
    """Why reading a stream came to its end, where it was not the stream's own end.

    ``reading`` is what the identifier comes down to here, where its row says it too broadly.
    """

    identifier: str
    why: str
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A stream that was followed as far as it went."""

    meter: Meter
    machine: StreamMachine


def judge(
    followed: Followed,
    ending: Ending | None,
    evidence: Evidence,
    redacted: Callable[[ErrorObject], ErrorObject],
) -> Finding | None:
    """Say what is wrong with a stream, None when it was delivered whole and by the rules.

    ``evidence`` is the answer that the stream came in; ``redacted`` takes secrets out of what
    the server said in it.
    """
    evidence = dataclasses.replace(evidence, phase=Phase.STREAM)
    machine = followed.machine
    if machine.error is not None:
        return _with(from_error(redacted(machine.error), evidence), _progress(machine))
    # A rule that was broken says more than the patience that ended with it.
    impatient = ending is not None and ending.identifier in _IMPATIENCE
    broken = _broken_rule(machine) if machine.terminal or ending is None or impatient else None
    wrong = broken or (None if machine.terminal else ending) or _verdict(followed)
    if wrong is None:
        return None
    row = catalog.row(wrong.identifier)
    row = row.read_as(wrong.reading) if wrong.reading else row
    return _with(shown_by(row, evidence), wrong.why, _progress(machine))


def measured(result: StreamResult, followed: Followed) -> StreamResult:
    """Give the result with everything that was measured and counted."""
    meter, machine = followed.meter, followed.machine
    return dataclasses.replace(
        result,
        violations=tuple(machine.violations),
        events=meter.events,
        deltas=machine.deltas,
        text_chars=machine.text_chars,
        finish_reason=machine.finish_reason,
        first_byte_ms=meter.ms(meter.first_byte_at),
        first_event_ms=meter.ms(meter.first_event_at),
        first_delta_ms=meter.ms(meter.first_delta_at),
        ttft_ms=meter.ms(meter.first_text_at),
        duration_ms=meter.ms(meter.ended_at),
        gaps=meter.gaps(),
        buffered=meter.came_at_once(),
        profile=meter.profile(),
        input_tokens=machine.input_tokens,
        output_tokens=machine.output_tokens,
        tokens_per_second=meter.tokens_per_second(machine.output_tokens),
    )


def _broken_rule(machine: StreamMachine) -> Ending | None:
    """Judge a stream by the first rule that it broke."""
    broken = [v for v in machine.violations if v.severity is Severity.ERROR]
    if not broken:
        return None
    first = broken[0]
    where = f"Event {first.event}" if first.event is not None else "The end"
    said = f"{where} broke a rule ({first.name}): expected {first.expected}, got {first.got}."
    return Ending("stream_malformed", said)


def _verdict(followed: Followed) -> Ending | None:
    """Judge a stream that ended by itself and broke no rule."""
    machine = followed.machine
    if followed.meter.events == 0:
        return Ending("stream_empty", "The stream ended without a single event.")
    if not machine.terminal:
        return Ending("stream_truncated", f"The stream ended without {machine.terminal_event}.")
    if machine.deltas == 0 and machine.finish_reason not in CAPPED:
        return Ending("stream_empty", "The stream ended by its rules, but brought no output.")
    return None


def _progress(machine: StreamMachine) -> str:
    if not machine.deltas:
        return "Nothing of the answer had come by then."
    deltas = "1 delta" if machine.deltas == 1 else f"{machine.deltas} deltas"
    return f"By then {deltas} with {machine.text_chars} characters had come."


def _with(finding: Finding, *evidence: str) -> Finding:
    return dataclasses.replace(finding, evidence=(*finding.evidence, *evidence))
