"""What must hold after a night, whatever went wrong in it: pure, from the cloud's side."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, override

from simulator.billing import Kind
from simulator.records import Request
from simulator.schedules import ChargeSchedule

HOUR: Final = timedelta(hours=1)

# Requests that a car may cause within an hour. A fault-free night has up to 60 polls, 11
# reads, 8 commands and 2 refreshes in its busiest hour; what is tried again adds to that.
# Tesla bills all but the free ones, and lists no limit for tokens.
MOST_AN_HOUR: Final[Mapping[str, int]] = {
    Kind.FREE: 130,
    Kind.DATA: 25,
    Kind.COMMAND: 25,
    Kind.WAKE: 8,
    Kind.AUTH: 15,
}

# Of a set-up within an hour of an outage: after 0, 5, 15, 35, … seconds.
SET_UP_TRIES: Final = 10

# A level is whole percents in the car's payload.
TOLERANCE: Final = 1.5


# Events that tell that a session ends without its target, or may.
WARNINGS: Final = frozenset(
    {"missed", "failed", "falling_behind", "needs_plug", "needs_home"}
)


class Invariant(StrEnum):
    """What must hold; the values are columns of the table."""

    SIGN_IN = "sign-in lost"
    LIMIT = "limit left"
    SCHEDULES = "schedule left or doubled"
    SESSION = "session lost"
    SILENT = "missed in silence"
    SECRET = "secret in a log"
    STORM = "request storm"
    STUCK = "stuck"
    TWICE = "event fired twice"


@dataclass(frozen=True, kw_only=True)
class Break:
    """An invariant that did not hold, and what was seen instead."""

    invariant: Invariant
    seen: str

    @override
    def __str__(self) -> str:
        """Return both as a line."""
        return f"{self.invariant}: {self.seen}"


def limit_breaks(limit: int, owners: int) -> list[Break]:
    """Return whether a limit, in percent, is not the owner's."""
    if limit == owners:
        return []
    return [Break(invariant=Invariant.LIMIT, seen=f"{limit} % instead of {owners} %")]


def schedule_breaks(
    held: Iterable[ChargeSchedule], owners: int, known: frozenset[int]
) -> list[Break]:
    """Return what is wrong with the schedules in a car.

    Args:
        held: The schedules that the car holds.
        owners: The id of the owner's schedule, which must be among them.
        known: The ids that Home Assistant knows of; others are nobody's.
    """
    held = list(held)
    found = []
    windows = Counter(
        (item.start_time, item.end_time, item.days_of_week, item.one_time)
        for item in held
    )
    found += [
        f"{times} with {_clock(window[0])} to {_clock(window[1])}"
        for window, times in windows.items()
        if times > 1
    ]
    found += [
        f"nobody's {_clock(item.start_time)} to {_clock(item.end_time)}"
        for item in held
        if item.id != owners and item.id not in known
    ]
    if owners not in {item.id for item in held}:
        found.append("the owner's is gone")
    return [Break(invariant=Invariant.SCHEDULES, seen=each) for each in found]


def doubled(held: Iterable[ChargeSchedule]) -> list[Break]:
    """Return which windows are in a car twice."""
    held = list(held)
    if not held:
        return []
    return schedule_breaks(held, held[0].id, frozenset(each.id for each in held[1:]))


def storm_breaks(
    requests: Iterable[Request],
    cars: int = 1,
    most: Mapping[str, int] = MOST_AN_HOUR,
    excused: int = 0,
    starts: Collection[datetime] = (),
) -> list[Break]:
    """Return kinds of requests of which an hour had more than is bearable.

    Args:
        requests: What the cloud was asked.
        cars: How many there are.
        most: How many of each kind are bearable for a car.
        excused: So many more in each hour, of each kind: a process that is killed and
            started again asks anew.
        starts: When an entry was loaded anew. In an outage Home Assistant itself tries
            that again after 5, 10, 20, … seconds: `SET_UP_TRIES` more within its hour.
    """
    times: dict[str, list[datetime]] = {}
    for request in requests:
        times.setdefault(str(request.kind), []).append(request.at)
    found = []
    for kind, at in times.items():
        at.sort()
        bound = most.get(kind, 0) * (1 if kind in (Kind.FREE, Kind.AUTH) else cars)
        worst, first = 0, 0
        for last, end in enumerate(at):
            while end - at[first] >= HOUR:
                first += 1
            begun = any(at[first] <= start <= end for start in starts)
            allowed = bound + excused + (SET_UP_TRIES if begun else 0)
            number = last - first + 1
            if number > max(allowed, worst):
                worst = number
        if worst:
            found.append(f"{worst} {kind} requests in an hour")
    return [Break(invariant=Invariant.STORM, seen=each) for each in found]


def session_breaks(
    level: float,
    target: int,
    told: Iterable[Mapping[str, object]],
    *,
    keepable: bool,
    level_at_end: float | None = None,
) -> list[Break]:
    """Return whether a session was lost that could be kept, or ended in silence.

    Args:
        level: State of charge at the deadline, in percent.
        target: What was requested, in percent.
        told: The events of the session.
        keepable: Whether the fault left the time to keep it.
        level_at_end: State of charge when its car was restored, in percent: who was
            down over the deadline, and then finds the target, may call it kept.
    """
    if level >= target - TOLERANCE:
        return []
    ends = [each for each in told if each.get("event_type") in ("missed", "failed")]
    found = []
    if keepable:
        why = [str(each.get("reason")) for each in ends]
        seen = f"{level:.0f} % instead of {target} %, told: {why}"
        found.append(Break(invariant=Invariant.SESSION, seen=seen))
    kept_late = level_at_end is not None and level_at_end >= target - TOLERANCE
    warned = any(each.get("event_type") in WARNINGS for each in told)
    if not kept_late and not warned:
        kinds = [str(each.get("event_type")) for each in told]
        seen = f"{level:.0f} % instead of {target} %, told only {kinds}"
        found.append(Break(invariant=Invariant.SILENT, seen=seen))
    return found


def _clock(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
