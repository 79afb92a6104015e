"""Answers of anybody: what they are taken for, and every format of what is said about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cmtool.answerers import SIGNATURES
from cmtool.answerers.references import HEADERS
from cmtool.catalog import ROWS
from cmtool.classify import Evidence, classify
from cmtool.model import Phase, Protocol
from cmtool.redact import Redactor, visible
from tests.fuzz.contract import renders, report_of, sound
from tests.fuzz.source import ODD, Source, as_body, as_header, seed
from tests.fuzz.watch import Target

KEY = "cm-Zq7vX2m9Lw4Rt8Yp"
_STATUSES = (
    *(None, 200, 201, 204, 301, 302, 307, 400, 401, 402, 403, 404, 405, 407, 408, 413, 418),
    *(422, 429, 499, 500, 501, 502, 503, 504, 520, 522, 524, 525, 529, 530, 599, 100, 304),
)
_CODES = (None, "", "unheard_of", *ROWS)
_TYPES = (None, "", "error", "unheard_of", *sorted({r.type for r in ROWS.values() if r.type}))
_NAMED = {name for row in SIGNATURES for name, _ in (*row.headers, *row.passing)}
_HEADERS = (
    *("content-type", "location", "x-request-id", "server", "via", "proxy-authenticate"),
    *sorted(_NAMED | set(HEADERS)),
)
_VALUES = (
    *("application/json", "text/html", "text/event-stream", "cloudflare", "req_cm_1", "nginx"),
    *("AkamaiGHost", "1.1 varnish", 'Basic realm="x"', "https://a.example/v1", "challenge"),
)
_MODELS = (None, "a/b", "{x}", "{0}", "--model", "a'b\n\x1b[1m", "%s", "\ud800")
_PIECES = (
    *("<title>", "</title>", "<h1>", "</h1>", "<center>nginx</center>", "Ray ID: "),
    *("Error 1020", "<!doctype html>", "just a moment", "Reference&#32;&#35;", "request id: "),
    *("data: ", KEY, '{"error":', '"message":"', "incident id: ", "&#x110000;", "\\ud800"),
    *("{model}", "Bearer ", "\n::error::x", "##[group]", "@team", "https://evil.example", "#12"),
    *("`", "```\n", "|", "\x1b[31m", "\u202e", "\ufffe", ":tada:", "<b>", "![x](y)", "\n# x", "**"),
)


def evidence(source: Source) -> Evidence:
    """Give an answer; its body is redacted, as every body is."""
    status, phase = source.pick(_STATUSES), source.pick(tuple(Phase))
    headers = {}
    for _ in range(source.number(4)):
        name = source.pick(_HEADERS)
        headers[name] = source.pick(_VALUES) if source.flag() else as_header(source.cut())
    kind, protocol = source.pick(_BODIES), source.pick((None, *Protocol))
    defect, model = source.pick(("", "It was cut.")), source.pick(_MODELS)
    base_url = source.pick((None, "https://gateway.example/{v1}"))
    return Evidence(
        status=status,
        headers=headers,
        body=Redactor([KEY]).text(kind(source)),
        protocol=protocol,
        phase=phase,
        defect=defect,
        check="chat",
        model=model,
        base_url=base_url,
    )


def _openai(source: Source) -> str:
    error = {
        "type": source.pick(_TYPES),
        "code": source.pick(_CODES),
        "param": as_body(source.cut(16)),
    }
    return json.dumps({"error": _spoiled(source, error)})


def _anthropic(source: Source) -> str:
    error = _spoiled(source, {"type": source.pick(_TYPES)})
    return json.dumps({"type": "error", "error": error}, ensure_ascii=False)


def _spoiled(source: Source, error: dict[str, Any]) -> dict[str, Any]:
    """Give an error object, one in four with a field that is of no documented kind."""
    field = source.pick(("type", "code", "param", "message")) if source.number(4) == 3 else ""
    odd = source.pick(ODD)
    error = {**error, "message": as_body(source.rest())}
    return {**error, field: odd} if field else error


def _pieced(source: Source) -> str:
    pieces = [source.pick(_PIECES) + as_body(source.cut(24)) for _ in range(source.number(12))]
    return "".join(pieces) + as_body(source.rest())


_BODIES: tuple[Callable[[Source], str], ...] = (
    lambda source: as_body(source.rest()),
    _openai,
    _anthropic,
    _pieced,
)


def classified(source: Source) -> None:
    """Classify an answer; one in sixteen is shown in every format besides."""
    shown = source.number(16) == 15
    answer = evidence(source)
    finding = classify(answer)
    assert finding == classify(answer), "twice the same, twice something else"
    if finding is None:
        assert answer.status is not None, "nothing is known, and nothing is wrong"
        assert 200 <= answer.status < 300, "an error is taken for a success"
        return
    sound(finding)
    assert finding.status == answer.status
    if shown:
        renders(report_of(finding, answer.body), KEY)


def rendered(source: Source) -> None:
    """Show a finding, its texts filled with whatever an answer says, in every format."""
    quoted = not source.flag()
    answer = evidence(source)
    finding = classify(answer)
    if finding is not None:
        report = Redactor([KEY]).scrub(report_of(finding, answer.body if quoted else ""))
        renders(report, KEY)


def _repeated(source: Source, size: int) -> Callable[[], object]:
    answer = evidence(Source(source.data))
    text = repeated(source, size)
    headers = {
        **answer.headers,
        "server": text[: size // 4],
        "proxy-authenticate": text[: size // 4],
    }
    grown = Evidence(status=answer.status or 407, headers=headers, body=text)
    return lambda: classify(grown)


def repeated(source: Source, size: int) -> str:
    """Give a text of about a size: a piece of the input many times, between two others."""
    before, piece, behind = (as_body(source.cut(40)) for _ in range(3))
    return before + (piece or "a") * (size // len(piece or "a")) + behind


def redacted(source: Source) -> None:
    """Take a secret out of any text around it, in any spelling."""
    spelled = source.pick(_SPELLINGS)(KEY)
    before = as_body(source.cut())
    text = before + spelled + as_body(source.rest())
    redactor = Redactor([KEY, "proxy-passw0rd"])
    shown = redactor.text(text)
    assert spelled not in shown
    assert KEY not in shown
    raw = text.encode("utf-8", "surrogatepass")
    pieces = [raw[: len(raw) // 3], raw[len(raw) // 3 : len(raw) // 2], raw[len(raw) // 2 :]]
    masked = redactor.masked(pieces)
    assert list(map(len, masked)) == list(map(len, pieces))
    assert KEY.encode() not in b"".join(masked)
    for multiline in (False, True):
        seen = visible(shown, multiline=multiline)
        assert visible(seen, multiline=multiline) == seen
        assert all(char.isprintable() or char == "\n" or ord(char) > 127 for char in seen)


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda key: json.dumps(json.dumps(key))[3:-3],
    lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
    lambda key: "".join(f"\\u{ord(char):04X}" for char in key),
    lambda key: "".join(f"&#{ord(char)};" for char in key),
    lambda key: f"{key[:5]}%{ord(key[5]):x}{key[6:]}",
)

_SAMPLES = tuple(sample for row in ROWS.values() for sample in row.all_samples())
_SEEDS = tuple(
    seed(
        sample.body, 0, _STATUSES.index(sample.status) if sample.status in _STATUSES else 0, 2, 0, 0
    )
    for sample in _SAMPLES
)
_WORDS = tuple(piece for piece in (*_PIECES, *_VALUES, *_HEADERS, *ROWS))

TARGETS = (
    Target(name="classify", run=classified, seeds=_SEEDS, words=_WORDS, scaled=_repeated),
    Target(name="render", run=rendered, seeds=_SEEDS, words=_WORDS),
    Target(
        name="redact",
        run=redacted,
        seeds=tuple(seed(piece, 0) for piece in (*_PIECES, "https://u:p@h/", "Bearer abcdefgh")),
        words=(*_PIECES, "://", "@", "sk-", "%63", "\\u0063", "&#99;"),
        scaled=lambda source, size: lambda: Redactor([KEY]).text(repeated(source, size)),
    ),
)
