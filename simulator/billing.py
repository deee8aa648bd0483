"""Tesla's billing and rate limits. Pure.

Prices, limits and what is billed: Tesla's page "billing and limits" of 2026-01-10.
"""

from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil

from .clock import Clock
from .settings import RateLimits


class Kind(StrEnum):
    """The billing category of a request."""

    DATA = "data"
    COMMAND = "command"
    WAKE = "wake"
    FREE = "free"
    AUTH = "auth"


# In USD a request: 500 reads, 1,000 commands or 50 wakes for a dollar.
PRICES = {
    Kind.DATA: Decimal("0.002"),
    Kind.COMMAND: Decimal("0.001"),
    Kind.WAKE: Decimal("0.02"),
}
# Tesla takes this off each account's bill every month; the ledger shows what was
# used before it, and the limit applies to that.
MONTHLY_DISCOUNT = Decimal(10)

_MINUTE = timedelta(minutes=1)


class Billing:
    """The ledger of one account, by calendar month in UTC.

    Attributes:
        limit: USD a month before the discount; None for no limit.
    """

    def __init__(self, clock: Clock, limit: Decimal | None = None) -> None:
        """Create an empty ledger."""
        self._clock = clock
        self._months: dict[tuple[int, int], Counter[Kind]] = {}
        self.limit = limit

    def record(self, kind: Kind, status: int) -> bool:
        """Count an answer and return whether it is billed.

        Tesla: every answer with a status below 500 is billed, 4xx included.
        """
        if kind not in PRICES or status >= 500:
            return False
        self._month(self._clock.now())[kind] += 1
        return True

    @property
    def month_to_date(self) -> dict[Kind, int]:
        """The billed requests of this month by kind, zeros included."""
        month = self._month(self._clock.now())
        return {kind: month[kind] for kind in PRICES}

    @property
    def cost(self) -> Decimal:
        """USD of this month, before the discount."""
        return _cost(self._month(self._clock.now()))

    @property
    def months(self) -> dict[tuple[int, int], Decimal]:
        """USD by (year, month), before the discount."""
        return {month: _cost(counts) for month, counts in self._months.items()}

    @property
    def exceeded(self) -> bool:
        """Whether the account is disabled until the next month or a higher limit."""
        return self.limit is not None and self.cost >= self.limit

    def _month(self, now: datetime) -> Counter[Kind]:
        """Return the counts of a moment's month."""
        utc = now.astimezone(UTC)
        return self._months.setdefault((utc.year, utc.month), Counter())


class RateLimiter:
    """Counts the requests of each car over the last minute."""

    def __init__(self, clock: Clock, limits: RateLimits | None) -> None:
        """Start with no request; without limits every request is admitted."""
        self._clock = clock
        self._recent: dict[tuple[str, Kind], deque[datetime]] = {}
        self._limits = (
            {}
            if limits is None
            else {
                Kind.DATA: limits.data,
                Kind.COMMAND: limits.command,
                Kind.WAKE: limits.wake,
            }
        )

    def admit(self, vin: str, kind: Kind) -> int | None:
        """Count a request and return None, or the whole seconds to wait first."""
        limit = self._limits.get(kind)
        if limit is None:
            return None
        now = self._clock.now()
        recent = self._recent.setdefault((vin, kind), deque())
        while recent and recent[0] <= now - _MINUTE:
            recent.popleft()
        if len(recent) >= limit:
            return max(1, ceil((recent[0] + _MINUTE - now).total_seconds()))
        recent.append(now)
        return None


def _cost(counts: Counter[Kind]) -> Decimal:
    """Return what some counts cost in USD."""
    return sum((PRICES[kind] * counts[kind] for kind in PRICES), Decimal(0))
