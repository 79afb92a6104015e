"""What servers, files and variables say is data: no report is forged or broken by it, anywhere."""

from __future__ import annotations

import itertools
import json
import os
import re
import threading
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from cmtool.render import DOCUMENTS
from tests.cli.conftest import Ended, InProcess

REPORTS = [f"r{entry.ending}" for entry in DOCUMENTS.values()]
WRITTEN = [word for path in REPORTS for word in ("--report", path)]
COMMANDS = {
    200: (
        ["doctor"],
        ["request", "z-ai/glm-5", "--stream"],
        ["models"],
        ["models", "--long"],
        ["models", "none-of-these"],
        ["models", "--check", "error-and-more"],
        ["balance"],
    ),
    402: (["doctor", "-v"], ["stream-test", "-p", "chat"]),
    502: (["doctor", "z-ai/glm-5"], ["request", "z-ai/glm-5", "-p", "messages"]),
}
"""What is asked, by the status of every answer."""

# Texts that somebody obeys: a terminal, a runner of GitHub or of Azure, Markdown, XML, a reader.
HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m\x1b[2J",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "c1": "\x9b31m\x85\x90",
    "controls": "\x00\x08\x7f\x0b\x0c",
    "bidirectional": "\u202egnp.exe\u2066\u200f",
    "zero-width": "a\u200bb\u2060c\ufeff",
    "tags": "a\U000e0001\U000e0068\U000e0069",
    "selectors": "a\ufe01\ufe02\U000e0100\U000e01ef",
    "fillers": "a\u3164\u115f\uffa0\u034f",
    "stacked": "Z" + "\u0300\u0317\u0489" * 30,
    "wide": "🎉👩\u200d👩\u200d👧 余额不足 ｆｕｌｌ",
    "markup": "[bold red]x[/] [link=https://evil.example]y[/link] :smile:",
    "command": "\n::error file=x::forged\r\n::stop-commands::pause\r::add-mask::a\u2028::debug::b",
    "command-in-words": "so " * 30 + "::error::forged " * 30,
    "older-command": "##[error]forged\n##[section]x ##vso[task.complete result=Succeeded;]",
    "command-encoded": "%0A::error::forged%0D%3A%3Aerror::x",
    "output": "\n::set-output name=a::b\n::save-state name=a::b\n::group::x\n::set-env name=A::b",
    "markdown": "\n# head\n- [ ] item\n| a | b |\n|---|---|\n> q\n***\n![i](https://evil.example/i)",
    "fences": "\n```\n````\n~~~\n`a``b```c\n```````````````\n# head",
    "html": "<!-- --><details><summary>x</summary><script>alert(1)</script><img src=x onerror=y>",
    "xml": "]]><failure/>&xxe;<![CDATA[ \ufffe\uffff\x01",
    "references": "@team #123 GH-1 javascript:x www.evil.example https://evil.example a@b.cd",
    "surrogates": "\ud800\udfff\udc80",
    "lines": "\r\r\n\n\x1c\x1d\x1e\x85\u2028\u2029end",
    "braces": "{model} %s {0} $(touch made) `touch made` \\n \\u001b[31m",
}
OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_UNSEEN = re.compile("[\ufe00-\ufe0d\U000e0000-\U000e0fff\u3164\u115f\uffa0\u034f]")
_HEADING = re.compile(
    r"[✓!✗] cmtool |(Checks|Streams|Requests|For support|Also found|Models|Balance)$"
    r"|Request: |\d* ?`"
)
READER = MarkdownIt("commonmark").enable("table")


class _Saying(BaseHTTPRequestHandler):
    """Says one text in every place of every answer."""

    text = ""
    status = 200

    def do_GET(self) -> None:
        said = self.text
        body: object = {
            "error": {"message": said, "type": said, "code": said, "param": said},
            "object": "list",
            "data": [
                {"id": f"{where}{said}", "object": "model", "owned_by": said, "created": 1}
                for where in ("", "deepseek/deepseek-v4-flash", "error-and-most")
            ],
        }
        if self.status == 200:
            del body["error"]  # type: ignore[attr-defined]
        if "credits" in self.path and self.status == 200:
            body = {"currency": said, "balance_micro": 5, "uncollected_micro": 0}
        self.answer("application/json", json.dumps(body).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        error = {"message": self.text, "type": self.text, "code": self.text, "param": self.text}
        if self.status != 200:
            self.answer("application/json", json.dumps({"error": error}).encode())
            return
        chunk = {
            "id": self.text,
            "object": self.text,
            "model": self.text,
            "choices": [{"delta": {"content": self.text, "role": self.text}, "index": 0}],
        }
        events = [
            f"event: {' '.join(self.text.split())}\ndata: {json.dumps(data)}\n\n"
            for data in (chunk, {"type": self.text}, {"error": error})
        ]
        self.answer("text/event-stream", "".join(events).encode("utf-8", "replace"))

    def answer(self, kind: str, body: bytes) -> None:
        if self.status == 502:
            kind = "text/html"
            page = f"<html><title>{self.text}</title><h1>{self.text}</h1>{self.text}"
            body = page.encode("utf-8", "replace")
        said = "".join(char for char in self.text if char not in "\r\n\0\x0b\x0c\x1c\x1d\x1e")
        raw = "".join(char for char in said if ord(char) > 31).encode("utf-8", "replace")
        self.send_response_only(self.status, "said")
        for name in ("x-request-id", "x-crossmodel-model", "server", "via", "cf-ray", "x-cache"):
            self._headers_buffer.append(name.encode() + b": " + raw + b"\r\n")  # type: ignore[attr-defined]
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def saying() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Saying) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def assert_inert(text: str, *, annotated: bool = False) -> None:
    """Nothing in it is obeyed by a terminal, or by a runner who reads it line by line."""
    for line in text.split("\n"):
        odd = {
            hex(ord(c)) for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        }
        assert not odd, line
        assert not _UNSEEN.search(line)
        assert not re.search(r"[\u0300-\u036f\u0489]{9}", line)
        assert "##[" not in line
        assert "##vso[" not in line
        if not (annotated and re.match("::(error|warning) title=cmtool[^:]*::", line)):
            assert not line.lstrip().startswith("::"), line
    text.encode("utf-8")


def assert_whole(ended: Ended) -> None:
    assert ended.code not in {1, 2}, ended.err
    assert_inert(ended.out)
    assert_inert(ended.err, annotated=True)
    for path in REPORTS:
        assert_inert(Path(path).read_text("utf-8"))
    report = json.loads(Path("r.json").read_bytes())
    assert report["exit_code"] == ended.code
    root = ET.fromstring(Path("r.xml").read_bytes())  # noqa: S314 - our own
    assert {e.tag for e in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "properties", "property"),
        *("failure", "skipped", "system-out"),
    }
    tokens = READER.parse(Path("r.md").read_text("utf-8"))
    assert not {"html_block", "hr", "blockquote_open"} & {token.type for token in tokens}
    headings = [
        behind.content
        for token, behind in itertools.pairwise(tokens)
        if token.type == "heading_open"
    ]
    assert all(map(_HEADING.match, headings)), headings


@pytest.mark.parametrize("status", COMMANDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_server_says(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch, saying: str, name: str, status: int
) -> None:
    monkeypatch.setattr(_Saying, "text", HOSTILE[name])
    monkeypatch.setattr(_Saying, "status", status)
    variables = {
        "CROSSMODEL_API_URL": saying,
        "CROSSMODEL_API_KEY": "cm-live-0123456789abcdef",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": "summary.md",
    }
    for command in COMMANDS[status]:
        ended = cmtool(*command, *WRITTEN, "--timeout=10", **variables)
        assert_whole(ended)
    assert_inert(Path("summary.md").read_text("utf-8"))
    assert sorted(os.listdir()) == sorted([*REPORTS, "summary.md"])  # noqa: PTH208 - names alone


def typable(text: str) -> str:
    """Give the text without what no system lets through: zeros, and surrogates for no byte."""
    return re.sub("[\0\ud800-\udc7f\udd00-\udfff]", "", text)


ARGUMENTS = [
    pytest.param(["{}"], id="command"),
    pytest.param(["doctor", "--{}"], id="option"),
    pytest.param(["doctor", "--format={}"], id="format"),
    pytest.param(["doctor", "--timeout={}"], id="number"),
    pytest.param(["doctor", "{}"], id="model"),
    pytest.param(["doctor", "a", "-m", "{}"], id="two-models"),
    pytest.param(["models", "{}"], id="pattern"),
    pytest.param(["models", "--check", "{}"], id="check"),
    pytest.param(["errors", "{}"], id="identifier"),
    pytest.param(["sandbox", "--scenario={}"], id="scenario"),
    pytest.param(["sandbox", "--host={}"], id="host"),
    pytest.param(["doctor", "--base-url={}"], id="base-url"),
    pytest.param(["doctor", "--api-key-file={}"], id="key-file"),
    pytest.param(["doctor", "--env-file={}"], id="env-file"),
    pytest.param(["doctor", "--report={}"], id="report"),
    pytest.param(["doctor", "--report=none/{}.json"], id="report-folder"),
    pytest.param(["stream-test", "--record=none/{}"], id="recording"),
    pytest.param(["stream-test", "--replay={}"], id="replay"),
    pytest.param(["stream-test", "--expect=({}"], id="expression"),
    pytest.param(["explain", "{}"], id="paste"),
    pytest.param(["explain", "--status={}"], id="status"),
]


@pytest.mark.parametrize("argv", ARGUMENTS)
def test_what_is_typed(cmtool: InProcess, argv: list[str]) -> None:
    for text in HOSTILE.values():
        typed = typable(text)
        ended = cmtool(*(word.replace("{}", typed) for word in argv), "--sandbox=none")
        assert ended.code in {2, 3}
        assert_inert(ended.out)
        assert_inert(ended.err)


VARIABLES = (
    *("CROSSMODEL_API_KEY", "CROSSMODEL_API_URL", "CROSSMODEL_MODEL", "OPENAI_BASE_URL"),
    "HTTPS_PROXY",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_environment_and_files_say(cmtool: InProcess, name: str) -> None:
    text = typable(HOSTILE[name])
    key = "cm-live-0123456789abcdef"
    Path(".env").write_bytes(
        f"CROSSMODEL_API_KEY={key}{text}\n{text}=1\n".encode("utf-8", "replace")
    )
    for variable in VARIABLES:
        told = {
            "CROSSMODEL_API_URL": "http://127.0.0.1:9/v1",
            "CROSSMODEL_API_KEY": key,
            variable: f"{key if 'KEY' in variable else ''}{text}",
        }
        ended = cmtool("doctor", "--no-spend", *WRITTEN, "--timeout=2", **told)
        if ended.code == 2:  # what can be no model ID
            assert_inert(ended.err)
        else:
            assert_whole(ended)
