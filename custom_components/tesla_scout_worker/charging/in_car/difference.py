"""Wanted and found charge schedules -> what to add, what to remove. Pure.

Schedules are told apart by what they say, not by their ids: what the car holds already
is not sent anew, and a duplicate is removed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ...gateways.models import ChargeSchedule, ChargeScheduleOrder, Position
from ..planning.model import Window
from ..tariffs.wall_clock import end_instant, first_instant
from .charge_control import FRESH
from .schedules import WeeklyWindow, fresh_ids, matches, same_place, schedule_for_window

_DAY: Final = 1440

# A one-time schedule that reaches the car after its end would run a week later. In its
# last minutes it is of no use: a car takes a minute or two to start.
LEAST_RUN: Final = timedelta(minutes=2)


class ScheduleRole(StrEnum):
    """What a schedule of ours is for.

    PLAN: charging as planned.
    GUARD: it keeps a car from charging at once that holds no other schedule.
    FLOOR: charging now, since the battery is below the safety floor.
    SESSION: charging for a special-charging session.
    """

    PLAN = "plan"
    GUARD = "guard"
    FLOOR = "floor"
    SESSION = "session"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedSchedule:
    """A schedule of ours, wanted or sent.

    ``run`` is the only run of a one-time schedule; None for one of each week. An id
    of 0 is none yet.
    """

    order: ChargeScheduleOrder
    kind: ScheduleRole
    run: Window | None = None

    @property
    def id(self) -> int:
        """The id in the car."""
        return self.order.id

    def same_content(self, other: ManagedSchedule) -> bool:
        """Whether both say the same, whatever their ids."""
        return replace(self.order, id=0) == replace(other.order, id=0)

    def with_id(self, schedule_id: int) -> ManagedSchedule:
        """Return the same under an id."""
        return replace(self, order=replace(self.order, id=schedule_id))

    def is_expired(self, now: datetime) -> bool:
        """Whether its only run is over, so that the car has dropped it."""
        return self.run is not None and self.run.end <= now

    def current_run(self, now: datetime, zone: tzinfo) -> Window | None:
        """Return the run that is on, or comes next (UTC); None if there is none.

        ``zone`` is that of the car.
        """
        if self.run is not None:
            return self.run if self.run.end > now else None
        return next(iter(self.runs(now, now + timedelta(days=8), zone)), None)

    def runs(self, start: datetime, end: datetime, zone: tzinfo) -> Iterator[Window]:
        """Yield the runs that lie, in part at least, between two instants."""
        if self.run is not None:
            if self.run.start < end and start < self.run.end:
                yield self.run
            return
        day = start.astimezone(zone).date() - timedelta(days=1)
        while (midnight := datetime(day.year, day.month, day.day)) < end.astimezone(
            zone
        ).replace(tzinfo=None):
            if self.order.days_of_week >> day.isoweekday() % 7 & 1:
                last = self.order.end_time
                last += _DAY if last <= self.order.start_time else 0
                first = midnight + timedelta(minutes=self.order.start_time)
                one = first_instant(first, zone).astimezone(UTC)
                other = end_instant(midnight + timedelta(minutes=last), zone)
                run = Window(start=one, end=other.astimezone(UTC))
                if run.start < end and start < run.end:
                    yield run
            day += timedelta(days=1)


def one_time_schedule(
    window: Window, kind: ScheduleRole, position: Position, zone: tzinfo
) -> ManagedSchedule:
    """Return a one-time schedule that is wanted."""
    return ManagedSchedule(
        order=schedule_for_window(window, 0, position, zone), kind=kind, run=window
    )


def weekly_schedule(window: WeeklyWindow, position: Position) -> ManagedSchedule:
    """Return a lasting schedule that is wanted."""
    order = ChargeScheduleOrder(
        id=0,
        days_of_week=window.days,
        start_time=window.start,
        end_time=window.end,
        one_time=False,
        position=position,
    )
    return ManagedSchedule(order=order, kind=ScheduleRole.PLAN)


def found_schedule(found: ChargeSchedule) -> ManagedSchedule | None:
    """Return a schedule in the car as if each week had a run; None: it has no times."""
    days, start, end = found.days_of_week, found.start_time, found.end_time
    if not found.enabled or found.position is None:
        return None
    if days is None or start is None or end is None:
        return None
    order = ChargeScheduleOrder(
        id=found.id,
        days_of_week=days,
        start_time=start,
        end_time=end,
        one_time=bool(found.one_time),
        position=found.position,
    )
    return ManagedSchedule(order=order, kind=ScheduleRole.PLAN)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleDiff:
    """What makes a car hold what is wanted.

    Attributes:
        kept: What it holds already, under the ids that it has there.
        add: What it does not hold yet, each under a fresh id, or that of one which it
            takes the place of.
        remove: Ids of ours that are not wanted.
        dropped: What does not fit into the car's list.
    """

    kept: tuple[ManagedSchedule, ...] = ()
    add: tuple[ManagedSchedule, ...] = ()
    remove: frozenset[int] = frozenset()
    dropped: tuple[ManagedSchedule, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing must be sent."""
        return not self.add and not self.remove

    @property
    def ids(self) -> frozenset[int]:
        """The ids of what is added or removed."""
        return self.remove | {one.id for one in self.add}

    @property
    def commands(self) -> int:
        """How many commands it takes."""
        return len(self.add) + len(self.remove)

    @property
    def daily(self) -> ScheduleDiff:
        """The part of the daily plan: without the schedules of sessions."""
        kept, add, dropped = (
            tuple(each for each in part if each.kind is not ScheduleRole.SESSION)
            for part in (self.kept, self.add, self.dropped)
        )
        return replace(self, kept=kept, add=add, dropped=dropped)


def difference(
    found: Sequence[ChargeSchedule],
    ours: Iterable[ManagedSchedule],
    wanted: Sequence[ManagedSchedule],
    most: int | None,
    now: datetime,
    taken: Collection[int] = (),
    by_id: Collection[int] = (),
) -> ScheduleDiff:
    """Return what makes a car hold what is wanted; the rest of it stays untouched.

    Args:
        found: What the car holds. A failed read is not an empty list.
        ours: What was sent, or was about to be.
        wanted: What the car should hold, the more important first. One that has an id
            already keeps it, and is replaced in one command if its content differs.
        most: How many schedules the car takes; None: unknown.
        now: Ids are made of it.
        taken: Ids that are in use elsewhere.
        by_id: Ids of ours whose content is not remembered.
    """
    ours = tuple(ours)
    mine = {**_mine(found, ours), **{one.id: one for one in found if one.id in by_id}}
    theirs = [one for one in found if one.id not in mine]
    room = max(0, most - len(theirs)) if most is not None else len(wanted)
    kept, add = _kept_and_missing(wanted[:room], mine, theirs, now)
    replaced_by_id = {one.id for one in add}
    remove = sorted(frozenset(mine) - frozenset(kept) - replaced_by_id)
    there = {one.id for one in found}
    new = [one for one in add if one.id not in there]
    surplus = 0 if most is None else max(0, len(found) + len(new) - most)
    # One that is sent under the id of another takes its place in one command: in a full
    # list the car is at no time without a schedule.
    without_id = [one for one in add if not one.id]
    replaced = remove[: min(surplus, len(without_id))]
    lost = [one for one in ours if one.id not in there and not one.is_expired(now)]
    used = {*taken, *there, *(one.id for one in ours), *replaced_by_id}
    fresh = fresh_ids(len(without_id), used, now)
    return ScheduleDiff(
        kept=tuple(kept.values()),
        add=(
            *(one for one in add if one.id),
            *_with_ids(without_id, replaced, lost, fresh),
        ),
        remove=frozenset(remove) - frozenset(replaced),
        dropped=tuple(wanted[room:]),
    )


def _kept_and_missing(
    wanted: Iterable[ManagedSchedule],
    mine: Mapping[int, ChargeSchedule],
    theirs: Sequence[ChargeSchedule],
    now: datetime,
) -> tuple[dict[int, ManagedSchedule], list[ManagedSchedule]]:
    """Return what of the wanted is in the car, by its id there, and what is not.

    One that the owner has made as well is neither.
    """
    kept: dict[int, ManagedSchedule] = {}
    add: list[ManagedSchedule] = []
    for own in wanted:
        if own.is_expired(now) or any(
            own.same_content(one) for one in (*kept.values(), *add)
        ):
            continue
        if any(matches(one, own.order) and not own.order.one_time for one in theirs):
            continue
        at = next(
            (
                key
                for key, one in mine.items()
                if own.id in (0, key) and matches(one, own.order)
            ),
            None,
        )
        if at is not None:
            kept[at] = own.with_id(at)
        elif not own.is_expired(now + LEAST_RUN):
            add.append(own)
    return kept, add


def expired_since(
    schedules: Iterable[ManagedSchedule], seen_at: datetime, now: datetime
) -> tuple[ManagedSchedule, ...]:
    """Return the one-time schedules that expired after a snapshot, or just before."""
    return tuple(
        schedule
        for schedule in schedules
        if schedule.is_expired(now)
        and schedule.run is not None
        and seen_at < schedule.run.end + FRESH
    )


def _with_ids(
    add: Sequence[ManagedSchedule],
    replaced: Sequence[int],
    lost: Sequence[ManagedSchedule],
    fresh: Sequence[int],
) -> Iterator[ManagedSchedule]:
    """Yield what is added, each under an id of its own.

    What was sent and is not in the car may still get there: its id is used again, so
    that there is never one too many that nobody knows to be ours.
    """
    count = len(replaced)
    for own, schedule_id in zip(add, replaced, strict=False):
        yield own.with_id(schedule_id)
    left, free = list(lost), iter(fresh)
    for own in add[count:]:
        same = (one for one in left if one.same_content(own))
        again = next(same, left[0] if left else None)
        if again is not None:
            left.remove(again)
        yield own.with_id(next(free) if again is None else again.id)


def _mine(
    found: Iterable[ChargeSchedule], ours: Iterable[ManagedSchedule]
) -> Mapping[int, ChargeSchedule]:
    """Return those in the car that are ours: by id, and at the place of ours."""
    positions = {one.id: one.order.position for one in ours}
    return {
        one.id: one
        for one in found
        if one.id in positions and same_place(one.position, positions[one.id])
    }
