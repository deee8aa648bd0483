"""Ordinary nights over real prices: this planner beside the usual ways to charge.

``python -m benchmarks.nights --prices DIR`` takes each evening of each series in a
folder: the car comes home at 18:00 and leaves at 07:00. It prints, for each series and
each case, what the nights cost in all, and leaves with 1 if the planner was dearer than
the exact optimum of its own model on any night of a case that has one.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
import sys

from custom_components.tesla_scout_worker.charging.battery import (
    FULL,
    KNEE,
    hours_to_charge,
    power_at,
)
from custom_components.tesla_scout_worker.charging.curve import CostCurve, CostInterval
from custom_components.tesla_scout_worker.charging.ordinary import night_plan
from custom_components.tesla_scout_worker.charging.outcome import charged
from custom_components.tesla_scout_worker.charging.plan import (
    Battery,
    Limits,
    Need,
    Window,
)
from custom_components.tesla_scout_worker.charging.slots import minute_from

from .prices import read, shape

MINUTE = timedelta(minutes=1)
HOME, LEAVES = 18, 7
NOTHING = CostCurve()


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A night to plan for.

    Attributes:
        name: What is special in it.
        level: State of charge on arrival, in percent.
        target: That at departure.
        windows: How many windows the car takes.
        days: How many days the stay lasts.
        late: Whether tomorrow's prices come only at midnight.
        gap: Whether a quarter of the day has no prices: 00:00 to 06:00.
    """

    name: str
    level: float = 40
    target: float = 80
    windows: int = 3
    days: int = 1
    late: bool = False
    gap: bool = False


CASES = (
    Case(name="40 to 80 %, 3 windows"),
    Case(name="40 to 80 %, 1 window", windows=1),
    Case(name="60 to 100 %, with taper", level=60, target=100),
    Case(name="stay of 3 days", days=3),
    Case(name="tomorrow's prices at midnight", late=True),
    Case(name="no prices from 00:00 to 06:00", gap=True),
)

type Minutes = Sequence[float]
type Chooser = Callable[[Minutes, int, Need], list[int] | None]


def on_arrival(prices: Minutes, minutes: int, _need: Need) -> list[int]:
    """Charge at once."""
    return list(range(minutes))


def fixed_night(prices: Minutes, minutes: int, _need: Need) -> list[int]:
    """Charge from 22:00 on."""
    first = (22 - HOME) * 60
    return list(range(first, first + minutes))


def one_block(prices: Minutes, minutes: int, need: Need) -> list[int]:
    """Charge in the cheapest contiguous block."""
    ends = range(len(prices) - minutes + 1)
    first = min(ends, key=lambda at: spent(prices, range(at, at + minutes), need))
    return list(range(first, first + minutes))


def hour_by_hour(prices: Minutes, minutes: int, _need: Need) -> list[int]:
    """Charge in the cheapest minutes one by one, in however many windows."""
    order = sorted(range(len(prices)), key=lambda at: (prices[at], -at))
    return sorted(order[:minutes])


CHOOSERS: dict[str, Chooser] = {
    "on arrival": on_arrival,
    "from 22:00": fixed_night,
    "one block": one_block,
    "hour by hour": hour_by_hour,
}


def spent(prices: Minutes, chosen: Sequence[int], need: Need) -> float:
    """Return what charging in some minutes costs, the battery's taper included."""
    level, total = need.level, 0.0
    for at in chosen:
        energy = power_at(need.battery, level) / 60
        energy = min(energy, (need.target - level) * need.battery.capacity / 100)
        total += energy * prices[at]
        level += energy / need.battery.capacity * 100
    return total


def amounts_of(need: Need, minutes: int) -> list[float]:
    """Return the kWh of each minute; the last counts as a whole one, as in the planner."""
    sums = [charged(need, done, to=FULL) for done in range(minutes + 1)]
    return [after - before for before, after in pairwise(sums)]


def exact(prices: Minutes, amounts_kwh: Sequence[float], most: int) -> float:
    """Return the least cost of a night, minute by minute, without the planner's thoughts.

    A dynamic programme over every minute: how many are charged, in which window, and
    for how long the window lasts already, up to the shortest block.
    """
    import numpy as np  # noqa: PLC0415

    minutes = len(amounts_kwh)
    block = min(minutes, 15)
    amounts = np.array([0.0, *amounts_kwh])
    shape_ = (most + 1, block + 1, minutes + 1)
    # By windows begun, minutes of the one that runs (block: that and more), charged.
    idle = np.full((most + 1, minutes + 1), np.inf)
    idle[0, 0] = 0.0
    running = np.full(shape_, np.inf)
    for price in prices:
        step = price * amounts[1:]
        begun = np.full(shape_, np.inf)
        begun[1:, 1, 1:] = (np.minimum(idle, running[:, block]))[:-1, :-1] + step
        begun[:, 2 : block + 1, 1:] = running[:, 1:block, :-1] + step
        longer = running[:, block, :-1] + step
        begun[:, block, 1:] = np.minimum(begun[:, block, 1:], longer)
        idle = np.minimum(idle, running[:, block])
        running = begun
    return float(min(idle[:, minutes].min(), running[:, block, minutes].min()))


def curve_of(path: Path) -> tuple[CostCurve, tzinfo]:
    """Return a series as a curve, and its zone."""
    zone = shape(path.stem).hints.zone
    intervals = tuple(
        CostInterval(
            start=row.start.astimezone(UTC), end=row.end.astimezone(UTC), cost=row.price
        )
        for row in read(path, zone)
    )
    return CostCurve(intervals=intervals, currency=path.stem.rsplit("_", 1)[-1]), zone


def minutes_of(curve: CostCurve, start: datetime, end: datetime) -> list[float]:
    """Return the price of each minute."""
    prices: list[float] = []
    for one in curve.between(start, end).intervals:
        prices += [one.cost or 0.0] * int((one.end - one.start) / MINUTE)
    return prices


def planned(
    curve: CostCurve, case: Case, need: Need, start: datetime, prices: Minutes
) -> list[int]:
    """Return the minutes of this planner, by what it knows when."""
    midnight = start + timedelta(hours=24 - HOME)
    known = curve.between(start - timedelta(days=3), need.ready_by)
    if case.gap:
        rest = timedelta(hours=6)
        known = _without(known, midnight, midnight + rest)
    if not case.late:
        return _minutes(night_plan(need, known, NOTHING, start).windows, start)
    early = night_plan(
        need, known.between(known.intervals[0].start, midnight), NOTHING, start
    )
    taken = _minutes(early.windows, start)
    done = len(taken)
    if done * 1.0 >= len(prices):
        return taken
    level = need.level
    for _ in taken:
        level += power_at(need.battery, level) / 60 / need.battery.capacity * 100
    rest_need = replace(need, level=min(level, need.target))
    later = night_plan(rest_need, known, NOTHING, midnight)
    return taken + _minutes(later.windows, start)


def _without(curve: CostCurve, start: datetime, end: datetime) -> CostCurve:
    """Return a curve with a gap."""
    first = curve.intervals[0].start
    before = curve.between(first, start).intervals
    after = curve.between(end, curve.intervals[-1].end).intervals
    return replace(curve, intervals=(*before, *after))


def _minutes(windows: Sequence[Window], start: datetime) -> list[int]:
    """Return the minutes of windows, counted from the evening."""
    begin = minute_from(start)
    return [
        minute - begin
        for one in windows
        for minute in range(minute_from(one.start), minute_from(one.end))
    ]


def run(path: Path, case: Case, *, proven: bool) -> int:
    """Print what the nights of a series cost; return how many were not the best."""
    curve, zone = curve_of(path)
    first = curve.intervals[0].start.astimezone(zone) + timedelta(days=2)
    last = curve.intervals[-1].end
    sums = dict.fromkeys((*CHOOSERS, "planner"), 0.0)
    nights, energy, missed, short = 0, 0.0, 0, 0
    day = first.replace(hour=HOME, minute=0)
    while True:
        start = day.astimezone(UTC)
        leaves = (day + timedelta(days=case.days)).replace(hour=LEAVES).astimezone(UTC)
        if leaves > last:
            break
        need = Need(
            level=case.level,
            target=case.target,
            ready_by=leaves,
            battery=Battery(capacity=75, power=11),
            limits=Limits(
                most_windows=case.windows,
                buffer=timedelta(0),
                least_buffer=timedelta(0),
            ),
        )
        prices = minutes_of(curve, start, leaves)
        hours = hours_to_charge(need.battery, need.level, need.target)
        minutes = -int(-hours * 60 // 1)
        mine = planned(curve, case, need, start, prices)
        if len(mine) < minutes:
            short += 1
        else:
            for name, choose in CHOOSERS.items():
                chosen = choose(prices, minutes, need)
                sums[name] += spent(prices, chosen or [], need)
            cost = spent(prices, mine, need)
            sums["planner"] += cost
            nights += 1
            energy += (need.target - need.level) * need.battery.capacity / 100
            if proven:
                amounts = amounts_of(need, minutes)
                told = sum(
                    prices[at] * kwh for at, kwh in zip(mine, amounts, strict=True)
                )
                best = exact(prices, amounts, case.windows)
                # Above 80 % the planner's windows have the edges of the prices.
                slack = 1e-3 * max(1.0, abs(best)) if case.target > KNEE else 1e-4
                missed += told > best + slack
        day += timedelta(days=1)
    averages = ", ".join(
        f"{name} {total / max(energy, 1):.4f}" for name, total in sums.items()
    )
    print(
        f"{path.stem} | {case.name} | {nights} nights, {short} short | {averages}"
        f"{f' | not the best: {missed}' if proven else ''}"
    )
    return missed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all cases over all series in a folder; return 1 if a night was not the best."""
    parser = ArgumentParser(prog="python -m benchmarks.nights", description=__doc__)
    parser.add_argument("--prices", type=Path, required=True, metavar="DIR")
    parser.add_argument("--exact", action="store_true", help="compare with the optimum")
    chosen = parser.parse_args(arguments)
    missed = 0
    for case in CASES:
        # Three days at a minute each take an exact solver too long.
        certain = not case.late and not case.gap and case.days == 1
        if chosen.exact and not certain:
            continue
        for path in sorted(chosen.prices.glob("*.csv")):
            missed += run(path, case, proven=chosen.exact and certain)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
