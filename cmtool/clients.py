"""What the official packages make of a broken stream, as measured and not from memory.

Looked at: openai 3.54.0 and anthropic 2.12.0, read in the ordinary ways (:class:`Way`) from a
server that breaks its streams.  Every :class:`Case` is a measurement; the sentences are made from
the cases alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from cmtool import catalog
from cmtool.model import Finding, Phase, Protocol, Severity, StreamResult

LOOKED_AT: Mapping[str, str] = {"openai": "3.54.0", "anthropic": "2.12.0"}
READ_TIMEOUT_S = 600  # of both packages, where the caller sets none


class Way(StrEnum):
    """An ordinary way to read a stream; the value says what is called.

    What ``create`` gives is iterated to its end; ``stream`` is asked for its final message.
    """

    CHAT = "chat.completions.create(stream=True)"
    RESPONSES = "responses.create(stream=True)"
    MESSAGES = "messages.create(stream=True)"
    FINAL_MESSAGE = "messages.stream().get_final_message()"


class Reaction(Enum):
    """How reading a stream ends in the caller's code."""

    ENDS_SILENTLY = auto()  # without an error, with some text
    ENDS_EMPTY = auto()  # without an error, with no text at all
    HANDS_OVER = auto()  # without an error: the failure was an ordinary event among the others
    RAISES = auto()
    WAITS = auto()  # until its own read timeout, or without end


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one way of reading did.

    ``raised`` is the exception and the package that defines it: the one that was raised, or the
    one that a read timeout raises; None with ``WAITS`` means that no read timeout fires.
    """

    reaction: Reaction
    raised: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One form of a broken stream, and what every way of reading it did.

    ``when`` tells it from the other forms of the same verdict, ``violation`` is the broken rule by
    which it is known, ``so`` says what follows where nothing is raised.
    """

    name: str
    seen: Mapping[Way, Behaviour]
    when: str = ""
    violation: str | None = None
    so: str = ""


PACKAGES: Mapping[Protocol, str] = {
    Protocol.CHAT: "openai",
    Protocol.RESPONSES: "openai",
    Protocol.MESSAGES: "anthropic",
}
WAYS: Mapping[Protocol, tuple[Way, ...]] = {
    Protocol.CHAT: (Way.CHAT,),
    Protocol.RESPONSES: (Way.RESPONSES,),
    Protocol.MESSAGES: (Way.MESSAGES, Way.FINAL_MESSAGE),
}

_OPENAI = (Way.CHAT, Way.RESPONSES)
_ANTHROPIC = (Way.MESSAGES, Way.FINAL_MESSAGE)
_SILENT = Behaviour(reaction=Reaction.ENDS_SILENTLY)
_EMPTY = Behaviour(reaction=Reaction.ENDS_EMPTY)
_HANDED_OVER = Behaviour(reaction=Reaction.HANDS_OVER)
_ENDLESS = Behaviour(reaction=Reaction.WAITS)
_HALF = "so half an answer looks like a whole one"
_FAILED = "so a failure looks like an empty answer"
_UNSEEN = "so the fault goes unnoticed"


def _raises(name: str) -> Behaviour:
    return Behaviour(reaction=Reaction.RAISES, raised=name)


def _waits(name: str) -> Behaviour:
    return Behaviour(reaction=Reaction.WAITS, raised=name)


_IN_PLACE = Case(
    name="in-place",
    seen={**dict.fromkeys(Way, _EMPTY), Way.FINAL_MESSAGE: _raises("AssertionError")},
    so=_FAILED,
)
_NO_STREAM = frozenset({"not_the_gateway", "malformed_response", "undocumented_error"})

CASES: Mapping[str, tuple[Case, ...]] = {
    "stream_truncated": (Case(name="cut", seen=dict.fromkeys(Way, _SILENT), so=_HALF),),
    "stream_disconnected": (
        Case(
            name="cut",
            seen={
                **dict.fromkeys(_OPENAI, _raises("openai.APIConnectionError")),
                **dict.fromkeys(_ANTHROPIC, _raises("httpx2.RemoteProtocolError")),
            },
        ),
    ),
    "stream_stalled": (
        Case(
            name="silent-wire",
            when="when nothing arrives any more",
            seen={
                **dict.fromkeys(_OPENAI, _waits("openai.APITimeoutError")),
                **dict.fromkeys(_ANTHROPIC, _waits("httpx2.ReadTimeout")),
            },
        ),
        Case(
            name="keep-alive",
            when="while comments or pings arrive",
            seen=dict.fromkeys(Way, _ENDLESS),
        ),
    ),
    "stream_not_sse": (_IN_PLACE,),
    "stream_malformed": (
        Case(
            name="not-json",
            when="at data that is not JSON",
            violation="not_json",
            seen=dict.fromkeys(Way, _raises("json.JSONDecodeError")),
        ),
        Case(
            name="after-end",
            when="with an event after the end",
            violation="event_after_end",
            seen=dict.fromkeys(Way, _SILENT),
            so=_UNSEEN,
        ),
        Case(
            name="no-finish-reason",
            when="without a finish_reason",
            violation="finish_reason_missing",
            seen={Way.CHAT: _SILENT},
            so=_UNSEEN,
        ),
        Case(
            name="no-stop-reason",
            when="without a stop_reason",
            violation="stop_reason_missing",
            seen=dict.fromkeys(_ANTHROPIC, _SILENT),
            so=_UNSEEN,
        ),
        Case(
            name="lost-text",
            when="with deltas that are not the text of their .done",
            violation="text_differs",
            seen={Way.RESPONSES: _SILENT},
            so=_UNSEEN,
        ),
        Case(
            name="outside-part",
            when="with deltas outside their part",
            violation="delta_outside_part",
            seen={Way.RESPONSES: _SILENT},
            so=_UNSEEN,
        ),
        Case(
            name="outside-block",
            when="with deltas outside their block",
            violation="delta_outside_block",
            seen={Way.MESSAGES: _SILENT, Way.FINAL_MESSAGE: _raises("IndexError")},
            so=_UNSEEN,
        ),
    ),
    "stream_empty": (
        replace(_IN_PLACE, name="no-events", when="without a single event"),
        replace(
            _IN_PLACE,
            name="no-text",
            when="with events but no text",
            seen=dict.fromkeys(Way, _EMPTY),
        ),
    ),
    "stream_error": (
        Case(
            name="documented-form",
            seen={
                Way.CHAT: _raises("openai.APIError"),
                Way.RESPONSES: _HANDED_OVER,
                **dict.fromkeys(_ANTHROPIC, _raises("anthropic.APIStatusError")),
            },
            so="so code that reads only the text takes half an answer for a whole one",
        ),
        Case(
            name="other-form",
            when="when the error is nested or a plain text",
            seen={Way.RESPONSES: _raises("openai.APIError")},
        ),
        Case(
            name="unnamed",
            when="when the event: line is missing",
            seen=dict.fromkeys(_ANTHROPIC, _SILENT),
            so=_HALF,
        ),
    ),
}
"""What was measured, by the identifier of the verdict."""


def client_view(identifier: str, protocol: Protocol, *, in_place: bool = False) -> str | None:
    """Give one sentence on what the official package makes of a stream with this verdict.

    ``in_place`` says that not one event came: the error stood in place of the stream, with status
    200.  None when it was not measured, or when the verdict is not about a stream.
    """
    return _sentence(protocol, _cases(identifier, in_place=in_place))


def view_of(result: StreamResult) -> str | None:
    """Give the sentence for one stream, as narrow as its first broken rule allows.

    None when the stream was in order, when no stream was opened (any other status than 2xx), or
    when nothing was measured.
    """
    found = result.diagnosis
    if found is None or not _is_answered(found):
        return None
    cases = _cases(found.id, in_place=result.events == 0)
    broken = [v.name for v in result.violations if v.severity is Severity.ERROR]
    known = [case for case in cases if broken and broken[0] == case.violation]
    if broken and not known:
        return None  # a rule whose breaking was not measured
    return _sentence(result.protocol, known or cases)


def _is_answered(found: Finding) -> bool:
    """Say whether there was an answer in which a stream belongs: packages raise without one."""
    if found.status is None:
        return found.phase is Phase.STREAM
    return 200 <= found.status < 300  # noqa: PLR2004 - RFC 9110, 15.3


def _cases(identifier: str, *, in_place: bool) -> tuple[Case, ...]:
    row = catalog.ROWS.get(identifier)
    documented = row is not None and row.documented
    if identifier in _NO_STREAM or (documented and in_place):
        return (_IN_PLACE,)
    # A documented code arrives in the same events as any other.
    return CASES.get("stream_error" if documented else identifier, ())


def _sentence(protocol: Protocol, cases: Iterable[Case]) -> str | None:
    """Say once what several cases have in common, and their names only where they differ."""
    ways = WAYS[protocol]
    groups: dict[tuple[tuple[Behaviour, ...], str], list[str]] = {}
    for case in cases:
        if ways[0] in case.seen:
            key = (tuple(case.seen[way] for way in ways), case.so)
            groups.setdefault(key, []).append(case.when)
    package = PACKAGES[protocol]
    clauses = [
        _when(whens if len(groups) > 1 else []) + _clause(package, behaviours, so)
        for (behaviours, so), whens in groups.items()
    ]
    return f"{package}: {'; '.join(clauses)}." if clauses else None


def _when(whens: Iterable[str]) -> str:
    said = " or ".join(filter(None, whens))
    return f"{said}, " if said else ""


def _clause(package: str, behaviours: tuple[Behaviour, ...], so: str) -> str:
    loop, *final = behaviours
    if final == [loop]:
        return f"the loop and get_final_message() both {_does(package, loop, so, several=True)}"
    told = [f"the loop {_does(package, loop, so)}"]
    told += [f"get_final_message() {_does(package, behaviour, so)}" for behaviour in final]
    return ", and ".join(told)


def _does(package: str, behaviour: Behaviour, so: str, *, several: bool = False) -> str:
    """Give the predicate of a clause; ``several`` subjects take the plural."""
    s = "" if several else "s"
    then = f", {so}" if so else ""
    match behaviour.reaction:
        case Reaction.ENDS_SILENTLY:
            return f"end{s} without an error{then}"
        case Reaction.ENDS_EMPTY:
            return f"end{s} without an error and without any text{then}"
        case Reaction.HANDS_OVER:
            return f"give{s} the error as an ordinary event and raise{s} nothing{then}"
        case Reaction.RAISES:
            return f"raise{s} {_exception(package, behaviour)}"
        case Reaction.WAITS if behaviour.raised:
            limit = f"the read timeout ({READ_TIMEOUT_S} s unless set)"
            return f"wait{s} for {limit} and raise{s} {_exception(package, behaviour)}"
        case Reaction.WAITS:
            return f"wait{s} without end, and no read timeout fires"


def _exception(package: str, behaviour: Behaviour) -> str:
    name = behaviour.raised or ""
    return name if name.startswith(f"{package}.") else f"{name}, not an {package}.APIError"
