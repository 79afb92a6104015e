"""Every request of a run, for ``--verbose``: attempt, route, status, time, trace header."""

from __future__ import annotations

from urllib.parse import urlsplit

from cmtool.model import Exchange, Report
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.layout import BLANK, Line, Span, Style
from cmtool.render.view import View

_FIRST_FAILURE = 400


def exchange_lines(view: View, report: Report) -> list[Line]:
    """Give one row for each request, in the order in which they were sent."""
    if not report.exchanges:
        return []
    rows = [_row(view, each) for each in report.exchanges]
    return [BLANK, blocks.heading("requests", indent=2), *blocks.table(view, rows, indent=4)]


def _row(view: View, exchange: Exchange) -> list[Span]:
    ended = view.text(exchange.failure or exchange.request_id or "no x-request-id")
    if exchange.failure and exchange.request_id:
        ended = f"{ended} {view.text(exchange.request_id)}"
    took = "" if exchange.duration_ms is None else figures.duration(exchange.duration_ms)
    return [
        Span(view.text(exchange.check)),
        Span(f"{exchange.attempt}", Style.DIM),
        Span(f"{view.text(exchange.method)} {view.text(_path(exchange.url))}"),
        _status(exchange),
        Span(took, Style.DIM),
        Span(ended, Style.DIM),
    ]


def _status(exchange: Exchange) -> Span:
    if exchange.status is None:
        return Span("-", Style.FAIL)
    return Span(str(exchange.status), Style.FAIL if exchange.status >= _FIRST_FAILURE else Style.OK)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return url
