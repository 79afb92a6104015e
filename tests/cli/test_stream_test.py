"""`cmtool stream-test`: every verdict, its limits, its files, and what the gateway sees of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cmtool.catalog import ROWS
from cmtool.model import Protocol
from cmtool.sandbox import SCENARIOS, key_for
from cmtool.sandbox.scenarios import codes, streams
from tests.cli.conftest import Ended, InProcess, Served

MODEL = "z-ai/glm-5"
IDLE_S = 0.3
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", Protocol)
# Faults of a stream that the stream of another protocol cannot show.
WHOLE = {
    "stream-unopened": {Protocol.CHAT},
    "stream-unfinished": {Protocol.RESPONSES},
    "sequence-gap": {Protocol.CHAT, Protocol.MESSAGES},
}
IDLE = [s.name for s in streams.BROKEN if s.expects == "stream_stalled"]
BROKEN = [
    s.name
    for s in (*streams.BROKEN, *codes.STREAM_CODES)
    if s.expects and s.name not in {*IDLE, "endless"}
]


class StreamTest:
    """Runs the command against a gateway beside the test."""

    def __init__(self, cmtool: InProcess, gateway: Served) -> None:
        self._cmtool = cmtool
        self.gateway = gateway

    def __call__(self, *options: str, name: str = "healthy") -> Ended:
        variables = self.gateway.environment(name)
        ended = self._cmtool("stream-test", MODEL, *options, **variables)
        assert "Traceback" not in ended.out + ended.err
        return ended

    def json(self, *options: str, name: str = "healthy") -> Any:
        ended = self(*options, "-f", "json", name=name)
        report = ended.json()
        assert report["exit_code"] == ended.code
        return report


@pytest.fixture
def stream_test(cmtool: InProcess, gateway: Served) -> StreamTest:
    return StreamTest(cmtool, gateway)


def identifiers(report: Any) -> list[str | None]:
    return [each["diagnosis"] and each["diagnosis"]["id"] for each in report["streams"]]


def expected_of(name: str, protocol: Protocol) -> set[str | None]:
    """Give what may be found: the Anthropic shape names the family where it has no code."""
    expected = SCENARIOS[name].expects
    if protocol in WHOLE.get(name, ()):
        return {None}
    documented = expected is not None and ROWS[expected].documented
    if protocol is Protocol.MESSAGES and documented and expected is not None:
        return {expected, ROWS[expected].type}
    return {expected}


@EVERY_PROTOCOL
@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_of_a_stream(stream_test: StreamTest, name: str, protocol: Protocol) -> None:
    report = stream_test.json("-p", protocol.value, "--idle-timeout", f"{IDLE_S}", name=name)
    (found,) = set(identifiers(report))
    assert found in expected_of(name, protocol)
    assert report["exit_code"] == (ROWS[found].exit_code if found else 0)
    assert (report["diagnosis"] and report["diagnosis"]["id"]) == found
    assert report["outcome"] == ("failed" if found else "healthy")


@pytest.mark.parametrize("name", IDLE)
def test_a_silent_model_is_left_in_time(stream_test: StreamTest, name: str) -> None:
    start = time.monotonic()
    options = ("--idle-timeout", f"{IDLE_S}", "--concurrency", "3", "--retries", "0")
    report = stream_test.json(*options, name=name)
    assert time.monotonic() - start < IDLE_S + 1
    assert identifiers(report) == ["stream_stalled"] * 3
    assert report["exit_code"] == 11


@EVERY_PROTOCOL
def test_an_endless_stream_is_cut_at_the_deadline(
    stream_test: StreamTest, protocol: Protocol
) -> None:
    start = time.monotonic()
    report = stream_test.json("-p", protocol.value, "--timeout", "0.4", name="endless")
    assert 0.4 <= time.monotonic() - start < 1.4
    assert identifiers(report) == ["threshold_exceeded"]
    assert report["exit_code"] == 11
    assert "ran out" in report["diagnosis"]["title"]
    assert "deadline" in report["diagnosis"]["evidence"][0]


@pytest.mark.parametrize("gateway", [{"reply_tokens": 8}], indirect=True)
@pytest.mark.parametrize("name", ["healthy", *(scenario.name for scenario in streams.LAWFUL)])
def test_well_formed_but_odd_is_healthy(stream_test: StreamTest, name: str) -> None:
    report = stream_test.json("--strict", "--concurrency", "3", name=name)
    assert report["exit_code"] == 0
    assert report["outcome"] == "healthy"
    assert identifiers(report) == [None] * 3
    assert {each["protocol"] for each in report["streams"]} == set(Protocol)
    assert [each["violations"] for each in report["streams"]] == [[]] * 3
    assert report["findings"] == []


@pytest.mark.parametrize("gateway", [{"token_s": 0.002}], indirect=True)
@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        pytest.param("--max-ttft", "0", "The first text took", id="first-text"),
        pytest.param("--max-duration", "0", "The whole stream took", id="duration"),
        pytest.param("--max-gap", "0", "The longest pause took", id="pause"),
        pytest.param("--min-tokens-per-second", "1e9", "tokens a second came", id="rate"),
        pytest.param("--expect", "^never$", "does not match '^never$'", id="expect"),
    ],
)
def test_a_broken_threshold(stream_test: StreamTest, option: str, value: str, said: str) -> None:
    report = stream_test.json("--concurrency", "3", option, value)
    assert report["exit_code"] == 11
    assert identifiers(report) == ["threshold_exceeded"] * 3
    assert report["diagnosis"]["id"] == "threshold_exceeded"
    assert said in report["diagnosis"]["evidence"][0]


@pytest.mark.parametrize("gateway", [{"token_s": 0.002}], indirect=True)
def test_kept_thresholds(stream_test: StreamTest) -> None:
    limits = {"--max-ttft": "9e4", "--max-duration": "9e4", "--max-gap": "9e4"}
    options = [part for pair in limits.items() for part in pair]
    report = stream_test.json(
        *options, "--min-tokens-per-second", "0.01", "--expect", "(?i)sandbox"
    )
    assert report["exit_code"] == 0


def test_a_threshold_on_a_figure_that_is_missing(stream_test: StreamTest) -> None:
    report = stream_test.json("-p", "chat", "--max-ttft", "9e9", name="tool-call")
    assert identifiers(report) == ["threshold_exceeded"]
    assert report["streams"][0]["ttft_ms"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--expect", "("), "regular expression", id="regex"),
        pytest.param(("--record", "."), "is a directory", id="record-to-a-directory"),
        pytest.param(("--record", "no/x.rec"), "folder does not exist", id="record-to-no-folder"),
        pytest.param(("--record", "a", "--replay", "b"), "exclude each other", id="both"),
        pytest.param(("--replay", "none.rec"), "cannot be read", id="replay-of-nothing"),
        pytest.param(("--replay", "."), "cannot be read", id="replay-of-a-directory"),
        pytest.param(("--idle-timeout", "0"), "--idle-timeout", id="idle-of-zero"),
        pytest.param(("--idle-timeout", "nan"), "--idle-timeout", id="idle-of-no-number"),
        pytest.param(("--report", "x.txt"), "must end in", id="report-of-no-format"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_sent(
    stream_test: StreamTest, options: tuple[str, ...], said: str
) -> None:
    ended = stream_test(*options)
    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert stream_test.gateway.requests(0) == []
    assert list(Path().iterdir()) == []


def most_at_once(entries: Iterable[Any]) -> int:
    """Give how many requests the gateway saw open at once; its books close a moment late."""
    moments = [(each.received_at, 1) for each in entries]
    moments += [(each.received_at + (each.duration_ms - 3) / 1000, -1) for each in entries]
    sums = [sum(change for _, change in sorted(moments)[: n + 1]) for n in range(len(moments))]
    return max(sums)


@pytest.mark.parametrize("gateway", [{"token_s": 0.001}], indirect=True)
@pytest.mark.parametrize("concurrency", [1, 2])
def test_repetitions_and_places(stream_test: StreamTest, concurrency: int) -> None:
    report = stream_test.json("--repeat", "2", "--concurrency", f"{concurrency}")
    named = {(each["protocol"], each["repetition"]) for each in report["streams"]}
    assert named == {(protocol.value, number) for protocol in Protocol for number in (1, 2)}
    assert report["spent"]["requests"] == 6
    seen = stream_test.gateway.requests(6)
    assert most_at_once(seen) == concurrency


@pytest.mark.parametrize(
    ("name", "retries", "attempts", "code"),
    [
        pytest.param("flaky", 2, 3, 0, id="recovered"),
        pytest.param("flaky", 0, 1, 8, id="none-allowed"),
        pytest.param("disconnected", 1, 2, 11, id="broken-connection"),
        pytest.param("stream-rate-limit-exceeded", 2, 3, 7, id="inside-the-stream"),
        pytest.param("stream-insufficient-balance", 2, 1, 5, id="final"),
        pytest.param("stream-malformed", 2, 1, 11, id="broken-rule"),
    ],
)
def test_retries(
    stream_test: StreamTest, name: str, retries: int, attempts: int, code: int
) -> None:
    report = stream_test.json("-p", "chat", "--retries", f"{retries}", name=name)
    assert report["exit_code"] == code
    assert [each["attempt"] for each in report["streams"]] == list(range(1, attempts + 1))
    seen = stream_test.gateway.requests(attempts)
    assert [each.body for each in seen] == [seen[0].body] * attempts
    assert [each["request_id"] for each in report["streams"]] == [
        each.request_id if each.status == 200 else ANY for each in seen
    ]
    if code == 0:
        assert report["outcome"] == "degraded"
        assert [each["id"] for each in report["findings"]] == ["recovered"]


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANY = _Any()


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 8)])
def test_a_warning_fails_only_under_strict(
    stream_test: StreamTest, options: tuple[str, ...], code: int
) -> None:
    assert stream_test("-p", "chat", *options, name="flaky").code == code


def cases(text: str) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.fromstring(text).iter("testcase")}  # noqa: S314 - our own


def test_streams_that_were_left_out_are_told(stream_test: StreamTest) -> None:
    options = ("-p", "chat", "--repeat", "63", "--concurrency", "20", "--timeout", "20")
    ended = stream_test(*options, "--max-tokens", "2", "-f", "junit", "--report", "r.json")
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert ended.code == report["exit_code"] == 0
    assert report["outcome"] == "degraded"
    (finding,) = report["findings"]
    assert finding["id"] == "streams_left_out"
    assert finding["evidence"] == ["3 of 63 streams were not started."]
    assert len(report["streams"]) == 60
    assert len(stream_test.gateway.requests(60)) == 60
    found = cases(ended.out)
    assert len(found) == 61
    skipped = found.pop("chat, not started").find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "3 of 63 streams were not started."
    assert all(case.find("skipped") is None for case in found.values())


def test_every_format_at_once(stream_test: StreamTest) -> None:
    paths = ("r.json", "r.xml", "r.md")
    options = [part for path in paths for part in ("--report", path)]
    ended = stream_test("--repeat", "2", *options, name="truncated")
    assert ended.code == 11
    assert "stream_truncated" in ended.out
    as_json, as_junit, as_markdown = (Path(path).read_text(encoding="utf-8") for path in paths)
    report = json.loads(as_json)
    assert report["exit_code"] == 11
    ids = {each["request_id"] for each in report["streams"]}
    assert len(ids) == 6
    found = cases(as_junit)
    assert set(found) == {f"{protocol} {number}" for protocol in Protocol for number in (1, 2)}
    assert all(case.find("failure") is not None for case in found.values())
    properties = {each.attrib["value"] for case in found.values() for each in case.iter("property")}
    assert ids <= properties
    assert "stream_truncated" in as_markdown
    assert "| chat 1" in as_markdown
    assert sorted(path.name for path in Path().iterdir()) == sorted(paths)


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        pytest.param("json", "{", id="json"),
        pytest.param("junit", "<?xml", id="junit"),
        pytest.param("markdown", "#", id="markdown"),
    ],
)
def test_standard_output_in_another_format(stream_test: StreamTest, form: str, begins: str) -> None:
    ended = stream_test("-p", "messages", "-f", form)
    assert ended.code == 0
    assert ended.out.startswith(begins)
    assert ended.err == ""


def test_recorded_and_replayed(stream_test: StreamTest, cmtool: InProcess) -> None:
    live = stream_test.json("--record", "r.rec", "--repeat", "2", "--concurrency", "3")
    stream_test.gateway.requests(6)
    key = key_for("healthy")
    kept = Path("r.rec").read_text(encoding="utf-8")
    assert key not in kept
    assert not re.search("(?i)authorization|x-api-key", kept)
    again = cmtool("stream-test", "--replay", "r.rec", "-f", "json").json()
    assert stream_test.gateway.requests(0) == []
    assert again["exit_code"] == 0
    assert again["spent"]["requests"] == 0

    def figures(report: Any) -> dict[Any, Any]:
        return {(s["protocol"], s["repetition"]): s for s in report["streams"]}

    assert figures(again).keys() == figures(live).keys()
    for name, stream in figures(again).items():
        assert flat(stream) == pytest.approx(flat(figures(live)[name]), abs=0.002)


def flat(stream: dict[str, Any]) -> dict[str, Any]:
    gaps = {f"gaps.{name}": value for name, value in stream["gaps"].items()}
    kept = {k: v for k, v in stream.items() if isinstance(v, str | int | float | None)}
    return kept | gaps


@pytest.mark.parametrize("name", ["truncated", "stream-provider-error", "stream-malformed"])
def test_a_replay_exits_as_the_run_did(
    stream_test: StreamTest, cmtool: InProcess, name: str
) -> None:
    live = stream_test.json("--record", "r.rec", "--retries", "1", name=name)
    again = cmtool("stream-test", "--replay", "r.rec", "-f", "json")
    assert again.code == live["exit_code"]
    assert again.json()["diagnosis"]["id"] == live["diagnosis"]["id"]
    assert sorted(map(str, identifiers(again.json()))) == sorted(map(str, identifiers(live)))


@pytest.mark.parametrize("gateway", [{"reply_tokens": 9}], indirect=True)
def test_a_burst_is_remarked_in_a_replay_too(stream_test: StreamTest, cmtool: InProcess) -> None:
    live = stream_test.json("-p", "chat", "--strict", "--record", "r.rec", name="buffered")
    again = cmtool("stream-test", "--replay", "r.rec", "--strict", "-f", "json")
    assert again.code == live["exit_code"] == 11
    assert again.json()["diagnosis"]["id"] == live["diagnosis"]["id"] == "stream_buffered"


def test_a_recording_is_held_to_limits_and_patience(
    stream_test: StreamTest, cmtool: InProcess
) -> None:
    stream_test("-p", "chat", "--record", "r.rec")
    replayed = ("stream-test", "--replay", "r.rec")
    assert cmtool(*replayed, "--expect", "(?i)sandbox").code == 0
    assert cmtool(*replayed, "--expect", "never").code == 11
    assert cmtool(*replayed, "--max-duration", "0").code == 11


CHAT = (
    b'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":'
    b'{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


def test_a_capture_and_a_protocol_that_outweighs(cmtool: InProcess) -> None:
    Path("c.sse").write_bytes(CHAT)
    assert cmtool("stream-test", "--replay", "c.sse").code == 0
    assert cmtool("stream-test", "--replay", "c.sse", "-p", "chat").code == 0
    ended = cmtool("stream-test", "--replay", "c.sse", "-p", "responses", "-f", "json")
    assert ended.code == 11
    assert ended.json()["streams"][0]["protocol"] == "responses"
    ended = cmtool("stream-test", "--replay", "c.sse", "--max-ttft", "100", "-f", "json")
    assert ended.code == 11
    assert identifiers(ended.json()) == ["threshold_exceeded"]


@pytest.mark.parametrize("path", ["no/r.json", "r.txt", "."])
def test_a_replay_whose_report_cannot_be_written_says_nothing_else(
    cmtool: InProcess, path: str
) -> None:
    Path("c.sse").write_bytes(CHAT)
    ended = cmtool("stream-test", "--replay", "c.sse", "--report", path)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a stream", id="foreign"),
        pytest.param(bytes(range(256)) * 99, id="binary"),
        pytest.param(b"x" * 3_000_000, id="huge-line"),
        pytest.param(b'{"format": "cmtool-recording", "version": 9}\n', id="another-version"),
        pytest.param(b'{"format": "cmtool-recording", "version": 1}\n{"str', id="cut-short"),
        pytest.param(
            b'{"format": "cmtool-recording", "version": 1}\n'
            b'{"stream": 0, "protocol": "chat", "status": 200, "headers": {}}\n'
            b'{"stream": 0, "end": "closed", "at_ms": NaN}\n',
            id="no-number",
        ),
    ],
)
@pytest.mark.parametrize("form", ["human", "json"])
def test_a_file_that_cannot_be_replayed(cmtool: InProcess, content: bytes, form: str) -> None:
    Path("x.rec").write_bytes(content)
    ended = cmtool("stream-test", "--replay", "x.rec", "-f", form)
    assert ended.code == 2
    assert ended.out == ""
    assert re.match(r"cmtool: x\.rec cannot be replayed\. [A-Z].*\brecording\b.*\.\n", ended.err)
    assert len(ended.err.splitlines()) == 1
    assert len(ended.err) < 160


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("model", "\ud800\x1b[2J", id="a-model-to-be-obeyed"),
        pytest.param("headers", {"x-request-id": "\x1b]0;x\x07"}, id="an-id-to-be-obeyed"),
        pytest.param("headers", {"content-type": "text/event-stream", "\ud800": "\ud800"}, id="h"),
        pytest.param("sent_at", "9999-12-31T23:59:59+00:00", id="the-end-of-time"),
        pytest.param("status", 599, id="a-status-of-nobody"),
        pytest.param("repetition", 2**62, id="a-great-repetition"),
        pytest.param("headers_ms", 1e12, id="a-long-wait"),
    ],
)
def test_a_recording_of_somebody_else_is_shown_never_obeyed(
    cmtool: InProcess, field: str, value: object
) -> None:
    head = {"format": "cmtool-recording", "version": 1}
    opening = {
        "stream": 0,
        "protocol": "chat",
        "status": 200,
        "headers": {"content-type": "text/event-stream"},
    }
    middle = {"stream": 0, "at_ms": 1.0, "bytes": CHAT.decode()}
    closing = {"stream": 0, "end": "closed", "at_ms": 2, "chunks": 1}
    lines = [head, opening | {field: value}, middle, closing]
    Path("x.rec").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    reports = [part for path in ("r.json", "r.xml", "r.md") for part in ("--report", path)]
    ended = cmtool("stream-test", "--replay", "x.rec", "-v", *reports)
    assert ended.code in {0, 9, 11}, ended.err
    assert "\x1b" not in ended.out
    ET.fromstring(Path("r.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own


def test_in_a_github_run_what_failed_is_annotated_and_the_summary_grows(cmtool: InProcess) -> None:
    Path("summary.md").write_text("before\n", encoding="utf-8")
    ended = cmtool(
        "stream-test",
        "--sandbox",
        "truncated",
        "-f",
        "json",
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY="summary.md",
    )
    assert ended.code == 11
    assert ended.json()["exit_code"] == 11
    (annotation,) = ended.err.splitlines()
    assert annotation.startswith("::error title=cmtool stream-test%3A stream_truncated::")
    summary = Path("summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n")
    assert "stream_truncated" in summary


def test_elsewhere_nothing_is_annotated(cmtool: InProcess) -> None:
    ended = cmtool("stream-test", "--sandbox", "truncated", GITHUB_STEP_SUMMARY="summary.md")
    assert "::" not in ended.err
    assert not Path("summary.md").exists()
