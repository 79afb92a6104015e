"""What came in place of a stream: an error, a page, a whole answer, whatever it calls itself."""

from __future__ import annotations

import dataclasses
import re

from cmtool import catalog
from cmtool.classify import Evidence, classify, shown_by
from cmtool.model import Finding, Phase
from cmtool.streaming.judging import Ending

# A field or a comment, as the rules of event streams have them.
_EVENT_LINE = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:(?:data|event|id|retry)\b|:)")


def is_stream(evidence: Evidence) -> bool:
    """Say whether an answer is an event stream, whatever the parameters of its media type."""
    return _succeeded(evidence) and evidence.content_type == "text/event-stream"


def holds_no_event(start: bytes, ending: Ending | None) -> bool:
    """Say whether what came in front of any event is no stream at all, whatever it is called."""
    over = ending is None or ending.identifier == "stream_malformed"
    return over and bool(start.strip()) and _EVENT_LINE.search(start) is None


def in_place_of_a_stream(evidence: Evidence) -> Finding:
    """Give the finding for an answer that came where a stream was asked for."""
    finding = classify(evidence)
    if finding is None or (_succeeded(evidence) and _meant_as_stream(finding, evidence)):
        return _not_a_stream(evidence)
    return finding


def _not_a_stream(evidence: Evidence) -> Finding:
    said = f"The answer is {evidence.content_type or 'no content type'}, not text/event-stream."
    if is_stream(evidence):
        said = "The answer calls itself text/event-stream, but holds no line of one."
    evidence = dataclasses.replace(evidence, phase=Phase.STREAM)
    return shown_by(catalog.row("stream_not_sse"), evidence, (said,))


def _meant_as_stream(finding: Finding, evidence: Evidence) -> bool:
    """Say whether a success that cannot be read is the gateway's, or holds events after all."""
    events = evidence.body.lstrip().startswith(("data:", "event:", ":"))
    unread = finding.id in {"malformed_response", "not_the_gateway"}
    return unread and (evidence.traced or events) and not evidence.defect


def _succeeded(evidence: Evidence) -> bool:
    return evidence.status is not None and 200 <= evidence.status < 300  # noqa: PLR2004
