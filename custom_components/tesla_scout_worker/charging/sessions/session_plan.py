"""The plan of a session, which always has a result. Pure."""

from dataclasses import replace
from datetime import datetime

from ..daily.night_plan import energy_and_cost, with_guesses
from ..planning.model import ChargeGoal, ChargePlan
from ..planning.planner import plan_charge
from ..tariffs.curve import CostCurve
from ..tariffs.price_parser import has_gap


def plan_session(
    goal: ChargeGoal,
    known: CostCurve,
    guesses: CostCurve,
    peaks: CostCurve,
    now: datetime,
) -> ChargePlan:
    """Return the cheapest plan by the deadline, by the prices known now.

    A session cannot wait for tomorrow's prices. Intervals without a price are planned
    by a forecast, else by the same hour of earlier days, and their cost is unknown.
    Without any prices, the peak hours decide.

    Args:
        goal: Target and deadline.
        known: Prices or a tariff, from some days before now until the deadline.
        guesses: A forecast of prices.
        peaks: Hours to avoid without prices, from now until the deadline.
        now: The present (aware).
    """
    until, cost = goal.ready_by, None
    if not has_gap(known, now, until):
        plan = plan_charge(goal, known, now)
        cost = plan.cost
    else:
        curve = with_guesses(known, guesses, until)
        ahead = curve.between(now, until).intervals
        priced = any(item.cost is not None for item in ahead)
        plan = plan_charge(goal, curve if priced else peaks, now)
        if priced:
            cost = energy_and_cost(goal, known, plan.windows, now)[1]
    # A plan by peak hours alone has no cost.
    cost = None if known.currency is None else cost
    return replace(plan, cost=cost, currency=known.currency)
