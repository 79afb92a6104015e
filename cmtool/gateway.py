"""Asking the gateway: one request, repeated as documented, recorded, and its answer judged.

What comes in is redacted here, before anything else looks at it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from cmtool import catalog
from cmtool.classify import Evidence, classify, malformed, parse_json
from cmtool.faults import TransportError
from cmtool.model import Exchange, Finding, Phase, Protocol, Secret, Timings
from cmtool.pace import Gate
from cmtool.redact import Redactor, cut
from cmtool.retry import Patience, persist
from cmtool.sockets import Opening
from cmtool.transport import Answer, Request, Transport

BODY_LIMIT = 1024 * 1024  # bytes of an answer that are read
SHOWN_BODY = 4000  # characters of it that are kept as evidence
ANSWER_LIMIT_S = 20.0  # for an answer that is no generation

_SHOWN_HEADERS = frozenset(
    {
        "age",
        "alt-svc",
        "cf-cache-status",
        "cf-mitigated",
        "cf-ray",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "location",
        "proxy-authenticate",
        "proxy-status",
        "retry-after",
        "server",
        "server-timing",
        "transfer-encoding",
        "vary",
        "via",
        "www-authenticate",
        "x-amz-apigw-id",
        "x-amz-cf-id",
        "x-amzn-errortype",
        "x-amzn-requestid",
        "x-azure-ref",
        "x-cache",
        "x-crossmodel-model",
        "x-envoy-upstream-service-time",
        "x-powered-by",
        "x-request-id",
        "x-served-by",
        "x-squid-error",
        "x-varnish",
    }
)

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of the gateway, and for which check.

    ``path`` follows the base URL; ``limit_s`` bounds the wait for the answer's head, and for
    the whole of an answer that is not streamed.  The body of an answer is kept where it is
    evidence, with ``keep_body`` always.
    """

    check: str
    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    content: bytes | None = None
    protocol: Protocol | None = None
    streamed: bool = False
    model: str | None = None
    limit_s: float = ANSWER_LIMIT_S
    keep_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[R_co]):
    """What reading an answer came to: a value, and what is wrong if anything is.

    ``body`` is the answer's text where it is evidence; ``first_byte_ms`` counts from the moment
    at which the request was written.
    """

    value: R_co
    finding: Finding | None = None
    body: str | None = None
    first_byte_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Generic[R_co]):
    """One request that was made or tried: its record, and what its answer came to.

    ``value`` is None when there was no answer to read.  ``opening`` is there when the request
    opened a connection, ``answered_at`` when the head of the answer came.
    """

    exchange: Exchange
    value: R_co | None
    finding: Finding | None
    headers: Mapping[str, str] = field(default_factory=dict)
    opening: Opening | None = None
    answered_at: datetime | None = None


Reader = Callable[[Answer], Awaitable[Reading[R]]]


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
        self, path: str, check: str, shape: Callable[[object], R | None], model: str | None = None
    ) -> list[Attempt[R | None]]:
        """Ask for a JSON document, as often as its failure allows; gives every attempt.

        ``shape`` reads the document, or gives None when it has not the documented shape.
        """
        headers = {"accept": "application/json", **self.key_headers("authorization")}
        ask = Ask(check=check, path=path, headers=headers, model=model)
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
        )

    async def attempt(self, ask: Ask, number: int, read: Reader[R]) -> Attempt[R]:
        """Make one request and record it."""
        if ask.content is not None:
            self.gate.note()
        sent_at, start = self.clock.now(), self.clock.monotonic()
        answer: Answer | None = None
        answered_at = None
        reading: Reading[R | None]
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(self._limit_s(ask)):
                    answer = await stack.enter_async_context(
                        self._transport.send(self._request(ask))
                    )
                answered_at = self.clock.now()
                reading = await read(answer)
        except TransportError as exc:
            reading = Reading(value=None, finding=self._fault(exc, ask))
        except TimeoutError:
            reading = Reading(value=None, finding=self._no_answer(ask))
        exchange = self._record(
            ask, number=number, sent_at=sent_at, start=start, answer=answer, reading=reading
        )
        self.journal.append(exchange)
        return Attempt(
            exchange=exchange,
            value=reading.value,
            finding=_traced(reading.finding, exchange),
            headers=answer.headers if answer else {},
            opening=answer.opening if answer else None,
            answered_at=answered_at,
        )

    async def read_document(
        self, answer: Answer, ask: Ask, shape: Callable[[object], R | None]
    ) -> Reading[R | None]:
        """Read a whole answer as JSON; the value is None when something is wrong with it."""
        async with asyncio.timeout(self._limit_s(ask)):
            evidence, first_byte_ms = await self.evidence(answer, ask)
        finding = classify(evidence)
        value = shape(parse_json(evidence.body)) if finding is None else None
        if finding is None and value is None:
            finding = malformed(evidence, f"The body is not what {ask.path} is documented to give.")
        return Reading(
            value=value, finding=finding, body=evidence.body, first_byte_ms=first_byte_ms
        )

    async def evidence(
        self, answer: Answer, ask: Ask, read_already: bytes = b""
    ) -> tuple[Evidence, float | None]:
        """Read the (rest of the) body and give the answer as evidence.

        Also gives the milliseconds after which the first byte of what was read here came.
        """
        body, first_at, cut_short = bytearray(read_already), None, False
        try:
            async for arrived_at, chunk in answer.chunks():
                first_at = first_at or arrived_at
                body += chunk
                if len(body) > BODY_LIMIT:
                    break
        except TransportError as exc:
            if exc.phase is not Phase.STREAM:
                raise
            cut_short = True
        text = self.redactor.text(bytes(body[:BODY_LIMIT]).decode("utf-8-sig", "replace"))
        first_byte_ms = (first_at - answer.started_at) * 1000 if first_at is not None else None
        return self.evidence_of(answer, ask, text, cut_short=cut_short), first_byte_ms

    def evidence_of(
        self, answer: Answer, ask: Ask, body: str = "", *, cut_short: bool = False
    ) -> Evidence:
        """Give an answer as evidence, with a body that is redacted already."""
        headers = {name: self.redactor.text(value) for name, value in answer.headers.items()}
        return Evidence(
            status=answer.status,
            headers=headers,
            body=body,
            protocol=ask.protocol,
            cut_short=cut_short,
            check=ask.check,
            model=ask.model,
            base_url=self.base_url,
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
            name: cut(self.redactor.text(value), 300)
            for name, value in answer.headers.items()
            if name in _SHOWN_HEADERS
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
        return dataclasses.replace(self.found(error.identifier, ask, *details), phase=error.phase)

    def _no_answer(self, ask: Ask) -> Finding:
        limit = "before the deadline" if self.remaining_s() <= 0 else f"within {ask.limit_s:g} s"
        return self.found("response_timeout", ask, f"No answer to {ask.method} {ask.path} {limit}.")

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


def _traced(finding: Finding | None, exchange: Exchange) -> Finding | None:
    if finding is None or finding.status is not None:
        return finding
    return dataclasses.replace(finding, status=exchange.status)
