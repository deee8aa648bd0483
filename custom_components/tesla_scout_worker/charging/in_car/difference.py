"""Wanted and found charge schedules -> what to add, what to remove. Pure.

Schedules are compared by content, not by id: a schedule already in the car is not sent
again, and a duplicate is removed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ...gateways.models import ChargeSchedule, ChargeScheduleOrder, Position
from ..planning.model import Window
from ..tariffs.wall_clock import end_instant, first_instant
from .charge_control import FRESH
from .schedules import WeeklyWindow, fresh_ids, matches, same_place, schedule_for_window

_DAY: Final = 1440

# A one-time schedule that reaches the car after its end would run a week later. In its
# last minutes it has no use: a car takes a minute or two to start.
LEAST_RUN: Final = timedelta(minutes=2)


class ScheduleRole(StrEnum):
    """The purpose of a schedule of ours.

    PLAN: charging as planned.
    GUARD: stops a car without other schedules from charging at once.
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

    ``run`` is the only run of a one-time schedule; None for a weekly one. An id of 0
    means that it has no id yet.
    """

    order: ChargeScheduleOrder
    kind: ScheduleRole
    run: Window | None = None

    @property
    def id(self) -> int:
        """The id in the car."""
        return self.order.id

    def same_content(self, other: ManagedSchedule) -> bool:
        """Whether both have the same content, whatever their ids."""
        return replace(self.order, id=0) == replace(other.order, id=0)

    def with_id(self, schedule_id: int) -> ManagedSchedule:
        """Return the same schedule under an id."""
        return replace(self, order=replace(self.order, id=schedule_id))

    def is_expired(self, now: datetime) -> bool:
        """Whether its only run is over, so that the car has dropped it."""
        return self.run is not None and self.run.end <= now

    def current_run(self, now: datetime, zone: tzinfo) -> Window | None:
        """Return the present or the next run (UTC); None if there is none.

        ``zone`` is the time zone of the car.
        """
        if self.run is not None:
            return self.run if self.run.end > now else None
        return next(iter(self.runs(now, now + timedelta(days=8), zone)), None)

    def runs(self, start: datetime, end: datetime, zone: tzinfo) -> Iterator[Window]:
        """Yield the runs that overlap the time between two instants."""
        if self.run is not None:
            if self.run.start < end and start < self.run.end:
                yield self.run
            return
        day = start.astimezone(zone).date() - timedelta(days=1)
        until = end.astimezone(zone).replace(tzinfo=None)
        while (midnight := datetime(day.year, day.month, day.day)) < until:
            if self.order.days_of_week >> day.isoweekday() % 7 & 1:
                last = self.order.end_time
                last += _DAY if last <= self.order.start_time else 0
                first = midnight + timedelta(minutes=self.order.start_time)
                run = Window(
                    start=first_instant(first, zone),
                    end=end_instant(midnight + timedelta(minutes=last), zone),
                )
                if run.start < end and start < run.end:
                    yield run
            day += timedelta(days=1)


def one_time_schedule(
    window: Window, kind: ScheduleRole, position: Position, zone: tzinfo
) -> ManagedSchedule:
    """Return a wanted one-time schedule."""
    return ManagedSchedule(
        order=schedule_for_window(window, 0, position, zone), kind=kind, run=window
    )


def weekly_schedule(window: WeeklyWindow, position: Position) -> ManagedSchedule:
    """Return a wanted weekly schedule."""
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
    """Return a schedule in the car as a weekly one; None: it has no times."""
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
    """The schedules to add and to remove.

    Attributes:
        kept: Wanted schedules in the car, under the ids that they have there.
        add: Wanted schedules not in the car, each under a fresh id, or the id of the
            schedule that it replaces.
        remove: Ids of ours that are not wanted.
        dropped: Wanted schedules that do not fit into the car's list.
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
        """The ids that are added or removed."""
        return self.remove | {schedule.id for schedule in self.add}

    @property
    def commands(self) -> int:
        """The number of commands."""
        return len(self.add) + len(self.remove)

    @property
    def daily(self) -> ScheduleDiff:
        """The part of the daily plan, without the schedules of sessions."""
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
    """Return the difference between found and wanted; other schedules stay.

    Args:
        found: The schedules in the car. A failed read is not an empty list.
        ours: Schedules that were sent, or were about to be.
        wanted: The wanted schedules, the most important first. A schedule with an id
            keeps it, and is replaced in one command if its content differs.
        most: How many schedules the car accepts; None: unknown.
        now: The present, from which new ids are made.
        taken: Ids in use elsewhere.
        by_id: Ids of ours with unknown content.
    """
    ours = tuple(ours)
    places = {schedule.id: schedule.order.position for schedule in ours}
    mine = {
        schedule.id: schedule
        for schedule in found
        if schedule.id in by_id
        or (
            schedule.id in places and same_place(schedule.position, places[schedule.id])
        )
    }
    theirs = [schedule for schedule in found if schedule.id not in mine]
    room = max(0, most - len(theirs)) if most is not None else len(wanted)
    # A session is never dropped silently: the car refuses what does not fit.
    dropped = tuple(
        schedule
        for schedule in wanted[room:]
        if schedule.kind is not ScheduleRole.SESSION
    )
    fit = [*wanted[:room], *(each for each in wanted[room:] if each not in dropped)]
    kept, add = _kept_and_missing(fit, mine, theirs, now)
    given = {schedule.id for schedule in add}
    remove = sorted(frozenset(mine) - frozenset(kept) - given)
    there = {schedule.id for schedule in found}
    added = sum(schedule.id not in there for schedule in add)
    surplus = 0 if most is None else max(0, len(found) + added - most)
    # Adding under the id of another schedule replaces it in one command, so that a car
    # with a full list is never without a schedule.
    without_id = [schedule for schedule in add if not schedule.id]
    replaced = remove[: min(surplus, len(without_id))]
    lost = [
        schedule
        for schedule in ours
        if schedule.id not in there | given and not schedule.is_expired(now)
    ]
    used = {*taken, *there, *places, *given}
    fresh = fresh_ids(len(without_id), used, now)
    return ScheduleDiff(
        kept=tuple(kept.values()),
        add=(
            *(schedule for schedule in add if schedule.id),
            *_with_ids(without_id, replaced, lost, fresh),
        ),
        remove=frozenset(remove) - frozenset(replaced),
        dropped=dropped,
    )


def _kept_and_missing(
    wanted: Iterable[ManagedSchedule],
    mine: Mapping[int, ChargeSchedule],
    theirs: Sequence[ChargeSchedule],
    now: datetime,
) -> tuple[dict[int, ManagedSchedule], list[ManagedSchedule]]:
    """Return the wanted schedules in the car, by their ids there, and the missing ones.

    A schedule that the owner has made as well is in neither.
    """
    kept: dict[int, ManagedSchedule] = {}
    add: list[ManagedSchedule] = []
    lasting = [schedule for schedule in theirs if not schedule.one_time]
    for schedule in wanted:
        double = any(map(schedule.same_content, (*kept.values(), *add)))
        owners = any(matches(other, schedule.order) for other in lasting)
        if double or owners or schedule.is_expired(now):
            continue
        same = (
            key
            for key, other in mine.items()
            if schedule.id in (0, key) and matches(other, schedule.order)
        )
        if (key := next(same, None)) is not None:
            kept[key] = schedule.with_id(key)
        elif not schedule.is_expired(now + LEAST_RUN):
            add.append(schedule)
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
    add: Iterable[ManagedSchedule],
    replaced: Iterable[int],
    lost: Iterable[ManagedSchedule],
    fresh: Iterable[int],
) -> Iterator[ManagedSchedule]:
    """Yield what is added, each under an id: of one replaced, of one lost, or fresh.

    What was sent and is not in the car may still get there: its id is used again, so
    that no schedule is in the car that is not known to be ours.
    """
    places, left, free = list(replaced), list(lost), iter(fresh)
    for schedule in add:
        if places:
            yield schedule.with_id(places.pop(0))
        elif left:
            same = (
                index for index, old in enumerate(left) if schedule.same_content(old)
            )
            yield schedule.with_id(left.pop(next(same, 0)).id)
        else:
            yield schedule.with_id(next(free))
