"""The records that the whole program passes around; all of them frozen.

A :class:`Report` is what a command comes to; every output format is rendered
from it and from nothing else.  Durations are milliseconds unless a name ends
in ``_s``; times of day are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from cmtool.errors import ExitCode

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Protocol(StrEnum):
    """The three ways in which the gateway is spoken to."""

    CHAT = "chat"
    RESPONSES = "responses"
    MESSAGES = "messages"


class Severity(StrEnum):
    """An error fails the run; a warning does so only under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


class Phase(StrEnum):
    """How far the call had come when it failed."""

    LOCAL = "local"
    CONNECT = "connect"
    RESPONSE = "response"
    STREAM = "stream"


class Status(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


class Outcome(StrEnum):
    """What a whole run came to: degraded means that it works, with warnings."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    FAILED = "failed"


class Group(StrEnum):
    """The headings under which checks are shown, in their order."""

    CONFIGURATION = "configuration"
    NETWORK = "network"
    ACCOUNT = "account"
    MODEL = "model"
    INFERENCE = "inference"
    TRACING = "tracing"


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be shown: its text is reached by :meth:`reveal` alone."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Give the text itself, for the one place that puts it on the wire."""
        return self._value

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom the command speaks to, and as whom; the key only as a fingerprint.

    ``key_source`` is ``env:NAME``, ``file:PATH``, ``stdin``, ``sandbox`` or None.
    """

    base_url: str
    model: str | None = None
    key_source: str | None = None
    key_fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Where the time of one request went; None where the step did not happen or was not seen.

    ``lookup_ms``, ``connect_ms`` and ``tls_ms`` are durations, present on the request that
    opened the connection.  ``headers_ms`` and ``first_byte_ms`` (of the body) count from the
    moment at which the request was written on the open connection.
    """

    lookup_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    headers_ms: float | None = None
    first_byte_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that was made or tried, and what came back; safe to show.

    ``headers`` holds the allow-listed response headers; ``body`` the redacted answer where it
    is evidence, cut with a note when long; ``model`` the model that was asked for; ``failure``
    the identifier of what was wrong, None when all was in order.  ``sent_at`` is None where a
    recording or a paste does not tell it.
    """

    check: str
    protocol: Protocol | None
    streamed: bool
    attempt: int
    method: str
    url: str
    sent_at: datetime | None
    model: str | None = None
    status: int | None = None
    request_id: str | None = None
    served_model: str | None = None
    duration_ms: float | None = None
    timings: Timings = Timings()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, in words, with what to do about it.

    ``id`` is a row of the catalogue; the texts come from there, filled with what this run
    saw.  The finding that is the root cause of a run is its *diagnosis*.
    ``actions`` are sentences in the order in which a person would try them, ``commands``
    shell lines ready to paste, ``evidence`` the facts that led here.
    ``step`` is the step of the documented debugging order (1 to 6), ``check`` the check
    that found it.
    """

    id: str
    severity: Severity
    title: str
    phase: Phase
    exit_code: ExitCode
    step: int | None = None
    status: int | None = None
    type: str | None = None
    code: str | None = None
    param: str | None = None
    message: str | None = None
    cause: str = ""
    actions: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    retryable: bool = False
    documented: bool = False
    predicted: bool = False
    docs_url: str | None = None
    check: str | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The result of one check.  ``blocked_by`` names the failed check that made this one a skip."""

    id: str
    group: Group
    title: str
    status: Status
    summary: str
    duration_ms: float | None = None
    blocked_by: str | None = None
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule of a protocol's event stream that was broken.

    ``name`` is stable, ``event`` the index of the event (0 is the first) or None for the end
    of the stream; an error breaks the generation, a warning deserves a remark.
    """

    name: str
    event: int | None
    expected: str
    got: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Pauses between consecutive deltas, in milliseconds; None with fewer than two deltas."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamResult:
    """One stream, judged and measured.

    All ``*_ms`` figures count from the moment at which the request was written on an open
    connection.  ``first_delta_ms`` is of any channel (reasoning, tools), ``ttft_ms`` of the
    first visible text.  Token figures are the reported usage, never an estimate.  ``buffered``
    says that all deltas came at once although the generation took its time, ``profile`` holds
    the pauses between the deltas in milliseconds, the longest of a run in place of many.
    """

    protocol: Protocol
    model: str | None
    repetition: int
    attempt: int
    diagnosis: Finding | None = None
    violations: tuple[Violation, ...] = ()
    events: int = 0
    deltas: int = 0
    text_chars: int = 0
    finish_reason: str | None = None
    headers_ms: float | None = None
    first_byte_ms: float | None = None
    first_event_ms: float | None = None
    first_delta_ms: float | None = None
    ttft_ms: float | None = None
    duration_ms: float | None = None
    gaps: Gaps = Gaps()
    input_tokens: int | None = None
    output_tokens: int | None = None
    tokens_per_second: float | None = None
    request_id: str | None = None
    served_model: str | None = None
    buffered: bool = False
    profile: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the generation was delivered whole and by the rules."""
        return self.diagnosis is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The five things that the vendor asks for in a problem report, ready to paste.

    Where one of them was not to be had, the text says so.
    """

    request_id: str
    request_time: str
    model: str
    status: int | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the run cost: requests sent (attempts included) and the tokens that were reported.

    ``spaced_s`` is the time for which streams were held back, so that the key stays within its
    requests a minute.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    spaced_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One row of ``GET /v1/models``.  ``created`` is Unix seconds."""

    id: str
    owned_by: str | None = None
    created: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePeriod:
    """One period of ``GET /v1/usage``: a UTC day, an ISO week or a calendar month."""

    cost_micro: int
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    request_count: int
    success_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The wallet and the spend.  Money in micro units (1,000,000 to one unit of ``currency``)."""

    currency: str
    balance_micro: int
    uncollected_micro: int
    daily: UsagePeriod | None = None
    weekly: UsagePeriod | None = None
    monthly: UsagePeriod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRequest:
    """One request as it was sent, the key replaced by the name of its variable.

    ``curl`` is a shell line that sends the same.
    """

    protocol: Protocol
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What ``explain`` took a pasted text for.

    ``forms`` names each form that was met, the decisive one first; ``errors`` counts the errors
    in the text, ``characters`` what was looked at, ``left_out`` the bytes that were not; ``surer``
    asks for what would make the diagnosis surer.
    """

    forms: tuple[str, ...]
    errors: int
    characters: int
    left_out: int = 0
    surer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a command came to.  ``findings`` holds everything found besides the ``diagnosis``.

    ``platform`` tells the versions of Python and of the system in words.

    ``models``, ``balance``, ``requests`` and ``recognised`` are there for the commands whose
    answer they are.
    """

    command: str
    cmtool_version: str
    started_at: datetime
    duration_ms: float
    target: Target
    outcome: Outcome
    exit_code: ExitCode
    diagnosis: Finding | None = None
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    streams: tuple[StreamResult, ...] = ()
    support: Support | None = None
    spent: Spent = Spent()
    platform: str = ""
    models: tuple[ModelInfo, ...] | None = None
    balance: Balance | None = None
    requests: tuple[SentRequest, ...] | None = None
    recognised: Recognised | None = None
