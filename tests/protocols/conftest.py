"""A stream machine fed with events that are written down as Python objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from cmtool.model import Protocol
from cmtool.protocols import DIALECTS, Signal, StreamMachine

Events: TypeAlias = Sequence[tuple[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """A machine behind its stream, and what each event meant to it."""

    machine: StreamMachine
    signals: list[Signal]

    @property
    def broken(self) -> list[tuple[str, int | None, str]]:
        return [(v.name, v.event, v.severity.value) for v in self.machine.violations]


Feed: TypeAlias = Callable[[Protocol, Events], Fed]


@pytest.fixture
def feed() -> Feed:
    """Feed events, each its name ("message" where the stream has none) and its data."""

    def run(protocol: Protocol, events: Events) -> Fed:
        machine = DIALECTS[protocol].machine(str)
        texts = [(name, d if isinstance(d, str) else json.dumps(d)) for name, d in events]
        signals = [machine.feed(name, data) for name, data in texts]
        machine.finish()
        return Fed(machine=machine, signals=signals)

    return run
