"""The plan of a session, which always has a result. Pure."""

from dataclasses import replace

from ..daily.night_plan import energy_and_cost
from ..planning.model import ChargeGoal, ChargePlan
from ..planning.planner import plan_charge
from ..tariffs.outlook import Outlook
from ..tariffs.price_parser import has_gap


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
