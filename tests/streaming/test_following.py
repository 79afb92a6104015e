"""Following a stream on a clock of the test's own: two kinds of silence, two ends of patience."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest

from cmtool.connection.faults import TransportError
from cmtool.model import Phase, Protocol
from cmtool.protocols import DIALECTS
from cmtool.sse import EVENT_LIMIT
from cmtool.streaming.following import Follower, Patience
from cmtool.streaming.judging import Ending

IDLE_S = 3.0
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
COMMENT = b": still here\n\n"
ERROR = b'data: {"error": {"message": "no", "code": "provider_error"}}\n\n'
DONE = b"data: [DONE]\n\n"


def chunk(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    document = {"id": "c1", "object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


WHOLE = chunk("Hello", "stop") + DONE


@dataclass
class Wire:
    """Bytes that arrive at moments of a virtual clock; ``closed`` tells that it was closed."""

    arrivals: Iterable[tuple[float, bytes]]
    end: BaseException | None = None
    now_s: float = 0.0
    closed: bool = False
    heard: list[tuple[float, bytes]] = field(default_factory=list)

    async def chunks(self) -> AsyncIterator[tuple[float, bytes]]:
        try:
            for at, data in self.arrivals:
                self.now_s = max(self.now_s, at)
                await asyncio.sleep(0)  # where a limit that has come takes hold
                yield at, data
            if self.end is not None:
                raise self.end
        finally:
            self.closed = True

    def follower(
        self,
        protocol: Protocol = Protocol.CHAT,
        deadline_s: float = 1e6,
        idle_s: float = IDLE_S,
    ) -> Follower:
        patience = Patience(
            monotonic=lambda: self.now_s,
            remaining_s=lambda: max(0.0, deadline_s - self.now_s),
            idle_s=idle_s,
        )
        machine = DIALECTS[protocol].machine(str)
        return Follower(machine, 0.0, patience, lambda at, data: self.heard.append((at, data)))


async def followed(wire: Wire, follower: Follower) -> Ending | None:
    async with asyncio.timeout(5):  # a test that fails ends as well
        ending = await follower.follow(wire.chunks())
    assert wire.closed
    return ending


def every(seconds: float, data: bytes, start: float = 0.0) -> list[tuple[float, bytes]]:
    """Give the same bytes again and again, for much longer than anybody waits."""
    return [(start + seconds * number, data) for number in range(1, 1000)]


async def test_a_whole_stream_ends_by_itself() -> None:
    wire = Wire([(0.1, WHOLE[:30]), (0.2, WHOLE[30:])])
    follower = wire.follower()
    assert await followed(wire, follower) is None
    assert follower.followed.machine.terminal
    assert follower.last_said == "[DONE]"
    assert wire.heard == [(0.1, WHOLE[:30]), (0.2, WHOLE[30:])]
    meter = follower.followed.meter
    assert (meter.first_byte_at, meter.first_event_at, meter.ended_at) == (0.1, 0.2, 0.2)


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        pytest.param([chunk("a"), COMMENT], chunk("a")[6:].strip().decode(), id="last-event"),
        pytest.param(
            [b"\xef\xbb\xbf" + COMMENT, COMMENT], f"{COMMENT.decode() * 2}", id="comments"
        ),
        pytest.param([b"\n\n"], "", id="blank-lines"),
        pytest.param([], "", id="nothing"),
    ],
)
async def test_the_last_that_was_said(pieces: list[bytes], said: str) -> None:
    wire = Wire([(0.1, piece) for piece in pieces])
    follower = wire.follower()
    await followed(wire, follower)
    assert follower.last_said == said.strip()


@pytest.mark.parametrize(
    ("protocol", "keep_alive", "start", "said"),
    [
        pytest.param(
            Protocol.CHAT, COMMENT, chunk("a"), "after 1 delta ", id="comments-behind-a-delta"
        ),
        pytest.param(Protocol.CHAT, COMMENT, b"", "from the start", id="comments-only"),
        pytest.param(Protocol.MESSAGES, PING, b"", "from the start", id="pings"),
        pytest.param(Protocol.CHAT, b"\n", b"", "from the start", id="empty-lines"),
        pytest.param(Protocol.CHAT, b"d", b"", "from the start", id="a-line-without-end"),
    ],
)
async def test_signs_of_life_of_the_wire_are_none_of_the_model(
    protocol: Protocol, keep_alive: bytes, start: bytes, said: str
) -> None:
    wire = Wire([(0.0, start), *every(0.5, keep_alive)])
    ending = await followed(wire, follower := wire.follower(protocol))
    assert ending is not None
    assert ending.identifier == "stream_stalled"
    assert said in ending.why
    assert IDLE_S <= wire.now_s <= IDLE_S + 0.5
    assert follower.followed.meter.left_at == wire.now_s
    kept_open = keep_alive.startswith((b":", b"event")) or bool(start)
    assert ("stayed open" in ending.why) is kept_open


async def test_a_model_that_goes_on_is_never_idle() -> None:
    moving = [(2.9 * number, chunk("a")) for number in range(1, 50)]
    wire = Wire([*moving, (2.9 * 50, WHOLE)])
    assert await followed(wire, wire.follower()) is None
    assert wire.now_s > 40 * IDLE_S


@pytest.mark.parametrize(
    "late", [pytest.param(chunk("b"), id="a-delta"), pytest.param(WHOLE, id="the-end")]
)
async def test_what_comes_after_too_long_a_silence_is_too_late(late: bytes) -> None:
    wire = Wire([(1.0, chunk("a")), (1.0 + IDLE_S + 0.1, late)])
    ending = await followed(wire, follower := wire.follower())
    assert ending is not None
    assert ending.identifier == "stream_stalled"
    assert follower.followed.machine.deltas == 1
    assert not follower.followed.machine.terminal


async def test_silence_of_the_wire_on_a_real_clock() -> None:
    loop = asyncio.get_running_loop()
    never = asyncio.Event()

    async def silent() -> AsyncIterator[tuple[float, bytes]]:
        yield loop.time(), chunk("a")
        await never.wait()

    patience = Patience(monotonic=loop.time, remaining_s=lambda: 10.0, idle_s=0.05)
    start = loop.time()
    follower = Follower(DIALECTS[Protocol.CHAT].machine(str), start, patience)
    ending = await follower.follow(silent())
    assert ending is not None
    assert ending.identifier == "stream_stalled"
    assert 0.05 <= loop.time() - start < 1.0


@pytest.mark.parametrize("over", [pytest.param(WHOLE, id="end"), pytest.param(ERROR, id="error")])
@pytest.mark.parametrize(
    "behind", [pytest.param(COMMENT, id="comments"), pytest.param(b"\n", id="empty-lines")]
)
async def test_what_comes_behind_the_end_is_not_waited_for(over: bytes, behind: bytes) -> None:
    wire = Wire([(1.0, over), *every(0.1, behind, start=1.0)])
    assert await followed(wire, follower := wire.follower()) is None
    assert follower.followed.meter.ended_at == 1.0
    assert wire.now_s <= 1.0 + 0.5 + 0.2


async def test_an_event_shortly_behind_the_end_is_still_seen() -> None:
    wire = Wire([(1.0, WHOLE), (1.2, chunk("more"))])
    assert await followed(wire, follower := wire.follower()) is None
    assert [v.name for v in follower.followed.machine.violations] == ["event_after_end"]


async def test_a_broken_connection_behind_the_end_is_told_all_the_same() -> None:
    wire = Wire([(1.0, WHOLE)], TransportError("stream_disconnected", ["Gone."], Phase.STREAM))
    assert await followed(wire, wire.follower()) == Ending("stream_disconnected", "Gone.")


@pytest.mark.parametrize(
    ("arrivals", "deadline_s", "idle_s", "identifier"),
    [
        pytest.param(every(0.1, chunk("a")), 2.0, 30.0, "threshold_exceeded", id="endless"),
        pytest.param(
            [(0.1, chunk("a")), *every(0.1, COMMENT)],
            8.0,
            30.0,
            "stream_stalled",
            id="long-silent-by-then",
        ),
        pytest.param(every(0.1, COMMENT), 1.0, 30.0, "stream_stalled", id="never-began"),
    ],
)
async def test_at_the_deadline(
    arrivals: list[tuple[float, bytes]], deadline_s: float, idle_s: float, identifier: str
) -> None:
    wire = Wire(arrivals)
    ending = await followed(wire, wire.follower(deadline_s=deadline_s, idle_s=idle_s))
    assert ending is not None
    assert ending.identifier == identifier
    assert deadline_s <= wire.now_s <= deadline_s + 0.2


@pytest.mark.parametrize(
    ("data", "identifier"),
    [
        pytest.param(b"data: " + b"x" * EVENT_LIMIT + b"\n", "stream_malformed", id="one-line"),
        pytest.param(b"data: x\n" * (EVENT_LIMIT // 7 + 1), "stream_malformed", id="many-lines"),
    ],
)
async def test_an_event_beyond_all_measure(data: bytes, identifier: str) -> None:
    wire = Wire([(0.1, chunk("a")), (0.2, data)])
    ending = await followed(wire, wire.follower())
    assert ending is not None
    assert ending.identifier == identifier


async def test_only_the_start_is_kept_and_only_before_the_first_event() -> None:
    wire = Wire([(0.1, b":" + b"x" * 50_000), (0.2, b"y" * 50_000), (0.3, b"\n" + WHOLE)])
    await followed(wire, follower := wire.follower())
    assert follower.start.startswith(b":xxx")
    assert len(follower.start) <= 2 * 64 * 1024
    wire = Wire([(0.1, WHOLE), (0.2, COMMENT)])
    await followed(wire, follower := wire.follower())
    assert follower.start == WHOLE


async def test_the_moment_zero_is_an_arrival() -> None:
    wire = Wire([(0.0, WHOLE[:9]), (1.0, WHOLE[9:])])
    await followed(wire, follower := wire.follower())
    assert follower.followed.meter.first_byte_at == 0.0


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("cut", [1, 7, 10_000])
async def test_all_bytes_are_heard_before_they_are_read(protocol: Protocol, cut: int) -> None:
    data = b"event: error\ndata: {}\n\n: c\n\nnot a field\n\n"
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    wire = Wire([(number / 1000, piece) for number, piece in enumerate(pieces)])
    await followed(wire, wire.follower(protocol))
    assert b"".join(piece for _, piece in wire.heard) == data


async def test_a_cancelled_run_closes_the_stream() -> None:
    wire = Wire([(1.0, chunk("a"))], asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await wire.follower().follow(wire.chunks())
    assert wire.closed
