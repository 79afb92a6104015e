"""What a person reads, as semantic lines: one function for each thing that a command shows.

All of them take the same options: ``width`` in columns, ``ascii_only`` for terminals that show
nothing else, ``verbose`` and ``quiet`` for more and for less.  They give lines; printing them is
:func:`cmtool.render.terminal.write`.
"""

from __future__ import annotations

from cmtool.render.human.account import absent_lines, balance_lines, models_lines
from cmtool.render.human.diagnosis import finding_lines
from cmtool.render.human.report import report_lines
from cmtool.render.human.request import request_lines
from cmtool.render.human.rows import row_lines, table_lines
from cmtool.render.human.streams import stream_lines

__all__ = [
    "absent_lines",
    "balance_lines",
    "finding_lines",
    "models_lines",
    "report_lines",
    "request_lines",
    "row_lines",
    "stream_lines",
    "table_lines",
]
