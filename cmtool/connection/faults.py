"""What the system says when a connection cannot be made, as identifiers of the catalogue."""

from __future__ import annotations

import errno
import os
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator

from cmtool.connection.addresses import Range, odd_range
from cmtool.connection.banners import service
from cmtool.connection.dialling import DialError
from cmtool.connection.lookups import reason
from cmtool.connection.sockets import Attempt
from cmtool.model import Json, Phase
from cmtool.tls.handshakes import HandshakeError, refusal, unfinished
from cmtool.tls.refusals import Refusal


class TransportError(Exception):
    """No answer, or not the whole of one.

    ``identifier`` is a row of the catalogue, ``details`` sentences about what was seen, ``phase``
    how far it had come.  ``actions`` come before those of the row, and a ``cause``, which may
    hold ``{base_url}``, takes the place of the row's.  ``final`` says that no action of the row
    applies besides.  ``addresses`` are those that were tried.
    """

    def __init__(  # noqa: PLR0913 - all that is known of a failure
        self,
        identifier: str,
        details: Iterable[str],
        phase: Phase = Phase.CONNECT,
        *,
        actions: Iterable[str] = (),
        cause: str = "",
        final: bool = False,
        addresses: Iterable[Attempt] = (),
    ) -> None:
        super().__init__(identifier)
        self.identifier = identifier
        self.details = tuple(details)
        self.phase = phase
        self.actions = tuple(actions)
        self.cause = cause
        self.final = final
        self.addresses = tuple(addresses)

    def within(
        self,
        *,
        before: Iterable[str] = (),
        after: Iterable[str] = (),
        actions: Iterable[str] = (),
    ) -> TransportError:
        """Give the same failure with details around its own, and actions before its own."""
        return TransportError(
            self.identifier,
            [*before, *self.details, *after],
            self.phase,
            actions=[*actions, *self.actions],
            cause=self.cause,
            final=self.final,
            addresses=self.addresses,
        )


_TOLD_ADDRESSES = 6  # of a host that has more, the others are counted


def dial_failure(error: DialError) -> TransportError:
    """Say why no connection could be made."""
    return _unreached(error) if error.attempts else _lookup_failure(error)


def _lookup_failure(error: DialError) -> TransportError:
    found = reason(error.why, error.after_s)
    return TransportError(
        "dns_failure", [f"The name {error.host} {found.words}."], actions=[found.action]
    )


def _unreached(error: DialError) -> TransportError:
    kinds = [os_kind(attempt.error) for attempt in error.attempts]
    odd = [odd_range(error.host, attempt.address) for attempt in error.attempts]
    return TransportError(
        min(kinds, key=_TELLING.index),
        [
            *_odd_words(error, odd),
            *_attempts_words(error),
        ],
        actions=dict.fromkeys(found.action for found in odd if found is not None),
        addresses=error.attempts,
    )


def _odd_words(error: DialError, odd: Iterable[Range | None]) -> Iterator[str]:
    """Tell each kind of odd address once, by the first of its kind."""
    told: dict[str, str] = {}
    for attempt, found in zip(error.attempts, odd, strict=True):
        if found is not None:
            led = f"{error.host} leads to {attempt.address}, {found.kind}"
            told.setdefault(found.kind, f"{led}: {found.meaning}.")
    yield from told.values()


def _attempts_words(error: DialError) -> Iterator[str]:
    """Tell the first addresses one by one, and of the others how many failed in which way."""
    for attempt in error.attempts[:_TOLD_ADDRESSES]:
        yield _attempt_words(attempt, error.port)
    others = Counter(os_words(attempt.error) for attempt in error.attempts[_TOLD_ADDRESSES:])
    for words, number in others.items():
        yield f"{number} more of its addresses: {words}."


def _attempt_words(attempt: Attempt, port: int) -> str:
    after = f" after {attempt.ms:.0f} ms" if attempt.ms is not None and attempt.ms >= 1 else ""
    return f"{attempt.address} port {port}: {os_words(attempt.error)}{after}."


# What tells most about the cause comes first: several addresses may fail in different ways.
_TELLING = ("connection_refused", "connection_reset", "connection_timeout", "network_unreachable")
_KINDS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.ECONNABORTED: "connection_reset",
    errno.ETIMEDOUT: "connection_timeout",
}


def address_details(attempts: tuple[Attempt, ...]) -> list[Json]:
    """Give the addresses that were tried, for programs."""
    return [
        {
            "address": attempt.address,
            "outcome": os_kind(attempt.error) if attempt.error else "no answer yet",
            "duration_ms": attempt.ms,
        }
        for attempt in attempts
    ]


def os_kind(error: OSError | None) -> str:
    """Give the identifier for what the system said of one address."""
    if isinstance(error, TimeoutError):
        return "connection_timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection_refused"
    return _KINDS.get((error.errno if error else 0) or 0, "network_unreachable")


def os_words(error: OSError | None) -> str:
    """Say in words what the system said of one address."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if error is not None and error.errno:
        return os.strerror(error.errno)  # asyncio's own words only repeat the address
    return str(error)


def tls_failure(error: ssl.SSLError) -> TransportError:
    """Say why the TLS handshake failed."""
    return _refused(*refusal(error))


def handshake_failure(error: HandshakeError) -> TransportError:
    """Say that the TLS handshake was not finished."""
    return _refused(*unfinished(error))


def _refused(found: Refusal, said: str) -> TransportError:
    return TransportError(
        found.identifier,
        [line for line in (found.words, said) if line],
        actions=found.actions,
        cause=found.cause,
        final=bool(found.cause),
    )


# RFC 8446, section 5.1: an alert or a handshake message, and the version that they begin with.
_TLS_RECORD = (b"\x15\x03", b"\x16\x03")
_QUOTED = 60


def is_tls(heard: bytes) -> bool:
    """Say whether the first bytes of an answer are a record of TLS."""
    return heard.startswith(_TLS_RECORD)


def stranger(heard: bytes) -> TransportError:
    """Say that what answers does not speak HTTP, by the first bytes that it sent."""
    if is_tls(heard):
        return TransportError(
            "not_the_gateway",
            ["The port answers in TLS, and the base URL begins with http://."],
            Phase.RESPONSE,
            actions=["Begin the base URL with https://."],
            cause="What answers at {base_url} speaks https only, and was asked over plain http.",
            final=True,
        )
    return TransportError(
        "not_the_gateway",
        [f"What answers there does not speak HTTP: {quoted(heard)}{_as_others(heard)}."],
        Phase.RESPONSE,
        actions=["Check the host and the port of the base URL: another service listens there."],
        cause="What answers at {base_url} is no web server: it speaks another protocol.",
        final=True,
    )


def _as_others(heard: bytes) -> str:
    found = service(heard)
    return f", as {found} does" if found else ""


def quoted(heard: bytes) -> str:
    """Quote the first line of what was heard, safe to show."""
    line = heard.strip().splitlines()[0] if heard.strip() else heard
    text = line[:_QUOTED].decode("ascii", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return f'it sent "{shown}"'
