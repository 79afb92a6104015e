"""The key is in no output: every command, in every format, through every scenario."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from cmtool.checks import registry
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.render import DOCUMENTS
from cmtool.sandbox import SCENARIOS, key_for
from cmtool.sandbox.scenarios import codes, streams
from tests.cli.conftest import Ended, InProcess, Served

FORMATS = ("human", *DOCUMENTS)
REPORTS = [Path(f"r{entry.ending}") for entry in DOCUMENTS.values()]
WRITTEN = [word for path in REPORTS for word in ("--report", str(path))]

# The command, and what it does not need the list of models for.
COMMANDS = {
    "doctor": ["z-ai/glm-5"],
    "stream-test": ["z-ai/glm-5"],
    "request": ["z-ai/glm-5", "--stream"],
    "models": [],
    "balance": [],
}
OF_STREAMS = {s.name for s in (*streams.BROKEN, *streams.LAWFUL, *codes.STREAM_CODES)}
CANARY = "cm-canary+Zx9/Qw8.Er7~Ty6_Ui5"
# Those that keep one waiting.
SLOW = {
    name
    for name, scenario in SCENARIOS.items()
    if scenario.expects in {"stream_stalled", "response_timeout", "threshold_exceeded"}
    or scenario.pace.first_token_s
}


def spellings(key: str) -> set[str]:
    """The forms in which a key may come back: plain, percent-, JSON- and base64-encoded."""
    raw = key.encode()
    return {key, quote(key, safe=""), json.dumps(key)[1:-1], base64.b64encode(raw).decode()}


def whole(text: str, key: str) -> bool:
    """Whether a key stands in the text, and not merely the beginning of another word."""
    return any(re.search(rf"{re.escape(form)}(?![\w-])", text) for form in spellings(key))


def texts(ended: Ended, files: Iterable[Path]) -> list[str]:
    """All that a run has put out."""
    return [ended.out, ended.err, *(file.read_text(encoding="utf-8") for file in files)]


def check(ended: Ended, key: str, *files: Path) -> None:
    assert ended.code != 1
    for text in texts(ended, files):
        assert not whole(text, key)


@pytest.mark.parametrize("name", SCENARIOS)
def test_through_every_scenario(cmtool: InProcess, gateway: Served, name: str) -> None:
    variables = gateway.environment(name)
    patience = ["--timeout", "0.1"] if name in SLOW else []
    for command, arguments in COMMANDS.items():
        if name in OF_STREAMS and command in {"models", "balance"}:
            continue  # to which it is the healthy one
        # One run shows all formats: the human one in full, the others in the files it also writes.
        argv = [command, *arguments, *patience, "--verbose", *WRITTEN]
        ended = cmtool(*argv, **variables)
        assert ended.out or ended.err
        check(ended, key_for(name), *REPORTS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["healthy", "echo-key", "stream-provider-error"])
def test_on_standard_output(
    cmtool: InProcess, gateway: Served, command: str, form: str, name: str
) -> None:
    ended = cmtool(command, *COMMANDS[command], "-f", form, "-v", **gateway.environment(name))
    check(ended, key_for(name))
    if name == "echo-key" and command not in {"models", "balance"}:
        assert "[redacted]" in ended.out


class _Echo(BaseHTTPRequestHandler):
    """Answers everything with a 400 that repeats the key, whatever its form."""

    def do_GET(self) -> None:
        key = self.headers.get("x-api-key") or self.headers["authorization"].partition(" ")[2]
        error = {"message": f"Refused: {key}.", "type": "t", "param": key, "code": key}
        body = json.dumps({"error": error}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-request-id", key)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def echoing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("raw", [CANARY, f' "Bearer {CANARY}"\n'], ids=["plain", "mended"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_repeats_a_key_without_the_usual_shape(
    cmtool: InProcess, echoing: str, command: str, raw: str
) -> None:
    argv = [command, *COMMANDS[command], "-v", *WRITTEN]
    ended = cmtool(*argv, CROSSMODEL_API_URL=echoing, CROSSMODEL_API_KEY=raw)
    check(ended, CANARY, *REPORTS)
    assert all("Er7~Ty6" not in text for text in texts(ended, REPORTS))
    assert "Refused: [redacted]" in "".join(texts(ended, REPORTS))


@pytest.mark.parametrize("where", ["environment", "file", "mended", "other-variable"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_key_of_an_unusual_form(
    cmtool: InProcess, gateway: Served, command: str, where: str
) -> None:
    Path("key").write_text(f"{CANARY}\n", encoding="utf-8")
    Path(".env").write_text(f"CROSSMODEL_API_KEY={CANARY}\n", encoding="utf-8")
    places = {
        "environment": ({"CROSSMODEL_API_KEY": CANARY}, []),
        "file": ({}, ["--api-key-file", "key"]),
        "mended": ({"CROSSMODEL_API_KEY": f' "Bearer {CANARY}"\r\n'}, []),
        "other-variable": ({"OPENAI_API_KEY": CANARY}, []),
    }
    variables, options = places[where]
    argv = [command, *COMMANDS[command], *options, "-v", *WRITTEN]
    ended = cmtool(*argv, CROSSMODEL_API_URL=gateway.base_url, **variables)
    check(ended, CANARY, *REPORTS)
    assert ended.code in {3, 4}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("sk-ant-api03-Zx9Qw8Er7Ty6Ui5", id="another-vendor"),
        pytest.param("Zx9Qw8Er7Ty6Ui5Op4As3Df2", id="no-prefix"),
        pytest.param("cm-Zx9Qw8Er7\u00e9Ty6Ui5Op4", id="odd-character"),
        pytest.param("cm-Zx9Qw8 Er7Ty6Ui5Op4", id="blank-inside"),
    ],
)
def test_a_key_that_is_refused(cmtool: InProcess, gateway: Served, key: str) -> None:
    ended = cmtool(
        "doctor",
        "-v",
        *WRITTEN,
        CROSSMODEL_API_URL=gateway.base_url,
        CROSSMODEL_API_KEY=key,
    )
    check(ended, key, *REPORTS)
    assert ended.code in {3, 4}
    for part in ("Zx9Qw8Er7", "Ty6Ui5"):
        assert not any(part in text for text in texts(ended, REPORTS))


def test_credentials_in_addresses(cmtool: InProcess, gateway: Served) -> None:
    url = gateway.base_url.replace("http://", "http://user:Zx9Qw8Er7Ty6@")
    ended = cmtool(
        "doctor",
        "-v",
        *WRITTEN,
        CROSSMODEL_API_URL=url,
        CROSSMODEL_API_KEY="cm-sandbox",
        CROSSMODEL_BASE_URL="https://me:Zx9Qw8Er7Ty6@gateway.example/v1",
        HTTPS_PROXY="http://me:Zx9Qw8Er7Ty6@proxy.example:3128",
    )
    assert ended.code == 3
    for text in texts(ended, REPORTS):
        assert "Zx9Qw8Er7Ty6" not in text


def _failing(message: str) -> CheckSpec:
    async def fail(run: Run) -> Result:
        raise RuntimeError(message.format(run.key.key.reveal() if run.key.key else ""))

    first = registry.every()[0]
    return CheckSpec(id="fault", group=first.group, title="fails", run=fail)


@pytest.mark.parametrize("option", ["--verbose", "-v"])
@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize("key", [CANARY, "cm-sandbox", "'cm-sandbox'"])
def test_a_fault_of_our_own(
    *,
    cmtool: InProcess,
    gateway: Served,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    where: str,
    option: str,
) -> None:
    monkeypatch.setattr(registry, "chosen", lambda _: [_failing("the key is {}")])
    variables = {"CROSSMODEL_API_KEY": key} if where == "environment" else {}
    Path("key").write_text(key, encoding="utf-8")
    options = ["--api-key-file", "key"] if where == "file" else []
    ended = cmtool("doctor", option, *options, CROSSMODEL_API_URL=gateway.base_url, **variables)
    assert ended.code == 1
    assert "a fault of cmtool itself (RuntimeError)" in ended.out
    assert "Traceback" in ended.err
    assert "RuntimeError: the key is [redacted]" in ended.err.replace("cm-[", "[")
    assert not whole(ended.out + ended.err, key.strip("'"))


def test_a_fault_of_our_own_is_one_sentence_unless_asked(
    cmtool: InProcess, gateway: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "chosen", lambda _: [_failing("the key is {}")])
    ended = cmtool("doctor", **gateway.environment())
    assert ended.code == 1
    assert ended.out.endswith("exit 1\n")
    assert ended.err.startswith("cmtool: a fault of cmtool itself (")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("word", ["null", "none", "code", "test"])
def test_a_stand_in_for_another_key_spoils_no_answer(
    cmtool: InProcess, gateway: Served, word: str
) -> None:
    # Taken out by value, such a word would break the JSON that it is a part of.
    variables = gateway.environment("insufficient-balance") | {"OPENAI_API_KEY": word}
    report = cmtool("doctor", "-f", "json", **variables).json()
    assert report["diagnosis"]["id"] == "insufficient_balance"
    assert '"code": "insufficient_balance"' in report["support"]["body"]
