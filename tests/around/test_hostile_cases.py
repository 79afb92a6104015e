"""Servers that are slow, broken or hostile: each run ends in time, says why, and stays small."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cmtool.checks import account as account_checks
from tests.around.conftest import KEY, Doctor
from tests.around.servers import Caller, Talk, answering, listening

_FOREVER_S = 30
_SHORT_S = 0.5
_EVEN_S = 8.0  # for what does not hang: the machine may be busy

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_cm_1\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWER = b'{"data": [{"id": "z-ai/glm-5", "object": "model"}]}'
ZEROS = gzip.compress(bytes(20_000_000))


def sized(body: bytes, *headers: bytes, length: int | None = None) -> bytes:
    lines = b"".join(line + b"\r\n" for line in headers)
    size = len(body) if length is None else length
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % size + body


def says(data: bytes, *, first: bool = False, hangs: bool = False, resets: bool = False) -> Talk:
    """Say something, unasked when ``first``; then close, or hang, or reset."""

    async def talk(caller: Caller) -> None:
        if not first:
            await caller.request()
        if data:
            await caller.send(data)
        if hangs:
            await asyncio.sleep(_FOREVER_S)
        if resets:
            caller.reset()

    return talk


def drips(start: bytes, piece: bytes, pause_s: float = 0.0) -> Talk:
    """Say ``start`` and then a piece again and again, as long as anybody listens."""

    async def talk(caller: Caller) -> None:
        await caller.request()
        await caller.send(start)
        while True:
            await caller.send(piece)
            await asyncio.sleep(pause_s)

    return talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """What a server does, and what is said about it.  What hangs is cut by the deadline alone."""

    talk: Talk
    id: str
    says: str
    timeout_s: float = _EVEN_S
    first_action: str = ""


def stranger(heard: bytes, said: str, *, first: bool = True, hangs: bool = False) -> Hostile:
    return Hostile(
        talk=says(heard, first=first, hangs=hangs),
        id="not_the_gateway",
        says=said,
        first_action="Check the host and the port of the base URL: another service listens there.",
    )


def late(talk: Talk, said: str) -> Hostile:
    return Hostile(talk=talk, id="response_timeout", says=said, timeout_s=_SHORT_S)


def reset(talk: Talk, said: str) -> Hostile:
    return Hostile(
        talk=talk,
        id="connection_reset",
        says=said,
        timeout_s=1.5,  # a part of which goes into finding out more
        first_action="Retry with exponential backoff",
    )


def broken(data: bytes, said: str, **more: bool) -> Hostile:
    return Hostile(talk=says(data, **more), id="malformed_response", says=said)


def bad_head(data: bytes, said: str) -> Hostile:
    return broken(data, f"The head of the answer is not valid HTTP: {said}")


HANGING = {
    "nothing-at-all": late(
        says(b"", hangs=True), "the request was sent, and not a byte came back."
    ),
    "half-a-status-line": late(
        says(b"HTTP/1.1 20", hangs=True), 'its head did not end (it sent "HTTP/1.1 20").'
    ),
    "half-a-head": late(
        says(HEAD, hangs=True), 'its head did not end (it sent "HTTP/1.1 200 OK").'
    ),
    "a-dripping-head": late(drips(HEAD + b"X: ", b"a", 0.05), "its head did not end"),
    "a-head-without-a-body": late(
        says(HEAD + b"Content-Length: 9\r\n\r\n", hangs=True),
        "began with status 200, but its body did not end before the deadline.",
    ),
    "a-dripping-body": late(
        drips(HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 0.05), "its body did not end"
    ),
    "a-dripping-chunk-header": late(drips(CHUNKED, b"1", 0.05), "its body did not end"),
    "provisional-answers-without-end": late(
        drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        'only provisional answers came (it sent "HTTP/1.1 102 Processing").',
    ),
    "provisional-answers-slowly": late(
        drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05), "only provisional answers came"
    ),
}

STRANGERS = {
    "ssh": stranger(b"SSH-2.0-OpenSSH_9.6\r\n", 'it sent "SSH-2.0-OpenSSH_9.6", as an SSH server'),
    "ssh-waiting": stranger(b"SSH-2.0-x\r\n", "as an SSH server does.", hangs=True),
    "smtp": stranger(b"220 mx.example ESMTP\r\n", "as a mail server (SMTP) does.", hangs=True),
    "ftp": stranger(b"220 (vsFTPd 3.0.5)\r\n", "as an FTP server does.", hangs=True),
    "mysql": stranger(b"J\0\0\0\n8.0.36\0\x08\0\0\0", "as a MySQL server does.", hangs=True),
    "redis": stranger(
        b"-ERR unknown command 'GET'\r\n", "as a Redis server does.", first=False, hangs=True
    ),
    "postgres": stranger(b"E\0\0\0\x8dSFATAL\0", "as a PostgreSQL server does.", first=False),
    "http-2": stranger(
        b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0d", "as a server that takes HTTP/2 only does."
    ),
    "http-0.9": stranger(b"<html>hello</html>", 'it sent "<html>hello</html>"', first=False),
    "shoutcast": stranger(b"ICY 200 OK\r\n\r\n", 'it sent "ICY 200 OK"', first=False),
    "noise": stranger(b"\x07\x1b[2J\xff\xfe\r\n\r\n", r'it sent "\x07\x1b[2J\xff\xfe"'),
    "tls": Hostile(
        talk=says(b"\x15\x03\x01\0\x02\x02\x46"),
        id="not_the_gateway",
        says="The port answers in TLS",
        first_action="Begin the base URL with https://.",
    ),
}

CLOSING = {
    "closed-at-once": reset(
        says(b"", first=True), "The connection was "
    ),  # or a reset, as it falls
    "closed-after-the-request": reset(says(b""), "closed before any answer came."),
    "closed-in-the-status-line": reset(
        says(b"HTTP/1.1 20"), 'before any answer came whole: it sent "HTTP/1.1 20".'
    ),
    "closed-in-the-head": reset(says(HEAD), 'whole: it sent "HTTP/1.1 200 OK".'),
    "reset-after-the-request": reset(says(b"", resets=True), "The connection was reset."),
    "reset-in-the-head": reset(says(HEAD, resets=True), "reset before any answer came whole"),
    "closed-after-the-head": broken(
        HEAD + b"Content-Length: 9\r\n\r\n", "closed before the announced end of the body."
    ),
    "closed-in-the-body": broken(
        sized(ANSWER[:9], length=99), "closed before the announced end of the body."
    ),
    "reset-in-the-body": broken(
        sized(ANSWER[:9], length=99), "reset before the announced end of the body.", resets=True
    ),
    "closed-in-a-chunk": broken(CHUNKED + b'ff\r\n{"da', "closed before the announced end"),
    "closed-before-the-last-chunk": broken(
        CHUNKED + b"2\r\n{}\r\n", "closed before the announced end of the body."
    ),
}

ODD_HEADS = {
    "length-negative": bad_head(HEAD + b"Content-Length: -5\r\n\r\n{}", "its Content-Length"),
    "length-a-word": bad_head(HEAD + b"Content-Length: abc\r\n\r\n{}", "its Content-Length"),
    "two-lengths": bad_head(
        HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n{}", "its Content-Length"
    ),
    "unknown-transfer-encoding": bad_head(
        HEAD + b"Transfer-Encoding: zap\r\n\r\n{}", "it names a Transfer-Encoding"
    ),
    "switching-protocols": bad_head(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "it switches to another protocol (status 101)",
    ),
    "status-000": bad_head(b"HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n", "its status is none"),
    "status-of-four": bad_head(
        b"HTTP/1.1 2000 X\r\n\r\n", 'one line of it cannot be read (it sent "HTTP/1.1 2000 X"'
    ),
    "http-2-in-text": bad_head(
        b"HTTP/2 200\r\n\r\n", 'one line of it cannot be read (it sent "HTTP/2 200"'
    ),
    "nul-in-a-header": bad_head(
        HEAD + b"X: a\0b\r\n\r\n", r'one line of it cannot be read (it sent "X: a\x00b"'
    ),
    "blank-in-a-name": bad_head(
        HEAD + b"X Y: a\r\n\r\n", 'one line of it cannot be read (it sent "X Y: a"'
    ),
    "many-headers": Hostile(
        talk=drips(HEAD, b"X-A: b\r\n" * 999),
        id="not_the_gateway",
        says="The head of the answer is longer than 100 KB.",
    ),
    "huge-header": Hostile(
        talk=drips(HEAD + b"X: ", b"a" * 65536),
        id="not_the_gateway",
        says="The head of the answer is longer than 100 KB.",
    ),
    "status-999": Hostile(
        talk=says(b"HTTP/1.1 999 Denied\r\nContent-Length: 2\r\n\r\nno"),
        id="intermediary_error",
        says='It says: "no"',
    ),
    "status-304": Hostile(
        talk=says(b"HTTP/1.1 304 Not Modified\r\n\r\n{}"),
        id="not_the_gateway",
        says="The answer has no content type",
    ),
}

BODIES = {
    "length-too-short": broken(sized(ANSWER, length=9), "The body is not JSON."),
    "no-content-with-a-body": broken(
        b"HTTP/1.1 204 No Content\r\n\r\n" + ANSWER, "The body is empty."
    ),
    "chunk-size-no-number": broken(CHUNKED + b"zz\r\n{}\r\n", "not cut into chunks"),
    "chunk-size-endless": broken(CHUNKED + b"f" * 30 + b"\r\n{}\r\n", "not cut into chunks"),
    "endless": Hostile(
        talk=drips(HEAD + b"\r\n", b"a" * 65536), id="malformed_response", says="longer than 1 MiB"
    ),
    "endless-with-length": Hostile(
        talk=drips(HEAD + b"Content-Length: 99999999999\r\n\r\n", b"a" * 65536),
        id="malformed_response",
        says="longer than 1 MiB",
    ),
    "gzip-bomb": broken(sized(ZEROS, b"Content-Encoding: gzip"), "longer than 1 MiB"),
    "deflate-bomb": broken(
        sized(zlib.compress(bytes(20_000_000)), b"Content-Encoding: deflate"), "longer than 1 MiB"
    ),
    "nested-encodings": broken(
        sized(gzip.compress(ZEROS), b"Content-Encoding: gzip, gzip"), "'gzip, gzip', which was not"
    ),
    "gzip-that-is-plain": broken(
        sized(ANSWER, b"Content-Encoding: gzip"), "does not decode by its Content-Encoding"
    ),
    "brotli": broken(sized(ANSWER, b"Content-Encoding: br"), "'br', which was not offered"),
    "zstd": broken(sized(ANSWER, b"Content-Encoding: zstd"), "'zstd', which was not offered"),
    "gzip-cut-short": broken(
        sized(gzip.compress(ANSWER)[:-12], b"Content-Encoding: gzip"),
        "The body ends in the middle of its compressed data.",
    ),
    "brackets": broken(sized(b"[" * 100_000), "The body is not JSON."),
    "braces": broken(sized(b'{"data":' * 50_000), "The body is not JSON."),
    "nan": broken(sized(b'{"data": NaN}'), "not what /models is documented to give"),
    "huge-number": broken(sized(b'{"data": [' + b"9" * 99_999 + b"]}"), "The body is not JSON."),
    "nul-bytes": broken(sized(b"\0\0\0\0"), "The body is not JSON."),
    "data-null": broken(sized(b'{"data": null}'), "not what /models is documented to give"),
    "data-strings": broken(sized(b'{"data": ["z-ai/glm-5"]}'), "not what /models is documented"),
    "data-object": broken(sized(b'{"data": {"id": "x"}}'), "not what /models is documented"),
    "id-number": broken(sized(b'{"data": [{"id": 7}]}'), "not what /models is documented"),
    "array": broken(sized(b"[1, 2]"), "not what /models is documented"),
    "a-string-of-a-mebibyte": broken(sized(b'"' + b"x" * 1_000_000 + b'"'), "not what /models"),
    "obsolete-folding": broken(
        HEAD + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", "not what /models is documented"
    ),
    "latin-header": broken(
        HEAD + b"Via: \xe9\xff\r\nContent-Length: 2\r\n\r\n{}", "not what /models is documented"
    ),
    "two-content-types": broken(
        sized(b"{}", b"Content-Type: text/html"), "not what /models is documented"
    ),
}

CASES = {**HANGING, **STRANGERS, **CLOSING, **ODD_HEADS, **BODIES}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_hostile_server_is_survived_and_named(case: Hostile, doctor: Doctor) -> None:
    with listening(case.talk) as server:
        found = doctor(CROSSMODEL_API_URL=server.url(), timeout_s=case.timeout_s)
    assert found.id == case.id
    assert any(case.says in line for line in found.report["diagnosis"]["evidence"])
    assert case.first_action in found.report["diagnosis"]["actions"][0]
    assert "\x1b" not in found.page


def test_json_in_utf_16_is_read(doctor: Doctor) -> None:
    with listening(says(sized(ANSWER.decode().encode("utf-16")))) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert "1 model" in found.check("auth")["summary"]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param('{"data": [{"id": "\\ud800/\\udfff"}]}', id="lone-surrogates"),
        pytest.param('{"data": [{"id": "a\\u0000b/\\u001b[31m"}]}', id="controls"),
        pytest.param('{"data": [{"id": "' + "m" * 300_000 + '"}]}', id="long"),
    ],
)
def test_a_list_with_an_odd_name_is_shown_harmlessly(listed: str, doctor: Doctor) -> None:
    with listening(says(sized(listed.encode()))) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert "1 model" in found.check("auth")["summary"]
    assert len(found.page) < 20_000
    assert "\x1b" not in found.page
    assert "\0" not in found.page


def test_whole_data_without_the_end_of_their_compression_are_read(doctor: Doctor) -> None:
    cut = gzip.compress(ANSWER)[:-8]  # no checksum and no length: clients do not mind
    with listening(says(sized(cut, b"Content-Encoding: gzip"))) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert "1 model" in found.check("auth")["summary"]


def test_a_body_that_is_cut_off_is_asked_for_again(doctor: Doctor) -> None:
    answers = (sized(ANSWER[:9], length=99), sized(ANSWER))
    with listening(answering(*answers * 2)) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert "200, 2 attempts" not in found.page
    assert found.check("auth")["status"] == "warn"
    assert "recovered" in found.warnings


@pytest.mark.parametrize("status", [b"402 Payment Required", b"404 Not Found"])
def test_an_error_that_is_cut_off_is_not_asked_for_again(status: bytes, doctor: Doctor) -> None:
    answer = sized(b'{"error": {"mess', length=99).replace(b"200 OK", status)
    with listening(says(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert found.id == "malformed_response"
    assert {exchange["attempt"] for exchange in found.report["exchanges"]} == {1}
    assert found.report["diagnosis"]["retryable"] is False


# What the account says in a wrong form, while everything else is in order.


def account(**documents: object) -> Talk:
    """Serve the model list, and for the account what is given; a Talk takes over by itself."""
    parts = {"/models": json.loads(ANSWER), **{f"/{k}": v for k, v in documents.items()}}

    async def talk(caller: Caller) -> None:
        while True:
            path = (await caller.request()).split(b" ")[1].decode().removeprefix("/v1")
            document: Any = parts.get(path, {})
            if callable(document):
                await document(caller)
                return
            text = document if isinstance(document, str) else json.dumps(document)
            await caller.send(sized(text.encode()))

    return talk


MONEY = {"currency": "USD", "balance_micro": 5_000_000, "uncollected_micro": 0}
PERIOD = {"request_count": 1, "success_count": 1}
USED = {"currency": "USD", "daily": PERIOD, "weekly": PERIOD, "monthly": PERIOD}

WRONG: Mapping[str, dict[str, object]] = {
    "float": {"credits": {**MONEY, "balance_micro": 1.5}},
    "string": {"credits": {**MONEY, "balance_micro": "5000000"}},
    "boolean": {"credits": {**MONEY, "balance_micro": True}},
    "huge": {"credits": {**MONEY, "balance_micro": 10**30}},
    "not-a-number": {"credits": '{"balance_micro": NaN}'},
    "infinite": {"credits": '{"balance_micro": 1e999}'},
    "null": {"credits": "null"},
    "list": {"credits": [MONEY]},
    "empty": {"credits": ""},
    "usage-without-a-period": {"usage": {**USED, "weekly": None}},
    "usage-null": {"usage": "null"},
    "usage-list": {"usage": []},
}


@pytest.mark.parametrize("documents", [pytest.param(d, id=name) for name, d in WRONG.items()])
def test_an_account_in_a_wrong_form_is_said_to_be(
    documents: dict[str, object], doctor: Doctor
) -> None:
    with listening(account(**{"credits": MONEY, "usage": USED, **documents})) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert (found.id, found.exit_code) == ("malformed_response", 12)
    assert found.report["diagnosis"]["check"] == "balance"


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        pytest.param({**MONEY, "balance_micro": -5_000_000}, "-5.00 USD", id="negative"),
        pytest.param({**MONEY, "uncollected_micro": "x"}, "5.00 USD", id="held-is-a-word"),
        pytest.param({**MONEY, "currency": 7}, "5.00 USD", id="currency-is-a-number"),
        pytest.param('{"balance_micro": 1, "balance_micro": 5000000}', "5.00 USD", id="key-twice"),
    ],
)
def test_what_can_be_read_of_a_wallet_is_shown(credit: object, shown: str, doctor: Doctor) -> None:
    with listening(account(credits=credit, usage=USED)) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url())
    assert shown in found.check("balance")["summary"]


def test_usage_that_never_answers_is_named_and_does_not_outlive_the_deadline(
    doctor: Doctor,
) -> None:
    silent = says(b"", first=True, hangs=True)
    with listening(account(credits=MONEY, usage=silent)) as server:
        found = doctor("--no-spend", CROSSMODEL_API_URL=server.url(), timeout_s=_SHORT_S)
    assert found.id == "response_timeout"
    assert "No answer to GET /usage before the deadline" in found.prose


def test_credits_that_never_answer_do_not_hold_up_a_run_that_generates(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_checks, "ASIDE_LIMIT_S", 0.3)
    silent = says(b"", first=True, hangs=True)
    start = time.monotonic()
    with listening(account(credits=silent, usage=USED)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url(), timeout_s=_FOREVER_S)
    assert time.monotonic() - start < _FOREVER_S / 2
    told = [*found.report["findings"], found.report["diagnosis"]]
    evidence = " ".join(line for finding in told for line in finding["evidence"])
    assert "No answer to GET /credits within 0.3 s: the request was sent" in evidence


# Memory: a process of its own, its peak against that of one which has nothing to bear.

_BUDGET_MB = 64
_PEAK = """
import sys
from cmtool.cli import boundary
try:
    boundary.main()
except SystemExit:
    pass
lines = open("/proc/self/status").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""
HEAVY = {
    "gzip-bomb": BODIES["gzip-bomb"].talk,
    "endless-body": BODIES["endless"].talk,
    "endless-headers": ODD_HEADS["huge-header"].talk,
    "endless-provisional-answers": HANGING["provisional-answers-without-end"].talk,
    "brackets": BODIES["brackets"].talk,
    "page-of-three-megabytes": says(
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html><title>No</title>"
        + b"<p>x</p>" * 400_000
    ),
}


def peak_mb(talk: Talk, folder: Path) -> float:
    with listening(talk) as server:
        variables = {"CROSSMODEL_API_KEY": KEY, "CROSSMODEL_API_URL": server.url()}
        python = {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}
        ended = subprocess.run(
            [sys.executable, "-c", _PEAK, "doctor", "--timeout", "1", "--format", "json"],
            env={**python, **variables, "PATH": "", "XDG_CACHE_HOME": str(folder)},
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=_FOREVER_S,
        )
    return int(ended.stderr.split()[-1]) / 1000


@pytest.fixture(scope="module")
def idle_mb(tmp_path_factory: pytest.TempPathFactory) -> float:
    return peak_mb(says(sized(b"{}")), tmp_path_factory.mktemp("idle"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no peak of a process to read")
@pytest.mark.parametrize("talk", [pytest.param(talk, id=name) for name, talk in HEAVY.items()])
def test_memory_stays_bounded(talk: Talk, idle_mb: float, tmp_path: Path) -> None:
    start = time.monotonic()
    assert peak_mb(talk, tmp_path) < idle_mb + _BUDGET_MB
    assert time.monotonic() - start < _FOREVER_S / 2
