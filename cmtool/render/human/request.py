"""One test request in full: what was sent, what came back, and the curl line for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmtool.model import Exchange, Report, SentRequest, Status
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.human.outcome import brief, outcome
from cmtool.render.human.streams import stream_table
from cmtool.render.human.tree import tree
from cmtool.render.human.verdict import header
from cmtool.render.layout import BLANK, Line, Span, Style, line
from cmtool.render.view import View

_TIMES = (
    ("lookup_ms", "lookup"),
    ("connect_ms", "TCP"),
    ("tls_ms", "TLS"),
    ("headers_ms", "headers after"),
    ("first_byte_ms", "first byte after"),
)


def request_lines(
    report: Report,
    *,
    width: int,
    ascii_only: bool = False,
    verbose: bool = False,
    quiet: bool = False,
) -> list[Line]:
    """Give every request with all its answers; with ``quiet`` no more than how it ended."""
    view = View(width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet)
    if quiet:
        return brief(view, report)
    requests = report.requests or ()
    failed = any(check.status is Status.FAIL for check in report.checks)
    telling = (failed and not requests) or _unsent(report)
    checks = tree(view, report.checks) if verbose or telling else []
    return [
        *header(view, report),
        BLANK,
        *([*checks, BLANK] if checks else ()),
        *(part for request in requests for part in _request(view, request, report)),
        *([*stream_table(view, report.streams), BLANK] if report.streams else ()),
        *outcome(view, report),
    ]


def _unsent(report: Report) -> bool:
    """Say whether a request is shown that was not sent: the checks tell why."""
    return any(not _answers(report, request) for request in report.requests or ())


def _answers(report: Report, request: SentRequest) -> list[Exchange]:
    return [each for each in report.exchanges if each.protocol is request.protocol]


def _request(view: View, request: SentRequest, report: Report) -> Iterator[Line]:
    answers = _answers(report, request)
    note = request.protocol.value if answers else f"{request.protocol.value}, not sent"
    yield _title(view, f"{request.method} {request.url}", note)
    yield from blocks.pairs(view, list(request.headers.items()), indent=4)
    yield from blocks.body(view, "body", request.body, indent=4, names=len("body"))
    yield BLANK
    for exchange in answers:
        yield from _answer(view, exchange, several=len(answers) > 1)
        yield BLANK
    yield line("  ", Span("the same with curl", Style.HEADING))
    yield from blocks.commands(view, [request.curl], indent=4)
    yield BLANK


def _answer(view: View, exchange: Exchange, *, several: bool) -> Iterator[Line]:
    status = str(exchange.status) if exchange.status is not None else "no answer"
    attempt = f"attempt {exchange.attempt}" if several else ""
    yield _title(view, status, attempt)
    yield from blocks.pairs(view, _facts(exchange), indent=4)
    if exchange.body:
        yield from blocks.body(view, "body", exchange.body, indent=4, names=len("body"))


def _facts(exchange: Exchange) -> Sequence[tuple[str, str]]:
    times = [
        f"{name} {figures.duration(value)}"
        for field, name in _TIMES
        if (value := getattr(exchange.timings, field)) is not None
    ]
    if exchange.duration_ms is not None:
        times.append(f"whole {figures.duration(exchange.duration_ms)}")
    facts = [*exchange.headers.items()]
    if exchange.sent_at is not None:
        facts.append(("sent", figures.timestamp(exchange.sent_at)))
    return [*facts, ("times", ", ".join(times))] if times else facts


def _title(view: View, text: str, note: str) -> Line:
    spans = [Span("  "), Span(view.text(text), Style.STRONG)]
    return line(*spans, *([Span(f"  {view.text(note)}", Style.DIM)] if note else []))
