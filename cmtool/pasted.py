"""One thing found in a paste to a finding: by the same rules as an answer that came just now.

Pure.  What a paste leaves out is guarded here: an answer without a status is no foreign answer, a
status alone says less than a body, and a body may end where the paste does.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from cmtool import catalog
from cmtool.address import API_HOST, PUBLIC_BASE_URL
from cmtool.address.blame import fair
from cmtool.answerers import is_page
from cmtool.answerers.telling import tell
from cmtool.catalog import Origin, Row, Shape
from cmtool.classify import (
    MESSAGE_LIMIT,
    ErrorObject,
    Evidence,
    classify,
    from_error,
    parse_json,
    shown_by,
)
from cmtool.documents import read_credits
from cmtool.model import Finding, Phase
from cmtool.paste.base import Answer, Healthy, Named, Told, Unanswered
from cmtool.redact import cut

_QUOTED = 300
_PUBLIC_NAME = re.compile(rf"(?<![\w.-]){re.escape(API_HOST)}(?![\w-]|\.\w)")
_MICRO = 1_000_000
_ERROR = 400  # RFC 9110, 15.5: the first status of an error
_NOT_FOUND = 404
_PROXY_AUTHENTICATION, _NOT_ALLOWED = 407, 405
_REDIRECTS = range(300, 400)

_VAGUE_TITLE = "no connection came about, and the text leaves open why"
_VAGUE_CAUSE = (
    "The client says that its call got no answer, and not why. A name that cannot be looked up, a"
    " refused connection, a certificate that is not trusted, a proxy, or an invisible character"
    " in the key: to an SDK all of these are a connection error."
)
_VAGUE_ACTIONS = (
    (
        "Run cmtool doctor on the same machine: it looks at the key, the address, the name lookup,"
        " the connection and the certificate one by one."
    ),
)
_PLAIN = "The SDK raises a plain APIError for an error that comes inside an open stream."
_BY_WORDS = "The text tells neither a status nor a code; its words leave no doubt which one it is."
_NO_CODE = "The text tells neither a status, nor a type, nor a code, only a message."
_A_PAGE = "The gateway answers in JSON; what was pasted is a page of HTML."
_ANOTHER_FORM = "What was pasted does not have the form of the gateway's errors."


def of_answer(answer: Answer, model: str | None) -> Finding | None:
    """Say what is wrong with an answer; None when nothing is."""
    evidence = _evidence(answer, model)
    error = answer.error
    if error is not None and (error.type or error.code):
        return classify(evidence)
    if answer.told.status is None and (error is not None or answer.said):
        return _by_message(error.message if error else answer.said, evidence)
    if answer.body and (answer.told.status is None or not answer.whole):
        return _foreign(answer, evidence)
    if answer.body or _needs_no_body(answer.told.status):
        return classify(evidence)
    if answer.said:
        return _by_words(answer, evidence)
    return _by_status(evidence)


def _needs_no_body(status: int | None) -> bool:
    """Say whether the head alone tells all that there is to tell."""
    return status == _PROXY_AUTHENTICATION or status in _REDIRECTS


def of_failure(failure: Unanswered, model: str | None) -> Finding:
    """Give the finding for a call that got no answer."""
    said = f"It says: {cut(failure.said, _QUOTED)}"
    finding = _filled(failure.identifier, failure.told, model, [said])
    if not failure.vague:
        meant = base_url(failure.told)
        named = PUBLIC_BASE_URL if _PUBLIC_NAME.search(failure.said) else None
        return fair([finding], meant or named, ())[0]
    return dataclasses.replace(
        finding, title=_VAGUE_TITLE, cause=_VAGUE_CAUSE, actions=_VAGUE_ACTIONS
    )


def of_name(named: Named, model: str | None) -> Finding:
    """Give the finding for an identifier that stands in the text."""
    row = catalog.row(named.identifier)
    status = named.told.status
    facts = [named.said] if named.said else []
    if status is not None and row.documented and status not in row.statuses:
        usual = " or ".join(map(str, row.statuses))
        facts.append(f"It stands beside status {status}; it is documented for {usual}.")
    finding = _filled(named.identifier, named.told, model, facts)
    code = named.identifier if row.origin is Origin.CODE else None
    return dataclasses.replace(finding, status=status, code=code)


def truncated(told: Told, model: str | None, fact: str) -> Finding:
    """Give the finding for a stream that is known to lack its last event."""
    return _filled("stream_truncated", told, model, [fact])


def remarks(answer: Healthy) -> Iterator[Finding]:
    """Give what an answer without an error warns of: a wallet with nothing in it."""
    try:
        wallet = read_credits(parse_json(answer.body))
    except ValueError:
        return
    if wallet is not None and wallet.balance_micro <= 0:
        money = f"{wallet.balance_micro / _MICRO:.2f} {wallet.currency}"
        yield catalog.fill(
            catalog.row("balance_empty"),
            evidence=[f"The pasted answer of GET /v1/credits shows {money}."],
        )


def base_url(told: Told) -> str | None:
    """Give the base URL of a call, where the paste shows its URL."""
    if told.url is None:
        return None
    before, version, _ = told.url.partition("/v1")
    return before + version if version else "/".join(told.url.split("/")[:3])


def _filled(identifier: str, told: Told, model: str | None, evidence: Iterable[str]) -> Finding:
    return catalog.fill(
        catalog.row(identifier),
        model=model,
        base_url=base_url(told),
        evidence=evidence,
        check=told.protocol.value if told.protocol else None,
    )


def _evidence(answer: Answer, model: str | None) -> Evidence:
    told = answer.told
    return Evidence(
        status=told.status,
        headers=told.headers,
        body=answer.body,
        protocol=told.protocol,
        check=told.protocol.value if told.protocol else None,
        model=model,
        base_url=base_url(told),
        phase=Phase.STREAM if answer.streamed else Phase.RESPONSE,
    )


def _foreign(answer: Answer, evidence: Evidence) -> Finding | None:
    """Judge a body without an error object of which the status or the end is not known."""
    if evidence.status is None:
        return _without_status(evidence)
    if answer.whole or is_page(answer.body) or (evidence.traced and evidence.status >= _ERROR):
        return classify(evidence)
    if evidence.status < _ERROR:
        return classify(dataclasses.replace(evidence, defect="The body breaks off."))
    return _by_status(evidence)


def _without_status(evidence: Evidence) -> Finding:
    """Judge what somebody else answered, when the status is not known."""
    told = tell(None, evidence.headers, evidence.body, misplaced=True, base_url=evidence.base_url)
    fact = _A_PAGE if is_page(evidence.body) else _ANOTHER_FORM
    finding = shown_by(catalog.row("not_the_gateway"), evidence)
    return dataclasses.replace(
        finding,
        cause=(told and told.cause) or finding.cause,
        actions=(told and told.actions) or finding.actions,
        evidence=(*(told.evidence if told else ()), fact),
    )


def _in_words(said: str, evidence: Evidence) -> Finding:
    """Judge what a client says of an error whose body it does not show."""
    row = _row_of_status(evidence.status)
    about_a_path = evidence.status == _NOT_FOUND and "model" not in said.lower()
    if row is None or not row.documented or about_a_path:
        finding = _by_status(evidence)
    else:
        error = ErrorObject(shape=Shape.ANTHROPIC, message=said, type=row.type)
        # The type is only what the status stands for; the text does not show it.
        finding = dataclasses.replace(from_error(error, evidence), type=None)
    return dataclasses.replace(finding, message=cut(said, MESSAGE_LIMIT))


def _by_words(answer: Answer, evidence: Evidence) -> Finding:
    """Judge what a client says, whose class may stand for a status that its words deny."""
    if answer.guessed and _is_of_another_status(answer):
        return _by_message(answer.said, dataclasses.replace(evidence, status=None))
    return _in_words(answer.said, evidence)


def _is_of_another_status(answer: Answer) -> bool:
    """Say whether the words of an exception name a code that its class does not stand for."""
    rows = _told_by(answer.said)
    return len(rows) == 1 and answer.told.status not in rows[0].statuses


def _by_message(said: str, evidence: Evidence) -> Finding:
    """Judge words with neither a status nor a code beside them."""
    rows = _told_by(said)
    in_stream = evidence.phase is Phase.STREAM
    other = catalog.row("stream_error" if in_stream else "undocumented_error")
    told_by = (_BY_WORDS,) if len(rows) == 1 else (f"It says: {cut(said, _QUOTED)}", _NO_CODE)
    facts = (*([_PLAIN] if in_stream else []), *told_by)
    finding = shown_by(rows[0] if len(rows) == 1 else other, evidence, facts)
    return dataclasses.replace(finding, type=None, message=cut(said, MESSAGE_LIMIT))


def _told_by(said: str) -> list[Row]:
    """Give the codes that words stand for."""
    lower = said.lower()
    codes = (row for row in catalog.ROWS.values() if row.origin is Origin.CODE)
    return [row for row in codes if any(phrase in lower for phrase in row.phrases)]


def _by_status(evidence: Evidence) -> Finding:
    """Judge a status of which nothing else is known."""
    status = evidence.status
    row = _row_of_status(status)
    if row is not None and row.documented:
        alone = f"Only the status {status} is known; the body of the answer would tell more."
        facts = [alone]
        if status == _NOT_FOUND:
            facts.append("A path that does not exist gives the same status: check the base URL.")
        return dataclasses.replace(shown_by(row, evidence, tuple(facts)), type=None)
    row = row or catalog.row("intermediary_error")
    documented = "It is no status that the gateway documents for an error of its own."
    return shown_by(row, evidence, (f"Only the status {status} is known.", documented))


def _row_of_status(status: int | None) -> Row | None:
    known = catalog.sole_code(status) or catalog.family_of_status(status)
    if known is not None or status is None:
        return known
    if status == _PROXY_AUTHENTICATION:
        return catalog.row("proxy_auth_required")
    if status == _NOT_ALLOWED:
        return catalog.row("not_the_gateway")
    return catalog.row("redirected") if status in _REDIRECTS else None
