"""The strip after a page was opened: what Home Assistant recorded before."""

from collections.abc import Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..worker.off_peak.off_peak_helpers import QUARTER, clock, until
from .card_helpers import open_card
from .test_car_card import evening, plug_in


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: Callable[..., Any]) -> None:
    """Prepare the recorder before Home Assistant."""


@pytest.mark.slow
async def test_what_was_recorded_is_shown(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A card that is opened in the morning knows the night."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    await async_wait_recording_done(hass)
    card = await open_card(hass, hass_ws_client)
    [run] = card.view["ran"]
    assert run["level_to"] == 80
    assert [point["level"] for point in card.view["past"]][-1] == 80
