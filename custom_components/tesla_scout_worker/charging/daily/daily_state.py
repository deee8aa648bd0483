"""What a car should hold for its ordinary charging, by tariff or by prices. Pure."""

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

# A car that has what it needs is planned for the next departure so long before this one.
LAST_HOUR: Final = timedelta(hours=1)

# A one-time schedule can be no further ahead than a week; this far a guard lasts
# without Home Assistant, and after that the car charges when it is plugged in.
GUARD_AHEAD: Final = timedelta(days=6)
GUARD_LEAST: Final = timedelta(days=2)

# One minute late in the day: 1439 is the last that the car takes (field-lessons.md, A12).
GUARD_START: Final = time(23, 58)
GUARD_LENGTH: Final = timedelta(minutes=1)


class PlanReadiness(StrEnum):
    """How far a wish has come."""

    READY = "ready"
    PENDING = "pending"
    NO_PRICES = "no_prices"


class Reason(StrEnum):
    """Why a wish is as it is, beside the reasons of the planner."""

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
    """What energy costs."""

    guesses: CostCurve

    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return what is known between two instants."""

    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its beginning, if each week is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleFacts:
    """What is known of a car at home.

    Attributes:
        now: The present (UTC).
        level: State of charge in percent.
        limit: The car's charge limit in percent.
        plugged_in: Whether the cable is in.
        charging: Whether it charges.
        room: How many schedules it takes beside those that are not ours; None: unknown.
        position: Where home is.
        car_zone: That of the car, by whose clock its schedules run.
        zone: That of the user, by whose clock tariffs and departures are.
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
    """What the user set up.

    Attributes:
        battery: What the car takes.
        limits: What a plan must keep to.
        leaving: The departures by weekday.
        guard: Whether a schedule keeps a car waiting that has no plan by prices yet.
    """

    battery: Battery
    limits: PlanConstraints
    leaving: Departures
    guard: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyState:
    """What a car should hold.

    Attributes:
        schedules: The schedules, the more important first.
        plan: The plan by prices that they are made of.
        readiness: How far it has come.
        reasons: Why it is so.
        goal: What is to be charged before the next departure, if that is known.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    plan: NightPlan | None = None
    readiness: PlanReadiness
    reasons: tuple[str, ...] = ()
    goal: ChargeGoal | None = None

    def with_schedules(
        self, own: tuple[ManagedSchedule, ...], *reasons: str
    ) -> DailyState:
        """Return the wish for these schedules, and why they are so."""
        return replace(self, schedules=own, reasons=(*self.reasons, *reasons))

    def windows(self, facts: VehicleFacts) -> tuple[Window, ...]:
        """Return when the car charges until it leaves, or within a day."""
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
        """Return the energy in kWh that is planned, and what it costs."""
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

    A tariff that is the same each week is held as weekly schedules, which do not hang
    on how full the car is. Prices make one-time schedules for the coming night; those
    in the car stay unless ``replan`` is set and others are better by more than what a
    percent makes of them.
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

    A car at home has them before the cable is in: one that is plugged in and falls
    asleep between two looks charges all the same, and without the cable they are
    dropped by the car when they are over.
    """
    now, old = facts.now, record.sync.plan
    if old is not None and not old.left(now):
        old = None
    target = _target(record, facts)
    if old is not None and target is not None and not old.is_for(target):
        # Somebody wants more of the car by its departure, or less.
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
    """Return the wish for a plan by prices."""
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
    """Return the wish for what is in the car already: what is missing changes no plan."""
    own = tuple(
        schedule
        for schedule in record.sync.schedules
        if schedule.kind is ScheduleRole.PLAN and not schedule.is_expired(facts.now)
    )
    if night is not None:
        own = _schedules(night, facts)
    return DailyState(schedules=own, plan=night, readiness=readiness, reasons=(reason,))


def _schedules(night: NightPlan, facts: VehicleFacts) -> tuple[ManagedSchedule, ...]:
    """Return the schedules of a plan, as far as it is not over."""
    return tuple(
        one_time_schedule(window, ScheduleRole.PLAN, facts.position, facts.car_zone)
        for window in night.windows
        if window.end > facts.now
    )


def _target(record: DailyRecord, facts: VehicleFacts) -> int | None:
    """Return the percentage to plan for: the car stops at its own limit anyway."""
    if facts.limit is None:
        return None
    return min(record.settings.target or facts.limit, facts.limit)


def _goal(
    record: DailyRecord,
    facts: VehicleFacts,
    settings: OffPeakSettings,
    deadline: datetime | None,
) -> ChargeGoal | None:
    """Return what is to be charged; None if it is not known (field-lessons.md, A18)."""
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
    """Return when the car leaves (UTC): as planned for already, or else next.

    A departure counts until it has passed, so that what is missing in the last hour
    before it is still charged. A car that lacks nothing by then, but for what whole
    percents hide, is planned for the departure after it.
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
    """Return how many windows there may be."""
    return wanted if room is None else max(1, min(wanted, room))


def _ahead(facts: VehicleFacts) -> int:
    """Return by how many minutes the car's clock is ahead of the user's."""
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
    """Return the wish with a schedule that keeps the car waiting until there is a plan.

    One that is in the car lasts for some days, so it is seldom sent. A car that holds a
    lasting schedule waits without one.
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
    """Return the wish with charging now, if the battery is below the safety floor."""
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
        # The first new schedule ends a charge that runs without one.
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
