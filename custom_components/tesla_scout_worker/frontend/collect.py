"""What the cards show, taken from a running account: the one place that reads it."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..charging.daily.departures import next_departure
from ..charging.daily.sync_result import Planned, PlanStatus
from ..charging.planning.model import ChargePlan
from ..charging.sessions.session import Session
from ..charging.sessions.status import unkept
from ..charging.tariffs.curve import CostCurve
from ..charging.tariffs.outlook import with_guesses
from ..const import DOMAIN
from ..data import ScoutData
from ..gateways.budget import month_of
from ..gateways.ledger import CallKind
from ..worker.manager import Worker
from .account_view import AccountView, CarMonth
from .facts import CarFacts, EndedSession, Goal, Said, Trail
from .strip import AHEAD

# Prices of the last days are what unknown ones are estimated by.
BEFORE: Final = timedelta(days=3)

# The entities that the card acts on, or leads to.
ENTITIES: Final = {
    "battery_level": "sensor",
    "calendar": "calendar",
    "charging_state": "sensor",
    "departure": "time",
    "off_peak_sync": "switch",
    "scout_now": "button",
    "shadow_mode": "switch",
    "target_level": "number",
}
UNIQUE_KEYS: Final = {"calendar": "special_charging"}


def car_facts(account: ScoutData, vin: str, now: datetime, trail: Trail) -> CarFacts:
    """Return all that is known of a car.

    Raises:
        KeyError: The car is not in the account.
    """
    worker, coordinator = account.worker, account.coordinator
    car, record = coordinator.data[vin], worker.repository.record(vin)
    charge = None if car.snapshot is None else car.snapshot.charge
    observation, settings = car.observation, record.settings
    leaving = settings.leaving(worker.options.exceptions)
    departure = next_departure(leaving, now, dt_util.get_default_time_zone())
    limit = worker.owners_limit(vin)
    curve, estimates = _curves(worker, now)
    status = worker.result(vin).status
    return CarFacts(
        name=car.summary.name or car.summary.model,
        now=now,
        level=None if charge is None else charge.battery_level,
        limit=limit,
        plugged_in=observation.plugged_in,
        at_home=observation.at_home,
        charging=observation.charging,
        power=None if charge is None else charge.charger_power,
        connectivity=_text(observation.connectivity),
        seen_at=None if car.snapshot is None else car.snapshot.seen_at,
        next_read_at=coordinator.next_read_at(vin),
        home_known=coordinator.home_position is not None,
        battery=settings.battery(worker.charging.battery, record.power),
        curve=curve,
        estimates=estimates,
        sync=settings.sync,
        shadow=settings.shadow,
        status=_text(status),
        daily=_daily_goal(worker, vin, limit, departure, now),
        departure=departure,
        sessions=tuple(
            _session_goal(session)
            for session in record.sessions.open
            if not session.restoring and session.ready_by > now
        ),
        ended=tuple(
            EndedSession(
                session_id=session.id,
                target=session.target,
                ready_by=session.ready_by,
                state=(session.ending or session.state).value,
                reason=session.reason,
            )
            for session in unkept(record.sessions, now)
        ),
        said=tuple(
            Said(
                kind=override.kind.value,
                since=override.since,
                until=override.until,
                target=override.target,
            )
            for override in account.overrides.of_plan(vin)
        ),
        trail=trail,
        stage=account.budget.stage(now).value,
        timed=not coordinator.capabilities(vin).schedules,
        read_price=coordinator.read_price,
        bill_currency=account.ledger.currency,
    )


def preview_goal(plan: ChargePlan, target: int, ready_by: datetime) -> Goal:
    """Return the goal of a plan that was only asked for."""
    return Goal(
        session_id="preview",
        target=target,
        ready_by=ready_by,
        windows=plan.windows,
        reasons=tuple(plan.reasons),
    )


def account_view(account: ScoutData, name: str, now: datetime) -> AccountView:
    """Return the month of an account."""
    budget, ledger = account.budget, account.ledger
    ledger.roll_over(now)
    return AccountView(
        name=name,
        month=ledger.month,
        currency=ledger.currency,
        cost=round(ledger.cost, 4),
        forecast=round(budget.forecast(now), 4),
        limit=budget.limit,
        stage=budget.stage(now).value,
        reads=ledger.calls[CallKind.DATA],
        commands=ledger.calls[CallKind.COMMAND],
        wakes=ledger.calls[CallKind.WAKE],
        signed_out=account.sign_in.signed_out,
        next_reset=month_of(now)[1],
        cars=tuple(_car_month(account, vin, now) for vin in account.coordinator.data),
    )


def entity_ids(hass: HomeAssistant, vin: str) -> dict[str, str]:
    """Return the ids of a car's entities that are enabled, by their keys."""
    registry = er.async_get(hass)
    found = {}
    for key, platform in ENTITIES.items():
        unique_id = f"{vin}_{UNIQUE_KEYS.get(key, key)}"
        entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
        entity = None if entity_id is None else registry.async_get(entity_id)
        if entity is not None and entity.disabled_by is None:
            found[key] = entity.entity_id
    return found


def _daily_goal(
    worker: Worker,
    vin: str,
    limit: float | None,
    departure: datetime | None,
    now: datetime,
) -> Goal | None:
    """Return the goal of the daily plan; None: it is off, or waits for a session."""
    settings, result = worker.repository.record(vin).settings, worker.result(vin)
    if not settings.sync or result.status is PlanStatus.BLOCKED:
        return None
    if isinstance(result, Planned) and (goal := result.state.goal) is not None:
        if goal.ready_by > now:
            return Goal(
                target=goal.target,
                ready_by=goal.ready_by,
                windows=result.windows,
                state=_text(result.status),
                reasons=tuple(map(str, result.state.reasons)),
                saving=result.state.expected_saving,
                waits_for=result.skipped,
            )
    if departure is None or limit is None:
        return None
    return Goal(
        target=min(settings.target or limit, limit),
        ready_by=departure,
        state=_text(result.status),
        waits_for=result.skipped,
    )


def _session_goal(session: Session) -> Goal:
    """Return the goal of a session."""
    return Goal(
        session_id=session.id,
        target=session.target,
        ready_by=session.ready_by,
        windows=session.plan.windows,
        state=session.shown_state,
        reasons=tuple(map(str, session.plan.reasons)),
        waits_for=session.reason or _text(session.delivery.waits_for),
        expected_level=session.expected_level,
        cancellable=session.is_cancellable,
        source=session.source.value,
        title=session.title,
    )


def _curves(worker: Worker, now: datetime) -> tuple[CostCurve, CostCurve]:
    """Return the known prices, and the same with estimates for unknown ones."""
    until = now + AHEAD
    known = worker.energy.curve(now - BEFORE, until)
    if known.currency is None:
        return known, known
    return known, with_guesses(known, worker.energy.guesses, until)


def _car_month(account: ScoutData, vin: str, now: datetime) -> CarMonth:
    """Return a car's charging in this month."""
    savings = account.worker.repository.record(vin).savings
    summary = account.coordinator.data[vin].summary
    present = savings.month == f"{dt_util.as_local(now):%Y-%m}"
    return CarMonth(
        name=summary.name or summary.model,
        currency=savings.currency if present else None,
        energy=round(savings.energy, 1) if present else 0.0,
        cost=round(savings.cost, 2) if present else 0.0,
        on_arrival=round(savings.on_arrival, 2) if present else 0.0,
    )


def _text(value: str | None) -> str | None:
    """Return the text of an enum's member."""
    return None if value is None else str(value)
