"""`cmtool sandbox`: serve the local gateway until interrupted, a line for each request."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from cmtool.cli.looping import complete
from cmtool.cli.scenarios import check_scenario
from cmtool.errors import UsageError
from cmtool.redact import visible
from cmtool.routing.proxies import is_loopback
from cmtool.sandbox import SCENARIOS, LoggedRequest, Sandbox, key_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The least waiting times, in seconds."""

    delay_s: float = 0.0
    first_token_s: float = 0.0


def list_scenarios() -> int:
    """Print every scenario with what it does."""
    widest = max(map(len, SCENARIOS))
    for name, scenario in SCENARIOS.items():
        _say(f"{name:<{widest}}  {scenario.title}")
    return 0


def serve(scenario: str, host: str, port: int, pace: Pace) -> int:
    """Serve until interrupted; raises UsageError when the address cannot be listened on."""
    check_scenario(scenario, SCENARIOS)
    if not is_loopback(host):
        raise UsageError(f"The sandbox serves this machine only; {host} is not a loopback address.")
    complete(_serve(scenario, host, port, pace))
    return 0


async def _serve(scenario: str, host: str, port: int, pace: Pace) -> None:
    sandbox = Sandbox(
        host, port, delay_s=pace.delay_s, first_token_s=pace.first_token_s, on_request=_print
    )
    async with AsyncExitStack() as running:
        try:
            await running.enter_async_context(sandbox)
        except OSError as exc:
            reason = exc.strerror or exc
            told = f"The sandbox cannot listen on {host} port {port}: {reason}."
            raise UsageError(told) from exc
        _say(f"export CROSSMODEL_API_URL={sandbox.base_url}")
        _say(f"export CROSSMODEL_API_KEY={key_for(scenario)}")
        _say("# serving until Ctrl-C; 'cmtool sandbox --list' names the scenarios")
        await asyncio.Event().wait()


def _print(request: LoggedRequest) -> None:
    status = request.status if request.status is not None else "---"
    _say(
        f"{request.time:%H:%M:%S} {status} {visible(request.method)} {visible(request.path)}"
        f"  {request.scenario or 'no scenario'}  {request.duration_ms:.0f} ms"
        f"  {request.request_id or ''}".rstrip()
    )


def _say(line: str) -> None:
    """Print a line; the sandbox serves on when nobody reads them any more."""
    if sys.stdout is not None:
        with suppress(BrokenPipeError):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
