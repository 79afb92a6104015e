"""A local gateway that behaves as CrossModel documents, with a scenario for every way to fail."""

from __future__ import annotations

from cmtool.sandbox.accounts import Limits
from cmtool.sandbox.log import LoggedRequest
from cmtool.sandbox.scenario import Scenario, key_for
from cmtool.sandbox.scenarios import SCENARIOS
from cmtool.sandbox.server import Sandbox

__all__ = ["SCENARIOS", "Limits", "LoggedRequest", "Sandbox", "Scenario", "key_for"]
