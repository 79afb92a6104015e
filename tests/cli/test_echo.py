"""A server that says the key back, anywhere and in any spelling: no output repeats it."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from cmtool.render import DOCUMENTS
from tests.cli.conftest import Ended, InProcess

KEY = "cm-canary+Zx9/Qw8.Er7~Ty6_Ui5"
OTHER = "sk-ant-api03-Lk8Jh7Gf6Ds5-Aa4Ss3"
PARTS = ("Zx9/Qw8", "Er7~Ty6", "Lk8Jh7", "Zx9%2FQw8", "Zx9\\/Qw8")
REPORTS = [Path(f"r{entry.ending}") for entry in DOCUMENTS.values()]
WRITTEN = [word for path in REPORTS for word in ("--report", str(path))]
MODEL = "z-ai/glm-5"
COMMANDS = {
    "doctor": ["doctor", MODEL],
    "doctor-free": ["doctor", "--no-spend"],
    "stream-test": ["stream-test", MODEL, "--record", "r.jsonl"],
    "request": ["request", MODEL],
    "request-stream": ["request", MODEL, "--stream", "-p", "messages"],
    "models": ["models", "--long"],
    "check": ["models", "--check", MODEL],
    "balance": ["balance"],
}
FORMATS = ("human", *DOCUMENTS)

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "percent": lambda key: quote(key, safe=""),
    "percent-all": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
    "json": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "json-twice": lambda key: "".join(f"\\\\u{ord(char):04X}" for char in key),
    "html": lambda key: "".join(f"&#x{ord(char):x};" for char in key),
    "base64": lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
    "base64-url": lambda key: base64.urlsafe_b64encode(f"Bearer {key}".encode()).decode(),
}

Answer = tuple[int, dict[str, str], list[bytes]]


def in_message(said: str) -> Answer:
    body = f'{{"error": {{"message": "No: {said}.", "type": "t", "param": "{said}", "code": "c"}}}}'
    return 400, {"content-type": "application/json"}, [body.encode()]


def in_code(said: str) -> Answer:
    body = f'{{"error": {{"message": "No.", "type": "{said}", "param": null, "code": "{said}"}}}}'
    return 401, {"content-type": "application/json"}, [body.encode()]


def in_headers(said: str) -> Answer:
    headers = {"x-request-id": said, "x-crossmodel-model": said, "server": said, "via": said}
    return 503, {"content-type": f"text/{said}", "retry-after": "0", **headers}, [b"{}"]


def in_redirect(said: str) -> Answer:
    return 307, {"location": f"https://elsewhere.example/{said}?key={said}#{said}"}, [b""]


def in_page(said: str) -> Answer:
    page = f"<html><head><title>Sorry {said}</title></head><body>{said}</body></html>"
    return 502, {"content-type": "text/html"}, [page.encode()]


def in_success(said: str) -> Answer:
    """A list of models, a balance and an answer in one, each holding the key."""
    document = f"""{{"object": "list", "data": [{{"id": "{said}", "object": "model", "created": 1,
        "owned_by": "{said}"}}], "currency": "{said}", "balance_micro": 1, "uncollected_micro": 0,
        "id": "{said}", "model": "{said}", "choices": [{{"index": 0, "finish_reason": "stop",
        "message": {{"role": "assistant", "content": "{said}"}}}}]}}"""
    return 200, {"content-type": "application/json", "x-request-id": said}, [document.encode()]


def in_stream(said: str) -> Answer:
    chunk = (
        f'{{"id": "{said}", "object": "chat.completion.chunk", "model": "{said}", "choices": '
        f'[{{"index": 0, "delta": {{"content": "{said}"}}, "finish_reason": null}}]}}'
    )
    error = f'{{"type": "error", "error": {{"type": "{said}", "message": "{said}"}}}}'
    lines = (f"data: {chunk}", f": {said}", f"event: error\ndata: {error}")
    return 200, {"content-type": "text/event-stream"}, [f"{line}\n\n".encode() for line in lines]


def split(said: str) -> Answer:
    """A message that comes in pieces of five bytes, so that the key is never in one of them."""
    status, headers, (body,) = in_message(said)
    return status, headers, [body[at : at + 5] for at in range(0, len(body), 5)]


def in_deltas(said: str) -> Answer:
    """A stream that says the key token by token, so that no event holds it."""
    pieces = [said[at : at + 3] for at in range(0, len(said), 3)]
    chunks = [
        {"id": "c1", "object": "chat.completion.chunk", "choices": [{"delta": {"content": piece}}]}
        for piece in pieces
    ]
    events = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]
    return 200, {"content-type": "text/event-stream"}, events


PLACES = (
    *(in_message, in_code, in_headers, in_redirect, in_page, in_success, in_stream, in_deltas),
    split,
)


@contextmanager
def echoing(place: Callable[[str], Answer], spelling: Callable[[str], str]) -> Iterator[str]:
    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # the pieces come at once

        def do_GET(self) -> None:
            sent = self.headers.get("x-api-key") or self.headers["authorization"].partition(" ")[2]
            assert sent == KEY
            status, headers, pieces = place(spelling(sent))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in filter(None, pieces):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:  # a case that fails would leave the thread, and with it the process, running
            server.shutdown()
            thread.join()


def check(ended: Ended, said: str, name: str) -> None:
    files = [path for path in Path.cwd().rglob("*") if path.is_file()]
    texts = [ended.out, ended.err, *(path.read_text(encoding="utf-8") for path in files)]
    assert ended.code != 1, ended.err
    texts += [
        "".join(re.findall(r'"content": ?"([^"]*)"', text.replace("\\", ""))) for text in texts
    ]
    for text in texts:
        assert "Traceback" not in text
        for part in (KEY, OTHER, said, *PARTS):
            if part in text:  # the difference of two long texts takes minutes to tell
                pytest.fail(f"{name} shows {part}")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__.replace("_", "-"))
def test_no_output_repeats_the_key(
    cmtool: InProcess, place: Callable[[str], Answer], spelling: str
) -> None:
    commands = COMMANDS if spelling == "plain" else {"doctor": COMMANDS["doctor"]}
    with echoing(place, SPELLINGS[spelling]) as url:
        for name, command in commands.items():
            ended = cmtool(
                *(*command, "--verbose", *WRITTEN, "--timeout", "10"),
                CROSSMODEL_API_URL=url,
                CROSSMODEL_API_KEY=KEY,
                ANTHROPIC_API_KEY=OTHER,
            )
            check(ended, SPELLINGS[spelling](KEY), name)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", [in_message, in_success, in_stream])
def test_standard_output_does_not_either(
    cmtool: InProcess, place: Callable[[str], Answer], command: str, form: str
) -> None:
    with echoing(place, SPELLINGS["plain"]) as url:
        variables = {"CROSSMODEL_API_URL": url, "CROSSMODEL_API_KEY": KEY}
        ended = cmtool(*COMMANDS[command], "-v", "-f", form, "--timeout", "10", **variables)
        check(ended, KEY, command)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__.replace("_", "-"))
def test_what_is_pasted_is_not_repeated(
    cmtool: InProcess, place: Callable[[str], Answer], spelling: str
) -> None:
    said = SPELLINGS[spelling](KEY)
    status, headers, pieces = place(said)
    head = "\n".join((f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in headers.items())))
    pasted = f"{head}\n\n{b''.join(pieces).decode()}"
    paste = Path("paste.txt")
    for text in (pasted, pasted.partition("\n\n")[2], json.dumps({"log": pasted})):
        paste.write_text(text, encoding="utf-8")
        ended = cmtool("explain", str(paste), "-v", *WRITTEN, CROSSMODEL_API_KEY=KEY)
        paste.unlink()
        check(ended, said, "explain")
