"""Cost of a kWh over time: half-open intervals in UTC; gaps are unknown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from .overlay import overlay


@dataclass(frozen=True, kw_only=True, slots=True)
class CostInterval:
    """The cost of energy from ``start`` until just before ``end`` (UTC).

    ``cost`` is per kWh and may be negative. None is unknown; unknown is never cheap.
    ``peak`` marks hours that the tariff names as peak hours.
    """

    start: datetime
    end: datetime
    cost: float | None
    peak: bool = False

    def __post_init__(self) -> None:
        """Check the interval.

        Raises:
            ValueError: A time is naive, or the end is not after the start.
        """
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError("An interval has aware times")
        if self.end <= self.start:
            raise ValueError("An interval ends after it starts")


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCurve:
    """Intervals in order, without overlaps; the cost in a gap is unknown.

    ``currency`` is an ISO 4217 code. None: the cost is a rank, such as 0 off-peak and
    1 in peak hours.
    """

    intervals: tuple[CostInterval, ...] = ()
    currency: str | None = None

    def __post_init__(self) -> None:
        """Check the order of the intervals.

        Raises:
            ValueError: They are not in order, or overlap.
        """
        for earlier, later in pairwise(self.intervals):
            if later.start < earlier.end:
                raise ValueError("Intervals are in order and do not overlap")

    def between(self, start: datetime, end: datetime) -> CostCurve:
        """Return the part of the curve from ``start`` until just before ``end``."""
        return replace(self, intervals=tuple(_cut(self.intervals, start, end)))

    @property
    def priced(self) -> CostCurve:
        """The curve without its intervals of unknown cost."""
        known = (item for item in self.intervals if item.cost is not None)
        return replace(self, intervals=tuple(known))

    def over(self, below: CostCurve) -> CostCurve:
        """Return the curve, and in its gaps another one."""
        layers = (*below.intervals, *self.intervals)
        return CostCurve(
            intervals=tuple(
                replace(layers[index], start=start, end=end)
                for start, end, index, _ in overlay(
                    [(layer.start, layer.end) for layer in layers]
                )
            ),
            currency=self.currency or below.currency,
        )

    def at(self, instant: datetime) -> CostInterval | None:
        """Return the interval that an instant lies in; None in a gap."""
        for interval in self.intervals:
            if interval.start <= instant < interval.end:
                return interval
        return None


def _cut(
    intervals: Iterable[CostInterval], start: datetime, end: datetime
) -> Iterable[CostInterval]:
    """Yield the parts of intervals that lie between two instants."""
    for interval in intervals:
        first, last = max(interval.start, start), min(interval.end, end)
        if first < last:
            yield replace(interval, start=first, end=last)
