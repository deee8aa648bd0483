"""Actions of accounts and of cars; each names its account or the device of its car."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util

from .car_actions import ATTR_TARGET, CAR_SCHEMA, async_car
from .charging.daily.night_plan import cost_breakdown
from .charging.daily.sync_result import Planned, SyncResult
from .charging.in_car.difference import ManagedSchedule
from .charging.planning.model import ChargePlan, Window
from .charging.sessions.session import Session
from .const import DOMAIN
from .data import ScoutConfigEntry
from .gateways.ledger import CallKind
from .gateways.models import ChargeSchedule, day_names
from .tokens.manager import TokenManager
from .tokens.reports import RefreshReport
from .worker.charge_report import charge_as_dict
from .worker.manager import Worker
from .worker.reason_texts import async_plan_reasons, reason_text
from .worker.sessions import SessionRequests

ATTR_READY_BY: Final = "ready_by"
ATTR_SESSION_ID: Final = "session_id"

REQUEST_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Required(ATTR_READY_BY): cv.datetime,
        # The range is validated with the rest of the request, with a helpful message.
        vol.Required(ATTR_TARGET): vol.Coerce(int),
    }
)
SESSION_SCHEMA: Final = CAR_SCHEMA.extend({vol.Required(ATTR_SESSION_ID): cv.string})


async def _session_car(
    call: ServiceCall, *, acts: bool = True
) -> tuple[SessionRequests, str]:
    """Return the session requests and the VIN of the car in an action."""
    account, vin = await async_car(call, acts=acts)
    return account.sessions, vin


def _session(session: Session) -> dict[str, Any]:
    """Return a session for an action's response."""
    return {
        "session_id": session.id,
        "state": session.shown_state,
        "target": session.target,
        "ready_by": local_time(session.ready_by),
        "send_at": local_time(session.send_at),
        "cleanup_at": local_time(session.cleanup_at),
        "expected_level": round(session.expected_level, 1),
        "waits_for": session.delivery.waits_for,
        "reason": session.reason,
        "plan": plan_as_dict(session.plan),
    }


def local_time(at: datetime) -> str:
    """Return a time for an action's response, in the zone of Home Assistant."""
    return dt_util.as_local(at).isoformat()


def window_as_dict(window: Window) -> dict[str, str]:
    """Return a window for an action's response."""
    return {"start": local_time(window.start), "end": local_time(window.end)}


def _rounded(value: float | None, places: int) -> float | None:
    """Return a number for an action's response; None if it is unknown."""
    return None if value is None else round(value, places)


def plan_as_dict(plan: ChargePlan) -> dict[str, Any]:
    """Return a plan for an action's response; the margin in seconds."""
    margin, end = plan.margin, plan.expected_end
    return {
        **asdict(plan),
        "windows": [window_as_dict(window) for window in plan.windows],
        "expected_end": None if end is None else local_time(end),
        "energy": round(plan.energy, 2),
        "cost": _rounded(plan.cost, 4),
        "expected_level": round(plan.expected_level, 1),
        "margin": None if margin is None else margin.total_seconds(),
        "reasons": list(plan.reasons),
    }


async def _plan_special_charging(call: ServiceCall) -> ServiceResponse:
    """Return the plan for a request, and change nothing."""
    sessions, vin = await _session_car(call, acts=False)
    request = vin, call.data[ATTR_TARGET], call.data[ATTR_READY_BY]
    plan = await sessions.async_plan(*request)
    explanation = await async_plan_reasons(call.hass, plan.reasons)
    return {**plan_as_dict(plan), "explanation": explanation}


async def _add_special_charging(call: ServiceCall) -> ServiceResponse:
    """Request a state of charge by a time.

    The response says whether Home Assistant must be up for it, as the car cannot hold it.
    """
    account, vin = await async_car(call, acts=True)
    session = await account.sessions.async_add(
        vin, call.data[ATTR_TARGET], call.data[ATTR_READY_BY]
    )
    timed = not account.coordinator.capabilities(vin).schedules
    return {**_session(session), "timed": timed}


async def _list_special_charging(call: ServiceCall) -> ServiceResponse:
    """List the sessions of a car, including those of the last days."""
    sessions, vin = await _session_car(call, acts=False)
    kept = sessions.list(vin)
    return {
        "sessions": [
            _session(session)
            for session in sorted(kept, key=lambda session: session.ready_by)
        ]
    }


async def _cancel_special_charging(call: ServiceCall) -> ServiceResponse:
    """Cancel a session, and restore the car."""
    sessions, vin = await _session_car(call)
    return _session(await sessions.async_cancel(vin, call.data[ATTR_SESSION_ID]))


async def _restore_special_charging(call: ServiceCall) -> ServiceResponse:
    """Request a cancelled session again, with its title and its source."""
    account, vin = await async_car(call, acts=True)
    name = call.data[ATTR_SESSION_ID]
    return _session(await account.overrides.async_restore(vin, name))


async def _send_special_charging(call: ServiceCall) -> ServiceResponse:
    """Send the plan of a session to the car now."""
    sessions, vin = await _session_car(call)
    return _session(await sessions.async_send(vin, call.data[ATTR_SESSION_ID]))


async def _finish_special_charging(call: ServiceCall) -> ServiceResponse:
    """Restore the car now."""
    sessions, vin = await _session_car(call)
    return _session(await sessions.async_cleanup(vin, call.data[ATTR_SESSION_ID]))


async def _check_special_charging(call: ServiceCall) -> ServiceResponse:
    """Run the daily check now."""
    sessions, vin = await _session_car(call)
    checked = await sessions.async_daily_check(vin)
    return {"sessions": [_session(item) for item in checked if not item.over]}


@callback
def async_setup_session_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, schema, response in (
        ("plan_special_charging", _plan_special_charging, REQUEST_SCHEMA, only),
        ("add_special_charging", _add_special_charging, REQUEST_SCHEMA, optional),
        ("list_special_charging", _list_special_charging, CAR_SCHEMA, only),
        ("cancel_special_charging", _cancel_special_charging, SESSION_SCHEMA, optional),
        (
            "restore_special_charging",
            _restore_special_charging,
            SESSION_SCHEMA,
            optional,
        ),
        ("send_special_charging", _send_special_charging, SESSION_SCHEMA, optional),
        (
            "finish_special_charging",
            _finish_special_charging,
            SESSION_SCHEMA,
            optional,
        ),
        (
            "check_special_charging",
            _check_special_charging,
            CAR_SCHEMA,
            optional,
        ),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, response)


async def _off_peak_car(call: ServiceCall, *, acts: bool = True) -> tuple[Worker, str]:
    """Return the Worker and the VIN of the car in an action."""
    account, vin = await async_car(call, acts=acts)
    return account.worker, vin


def _schedule(schedule: ManagedSchedule) -> dict[str, Any]:
    """Return a schedule for an action's response, without its position."""
    order = schedule.order
    return {
        "id": order.id or None,
        "kind": schedule.kind.value,
        "days": order.day_names,
        "start": _clock(order.start_time),
        "end": _clock(order.end_time),
        "one_time": order.one_time,
    }


def _found(schedule: ChargeSchedule, planned: Planned) -> dict[str, Any]:
    """Return a schedule in the car for a response: its owner, but no position."""
    change = planned.change
    ours = {each_schedule.id for each_schedule in change.kept} | change.remove
    return {
        "id": schedule.id,
        "ours": schedule.id in ours,
        "days": day_names(schedule.days_of_week or 0),
        "start": _clock(schedule.start_time),
        "end": _clock(schedule.end_time),
        "one_time": schedule.one_time,
        "enabled": schedule.enabled,
    }


def _clock(minutes: int | None) -> str | None:
    """Return minutes into the day as a time."""
    return None if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def _cycle(result: SyncResult, price: float) -> dict[str, Any]:
    """Return the result of a sync cycle for an action's response.

    ``price`` is that of a command, in the currency of the bill.
    """
    answer: dict[str, Any] = {
        "trigger": result.trigger.value,
        "status": result.status,
        "found": None,
        "wanted": [],
        "add": [],
        "remove": [],
        "dropped": [],
        "sent": result.sent,
        "skipped": result.skipped,
        "cost_to_send": 0.0,
        "again_at": None if result.again_at is None else local_time(result.again_at),
    }
    if not isinstance(result, Planned):
        return answer
    change, found = result.change, result.found
    return answer | {
        "found": None if found is None else [_found(item, result) for item in found],
        "wanted": [_schedule(schedule) for schedule in result.state.schedules],
        "add": [_schedule(schedule) for schedule in change.add],
        "remove": sorted(change.remove),
        "dropped": [_schedule(item) for item in change.dropped],
        "cost_to_send": round(change.commands * price, 3),
    }


def _plan(worker: Worker, result: SyncResult) -> dict[str, Any]:
    """Return a daily plan for an action's response."""
    answer: dict[str, Any] = {
        "status": result.status,
        "ready_by": None,
        "target": None,
        "windows": [window_as_dict(window) for window in result.windows],
        "intervals": [],
        "energy": None,
        "cost": None,
        "currency": None,
        "reasons": [],
        "expected_saving": None,
        "waits_for": result.skipped,
    }
    if not isinstance(result, Planned):
        return answer
    answer |= {
        "energy": _rounded(result.energy, 2),
        "cost": _rounded(result.cost, 4),
        "currency": result.currency,
        "reasons": [str(reason) for reason in result.state.reasons],
        "expected_saving": result.state.expected_saving,
    }
    if (goal := result.state.goal) is None:
        return answer
    now = result.facts.now
    curve = worker.energy.curve(now, goal.ready_by)
    priced = cost_breakdown(goal, curve, result.windows, now)
    return answer | {
        "ready_by": local_time(goal.ready_by),
        "target": goal.target,
        "intervals": [
            {
                "start": local_time(item.start),
                "end": local_time(item.end),
                "price": _rounded(item.cost, 4) if curve.currency else None,
                "cost": _rounded(cost, 4) if curve.currency else None,
            }
            for item, cost in priced
        ],
    }


async def _send_plan(call: ServiceCall) -> ServiceResponse:
    """Run a sync cycle for a car now."""
    manager, vin = await _off_peak_car(call)
    prices = manager.coordinator.admission.budget.ledger.prices
    return _cycle(await manager.async_run_now(vin), prices[CallKind.COMMAND])


async def _plan_charging(call: ServiceCall) -> ServiceResponse:
    """Return the daily plan of a car, and send nothing."""
    manager, vin = await _off_peak_car(call, acts=False)
    answer = _plan(manager, await manager.async_plan(vin))
    explanation = await async_plan_reasons(
        call.hass, answer["reasons"], answer["expected_saving"]
    )
    if (reason := answer["waits_for"]) is not None:
        explanation.append(reason_text(call.hass, reason))
    return {**answer, "explanation": explanation}


async def _list_charges(call: ServiceCall) -> ServiceResponse:
    """List the last charges of a car at home, newest first."""
    worker, vin = await _off_peak_car(call, acts=False)
    charges = worker.repository.record(vin).charges.charges
    return {"charges": [charge_as_dict(charge) for charge in reversed(charges)]}


async def _remove_schedules(call: ServiceCall) -> ServiceResponse:
    """Remove the daily plan's schedules from a car."""
    manager, vin = await _off_peak_car(call)
    return {"removed": await manager.async_reset(vin)}


@callback
def async_setup_off_peak_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, response in (
        ("send_plan", _send_plan, optional),
        ("plan_charging", _plan_charging, only),
        ("list_charges", _list_charges, only),
        ("remove_schedules", _remove_schedules, optional),
    ):
        hass.services.async_register(DOMAIN, name, action, CAR_SCHEMA, response)


ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"

ACCOUNT_SCHEMA: Final = vol.Schema({vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string})


def _tokens(call: ServiceCall) -> TokenManager:
    """Return the token manager of the account that an action names.

    Raises:
        ServiceValidationError: the way to its cars has no refresh token.
    """
    entry: ScoutConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID]
    )
    if (tokens := entry.runtime_data.tokens) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_refresh_token_here"
        )
    return tokens


def _response(report: RefreshReport) -> ServiceResponse:
    """Return the result of a refresh for an action's response."""
    return {
        "tier": report.tier.value,
        "outcome": report.outcome.value,
        "remaining_seconds": round(report.remaining.total_seconds()),
        "duration_ms": round(report.duration.total_seconds() * 1000),
    }


async def _token_refresh(call: ServiceCall) -> ServiceResponse:
    """Refresh the token, at most once a minute."""
    return _response(await _tokens(call).async_refresh())


async def _token_refresh_at_once(call: ServiceCall) -> ServiceResponse:
    """Refresh the token, without the rate limit."""
    return _response(await _tokens(call).async_emergency_refresh())


async def _token_check(call: ServiceCall) -> ServiceResponse:
    """Refresh the token if it expires in less than 30 minutes."""
    return _response(await _tokens(call).async_check())


async def _token_get(call: ServiceCall) -> ServiceResponse:
    """Return the access token to an administrator, never the refresh token."""
    tokens = _tokens(call)
    access_token = await tokens.async_access_token()
    remaining = tokens.expires_at - dt_util.utcnow()
    return {
        "access_token": access_token,
        "remaining_minutes": int(remaining.total_seconds() // 60),
    }


async def _scout_now(call: ServiceCall) -> ServiceResponse:
    """Read a car now; a sleeping car is not woken."""
    account, vin = await async_car(call, acts=True)
    car = await account.coordinator.async_scout_now(vin)
    observation, snapshot = car.observation, car.snapshot
    return {
        "reason": car.reason,
        "state": observation.connectivity,
        "at_home": observation.at_home,
        "plugged_in": observation.plugged_in,
        "ready_to_charge": observation.ready,
        "battery_level": None if snapshot is None else snapshot.charge.battery_level,
        "charge_limit": None if snapshot is None else snapshot.charge.charge_limit,
        "last_seen": None if snapshot is None else local_time(snapshot.seen_at),
    }


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, response in (
        ("token_refresh", _token_refresh, optional),
        ("token_refresh_at_once", _token_refresh_at_once, optional),
        ("token_check", _token_check, optional),
        ("token_get", _token_get, only),
    ):
        service.async_register_admin_service(
            hass, DOMAIN, name, action, ACCOUNT_SCHEMA, response
        )
    hass.services.async_register(DOMAIN, "scout_now", _scout_now, CAR_SCHEMA, optional)
    async_setup_session_services(hass)
    async_setup_off_peak_services(hass)
