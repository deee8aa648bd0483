"""What a car should hold for its ordinary charging, by tariff or by prices. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import ceil
from typing import Final, Protocol

from ...gateways.models import Position
from ..in_car.difference import Kind, Own, once, weekly
from ..planning.battery import hours_to_charge
from ..planning.model import Battery, Limits, Need, Window
from ..tariffs.curve import CostCurve
from .departures import Departures, next_departure
from .night_plan import (
    DAY,
    Night,
    OffPeakRecord,
    floor_window,
    night_plan,
    outcome,
    same_night,
    still_good,
)
from .weekly_schedule import DAY as DAY_MINUTES, weekly_windows

# A car that is plugged in so shortly before it leaves is planned for the day after.
LEAST_NOTICE: Final = timedelta(hours=1)

# A one-time schedule can be no further ahead than a week; this far a guard lasts
# without Home Assistant, and after that the car charges when it is plugged in.
GUARD_AHEAD: Final = timedelta(days=6)
GUARD_LEAST: Final = timedelta(days=2)

# One minute late in the day: 1439 is the last that the car takes (field-lessons.md, A12).
GUARD_START: Final = time(23, 58)
GUARD_LENGTH: Final = timedelta(minutes=1)


class Verdict(StrEnum):
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
class Facts:
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
class Rules:
    """What the user set up.

    Attributes:
        battery: What the car takes.
        limits: What a plan must keep to.
        leaving: The departures by weekday.
        guard: Whether a schedule keeps a car waiting that has no plan by prices yet.
    """

    battery: Battery
    limits: Limits
    leaving: Departures
    guard: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a car should hold.

    Attributes:
        own: The schedules, the more important first.
        night: The plan by prices that they are made of.
        verdict: How far it has come.
        reasons: Why it is so.
        need: What is to be charged before the next departure, if that is known.
    """

    own: tuple[Own, ...] = ()
    night: Night | None = None
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    need: Need | None = None

    def with_own(self, own: tuple[Own, ...], *reasons: str) -> Wish:
        """Return the wish for these schedules, and why they are so."""
        return replace(self, own=own, reasons=(*self.reasons, *reasons))

    def windows(self, facts: Facts) -> tuple[Window, ...]:
        """Return when the car charges until it leaves, or within a day."""
        until = facts.now + DAY if self.need is None else self.need.ready_by
        runs = (
            run
            for one in self.own
            if one.kind is not Kind.GUARD
            for run in one.runs(facts.now, until, facts.car_zone)
        )
        return tuple(sorted(runs, key=lambda one: one.start))

    def outcome(self, facts: Facts, prices: Prices) -> tuple[float, float | None]:
        """Return the energy in kWh that is planned, and what it costs."""
        if self.need is None:
            return 0.0, None
        curve = prices.curve(facts.now, max(self.need.ready_by, facts.now + DAY))
        return outcome(self.need, curve, self.windows(facts), facts.now)


def wish_for(
    record: OffPeakRecord, facts: Facts, rules: Rules, prices: Prices, *, replan: bool
) -> Wish:
    """Return what a car should hold.

    A tariff that is the same each week is held as weekly schedules, which do not hang
    on how full the car is. Prices make one-time schedules for the coming night; those
    in the car stay unless ``replan`` is set and others are better by more than what a
    percent makes of them.
    """
    week = prices.week(facts.now.astimezone(facts.zone).date())
    if week is None:
        wish = _with_guard(
            _by_prices(record, facts, rules, prices, replan=replan),
            record,
            facts,
            rules,
        )
    else:
        wish = _by_tariff(record, facts, rules, *week)
    return _with_floor(wish, record, facts, rules)


def _by_tariff(
    record: OffPeakRecord, facts: Facts, rules: Rules, week: CostCurve, monday: datetime
) -> Wish:
    """Return the weekly schedules of a tariff."""
    target = _target(record, facts)
    if target is None:
        return _kept(record, facts, Verdict.PENDING, Reason.LEVEL_UNKNOWN)
    hours = hours_to_charge(rules.battery, record.floor, target)
    needed = min(DAY_MINUTES, ceil(min(hours, 24.0) * 60))
    most = _most(rules.limits.most_windows, facts.room)
    windows = weekly_windows(week, monday, rules.leaving, needed, most)
    ahead = _ahead(facts)
    own = tuple(weekly(one.shifted(ahead), facts.position) for one in windows)
    return Wish(
        own=own,
        verdict=Verdict.READY,
        reasons=(Reason.WEEKLY if own else Reason.CHARGES_AT_ONCE,),
        need=_need(record, facts, rules, _deadline(None, facts, rules)),
    )


def _by_prices(
    record: OffPeakRecord, facts: Facts, rules: Rules, prices: Prices, *, replan: bool
) -> Wish:
    """Return the one-time schedules of the coming night.

    A car at home has them before the cable is in: one that is plugged in and falls
    asleep between two looks charges all the same, and without the cable they are
    dropped by the car when they are over.
    """
    now, old = facts.now, record.night
    if old is not None and not old.left(now):
        old = None
    target = _target(record, facts)
    if old is not None and target is not None and not old.is_for(target):
        # Somebody wants more of the car by its departure, or less.
        replan = True
    need = _need(record, facts, rules, _deadline(old, facts, rules, replan=replan))
    if need is None:
        unknown = facts.level is None or facts.limit is None
        reason = Reason.LEVEL_UNKNOWN if unknown else Reason.NO_DEPARTURE
        verdict = Verdict.PENDING if unknown else Verdict.READY
        return _kept(record, facts, verdict, reason, old)
    if old is not None and not replan:
        return _of_night(old, need, facts, Reason.PLAN_KEPT)
    known = prices.curve(now - 3 * DAY, need.ready_by)
    ahead = known.between(now, need.ready_by).intervals
    if all(one.cost is None for one in ahead):
        kept = _kept(record, facts, Verdict.NO_PRICES, Reason.NO_PRICES, old)
        return replace(kept, need=need)
    night = night_plan(need, known, prices.guesses, now)
    if old is not None and (
        same_night(old, night, need, now)
        or (old.is_for(need.target) and still_good(old, night, need, known, now))
    ):
        night = replace(old, target=need.target)
        return _of_night(night, need, facts, Reason.PLAN_KEPT)
    return _of_night(night, need, facts)


def _of_night(night: Night, need: Need, facts: Facts, *reasons: Reason) -> Wish:
    """Return the wish for a plan by prices."""
    own = _schedules(night, facts)
    waits = night.waiting and not own
    told = (*night.reasons, *reasons)
    return Wish(
        own=own,
        night=night,
        verdict=Verdict.PENDING if waits else Verdict.READY,
        reasons=(*told, Reason.PRICES_AWAITED) if night.waiting else told,
        need=need,
    )


def _kept(
    record: OffPeakRecord,
    facts: Facts,
    verdict: Verdict,
    reason: Reason,
    night: Night | None = None,
) -> Wish:
    """Return the wish for what is in the car already: what is missing changes no plan."""
    own = tuple(
        one for one in record.own if one.kind is Kind.PLAN and not one.over(facts.now)
    )
    if night is not None:
        own = _schedules(night, facts)
    return Wish(own=own, night=night, verdict=verdict, reasons=(reason,))


def _schedules(night: Night, facts: Facts) -> tuple[Own, ...]:
    """Return the schedules of a plan, as far as it is not over."""
    return tuple(
        once(one, Kind.PLAN, facts.position, facts.car_zone)
        for one in night.windows
        if one.end > facts.now
    )


def _target(record: OffPeakRecord, facts: Facts) -> int | None:
    """Return the percentage to plan for: the car stops at its own limit anyway."""
    if facts.limit is None:
        return None
    return min(record.target or facts.limit, facts.limit)


def _need(
    record: OffPeakRecord, facts: Facts, rules: Rules, deadline: datetime | None
) -> Need | None:
    """Return what is to be charged; None if it is not known (field-lessons.md, A18)."""
    target = _target(record, facts)
    if facts.level is None or target is None or deadline is None:
        return None
    guards = 2 if rules.guard and facts.room is not None else 0
    room = None if facts.room is None else facts.room - guards
    limits = replace(rules.limits, most_windows=_most(rules.limits.most_windows, room))
    return Need(
        level=facts.level,
        target=target,
        ready_by=deadline,
        battery=rules.battery,
        limits=limits,
    )


def _deadline(
    old: Night | None, facts: Facts, rules: Rules, *, replan: bool = True
) -> datetime | None:
    """Return when the car leaves: as planned for already, or else next.

    A plan holds to the end for the departure that it was made for, as long as that is
    one; the last hour before it is too late to plan for it.
    """
    now, leaving = facts.now, rules.leaving
    if old is not None and (
        not replan or old.deadline == next_departure(leaving, now, facts.zone)
    ):
        return old.deadline
    return next_departure(leaving, now + LEAST_NOTICE, facts.zone)


def _most(wanted: int, room: int | None) -> int:
    """Return how many windows there may be."""
    return wanted if room is None else max(1, min(wanted, room))


def _ahead(facts: Facts) -> int:
    """Return by how many minutes the car's clock is ahead of the user's."""
    mine, theirs = (
        facts.now.astimezone(zone).utcoffset() or timedelta(0)
        for zone in (facts.zone, facts.car_zone)
    )
    return int((theirs - mine) / timedelta(minutes=1))


def _with_guard(wish: Wish, record: OffPeakRecord, facts: Facts, rules: Rules) -> Wish:
    """Return the wish with a schedule that keeps the car waiting until there is a plan.

    One that is in the car lasts for some days, so it is seldom sent. A car that holds a
    lasting schedule waits without one.
    """
    if not rules.guard or any(not one.order.one_time for one in wish.own):
        return wish
    now = facts.now
    guards = tuple(
        one for one in record.own if one.kind is Kind.GUARD and not one.over(now)
    )
    if not any(one.run and one.run.start > now + GUARD_LEAST for one in guards):
        day = (now + GUARD_AHEAD).astimezone(facts.car_zone).date()
        start = datetime.combine(day, GUARD_START, facts.car_zone)
        start = start.astimezone(now.tzinfo)
        run = Window(start=start, end=start + GUARD_LENGTH)
        guards += (once(run, Kind.GUARD, facts.position, facts.car_zone),)
    return wish.with_own((*wish.own, *guards), Reason.GUARD)


def _with_floor(wish: Wish, record: OffPeakRecord, facts: Facts, rules: Rules) -> Wish:
    """Return the wish with charging now, if the battery is below the safety floor."""
    now, level = facts.now, facts.level
    if not facts.plugged_in or level is None or level >= record.floor:
        return wish
    running = [
        one for one in record.own if one.kind is Kind.FLOOR and not one.over(now)
    ]
    if not running:
        runs = (
            run
            for one in wish.own
            if one.kind is Kind.PLAN
            for run in one.runs(now, now + timedelta(minutes=1), facts.car_zone)
        )
        if facts.charging or any(runs):
            return wish
        need = Need(
            level=level,
            target=record.floor,
            ready_by=now,
            battery=rules.battery,
            limits=rules.limits,
        )
        run = floor_window(need, record.floor, now)
        running = [once(run, Kind.FLOOR, facts.position, facts.car_zone)]
    return wish.with_own((*running, *wish.own), Reason.FLOOR)
