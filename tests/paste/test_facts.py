"""Times and models in a text, and what a text is that holds no error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.paste import Unlike, unlike
from cmtool.paste.clocks import clock_of, http_date, last_before, of_field, only
from cmtool.paste.modelnames import only_model

AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
MODEL = "deepseek/deepseek-v4-flash"

TIMES = {
    "2026-11-22T10:00:00Z": AT,
    "2026-11-22 11:00:00+01:00": AT,
    "2026-11-22T10:00:00.000000000Z": AT,
    "2026-11-22 10:00:00 UTC": AT,
    "2026-11-22 10:00:00,123": None,
    "2026/11/22 10:00:00": None,
    "Sun, 22 Nov 2026 10:00:00 GMT": AT,
    "Sun, 22 Nov 2026 10:00:00 +0000": AT,
    "22/Nov/2026:11:00:00 +0100": AT,
    "Nov 22 10:00:00": None,
    "Sun Nov 22 10:00:00 2026": None,
}


@pytest.mark.parametrize("written", TIMES)
def test_a_time_is_read(written: str) -> None:
    assert clock_of(f"at {written} it failed") == (TIMES[written], written)


@pytest.mark.parametrize("written", ["2026-13-45T99:99:99Z", "31/Nov/2026:10:00:00 +0000", "10:00"])
def test_what_is_no_time_is_none(written: str) -> None:
    assert clock_of(written) == (None, None)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        pytest.param(1795341600, AT, id="seconds"),
        pytest.param(1795341600.0, AT, id="seconds-with-parts"),
        pytest.param(1795341600000, AT, id="milliseconds"),
        pytest.param(1795341600000000, AT, id="microseconds"),
        pytest.param(1795341600000000000, AT, id="nanoseconds"),
        pytest.param("2026-11-22T10:00:00Z", AT, id="text"),
        pytest.param(91.5, None, id="a-duration"),
        pytest.param(True, None, id="a-truth"),
        pytest.param(float("nan"), None, id="nan"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_field_of_a_record_is_read(value: object, moment: datetime | None) -> None:
    assert of_field(value)[0] == moment


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="0123456789-/:TZ ,.GMTNov+", max_size=60))
def test_any_text_is_a_time_or_none(text: str) -> None:
    clock_of(text)
    http_date(text)


def test_the_time_of_an_error_is_the_last_before_it() -> None:
    text = "2026-11-22T10:00:00Z one\nTraceback\nError\n2026-11-22T11:00:00Z two"
    assert last_before(text, text.index("Error"))[0] == AT
    assert last_before(text, 0) == (None, None)
    assert only(text) == (None, None)
    assert only(text[:40])[0] == AT


MODELS = {
    "json": f'{{"model": "{MODEL}"}}',
    "json-in-json": f'"body": "{{\\"model\\":\\"{MODEL}\\"}}"',
    "python": f"create(model='{MODEL}', messages=[])",
    "python-fields": f"{{'model': '{MODEL}'}}",
    "javascript": f"model: '{MODEL}',",
    "ruby": f':model=>"{MODEL}"',
    "logfmt": f"level=error model={MODEL} status=402",
    "field-of-another-name": f"model_name: {MODEL}, body",
    "header": f"x-crossmodel-model: {MODEL}\n",
    "message": f"The model `{MODEL}` does not exist.",
    "message-in-quotes": f"The model '{MODEL}' does not exist.",
    "twice": f"model={MODEL} and model: {MODEL}.",
}


@pytest.mark.parametrize("name", MODELS)
def test_the_model_of_a_text_is_read(name: str) -> None:
    assert only_model(MODELS[name]) == MODEL


@pytest.mark.parametrize(
    ("text", "model"),
    [
        pytest.param('{"model": "gpt-5"}', "gpt-5", id="without-a-vendor"),
        pytest.param("model=a/b model=c/d", None, id="two"),
        pytest.param("the model is gone", None, id="prose"),
        pytest.param("model: unknown", None, id="a-word"),
        pytest.param("File /srv/models/openai/x.py", None, id="a-path"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_text_that_names_no_one_model(text: str, model: str | None) -> None:
    assert only_model(text) == model


OTHERS = [
    pytest.param("Traceback\n  File\nKeyError: 'choices'", Unlike.PROGRAM, "KeyError", id="own"),
    pytest.param("a.b.ValidationError: 1 error", Unlike.PROGRAM, "a.b.ValidationError", id="named"),
    pytest.param("TypeError: x is not a function\n    at y", Unlike.PROGRAM, "TypeError", id="js"),
    pytest.param("cm-4f9a8b7c6d5e4f3a2b1c", Unlike.KEY, "", id="key"),
    pytest.param("export CROSSMODEL_API_KEY='cm-4f9a8b7c6d5e4f3a'", Unlike.KEY, "", id="variable"),
    pytest.param("https://api.crossmodel.ai/v1", Unlike.ADDRESS, "", id="address"),
    pytest.param("$ curl https://a.example", Unlike.COMMAND, "", id="command"),
    pytest.param("\ufffd\ufffd\ufffd\ufffd ab", Unlike.BYTES, "", id="bytes"),
]


@pytest.mark.parametrize(("text", "kind", "shown"), OTHERS)
def test_what_is_no_error_is_named(text: str, kind: Unlike, shown: str) -> None:
    assert unlike(text) == (kind, shown)


@pytest.mark.parametrize("text", ["it does not work", '{"foo": 1}', ""])
def test_what_is_nothing_is_not_named(text: str) -> None:
    assert unlike(text) is None
