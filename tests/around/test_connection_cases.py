"""Names, addresses and ports that lead to no gateway, each put to the whole doctor."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from cmtool.connection import dialling
from tests.around import certificates as certs
from tests.around.conftest import KEY, Diagnosed, Doctor
from tests.around.servers import Caller, Talk, answering, free_port, listening, response
from tests.systems import other_loopback

NAME = "gateway.example"
URL = f"https://{NAME}/v1"
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
RESET = ConnectionResetError(errno.ECONNRESET, "reset")
UNREACHABLE = OSError(errno.ENETUNREACH, "unreachable")
NO_ROUTE = OSError(errno.EHOSTUNREACH, "no route")
SILENT = TimeoutError()


def holds(said: Diagnosed, identifier: str, texts: Sequence[str], unsaid: Sequence[str]) -> None:
    assert (said.id, said.exit_code) == (identifier, 9)
    for text in texts:
        assert text in said.prose
    for text in unsaid:
        assert text not in said.prose


def infos(*addresses: str) -> list[Any]:
    families = {True: socket.AF_INET6, False: socket.AF_INET}
    return [(families[":" in a], socket.SOCK_STREAM, 6, "", (a, 443)) for a in addresses]


@pytest.mark.parametrize(
    ("error", "texts", "unsaid"),
    [
        pytest.param(
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            ("The name gateway.example does not exist", "letter by letter"),
            ("name servers it asks",),
            id="unknown",
        ),
        pytest.param(
            socket.gaierror(8, "nodename nor servname provided"),
            ("does not exist",),
            (),
            id="unknown-on-mac",
        ),
        pytest.param(
            socket.gaierror(11001, "getaddrinfo failed"),
            ("does not exist",),
            (),
            id="unknown-on-windows",
        ),
        pytest.param(
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            ("no name server answered, so other names fail too", "/etc/resolv.conf"),
            ("letter by letter",),
            id="no-name-server",
        ),
        pytest.param(
            socket.gaierror(11002, "x"), ("no name server answered",), (), id="again-on-windows"
        ),
        pytest.param(
            socket.gaierror(socket.EAI_FAIL, "x"),
            ("the name server answered with a failure",),
            (),
            id="failure",
        ),
        pytest.param(
            socket.gaierror(-5, "No address"), ("no address of any family",), (), id="no-data"
        ),
        pytest.param(socket.gaierror(11004, "x"), ("no address of any",), (), id="no-data-windows"),
        pytest.param(UnicodeError("label"), ("is no host name",), (), id="no-host-name"),
        pytest.param(OSError(errno.EMFILE, "x"), ("resolver of this machine",), (), id="files"),
    ],
)
def test_a_name_that_is_not_found(
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    texts: Sequence[str],
    unsaid: Sequence[str],
) -> None:
    def fails(*_: object, **__: object) -> list[Any]:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    holds(doctor(CROSSMODEL_API_URL=URL), "dns_failure", texts, unsaid)


def test_a_name_without_any_address(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    holds(doctor(CROSSMODEL_API_URL=URL), "dns_failure", ("no address of any family",), ())


def test_a_lookup_that_hangs(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hangs(*_: object, **__: object) -> list[Any]:
        release.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    said = doctor(CROSSMODEL_API_URL=URL, timeout_s=0.6)
    release.set()
    holds(said, "dns_failure", ("the name server was asked and stayed silent",), ())


@dataclass(frozen=True, kw_only=True)
class Led:
    """Where a name leads, what comes of each address, and what must be said."""

    to: Mapping[str, OSError]
    id: str
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    url: str = URL
    outcomes: Sequence[str] = field(default_factory=tuple)


LED = {
    "null": Led(
        to={"0.0.0.0": REFUSED},  # noqa: S104 - nobody binds it
        id="connection_refused",
        said=("leads to 0.0.0.0, no address of any machine", "Look for the host in the hosts file"),
    ),
    "null-6": Led(to={"::": REFUSED}, id="connection_refused", said=("no address of any machine",)),
    "this-machine": Led(
        to={"127.0.0.1": REFUSED},
        id="connection_refused",
        said=("gateway.example leads to 127.0.0.1, this machine itself", "/etc/hosts"),
        outcomes=["connection_refused"],
    ),
    "this-machine-6": Led(
        to={"::1": REFUSED}, id="connection_refused", said=("::1, this machine itself",)
    ),
    "private": Led(
        to={"10.1.2.3": SILENT},
        id="connection_timeout",
        said=("leads to 10.1.2.3, a private address", "Check that the VPN is connected"),
        outcomes=["connection_timeout"],
    ),
    "private-6": Led(
        to={"fd00::7": UNREACHABLE}, id="network_unreachable", said=("fd00::7, a private address",)
    ),
    "link": Led(
        to={"169.254.1.1": NO_ROUTE}, id="network_unreachable", said=("an address of the local",)
    ),
    "overlay": Led(to={"100.101.1.1": SILENT}, id="connection_timeout", said=("Tailscale",)),
    "stand-in": Led(
        to={"198.18.0.12": SILENT},
        id="connection_timeout",
        said=("a proxy program on this machine or its router, such as Clash", "Start the proxy"),
    ),
    "example": Led(
        to={"203.0.113.1": SILENT}, id="connection_timeout", said=("exists in examples only",)
    ),
    "multicast": Led(
        to={"224.0.0.1": UNREACHABLE}, id="network_unreachable", said=("a multicast address",)
    ),
    "reserved": Led(
        to={"240.0.0.1": UNREACHABLE}, id="network_unreachable", said=("a reserved address",)
    ),
    "private-for-an-inside-name": Led(
        to={"10.1.2.3": SILENT},
        url="https://gateway.corp/v1",
        id="connection_timeout",
        said=("10.1.2.3 port 443: no answer in time",),
        unsaid=("a private address",),
    ),
    "timeout": Led(
        to={"104.18.3.4": SILENT},
        id="connection_timeout",
        said=("104.18.3.4 port 443: no answer in time", "If the network demands a proxy"),
        unsaid=("leads to",),
    ),
    "refused": Led(
        to={"104.18.3.4": REFUSED}, id="connection_refused", said=("104.18.3.4 port 443",)
    ),
    "reset": Led(to={"104.18.3.4": RESET}, id="connection_reset", said=("104.18.3.4 port 443",)),
    "unreachable": Led(
        to={"104.18.3.4": UNREACHABLE}, id="network_unreachable", said=("Network is unreachable",)
    ),
    "both-families": Led(
        to={"2606:4700::1": UNREACHABLE, "104.18.3.4": SILENT},
        id="connection_timeout",
        said=("2606:4700::1 port 443: Network is unreachable", "104.18.3.4 port 443: no answer"),
        outcomes=["network_unreachable", "connection_timeout"],
    ),
    "several": Led(
        to={"104.18.3.4": SILENT, "104.18.3.5": REFUSED, "104.18.3.6": SILENT},
        id="connection_refused",
        said=("104.18.3.4 port 443: no answer", "104.18.3.5 port 443: Connection refused"),
        outcomes=["connection_timeout", "connection_refused", "connection_timeout"],
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="the system's words are of Unix")
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in LED.items()])
def test_where_a_name_leads(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, case: Led) -> None:
    async def connect(address: str, **_: object) -> None:
        raise case.to[address]

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: infos(*case.to))
    monkeypatch.setattr(dialling, "_connect", connect)
    said = doctor(CROSSMODEL_API_URL=case.url)
    holds(said, case.id, case.said, case.unsaid)
    addresses = said.check("connection")["details"]["addresses"]
    assert [entry["address"] for entry in addresses] == list(case.to)
    if case.outcomes:
        assert [entry["outcome"] for entry in addresses] == list(case.outcomes)


# Ports of this machine


def test_nothing_listens(doctor: Doctor) -> None:
    said = doctor(CROSSMODEL_API_URL=f"http://127.0.0.1:{free_port()}/v1")
    holds(said, "connection_refused", ("port", "left behind from a test"), ("leads to",))


@contextmanager
def full() -> Iterator[int]:
    """A port on which a connection is neither taken nor refused: its backlog is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a full backlog refuses elsewhere")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_accepts(doctor: Doctor, scheme: str) -> None:
    with full() as port:
        said = doctor(CROSSMODEL_API_URL=f"{scheme}://127.0.0.1:{port}/v1", timeout_s=0.9)
    holds(said, "connection_timeout", (f"127.0.0.1 port {port}: no answer in time",), ())


@pytest.mark.parametrize("other", ["::1", pytest.param("127.9.9.9", marks=other_loopback)])
def test_one_of_two_addresses_fails_and_the_connection_works(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    talk = answering(response(b'{"object": "list", "data": []}', content_type="application/json"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: infos(other, "127.0.0.1"))
    with listening(talk) as server:
        said = doctor(CROSSMODEL_API_URL=server.url(host="localhost"))
    connection = said.check("connection")
    assert connection["status"] == "ok"
    assert connection["details"]["address"] == "127.0.0.1"
    failed = connection["details"]["failed_addresses"]
    assert [entry["address"] for entry in failed] == [other]
    assert failed[0]["outcome"] in {"connection_refused", "network_unreachable"}


async def drops(caller: Caller) -> None:
    caller.writer.close()


async def resets(caller: Caller) -> None:
    await caller.request()
    caller.reset()


async def hears_and_closes(caller: Caller) -> None:
    await caller.request()


def greets(greeting: bytes) -> Talk:
    async def talk(caller: Caller) -> None:
        await caller.send(greeting)
        await caller.reader.read(65_536)

    return talk


async def silent(caller: Caller) -> None:
    await caller.reader.read()


@dataclass(frozen=True, kw_only=True)
class Port:
    """Who listens on a port that is asked over plain http."""

    talk: Talk
    id: str
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    timeout_s: float = 10


PORTS = {
    "drops": Port(talk=drops, id="connection_reset", said=("5 attempts",)),
    "resets": Port(
        talk=resets, id="connection_reset", said=("The connection was reset",), timeout_s=1.5
    ),
    "hears-and-closes": Port(
        talk=hears_and_closes,
        id="connection_reset",
        said=("closed before any answer came",),
        timeout_s=1.5,
    ),
    "ssh": Port(
        talk=greets(b"SSH-2.0-OpenSSH_9.6\r\n"),
        id="not_the_gateway",
        said=('does not speak HTTP: it sent "SSH-2.0-OpenSSH_9.6"', "another service listens"),
        unsaid=("On a guest network",),
    ),
    "smtp": Port(
        talk=greets(b"220 mail.example ESMTP\r\n"),
        id="not_the_gateway",
        said=('it sent "220 mail.example ESMTP"',),
    ),
    "redis": Port(
        talk=greets(b"-ERR wrong number of arguments for 'get' command\r\n"),
        id="not_the_gateway",
        said=('it sent "-ERR wrong number of arguments',),
    ),
    "binary": Port(
        talk=greets(b"J\x00\x00\x00\n8.0.36\x00"),
        id="not_the_gateway",
        said=(r'it sent "J\x00\x00\x00"',),
        unsaid=("\x00",),
    ),
    "terminal": Port(
        talk=greets(b"\x1b]0;owned\x07hello\r\n"),
        id="not_the_gateway",
        said=("]0;owned",),
        unsaid=("\x1b",),
    ),
    "echo-of-the-key": Port(
        talk=greets(f"you said {KEY}\r\n".encode()), id="not_the_gateway", said=("you said",)
    ),
    "half-a-head": Port(
        talk=greets(b"HTTP/1.1 20"), id="connection_reset", said=("closed before any answer",)
    ),
    "silent": Port(
        talk=silent, id="response_timeout", said=("before the deadline",), timeout_s=0.6
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in PORTS.items()])
def test_who_listens(doctor: Doctor, case: Port) -> None:
    with listening(case.talk) as server:
        said = doctor(CROSSMODEL_API_URL=server.url(), timeout_s=case.timeout_s)
    holds(said, case.id, case.said, case.unsaid)


def test_a_stranger_was_reached_in_a_time_that_is_told(doctor: Doctor) -> None:
    with listening(greets(b"SSH-2.0-OpenSSH_9.6\r\n")) as server:
        said = doctor(CROSSMODEL_API_URL=server.url())
    connection = said.check("connection")
    assert "TCP" in connection["summary"]
    assert connection["details"]["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("headers", "skewed"),
    [
        pytest.param(("Date: Tue, 01 Sep 2026 00:00:00 GMT",), True, id="fresh"),
        pytest.param(("Date: Tue, 01 Sep 2026 00:00:00 GMT", "Age: 86000"), False, id="kept"),
    ],
)
def test_the_clock_is_not_compared_with_an_answer_out_of_a_cache(
    doctor: Doctor,
    headers: tuple[str, ...],
    skewed: bool,  # noqa: FBT001 - the column of a table
) -> None:
    answer = response(b'{"object": "list", "data": []}', *headers, content_type="application/json")
    with listening(answering(answer)) as server:
        said = doctor(CROSSMODEL_API_URL=server.url())
    assert ("clock_skew" in said.warnings) is skewed


@pytest.mark.parametrize("alerts", [True, False], ids=["alert", "hangs-up"])
def test_http_where_tls_is_spoken(
    doctor: Doctor,
    alerts: bool,  # noqa: FBT001 - the column of a table
) -> None:
    if alerts:
        with certs.refusing(certs.server()) as port:
            said = doctor(CROSSMODEL_API_URL=f"http://localhost:{port}/v1")
    else:
        with listening(silent, certs.server()) as server:
            said = doctor(CROSSMODEL_API_URL=server.url(), timeout_s=2)
    assert said.exit_code == 9
    assert said.id in {"not_the_gateway", "connection_reset"}
    assert "speaks https only, and was asked over plain http" in said.prose
    assert "1. Begin the base URL with https://." in said.prose
