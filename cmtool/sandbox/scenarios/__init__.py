"""The table of scenarios: a way for the gateway to behave is a row in the file of its kind."""

from __future__ import annotations

from cmtool.sandbox.scenario import HEALTHY, Scenario
from cmtool.sandbox.scenarios import codes, network, service, streams

__all__ = ["SCENARIOS"]

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(name=HEALTHY, title="everything works as documented"),
        *codes.CODES,
        *service.RECOVERING,
        *service.ACCOUNT,
        *service.ODD_ANSWERS,
        *network.FOREIGN,
        *network.CONNECTION,
        *streams.BROKEN,
        *codes.STREAM_CODES,
        *streams.LAWFUL,
    )
}
