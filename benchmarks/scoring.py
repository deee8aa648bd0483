"""What happened to a car, what an integration showed of it, and how late: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from simulator.car_settings import CarEvent

# The facts that are compared, each true or false at any time.
FACTS: Final = ("home", "plugged in", "charging")

# A car that drives into the zone is at home before it has parked; some crawl.
ENTERING: Final = timedelta(minutes=8)

# A charge may be told of when it is over, for one that is shorter than any poll.
CHARGE_TOLD: Final = timedelta(minutes=60)

type Turn = tuple[datetime, bool]


@dataclass(kw_only=True)
class Score:
    """How well the events of a car, or of many, were seen; delays in minutes.

    An event is left or arrived home, plugged or unplugged, charging started or stopped.
    It is missed if the next turn of the same fact came before it was shown.
    """

    events: int = 0
    missed: int = 0
    false: int = 0
    delays: dict[tuple[str, bool], list[float]] = field(default_factory=dict)

    def add(self, other: Score) -> None:
        """Take another car's score in."""
        self.events += other.events
        self.missed += other.missed
        self.false += other.false
        for kind, delays in other.delays.items():
            self.delays.setdefault(kind, []).extend(delays)

    def percentile(self, fact: str, to: bool, percent: float) -> float | None:
        """Return a percentile of the delays, in minutes (nearest rank)."""
        delays = sorted(self.delays.get((fact, to), []))
        if not delays:
            return None
        return delays[max(0, ceil(percent / 100 * len(delays)) - 1)]


@dataclass(kw_only=True)
class Result:
    """What a month of one kind of car came to: sums over its cars."""

    subject: str
    kind: str
    cars: int = 0
    days: int = 28
    reads: int = 0
    commands: int = 0
    wakes: int = 0
    free: int = 0
    awake: float = 0.0
    awake_unwatched: float = 0.0
    score: Score = field(default_factory=Score)

    @property
    def dollars(self) -> float:
        """US dollars of one car in a month of 30 days."""
        spent = self.reads / 500 + self.commands / 1000 + self.wakes / 50
        return spent / self.cars * 30 / self.days

    @property
    def reads_per_event(self) -> float:
        """Paid reads for each event that there was."""
        return self.reads / max(1, self.score.events)

    @property
    def waking(self) -> float:
        """How many times as long as unwatched the cars were awake."""
        return self.awake / self.awake_unwatched if self.awake_unwatched else 1.0


def turns(record: Iterable[CarEvent], since: datetime) -> dict[str, list[Turn]]:
    """Return how the facts of a car turned after an instant, by its own record."""
    found: dict[str, list[Turn]] = {fact: [] for fact in FACTS}
    home = True
    for event in record:
        fact: tuple[str, bool] | None = None
        match event.kind:
            case "departed" if home:
                fact, home = ("home", False), False
            case "arrived" if event.detail == "home" and not home:
                fact, home = ("home", True), True
            case "plugged_in" | "unplugged":
                fact = ("plugged in", event.kind == "plugged_in")
            case "charging_started" | "charging_stopped":
                fact = ("charging", event.kind == "charging_started")
        if fact is not None and event.at >= since:
            found[fact[0]].append((event.at, fact[1]))
    return found


def score(
    true: Mapping[str, list[Turn]], shown: Mapping[str, list[Turn]], until: datetime
) -> Score:
    """Return how well what was shown follows what was true, up to an instant."""
    result = Score()
    for fact in FACTS:
        ahead = list(shown.get(fact, []))
        for number, (at, value) in enumerate(true[fact]):
            result.events += 1
            later = true[fact][number + 1 :]
            end = later[0][0] if later else until
            if fact == "charging":
                end = max(end, at + CHARGE_TOLD)
            first = at - ENTERING if (fact, value) == ("home", True) else at
            seen = next(
                (turn for turn in ahead if turn[1] is value and first <= turn[0] < end),
                None,
            )
            if seen is None:
                # What happened just before the end may still be on its way.
                result.missed += until - at > timedelta(hours=1)
                continue
            ahead.remove(seen)
            late = max(timedelta(0), seen[0] - at) / timedelta(minutes=1)
            result.delays.setdefault((fact, value), []).append(late)
        result.false += len(ahead)
    return result
