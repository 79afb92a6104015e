"""How ``--help`` looks: options under headings, one column for all of them, examples at the end."""

from __future__ import annotations

import inspect
from typing import Any

from typer.core import TyperCommand

_WIDEST = 34  # of the column with the names


class HelpedCommand(TyperCommand):
    """A command whose options stand under the headings of their groups.

    The heading of an option is its ``rich_help_panel``; the epilogue holds the examples, one a
    line.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections: the arguments, the command's own options, those that it shares."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            if (record := param.get_help_record(ctx)) is None:
                continue
            shared = getattr(param, "rich_help_panel", None)
            own = "Arguments" if param.param_type_name == "argument" else "Options"
            if param is self.get_help_option(ctx):
                own = list(sections)[-1]
            sections.setdefault(shared or own, []).append((record[0], _told(param)))
        widest = max(len(names) for records in sections.values() for names, _ in records)
        for heading, records in sections.items():
            if records:
                with formatter.section(heading):
                    aligned = [
                        (f"{names:<{min(widest, _WIDEST)}}", told) for names, told in records
                    ]
                    formatter.write_dl(aligned, col_max=_WIDEST)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they stand."""
        del ctx
        if self.epilog:
            with formatter.section("Examples"):
                for line in inspect.cleandoc(self.epilog).splitlines():
                    formatter.write(f"  {line}\n")


def _told(param: Any) -> str:
    """Give the help of a parameter and its default, without the bounds that an error names."""
    told: str = param.help or ""
    plain = param.default is None or param.default is False or not param.show_default
    if plain or param.param_type_name == "argument":
        return told
    default = f"{param.default:g}" if isinstance(param.default, float) else param.default
    return f"{told}  [default: {default}]"
