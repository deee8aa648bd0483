"""What a car should hold for off-peak charging, by tariff or by prices. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import ceil
from typing import Final, Protocol

from ...gateways.models import Position
from ..in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
    one_time_schedule,
    weekly_schedule,
)
from ..planning.battery import hours_to_charge
from ..planning.model import Battery, ChargeGoal, PlanConstraints, Window
from ..tariffs.curve import CostCurve
from .departures import Departures, next_departure
from .night_plan import (
    DAY,
    SAME_LEVEL,
    NightPlan,
    energy_and_cost,
    floor_window,
    night_plan,
    same_night,
    still_good,
)
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


class PlanReadiness(StrEnum):
    """How complete the daily state is."""

    READY = "ready"
    PENDING = "pending"
    NO_PRICES = "no_prices"


class Reason(StrEnum):
    """Reasons of a daily state, in addition to those of the planner."""

    CHARGES_AT_ONCE = "charges_at_once"
    FLOOR = "floor"
    GUARD = "guard"
    LEVEL_UNKNOWN = "level_unknown"
    NO_DEPARTURE = "no_departure"
    NO_PRICES = "no_prices"
    PLAN_KEPT = "plan_kept"
    PRICES_AWAITED = "prices_awaited"
    WEEKLY = "weekly"


class Prices(Protocol):
    """Prices of energy."""

    guesses: CostCurve

    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the cost curve between two instants."""

    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its start; None if weeks differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleFacts:
    """Facts about a car at home.

    Attributes:
        now: The present (UTC).
        level: State of charge in percent.
        limit: The car's charge limit in percent.
        plugged_in: Whether the cable is in.
        charging: Whether it charges.
        room: How many of our schedules fit beside the owner's; None: unknown.
        position: Position of home.
        car_zone: Time zone of the car, in which its schedules run.
        zone: Time zone of the user, in which tariffs and departures are given.
    """

    now: datetime
    level: float | None
    limit: int | None
    plugged_in: bool | None
    charging: bool | None
    room: int | None
    position: Position
    car_zone: tzinfo
    zone: tzinfo


@dataclass(frozen=True, kw_only=True, slots=True)
class OffPeakSettings:
    """The user's settings.

    Attributes:
        battery: Capacity and charging power.
        limits: Limits of a plan.
        leaving: Departures by weekday.
        guard: Whether a guard stops a car from charging before prices are known.
    """

    battery: Battery
    limits: PlanConstraints
    leaving: Departures
    guard: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyState:
    """What a car should hold for the daily plan.

    Attributes:
        schedules: The schedules, the most important first.
        plan: The plan by prices behind the schedules.
        readiness: How complete the state is.
        reasons: Reasons for the state.
        goal: The charge goal of the next departure; None: unknown.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    plan: NightPlan | None = None
    readiness: PlanReadiness
    reasons: tuple[str, ...] = ()
    goal: ChargeGoal | None = None

    def with_schedules(
        self, own: tuple[ManagedSchedule, ...], *reasons: str
    ) -> DailyState:
        """Return the state with these schedules, for these reasons."""
        return replace(self, schedules=own, reasons=(*self.reasons, *reasons))

    def windows(self, facts: VehicleFacts) -> tuple[Window, ...]:
        """Return the windows until the departure, or within a day."""
        until = facts.now + DAY if self.goal is None else self.goal.ready_by
        runs = (
            run
            for schedule in self.schedules
            if schedule.kind is not ScheduleRole.GUARD
            for run in schedule.runs(facts.now, until, facts.car_zone)
        )
        return tuple(sorted(runs, key=lambda each_run: each_run.start))

    def energy_and_cost(
        self, facts: VehicleFacts, prices: Prices
    ) -> tuple[float, float | None]:
        """Return the planned energy in kWh, and its cost."""
        if self.goal is None:
            return 0.0, None
        curve = prices.curve(facts.now, max(self.goal.ready_by, facts.now + DAY))
        return energy_and_cost(self.goal, curve, self.windows(facts), facts.now)


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
    more than the rounding of the state of charge explains.
    """
    week = prices.week(facts.now.astimezone(facts.zone).date())
    if week is None:
        daily = _with_guard(
            _by_prices(record, facts, settings, prices, replan=replan),
            record,
            facts,
            settings,
        )
    else:
        daily = _by_tariff(record, facts, settings, *week)
    return _with_floor(daily, record, facts, settings)


def _by_tariff(
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    week: CostCurve,
    monday: datetime,
) -> DailyState:
    """Return the weekly schedules of a tariff."""
    target = _target(record, facts)
    if target is None:
        return _kept(record, facts, PlanReadiness.PENDING, Reason.LEVEL_UNKNOWN)
    hours = hours_to_charge(settings.battery, record.settings.floor, target)
    needed = min(DAY_MINUTES, ceil(min(hours, 24.0) * 60))
    most = _most(settings.limits.most_windows, facts.room)
    windows = weekly_windows(week, monday, settings.leaving, needed, most)
    ahead = _ahead(facts)
    own = tuple(
        weekly_schedule(window.shifted(ahead), facts.position) for window in windows
    )
    return DailyState(
        schedules=own,
        readiness=PlanReadiness.READY,
        reasons=(Reason.WEEKLY if own else Reason.CHARGES_AT_ONCE,),
        goal=_goal(record, facts, settings, _deadline(None, target, facts, settings)),
    )


def _by_prices(
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    prices: Prices,
    *,
    replan: bool,
) -> DailyState:
    """Return the one-time schedules of the coming night.

    A car at home gets them before it is plugged in: it may be plugged in and fall
    asleep between two reads. Without the cable the car drops them after their end.
    """
    now, old = facts.now, record.sync.plan
    if old is not None and not old.left(now):
        old = None
    target = _target(record, facts)
    if old is not None and target is not None and not old.is_for(target):
        # The target or the departure changed.
        replan = True
    deadline = _deadline(old, target, facts, settings, replan=replan)
    goal = _goal(record, facts, settings, deadline)
    if goal is None:
        unknown = facts.level is None or facts.limit is None
        reason = Reason.LEVEL_UNKNOWN if unknown else Reason.NO_DEPARTURE
        readiness = PlanReadiness.PENDING if unknown else PlanReadiness.READY
        return _kept(record, facts, readiness, reason, old)
    if old is not None and not replan:
        return _of_night(old, goal, facts, Reason.PLAN_KEPT)
    known = prices.curve(now - 3 * DAY, goal.ready_by)
    ahead = known.between(now, goal.ready_by).intervals
    if all(item.cost is None for item in ahead):
        kept = _kept(record, facts, PlanReadiness.NO_PRICES, Reason.NO_PRICES, old)
        return replace(kept, goal=goal)
    night = night_plan(goal, known, prices.guesses, now)
    if old is not None and (
        same_night(old, night, goal, now)
        or (old.is_for(goal.target) and still_good(old, night, goal, known, now))
    ):
        night = replace(old, target=goal.target)
        return _of_night(night, goal, facts, Reason.PLAN_KEPT)
    return _of_night(night, goal, facts)


def _of_night(
    night: NightPlan, goal: ChargeGoal, facts: VehicleFacts, *reasons: Reason
) -> DailyState:
    """Return the state for a plan by prices."""
    own = _schedules(night, facts)
    waits = night.waiting and not own
    told = (*night.reasons, *reasons)
    return DailyState(
        schedules=own,
        plan=night,
        readiness=PlanReadiness.PENDING if waits else PlanReadiness.READY,
        reasons=(*told, Reason.PRICES_AWAITED) if night.waiting else told,
        goal=goal,
    )


def _kept(
    record: DailyRecord,
    facts: VehicleFacts,
    readiness: PlanReadiness,
    reason: Reason,
    night: NightPlan | None = None,
) -> DailyState:
    """Return the state that keeps the schedules in the car, as facts are missing."""
    own = tuple(
        schedule
        for schedule in record.sync.schedules
        if schedule.kind is ScheduleRole.PLAN and not schedule.is_expired(facts.now)
    )
    if night is not None:
        own = _schedules(night, facts)
    return DailyState(schedules=own, plan=night, readiness=readiness, reasons=(reason,))


def _schedules(night: NightPlan, facts: VehicleFacts) -> tuple[ManagedSchedule, ...]:
    """Return the schedules for the rest of a plan."""
    return tuple(
        one_time_schedule(window, ScheduleRole.PLAN, facts.position, facts.car_zone)
        for window in night.windows
        if window.end > facts.now
    )


def _target(record: DailyRecord, facts: VehicleFacts) -> int | None:
    """Return the target in percent, at most the car's own limit."""
    if facts.limit is None:
        return None
    return min(record.settings.target or facts.limit, facts.limit)


def _goal(
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    deadline: datetime | None,
) -> ChargeGoal | None:
    """Return the charge goal; None if the state of charge or the limit is unknown."""
    target = _target(record, facts)
    if facts.level is None or target is None or deadline is None:
        return None
    guards = 2 if settings.guard and facts.room is not None else 0
    room = None if facts.room is None else facts.room - guards
    limits = replace(
        settings.limits, most_windows=_most(settings.limits.most_windows, room)
    )
    return ChargeGoal(
        level=facts.level,
        target=target,
        ready_by=deadline,
        battery=settings.battery,
        limits=limits,
    )


def _deadline(
    old: NightPlan | None,
    target: int | None,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    *,
    replan: bool = True,
) -> datetime | None:
    """Return the departure to plan for (UTC): that of the old plan, or the next.

    A departure counts until it has passed, so that energy still missing in the last
    hour is charged. A car that reaches its target by then, within the rounding of the
    state of charge, is planned for the following departure.
    """
    now, leaving = facts.now, settings.leaving
    coming = next_departure(leaving, now, facts.zone)
    if old is not None and (not replan or old.deadline == coming):
        return old.deadline
    level = facts.level
    if level is not None and target is not None and target - level >= SAME_LEVEL:
        return coming
    return next_departure(leaving, now + LAST_HOUR, facts.zone)


def _most(wanted: int, room: int | None) -> int:
    """Return the maximum number of windows."""
    return wanted if room is None else max(1, min(wanted, room))


def _ahead(facts: VehicleFacts) -> int:
    """Return how many minutes the car's clock is ahead of the user's."""
    mine, theirs = (
        facts.now.astimezone(zone).utcoffset() or timedelta(0)
        for zone in (facts.zone, facts.car_zone)
    )
    return int((theirs - mine) / timedelta(minutes=1))


def _with_guard(
    daily: DailyState,
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
) -> DailyState:
    """Return the state with a guard that blocks charging until there is a plan.

    A guard in the car is used for days, so it is seldom sent. A car that holds a weekly
    schedule waits without a guard.
    """
    if not settings.guard or any(
        not schedule.order.one_time for schedule in daily.schedules
    ):
        return daily
    now = facts.now
    guards = tuple(
        schedule
        for schedule in record.sync.schedules
        if schedule.kind is ScheduleRole.GUARD and not schedule.is_expired(now)
    )
    if not any(guard.run and guard.run.start > now + GUARD_LEAST for guard in guards):
        day = (now + GUARD_AHEAD).astimezone(facts.car_zone).date()
        start = datetime.combine(day, GUARD_START, facts.car_zone)
        start = start.astimezone(now.tzinfo)
        run = Window(start=start, end=start + GUARD_LENGTH)
        guards += (
            one_time_schedule(run, ScheduleRole.GUARD, facts.position, facts.car_zone),
        )
    return daily.with_schedules((*daily.schedules, *guards), Reason.GUARD)


def _with_floor(
    daily: DailyState,
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
) -> DailyState:
    """Return the state with charging now, if the level is below the safety floor."""
    now, level = facts.now, facts.level
    if not facts.plugged_in or level is None or level >= record.settings.floor:
        return daily
    running = [
        schedule
        for schedule in record.sync.schedules
        if schedule.kind is ScheduleRole.FLOOR and not schedule.is_expired(now)
    ]
    if not running:
        runs = (
            run
            for schedule in daily.schedules
            if schedule.kind is ScheduleRole.PLAN
            for run in schedule.runs(now, now + timedelta(minutes=1), facts.car_zone)
        )
        # The first schedule added to a car ends a charge that runs without a schedule.
        stays = all(
            any(schedule.same_content(old) for old in record.sync.schedules)
            for schedule in daily.schedules
        )
        if any(runs) or (facts.charging and stays):
            return daily
        goal = ChargeGoal(
            level=level,
            target=record.settings.floor,
            ready_by=now,
            battery=settings.battery,
            limits=settings.limits,
        )
        run = floor_window(goal, record.settings.floor, now)
        running = [
            one_time_schedule(run, ScheduleRole.FLOOR, facts.position, facts.car_zone)
        ]
    return daily.with_schedules((*running, *daily.schedules), Reason.FLOOR)
