"""What the checks of one run are given, and what they find out for each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmtool.address import AddressVerdict
from cmtool.asking import Attempt
from cmtool.clock import Clock
from cmtool.credentials import KeyVerdict
from cmtool.gateway import Gateway
from cmtool.model import Balance, ModelInfo, Protocol, SentRequest
from cmtool.pace import UNLIMITED
from cmtool.retry import DELAYS_S
from cmtool.routing.proxies import ProxyChoice
from cmtool.routing.routes import Route
from cmtool.settings import Settings
from cmtool.streaming.thresholds import IDLE_S, NO_LIMITS, Thresholds
from cmtool.tls.trust import Trust

if TYPE_CHECKING:
    from cmtool.generation import Generation, Recorder
    from cmtool.protocols import Content

DEFAULT_PROMPT = "Reply with the single word: pong"
DEFAULT_MAX_TOKENS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user asked for.  ``stream`` False asks for each generation in one piece.

    ``list_decides`` takes the live list for the answer, not for a prediction.
    ``repeat`` streams are asked for in each protocol, ``concurrency`` at once over all of them,
    each held to ``limits`` and given to ``recorder``.  ``keep_body`` keeps the bodies of the
    generations also when nothing is wrong with them.
    """

    protocols: tuple[Protocol, ...] = tuple(Protocol)
    no_spend: bool = False
    list_decides: bool = False
    prompt: str = DEFAULT_PROMPT
    max_tokens: int = DEFAULT_MAX_TOKENS
    idle_s: float = IDLE_S
    stream: bool = True
    keep_body: bool = False
    repeat: int = 1
    concurrency: int = UNLIMITED
    retries: int = len(DELAYS_S)
    limits: Thresholds = NO_LIMITS
    recorder: Recorder | None = None


@dataclass(slots=True)
class Facts:
    """What has been found out so far; each fact is written by one check.

    ``listing`` holds the attempts at ``GET /v1/models`` (by ``connection``), ``models`` the live
    list (by ``auth``), ``model`` the ID that is asked for and ``nearest`` what may have been
    meant by it (by ``model``), ``generations`` every stream, ``contents`` every
    answer in one piece and ``probes`` what was asked for
    besides (by the protocols).
    """

    listing: list[Attempt[tuple[ModelInfo, ...] | None]] = field(default_factory=list)
    models: tuple[ModelInfo, ...] | None = None
    model: str | None = None
    nearest: tuple[str, ...] = ()
    balance: Balance | None = None
    generations: list[Generation] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    probes: list[Generation] = field(default_factory=list)
    requests: list[SentRequest] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The world of one run.

    ``gateway`` is None where no address can be used; ``advanced`` is told, with its identifier,
    how far a check has come; ``trust`` is None where no https address is met.
    """

    settings: Settings
    key: KeyVerdict
    address: AddressVerdict
    gateway: Gateway | None
    route: Route
    clock: Clock
    wishes: Wishes
    facts: Facts
    advanced: Callable[[str, str], None]
    trust: Trust | None = None

    @property
    def proxy(self) -> ProxyChoice | None:
        """The proxy through which the gateway is reached, if any."""
        return self.route.proxy

    def is_over(self) -> bool:
        """Whether the deadline has come, so that nothing more can be asked."""
        return self.gateway is not None and self.gateway.remaining_s() <= 0

    def reached(self) -> Gateway:
        """Give the gateway; only for checks that need ``base-url``, which blocks them without."""
        if self.gateway is None:
            raise LookupError("this check must declare that it needs base-url")
        return self.gateway
