"""Every sample of the catalogue, in every form in which it can be pasted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest

from cmtool.catalog import ROWS, Sample
from cmtool.classify import Evidence, classify
from cmtool.model import Severity
from tests.paste.case import REQUEST_ID, explained

Wrap = Callable[[Sample], str]


def _lines(sample: Sample) -> list[str]:
    headers = {"content-type": sample.content_type, **dict(sample.headers)}
    return [f"{name}: {value}" for name, value in headers.items() if value]


def curl_i(sample: Sample) -> str:
    return "\r\n".join((f"HTTP/1.1 {sample.status} X", *_lines(sample), "", sample.body))


def curl_v(sample: Sample) -> str:
    head = [f"< HTTP/2 {sample.status}", *(f"< {line}" for line in _lines(sample)), "<"]
    asked = [
        "* Connected to a",
        "> POST /v1/x HTTP/2",
        "> Host: a",
        "> Authorization: Bearer x",
        ">",
    ]
    return "\n".join((*asked, *head, sample.body, "* Connection #0 to host a left intact"))


def httpie(sample: Sample) -> str:
    asked = ["POST /v1/x HTTP/1.1", "Host: a", "", '{"max_tokens": 1}', ""]
    return "\n".join((*asked, f"HTTP/1.1 {sample.status} X", *_lines(sample), "", sample.body))


def har(sample: Sample) -> str:
    fields = [line.split(": ", 1) for line in _lines(sample)]
    entry = {
        "startedDateTime": "2026-11-22T10:00:00Z",
        "request": {"method": "POST", "url": "https://a/v1/responses"},
        "response": {
            "status": sample.status,
            "headers": [{"name": name, "value": value} for name, value in fields],
            "content": {"text": sample.body},
        },
    }
    return json.dumps({"log": {"entries": [entry]}})


def python(sample: Sample) -> str:
    return f"openai.APIStatusError: Error code: {sample.status} - {json.loads(sample.body)!r}"


def node(sample: Sample) -> str:
    return (
        f"APIError: {sample.status} {sample.body}\n    at f (/a/node_modules/b.js:1:2) {{\n"
        f"  status: {sample.status},\n  requestID: '{REQUEST_ID}'\n}}"
    )


def go(sample: Sample) -> str:
    reason = HTTPStatus(sample.status or 0).phrase
    return f'POST "https://a/v1/x": {sample.status} {reason} {sample.body}'


def log(sample: Sample) -> str:
    return json.dumps({"level": "error", "status": sample.status, "body": sample.body})


def escaped(sample: Sample) -> str:
    return f"status={sample.status} body={json.dumps(sample.body)}"


def ruby(sample: Sample) -> str:
    said = json.dumps(json.loads(sample.body)).replace('": ', '"=>').replace("null", "nil")
    return f'{{:url=>"https://a/v1/x", :status=>{sample.status}, :body=>{said}}}'


def stringified(sample: Sample) -> str:
    fields = {"status": sample.status, "requestID": REQUEST_ID, "error": json.loads(sample.body)}
    return json.dumps(fields)


def docker(sample: Sample) -> str:
    return json.dumps({"log": f"{python(sample)}\n", "stream": "stderr"})


def spring(sample: Sample) -> str:
    body = json.dumps(json.loads(sample.body), indent=2).replace("\n", "<EOL>")
    return f'org.springframework.web.client.HttpClientErrorException: {sample.status} X: "{body}"'


def quoted(sample: Sample) -> str:
    said = python(sample)
    lines = [said[at : at + 78] for at in range(0, len(said), 78)]
    return "I get this:\n" + "".join(f"> {line}\n" for line in lines) + "What now?"


def cut(sample: Sample) -> str:
    return f"Error code: {sample.status} - {sample.body[:-2]}"


def pretty(sample: Sample) -> str:
    return f"HTTP {sample.status}\n{json.dumps(json.loads(sample.body), indent=4)}"


WITH_HEAD: tuple[Wrap, ...] = (curl_i, curl_v, httpie, har)
OF_ERRORS: tuple[Wrap, ...] = (
    *(python, node, go, log, escaped, cut, pretty),
    *(ruby, stringified, docker, spring, quoted),
)


def _samples(*, documented: bool) -> Iterator[tuple[str, Sample]]:
    for row in ROWS.values():
        if row.severity is Severity.ERROR and row.documented is documented:
            for sample in row.all_samples():
                yield row.id, sample


def _answers(*, documented: bool, wraps: tuple[Wrap, ...]) -> Iterator[object]:
    for identifier, sample in _samples(documented=documented):
        if sample.status is None or sample.content_type == "text/event-stream" or not sample.body:
            continue  # streams have their own table; a head alone tells no body that is missing
        if identifier == "stream_not_sse":
            continue  # healthy, for who has not asked for a stream
        for wrap in wraps:
            name = f"{wrap.__name__}-{identifier}-{sample.status}-{sample.protocol}"
            yield pytest.param(wrap, sample, id=name)


def _live(sample: Sample, headers: dict[str, str]) -> str | None:
    evidence = Evidence(status=sample.status, headers=headers, body=sample.body)
    finding = classify(evidence)
    return finding.id if finding else None


@pytest.mark.parametrize(
    ("wrap", "sample"),
    [
        *_answers(documented=True, wraps=WITH_HEAD),
        *_answers(documented=False, wraps=WITH_HEAD),
    ],
)
def test_a_pasted_answer_is_what_it_would_be_live(wrap: Wrap, sample: Sample) -> None:
    got = explained(wrap(sample))
    assert got is not None
    headers = {"content-type": sample.content_type, **dict(sample.headers)}
    live = _live(sample, headers)
    assert (got.diagnosis.id if got.diagnosis else None) == live
    if got.diagnosis is not None:
        assert got.diagnosis.status == sample.status
        told = dict(sample.headers).get("x-request-id")
        assert got.exchanges[-1].request_id == told


@pytest.mark.parametrize(("wrap", "sample"), [*_answers(documented=True, wraps=OF_ERRORS)])
def test_a_pasted_error_is_what_it_would_be_live(wrap: Wrap, sample: Sample) -> None:
    got = explained(wrap(sample))
    assert got is not None
    assert got.diagnosis is not None
    assert (got.diagnosis.id, got.diagnosis.status) == (_live(sample, {}), sample.status)
    assert got.recognised.errors == 1
    assert got.support is not None
    assert json.loads(got.support.body) == json.loads(sample.body)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        pytest.param(sample.body, identifier, id=f"{identifier}-{number}")
        for number, (identifier, sample) in enumerate(_samples(documented=False))
        if sample.status is None
    ],
)
def test_what_a_user_sees_in_place_of_an_answer(text: str, identifier: str) -> None:
    for pasted in (text, f"2026-11-22T10:00:00Z ERROR {text}", f"> {text}\n> and so on"):
        got = explained(pasted)
        assert got is not None
        assert got.diagnosis is not None
        assert got.diagnosis.id == identifier


@pytest.mark.parametrize(
    "identifier", [row.id for row in ROWS.values() if row.severity is Severity.ERROR]
)
def test_an_identifier_alone(identifier: str) -> None:
    got = explained(identifier)
    assert got is not None
    assert got.diagnosis is not None
    assert got.diagnosis.id == identifier
    assert got.support is None
