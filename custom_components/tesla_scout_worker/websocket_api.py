"""Websocket commands of the cards. Actions change things; these only show them."""

from datetime import datetime
from functools import partial
from typing import Any, Final

import voluptuous as vol

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .data import ScoutConfigEntry
from .frontend.as_json import Json, as_json
from .frontend.car_view import plan_view
from .frontend.collect import car_facts, entity_ids, preview_goal
from .frontend.feed import CarSource, Feed, car_of, view_of_account
from .frontend.history import async_recorded
from .frontend.strip import BEHIND
from .scout.devices import async_check_user

ATTR_DEVICE_ID: Final = "device_id"
ATTR_READY_BY: Final = "ready_by"
ATTR_TARGET: Final = "target"


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, subscribe_car)
    websocket_api.async_register_command(hass, subscribe_account)
    websocket_api.async_register_command(hass, preview_plan)


def _device_and_entry(
    hass: HomeAssistant, device_id: str
) -> tuple[dr.DeviceEntry, ScoutConfigEntry]:
    """Return a device, and its account, loaded or not.

    Raises:
        ServiceValidationError: there is no such device, or it is none of ours.
    """
    device = dr.async_get(hass).async_get(device_id)
    if isinstance(device, dr.DeviceEntry):
        for entry in hass.config_entries.async_entries(DOMAIN):
            if entry.entry_id in device.config_entries:
                return device, entry
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_car")


async def _async_car_source(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> tuple[CarSource, ScoutConfigEntry]:
    """Return what makes the view of a car that the user may see.

    The same users may see it who may ask by the actions.

    Raises:
        ServiceValidationError: the device is no car of ours.
        Unauthorized: the user may not read all entities of the car.
    """
    device, entry = _device_and_entry(hass, msg[ATTR_DEVICE_ID])
    if not car_of(device):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_car"
        )
    await async_check_user(hass, connection.context(msg), device, acts=False)
    return CarSource(hass, entry, device), entry


def _start[ViewT](
    connection: websocket_api.ActiveConnection, number: int, feed: Feed[ViewT]
) -> None:
    """Answer a subscription, and send views until the browser has enough."""
    connection.subscriptions[number] = feed.async_stop
    connection.send_result(number)

    @callback
    def send(view: Json) -> None:
        """Send a view."""
        connection.send_message(websocket_api.event_message(number, view))

    feed.async_start(send)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe_car",
        vol.Required(ATTR_DEVICE_ID): str,
    }
)
@websocket_api.async_response
async def subscribe_car(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Send all that a card shows of a car, and again after each change."""
    source, entry = await _async_car_source(hass, connection, msg)
    ids, since = entity_ids(hass, source.vin), dt_util.utcnow() - BEHIND
    source.trail = await async_recorded(
        hass, ids.get("battery_level"), ids.get("charging_state"), since
    )
    _start(connection, msg["id"], Feed(hass, entry, source.view))


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe_account",
        vol.Required(ATTR_DEVICE_ID): str,
    }
)
@websocket_api.async_response
async def subscribe_account(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Send what an account costs this month, and again after each change.

    The device may be the account's own, or one of its cars.
    """
    _, entry = _device_and_entry(hass, msg[ATTR_DEVICE_ID])
    if not connection.user.permissions.access_all_entities(POLICY_READ):
        # The bill is that of all cars.
        raise Unauthorized
    feed = Feed(hass, entry, partial(view_of_account, hass, entry))
    _start(connection, msg["id"], feed)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/preview_plan",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Required(ATTR_TARGET): vol.Coerce(int),
        vol.Required(ATTR_READY_BY): cv.datetime,
    }
)
@websocket_api.async_response
async def preview_plan(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Return the plan for a request of special charging, and change nothing."""
    source, entry = await _async_car_source(hass, connection, msg)
    if entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="loaded_anew"
        )
    account, target = entry.runtime_data, msg[ATTR_TARGET]
    ready_by: datetime = msg[ATTR_READY_BY]
    plan = await account.sessions.async_plan(source.vin, target, ready_by)
    facts = car_facts(account, source.vin, dt_util.utcnow(), source.trail)
    ready_by = dt_util.as_utc(ready_by)
    goal = preview_goal(plan, target, ready_by)
    connection.send_result(msg["id"], as_json(plan_view(facts, goal, facts.level_now)))
