"""Model IDs as people really type them, against the catalogue as it is listed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cmtool.modelids import LONGEST, cheap, nearest, problem
from cmtool.sandbox.modellist import MODEL_IDS

LISTED = MODEL_IDS
SONNET = "anthropic/claude-sonnet-4-6"
SONNETS = (SONNET, "anthropic/claude-sonnet-5")
FLASH = "deepseek/deepseek-v4-flash"


def _case(name: str, asked: str, *expected: str) -> object:
    return pytest.param(asked, expected, id=name)


THE_SAME_BUT_FOR_SPELLING = (
    _case("no-vendor", "claude-sonnet-4-6", SONNET),
    _case("no-vendor-short", "hy3", "tencent/hy3"),
    _case("no-family", "k3", "moonshot/kimi-k3"),
    _case("no-family-letter", "m3", "minimax/minimax-m3"),
    _case("foreign-vendor", "google/gemini-2.5-pro", "gemini/gemini-2.5-pro"),
    _case("foreign-vendor-near", "moonshotai/kimi-k2.5", "moonshot/kimi-k2.5"),
    _case("vendor-without-dash", "xai/grok-4.3", "x-ai/grok-4.3"),
    _case("wrong-listed-vendor", "openai/claude-sonnet-4-6", SONNET),
    _case("openrouter", "openrouter/anthropic/claude-sonnet-4.6", SONNET),
    _case("google-models", "models/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
    _case("vertex", "vertex_ai/gemini-2.5-pro", "gemini/gemini-2.5-pro"),
    _case("fireworks", "accounts/fireworks/models/deepseek-v4-flash", FLASH),
    _case("bedrock", "anthropic.claude-sonnet-4-6-v1:0", SONNET),
    _case("bedrock-region", "us.anthropic.claude-sonnet-4-6-v1:0", SONNET),
    _case("colon-for-slash", "anthropic:claude-sonnet-4-6", SONNET),
    _case("colon-for-slash-openai", "openai:gpt-5.4", "openai/gpt-5.4"),
    _case("dash-for-slash", "x-ai-grok-4.3", "x-ai/grok-4.3"),
    _case("dots-for-dashes", "anthropic/claude-sonnet-4.6", SONNET),
    _case("dots-for-dashes-opus", "anthropic/claude-opus-4.8", "anthropic/claude-opus-4-8"),
    _case("dashes-for-dots", "openai/gpt-5-4", "openai/gpt-5.4"),
    _case("dashes-for-dots-variant", "openai/gpt-5-4-mini", "openai/gpt-5.4-mini"),
    _case("capitals", "OpenAI/GPT-5.4", "openai/gpt-5.4"),
    _case("capitals-no-vendor", "MiniMax-M2.7", "minimax/minimax-m2.7"),
    _case("blanks-around", "  openai/gpt-5.4 ", "openai/gpt-5.4"),
    _case("blanks-within", "claude sonnet 4.6", SONNET),
    _case("line-end", "openai/gpt-5.4\n", "openai/gpt-5.4"),
    _case("zero-width-space", "openai/\u200bgpt-5.4", "openai/gpt-5.4"),
    _case("byte-order-mark", "\ufeffanthropic/claude-opus-5", "anthropic/claude-opus-5"),
    _case("no-break-hyphen", "anthropic/claude\u2011sonnet\u20114\u20116", SONNET),
    _case("full-width", "ｇｐｔ-5.4", "openai/gpt-5.4"),
    _case("underscores", "claude_sonnet_4_6", SONNET),
    _case("date", "claude-sonnet-4-6-20250929", SONNET),
    _case("date-dashes", "claude-sonnet-4-6-2025-09-29", SONNET),
    _case("date-at", "claude-sonnet-4-6@20250929", SONNET),
    _case("date-openai", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"),
    _case("stamp", "deepseek-v4-pro-0324", "deepseek/deepseek-v4-pro"),
    _case("latest", "anthropic/claude-haiku-4-5-latest", "anthropic/claude-haiku-4-5"),
    _case("free", "deepseek/deepseek-v4-flash:free", FLASH),
    _case("thinking", "claude-sonnet-4-6:thinking", SONNET),
    _case("beta", "x-ai/grok-4.3:beta", "x-ai/grok-4.3"),
    _case("context-size", "claude-sonnet-4-6[1m]", SONNET),
    _case("preview-missing", "gemini-3-flash", "gemini/gemini-3-flash-preview"),
    _case("preview-missing-pro", "gemini-3.1-pro", "gemini/gemini-3.1-pro-preview"),
    _case("preview-extra", "gemini-2.5-flash-preview", "gemini/gemini-2.5-flash"),
    _case("preview-dated", "gemini-2.5-flash-preview-05-20", "gemini/gemini-2.5-flash"),
    _case("swapped", "claude-4-6-sonnet", SONNET),
    _case("swapped-all", "4.6-sonnet-claude", SONNET),
    _case("swapped-variant", "gpt-mini-5.4", "openai/gpt-5.4-mini"),
    _case("no-separators-some", "gpt5.4mini", "openai/gpt-5.4-mini"),
    _case("no-separators-version", "gpt54mini", "openai/gpt-5.4-mini"),
    _case("no-separators-at-all", "claudesonnet46", SONNET),
    _case("version-letter-missing", "kimi-2.5", "moonshot/kimi-k2.5"),
    _case("slash-behind", "openai/gpt-5.4/", "openai/gpt-5.4"),
)

MEANT_FIRST = (
    _case("swapped-letters", "deepseek/deepseek-v4-falsh", FLASH),
    _case("swapped-letters-short", "gtp-5.4", "openai/gpt-5.4"),
    _case("swapped-letters-four", "gork-4.5", "x-ai/grok-4.5"),
    _case("dropped-letter", "anthropic/claude-sonet-4-6", SONNET),
    _case("dropped-letter-short", "deepseek/deepseek-v4-flsh", FLASH),
    _case("doubled-letter", "claude-oopus-5", "anthropic/claude-opus-5"),
    _case("wrong-letter", "gemini/gemoni-2.5-pro", "gemini/gemini-2.5-pro"),
    _case("two-errors", "calude-sonet-4.6", SONNET),
    _case("error-in-vendor", "antropic/claude-opus-4-7", "anthropic/claude-opus-4-7"),
    _case("letter-for-separator", "x-ai/gr-k-4.3", "x-ai/grok-4.3"),
    _case("wrong-digit", "gemini/gemini-9.5-pro", "gemini/gemini-2.5-pro"),
    _case("o-series", "o4-mini", "openai/gpt-4o-mini"),
    _case("larger-brother", "openai/gpt-4o", "openai/gpt-4o-mini"),
    _case("no-such-variant", "openai/gpt-5.4-pro", "openai/gpt-5.5-pro"),
    _case("unknown-variant", "gpt-5-codex", "openai/gpt-5.4"),
    _case("variant-of-newer", "openai/gpt-5.6", "openai/gpt-5.6-luna"),
    _case("part-of-a-variant", "deepseek-v4-vision", "deepseek/deepseek-v4-flash-vision-exp"),
    _case("newer-than-any", "glm-5.4", "z-ai/glm-5.3"),
    _case("newer-major", "gpt-6", "openai/gpt-5.5"),
    _case("older-preview", "gemini-3-pro-preview", "gemini/gemini-3.1-pro-preview"),
    _case("older-family", "deepseek-v3.1", FLASH),
    _case("own-name", "deepseek-chat", FLASH),
    _case("foreign-brand", "zhipu/glm-4.6", "z-ai/glm-4.7"),
    _case("retired", "gpt-3.5-turbo", "openai/gpt-5.5"),
)

EXACTLY_THESE = (
    _case("older-sonnet", "anthropic/claude-sonnet-4", *SONNETS),
    _case("older-sonnet-dated", "claude-3-5-sonnet-20241022", *SONNETS),
    _case("older-sonnet-latest", "claude-3-5-sonnet-latest", *SONNETS),
    _case("bedrock-older", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", *SONNETS),
    _case("older-haiku", "claude-3-haiku-20240307", "anthropic/claude-haiku-4-5"),
    _case(
        "older-opus",
        "anthropic/claude-opus-4-6",
        "anthropic/claude-opus-4-7",
        "anthropic/claude-opus-4-8",
        "anthropic/claude-opus-5",
    ),
    _case("other-qwen", "qwen/qwen3.5-max", "qwen/qwen3.7-max", "qwen/qwen3.8-max"),
    _case("no-version", "qwen-plus", "qwen/qwen3.7-plus", "qwen/qwen3.6-plus"),
    _case("family-sonnet", "sonnet", *reversed(SONNETS)),
    _case("family-sonnet-typo", "sonet", *reversed(SONNETS)),
    _case(
        "family-opus",
        "opus",
        "anthropic/claude-opus-5",
        "anthropic/claude-opus-4-8",
        "anthropic/claude-opus-4-7",
    ),
    _case("family-grok", "grok", "x-ai/grok-4.6", "x-ai/grok-4.5", "x-ai/grok-4.3"),
    _case("family-haiku", "Haiku", "anthropic/claude-haiku-4-5"),
    _case(
        "vendor",
        "anthropic",
        "anthropic/claude-fable-5",
        "anthropic/claude-opus-5",
        "anthropic/claude-sonnet-5",
    ),
    _case("vendor-slash", "tencent/", "tencent/hy3"),
    _case("vendor-dash", "z-ai", "z-ai/glm-5.3", "z-ai/glm-5.2", "z-ai/glm-5.1"),
    _case(
        "vendor-not-in-names",
        "moonshot",
        "moonshot/kimi-k3",
        "moonshot/kimi-k2.6",
        "moonshot/kimi-k2.5",
    ),
)

NOTHING = tuple(
    pytest.param(asked, id=name)
    for name, asked in {
        "empty": "",
        "blank": " \t ",
        "foo": "foo",
        "test": "test",
        "auto": "auto",
        "separators": "-/./:",
        "slashes": "///",
        "version-only": "5.4",
        "llama": "llama-3-70b",
        "llama-meta": "meta/llama-3",
        "llama-meta-long": "meta-llama/llama-3.3-70b-instruct",
        "near-three-letters": "llm-3",
        "near-four-letters": "codex",
        "embedding": "text-embedding-3-small",
        "embedding-known-family": "gemini-embedding-001",
        "image": "openai/gpt-image-1",
        "phi-mini": "phi-3-mini",
        "mistral": "mistral-large-latest",
        "nova-pro": "amazon/nova-pro",
        "known-vendor-only": "anthropic/foo",
        "placeholder": "your-model-id",
        "url": "https://api.crossmodel.ai/v1",
        "too-long": "openai/gpt-5.4" + "-mini" * 60,
        "garbage-10-kb": "ab1-" * 2500,
        "invisible-10-kb": "\u200b" * 10_000,
    }.items()
)


@pytest.mark.parametrize(("asked", "expected"), [*THE_SAME_BUT_FOR_SPELLING, *EXACTLY_THESE])
def test_offers_exactly(asked: str, expected: tuple[str, ...]) -> None:
    assert nearest(asked, LISTED) == expected


@pytest.mark.parametrize(("asked", "expected"), MEANT_FIRST)
def test_offers_first_what_was_meant(asked: str, expected: tuple[str, ...]) -> None:
    assert nearest(asked, LISTED)[:1] == expected


@pytest.mark.parametrize("asked", NOTHING)
def test_offers_nothing_silly(asked: str) -> None:
    assert nearest(asked, LISTED) == ()


@pytest.mark.parametrize("identifier", LISTED)
def test_a_listed_id_is_nearest_to_itself(identifier: str) -> None:
    assert nearest(identifier, LISTED) == (identifier,)


@pytest.mark.parametrize("identifier", LISTED)
def test_a_listed_id_is_found_however_it_is_written(identifier: str) -> None:
    name = identifier.partition("/")[2]
    for asked in (
        identifier.upper(),
        identifier.replace(".", "-"),
        identifier.replace("-", "_"),
        name.replace("-", " "),
        f"elsewhere/{name}",
        f"{identifier}-20250929",
    ):
        assert nearest(asked, LISTED)[:1] == (identifier,)


def test_offers_from_the_live_list_alone() -> None:
    assert nearest("openai/gpt-4o", ("openai/gpt-9-mini", "a/b-4")) == ("openai/gpt-9-mini",)
    assert nearest("claude-sonnet-4-6", ()) == ()


def test_an_alias_without_a_vendor_is_offered() -> None:
    assert nearest("team-sonet", (*LISTED, "team-sonnet"))[0] == "team-sonnet"


def test_the_limit_is_kept() -> None:
    assert len(nearest("openai", LISTED, limit=5)) == 5
    assert nearest("openai", LISTED, limit=1) == nearest("openai", LISTED)[:1]
    assert nearest("openai", LISTED, limit=0) == ()


TEXTS = st.text(max_size=40) | st.text("abcgpt-./:@_[]0123456789 o", max_size=40)
LISTS = st.lists(TEXTS | st.sampled_from(LISTED), max_size=12)


@given(TEXTS, LISTS)
def test_results_are_listed_ids_without_repetition(asked: str, listed: list[str]) -> None:
    found = nearest(asked, listed)
    assert set(found) <= set(listed)
    assert len(set(found)) == len(found) <= 3


@given(LISTS, st.data())
def test_whatever_is_listed_is_nearest_to_itself(listed: list[str], data: st.DataObject) -> None:
    assume(listed)
    identifier = data.draw(st.sampled_from(listed))
    assert nearest(identifier, listed) == (identifier,)


@given(TEXTS, st.permutations(LISTED))
def test_the_order_of_the_list_does_not_matter(asked: str, listed: list[str]) -> None:
    assert nearest(asked, listed) == nearest(asked, LISTED)
    assert cheap(listed) == cheap(LISTED)


@st.composite
def _slips(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a listed ID and the same with one letter wrong, lost, doubled, added or swapped."""
    identifier = draw(st.sampled_from(LISTED))
    places = [i for i, c in enumerate(identifier) if c.isalpha()]
    i = draw(st.sampled_from(places))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    before, here, behind = identifier[:i], identifier[i], identifier[i + 1 :]
    return identifier, draw(
        st.sampled_from(
            (
                before + letter + behind,
                before + behind,
                before + here + here + behind,
                before + letter + here + behind,
                before + behind[:1] + here + behind[1:],
            )
        )
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(_slips())
def test_one_slip_still_finds_the_id_that_was_meant(slip: tuple[str, str]) -> None:
    meant, typed = slip
    assume(_letters(typed) not in {_letters(other) for other in LISTED if other != meant})
    assert meant in nearest(typed, LISTED)


CHEAP = (
    pytest.param(LISTED, FLASH, id="documented-list"),
    pytest.param((), None, id="empty"),
    pytest.param(("b/large", "a/great"), "a/great", id="none-small"),
    pytest.param(("openai/gpt-5.4", "openai/gpt-5.4-nano"), "openai/gpt-5.4-nano", id="nano"),
    pytest.param(
        ("anthropic/claude-opus-5", "anthropic/claude-haiku-4-5"),
        "anthropic/claude-haiku-4-5",
        id="haiku",
    ),
    pytest.param(("a/b-flash-vision-exp", "a/large"), "a/large", id="vision-is-special"),
    pytest.param(("a/b-flash-preview", "z/c-flash"), "z/c-flash", id="preview-is-special"),
    pytest.param(("a/k-code", "b/large"), "b/large", id="code-is-special"),
    pytest.param(("a/k-3-preview",), "a/k-3-preview", id="only-a-preview"),
    pytest.param(("a/embedding-mini", "a/image-mini", "a/tts-mini"), None, id="no-text-at-all"),
    pytest.param(("a/image-mini", "b/large"), "b/large", id="image-never"),
    pytest.param(("a-flash", "z/b-flash"), "z/b-flash", id="alias-behind-its-like"),
    pytest.param(("a/flash\nx", "b/large", ""), "b/large", id="what-is-no-id"),
)


@pytest.mark.parametrize(("listed", "expected"), CHEAP)
def test_cheap(listed: tuple[str, ...], expected: str | None) -> None:
    assert cheap(listed) == expected
    assert cheap(tuple(reversed(listed))) == expected


PROBLEMS = (
    pytest.param("", "The model ID is empty; it has the form vendor/model.", id="empty"),
    pytest.param("  \n", "The model ID is empty; it has the form vendor/model.", id="blank"),
    pytest.param(
        "a/b\n",
        r'The model ID "a/b\n" holds the control character U+000A at place 4; remove it.',
        id="line-end",
    ),
    pytest.param(
        "\x1b[31ma/b",
        r'The model ID "\x1b[31ma/b" holds the control character U+001B at place 1; remove it.',
        id="escape-sequence",
    ),
    pytest.param(
        "a\u2028b",
        r'The model ID "a\u2028b" holds the control character U+2028 at place 2; remove it.',
        id="line-separator",
    ),
    pytest.param(
        "a\udcffb",
        r'The model ID "a\udcffb" holds the control character U+DCFF at place 2; remove it.',
        id="undecodable-byte",
    ),
    pytest.param(
        "x" * 257,
        f'The model ID "{"x" * 60}…" has 257 characters, more than the 256 '
        "that an ID may have here.",
        id="too-long",
    ),
)


@pytest.mark.parametrize(("asked", "expected"), PROBLEMS)
def test_problem(asked: str, expected: str) -> None:
    assert problem(asked) == expected


@pytest.mark.parametrize(
    "asked",
    [*LISTED, "x" * LONGEST, "my alias", "modèle/été", "openai/\u200bgpt-5.4"],
)
def test_no_problem(asked: str) -> None:
    assert problem(asked) is None


@given(st.text(max_size=400))
def test_a_problem_is_told_in_printable_characters(asked: str) -> None:
    assert (problem(asked) or "-").isprintable()
