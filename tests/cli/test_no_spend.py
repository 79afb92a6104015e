"""What may spend nothing asks for no generation, and marks what it predicts."""

from __future__ import annotations

import shlex
import xml.etree.ElementTree as ET

import pytest

from tests.cli.conftest import InProcess, Served

MODEL = "z-ai/glm-5"
GENERATIONS = {"doctor": 3, "stream-test": 3, "request": 1}
COMMANDS = pytest.mark.parametrize("command", GENERATIONS)
FREE = ["key", "base-url", "connection", "auth", "balance", "model"]


@COMMANDS
@pytest.mark.parametrize(
    ("scenario", "model", "diagnosis", "code"),
    [
        pytest.param("healthy", MODEL, None, 0, id="healthy"),
        pytest.param("insufficient-balance", MODEL, "insufficient_balance", 5, id="empty-wallet"),
        pytest.param("healthy", "z-ai/glm-55", "model_not_found", 6, id="unlisted-model"),
        pytest.param("provider-error", MODEL, None, 0, id="only-generating-fails"),
        pytest.param("invalid-api-key", MODEL, "invalid_api_key", 4, id="refused-key"),
    ],
)
def test_nothing_that_costs_is_sent(
    *,
    cmtool: InProcess,
    gateway: Served,
    command: str,
    scenario: str,
    model: str,
    diagnosis: str | None,
    code: int,
) -> None:
    ended = cmtool(command, model, "--no-spend", "-f", "json", **gateway.environment(scenario))
    report = ended.json()
    assert ended.code == code
    assert (report["diagnosis"] or {}).get("id") == diagnosis
    assert all(r.method == "GET" for r in gateway.requests(report["spent"]["requests"]))
    predicted = diagnosis in {"insufficient_balance", "model_not_found"}
    assert (report["diagnosis"] or {}).get("predicted", False) is predicted
    assert (report["support"] is None) == (diagnosis is None or predicted)
    assert set(FREE) <= {c["id"] for c in report["checks"]}
    if code != 4:
        generating = [c for c in report["checks"] if c["group"] == "inference"]
        said = ["not sent (--no-spend)"] * GENERATIONS[command]
        assert [c["summary"] for c in generating] == said


@COMMANDS
def test_a_prediction_is_marked_for_a_person(
    cmtool: InProcess, gateway: Served, command: str
) -> None:
    ended = cmtool(command, "--no-spend", **gateway.environment("insufficient-balance"))
    assert "predicted: nothing was spent to prove it" in ended.out


@COMMANDS
@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        pytest.param(
            "healthy", "healthy: nothing wrong was found, and nothing was generated", id="healthy"
        ),
        pytest.param(
            "no-trace",
            "degraded: nothing was generated, with 1 warning: trace_missing",
            id="degraded",
        ),
    ],
)
def test_that_nothing_was_generated_is_said(
    cmtool: InProcess, gateway: Served, command: str, scenario: str, said: str
) -> None:
    variables = gateway.environment(scenario)
    assert cmtool(command, "--no-spend", "-q", **variables).out.split(maxsplit=1)[1] == f"{said}\n"
    page = cmtool(command, "--no-spend", **variables)
    assert page.out.count("not sent (--no-spend)") == GENERATIONS[command]
    assert said.partition(":")[0] + ": " in page.out


def test_a_request_is_shown_that_is_not_sent(cmtool: InProcess, gateway: Served) -> None:
    argv = ["request", MODEL, "--prompt", "Say it's fine", "-p", "messages", "--no-spend"]
    report = cmtool(*argv, "-f", "json", **gateway.environment()).json()
    (sent,) = report["requests"]
    assert "Say it's fine" in shlex.split(sent["curl"])[-1]
    page = cmtool(*argv, **gateway.environment())
    assert f"POST {sent['url']}  messages, not sent" in page.out
    assert sent["curl"] in page.out


def test_a_stream_test_skips_its_cases(cmtool: InProcess, gateway: Served) -> None:
    argv = ["stream-test", "-p", "chat", "--no-spend", "--max-ttft", "1", "-f", "junit"]
    ended = cmtool(*argv, **gateway.environment())
    (case,) = ET.fromstring(ended.out).iter("testcase")  # noqa: S314 - our own
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "not sent (--no-spend)"


@pytest.mark.parametrize(
    ("argv", "scenario"),
    [
        pytest.param(["models"], "healthy", id="models"),
        pytest.param(["models", "--check", "z-ai/glm-55"], "healthy", id="check"),
        pytest.param(["balance"], "healthy", id="balance"),
        pytest.param(["balance"], "insufficient-balance", id="empty-wallet"),
    ],
)
def test_what_costs_nothing_does_the_same(
    cmtool: InProcess, gateway: Served, argv: list[str], scenario: str
) -> None:
    free, usual = (
        cmtool(*argv, *option, "-q", **gateway.environment(scenario))
        for option in (["--no-spend"], [])
    )
    assert (free.code, free.out, free.err) == (usual.code, usual.out, usual.err)


def test_there_is_nothing_to_record(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("stream-test", "--no-spend", "--record", "r.rec", **gateway.environment())
    assert (ended.code, ended.out) == (2, "")
    assert "--record and --no-spend exclude each other" in ended.err
