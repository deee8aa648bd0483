"""The plan of a session, which always has a result. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..daily.night_plan import WORTH, energy_and_cost
from ..planning.battery import level_after, minutes_to_charge
from ..planning.model import ChargeGoal, ChargePlan, PlanReason, Strategy, Window
from ..planning.planner import plan_charge
from ..planning.timeline import LONGEST_WINDOW
from ..tariffs.curve import CostCurve
from ..tariffs.outlook import Outlook
from ..tariffs.price_parser import has_gap

# Rounding of the minutes of a plan, in kWh.
LEAST_ENERGY: Final = 0.5


def plan_session(goal: ChargeGoal, outlook: Outlook) -> ChargePlan:
    """Return the cheapest plan by the deadline, by the prices known now.

    A session cannot wait for tomorrow's prices. Intervals without a price are planned
    by a forecast, else by the same hour of earlier days, and their cost is unknown.
    Without any prices, the peak hours decide.
    """
    known, now, until = outlook.known, outlook.now, goal.ready_by
    curve = outlook.curve(until) if has_gap(known, now, until) else known
    plan = plan_charge(goal, curve, now)
    cost = energy_and_cost(goal, known, plan.windows, now)[1]
    # A plan by peak hours alone has no cost.
    cost = None if known.currency is None else cost
    return replace(plan, cost=cost, currency=known.currency)


def better_plan(
    goal: ChargeGoal, outlook: Outlook, sent: ChargePlan
) -> ChargePlan | None:
    """Return a plan that is worth replacing one in the car; None: there is none.

    It has no more windows than were sent: the car holds a schedule for each of them, and
    may have no room for another.
    """
    limits = replace(goal.limits, most_windows=len(sent.windows))
    goal, now = replace(goal, limits=limits), outlook.now
    plan, curve = plan_session(goal, outlook), outlook.curve(goal.ready_by)
    if not plan.windows:
        return None
    energy, cost = energy_and_cost(goal, curve, sent.windows, now)
    least_energy, least = energy_and_cost(goal, curve, plan.windows, now)
    if cost is None or least is None or least_energy < energy - LEAST_ENERGY:
        return None
    return plan if least < cost - WORTH * abs(cost) else None


def plan_now(goal: ChargeGoal, known: CostCurve, now: datetime) -> ChargePlan:
    """Return the plan that charges from now until the target or the deadline."""
    start = now.replace(second=0, microsecond=0)
    minutes = minutes_to_charge(goal.battery, goal.level, goal.target)
    left = int((goal.ready_by - start).total_seconds() // 60)
    length = min(minutes + 1, left, LONGEST_WINDOW) if minutes else 0
    if length <= 0:
        reason = PlanReason.ALREADY_THERE if not minutes else PlanReason.NO_TIME_LEFT
        windows: tuple[Window, ...] = ()
        reasons: tuple[PlanReason, ...] = (reason,)
    else:
        end = start + timedelta(minutes=length)
        windows, reasons = (Window(start=start, end=end),), (PlanReason.AT_ONCE,)
        if length < minutes:
            reasons = (*reasons, PlanReason.TARGET_SHORT)
    energy, cost = energy_and_cost(goal, known, windows, now)
    level = level_after(goal.battery, goal.level, length / 60)
    return ChargePlan(
        windows=windows,
        energy=energy,
        cost=None if known.currency is None else cost,
        expected_level=min(goal.target, level) if windows else goal.level,
        expected_end=windows[-1].end if windows else None,
        margin=goal.ready_by - windows[-1].end if windows else None,
        strategy=Strategy.OPTIMAL,
        reasons=reasons,
        currency=known.currency,
    )
