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
from ..tariffs.overlay import overlay

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

# A car reports whole percents, which moves the edges of a plan by minutes that are not
# worth a command. A car that charges slowly takes longer for a percent.
SAME_EDGE: Final = timedelta(minutes=10)
SAME_LEVEL: Final = 2.0

# Replace a plan only if it saves at least 1 %: a command costs $0.001, and the reads
# beside it four times as much.
WORTH: Final = 0.01

# The rest of a window below this length is not worth switching for.
LEAST_PIECE: Final = 5 * MINUTE

# Unknown prices of tomorrow are estimated from these days before, in this order.
_GUESSED_DAYS: Final = (3, 2, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class NightPlan:
    """A plan by prices, for the time before a departure.

    Attributes:
        deadline: The departure (UTC).
        windows: When to charge, only in intervals with a known price.
        energy: Energy charged into the battery in the windows, in kWh.
        cost: Cost of that energy; None: no price is known.
        waiting: Whether prices still to be published may give better windows.
        reasons: Reasons of the planner.
        target: Target of the plan in percent; None: not stored.
    """

    deadline: datetime
    windows: tuple[Window, ...]
    energy: float
    cost: float | None
    waiting: bool
    reasons: tuple[PlanReason, ...] = ()
    target: float | None = None

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


def with_guesses(known: CostCurve, guesses: CostCurve, until: datetime) -> CostCurve:
    """Return a curve with unknown prices estimated, by a forecast or earlier days.

    Estimates only decide whether to wait; the car does not charge in these intervals.
    Prices are published in order, so a gap before known prices is not estimated.
    """
    priced = [interval for interval in known.intervals if interval.cost is not None]
    layers = [
        replace(item, start=max(item.start + days * DAY, priced[-1].end), end=end)
        for days in _GUESSED_DAYS
        for item in priced
        if priced[-1].end < (end := item.end + days * DAY)
        and item.start + days * DAY < until
    ]
    layers += [*guesses.intervals, *known.intervals]
    intervals = [
        replace(layers[index], start=start, end=end)
        for start, end, index, _ in overlay(
            [(layer.start, layer.end) for layer in layers]
        )
    ]
    return replace(known, intervals=tuple(intervals))


def night_plan(
    goal: ChargeGoal, known: CostCurve, guesses: CostCurve, now: datetime
) -> NightPlan:
    """Return when to charge before a departure, in intervals of known price.

    An unknown price is never treated as cheap. If the best plan uses unknown or
    estimated intervals, it waits for their prices.
    """
    plan = plan_charge(goal, with_guesses(known, guesses, goal.ready_by), now)
    windows = tuple(
        window
        for window in _merged(
            piece for planned in plan.windows for piece in _known(planned, known)
        )
        if window.end - window.start >= LEAST_PIECE or window in plan.windows
    )
    energy, cost = energy_and_cost(goal, known, windows, now)
    return NightPlan(
        deadline=goal.ready_by,
        windows=windows,
        energy=energy,
        cost=cost,
        waiting=_length(windows) < _length(plan.windows),
        reasons=plan.reasons,
        target=goal.target,
    )


def _length(windows: Iterable[Window]) -> timedelta:
    """Return how long windows are together."""
    return sum((window.end - window.start for window in windows), timedelta(0))


def _known(window: Window, known: CostCurve) -> list[Window]:
    """Return the parts of a window with a known off-peak price."""
    return [
        Window(start=interval.start, end=interval.end)
        for interval in known.between(window.start, window.end).intervals
        if interval.cost is not None and not interval.peak
    ]


def _merged(pieces: Iterable[Window]) -> list[Window]:
    """Return windows in order, with adjacent ones merged."""
    merged: list[Window] = []
    for piece in pieces:
        if merged and merged[-1].end == piece.start:
            merged[-1] = replace(merged[-1], end=piece.end)
        else:
            merged.append(piece)
    return merged


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
    old: NightPlan, new: NightPlan, goal: ChargeGoal, curve: CostCurve, now: datetime
) -> bool:
    """Whether the old plan gives as much energy as a new one, at no higher cost.

    A plan that is longer than needed is not good: the car would exceed the target.
    """
    windows = old.left(now)
    if old.deadline != new.deadline or not windows or new.cost is None:
        return False
    energy, cost = energy_and_cost(goal, curve, windows, now)
    if cost is None or len(windows) > goal.limits.most_windows:
        return False
    charging = charging_minutes(goal, windows, now)
    needed = sum(end - start for start, end in charging) * MINUTE
    percent = SAME_LEVEL * goal.battery.capacity / 100
    return (
        _length(windows) - needed <= _slack(goal)
        and energy > new.energy - percent
        and cost <= new.cost + WORTH * abs(new.cost)
    )


def _slack(goal: ChargeGoal) -> timedelta:
    """Return how far one percent moves the edges of a plan."""
    percent = hours_to_charge(goal.battery, goal.level, goal.level + SAME_LEVEL)
    return max(SAME_EDGE, timedelta(hours=min(percent, 2.0)))


def floor_window(battery: Battery, level: float, floor: int, now: datetime) -> Window:
    """Return the charging from now until the safety floor is reached (percent)."""
    start = now.replace(second=0, microsecond=0)
    minutes = ceil(hours_to_charge(battery, level, floor) * 60)
    return Window(start=start, end=start + min(1439, max(1, minutes) + 1) * MINUTE)
