"""What the gateway keeps for each key: the wallet, the two limits and the usage figures.

Facts: https://www.crossmodel.ai/docs/billing and https://www.crossmodel.ai/docs/rate-limits.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from cmtool.model import Json, UsagePeriod
from cmtool.sandbox.asks import RefusedError

MINUTE_S = 60.0
_PROMPT_MICRO = 1
_COMPLETION_MICRO = 4
_USUAL_REPLY_TOKENS = 1_000
_FIGURES = tuple(figure.name for figure in fields(UsagePeriod))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Requests and tokens that one key may use in a sliding minute."""

    rpm: int = 60
    tpm: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """The wallet at the start, in micro units.

    ``price_micro`` is a fixed price for every generation; None prices the tokens.  ``lenient``
    serves requests whatever the balance.
    """

    balance_micro: int = 12_340_000
    uncollected_micro: int = 0
    price_micro: int | None = None
    lenient: bool = False


class Account:
    """The books of one key.  ``monotonic`` gives seconds for the limits, ``wall`` the UTC time."""

    def __init__(
        self,
        wallet: Wallet,
        limits: Limits,
        monotonic: Callable[[], float],
        wall: Callable[[], datetime],
    ) -> None:
        self._plan = wallet
        self._limits = limits
        self._monotonic = monotonic
        self._wall = wall
        self._balance_micro = wallet.balance_micro
        self._held_micro = wallet.uncollected_micro
        self._requests: deque[float] = deque()
        self._tokens: deque[tuple[float, int]] = deque()
        self._days: dict[date, Counter[str]] = {}

    def admit(self, prompt_tokens: int, cap: int | None) -> Charge:
        """Let one generation in and hold its highest price.

        Raises :class:`RefusedError`: ``rate_limit_exceeded`` naming the limit that was hit, or
        ``insufficient_balance`` when the wallet cannot cover the hold.
        """
        self._check_limits()
        hold = self._price(prompt_tokens, _USUAL_REPLY_TOKENS if cap is None else cap)
        if not self._plan.lenient and self._balance_micro - self._held_micro < hold:
            raise RefusedError("insufficient_balance")
        self._requests.append(self._monotonic())
        self._held_micro += hold
        return Charge(self, hold)

    def _check_limits(self) -> None:
        since = self._monotonic() - MINUTE_S
        while self._requests and self._requests[0] <= since:
            self._requests.popleft()
        while self._tokens and self._tokens[0][0] <= since:
            self._tokens.popleft()
        if len(self._requests) >= self._limits.rpm:
            raise RefusedError("rate_limit_exceeded", rpm_message(self._limits.rpm))
        if sum(tokens for _, tokens in self._tokens) >= self._limits.tpm:
            raise RefusedError("rate_limit_exceeded", tpm_message(self._limits.tpm))

    def _price(self, prompt_tokens: int, completion_tokens: int) -> int:
        if self._plan.price_micro is not None:
            return self._plan.price_micro
        return prompt_tokens * _PROMPT_MICRO + completion_tokens * _COMPLETION_MICRO

    def settle(self, hold: int, prompt_tokens: int, completion_tokens: int, *, ok: bool) -> None:
        """Release a hold, charge what was used, and count the request."""
        cost = self._price(prompt_tokens, completion_tokens)
        total = prompt_tokens + completion_tokens
        self._held_micro -= hold
        self._balance_micro = max(0, self._balance_micro - cost)
        self._tokens.append((self._monotonic(), total))
        self._count(
            cost_micro=cost,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=total,
            request_count=1,
            success_count=int(ok),
        )

    def count_failure(self) -> None:
        """Count a request that was turned down: it costs nothing."""
        self._count(request_count=1)

    def _count(self, **figures: int) -> None:
        self._days.setdefault(self._wall().date(), Counter()).update(figures)

    def credits(self) -> dict[str, Json]:
        """Give the answer of ``GET /v1/credits``."""
        return {
            "currency": "USD",
            "balance_micro": self._balance_micro,
            "uncollected_micro": self._held_micro,
        }

    def usage(self) -> dict[str, Json]:
        """Give the answer of ``GET /v1/usage``: UTC day, ISO week, calendar month."""
        today = self._wall().date()
        return {
            "currency": "USD",
            "daily": self._since(today),
            "weekly": self._since(today - timedelta(days=today.weekday())),
            "monthly": self._since(today.replace(day=1)),
        }

    def _since(self, first: date) -> dict[str, Json]:
        sums: Counter[str] = Counter()
        for day, figures in self._days.items():
            if day >= first:
                sums.update(figures)
        return {figure: sums[figure] for figure in _FIGURES}


class Charge:
    """The hold of one request in flight; it is settled once, whatever happens."""

    def __init__(self, account: Account, hold: int) -> None:
        self._account = account
        self._hold = hold
        self._settled = False

    def settle(self, prompt_tokens: int, completion_tokens: int, *, ok: bool) -> None:
        """Release the hold and charge the tokens; a second call changes nothing."""
        if not self._settled:
            self._settled = True
            self._account.settle(self._hold, prompt_tokens, completion_tokens, ok=ok)


def rpm_message(rpm: int) -> str:
    """Say that the request rate was hit, as the gateway names it."""
    return f"Rate limit exceeded: {rpm} requests per minute (RPM) for this key."


def tpm_message(tpm: int) -> str:
    """Say that the token rate was hit, as the gateway names it."""
    return f"Rate limit exceeded: {tpm} tokens per minute (TPM) for this key."
