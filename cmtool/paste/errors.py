"""Error objects inside parsed values: bodies, SDK errors as printed, lines of JSON logs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cmtool import catalog
from cmtool.catalog import Shape
from cmtool.classify import ErrorObject, error_object
from cmtool.documents import record, text
from cmtool.paste.base import Told
from cmtool.paste.clocks import of_field
from cmtool.paste.told import of_headers, protocol_of_path, status_value

_DEEPEST = 12
_MOST_NODES = 5000
_STATUS_KEYS = (
    *("status", "status_code", "statusCode", "http_status", "httpStatus", "response_status"),
    *("httpStatusCode", "http_status_code", "response_code"),
)
_STATUSES = frozenset(_STATUS_KEYS)
_ID_KEYS = ("request_id", "requestID", "requestId", "x-request-id", "_request_id")
_TIME_KEYS = ("time", "timestamp", "ts", "@timestamp", "asctime", "datetime", "date")
_HEADER_KEYS = ("headers", "responseHeaders", "response_headers")
_BODY_KEYS = ("responseBody", "body", "response_body", "rawBody", "raw_body")
_SAYING = ("error", "detail", "message", "errors", "error_description", "fault")
_TELLING_OF_ERRORS = frozenset({"error", "err", "exception", "status", "response", "output"})
_LOGGED = frozenset({"level", "severity", "levelname", "log", "msg", "event", "logger"})
_KINDS = frozenset(row.type for row in catalog.ROWS.values() if row.documented)

# What an answer without an error calls itself, and a field that it then has.
_HEALTHY = (
    ("object", "chat.completion", "choices"),
    ("object", "response", "output"),
    ("object", "list", "data"),
    ("object", "model", "id"),
    ("type", "message", "content"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One error object in a value: the body that holds it, and what stands around it."""

    body: str
    error: ErrorObject
    told: Told
    nested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a value holds: error objects, and texts that may hold further ones."""

    hits: tuple[Hit, ...] = ()
    texts: tuple[tuple[str, Told], ...] = ()
    told: Told = field(default_factory=Told)


def inside(value: Mapping[str, Any]) -> Inside:
    """Look for error objects in a parsed value, as deep as is sensible."""
    hits: list[Hit] = []
    texts: list[tuple[str, Told]] = []
    for node, told, depth in _nodes(value):
        if isinstance(node, str):
            texts.append((node, told))
        elif (found := _holder(node)) is not None:
            body, error = found
            written = json.dumps(body, ensure_ascii=False)
            hits.append(Hit(body=written, error=error, told=told, nested=depth > 0))
    return Inside(hits=tuple(hits), texts=tuple(texts), told=told_by(value))


def _nodes(value: Any) -> Iterator[tuple[Any, Told, int]]:
    """Give objects and texts, outside first; what lies within an error object is left out."""
    waiting, seen = [(value, Told(), 0)], 0
    while waiting and seen < _MOST_NODES:
        node, told, depth = waiting.pop()
        seen += 1
        if isinstance(node, str):
            yield node, told, depth
        elif isinstance(node, list) and depth < _DEEPEST:
            waiting += [(item, told, depth + 1) for item in reversed(node[:200])]
        elif isinstance(node, dict):
            told = told_by(node).merged(told)
            yield node, told, depth
            if _holder(node) is None and depth < _DEEPEST:
                waiting += [(item, told, depth + 1) for item in reversed(node.values())]


def _holder(node: Mapping[str, Any]) -> tuple[dict[str, Any], ErrorObject] | None:
    """Give the error body that an object is or stands for, without what stands beside it."""
    error = error_object(node)
    if error is not None:
        kind = {"type": "error"} if node.get("type") == "error" else {}
        return {**kind, "error": node["error"]}, error
    if _is_unnamed(node.get("error")):
        bare = ErrorObject(shape=Shape.OPENAI, message=node["error"]["message"])
        return {"error": node["error"]}, bare
    # Some clients keep the inner object alone, and some print its message above its fields.
    known = text(node.get("code")) in catalog.ROWS or text(node.get("type")) in _KINDS
    wrapped = {"error": {k: node.get(k) for k in ("message", "type", "param", "code")}}
    if known and "message" not in node and _STATUSES & set(node):
        wrapped["error"]["message"] = ""
    found = error_object(wrapped) if known else None
    return (wrapped, found) if found is not None else None


def _is_unnamed(error: Any) -> bool:
    """Say whether an error object tells its message, and neither a type nor a code."""
    told = {key for key, value in record(error).items() if value is not None and value != ""}
    return told == {"message"} and text(record(error)["message"]) is not None


def told_by(node: Mapping[str, Any]) -> Told:
    """Give what the fields of one object tell of the call."""
    status = next((s for key in _STATUS_KEYS if (s := status_value(node.get(key)))), None)
    status = status or status_value(record(node.get("error")).get("code"))  # as Google writes it
    headers = next((h for key in _HEADER_KEYS if (h := record(node.get(key)))), {})
    shown = {str(k).lower(): v for k, v in headers.items() if isinstance(v, str)}
    identifier = next((v for key in _ID_KEYS if (v := text(node.get(key)))), None)
    if identifier:
        shown.setdefault("x-request-id", identifier)
    url = text(node.get("url"))
    times = (of_field(node.get(key)) for key in _TIME_KEYS)
    moment, clock = next((found for found in times if found[1]), (None, None))
    model = text(node.get("model")) or text(record(node.get("requestBodyValues")).get("model"))
    return Told(
        url=url if url and url.startswith("http") else None,
        protocol=protocol_of_path(url or ""),
        model=model if model and "/" in model else None,
        sent_at=moment,
        clock=clock,
    ).merged(of_headers(shown, status))


def bodies(value: Mapping[str, Any]) -> str:
    """Give the body of the answer that an object of a client keeps as text, else nothing."""
    return next((v for key in _BODY_KEYS if (v := text(value.get(key)))), "")


def is_request(value: Mapping[str, Any]) -> bool:
    """Say whether an object is the body of a request: its words are those of the user."""
    asked = any(isinstance(value.get(key), list) for key in ("messages", "input"))
    return asked and "model" in value and not _TELLING_OF_ERRORS & set(value)


def is_foreign(value: Mapping[str, Any]) -> bool:
    """Say whether an object is how others than the gateway write the body of an error."""
    if _LOGGED & set(value):
        return False
    kind = text(value.get("type")) or ""
    problem = "title" in value or kind.startswith("http") or "cloudflare_error" in value  # RFC 9457
    spring = {"timestamp", "path"} <= set(value)
    return problem or spring or (any(value.get(k) for k in _SAYING) and not _STATUSES & set(value))


def healthy(value: Mapping[str, Any]) -> bool:
    """Say whether an object is one of the gateway's answers, with no error in it."""
    if value.get("error"):
        return False
    named = any(value.get(key) == name and own in value for key, name, own in _HEALTHY)
    return named or "balance_micro" in value or {"daily", "weekly", "monthly"} <= set(value)
