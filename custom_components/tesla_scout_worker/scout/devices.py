"""The devices of an account: its cars, and the account itself."""

from collections.abc import Container, Set as AbstractSet
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN


def vin_of(device: dr.DeviceEntry, cars: Container[str]) -> str:
    """Return the VIN of a car's device.

    Raises:
        ServiceValidationError: the device is the account, not one of its cars.
    """
    for _, key in device.identifiers:
        if key in cars:
            return key
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_car")


@callback
def async_remove_others(
    hass: HomeAssistant, entry: ConfigEntry[Any], present: AbstractSet[str]
) -> None:
    """Remove the devices of cars that are no longer in the account."""
    registry = dr.async_get(hass)
    kept = {*present, entry.unique_id}
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if not any(key in kept for _, key in device.identifiers):
            registry.async_remove_device(device.id)
