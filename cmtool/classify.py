"""Evidence in, finding out: what an answer of the gateway, or of someone else, means.

Pure.  The order in which things are believed:

1. a documented ``error.code`` (OpenAI shape), whatever the status;
2. in the Anthropic shape, which has no code, the status where it has a single code (404, 429,
   502, 503), else the documented ``error.type``, sharpened by a message that leaves no doubt;
3. the shape: an answer that has neither documented shape was written by someone else, unless it
   carries the gateway's trace header.

Facts: https://www.crossmodel.ai/docs/errors.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cmtool import catalog
from cmtool.address import redirects
from cmtool.answerers import author, is_page, stranger
from cmtool.answerers.telling import Told, in_words, tell, who
from cmtool.catalog import Origin, Row, Shape
from cmtool.catalog.parties import Party, out_of_place
from cmtool.errors import ExitCode
from cmtool.model import Finding, Phase, Protocol
from cmtool.redact import cut
from cmtool.routing.challenges import demand

MESSAGE_LIMIT = 1000
NAME_LIMIT = 200
_NOT_MODIFIED = 304
_FIRST_ERROR = 400
_UNCONDITIONAL = (
    "A 304 answers a request with a condition (RFC 9110, 15.4.5), and this one had none: a cache "
    "on the way answered."
)
_CHOICES = 300  # RFC 9110, 15.4.1: it leads somewhere only when it names an address
REQUEST_ID_PREFIX = "req_cm_"
"""How every x-request-id of the gateway begins, and none of anybody else."""
# RFC 9110, 15.5 and 15.6, RFC 6585 and 8470; 525 and 526 are Cloudflare's, about certificates.
_BRIEF = frozenset({408, 425, 429})
_LASTING = frozenset({501, 505, 506, 508, 510, 511, 525, 526})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One answer, as far as it is known.

    ``headers`` has lower-case names.  ``body`` is text, redacted; ``defect`` says, in a sentence,
    why it is not the whole body, ``dropped`` that the connection ended before it did.  ``model``
    and ``base_url`` only fill the texts; ``path`` is what was asked for behind the latter.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    protocol: Protocol | None = None
    phase: Phase = Phase.RESPONSE
    defect: str = ""
    dropped: bool = False
    check: str | None = None
    model: str | None = None
    base_url: str | None = None
    path: str | None = None

    @property
    def content_type(self) -> str:
        """The media type alone, lower-case."""
        first, _, _ = self.headers.get("content-type", "").partition(",")
        return first.partition(";")[0].strip().lower()

    @property
    def traced(self) -> bool:
        """Whether the gateway's own trace header is on the answer."""
        return self.headers.get("x-request-id", "").startswith(REQUEST_ID_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorObject:
    """The error object of a body, whichever documented shape it had; its texts uncut."""

    shape: Shape
    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None


def parse_json(text: str) -> Any:
    """Give the parsed text; ValueError for anything that is not JSON, however nested or odd."""
    try:
        return json.loads(text)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def is_json(body: bytes) -> bool:
    """Say whether bytes are a whole document of JSON."""
    try:
        parse_json(body.decode("utf-8"))
    except ValueError:  # a UnicodeDecodeError is one
        return False
    return True


def error_object(document: Any) -> ErrorObject | None:
    """Find the gateway's error object in a parsed body; None when it has neither shape."""
    if not isinstance(document, dict) or not isinstance(document.get("error"), dict):
        return None
    error = document["error"]
    message = error.get("message")
    if not isinstance(message, str):
        return None
    shape = Shape.ANTHROPIC if document.get("type") == "error" else Shape.OPENAI
    found = ErrorObject(
        shape=shape,
        message=message,
        type=_text(error.get("type")),
        code=_text(error.get("code")),
        param=_text(error.get("param")),
    )
    return found if found.type or found.code else None


def _short(name: str | None) -> str | None:
    return None if name is None else cut(name, NAME_LIMIT)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def classify(evidence: Evidence) -> Finding | None:
    """Say what is wrong with an answer; None when nothing is wrong that can be seen from here.

    A 2xx answer with a JSON body of any shape passes: whether it is the documented one is for
    the reader of that endpoint to say, who calls :func:`malformed`.
    """
    document, is_json = _document(evidence.body)
    if found := error_object(document):
        return from_error(found, evidence)
    status = evidence.status or 0
    if status == 407:  # noqa: PLR2004 - RFC 9110, 15.5.8
        return _login_wanted(evidence)
    if status in redirects.STATUSES and (status != _CHOICES or "location" in evidence.headers):
        return _redirected(evidence)
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110, 15.3
        return _success(evidence, is_json=is_json)
    return _foreign_error(evidence)


def _login_wanted(evidence: Evidence) -> Finding:
    """Give the finding for a proxy on the way that wants a login: what it takes, and what helps."""
    wanted = demand(evidence.headers.get("proxy-authenticate", ""))
    facts = (*_who(evidence), *wanted.details)
    finding = shown_by(catalog.row("proxy_auth_required"), evidence, facts)
    return dataclasses.replace(
        finding, cause=wanted.cause or finding.cause, actions=(*wanted.actions, _PAST_IT)
    )


_PAST_IT = "If the gateway can be reached without the proxy, add its host to NO_PROXY."


def from_error(error: ErrorObject, evidence: Evidence) -> Finding:
    """Give the finding for an error object, in an answer or inside a stream."""
    row = _row_of(error, evidence).told_by(error.message)
    if row.id == "undocumented_error" and _is_stranger(evidence):
        finding = _foreign_error(evidence)
    else:
        facts = _contradictions(row, error, evidence)
        finding = _told(shown_by(row, evidence, facts), _astray(row, evidence))
    return dataclasses.replace(
        finding,
        type=_short(error.type),
        code=_short(error.code),
        param=_short(error.param),
        message=cut(error.message, MESSAGE_LIMIT),
    )


def malformed(evidence: Evidence, why: str) -> Finding:
    """Give the finding for an answer whose status is fine and whose body is not what it must be.

    Who seems to have written it is said where something tells.  A success that was cut off by a
    dropped connection may be asked for again.
    """
    found = shown_by(catalog.row("malformed_response"), evidence, (why, *_who(evidence)))
    again = evidence.dropped and (evidence.status or 0) < _FIRST_ERROR
    return dataclasses.replace(found, retryable=again)


def _document(body: str) -> tuple[Any, bool]:
    try:
        return parse_json(body), True
    except ValueError:
        return _first_event(body), False


def _first_event(body: str) -> Any:
    """Give the data of the first event, where an error was sent as an event stream."""
    found = re.match(
        r"(?:(?:event|id|retry)?:[^\r\n]*[\r\n]+)*data:([^\r\n]*)", body.lstrip("\ufeff")
    )
    try:
        return parse_json(found[1]) if found else None
    except ValueError:
        return None


def _row_of(error: ErrorObject, evidence: Evidence) -> Row:
    if error.code is not None:
        known = catalog.ROWS.get(error.code)
        if known is not None and known.origin is Origin.CODE:
            return known
        return _undocumented(evidence)
    by_type = catalog.family_or_code(error.type)
    by_status = catalog.sole_code(evidence.status)
    if by_status is not None and not _is_about_a_path(error, by_status):
        return by_status
    if by_type is None or by_status is not None:
        return _undocumented(evidence)
    if by_type.id in _BROAD_TYPES and evidence.status not in by_type.statuses:
        by_type = catalog.family_of_status(evidence.status) or by_type
    return _sharpened(by_type, error)


# Types that say little; under the status of another family that status is believed.
_BROAD_TYPES = frozenset({"invalid_request_error", "api_error"})


def _is_about_a_path(error: ErrorObject, by_status: Row) -> bool:
    """Say whether a 404 without a code may as well be about a path that does not exist."""
    if error.shape is Shape.ANTHROPIC or by_status.type != "invalid_request_error":
        return False
    return re.search(r"\bmodel\b", error.message, re.IGNORECASE) is None


def _undocumented(evidence: Evidence) -> Row:
    in_stream = evidence.phase is Phase.STREAM
    return catalog.row("stream_error" if in_stream else "undocumented_error")


def _sharpened(family: Row, error: ErrorObject) -> Row:
    message = error.message.lower()
    matches = [
        row
        for row in catalog.codes_of_type(family.type)
        if row.statuses == family.statuses and any(phrase in message for phrase in row.phrases)
    ]
    return matches[0] if len(matches) == 1 else family


def _contradictions(row: Row, error: ErrorObject, evidence: Evidence) -> tuple[str, ...]:
    status = evidence.status
    in_stream = evidence.phase is Phase.STREAM
    if not row.documented or status is None or in_stream or status in row.statuses:
        return ()
    usual = " or ".join(map(str, row.statuses))
    named = error.code or error.type or row.id
    believed = f"The answer came with status {status}; {named} is documented for {usual}."
    return (f"{believed} The body was believed.",)


def _is_stranger(evidence: Evidence) -> bool:
    return not evidence.traced and stranger(evidence.headers, evidence.body) is not None


def _astray(row: Row, evidence: Evidence) -> Told | None:
    """Say so when the call went to a party that speaks the same language but was never meant.

    A message may name another vendor in passing; only where a key was refused does that tell.
    """
    refused = row.exit_code is ExitCode.AUTHENTICATION
    found = stranger(evidence.headers, evidence.body if refused else "")
    if found is None or evidence.traced:
        return None
    said = f"It was answered by {found.name}, which is not CrossModel."
    title = f"the API key was refused by {found.name}, not by the gateway" if refused else ""
    if found.party is Party.VENDOR:
        said = f"The answer is one of {found.name}: the base URL was not applied to this call."
    filled = in_words(out_of_place(found.party), found.name, evidence.base_url)
    return Told(evidence=(said,), cause=filled.cause, actions=filled.actions, title=title)


def _told(finding: Finding, told: Told | None) -> Finding:
    """Give the finding with what is known of who answered."""
    if told is None:
        return finding
    return dataclasses.replace(
        finding,
        title=told.title or finding.title,
        cause=told.cause or finding.cause,
        actions=told.actions or finding.actions,
        evidence=(*finding.evidence, *told.evidence),
    )


def _redirected(evidence: Evidence) -> Finding:
    seen = redirects.read(
        evidence.status or 0,
        evidence.headers.get("location"),
        base_url=evidence.base_url,
        path=evidence.path,
    )
    finding = shown_by(catalog.row("redirected"), evidence, (*seen.facts, *_who(evidence)))
    return dataclasses.replace(
        finding,
        actions=seen.actions or finding.actions,
        commands=(*_settings(seen.base_url), *finding.commands),
    )


def _settings(base_url: str | None) -> tuple[str, ...]:
    return (f"export CROSSMODEL_API_URL={shlex.quote(base_url)}",) if base_url else ()


def _success(evidence: Evidence, *, is_json: bool) -> Finding | None:
    if is_json and not evidence.defect:
        return None
    claims_json = evidence.content_type.endswith("json")
    if evidence.defect and (evidence.traced or not is_page(evidence.body)):
        return malformed(evidence, evidence.defect)
    if not evidence.body.strip():
        return malformed(evidence, "The body is empty.")
    if evidence.traced or claims_json:
        return malformed(evidence, "The body is not JSON.")
    return _foreign("not_the_gateway", evidence)


def _foreign_error(evidence: Evidence) -> Finding:
    if evidence.traced:
        neither = "The error body has neither of the documented shapes."
        return malformed(evidence, evidence.defect or neither)
    not_an_error = evidence.status is not None and evidence.status < _FIRST_ERROR
    wrong_path = not_an_error or evidence.status in {404, 405}
    return _foreign("not_the_gateway" if wrong_path else "intermediary_error", evidence)


def _foreign(identifier: str, evidence: Evidence) -> Finding:
    told = tell(
        evidence.status,
        evidence.headers,
        evidence.body,
        misplaced=identifier == "not_the_gateway",
        base_url=evidence.base_url,
    )
    finding = _told(shown_by(catalog.row(identifier), evidence), told)
    more = (_UNCONDITIONAL if evidence.status == _NOT_MODIFIED else "", evidence.defect)
    facts = (*finding.evidence, *_form(evidence), *filter(None, more))
    brief = identifier == "intermediary_error" and _may_pass(evidence.status or 0)
    return dataclasses.replace(finding, evidence=facts, retryable=brief)


def _may_pass(status: int) -> bool:
    """Say whether an error of somebody else may be gone when the request is made again."""
    return status in _BRIEF or (500 <= status < 600 and status not in _LASTING)  # noqa: PLR2004


def _form(evidence: Evidence) -> tuple[str, ...]:
    kind = f"is {evidence.content_type}" if evidence.content_type else "has no content type"
    trace = "" if evidence.traced else ", and carries no x-request-id of the gateway"
    return (f"The answer {kind}, not in a form that the gateway uses{trace}.",)


def _who(evidence: Evidence) -> tuple[str, ...]:
    return () if evidence.traced else tuple(who(author(evidence.headers, evidence.body)))


def shown_by(row: Row, evidence: Evidence, facts: tuple[str, ...] = ()) -> Finding:
    """Give the finding for a row that an answer showed, with its status and phase."""
    filled = catalog.fill(
        row,
        model=evidence.model,
        base_url=evidence.base_url,
        evidence=facts,
        check=evidence.check,
    )
    return dataclasses.replace(filled, phase=evidence.phase, status=evidence.status)
