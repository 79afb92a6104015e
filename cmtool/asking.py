"""What is asked of the gateway, and what an attempt at it comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from cmtool.classify import Evidence
from cmtool.connection.faults import TransportError
from cmtool.connection.sockets import Opening
from cmtool.model import Exchange, Finding, Protocol
from cmtool.transport import Answer

ANSWER_LIMIT_S = 20.0  # for an answer that is no generation
ASIDE_LIMIT_S = 6.0  # for one that only adds to what real requests show

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
class Body:
    """The body of an answer as far as it came; ``finding`` is there when it did not end in time."""

    evidence: Evidence
    first_byte_ms: float | None
    finding: Finding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Generic[R_co]):
    """One request that was made or tried: its record, and what its answer came to.

    ``value`` is None when there was no answer to read.  ``opening`` is there when the request
    opened a connection, ``answered_at`` when the head of the answer came, ``fault`` when no
    answer came, or not the whole of one.
    """

    exchange: Exchange
    value: R_co | None
    finding: Finding | None
    headers: Mapping[str, str] = field(default_factory=dict)
    opening: Opening | None = None
    answered_at: datetime | None = None
    fault: TransportError | None = None


Reader = Callable[[Answer], Awaitable[Reading[R]]]
