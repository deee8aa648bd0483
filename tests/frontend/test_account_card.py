"""The account's card: what this month costs."""

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..common import set_up
from ..scout_helpers import scout_now
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
