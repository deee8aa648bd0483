"""Diagnostics of an account, without tokens, VINs or positions."""

from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .charging.tariffs.price_parser import PriceSeries
from .charging.tariffs.price_words import is_list_name
from .const import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_CALENDARS,
    CONF_CHARGE_METER,
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
from .tokens.manager import TokenManager

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
    CONF_CHARGE_METER,
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
    "title",
    "vin",
}


def _tokens(tokens: TokenManager | None) -> dict[str, Any] | None:
    """Return what is known of the tokens; None: the way has no refresh token."""
    if tokens is None:
        return None
    statistics = tokens.statistics
    return {
        "state": tokens.state,
        "expires_at": tokens.expires_at.isoformat(),
        "refreshes": {
            f"{tier}/{outcome}": count
            for (tier, outcome), count in statistics.refreshes.items()
        },
        "rate_limited": statistics.rate_limited,
        "hit_ratio": statistics.hit_ratio,
    }


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account."""
    account = entry.runtime_data
    stored = account.store.data.as_dict()
    return {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "options": async_redact_data(dict(entry.options), TO_REDACT),
        "tokens": _tokens(account.tokens),
        "ledger": stored["ledger"],
        "economy": account.coordinator.admission.as_dict(dt_util.utcnow()),
        "next_poll": account.coordinator.next_poll,
        "prices": _prices(account.worker.energy.series(dt_util.utcnow())),
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


def _prices(series: PriceSeries) -> dict[str, Any]:
    """Return what was read of prices; the name of a home is none of a list."""
    known = [item for item in series.curve.intervals if item.cost is not None]
    return {
        "count": len(known),
        "from": known[0].start if known else None,
        "until": known[-1].end if known else None,
        "unit": series.unit.text,
        "contains_vat": series.contains_vat,
        "warnings": sorted(series.warnings),
        "lists": [_list_name(name) for name in series.names],
        "left_out": [
            {"name": _list_name(item.name), "count": item.count, "reason": item.reason}
            for item in series.left_out
        ],
    }


def _list_name(name: str) -> str:
    """Return the name of a list of prices, redacted if it may be that of a home."""
    parts = name.split(" / ")
    return name if all(map(is_list_name, parts)) else REDACTED
