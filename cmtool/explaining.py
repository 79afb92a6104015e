"""What a pasted text comes to: one diagnosis, the other errors, and what would make it surer.

Pure.  Several errors are weighed by the documented order; of one that repeats the last counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cmtool import catalog
from cmtool.catalog import Origin
from cmtool.model import Exchange, Finding, Recognised, StreamResult, Support
from cmtool.order import place
from cmtool.paste import Found, Hints, Pasted, forms
from cmtool.paste.base import Answer, Capture, Healthy, Named, Told, Unanswered
from cmtool.paste.secrecy import AsTheyStand
from cmtool.pasted import of_answer, of_failure, of_name, remarks, truncated
from cmtool.redact import SHOWN_HEADERS, Redactor, cut
from cmtool.support import support_of

_BODY_LIMIT = 4000
_MOST_SHOWN = 50  # exchanges of one paste
_UNTOLD = "pasted"
_ENDS = ("[DONE]", '"message_stop"', '"response.completed"', '"response.incomplete"')

_NO_ID = "none: the paste shows no x-request-id"
_NO_TIME = "none: the paste tells no time"
_NO_MODEL = "none: the paste names no model"
_NO_BODY = "none: the paste holds no body"
_ZONELESS = "{} (as pasted, its time zone is not known)"

_ADD_STATUS = "Add the HTTP status, which the paste does not tell, with --status."
_ADD_HEADERS = "Paste the headers of the answer too: no x-request-id was seen."
_ADD_BODY = "Paste the body of the answer too: it says which error it is."
_ADD_BODY_FOR_SUPPORT = "Paste the body of the answer too: support asks for it."
_ADD_REST = "Paste the body to its end: it breaks off."
_ADD_TRACEBACK = "Paste the whole traceback: the lines above the last one name the cause."
_ADD_START = (
    "Paste the stream from its first event on: the rules of its beginning were not checked."
)
_INSIDE = "The paste begins in the middle of the stream, so only its end was judged."
_CUT_OR_NOT = "Whether the stream ended there, or only the paste does, cannot be told from it."
_NO_END = "The last event that ends a stream is not in the paste."


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One stream of a paste, followed to its end; its result holds what is wrong with it."""

    result: StreamResult
    exchange: Exchange


Follow = Callable[[Capture], Sequence[Followed]]
"""Follows the streams of a capture; gives none where its protocol cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a paste comes to; without a diagnosis nothing is wrong in it."""

    diagnosis: Finding | None
    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    streams: tuple[StreamResult, ...]
    support: Support | None
    recognised: Recognised

    def strictly(self) -> Explained:
        """Give the same with the first warning for a diagnosis, where nothing worse was found."""
        if self.diagnosis is not None or not self.findings:
            return self
        first, *others = self.findings
        return dataclasses.replace(self, diagnosis=first, findings=tuple(others))

    def recognised_of(self, left_out: int) -> Recognised:
        """Give what was recognised, with the bytes that were not even read."""
        return dataclasses.replace(self.recognised, left_out=left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One thing that was found, judged."""

    found: Found
    finding: Finding | None
    exchange: Exchange | None = None
    stream: StreamResult | None = None


def explain(pasted: Pasted, hints: Hints, redactor: Redactor, follow: Follow) -> Explained | None:
    """Judge everything that was found in a paste; None when nothing was.

    Every secret is taken out of what was found before anything is made of it.
    """
    taken = pasted.found or tuple(_as_said(pasted, hints))
    own = AsTheyStand(pasted.secrets)
    found = [_hinted(own.scrub(redactor.scrub(each)), hints) for each in taken]
    cases = [case for each in found for case in _cases(each, hints, follow)]
    if not cases:
        return None
    errors = [case for case in cases if case.finding is not None]
    groups = _by_identifier(errors)
    root = min(groups, key=_place_of_last, default=None)
    first = root[-1] if root else cases[-1]
    others = [group for group in groups if group is not root]
    return Explained(
        diagnosis=_named(root) if root else None,
        findings=(*(_named(group) for group in others), *_remarks(found)),
        exchanges=tuple(case.exchange for case in cases[-_MOST_SHOWN:] if case.exchange),
        streams=tuple(case.stream for case in cases[-_MOST_SHOWN:] if case.stream),
        support=_support(first) if root else None,
        recognised=Recognised(
            forms=tuple(dict.fromkeys(c.found.form.name for c in (first, *cases))),
            errors=len(errors),
            characters=len(pasted.text),
            surer=tuple(_surer(first)),
        ),
    )


def _remarks(found: Sequence[Found]) -> Iterator[Finding]:
    for each in found:
        if isinstance(each, Healthy):
            yield from remarks(each)


def _as_said(pasted: Pasted, hints: Hints) -> Iterator[Found]:
    """Take a text in which nothing was recognised for what a client said of a status."""
    if hints.status is None or hints.status < 300:  # noqa: PLR2004 - RFC 9110, 15.4
        return
    said = pasted.text.strip()[:_BODY_LIMIT]
    empty = Answer(form=forms.EXCEPTION, place=0, end=len(pasted.text), told=Told())
    is_body = said.startswith(("{", "[", "<"))
    if is_body:
        yield dataclasses.replace(empty, body=said)
    else:
        yield dataclasses.replace(empty, said=said)


def _hinted(found: Found, hints: Hints) -> Found:
    """Add what the user adds, and leave out the headers that are not shown."""
    told = found.told.merged(Told(status=hints.status, protocol=hints.protocol))
    headers = {name: cut(v, 300) for name, v in told.headers.items() if name in SHOWN_HEADERS}
    return dataclasses.replace(found, told=dataclasses.replace(told, headers=headers))


def _cases(found: Found, hints: Hints, follow: Follow) -> Iterator[_Case]:
    model, told = hints.model or found.told.model, found.told
    finding: Finding | None = None
    body, answered = "", told.status is not None or bool(told.headers)
    match found:
        case Capture():
            yield from _streams(found, model, follow)
            return
        case Answer():
            finding, body, answered = of_answer(found, model), found.body, True
        case Unanswered():
            finding, told = of_failure(found, model), dataclasses.replace(told, status=None)
            answered = True
        case Named():
            finding, body = of_name(found, model), found.body
        case Healthy():
            answered = answered or bool(found.body)
    exchange = _exchange(told, model, finding, body) if answered else None
    yield _Case(found=found, finding=finding, exchange=exchange)


def _streams(found: Capture, model: str | None, follow: Follow) -> Iterator[_Case]:
    for followed in follow(found):
        result = followed.result
        finding = _at_its_end(found, model, result.diagnosis)
        yield _Case(
            found=found,
            finding=finding,
            exchange=dataclasses.replace(
                followed.exchange,
                model=followed.exchange.model or model,
                failure=finding.id if finding else None,
            ),
            stream=dataclasses.replace(result, diagnosis=finding),
        )


def _at_its_end(found: Capture, model: str | None, finding: Finding | None) -> Finding | None:
    """Take away what a paste that is cut makes of a stream, and say what cannot be known."""
    if finding is None or found.recording:
        return finding
    if finding.id == "stream_malformed" and found.begins_inside:
        if any(end in found.body for end in _ENDS):
            return None
        finding = dataclasses.replace(truncated(found.told, model, _NO_END), status=finding.status)
    facts = [_INSIDE] if found.begins_inside else []
    facts += [_CUT_OR_NOT] if finding.id == "stream_truncated" else []
    facts += [f"It says: {found.broken}"] if found.broken else []
    return dataclasses.replace(finding, evidence=(*finding.evidence, *facts))


def _exchange(told: Told, model: str | None, finding: Finding | None, body: str) -> Exchange:
    protocol = told.protocol
    return Exchange(
        check=protocol.value if protocol else _UNTOLD,
        protocol=protocol,
        streamed=False,
        attempt=1,
        method=told.method or ("POST" if protocol else ""),
        url=told.url or f"{_UNTOLD}:",
        sent_at=told.sent_at,
        model=model,
        status=told.status,
        request_id=told.headers.get("x-request-id"),
        served_model=told.headers.get("x-crossmodel-model"),
        headers=told.headers,
        body=cut(body, _BODY_LIMIT) if body else None,
        failure=finding.id if finding else None,
    )


def _by_identifier(errors: Sequence[_Case]) -> list[list[_Case]]:
    groups: dict[str, list[_Case]] = {}
    for case in errors:
        if case.finding is not None:
            groups.setdefault(case.finding.id, []).append(case)
    return list(groups.values())


def _place_of_last(group: Sequence[_Case]) -> int:
    return min(place(case.finding) for case in group if case.finding is not None)


def _named(group: Sequence[_Case]) -> Finding:
    """Give the finding of the last of several like ones, with what the paste was read as."""
    last = group[-1]
    assert last.finding is not None  # noqa: S101 - groups hold failures alone
    facts = [f"The paste was read as {last.found.form.name}."]
    if len(group) > 1:
        facts.append(f"The error stands in it {len(group)} times; the last one was taken.")
    return dataclasses.replace(last.finding, evidence=(*facts, *last.finding.evidence))


def _support(case: _Case) -> Support | None:
    """Give what support asks for, as far as the paste tells it; None without an answer."""
    exchange, told = case.exchange, case.found.told
    if exchange is None or isinstance(case.found, Unanswered):
        return None
    told_time = _ZONELESS.format(told.clock) if told.clock else _NO_TIME
    support = support_of(exchange)
    return dataclasses.replace(
        support,
        request_id=exchange.request_id or _NO_ID,
        request_time=support.request_time if exchange.sent_at else told_time,
        model=exchange.model or _NO_MODEL,
        body=support.body if exchange.body else _NO_BODY,
    )


def _surer(case: _Case) -> Iterator[str]:
    """Ask for what would make the diagnosis surer."""
    if case.finding is None:
        return
    match case.found:
        case Unanswered(vague=True):
            yield _ADD_TRACEBACK
        case Answer(whole=False):
            yield _ADD_REST
        case Answer(body="") | Named(body=""):
            coded = catalog.row(case.finding.id).origin is Origin.CODE
            yield _ADD_BODY_FOR_SUPPORT if coded else _ADD_BODY
        case Capture(begins_inside=True):
            yield _ADD_START
    if isinstance(case.found, Answer | Named):
        yield from _surer_of_head(case.found.told)


def _surer_of_head(told: Told) -> Iterator[str]:
    if told.status is None:
        yield _ADD_STATUS
    if not told.headers:  # one that came without the header is known to lack it
        yield _ADD_HEADERS
