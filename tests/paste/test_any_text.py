"""Whatever is pasted: it ends, in time, and noise around an error changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.catalog import ROWS, Origin, Row, Shape
from cmtool.paste import FORMS, read
from cmtool.paste.base import FOUND_LIMIT
from cmtool.paste.residue import cleaned, decoded, unframed
from tests.paste.case import Case, explained
from tests.paste.test_sdks import CASES

PIECES = (
    *("HTTP/2 402\n", "< HTTP/1.1 200 OK\n", "content-type: text/html\n", "\n\n", "data: ", "{"),
    *('{"error": ', '{"message": "x", "code": "no_wallet"}', "}", "Error code: 402 - ", "'", '"'),
    *("event: error\n", "data: [DONE]\n\n", "<html><title>502</title>", "</html>", "\\", "> "),
    *("curl: (6) x\n", "Connection refused", "RateLimitError: ", "no_wallet", " 429 ", "\x1b[31m"),
    *('{"log": {"entries": [', '{"schema_version": 1, "cmtool_version": "1", "outcome": 1}'),
    *('{"format": "cmtool-recording"}\n', "    at x (a.js)\n", "\ufeff", "\u0130", "\x00", "\r"),
)
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
# What says nothing of an error, and stands in logs and chats.
NOISE = st.lists(
    st.sampled_from(
        [
            "2026-11-22 09:59:58,000 INFO starting up",
            "Loaded 12 plugins in 0.3 s",
            "$ python app.py",
            "Hello, can you help me with this?",
            "{'batch': 7, 'size': 32}",
            "    retrying, wait a moment",
            "",
            "🙂 – “thanks”",
        ]
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_comes_to_an_end(text: str) -> None:
    got = explained(text)
    if got is not None:
        assert set(got.recognised.forms) <= {form.name for form in FORMS}
        assert (got.diagnosis is not None) == (got.recognised.errors > 0)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_come_to_an_end(content: bytes) -> None:
    assert "\x1b" not in read(content).text


@settings(max_examples=60, deadline=None)
@given(
    before=NOISE,
    behind=NOISE,
    row=st.sampled_from([row for row in ROWS.values() if row.origin is Origin.CODE]),
)
def test_noise_around_an_error_changes_nothing(
    before: list[str], behind: list[str], row: Row
) -> None:
    body = row.error_body(Shape.OPENAI)
    said = f"openai.APIStatusError: Error code: 400 - {json.loads(body)!r}"
    got = explained("\n".join((*before, said, *behind)))
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == row.id
    assert got.recognised.errors == 1


@pytest.mark.parametrize("case", CASES)
def test_a_prefix_of_a_log_changes_nothing(case: Case) -> None:
    text = str(case.text)
    stamped = "".join(f"2026-11-22T10:00:00.123Z INFO {line}\n" for line in text.split("\n"))
    compose = "".join(f"app-1  | {line}\n" for line in text.split("\n"))
    plain = explained(text)
    assert plain is not None
    assert plain.diagnosis is not None
    for noisy in (stamped, compose):
        got = explained(noisy)
        assert got is not None
        assert got.diagnosis is not None
        assert got.diagnosis.id == plain.diagnosis.id


MANY = 1500
HUGE = {
    "braces": "{" * 300_000,
    "json-opened": '{"a":' * 60_000,
    "python-opened": "{'a':" * 60_000,
    "escapes": '{\\"' * 100_000,
    "backslashes": "\\" * 300_000,
    "blanks": " " * 300_000 + "x",
    "numbers": "402 " * 75_000,
    "names": "no_wallet " * 30_000,
    "titles": "<title>" * 40_000,
    "errors": 'ERROR {"error": {"message": "x", "code": "no_wallet"}}\n' * MANY,
    "heads": "HTTP/1.1 402 Payment Required\na: b\n\n" * MANY,
    "pages": "<html><head><title>502</title></head></html>\n" * MANY,
    "refusals": "Error: connect ECONNREFUSED 127.0.0.1:1\n" * MANY,
    "texts": json.dumps({"a": json.dumps({"b": "Error code: 402 - {'error': {}}"})}) * MANY,
    "stack": "    at x (y.js:1:2)\n" * 10_000,
    "growing-letters": "\u0130" * 100_000,
    "letters-behind-a-class": "RateLimitError: " + "a" * 300_000,
    "quotes-of-a-mail": "\n> > >" * 50_000,
    "names-of-secrets": "authorization: cookie: key= " * 10_000,
    "models": "model: '" * 40_000,
    "times": "2026-11-22T10:00:00." * 15_000,
    "facts-of-a-page": "cmtool doctor · \n✗ 402 no_wallet: x\nFor support\n" + "body  x " * 30_000,
    "events": '{"object": "chat.completion.chunk"}\n' * MANY,
    "requests": '{"model": "a/b", "messages": [1]}\n' * MANY,
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_text_gives_a_bounded_number_of_findings(name: str) -> None:
    got = read(HUGE[name].encode())
    assert len(got.found) <= 2 * FOUND_LIMIT


RESIDUE: list[tuple[str, Callable[[str], str], str, str]] = [
    ("colours", cleaned, "\x1b[1;31mred\x1b[0m\x1b]0;title\x07 \x1b(Bplain", "red plain"),
    ("line-ends", cleaned, "a\r\nb\rc\n", "a\nb\nc\n"),
    ("invisible", cleaned, "a\u200bb\u2060c\ufeffd\x00e\u00a0f", "abcde f"),
    ("separators", cleaned, "a\u2028b", "a\nb"),
    ("fence", unframed, "```json\na\n```", "\na\n"),
    ("quotation", unframed, "> a\n> b", "a\nb"),
    ("quotation-in-part", unframed, "> a\nb", "> a\nb"),
    ("nested", unframed, "> > app | a\n> > app | b", "a\nb"),
    ("one-line", unframed, "> a", "> a"),
    ("numbers", unframed, "  1: a\n  2: b", "a\nb"),
    ("box", unframed, "│ a │\n│ b │", "a │\nb │"),
]


@pytest.mark.parametrize(
    ("function", "text", "expected"), [pytest.param(*rest, id=name) for name, *rest in RESIDUE]
)
def test_residue(function: Callable[[str], str], text: str, expected: str) -> None:
    assert function(text) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_is_seen(encoding: str) -> None:
    text = '{"error": "ä – ☃ and some more"}'
    assert decoded(text.encode(encoding)).lstrip("\ufeff") == text


WRAPPED = (
    "openai.APIStatusError: Error code: 402 - {'error': {'message': 'The account has no wallet "
    "yet, so that nothing can be paid for.', 'type': 'billing_error', 'param': None, 'code': "
    "'no_wallet'}}"
)


@pytest.mark.parametrize("width", range(60, 110))
def test_a_terminal_that_wraps_changes_nothing(width: int) -> None:
    lines = [WRAPPED[at : at + width] for at in range(0, len(WRAPPED), width)]
    got, plain = explained("\n".join(lines)), explained(WRAPPED)
    assert got is not None
    assert got.diagnosis == plain.diagnosis if plain else None


def test_a_secret_is_taken_out_before_anything_is_made_of_a_paste() -> None:
    key = "cm-canary-Zx9Qw8Er7Ty6Ui5"
    for text in (WRAPPED.replace("yet", key), f"HTTP/2 402\nlocation: /{key}\n\n{key}"):
        got = explained(text, None, key)
        assert got is not None
        assert key not in repr(got)


@pytest.mark.parametrize("stamp", ["2026-11-22T10:00:00Z ", "10:00 ", "[INFO] ", "app-1  | "])
def test_a_head_is_read_behind_what_a_log_puts_before_its_lines(stamp: str) -> None:
    head = "HTTP/2 402\ncontent-type: text/plain\nretry-after: 9\n\n"
    body = '{"error": {"message": "x", "type": "billing_error", "code": "no_wallet"}}'
    got = explained("".join(f"{stamp}{line}\n" for line in (head + body).split("\n")))
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == "no_wallet"
    if stamp != "10:00 ":  # of which nobody can tell what it is
        assert got.exchanges[0].status == 402
        assert got.exchanges[0].headers["retry-after"] == "9"
