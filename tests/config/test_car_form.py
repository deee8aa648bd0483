"""The page of a car: what is set there is of that car only, and takes effect at once."""

from datetime import time, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.charging.daily.record import (
    DailySettings,
    DayDeparture,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from ..common import (
    HOME,
    OTHER_VIN,
    VIN,
    open_options,
    pass_time,
    set_up,
    state_of,
    the_car,
)
from ..flows import suggested
from .test_options_flow import fields_of, open_topic, submit

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

SHOWN: dict[str, Any] = {
    "battery_capacity": 75.0,
    "charging_power": 11.0,
    "target_level": 80,
    "departure": "07:00:00",
    "departures_by_weekday": False,
    "safety_floor": 20,
    "budget_share": 100,
}
WEEK = tuple(
    f"departure_{day}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)


def settings_of(entry: ConfigEntry[Any], vin: str = VIN) -> DailySettings:
    """Return what is set for a car."""
    settings: DailySettings = entry.runtime_data.worker.repository.record(vin).settings
    return settings


async def test_the_page_of_a_car_opens_with_what_holds(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Saved untouched, nothing changes."""
    the_car(cloud).set_limit_by_owner(80)
    entry = await set_up(hass, cloud)
    before = settings_of(entry)
    result = await open_topic(hass, entry, "car")
    assert fields_of(result) == SHOWN
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert settings_of(entry) == before == DailySettings()
    assert entry.options == {}


@pytest.mark.parametrize(
    ("field", "value", "name", "kept"),
    [
        ("battery_capacity", 57.5, "capacity", 57.5),
        ("charging_power", 7.4, "power", 7.4),
        ("target_level", 70, "target", 70),
        ("departure", "06:15:00", "departure", time(6, 15)),
        ("safety_floor", 35, "floor", 35),
        ("budget_share", 30, "budget_share", 30),
    ],
)
async def test_one_change_of_a_car_is_that_change(
    hass: HomeAssistant, cloud: Cloud, field: str, value: Any, name: str, kept: Any
) -> None:
    """It is shown again, and nothing is loaded anew for it."""
    the_car(cloud).set_limit_by_owner(80)
    entry = await set_up(hass, cloud)
    coordinator = entry.runtime_data.coordinator
    await submit(hass, await open_topic(hass, entry, "car"), **{field: value})
    assert settings_of(entry) == DailySettings(**{name: kept})
    assert fields_of(await open_topic(hass, entry, "car")) == SHOWN | {field: value}
    assert entry.runtime_data.coordinator is coordinator


async def test_a_target_like_the_limit_follows_the_limit(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """An empty one, too."""
    the_car(cloud).set_limit_by_owner(80)
    entry = await set_up(hass, cloud)
    for follows in (80, None):
        await submit(hass, await open_topic(hass, entry, "car"), target_level=70)
        assert state_of(hass, "number", "target_level") == "70"
        await submit(hass, await open_topic(hass, entry, "car"), target_level=follows)
        assert settings_of(entry).target is None


async def test_departures_by_weekday_are_seven_times(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """An empty one is a day without a departure; without any, one time holds."""
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "car")
    result = await submit(hass, result, departures_by_weekday=True)
    assert fields_of(result) == dict.fromkeys(WEEK, "07:00:00")
    await submit(hass, result, departure_sat="09:00:00", departure_sun=None)
    assert settings_of(entry).exceptions == (
        DayDeparture(day=5, at=time(9)),
        DayDeparture(day=6),
    )
    result = await open_topic(hass, entry, "car")
    assert suggested(result, "departures_by_weekday") is True
    result = await submit(hass, result)
    assert fields_of(result) == dict.fromkeys(WEEK, "07:00:00") | {
        "departure_sat": "09:00:00",
        "departure_sun": None,
    }
    before = settings_of(entry)
    await submit(hass, result)
    assert settings_of(entry) == before

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert settings_of(entry) == before
    result = await open_topic(hass, entry, "car")
    await submit(hass, result, departures_by_weekday=False)
    assert settings_of(entry).exceptions == ()


async def test_options_of_an_older_version_hold_until_they_are_changed(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """They were of all cars: each starts from them, and nothing is lost."""
    the_car(cloud).set_limit_by_owner(80)
    entry = await set_up(hass, cloud)
    options = {
        "special_charging": {"battery_capacity": 60.0, "charging_power": 7.4},
        "off_peak": {"departures": "Sat Sun 09:00"},
    }
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    older = SHOWN | {
        "battery_capacity": 60.0,
        "charging_power": 7.4,
        "departures_by_weekday": True,
    }
    result = await open_topic(hass, entry, "car")
    assert fields_of(result) == older
    result = await submit(hass, result, battery_capacity=58)
    assert suggested(result, "departure_sat") == "09:00:00"
    await submit(hass, result)
    assert settings_of(entry) == DailySettings(capacity=58)
    result = await open_topic(hass, entry, "car")
    assert fields_of(result) == older | {"battery_capacity": 58}
    await submit(hass, result, departures_by_weekday=False)
    assert settings_of(entry) == DailySettings(capacity=58, exceptions=())
    assert entry.options == options


async def test_a_measured_power_is_shown_until_another_is_entered(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """What was learnt is offered; what a person enters holds until it is measured."""
    entry = await set_up(hass, cloud)
    repository = entry.runtime_data.worker.repository
    await repository.async_update(VIN, power=6.93)
    result = await open_topic(hass, entry, "car")
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["measured"] == "6.9 kW"
    assert suggested(result, "charging_power") == 6.9
    await submit(hass, result, safety_floor=30)
    assert repository.record(VIN).power == 6.93
    result = await open_topic(hass, entry, "car")
    await submit(hass, result, charging_power=3.7)
    assert repository.record(VIN).power is None
    assert settings_of(entry).power == 3.7


@pytest.mark.parametrize(
    "car_settings",
    [CarSettings(vin=VIN, home=HOME, battery_level=30, capacity_kwh=60, sentry=True)],
)
async def test_a_capacity_that_charges_showed_is_offered(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """By hand: 60 kWh. It is planned with once a person enters it."""
    entry, car = await set_up(hass, cloud), the_car(cloud)

    async def offered() -> str:
        """Return what the page of the car says."""
        result = await open_topic(hass, entry, "car")
        placeholders = result["description_placeholders"]
        assert placeholders is not None
        return str(placeholders["learnt"])

    for _ in range(3):
        assert await offered() == "–"
        car.plug_in()
        await pass_time(hass, noon, 5 * HOUR, QUARTER)
        assert car.charging_state == "Complete"
        car.unplug()
        car.drive(240, HOME, HOUR)
        await pass_time(hass, noon, 2 * HOUR, QUARTER)
    learnt = await offered()
    assert float(learnt.removesuffix(" kWh")) == pytest.approx(60, rel=0.03)
    result = await open_topic(hass, entry, "car")
    await submit(hass, result, battery_capacity=60)
    assert settings_of(entry).capacity == 60


async def test_of_several_cars_one_is_chosen(hass: HomeAssistant, cloud: Cloud) -> None:
    """What is set is of that one."""
    settings = CarSettings(vin=OTHER_VIN, name="Second", home=HOME)
    cloud.cars[OTHER_VIN] = Car(settings, SystemClock())
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "car")
    names = [car.summary.name for car in entry.runtime_data.coordinator.data.values()]
    schema = result["data_schema"]
    assert schema is not None
    offered = schema.schema["car"].config["options"]
    assert [option["label"] for option in offered] == names
    assert VIN not in str(offered)
    second = list(entry.runtime_data.coordinator.data)[1]
    result = await submit(hass, result, car="1")
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["car"] == names[1]
    await submit(hass, result, battery_capacity=100)
    assert settings_of(entry, second).capacity == 100
    other = ({VIN, OTHER_VIN} - {second}).pop()
    assert settings_of(entry, other) == DailySettings()


async def test_an_account_that_is_not_loaded_says_so(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Its cars are not known then; the other topics can still be changed."""
    entry = await set_up(hass, cloud)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await open_options(hass, entry)
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": "car"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_loaded"
