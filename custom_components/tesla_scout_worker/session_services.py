"""Actions of special charging: each names a car by its device."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service

from .charging.session import Session
from .const import DOMAIN
from .devices import vin_of
from .promise_codec import plan_as_dict
from .runtime import ScoutData
from .sessions import SessionKeeper

ATTR_DEVICE_ID: Final = "device_id"
ATTR_READY_BY: Final = "ready_by"
ATTR_SESSION_ID: Final = "session_id"
ATTR_TARGET: Final = "target"

CAR_SCHEMA: Final = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})
NEED_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Required(ATTR_READY_BY): cv.datetime,
        # Its range is checked with the rest of the need, which says what to do.
        vol.Required(ATTR_TARGET): vol.Coerce(int),
    }
)
SESSION_SCHEMA: Final = CAR_SCHEMA.extend({vol.Required(ATTR_SESSION_ID): cv.string})


def _car(call: ServiceCall) -> tuple[SessionKeeper, str]:
    """Return the promises' keeper and the VIN of the car that an action names."""
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    account: ScoutData = entry.runtime_data
    return account.sessions, vin_of(device, account.coordinator.data)


def _session(session: Session) -> dict[str, Any]:
    """Return a session as an action answers it."""
    return {
        "session_id": session.id,
        "state": "restoring" if session.restoring else session.state.value,
        "target": session.target,
        "ready_by": session.ready_by.isoformat(),
        "send_at": session.send_at.isoformat(),
        "cleanup_at": session.cleanup_at.isoformat(),
        "expected_level": round(session.expected_level, 1),
        "waits_for": session.held,
        "reason": session.failure,
        "plan": plan_as_dict(session.plan),
    }


async def _plan_special_charging(call: ServiceCall) -> ServiceResponse:
    """Say how a need would be met, and change nothing."""
    sessions, vin = _car(call)
    need = vin, call.data[ATTR_TARGET], call.data[ATTR_READY_BY]
    return plan_as_dict(await sessions.async_plan(*need))


async def _add_special_charging(call: ServiceCall) -> ServiceResponse:
    """Promise a state of charge by a time."""
    sessions, vin = _car(call)
    return _session(
        await sessions.async_add(vin, call.data[ATTR_TARGET], call.data[ATTR_READY_BY])
    )


async def _list_special_charging(call: ServiceCall) -> ServiceResponse:
    """List a car's promises, those of the last days included."""
    sessions, vin = _car(call)
    kept = sessions.desk.promises(vin).sessions.values()
    return {
        "sessions": [
            _session(one) for one in sorted(kept, key=lambda one: one.ready_by)
        ]
    }


async def _cancel_special_charging(call: ServiceCall) -> ServiceResponse:
    """Cancel a promise, and have undone what was sent."""
    sessions, vin = _car(call)
    return _session(await sessions.async_cancel(vin, call.data[ATTR_SESSION_ID]))


async def _send_special_schedule(call: ServiceCall) -> ServiceResponse:
    """Send a promise's plan to the car now."""
    sessions, vin = _car(call)
    return _session(await sessions.async_send(vin, call.data[ATTR_SESSION_ID]))


async def _cleanup_special_charging(call: ServiceCall) -> ServiceResponse:
    """Undo what a promise put into the car now."""
    sessions, vin = _car(call)
    return _session(await sessions.async_cleanup(vin, call.data[ATTR_SESSION_ID]))


async def _daily_special_charging_check(call: ServiceCall) -> ServiceResponse:
    """Do now what is done once a day."""
    sessions, vin = _car(call)
    checked = await sessions.async_daily_check(vin)
    return {"sessions": [_session(one) for one in checked if not one.over]}


@callback
def async_setup_session_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, schema, response in (
        ("plan_special_charging", _plan_special_charging, NEED_SCHEMA, only),
        ("add_special_charging", _add_special_charging, NEED_SCHEMA, optional),
        ("list_special_charging", _list_special_charging, CAR_SCHEMA, only),
        ("cancel_special_charging", _cancel_special_charging, SESSION_SCHEMA, optional),
        ("send_special_schedule", _send_special_schedule, SESSION_SCHEMA, optional),
        (
            "cleanup_special_charging",
            _cleanup_special_charging,
            SESSION_SCHEMA,
            optional,
        ),
        (
            "daily_special_charging_check",
            _daily_special_charging_check,
            CAR_SCHEMA,
            optional,
        ),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, response)
