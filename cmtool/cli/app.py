"""The commands: parse, call, emit.

What a command needs beyond the options is imported inside it, so that ``cmtool errors`` does not
pay for the network.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cmtool import __version__
from cmtool.cli.boundary import guarded
from cmtool.cli.helping import HelpedCommand
from cmtool.cli.options import (
    AskOptions,
    ModelArgument,
    OutputOptions,
    PasteOptions,
    Shell,
    StreamOptions,
    TargetOptions,
    expanded,
    one_model,
)

app = typer.Typer(
    name="cmtool",
    help="Tells why calls to the CrossModel gateway fail, and what to do about it.",
    epilog="Begin with 'cmtool doctor'; 'cmtool COMMAND --help' shows options and examples.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Prompt = Annotated[str | None, typer.Option("--prompt", metavar="TEXT", help="What to ask.")]
MaxTokens = Annotated[
    int, typer.Option("--max-tokens", metavar="N", min=1, help="Cap of the output, in tokens.")
]


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        from cmtool.cli.about import running_on  # noqa: PLC0415 - start-up time

        typer.echo(f"cmtool {__version__} · {running_on()}")
        raise typer.Exit


@app.callback()
def cmtool(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell why calls to the CrossModel gateway fail, and what to do about it."""


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool doctor --sandbox healthy
        cmtool doctor --sandbox insufficient-balance
        cmtool doctor --sandbox healthy --no-spend --format json
    """,
)
@expanded
@guarded
def doctor(
    target: TargetOptions,
    ask: AskOptions,
    output: OutputOptions,
    model: ModelArgument = None,
) -> int:
    """Walk every check and print one diagnosis."""
    from cmtool.checks import registry  # noqa: PLC0415
    from cmtool.checks.facts import Wishes  # noqa: PLC0415
    from cmtool.cli.output import emit  # noqa: PLC0415
    from cmtool.cli.running import chosen_protocols, execute  # noqa: PLC0415
    from cmtool.render.human.report import report_lines  # noqa: PLC0415

    wishes = Wishes(protocols=chosen_protocols(ask), no_spend=target.no_spend)
    conclusion = execute(
        "doctor",
        [spec.id for spec in registry.every()],
        target=target,
        output=output,
        model=one_model(model, ask.model_option),
        wishes=wishes,
    )
    return emit(conclusion.report, output, report_lines)


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool models --sandbox healthy
        cmtool models --sandbox healthy 'anthropic/*' --long
        cmtool models --sandbox healthy --check anthropic/claude-sonnet-4.6
    """,
)
@expanded
@guarded
def models(
    target: TargetOptions,
    output: OutputOptions,
    pattern: Annotated[
        str | None,
        typer.Argument(metavar="[PATTERN]", help="Part of an ID, or a pattern with * and ?."),
    ] = None,
    *,
    check: Annotated[
        str | None,
        typer.Option("--check", metavar="ID", help="Say whether an ID exists; else the nearest."),
    ] = None,
    long: Annotated[bool, typer.Option("--long", "-l", help="Show owner and date.")] = False,
) -> int:
    """List the model IDs, one a line, sorted."""
    from cmtool.cli import listing  # noqa: PLC0415

    if check is not None:
        return listing.check(check, target=target, output=output)
    return listing.models(pattern, long=long, target=target, output=output)


@app.command(
    name="stream-test",
    cls=HelpedCommand,
    epilog="""
        cmtool stream-test --sandbox healthy
        cmtool stream-test --sandbox truncated --report stream.xml
        cmtool stream-test --sandbox slow -p chat --max-ttft 200
    """,
)
@expanded
@guarded
def stream_test(
    target: TargetOptions,
    ask: AskOptions,
    options: StreamOptions,
    output: OutputOptions,
    model: ModelArgument = None,
) -> int:
    """Judge and measure real streams, fit for a pipeline."""
    from cmtool.cli import streaming  # noqa: PLC0415

    asked = one_model(model, ask.model_option)
    return streaming.run(asked, target=target, ask=ask, options=options, output=output)


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool request --sandbox healthy
        cmtool request --sandbox rate-limit-exceeded -p messages --stream
    """,
)
@expanded
@guarded
def request(
    target: TargetOptions,
    ask: AskOptions,
    output: OutputOptions,
    model: ModelArgument = None,
    *,
    stream: Annotated[bool, typer.Option("--stream", help="Ask for a stream.")] = False,
    prompt: Prompt = None,
    max_tokens: MaxTokens = 16,
) -> int:
    """Send one test request and show everything."""
    from cmtool.checks.facts import DEFAULT_PROMPT, Wishes  # noqa: PLC0415
    from cmtool.cli.output import emit  # noqa: PLC0415
    from cmtool.cli.running import chosen_protocols, execute, generating  # noqa: PLC0415
    from cmtool.render.human.request import request_lines  # noqa: PLC0415

    asked = one_model(model, ask.model_option)
    protocols = chosen_protocols(ask) if ask.protocol else chosen_protocols(ask)[:1]
    conclusion = execute(
        "request",
        generating(protocols, no_spend=target.no_spend),
        target=target,
        output=output,
        model=asked,
        wishes=Wishes(
            protocols=protocols,
            no_spend=target.no_spend,
            prompt=prompt or DEFAULT_PROMPT,
            max_tokens=max_tokens,
            stream=stream,
            keep_body=True,
        ),
    )
    return emit(conclusion.report, output, request_lines)


@app.command(
    cls=HelpedCommand,
    epilog="""
        echo 'HTTP/1.1 402 Payment Required' | cmtool explain
        cmtool request --sandbox invalid-api-key -f json | cmtool explain
        cmtool stream-test --sandbox truncated -f json | cmtool explain -f markdown
    """,
)
@expanded
@guarded
def explain(
    options: PasteOptions,
    output: OutputOptions,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="What holds the error; else standard input."),
    ] = None,
) -> int:
    """Explain an error that is pasted, without any request."""
    from cmtool.cli import explaining  # noqa: PLC0415

    return explaining.run(file, options=options, output=output)


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool errors
        cmtool errors 402
        cmtool errors model_not_found
    """,
)
@expanded
@guarded
def errors(
    output: OutputOptions,
    which: Annotated[
        str | None,
        typer.Argument(metavar="[ID or STATUS]", help="One row in full, or those of a status."),
    ] = None,
) -> int:
    """Print the error table, or one row of it in full."""
    from cmtool.cli import table  # noqa: PLC0415

    return table.errors(which, output)


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool balance --sandbox healthy
        cmtool balance --sandbox no-wallet
    """,
)
@expanded
@guarded
def balance(target: TargetOptions, output: OutputOptions) -> int:
    """Show the wallet and the spend, in money."""
    from cmtool.cli.output import emit  # noqa: PLC0415
    from cmtool.cli.running import CONFIGURATION, execute  # noqa: PLC0415
    from cmtool.render.human.account import balance_lines  # noqa: PLC0415

    checks = (*CONFIGURATION, "balance")
    conclusion = execute("balance", checks, target=target, output=output)
    return emit(conclusion.report, output, balance_lines)


@app.command(
    cls=HelpedCommand,
    epilog="""
        cmtool sandbox --list
        cmtool sandbox --port 8080 --scenario flaky
    """,
)
@guarded
def sandbox(
    *,
    list_: Annotated[bool, typer.Option("--list", help="Print the scenarios and end.")] = False,
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="NAME", help="Whose key to print.")
    ] = "healthy",
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = (
        "127.0.0.1"
    ),
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")
    ] = 0,
    delay: Annotated[
        float, typer.Option("--delay", metavar="MS", min=0, help="Wait before every answer.")
    ] = 0.0,
    first_token: Annotated[
        float, typer.Option("--first-token", metavar="MS", min=0, help="Wait before a stream's.")
    ] = 0.0,
) -> int:
    """Serve a local gateway with a scenario for every failure."""
    from cmtool.cli import serving  # noqa: PLC0415

    if list_:
        return serving.list_scenarios()
    pace = serving.Pace(delay_s=delay / 1000, first_token_s=first_token / 1000)
    return serving.serve(scenario, host, port, pace)


@app.command(
    cls=HelpedCommand,
    epilog="""
        eval "$(cmtool completion bash)"
        cmtool completion fish > cmtool.fish
    """,
)
@guarded
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell.")],
) -> int:
    """Print the completion script for a shell."""
    from cmtool.cli.completion import script  # noqa: PLC0415

    typer.echo(script(shell), nl=False)
    return 0
