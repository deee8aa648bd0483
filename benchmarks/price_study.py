"""Ordinary nights over real prices: this planner beside the usual ways to charge.

``python -m benchmarks.price_study --prices DIR`` lets each chooser charge on each evening
of each series in a folder. Each sees the prices published when it decides, and
decides again at each publication. It prints what a kWh costs on average over the nights
on which all reach the target, and beside them the least that was possible for who had
known all prices. ``--table`` prints the rows of docs/off-peak.md.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
import sys

from custom_components.tesla_scout_worker.charging.planning.battery import (
    hours_to_charge,
    level_after,
)
from custom_components.tesla_scout_worker.charging.planning.model import ChargeGoal
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve

from .baselines import CHOOSERS, Chooser, Moment, amounts, spent
from .exact import least_cost
from .price_stays import BLOCK, MINUTE, Case, Series, each_minute

DAY = timedelta(days=1)
EVENING = 22
PAST = 21 * DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A case, and what is published when.

    Attributes:
        case: What is to be charged.
        published: When tomorrow's prices are there, local; None: as usual.
        at_midnight: Whether they come at midnight only.
        gap: The hours after the first midnight that never get prices.
    """

    case: Case
    published: time | None = None
    at_midnight: bool = False
    gap: tuple[int, int] | None = None

    def times(self, series: Series) -> time | None:
        """Return when prices come; None: at midnight."""
        return None if self.at_midnight else self.published or series.published


ROWS = (
    Row(case=Case(name="40 to 80 %, 3 windows")),
    Row(case=Case(name="the same, 1 window", windows=1)),
    Row(case=Case(name="60 to 100 %, with taper", level=60, target=100)),
    Row(case=Case(name="home at noon, tomorrow's prices as usual", home=12)),
    Row(
        case=Case(name="home at noon, prices at 16:04", home=12), published=time(16, 4)
    ),
    Row(case=Case(name="home at 18:00, prices at midnight"), at_midnight=True),
    Row(case=Case(name="stay of 3 days", days=3)),
    Row(case=Case(name="no prices from 00:00 to 06:00"), gap=(0, 6)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """A night as it is, whatever is known of it."""

    series: Series
    row: Row
    start: datetime
    need: ChargeGoal
    prices: Sequence[float] = field(repr=False)

    @property
    def minutes(self) -> int:
        """How long the charge takes."""
        need = self.need
        hours = hours_to_charge(need.battery, need.level, need.target)
        return ceil(round(hours * 60, 6))

    def decisions(self) -> Iterator[datetime]:
        """Yield when there is something to decide: on arrival, and with new prices."""
        yield self.start
        published = self.row.times(self.series) or time(0)
        zone = self.series.zone
        day = self.start.astimezone(zone).date()
        while True:
            at = datetime.combine(day, published, zone).astimezone(UTC)
            if at >= self.need.ready_by:
                return
            if at > self.start:
                yield at
            day += DAY

    def known(self, now: datetime) -> CostCurve:
        """Return the prices that are published, with those of three weeks before."""
        until = self.series.horizon(now, self.row.times(self.series))
        curve = self.series.curve.between(self.start - PAST, until)
        if self.row.gap is None:
            return curve
        zone = self.series.zone
        day = self.start.astimezone(zone).date() + DAY
        first, last = (
            datetime.combine(day, time(hour), zone).astimezone(UTC)
            for hour in self.row.gap
        )
        begin, end = self.start - PAST, until
        before, after = curve.between(begin, first), curve.between(last, end)
        return replace(curve, intervals=(*before.intervals, *after.intervals))

    def charged(self, choose: Chooser) -> list[int]:
        """Return the minutes that a chooser charges in, counted from the arrival."""
        charged: list[int] = []
        times = [*self.decisions(), self.need.ready_by]
        for now, after in pairwise(times):
            gone = (now - self.start) // MINUTE
            left = self.minutes - len(charged)
            if not left:
                break
            moment = self._moment(now, charged, gone)
            until = (after - self.start) // MINUTE
            charged += [gone + at for at in choose(moment) if gone + at < until]
        return charged

    def _moment(self, now: datetime, charged: Sequence[int], gone: int) -> Moment:
        """Return what is known at a time."""
        need, known = self.need, self.known(now)
        level = level_after(need.battery, need.level, len(charged) / 60)
        evening = self.start.astimezone(self.series.zone).replace(hour=EVENING)
        return Moment(
            now=now,
            prices=each_minute(known, now, need.ready_by),
            minutes=self.minutes - len(charged),
            need=replace(need, level=min(level, need.target)),
            known=known,
            zone=self.series.zone,
            running=bool(charged) and charged[-1] == gone - 1,
            tonight=(evening - now) // MINUTE,
        )

    def least(self) -> float:
        """Return the least that was possible with all prices and the car's windows."""
        each = amounts(self.need, self.minutes)
        return least_cost(self.prices, each, self.need.limits.most_windows, BLOCK)


@dataclass(kw_only=True, slots=True)
class Sums:
    """What the nights of a series came to, by chooser."""

    costs: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(CHOOSERS, 0.0)
    )
    short: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHOOSERS, 0))
    windows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHOOSERS, 0))
    least: float = 0.0
    energy: float = 0.0
    nights: int = 0

    def add(self, night: Night) -> None:
        """Add a night; its costs only if all reach the target."""
        charged = {name: night.charged(choose) for name, choose in CHOOSERS.items()}
        self.nights += 1
        for name, minutes in charged.items():
            self.short[name] += len(minutes) < night.minutes
            self.windows[name] = max(self.windows[name], windows_in(minutes))
        if any(len(minutes) < night.minutes for minutes in charged.values()):
            return
        each = amounts(night.need, night.minutes)
        for name, minutes in charged.items():
            self.costs[name] += spent([night.prices[at] for at in minutes], each)
        self.least += night.least()
        self.energy += sum(each)

    def means(self) -> dict[str, float]:
        """Return what a kWh cost on average."""
        sums = {**self.costs, "least": self.least}
        return {name: cost / max(self.energy, 1e-9) for name, cost in sums.items()}


def windows_in(minutes: Sequence[int]) -> int:
    """Return how many windows some minutes are in."""
    return bool(minutes) + sum(other > item + 1 for item, other in pairwise(minutes))


def run(series: Series, row: Row, nights: int | None) -> Sums:
    """Return what the nights of a series come to."""
    sums = Sums()
    # Three days before the first night stand for unknown prices.
    stays = islice(series.stays(row.case), 3, None)
    for start, leaves in islice(stays, nights):
        prices = each_minute(series.curve, start, leaves)
        need = row.case.need(leaves)
        sums.add(Night(series=series, row=row, start=start, need=need, prices=prices))
    return sums


def told(sums: Sums) -> str:
    """Return what comes of nights as a line."""
    means = ", ".join(f"{name} {mean:.4f}" for name, mean in sums.means().items())
    short = ", ".join(f"{name} {count}" for name, count in sums.short.items() if count)
    most = sums.windows["hour by hour"]
    return (
        f"{sums.nights} nights | short: {short or 'none'} | {means} | "
        f"hour by hour in up to {most} windows"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all cases over all series in a folder."""
    parser = ArgumentParser(
        prog="python -m benchmarks.price_study", description=__doc__
    )
    parser.add_argument("--prices", type=Path, required=True, metavar="DIR")
    parser.add_argument("--nights", type=int, help="of each series; all without it")
    parser.add_argument("--table", action="store_true", help="rows for the docs")
    chosen = parser.parse_args(arguments)
    each = [Series.of(path) for path in sorted(chosen.prices.glob("*.csv"))]
    for row in ROWS:
        for series in each:
            sums = run(series, row, chosen.nights)
            if chosen.table:
                means = [f"{mean:.4f}" for mean in sums.means().values()]
                name, place = row.case.name, series.place.upper()
                print(f"| {name} | {place} | {' | '.join(means)} |", flush=True)
            else:
                print(f"{series.name} | {row.case.name} | {told(sums)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
