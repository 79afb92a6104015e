"""The answers of ``cmtool balance`` and ``cmtool models``: money, usage, model IDs."""

from __future__ import annotations

from collections.abc import Sequence

from cmtool.model import Balance, ModelInfo, Report, UsagePeriod
from cmtool.quantities import money
from cmtool.redact import visible
from cmtool.render import figures
from cmtool.render.human import blocks
from cmtool.render.human.report import report_lines
from cmtool.render.human.verdict import footer, header
from cmtool.render.layout import BLANK, Line, Span, Style, cells, line, pad_left
from cmtool.render.view import View

_COLUMNS = ("", "spend", "tokens", "requests", "succeeded")


def balance_lines(
    report: Report,
    *,
    width: int,
    ascii_only: bool = False,
    verbose: bool = False,
    quiet: bool = False,
) -> list[Line]:
    """Give wallet and spend in money; with ``quiet`` the balance alone.

    A report without a balance is shown as any other report: it says why there is none.
    """
    view = View(width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet)
    balance = report.balance
    if balance is None or report.diagnosis is not None:
        return report_lines(
            report, width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet
        )
    if quiet:
        return [line(_money(view, balance, balance.balance_micro))]
    return [
        *header(view, report),
        BLANK,
        *_wallet(view, balance),
        *_spend(view, balance),
        BLANK,
        *footer(view, report),
    ]


def models_lines(report: Report, *, long: bool, width: int, ascii_only: bool = False) -> list[Line]:
    """Give the model IDs, one a line, sorted; with ``long`` their owner and date beside them.

    Nothing else is printed and nothing is wrapped: the lines are made for ``grep``.
    """
    view = View(width=width, ascii_only=ascii_only)
    models = sorted(report.models or (), key=lambda model: model.id)
    if not long:
        return [line(view.text(model.id)) for model in models]
    rows = [_model(view, model) for model in models]
    widths = [max(cells(row[at]) for row in rows) for at in range(2)] if rows else []
    return [
        line(
            row[0] + " " * (widths[0] - cells(row[0]) + blocks.GUTTER),
            Span(row[1] + " " * (widths[1] - cells(row[1]) + blocks.GUTTER), Style.DIM),
            Span(row[2], Style.DIM),
        )
        for row in rows
    ]


def absent_lines(identifier: str, nearest: Sequence[str]) -> list[Line]:
    """Say that an ID is not in the live list, and which ones are near it, one a line."""
    said = f"{visible(identifier)} is not in the live list"
    if not nearest:
        return [line(f"{said}, and nothing in it is near; 'cmtool models' shows it whole.")]
    return [line(f"{said}; nearest:"), *(line(f"  {visible(name)}") for name in nearest)]


def _model(view: View, model: ModelInfo) -> tuple[str, str, str]:
    created = "-" if model.created is None else figures.date(model.created)
    return view.text(model.id), view.text(model.owned_by or "-"), created


def _money(view: View, balance: Balance, micro: int) -> str:
    return money(micro, view.text(balance.currency))


def _wallet(view: View, balance: Balance) -> list[Line]:
    amounts = [
        ("balance", balance.balance_micro, ""),
        ("held", balance.uncollected_micro, "by requests in flight"),
    ]
    texts = [_money(view, balance, micro) for _, micro, _ in amounts]
    widest = max(map(cells, texts))
    return [
        line(
            Span(f"  {name:<7}", Style.DIM),
            f"  {pad_left(text, widest)}",
            Span(f"  {remark}", Style.DIM),
        )
        for (name, _, remark), text in zip(amounts, texts, strict=True)
    ]


def _spend(view: View, balance: Balance) -> list[Line]:
    periods = (
        ("today", balance.daily),
        ("this week", balance.weekly),
        ("this month", balance.monthly),
    )
    rows = [
        (name, *_usage(view, balance, period)) for name, period in periods if period is not None
    ]
    if not rows:
        return []
    widths = [max(cells(row[at]) for row in (_COLUMNS, *rows)) for at in range(len(_COLUMNS))]
    lines = [BLANK, _columns(_COLUMNS, widths, Style.DIM)]
    lines += [_columns(row, widths, Style.PLAIN) for row in rows]
    note = "Days, weeks and months are those of UTC; the figures lag by up to a minute."
    return [*lines, BLANK, *blocks.paragraph(view, note, indent=2, style=Style.DIM)]


def _usage(view: View, balance: Balance, period: UsagePeriod) -> tuple[str, ...]:
    return (
        _money(view, balance, period.cost_micro),
        f"{period.total_tokens:,}",
        f"{period.request_count:,}",
        figures.share(period.success_count, period.request_count) or "-",
    )


def _columns(row: tuple[str, ...], widths: list[int], style: Style) -> Line:
    first, *rest = row
    values = "".join(
        f"  {pad_left(text, width)}" for text, width in zip(rest, widths[1:], strict=True)
    )
    name = first + " " * (widths[0] - cells(first))
    return line(Span(f"  {name}", Style.DIM), Span(values, style))
