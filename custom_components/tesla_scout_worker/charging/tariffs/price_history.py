"""What a price source published in the past weeks, and how wrong forecasts were. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby
from math import inf
from statistics import fmean
from typing import Final, NamedTuple

from .curve import CostCurve

HOURS: Final = 24
_HOUR: Final = timedelta(hours=1)

# Three weeks have three weekends. Older prices are those of another season.
KEPT_DAYS: Final = 21

# A record of an hour says something after some days, and forgets those before the last
# ten or so.
LEAST_RECORD: Final = 3
_FULL_RECORD: Final = 10

# The share of a forecast of which it is not known yet how good it is.
_EVEN: Final = 0.5

# No kWh costs as much in any currency.
_NO_PRICE: Final = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class HourErrors:
    """How wrong two forecasts of an hour of the day were, as means over some days.

    Attributes:
        compared: How many days count, at most `_FULL_RECORD`; parts of hours are less.
        ours: The square of the error of `forecast`, in the unit of prices squared.
        theirs: The same of the source's forecast.
        bias: The source's forecast less the price.
    """

    compared: float = 0.0
    ours: float = 0.0
    theirs: float = 0.0
    bias: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether enough was compared."""
        return self.compared >= LEAST_RECORD

    def after(self, part: float, ours: float, theirs: float) -> HourErrors:
        """Return the record with the errors of one more day, or a part of its hour."""
        compared = min(max(0.0, self.compared) + part, _FULL_RECORD)
        share = part / compared
        return HourErrors(
            compared=compared,
            ours=self.ours + share * (ours * ours - self.ours),
            theirs=self.theirs + share * (theirs * theirs - self.theirs),
            bias=self.bias + share * (theirs - self.bias),
        )

    def share(self, bias: float) -> float:
        """Return how much the source's forecast counts, less a bias, of 1."""
        theirs = max(0.0, self.theirs - 2 * bias * self.bias + bias * bias)
        both = self.ours + theirs
        return self.ours / both if self.is_known and 0 < both < inf else _EVEN


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceHistory:
    """What a price source published in the past weeks, before the formula.

    Attributes:
        source: What the prices are of; those of another source are forgotten.
        currency: The currency of the prices, an ISO 4217 code.
        days: The mean price of each hour of a local day, from midnight on.
        errors: How wrong forecasts of each hour of the day were, from midnight on;
            empty: the source gives none.
    """

    source: str = ""
    currency: str | None = None
    days: Mapping[date, tuple[float | None, ...]] = field(default_factory=dict)
    errors: tuple[HourErrors, ...] = ()

    def price(self, day: date, hour: int) -> float | None:
        """Return the price of an hour; in one that a clock change skips, that before it."""
        prices = self.days.get(day, ())
        for at in (hour, hour - 1):
            if 0 <= at < len(prices):
                price = prices[at]
                if price is not None and abs(price) < _NO_PRICE:
                    return price
        return None

    def published_until(self, latest: date, zone: tzinfo) -> datetime | None:
        """Return the end of the last hour of known price (UTC); None: there is none.

        Days after ``latest`` were stored by a wrong clock.
        """
        for day in sorted((day for day in self.days if day <= latest), reverse=True):
            for hour in range(HOURS - 1, -1, -1):
                if self.days[day][hour : hour + 1] not in ((), (None,)):
                    start = datetime.combine(day, time(hour), zone).astimezone(UTC)
                    return start + _HOUR
        return None

    def with_prices(self, source: str, curve: CostCurve, zone: tzinfo) -> PriceHistory:
        """Return the history with what a source has published by now."""
        history = self
        if not curve.intervals and source == self.source:
            return self
        if (source, curve.currency) != (self.source, self.currency):
            history = PriceHistory(source=source, currency=curve.currency)
        seen: dict[date, dict[int, list[float]]] = {}
        for item in curve.intervals:
            at = item.start.astimezone(UTC)
            while item.cost is not None and at < item.end:
                local = at.astimezone(zone)
                hours = seen.setdefault(local.date(), {})
                hours.setdefault(local.hour, []).append(item.cost)
                at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        days = dict(history.days)
        for day, hours in seen.items():
            old = days.get(day, ())
            before = dict(enumerate(old))
            days[day] = tuple(
                round(sum(hours[hour]) / len(hours[hour]), 6)
                if hour in hours
                else before.get(hour)
                for hour in range(HOURS)
            )
        return replace(
            history, days={day: days[day] for day in sorted(days)[-KEPT_DAYS:]}
        )

    def compared(
        self, curve: CostCurve, ours: CostCurve, theirs: CostCurve, zone: tzinfo
    ) -> PriceHistory:
        """Return the history with the errors of two forecasts of what is published now.

        Args:
            curve: The prices.
            ours: The forecast of `forecast`.
            theirs: That of the source.
            zone: The zone of the hours.
        """
        found = [self._errors(hour) for hour in range(HOURS)]
        hours = groupby(_errors(curve, ours, theirs), key=lambda error: error.hour)
        for hour, group in hours:
            errors = [*group]
            part = sum(error.part for error in errors)
            local = hour.astimezone(zone).hour
            found[local] = found[local].after(
                part,
                sum(error.ours * error.part for error in errors) / part,
                sum(error.theirs * error.part for error in errors) / part,
            )
        known = any(errors.compared for errors in found)
        return replace(self, errors=tuple(found) if known else ())

    def _errors(self, hour: int) -> HourErrors:
        """Return the record of an hour of the day."""
        return self.errors[hour] if hour < len(self.errors) else HourErrors()

    @property
    def bias(self) -> float:
        """The usual bias of the source's forecast, as far as it is more than chance."""
        known = [errors for errors in self.errors if errors.is_known]
        if not known:
            return 0.0
        mean = fmean(errors.bias for errors in known)
        square = mean * mean
        spread = max(0.0, fmean(errors.theirs for errors in known) - square)
        # The hours of a day are wrong together, so days count.
        chance = spread / fmean(errors.compared for errors in known)
        return mean * square / (square + chance) if 0 < abs(mean) < _NO_PRICE else 0.0

    def best(self, ours: CostCurve, theirs: CostCurve, zone: tzinfo) -> CostCurve:
        """Return two forecasts as one: where both have a price, it is between them.

        The forecast that was closer to the prices of the same hour of past days counts
        more, by the square of its error: one may be good at night and bad at noon.
        Without a record both count the same. The source's is taken less its usual bias.
        """
        bias, mixed = self.bias, []
        for item in theirs.intervals:
            if item.cost is not None:
                cost, other = item.cost - bias, ours.at(item.start)
                if other is not None and other.cost is not None:
                    errors = self._errors(item.start.astimezone(zone).hour)
                    share = errors.share(bias)
                    cost = share * cost + (1 - share) * other.cost
                mixed.append(replace(item, cost=cost))
        return replace(theirs, intervals=tuple(mixed)).over(ours)


class _Error(NamedTuple):
    """How wrong two forecasts of one price were.

    ``hour`` is the start of its hour, ``part`` how much of that it is.
    """

    hour: datetime
    part: float
    ours: float
    theirs: float


def _errors(curve: CostCurve, ours: CostCurve, theirs: CostCurve) -> Iterator[_Error]:
    """Yield the errors of two forecasts where both had a price."""
    for item in curve.intervals:
        guesses = [forecast.at(item.start) for forecast in (ours, theirs)]
        costs = [guess.cost for guess in guesses if guess is not None]
        errors = [
            cost - item.cost
            for cost in costs
            if cost is not None and item.cost is not None
        ]
        if len(errors) == len(guesses):
            hour = item.start.replace(minute=0, second=0, microsecond=0)
            yield _Error(hour, min(1.0, (item.end - item.start) / _HOUR), *errors)


def newly_published(before: CostCurve, after: CostCurve, now: datetime) -> CostCurve:
    """Return the part of a newer curve that begins after the end of an older one."""
    ends = [item.end for item in before.intervals if item.cost is not None]
    begin = max(ends, default=now)
    last = max((item.end for item in after.intervals), default=begin)
    return after.between(begin, max(begin, last))
