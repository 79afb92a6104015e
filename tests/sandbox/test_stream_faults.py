"""Streams that are rarer in their faults: told wrongly, misshapen, or without end."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tests.sandbox.conftest import Client

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
POSTS = (CHAT, RESPONSES, MESSAGES)
SAID = "The upstream connection hiccuped."


async def test_the_nested_error_of_responses(client: Client) -> None:
    got = await client.post(RESPONSES, scenario="stream-error-nested", stream=True)
    last = got.documents()[-1]
    assert got.blocks()[-1]["event"] == last["type"] == "error"
    assert last["sequence_number"] == len(got.documents()) - 1
    assert last["error"] == {"type": "upstream_error", "code": "upstream_hiccup", "message": SAID}
    assert "code" not in last


@pytest.mark.parametrize("path", POSTS)
async def test_an_error_without_its_name(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stream-error-unnamed", stream=True)
    assert "event" not in got.blocks()[-1]
    assert SAID in got.blocks()[-1]["data"]


@pytest.mark.parametrize("path", POSTS)
async def test_an_error_that_is_text(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stream-error-text", stream=True)
    assert got.documents()[-1]["error"] == SAID
    assert got.blocks()[-1].get("event") == (None if path == CHAT else "error")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("name", "start"),
    [
        pytest.param("error-as-stream", b"{", id="error"),
        pytest.param("html-as-stream", b"<!DOCTYPE html>", id="page"),
    ],
)
async def test_another_thing_called_a_stream(
    client: Client, name: str, start: bytes, path: str
) -> None:
    got = await client.post(path, scenario=name, stream=True)
    assert (got.status, got.headers["content-type"]) == (200, "text/event-stream")
    assert got.headers["x-request-id"].startswith("req_cm_")
    assert got.body.startswith(start)
    assert got.blocks() == []


@pytest.mark.parametrize("path", POSTS)
async def test_no_event_at_all(client: Client, path: str) -> None:
    got = await client.post(path, scenario="stream-no-events", stream=True)
    assert (got.status, got.body, got.ended) == (200, b"", True)


@pytest.mark.parametrize("path", POSTS)
async def test_a_delta_behind_the_end(client: Client, path: str) -> None:
    plain = await client.post(path, stream=True)
    got = await client.post(path, scenario="stream-after-end", stream=True)
    assert len(got.blocks()) == len(plain.blocks()) + 1
    assert [b.get("event") for b in got.blocks()[:-1]] == [b.get("event") for b in plain.blocks()]
    assert "delta" in got.blocks()[-1]["data"]
    if path == RESPONSES:
        numbers = [event["sequence_number"] for event in got.documents()]
        assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    ("path", "opening"),
    [
        pytest.param(RESPONSES, ".added", id="responses"),
        pytest.param(MESSAGES, "_start", id="messages"),
    ],
)
async def test_nothing_is_opened(client: Client, path: str, opening: str) -> None:
    plain = await client.post(path, stream=True)
    got = await client.post(path, scenario="stream-unopened", stream=True)
    opened = {b["event"] for b in plain.blocks() if b["event"].endswith(opening)}
    left = {b["event"] for b in got.blocks()}
    assert opened - {"message_start"}
    assert left == {b["event"] for b in plain.blocks()} - (opened - {"message_start"})
    if path == RESPONSES:
        numbers = [event["sequence_number"] for event in got.documents()]
        assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    ("path", "field", "times"),
    [
        pytest.param(CHAT, "finish_reason", 26, id="chat"),
        pytest.param(MESSAGES, "stop_reason", 2, id="messages"),
    ],
)
async def test_the_reason_stays_empty(client: Client, path: str, field: str, times: int) -> None:
    got = await client.post(path, scenario="stream-unfinished", stream=True)
    assert got.body.count(f'"{field}":'.encode()) == times
    assert got.body.count(f'"{field}":null'.encode()) == times


async def test_a_lost_delta_leaves_a_gap(client: Client) -> None:
    got = await client.post(RESPONSES, scenario="sequence-gap", stream=True)
    numbers = [event["sequence_number"] for event in got.documents()]
    steps = [after - before for before, after in pairwise(numbers)]
    assert sorted(steps) == [1] * (len(steps) - 1) + [2]


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
async def test_where_nothing_is_numbered_nothing_is_lost(client: Client, path: str) -> None:
    plain = await client.post(path, stream=True)
    got = await client.post(path, scenario="sequence-gap", stream=True)
    assert len(got.blocks()) == len(plain.blocks())


@pytest.mark.parametrize("path", POSTS)
async def test_only_signs_of_life(client: Client, path: str) -> None:
    got = await client.post(path, scenario="only-pings", stream=True, enough=3)
    sign = b'event: ping\ndata: {"type":"ping"}\n\n' if path == MESSAGES else b": keep-alive\n\n"
    assert got.body == sign * 3
    assert not got.ended


@pytest.mark.parametrize("path", POSTS)
async def test_a_stream_without_end(client: Client, path: str) -> None:
    plain = await client.post(path, stream=True)
    got = await client.post(path, scenario="endless", stream=True, enough=14)
    assert not got.ended
    last, before = (json.loads(block["data"]) for block in got.blocks()[:-3:-1])
    if path == RESPONSES:
        numbers = [event["sequence_number"] for event in got.documents()]
        assert numbers == list(range(len(numbers)))
    else:
        assert last == before
    assert got.blocks()[-1].get("event") == plain.blocks()[9].get("event")
