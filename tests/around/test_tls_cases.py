"""TLS that fails on the way to the gateway, and TLS that works in spite of something."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import certifi
import pytest

from cmtool.cli import session
from cmtool.connection import dialling
from cmtool.tls.trust import Store
from tests.around import certificates as certs
from tests.around.certificates import DAY, NOW
from tests.around.conftest import KEY, Doctor
from tests.around.servers import Caller, Talk, answering, listening, response
from tests.cli.conftest import InProcess

Setting = Callable[[Path], ssl.SSLContext | None]


def loopback(_host: str, port: int, *_: object, **__: object) -> list[Any]:
    """Every name leads to this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def dated(moment: datetime = NOW) -> bytes:
    """An answer of somebody, with a Date."""
    return response(b"{}", f"Date: {format_datetime(moment, usegmt=True)}", status="404 Not Found")


def trusted(folder: Path) -> dict[str, Any]:
    return {"SSL_CERT_FILE": certs.write_authority(folder)}


def nothing(_: Path) -> dict[str, str]:
    return {}


def shows(name: str = "localhost", *more: str, **dates: Any) -> Setting:
    return lambda _: certs.server(name, *more, **dates)


def issued_by(organisation: str, unit: str = "Root") -> Setting:
    authority = certs.authority_named(organisation, unit)
    return lambda _: certs.server(authority=authority)


def expired_by(organisation: str) -> Setting:
    authority = certs.authority_named(organisation)
    return lambda _: certs.server(authority=authority, **EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A server, an environment, and what the doctor must come to."""

    tls: Setting
    id: str
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    talk: Talk | None = None  # else an answer of just now
    environ: Callable[[Path], Mapping[str, str]] = trusted
    host: str = "localhost"
    details: Mapping[str, object] = field(default_factory=dict)
    timeout_s: float = 10


def only(low: ssl.TLSVersion, high: ssl.TLSVersion) -> Setting:
    def context(_: Path) -> ssl.SSLContext:
        made = certs.server()
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version, made.maximum_version = low, high
        return made

    return context


def self_signed(folder: Path) -> ssl.SSLContext:
    return certs.made("localhost", extensions=[certs.hosts("localhost")]).server(folder)


def weak(folder: Path) -> ssl.SSLContext:
    root = certs.made("Old Root", extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    leaf = certs.made("localhost", by=root, weak=True, extensions=[certs.hosts("localhost")])
    return leaf.server(folder)


def by_no_authority(folder: Path) -> ssl.SSLContext:
    root = certs.made("A Server", extensions=[certs.NO_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    return certs.made("localhost", by=root, extensions=[certs.hosts("localhost")]).server(folder)


def for_clients(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    extensions = [certs.hosts("localhost"), certs.FOR_CLIENTS]
    return certs.made("localhost", by=root, extensions=extensions).server(folder)


def for_another_domain(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY, certs.FOR_ONE_DOMAIN])
    (folder / "ca.pem").write_bytes(root.pem)
    return certs.made("localhost", by=root, extensions=[certs.hosts("localhost")]).server(folder)


def below_another(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.NO_DEEPER])
    between = certs.made("Issuing CA 4", by=root, extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    leaf = certs.made("localhost", by=between, extensions=[certs.hosts("localhost")])
    return leaf.server(folder, between)


def disordered(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    between = certs.made("Issuing CA 4", by=root, extensions=[certs.IS_AUTHORITY])
    other = certs.made("Issuing CA 5", by=root, extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    leaf = certs.made("localhost", by=between, extensions=[certs.hosts("localhost")])
    return leaf.server(folder, other)


def default(common: str, organisation: str = "") -> Setting:
    """What a product shows that was never given a certificate."""

    def context(folder: Path) -> ssl.SSLContext:
        extensions = [certs.hosts("default.example")]
        shown = certs.made(common, organisation=organisation, extensions=extensions)
        return shown.server(folder)

    return context


def without_intermediate(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    between = certs.made("Issuing CA 4", by=root, extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    extensions = [certs.hosts("localhost"), certs.FETCHABLE]
    return certs.made("localhost", by=between, extensions=extensions).server(folder)


def with_old_intermediate(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    between = certs.made(
        "Issuing CA 4",
        by=root,
        extensions=[certs.IS_AUTHORITY],
        since=NOW - 9 * DAY,
        until=NOW - 3 * DAY,
    )
    (folder / "ca.pem").write_bytes(root.pem)
    leaf = certs.made("localhost", by=between, extensions=[certs.hosts("localhost")])
    return leaf.server(folder, between)


def nameless(folder: Path) -> ssl.SSLContext:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    (folder / "ca.pem").write_bytes(root.pem)
    return certs.made("gateway", by=root).server(folder)


def made_file(folder: Path) -> dict[str, str]:
    return {"SSL_CERT_FILE": str(folder / "ca.pem")}


def asking_for_a_certificate(_: Path) -> ssl.SSLContext:
    context = certs.server()
    context.verify_mode = ssl.CERT_REQUIRED
    certs.AUTHORITY.configure_trust(context)
    return context


def asking_for_a_certificate_in_tls_1_2(folder: Path) -> ssl.SSLContext:
    context = asking_for_a_certificate(folder)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def refusing_the_name(_: Path) -> ssl.SSLContext:
    context = certs.server()

    def choose(_socket: object, name: str | None, _context: object) -> int | None:
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if name else None

    context.sni_callback = choose
    return context


def plain(_: Path) -> None:
    return None


async def banner(caller: Caller) -> None:
    await caller.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    await caller.reader.read()


async def answers_at_once(caller: Caller) -> None:
    await caller.reader.read(10)
    await caller.send(response(status="400 Bad Request"))


async def hangs_up(caller: Caller) -> None:
    await caller.reader.read(1)


async def resets(caller: Caller) -> None:
    await caller.reader.read(10)
    caller.reset()


async def silent(caller: Caller) -> None:
    await caller.reader.read()


EXPIRED: dict[str, Any] = {"not_before": NOW - 9 * DAY, "not_after": NOW - 3 * DAY}
NOT_YET: dict[str, Any] = {"not_before": NOW + 3 * DAY, "not_after": NOW + 9 * DAY}

CASES = {
    "expired": Case(
        tls=shows(**EXPIRED),
        id="tls_expired",
        said=("expired 3 days ago", "agrees with the server's", "replace the certificate"),
        unsaid=("Set the clock of this machine, which", "Check the date and time"),
    ),
    "not-yet-valid": Case(
        tls=shows(**NOT_YET), id="tls_expired", said=("becomes valid in 3 days only",)
    ),
    "clock-ahead": Case(
        tls=shows(**EXPIRED),
        talk=answering(dated(NOW - 5 * DAY)),
        id="tls_expired",
        said=("Set the clock of this machine, which is 5 days ahead", "is good, and the clock"),
    ),
    "clock-behind": Case(
        tls=shows(**NOT_YET),
        talk=answering(dated(NOW + 5 * DAY)),
        id="tls_expired",
        said=("Set the clock of this machine, which is 5 days behind",),
    ),
    "clock-wrong-and-expired": Case(
        tls=shows(**EXPIRED),
        talk=answering(dated(NOW + 800 * DAY)),
        id="tls_expired",
        said=("This machine's clock is 2 years behind", "expired 3 days ago"),
        unsaid=("is good, and the clock",),
    ),
    "expired-no-date": Case(
        tls=shows(**EXPIRED),
        talk=answering(response()),
        id="tls_expired",
        said=("expired 3 days ago", "Check the date and time of this machine"),
        unsaid=("agrees with the server's",),
    ),
    "expired-no-answer": Case(
        tls=shows(**EXPIRED), talk=hangs_up, id="tls_expired", said=("expired 3 days ago",)
    ),
    "expired-authority": Case(
        tls=with_old_intermediate,
        environ=made_file,
        id="tls_expired",
        said=('The certificate of the authority "Issuing CA 4" expired 3 days ago',),
    ),
    "other-name": Case(
        tls=shows("elsewhere.example"),
        id="tls_hostname_mismatch",
        said=("is for elsewhere.example, not for localhost", '"Root CA" of Example Works'),
    ),
    "many-names": Case(
        tls=shows(*(f"n{n}.example" for n in range(7))),
        id="tls_hostname_mismatch",
        said=("n0.example, n1.example, n2.example, n3.example and 3 more",),
        unsaid=("n4.example",),
    ),
    "address-in-the-url": Case(
        tls=shows(),
        host="127.0.0.1",
        id="tls_hostname_mismatch",
        said=("is for localhost, not for 127.0.0.1", "in place of its address"),
    ),
    "wildcard-too-short": Case(
        tls=shows("*.localhost"),
        host="a.b.localhost",
        id="tls_hostname_mismatch",
        said=("*.localhost stands for one label only",),
    ),
    "no-name-at-all": Case(
        tls=nameless,
        environ=made_file,
        id="tls_hostname_mismatch",
        said=('is for "gateway", by its common name alone, not for localhost',),
    ),
    "unknown-authority": Case(
        tls=shows(),
        environ=nothing,
        id="tls_untrusted",
        said=(
            'It was issued by "Root CA" of Example Works.',
            "The bundle of certifi, which httpx and requests bring along, does not trust it",
        ),
        details={"inspected_by": None},
    ),
    "other-bundle-has-it": Case(
        tls=shows(),
        environ=lambda folder: {"REQUESTS_CA_BUNDLE": certs.write_authority(folder)},
        id="tls_untrusted",
        said=("Name the file that REQUESTS_CA_BUNDLE names in SSL_CERT_FILE too",),
    ),
    "node-has-it": Case(
        tls=shows(),
        environ=lambda folder: {"NODE_EXTRA_CA_CERTS": certs.write_authority(folder)},
        id="tls_untrusted",
        said=("NODE_EXTRA_CA_CERTS names holds its authority; it is read by Node.js",),
    ),
    "named-file-lacks-it": Case(
        tls=shows(),
        environ=lambda _: {"SSL_CERT_FILE": certifi.where()},
        id="tls_untrusted",
        said=("The file that SSL_CERT_FILE names does not hold its authority either",),
    ),
    "named-file-missing": Case(
        tls=shows(),
        environ=lambda _: {"SSL_CERT_FILE": "/no/such/ca.pem"},
        id="tls_untrusted",
        said=("SSL_CERT_FILE names /no/such/ca.pem, which is not there",),
    ),
    "self-signed": Case(
        tls=self_signed,
        environ=nothing,
        id="tls_untrusted",
        said=('is self-signed: "localhost" issued it to itself', "If this server is yours"),
    ),
    "chain-incomplete": Case(
        tls=without_intermediate,
        environ=made_file,
        id="tls_untrusted",
        said=("sends an incomplete chain", '"Issuing CA 4"', "fullchain.pem"),
    ),
    "weak-key": Case(
        tls=weak,
        environ=made_file,
        id="tls_untrusted",
        said=("too weak", "RSA of 2048 bits"),
        unsaid=("bundle of certifi", "Look at the issuer"),
    ),
    "no-authority": Case(
        tls=by_no_authority,
        environ=made_file,
        id="tls_untrusted",
        said=("not allowed to issue any", "CA:TRUE"),
    ),
    "for-clients": Case(
        tls=for_clients,
        environ=made_file,
        id="tls_untrusted",
        said=("another use than that of a server", "1. Let whoever runs the server show"),
        unsaid=("bundle of certifi", "Get the authority's certificate"),
    ),
    "for-another-domain": Case(
        tls=for_another_domain,
        environ=made_file,
        id="tls_untrusted",
        said=("for certain names only (name constraints)", "1. Let whoever runs the authority"),
        unsaid=("bundle of certifi", "Get the authority's certificate"),
    ),
    "below-another": Case(
        tls=below_another,
        environ=made_file,
        id="tls_untrusted",
        said=("longer than one of its authorities allows", "without a path length"),
        unsaid=("bundle of certifi", "Get the authority's certificate"),
    ),
    "chain-disordered": Case(
        tls=disordered,
        environ=made_file,
        id="tls_untrusted",
        said=(
            (
                'out of order: "Issuing CA 5" stands behind the certificate of "localhost", which '
                '"Issuing CA 4" issued'
            ),
        ),
    ),
    "default-of-an-ingress": Case(
        tls=default("Kubernetes Ingress Controller Fake Certificate", "Acme Co"),
        environ=nothing,
        id="tls_untrusted",
        said=("The ingress of a Kubernetes cluster answered", "1. Give the Ingress of this host"),
        unsaid=("bundle of certifi", "If this server is yours"),
    ),
    "default-of-traefik": Case(
        tls=default("TRAEFIK DEFAULT CERT"),
        environ=nothing,
        id="tls_untrusted",
        said=("1. Give the router of this host a certificate",),
    ),
    "default-of-apache": Case(
        tls=default("localhost.localdomain", "SomeOrganization"),
        environ=nothing,
        id="tls_untrusted",
        said=("SSLCertificateFile",),
    ),
    "default-of-plesk": Case(
        tls=default("Plesk", "Plesk"),
        environ=nothing,
        id="tls_untrusted",
        said=("1. Assign a certificate to the domain in Plesk.",),
    ),
    "page-of-a-firewall": Case(
        tls=default("FGT60F1234", "Fortinet"),
        environ=nothing,
        id="tls_untrusted",
        said=("A Fortinet FortiGate answered", "1. Open any page with http:// in the browser"),
        unsaid=("root certificate of Fortinet",),
    ),
    "page-of-a-filter-with-a-certificate-of-its-own": Case(
        tls=lambda _: certs.server(
            "login.hotel.example", authority=certs.authority_named("SonicWall Inc.")
        ),
        environ=nothing,
        id="tls_untrusted",
        said=(
            "SonicWall answered",
            "is for login.hotel.example, not for localhost",
            "1. Open any page with http:// in the browser",
        ),
        unsaid=("Get the root certificate",),
    ),
    "unknown-authority-and-host": Case(
        tls=shows("elsewhere.example"),
        environ=nothing,
        id="tls_untrusted",
        said=("is for elsewhere.example, not for localhost", '"Root CA" of Example Works'),
    ),
    "page-of-a-router": Case(
        tls=default("fritz.box"),
        environ=nothing,
        id="tls_untrusted",
        said=("A router answered", "do not lead the host to the device"),
    ),
    "authority-of-tests": Case(
        tls=issued_by("(STAGING) Let's Encrypt", "(STAGING) Riddling Rhubarb R12"),
        environ=nothing,
        id="tls_untrusted",
        said=("the staging authority of Let's Encrypt", "1. Let whoever runs the server fetch"),
    ),
    "authority-of-one-machine": Case(
        tls=issued_by("mkcert development CA", "me@laptop"),
        environ=nothing,
        id="tls_untrusted",
        said=("mkcert -CAROOT",),
    ),
    "zscaler": Case(
        tls=issued_by("Zscaler Inc.", "Zscaler Intermediate Root CA"),
        environ=nothing,
        id="tls_untrusted",
        said=(
            "Get the root certificate of Zscaler from your IT department",
            "Zscaler, a product by which companies inspect TLS",
        ),
        details={"inspected_by": "Zscaler"},
    ),
    "antivirus": Case(
        tls=issued_by("Kaspersky Lab", "Kaspersky Anti-Virus Personal Root Certificate"),
        environ=nothing,
        id="tls_untrusted",
        said=("Let Kaspersky leave this host out of its inspection",),
        details={"inspected_by": "Kaspersky"},
    ),
    "debugging-proxy": Case(
        tls=issued_by("mitmproxy", "mitmproxy"),
        environ=nothing,
        id="tls_untrusted",
        said=("Quit mitmproxy",),
        details={"inspected_by": "mitmproxy"},
    ),
    "expired-and-inspected": Case(
        tls=expired_by("Fortinet"),
        environ=nothing,
        id="tls_untrusted",
        said=("Fortinet FortiGate",),
    ),
    "hostile-issuer": Case(
        tls=issued_by("[red]\x1b[31mEvil", f"{KEY}"),
        environ=nothing,
        id="tls_untrusted",
        said=("[red]\ufffd[31mEvil",),
        unsaid=("\x1b",),
    ),
    "plain-http-that-waits": Case(
        tls=plain, id="connection_timeout", said=("The port speaks plain http",), timeout_s=1.5
    ),
    "plain-http": Case(
        tls=plain,
        talk=answers_at_once,
        id="tls_failure",
        said=("speaks plain http, and the base URL begins with https://", "mostly 443"),
    ),
    "ssh": Case(
        tls=plain,
        talk=banner,
        id="tls_failure",
        said=('it sent "SSH-2.0-OpenSSH_9.6"',),
        timeout_s=2,
    ),
    "hangs": Case(
        tls=plain,
        talk=silent,
        id="connection_timeout",
        said=(
            "nothing answered the TLS handshake",
            "whose packets are too large (MTU)",
            "no connection came about in time",
        ),
        unsaid=("such as a phone's",),
        timeout_s=1.5,
    ),
    "cut": Case(
        tls=plain,
        talk=hangs_up,
        id="connection_reset",
        said=("closed during the TLS handshake", "a firewall that reads the host name"),
        unsaid=("an inspecting proxy may cut",),
    ),
    "reset": Case(
        tls=plain,
        talk=resets,
        id="connection_reset",
        said=("closed during the TLS handshake", "5 attempts"),
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_handshake_that_fails(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    context = case.tls(tmp_path)
    environ: dict[str, Any] = {**case.environ(tmp_path)}
    monkeypatch.setattr(socket, "getaddrinfo", loopback)
    # Not at import: by the time of the test that may be minutes ago.
    talk = case.talk or answering(dated(datetime.now(UTC)))
    with listening(talk, context) as server:
        url = server.url("https", case.host)
        said = doctor(CROSSMODEL_API_URL=url, timeout_s=case.timeout_s, **environ)
    assert (said.id, said.exit_code) == (case.id, 9)
    for text in case.said:
        assert text in said.prose
    for text in case.unsaid:
        assert text not in said.prose
    details = said.check("connection")["details"]
    assert {name: details[name] for name in case.details} == case.details
    assert KEY not in server.text


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A server that refuses the handshake with an alert."""

    tls: Setting
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


REFUSALS = {
    "old-versions": Refused(
        tls=only(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1),
        said=("no version of TLS in common", "speaks TLS 1.0 and TLS 1.1"),
        details={"tls_versions": ["TLS 1.0", "TLS 1.1"]},
    ),
    "client-certificate": Refused(
        tls=asking_for_a_certificate,
        said=("demands a certificate of the client (mutual TLS)",),
    ),
    "client-certificate-in-tls-1.2": Refused(
        tls=asking_for_a_certificate_in_tls_1_2,
        said=("demands a certificate of the client (mutual TLS)", "asks for a key, not for a"),
        unsaid=("Update Python", "no version of TLS"),
    ),
    "no-certificate-at-all": Refused(
        tls=lambda _: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        said=("speaks TLS and refuses every handshake", "does not serve the name"),
        unsaid=("Update Python", "that this machine can still speak"),
    ),
    "name-refused": Refused(
        tls=refusing_the_name,
        said=("does not serve this host name (SNI)",),
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in REFUSALS.items()])
def test_an_alert(doctor: Doctor, tmp_path: Path, case: Refused) -> None:
    context = case.tls(tmp_path)
    assert context is not None
    with certs.refusing(context) as port:
        said = doctor(CROSSMODEL_API_URL=f"https://localhost:{port}/v1", **trusted(tmp_path))
    assert (said.id, said.exit_code) == ("tls_failure", 9)
    for text in case.said:
        assert text in said.prose
    for text in case.unsaid:
        assert text not in said.prose
    details = said.check("connection")["details"]
    assert {name: details[name] for name in case.details} == case.details


def test_one_of_two_servers_behind_a_name_shows_a_bad_certificate(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, bad, good = "gateway.localhost", "127.0.0.1", "127.0.0.2"
    real = dialling._connect
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in (bad, good)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    talk = answering(dated(datetime.now(UTC)))
    with (
        listening(talk, certs.server(name, **EXPIRED)) as first,
        listening(talk, certs.server(name)) as second,
    ):
        ports = {bad: first.port, good: second.port}

        async def connect(address: str, **given: Any) -> Any:
            return await real("127.0.0.1", **{**given, "port": ports[address]})

        monkeypatch.setattr(dialling, "_connect", connect)
        said = doctor(CROSSMODEL_API_URL=f"https://{name}/v1", **trusted(tmp_path))
    assert (said.id, said.exit_code) == ("tls_expired", 9)
    assert f"refused at {bad}, and at {good} it is accepted" in said.prose
    assert f"1. Let whoever runs {name} mend the server at {bad}" in said.prose
    assert said.check("connection")["details"]["accepted_at"] == [good]


MODEL = "z-ai/glm-5"


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(("balance",), id="balance"),
        pytest.param(("models",), id="models"),
        pytest.param(("models", "--check", MODEL), id="models-check"),
        pytest.param(("request", MODEL), id="request"),
        pytest.param(("request", MODEL, "--stream"), id="request-stream"),
        pytest.param(("stream-test", MODEL, "--repeat", "2"), id="stream-test"),
    ],
)
def test_every_command_looks_again(
    cmtool: InProcess, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    talk = answering(dated(datetime.now(UTC)))
    with listening(talk, certs.server(**EXPIRED)) as server:
        url = server.url("https", "localhost")
        given = {"CROSSMODEL_API_KEY": KEY, "CROSSMODEL_API_URL": url, **trusted(tmp_path)}
        told = cmtool(*argv, "--timeout", "10", "-f", "json", **given)
    diagnosis = told.json()["diagnosis"]
    assert (diagnosis["id"], told.code) == ("tls_expired", 9)
    assert "expired 3 days ago" in diagnosis["cause"]
    assert "replace the certificate" in diagnosis["actions"][0]


def test_a_firewall_that_cuts_by_name(doctor: Doctor, tmp_path: Path) -> None:
    with certs.refusing(certs.server(), cut_name=b"localhost") as port:
        said = doctor(CROSSMODEL_API_URL=f"https://localhost:{port}/v1", **trusted(tmp_path))
    assert (said.id, said.exit_code) == ("connection_reset", 9)
    assert "without the host name in it is answered" in said.prose


# What works all the same


def healthy(caller_models: bytes = b'{"object": "list", "data": []}') -> Talk:
    return answering(response(caller_models, content_type="application/json"))


@pytest.mark.parametrize(
    ("organisation", "warned"),
    [
        pytest.param("Example Works", False, id="own-authority"),
        pytest.param("Zscaler Inc.", True, id="inspected"),
    ],
)
def test_a_trusted_inspector_is_a_remark(
    doctor: Doctor,
    tmp_path: Path,
    organisation: str,
    warned: bool,  # noqa: FBT001 - the column of a table
) -> None:
    authority = certs.authority_named(organisation)
    path = certs.write_authority(tmp_path, authority)
    with listening(healthy(), certs.server(authority=authority)) as server:
        said = doctor(CROSSMODEL_API_URL=server.url("https", "localhost"), SSL_CERT_FILE=path)
    connection = said.check("connection")
    assert connection["status"] == ("warn" if warned else "ok")
    assert ("tls_inspected" in said.warnings) is warned
    assert connection["details"]["issuer"] == f'"Root" of {organisation}'
    assert connection["details"]["tls_version"] == "TLS 1.3"


@pytest.mark.parametrize("identified", [True, False])
def test_a_certificate_that_newer_pythons_refuse_is_a_remark(
    doctor: Doctor,
    tmp_path: Path,
    identified: bool,  # noqa: FBT001 - the column of a table
) -> None:
    root = certs.made("Root X1", extensions=[certs.IS_AUTHORITY])
    extensions = [certs.hosts("localhost"), *([certs.issued_with(root)] if identified else [])]
    context = certs.made("localhost", by=root, extensions=extensions).server(tmp_path)
    (tmp_path / "ca.pem").write_bytes(root.pem)
    with listening(healthy(), context) as server:
        url = server.url("https", "localhost")
        said = doctor(CROSSMODEL_API_URL=url, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert ("tls_not_strict" in said.warnings) is not identified
    assert said.check("connection")["status"] == ("ok" if identified else "warn")


def test_a_healthy_connection_is_not_looked_at_again(doctor: Doctor, tmp_path: Path) -> None:
    calls = []

    async def counted(caller: Caller) -> None:
        calls.append(caller)
        while True:
            await caller.request()
            body = b'{"object": "list", "data": []}'
            await caller.send(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(body), body)
            )

    with listening(counted, certs.server()) as server:
        said = doctor(
            "--no-spend", CROSSMODEL_API_URL=server.url("https", "localhost"), **trusted(tmp_path)
        )
    assert said.check("connection")["status"] == "ok"
    assert not any(head.startswith(b"HEAD") for head in server.heads)
    assert len(calls) <= len(server.heads)
    assert all(b"Bearer" in head or b"x-api-key" in head for head in server.heads)


def test_the_second_look_carries_no_key(doctor: Doctor, tmp_path: Path) -> None:
    with listening(answering(dated()), certs.server(**EXPIRED)) as server:
        doctor(CROSSMODEL_API_URL=server.url("https", "localhost"), **trusted(tmp_path))
    assert server.heads
    assert all(head.startswith(b"HEAD /v1/models ") for head in server.heads)
    assert "authorization" not in server.text.lower()


def test_a_system_without_certificates_says_so(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "system_store", lambda: Store(files=("/no/such/file",)))
    with listening(answering(dated()), certs.server()) as server:
        said = doctor(CROSSMODEL_API_URL=server.url("https", "localhost"))
    assert said.id == "tls_untrusted"
    assert "this system has no certificates of its own" in said.prose
    assert "ca_file_missing" not in said.warnings
