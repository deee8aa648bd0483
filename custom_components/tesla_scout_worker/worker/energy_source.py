"""What every source of energy prices has in common."""

from abc import ABC, abstractmethod
import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, Protocol

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..charging.tariffs.curve import CostCurve
from ..charging.tariffs.price_history import PriceHistory
from ..charging.tariffs.price_parser import PriceSeries

_DAY: Final = timedelta(days=1)

# Past prices are kept for the sums of past charging, and to estimate unknown prices.
KEPT: Final = timedelta(days=4)

# How far into the future a tariff is expanded.
AHEAD: Final = timedelta(days=8)

# Minimum time between two refreshes.
LASTS: Final = timedelta(minutes=5)


class PriceMemory(Protocol):
    """Where the history of prices is kept over restarts."""

    prices: PriceHistory


@dataclass(kw_only=True, slots=True)
class NoMemory:
    """A history of prices that nobody keeps: of a form, before it is saved."""

    prices: PriceHistory = field(default_factory=PriceHistory)


class EnergySource(ABC):
    """A source of energy prices."""

    # Whether costs are ranks, such as 0 off-peak and 1 in peak hours, and no money.
    ranks = False

    def __init__(self) -> None:
        """Start without prices."""
        # Expected prices, for times without a published price.
        self.guesses = CostCurve()
        self._listeners: list[CALLBACK_TYPE] = []
        self._lock = asyncio.Lock()
        self._asked_at: datetime | None = None

    async def async_refresh(self, *, anew: bool = False) -> None:
        """Refresh the prices, and call the listeners if they changed.

        Refreshes at most every 5 minutes; concurrent callers share one refresh.
        ``anew`` forces one.
        """
        async with self._lock:
            now, at = dt_util.utcnow(), self._asked_at
            if not anew and at is not None and now - at < LASTS:
                return
            changed = await self.async_learn()
            self._asked_at = now
        if changed:
            for listener in tuple(self._listeners):
                listener()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a function when prices change; return a function that stops this."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @abstractmethod
    async def async_learn(self) -> bool:
        """Refresh; return whether anything changed."""

    @abstractmethod
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the known prices between two instants; the rest is unknown."""

    def likely(self, start: datetime, end: datetime) -> CostCurve:
        """Return the prices to show to a person, with those that a source forecasts."""
        return self.curve(start, end)

    def series(self, now: datetime) -> PriceSeries:
        """Return what was read from the source, before the formula."""
        curve = self.curve(now - _DAY, now + 2 * _DAY)
        return PriceSeries(curve=curve, guesses=self.guesses)

    @abstractmethod
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its start; None if weeks differ."""
