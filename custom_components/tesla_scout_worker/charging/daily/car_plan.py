"""Decides what a car should hold: by tariff or by prices, guard and floor. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import ceil
from typing import Final

from ..in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
    one_time_schedule,
    weekly_schedule,
)
from ..planning.battery import hours_to_charge
from ..planning.model import ChargeGoal, Window
from ..tariffs.curve import CostCurve
from ..tariffs.outlook import Outlook
from ..tariffs.tariff import peak_curve
from .daily_state import (
    DailyState,
    OffPeakSettings,
    PlanReadiness,
    Prices,
    Reason,
    VehicleFacts,
)
from .departures import next_departure
from .night_plan import (
    DAY,
    MINUTE,
    SAME_LEVEL,
    NightPlan,
    floor_window,
    night_plan,
    renewed,
)
from .overrides import InForce, OverrideKind, in_force
from .record import DailyRecord
from .weekly_schedule import DAY as DAY_MINUTES, weekly_windows

# A car that already has its target plans for the next departure from this time on.
LAST_HOUR: Final = timedelta(hours=1)

# A one-time schedule can be at most a week ahead. A guard lasts this long without Home
# Assistant; after that the car charges when it is plugged in.
GUARD_AHEAD: Final = timedelta(days=6)
GUARD_LEAST: Final = timedelta(days=2)

# One minute late in the day; 1439 is the last minute of the day that a car accepts.
GUARD_START: Final = time(23, 58)
GUARD_LENGTH: Final = timedelta(minutes=1)

# The target of a car whose limit is unknown, in percent: what Tesla advises each day.
# The car stops at its own limit.
USUAL_TARGET: Final = 80

# Why the state is so, by the override in force.
_SAID: Final = {
    OverrideKind.SKIP: Reason.SKIPPED,
    OverrideKind.TARGET: Reason.TARGET_OF_DAY,
    OverrideKind.VACATION: Reason.VACATION,
}


def daily_state(
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    prices: Prices,
    *,
    replan: bool,
) -> DailyState:
    """Return what a car should hold.

    A tariff that is the same each week becomes weekly schedules, which do not depend
    on the state of charge. Prices become one-time schedules for the coming night. The
    schedules in the car stay unless ``replan`` is set and the new ones are better by
    more than the rounding of the state of charge explains. An override in force is
    planned as prices are, since weekly schedules know no dates.
    """
    said = in_force(record.overrides, settings.leaving, facts.now, facts.zone)
    planner = _Planner(record=record, facts=facts, settings=settings, said=said)
    week = prices.week(facts.now.astimezone(facts.zone).date())
    if week is None or said.any:
        daily = planner.with_guard(planner.by_prices(prices, replan=replan))
    else:
        daily = planner.by_tariff(*week)
    return planner.with_floor(daily)


def planning_span(
    record: DailyRecord, facts: VehicleFacts, settings: OffPeakSettings
) -> timedelta:
    """Return how far ahead `daily_state` may plan; zero for a car that never leaves."""
    said = in_force(record.overrides, settings.leaving, facts.now, facts.zone)
    planner = _Planner(record=record, facts=facts, settings=settings, said=said)
    return planner.latest_deadline - facts.now


@dataclass(frozen=True, kw_only=True, slots=True)
class _Planner:
    """Plans for what is known of one car."""

    record: DailyRecord
    facts: VehicleFacts
    settings: OffPeakSettings
    said: InForce

    @property
    def target(self) -> int | None:
        """The percentage to plan for: the car stops at its own limit anyway."""
        if (limit := self.facts.limit) is None:
            return None
        return min(self.said.target or self.record.settings.target or limit, limit)

    def by_tariff(self, week: CostCurve, monday: datetime) -> DailyState:
        """Return the weekly schedules of a tariff."""
        facts, settings, target = self.facts, self.settings, self.target
        if target is None:
            return self._kept(PlanReadiness.PENDING, Reason.LEVEL_UNKNOWN)
        hours = hours_to_charge(settings.battery, self.record.settings.floor, target)
        needed = min(DAY_MINUTES, ceil(min(hours, 24.0) * 60))
        most = self._most_windows(facts.room)
        windows = weekly_windows(week, monday, settings.leaving, needed, most)
        here, there = (
            facts.now.astimezone(zone).utcoffset() or timedelta(0)
            for zone in (facts.zone, facts.car_zone)
        )
        ahead = int((there - here) / timedelta(minutes=1))
        schedules = tuple(
            weekly_schedule(window.shifted(ahead), facts.position) for window in windows
        )
        return DailyState(
            schedules=schedules,
            readiness=PlanReadiness.READY,
            reasons=(Reason.WEEKLY if schedules else Reason.CHARGES_AT_ONCE,),
            goal=self._goal(self._deadline(None, replan=True)),
        )

    def by_prices(self, prices: Prices, *, replan: bool) -> DailyState:
        """Return the one-time schedules of the coming night.

        A car at home has them before the cable is in: one that is plugged in and falls
        asleep between two reads charges all the same, and without the cable the car
        drops them when they are over.
        """
        now, target, old = self.facts.now, self.target, self.record.sync.plan
        if old is not None and not (old.left(now) and self._may_stay(old.left(now))):
            old = None
        if old is not None and target is not None and not old.is_for(target):
            # The target or the departure changed.
            replan = True
        deadline = self._deadline(old, replan=replan)
        goal, in_car = self._goal(deadline), self._in_car(ScheduleRole.PLAN)
        if deadline is None:
            return self._kept(PlanReadiness.READY, Reason.NO_DEPARTURE, old)
        if goal is None:
            return self._unknown_level(deadline, prices, old)
        outlook = self._outlook(prices, deadline)
        priced = outlook.is_priced(deadline)
        lasting = any(not schedule.order.one_time for schedule in in_car)
        if not priced and (lasting or not (in_car or self.settings.guard)):
            # The helper of a tariff may answer late; or the car may charge at once.
            kept = self._kept(PlanReadiness.NO_PRICES, Reason.NO_PRICES, old)
            return replace(kept, goal=goal)
        if old is not None and not replan:
            state = self._of_night(old, True, goal)
        else:
            state = self._of_night(*renewed(old, goal, outlook), goal)
        if priced:
            return state
        reasons = (Reason.NO_PRICES, *state.reasons)
        return replace(state, readiness=PlanReadiness.NO_PRICES, reasons=reasons)

    def _unknown_level(
        self, deadline: datetime, prices: Prices, old: NightPlan | None
    ) -> DailyState:
        """Return what is in the car, or else a plan that suffices from the floor on.

        A car that waits by a guard would not be charged otherwise.
        """
        kept = self._kept(PlanReadiness.PENDING, Reason.LEVEL_UNKNOWN, old)
        if kept.schedules or not (self.settings.guard or self.said.any):
            return kept
        floor, target = self.record.settings.floor, self.target or USUAL_TARGET
        goal = self._goal_from(min(floor, target), target, deadline)
        night = night_plan(goal, self._outlook(prices, deadline))
        return replace(kept, plan=night, schedules=self._planned(night))

    def _outlook(self, prices: Prices, until: datetime) -> Outlook:
        """Return what is known of prices until an instant."""
        facts = self.facts
        return Outlook(
            now=facts.now,
            known=prices.curve(facts.now - 3 * DAY, until),
            guesses=prices.guesses,
            peaks=peak_curve(self.settings.peaks, facts.now, until, facts.zone),
        )

    def with_guard(self, daily: DailyState) -> DailyState:
        """Return it with a schedule that keeps the car waiting until there is a plan.

        One that is in the car lasts for some days, so it is seldom sent. A car that
        holds a lasting schedule waits without one. It does not matter whether a price
        was ever read: without prices the peak hours decide, and the last moment to start
        is in the car beside the guard.
        """
        lasting = any(not schedule.order.one_time for schedule in daily.schedules)
        # Nobody plans for a car without a departure: it charges as it would without us.
        never_leaves = Reason.NO_DEPARTURE in daily.reasons
        waits = self.said.any or (self.settings.guard and not never_leaves)
        if lasting or not waits:
            return daily
        now, zone = self.facts.now, self.facts.car_zone
        guards, (least, latest) = self._in_car(ScheduleRole.GUARD), self._guarded(now)
        if not any(item.run and item.run.start > least for item in guards):
            day = latest.astimezone(zone).date()
            start = datetime.combine(day, GUARD_START, zone).astimezone(now.tzinfo)
            run = Window(start=start, end=start + GUARD_LENGTH)
            guards = (*guards, self._one_time(run, ScheduleRole.GUARD))
        return daily.with_schedules((*daily.schedules, *guards), Reason.GUARD)

    def _guarded(self, now: datetime) -> tuple[datetime, datetime]:
        """Return from when a guard in the car lasts long enough, and how long it may.

        Without the option it lasts for the day on which an override ends, so that a car
        that nobody syncs any more charges again after it.
        """
        latest, until = now + GUARD_AHEAD, self.said.until
        if self.settings.guard or until is None:
            return now + GUARD_LEAST, latest
        return min(now + GUARD_LEAST, until - DAY), min(latest, until)

    def with_floor(self, daily: DailyState) -> DailyState:
        """Return it with charging now, if the battery is below the safety floor."""
        facts, floor, battery = (
            self.facts,
            self.record.settings.floor,
            self.settings.battery,
        )
        now, level = facts.now, facts.level
        if not facts.plugged_in or level is None or level >= floor:
            return daily
        running = self._in_car(ScheduleRole.FLOOR)
        if not running:
            runs = any(
                schedule.kind is ScheduleRole.PLAN
                and any(schedule.runs(now, now + MINUTE, facts.car_zone))
                for schedule in daily.schedules
            )
            # The first schedule added ends a charge that runs without a schedule.
            stays = all(
                any(schedule.same_content(old) for old in self.record.sync.schedules)
                for schedule in daily.schedules
            )
            if runs or (facts.charging and stays):
                return daily
            run = floor_window(battery, level, floor, now)
            running = (self._one_time(run, ScheduleRole.FLOOR),)
        return daily.with_schedules((*running, *daily.schedules), Reason.FLOOR)

    def _of_night(self, night: NightPlan, kept: bool, goal: ChargeGoal) -> DailyState:
        """Return what a car should hold by a plan, which may be the one in the car."""
        schedules = self._planned(night)
        waits = night.waiting and not schedules
        return DailyState(
            schedules=schedules,
            plan=night,
            readiness=PlanReadiness.PENDING if waits else PlanReadiness.READY,
            reasons=(
                *night.reasons,
                *((Reason.PLAN_KEPT,) if kept else ()),
                *((Reason.PRICES_AWAITED,) if night.waiting else ()),
                *self._why,
            ),
            goal=goal,
        )

    def _kept(
        self, readiness: PlanReadiness, reason: Reason, night: NightPlan | None = None
    ) -> DailyState:
        """Return what is in the car already: what is unknown changes no plan."""
        in_car = tuple(
            schedule
            for schedule in self._in_car(ScheduleRole.PLAN)
            if self._may_stay(() if schedule.run is None else (schedule.run,))
        )
        return DailyState(
            schedules=in_car if night is None else self._planned(night),
            plan=night,
            readiness=readiness,
            reasons=(reason, *self._why),
        )

    @property
    def _why(self) -> tuple[Reason, ...]:
        """The reasons that overrides give."""
        return tuple(_SAID[kind] for kind in self.said.kinds)

    def _may_stay(self, windows: tuple[Window, ...]) -> bool:
        """Whether windows in the car may run; a skip ends what begins before its end.

        No windows are those of weekly schedules.
        """
        skipped_until = self.said.not_before
        return skipped_until is None or (
            bool(windows) and all(window.start >= skipped_until for window in windows)
        )

    def _in_car(self, kind: ScheduleRole) -> tuple[ManagedSchedule, ...]:
        """Return the schedules of a kind that are in the car and not over."""
        return tuple(
            schedule
            for schedule in self.record.sync.schedules
            if schedule.kind is kind and not schedule.is_expired(self.facts.now)
        )

    def _planned(self, night: NightPlan) -> tuple[ManagedSchedule, ...]:
        """Return the schedules of a plan, as far as it is not over.

        A schedule knows weekdays and no dates: what is farther ahead comes later.
        """
        now = self.facts.now
        return tuple(
            self._one_time(window, ScheduleRole.PLAN)
            for window in night.windows
            if window.end > now and window.start < now + GUARD_AHEAD
        )

    def _one_time(self, window: Window, kind: ScheduleRole) -> ManagedSchedule:
        """Return a one-time schedule for a window."""
        return one_time_schedule(window, kind, self.facts.position, self.facts.car_zone)

    def _goal(self, deadline: datetime | None) -> ChargeGoal | None:
        """Return what is to be charged; None if it is not known."""
        level, target = self.facts.level, self.target
        if level is None or target is None or deadline is None:
            return None
        return self._goal_from(level, target, deadline)

    def _goal_from(self, level: float, target: int, deadline: datetime) -> ChargeGoal:
        """Return the charge from a level to a target, with the limits of this car."""
        room, settings = self.facts.room, self.settings
        guards = 2 if settings.guard or self.said.any else 0
        most = self._most_windows(None if room is None else room - guards)
        return ChargeGoal(
            level=level,
            target=target,
            ready_by=deadline,
            battery=settings.battery,
            limits=replace(
                settings.limits, most_windows=most, earliest=self.said.not_before
            ),
        )

    def _deadline(self, old: NightPlan | None, *, replan: bool) -> datetime | None:
        """Return when the car leaves (UTC): as planned for already, or else next.

        A departure counts until it has passed, so that what is missing in the last hour
        before it is still charged. A car that lacks nothing by then, but for what whole
        percents hide, is planned for the departure after it.
        """
        facts, leaving = self.facts, self.settings.leaving
        level, target = facts.level, self.target
        begin = self.said.not_before or facts.now
        coming = next_departure(leaving, begin, facts.zone)
        if old is not None and (not replan or old.deadline == coming):
            return old.deadline
        if level is not None and target is not None and target - level >= SAME_LEVEL:
            return coming
        return next_departure(leaving, begin + LAST_HOUR, facts.zone)

    @property
    def latest_deadline(self) -> datetime:
        """The latest departure that may be planned for; the present if there is none."""
        old = self.record.sync.plan
        deadlines = (
            self._deadline(None, replan=True),
            None if old is None else old.deadline,
        )
        return max((at for at in deadlines if at is not None), default=self.facts.now)

    def _most_windows(self, room: int | None) -> int:
        """Return how many windows there may be, with room for so many schedules."""
        most = self.settings.limits.most_windows
        return most if room is None else max(1, min(most, room))
