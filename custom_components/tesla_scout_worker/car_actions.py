"""What all actions of cars share: the field that names the car, and who may call them."""

from typing import Final

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv, service

from .const import DOMAIN
from .data import ScoutData
from .scout.devices import async_check_user, vin_of

ATTR_DEVICE_ID: Final = "device_id"
ATTR_TARGET: Final = "target"

CAR_SCHEMA: Final = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})


async def async_car(call: ServiceCall, *, acts: bool) -> tuple[ScoutData, str]:
    """Return the account and the VIN of the car that an action names.

    Raises:
        ServiceValidationError: There is no such car.
        Unauthorized: The user may not control the car; or not see it, if the action
            neither acts nor costs.
    """
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    await async_check_user(call.hass, call.context, device, acts=acts)
    account: ScoutData = entry.runtime_data
    return account, vin_of(device, account.coordinator.data)
