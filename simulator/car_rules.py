"""The rules by which a plugged-in car charges or waits. Pure.

Tesla documents only part of them. Known from reports: a plugged-in car without a schedule
charges at once, also between two commands, and removing the last schedule starts a
charge even after charge_stop (TeslaSolarCharger issues 689 and 715). Where nothing is
known, the rule is the one that is harder on a client.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .geography import Place
from .schedule_list import ScheduleList


class ChargeCause(StrEnum):
    """Why a car charges."""

    AT_ONCE = "at_once"
    """No schedule rules the charging at its place."""
    SCHEDULE = "schedule"
    """A schedule's run is on, or a run without an end began it."""
    COMMANDED = "commanded"
    """charge_start was called."""


class ChargeMode(StrEnum):
    """What the car remembers in addition to its schedules.

    AUTO: Nothing. The schedules of the place decide; without any the car charges.
    COMMANDED: charge_start was called. Lasts until the limit, unplugging or charge_stop.
    OPEN_ENDED: A schedule without an end started the charge. Lasts until the limit.
    WINDOW_ENDED: The end of a schedule stopped the charge. Lasts until the next start, a
        change of the schedules, a raised limit or plugging in, even if no schedule is
        left.
    STOPPED: charge_stop was called. Lasts until the next start of a schedule, the
        removal of a schedule or plugging in.
    """

    AUTO = "auto"
    COMMANDED = "commanded"
    OPEN_ENDED = "open_ended"
    WINDOW_ENDED = "window_ended"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class ChargeRules:
    """What decides, with time, place and level, whether a car charges. Immutable.

    Every method but `cause` returns the rules after an event.

    Attributes:
        schedules: The car's charge schedules.
        plugged_in: Whether a cable is in.
        limit: Charge limit in percent.
        mode: What the car remembers.
        open_schedule: Id of the schedule without an end that started the charge.
        resumes_after_last_run: Whether the car charges at once when its last schedule, a
            one-time one, ends before the car is full. Not documented by Tesla.
    """

    schedules: ScheduleList
    plugged_in: bool = False
    limit: int = 80
    mode: ChargeMode = ChargeMode.AUTO
    open_schedule: int | None = None
    resumes_after_last_run: bool = False

    def cause(self, at: datetime, place: Place, level: float) -> ChargeCause | None:
        """Return why the car charges, or None if it does not.

        Args:
            at: The instant, aware.
            place: Where the car is.
            level: State of charge in percent.
        """
        if not self.plugged_in or level >= self.limit:
            return None
        match self.mode:
            case ChargeMode.STOPPED | ChargeMode.WINDOW_ENDED:
                return None
            case ChargeMode.COMMANDED:
                return ChargeCause.COMMANDED
            case ChargeMode.OPEN_ENDED:
                return ChargeCause.SCHEDULE
        if not self.schedules.applying(place):
            return ChargeCause.AT_ONCE
        return ChargeCause.SCHEDULE if self.schedules.active(at, place) else None

    def settled(self, at: datetime, place: Place, level: float) -> ChargeRules:
        """Remember a schedule without an end that starts a charge."""
        cause = self.cause(at, place, level)
        if self.mode is not ChargeMode.AUTO or cause is not ChargeCause.SCHEDULE:
            return self
        runs = self.schedules.active(at, place)
        if not all(run.window.open_ended for run in runs):
            return self
        return replace(
            self, mode=ChargeMode.OPEN_ENDED, open_schedule=runs[0].schedule.id
        )

    def completed(self) -> ChargeRules:
        """Return to AUTO after a charge that reached the limit."""
        return self.auto_from(*(set(ChargeMode) - {ChargeMode.STOPPED}))

    def with_cable(self, *, plugged_in: bool) -> ChargeRules:
        """Connect or disconnect the cable."""
        return replace(
            self, plugged_in=plugged_in, mode=ChargeMode.AUTO, open_schedule=None
        )

    def with_limit(self, percent: int) -> ChargeRules:
        """Set the charge limit."""
        raised = percent > self.limit
        rules = self.auto_from(ChargeMode.WINDOW_ENDED) if raised else self
        return replace(rules, limit=percent)

    def with_schedule_added(
        self, schedules: ScheduleList, schedule_id: int
    ) -> ChargeRules:
        """Set the list after a schedule was added or replaced."""
        rules = self.auto_from(ChargeMode.WINDOW_ENDED).without_open_run(schedule_id)
        return replace(rules, schedules=schedules)

    def with_schedule_removed(self, schedule_id: int) -> ChargeRules:
        """Remove a schedule, which also ends the mode STOPPED."""
        rules = self.auto_from(ChargeMode.WINDOW_ENDED, ChargeMode.STOPPED)
        return replace(
            rules.without_open_run(schedule_id),
            schedules=self.schedules.without(schedule_id),
        )

    def with_mode(self, mode: ChargeMode) -> ChargeRules:
        """Set the mode by a command."""
        return replace(self, mode=mode, open_schedule=None)

    def after_boundary(
        self, at: datetime, place: Place, *, charging: bool
    ) -> ChargeRules:
        """Start and end the windows of schedules at an instant.

        Args:
            at: When windows start or end.
            place: Where the car is.
            charging: Whether the car charged just before.
        """
        turns = self.schedules.changes_at(at, place)
        over = [schedule.id for schedule in self.schedules.over(at)]
        rules = replace(self, schedules=self.schedules.without(*over))
        if turns.started:
            return rules.auto_from(ChargeMode.STOPPED, ChargeMode.WINDOW_ENDED)
        resumes = self.resumes_after_last_run and not rules.schedules.applying(place)
        if not turns.ended or resumes:
            return rules
        if charging and self.mode is ChargeMode.AUTO:
            return replace(rules, mode=ChargeMode.WINDOW_ENDED)
        return rules

    def auto_from(self, *modes: ChargeMode) -> ChargeRules:
        """Return to AUTO from some modes."""
        if self.mode not in modes:
            return self
        return replace(self, mode=ChargeMode.AUTO, open_schedule=None)

    def without_open_run(self, schedule_id: int) -> ChargeRules:
        """Return to AUTO if the changed schedule is the one that started the charge."""
        if self.open_schedule != schedule_id:
            return self
        return self.auto_from(ChargeMode.OPEN_ENDED)
