"""The requests of the three protocols, and their complete replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cmtool.model import Protocol
from cmtool.protocols import DIALECTS, Content, Prompt

MODEL = "z-ai/glm-5"
USER = [{"role": "user", "content": "Say hëllo"}]

BODIES: dict[Protocol, dict[str, Any]] = {
    Protocol.CHAT: {"model": MODEL, "messages": USER, "max_completion_tokens": 16},
    Protocol.RESPONSES: {"model": MODEL, "input": "Say hëllo", "max_output_tokens": 16},
    Protocol.MESSAGES: {"model": MODEL, "messages": USER, "max_tokens": 16},
}
STREAMED: dict[Protocol, dict[str, Any]] = {
    Protocol.CHAT: {"stream": True, "stream_options": {"include_usage": True}},
    Protocol.RESPONSES: {"stream": True},
    Protocol.MESSAGES: {"stream": True},
}
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", Protocol)


def prompt(*, stream: bool) -> Prompt:
    return Prompt(model=MODEL, text="Say hëllo", max_tokens=16, stream=stream)


def test_there_is_one_dialect_for_each_protocol() -> None:
    assert {name: dialect.protocol for name, dialect in DIALECTS.items()} == {
        protocol: protocol for protocol in Protocol
    }


@EVERY_PROTOCOL
def test_complete_request(protocol: Protocol) -> None:
    content = DIALECTS[protocol].content(prompt(stream=False))
    assert json.loads(content.decode("ascii")) == BODIES[protocol]


@EVERY_PROTOCOL
def test_streamed_request(protocol: Protocol) -> None:
    content = DIALECTS[protocol].content(prompt(stream=True))
    assert json.loads(content) == BODIES[protocol] | STREAMED[protocol]


@pytest.mark.parametrize(
    ("protocol", "path", "key"),
    [
        pytest.param(
            Protocol.CHAT, "/chat/completions", {"authorization": "Bearer cm-abc"}, id="chat"
        ),
        pytest.param(
            Protocol.RESPONSES, "/responses", {"authorization": "Bearer cm-abc"}, id="responses"
        ),
        pytest.param(Protocol.MESSAGES, "/messages", {"x-api-key": "cm-abc"}, id="messages"),
    ],
)
def test_path_and_key(protocol: Protocol, path: str, key: dict[str, str]) -> None:
    dialect = DIALECTS[protocol]
    assert dialect.path == path
    assert dialect.key_headers("cm-abc") == key


@EVERY_PROTOCOL
@pytest.mark.parametrize(
    ("stream", "accept"),
    [
        pytest.param(True, "text/event-stream", id="streamed"),
        pytest.param(False, "application/json", id="complete"),
    ],
)
def test_headers(protocol: Protocol, accept: str, *, stream: bool) -> None:
    version = {"anthropic-version": "2023-06-01"} if protocol is Protocol.MESSAGES else {}
    assert DIALECTS[protocol].headers(prompt(stream=stream)) == {
        "accept": accept,
        "content-type": "application/json",
        **version,
    }


def content(
    text: str, finish: str | None = None, tokens: tuple[int | None, int | None] = (None, None)
) -> Content:
    return Content(text=text, finish_reason=finish, input_tokens=tokens[0], output_tokens=tokens[1])


CHAT, RESPONSES, MESSAGES = Protocol
OUTPUT = [
    {"type": "reasoning", "summary": []},
    {"type": "message", "content": [{"type": "output_text", "text": "a"}, {"text": "b"}]},
]
READ = [
    pytest.param(
        CHAT,
        {
            "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2},
        },
        content("Hi", "stop", (7, 2)),
        id="chat",
    ),
    pytest.param(
        CHAT,
        {"choices": [{"message": {"content": None, "tool_calls": []}}], "usage": None},
        content(""),
        id="chat-tool-call",
    ),
    pytest.param(
        CHAT,
        {"choices": [{"message": {}}], "usage": {"prompt_tokens": "7", "completion_tokens": True}},
        content(""),
        id="chat-odd-usage",
    ),
    pytest.param(
        RESPONSES,
        {
            "output": OUTPUT,
            "status": "completed",
            "usage": {"input_tokens": 7, "output_tokens": 2},
        },
        content("ab", "completed", (7, 2)),
        id="responses",
    ),
    pytest.param(
        RESPONSES,
        {
            "output": [],
            "status": "incomplete",
            "incomplete_details": {"reason": "max_output_tokens"},
        },
        content("", "max_output_tokens"),
        id="responses-incomplete",
    ),
    pytest.param(
        RESPONSES,
        {"output": [None, {"content": "x"}, {"content": [1, {"text": 5}]}]},
        content(""),
        id="responses-odd-output",
    ),
    pytest.param(
        MESSAGES,
        {
            "content": [{"type": "text", "text": "a"}, {"type": "tool_use"}, {"text": "b"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 7, "output_tokens": 2},
        },
        content("ab", "end_turn", (7, 2)),
        id="messages",
    ),
    pytest.param(MESSAGES, {"content": []}, content(""), id="messages-empty"),
]


@pytest.mark.parametrize(("protocol", "document", "expected"), READ)
def test_read(protocol: Protocol, document: object, expected: Content) -> None:
    assert DIALECTS[protocol].read(document) == expected


NOT_A_REPLY: dict[str, object] = {
    "null": None,
    "text": "hello",
    "list": [{"choices": []}],
    "empty": {},
    "chat-no-choices": {"choices": []},
    "chat-choices-of-text": {"choices": ["hello"]},
    "chat-choice-without-message": {"choices": [{"text": "hello"}]},
    "chat-message-of-text": {"choices": [{"message": "hello"}]},
    "output-is-text": {"output": "hello"},
    "content-is-text": {"content": "hello"},
}


@EVERY_PROTOCOL
@pytest.mark.parametrize("document", NOT_A_REPLY.values(), ids=NOT_A_REPLY)
def test_what_is_no_reply(protocol: Protocol, document: object) -> None:
    assert DIALECTS[protocol].read(document) is None
