"""Real evenings from a folder of price series: when a car is home, and what is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property
from pathlib import Path

from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
    Window,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

from .prices import read, shape

MINUTE = timedelta(minutes=1)
LEAVES = 7
BLOCK = 15
BATTERY = Battery(capacity=75, power=11)

# When tomorrow's prices are usually there by the local clock, of the price series'
# README, and until which hour of tomorrow they go.
PUBLISHED = {"pl": time(13, 52), "gb": time(16, 15)}
USUALLY = time(13)
LAST_HOUR = {"gb": 23}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is to be charged on each evening.

    Attributes:
        name: What is special in it.
        level: State of charge on arrival, in percent.
        target: That at departure.
        windows: How many windows the car takes.
        home: The hour at which the car comes home, local.
        days: How many days the stay lasts; the car leaves at 07:00.
    """

    name: str
    level: float = 40
    target: float = 80
    windows: int = 3
    home: int = 18
    days: int = 1

    def need(self, ready_by: datetime) -> ChargeGoal:
        """Return what the planner is to meet."""
        limits = PlanConstraints(
            most_windows=self.windows,
            least_block=BLOCK * MINUTE,
            buffer=timedelta(0),
            least_buffer=timedelta(0),
        )
        return ChargeGoal(
            level=self.level,
            target=self.target,
            ready_by=ready_by,
            battery=BATTERY,
            limits=limits,
        )


@dataclass(frozen=True, kw_only=True)
class Series:
    """The prices of a file."""

    name: str
    curve: CostCurve
    zone: tzinfo

    @classmethod
    def of(cls, path: Path) -> Series:
        """Read a file."""
        zone = shape(path.stem).hints.zone
        intervals = tuple(
            CostInterval(
                start=row.start.astimezone(UTC),
                end=row.end.astimezone(UTC),
                cost=row.price,
            )
            for row in read(path, zone)
        )
        currency = path.stem.rsplit("_", 1)[-1]
        curve = CostCurve(intervals=intervals, currency=currency)
        return cls(name=path.stem, curve=curve, zone=zone)

    @cached_property
    def place(self) -> str:
        """The start of the file's name, such as se3."""
        return self.name.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0]

    @property
    def published(self) -> time:
        """When tomorrow's prices are usually there."""
        return PUBLISHED.get(self.place, USUALLY)

    def stays(self, case: Case) -> Iterator[tuple[datetime, datetime]]:
        """Yield when the car comes home and when it leaves (UTC), on each day."""
        first, last = self.curve.intervals[0].start, self.curve.intervals[-1].end
        day = first.astimezone(self.zone).replace(hour=case.home, minute=0)
        while True:
            leaves = (day + timedelta(days=case.days)).replace(hour=LEAVES)
            if leaves.astimezone(UTC) > last:
                return
            yield day.astimezone(UTC), leaves.astimezone(UTC)
            day += timedelta(days=1)

    def horizon(self, now: datetime, published: time | None) -> datetime:
        """Return until when prices are known (UTC); None: tomorrow's at its midnight."""
        local = now.astimezone(self.zone)
        days = 2 if published is not None and local.time() >= published else 1
        # The last day that is known, by its last hour.
        day = local.date() + timedelta(days=days - 1)
        end = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        if (hour := LAST_HOUR.get(self.place)) is not None:
            return end.replace(hour=hour).astimezone(UTC)
        return (end + timedelta(days=1)).astimezone(UTC)


def each_minute(curve: CostCurve, start: datetime, end: datetime) -> list[float]:
    """Return the price of each minute; infinite where it is not known."""
    prices: list[float] = []
    at = start
    for interval in curve.between(start, end).intervals:
        prices += [float("inf")] * ((interval.start - at) // MINUTE)
        price = float("inf") if interval.cost is None else interval.cost
        prices += [price] * ((interval.end - interval.start) // MINUTE)
        at = interval.end
    return prices + [float("inf")] * ((end - at) // MINUTE)


def minutes_in(windows: Sequence[Window], start: datetime) -> list[int]:
    """Return the minutes of windows, counted from a start."""
    return [
        minute
        for window in windows
        for minute in range(
            (window.start - start) // MINUTE, (window.end - start) // MINUTE
        )
    ]
