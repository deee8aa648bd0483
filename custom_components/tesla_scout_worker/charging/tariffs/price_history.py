"""What a price source published in the past weeks, and how wrong forecasts were. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from .curve import CostCurve
from .overlay import overlay

HOURS: Final = 24
_HOUR: Final = timedelta(hours=1)

# Three weeks have three weekends. Older prices are those of another season.
KEPT_DAYS: Final = 21

# A record of less than two days of hours says nothing; an error fades over some days.
LEAST_RECORD: Final = 48
_NEWEST: Final = 0.02

# The share of a forecast of which it is not known yet how good it is.
_EVEN: Final = 0.5

# No kWh costs as much in any currency.
_NO_PRICE: Final = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastErrors:
    """How wrong a forecast was, per kWh.

    Attributes:
        compared: How many prices were compared.
        bias: The mean of forecast less price.
        size: The mean distance between them.
    """

    compared: int = 0
    bias: float = 0.0
    size: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether enough was compared."""
        return self.compared >= LEAST_RECORD

    def after(self, forecast: CostCurve, curve: CostCurve) -> ForecastErrors:
        """Return the record with the prices of a curve that a forecast had expected."""
        found = self
        for item in curve.intervals:
            guess = forecast.at(item.start)
            if item.cost is None or guess is None or guess.cost is None:
                continue
            error = guess.cost - item.cost
            share = max(_NEWEST, 1 / (found.compared + 1))
            found = ForecastErrors(
                compared=found.compared + 1,
                bias=found.bias + share * (error - found.bias),
                size=found.size + share * (abs(error) - found.size),
            )
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceHistory:
    """What a price source published in the past weeks, before the formula.

    Attributes:
        source: What the prices are of; those of another source are forgotten.
        currency: The currency of the prices, an ISO 4217 code.
        days: The mean price of each hour of a local day, from midnight on.
        ours: How wrong the forecast of `forecast` was.
        theirs: How wrong the forecast of the source was.
    """

    source: str = ""
    currency: str | None = None
    days: Mapping[date, tuple[float | None, ...]] = field(default_factory=dict)
    ours: ForecastErrors = field(default_factory=ForecastErrors)
    theirs: ForecastErrors = field(default_factory=ForecastErrors)

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
        self, curve: CostCurve, ours: CostCurve, theirs: CostCurve
    ) -> PriceHistory:
        """Return the history with the errors of two forecasts of what is published now."""
        return replace(
            self,
            ours=self.ours.after(ours, curve),
            theirs=self.theirs.after(theirs, curve),
        )

    def best(self, ours: CostCurve, theirs: CostCurve) -> CostCurve:
        """Return two forecasts as one: where both have a price, it is between them.

        The forecast that was closer to the prices by now counts more, by the square of
        its error; without a record both count the same. The source's is taken less its
        usual bias.
        """
        bias, share = 0.0, _EVEN
        if self.theirs.is_known:
            bias = self.theirs.bias
        if self.theirs.is_known and self.ours.is_known:
            sizes = self.ours.size**2, self.theirs.size**2
            share = sizes[0] / sum(sizes) if any(sizes) else _EVEN
        mixed = []
        for item in theirs.intervals:
            if item.cost is not None:
                cost, other = item.cost - bias, ours.at(item.start)
                if other is not None and other.cost is not None:
                    cost = share * cost + (1 - share) * other.cost
                mixed.append(replace(item, cost=cost))
        return _over(ours, replace(theirs, intervals=tuple(mixed)))


def _over(below: CostCurve, above: CostCurve) -> CostCurve:
    """Return two curves as one; where both have a cost, the second one counts."""
    layers = (*below.intervals, *above.intervals)
    return CostCurve(
        intervals=tuple(
            replace(layers[index], start=start, end=end)
            for start, end, index, _ in overlay(
                [(layer.start, layer.end) for layer in layers]
            )
        ),
        currency=above.currency or below.currency,
    )


def newly_published(before: CostCurve, after: CostCurve, now: datetime) -> CostCurve:
    """Return the part of a newer curve that begins after the end of an older one."""
    ends = [item.end for item in before.intervals if item.cost is not None]
    begin = max(ends, default=now)
    last = max((item.end for item in after.intervals), default=begin)
    return after.between(begin, max(begin, last))
