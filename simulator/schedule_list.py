"""The charge schedules in one car, with the windows of the one-time ones. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from .geography import Place
from .schedules import ChargeSchedule, Window, applies, as_float32, window_after


@dataclass(frozen=True, kw_only=True)
class Run:
    """A schedule and its present or next window."""

    schedule: ChargeSchedule
    window: Window


@dataclass(frozen=True, kw_only=True)
class RunChanges:
    """What changes at one instant and place.

    Attributes:
        started: Whether a window starts.
        ended: Whether a window with an end of its own ends, and none is active.
    """

    started: bool
    ended: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A schedule, with the only window of a one-time one."""

    schedule: ChargeSchedule
    only: Window | None


@dataclass(frozen=True, kw_only=True)
class ScheduleList:
    """The charge schedules that a car keeps. Immutable.

    A one-time schedule has one window: the one that is active when it is added, else the
    next one. After that window the schedule is removed, whether or not the car was
    plugged in at its place.

    Attributes:
        zone: The zone of the schedules' times.
        most: Greatest number of schedules.
        entries: By the schedule's id.
    """

    zone: tzinfo
    most: int
    entries: Mapping[int, Entry] = field(default_factory=dict)
    # Caches the last answer of `next_boundary`.
    _boundary: dict[None, tuple[datetime, datetime | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def schedules(self) -> dict[int, ChargeSchedule]:
        """The schedules by their id."""
        return {key: entry.schedule for key, entry in self.entries.items()}

    def added(self, schedule: ChargeSchedule, at: datetime) -> ScheduleList | None:
        """Return the list with a schedule added, or with the one of its id replaced.

        The place is rounded to single precision, as a car does.

        Returns:
            None if the list is full.
        """
        if schedule.id not in self.entries and len(self.entries) >= self.most:
            return None
        kept = replace(
            schedule,
            latitude=as_float32(schedule.latitude),
            longitude=as_float32(schedule.longitude),
        )
        once = kept.one_time and kept.enabled
        only = window_after(kept, at, self.zone) if once else None
        entry = Entry(schedule=kept, only=only)
        return replace(self, entries={**self.entries, kept.id: entry})

    def without(self, *schedule_ids: int) -> ScheduleList:
        """Return the list without the schedules of some ids."""
        left = {k: entry for k, entry in self.entries.items() if k not in schedule_ids}
        return replace(self, entries=left)

    def over(self, at: datetime) -> list[ChargeSchedule]:
        """Return the one-time schedules whose window is over."""
        return [
            entry.schedule
            for entry in self.entries.values()
            if entry.only is not None and entry.only.end <= at
        ]

    def applying(self, place: Place) -> list[ChargeSchedule]:
        """Return the schedules that apply at a place.

        Without any a car plugged in there charges at once.
        """
        return [
            entry.schedule
            for entry in self.entries.values()
            if applies(entry.schedule, place)
        ]

    def runs(self, after: datetime, place: Place | None = None) -> list[Run]:
        """Return each enabled schedule's first window that ends after an instant.

        Args:
            after: Aware.
            place: Only schedules that apply there; None for all places.
        """
        found = []
        for entry in self.entries.values():
            schedule = entry.schedule
            if place is not None and not applies(schedule, place):
                continue
            window = self._window(entry, after)
            if window is not None:
                found.append(Run(schedule=schedule, window=window))
        return found

    def active(self, at: datetime, place: Place) -> list[Run]:
        """Return the windows that are active at an instant and a place."""
        return [run for run in self.runs(at, place) if run.window.start <= at]

    def changes_at(self, at: datetime, place: Place) -> RunChanges:
        """Return what changes at an instant and a place."""
        active = self.active(at, place)
        # Windows last whole minutes at least, so what ends now was on just before.
        before = self.active(at - timedelta(microseconds=1), place)
        return RunChanges(
            started=any(run.window.start == at for run in active),
            ended=not active
            and any(
                run.window.end == at and not run.window.open_ended for run in before
            ),
        )

    def next_boundary(self, after: datetime) -> datetime | None:
        """Return when the next window starts or ends, strictly after an instant."""
        if None in self._boundary:
            asked, boundary = self._boundary[None]
            if asked <= after and (boundary is None or after < boundary):
                return boundary
        boundary = min(
            (
                run.window.start if run.window.start > after else run.window.end
                for run in self.runs(after)
            ),
            default=None,
        )
        self._boundary[None] = (after, boundary)
        return boundary

    def _window(self, entry: Entry, after: datetime) -> Window | None:
        """Return an entry's first window that ends after an instant."""
        if not entry.schedule.enabled:
            return None
        if not entry.schedule.one_time:
            return window_after(entry.schedule, after, self.zone)
        return entry.only if entry.only and entry.only.end > after else None
