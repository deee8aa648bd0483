"""What a card shows of a car, as it goes to the browser. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ..charging.planning.model import Window
from .facts import CarFacts, EndedSession, Goal, LevelPoint, Said
from .strip import (
    AHEAD,
    BEHIND,
    Charge,
    PriceBar,
    charge,
    charges,
    duration,
    forecast,
    price_bars,
    ran,
)
from .verdict import Verdict, VerdictKey, expected, general_verdict, goal_verdict

# Reads round the state of charge, so a tenth of a percent says enough.
DIGITS: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowView:
    """A window of a plan.

    Attributes:
        start: When it begins (UTC); it may have begun already.
        end: When it ends (UTC).
        level_from, level_to: State of charge in percent, from now on.
        energy: In kWh, from now on.
        cost: Its cost; None: unknown.
        cost_now: The cost of the same energy from now on.
        cost_late: The cost of the same energy right before the deadline.
    """

    start: datetime
    end: datetime
    level_from: float
    level_to: float
    energy: float
    cost: float | None
    cost_now: float | None
    cost_late: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanView:
    """A plan: of a session, or of the next departure.

    Attributes:
        session_id: The id of the session; None: the daily plan.
        target: State of charge in percent.
        ready_by: The deadline (UTC).
        state: The state of the session, or the status of the daily plan.
        cancellable: Whether a person may cancel it.
        verdict: Whether it will be kept.
        windows: What is left of the plan.
        energy: In kWh.
        cost: What it costs; None: unknown.
        cost_now: What the same energy costs from now on.
        reasons: Why it is so: translation keys.
        saving: By how many percent waiting for prices is expected to be cheaper.
        waits_for: Why nothing was sent yet.
        source: Who asked for it, such as ``charge_now``; None: the daily plan.
        title: The title of its event in a calendar; None: it has none.
    """

    session_id: str | None
    target: float
    ready_by: datetime
    state: str | None
    cancellable: bool
    verdict: Verdict
    windows: tuple[WindowView, ...]
    energy: float
    cost: float | None
    cost_now: float | None
    reasons: tuple[str, ...]
    saving: int | None
    waits_for: str | None
    source: str | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What only a person can solve.

    Attributes:
        key: The card's sentence, or the translation key of a repair.
        kind: ``card`` or ``repair``.
        placeholders: Of the text.
    """

    key: str
    kind: str = "card"
    placeholders: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RanView:
    """A charge that ran: when, from and to which level, its energy and cost."""

    start: datetime
    end: datetime
    level_from: float
    level_to: float
    energy: float
    cost: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CarView:
    """All that a card shows of a car.

    Time alone changes ``at``, ``limit_cost`` and ``forecast``: they make no view
    another one.

    Attributes:
        name: The name of the car.
        at: When the view was made (UTC).
        level, limit: In percent.
        plugged_in, at_home, charging: None: unknown.
        power: In kW.
        connectivity: Such as ``asleep``.
        seen_at, next_read_at: Of reads (UTC).
        sync, shadow: Whether daily plans are sent; whether they are only shown.
        timed: Whether Home Assistant starts and stops the charge, and must be up for it.
        capacity: Of the battery, in kWh.
        currency: An ISO 4217 code; None: the tariff has only zones.
        read_price: What a read costs, in ``bill_currency``; 0: it is free.
        bill_currency: An ISO 4217 code.
        limit_cost: What charging to the limit from now on costs; None: unknown.
        verdict: Of the first plan, or of a car that is not planned for.
        problems: What only a person can solve.
        plans: In the order of their deadlines.
        overrides: What a person said about the coming days.
        prices: Without a gap.
        past, forecast: The state of charge.
        ran: The charges that ran.
        departure: The next one (UTC).
        entities: The ids of entities by their keys.
    """

    name: str
    at: datetime = field(compare=False)
    level: float | None = None
    limit: float | None = None
    plugged_in: bool | None = None
    at_home: bool | None = None
    charging: bool | None = None
    power: float | None = None
    connectivity: str | None = None
    seen_at: datetime | None = None
    next_read_at: datetime | None = None
    sync: bool = True
    shadow: bool = False
    timed: bool = False
    capacity: float | None = None
    currency: str | None = None
    read_price: float = 0.0
    bill_currency: str = "USD"
    limit_cost: float | None = field(default=None, compare=False)
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    plans: tuple[PlanView, ...] = ()
    overrides: tuple[Said, ...] = ()
    prices: tuple[PriceBar, ...] = ()
    past: tuple[LevelPoint, ...] = ()
    forecast: tuple[LevelPoint, ...] = field(default=(), compare=False)
    ran: tuple[RanView, ...] = ()
    departure: datetime | None = None
    entities: dict[str, str] = field(default_factory=dict)


def plan_view(facts: CarFacts, goal: Goal, level: float | None) -> PlanView:
    """Return a plan; ``level`` is the state of charge before it, None: unknown."""
    planned: tuple[Charge, ...] = ()
    if level is not None:
        planned = charges(
            facts.battery, level, goal.target, goal.windows, facts.curve, facts.now
        )
    # A window that a full car does not use is no charge.
    used = tuple(item for item in planned if item.energy > 0)
    costs = [item.cost for item in used]
    energy = sum(item.energy for item in used)
    return PlanView(
        session_id=goal.session_id,
        target=goal.target,
        ready_by=goal.ready_by,
        state=goal.state,
        cancellable=goal.cancellable,
        verdict=goal_verdict(facts, goal, level, used),
        windows=tuple(_window(facts, goal, item) for item in used),
        energy=round(energy, 2),
        cost=None if facts.curve.currency is None else _sum(costs),
        cost_now=_cost_at_once(facts, level, used[-1].level_to if used else level),
        reasons=goal.reasons,
        saving=goal.saving,
        waits_for=goal.waits_for,
        source=goal.source,
        title=goal.title,
    )


def _cost_at_once(
    facts: CarFacts, level: float | None, target: float | None
) -> float | None:
    """Return what charging from now on costs; None: unknown, or nothing to charge."""
    if level is None or target is None or target < level:
        return None
    end = facts.now + duration(facts.battery, level, target)
    return _rounded(
        charge(facts.battery, level, target, facts.now, end, facts.curve).cost
    )


def car_view(
    facts: CarFacts,
    problems: Sequence[Problem] = (),
    entities: dict[str, str] | None = None,
) -> CarView:
    """Return all that a card shows of a car."""
    goals = sorted(
        (*facts.sessions, *(() if facts.daily is None else (facts.daily,))),
        key=lambda goal: goal.ready_by,
    )
    plans, level = [], facts.level_now
    for goal in goals:
        plans.append(plan_view(facts, goal, level))
        if level is not None:
            level = expected(goal, level, _as_charges(plans[-1]))
    verdict = plans[0].verdict if plans else general_verdict(facts)
    if not facts.home_known or facts.seen_at is None:
        verdict = general_verdict(facts)
    hour = facts.now.replace(minute=0, second=0, microsecond=0)
    start, end = hour - BEHIND, hour + AHEAD
    return CarView(
        name=facts.name,
        at=facts.now,
        level=facts.level,
        limit=facts.limit,
        plugged_in=facts.plugged_in,
        at_home=facts.at_home,
        charging=facts.charging,
        power=facts.power,
        connectivity=facts.connectivity,
        seen_at=facts.seen_at,
        next_read_at=facts.next_read_at,
        sync=facts.sync,
        shadow=facts.shadow,
        timed=facts.timed,
        capacity=facts.battery.capacity,
        currency=facts.curve.currency,
        read_price=facts.read_price,
        bill_currency=facts.bill_currency,
        limit_cost=_cost_at_once(facts, facts.level_now, facts.limit),
        verdict=verdict,
        problems=(*problems, *_problems(facts, verdict)),
        plans=tuple(plans),
        overrides=facts.said,
        prices=price_bars(facts.curve, facts.estimates, start, end),
        past=facts.trail.since(start).levels,
        forecast=_forecast(facts, plans),
        ran=tuple(_ran(item) for item in ran(facts)),
        departure=facts.departure,
        entities=entities or {},
    )


def _forecast(facts: CarFacts, plans: Sequence[PlanView]) -> tuple[LevelPoint, ...]:
    """Return the forecast of the state of charge; of a running charge too."""
    if (level := facts.level_now) is None:
        return ()
    planned = [item for plan in plans for item in _as_charges(plan)]
    planned.sort(key=lambda item: item.start)
    runs_now = any(item.start <= facts.now < item.end for item in planned)
    if facts.charging and not runs_now and facts.limit is not None:
        # A charge outside of the plan goes on to the limit.
        length = duration(facts.battery, level, facts.limit)
        window = Window(start=facts.now, end=facts.now + length)
        planned = list(
            charges(
                facts.battery,
                level,
                facts.limit,
                [window],
                facts.curve,
                facts.now,
            )
        )
    return forecast(facts.battery, level, planned, facts.now)


def _as_charges(plan: PlanView) -> tuple[Charge, ...]:
    """Return the windows of a plan as charges."""
    return tuple(
        Charge(
            start=window.start,
            end=window.end,
            level_from=window.level_from,
            level_to=window.level_to,
            energy=window.energy,
            cost=window.cost,
        )
        for window in plan.windows
    )


def _window(facts: CarFacts, goal: Goal, item: Charge) -> WindowView:
    """Return a window, and what its energy costs at other times."""
    length = item.end - item.start
    others = [
        charge(
            facts.battery,
            item.level_from,
            item.level_to,
            start,
            start + length + timedelta(seconds=1),
            facts.curve,
        ).cost
        for start in (facts.now, max(facts.now, goal.ready_by - length))
    ]
    return WindowView(
        start=item.start,
        end=item.end,
        level_from=round(item.level_from, DIGITS),
        level_to=round(item.level_to, DIGITS),
        energy=round(item.energy, 2),
        cost=_rounded(item.cost),
        cost_now=_rounded(others[0]),
        cost_late=_rounded(others[1]),
    )


def _ran(item: Charge) -> RanView:
    """Return a charge that ran."""
    return RanView(
        start=item.start,
        end=item.end,
        level_from=round(item.level_from, DIGITS),
        level_to=round(item.level_to, DIGITS),
        energy=round(item.energy, 2),
        cost=_rounded(item.cost),
    )


def _problems(facts: CarFacts, verdict: Verdict) -> list[Problem]:
    """Return what only a person can solve, the most important first."""
    found = [_ended(session) for session in facts.ended]
    if facts.stage in ("essential", "stopped"):
        found.append(Problem(key=f"budget_{facts.stage}"))
    if facts.sync and facts.shadow and facts.seen_at is not None:
        found.append(Problem(key="shadow"))
    elif verdict.key is VerdictKey.OFF:
        found.append(Problem(key="off"))
    if verdict.key is VerdictKey.NO_PRICES:
        found.append(Problem(key="no_prices"))
    return found


def _ended(session: EndedSession) -> Problem:
    """Return the problem of a session that ended without its target."""
    return Problem(
        key=f"session_{session.state}",
        placeholders={
            "target": str(session.target),
            "ready_by": session.ready_by.isoformat(),
            "reason": session.reason or "",
        },
    )


def _sum(costs: Sequence[float | None]) -> float | None:
    """Return a sum; None if a part is unknown."""
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 2) if len(known) == len(costs) else None


def _rounded(cost: float | None) -> float | None:
    """Return a cost as people read it."""
    return None if cost is None else round(cost, 2)
