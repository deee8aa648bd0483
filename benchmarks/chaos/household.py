"""What real and virtual nights share: prices, off-peak charging by them, stored ids."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.event import SpecialChargingEvent
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from simulator.cloud import Cloud

from ..cars import ZONE

PRICES: Final = "sensor.energy_prices"

CHEAP_HOURS: Final = frozenset({1, 2, 3, 4, 5})


def with_session_events() -> AbstractContextManager[object]:
    """Have the events of sessions enabled, as people do who automate by them."""
    enabled = property(lambda _entity: True)
    return patch.object(
        SpecialChargingEvent, "entity_registry_enabled_default", enabled
    )


def price_attributes(now: datetime) -> dict[str, Any]:
    """Return the attributes of a price sensor: from this hour on, for 40 hours."""
    begin = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [(begin + timedelta(hours=index)).astimezone(ZONE) for index in range(40)]
    return {
        "unit_of_measurement": "PLN/kWh",
        "prices": [
            {"start": at.isoformat(), "price": 0.2 if at.hour in CHEAP_HOURS else 1.0}
            for at in hours
        ],
    }


def brought_tokens(cloud: Cloud) -> dict[str, Any]:
    """Return what a user enters who brings tokens to a cloud."""
    return {
        "client_id": cloud.settings.client_id,
        "client_secret": cloud.settings.client_secret,
        "refresh_token": cloud.issue_tokens().refresh_token,
        "region": "custom",
        "fleet_api_url": cloud.fleet_url("eu"),
        "token_url": cloud.token_url,
    }


async def charge_by_prices(
    hass: HomeAssistant, entry: ConfigEntry[Any], vins: Iterable[str]
) -> None:
    """Have the cars of an account charged by prices, and turn shadow mode off."""
    off_peak = {"price_source": "entities", "price_entities": [PRICES]}
    options = {**entry.options, "off_peak": off_peak}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    entities = er.async_get(hass)
    for vin in vins:
        switch = entities.async_get_entity_id("switch", DOMAIN, f"{vin}_shadow_mode")
        await hass.services.async_call(
            "switch", "turn_off", {"entity_id": switch}, blocking=True
        )
    await hass.async_block_till_done(wait_background_tasks=True)


def stored_ids(folder: Path) -> frozenset[int]:
    """Return every whole number in the integration's files of a Home Assistant."""
    found: set[int] = set()
    for file in (folder / ".storage").glob(f"{DOMAIN}.*"):
        if not file.name.endswith("tmp"):
            found |= set(_numbers(json.loads(file.read_text())["data"]["charging"]))
    return frozenset(found)


def _numbers(value: object) -> Iterator[int]:
    """Yield the whole numbers of a tree."""
    match value:
        case bool():
            return
        case int():
            yield value
        case Mapping():
            for part in value.values():
                yield from _numbers(part)
        case list():
            for part in value:
                yield from _numbers(part)
