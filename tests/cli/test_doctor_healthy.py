"""The doctor when all is well."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.cli.conftest import InProcess, Process, Served

MODEL = "z-ai/glm-5"
CAPS = {
    "/v1/chat/completions": "max_completion_tokens",
    "/v1/responses": "max_output_tokens",
    "/v1/messages": "max_tokens",
}
HEADERS = {
    "/v1/chat/completions": "authorization",
    "/v1/responses": "authorization",
    "/v1/messages": "x-api-key",
}


def test_asks_little_and_asks_everything(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("doctor", MODEL, "-f", "json", **gateway.environment())
    report = ended.json()
    assert (ended.code, ended.err) == (0, "")
    assert report["outcome"] == "healthy"
    assert report["diagnosis"] is report["support"] is None
    seen = gateway.requests(report["spent"]["requests"])
    assert len(seen) <= 8
    generations = {request.path: request for request in seen if request.method == "POST"}
    assert set(generations) == set(CAPS)
    for path, request in generations.items():
        assert isinstance(request.body, dict)
        assert request.body[CAPS[path]] == 16
        assert request.body["model"] == MODEL
        assert request.body["stream"] is True
        assert HEADERS[path] in request.headers
        other = {"authorization", "x-api-key"} - {HEADERS[path]}
        assert other.isdisjoint(request.headers)
    assert all(check["status"] == "ok" for check in report["checks"])
    assert cmtool.naps == []


def test_shows_the_trace_of_each_protocol(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("doctor", MODEL, **gateway.environment())
    assert "✓ healthy" in ended.out
    assert "exit 0" in ended.out
    served = {r.path: r.request_id for r in gateway.requests(6)}
    for path in CAPS:
        request_id = served[path]
        assert request_id is not None
        assert request_id in ended.out


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        pytest.param(["-p", "chat"], {"/v1/chat/completions"}, id="one"),
        pytest.param(
            ["-p", "messages", "-p", "chat"], {"/v1/chat/completions", "/v1/messages"}, id="two"
        ),
        pytest.param(["-p", "chat", "-p", "chat"], {"/v1/chat/completions"}, id="twice-the-same"),
    ],
)
def test_asks_only_the_named_protocols(
    cmtool: InProcess, gateway: Served, options: list[str], paths: set[str]
) -> None:
    report = cmtool("doctor", MODEL, *options, "-f", "json", **gateway.environment()).json()
    seen = Counter(r.path for r in gateway.requests(3 + len(paths)) if r.method == "POST")
    assert seen == dict.fromkeys(paths, 1)
    skipped = [c["summary"] for c in report["checks"] if c["status"] == "skip"]
    assert skipped == ["not asked for (--protocol)"] * (3 - len(paths))


def test_the_model_comes_from_the_environment(cmtool: InProcess, gateway: Served) -> None:
    variables = gateway.environment() | {"CROSSMODEL_MODEL": MODEL}
    assert cmtool("doctor", "-f", "json", **variables).json()["target"]["model"] == MODEL
    named = cmtool("doctor", "-m", "z-ai/glm-4.7", "-f", "json", **variables).json()
    assert named["target"]["model"] == "z-ai/glm-4.7"


def test_as_a_process(process: Process) -> None:
    ended = process.run("doctor", "--sandbox", "healthy")
    assert (ended.code, ended.err) == (0, "")
    assert "healthy" in ended.out
