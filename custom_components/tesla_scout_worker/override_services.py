"""Actions that override the plan of a car: charge now, skip, target, vacation."""

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
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .car_actions import ATTR_TARGET, CAR_SCHEMA, async_car
from .charging.daily.overrides import Override
from .charging.sessions.session import Session, Source
from .const import DOMAIN
from .worker.overrides import Cancellable

ATTR_ENERGY: Final = "energy"
ATTR_UNTIL: Final = "until"
ATTR_CONFIRM: Final = "confirm"
ATTR_DATE: Final = "date"
ATTR_WEEKDAY: Final = "weekday"
ATTR_START: Final = "start"
ATTR_END: Final = "end"
ATTR_LEVEL: Final = "level"
ATTR_OVERRIDE: Final = "override"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# In kWh: more than the battery of any car.
MOST_ENERGY: Final = 250

CHARGE_NOW_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Exclusive(ATTR_TARGET, "how_much"): vol.Coerce(int),
        vol.Exclusive(ATTR_ENERGY, "how_much"): vol.All(
            vol.Coerce(float), vol.Range(min=0, min_included=False, max=MOST_ENERGY)
        ),
        vol.Optional(ATTR_UNTIL): cv.datetime,
    }
)
SKIP_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Optional(ATTR_UNTIL): cv.datetime,
        vol.Optional(ATTR_CONFIRM, default=False): cv.boolean,
    }
)
TARGET_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Required(ATTR_TARGET): vol.Coerce(int),
        vol.Exclusive(ATTR_DATE, "day"): cv.date,
        vol.Exclusive(ATTR_WEEKDAY, "day"): vol.In(WEEKDAYS),
    }
)
VACATION_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Optional(ATTR_START): cv.datetime,
        vol.Required(ATTR_END): cv.datetime,
        vol.Optional(ATTR_LEVEL, default=50): vol.Coerce(int),
    }
)
CANCEL_SCHEMA: Final = CAR_SCHEMA.extend(
    {
        vol.Optional(ATTR_OVERRIDE): vol.Coerce(Cancellable),
        vol.Optional(ATTR_DATE): cv.date,
    }
)


def _local(at: datetime | None) -> str | None:
    """Return an instant in Home Assistant's time zone."""
    return None if at is None else dt_util.as_local(at).isoformat()


def override_as_dict(override: Override) -> dict[str, Any]:
    """Return an override for a response."""
    return {
        "override": override.kind.value,
        "since": _local(override.since),
        "until": _local(override.until),
        "target": override.target,
    }


def session_as_dict(session: Session) -> dict[str, Any]:
    """Return the session that an override made, for a response."""
    plan = session.plan
    now = session.source is Source.CHARGE_NOW
    return {
        "override": (Cancellable.CHARGE_NOW if now else Cancellable.TARGET).value,
        "since": _local(session.start),
        "until": _local(session.ready_by),
        "target": session.target,
        "session_id": session.id,
        "state": session.shown_state,
        "waits_for": session.delivery.waits_for,
        "expected_level": round(session.expected_level, 1),
        "expected_end": _local(plan.expected_end),
        "energy": round(plan.energy, 2),
        "cost": None if plan.cost is None else round(plan.cost, 2),
        "currency": plan.currency,
    }


async def _charge_now(call: ServiceCall) -> ServiceResponse:
    """Charge a car from now on."""
    account, vin = await async_car(call, acts=True)
    session = await account.overrides.async_charge_now(
        vin,
        call.data.get(ATTR_TARGET),
        call.data.get(ATTR_ENERGY),
        call.data.get(ATTR_UNTIL),
    )
    return session_as_dict(session)


async def _skip_charging(call: ServiceCall) -> ServiceResponse:
    """Plan no charging until the next departure, or a time."""
    account, vin = await async_car(call, acts=True)
    until, confirm = call.data.get(ATTR_UNTIL), call.data[ATTR_CONFIRM]
    return override_as_dict(
        await account.overrides.async_skip(vin, until, confirm=confirm)
    )


async def _set_target(call: ServiceCall) -> ServiceResponse:
    """Set the target for the departure of a day."""
    account, vin = await async_car(call, acts=True)
    day, weekday = call.data.get(ATTR_DATE), call.data.get(ATTR_WEEKDAY)
    if weekday is not None:
        day = account.overrides.day_of(vin, WEEKDAYS.index(weekday))
    if day is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="day_missing"
        )
    made = await account.overrides.async_set_target(vin, day, call.data[ATTR_TARGET])
    if isinstance(made, Session):
        return session_as_dict(made)
    return override_as_dict(made)


async def _start_vacation(call: ServiceCall) -> ServiceResponse:
    """Hold a car at a level between two times."""
    account, vin = await async_car(call, acts=True)
    override = await account.overrides.async_vacation(
        vin, call.data.get(ATTR_START), call.data[ATTR_END], call.data[ATTR_LEVEL]
    )
    return override_as_dict(override)


async def _cancel_override(call: ServiceCall) -> ServiceResponse:
    """Cancel one kind of override, or all."""
    account, vin = await async_car(call, acts=True)
    kind, day = call.data.get(ATTR_OVERRIDE), call.data.get(ATTR_DATE)
    undone = await account.overrides.async_cancel(vin, kind, day)
    return {
        "cancelled": [kind.value for kind in undone.kinds],
        "restored": [session_as_dict(session) for session in undone.restored],
        "lost": [session_as_dict(session) for session in undone.lost],
    }


async def _list_overrides(call: ServiceCall) -> ServiceResponse:
    """List the overrides of a car that have not ended."""
    account, vin = await async_car(call, acts=False)
    sources = Source.CHARGE_NOW, Source.TARGET_OF_DAY
    sessions = account.overrides.sessions(vin, *sources)
    return {
        "overrides": [
            *map(session_as_dict, sessions),
            *map(override_as_dict, account.overrides.of_plan(vin)),
        ]
    }


@callback
def async_setup_override_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    only, optional = SupportsResponse.ONLY, SupportsResponse.OPTIONAL
    for name, action, schema, response in (
        ("charge_now", _charge_now, CHARGE_NOW_SCHEMA, optional),
        ("skip_charging", _skip_charging, SKIP_SCHEMA, optional),
        ("set_target", _set_target, TARGET_SCHEMA, optional),
        ("start_vacation", _start_vacation, VACATION_SCHEMA, optional),
        ("cancel_override", _cancel_override, CANCEL_SCHEMA, optional),
        ("list_overrides", _list_overrides, CAR_SCHEMA, only),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, response)
