"""The account's card: what this month costs."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..common import set_up
from ..scout_helpers import scout_now
from ..worker.off_peak.off_peak_helpers import (
    AWAKE,
    QUARTER,
    arrive,
    by_prices,
    clock,
    publish,
    two_days,
    until,
)
from .card_helpers import open_card


async def test_month_of_an_account(
    hass: HomeAssistant, cloud: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """The card has the bill, the budget and the calls, and follows them."""
    await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client, command="subscribe_account")
    view = card.view
    assert view["month"] == "2026-11"
    assert view["limit"] == 10
    assert view["stage"] == "normal"
    before = view["reads"]
    assert view["cost"] == pytest.approx(before * 0.002 + view["wakes"] * 0.02)
    await scout_now(hass)
    await card.update()
    assert card.view["reads"] == before + 1
    assert [car["name"] for car in card.view["cars"]] == ["Scout"]


@pytest.mark.parametrize("car_settings", [AWAKE])
@pytest.mark.slow
async def test_what_charging_cost_and_saved(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """40 to 80 % of 75 kWh at 0.20 PLN, instead of 1.00 PLN on arrival."""
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    card = await open_card(hass, hass_ws_client, command="subscribe_account")
    assert [car["energy"] for car in card.view["cars"]] == [0]
    await until(hass, noon, clock("2026-11-24 17:30"), QUARTER)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    await card.update()
    assert card.view["cars"] == [
        {
            "name": "Scout",
            "currency": "PLN",
            "energy": pytest.approx(30, abs=0.1),
            "cost": pytest.approx(6, abs=0.1),
            "on_arrival": pytest.approx(30, abs=0.2),
        }
    ]


async def test_account_that_is_not_loaded(
    hass: HomeAssistant, cloud: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """Without the account the card keeps its name, and says nothing else."""
    entry = await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client, command="subscribe_account")
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.view["name"] == entry.title
    assert card.view["stage"] is None
