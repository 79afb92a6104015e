"""Event streams: their bytes in any chunks, and their events in any order."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from cmtool.classify import Evidence
from cmtool.model import Protocol, StreamResult
from cmtool.protocols import DIALECTS, Signal
from cmtool.redact import Redactor
from cmtool.sandbox.asks import Ask
from cmtool.sandbox.chat import CHAT
from cmtool.sandbox.dialect import Dialect, documented
from cmtool.sandbox.messages import MESSAGES
from cmtool.sandbox.responses import RESPONSES
from cmtool.sandbox.speech import Speech, generate
from cmtool.sse import EventDecoder, EventTooLongError
from cmtool.streaming.judging import Ending, Followed, judge, measured
from cmtool.streaming.meter import Meter
from tests.fuzz import reference
from tests.fuzz.answers import repeated
from tests.fuzz.contract import renders, report_of, sound
from tests.fuzz.source import ODD, Source, as_body, seed
from tests.fuzz.watch import Target

Event = tuple[str, str]

_SPEAKERS = {Protocol.CHAT: CHAT, Protocol.RESPONSES: RESPONSES, Protocol.MESSAGES: MESSAGES}
_SPEECHES = (Speech(), Speech(reasoning=True), Speech(tool=True), Speech(reasoning=True, tool=True))
_NAMES = (
    *("message", "error", "ping", "", "response.created", "message_stop"),
    *("response.completed", "response.output_text.delta", "content_block_delta"),
    *("response.output_item.done",),
)
_DATA = (
    *("[DONE]", " [DONE]\n", "", "null", "[]", '"error"', "{}", '{"error":"no"}', "[" * 3000),
    *('{"type":"error"}', '{"type":"error","error":{"type":"api_error"}}', "9" * 5000),
)
_ENDINGS = (
    None,
    Ending("stream_disconnected", "It broke."),
    Ending("stream_stalled", "It stalled."),
    Ending("threshold_exceeded", "Too late."),
    Ending("malformed_response", "No gzip."),
)
_ANSWER = Evidence(status=200, headers={"content-type": "text/event-stream"}, check="chat")
_LIMITS = (4096, 64, 16)


def decoded(source: Source) -> None:
    """Decode bytes in any chunks, and hold the events to those of the naive reading."""
    limit = source.pick(_LIMITS)
    sizes = [source.number(40) for _ in range(1 + source.number(6))]
    stream = source.rest()
    told = reference.read(stream, limit)
    for cuts in ([len(stream)], sizes, [1]):
        assert _decode(stream, cuts, limit) == told, f"in chunks of {cuts}"


def _decode(stream: bytes, sizes: list[int], limit: int) -> reference.Reading:
    decoder, got, at, turn = EventDecoder(limit), reference.Reading(), 0, 0
    try:
        while at < len(stream):
            size = sizes[turn % len(sizes)] or (turn % len(sizes) == 0)
            for event in decoder.feed(stream[at : at + size]):
                got.events.append((event.type, event.data, event.last_event_id))
            at, turn = at + size, turn + 1
            held = sum(map(len, decoder._rest)) + sum(map(len, decoder._fields._data))
            assert held <= limit, "more is kept than one event may have"
    except EventTooLongError:
        got.too_long = True
    got.comments = decoder.comments
    return got


def _chunked(source: Source, size: int) -> Callable[[], object]:
    step = 1 + source.number(200)
    stream = repeated(source, size).encode("utf-8", "replace")
    chunks = [stream[at : at + step] for at in range(0, len(stream), step)]
    decoder = EventDecoder(2 * len(stream))
    return lambda: [list(decoder.feed(chunk)) for chunk in chunks]


def _speak(dialect: Dialect, source: Source) -> Iterator[Event]:
    generation = generate(
        source.pick(_SPEECHES), ident="1", model="a/b", created=1, prompt_tokens=3,
        cap=source.pick((16, 3)), reply_tokens=4,
    )  # fmt: skip
    ask = Ask(model="a/b", stream=True, cap=16, prompt_tokens=3)
    for event in dialect.events(generation, ask):
        yield event.name or "message", event.data
    if source.number(8) == 1:
        event = dialect.failure(
            documented(source.pick(("provider_error", "rate_limit_exceeded"))), 9
        )
        yield event.name or "message", event.data


def _spoiled(source: Source, events: list[Event]) -> list[Event]:
    at = source.number(len(events)) if events else 0
    other = source.number(len(events)) if events else 0
    match source.number(8):
        case 0:
            del events[at : at + 1]
        case 1:
            events[at:at] = events[other : other + 1]
        case 2:
            del events[at:]
        case 3:
            events[at:at] = [(source.pick(_NAMES), source.pick(_DATA))]
        case 4:
            events[at:at] = [(source.pick(_NAMES), as_body(source.cut()))]
        case 5 if events:
            events[at] = (source.pick(_NAMES), events[at][1])
        case 6 if events:
            events[at] = (events[at][0], _altered(source, events[at][1]))
        case _:
            name, value = source.pick(_FIELDS), source.pick(ODD)
            events = [(kind, _replaced(data, name, value)) for kind, data in events]
    return events


def _replaced(data: str, name: str, value: Any) -> str:
    """Put one value into all fields of a name."""
    document = _parsed(data)
    for holder, field in list(_places(document)):
        if field == name:
            holder[field] = copy.deepcopy(value)
    return json.dumps(document) if document else data


def _parsed(data: str) -> Any:
    """Give the object or the array in the data of an event; an empty one where there is none."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict | list) else {}


def _altered(source: Source, data: str) -> str:
    """Change one value somewhere in the data of an event."""
    document = _parsed(data)
    places = list(_places(document))
    if not places:
        return data
    holder, name = source.pick(places)
    if source.number(4) == 0:
        del holder[name]
    elif source.number(4) == 1:
        holder[name] = as_body(source.cut())
    else:
        holder[name] = copy.deepcopy(source.pick(ODD))
    return json.dumps(document)


_FIELDS = (
    *("choices", "delta", "content", "index", "finish_reason", "usage", "id", "object", "role"),
    *("type", "response", "status", "sequence_number", "output_index", "content_index", "item"),
    *("message", "content_block", "text", "partial_json", "stop_reason", "tool_calls", "function"),
    *("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "arguments", "name"),
    *("error", "code", "param", "incomplete_details", "reason", "thinking", "reasoning_content"),
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in pairs:
        yield value, name
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _followed(protocol: Protocol, events: list[Event]) -> Followed:
    followed = Followed(meter=Meter(0.0), machine=DIALECTS[protocol].machine(Redactor().text))
    for at, (name, data) in enumerate(events):
        signal = followed.machine.feed(name, data)
        assert isinstance(signal, Signal)
        followed.meter.event(signal, at / 10)
    followed.machine.finish()
    return followed


def _machine(protocol: Protocol) -> Callable[[Source], None]:
    def run(source: Source) -> None:
        """Follow a stream that was spoiled in some places, and judge it."""
        events = list(_speak(_SPEAKERS[protocol], source))
        spoilt = source.number(6)
        failed = any('"error"' in data for _, data in events)
        for _ in range(spoilt):
            events = _spoiled(source, events)
        ending, shown = source.pick(_ENDINGS), source.number(16) == 15
        followed = _followed(protocol, events)
        finding = judge(followed, ending, _ANSWER, Redactor().scrub)
        again = judge(_followed(protocol, events), ending, _ANSWER, Redactor().scrub)
        assert finding == again
        assert spoilt or failed or finding is None, "a whole stream is called broken"
        result = measured(
            StreamResult(protocol=protocol, model=None, repetition=1, attempt=1, diagnosis=finding),
            followed,
        )
        holds(result)
        if finding is not None:
            sound(finding)
            if shown:
                renders(report_of(finding, stream=result))

    return run


def holds(result: StreamResult) -> None:
    assert len(result.violations) <= 50
    assert all(len(each.got) <= 120 and len(each.expected) <= 120 for each in result.violations)
    for figure in (result.input_tokens, result.output_tokens):
        assert figure is None or (type(figure) is int and 0 <= figure < 2**63)
    assert result.text_chars >= 0 <= result.deltas <= result.events * 100
    assert result.finish_reason is None or isinstance(result.finish_reason, str)


def _many(protocol: Protocol) -> Callable[[Source, int], Callable[[], object]]:
    def scaled(source: Source, size: int) -> Callable[[], object]:
        """Follow some events many times over, with other indexes each time."""
        events = list(_speak(_SPEAKERS[protocol], source))
        first = [(name, json.loads(data)) for name, data in events if data != "[DONE]"]
        phases = [[source.pick(first) for _ in range(1 + source.number(3))] for _ in range(2)]
        fixed = source.flag()
        told = [
            (name, json.dumps(_renumbered(document, 0 if fixed and part else at)))
            for part, chosen in enumerate(phases)
            for at in range(size // 4 // len(chosen))
            for name, document in chosen
        ]
        return lambda: _followed(protocol, told)

    return scaled


def _renumbered(value: Any, number: int) -> Any:
    indexes = {"index", "output_index", "content_index", "sequence_number"}
    if isinstance(value, dict):
        return {k: number if k in indexes else _renumbered(v, number) for k, v in value.items()}
    return [_renumbered(each, number) for each in value] if isinstance(value, list) else value


def body(protocol: Protocol) -> bytes:
    events = _speak(_SPEAKERS[protocol], Source(b""))
    named = (f"event: {name}\n" if name != "message" else "" for name, _ in events)
    events = _speak(_SPEAKERS[protocol], Source(b""))
    return "".join(f"{n}data: {d}\n\n" for n, (_, d) in zip(named, events, strict=True)).encode()


BODIES = tuple(body(protocol) for protocol in Protocol)
WORDS = (
    *("data:", "data", "event: ", "id: ", "retry: 1", "\r\n", "\r\r", "\n\n", "\ufeff", ": c"),
    *("\x85", "\u2028", "\x0c", "\0", "data: [DONE]\n\n"),
)
TARGETS = (
    Target(
        name="sse",
        run=decoded,
        seeds=tuple(
            seed(text, limit, 2, 3, 17, 1)
            for text in (
                *BODIES,
                b"\xef\xbb\xbf: a\r\rid:1\rdata\ndata:\n\n",
                b"data:\xff\r\n\r\n",
            )
            for limit in range(len(_LIMITS))
        ),
        words=WORDS,
        scaled=_chunked,
    ),
    *(
        Target(
            name=protocol.value,
            run=_machine(protocol),
            seeds=tuple(hashlib.sha256(bytes([n])).digest() for n in range(40)),
            words=(*_NAMES, *_DATA[:8], '{"error":{"code":"provider_error"}}'),
            scaled=_many(protocol),
        )
        for protocol in Protocol
    ),
)
