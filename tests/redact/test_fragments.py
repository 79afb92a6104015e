"""A secret that is repeated token by token stands in no event, and is not to be put together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.redact import Redactor

KEY = "cm-live-0123456789abcdefghijkl"


def chat(piece: str) -> object:
    return {"id": "c1", "choices": [{"index": 0, "delta": {"content": piece}}]}


def responses(piece: str) -> object:
    return {"type": "response.output_text.delta", "item_id": "i1", "delta": piece}


def messages(piece: str) -> object:
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": piece}}


def arguments(piece: str) -> object:
    return {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": piece}}]}}]}


EVENTS = [pytest.param(form, id=form.__name__) for form in (chat, responses, messages, arguments)]


def stream(form: Callable[[str], object], text: str, size: int) -> str:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(f"data: {json.dumps(form(piece))}\n\n" for piece in pieces)


def joined(text: str) -> str:
    """Put together what stands in the strings, whatever they are called."""
    return "".join(re.findall(r'"(?:content|delta|text|arguments)": "([^"]*)"', text))


@pytest.mark.parametrize("form", EVENTS)
@pytest.mark.parametrize("size", [1, 3, 10, 25])
def test_a_key_over_several_events_is_overwritten(form: Callable[[str], object], size: int) -> None:
    said = stream(form, f"Your key is {KEY}, is it not? {KEY}.", size)
    shown = Redactor([KEY]).text(said)
    assert joined(said).count(KEY) == 2
    for part in (KEY, KEY[3:], KEY[-6:], KEY[3:12]):
        assert part not in joined(shown)
    assert "Your key is " in joined(shown)
    assert ", is it not? " in joined(shown)


@pytest.mark.parametrize("form", EVENTS)
def test_recorded_bytes_keep_their_length(form: Callable[[str], object]) -> None:
    said = stream(form, f"key {KEY} end", 3).encode()
    pieces = [said[at : at + 7] for at in range(0, len(said), 7)]
    kept = Redactor([KEY]).masked(pieces)
    assert [len(piece) for piece in kept] == [len(piece) for piece in pieces]
    assert joined(b"".join(kept).decode()) == f"key {'*' * len(KEY)} end"


def test_an_escaped_key_over_several_events_is_found() -> None:
    said = stream(chat, KEY, 2).replace("0", "\\u0030")
    assert "23" not in joined(Redactor([KEY]).text(said))


def test_events_that_hold_no_secret_stay() -> None:
    said = stream(chat, "the key is secret, as it should be", 3)
    assert Redactor([KEY]).text(said) == said


@given(st.text(alphabet="ab", min_size=1, max_size=60), st.integers(1, 7))
def test_nothing_of_a_secret_is_left_however_it_is_cut(around: str, size: int) -> None:
    said = stream(messages, f"{around}{KEY}{around}", size)
    assert joined(Redactor([KEY]).text(said)) == f"{around}{'*' * len(KEY)}{around}" or (
        size >= len(KEY)
    )
