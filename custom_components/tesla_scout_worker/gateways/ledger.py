"""The ledger: the billed calls of a month, by kind, and their prices.

Tesla (billing and limits, 2026-01-10): 500 data reads, 1,000 commands or 50 wakes
for a dollar; every answer with a status below 500 counts, by calendar month in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from ..const import NOT_STORED
from .way import Way


class CallKind(StrEnum):
    """What Tesla bills a call as."""

    DATA = "data"
    COMMAND = "command"
    WAKE = "wake"
    FREE = "free"


# What one call costs, by its kind.
type Prices = Mapping[CallKind, float]

DOLLARS: Final = "USD"

# Tesla's own, in US dollars.
PRICES: Final[Prices] = {
    CallKind.DATA: 1 / 500,
    CallKind.COMMAND: 1 / 1000,
    CallKind.WAKE: 1 / 50,
    CallKind.FREE: 0.0,
}

# What costs a dollar in Tesla's other price lists: the same in EUR, 650 reads for a pound,
# 124.38 for a zloty (Tesla's billing pages of these countries, 2026).
PRICE_LISTS: Final[Mapping[str, float]] = {
    DOLLARS: 1.0,
    "EUR": 1.0,
    "GBP": 500 / 650,
    "PLN": 500 / 124.38,
}

# Where a subscription pays.
NO_PRICES: Final[Prices] = dict.fromkeys(CallKind, 0.0)


# The month before, while clocks differ around its end, and one of a clock that is wrong.
OTHER_PAGES = 2


def kind_of(path: str) -> CallKind:
    """Return what a call to a path of the Fleet API is billed as.

    A ``signed_command`` is a command; whether its handshake is billed as one too is
    not documented, and counting it errs on the side of the bill.
    """
    if path.endswith("/vehicle_data"):
        return CallKind.DATA
    if path.endswith("/wake_up"):
        return CallKind.WAKE
    if path.endswith("/signed_command") or "/command/" in path:
        return CallKind.COMMAND
    return CallKind.FREE


def _month(at: datetime) -> str:
    """Return the billing month of an instant, as 2026-11."""
    return at.astimezone(UTC).strftime("%Y-%m")


@dataclass(kw_only=True)
class Ledger:
    """The calls of one account in the current billing month.

    ``others`` are the calls of other months to which a clock may return. ``prices`` are
    those of the account's gateway.
    """

    month: str
    calls: dict[CallKind, int] = field(
        default_factory=lambda: dict.fromkeys(CallKind, 0)
    )
    others: dict[str, dict[CallKind, int]] = field(default_factory=dict, compare=False)
    prices: Prices = field(
        default_factory=lambda: PRICES, compare=False, metadata=NOT_STORED
    )
    currency: str = field(default=DOLLARS, compare=False, metadata=NOT_STORED)

    def __post_init__(self) -> None:
        """Count all kinds of calls; an older version may have counted fewer."""
        self.calls = _page(self.calls)
        self.others = {month: _page(calls) for month, calls in self.others.items()}

    @classmethod
    def started(cls, now: datetime) -> Self:
        """Return an empty ledger for the month of ``now``."""
        return cls(month=_month(now))

    def roll_over(self, now: datetime) -> None:
        """Switch to the calls of the month of ``now``, none if it has only begun.

        A month before the first one is ignored: a clock that is in the past until it is
        set would count the present month twice. The calls of a month in the future, from
        a clock that was ahead, are kept apart.
        """
        month = _month(now)
        if month == self.month or month < min((self.month, *self.others)):
            return
        self.others[self.month] = self.calls
        self.month = month
        self.calls = self.others.pop(month, dict.fromkeys(CallKind, 0))
        while len(self.others) > OTHER_PAGES:
            del self.others[min(self.others)]

    def count(self, kind: CallKind, status: int, now: datetime, calls: int = 1) -> None:
        """Count answers; Tesla does not bill a status of 500 and above."""
        self.roll_over(now)
        if status < 500:
            self.calls[kind] += calls

    @property
    def cost(self) -> float:
        """What the month's calls cost, before Tesla's credit."""
        return sum(self.prices[kind] * calls for kind, calls in self.calls.items())


def bill_currency(way: Way, home: str) -> str:
    """Return the currency in which the calls of an account are billed.

    Args:
        way: By whom: Tesla has price lists in several currencies.
        home: The currency of the home.
    """
    return home if way is not Way.TESLEMETRY and home in PRICE_LISTS else DOLLARS


def in_currency(prices: Prices, currency: str) -> Prices:
    """Return prices in US dollars by Tesla's price list in a currency."""
    rate = PRICE_LISTS[currency]
    return {kind: price * rate for kind, price in prices.items()}


def _page(calls: Mapping[CallKind, int]) -> dict[CallKind, int]:
    """Return the calls of a page with all kinds."""
    return {kind: calls.get(kind, 0) for kind in CallKind}
