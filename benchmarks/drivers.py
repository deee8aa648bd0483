"""Other drivers of the same kind as those of some trip files, drawn from a seed: pure.

A policy that is tuned on the trips that it is measured on proves nothing. These drivers
make the same sort of trips at other times, so one lot of seeds can be for tuning and
another for measuring.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from math import exp, log
from pathlib import Path
from random import Random
from typing import Final

from simulator.trips import HOME, Trip, read_trips

from .cars import BEGIN, DATA, ZONE

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

# An outing is left out, or made once more on another day.
SKIPPED: Final = 0.12
ADDED: Final = 0.12

# Outings begin earlier or later, in minutes; stays and speeds are other ones by shares.
SHIFT: Final = 30.0
STAY: Final = (0.6, 1.5)
SPEED: Final = (0.75, 1.3)
LENGTH: Final = (0.7, 1.4)

# What the README of the trips says of cables: never, soon, or late, in minutes. The late
# ones of its files lie as densely in the first half hour as in the last two hours.
UNPLUGGED: Final = 0.15
SOON: Final = (0.65, 0.5, 6.0)
LATE: Final = (20.0, 180.0)

# No stay is shorter, at home or elsewhere.
SHORTEST_STAY: Final = 4 * MINUTE

OWN: Final = Path(__file__).parent / "data"

type Outing = tuple[Trip, ...]


@cache
def lot(name: str) -> dict[str, list[Trip]]:
    """Return the trips of a lot of drivers.

    The policy was tuned on the last three, and not on the first two.
    """
    match name:
        case "held-out files":
            return files(OWN / "held_out")
        case "seeds 101 to 104":
            return others(files(DATA), range(101, 105))
        case "tuning files":
            return files(OWN / "tuning")
        case "seeds 11 to 14":
            return others(files(DATA), range(11, 15))
        case "simulator/data":
            return files(DATA)
    raise ValueError(name)


def files(folder: Path) -> dict[str, list[Trip]]:
    """Return the drivers of a folder of trip files, by the names of the files."""
    return {path.stem: read_trips(path, ZONE) for path in sorted(folder.glob("*.csv"))}


def others(
    drivers: dict[str, list[Trip]], seeds: Iterable[int], days: int = 28
) -> dict[str, list[Trip]]:
    """Return another driver like each, for each seed."""
    return {
        f"{name} {seed}": other(trips, f"{name} {seed}", days)
        for seed in seeds
        for name, trips in drivers.items()
    }


def other(trips: Sequence[Trip], seed: str, days: int = 28) -> list[Trip]:
    """Return the trips of another driver of the same kind."""
    draw = Random(seed)
    outings = [each for each in _outings(trips) if draw.random() >= SKIPPED]
    outings += [
        _later(each, DAY * draw.randint(-days, days))
        for each in outings
        if draw.random() < ADDED
    ]
    found: list[Trip] = []
    for outing in sorted(
        (_drawn(each, draw) for each in outings), key=lambda item: item[0].depart
    ):
        free = found[-1].arrive + SHORTEST_STAY if found else BEGIN
        if outing[0].depart >= free and outing[-1].arrive < BEGIN + days * DAY:
            found += outing
    return _plugged_in(found, draw)


def _outings(trips: Sequence[Trip]) -> list[Outing]:
    """Return the trips from home back to home, each outing by itself."""
    outings: list[list[Trip]] = []
    for trip in trips:
        if not outings or trip.origin == HOME:
            outings.append([])
        outings[-1].append(trip)
    return [tuple(each) for each in outings if each[-1].destination == HOME]


def _later(outing: Outing, by: timedelta) -> Outing:
    """Return an outing at another time."""
    return tuple(
        replace(trip, depart=trip.depart + by, arrive=trip.arrive + by)
        for trip in outing
    )


def _drawn(outing: Outing, draw: Random) -> Outing:
    """Return an outing that begins, lasts and goes otherwise."""
    at = outing[0].depart + MINUTE * round(draw.gauss(0, SHIFT), 2)
    length = draw.uniform(*LENGTH)
    found = []
    for number, trip in enumerate(outing):
        if number:
            stay = (trip.depart - outing[number - 1].arrive) * draw.uniform(*STAY)
            at += max(stay, SHORTEST_STAY)
        takes = (trip.arrive - trip.depart) * length / draw.uniform(*SPEED)
        takes = timedelta(seconds=max(180, round(takes.total_seconds())))
        at = _whole(at)
        km = round(trip.km * length, 1)
        found.append(replace(trip, depart=at, arrive=at + takes, km=km))
        at += takes
    return tuple(found)


def _whole(at: datetime) -> datetime:
    """Return an instant in whole seconds."""
    return at.replace(microsecond=0)


def _plugged_in(trips: Sequence[Trip], draw: Random) -> list[Trip]:
    """Return the trips with a cable after some arrivals at home, if there is time."""
    found = []
    for trip, after in pairwise([*trips, None]):
        if trip is None:
            continue
        kind, soon, late = draw.random(), draw.uniform(*SOON[1:]), draw.random()
        wait: float | None = soon
        if kind < UNPLUGGED:
            wait = None
        elif kind >= UNPLUGGED + SOON[0]:
            least, most = LATE
            wait = exp(log(least) + late * log(most / least))
        plugged = None if wait is None else timedelta(seconds=round(wait * 60))
        stays = after is None or trip.arrive + (plugged or MINUTE) < after.depart
        at_home = trip.destination == HOME and stays
        found.append(replace(trip, plugged_in_after=plugged if at_home else None))
    return found
