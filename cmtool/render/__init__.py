"""The formats of a report, each in a file of its own.

The documents are listed in :data:`DOCUMENTS`: adding a format is adding its file and its row
here.  A file is loaded only when its format is asked for.  What a person reads on a terminal
is no document: it depends on the terminal, see :mod:`cmtool.render.human`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from cmtool.model import Report
from cmtool.render.plain import in_ascii

__all__ = ["DOCUMENTS", "DocumentFormat", "document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFormat:
    """A format that is the same wherever it goes.

    ``ending`` is that of a file in this format; ``function`` takes a report and gives the
    whole document, with a line end behind it.  ``read`` says that people read it as it is, so
    that it can be had in ASCII; what programs read is the same everywhere.
    """

    name: str
    ending: str
    module: str
    function: str
    read: bool = False


DOCUMENTS: dict[str, DocumentFormat] = {
    entry.name: entry
    for entry in (
        DocumentFormat(
            name="json", ending=".json", module="cmtool.render.json", function="report_json"
        ),
        DocumentFormat(
            name="junit", ending=".xml", module="cmtool.render.junit", function="report_junit"
        ),
        DocumentFormat(
            name="markdown",
            ending=".md",
            module="cmtool.render.markdown",
            function="report_markdown",
            read=True,
        ),
    )
}


def document(name: str, *, ascii_only: bool = False) -> Callable[[Report], str]:
    """Give the function that renders a report in this format; KeyError when there is none.

    ``ascii_only`` is for what people read.
    """
    entry = DOCUMENTS[name]
    render: Callable[[Report], str] = getattr(import_module(entry.module), entry.function)
    if not (ascii_only and entry.read):
        return render
    return lambda report: in_ascii(render(report))
