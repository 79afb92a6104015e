"""`cmtool explain`: where the text comes from, what goes out, and by which number it exits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cmtool.paste import FORMS
from cmtool.render import DOCUMENTS
from cmtool.render.json import schema
from tests.cli.conftest import Ended, InProcess, Process

VALIDATOR = Draft202012Validator(schema())
REQUEST_ID = "req_cm_01JDX3K7Q2"
MODEL = "z-ai/glm-5"
BODY = (
    '{"error": {"message": "No wallet yet.", "type": "billing_error", "param": null, '
    '"code": "no_wallet"}}'
)
ANSWER = (
    f"HTTP/2 402\ncontent-type: application/json\ndate: Sun, 22 Nov 2026 10:00:00 GMT\n"
    f"x-request-id: {REQUEST_ID}\n\n{BODY}\n"
)
STREAM = (
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"z-ai/glm-5","choices":'
    '[{"index":0,"delta":{"role":"assistant","content":"one "},"finish_reason":null}]}\n\n'
)
KEY = "cm-canary-Zx9Qw8Er7Ty6Ui5"
HEX = "Zx9Qw8Er70123456789abcdef0123456"
LOGIN = "YWxpY2U6Wng5UXc4RXI3"  # alice, and a password that begins as the keys do
OTHER_KEY = "sk-ant-api03-Zx9Qw8Er7Ty6Ui5Op4"


class Standard(io.TextIOWrapper):
    """A standard input that holds something, on a terminal or not."""

    def __init__(self, content: bytes, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Explain:
    """Runs the command on a text on standard input."""

    def __init__(self, cmtool: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
        self._cmtool, self._monkeypatch = cmtool, monkeypatch

    def __call__(self, text: str | bytes, *argv: str, **variables: str) -> Ended:
        content = text.encode() if isinstance(text, str) else text
        return self.on(Standard(content), *argv, **variables)

    def on(self, stdin: Standard | None, *argv: str, **variables: str) -> Ended:
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            return self._cmtool("explain", *argv, **variables)

    def report(self, text: str | bytes, *argv: str, **variables: str) -> dict[str, Any]:
        ended = self(text, *argv, "-f", "json", **variables)
        report: dict[str, Any] = ended.json()
        VALIDATOR.validate(report)
        assert ended.code == report["exit_code"]
        return report


@pytest.fixture
def explain(cmtool: InProcess, monkeypatch: pytest.MonkeyPatch) -> Explain:
    return Explain(cmtool, monkeypatch)


EXITS = [
    pytest.param(ANSWER, 5, id="billing"),
    pytest.param("Error code: 401 - {'error': {'message': 'x', 'code': 'invalid_api_key'}}", 4,
                 id="authentication"),
    pytest.param("model_not_found", 6, id="model"),
    pytest.param("HTTP 429", 7, id="rate"),
    pytest.param("openai.InternalServerError: Error code: 502", 8, id="service"),
    pytest.param("curl: (6) Could not resolve host: x", 9, id="network"),
    pytest.param("unsupported_parameter", 10, id="request"),
    pytest.param(STREAM, 11, id="stream"),
    pytest.param(f"HTTP/2 500\nx-request-id: {REQUEST_ID}\n\n[]", 12, id="unrecognised"),
    pytest.param("Illegal header value b'Bearer x\\n'", 3, id="configuration"),
    pytest.param("HTTP/1.1 200 OK", 0, id="healthy"),
    pytest.param("nothing of the kind", 2, id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), EXITS)
def test_the_exit_code_is_that_of_the_table(explain: Explain, text: str, code: int) -> None:
    assert explain(text).code == code


@pytest.mark.parametrize("text", [param.values[0] for param in EXITS[:-1]])
def test_every_report_is_of_the_schema(explain: Explain, text: str) -> None:
    report = explain.report(text)
    assert report["command"] == "explain"
    assert report["checks"] == []
    assert report["spent"] == {"requests": 0, "input_tokens": 0, "output_tokens": 0}
    assert report["recognised"]["characters"] == len(text)


def test_the_report_of_an_answer_holds_all_that_was_told(explain: Explain) -> None:
    report = explain.report(ANSWER, "-m", MODEL)
    assert report["target"] == {
        "base_url": "pasted:standard input",
        "model": MODEL,
        "key_source": None,
        "key_fingerprint": None,
    }
    assert report["support"] == {
        "request_id": REQUEST_ID,
        "request_time": "2026-11-22T10:00:00.000Z",
        "model": MODEL,
        "status": 402,
        "body": BODY,
    }
    (exchange,) = report["exchanges"]
    assert exchange["sent_at"] == "2026-11-22T10:00:00.000Z"
    assert exchange["failure"] == "no_wallet"
    assert report["recognised"]["forms"] == ["an answer with its head"]
    assert report["recognised"]["surer"] == []


def test_what_is_not_known_is_null_and_said(explain: Explain) -> None:
    report = explain.report(BODY)
    assert report["exchanges"][0]["sent_at"] is None
    assert report["support"]["request_id"].startswith("none")
    assert report["support"]["status"] is None
    assert len(report["recognised"]["surer"]) == 2


def test_options_add_what_the_paste_does_not_tell(explain: Explain) -> None:
    report = explain.report(BODY, "--status", "402", "-p", "responses")
    assert report["diagnosis"]["status"] == 402
    assert report["exchanges"][0]["protocol"] == "responses"


@pytest.mark.parametrize("status", ["99", "600", "-1", "four"])
def test_a_status_that_is_none_is_wrong_usage(explain: Explain, status: str) -> None:
    assert explain(BODY, f"--status={status}").code == 2


def test_a_stream_is_followed(explain: Explain) -> None:
    report = explain.report(STREAM)
    (stream,) = report["streams"]
    assert (stream["protocol"], stream["deltas"]) == ("chat", 1)
    assert stream["diagnosis"]["id"] == report["diagnosis"]["id"] == "stream_truncated"


def test_the_page_names_the_form_the_cause_and_what_is_missing(explain: Explain) -> None:
    page = explain(f"openai.APIStatusError: Error code: 402 - {BODY}")
    assert "read as    the text of an OpenAI SDK exception" in page.out
    assert "402 no_wallet" in page.out
    assert "The paste was read as the text of an OpenAI SDK exception." in page.prose
    assert "no x-request-id was seen" in page.prose
    assert page.out.rstrip().endswith("exit 5")
    assert max(map(len, page.out.splitlines())) <= 80
    assert page.err == ""


def test_quiet_is_the_diagnosis_alone(explain: Explain) -> None:
    page = explain(ANSWER, "-q")
    assert len(page.out.splitlines()) <= 4
    assert REQUEST_ID in page.out


def test_ascii_is_ascii(explain: Explain) -> None:
    assert explain(ANSWER, "--ascii", "-v").out.isascii()
    assert explain(ANSWER, "--ascii", "-f", "markdown").out.isascii()
    assert explain("nothing at all", "--ascii").err.isascii()


@pytest.mark.parametrize("form", ["human", *DOCUMENTS])
def test_every_format_tells_the_diagnosis(explain: Explain, form: str) -> None:
    ended = explain(ANSWER, "-f", form)
    assert ended.code == 5
    assert "no_wallet" in ended.out


def test_reports_are_written_too(explain: Explain) -> None:
    paths = [Path(f"r{entry.ending}") for entry in DOCUMENTS.values()]
    explain(ANSWER, *(word for path in paths for word in ("--report", str(path))))
    assert all("no_wallet" in path.read_text(encoding="utf-8") for path in paths)


def test_nothing_recognised_says_what_was_looked_for(explain: Explain) -> None:
    ended = explain("it does not work", "-f", "json")
    assert (ended.code, ended.out) == (2, "")
    said = " ".join(ended.err.split())
    assert "16 characters" in said
    assert "It begins: it does not work" in said
    for form in FORMS:
        assert f"{form.name}: {form.example}"[:40] in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("insuficient_balance", "which looks like insufficient_balance", id="typo"),
        pytest.param('{"foo": 1}', "Nearest is an object in it", id="object"),
        pytest.param(f"my key is {KEY}", "my key is cm-[redacted]", id="key"),
        pytest.param(KEY, "It is a key and no error.", id="key-alone"),
        pytest.param("https://a.example/v1", "It is an address and no answer.", id="address"),
        pytest.param(f"curl -H 'x-api-key: {KEY}' a", "It is a command", id="command"),
        pytest.param("Traceback\nKeyError: 'choices'", "It ends with KeyError", id="own-fault"),
        pytest.param("\ufffd" * 20, "bytes that are no text", id="binary"),
    ],
)
def test_what_comes_nearest_is_said(explain: Explain, text: str, said: str) -> None:
    assert said in " ".join(explain(text).err.split())


def test_a_file_is_read(explain: Explain) -> None:
    Path("error.txt").write_text(ANSWER, encoding="utf-8")
    ended = explain("", "error.txt")
    assert ended.code == 5
    assert "pasted:error.txt" in ended.out


def test_a_dash_is_standard_input(explain: Explain) -> None:
    assert explain(ANSWER, "-").code == 5


def test_a_terminal_is_told_how_to_end(explain: Explain) -> None:
    ended = explain.on(Standard(ANSWER.encode(), terminal=True))
    assert ended.code == 5
    assert ended.err.startswith("Paste the error, then press Enter and Ctrl-")


UNREADABLE = [
    pytest.param(["missing.txt"], "does not exist", id="missing"),
    pytest.param(["402"], "cmtool errors 402", id="status"),
    pytest.param(["no_wallet"], "cmtool errors no_wallet", id="identifier"),
    pytest.param(["."], "is a directory", id="directory"),
]


@pytest.mark.parametrize(("argv", "said"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_wrong_usage(
    explain: Explain, argv: list[str], said: str
) -> None:
    ended = explain("", *argv)
    assert ended.code == 2
    assert said in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "Nothing was pasted: standard input is empty.", id="empty"),
        pytest.param(" \n\t\n", "only blanks or line ends (4 bytes looked at).", id="blanks"),
        pytest.param("\ufeff", "only a byte order mark (3 bytes looked at).", id="mark"),
        pytest.param("\0" * 5120, "only NUL bytes (5,120 bytes looked at).", id="nul"),
        pytest.param("\0\n" * 2, "only NUL bytes, blanks or line ends (4 bytes", id="mixed"),
        pytest.param("\0" * 3_000_000, "902,848 bytes between them left out).", id="many"),
    ],
)
def test_a_paste_without_text_is_wrong_usage(explain: Explain, content: str, said: str) -> None:
    ended = explain(content)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_closed_standard_input_is_wrong_usage(explain: Explain) -> None:
    ended = explain.on(None)
    assert ended.code == 2
    assert "closed" in ended.err


SECRETS = [
    pytest.param(f"> Authorization: Bearer {KEY}\n< HTTP/2 402\n<\n{BODY}", id="curl-v"),
    pytest.param(BODY.replace("No wallet yet.", f"Key {KEY} has no wallet."), id="message"),
    pytest.param(BODY.replace("No wallet yet.", f"Key {OTHER_KEY} is not ours."), id="shape"),
    pytest.param(BODY.replace("No wallet yet.", f"{KEY[:12]}\n{KEY[12:]}"), id="broken-line"),
    pytest.param(f"HTTP/2 402\nset-cookie: s={KEY}\nlocation: /?k={KEY}\n\n{BODY}", id="headers"),
    pytest.param(f"curl: (6) Could not resolve host: {KEY}", id="line"),
    pytest.param(json.dumps({"level": "error", "msg": BODY, "key": KEY}), id="log"),
    pytest.param(f"curl: (6) x-api-key: {HEX}", id="another-header"),
    pytest.param(f"x-api-key: {HEX}\n{BODY.replace('No wallet', HEX)}", id="echoed"),
    pytest.param(f"curl: (6) Could not resolve host: a for ?token={HEX}", id="query"),
    pytest.param(f"curl: (7) Proxy-Authorization: Basic {LOGIN}", id="proxy-login"),
    pytest.param(f"ECONNREFUSED Cookie: sid={HEX}", id="cookie"),
]


@pytest.mark.parametrize("form", ["human", *DOCUMENTS])
@pytest.mark.parametrize("text", SECRETS)
def test_no_secret_of_a_paste_is_shown(explain: Explain, text: str, form: str) -> None:
    ended = explain(text, "-v", "-f", form, CROSSMODEL_API_KEY=KEY)
    assert ended.code in {5, 9}
    shown = "".join((ended.out + ended.err).split())
    assert KEY not in shown
    assert OTHER_KEY not in shown
    assert LOGIN not in shown
    assert "Zx9Qw8Er7" not in shown


def test_the_environment_is_asked_for_secrets_alone(explain: Explain) -> None:
    assert explain(ANSWER, CROSSMODEL_MODEL="no model at all", CROSSMODEL_API_URL="::").code == 5


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such device")
def test_an_endless_input_ends(process: Process) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        ended = subprocess.run(
            process.command("explain"),
            stdin=zeros,
            env=process.environment,
            cwd=process.folder,
            capture_output=True,
            timeout=20,
            check=False,
        )
    assert ended.returncode == 2


def test_of_a_large_file_the_beginning_and_the_end_are_read(explain: Explain) -> None:
    filling = ("all is well\n" * 400_000).encode()
    Path("large.log").write_bytes(ANSWER.encode() + filling + b"\n" + BODY.encode())
    report = explain.report("", "large.log")
    assert report["recognised"]["left_out"] > 1_000_000
    assert report["recognised"]["errors"] == 2
    page = explain("", "large.log")
    assert "in the middle left out" in page.prose
    piped = explain.report(Path("large.log").read_bytes())
    assert abs(piped["recognised"]["left_out"] - report["recognised"]["left_out"]) <= 1


@pytest.mark.parametrize("filling", ["", " "])
def test_of_a_small_file_nothing_is_left_out(filling: str, explain: Explain) -> None:
    Path("small.log").write_text(BODY + filling, encoding="utf-8")
    assert explain.report("", "small.log")["recognised"]["left_out"] == 0


def test_a_large_har_is_read_further(explain: Explain) -> None:
    picture = {"url": "https://example.com/a.png", "method": "GET"}
    fill = {"request": picture, "response": {"status": 200, "content": {"text": "x" * 400_000}}}
    asked = {"url": "https://api.crossmodel.ai/v1/responses", "method": "POST"}
    failed = {"request": asked, "response": {"status": 402, "content": {"text": BODY}}}
    har = {"log": {"entries": [*[fill] * 6, failed, *[fill] * 6]}}
    Path("a.har").write_text(json.dumps(har), encoding="utf-8")
    report = explain.report("", "a.har")
    assert report["diagnosis"]["id"] == "no_wallet"
    assert report["exchanges"][0]["protocol"] == "responses"


def test_a_recording_of_the_stream_test_is_read(cmtool: InProcess, explain: Explain) -> None:
    argv = ["stream-test", "--sandbox", "truncated", "-p", "chat", "--record", "s.rec"]
    assert cmtool(*argv, "--retries", "0").code == 11
    report = explain.report("", "s.rec")
    assert report["diagnosis"]["id"] == "stream_truncated"
    assert report["recognised"]["forms"] == ["a recording of cmtool"]


@pytest.mark.parametrize("options", [["-f", "json"], [], ["--ascii"], ["-f", "markdown"]])
@pytest.mark.parametrize("scenario", ["insufficient-balance", "truncated", "captive-portal"])
def test_a_report_of_the_doctor_is_read_back(
    cmtool: InProcess, explain: Explain, scenario: str, options: list[str]
) -> None:
    asked = [*options, "--no-spend"] if scenario == "captive-portal" else options
    doctor = cmtool("doctor", "--sandbox", scenario, *asked, "--report", "d.json")
    told = json.loads(Path("d.json").read_text(encoding="utf-8"))
    report = explain.report(doctor.out)
    assert report["exit_code"] == doctor.code != 0
    assert report["recognised"]["forms"] == ["a report of cmtool"]
    for fact in ("id", "status"):
        assert report["diagnosis"][fact] == told["diagnosis"][fact]
    for fact in ("request_id", "request_time", "model", "status"):
        if not str(told["support"][fact]).startswith("none"):
            assert report["support"][fact] == told["support"][fact]
    if scenario == "insufficient-balance":
        body = json.loads(report["support"]["body"])
        assert body["error"]["code"] == "insufficient_balance"


@pytest.mark.parametrize("scenario", ["insufficient-balance", "truncated", "healthy"])
def test_what_a_runner_keeps_of_the_doctor_is_read_back(
    cmtool: InProcess, explain: Explain, scenario: str
) -> None:
    doctor = cmtool("doctor", "--sandbox", scenario, "-f", "junit")
    report = explain.report(doctor.out)
    assert report["exit_code"] == doctor.code
    assert report["recognised"]["forms"] == ["a report of cmtool"]


@pytest.mark.parametrize("options", [["-f", "json"], [], ["-q"], ["-f", "markdown"]])
def test_a_report_in_which_all_is_well_is_healthy(
    cmtool: InProcess, explain: Explain, options: list[str]
) -> None:
    assert explain(cmtool("doctor", "--sandbox", "healthy", *options).out).code == 0


def test_a_report_of_its_own_is_read_back(explain: Explain) -> None:
    first = explain.report(ANSWER, "-m", MODEL)
    second = explain.report(explain(ANSWER, "-m", MODEL).out)
    assert second["diagnosis"]["id"] == first["diagnosis"]["id"]
    assert second["support"] == first["support"]


EMPTY = '{"currency": "USD", "balance_micro": 0, "uncollected_micro": 0}'


@pytest.mark.parametrize("text", [EMPTY, f"HTTP/2 200\ncontent-type: application/json\n\n{EMPTY}"])
def test_an_empty_wallet_is_a_warning(explain: Explain, text: str) -> None:
    report = explain.report(text)
    assert (report["exit_code"], report["outcome"]) == (0, "degraded")
    assert [finding["id"] for finding in report["findings"]] == ["balance_empty"]
    assert explain(text, "--strict").code == 5
    assert explain(text.replace('micro": 0,', 'micro": 1000000,')).out.count("balance_empty") == 0


def test_a_status_that_is_not_known_is_said_to_be(explain: Explain) -> None:
    assert "status        none: no status is known" in explain(BODY).out
    assert "none: no status is known" in explain(BODY, "-f", "markdown").out


FACTS = (REQUEST_ID, "2026-11-22T10:00:00.000Z", MODEL, "402", "No wallet yet.")


def test_a_ticket_holds_the_five_facts_of_the_paste(explain: Explain) -> None:
    asked = f'$ curl -i a -d \'{{"model": "{MODEL}"}}\'\n{ANSWER}'
    explain(asked, "--report", "ticket.md")
    ticket = Path("ticket.md").read_text(encoding="utf-8")
    assert all(fact in ticket for fact in FACTS)


def test_the_process_reads_a_pipe(process: Process) -> None:
    script = f"printf %s '{BODY}' | \"$@\" explain -q | head -1"
    ended = process.shell(script)
    assert "no_wallet" in ended.out
    assert ended.err == ""
    assert os.linesep in ended.out
