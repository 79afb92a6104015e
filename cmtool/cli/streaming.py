"""`cmtool stream-test`: live, recorded, replayed, and at home in a pipeline."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

from cmtool import __version__
from cmtool.checks import inference, verdict
from cmtool.checks.facts import Facts, Wishes
from cmtool.cli.expecting import Matcher
from cmtool.cli.files import check_apart, check_writable
from cmtool.cli.looping import complete
from cmtool.cli.options import AskOptions, OutputOptions, StreamOptions, TargetOptions
from cmtool.cli.output import Recording, check_reports, emit
from cmtool.cli.running import chosen_protocols, execute, generating
from cmtool.errors import UsageError
from cmtool.generation import Generation
from cmtool.model import Report, Target
from cmtool.redact import Redactor
from cmtool.render.human.streams import stream_lines as report_lines
from cmtool.replay import replay
from cmtool.streaming.recording import Recorded, RecordingError, head_line, read, stream_lines
from cmtool.streaming.thresholds import Expectation, Thresholds

_RECORDING_LIMIT = 512 * 1024 * 1024  # bytes of a file that is replayed


def run(
    model: str | None,
    *,
    target: TargetOptions,
    ask: AskOptions,
    options: StreamOptions,
    output: OutputOptions,
) -> int:
    """Test streams as asked; gives the exit code."""
    options.checked()
    limits = _limits(options)
    if options.replay is not None:
        return _replayed(options.replay, ask, options, limits, output)
    kept: list[Recorded] = []
    if options.record is not None:
        if target.no_spend:
            raise UsageError("--record and --no-spend exclude each other: there is no stream then.")
        check_writable(options.record, "recording")
        files = {"--api-key-file": target.api_key_file, "--env-file": target.env_file}
        named = [*files.items(), *(("--report", path) for path in output.report or ())]
        check_apart([("--record", options.record)], [(name, path) for name, path in named if path])
    protocols = chosen_protocols(ask)
    conclusion = execute(
        "stream-test",
        generating(protocols, no_spend=target.no_spend),
        target=target,
        output=output,
        model=model,
        wishes=Wishes(
            protocols=protocols,
            no_spend=target.no_spend,
            prompt=options.prompt,
            max_tokens=options.max_tokens,
            idle_s=options.idle_timeout,
            repeat=options.repeat,
            concurrency=options.concurrency,
            retries=options.retries,
            limits=limits,
            recorder=kept.append if options.record is not None else None,
        ),
    )
    recording = None
    if options.record is not None:
        recording = Recording(path=options.record, text=lambda: _recording(kept))
    return emit(conclusion.report, output, report_lines, recording)


def _limits(options: StreamOptions) -> Thresholds:
    expect = None
    if options.expect is not None:
        try:
            re.compile(options.expect)
        except re.error as exc:
            why = f"--expect takes a regular expression; this one is not: {exc}."
            raise UsageError(why) from exc
        expect = Expectation(pattern=options.expect, search=Matcher().search)
    return Thresholds(
        max_ttft_ms=options.max_ttft,
        max_gap_ms=options.max_gap,
        max_duration_ms=options.max_duration,
        min_tokens_per_second=options.min_tokens_per_second,
        expect=expect,
    )


def _recording(kept: list[Recorded]) -> str:
    lines = [head_line(__version__)]
    lines += [part for number, stream in enumerate(kept) for part in stream_lines(number, stream)]
    return "\n".join(lines) + "\n"


def _replayed(
    path: str,
    ask: AskOptions,
    options: StreamOptions,
    limits: Thresholds,
    output: OutputOptions,
) -> int:
    """Judge a recording, or a plain capture; nothing is sent."""
    check_reports(output.report, {"--replay": path})
    started_at, start = datetime.now(UTC), time.monotonic()
    try:
        streams = _wanted(read(_content(path), ask.protocol[0] if ask.protocol else None), ask)
    except RecordingError as exc:
        raise UsageError(f"{path} cannot be replayed. {exc}") from exc
    generations = complete(_judged(streams, options.idle_timeout))
    facts = Facts()
    done = inference.replayed(generations, limits, facts)
    judged = verdict.judge(done, facts, strict=output.strict)
    exchanges = tuple(generation.attempt.exchange for generation in generations)
    report = Report(
        command="stream-test",
        cmtool_version=__version__,
        started_at=started_at,
        duration_ms=(time.monotonic() - start) * 1000,
        target=Target(base_url=f"recording:{path}", model=streams[0].model),
        outcome=judged.outcome,
        exit_code=judged.exit_code,
        diagnosis=judged.diagnosis,
        findings=judged.findings,
        checks=judged.checks,
        exchanges=exchanges,
        streams=tuple(generation.result for generation in facts.generations),
        support=verdict.support_for(judged.diagnosis, exchanges),
    )
    return emit(Redactor().scrub(report), output, report_lines)


def _wanted(streams: list[Recorded], ask: AskOptions) -> list[Recorded]:
    """Give the streams of the protocols that were named; raises RecordingError without any."""
    found = [stream for stream in streams if not ask.protocol or stream.protocol in ask.protocol]
    if not found:
        raise RecordingError("It holds no stream of the protocol that was named.")
    return found


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_RECORDING_LIMIT + 1)
    except OSError as exc:
        raise UsageError(f"The recording {path} cannot be read: {exc.strerror or exc}.") from exc
    if len(content) > _RECORDING_LIMIT:
        raise UsageError(f"The recording {path} is larger than {_RECORDING_LIMIT >> 20} MiB.")
    return content


async def _judged(streams: list[Recorded], idle_s: float) -> list[Generation]:
    return [await replay(stream, idle_s) for stream in streams]
