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
    def remedy(self) -> str:
        """What to do in this place, with the bare key in place of ``cm-…``."""
        kind, _, name = (self.source or "").partition(":")
        if kind == "env":
            return (
                f"Set the variable again, with the bare key in place of cm-…: export "
                f"{name}={_STAND_IN} (PowerShell: $env:{name} = {_STAND_IN})"
            )
        if kind == "file" and self.where != name:
            variable = self.where.partition(" ")[0]
            return (
                f"Write the line in {name} again, with the bare key in place of cm-…, without "
                f"quotes or blanks: {variable}=cm-…"
            )
        if kind == "file":
            return (
                "Write the file again, with the bare key in place of cm-…: printf '%s' "
                f"{_STAND_IN} > {shlex.quote(name)}"
            )
        if kind == "stdin":
            return (
                "Hand over nothing but the key: printf '%s' \"$CROSSMODEL_API_KEY\" | "
                "cmtool doctor --api-key-file -"
            )
        return "Set the key again, bare: it starts with cm- and has nothing before or after it."
