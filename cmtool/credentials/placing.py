"""The place from which a key came, and the line that sets it right there, without the key.

``cm-…`` stands in such a line where the key goes: whoever runs it as it is meets a stand-in, which
the next run names.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_STAND_IN = "'cm-…'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key was found: ``where`` in words, ``source`` as the report has it."""

    where: str
    source: str | None

    @property
    def subject(self) -> str:
        """The place as it begins a sentence; names of variables and files stay as they are."""
        return self.where.capitalize() if self.source == "stdin" else self.where

    @property
    def is_variable(self) -> bool:
        """Whether it is a variable of the environment, as long as nothing else is known."""
        return self.source is None or self.source.startswith("env:")

    @property
    def remedy(self) -> tuple[str, str | None]:
        """What to do in this place, and the line that does it; None where there is no such line."""
        kind, _, name = (self.source or "").partition(":")
        bare = "with the bare key in place of cm-…"
        if kind == "env":
            powershell = f"in PowerShell: $env:{name} = {_STAND_IN}"
            return f"Set {name} again, {bare} ({powershell}).", f"export {name}={_STAND_IN}"
        if kind == "file" and self.where != name:
            variable = self.where.partition(" ")[0]
            return (
                f"Write the line in {name} again, {bare}, without quotes or blanks: {variable}=cm-…"
            ), None
        if kind == "file":
            line = f"printf '%s' {_STAND_IN} > {shlex.quote(name)}"
            return f"Write the file {name} again, {bare}.", line
        return "See that what is piped in is the key and nothing else.", None
