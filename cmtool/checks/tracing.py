"""The check of the tracing headers, over every answer of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmtool import catalog
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.model import Exchange, Finding, Group, Protocol, Status

_MOST_IDS = 20  # a stream test may have thousands; the exchanges of the report have all of them


async def trace(run: Run) -> Result:
    """Look for ``x-request-id`` on every answer and for the right ``x-crossmodel-model``."""
    journal = run.reached().journal
    answered = [e for e in journal if e.status is not None]
    if not answered:
        asked = journal[0].check if journal else None
        return Result(status=Status.SKIP, summary="no answer to look at", blocked_by=asked)
    findings = tuple(_remarks(answered, run.facts.model or run.settings.model))
    ids = [exchange.request_id for exchange in answered if exchange.request_id]
    return Result(
        status=Status.WARN if findings else Status.OK,
        summary=f"x-request-id on {_share(len(ids), len(answered))}",
        findings=findings,
        details={"request_ids": [*ids[:_MOST_IDS]]},
    )


def _share(traced: int, answered: int) -> str:
    if traced == answered:
        return "every answer" if answered > 1 else "the answer"
    return f"{traced} of {answered} answers"


def _remarks(answered: Sequence[Exchange], model: str | None) -> Iterator[Finding]:
    untraced = [e for e in answered if _succeeded(e) and not e.request_id]
    if untraced:
        paths = ", ".join(dict.fromkeys(f"{e.method} {_path(e)}" for e in untraced))
        yield _remark("trace_missing", f"No x-request-id on the answer to {paths}.", model)
    others = {
        e.served_model: e.protocol
        for e in answered
        if _succeeded(e) and e.protocol and e.served_model and e.served_model != model
    }
    for served in others:
        said = f"{model} was asked for, x-crossmodel-model says {served}."
        yield _remark("model_substituted", said, model)


def _succeeded(exchange: Exchange) -> bool:
    return exchange.status is not None and 200 <= exchange.status < 300  # noqa: PLR2004


def _path(exchange: Exchange) -> str:
    return "/v1" + exchange.url.partition("/v1")[2]


def _remark(identifier: str, said: str, model: str | None) -> Finding:
    return catalog.fill(catalog.row(identifier), model=model, evidence=[said], check="trace")


CHECKS = (
    CheckSpec(
        id="trace",
        group=Group.TRACING,
        title="the tracing headers",
        run=trace,
        needs=("key", "base-url", "auth"),
        after=("balance", *(protocol.value for protocol in Protocol)),
    ),
)
