"""Special charging of a car that is neither a Tesla nor known."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant

from ...common import act, state_of
from .any_car import CHARGER, PLUG, WARSAW, AnyCar, async_set_up, device_of, vin_of

EVENING = datetime(2026, 11, 24, 22, tzinfo=WARSAW)
MORNING = datetime(2026, 11, 25, 7, tzinfo=WARSAW)


@pytest.fixture
async def car(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AnyCar:
    """Return a car at 40 %, plugged in in the evening, whose charger is off."""
    freezer.move_to(EVENING)
    found = AnyCar(hass, freezer)
    await found.async_create(40, on=False)
    return found


@pytest.mark.slow
async def test_a_car_is_charged_on_time(hass: HomeAssistant, car: AnyCar) -> None:
    """To its target, in its windows, and let go afterwards."""
    entry = await async_set_up(hass)
    answer = await act(
        hass,
        "add_special_charging",
        device_id=device_of(hass, entry),
        ready_by=MORNING.isoformat(),
        target=70,
    )
    assert answer["timed"] is True

    await car.async_until(MORNING)

    assert 70 <= car.level_at(MORNING - timedelta(hours=1)) <= 71
    assert car.charged[0] > EVENING + timedelta(hours=4)
    # After it the car charges as without us, up to its limit.
    assert 79 <= car.level <= 81
    # Nothing tells its energy: that is estimated by the level, of a battery of 75 kWh.
    listed = await act(hass, "list_charges", device_id=device_of(hass, entry))
    assert all(charge["estimated"] for charge in listed["charges"])
    assert sum(each["energy"] for each in listed["charges"]) == pytest.approx(30, abs=1)
    vin = vin_of(entry)
    assert state_of(hass, "sensor", "special_charging", vin) == "idle"
    # Nothing is held any more, and the next car that is plugged in charges.
    await car.async_turn(PLUG, on=False)
    await car.async_step()
    assert hass.states.is_state(CHARGER, "on")
    assert not entry.runtime_data.store.data.held[vin].schedules
