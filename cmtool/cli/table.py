"""`cmtool errors`: the catalogue, as a table or one row in full.  Loads nothing of the network."""

from __future__ import annotations

from cmtool.catalog import ROWS, Row
from cmtool.cli.misuse import did_you_mean
from cmtool.cli.options import Format, OutputOptions
from cmtool.cli.output import stdout
from cmtool.errors import UsageError
from cmtool.render.layout import BLANK, Line


def errors(which: str | None, output: OutputOptions) -> int:
    """Print the rows that are meant: all, those of a status, or one."""
    rows = chosen(which)
    screen = stdout(output)
    if output.format is Format.JSON:
        from cmtool.render.json import rows_json  # noqa: PLC0415 - start-up time

        screen.print(rows_json(rows))
    else:
        screen.show(_lines(rows, which, output))
    return 0


def chosen(which: str | None) -> list[Row]:
    """Give the rows of an identifier or of an HTTP status; UsageError when there are none."""
    if which is None:
        return list(ROWS.values())
    wanted = which.strip().lower().replace("-", "_")
    if wanted.isdecimal():
        rows = [row for row in ROWS.values() if row.documented and int(wanted) in row.statuses]
        rows = rows or [row for row in ROWS.values() if int(wanted) in row.statuses]
        if not rows:
            documented = sorted(
                {s for row in ROWS.values() if row.documented for s in row.statuses}
            )
            known = ", ".join(map(str, documented))
            raise UsageError(f"Status {wanted} is not in the table; documented are {known}.")
        return rows
    if wanted not in ROWS:
        meant = did_you_mean(wanted, ROWS)
        raise UsageError(f"There is no identifier {which!r}.{meant} 'cmtool errors' lists all.")
    return [ROWS[wanted]]


def _lines(rows: list[Row], which: str | None, output: OutputOptions) -> list[Line]:
    from cmtool.render.human.rows import row_lines, table_lines  # noqa: PLC0415 - start-up time

    screen = stdout(output)
    if which is None:
        return table_lines(rows, width=screen.width, ascii_only=screen.ascii_only)
    blocks = [
        row_lines(row, width=screen.width, ascii_only=screen.ascii_only, verbose=output.verbose)
        for row in rows
    ]
    return [part for block in blocks for part in (*block, BLANK)][:-1]
