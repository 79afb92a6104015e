"""The findings beside the diagnosis: one line each, those of one identifier together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cmtool.model import Finding, Phase, Severity
from cmtool.render.human import blocks
from cmtool.render.layout import Line, Span, Style, cells, flow, pad
from cmtool.render.view import View

_INDENT = 4
_MOST_SPOKEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Findings of one identifier.  ``first`` speaks for all of them, the gravest before others."""

    first: Finding
    all: tuple[Finding, ...]

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that found it, in order, each once."""
        return tuple(dict.fromkeys(each.check for each in self.all if each.check is not None))


def merged(findings: Iterable[Finding]) -> list[Merged]:
    """Give the findings by identifier, errors before warnings, otherwise in their order."""
    together: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: each.severity is Severity.WARNING):
        together.setdefault(finding.id, []).append(finding)
    return [Merged(first=group[0], all=tuple(group)) for group in together.values()]


def found_by(diagnosis: Finding, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Give the checks that found the diagnosis, its own first."""
    same = (diagnosis, *(each for each in findings if each.id == diagnosis.id))
    return tuple(dict.fromkeys(each.check for each in same if each.check is not None))


def others(diagnosis: Finding | None, findings: Sequence[Finding]) -> list[Merged]:
    """Give what was found besides the diagnosis."""
    skipped = None if diagnosis is None else diagnosis.id
    return merged(each for each in findings if each.id != skipped)


def compact(view: View, groups: Sequence[Merged], *, act: bool) -> list[Line]:
    """Give a line for each group; with ``act`` what tells most and what to do, with verbose all."""
    names = max((cells(view.text(group.first.id)) for group in groups), default=0)
    return [part for group in groups for part in _group(view, group, names=names, act=act)]


def _group(view: View, group: Merged, *, names: int, act: bool) -> list[Line]:
    mark = view.severity(group.first.severity)
    prefix = [Span(" " * _INDENT), mark, Span(" ")]
    hang = _INDENT + len(mark.text) + 1 + names + 2
    text = [
        Span(pad(view.text(group.first.id), names), mark.style),
        Span(f"  {view.text(group.first.title)}"),
    ]
    if group.checks:
        checks = ", ".join(view.text(name) for name in group.checks)
        text.append(Span(f"  ({checks})", Style.DIM))
    lines = flow(text, width=view.room, prefix=prefix, hang=hang)
    if view.verbose:
        return [*lines, *_in_full(view, group, indent=hang)]
    for each in _spoken(group) if act else ():
        if each.evidence:
            lines += blocks.item(view, view.ascii("·"), each.evidence[-1], indent=hang)
        if each.actions:
            lines += blocks.item(view, view.ascii("→"), each.actions[0], indent=hang)
    return lines


def _spoken(group: Merged) -> Sequence[Finding]:
    """Give those of a group that say something of their own, as each setting does."""
    return group.all[:_MOST_SPOKEN] if group.first.phase is Phase.LOCAL else (group.first,)


def _in_full(view: View, group: Merged, *, indent: int) -> list[Line]:
    """Give every cause and every action once, and the commands."""
    causes = dict.fromkeys(each.cause for each in group.all if each.cause)
    actions = dict.fromkeys(action for each in group.all for action in each.actions)
    shell = dict.fromkeys(command for each in group.all for command in each.commands)
    evidence = dict.fromkeys(fact for each in group.all for fact in each.evidence)
    arrow = view.ascii("→")
    return [
        *(part for text in causes for part in blocks.paragraph(view, text, indent=indent)),
        *blocks.bulleted(view, tuple(evidence), indent=indent),
        *(part for text in actions for part in blocks.item(view, arrow, text, indent=indent)),
        *blocks.commands(view, tuple(shell), indent=indent + 2),
    ]
