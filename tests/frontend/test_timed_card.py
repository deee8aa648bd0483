"""The card and the assistant of a car whose charge Home Assistant times."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.cloud import Cloud

from ..common import act, set_up
from ..worker.timed.any_car import AnyCar, async_set_up, device_of, vin_of
from .card_helpers import open_card


async def test_what_is_weaker_is_said_where_something_is_asked_for(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """By the card, by the answer of the action, and by the assistant."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "intent", {})
    await AnyCar(hass, noon).async_create(50)
    entry = await async_set_up(hass)
    ready_by = dt_util.now() + timedelta(hours=18)
    answer = await act(
        hass,
        "add_special_charging",
        device_id=device_of(hass, entry),
        target=80,
        ready_by=f"{ready_by:%Y-%m-%d %H:%M:%S}",
    )
    assert answer["timed"] is True
    card = await open_card(hass, hass_ws_client, vin=vin_of(entry))
    assert card.view["timed"] is True
    assert card.windows
    spoken = await intent.async_handle(hass, DOMAIN, "TeslaScoutPromise")
    assert spoken.speech["plain"]["speech"].endswith(
        "Home Assistant must be up for it, since it starts and stops the charge."
    )


async def test_a_car_that_holds_its_schedules_says_nothing_of_it(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It starts whatever Home Assistant does."""
    await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.view["timed"] is False
