"""The devices of an account: its cars, and the account itself."""

from collections.abc import Container, Set as AbstractSet
from typing import Any, Final

from homeassistant.auth.permissions.const import (
    CAT_ENTITIES,
    POLICY_CONTROL,
    POLICY_READ,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN

# The platforms by which a person acts on a car.
CONTROLS: Final = frozenset(
    {
        *(Platform.BUTTON, Platform.CALENDAR, Platform.NUMBER),
        *(Platform.SWITCH, Platform.TIME),
    }
)


def vin_of(device: dr.DeviceEntry, cars: Container[str]) -> str:
    """Return the VIN of a car's device.

    Raises:
        ServiceValidationError: the device is the account, not one of its cars.
    """
    for _, key in device.identifiers:
        if key in cars:
            return key
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_car")


async def async_check_user(
    hass: HomeAssistant, context: Context, device: dr.DeviceEntry, *, acts: bool
) -> None:
    """Check that the user who calls an action may control a car, or see it.

    A user may control a car by actions who may control all its switches, numbers,
    buttons, times and calendars. Without a user it is an automation of the owner's.

    Args:
        hass: Home Assistant.
        context: The context of the action.
        device: The device of the car.
        acts: Whether the action acts or costs; else it only reads.

    Raises:
        UnknownUser: The user was removed.
        Unauthorized: The user may not.
    """
    if context.user_id is None:
        return
    policy = POLICY_CONTROL if acts else POLICY_READ
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    asked = [
        entry.entity_id
        for entry in er.async_entries_for_device(
            er.async_get(hass), device.id, include_disabled_entities=True
        )
        if entry.platform == DOMAIN and (not acts or entry.domain in CONTROLS)
    ]
    may = user.permissions.check_entity
    if user.is_admin or (asked and all(may(entity, policy) for entity in asked)):
        return
    raise Unauthorized(
        context=context,
        permission=policy,
        user_id=context.user_id,
        perm_category=CAT_ENTITIES,
    )


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
