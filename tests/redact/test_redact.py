"""No secret survives in any spelling, and nothing that is shown can steer a terminal."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmtool import model
from cmtool.errors import ExitCode
from cmtool.redact import Redactor, cut, fingerprint, visible

KEY = "cm-9f/3c+Zk\"w\\ü='77=="
MASK = "[redacted]"


def in_base64(before: str) -> str:
    return base64.b64encode(f"{before}{KEY}:x".encode()).decode()


SPELLINGS = (
    pytest.param(KEY, id="plain"),
    pytest.param(json.dumps(KEY)[1:-1], id="json"),
    pytest.param(json.dumps(KEY, ensure_ascii=False)[1:-1], id="json-utf8"),
    pytest.param(json.dumps(KEY)[1:-1].replace("/", "\\/"), id="json-slash-escaped"),
    pytest.param(quote(KEY, safe=""), id="percent"),
    pytest.param(quote(KEY, safe="").lower().replace("zk", "Zk"), id="percent-lower"),
    pytest.param("".join(f"%{byte:02X}" for byte in KEY.encode()), id="percent-all"),
    pytest.param("".join(f"\\u{ord(char):04x}" for char in KEY), id="json-all"),
    pytest.param("".join(f"\\u{ord(char):04X}" for char in KEY), id="json-all-capitals"),
    pytest.param(json.dumps(json.dumps(json.dumps(KEY)))[5:-5], id="json-in-json-in-json"),
    pytest.param("".join(f"&#{ord(char)};" for char in KEY), id="html-decimal"),
    pytest.param("".join(f"&#x{ord(char):x};" for char in KEY), id="html-hexadecimal"),
    pytest.param(f"{KEY[:4]}%{ord(KEY[4]):02X}{KEY[5:]}", id="one-escape"),
    pytest.param(quote(quote(quote(KEY, safe=""), safe=""), safe=""), id="percent-thrice"),
    pytest.param("".join(f"\\x{byte:02x}" for byte in KEY.encode()), id="code-escapes"),
    pytest.param(KEY.encode().hex(), id="hexadecimal"),
    pytest.param(KEY.encode().hex().upper(), id="hexadecimal-capitals"),
)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "frame", ["{}", "key={}&x=1", '{{"key": "{}"}}', "Authorization: Bearer {}\r\n", "a{}{}b"]
)
def test_a_known_key_is_masked_in_every_spelling(spelling: str, frame: str) -> None:
    shown = Redactor([KEY]).text(frame.format(spelling, spelling))
    assert MASK in shown
    assert spelling not in shown
    assert "9f" not in shown
    assert "77" not in shown


@pytest.mark.parametrize("for_urls", [False, True])
@pytest.mark.parametrize("before", ["", "u", "us", "user:", "Bearer "])
def test_a_known_key_is_masked_in_base64_at_every_offset(before: str, *, for_urls: bool) -> None:
    encoded = in_base64(before)
    encoded = encoded.translate(str.maketrans("+/", "-_")) if for_urls else encoded
    shown = Redactor([KEY]).text(f"Basic {encoded}")
    assert MASK in shown
    assert len(shown) < len(f"Basic {encoded}") - 10


@settings(deadline=None, max_examples=200)
@given(
    before=st.binary(max_size=7),
    secret=st.text(st.characters(codec="utf-8"), min_size=8, max_size=24),
    after=st.binary(max_size=7),
    for_urls=st.booleans(),
    padded=st.booleans(),
)
def test_no_letter_of_a_secret_is_left_in_base64(
    before: bytes, secret: str, after: bytes, *, for_urls: bool, padded: bool
) -> None:
    """What stays is what the bytes around it come to; a letter that holds bits of both goes."""
    encode = base64.urlsafe_b64encode if for_urls else base64.b64encode
    encoded = encode(before + secret.encode() + after).decode()
    shown = Redactor([secret]).text(encoded if padded else encoded.rstrip("="))
    assert MASK in shown
    front, _, behind = shown.partition(MASK)
    assert len(front) <= len(before) * 8 // 6
    assert len(behind.rpartition(MASK)[2].rstrip("=")) <= -(-len(after) * 8 // 6)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("YWxpY2U6aHVudGVyMjI=", id="padded"),
        pytest.param("YWxpY2U6aHVudGVyMjI", id="bare"),
        pytest.param("YWxpY2U6aHVudGVyMjI%3D", id="in-a-url"),
    ],
)
def test_the_login_of_a_proxy_is_masked_to_its_last_letter(encoded: str) -> None:
    shown = Redactor(["alice:hunter22", "hunter22"]).text(f"Basic {encoded}.")
    assert shown == f"Basic {MASK}."


def test_a_key_without_its_prefix_is_no_less_a_secret() -> None:
    body = "0123456789abcdefghij"
    assert Redactor([f"cm-{body}"]).text(f"token {body} refused") == f"token {MASK} refused"
    assert Redactor(["cm-sandbox"]).text("of the sandbox") == "of the sandbox"


def test_the_longest_of_several_secrets_goes_first() -> None:
    assert Redactor(["secret-one", "secret-one-two"]).text("secret-one-two") == MASK


def test_a_key_that_is_no_utf8_is_a_secret_like_any_other() -> None:
    key = b"cm-ab\xff\xfecdefgh".decode("utf-8", "surrogateescape")
    assert Redactor([key]).text(f"<{key}>") == f"<{MASK}>"


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_a_text_too_short_for_a_secret_blanks_out_nothing(secret: str) -> None:
    assert Redactor([secret]).text("abc a cab") == "abc a cab"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("key cm-0123456789 used", f"key cm-{MASK} used", id="cm"),
        pytest.param("cm-sandbox-flaky", f"cm-{MASK}", id="sandbox"),
        pytest.param("sk-ant-api03-AbCd_efgh", f"sk-{MASK}", id="sk-ant"),
        pytest.param("sk-proj-abcdefgh1234,", f"sk-{MASK},", id="sk-proj"),
        pytest.param("gsk_abcdefgh1234", f"gsk_{MASK}", id="groq"),
        pytest.param("xai-abcdefgh1234", f"xai-{MASK}", id="xai"),
        pytest.param("AIzaSyA1234567890abcdef", f"AIza{MASK}", id="google"),
        pytest.param("hf_abcdefgh1234", f"hf_{MASK}", id="hugging-face"),
        pytest.param("ghp_abcdefgh1234", f"ghp_{MASK}", id="github"),
        pytest.param("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {MASK}"),
        pytest.param("bearer  ABCDEFGH\\n", f"bearer  {MASK}\\n", id="bearer-in-repr"),
        pytest.param("http://u:p@proxy:8080/x", f"http://{MASK}@proxy:8080/x", id="url"),
        pytest.param("http://user@proxy", f"http://{MASK}@proxy", id="url-user"),
        pytest.param("http://u:p@ss@w@proxy:1", f"http://{MASK}@proxy:1", id="url-at-signs"),
        pytest.param("socks5h://u:p@h", f"socks5h://{MASK}@h", id="socks"),
    ],
)
def test_the_shape_of_a_secret_is_enough(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "req_cm_01K4ZQ8V6M2T7R9X",
        "x-request-id: req_cm_01JD0000000000000",
        "cm-… from CROSSMODEL_API_KEY",
        "a key starts with cm-",
        "task-management-system and disk-usage-report",
        "Authorization: Bearer $CROSSMODEL_API_KEY",
        f"Bearer {MASK}",
        "https://api.crossmodel.ai/v1/models/a@b",
        "mail hello@crossmodel.ai, see https://crossmodel.ai/console",
        "anthropic/claude-sonnet-4-6 deepseek/deepseek-v4-flash",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(["cm-another-key-123"]).text(text) == text


@settings(deadline=None)  # the machine may be busy
@given(
    secret=st.text(min_size=8, max_size=40),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_no_secret_of_eight_characters_survives(secret: str, before: str, after: str) -> None:
    assume(not set("[]") & set(secret))  # the mask's own brackets
    redactor = Redactor([secret])
    for spelling in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
        assert spelling not in redactor.text(f"{before}{spelling}{after}")


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_a_text_once_redacted_stays_as_it_is(text: str) -> None:
    redactor = Redactor(["cm-canary-00"])
    once = redactor.text(text)
    assert redactor.text(once) == once


CANARY = "cm-canary-4f8e1b7c"


def records() -> list[type]:
    """Every record of the model."""
    return [
        kind
        for kind in vars(model).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    ]


SCALARS: dict[str, Any] = {
    "str": f"a {CANARY} b",
    "Json": [{"er": [CANARY, 1, None, True, 2.5]}, CANARY],
    "datetime": datetime(2026, 11, 22, tzinfo=UTC),
    "ExitCode": ExitCode.STREAM,
    "int": 7,
    "float": 7.5,
    "bool": True,
}


def poisoned(annotation: str) -> Any:
    """Give a value of a field's type that holds the canary wherever it has a text."""
    words = annotation.removesuffix(" | None")
    if words.startswith("tuple["):
        inner = poisoned(words.removeprefix("tuple[").removesuffix(", ...]"))
        return (inner, inner)
    if words.startswith("Mapping[str, "):
        return {f"h-{CANARY}": poisoned(words.removeprefix("Mapping[str, ").removesuffix("]"))}
    kind = getattr(model, words, None)
    if isinstance(kind, type) and issubclass(kind, Enum) and words not in SCALARS:
        return next(iter(kind))
    return filled(kind) if isinstance(kind, type) and kind in records() else SCALARS[words]


def filled(kind: type) -> Any:
    return kind(**{f.name: poisoned(str(f.type)) for f in dataclasses.fields(kind)})


def everything(value: Any) -> str:
    """Give all texts of a record, ``repr`` or not."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return " ".join(everything(getattr(value, f.name)) for f in dataclasses.fields(value))
    return repr(value) if not isinstance(value, tuple) else " ".join(map(everything, value))


@pytest.mark.parametrize("kind", records(), ids=lambda kind: str(kind.__name__))
def test_scrub_reaches_every_text_of_every_record(kind: type) -> None:
    record = filled(kind)
    shown = Redactor([CANARY]).scrub(record)
    assert type(shown) is kind
    assert CANARY not in everything(shown)
    if CANARY in everything(record):
        assert MASK in everything(shown)


def test_scrub_keeps_what_holds_no_secret() -> None:
    target = model.Target(base_url="https://api.crossmodel.ai/v1", model="a/b")
    assert Redactor([CANARY]).scrub(target) is target
    assert Redactor([CANARY]).scrub(model.Severity.ERROR) is model.Severity.ERROR


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain text", "plain text", id="plain"),
        pytest.param("Grüße, 世界 🎉", "Grüße, 世界 🎉", id="letters-of-the-world"),
        pytest.param("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", id="escape"),
        pytest.param("\x1b]0;title\x07", "\\x1b]0;title\\x07", id="osc"),
        pytest.param("a\x9b31m", "a\\x9b31m", id="c1-csi"),
        pytest.param("a\x85b", "a\\x85b", id="c1-nel"),
        pytest.param("a\x00b\x7f", "a\\x00b\\x7f", id="nul-and-delete"),
        pytest.param("\u202eevil\u2066x\u2069", "\\u202eevil\\u2066x\\u2069", id="bidi"),
        pytest.param("a\u200bb\ufeffc\u00add", "a\\u200bb\\ufeffc\\xadd", id="invisible"),
        pytest.param("a\u2028b\u2029c", "a\\u2028b\\u2029c", id="separators"),
        pytest.param("\ud800x", "\\ud800x", id="lone-surrogate"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag-character"),
        pytest.param("a\nb\rc\td", "a\\nb\\rc d", id="line-ends-and-tab"),
        pytest.param("a\r\nb", "a\\r\\nb", id="crlf"),
        pytest.param("[bold]x[/bold]", "[bold]x[/bold]", id="markup-is-text"),
        pytest.param("a\u3164\u034fb", "a\\u3164\\u034fb", id="what-shows-nothing"),
        pytest.param("a\ufe01\U000e0100", "a\\ufe01\\U000e0100", id="hidden-selectors"),
        pytest.param("\u2764\ufe0f", "\u2764\ufe0f", id="one-selector"),
        pytest.param("\u2764\ufe0f\ufe0f", "\u2764\ufe0f\\ufe0f", id="a-second-selector"),
        pytest.param("a" + "\u0301" * 5, "a" + "\u0301" * 4 + "\\u0301", id="piled-up-marks"),
        pytest.param(
            "\u0e01\u0e47\u0e49 \u0928\u0947", "\u0e01\u0e47\u0e49 \u0928\u0947", id="marks"
        ),
    ],
)
def test_visible_shows_what_a_terminal_would_obey(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\nb", "a\nb", id="line-feed-stays"),
        pytest.param("a\r\nb", "a\nb", id="crlf-is-one"),
        pytest.param("a\rb", "a\\rb", id="a-lone-return-could-overwrite"),
        pytest.param("a\x1b\nb", "a\\x1b\nb", id="escape"),
    ],
)
def test_visible_over_several_lines(text: str, shown: str) -> None:
    assert visible(text, multiline=True) == shown


@settings(deadline=None)  # the machine may be busy
@given(st.text(st.characters()) | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl"])))
def test_visible_leaves_nothing_to_obey(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown)
    assert not set(shown) & set(
        "\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        pytest.param("cm-0123456789ab9f3c", "cm-…9f3c", id="a-key"),
        pytest.param("cm-0123456789ab", "cm-…", id="too-short-for-a-tail"),
        pytest.param("cm-0123456789abc", "cm-…9abc", id="just-long-enough"),
        pytest.param("sk-0123456789abcdef", "…cdef", id="another-prefix"),
        pytest.param("", "…", id="empty"),
        pytest.param("cm-0123456789\x1b[31m", "cm-…[31m", id="escape-cut-away"),
        pytest.param("cm-0123456789abc\x1b", "cm-…abc\\x1b", id="escape-shown"),
    ],
)
def test_a_fingerprint_tells_keys_apart_and_no_more(key: str, shown: str) -> None:
    assert fingerprint(key) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        pytest.param("abc", 3, "abc", id="fits"),
        pytest.param("abcd", 3, "abc… (1 more characters)", id="one-over"),
        pytest.param("a" * 5000, 10, "a" * 10 + "… (4,990 more characters)", id="long"),
        pytest.param("", 0, "", id="empty"),
    ],
)
def test_cut_says_what_it_left_out(text: str, limit: int, shown: str) -> None:
    assert cut(text, limit) == shown
