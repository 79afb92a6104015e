"""How a person looks at the output: the room there is, the characters that can be shown.

Every text that did not come from the renderers themselves goes through :meth:`View.text`, so
that what a server says is shown and never obeyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cmtool.model import Severity, Status
from cmtool.redact import visible
from cmtool.render.layout import Span, Style
from cmtool.render.plain import in_ascii

NARROWEST = 40
READING_WIDTH = 100

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_STYLES = {
    Status.OK: Style.OK,
    Status.WARN: Style.WARN,
    Status.FAIL: Style.FAIL,
    Status.SKIP: Style.SKIP,
}
_MARKS = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.SKIP: "–"}
_ASCII_MARKS = {Status.OK: "ok", Status.WARN: "! ", Status.FAIL: "x ", Status.SKIP: "- "}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The choices of the reader.  ``width`` is in columns; at least 40 are made use of."""

    width: int
    ascii_only: bool = False
    verbose: bool = False
    quiet: bool = False

    @property
    def room(self) -> int:
        """The columns that are used: no more than the eye likes, no less than can be laid out."""
        return max(NARROWEST, min(self.width, READING_WIDTH))

    def text(self, raw: str) -> str:
        """Give a foreign text as one line: line ends become blanks, control characters visible."""
        return self.ascii(visible(_LINE_ENDS.sub(" ", raw).replace("\t", " ")))

    def lines(self, raw: str) -> list[str]:
        """Give a foreign text in its own lines, each as :meth:`text` gives it."""
        return [self.text(part).rstrip(" ") for part in _LINE_ENDS.split(raw)]

    def ascii(self, text: str) -> str:
        """Give the text as it is, or in ASCII when only that can be shown."""
        return in_ascii(text) if self.ascii_only else text

    def mark(self, status: Status) -> Span:
        """Give the mark of a status; all marks take the same room."""
        marks = _ASCII_MARKS if self.ascii_only else _MARKS
        return Span(marks[status], _STYLES[status])

    def severity(self, severity: Severity) -> Span:
        """Give the mark of a finding."""
        return self.mark(Status.FAIL if severity is Severity.ERROR else Status.WARN)
