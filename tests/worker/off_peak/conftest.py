"""The car of the tests of ordinary charging, unless a test says otherwise."""

import pytest

from simulator.car import CarSettings

from .off_peak_helpers import AWAKE


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE
