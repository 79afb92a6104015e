"""Annotations of a GitHub Actions run: workflow commands, one line each.

Commands, their properties and the ten annotations of a kind that one step may make:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands.  Values are
escaped as the runner decodes them: percent signs and line ends, in a property colons and commas.
"""

from cmtool.model import Report
from cmtool.quantities import count
from cmtool.redact import cut
from cmtool.render.cases import Found, found
from cmtool.render.inert import inert

_MOST = 10
_LONGEST = 500
_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def annotations(report: Report) -> list[str]:
    """Give a line for the diagnosis and one for every other identifier found, at most ten."""
    everything = found(report)
    if len(everything) <= _MOST:
        return [_annotation(report, each) for each in everything]
    shown, rest = everything[: _MOST - 1], everything[_MOST - 1 :]
    told = f"{count(len(rest), 'more finding')}: {_listed(rest)}"
    last = _line(rest[0], f"cmtool {report.command}", told)
    return [*(_annotation(report, each) for each in shown), last]


def _annotation(report: Report, entry: Found) -> str:
    finding = entry.finding
    seen = f" ({', '.join(entry.places)})" if entry.places else ""
    parts = [f"{finding.id}: {finding.title}{seen}", *finding.actions[:1]]
    if entry.request_id:
        parts.append(f"x-request-id: {entry.request_id}")
    message = "\n".join(inert(cut(part, _LONGEST)) for part in parts)
    return _line(entry, f"cmtool {report.command}: {finding.id}", message)


def _line(entry: Found, title: str, message: str) -> str:
    level = "error" if entry.fails else "warning"
    named = inert(cut(title, _LONGEST)).translate(_IN_PROPERTY)
    return f"::{level} title={named}::{message.translate(_IN_DATA)}"


def _listed(entries: list[Found]) -> str:
    return inert(cut(", ".join(each.finding.id for each in entries), _LONGEST))
