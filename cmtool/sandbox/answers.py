"""The gateway's own error answers, and the rules by which a scenario gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from cmtool.catalog import ROWS, Shape
from cmtool.sandbox.asks import RefusedError
from cmtool.sandbox.endpoints import EVERYWHERE, POSTS, SERVED
from cmtool.sandbox.scenario import Answerer, Call, Rule
from cmtool.sandbox.wire import JSON, Answer, Headers, Reply

_UNAUTHENTICATED = 401


def refusal(error: RefusedError, shape: Shape, trace: Headers) -> Answer:
    """Give the documented answer to a refused request: its row's status and body."""
    row = ROWS[error.row_id]
    if error.param is not None:
        row = replace(row, param=error.param)
    body = row.error_body(shape, error.message)
    return Answer(status=row.statuses[0], headers=(JSON, *trace), body=body.encode())


def documented(
    row_id: str,
    message: str | None = None,
    *headers: tuple[str, str],
    status: int | None = None,
) -> Answerer:
    """Make the answerer of a row; another ``status`` makes it lie, ``headers`` come on top."""

    def answer(call: Call) -> Answer:
        whole = refusal(RefusedError(row_id, message), call.shape, (*call.trace, *headers))
        return replace(whole, status=status or whole.status)

    return answer


def undocumented(status: int, error_type: str, code: str, message: str) -> Answerer:
    """Make the answerer of an error in the gateway's shape that its documentation lacks."""

    def answer(call: Call) -> Answer:
        error = {"type": error_type, "message": message}
        document: dict[str, object] = {"type": "error", "error": error}
        if call.shape is Shape.OPENAI:
            document = {"error": {**error, "param": None, "code": code}}
        body = json.dumps(document).encode()
        return Answer(status=status, headers=(JSON, *call.trace), body=body)

    return answer


def echo_key(call: Call) -> Answer:
    """Repeat the key that was sent: in the message, in a header and as the model's name."""
    message = f"Malformed messages (authenticated as {call.key})."
    echoes = (("x-received-key", call.key), ("x-crossmodel-model", call.key))
    error = RefusedError("invalid_messages", message)
    return refusal(error, call.shape, (*call.trace, *echoes))


def always(reply: Reply) -> Answerer:
    """Make the answerer that gives one reply to everyone."""
    return lambda _call: reply


def everywhere(answer: Answerer, *, times: int | None = None) -> tuple[Rule, ...]:
    """Give the rule of a scenario in which no request reaches the gateway."""
    return (Rule(where=EVERYWHERE, answer=answer, times=times),)


def on_posts(answer: Answerer, *, times: int | None = None) -> tuple[Rule, ...]:
    """Give the rule of a scenario in which only generating fails."""
    return (Rule(where=POSTS, answer=answer, times=times),)


def on_served(answer: Answerer, *, times: int | None = None) -> tuple[Rule, ...]:
    """Give the rule of a scenario that strikes at every endpoint, once for the key when counted."""
    return (Rule(where=SERVED, answer=answer, times=times, per_key=True),)


def code_rules(code: str) -> tuple[Rule, ...]:
    """Give the rule of a documented code: a 401 strikes everywhere, the others at generating."""
    spread: Callable[[Answerer], tuple[Rule, ...]] = on_posts
    if ROWS[code].statuses[0] == _UNAUTHENTICATED:
        spread = on_served
    return spread(documented(code))
