"""What a request body asks for, and why the gateway would refuse it.

Codes: https://www.crossmodel.ai/docs/errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cmtool.model import Json

Body = dict[str, Json]
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One generation that is asked for.  ``cap`` is the most tokens it may have."""

    model: str
    stream: bool
    cap: int | None
    prompt_tokens: int
    include_usage: bool = True


class RefusedError(Exception):
    """The gateway turns the request down with a row of the catalogue."""

    def __init__(self, row_id: str, message: str | None = None, param: str | None = None) -> None:
        super().__init__(row_id)
        self.row_id = row_id
        self.message = message
        self.param = param


def parse(raw: bytes) -> Body:
    """Read a body as a JSON object; raises :class:`RefusedError` with ``invalid_json``."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise RefusedError("invalid_json") from exc
    if not isinstance(body, dict):
        raise RefusedError("invalid_json", "The request body must be a JSON object.")
    return body


def refuse_parameters(
    body: Body, unsupported: Mapping[str, Callable[[Json], bool]], row_id: str
) -> None:
    """Raise :class:`RefusedError` for the first parameter whose value its test objects to."""
    for name, objects in unsupported.items():
        if name in body and objects(body[name]):
            raise RefusedError(row_id, f"Unsupported parameter: '{name}'.", name)


def turns(body: Body, name: str, *, or_text: bool = False) -> Json:
    """Give the conversation under ``name``; raises :class:`RefusedError` with ``invalid_messages``.

    A conversation is a list of objects that is not empty, or with ``or_text`` a text that is not
    empty.
    """
    value = body.get(name)
    if or_text and isinstance(value, str) and value:
        return value
    if not isinstance(value, list) or not value:
        raise RefusedError("invalid_messages", f"'{name}' must be a list with an entry.", name)
    for place, turn in enumerate(value):
        if not isinstance(turn, dict):
            raise RefusedError("invalid_messages", f"'{name}[{place}]' must be an object.", name)
    return value


def require_roles(conversation: Json, name: str) -> None:
    """Raise :class:`RefusedError` when a message has no role, or content of a wrong type."""
    for place, turn in enumerate(conversation if isinstance(conversation, list) else []):
        at = f"{name}[{place}]"
        if not isinstance(turn, dict) or not isinstance(turn.get("role"), str):
            raise RefusedError("invalid_messages", f"'{at}.role' must be a string.", name)
        if not isinstance(turn.get("content"), str | list | None):
            raise RefusedError("invalid_messages", f"'{at}.content' must be text or a list.", name)


def cap_of(body: Body, *names: str) -> int | None:
    """Give the first output cap that the body names; a cap must be a positive integer."""
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            message = f"'{name}' must be a positive integer."
            raise RefusedError("invalid_request_error", message, name)
        return value
    return None


def model_of(body: Body) -> str:
    """Give the model asked for; no text, no model."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise RefusedError("model_not_found", "The request names no model.", "model")
    return model


def weigh(*texts: Json) -> int:
    """Estimate prompt tokens: four characters of JSON to a token, at least one."""
    length = sum(len(json.dumps(text, ensure_ascii=False)) for text in texts if text is not None)
    return max(1, length // _CHARACTERS_PER_TOKEN)
