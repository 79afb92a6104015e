"""HAR files, as browsers save them: the entries that failed, and those of the gateway.

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cmtool.documents import record, records, text
from cmtool.paste import connection, forms
from cmtool.paste.base import BODY_LIMIT, FOUND_LIMIT, Capture, Found, Told
from cmtool.paste.bodies import of_body, spaced, starts
from cmtool.paste.clocks import clock_of
from cmtool.paste.literals import Literal, objects
from cmtool.paste.told import of_headers, protocol_of_path, status_value

_STREAM_LIMIT = 4 * 1024 * 1024


_START = re.compile(r'\s*\{\s*"log"\s*:')


def har(text: str) -> Iterator[Found]:
    """Give what a text comes to that is a HAR file and nothing else, however large it is."""
    if _START.match(text):
        yield from of_entries(entries(list(objects(text))))


def entries(literals: Sequence[Literal]) -> list[Mapping[str, Any]]:
    """Give the entries of a HAR file, whole or cut; the gateway's alone where there are any."""
    found: list[Mapping[str, Any]] = []
    for literal in literals:
        log = record(literal.value.get("log"))
        found += records(log.get("entries"))
        if "startedDateTime" in literal.value:
            found.append(literal.value)
    found = [entry for entry in found if "request" in entry and "response" in entry]
    own = [entry for entry in found if _is_of_the_gateway(entry)]
    return (own or [entry for entry in found if _failed(entry)])[-FOUND_LIMIT:]


def _is_of_the_gateway(entry: Mapping[str, Any]) -> bool:
    url = text(record(entry["request"]).get("url")) or ""
    return "crossmodel.ai/v1" in url or protocol_of_path(url) is not None


def _failed(entry: Mapping[str, Any]) -> bool:
    status = record(entry["response"]).get("status")
    return not isinstance(status, int) or not 100 <= status < 400  # noqa: PLR2004


def of_entries(found: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    """Give what each entry comes to, in their order."""
    for place, entry in enumerate(found):
        request, response = record(entry["request"]), record(entry["response"])
        status = status_value(response.get("status"))
        told = _told(entry, request, response, status)
        if status is None:
            yield from _unanswered(entry, response, told, place)
            continue
        body = _body(record(response.get("content")))
        if 200 <= status < 300 and starts(body):  # noqa: PLR2004 - RFC 9110, 15.3
            yield Capture(form=forms.HAR, place=place, end=place, told=told, body=spaced(body))
        else:
            yield of_body(body[:BODY_LIMIT], forms.HAR, told, place, place)


def _told(
    entry: Mapping[str, Any],
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    status: int | None,
) -> Told:
    url = text(request.get("url")) or ""
    headers = {
        name.lower(): value
        for field in records(response.get("headers"))
        if (name := text(field.get("name"))) and (value := text(field.get("value")))
    }
    moment, clock = clock_of(text(entry.get("startedDateTime")) or "")
    posted = text(record(request.get("postData")).get("text")) or ""
    return Told(
        method=text(request.get("method")),
        url=url.partition("?")[0][:300] or None,
        protocol=protocol_of_path(url),
        model=_model(posted),
        sent_at=moment,
        clock=clock,
    ).merged(of_headers(headers, status))


def _model(posted: str) -> str | None:
    _, found, rest = posted[:BODY_LIMIT].partition('"model"')
    name = rest.lstrip(" :").removeprefix('"').partition('"')[0] if found else ""
    return name if "/" in name and len(name) < 200 else None  # noqa: PLR2004 - no ID is longer


def _body(content: Mapping[str, Any]) -> str:
    body = text(content.get("text")) or ""
    if content.get("encoding") != "base64":
        return body[:_STREAM_LIMIT]
    try:
        return base64.b64decode(body[:_STREAM_LIMIT]).decode("utf-8-sig", "replace")
    except (binascii.Error, ValueError):
        return ""


def _unanswered(
    entry: Mapping[str, Any], response: Mapping[str, Any], told: Told, place: int
) -> Iterator[Found]:
    said = text(response.get("_error")) or text(entry.get("_error")) or "net::ERR_FAILED"
    found = next(connection.connections(said), None) or next(connection.vague(said), None)
    if found is not None:
        yield replace(found, form=forms.HAR, place=place, end=place, told=told)
