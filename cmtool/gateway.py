"""Asking the gateway: one request, repeated as documented, recorded, and its answer judged.

What comes in is redacted here, before anything else looks at it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from cmtool import catalog
from cmtool.address import shown
from cmtool.asking import ANSWER_LIMIT_S, Ask, Attempt, Body, Reader, Reading
from cmtool.charsets import text_of
from cmtool.classify import Evidence, classify, is_json, malformed, parse_json
from cmtool.compression import unlabelled
from cmtool.connection.backend import Waiting
from cmtool.connection.faults import TransportError
from cmtool.model import Exchange, Finding, Secret, Timings
from cmtool.pace import Gate
from cmtool.redact import SHOWN_HEADERS, Redactor, cut
from cmtool.retry import Patience, persist
from cmtool.transport import Answer, Request, Transport

BODY_LIMIT = 1024 * 1024  # bytes of an answer that are read
_FIRST_ERROR = 400
_ERROR_BODY_S = 5.0
_LONGEST_DETAIL = 300
SHOWN_BODY = 4000  # characters of it that are kept as evidence

R = TypeVar("R")


class Gateway:
    """The gateway as one run sees it: one base URL, at most one key, one deadline.

    ``gate`` keeps generations apart; ``journal`` holds every exchange in the order in which they
    ended.
    """

    def __init__(  # noqa: PLR0913 - what a run consists of
        self,
        *,
        transport: Transport,
        patience: Patience,
        redactor: Redactor,
        base_url: str,
        key: Secret | None,
        gate: Gate | None = None,
    ) -> None:
        self.journal: list[Exchange] = []
        self.patience = patience
        self.clock = patience.clock
        self.redactor = redactor
        self.base_url = base_url
        self._key = key
        self._transport = transport
        self.gate = gate or Gate(patience.clock)

    async def get(
        self,
        path: str,
        check: str,
        shape: Callable[[object], R | None],
        model: str | None = None,
        limit_s: float = ANSWER_LIMIT_S,
    ) -> list[Attempt[R | None]]:
        """Ask for a JSON document, as often as its failure allows; gives every attempt.

        ``shape`` reads the document, or gives None when it has not the documented shape.
        """
        headers = {"accept": "application/json", **self.key_headers("authorization")}
        ask = Ask(check=check, path=path, headers=headers, model=model, limit_s=limit_s)
        return await self.persist(ask, lambda answer: self.read_document(answer, ask, shape))

    def key_headers(self, name: str) -> dict[str, str]:
        """Give the header that carries the key, or nothing where there is no key to be sent."""
        if self._key is None:
            return {}
        key = self._key.reveal()
        return {name: f"Bearer {key}" if name == "authorization" else key}

    async def persist(self, ask: Ask, read: Reader[R]) -> list[Attempt[R]]:
        """Make a request, and again as its failure allows; gives every attempt, the last last."""
        return await persist(
            lambda number: self.attempt(ask, number, read),
            lambda attempt: (attempt.finding, attempt.headers),
            self.patience,
            self._turn if ask.content is not None else None,
        )

    async def _turn(self) -> bool:
        """Wait until the key's requests a minute allow one more generation."""
        return await self.gate.space(self.remaining_s())

    async def attempt(self, ask: Ask, number: int, read: Reader[R]) -> Attempt[R]:
        """Make one request and record it."""
        if ask.content is not None:
            self.gate.note()
        sent_at, start = self.clock.now(), self.clock.monotonic()
        answer: Answer | None = None
        answered_at, fault = None, None
        reading: Reading[R | None]

        def lost(error: TransportError) -> None:
            gone: Reading[None] = Reading(value=None, finding=self._fault(error, ask))
            self.journal.append(record(answer=None, reading=gone))

        waiting = Waiting()
        record = partial(self._record, ask, number=number, sent_at=sent_at, start=start)
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(self._limit_s(ask)):
                    answer = await stack.enter_async_context(
                        self._transport.send(self._request(ask), lost, waiting)
                    )
                answered_at = self.clock.now()
                reading = await read(answer)
        except TransportError as exc:
            fault = exc
            reading = Reading(value=None, finding=self._fault(exc, ask))
        except TimeoutError:
            reading = Reading(value=None, finding=self._no_answer(ask, waiting))
        exchange = record(answer=answer, reading=reading)
        self.journal.append(exchange)
        return Attempt(
            exchange=exchange,
            value=reading.value,
            finding=_traced(reading.finding, exchange),
            headers=answer.headers if answer else {},
            opening=answer.opening if answer else waiting.opening,
            answered_at=answered_at,
            fault=fault,
        )

    async def read_document(
        self, answer: Answer, ask: Ask, shape: Callable[[object], R | None]
    ) -> Reading[R | None]:
        """Read a whole answer as JSON; the value is None when something is wrong with it."""
        body = await self.read_body(answer, ask, self._limit_s(ask))
        finding = body.finding or classify(body.evidence)
        value = shape(parse_json(body.evidence.body)) if finding is None else None
        if finding is None and value is None:
            why = f"The body is not what {ask.path} is documented to give."
            finding = malformed(body.evidence, why)
        return Reading(
            value=value,
            finding=finding,
            body=body.evidence.body,
            first_byte_ms=body.first_byte_ms,
        )

    async def read_body(self, answer: Answer, ask: Ask, limit_s: float) -> Body:
        """Read the body of an answer as far as it comes within ``limit_s`` and BODY_LIMIT.

        The body of an error is waited for a few seconds only: what it says comes at once.
        """
        if answer.status >= _FIRST_ERROR:
            limit_s = min(limit_s, _ERROR_BODY_S)
        read, first_at, defect, late, dropped = bytearray(), None, "", False, False
        try:
            async with asyncio.timeout(limit_s):
                async for arrived_at, chunk in answer.chunks():
                    first_at = first_at or arrived_at
                    read += chunk
                    if len(read) > BODY_LIMIT:
                        defect = "The body is longer than 1 MiB; the rest was not read."
                        break
        except TransportError as exc:
            defect = self.redactor.text(" ".join(exc.details))
            dropped = exc.identifier == "stream_disconnected"
        except TimeoutError:
            late = True
            defect = (
                f"The answer began with status {answer.status}, but its body did not end"
                f" {self._in_time(limit_s)}."
            )
        content, unsaid = _unpacked(answer, bytes(read[:BODY_LIMIT]))
        text = self.redactor.text(text_of(content, answer.headers.get("content-type", "")))
        evidence = self.evidence_of(answer, ask, text, defect or unsaid)
        return Body(
            evidence=dataclasses.replace(evidence, dropped=dropped),
            first_byte_ms=(first_at - answer.started_at) * 1000 if first_at is not None else None,
            finding=self._unfinished(evidence, ask, defect) if late else None,
        )

    def _unfinished(self, evidence: Evidence, ask: Ask, why: str) -> Finding | None:
        """Give the finding for a body that did not end, unless what has come says enough."""
        said = classify(evidence)
        if said is not None and said.id != "malformed_response":
            return said
        unfinished = self.found("response_timeout", ask, why)
        return dataclasses.replace(unfinished, status=evidence.status)

    def evidence_of(self, answer: Answer, ask: Ask, body: str = "", defect: str = "") -> Evidence:
        """Give an answer as evidence, with a body that is redacted already."""
        headers = {name: self.redactor.text(value) for name, value in answer.headers.items()}
        return Evidence(
            status=answer.status,
            headers=headers,
            body=body,
            protocol=ask.protocol,
            defect=defect,
            check=ask.check,
            model=ask.model,
            base_url=self.base_url,
            path=ask.path,
        )

    def found(self, identifier: str, ask: Ask, *evidence: str) -> Finding:
        """Give the finding for an identifier that an exchange of ours showed."""
        return catalog.fill(
            catalog.row(identifier),
            model=ask.model,
            base_url=self.base_url,
            evidence=evidence,
            check=ask.check,
        )

    def remaining_s(self) -> float:
        """Give the seconds that are left for asking."""
        return self.patience.deadline.remaining()

    def shown_headers(self, answer: Answer) -> dict[str, str]:
        """Give the response headers that are evidence, redacted."""
        return {
            name: cut(_bare(name, self.redactor.text(value)), 300)
            for name, value in answer.headers.items()
            if name in SHOWN_HEADERS
        }

    def _limit_s(self, ask: Ask) -> float:
        return min(ask.limit_s, self.remaining_s())

    def _request(self, ask: Ask) -> Request:
        return Request(
            method=ask.method,
            url=self.base_url + ask.path,
            headers=ask.headers,
            content=ask.content,
        )

    def _fault(self, error: TransportError, ask: Ask) -> Finding:
        details = (self.redactor.text(detail) for detail in error.details)
        details = (cut(detail, _LONGEST_DETAIL) for detail in details)
        found = self.found(error.identifier, ask, *details)
        return dataclasses.replace(
            found,
            phase=error.phase,
            cause=error.cause.replace("{base_url}", self.base_url) or found.cause,
            actions=_once(error.actions, () if error.final else found.actions),
        )

    def _no_answer(self, ask: Ask, waiting: Waiting) -> Finding:
        missing = f"No answer to {ask.method} {ask.path} {self._in_time(ask.limit_s)}"
        told = self.redactor.text(waiting.told())
        return self.found("response_timeout", ask, f"{missing}: {told}.")

    def _in_time(self, limit_s: float) -> str:
        return "before the deadline" if self.remaining_s() <= 0 else f"within {limit_s:g} s"

    def _record(  # noqa: PLR0913 - everything that is known about one exchange
        self,
        ask: Ask,
        *,
        number: int,
        sent_at: datetime,
        start: float,
        answer: Answer | None,
        reading: Reading[Any],
    ) -> Exchange:
        shown = self.shown_headers(answer) if answer else {}
        timings = answer.timings if answer else Timings()
        kept = ask.keep_body or reading.finding is not None
        return Exchange(
            check=ask.check,
            protocol=ask.protocol,
            streamed=ask.streamed,
            attempt=number,
            method=ask.method,
            url=self.redactor.text(self.base_url + ask.path),
            sent_at=sent_at,
            model=ask.model,
            status=answer.status if answer else None,
            request_id=shown.get("x-request-id"),
            served_model=shown.get("x-crossmodel-model"),
            duration_ms=(self.clock.monotonic() - start) * 1000,
            timings=dataclasses.replace(timings, first_byte_ms=reading.first_byte_ms),
            headers=shown,
            body=cut(reading.body, SHOWN_BODY) if reading.body and kept else None,
            failure=reading.finding.id if reading.finding else None,
        )


def _once(*several: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for lines in several for line in lines))


def _unpacked(answer: Answer, body: bytes) -> tuple[bytes, str]:
    """Give a body whose compression is not announced, or ends too early, and a word on that."""
    held = unlabelled(body, BODY_LIMIT) if "content-encoding" not in answer.headers else None
    if held is not None:
        return held, "The body is compressed with gzip, and no Content-Encoding says so."
    if answer.unfinished and not is_json(body):  # clients forgive a missing end of whole data
        return body, "The body ends in the middle of its compressed data."
    return body, ""


def _bare(name: str, value: str) -> str:
    """Give the value of a header; of an address without a login, a key and the query."""
    return shown(value) if name == "location" else value


def _traced(finding: Finding | None, exchange: Exchange) -> Finding | None:
    if finding is None or finding.status is not None:
        return finding
    return dataclasses.replace(finding, status=exchange.status)
