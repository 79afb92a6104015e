"""A recorded stream judged again: the same machine and the same clocks, without a network."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

from cmtool.asking import Attempt
from cmtool.classify import Evidence
from cmtool.connection.faults import TransportError
from cmtool.gateway import SHOWN_BODY
from cmtool.generation import Generation
from cmtool.model import Exchange, Finding, Gaps, Phase, StreamResult, Timings
from cmtool.protocols import DIALECTS
from cmtool.redact import Redactor, cut
from cmtool.streaming.following import Follower, Patience
from cmtool.streaming.instead import holds_no_event, in_place_of_a_stream, is_stream
from cmtool.streaming.judging import judge, measured
from cmtool.streaming.recording import End, Recorded

_FOREVER_S = 1e9


class _Tape:
    """Plays the chunks of a recording, and the time at which each had arrived."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        # The silence of the model counts from the head of the answer on, as it did live.
        self.now_s = (recorded.headers_ms or 0.0) / 1000
        self.at_deadline = False

    async def chunks(self) -> AsyncIterator[tuple[float, bytes]]:
        for at_ms, chunk in self._recorded.chunks:
            self.now_s = (at_ms or 0.0) / 1000
            yield self.now_s, chunk
        if self._recorded.end is End.CLOSED:
            return
        self.now_s = max(self.now_s, (self._recorded.end_ms or 0.0) / 1000)
        if self._recorded.end is End.BROKEN:
            why = "The connection was closed in the middle of the body."
            raise TransportError("stream_disconnected", [why], Phase.STREAM)
        if self._recorded.end is End.UNREADABLE:
            why = "The body cannot be read: it does not decode by its Content-Encoding."
            raise TransportError("malformed_response", [why], Phase.RESPONSE)
        self.at_deadline = self._recorded.end is End.DEADLINE
        raise TimeoutError

    def remaining_s(self) -> float:
        return 0.0 if self.at_deadline else _FOREVER_S


async def replay(recorded: Recorded, idle_s: float) -> Generation:
    """Judge one recorded stream; its times are those of the recording, None in a plain capture."""
    redactor, evidence = Redactor(), _evidence(recorded)
    if not is_stream(evidence):
        return _not_followed(recorded, evidence)
    tape = _Tape(recorded)
    follower = Follower(
        DIALECTS[recorded.protocol].machine(redactor.text),
        0.0,
        Patience(monotonic=lambda: tape.now_s, remaining_s=tape.remaining_s, idle_s=idle_s),
    )
    ending = await follower.follow(tape.chunks())
    if not follower.followed.meter.events and holds_no_event(follower.start, ending):
        return _not_followed(recorded, evidence)
    finding = judge(follower.followed, ending, evidence, redactor.scrub)
    result = measured(_result(recorded, finding), follower.followed)
    return Generation(
        result=result if recorded.timed else _untimed(result),
        attempt=_attempt(recorded, finding, redactor.text(follower.last_said)),
        text=redactor.text(follower.followed.machine.text),
    )


def _not_followed(recorded: Recorded, evidence: Evidence) -> Generation:
    finding = in_place_of_a_stream(evidence)
    return Generation(
        result=_result(recorded, finding), attempt=_attempt(recorded, finding, evidence.body)
    )


def _evidence(recorded: Recorded) -> Evidence:
    body = b"".join(chunk for _, chunk in recorded.chunks[:SHOWN_BODY])
    return Evidence(
        status=recorded.status,
        headers=recorded.headers,
        body=body.decode("utf-8-sig", "replace"),
        protocol=recorded.protocol,
        check=recorded.protocol.value,
        model=recorded.model,
    )


def _result(recorded: Recorded, finding: Finding | None) -> StreamResult:
    return StreamResult(
        protocol=recorded.protocol,
        model=recorded.model,
        repetition=recorded.repetition,
        attempt=recorded.attempt,
        diagnosis=finding,
        headers_ms=recorded.headers_ms,
        request_id=recorded.headers.get("x-request-id"),
        served_model=recorded.headers.get("x-crossmodel-model"),
    )


def _attempt(recorded: Recorded, finding: Finding | None, body: str) -> Attempt[None]:
    exchange = Exchange(
        check=recorded.protocol.value,
        protocol=recorded.protocol,
        streamed=True,
        attempt=recorded.attempt,
        method="POST",
        url=f"recording:{DIALECTS[recorded.protocol].path}",
        sent_at=recorded.sent_at,
        model=recorded.model,
        status=recorded.status,
        request_id=recorded.headers.get("x-request-id"),
        served_model=recorded.headers.get("x-crossmodel-model"),
        duration_ms=recorded.end_ms,
        timings=Timings(headers_ms=recorded.headers_ms),
        headers=recorded.headers,
        body=cut(body, SHOWN_BODY) if body and finding else None,
        failure=finding.id if finding else None,
    )
    return Attempt(exchange=exchange, value=None, finding=finding, headers=recorded.headers)


def _untimed(result: StreamResult) -> StreamResult:
    """Take the figures away that a capture without times cannot give."""
    return dataclasses.replace(
        result,
        first_byte_ms=None,
        first_event_ms=None,
        first_delta_ms=None,
        ttft_ms=None,
        duration_ms=None,
        gaps=Gaps(),
        profile=(),
        tokens_per_second=None,
        buffered=False,
    )
