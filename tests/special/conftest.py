"""An evening in Warsaw, and a car that is home, plugged in and low."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator.car import CarSettings

from .nights import EVENING, LOW_CAR


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening, whatever other tests call it."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return the car of the walk."""
    return LOW_CAR
