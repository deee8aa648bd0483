"""Actions of ordinary charging: each names a car by its device."""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import service
from homeassistant.util import dt as dt_util

from .charging.ordinary import priced
from .charging.reconcile import Own
from .const import DOMAIN
from .devices import vin_of
from .fleet.models import ChargeSchedule, day_names
from .off_peak import OffPeakKeeper
from .off_peak_codec import window_as_dict
from .off_peak_desk import Standing
from .runtime import ScoutData
from .session_services import ATTR_DEVICE_ID, CAR_SCHEMA


def _car(call: ServiceCall) -> tuple[OffPeakKeeper, str]:
    """Return the keeper of the schedules and the VIN of the car that is meant."""
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    account: ScoutData = entry.runtime_data
    return account.off_peak, vin_of(device, account.coordinator.data)


def _schedule(own: Own) -> dict[str, Any]:
    """Return a schedule as an action answers it: when, and never where."""
    order = own.order
    return {
        "id": order.id or None,
        "kind": own.kind.value,
        "days": order.day_names,
        "start": _clock(order.start_time),
        "end": _clock(order.end_time),
        "one_time": order.one_time,
    }


def _found(schedule: ChargeSchedule, standing: Standing) -> dict[str, Any]:
    """Return a schedule in the car as an action answers it: whose, and never where."""
    change = standing.change
    ours = {one.id for one in change.kept} | change.remove
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


def _cycle(standing: Standing) -> dict[str, Any]:
    """Return what came of a cycle as an action answers it."""
    change, wish = standing.change, standing.wish
    return {
        "trigger": standing.trigger.value,
        "status": standing.status,
        "found": None
        if standing.found is None
        else [_found(one, standing) for one in standing.found],
        "wanted": [] if wish is None else [_schedule(one) for one in wish.own],
        "add": [_schedule(one) for one in change.add],
        "remove": sorted(change.remove),
        "dropped": [_schedule(one) for one in change.dropped],
        "sent": standing.sent,
        "skipped": standing.skipped,
        "cost_to_send": round(standing.dollars, 3),
        "again_at": None
        if standing.again_at is None
        else standing.again_at.isoformat(),
    }


def _plan(keeper: OffPeakKeeper, standing: Standing) -> dict[str, Any]:
    """Return a plan as an action answers it."""
    wish, facts = standing.wish, standing.facts
    intervals: list[dict[str, Any]] = []
    if wish is not None and facts is not None and wish.need is not None:
        curve = keeper.prices.curve(facts.now, wish.need.ready_by)
        intervals = [
            {
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "price": one.cost if curve.currency else None,
                "cost": cost if curve.currency else None,
            }
            for one, cost in priced(wish.need, curve, standing.windows, facts.now)
        ]
    return {
        "status": standing.status,
        "ready_by": None
        if wish is None or wish.need is None
        else dt_util.as_local(wish.need.ready_by).isoformat(),
        "target": None if wish is None or wish.need is None else wish.need.target,
        "windows": [window_as_dict(one) for one in standing.windows],
        "intervals": intervals,
        "energy": None if standing.energy is None else round(standing.energy, 2),
        "cost": None if standing.cost is None else round(standing.cost, 4),
        "currency": standing.currency,
        "reasons": [] if wish is None else [str(one) for one in wish.reasons],
        "waits_for": standing.skipped,
    }


async def _run_worker_cycle(call: ServiceCall) -> ServiceResponse:
    """Make a car's schedules right now."""
    keeper, vin = _car(call)
    return _cycle(await keeper.async_run_now(vin))


async def _plan_charging(call: ServiceCall) -> ServiceResponse:
    """Say how a car would be charged, and send nothing."""
    keeper, vin = _car(call)
    return _plan(keeper, await keeper.async_plan(vin))


async def _reset_schedules(call: ServiceCall) -> ServiceResponse:
    """Remove what is ours from a car."""
    keeper, vin = _car(call)
    return {"removed": await keeper.async_reset(vin)}


@callback
def async_setup_off_peak_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, response in (
        ("run_worker_cycle", _run_worker_cycle, optional),
        ("plan_charging", _plan_charging, only),
        ("reset_schedules", _reset_schedules, optional),
    ):
        hass.services.async_register(DOMAIN, name, action, CAR_SCHEMA, response)
