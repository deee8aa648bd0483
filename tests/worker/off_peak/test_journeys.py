"""An ordinary week by a fixed tariff: written once, then silence."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ...common import the_car
from ..special_charging.session_helpers import happened, local
from .off_peak_helpers import (
    HOME_CAR,
    clock,
    commands,
    cycle,
    held,
    in_earnest,
    status,
    until,
)

NIGHTS = [("1111111", "22:00", "06:00", False)]


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that stands at home."""
    return HOME_CAR


@pytest.mark.slow
async def test_a_night_tariff_is_written_once_and_charges_each_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Plugged in at 18:00 the car waits until 22:00, by schedules that it holds."""
    await in_earnest(hass, cloud)
    assert held(cloud) == NIGHTS
    assert commands(cloud) == 1
    assert status(hass) == "in_car"
    await until(hass, noon, clock("2026-11-24 18:00"))
    the_car(cloud).plug_in()
    await until(hass, noon, clock("2026-11-26 07:00"), timedelta(minutes=15))
    (began, *_) = happened(cloud, "charging_started")
    assert local(began.at) == "22:00"
    assert round(the_car(cloud).battery_level) == 80
    assert held(cloud) == NIGHTS
    assert commands(cloud) == 1
    answer = await cycle(hass)
    assert answer["status"] == "in_car"
    assert answer["sent"] is False
    assert commands(cloud) == 1
