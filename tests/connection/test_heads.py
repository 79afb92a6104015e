"""What is said of an answer whose head never came whole, or is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmtool.connection.banners import service
from cmtool.connection.heads import begins_no_answer, broken_off, invalid, unfinished


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        pytest.param(None, "the connection was still being made", id="no-connection"),
        pytest.param(b"", "the request was sent, and not a byte came back", id="nothing"),
        pytest.param(b"HTT", 'its head did not end (it sent "HTT")', id="three-bytes"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX", 'it sent "HTTP/1.1 200 OK"', id="half-a-head"),
        pytest.param(b"HTTP/1.1 103 E\r\n\r\n", "only provisional answers", id="provisional"),
    ],
)
def test_an_unfinished_answer_had_come_so_far(heard: bytes | None, said: str) -> None:
    assert said in unfinished(heard)


@pytest.mark.parametrize(
    ("how", "heard", "identifier", "said"),
    [
        pytest.param("closed", b"", "connection_reset", "closed before any answer", id="closed"),
        pytest.param("reset", b"", "connection_reset", "connection was reset.", id="reset"),
        pytest.param("closed", b"HTTP/1", "connection_reset", 'it sent "HTTP/1"', id="in-head"),
        pytest.param("reset", b"+OK hi", "not_the_gateway", "a mail server (POP3)", id="stranger"),
    ],
)
def test_a_connection_that_broke_off(how: str, heard: bytes, identifier: str, said: str) -> None:
    error = broken_off(how, heard)
    assert error.identifier == identifier
    assert said in error.details[0]


@pytest.mark.parametrize(
    ("said", "heard", "told"),
    [
        pytest.param("bad Content-Length", b"HTTP/1.1", "its Content-Length", id="length"),
        pytest.param(
            "illegal header line: bytearray(b'X Y: a')", b"HTTP/1.1", '"X Y: a"', id="line"
        ),
        pytest.param("something new", b"HTTP/1.1 200 OK\r\n", '"HTTP/1.1 200 OK"', id="unknown"),
    ],
)
def test_an_invalid_head(said: str, heard: bytes, told: str) -> None:
    error = invalid(said, heard)
    assert error.identifier == "malformed_response"
    assert told in error.details[0]


def test_what_is_no_answer_at_all_is_a_stranger_s() -> None:
    assert invalid("illegal status line", b"EHLO").identifier == "not_the_gateway"


BANNERS = {
    b"SSH-2.0-OpenSSH_9.6": "an SSH server",
    b"220 ftp.example FTP ready": "an FTP server",
    b"220 mx.example ESMTP": "a mail server (SMTP)",
    b"* OK IMAP4rev1": "a mail server (IMAP)",
    b"-NOAUTH Authentication required.": "a Redis server",
    b"J\0\0\0\x0a8.0.36\0": "a MySQL server",
    b"E\0\0\0\0\xff\x15\x04Host": None,
    b"AMQP\0\0\x09\x01": "a message broker (AMQP)",
    b"RFB 003.008\n": "a VNC server",
    b"\0\0\x12\x04\0\0\0\0\0": "a server that takes HTTP/2 only",
    b"hello": None,
    b"": None,
}


@pytest.mark.parametrize(("heard", "name"), BANNERS.items())
def test_a_service_is_known_by_its_banner(heard: bytes, name: str | None) -> None:
    assert service(heard) == name


@given(st.binary(max_size=80))
def test_anything_that_is_heard_can_be_told(heard: bytes) -> None:
    assert unfinished(heard)
    assert broken_off("closed", heard).details
    assert invalid("illegal status line: bytearray(b'x')", heard).details
    assert not begins_no_answer(b"HTTP/" + heard)
