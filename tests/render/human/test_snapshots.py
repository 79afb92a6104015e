"""What a person reads, compared to the files of ``tests/render/snapshots``.

To write them anew after a change that is wanted: ``CMTOOL_WRITE_SNAPSHOTS=1 pytest tests/render``,
then read the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cmtool.catalog import ROWS
from cmtool.model import Report
from cmtool.render.human.account import balance_lines, models_lines
from cmtool.render.human.report import report_lines
from cmtool.render.human.rows import row_lines
from cmtool.render.human.streams import stream_lines
from cmtool.render.layout import Line

FOLDER = Path(__file__).parent.parent / "snapshots"
WRITE = os.environ.get("CMTOOL_WRITE_SNAPSHOTS") == "1"


def plain(lines: Iterable[Line]) -> str:
    return "".join(f"{each.text}\n" for each in lines)


def check_snapshot(name: str, views: dict[str, str]) -> None:
    got = "\n".join(f"##### {title}\n{text}" for title, text in views.items())
    path = FOLDER / f"{name}.txt"
    if WRITE:
        path.write_text(got, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == got


def rendered(report: Report, *, width: int, **choices: bool) -> str:
    render = {
        "stream-test": stream_lines,
        "balance": balance_lines,
    }.get(report.command, report_lines)
    return plain(render(report, width=width, **choices))


def test_report(situation: str, built: Report) -> None:
    check_snapshot(
        situation,
        {
            "80 columns": rendered(built, width=80),
            "80 columns, ASCII": rendered(built, width=80, ascii_only=True),
            "200 columns": rendered(built, width=200),
            "200 columns, ASCII": rendered(built, width=200, ascii_only=True),
            "80 columns, verbose": rendered(built, width=80, verbose=True),
            "80 columns, quiet": rendered(built, width=80, quiet=True),
        },
    )


def test_models(reports: dict[str, Report]) -> None:
    models = reports["models"]
    check_snapshot(
        "models-list",
        {
            "IDs": plain(models_lines(models, long=False, width=80)),
            "long": plain(models_lines(models, long=True, width=80)),
        },
    )


def test_one_row_of_the_catalogue() -> None:
    row = ROWS["insufficient_balance"]
    check_snapshot(
        "row",
        {
            "80 columns": plain(row_lines(row, width=80)),
            "200 columns, ASCII": plain(row_lines(row, width=200, ascii_only=True)),
        },
    )
