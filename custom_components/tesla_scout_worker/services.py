"""Actions: the tokens of an account, and a look at a car; the rest is beside it."""

from typing import Final

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .devices import vin_of
from .fleet.token_records import RefreshReport
from .fleet.tokens import TokenManager
from .off_peak_services import async_setup_off_peak_services
from .runtime import ScoutConfigEntry
from .session_services import ATTR_DEVICE_ID, CAR_SCHEMA, async_setup_session_services

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"

ACCOUNT_SCHEMA: Final = vol.Schema({vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string})


def _tokens(call: ServiceCall) -> TokenManager:
    """Return the token manager of the account that an action names."""
    entry: ScoutConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID]
    )
    return entry.runtime_data.tokens


def _response(report: RefreshReport) -> ServiceResponse:
    """Return what came of a refresh as an action answers it."""
    return {
        "tier": report.tier.value,
        "outcome": report.outcome.value,
        "remaining_seconds": round(report.remaining.total_seconds()),
        "duration_ms": round(report.duration.total_seconds() * 1000),
    }


async def _refresh_tokens(call: ServiceCall) -> ServiceResponse:
    """Ask for a new token, at most once a minute."""
    return _response(await _tokens(call).async_refresh())


async def _emergency_refresh_tokens(call: ServiceCall) -> ServiceResponse:
    """Ask for a new token, whatever the limiter says."""
    return _response(await _tokens(call).async_emergency_refresh())


async def _proactive_token_check(call: ServiceCall) -> ServiceResponse:
    """Ask for a new token if less than 30 minutes are left."""
    return _response(await _tokens(call).async_check())


async def _get_token(call: ServiceCall) -> ServiceResponse:
    """Give the access token to an administrator, and never the refresh token."""
    tokens = _tokens(call)
    access_token = await tokens.async_access_token()
    remaining = tokens.expires_at - dt_util.utcnow()
    return {
        "access_token": access_token,
        "remaining_minutes": int(remaining.total_seconds() // 60),
    }


async def _scout_now(call: ServiceCall) -> ServiceResponse:
    """Look at a car now; one that sleeps is not woken for it."""
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    coordinator = entry.runtime_data.coordinator
    car = await coordinator.async_scout_now(vin_of(device, coordinator.data))
    observation, snapshot = car.observation, car.snapshot
    return {
        "reason": car.reason,
        "state": observation.connectivity,
        "at_home": observation.at_home,
        "plugged_in": observation.plugged_in,
        "ready_to_charge": observation.ready,
        "battery_level": None if snapshot is None else snapshot.charge.battery_level,
        "charge_limit": None if snapshot is None else snapshot.charge.charge_limit,
        "last_seen": None if snapshot is None else snapshot.seen_at.isoformat(),
    }


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action in (
        ("refresh_tokens", _refresh_tokens),
        ("emergency_refresh_tokens", _emergency_refresh_tokens),
        ("proactive_token_check", _proactive_token_check),
    ):
        hass.services.async_register(
            DOMAIN, name, action, ACCOUNT_SCHEMA, SupportsResponse.OPTIONAL
        )
    service.async_register_admin_service(
        hass, DOMAIN, "get_token", _get_token, ACCOUNT_SCHEMA, SupportsResponse.ONLY
    )
    hass.services.async_register(
        DOMAIN, "scout_now", _scout_now, CAR_SCHEMA, SupportsResponse.OPTIONAL
    )
    async_setup_session_services(hass)
    async_setup_off_peak_services(hass)
