"""The curl line: a shell really sends what was asked, and nothing in it is obeyed."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from cmtool.curl import KEY_IN_SHELL, sent
from cmtool.model import Protocol
from cmtool.protocols import DIALECTS, Prompt
from tests.systems import BASH, needs_bash

BASE = "https://api.crossmodel.ai/v1"
KEY = "cm-canary-0123456789"
HOSTILE = (
    pytest.param("What is 2 + 2?", id="plain"),
    pytest.param("it's \"quoted\" 'twice'", id="quotes"),
    pytest.param("one\ntwo\r\nthree", id="newlines"),
    pytest.param("$(echo pwned) `echo pwned` ${HOME} $CROSSMODEL_API_KEY", id="substitution"),
    pytest.param("a; echo pwned | tee x & # !!", id="operators"),
    pytest.param("back\\slash \\n \\' \\\"", id="backslashes"),
    pytest.param("@/etc/passwd", id="at-file"),
    pytest.param("Grüße 世界 🎉 \u202e \x1b[31m", id="unicode-and-controls"),
    pytest.param("", id="empty"),
)

every_protocol = pytest.mark.parametrize("protocol", list(Protocol))


def prompt(text: str = "Say yes.", *, stream: bool = False, model: str = "vendor/m") -> Prompt:
    return Prompt(model=model, text=text, max_tokens=16, stream=stream)


def words(line: str) -> list[str]:
    return shlex.split(line)


@every_protocol
def test_what_was_sent_is_shown_without_the_key(protocol: Protocol) -> None:
    dialect = DIALECTS[protocol]
    request = sent(dialect, prompt(), BASE)
    assert (request.protocol, request.method) == (protocol, "POST")
    assert request.url == BASE + dialect.path
    assert request.body == dialect.content(prompt()).decode()
    shown = [value for value in request.headers.values() if KEY_IN_SHELL in value]
    assert shown == [
        "$CROSSMODEL_API_KEY" if protocol is Protocol.MESSAGES else f"Bearer {KEY_IN_SHELL}"
    ]


@every_protocol
@pytest.mark.parametrize("text", HOSTILE)
def test_the_line_is_one_command_with_the_same_request(protocol: Protocol, text: str) -> None:
    request = sent(DIALECTS[protocol], prompt(text), BASE)
    assert request.curl.isprintable()
    command, options, url, *rest = words(request.curl)
    assert (command, options, url) == ("curl", "-sSi", request.url)
    headers = [value for flag, value in zip(rest[::2], rest[1::2], strict=True) if flag == "-H"]
    assert headers == [f"{name}: {value}" for name, value in request.headers.items()]
    assert rest[-2:] == ["-d", request.body]
    assert json.loads(rest[-1])["model"] == "vendor/m"


def test_a_stream_is_not_buffered_by_curl() -> None:
    line = sent(DIALECTS[Protocol.CHAT], prompt(stream=True), BASE).curl
    assert words(line)[1] == "-sSiN"
    assert json.loads(words(line)[-1])["stream"] is True


@needs_bash
@every_protocol
@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_fills_in_the_key_and_obeys_nothing_else(protocol: Protocol, text: str) -> None:
    base = "https://gw.test/a b$(echo pwned)'/v1"
    request = sent(DIALECTS[protocol], prompt(text, model="v/m$(echo pwned)'\""), base)
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{request.curl}"
    done = subprocess.run(
        [str(BASH), "-c", script],
        env={"CROSSMODEL_API_KEY": KEY, "HOME": "/pwned"},
        capture_output=True,
        check=True,
        timeout=10,
    )
    assert done.stderr == b""
    *arguments, end = done.stdout.decode().split("\0")
    assert end == ""
    filled = [
        f"{name}: {value.replace(KEY_IN_SHELL, KEY)}" for name, value in request.headers.items()
    ]
    expected = ["-sSi", request.url]
    for header in filled:
        expected += ["-H", header]
    assert arguments == [*expected, "-d", request.body]
    assert any(KEY in header for header in filled)
