"""The key as it was found: what is wrong with it, what may be sent, and what is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.catalog import ROWS
from cmtool.credentials import examine
from cmtool.errors import ExitCode

SECRET = "4f8e1b7c2d6a9053"
KEY = f"cm-{SECRET}"
WHERE = "CROSSMODEL_API_KEY"

SENT = (
    pytest.param(KEY, id="bare"),
    pytest.param("cm-sandbox", id="sandbox"),
    pytest.param("cm-sandbox-insufficient-balance", id="sandbox-scenario"),
    pytest.param("cm-Ab_cd-Ef.12", id="dots-and-dashes"),
    pytest.param("cm-yourself-4f8e", id="begins-like-a-placeholder"),
    pytest.param("cm-testkey4f8e1b7c", id="holds-the-word-key"),
    pytest.param("cm-xx4f8e", id="two-x-are-no-mask"),
)


@pytest.mark.parametrize("raw", SENT)
def test_a_good_key_is_sent_as_it_is(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.finding is None
    assert verdict.key is not None
    assert verdict.key.reveal() == raw


MENDED = (
    pytest.param(f"{KEY}\n", "followed by a line end", id="line-feed"),
    pytest.param(f"{KEY}\r\n", "followed by a line end", id="crlf"),
    pytest.param(f"{KEY} ", "followed by a blank", id="blank-behind"),
    pytest.param(f" {KEY}", "In front of the key stands a blank", id="blank-before"),
    pytest.param(f"\t{KEY}", "In front of the key stands a tab", id="tab-before"),
    pytest.param(f"{KEY}\xa0", "no-break space (U+00A0)", id="no-break-space"),
    pytest.param(f'"{KEY}"', "set in quotes", id="double-quotes"),
    pytest.param(f"'{KEY}'", "set in quotes", id="single-quotes"),
    pytest.param(f"“{KEY}”", "set in quotes", id="curly-quotes"),
    pytest.param(f"'{KEY}", "set in quotes", id="half-a-pair"),
    pytest.param(f"`{KEY}`", "set in quotes", id="backticks"),
    pytest.param(f'"{KEY}\n"', "set in quotes", id="line-end-in-quotes"),
    pytest.param(f"Bearer {KEY}", "stands 'Bearer'", id="bearer"),
    pytest.param(f"bearer {KEY}", "stands 'bearer'", id="bearer-lower"),
    pytest.param(f"Authorization: Bearer {KEY}", "Authorization: Bearer", id="header"),
    pytest.param(f"x-api-key: {KEY}", "stands 'x-api-key:'", id="other-header"),
    pytest.param(f"CROSSMODEL_API_KEY={KEY}", "CROSSMODEL_API_KEY=…", id="assignment"),
    pytest.param(f"export KEY={KEY}", "The variable's name", id="export"),
    pytest.param(f'export CM="{KEY}"', "The variable's name", id="export-quotes"),
    pytest.param(f"set CM_TOKEN={KEY}", "The variable's name", id="set"),
    pytest.param(f"$env:CROSSMODEL_API_KEY={KEY}", "The variable's name", id="powershell"),
    pytest.param(f"cm-{SECRET[:8]} {SECRET[8:]}", "Character 12 is a blank", id="blank-inside"),
    pytest.param(f"cm-{SECRET[:8]}\n{SECRET[8:]}", "Character 12 is a line feed", id="wrapped"),
    pytest.param(
        f"cm-\u200b{SECRET}", "Character 4 is a zero width space (U+200B)", id="zero-width"
    ),
    pytest.param(f"\ufeff{KEY}", "Character 1 is a zero width no-break", id="bom"),
    pytest.param(f"\u202a{KEY}\u202c", "left-to-right embedding", id="bidi"),
    pytest.param(f"{KEY}\x00", "a NUL byte", id="nul"),
    pytest.param(f"{KEY}\x1b", "control character (U+001B)", id="escape"),
    pytest.param(f"{KEY}\xad", "soft hyphen", id="soft-hyphen"),
    pytest.param(f' "Bearer {KEY}"\n', "stands 'Bearer'", id="all-at-once"),
)


@pytest.mark.parametrize(("raw", "said"), MENDED)
def test_what_came_along_is_taken_off_for_this_run_and_named(raw: str, said: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.key is not None
    assert verdict.key.reveal() == KEY
    assert verdict.finding is not None
    assert verdict.finding.id == "key_malformed"
    told = " ".join(verdict.finding.evidence)
    assert said in told
    assert told.endswith(f"{WHERE} itself still has to be.")
    assert SECRET not in told


REFUSED = (
    pytest.param(None, "key_missing", "is not set", id="unset"),
    pytest.param("", "key_missing", "is empty", id="empty"),
    pytest.param(" \t\n", "key_missing", "is empty", id="blank"),
    pytest.param("\ufeff\n", "key_missing", "is empty", id="only-a-bom"),
    pytest.param('""', "key_missing", "holds no key", id="only-quotes"),
    pytest.param('" "', "key_missing", "holds no key", id="quoted-blank"),
    pytest.param("\xa0", "key_missing", "holds no key", id="only-a-no-break-space"),
    pytest.param("\u2060\u200d", "key_missing", "holds no key", id="only-invisible"),
    pytest.param("your-api-key", "key_placeholder", "stand-in", id="your-api-key"),
    pytest.param("YOUR_KEY_HERE", "key_placeholder", "stand-in", id="your-key-here"),
    pytest.param("<api-key>", "key_placeholder", "stand-in", id="angle-brackets"),
    pytest.param("{{ key }}", "key_placeholder", "", id="template"),
    pytest.param("changeme", "key_placeholder", "stand-in", id="changeme"),
    pytest.param("undefined", "key_placeholder", "stand-in", id="undefined"),
    pytest.param("None", "key_placeholder", "stand-in", id="none"),
    pytest.param("test", "key_placeholder", "stand-in", id="test"),
    pytest.param("sk-your-key-here", "key_placeholder", "stand-in", id="of-another-vendor"),
    pytest.param("cm-...", "key_placeholder", "", id="dots"),
    pytest.param("cm-…", "key_placeholder", "masked", id="ellipsis"),
    pytest.param("cm-xxxxxxxx", "key_placeholder", "stand-in", id="x"),
    pytest.param("cm-XXXX-XXXX", "key_placeholder", "stand-in", id="x-groups"),
    pytest.param("cm-your-key", "key_placeholder", "stand-in", id="cm-your-key"),
    pytest.param("cm-your-api-key-here", "key_placeholder", "stand-in", id="cm-your-api-key"),
    pytest.param("cm-<key>", "key_placeholder", "stand-in", id="cm-angle-brackets"),
    pytest.param("cm-****9f3c", "key_placeholder", "masked copy", id="masked"),
    pytest.param("cm-…9f3c", "key_placeholder", "masked copy", id="our-own-fingerprint"),
    pytest.param("$CROSSMODEL_API_KEY", "key_placeholder", "never filled in", id="variable"),
    pytest.param("${KEY}", "key_placeholder", "never filled in", id="braces"),
    pytest.param("cm-${KEY}", "key_placeholder", "never filled in", id="braces-inside"),
    pytest.param("%CM_KEY%", "key_placeholder", "never filled in", id="windows"),
    pytest.param("${{ secrets.CM }}", "key_placeholder", "never filled in", id="actions"),
    pytest.param(f"sk-ant-api03-{SECRET}", "key_wrong_vendor", "of Anthropic", id="anthropic"),
    pytest.param(f"sk-or-v1-{SECRET}", "key_wrong_vendor", "of OpenRouter", id="openrouter"),
    pytest.param(f"sk-proj-{SECRET}", "key_wrong_vendor", "of OpenAI;", id="openai"),
    pytest.param(f"sk-{SECRET}", "key_wrong_vendor", "OpenAI, DeepSeek", id="sk"),
    pytest.param(f"gsk_{SECRET}", "key_wrong_vendor", "of Groq", id="groq"),
    pytest.param(f"AIzaSy{SECRET}", "key_wrong_vendor", "of Google", id="google"),
    pytest.param(f"xai-{SECRET}", "key_wrong_vendor", "of xAI", id="xai"),
    pytest.param(f"ghp_{SECRET}", "key_wrong_vendor", "of GitHub", id="github"),
    pytest.param(f"eyJhbGciOi.{SECRET}", "key_wrong_vendor", "JSON web token", id="jwt"),
    pytest.param(f"Bearer sk-{SECRET}", "key_wrong_vendor", "OpenAI", id="bearer-of-another"),
    pytest.param(f'"sk-ant-{SECRET}"\n', "key_wrong_vendor", "Anthropic", id="quoted-of-another"),
    pytest.param(
        f"OPENAI_API_KEY=sk-proj-{SECRET}", "key_wrong_vendor", "OpenAI", id="assigned-of-another"
    ),
    pytest.param(SECRET, "key_wrong_prefix", "does not start with cm-", id="prefix-lost"),
    pytest.param(f"CM-{SECRET}", "key_wrong_prefix", "does not start with", id="capitals"),
    pytest.param(f"cm_{SECRET}", "key_wrong_prefix", "does not start with", id="underscore"),
    pytest.param(f"{SECRET}=", "key_wrong_prefix", "does not start with", id="base64"),
    pytest.param(f"{SECRET}=abc", "key_wrong_prefix", "does not start with", id="no-assignment"),
    pytest.param("cm-", "key_malformed", "nothing behind it", id="cut-off"),
    pytest.param(f"cm-é{SECRET}", "key_malformed", "character 4 is a latin small", id="accent"),
    pytest.param(f"cm-🔑{SECRET}", "key_malformed", "character 4 is a key", id="emoji"),
    pytest.param(
        f"cm-\udcff{SECRET}", "key_malformed", "character 4 is a byte 0xff that", id="not-utf8"
    ),
)


@pytest.mark.parametrize(("raw", "identifier", "said"), REFUSED)
def test_what_can_be_no_key_is_not_sent(raw: str | None, identifier: str, said: str) -> None:
    verdict = examine(raw, WHERE, model="vendor/model")
    assert verdict.key is None
    assert verdict.finding is not None
    assert verdict.finding.id == identifier
    assert verdict.finding.exit_code is ExitCode.CONFIGURATION
    assert (verdict.finding.check, verdict.finding.step) == ("key", 1)
    assert verdict.finding.commands == ("cmtool doctor vendor/model",)
    told = " ".join(verdict.finding.evidence)
    assert told.startswith(WHERE)
    assert said in told
    assert SECRET not in told


def test_of_many_problems_the_first_are_told() -> None:
    verdict = examine("cm-" + "a\u200b" * 20, WHERE)
    assert verdict.finding is not None
    assert len(verdict.finding.evidence) == 8
    assert verdict.finding.evidence[6] == "And 14 more."


def test_the_verdict_shows_no_key_by_itself() -> None:
    assert SECRET not in repr(examine(KEY, WHERE))


@settings(deadline=None)  # the machine may be busy
@given(st.text() | st.text().map(lambda text: f"cm-{text}"))
def test_any_text_is_judged_and_what_is_sent_fits_a_header(raw: str) -> None:
    verdict = examine(raw, WHERE)
    assert verdict.key is not None or verdict.finding is not None
    if verdict.finding is not None:
        assert verdict.finding.id in ROWS
    if verdict.key is not None:
        sent = verdict.key.reveal()
        assert sent.startswith("cm-")
        assert sent.isascii()
        assert sent.isprintable()
        assert " " not in sent


@settings(deadline=None)  # the machine may be busy
@given(
    secret=st.text("0123456789abcdefXYZ", min_size=12, max_size=40),
    frame=st.sampled_from(["{}", "{}=", "{}=x", "Bearer {}", "a={}", "KEY={}", "'{}' ", "sk-{}"]),
)
def test_no_part_of_a_secret_is_evidence(secret: str, frame: str) -> None:
    verdict = examine(frame.format(secret), WHERE)
    assert verdict.key is None
    assert verdict.finding is not None
    assert secret not in " ".join(verdict.finding.evidence)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(f"{KEY}: cm-0123456789abcdef", id="our-own"),
        pytest.param(f"gsk_{SECRET}: cm-0123456789abcdef", id="another-vendors"),
        pytest.param(f'"x.sk-{SECRET}" = "cm-0123456789abcdef"', id="behind-a-word"),
    ],
)
def test_a_key_in_the_place_of_a_name_is_not_told(raw: str) -> None:
    finding = examine(raw, WHERE).finding
    assert finding is not None
    assert SECRET not in " ".join((*finding.evidence, *finding.actions, *finding.commands))
