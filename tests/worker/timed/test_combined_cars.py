"""Two cars of an account, of which one has entities beside it."""

from datetime import timedelta

import pytest

from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ...common import OTHER_VIN, VIN, act, state_of, the_car
from ...provider_entries import TESLEMETRY, Theirs, theirs
from ...scout_helpers import devices
from ..special_charging.session_helpers import charges
from .test_combined_nights import put_beside
from .test_providers import MINUTE, MORNING, SLOWLY, WAITING, at

__all__ = ["theirs"]


@pytest.fixture
def car_settings() -> CarSettings:
    """Return the car that has entities, which waits for a cable."""
    return WAITING


@pytest.fixture
def cloud(two_cars: Cloud) -> Cloud:
    """Return the cloud with both cars."""
    return two_cars


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [TESLEMETRY], indirect=True)
async def test_each_car_is_commanded_by_its_own_ways(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """The target of each is kept, and nothing raised is left raised."""
    entry = await put_beside(hass, cloud, reads=True, commands=True)
    [way] = entry.data["second_ways"]
    with_entities, without = way["car"]["vin"], OTHER_VIN
    if with_entities == OTHER_VIN:
        without = VIN
    for vin, target in ((VIN, 70), (OTHER_VIN, 85)):
        await act(
            hass,
            "add_special_charging",
            device_id=devices(hass)[vin],
            ready_by=MORNING.isoformat(),
            target=target,
        )
        the_car(cloud, vin).plug_in()
    await theirs.async_pass(timedelta(minutes=2), MINUTE)
    await theirs.async_until(at(6, 25), SLOWLY)
    for vin, target in ((VIN, 70), (OTHER_VIN, 85)):
        assert round(the_car(cloud, vin).battery_level) >= target
        assert the_car(cloud, vin).charge_limit == target
    limits = {
        (each.server, each.vin)
        for each in cloud.requests
        if each.path.endswith("/command/set_charge_limit")
    }
    assert limits == {(TESLEMETRY, with_entities), ("eu", without)}
    await theirs.async_until(at(8), SLOWLY)
    for vin, limit in ((VIN, 50), (OTHER_VIN, 80)):
        assert the_car(cloud, vin).charge_limit == limit
        assert not the_car(cloud, vin).charge_schedules
        assert state_of(hass, "sensor", "special_charging", vin) == "idle"
    assert charges(cloud)[-1].start > at(4)
