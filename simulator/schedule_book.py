"""The list of charge schedules in one car, with the runs of the one-time ones."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from .geography import Place
from .schedules import ChargeSchedule, Window, applies, as_float32, window_after


@dataclass(frozen=True, kw_only=True)
class Run:
    """A schedule and its run that is on, or comes next."""

    schedule: ChargeSchedule
    window: Window


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What turns at one instant and place.

    Attributes:
        started: Whether a run begins.
        ended: Whether a run with an end of its own ends, and no other is on.
    """

    started: bool
    ended: bool


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A schedule in the list; a one-time one has its only run fixed when added."""

    schedule: ChargeSchedule
    only: Window | None


class ScheduleBook:
    """The charge schedules that a car keeps.

    A one-time schedule has one run: the one that is on when it is added, or else the
    next. When that run is over the schedule is removed, whether or not the car was
    there, plugged in, to use it.
    """

    def __init__(self, zone: tzinfo, most: int) -> None:
        """Start with an empty list.

        Args:
            zone: The car's zone, which the schedules count in.
            most: How many schedules there can be.
        """
        self._zone = zone
        self._most = most
        self._entries: dict[int, _Entry] = {}
        self._boundary: tuple[datetime, datetime | None] | None = None

    @property
    def schedules(self) -> dict[int, ChargeSchedule]:
        """The schedules by their id."""
        return {key: entry.schedule for key, entry in self._entries.items()}

    def add(self, schedule: ChargeSchedule, at: datetime) -> ChargeSchedule | None:
        """Add a schedule, or replace the one of its id.

        Returns:
            The schedule as kept, its place rounded to single precision as a car does;
            None if the list is full.
        """
        if schedule.id not in self._entries and len(self._entries) >= self._most:
            return None
        kept = replace(
            schedule,
            latitude=as_float32(schedule.latitude),
            longitude=as_float32(schedule.longitude),
        )
        once = kept.one_time and kept.enabled
        only = window_after(kept, at, self._zone) if once else None
        self._entries[kept.id] = _Entry(schedule=kept, only=only)
        self._boundary = None
        return kept

    def remove(self, schedule_id: int) -> bool:
        """Remove a schedule; return whether there was one of this id."""
        self._boundary = None
        return self._entries.pop(schedule_id, None) is not None

    def expire(self, at: datetime) -> list[ChargeSchedule]:
        """Remove the one-time schedules whose run is over, and return them."""
        over = [
            entry.schedule
            for entry in self._entries.values()
            if entry.only is not None and entry.only.end <= at
        ]
        for schedule in over:
            self.remove(schedule.id)
        return over

    def applying(self, place: Place) -> list[ChargeSchedule]:
        """Return the schedules that rule the charging at a place.

        None at all means that a car plugged in there charges at once.
        """
        return [each for each in self.schedules.values() if applies(each, place)]

    def runs(self, after: datetime, place: Place | None = None) -> list[Run]:
        """Return each enabled schedule's first run that ends after an instant.

        Args:
            after: Aware.
            place: Only schedules that hold there; None for all places.
        """
        found = []
        for entry in self._entries.values():
            schedule = entry.schedule
            if place is not None and not applies(schedule, place):
                continue
            window = self._window(entry, after)
            if window is not None:
                found.append(Run(schedule=schedule, window=window))
        return found

    def active(self, at: datetime, place: Place) -> list[Run]:
        """Return the runs that are on at an instant and a place."""
        return [run for run in self.runs(at, place) if run.window.start <= at]

    def turns(self, at: datetime, place: Place) -> Turns:
        """Return what turns at an instant and a place; call it before `expire`."""
        active = self.active(at, place)
        # Windows last whole minutes at least, so what ends now was on just before.
        before = self.active(at - timedelta(microseconds=1), place)
        return Turns(
            started=any(run.window.start == at for run in active),
            ended=not active
            and any(
                run.window.end == at and not run.window.open_ended for run in before
            ),
        )

    def next_boundary(self, after: datetime) -> datetime | None:
        """Return when the next run begins or ends, strictly after an instant."""
        if self._boundary is not None:
            asked, boundary = self._boundary
            if asked <= after and (boundary is None or after < boundary):
                return boundary
        boundary = min(
            (
                window.start if window.start > after else window.end
                for window in (run.window for run in self.runs(after))
            ),
            default=None,
        )
        self._boundary = (after, boundary)
        return boundary

    def _window(self, entry: _Entry, after: datetime) -> Window | None:
        """Return an entry's first run that ends after an instant."""
        if not entry.schedule.enabled:
            return None
        if not entry.schedule.one_time:
            return window_after(entry.schedule, after, self._zone)
        return entry.only if entry.only and entry.only.end > after else None
