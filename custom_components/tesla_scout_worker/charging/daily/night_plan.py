"""The plan by prices for the usual energy before the usual departure. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from ..planning.battery import hours_to_charge, level_after, minutes_to_charge
from ..planning.evaluation import cost_of
from ..planning.model import Battery, ChargeGoal, PlanReason, Window
from ..planning.planner import plan_charge
from ..planning.timeline import (
    Span,
    clip,
    instant_of,
    minute_from,
    minute_until,
    stretches,
)
from ..tariffs.curve import CostCurve, CostInterval
from ..tariffs.outlook import NOTHING, Outlook

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

# A car reports whole percents, which moves the edges of a plan by minutes that are not
# worth a command. A car that charges slowly takes longer for a percent.
SAME_EDGE: Final = timedelta(minutes=10)
SAME_LEVEL: Final = 2.0

# Replace a plan only if it saves at least 1 %: a command costs $0.001, and the reads
# beside it four times as much.
WORTH: Final = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class NightPlan:
    """A plan by prices, for the time before a departure.

    Attributes:
        deadline: The departure (UTC).
        windows: When to charge, so that the target is reached by the departure.
        energy: Energy charged into the battery in the windows, in kWh.
        cost: Cost of that energy; None: a price of a window is not known.
        waiting: Whether windows are in hours whose prices are still to be published.
        reasons: Reasons of the planner.
        target: Target of the plan in percent; None: not stored.
        cheaper: By how much waiting is expected to be cheaper than the best of the
            published prices, as a share of that; None: it does not wait, or the
            published hours do not suffice.
    """

    deadline: datetime
    windows: tuple[Window, ...]
    energy: float
    cost: float | None
    waiting: bool
    reasons: tuple[PlanReason, ...] = ()
    target: float | None = None
    cheaper: float | None = None

    def is_for(self, target: float) -> bool:
        """Whether the plan was made for a target, if its target was stored."""
        return self.target in (None, target)

    def left(self, now: datetime) -> tuple[Window, ...]:
        """Return the windows, or parts of them, that are still ahead."""
        return tuple(
            replace(window, start=max(window.start, now))
            for window in self.windows
            if window.end > now
        )


def night_plan(goal: ChargeGoal, outlook: Outlook) -> NightPlan:
    """Return when to charge before a departure.

    Whatever is unknown, the windows reach the target, or what can be reached of it. They
    are in the car before the prices of the last hours are published: it charges in time
    if those never come, or Home Assistant is away.
    """
    now, likely = outlook.now, outlook.curve(goal.ready_by)
    plan = plan_charge(goal, likely, now)
    energy, cost = energy_and_cost(goal, outlook.known, plan.windows, now)
    waiting = any(window.end > outlook.published_until for window in plan.windows)
    return NightPlan(
        deadline=goal.ready_by,
        windows=plan.windows,
        energy=energy,
        cost=cost,
        waiting=waiting,
        reasons=plan.reasons,
        target=goal.target,
        cheaper=_cheaper(goal, outlook, likely, plan.windows) if waiting else None,
    )


def _cheaper(
    goal: ChargeGoal, outlook: Outlook, likely: CostCurve, windows: Sequence[Window]
) -> float | None:
    """Return how much cheaper windows are expected to be than published prices allow."""
    now, published = outlook.now, plan_charge(goal, outlook.known, outlook.now)
    least = energy_and_cost(goal, outlook.known, published.windows, now)[1]
    expected = energy_and_cost(goal, likely, windows, now)[1]
    if least is None or expected is None or least <= 0:
        return None
    return max(0.0, 1 - expected / least)


def renewed(
    old: NightPlan | None, goal: ChargeGoal, outlook: Outlook
) -> tuple[NightPlan, bool]:
    """Return the plan for a goal, and whether it is the old one.

    Without a published price the old one stays while it reaches the target: prices that
    are late are no reason to change it.
    """
    now = outlook.now
    if old is None:
        return night_plan(goal, outlook), False
    if not outlook.is_priced(goal.ready_by) and is_enough(old, goal, now):
        return replace(old, target=goal.target), True
    night = night_plan(goal, outlook)
    good = old.is_for(goal.target) and still_good(old, night, goal, outlook)
    if good or same_night(old, night, goal, now):
        kept = replace(old, target=goal.target, waiting=night.waiting)
        return replace(kept, cheaper=night.cheaper), True
    return night, False


def _length(windows: Iterable[Window]) -> timedelta:
    """Return how long windows are together."""
    return sum((window.end - window.start for window in windows), timedelta(0))


def energy_and_cost(
    goal: ChargeGoal, curve: CostCurve, windows: Sequence[Window], now: datetime
) -> tuple[float, float | None]:
    """Return the energy in kWh charged in windows up to the target, and its cost."""
    spans = charging_minutes(goal, windows, now)
    if not spans:
        return 0.0, 0.0
    total = sum(end - start for start, end in spans)
    level = min(goal.target, level_after(goal.battery, goal.level, total / 60))
    energy = max(0.0, level - goal.level) * goal.battery.capacity / 100
    line = stretches(curve, spans[0][0], spans[-1][1])
    return energy, None if curve.currency is None else cost_of(goal, line, spans)


def charging_minutes(
    goal: ChargeGoal, windows: Sequence[Window], now: datetime
) -> list[Span]:
    """Return the minutes of windows in which the car charges until its target."""
    left = minutes_to_charge(goal.battery, goal.level, goal.target)
    spans: list[Span] = []
    for window in windows:
        start, end = minute_from(max(window.start, now)), minute_until(window.end)
        end = min(end, start + left)
        if start < end:
            spans.append((start, end))
            left -= end - start
    return spans


def cost_breakdown(
    goal: ChargeGoal, curve: CostCurve, windows: Sequence[Window], now: datetime
) -> list[tuple[CostInterval, float | None]]:
    """Return the intervals used for charging, with the cost of each."""
    rows: list[tuple[CostInterval, float | None]] = []
    done, before = 0, goal.level
    for start, end in charging_minutes(goal, windows, now):
        for item in clip(stretches(curve, start, end), start, end):
            done += item.end - item.start
            after = min(goal.target, level_after(goal.battery, goal.level, done / 60))
            energy = (after - before) * goal.battery.capacity / 100
            before = after
            interval = CostInterval(
                start=instant_of(item.start),
                end=instant_of(item.end),
                cost=item.cost,
                peak=item.peak,
            )
            rows.append((interval, None if item.cost is None else energy * item.cost))
    return rows


def same_night(old: NightPlan, new: NightPlan, goal: ChargeGoal, now: datetime) -> bool:
    """Whether a new plan equals the old one, within the rounding of the level."""
    one, other = old.left(now), new.left(now)
    if len(one) != len(other) or old.deadline != new.deadline:
        return False
    slack = _slack(goal)
    return all(
        abs(mine.start - its.start) <= slack and abs(mine.end - its.end) <= slack
        for mine, its in zip(one, other, strict=True)
    )


def still_good(
    old: NightPlan, new: NightPlan, goal: ChargeGoal, outlook: Outlook
) -> bool:
    """Whether the old plan gives as much energy as a new one, at no higher cost.

    Both are compared by prices, and by estimates where they are unknown. A plan that is
    longer than needed is not good: the car would exceed the target.
    """
    curve, now = outlook.curve(goal.ready_by), outlook.now
    energy, cost = energy_and_cost(goal, curve, old.left(now), now)
    _, least = energy_and_cost(goal, curve, new.windows, now)
    if cost is None or least is None:
        return False
    return (
        fits(old, goal, now)
        and energy > new.energy - _percent(goal)
        and cost <= least + WORTH * abs(least)
    )


def fits(old: NightPlan, goal: ChargeGoal, now: datetime) -> bool:
    """Whether a plan is for a departure, and neither too long nor of too many windows."""
    windows = old.left(now)
    if old.deadline != goal.ready_by or not windows:
        return False
    needed = sum(end - start for start, end in charging_minutes(goal, windows, now))
    return len(windows) <= goal.limits.most_windows and _length(
        windows
    ) - needed * MINUTE <= _slack(goal)


def is_enough(old: NightPlan, goal: ChargeGoal, now: datetime) -> bool:
    """Whether a plan still reaches the target of a goal, whatever that costs."""
    energy, _ = energy_and_cost(goal, NOTHING, old.left(now), now)
    wanted = (goal.target - goal.level) * goal.battery.capacity / 100
    return fits(old, goal, now) and energy > wanted - _percent(goal)


def _percent(goal: ChargeGoal) -> float:
    """Return the energy in kWh that a rounded level may hide."""
    return SAME_LEVEL * goal.battery.capacity / 100


def _slack(goal: ChargeGoal) -> timedelta:
    """Return how far one percent moves the edges of a plan."""
    percent = hours_to_charge(goal.battery, goal.level, goal.level + SAME_LEVEL)
    return max(SAME_EDGE, timedelta(hours=min(percent, 2.0)))


def floor_window(battery: Battery, level: float, floor: int, now: datetime) -> Window:
    """Return the charging from now until the safety floor is reached (percent)."""
    start = now.replace(second=0, microsecond=0)
    minutes = ceil(hours_to_charge(battery, level, floor) * 60)
    return Window(start=start, end=start + min(1439, max(1, minutes) + 1) * MINUTE)
