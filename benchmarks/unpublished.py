"""Stays of which not all prices are known: this planner beside two others.

``python -m benchmarks.planner --prices DIR --unpublished`` has each of them charge on real
prices, in the cases of `CASES`. It prints which share of the possible saving was left
unused: the cost above the least possible, of what charging on arrival costs above it. With
``--write`` the table goes into docs/off-peak.md. The constants of the forecast were tuned
on every second stay; what is measured here are the others.

The others are written anew, EV Smart Charging from its documentation, the rules of evcc
as read in its planner (evcc-io/evcc, core/planner/planner.go of August 2026):

- *evcc* takes the cheapest slots, in any number of windows, of the prices that it knows; of
  equal ones the later. If there is time enough after the last known price it waits. Without
  prices, or if those until the departure are too few, it charges as late as possible. Once
  the time left is no longer than the charge, it charges. A forecast counts as prices.
- *EV Smart Charging* charges each night in one block, the cheapest, once it knows the prices
  until the departure, or from midnight on those that it knows. Without prices it waits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import islice
from math import isfinite
from pathlib import Path
from random import Random
from statistics import fmean
from typing import NamedTuple, override

from custom_components.tesla_scout_worker.charging.daily.night_plan import night_plan
from custom_components.tesla_scout_worker.charging.options import FARTHEST_START
from custom_components.tesla_scout_worker.charging.planning.model import ChargeGoal
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    DEFAULT_PEAK_HOURS,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve
from custom_components.tesla_scout_worker.charging.tariffs.forecast import forecast
from custom_components.tesla_scout_worker.charging.tariffs.outlook import Outlook
from custom_components.tesla_scout_worker.charging.tariffs.price_history import (
    PriceHistory,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    parse_peaks,
    peak_curve,
)

from .baselines import Moment, amounts, one_block, spent
from .docs_tables import ROOT, fill
from .price_stays import LEAVES, MINUTE, Case, Series, each_minute, minutes_in
from .price_study import DAY, Night, Row

# Stays before these have no past to learn from.
FIRST = 8

FRIDAY = 4
SOURCE = "file"
PEAKS = parse_peaks(DEFAULT_PEAK_HOURS)
PAGE = ROOT / "docs" / "off-peak.md"

# Days whose forecasts were compared with the prices before a stay.
RECORD = 14

# How far ahead a forecast of a source goes, and its errors, of a day and of an hour, as
# shares of the mean price.
FORECAST = timedelta(days=3)
DAY_ERROR, HOUR_ERROR = 0.2, 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpublished:
    """A case.

    Attributes:
        row: What is to be charged, and when prices come.
        fridays: Whether only stays that begin on a Friday count.
        forecast: Whether the source forecasts what is not published, with errors.
        silent: Whether the source is silent since the midnight before the arrival.
        empty: Whether it never told any price.
        battery_first: Whether this planner may charge in the last day only, as special
            charging does by that choice of its horizon.
    """

    row: Row
    fridays: bool = False
    forecast: bool = False
    silent: bool = False
    empty: bool = False
    battery_first: bool = False

    def need(self, leaves: datetime) -> ChargeGoal:
        """Return what the planner is to meet by a departure."""
        goal = self.row.case.need(leaves)
        if not self.battery_first:
            return goal
        return replace(goal, limits=goal.limits.from_earliest(leaves - FARTHEST_START))


CASES = (
    Unpublished(row=Row(case=Case(name="home at 18:00, all published"))),
    Unpublished(row=Row(case=Case(name="home at noon, prices as usual", home=12))),
    Unpublished(row=Row(case=Case(name="prices at midnight"), at_midnight=True)),
    Unpublished(
        row=Row(case=Case(name="prices at midnight, a forecast"), at_midnight=True),
        forecast=True,
    ),
    Unpublished(
        row=Row(case=Case(name="weekend, Friday to Monday", days=3)), fridays=True
    ),
    Unpublished(
        row=Row(case=Case(name="the same, battery first", days=3)),
        fridays=True,
        battery_first=True,
    ),
    Unpublished(row=Row(case=Case(name="source silent since midnight")), silent=True),
    Unpublished(row=Row(case=Case(name="no prices at all")), silent=True, empty=True),
)


class Learnt(NamedTuple):
    """What was published until a time, and the forecast of what was not."""

    history: PriceHistory
    expected: CostCurve


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay(Night):
    """A stay with what is known of it.

    Attributes:
        known_of: What is known.
        learnt: What was found by `after`, by its time.
    """

    known_of: Unpublished
    learnt: dict[datetime, Learnt] = field(default_factory=dict, repr=False)

    @override
    def decisions(self) -> Iterator[datetime]:
        """Yield when there is something to decide."""
        if self.known_of.silent:
            return iter([self.start])
        return super(Stay, self).decisions()

    @override
    def known(self, now: datetime) -> CostCurve:
        """Return the published prices, and those of three weeks before."""
        until = self.series.horizon(now, self.row.times(self.series))
        if self.known_of.silent:
            local = self.start.astimezone(self.series.zone)
            midnight = datetime.combine(local.date(), time(0), self.series.zone)
            until = midnight.astimezone(UTC)
        first = self.series.curve.intervals[0].start
        return self.series.curve.between(first, first if self.known_of.empty else until)

    def guesses(self, known: CostCurve) -> CostCurve:
        """Return the forecast of the planner, mixed with that of the source."""
        if not known.intervals:
            return CostCurve()
        begin = known.intervals[-1].end
        if begin >= self.need.ready_by:
            return CostCurve()
        expected = self.after(begin).expected
        if not self.known_of.forecast:
            return expected
        history, zone = self.compared(begin), self.series.zone
        return history.best(expected, self.noisy(begin), zone)

    def after(self, begin: datetime) -> Learnt:
        """Return what is learnt of the prices until a time."""
        if begin not in self.learnt:
            zone = self.series.zone
            recent = self.series.curve.between(begin - 22 * DAY, begin)
            history = PriceHistory().with_prices(SOURCE, recent, zone)
            expected = forecast(history, begin, begin + 8 * DAY, zone)
            self.learnt[begin] = Learnt(history, expected)
        return self.learnt[begin]

    def compared(self, begin: datetime) -> PriceHistory:
        """Return the history with the errors of both forecasts in the days before."""
        found = self.after(begin).history
        for ago in range(RECORD, 0, -1):
            at = begin - ago * DAY
            real = self.series.curve.between(at, at + DAY)
            expected = self.after(at).expected.between(at, at + DAY)
            theirs = self.noisy(at).between(at, at + DAY)
            found = found.compared(real, expected, theirs, self.series.zone)
        return found

    def noisy(self, begin: datetime) -> CostCurve:
        """Return the real prices with the errors of a forecast, the same each time."""
        random = Random(f"{self.series.name} {begin}")
        real = self.series.curve.between(begin, begin + FORECAST)
        if not real.intervals:
            return real
        mean = fmean(abs(item.cost or 0) for item in real.intervals)
        of_day: dict[object, float] = {}
        intervals = []
        for item in real.intervals:
            day = item.start.astimezone(self.series.zone).date()
            error = of_day.setdefault(day, random.gauss(0, DAY_ERROR))
            cost = (item.cost or 0) + mean * (error + random.gauss(0, HOUR_ERROR))
            intervals.append(replace(item, cost=cost))
        return replace(real, intervals=tuple(intervals))


type Way = Callable[[Stay, Moment], list[int]]


def ours(stay: Stay, moment: Moment) -> list[int]:
    """Charge as the ordinary plan says."""
    leaves, zone = moment.need.ready_by, stay.series.zone
    outlook = Outlook(
        now=moment.now,
        known=moment.known,
        guesses=stay.guesses(moment.known),
        peaks=peak_curve(PEAKS, moment.now, leaves, zone),
    )
    return minutes_in(night_plan(moment.need, outlook).windows, moment.now)


def evcc_like(stay: Stay, moment: Moment) -> list[int]:
    """Charge in the cheapest known minutes; what fits after them is left for later."""
    prices, end = list(moment.prices), len(moment.prices)
    if stay.known_of.forecast:
        begin = moment.known.intervals[-1].end
        guessed = each_minute(stay.noisy(begin), moment.now, moment.need.ready_by)
        prices = [
            price if isfinite(price) else guess
            for price, guess in zip(prices, guessed, strict=True)
        ]
    late = [*range(max(0, end - moment.minutes), end)]
    known = [at for at, price in enumerate(prices) if isfinite(price)]
    after = end - known[-1] - 1 if known else end
    wanted = moment.minutes - after
    if wanted <= 0 or len(known) < wanted:
        return late
    order = sorted(known, key=lambda at: (prices[at], -at))
    return sorted([*order[:wanted], *range(end - after, end)])


def block_each_night(stay: Stay, moment: Moment) -> list[int]:
    """Charge in the cheapest block before the next departure, once its prices are known."""
    local = moment.now.astimezone(stay.series.zone)
    leaves = local.replace(hour=LEAVES, minute=0)
    if leaves <= local:
        leaves += DAY
    left = min(len(moment.prices), (leaves - local) // MINUTE)
    prices = moment.prices[:left]
    if not all(map(isfinite, prices)) and local.hour >= LEAVES:
        return []
    return one_block(replace(moment, prices=prices))


WAYS: dict[str, Way] = {
    "this planner": ours,
    "evcc": evcc_like,
    "EV Smart Charging": block_each_night,
}


@dataclass(kw_only=True, slots=True)
class Unused:
    """What was left unused by each way in the stays of a series.

    Attributes:
        above: The cost above the least, of stays in which the target was reached.
        possible: What charging on arrival costs above the least, of the same.
        missed: How many departures were missed.
        stays: How many stays there were.
    """

    above: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WAYS, 0.0))
    possible: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WAYS, 0.0))
    missed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WAYS, 0))
    stays: int = 0

    def add(self, stay: Stay) -> None:
        """Add a stay."""
        self.stays += 1
        each = amounts(stay.need, stay.minutes)
        least = stay.least()
        possible = spent(stay.prices[: stay.minutes], each) - least
        for name, way in WAYS.items():
            charged = stay.charged(partial(way, stay))
            if len(charged) < stay.minutes:
                self.missed[name] += 1
                continue
            self.above[name] += spent([stay.prices[at] for at in charged], each) - least
            self.possible[name] += possible

    def share(self, name: str) -> float | None:
        """Return the share that was left unused; None: the target was never reached."""
        possible = self.possible[name]
        return self.above[name] / possible if possible else None


def run(series: Series, case: Unpublished, stays: int | None) -> Unused:
    """Return what the held-out stays of a series come to."""
    found, learnt = Unused(), dict[datetime, Learnt]()
    chosen = (
        stay
        for index, stay in enumerate(series.stays(case.row.case))
        if index >= FIRST and index % 2
        if not case.fridays or stay[0].astimezone(series.zone).weekday() == FRIDAY
    )
    for start, leaves in islice(chosen, stays):
        prices = each_minute(series.curve, start, leaves)
        need = case.need(leaves)
        found.add(
            Stay(
                series=series,
                row=case.row,
                start=start,
                need=need,
                prices=prices,
                known_of=case,
                learnt=learnt,
            )
        )
    return found


def cells(found: Sequence[Unused], name: str) -> str:
    """Return the cells of a way: its mean over the series, and those of each."""
    shares = [unused.share(name) for unused in found]
    known = [share for share in shares if share is not None]
    missed = sum(unused.missed[name] for unused in found)
    mean = f"{fmean(known):.1%}" if known else "–"
    if missed:
        mean += f" ({missed} missed)"
    return mean


def table(every: Sequence[Series], stays: int | None) -> Iterator[str]:
    """Yield the rows of the table, in Markdown."""
    places = " / ".join(series.place.upper() for series in every)
    yield f"| Case | Stays | {' | '.join(WAYS)} | This planner, {places} |"
    yield "| --- " * (len(WAYS) + 3) + "|"
    for case in CASES:
        found = [run(series, case, stays) for series in every]
        ours_each = " / ".join(
            "–" if (share := unused.share("this planner")) is None else f"{share:.1%}"
            for unused in found
        )
        count = sum(unused.stays for unused in found)
        means = " | ".join(cells(found, name) for name in WAYS)
        yield f"| {case.row.case.name} | {count} | {means} | {ours_each} |"


def main(paths: Sequence[Path], stays: int | None, *, write: bool) -> None:
    """Print the table; with ``write`` put it on its page as well."""
    rows = []
    for row in table([Series.of(path) for path in paths], stays):
        print(row, flush=True)
        rows.append(row)
    if write:
        fill(PAGE, "unpublished", "\n".join(rows))
