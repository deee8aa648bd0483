"""The cells of the chaos: every fault at every call site, payloads, disk and clock."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
import resource
from typing import Final

from simulator.faults import Fault

from .fault_kinds import FINAL, KINDS, SITES, Site, fits
from .payloads import VALUES, Json, leaves, mutated, without
from .settling import VirtualClock, VirtualLoop
from .virtual_night import EVENING, LAST_CHANCE, Night, Trouble, make_car

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

# How long a fault lasts from its first effect on; None: one request.
LASTS: Final[dict[str, timedelta | None]] = {
    "once": None,
    "4 min": 4 * MINUTE,
    "1 h": HOUR,
    "5 h": 5 * HOUR,
}

# Minutes after the evening, when the trouble of a disk or a clock begins: before all,
# around the sending, while the car charges, and around the restoring.
MOMENTS: Final = (0, 30, 59, 61, 120, 185, 300, 419, 505, 545, 571)

JUMPS: Final = (
    *(-86_400, -7_200, -3_600, -300, -61, -2),
    *(2, 61, 300, 3_600, 7_200, 86_400, 400 * 86_400),
)


def cells(seed: int, count: int | None = None) -> list[Trouble]:
    """Return the cells of a run: all, or a sample drawn from a seed."""
    found = [*fault_cells(), *payload_cells(), *disk_cells(), *clock_cells()]
    if count is None or count >= len(found):
        return found
    return _sample(found, seed, count)


def _sample(found: list[Trouble], seed: int, count: int) -> list[Trouble]:
    """Return cells of all groups, each in proportion to its number."""
    draw = Random(seed)
    draw.shuffle(found)
    groups: dict[str, list[Trouble]] = {}
    for each in found:
        groups.setdefault(each.group, []).append(each)
    # Round by round from the group that has got the smallest share of its cells.
    taken: list[Trouble] = []
    shares = dict.fromkeys(groups, 0)
    while len(taken) < count:
        group = min(groups, key=lambda name: shares[name] / len(groups[name]))
        taken.append(groups[group][shares[group]])
        shares[group] += 1
    return taken


def cell(name: str) -> Trouble:
    """Return the cell with a name.

    Raises:
        LookupError: There is none.
    """
    for each in cells(0):
        if each.name == name:
            return each
    raise LookupError(name)


def fault_cells() -> Iterator[Trouble]:
    """Yield each fault at each call site, once and for a while."""
    for kind, faults in KINDS.items():
        for word, fault in faults.items():
            for where, site in SITES.items():
                if fits(kind, where):
                    yield from _at_site(kind, word, fault, where, site)


def _at_site(
    kind: str, word: str, fault: Fault, where: str, site: Site
) -> Iterator[Trouble]:
    """Yield a fault at a site, at each occurrence."""
    for number in site.occurrences:
        for length, lasts in LASTS.items():
            if lasts is None:
                armed = site.fault(fault, after=number, times=1)
            elif number == 0 or lasts == HOUR:
                armed = site.fault(fault, after=number)
            else:
                continue
            yield Trouble(
                name=f"{where} {number}: {word}, {length}",
                group=kind,
                begin=partial(_arm, armed),
                lasts=lasts,
                keepable=word not in FINAL,
            )


def _arm(fault: Fault, night: Night) -> None:
    """Set a fault."""
    night.cloud.faults.add(fault)


def payload_cells() -> Iterator[Trouble]:
    """Yield each field of a payload with each value that it should not have."""
    for path in leaves(_sample_payload()):
        where = ".".join(path)
        changes: dict[str, Callable[[Json], Json]] = {"missing": without(path)}
        changes |= {name: mutated(path, value) for name, value in VALUES.items()}
        for name, change in changes.items():
            yield Trouble(
                name=f"payload {where}: {name}",
                group="mutated payload",
                begin=partial(_mutate, change),
                end=partial(_mutate, None),
                at_once=True,
                lasts=4 * HOUR,
            )


def _sample_payload() -> Json:
    """Return what a car sends."""
    loop = VirtualLoop()
    try:
        car = make_car(VirtualClock(loop, EVENING))
        return car.vehicle_data(
            frozenset(
                {"charge_state", "drive_state", "location_data", "charge_schedule_data"}
            )
        )
    finally:
        loop.close()


def _mutate(change: Callable[[Json], Json] | None, night: Night) -> None:
    """Have the car send another payload."""
    night.car.mutation = change


def disk_cells() -> Iterator[Trouble]:
    """Yield a full disk at several moments, for several times."""
    for moment in MOMENTS:
        for lasts in (2 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR):
            yield Trouble(
                name=f"disk full from {moment} min for {lasts}",
                group="full disk",
                begin=lambda night: fill_disk(full=True),
                end=lambda night: fill_disk(full=False),
                since=EVENING + moment * MINUTE,
                lasts=lasts,
                at_once=True,
            )


def fill_disk(*, full: bool) -> None:
    """Let no file of this process grow, or let them: each write fails, as on a full disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0 if full else hard, hard))


def clock_cells() -> Iterator[Trouble]:
    """Yield a wall clock that jumps, and jumps back or stays wrong for hours."""
    for moment in MOMENTS:
        for seconds in JUMPS:
            for lasts in (10 * MINUTE, 3 * HOUR):
                yield Trouble(
                    name=f"clock {seconds:+} s from {moment} min for {lasts}",
                    group="clock jump",
                    begin=partial(_skew, timedelta(seconds=seconds)),
                    end=partial(_skew, timedelta(0)),
                    since=EVENING + moment * MINUTE,
                    lasts=lasts,
                    at_once=True,
                    # By a clock that shows it as past, the deadline has passed.
                    keepable=EVENING + moment * MINUTE + timedelta(seconds=seconds)
                    < LAST_CHANCE,
                )


def _skew(by: timedelta, night: Night) -> None:
    """Set the wall clock of Home Assistant wrong."""
    night.clock.skew = by
