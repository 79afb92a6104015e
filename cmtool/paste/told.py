"""What a stretch of text tells of a call: status, time, request ID, path, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cmtool.model import Protocol
from cmtool.paste.base import Told
from cmtool.paste.clocks import clock_of, http_date, only
from cmtool.paste.modelnames import only_model

_OF_ONE_CALL = 256 * 1024  # characters; a larger text tells of many calls
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
_CLOUDFLARE_REASONS = (
    *("web server is returning an unknown error", "web server is down", "connection timed out"),
    *("origin is unreachable", "a timeout occurred", "ssl handshake failed"),
    *("invalid ssl certificate", "origin dns error"),
)
# A number that can be a status, then what may stand in front of it, then what behind.
_NUMBER = re.compile(r"(?<![\d.])[2-5]\d\d(?!\d|[.,:-]\d|%)")
_INTRODUCED = re.compile(
    r"(?i)(?:\berror code:? {1,3}|http/[\d.]{1,3}\"? {1,3}"
    r"|\bhttp[ _-](?:status |error |code |fehler )?:? {0,2}|\berr_bad_(?:request|response) "
    r"|(?:状态码|狀態碼|错误|ステータス|エラー|código|erreur|fehler|статус)[:：]? {0,2}"
    r"|(?:\b|_)status(?:[_ -]?(?:code|line))?[\"']? {0,2}(?:[:=]|is|of)? {0,2}[\"']?"
    r"|\bresponse code:? {1,2}|(?<!exit )\bcode[=:] ?"
    r"|\breturned error: {0,2}|\b(?:client|server) error '"
    r"|\bnot indicate success: |(?:error|exception)[:(]? {0,2}[\"'#]?|\bresponse \["
    r"|(?:error|exception) )\Z"
)
_REASONED = re.compile(
    r"(?i)[:,)]? \(?(?:ok\b|"
    + "|".join((*REASONS.values(), *_CLOUDFLARE_REASONS))
    + r"|(?:client|server) error\b|status code\b|b?[\"']?\{|[a-z]{2,20}_[a-z_]{2,30}\b)"
)
_UNIT = re.compile(r"(?i) ?(?:ms|s|mb|kb|tokens?|characters)\b")
_INTRODUCTION = 40  # characters in front of a number that are looked at
_MOST_NUMBERS = 2000  # at the beginning, and as many at the end
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

_REQUEST_ID = re.compile(r"\breq_cm_[A-Za-z0-9]{4,64}")
_PATH = re.compile(r"(?:/v1|resources)[/\\](chat[/\\]completions|responses|messages)\b")
_PROTOCOLS = {
    "chat": Protocol.CHAT,
    "responses": Protocol.RESPONSES,
    "messages": Protocol.MESSAGES,
}
URL = re.compile(r"https?://[^\s\"'<>)\]}\\,]{3,500}")


def statuses(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of the numbers that a text gives as a status, and the numbers."""
    numbers = [found.start() for found in _NUMBER.finditer(text)]
    if len(numbers) > 2 * _MOST_NUMBERS:
        numbers = numbers[:_MOST_NUMBERS] + numbers[-_MOST_NUMBERS:]
    for place in numbers:
        if _is_status(text, place, place + 3):
            yield place, int(text[place : place + 3])


def _is_status(text: str, place: int, end: int) -> bool:
    """Say whether a number is given as a status: introduced, with a reason, or on its own line."""
    before = text[max(0, place - _INTRODUCTION) : place]
    if _INTRODUCED.search(before):
        return _UNIT.match(text, end) is None
    if before and (before[-1].isalnum() or before[-1] in "_-"):
        return False
    if _REASONED.match(text, end):
        return True
    return (
        not before.rpartition("\n")[2].strip()
        and not text[end : end + 9].partition("\n")[0].strip()
    )


def last_places(lower: str, word: str, most: int = 20) -> Iterator[int]:
    """Give the last places of a piece of text, the last first: of what repeats the last counts."""
    end = len(lower)
    for _ in range(most):
        end = lower.rfind(word, 0, end)
        if end < 0:
            return
        yield end


def lowered(text: str) -> str:
    """Give the text in lower case, every character in its place."""
    return text.replace("\u0130", "i").lower()  # the one letter that would become two


def status_of(text: str) -> int | None:
    """Give the last status of 300 and above that a short text names in figures."""
    named = [status for _, status in statuses(text) if status >= 300]  # noqa: PLR2004
    return named[-1] if named else None


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
    line_start = max(text.rfind("\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
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
    one = text if len(text) <= _OF_ONE_CALL else ""
    moment, clock = only(one)
    ids, paths = set(_REQUEST_ID.findall(text)), set(_PATH.findall(text))
    return Told(
        headers={"x-request-id": ids.pop()} if len(ids) == 1 else {},
        protocol=_protocol(paths.pop()) if len(paths) == 1 else None,
        model=only_model(one),
        sent_at=moment,
        clock=clock,
    )


def protocol_of_path(text: str) -> Protocol | None:
    """Give the protocol of the last path of the gateway that stands in a text."""
    paths = _PATH.findall(text)
    return _protocol(paths[-1]) if paths else None


def _protocol(path: str) -> Protocol:
    return _PROTOCOLS[re.split(r"[/\\]", path)[0]]


def of_headers(headers: Mapping[str, str], status: int | None) -> Told:
    """Give what the head of an answer tells; ``headers`` has lower-case names."""
    return Told(
        status=status,
        headers=headers,
        sent_at=http_date(headers.get("date", "")),
        clock=headers.get("date"),
    )
