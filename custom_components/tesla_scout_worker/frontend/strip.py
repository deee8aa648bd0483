"""The strip of a car: prices, windows with their costs, what ran, and the forecast. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from ..charging.planning.battery import hours_to_charge, level_after
from ..charging.planning.model import Battery, Window
from ..charging.tariffs.curve import CostCurve, CostInterval
from .facts import CarFacts, LevelPoint, Trail

# What the strip shows of the past and of the future.
BEHIND: Final = timedelta(hours=8)
AHEAD: Final = timedelta(hours=36)

# Between two points of the forecast while the car charges: the taper is a curve.
STEP: Final = timedelta(minutes=15)

# No estimate is longer: a charger without power never reaches a target.
LONGEST: Final = timedelta(days=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceBar:
    """What a kWh costs from ``start`` until just before ``end`` (UTC).

    Attributes:
        known: Whether the price is published.
        price: The price in the currency; None: unknown, or the tariff has only zones.
        estimate: A forecast of an unknown price.
        peak: Whether the tariff itself names the hours as dear.
    """

    start: datetime
    end: datetime
    known: bool
    price: float | None = None
    estimate: float | None = None
    peak: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What charging in a window does.

    Attributes:
        start: When it begins (UTC).
        end: When it ends (UTC): of the window, or when the target is reached.
        level_from, level_to: State of charge in percent.
        energy: In kWh.
        cost: Its cost in the currency; None: a price of it is unknown.
    """

    start: datetime
    end: datetime
    level_from: float
    level_to: float
    energy: float
    cost: float | None


def duration(battery: Battery, level: float, target: float) -> timedelta:
    """Return how long charging to a target takes; at most `LONGEST`."""
    hours = hours_to_charge(battery, level, target)
    return min(LONGEST, timedelta(hours=min(hours, LONGEST / timedelta(hours=1))))


def charge(
    battery: Battery,
    level: float,
    target: float,
    start: datetime,
    end: datetime,
    curve: CostCurve,
) -> Charge:
    """Return what charging does between two instants, up to a target in percent."""
    end = min(end, _whole_minute(start + duration(battery, level, target)))
    level_to = max(level, min(target, _risen(battery, level, end - start)))
    cost: float | None = None if curve.currency is None else 0.0
    covered = timedelta(0)
    for interval in curve.between(start, end).intervals if start < end else ():
        covered += interval.end - interval.start
        before, after = (
            min(target, _risen(battery, level, at - start))
            for at in (interval.start, interval.end)
        )
        part = max(0.0, after - before) * battery.capacity / 100
        if cost is not None:
            cost = None if interval.cost is None else cost + part * interval.cost
    if start < end and covered < end - start:
        cost = None
    return Charge(
        start=start,
        end=max(start, end),
        level_from=level,
        level_to=level_to,
        energy=(level_to - level) * battery.capacity / 100,
        cost=cost,
    )


def charges(
    battery: Battery,
    level: float,
    target: float,
    windows: Iterable[Window],
    curve: CostCurve,
    now: datetime,
) -> tuple[Charge, ...]:
    """Return what the rest of some windows does, one after the other."""
    done: list[Charge] = []
    for window in sorted(windows, key=lambda item: item.start):
        start = max(window.start, done[-1].end if done else now)
        if window.end <= start:
            continue
        done.append(charge(battery, level, target, start, window.end, curve))
        level = done[-1].level_to
    return tuple(done)


def forecast(
    battery: Battery, level: float, planned: Sequence[Charge], now: datetime
) -> tuple[LevelPoint, ...]:
    """Return the states of charge from now on; flat between the charges."""
    points = [LevelPoint(at=now, level=level)]
    for item in planned:
        at = item.start
        while at < item.end:
            reached = _risen(battery, item.level_from, at - item.start)
            points.append(LevelPoint(at=at, level=min(reached, item.level_to)))
            at += STEP
        points.append(LevelPoint(at=item.end, level=item.level_to))
    points.append(replace(points[-1], at=max(points[-1].at, now + AHEAD)))
    # Of several points of one instant the last one counts.
    last_of = {point.at: round(point.level, 1) for point in points}
    return tuple(LevelPoint(at=at, level=last_of[at]) for at in sorted(last_of))


def price_bars(
    curve: CostCurve, estimates: CostCurve, start: datetime, end: datetime
) -> tuple[PriceBar, ...]:
    """Return the prices between two instants, without a gap, equal ones merged."""
    bars: list[PriceBar] = []
    for bar in _bars(curve, estimates, start, end):
        if bars and replace(bars[-1], end=bar.end) == replace(
            bar, start=bars[-1].start
        ):
            bars[-1] = replace(bars[-1], end=bar.end)
        else:
            bars.append(bar)
    return tuple(bars)


def ran(facts: CarFacts) -> tuple[Charge, ...]:
    """Return when the car charged, as the reads showed it; costs by today's prices."""
    trail, now = facts.trail.since(facts.now - BEHIND), facts.now
    found = []
    for (start, charging), (stop, _) in pairwise((*trail.charging, (now, False))):
        before, after = _level_at(trail, start), _level_at(trail, stop)
        if not charging or stop <= start or before is None or after is None:
            continue
        energy = max(0.0, after - before) * facts.battery.capacity / 100
        # It ended between the last read that saw it, and the first that did not.
        seen = [point.at for point in trail.levels if start <= point.at < stop]
        ends_by = start + duration(facts.battery, before, after)
        end = min(stop, max(seen[-1] if seen else start, _whole_minute(ends_by)))
        price = _mean(facts.curve, start, end)
        found.append(
            Charge(
                start=start,
                end=end,
                level_from=before,
                level_to=after,
                energy=energy,
                cost=None if price is None else energy * price,
            )
        )
    return tuple(found)


def _whole_minute(at: datetime) -> datetime:
    """Return the first whole minute from an instant on: plans have whole minutes."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def _risen(battery: Battery, level: float, by: timedelta) -> float:
    """Return the level after charging for some time."""
    return level_after(battery, level, by / timedelta(hours=1))


def _bars(
    curve: CostCurve, estimates: CostCurve, start: datetime, end: datetime
) -> Iterator[PriceBar]:
    """Yield the prices between two instants, and unknown bars in the gaps."""
    at = start
    for interval in curve.between(start, end).intervals:
        if interval.cost is None:
            continue
        yield from _unknown(estimates, at, interval.start)
        yield PriceBar(
            start=interval.start,
            end=interval.end,
            known=True,
            price=None if curve.currency is None else interval.cost,
            peak=interval.peak,
        )
        at = interval.end
    yield from _unknown(estimates, at, end)


def _unknown(
    estimates: CostCurve, start: datetime, end: datetime
) -> Iterator[PriceBar]:
    """Yield bars without a price, with an estimate where there is one."""
    if end <= start:
        return
    at = start
    for interval in estimates.between(start, end).intervals:
        if interval.cost is None or estimates.currency is None:
            continue
        if at < interval.start:
            yield PriceBar(start=at, end=interval.start, known=False)
        yield _estimated(interval)
        at = interval.end
    if at < end:
        yield PriceBar(start=at, end=end, known=False)


def _estimated(interval: CostInterval) -> PriceBar:
    """Return a bar with an estimate."""
    return PriceBar(
        start=interval.start, end=interval.end, known=False, estimate=interval.cost
    )


def _level_at(trail: Trail, at: datetime) -> float | None:
    """Return the state of charge that was last read at an instant, else the first."""
    before = [point.level for point in trail.levels if point.at <= at]
    after = [point.level for point in trail.levels if point.at > at]
    return before[-1] if before else after[0] if after else None


def _mean(curve: CostCurve, start: datetime, end: datetime) -> float | None:
    """Return the mean price between two instants; None if a part is unknown."""
    known, weighted = 0.0, 0.0
    for interval in curve.between(start, end).intervals:
        if interval.cost is not None:
            seconds = (interval.end - interval.start).total_seconds()
            known += seconds
            weighted += seconds * interval.cost
    if curve.currency is None or not 0 < (end - start).total_seconds() < known + 1:
        return None
    return weighted / known if known else None
