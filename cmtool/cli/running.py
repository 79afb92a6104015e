"""From the options of a command to its finished run."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection
from dataclasses import replace

from cmtool import config
from cmtool.address import examine
from cmtool.checks import registry
from cmtool.checks.facts import Wishes
from cmtool.cli import output as out
from cmtool.cli.looping import complete
from cmtool.cli.options import AskOptions, OutputOptions, TargetOptions
from cmtool.cli.remembering import remember
from cmtool.cli.scenarios import check_scenario
from cmtool.cli.session import Conclusion, Order, conduct
from cmtool.errors import UsageError
from cmtool.model import Finding, Protocol, Report, Secret
from cmtool.render.progress import Progress
from cmtool.settings import Settings

CONFIGURATION = ("key", "base-url")
LISTING = (*CONFIGURATION, "connection", "auth")


def chosen_protocols(ask: AskOptions) -> tuple[Protocol, ...]:
    """Give the protocols that were asked for, each once, in their own order; all by default."""
    return tuple(p for p in Protocol if p in ask.protocol) if ask.protocol else tuple(Protocol)


def execute(  # noqa: PLR0913 - what a command consists of
    command: str,
    checks: Collection[str] | Callable[[Settings], Collection[str]],
    *,
    target: TargetOptions,
    output: OutputOptions,
    model: str | None = None,
    wishes: Wishes | None = None,
) -> Conclusion:
    """Run the checks of a command against the gateway, or against an embedded sandbox.

    Which checks these are may depend on what is configured.
    """
    target.checked()
    read = {"--api-key-file": target.api_key_file, "--env-file": target.env_file}
    out.check_reports(output.report, read)
    settings = _settings(target, model)
    checks = checks(settings) if callable(checks) else checks
    plan = {spec.id: spec.group for spec in registry.chosen(checks)}
    with out.watching(output, plan) as progress:
        order = Order(
            command=command,
            settings=settings,
            wishes=wishes or Wishes(),
            checks=checks,
            timeout_s=target.timeout,
            strict=output.strict,
        )
        conclusion = complete(_run(order, target.sandbox, progress))
    if target.sandbox is None and conclusion.facts.models:
        remember(model.id for model in conclusion.facts.models)
    return replace(conclusion, report=_aimed(conclusion.report, target))


def _aimed(report: Report, target: TargetOptions) -> Report:
    """Give the report with commands that ask the same gateway as this one did."""
    options = [
        f" {option} {shlex.quote(value)}"
        for option, value in (
            ("--base-url", _mended(target.base_url)),
            ("--api-key-file", target.api_key_file),
            ("--env-file", target.env_file),
            ("--sandbox", target.sandbox),
        )
        if value is not None
    ]

    def aimed(finding: Finding) -> Finding:
        commands = [
            line + "".join(options) if line.startswith("cmtool ") and "errors" not in line else line
            for line in finding.commands
        ]
        return replace(finding, commands=tuple(commands))

    return replace(
        report,
        diagnosis=aimed(report.diagnosis) if report.diagnosis else None,
        findings=tuple(map(aimed, report.findings)),
        streams=tuple(
            replace(stream, diagnosis=aimed(stream.diagnosis)) if stream.diagnosis else stream
            for stream in report.streams
        ),
    )


def _mended(base_url: str | None) -> str | None:
    """Give a base URL as it has to be, without secrets; None where it cannot be mended."""
    return None if base_url is None else examine(base_url, "--base-url").base_url


def _settings(target: TargetOptions, model: str | None) -> Settings:
    if target.sandbox and (target.base_url or target.api_key_file or target.env_file):
        raise UsageError("--sandbox brings its own base URL and key; leave the other option out.")
    return config.load(
        {} if target.sandbox else config.environment(),  # a sandbox brings its own
        base_url=target.base_url,
        api_key_file=target.api_key_file,
        env_file=target.env_file,
        model=model,
        timeout_s=target.timeout,
    )


async def _run(order: Order, scenario: str | None, progress: Progress) -> Conclusion:
    if scenario is None:
        return await conduct(order, progress)
    # The sandbox and what it is made of are loaded only for those who ask for it.
    from cmtool.sandbox import SCENARIOS, Sandbox, key_for  # noqa: PLC0415

    check_scenario(scenario, SCENARIOS)
    async with Sandbox() as sandbox:
        settings = Settings(
            key=Secret(key_for(scenario)),
            key_where=f"the sandbox scenario {scenario}",
            key_source="sandbox",
            base_url=sandbox.base_url,
            base_url_where="the sandbox",
            model=order.settings.model,
        )
        return await conduct(order.within(settings), progress)


def generating(
    protocols: Collection[Protocol], *, no_spend: bool
) -> Callable[[Settings], Collection[str]]:
    """Give the checks of a command that generates.

    The list is asked for only when a model has to be chosen; with ``no_spend`` it and the wallet
    are all that there is to go by.
    """

    def checks(settings: Settings) -> tuple[str, ...]:
        if no_spend:
            before: tuple[str, ...] = (*LISTING, "balance", "model")
        else:
            before = CONFIGURATION if settings.model else (*LISTING, "model")
        return (*before, *(protocol.value for protocol in protocols), "trace")

    return checks
