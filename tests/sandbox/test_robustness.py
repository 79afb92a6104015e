"""Whatever a client sends, the gateway's logic has an answer."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.sandbox import SCENARIOS, Limits, key_for
from cmtool.sandbox.gateway import Gateway, Settings
from cmtool.sandbox.scenario import Pace
from cmtool.sandbox.wire import Answer, Request, Stream

POSTS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
NAMES = (
    "model",
    "messages",
    "input",
    "stream",
    "stream_options",
    "max_tokens",
    "max_output_tokens",
    "n",
    "system",
    "role",
    "content",
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 99)
    | st.floats()
    | st.sampled_from(["z-ai/glm-5", "user", "", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES).map(lambda body: json.dumps(body).encode())


def handled(path: str, body: bytes, scenario: str = "healthy") -> Answer | Stream:
    settings = Settings(
        pace=Pace(),
        reply_tokens=8,
        limits=Limits(),
        monotonic=time.monotonic,
        wall=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )
    headers = {"authorization": f"Bearer {key_for(scenario)}"}
    request = Request(method="POST", path=path, headers=headers, body=body)
    reply = Gateway(SCENARIOS, settings).handle(request).reply
    assert isinstance(reply, Answer | Stream)
    return reply


@pytest.mark.parametrize("path", POSTS)
@given(body=st.binary() | BODIES)
def test_every_body_has_an_answer(path: str, body: bytes) -> None:
    reply = handled(path, body)
    if isinstance(reply, Stream):
        assert list(reply.steps)
    else:
        assert reply.status in {200, 400, 404}
        assert json.loads(reply.body)


def test_deep_nesting_is_no_valid_json() -> None:
    reply = handled(POSTS[0], b"[" * 100_000)
    assert isinstance(reply, Answer)
    assert json.loads(reply.body)["error"]["code"] == "invalid_json"
