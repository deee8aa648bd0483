"""An evening in Warsaw, a car that is home, plugged in and low, and a session."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.scouting import policy
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ...common import NIGHTLY
from .restart_helpers import RestartedNight
from .session_helpers import EVENING, LOW_CAR


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening, whatever other tests call it."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return the car of the walk."""
    return LOW_CAR


@pytest.fixture
def sparse_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll each 10 minutes in the many nights that differ in one moment only.

    The nightly workflow polls each minute in them too, as all other tests do.
    """
    if not NIGHTLY:
        monkeypatch.setattr(policy, "FREE_INTERVAL", timedelta(minutes=10))


@pytest.fixture
async def night(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    sparse_polls: None,
) -> RestartedNight:
    """Request 80 % by 07:00: sent 00:19, 02:19 to 06:00, undone 06:30."""
    night = RestartedNight(hass, cloud, noon, hass_storage)
    await night.begin()
    return night
