"""What cannot be used: one clear sentence, exit 2 or 3, and nothing is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import InProcess, Served

KEY = "cm-live-0123456789abcdef"


@pytest.fixture
def nobody() -> Iterator[str]:
    """The base URL of a socket that must see no connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        with pytest.raises(BlockingIOError):
            listening.accept()


USAGE = [
    pytest.param(["doctor", "--bogus"], "There is no option --bogus.", id="option"),
    pytest.param(["docter"], "no command 'docter'. Did you mean doctor?", id="command"),
    pytest.param(["doctor", "a/b", "c/d"], "Too many arguments: c/d.", id="argument"),
    pytest.param(["doctor", "a/b\nc"], "control character U+000A at place 4", id="model-line-end"),
    pytest.param(["request", ""], "model ID", id="model-empty"),
    pytest.param(["models", "--check", "a\x1b[31m"], "U+001B", id="check-escape"),
    pytest.param(["doctor", "a/b", "-m", "c/d"], "Two models were named, a/b and c/d", id="models"),
    pytest.param(["doctor", "--api-key-file", "none"], "none does not exist.", id="key-missing"),
    pytest.param(["doctor", "--api-key-file", "."], "is a directory", id="key-directory"),
    pytest.param(["doctor", "--timeout", "0"], "seconds above 0", id="timeout-zero"),
    pytest.param(["models", "--timeout", "-1"], "seconds above 0", id="timeout-negative"),
    pytest.param(["balance", "--timeout", "nan"], "seconds above 0", id="timeout-nan"),
    pytest.param(["request", "--timeout", "inf"], "seconds above 0", id="timeout-inf"),
    pytest.param(["stream-test", "--timeout", "x"], "takes a number, not 'x'.", id="timeout-word"),
    pytest.param(
        ["doctor", "-p", "grpc"], "takes chat, responses or messages, not 'grpc'.", id="protocol"
    ),
    pytest.param(
        ["doctor", "-f", "yaml"], "--format takes human, json, junit or markdown", id="format"
    ),
    pytest.param(["doctor", "--modle", "x"], "Did you mean --model?", id="option-near"),
    pytest.param(["doctor", "-f", "jsn"], "Did you mean json?", id="format-near"),
    pytest.param(["completion", "zhs"], "SHELL takes bash, zsh, fish or", id="shell"),
    pytest.param(["completion"], "SHELL is missing: bash, zsh, fish or", id="shell-missing"),
    pytest.param(["doctor", "--model"], "--model takes a value; none is there.", id="no-value"),
    pytest.param(["doctor", "--strict=yes"], "--strict takes no value.", id="flag-with-value"),
    pytest.param(["stream-test", "--repeat", "1.5"], "a whole number, not '1.5'.", id="fraction"),
    pytest.param(["stream-test", "--repeat", "x'"], 'a whole number, not "x\'".', id="quote"),
    pytest.param(["request", "--max-tokens", "0"], "of at least 1, not 0.", id="max-tokens"),
    pytest.param(
        ["doctor", "--sandbox", "healthy", "--base-url", "https://x.example"],
        "--sandbox brings its own base URL and key",
        id="sandbox-and-base-url",
    ),
    pytest.param(["doctor", "--sandbox", "helthy"], "Did you mean healthy?", id="scenario"),
    pytest.param(["doctor", "--sandbox", ""], "There is no scenario ''.", id="scenario-empty"),
    pytest.param(
        ["sandbox", "--scenario", "no-walet"], "Did you mean no-wallet", id="scenario-served"
    ),
    pytest.param(["sandbox", "--host", "0.0.0.0"], "this machine only", id="host"),  # noqa: S104
    pytest.param(["sandbox", "--port", "70000"], "from 0 to 65535, not 70000.", id="port"),
    pytest.param(["doctor", "--report", "no/x.json"], "its folder does not exist.", id="folder"),
    pytest.param(["doctor", "--report", "dir.json"], "is a directory; name a file.", id="dir"),
    pytest.param(["doctor", "--report", "x.txt"], "must end in one of: .json", id="ending"),
    pytest.param(["doctor", "--report", "x"], "must end in one of: .json", id="no-ending"),
]


@pytest.mark.parametrize(("argv", "told"), USAGE)
def test_wrong_usage(cmtool: InProcess, nobody: str, argv: list[str], told: str) -> None:
    Path("dir.json").mkdir()
    ended = cmtool(*argv, CROSSMODEL_API_URL=nobody, CROSSMODEL_API_KEY=KEY)
    assert (ended.code, ended.out) == (2, "")
    assert told in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert len(ended.err.splitlines()) <= 4
    assert "\x1b" not in ended.err
    assert [path.name for path in Path().iterdir()] == ["dir.json"]


def test_a_taken_port_is_named(cmtool: InProcess) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = cmtool("sandbox", "--port", str(port))
    assert ended.code == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in ended.err


KEYS = [
    pytest.param({}, "key_missing", id="missing"),
    pytest.param({"CROSSMODEL_API_KEY": ""}, "key_missing", id="empty"),
    pytest.param({"CROSSMODEL_API_KEY": "cm-your-api-key"}, "key_placeholder", id="placeholder"),
    pytest.param({"CROSSMODEL_API_KEY": "sk-ant-0123456789"}, "key_wrong_vendor", id="vendor"),
    pytest.param({"CROSSMODEL_API_KEY": "0123456789abcdef"}, "key_wrong_prefix", id="prefix"),
]


@pytest.mark.parametrize("command", ["balance", "request", "stream-test"])
@pytest.mark.parametrize(("variables", "diagnosis"), KEYS)
def test_a_key_that_is_none_is_sent_nowhere(
    cmtool: InProcess, nobody: str, command: str, variables: dict[str, str], diagnosis: str
) -> None:
    argv = [command, "-f", "json", *([] if command == "balance" else ["a/b"])]
    ended = cmtool(*argv, CROSSMODEL_API_URL=nobody, **variables)
    assert ended.code == 3
    assert ended.json()["diagnosis"]["id"] == diagnosis
    assert ended.json()["exchanges"] == []


@pytest.mark.parametrize(("variables", "diagnosis"), KEYS)
def test_the_doctor_looks_who_answers_without_the_key(
    cmtool: InProcess, gateway: Served, variables: dict[str, str], diagnosis: str
) -> None:
    ended = cmtool("doctor", "-f", "json", CROSSMODEL_API_URL=gateway.base_url, **variables)
    assert ended.code == 3
    assert ended.json()["diagnosis"]["id"] == diagnosis
    for request in gateway.requests(len(ended.json()["exchanges"])):
        assert {"authorization", "x-api-key"}.isdisjoint(request.headers)
    skipped = {c["id"]: c["blocked_by"] for c in ended.json()["checks"] if c["status"] == "skip"}
    assert set(skipped.values()) == {"key"}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("not a url", id="words"),
        pytest.param("ftp://x.example/v1", id="scheme"),
        pytest.param("http://", id="no-host"),
        pytest.param("https://x.example:99999/v1", id="port"),
        pytest.param("https://x.exa\nmple/v1", id="line-end"),
        pytest.param("https://api.openai.com/v1", id="other-vendor"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "models", "balance", "request", "stream-test"])
def test_a_base_url_that_is_none(cmtool: InProcess, command: str, url: str) -> None:
    ended = cmtool(command, "--base-url", url, "-f", "json", CROSSMODEL_API_KEY=KEY)
    report = ended.json()
    assert ended.code == 3
    assert report["diagnosis"]["id"] in {"base_url_invalid", "base_url_host"}
    assert report["exchanges"] == []
    assert report["spent"]["requests"] == 0
    blocked = {c["blocked_by"] for c in report["checks"] if c["status"] == "skip"}
    assert blocked == {"base-url"}


def test_the_key_may_come_from_a_file(cmtool: InProcess, gateway: Served) -> None:
    Path("key").write_text("cm-sandbox\n", encoding="utf-8")
    ended = cmtool(
        "models", "--api-key-file", "key", "-f", "json", CROSSMODEL_API_URL=gateway.base_url
    )
    assert ended.code == 0
    assert ended.json()["target"]["key_source"] == "file:key"


@pytest.mark.parametrize(
    ("key", "base_url", "diagnosis"),
    [
        pytest.param("'cm-sandbox'", "{}", "key_malformed", id="key-in-quotes"),
        pytest.param("cm-sandbox\r\n", "{}", "key_malformed", id="key-with-line-end"),
        pytest.param("cm-sandbox", "{}/chat/completions", "base_url_path", id="endpoint"),
        pytest.param("cm-sandbox", "{}/v1", "base_url_path", id="v1-twice"),
    ],
)
def test_what_can_be_mended_is_and_the_rest_is_checked(
    cmtool: InProcess, gateway: Served, key: str, base_url: str, diagnosis: str
) -> None:
    url = base_url.format(gateway.base_url)
    ended = cmtool("doctor", "-f", "json", CROSSMODEL_API_URL=url, CROSSMODEL_API_KEY=key)
    report = ended.json()
    assert ended.code == 3
    assert report["diagnosis"]["id"] == diagnosis
    assert [c["id"] for c in report["checks"] if c["status"] == "fail"] in (["key"], ["base-url"])
    assert not [c for c in report["checks"] if c["status"] == "skip"]
    assert {r.status for r in gateway.requests(6)} == {200}
