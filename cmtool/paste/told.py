"""What a stretch of text tells of a call: status, time, request ID, path, headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cmtool.model import Protocol
from cmtool.paste.base import Told

_AROUND = 600  # characters before and behind an error in which its request ID may stand
REASONS = {
    400: "bad request",
    401: "unauthori[sz]ed",
    402: "payment required",
    403: "forbidden",
    404: "not found",
    405: "method not allowed",
    407: "proxy authentication required",
    408: "request timeout",
    409: "conflict",
    413: "(?:request entity|content|payload) too large",
    415: "unsupported media type",
    422: "unprocessable (?:entity|content)",
    429: "too many requests",
    500: "internal server error",
    502: "bad gateway",
    503: "service (?:temporarily )?unavailable",
    504: "gateway time-?out",
}
# Each branch begins with its own word, so that a search takes time in proportion to the text.
_STATUS = re.compile(
    r"(?i)(?:\berror code:? {1,3}|http/[\d.]{1,3}\"? {1,3}"
    r"|\bhttp[ _](?:status |error |code )?:? {0,2}"
    r"|\bstatus(?:[_ -]?(?:code|line))?[\"']? {0,2}(?:[:=]|is|of)? {0,2}[\"']?"
    r"|\bresponse code:? {1,2}|\breturned error: {0,2}|\b(?:client|server) error '"
    r"|\bnot indicate success: |(?:error|exception)[:(] {0,2}[\"']?|(?:error|exception) "
    r")([2-5]\d\d)(?!\d|[.,:-]\d|%)(?! ?(?:ms|s|mb|kb|tokens?|characters)\b)",
    re.MULTILINE,
)
_REASONED = re.compile(
    r"(?i)\b([3-5]\d\d)(?= (?:"
    + "|".join(REASONS.values())
    + r"|(?:client|server) error\b|status code\b|\{|[a-z]{2,20}_[a-z_]{2,30}\b))"
    r"|^[ \t]{0,8}([2-5]\d\d)[ \t]{0,8}$",
    re.MULTILINE,
)
_REASON_ALONE = re.compile(
    r"(?i)\b(?:" + "|".join(f"(?P<s{code}>{words})" for code, words in REASONS.items()) + r")\b"
)

# Names of exception classes that stand for one status, in the SDKs and the frameworks over them.
CLASSES = {
    "badrequesterror": 400,
    "invalidrequesterror": 400,
    "contextwindowexceedederror": 400,
    "authenticationerror": 401,
    "unauthorizederror": 401,
    "unauthorizedexception": 401,
    "paymentrequirederror": 402,
    "permissiondeniederror": 403,
    "permissiondeniedexception": 403,
    "notfounderror": 404,
    "notfoundexception": 404,
    "unprocessableentityerror": 422,
    "ratelimiterror": 429,
    "ratelimitexception": 429,
    "internalservererror": 500,
    "internalserverexception": 500,
    "badgatewayerror": 502,
    "serviceunavailableerror": 503,
    "overloadederror": 529,
}
CLASS = re.compile(rf"(?i)(?<![a-z0-9])({'|'.join(CLASSES)})\b")

_REQUEST_ID = re.compile(r"\breq_cm_[A-Za-z0-9]{4,64}")
_CLOCK = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?[ ]?(Z|UTC|[+-]\d\d:?\d\d)?"
)
_HTTP_DATE = re.compile(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PATH = re.compile(r"(?:/v1|resources)[/\\](chat[/\\]completions|responses|messages)\b")
_PROTOCOLS = {
    "chat": Protocol.CHAT,
    "responses": Protocol.RESPONSES,
    "messages": Protocol.MESSAGES,
}
URL = re.compile(r"https?://[^\s\"'<>)\]}\\,]{3,500}")


def statuses(text: str) -> Iterable[tuple[int, int, int]]:
    """Give every status that a text names: where the number begins, where it ends, which it is."""
    for pattern in (_STATUS, _REASONED):
        for found in pattern.finditer(text):
            group = found.lastindex or 0
            yield found.start(group), found.end(group), int(found[group])


def status_of(text: str) -> int | None:
    """Give the last status of 300 and above that a short text names in figures."""
    named = sorted(found for found in statuses(text) if found[2] >= 300)  # noqa: PLR2004
    return named[-1][2] if named else None


def status_in_words(text: str) -> int | None:
    """Give the status whose reason phrase stands in a short text."""
    found = _REASON_ALONE.search(text)
    return int(found.lastgroup[1:]) if found and found.lastgroup else None


def status_value(value: Any) -> int | None:
    """Give the status that a field of an object holds, as a number or as figures."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) == 3:  # noqa: PLR2004
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 100 <= value <= 599 else None  # noqa: PLR2004 - RFC 9110, section 15


def around(text: str, start: int, end: int) -> Told:
    """Give what stands beside an error: the request ID, the time of its line, the path."""
    line_start = text.rfind("\n", 0, start) + 1
    before, behind = text[max(0, start - _AROUND) : end], text[end : end + _AROUND]
    nearest = _REQUEST_ID.findall(text[start:end]) or _REQUEST_ID.findall(behind)[:1]
    nearest = nearest or _REQUEST_ID.findall(before)[-1:]
    moment, clock = clock_of(text[line_start : line_start + 60])
    return Told(
        headers={"x-request-id": nearest[0]} if nearest else {},
        protocol=protocol_of_path(text[line_start:end]) or protocol_of_path(before),
        sent_at=moment,
        clock=clock,
    )


def overall(text: str) -> Told:
    """Give what a whole paste tells of the one call that it is about."""
    ids, paths = set(_REQUEST_ID.findall(text)), set(_PATH.findall(text))
    return Told(
        headers={"x-request-id": ids.pop()} if len(ids) == 1 else {},
        protocol=_protocol(paths.pop()) if len(paths) == 1 else None,
    )


def protocol_of_path(text: str) -> Protocol | None:
    """Give the protocol of the last path of the gateway that stands in a text."""
    paths = _PATH.findall(text)
    return _protocol(paths[-1]) if paths else None


def _protocol(path: str) -> Protocol:
    return _PROTOCOLS[re.split(r"[/\\]", path)[0]]


def clock_of(text: str) -> tuple[datetime | None, str | None]:
    """Give the ISO 8601 time in a text: as a moment where a zone stands with it, and as written."""
    found = _CLOCK.search(text)
    if found is None:
        return None, None
    day, time, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}{_zone(zone)}")
    except ValueError:
        return None, None
    return (moment.astimezone(UTC) if zone else None), found[0].strip()


def _zone(zone: str | None) -> str:
    if zone in {"UTC", "Z"}:
        return "+00:00"
    return zone or ""


def http_date(value: str) -> datetime | None:
    """Give the moment of a Date header (RFC 9110, section 5.6.7)."""
    found = _HTTP_DATE.search(value)
    if found is None or found[2] not in _MONTHS:
        return None
    day, _, year, *clock = found.groups()
    hour, minute, second = map(int, clock)
    try:
        month = _MONTHS.index(found[2]) + 1
        return datetime(int(year), month, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def of_headers(headers: Mapping[str, str], status: int | None) -> Told:
    """Give what the head of an answer tells; ``headers`` has lower-case names."""
    return Told(
        status=status,
        headers=headers,
        sent_at=http_date(headers.get("date", "")),
        clock=headers.get("date"),
    )
