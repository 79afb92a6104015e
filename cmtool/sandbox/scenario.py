"""What a scenario is made of: where it applies, and what it answers or changes there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from cmtool.catalog import Shape
from cmtool.sandbox.accounts import Wallet
from cmtool.sandbox.endpoints import Endpoint, Route
from cmtool.sandbox.faults import StreamFault
from cmtool.sandbox.forms import WireForm
from cmtool.sandbox.speech import Speech
from cmtool.sandbox.wire import Headers, Reply, Request

KEY = "cm-sandbox"
HEALTHY = "healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as a rule sees it.  ``trace`` is the ``x-request-id`` header of its answer."""

    request: Request
    route: Route
    key: str
    shape: Shape
    trace: Headers


Answerer: TypeAlias = Callable[[Call], Reply]
HeaderEdit: TypeAlias = Callable[[Headers], Headers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An answer that takes the place of the gateway's at some endpoints.

    ``times`` is how often it does so for each path, or with ``per_key`` for the key as a whole;
    None means always.
    """

    where: frozenset[Endpoint]
    answer: Answerer
    times: int | None = None
    per_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The least waiting times of a scenario, in seconds."""

    delay_s: float = 0.0
    first_token_s: float = 0.0
    token_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way for the gateway to behave, chosen by the key.

    ``expects`` is the identifier that the doctor should diagnose, None when it works;
    ``warns`` the remarks it should make then.  ``rules`` are tried in order, and the first that
    applies answers.  ``headers`` edits the headers of the gateway's own answers, ``fault`` and
    ``form`` change its streams, ``streams`` False answers whole though a stream was asked for.
    ``aliases`` are models that work unlisted, ``served_model`` is the one that always answers.
    """

    name: str
    title: str
    expects: str | None = None
    warns: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    headers: HeaderEdit | None = None
    fault: StreamFault | None = None
    form: WireForm | None = None
    speech: Speech = field(default_factory=Speech)
    streams: bool = True
    aliases: tuple[str, ...] = ()
    served_model: str | None = None
    wallet: Wallet = field(default_factory=Wallet)
    pace: Pace = field(default_factory=Pace)


def key_for(name: str) -> str:
    """Give the key that chooses a scenario: ``cm-sandbox`` for the healthy one."""
    return KEY if name == HEALTHY else f"{KEY}-{name}"


def keys_of(name: str) -> tuple[str, ...]:
    """Give every key that chooses a scenario; the healthy one has its name as well."""
    return tuple(dict.fromkeys((key_for(name), f"{KEY}-{name}")))
