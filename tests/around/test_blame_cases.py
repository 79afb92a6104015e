"""Failures in which the base URL seems to be at fault and is not, put to the whole doctor."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.around import certificates as certs
from tests.around.conftest import Diagnosed, Doctor
from tests.around.servers import Caller, Talk, answering, listening, response
from tests.cli.conftest import Served

API = "api.crossmodel.ai"
PUBLIC = f"https://{API}/v1"
PAGE = b"<html><head><title>Welcome</title></head><body>Hello</body></html>"


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Names that lead to this machine, and the port at which it answers for the port of https."""
    ports: dict[str, int] = {}
    real, connected = socket.getaddrinfo, asyncio.BaseEventLoop.create_connection

    async def connect(self: Any, made: Any, host: Any, port: int, **options: Any) -> Any:
        here = ports.get(API, port) if port == 443 else port
        return await connected(self, made, host, here, **options)

    def lookup(host: str | bytes | None, port: Any, *more: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if name in {*ports, "127.0.0.1"}:
            return real("127.0.0.1", port, *more, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connect)
    return ports


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("blame")
    return certs.write_authority(folder)


def no_advice_to_set_it(told: Diagnosed) -> None:
    diagnosis = told.report["diagnosis"]
    for action in diagnosis["actions"]:
        assert "et the base URL to" not in action
        assert "spelling" not in action
        assert "letter by letter" not in action
    assert not any(line.startswith("export") for line in diagnosis["commands"])


def passing_on(port: int, but: bytes, answer: bytes) -> Talk:
    """Answer what is asked at a path that holds ``but``, and pass everything else on to a port."""

    async def talk(caller: Caller) -> None:
        head = await caller.reader.readuntil(b"\r\n\r\n")
        if but in head.partition(b"\r\n")[0]:
            await caller.send(answer)
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        try:
            await asyncio.gather(pump(caller.reader, writer), pump(reader, caller.writer))
        finally:
            writer.transport.abort()

    return talk


async def speaks_plain_http(caller: Caller) -> None:
    await caller.reader.read(1)
    await caller.send(response(status="400 Bad Request"))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


# The gateway was answered at it elsewhere in the same run


@pytest.mark.parametrize(
    ("path", "status", "works"),
    [
        pytest.param(
            b"/responses",
            "404 Not Found",
            "auth, balance, chat and messages at it",
            id="one-protocol",
        ),
        pytest.param(b"POST", "404 Not Found", "auth and balance at it", id="all-protocols"),
        pytest.param(b"POST", "200 OK", "auth and balance at it", id="a-page-for-all-protocols"),
    ],
)
def test_other_paths_are_the_gateways(
    doctor: Doctor, gateway: Served, path: bytes, status: str, works: str
) -> None:
    port = int(gateway.base_url.rpartition(":")[2].partition("/")[0])
    with listening(passing_on(port, path, response(PAGE, status=status))) as server:
        told = doctor(CROSSMODEL_API_URL=server.url(), CROSSMODEL_API_KEY="cm-sandbox")
    assert (told.id, told.exit_code) == ("not_the_gateway", 9)
    no_advice_to_set_it(told)
    assert "The base URL is right: the gateway itself answered" in told.prose
    assert works in told.report["diagnosis"]["cause"]
    assert "1. Let whoever runs 127.0.0.1 pass the path that failed on to the gateway" in told.prose


def test_an_error_of_a_server_on_one_path(doctor: Doctor, gateway: Served) -> None:
    port = int(gateway.base_url.rpartition(":")[2].partition("/")[0])
    broken = response(
        b"Internal Server Error",
        "Server: uvicorn",
        status="500 Internal Server Error",
        content_type="text/plain",
    )
    with listening(passing_on(port, b"/responses", broken)) as server:
        told = doctor(CROSSMODEL_API_URL=server.url(), CROSSMODEL_API_KEY="cm-sandbox")
    assert (told.id, told.exit_code) == ("intermediary_error", 9)
    no_advice_to_set_it(told)
    assert "1. Let whoever runs 127.0.0.1 pass the path that failed on" in told.prose


def test_another_gateway_is_not_this_one_though_it_lists_models(doctor: Doctor) -> None:
    """Without the trace header nobody knows that the gateway answered."""
    lists = response(
        b'{"object": "list", "data": [{"id": "a/b", "object": "model", "created": 1,'
        b' "owned_by": "a"}]}',
        content_type="application/json",
    )

    async def talk(caller: Caller) -> None:
        is_list = b"/models" in await caller.request()
        await caller.send(lists if is_list else response(PAGE, status="404 Not Found"))

    with listening(talk) as server:
        told = doctor(CROSSMODEL_API_URL=server.url())
    assert (told.id, told.exit_code) == ("not_the_gateway", 9)
    assert "The base URL is right" not in told.prose


# It is the public one


AtPublic = Callable[[bytes], Diagnosed]


@pytest.fixture
def at_public(doctor: Doctor, leads: dict[str, int], authority: str) -> AtPublic:
    """Puts an answer to the doctor that comes under the public gateway's name and certificate."""

    def put(answer: bytes) -> Diagnosed:
        with listening(answering(answer), certs.server(API)) as server:
            leads[API] = server.port
            return doctor(SSL_CERT_FILE=authority)

    return put


PUBLIC_ONES: tuple[tuple[str, bytes, str, str], ...] = (
    ("page", response(PAGE), "not_the_gateway", "Look where the name api.crossmodel.ai leads"),
    (
        "server",
        response(PAGE, "Server: nginx", status="404 Not Found"),
        "not_the_gateway",
        "Look where the name api.crossmodel.ai leads",
    ),
    (
        "redirect-to-the-website",
        response(b"", "Location: https://crossmodel.ai/", status="302 Found"),
        "redirected",
        "Look where the name api.crossmodel.ai leads",
    ),
    (
        "redirect-to-a-portal",
        response(b"", "Location: http://portal.hotel.test/start", status="302 Found"),
        "redirected",
        "Open any page in a browser and sign in to the network.",
    ),
    (
        "redirect-to-plain-http",
        response(b"", f"Location: http://{API}/v1/models", status="301 Moved Permanently"),
        "redirected",
        "Never follow it, and do not write http in the base URL",
    ),
)


@pytest.mark.parametrize(
    ("answer", "identifier", "first"),
    [pytest.param(*case, id=name) for name, *case in PUBLIC_ONES],
)
def test_the_public_base_url_is_not_told_to_become_itself(
    at_public: AtPublic, answer: bytes, identifier: str, first: str
) -> None:
    told = at_public(answer)
    assert (told.id, told.exit_code) == (identifier, 9)
    no_advice_to_set_it(told)
    assert told.report["diagnosis"]["actions"][0].startswith(first)


def test_its_name_is_not_misspelt(doctor: Doctor, leads: dict[str, int]) -> None:
    assert leads == {}
    told = doctor()
    assert (told.id, told.exit_code) == ("dns_failure", 9)
    no_advice_to_set_it(told)
    assert "misspelt" not in told.prose
    assert "The name is right: api.crossmodel.ai is the public gateway." in told.prose
    assert "1. Ask another name server: nslookup api.crossmodel.ai 1.1.1.1." in told.prose


def test_another_name_may_be(doctor: Doctor, leads: dict[str, int]) -> None:
    assert leads == {}
    told = doctor(CROSSMODEL_API_URL="https://llm.acme.corp/v1")
    assert "Check the spelling of the base URL" in told.prose


def test_plain_http_on_the_port_of_https(doctor: Doctor, leads: dict[str, int]) -> None:
    with listening(speaks_plain_http) as server:
        leads[API] = server.port
        told = doctor()
    assert (told.id, told.exit_code) == ("tls_failure", 9)
    no_advice_to_set_it(told)
    assert "port 443 of api.crossmodel.ai, the port of https, speaks plain http" in told.prose
    assert "1. On a guest network open any page with http:// in the browser" in told.prose
    assert "mostly 443" not in told.prose


def test_plain_http_on_that_port_of_ones_own_server(doctor: Doctor, leads: dict[str, int]) -> None:
    with listening(speaks_plain_http) as server:
        leads |= {API: server.port, "llm.acme.corp": server.port}
        told = doctor(CROSSMODEL_API_URL="https://llm.acme.corp/v1")
    assert (told.id, told.exit_code) == ("tls_failure", 9)
    assert "1. If llm.acme.corp is a server of your own, switch TLS on" in told.prose


# It begins with http, and so does the server


def test_https_is_no_advice_where_plain_http_was_measured(
    doctor: Doctor, leads: dict[str, int]
) -> None:
    with listening(speaks_plain_http) as server:
        leads["llm.lan"] = server.port
        told = doctor(CROSSMODEL_API_URL=f"http://llm.lan:{server.port}/v1")
    assert (told.id, told.exit_code) == ("base_url_insecure", 3)
    port = server.port
    assert f"llm.lan port {port} was asked over https, and it speaks plain http" in told.prose
    assert "1. Let whoever runs llm.lan offer https" in told.prose
    assert f"ssh -L {port}:localhost:{port} llm.lan" in told.prose
    assert f"https://llm.lan:{port}." not in told.report["diagnosis"]["actions"][0]
    assert told.report["diagnosis"]["commands"] == ["cmtool doctor"]


def test_this_machine_by_a_mapped_address(doctor: Doctor, gateway: Served) -> None:
    port = gateway.base_url.rpartition(":")[2]
    told = doctor(
        CROSSMODEL_API_URL=f"http://[::ffff:127.0.0.1]:{port}", CROSSMODEL_API_KEY="cm-sandbox"
    )
    assert (told.id, told.exit_code) == (None, 0)
