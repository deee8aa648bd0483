"""Cars that two entries can reach: one of them has the car, the other leaves it alone."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from ..const import DOMAIN
from ..gateways.models import VehicleSummary

CAR_IN_TWO_ENTRIES_ISSUE: Final = "car_in_two_entries"


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

    def _cars_of_others(self) -> dict[str, str]:
        """Return the cars of other entries, with the title of each one's entry.

        A car that both have as a device stays with the entry that was made first.
        """
        ours = cars_of(self._hass, self._entry)
        found: dict[str, str] = {}
        for other in self._hass.config_entries.async_entries(DOMAIN):
            if other is self._entry or other.disabled_by is not None:
                continue
            age = (other.created_at, other.entry_id)
            later = age > (self._entry.created_at, self._entry.entry_id)
            for vin in cars_of(self._hass, other):
                if not (later and vin in ours):
                    found[vin] = other.title
        return found

    def _show(self, vin: str, summary: VehicleSummary, other: str) -> None:
        """Show that a car is left to another entry."""
        if vin in self._shown:
            return
        issue_id = (
            f"{CAR_IN_TWO_ENTRIES_ISSUE}_{self._entry.entry_id}_{len(self._shown)}"
        )
        self._shown[vin] = issue_id
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=CAR_IN_TWO_ENTRIES_ISSUE,
            translation_placeholders={
                "car": summary.name or summary.model,
                "account": self._entry.title,
                "other": other,
            },
        )
