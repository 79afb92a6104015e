"""The reader of objects: JSON, what looks like it, and what breaks off."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.paste.literals import DEPTH_LIMIT, OBJECT_LIMIT, objects

SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20)
KEYS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)

READ = [
    pytest.param("{'a': None, 'b': True, 'c': (1, 2)}", {"a": None, "b": True, "c": [1, 2]},
                 id="python"),
    pytest.param("{'a': \"it's\", 'b': 'say \"x\"', 'c': b'raw'}",
                 {"a": "it's", "b": 'say "x"', "c": "raw"}, id="python-quotes"),
    pytest.param("{ a: undefined, b: [ 'x' ], c: [Object], d: 5n }",
                 {"a": None, "b": ["x"], "c": ["Object"], "d": 5}, id="node"),
    pytest.param("{ a: Headers { 'b-c': 'd' }, [Symbol(e)]: Map(1) { 'f' => 'g' } }",
                 {"a": {"b-c": "d"}, "Symbol(e)": {"f": "g"}}, id="node-classes"),
    pytest.param("{ a: <ref *1> Foo { b: 1 }, c: `x` }", {"a": {"b": 1}, "c": "x"}, id="node-ref"),
    pytest.param("{a=1, b={c=some words}}", {"a": 1, "b": {"c": "some words"}}, id="java"),
    pytest.param('{"a" => 1, "b" => nil}', {"a": 1, "b": None}, id="ruby"),
    pytest.param(r'{\"a\": \"b\\\"c\", \"d\": 1}', {"a": 'b"c', "d": 1}, id="escaped"),
    pytest.param(r'{\\\"a\\\": \\\"b\\\"}', {"a": "b"}, id="escaped-twice"),
    pytest.param("{“a”: “b”, ‘c’: 1}", {"a": "b", "c": 1}, id="typographic"),
    pytest.param('{"a": "b\nc"}', {"a": "b c"}, id="line-feed-in-json"),
    pytest.param("{'a': 'one\n  two'}", {"a": "one two"}, id="wrapped-words"),
    pytest.param("{'a': '" + "x" * 80 + "\ny'}", {"a": "x" * 80 + "y"}, id="wrapped-hard"),
    pytest.param('{"a": 1,}', {"a": 1}, id="comma-at-the-end"),
    pytest.param('{"a": [1, 2, {"b": "c', {"a": [1, 2, {"b": "c"}]}, id="cut-in-a-text"),
    pytest.param('{"a": {"b": 1}, "c"', {"a": {"b": 1}}, id="cut-behind-a-key"),
    pytest.param('{"a": "b", "c":', {"a": "b"}, id="cut-behind-a-colon"),
    pytest.param('{"a": "b\\', {"a": "b"}, id="cut-in-an-escape"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ)
def test_an_object_is_read(text: str, value: object) -> None:
    for before, behind in (("", ""), ("Error: ", ""), ("a {b ", "")):
        (literal,) = objects(before + text + behind)
        assert literal.value == value
        assert literal.start == len(before)
        assert literal.end == len(before + text)


@pytest.mark.parametrize(
    "text", ["", "{", "{}}", "{ }", "{a}", "{ foo bar }", "{1: 2}", "}{", '{"a"', "{'a"]
)
def test_what_is_no_object_gives_nothing_of_use(text: str) -> None:
    assert not [literal for literal in objects(text) if literal.value]


@settings(max_examples=60, deadline=None)
@given(value=OBJECTS)
def test_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        assert [each.value for each in objects(f"x {text} y")] == [value]


@settings(max_examples=60, deadline=None)
@given(value=OBJECTS)
def test_a_repr_is_read_as_it_was_meant(value: dict[str, Any]) -> None:
    assert [each.value for each in objects(f"x {value!r} y")] == [value]


@settings(max_examples=60, deadline=None)
@given(value=OBJECTS, times=st.integers(1, 3))
def test_json_in_a_string_is_read(value: dict[str, Any], times: int) -> None:
    text = json.dumps(value)
    for _ in range(times):
        text = json.dumps(text)
    assert [each.value for each in objects(f"x {text} y")] == [value]


@settings(max_examples=100, deadline=None)
@given(value=OBJECTS, share=st.floats(0, 1))
def test_a_cut_object_gives_no_other_values(value: dict[str, Any], share: float) -> None:
    text = json.dumps(value)
    for literal in objects(text[: int(len(text) * share)]):
        assert literal.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("{}[]()\"'`\\:=>,“’ \nab0.<>"), max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    at = 0
    for literal in objects(text):
        assert at <= literal.start < literal.end <= len(text)
        at = literal.end


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":' * 5000 + "1" + "}" * 5000, id="json"),
        pytest.param("{'a':" * (DEPTH_LIMIT + 5) + "1" + "}" * (DEPTH_LIMIT + 5), id="python"),
        pytest.param("{'a': '" + "x" * (2 * OBJECT_LIMIT) + "'}", id="long"),
        pytest.param('{"a": ' + "9" * 100_000 + "}", id="number"),
    ],
)
def test_what_is_too_deep_or_too_long_ends(text: str) -> None:
    assert len(list(objects(text))) <= DEPTH_LIMIT
