"""Answers with their heads: ``curl -i``, ``curl -v``, HTTPie, ``wget -S``, a server's own dump."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cmtool.paste import forms
from cmtool.paste.base import FOUND_LIMIT, Answer, Capture, Found, Healthy, Told
from cmtool.paste.bodies import of_answer
from cmtool.paste.told import of_headers, protocol_of_path

_STATUS_LINE = re.compile(r"(?m)^(< |  )?HTTP/[123](?:\.\d)? ([1-5]\d\d)(?: [^\n{]{0,200})?$")
_REQUEST_LINE = re.compile(r"(?m)^(?:> )?([A-Z]{3,7}) (\S{1,2000}) HTTP/[123](?:\.\d)?$")
_HOST = re.compile(r"(?mi)^(?:> )?host: ?(\S{1,300})$")
_MODEL = re.compile(r'"model" ?: ?"([\w.-]{1,80}/[\w.:-]{1,120})"')
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}):[ \t]?([^\n]*)$")
_CURL_NOTE = re.compile(
    r"^(?:\* |\*$|> |>$|[{}] \[\d+ bytes|  % Total|  +Dload|[ \d]{3} [ \d.kMG]{4,}[ \d:.kMG-]*$"
    r"|--- ?$|curl: \(\d)"
)
_CURL_ENDED = re.compile(r"(?m)^curl: \(\d")
_REQUEST_REACH = 16 * 1024  # characters before an answer in which its request may stand


def answers(text: str) -> Iterator[Found]:
    """Give every answer whose head stands in the text, with its body."""
    heads = [found for found in _STATUS_LINE.finditer(text) if found[2] != "100"]
    for number, head in enumerate(heads):
        if number < len(heads) - FOUND_LIMIT:
            continue
        last = number + 1 == len(heads)
        end = len(text) if last else heads[number + 1].start()
        before = heads[number - 1].end() if number else 0
        request = text[max(before, head.start() - _REQUEST_REACH) : head.start()]
        if head[2] == "200" and not last and _is_tunnel(text[head.end() : end]):
            continue
        yield _answer(text, head, end, request)


def _is_tunnel(rest: str) -> bool:
    """Say whether an answer is that of a proxy which made a tunnel: it has no body."""
    return len(rest.strip()) < 300 and "content-type" not in rest.lower()  # noqa: PLR2004


def _answer(text: str, head: re.Match[str], end: int, request: str) -> Found:
    is_trace = head[1] == "< "
    # What curl says of the connection in the end is for those who look for just that.
    ended = _CURL_ENDED.search(text, head.end(), end)
    end = ended.start() if ended else end
    lines = text[head.end() + 1 : end].split("\n")
    if is_trace:
        lines = [line for line in lines if not _CURL_NOTE.match(line)]
    headers, rest = _headers(lines)
    # wget shows heads without their bodies.
    body = "" if head[1] == "  " else "\n".join(x for x in rest if not _CURL_NOTE.match(x))
    following = _REQUEST_LINE.search(body)
    if following is not None:  # the request of the next exchange
        body = body[: following.start()]
    told = _request(request).merged(of_headers(headers, int(head[2])))
    told = replace(told, status=int(head[2]))
    form = forms.TRACE if is_trace else forms.HTTPIE if _shows_request(request) else forms.CURL
    found = of_answer(body, form, told, head.start(), end)
    return replace(found, end=_end(text, head.end(), end, found))


def _end(text: str, start: int, end: int, found: Found) -> int:
    """Give where an answer ends that may have other text behind it: with its body."""
    body = found.body.rstrip() if isinstance(found, Answer | Healthy | Capture) else ""
    place = text.find(body, start, end) if body else -1
    return place + len(body) if place >= 0 else end


def _headers(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Give the fields of a head, lower-case, and the lines of the body behind it."""
    headers: dict[str, str] = {}
    for number, line in enumerate(lines):
        bare = line.removeprefix("< ").removeprefix("  ") if line[:2] in {"< ", "  "} else line
        found = _HEADER.match(bare)
        if found is None:
            return headers, lines[number + (bare.strip(" <") == "") :]
        headers[found[1].lower()] = found[2].strip()
    return headers, []


def _shows_request(request: str) -> bool:
    return _REQUEST_LINE.search(request) is not None


def _request(text: str) -> Told:
    """Give what the request before an answer tells: never its headers, which hold the key."""
    lines = list(_REQUEST_LINE.finditer(text))
    models = _MODEL.findall(text)
    if not lines:
        return Told(protocol=protocol_of_path(text), model=models[-1] if models else None)
    host = _HOST.search(text, lines[-1].start())
    path = lines[-1][2]
    url = path if path.startswith("http") else f"https://{host[1]}{path}" if host else None
    return Told(
        method=lines[-1][1],
        url=url.partition("?")[0] if url else None,
        protocol=protocol_of_path(path),
        model=models[-1] if models else None,
    )
