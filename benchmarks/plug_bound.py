"""`python -m benchmarks.plug_bound`: would more looks for the cable see it in time?

Who is told of each way out and home to the second (`benchmarks.replay.Told`) looks for
the cable again and again, at any of many distances from the arrival, as long as the car
is awake and no cable is in it. All ways to place up to four more looks are tried on each
stay at home by itself; what is best is then replayed in full, which is what is printed.
A placing is chosen in hindsight, on the drivers that it is measured on: it is a bound.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from math import ceil
import sys
from typing import Final

from simulator.car_settings import CarEvent
from simulator.trips import Trip

from .cars import BEGIN, Kind
from .drivers import lot
from .replay import DAYS, Month, replay, result_of
from .scoring import Result, Score
from .table import line

# Minutes between a look for a cable and the next; up to so many of them.
CHOICES: Final = (3, 5, 8, 12, 16, 22, 30, 45)
MOST: Final = 4

CABLE: Final = ("plugged in", True)

# What the issue asks for.
LATEST: Final = 8.0
MOST_AWAKE: Final = 1.1

# What is added up stay by stay is that of a full replay to so many times the waking.
ERROR: Final = 0.002

# Rounds are nearly a second behind the minute (`on_the_grid`); looks are taken in the
# round nearest to when they are due, which is `SETTLE` after the car came home, and a
# car that woke is looked at once it lasted for `LASTING`.
BEHIND: Final = 0.015
FIRST: Final = 6.0
LASTED: Final = 5.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """A stay at home: when it began, when the cable was put in, if so, when it ended.

    In minutes since the month began.
    """

    came: float
    cable: float | None
    ended: float


@dataclass(kw_only=True)
class Came:
    """What a placing of looks came to over many stays.

    ``late`` are the delays of the cables that were seen, in minutes, ``extra`` the looks
    that saw none, ``awake`` the minutes by which they kept the cars up.
    """

    extra: int = 0
    awake: float = 0.0
    late: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The delay of a cable that 95 of 100 do not exceed (nearest rank)."""
        return Score(delays={CABLE: self.late}).percentile(*CABLE, 95) or 0.0

    @property
    def too_late(self) -> float:
        """The share of the cables that was seen later than asked for."""
        return sum(item > LATEST for item in self.late) / max(1, len(self.late))


def stays(record: Iterable[CarEvent], until: datetime) -> list[Stay]:
    """Return the stays at home of a car, by its own record."""
    found: list[Stay] = []
    came: float | None = None
    cable: float | None = None
    for event in record:
        at = (event.at - BEGIN) / timedelta(minutes=1)
        if event.kind == "arrived" and event.detail == "home":
            came, cable = at, None
        elif event.kind == "plugged_in":
            cable = at
        elif event.kind == "departed" and came is not None:
            found.append(Stay(came=came, cable=cable, ended=at))
            came = None
    if came is not None:
        ended = (until - BEGIN) / timedelta(minutes=1)
        found.append(Stay(came=came, cable=cable, ended=ended))
    return found


def _round(at: float) -> float:
    """Return the first round at or after an instant."""
    return ceil(at - BEHIND) + BEHIND


def watch(stay: Stay, gaps: Sequence[int], kind: Kind, came: Came) -> None:
    """Note what looks for a cable at these distances come to in one stay."""
    look = _round(stay.came + FIRST)
    if look >= stay.ended:
        return
    cable = stay.ended if stay.cable is None else stay.cable
    if cable <= look:
        came.late.append(look - cable)
        return
    sleeps = (look if kind.kept_awake else stay.came) + kind.idle
    seen: float | None = None
    due = stay.came + FIRST
    for gap in gaps:
        due += gap
        look = _round(due)
        if look >= min(sleeps, stay.ended):
            break
        if cable <= look:
            seen = look
            break
        came.extra += 1
        if kind.kept_awake:
            sleeps = look + kind.idle
    came.awake += min(sleeps, cable) - min(stay.came + kind.idle, cable)
    if stay.cable is None:
        return
    if seen is None:
        # It is awake when it should sleep, or it slept and was woken by the cable.
        seen = _round(sleeps if cable < sleeps else _round(cable) + LASTED)
    if seen < stay.ended:
        came.late.append(seen - cable)


def placings(most: int = MOST) -> list[tuple[int, ...]]:
    """Return all ways to place up to so many more looks, in minutes between them."""
    return [gaps for many in range(most + 1) for gaps in product(CHOICES, repeat=many)]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a placing comes to: as in the table, and the share of late cables."""

    reads: float
    awake: float
    p95: float
    too_late: float

    @property
    def reaches(self) -> bool:
        """Whether it is what the issue asks for, but for the reads."""
        return self.p95 <= LATEST and self.awake <= MOST_AWAKE


type Placing = tuple[int, ...]
type Tried = dict[Placing, Outcome]


DRIVERS: Final = ("held-out files", "seeds 101 to 104", "simulator/data")


def months(
    kind: Kind, cars: Mapping[str, Sequence[Trip]], gaps: Placing
) -> list[Month]:
    """Return the months of some drivers, looked at by who is told of each way."""
    placed = tuple(timedelta(minutes=gap) for gap in gaps)
    return [
        replay(kind, trips, number=number, told=placed)
        for number, trips in enumerate(cars.values(), 1)
    ]


def outcome(result: Result) -> Outcome:
    """Return what a full replay came to."""
    came = Came(late=result.score.delays.get(CABLE, []))
    return Outcome(
        reads=result.reads_per_event,
        awake=result.waking,
        p95=came.p95,
        too_late=came.too_late,
    )


def replayed(kind: Kind, name: str, gaps: Placing) -> Outcome:
    """Return what a placing comes to for some drivers, in a full replay."""
    found = months(kind, lot(name), gaps)
    return outcome(result_of("told", kind, found, DAYS))


def tried(kind: Kind, name: str, most: int = MOST) -> Tried:
    """Return what each placing comes to for some drivers.

    The month without more looks is replayed; what the others change is added to it.
    """
    without = months(kind, lot(name), ())
    result = result_of("told", kind, without, DAYS)
    until = BEGIN + timedelta(days=DAYS)
    at_home = [stay for item in without for stay in stays(item.twin.record, until)]

    def came_of(gaps: Placing) -> Came:
        """Return what a placing comes to over all stays."""
        came = Came()
        for stay in at_home:
            watch(stay, gaps, kind, came)
        return came

    base, found = came_of(()), {}
    for gaps in placings(most):
        came = came_of(gaps)
        more = (came.awake - base.awake) / result.awake_unwatched
        found[gaps] = Outcome(
            reads=(result.reads + came.extra) / max(1, result.score.events),
            awake=result.waking + more,
            p95=came.p95,
            too_late=came.too_late,
        )
    return found


def best(each: Sequence[Tried], looks: int) -> Placing:
    """Return the best placing of up to so many more looks, the same for all drivers.

    That is the one with the least reads of those that reach what is asked for with each;
    if none does, the one that is late least often of those that keep no car too long.
    """

    def badness(gaps: Placing) -> tuple[int, float, float]:
        """Return what to have least of."""
        found = [item[gaps] for item in each]
        reads = sum(item.reads for item in found)
        too_long = any(item.awake > MOST_AWAKE - ERROR for item in found)
        if all(item.reaches for item in found) and not too_long:
            return 0, reads, 0.0
        return 1 + too_long, max(item.too_late for item in found), reads

    return min((gaps for gaps in each[0] if len(gaps) <= looks), key=badness)


def rows(kind: Kind, names: Sequence[str], each: Sequence[Tried]) -> list[str]:
    """Return the rows of a kind of car: for each number of looks that betters it."""
    chosen: dict[tuple[str, ...], set[Placing]] = {}
    found = []
    groups: list[tuple[tuple[str, ...], tuple[Tried, ...]]] = [
        ((name,), (item,)) for name, item in zip(names, each, strict=True)
    ]
    if len(names) > 1:
        groups.append((tuple(names), tuple(each)))
    for group, some in groups:
        for looks in range(max(map(len, some[0])) + 1):
            gaps = best(some, looks)
            if gaps in chosen.setdefault(group, set()):
                continue
            chosen[group].add(gaps)
            if len(group) > 1 and not gaps:
                continue
            found += [_row(kind, name, gaps, len(group) > 1) for name in group]
    return found


def _row(kind: Kind, name: str, gaps: Placing, common: bool) -> str:
    """Return a row of the table."""
    after = [sum(gaps[:number]) + round(FIRST) for number in range(len(gaps) + 1)]
    came = replayed(kind, name, gaps)
    cells = (
        kind.name,
        name,
        ", ".join(map(str, after)) + (" (the same for all)" if common else ""),
        f"{came.reads:.2f}",
        f"{came.p95:.1f}",
        f"{100 * came.too_late:.1f} %",
        f"{came.awake:.2f} x",
        "yes" if came.reaches else "no",
    )
    return line(cells)


HEADER: Final = (
    "Car",
    "Drivers",
    "looks, minutes after the arrival",
    "reads an event",
    "plugged in p95",
    "later than 8 min",
    "awake",
    "reached",
)


def _block(job: tuple[Kind, tuple[str, ...], int]) -> list[str]:
    """Return the rows of a kind of car, in a process of its own."""
    kind, names, most = job
    return rows(kind, names, [tried(kind, name, most) for name in names])


def main() -> int:
    """Try all placings with each kind of car, and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.plug_bound", description=__doc__)
    parser.add_argument("--idle", default="10,20,30", help="minutes until sleep")
    parser.add_argument("--most", type=int, default=MOST, help="more looks at most")
    parser.add_argument("--drivers", choices=DRIVERS, default=None, help="these alone")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    asked = parser.parse_args()
    names = DRIVERS if asked.drivers is None else (asked.drivers,)
    jobs = [
        (Kind(idle=int(idle), kept_awake=kept_awake), names, asked.most)
        for kept_awake in (True, False)
        for idle in asked.idle.split(",")
    ]
    print(line(HEADER) + "\n" + line(["---"] * len(HEADER)))
    with ProcessPoolExecutor(asked.jobs) as pool:
        for block in pool.map(_block, jobs):
            print("\n".join(block), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
