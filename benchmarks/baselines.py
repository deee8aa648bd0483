"""Ways to charge a car, each from no more than what is known when it decides.

A chooser gets the price of each minute from now until the car leaves, infinite where it
is not known, and how many minutes are to be charged. It answers with minutes counted
from now. It is asked again whenever prices are published.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from math import isfinite

from custom_components.tesla_scout_worker.charging.daily.night_plan import night_plan
from custom_components.tesla_scout_worker.charging.planning.battery import energies
from custom_components.tesla_scout_worker.charging.planning.model import ChargeGoal
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve
from custom_components.tesla_scout_worker.charging.tariffs.forecast import forecast
from custom_components.tesla_scout_worker.charging.tariffs.outlook import Outlook
from custom_components.tesla_scout_worker.charging.tariffs.price_history import (
    PriceHistory,
)

from .price_stays import minutes_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What a chooser may know.

    Attributes:
        now: When it is (UTC).
        prices: The price of each minute until the car leaves, infinite if not known.
        minutes: How many are to be charged.
        need: The same for a planner.
        known: The curve that is known, of the days before too.
        zone: The zone of the prices' days.
        running: Whether the car was charged just before.
        tonight: How many minutes are left until 22:00 of the first evening.
    """

    now: datetime
    prices: Sequence[float]
    minutes: int
    need: ChargeGoal
    known: CostCurve = field(default_factory=CostCurve)
    zone: tzinfo = UTC
    running: bool = False
    tonight: int = 0


type Chooser = Callable[[Moment], list[int]]


def on_arrival(moment: Moment) -> list[int]:
    """Charge at once, whatever is known."""
    return [*range(moment.minutes)]


def fixed_night(moment: Moment) -> list[int]:
    """Charge from 22:00 on, whatever is known."""
    first = max(0, moment.tonight)
    return [*range(first, first + moment.minutes)]


def one_block(moment: Moment) -> list[int]:
    """Charge in the cheapest contiguous block; what has begun goes on."""
    if moment.running:
        return on_arrival(moment)
    prices, minutes = moment.prices, moment.minutes
    each = amounts(moment.need, minutes)
    costs = {
        first: cost
        for first in range(len(prices) - minutes + 1)
        if isfinite(cost := spent(prices[first : first + minutes], each))
    }
    if not costs:
        return []
    first = min(costs, key=lambda at: (costs[at], -at))
    return [*range(first, first + minutes)]


def hour_by_hour(moment: Moment) -> list[int]:
    """Charge in the cheapest minutes one by one, in however many windows."""
    known = [at for at, price in enumerate(moment.prices) if isfinite(price)]
    order = sorted(known, key=lambda at: (moment.prices[at], -at))
    return sorted(order[: moment.minutes])


def planner(moment: Moment) -> list[int]:
    """Charge as the ordinary plan says."""
    known = moment.known.intervals
    guesses = CostCurve()
    if known and known[-1].end < moment.need.ready_by:
        past = PriceHistory().with_prices("file", moment.known, moment.zone)
        guesses = forecast(past, known[-1].end, moment.need.ready_by, moment.zone)
    outlook = Outlook(now=moment.now, known=moment.known, guesses=guesses)
    night = night_plan(moment.need, outlook)
    return minutes_in(night.windows, moment.now)


CHOOSERS: dict[str, Chooser] = {
    "on arrival": on_arrival,
    "from 22:00": fixed_night,
    "one block": one_block,
    "hour by hour": hour_by_hour,
    "planner": planner,
}


def amounts(need: ChargeGoal, minutes: int) -> list[float]:
    """Return the kWh of each minute of charging, none beyond the target."""
    most = (need.target - need.level) * need.battery.capacity / 100
    done = energies(need.battery, need.level, minutes)
    return [min(after, most) - min(before, most) for before, after in pairwise(done)]


def spent(prices: Sequence[float], each: Sequence[float]) -> float:
    """Return what charging so many kWh each minute costs at these prices."""
    return sum(price * kwh for price, kwh in zip(prices, each, strict=True))
