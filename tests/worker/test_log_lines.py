"""At debug level the log tells each read, plan, command and refusal in a line."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import HOME, VIN, entity_id, set_up

pytestmark = pytest.mark.usefixtures("discreet_log")


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is to be charged in the night."""
    return CarSettings(
        vin=VIN, home=HOME, plugged_in=True, battery_level=50, charge_limit=80
    )


async def test_a_night_can_be_followed_in_the_log(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without tokens, VINs and places, as the fixture checks."""
    refused = cloud.faults.add(
        Fault(
            path="*/command/add_charge_schedule",
            status=200,
            body={"response": {"result": False, "reason": "busy"}},
        )
    )
    await set_up(hass, cloud)
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity_id(hass, "button", "scout_now")},
        blocking=True,
    )
    assert "50 %, limit 80 %" in caplog.text
    switch = {"entity_id": entity_id(hass, "switch", "shadow_mode")}
    await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "refused or lost" in caplog.text
    cloud.faults.remove(refused)
    for service in ("turn_on", "turn_off"):
        await hass.services.async_call("switch", service, switch, blocking=True)
        await hass.async_block_till_done(wait_background_tasks=True)
    lines = [record.getMessage() for record in caplog.records]
    assert any("Cycle of car" in line and "in_car" in line for line in lines)
    assert any("Command to car" in line and "done" in line for line in lines)
