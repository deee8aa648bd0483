"""Diagnostics of an account, without tokens, VINs or positions."""

from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_CALENDARS,
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_OTHER_HINTS,
    CONF_PLUG_HINTS,
    CONF_PRESENCE_HINTS,
    CONF_PROXY_URL,
    CONF_TOKEN_URL,
)
from .data import ScoutConfigEntry
from .scouting.car_state import CarState
from .tokens.exchange import CONF_REFRESH_TOKEN

TO_REDACT: Final = {
    CONF_ACCESS_TOKEN,
    # Home Assistant's name for an application holds its client ID.
    CONF_AUTH_IMPLEMENTATION,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_PROXY_URL,
    CONF_REFRESH_TOKEN,
    CONF_TOKEN_URL,
    # Entities of the user.
    CONF_CALENDARS,
    CONF_OTHER_HINTS,
    CONF_PLUG_HINTS,
    CONF_PRESENCE_HINTS,
    # Fields of Tesla's payloads.
    "active_route_destination",
    "active_route_latitude",
    "active_route_longitude",
    "heading",
    "lat",
    "latitude",
    "lon",
    "longitude",
    "name",
    "native_latitude",
    "native_longitude",
    # The calendar event that a request comes from.
    "source_key",
    "vin",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account."""
    account = entry.runtime_data
    statistics = account.tokens.statistics
    stored = account.store.data.as_dict()
    return {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "options": async_redact_data(dict(entry.options), TO_REDACT),
        "tokens": {
            "state": account.tokens.state,
            "expires_at": account.tokens.expires_at.isoformat(),
            "refreshes": {
                f"{tier}/{outcome}": count
                for (tier, outcome), count in statistics.refreshes.items()
            },
            "rate_limited": statistics.rate_limited,
            "hit_ratio": statistics.hit_ratio,
        },
        "ledger": stored["ledger"],
        "economy": account.coordinator.admission.as_dict(dt_util.utcnow()),
        "next_look": account.coordinator.next_poll,
        "cars": [
            {
                **_car(car),
                **async_redact_data(stored["cars"][vin], TO_REDACT),
                "charging": async_redact_data(stored["charging"].get(vin), TO_REDACT),
                "timers": account.worker.armed(vin),
            }
            for vin, car in account.coordinator.data.items()
        ],
    }


def _car(car: CarState) -> dict[str, Any]:
    """Return the data of a car; the VIN's first characters identify its model."""
    return {
        "model": car.summary.vin[:4],
        "connectivity": car.summary.connectivity,
        "reason": car.reason,
        "falls_asleep_after": car.motion.idle_time.total_seconds(),
    }
