"""What an X.509 certificate says of itself, read without believing it (RFC 5280, section 4.1).

A certificate that was refused cannot be had decoded from the standard library, so the few fields
that tell something are taken out of its DER here (X.690); whatever cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

_SEQUENCE, _OCTETS, _BOOLEAN, _VERSION, _EXTENSIONS = 0x30, 0x04, 0x01, 0xA0, 0xA3
_UTC_TIME = 0x17
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_COMMON_NAME, _ORGANISATION, _UNIT = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b"
_ALTERNATIVE_NAMES, _CONSTRAINTS = b"\x55\x1d\x11", b"\x55\x1d\x13"
_AUTHORITY_KEY = b"\x55\x1d\x23"
_AUTHORITY_INFORMATION = b"\x2b\x06\x01\x05\x05\x07\x01\x01"
_CA_ISSUERS = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02"  # where the issuer's certificate is
_WIDE_TEXT = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}  # BMPString, UniversalString
_LONG = 0x80
_HANDSHAKE, _CERTIFICATE, _CERTIFICATE_REQUEST = 0x16, 0x0B, 0x0D  # a record, two messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Whom a certificate names: as its subject, or as its issuer."""

    organisation: str = ""
    common: str = ""
    unit: str = ""

    def __str__(self) -> str:
        common = f'"{self.common or self.unit}"' if self.common or self.unit else ""
        return " of ".join(part for part in (common, self.organisation) if part) or "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says.

    ``names`` are the hosts that it is for, ``fetchable`` says that it names a place from which its
    issuer's certificate can be fetched, ``authority`` that it may issue others, ``identified``
    that it names the key of its issuer (RFC 5280, section 4.2.1.1).
    """

    subject: Name
    issuer: Name
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...] = ()
    self_issued: bool = False
    authority: bool = False
    fetchable: bool = False
    identified: bool = False

    def valid_at(self, moment: datetime) -> bool:
        """Whether a moment lies within the dates."""
        return self.not_before <= moment <= self.not_after

    def covers(self, host: str) -> bool:
        """Whether it is for a host: by its name, a wildcard (RFC 6125, 6.4.3) or its address."""
        return any(_reaches(name.lower(), host.lower().rstrip(".")) for name in self.names)

    def wildcard_short_of(self, host: str) -> str | None:
        """Give the wildcard that covers the end of a host, but not all of its labels."""
        wild = (name for name in self.names if name.startswith("*."))
        return next((name for name in wild if host.lower().endswith(name[1:].lower())), None)


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate; raises ValueError for anything that is not the DER of one."""
    fields = list(_items(_inside(_inside(der))))
    if fields and fields[0][0] == _VERSION:
        del fields[0]
    try:
        _, _, (_, issuer), (_, validity), (_, subject), *rest = fields
        (start_tag, start), (end_tag, end) = _items(validity)
    except ValueError as exc:
        raise ValueError("not the fields of a certificate") from exc
    extensions = dict(_extensions(rest))
    return Certificate(
        subject=_name(subject),
        issuer=_name(issuer),
        not_before=_moment(start_tag, start),
        not_after=_moment(end_tag, end),
        names=tuple(_alternative_names(extensions.get(_ALTERNATIVE_NAMES, b""))),
        self_issued=issuer == subject,
        authority=_is_authority(extensions.get(_CONSTRAINTS, b"")),
        identified=_AUTHORITY_KEY in extensions,
        fetchable=_CA_ISSUERS in extensions.get(_AUTHORITY_INFORMATION, b""),
    )


def readable(chain: list[bytes]) -> tuple[Certificate, ...]:
    """Give those certificates of a chain that can be read, the server's own first."""
    found = []
    for der in chain:
        try:
            found.append(read_certificate(der))
        except ValueError:
            break
    return tuple(found)


def shown_in(stream: bytes) -> list[bytes]:
    """Give the certificates in what a server sent during a handshake up to TLS 1.2.

    The Certificate message: RFC 5246, section 7.4.2.  From TLS 1.3 on it is encrypted; then, and
    when the message is not whole, nothing is found.
    """
    shown = (body for kind, body in _messages(stream) if kind == _CERTIFICATE)
    return list(_lengthy(next(shown, b"")[3:]))


def asks_for_certificate(stream: bytes) -> bool:
    """Say whether a server asked for a certificate of the client (RFC 5246, section 7.4.4)."""
    return any(kind == _CERTIFICATE_REQUEST for kind, _ in _messages(stream))


def _messages(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Give kind and content of each handshake message; records: RFC 5246, section 6.2.1."""
    messages = b""
    while len(stream) > 5 and stream[0] == _HANDSHAKE:  # noqa: PLR2004 - a record's head
        length = int.from_bytes(stream[3:5], "big")
        messages, stream = messages + stream[5 : 5 + length], stream[5 + length :]
    while len(messages) > 4:  # noqa: PLR2004 - a message's head
        length = int.from_bytes(messages[1:4], "big")
        yield messages[0], messages[4 : 4 + length]
        messages = messages[4 + length :]


def _lengthy(listed: bytes) -> Iterator[bytes]:
    while len(listed) > 3:  # noqa: PLR2004 - the three bytes of a length
        end = 3 + int.from_bytes(listed[:3], "big")
        if len(listed) < end:
            return
        yield listed[3:end]
        listed = listed[end:]


def _items(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and content of each element; raises ValueError when they do not add up."""
    while content:
        if len(content) < 2:  # noqa: PLR2004 - tag and length
            raise ValueError("an element is cut short")
        tag, length, start = content[0], content[1], 2
        if length & _LONG:
            start += length & ~_LONG
            length = int.from_bytes(content[2:start], "big")
        if len(content) < start + length:
            raise ValueError("an element is cut short")
        yield tag, content[start : start + length]
        content = content[start + length :]


def _inside(content: bytes) -> bytes:
    tag, inner = next(_items(content), (0, b""))
    if tag != _SEQUENCE:
        raise ValueError("a sequence was expected")
    return inner


def _name(content: bytes) -> Name:
    parts: dict[bytes, str] = {}
    for _, attributes in _items(content):
        for _, pair in _items(attributes):
            (_, kind), (tag, value), *_ = _items(pair)
            parts.setdefault(kind, _text(tag, value))
    return Name(
        organisation=parts.get(_ORGANISATION, ""),
        common=parts.get(_COMMON_NAME, ""),
        unit=parts.get(_UNIT, ""),
    )


def _text(tag: int, value: bytes) -> str:
    text = value.decode(_WIDE_TEXT.get(tag, "utf-8"), "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)[:100]


def _moment(tag: int, value: bytes) -> datetime:
    """Read UTCTime or GeneralizedTime; two digits of a year below 50 are of this century."""
    text = value.decode("ascii", "replace")
    if tag == _UTC_TIME:
        text = ("20" if text < "50" else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _extensions(rest: list[tuple[int, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    wrapped = next((content for tag, content in rest if tag == _EXTENSIONS), b"")
    for _, listed in _items(wrapped):
        for _, extension in _items(listed):
            (_, kind), *values = _items(extension)
            yield kind, next((value for tag, value in values if tag == _OCTETS), b"")


def _alternative_names(content: bytes) -> Iterator[str]:
    for _, listed in _items(content):
        for tag, value in _items(listed):
            if tag == _DNS_NAME:
                yield _text(tag, value)
            elif tag == _IP_ADDRESS and len(value) in {4, 16}:
                yield str(ip_address(value))


def _is_authority(content: bytes) -> bool:
    return any(
        tag == _BOOLEAN and value != b"\0"
        for _, listed in _items(content)
        for tag, value in _items(listed)
    )


def _reaches(name: str, host: str) -> bool:
    if name.startswith("*."):
        first, dot, rest = host.partition(".")
        return bool(first and dot) and rest == name[2:]
    return name == host
