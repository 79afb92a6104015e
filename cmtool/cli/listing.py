"""`cmtool models`: the live list, filtered, and whether an ID is in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fnmatch import fnmatchcase

from cmtool.checks.facts import Wishes
from cmtool.cli.options import Format, OutputOptions, TargetOptions
from cmtool.cli.output import emit, stderr
from cmtool.cli.running import LISTING, execute
from cmtool.errors import UsageError
from cmtool.model import ModelInfo, Report
from cmtool.modelids import nearest, problem
from cmtool.redact import visible
from cmtool.render.human.account import absent_lines, models_lines
from cmtool.render.human.report import report_lines
from cmtool.render.layout import Line, line


def models(pattern: str | None, *, long: bool, target: TargetOptions, output: OutputOptions) -> int:
    """List the models whose ID matches; what is wrong goes to standard error.

    A list without a match is a list: it exits with 0, as what lists and filters commonly does.
    Whether an ID exists is the question of :func:`check`, which exits by the answer.
    """
    if pattern is not None and (why := problem(pattern)) is not None:
        raise UsageError(why)
    report = execute("models", LISTING, target=target, output=output).report
    every = report.models or ()
    if report.models is not None:
        found = tuple(model for model in report.models if matches(model, pattern))
        report = dataclasses.replace(report, models=found)

    def listed(
        report: Report, *, width: int, ascii_only: bool, verbose: bool, quiet: bool
    ) -> list[Line]:
        del verbose, quiet
        return models_lines(report, long=long, width=width, ascii_only=ascii_only)

    code = emit(report, output, listed)
    if output.format is Format.HUMAN:
        _tell(report, pattern, every, output)
    return code


def check(identifier: str, *, target: TargetOptions, output: OutputOptions) -> int:
    """Say whether an ID is in the live list, and else which ones are near it."""
    conclusion = execute(
        "models",
        (*LISTING, "model"),
        target=target,
        output=output,
        model=identifier,
        wishes=Wishes(list_decides=True),
    )

    def told(
        report: Report, *, width: int, ascii_only: bool, verbose: bool, quiet: bool
    ) -> list[Line]:
        if report.diagnosis is None:
            return [line(f"{visible(identifier)} exists")]
        if report.diagnosis.check != "model" or verbose:
            return report_lines(
                report, width=width, ascii_only=ascii_only, verbose=verbose, quiet=quiet
            )
        return absent_lines(identifier, conclusion.facts.nearest)

    return emit(conclusion.report, output, told)


def matches(model: ModelInfo, pattern: str | None) -> bool:
    """Say whether an ID contains the text, or fits the pattern with ``*`` and ``?``."""
    if pattern is None:
        return True
    identifier, wanted = model.id.lower(), pattern.lower()
    if any(char in wanted for char in "*?["):
        return fnmatchcase(identifier, wanted) or fnmatchcase(identifier, f"*/{wanted}")
    return wanted in identifier


def _tell(
    report: Report, pattern: str | None, every: Sequence[ModelInfo], output: OutputOptions
) -> None:
    """Say on standard error why there is no list, or nothing in it."""
    screen = stderr(output)
    if report.diagnosis is not None:
        screen.show(
            report_lines(
                report,
                width=screen.width,
                ascii_only=screen.ascii_only,
                verbose=output.verbose,
                quiet=output.quiet,
            )
        )
    elif report.models == () and pattern is not None:
        near = nearest(pattern, [model.id for model in every])
        hint = f"near it: {', '.join(near)}" if near else "'cmtool models' lists all"
        told = f"no model matches {pattern}, of {len(every)}; {hint}"
        screen.show([line(f"cmtool: {visible(told)}")])
