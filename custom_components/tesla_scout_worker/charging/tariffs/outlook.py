"""What can be said of prices at a time: published ones, estimates, or peak hours. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .curve import CostCurve
from .overlay import overlay

_DAY: Final = timedelta(days=1)

# Unknown prices of tomorrow are estimated from these days before, in this order.
_GUESSED_DAYS: Final = (3, 2, 1)

NOTHING: Final = CostCurve()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What is known of prices.

    Attributes:
        now: The present (UTC).
        known: Published prices or a tariff, from some days before now on.
        guesses: A forecast of prices by their source.
        peaks: Hours to avoid where no price can even be estimated.
    """

    now: datetime
    known: CostCurve
    guesses: CostCurve = NOTHING
    peaks: CostCurve = NOTHING

    def is_priced(self, until: datetime) -> bool:
        """Whether any price is published between now and an instant."""
        return is_priced(self.known.between(self.now, until))

    def curve(self, until: datetime) -> CostCurve:
        """Return what a plan is made by: prices, else estimates, else peak hours."""
        known, guesses = self.known, self.guesses.priced.between(self.now, until)
        if _reaches(guesses, max(self.now, self.published_until), until):
            # Such a forecast needs no earlier days; a short curve is planned by sooner.
            known = known.between(self.now, until)
        curve = with_guesses(known, guesses, until).between(self.now, until)
        return repeated(curve, until) if is_priced(curve) else self.peaks

    @property
    def published_until(self) -> datetime:
        """When the last published price ends."""
        ends = [item.end for item in self.known.intervals if item.cost is not None]
        return max(ends, default=self.now)


def is_priced(curve: CostCurve) -> bool:
    """Whether any cost is known."""
    return any(interval.cost is not None for interval in curve.intervals)


def _reaches(guesses: CostCurve, start: datetime, until: datetime) -> bool:
    """Whether there is a guess at each time between two instants."""
    for item in guesses.intervals:
        if item.start > start:
            return False
        start = max(start, item.end)
    return start >= until


def repeated(curve: CostCurve, until: datetime) -> CostCurve:
    """Return a curve whose last day is repeated until an instant.

    A deadline may be weeks beyond any forecast. A plan by unknown hours would end where
    the known ones do, or just before the deadline, whatever those hours cost.
    """
    end = max(item.end for item in curve.intervals if item.cost is not None)
    estimated = [item for item in curve.intervals if item.end <= end]
    last_day = curve.between(end - _DAY, end).intervals
    more_days = max(0, -((end - until) // _DAY))
    repeats = [
        replace(item, start=item.start + day * _DAY, end=item.end + day * _DAY)
        for day in range(1, more_days + 1)
        for item in last_day
    ]
    start = curve.intervals[0].start
    return replace(curve, intervals=(*estimated, *repeats)).between(start, until)


def with_guesses(known: CostCurve, guesses: CostCurve, until: datetime) -> CostCurve:
    """Return a curve with unknown prices estimated, by a forecast or earlier days.

    Prices are published in order, so a gap before known prices is not estimated. Hours
    after them whose cost is unknown are, such as those whose grid fee comes later.
    """
    priced = known.priced.intervals
    if not priced:
        return replace(known, intervals=guesses.intervals)
    end_of_known = priced[-1].end
    layers = [
        replace(item, start=max(item.start + days * _DAY, end_of_known), end=end)
        for days in _GUESSED_DAYS
        for item in priced
        if end_of_known < (end := item.end + days * _DAY)
        and item.start + days * _DAY < until
    ]
    layers += guesses.intervals
    layers += (item for item in known.intervals if item.end <= end_of_known)
    intervals = [
        replace(layers[index], start=start, end=end)
        for start, end, index, _ in overlay(
            [(layer.start, layer.end) for layer in layers]
        )
    ]
    return replace(known, intervals=tuple(intervals))
