"""The commands besides the doctor: what each prints, and by which number it exits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cmtool import __version__, catalog
from cmtool.errors import ExitCode
from cmtool.render.json import schema
from cmtool.sandbox import SCENARIOS
from cmtool.sandbox.modellist import MODEL_IDS
from tests.cli.conftest import InProcess, Process, Served

VALIDATOR = Draft202012Validator(schema())
MODEL = "z-ai/glm-5"
PATHS = {"chat": "/chat/completions", "responses": "/responses", "messages": "/messages"}


@pytest.mark.parametrize(
    ("pattern", "listed"),
    [
        pytest.param([], sorted(MODEL_IDS), id="all"),
        pytest.param(["sonnet"], [m for m in MODEL_IDS if "sonnet" in m], id="part"),
        pytest.param(["SONNET"], [m for m in MODEL_IDS if "sonnet" in m], id="capitals"),
        pytest.param(["z-ai/*"], [m for m in MODEL_IDS if m.startswith("z-ai/")], id="glob"),
        pytest.param(["grok-4.?"], ["x-ai/grok-4.3", "x-ai/grok-4.5", "x-ai/grok-4.6"], id="bare"),
    ],
)
def test_models_lists_one_a_line(
    cmtool: InProcess, gateway: Served, pattern: list[str], listed: list[str]
) -> None:
    ended = cmtool("models", *pattern, **gateway.environment())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == listed
    assert [r.path for r in gateway.requests(1)] == ["/v1/models"]
    ended = cmtool("models", *pattern, "-f", "json", **gateway.environment())
    VALIDATOR.validate(ended.json())
    assert [model["id"] for model in ended.json()["models"]] == listed


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        pytest.param("nothing-of-it", "'cmtool models' lists all", id="nothing-near"),
        pytest.param(
            "claude-sonnet-4.6", "near it: anthropic/claude-sonnet-4-6", id="dots-for-dashes"
        ),
        pytest.param("zz*", "'cmtool models' lists all", id="pattern"),
    ],
)
def test_models_without_a_match_says_so(
    cmtool: InProcess, gateway: Served, pattern: str, hint: str
) -> None:
    ended = cmtool("models", pattern, **gateway.environment())
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith(f"cmtool: no model matches {pattern}, of 55; {hint}")
    assert len(ended.err.splitlines()) == 1
    document = cmtool("models", pattern, "-f", "json", **gateway.environment())
    assert (document.code, document.err, document.json()["models"]) == (0, "", [])


def test_models_long_shows_owner_and_date(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("models", "sonnet-5", "--long", **gateway.environment())
    (line,) = ended.out.splitlines()
    identifier, owner, date = line.split()
    assert (identifier, owner) == ("anthropic/claude-sonnet-5", "anthropic")
    assert date.startswith("2026-")


def test_models_says_on_standard_error_why_there_is_no_list(
    cmtool: InProcess, gateway: Served
) -> None:
    ended = cmtool("models", **gateway.environment("invalid-api-key"))
    assert (ended.code, ended.out) == (4, "")
    assert "invalid_api_key" in ended.err


@pytest.mark.parametrize(
    ("identifier", "code", "told"),
    [
        pytest.param(MODEL, 0, "z-ai/glm-5 exists", id="there"),
        pytest.param(
            "anthropic/claude-sonnet-4.6",
            6,
            "anthropic/claude-sonnet-4.6 is not in the live list; nearest: "
            "anthropic/claude-sonnet-4-6",
            id="near",
        ),
        pytest.param("zzz/qqqqqq", 6, "nothing in it is near", id="nothing-near"),
    ],
)
def test_models_check(
    cmtool: InProcess, gateway: Served, identifier: str, code: int, told: str
) -> None:
    ended = cmtool("models", "--check", identifier, **gateway.environment())
    assert ended.code == code
    assert told in ended.prose
    assert ended.err == ""
    ended = cmtool("models", "--check", identifier, "-f", "json", **gateway.environment())
    VALIDATOR.validate(ended.json())
    assert ended.code == ended.json()["exit_code"] == code
    assert {r.method for r in gateway.requests(2)} == {"GET"}


@pytest.mark.parametrize(
    ("scenario", "code", "told"),
    [
        pytest.param("healthy", 0, "balance 12.34 USD", id="healthy"),
        pytest.param("insufficient-balance", 0, "held 0.02 USD", id="empty"),
        pytest.param("invalid-api-key", 4, "invalid_api_key", id="refused"),
        pytest.param("usage-broken", 8, "db_error", id="broken"),
    ],
)
def test_balance(cmtool: InProcess, gateway: Served, scenario: str, code: int, told: str) -> None:
    ended = cmtool("balance", **gateway.environment(scenario))
    assert ended.code == code
    assert told in ended.prose
    ended = cmtool("balance", "-f", "json", **gateway.environment(scenario))
    VALIDATOR.validate(ended.json())
    assert ended.code == code
    if code == 0:
        assert isinstance(ended.json()["balance"]["balance_micro"], int)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("protocol", list(PATHS))
def test_request_shows_everything(
    cmtool: InProcess, gateway: Served, protocol: str, *, stream: bool
) -> None:
    argv = ["request", MODEL, "-p", protocol, "--prompt", "Say it's fine"]
    ended = cmtool(*argv, *(["--stream"] if stream else []), **gateway.environment())
    assert (ended.code, ended.err) == (0, "")
    (request,) = gateway.requests(1)
    assert request.path == f"/v1{PATHS[protocol]}"
    assert request.request_id is not None
    assert request.request_id in ended.out
    assert isinstance(request.body, dict)
    assert bool(request.body.get("stream")) is stream
    assert "Say it's fine" in json.dumps(request.body)
    assert "curl" in ended.out
    assert "$CROSSMODEL_API_KEY" in ended.out
    assert "content-type" in ended.out.lower()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_request_gives_a_curl_line_that_works(
    cmtool: InProcess, process: Process, gateway: Served
) -> None:
    report = cmtool(
        "request", MODEL, "--prompt", "It's $HOME", "-f", "json", **gateway.environment()
    )
    VALIDATOR.validate(report.json())
    (sent,) = report.json()["requests"]
    ran = process.call(["sh", "-c", sent["curl"]], gateway.environment())
    first, second = gateway.requests(2)
    assert first.body == second.body
    assert first.path == second.path
    assert second.status == 200
    assert "pong" in ran.out or '"choices"' in ran.out


def test_request_asks_in_one_protocol_unless_told(cmtool: InProcess, gateway: Served) -> None:
    assert cmtool("request", MODEL, **gateway.environment()).code == 0
    assert [r.path for r in gateway.requests(1)] == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "healthy: chat answered", id="whole"),
        pytest.param(["--stream"], "healthy: chat answered and streamed to the end", id="streamed"),
        pytest.param(
            ["-p", "chat", "-p", "messages"], "healthy: chat and messages answered", id="two"
        ),
    ],
)
def test_request_says_streamed_only_of_a_stream(
    cmtool: InProcess, gateway: Served, options: list[str], said: str
) -> None:
    argv = ["request", MODEL, *options]
    assert cmtool(*argv, "-q", **gateway.environment()).out.split(maxsplit=1)[1] == f"{said}\n"
    assert f" {said}\n" in cmtool(*argv, **gateway.environment()).out


@pytest.mark.parametrize(
    ("scenario", "remark", "code"),
    [
        pytest.param("model-substituted", "model_substituted", 6, id="another-model"),
        pytest.param("no-trace", "trace_missing", 12, id="no-headers"),
        pytest.param("healthy", None, 0, id="healthy"),
    ],
)
@pytest.mark.parametrize("model", [[], [MODEL]], ids=["chosen", "named"])
@pytest.mark.parametrize("command", ["doctor", "request", "stream-test"])
def test_the_trace_headers_are_looked_at(
    *,
    cmtool: InProcess,
    gateway: Served,
    command: str,
    model: list[str],
    scenario: str,
    remark: str | None,
    code: int,
) -> None:
    argv = [command, *model, "-p", "chat", "-f", "json"]
    report = cmtool(*argv, **gateway.environment(scenario)).json()
    assert [each["id"] for each in report["findings"]] == ([remark] if remark else [])
    assert report["exit_code"] == 0
    strict = cmtool(*argv, "--strict", **gateway.environment(scenario))
    assert strict.code == code
    assert (strict.json()["diagnosis"] or {}).get("id") == remark
    junit = cmtool(*argv[:-1], "junit", "--strict", **gateway.environment(scenario))
    assert junit.out.count("<failure") == (1 if remark else 0)


@pytest.mark.parametrize("command", ["request", "stream-test"])
def test_without_an_answer_there_are_no_trace_headers(
    cmtool: InProcess, gateway: Served, command: str
) -> None:
    options = ["-p", "chat", "--timeout", "20", "-f", "json"]
    ended = cmtool(command, MODEL, *options, **gateway.environment("drop"))
    assert (ended.code, ended.json()["diagnosis"]["id"]) == (9, "connection_reset")
    trace = ended.json()["checks"][-1]
    assert (trace["id"], trace["status"], trace["blocked_by"]) == ("trace", "skip", "chat")


@pytest.mark.parametrize("command", ["request", "stream-test"])
def test_without_a_key_there_are_no_trace_headers(cmtool: InProcess, command: str) -> None:
    ended = cmtool(command, MODEL, "-f", "json")
    assert (ended.code, ended.json()["diagnosis"]["id"]) == (3, "key_missing")
    assert ended.json()["checks"][-1]["blocked_by"] == "key"


def test_request_exits_by_the_table(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("request", MODEL, "-f", "json", **gateway.environment("insufficient-balance"))
    assert (ended.code, ended.json()["diagnosis"]["id"]) == (5, "insufficient_balance")
    assert ended.json()["support"]["status"] == 402


@pytest.mark.parametrize("command", ["request", "stream-test"])
def test_a_sandbox_needs_no_model_from_the_environment(cmtool: InProcess, command: str) -> None:
    ended = cmtool(command, "--sandbox", "healthy", "-f", "json", CROSSMODEL_MODEL="somebody/else")
    report = ended.json()
    assert ended.code == 0
    assert [e["status"] for e in report["exchanges"] if e["method"] == "POST"]
    assert report["target"]["model"] in MODEL_IDS


def test_stream_test_opens_a_stream_in_each_protocol(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool(
        "stream-test", MODEL, "--max-tokens", "16", "-f", "json", **gateway.environment()
    )
    report = ended.json()
    VALIDATOR.validate(report)
    assert ended.code == 0
    assert {s["protocol"]: s["outcome"] for s in report["streams"]} == dict.fromkeys(PATHS, "ok")
    assert all(s["deltas"] == 16 for s in report["streams"])
    assert {r.method for r in gateway.requests(3)} == {"POST"}


def test_stream_test_fails_with_a_broken_stream(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("stream-test", MODEL, **gateway.environment("truncated"))
    assert ended.code == 11
    assert "stream_truncated" in ended.out
    assert "cmtool stream-test z-ai/glm-5" in ended.prose


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        pytest.param([], list(catalog.ROWS), id="all"),
        pytest.param(["no_wallet"], ["no_wallet"], id="identifier"),
        pytest.param(["no-wallet"], ["no_wallet"], id="dashes"),
        pytest.param(["No-Wallet"], ["no_wallet"], id="capitals"),
        pytest.param(["404"], ["model_not_found"], id="status"),
        pytest.param(["500"], ["internal_error", "db_error", "api_error"], id="status-of-several"),
    ],
)
def test_errors(cmtool: InProcess, which: list[str], rows: list[str]) -> None:
    ended = cmtool("errors", *which)
    assert (ended.code, ended.err) == (0, "")
    for row in rows:
        assert row in ended.out
    ended = cmtool("errors", *which, "-f", "json")
    assert [row["id"] for row in ended.json()] == rows


def test_errors_shows_a_row_in_full(cmtool: InProcess) -> None:
    ended = cmtool("errors", "rate_limit_exceeded")
    row = catalog.row("rate_limit_exceeded")
    for action in row.actions:
        assert action in ended.prose
    assert f"exit {int(row.exit_code)}" in ended.prose.replace("exit code", "exit")


@pytest.mark.parametrize(
    ("which", "told"),
    [
        pytest.param("insuficient_balance", "Did you mean insufficient_balance?", id="near"),
        pytest.param("qqqqqqqqq", "'cmtool errors' lists all.", id="nothing-near"),
        pytest.param("418", "documented are 400, 401, 402, 404, 429, 500, 502, 503.", id="status"),
    ],
)
def test_errors_of_what_is_not_there(cmtool: InProcess, which: str, told: str) -> None:
    ended = cmtool("errors", which)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_sandbox_lists_its_scenarios(cmtool: InProcess) -> None:
    ended = cmtool("sandbox", "--list")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split()[0] for line in ended.out.splitlines()] == list(SCENARIOS)


def test_version(cmtool: InProcess) -> None:
    ended = cmtool("--version")
    assert ended.code == 0
    assert ended.out.startswith(f"cmtool {__version__} · Python 3.")


@pytest.mark.parametrize("command", ["", "doctor", "models", "stream-test", "request", "errors"])
def test_help_fits_a_terminal(cmtool: InProcess, command: str) -> None:
    ended = cmtool(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: cmtool {command}".rstrip())
    assert max(map(len, ended.out.splitlines())) <= 100
    assert cmtool(*command.split(), "-h").out == ended.out


def test_reports_are_written_whole(cmtool: InProcess, gateway: Served) -> None:
    Path("second.JSON").write_text("old", encoding="utf-8")
    argv = ["doctor", "--report", "first.json", "--report", "second.JSON", "-f", "json"]
    ended = cmtool(*argv, **gateway.environment("no-wallet"))
    assert ended.code == 5
    for name in ("first.json", "second.JSON"):
        assert Path(name).read_text(encoding="utf-8") == ended.out
    assert sorted(path.name for path in Path().iterdir()) == ["first.json", "second.JSON"]


def test_quiet_says_only_what_matters(cmtool: InProcess, gateway: Served) -> None:
    whole = cmtool("doctor", **gateway.environment("no-wallet"))
    quiet = cmtool("doctor", "-q", **gateway.environment("no-wallet"))
    assert quiet.code == whole.code == ExitCode.BILLING
    assert len(quiet.out.splitlines()) < len(whole.out.splitlines())
    assert "no_wallet" in quiet.out
    assert "configuration" not in quiet.out


def test_verbose_shows_every_exchange(cmtool: InProcess, gateway: Served) -> None:
    ended = cmtool("doctor", MODEL, "-v", **gateway.environment())
    for request in gateway.requests(6):
        assert request.request_id is not None
        assert request.request_id in ended.out


@pytest.mark.parametrize(
    ("columns", "least", "most"),
    [
        pytest.param("60", 50, 60, id="narrow"),
        pytest.param("100", 85, 100, id="wide"),
        pytest.param("0", 70, 80, id="none"),
        pytest.param("9999", 70, 80, id="not-meant"),
    ],
)
def test_off_a_terminal_the_environment_names_the_columns(
    cmtool: InProcess, columns: str, least: int, most: int
) -> None:
    shown = cmtool("errors", "402", COLUMNS=columns).out.splitlines()
    assert least < max(map(len, shown)) <= most


@pytest.mark.parametrize("name", ["healthy", "insufficient-balance", "one-protocol", "flaky"])
@pytest.mark.parametrize("command", ["doctor", "models", "request", "stream-test", "balance"])
def test_ascii_is_ascii(cmtool: InProcess, gateway: Served, command: str, name: str) -> None:
    ended = cmtool(command, "--ascii", "-v", **gateway.environment(name))
    assert ended.out.isascii()
    assert ended.err.isascii()


@pytest.mark.parametrize("command", ["doctor", "models", "request", "stream-test", "balance"])
def test_ascii_is_for_the_documents_too(cmtool: InProcess, gateway: Served, command: str) -> None:
    files = ("r.md", "r.json", "r.xml")
    argv = [
        command,
        "--ascii",
        "-f",
        "markdown",
        *(w for name in files for w in ("--report", name)),
    ]
    ended = cmtool(*argv, **gateway.environment("insufficient-balance"))
    assert ended.out.startswith(("## ok cmtool", "## x cmtool", "## ! cmtool"))
    assert ended.out.isascii()
    assert all(Path(name).read_text(encoding="utf-8").isascii() for name in files)
    assert Path("r.md").read_text(encoding="utf-8") == ended.out
    assert len(ended.out) > 100
