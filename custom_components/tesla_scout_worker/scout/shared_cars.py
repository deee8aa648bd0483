"""Cars that two entries can reach: one of them has the car, the other leaves it alone."""

from collections.abc import Iterable
from itertools import count
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from ..const import CONF_WAY, DOMAIN
from ..gateways.models import VehicleSummary
from ..gateways.way import Way

CAR_IN_TWO_ENTRIES_ISSUE: Final = "car_in_two_entries"
# One of the two is made of entities, so both can become one entry.
CAR_BY_TWO_WAYS_ISSUE: Final = "car_by_two_ways"

# The data of the repair.
CONF_SECOND: Final = "second_id"


def cars_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the VINs of the cars of an entry, as its devices show them."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {
        key
        for device in devices
        for domain, key in device.identifiers
        if domain == DOMAIN and key != entry.unique_id
    }


class SharedCars:
    """Leaves the cars of other entries to them, and tells a person of it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Bind the entry."""
        self._hass = hass
        self._entry = entry
        self._shown: dict[str, str] = {}

    @callback
    def own(self, summaries: Iterable[VehicleSummary]) -> tuple[VehicleSummary, ...]:
        """Return the cars that no other entry has; the rest is shown as a repair."""
        others = self._cars_of_others()
        own, left = [], {}
        for summary in summaries:
            if summary.vin in others:
                left[summary.vin] = summary
            else:
                own.append(summary)
        for vin in self._shown.keys() - left.keys():
            ir.async_delete_issue(self._hass, DOMAIN, self._shown.pop(vin))
        for vin, summary in left.items():
            self._show(vin, summary, others[vin])
        return tuple(own)

    def _cars_of_others(self) -> dict[str, ConfigEntry[Any]]:
        """Return the cars of other entries, with each one's entry.

        A car that both have as a device stays with the entry that was made first.
        """
        ours = cars_of(self._hass, self._entry)
        found: dict[str, ConfigEntry[Any]] = {}
        for other in self._hass.config_entries.async_entries(DOMAIN):
            if other is self._entry or other.disabled_by is not None:
                continue
            age = (other.created_at, other.entry_id)
            later = age > (self._entry.created_at, self._entry.entry_id)
            for vin in cars_of(self._hass, other):
                if not (later and vin in ours):
                    found[vin] = other
        return found

    def _show(self, vin: str, summary: VehicleSummary, other: ConfigEntry[Any]) -> None:
        """Show that a car is left to another entry, and offer to make one of both."""
        if vin in self._shown:
            return
        # Numbered, since an id must not tell the VIN.
        ids = (
            f"{CAR_IN_TWO_ENTRIES_ISSUE}_{self._entry.entry_id}_{number}"
            for number in count()
        )
        issue_id = next(each for each in ids if each not in self._shown.values())
        self._shown[vin] = issue_id
        pair = _account_and_entities(self._entry, other)
        key = CAR_IN_TWO_ENTRIES_ISSUE if pair is None else CAR_BY_TWO_WAYS_ISSUE
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=pair is not None,
            data=pair,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={
                "car": summary.name or summary.model,
                "account": self._entry.title,
                "other": other.title,
            },
        )


def _account_and_entities(
    entry: ConfigEntry[Any], other: ConfigEntry[Any]
) -> dict[str, str | int | float | None] | None:
    """Return the ids of an account and of an entry of entities; None: no such pair."""
    first, second = sorted(
        (entry, other), key=lambda item: item.data.get(CONF_WAY) == Way.ENTITIES
    )
    if first.data.get(CONF_WAY) == Way.ENTITIES:
        return None
    if second.data.get(CONF_WAY) != Way.ENTITIES:
        return None
    return {"entry_id": first.entry_id, CONF_SECOND: second.entry_id}
