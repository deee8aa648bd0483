"""Energy and cost of what a car charges at home, as people see them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from simulator.car import Car
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from ...common import HOME, OTHER_VIN, VIN, WORK, act, entity_id, state_of, the_car
from ...scout_helpers import devices, reload, scout_now
from ..special_charging.session_helpers import add
from .off_peak_helpers import (
    HOUR,
    MINUTE,
    PLUGGED,
    QUARTER,
    arrive,
    by_prices,
    clock,
    publish,
    two_days,
    until,
)

METER = "sensor.wallbox_energy"


async def charges(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the charges of the car, newest first."""
    answer = await act(hass, "list_charges", device_id=devices(hass)[VIN])
    found: list[dict[str, Any]] = answer["charges"]
    return found


def energy(hass: HomeAssistant) -> float:
    """Return all energy charged at home."""
    return float(state_of(hass, "sensor", "energy_charged"))


def meter(hass: HomeAssistant, wh: float | None) -> None:
    """Have the wallbox's meter show an energy; None: it is unavailable."""
    hass.states.async_set(
        METER,
        "unavailable" if wh is None else str(wh),
        {"unit_of_measurement": "Wh", "device_class": "energy"},
    )


async def with_meter(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Choose the meter of the wallbox."""
    options = {**entry.options, "charge_meter": METER}
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)


@pytest.mark.all_entities
@pytest.mark.slow
async def test_an_off_peak_night_is_a_charge(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """40 to 80 % of 75 kWh are 30 kWh, from 02:16 on: 30 * 0.20 = 6.00 PLN.

    On arrival they would have cost 30 * 1.00 PLN. No hour was cheaper.
    """
    await hass.config.async_update(currency="PLN")
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    assert energy(hass) == 0
    assert state_of(hass, "sensor", "charging_cost") == "0.0"
    assert await charges(hass) == []
    await until(hass, noon, clock("2026-11-24 17:30"), QUARTER)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert energy(hass) == pytest.approx(30, abs=0.1)
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(6, abs=0.1)
    assert float(state_of(hass, "sensor", "savings")) == pytest.approx(24, abs=0.2)
    [charge] = await charges(hass)
    assert charge == {
        "start": "2026-11-25T02:16:00+01:00",
        "end": charge["end"],
        "energy": pytest.approx(30, abs=0.1),
        "estimated": False,
        "losses": None,
        "cost": pytest.approx(6, abs=0.1),
        "average_price": 0.2,
        "cost_on_arrival": pytest.approx(30, abs=0.1),
        "cheapest_cost": pytest.approx(6, abs=0.1),
        "currency": "PLN",
        "reason": "off_peak",
    }
    assert clock("2026-11-25 04:55").isoformat() <= charge["end"]
    assert charge["end"] <= clock("2026-11-25 05:01").isoformat()
    cost = hass.states.get(entity_id(hass, "sensor", "charging_cost"))
    assert cost is not None
    assert cost.attributes["state_class"] == "total"
    assert cost.attributes["device_class"] == "monetary"
    assert cost.attributes["unit_of_measurement"] == "PLN"
    assert cost.attributes["last_reset"] is not None
    charged = hass.states.get(entity_id(hass, "sensor", "energy_charged"))
    assert charged is not None
    assert charged.attributes["state_class"] == "total_increasing"
    assert charged.attributes["device_class"] == "energy"
    assert charged.attributes["unit_of_measurement"] == "kWh"


async def test_a_restart_in_the_middle_of_a_charge_loses_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """From 03:00 to 04:30 nobody reads the car; the charge goes on."""
    publish(hass, *two_days(2, 3, 4))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:00"), QUARTER)
    before = energy(hass)
    assert before > 0
    await hass.config_entries.async_unload(entry.entry_id)
    noon.tick(timedelta(hours=1, minutes=30))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert energy(hass) == pytest.approx(30, abs=0.1)
    [charge] = await charges(hass)
    assert charge["energy"] == pytest.approx(30, abs=0.1)
    assert charge["cost"] == pytest.approx(6, abs=0.1)


@pytest.mark.slow
async def test_a_special_night_is_a_charge_with_its_reason(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """40 to 90 % by 07:00 are 37.5 kWh: 37.5 * 0.20 = 7.50 PLN, and 37.50 on arrival."""
    publish(hass, *two_days(1, 2, 3, 4, 5))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await add(hass, "2026-11-25 07:00:00", 90)
    await until(hass, noon, clock("2026-11-25 07:45"), MINUTE * 5)
    [charge] = await charges(hass)
    assert charge["reason"] == "special_charging"
    assert charge["energy"] == pytest.approx(37.5, abs=0.4)
    assert charge["cost"] == pytest.approx(7.5, abs=0.1)
    assert charge["cost_on_arrival"] == pytest.approx(37.5, abs=0.4)
    assert charge["cheapest_cost"] == pytest.approx(7.5, abs=0.1)
    [car] = (await async_get_config_entry_diagnostics(hass, entry))["cars"]
    log = car["charging"]["charges"]
    found = log["present"] or log["finished"][-1]
    assert found["energy"] == pytest.approx(charge["energy"], abs=0.01)
    assert VIN not in str(log)


@pytest.mark.all_entities
async def test_without_prices_the_cost_is_unknown_until_they_are_known(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The car charges at once, at an hour that has no price; then the price is known."""
    publish(hass)
    await by_prices(hass, cloud, guard=False)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-24 16:00"), QUARTER)
    assert energy(hass) == pytest.approx(30, abs=0.1)
    assert state_of(hass, "sensor", "charging_cost") == "unknown"
    assert state_of(hass, "sensor", "savings") == "unknown"
    [charge] = await charges(hass)
    assert charge["energy"] == pytest.approx(30, abs=0.1)
    assert charge["reason"] == "unplanned"
    for key in ("cost", "average_price", "cheapest_cost", "currency"):
        assert charge[key] is None
    publish(hass, *two_days(2, 3, 4))
    await until(hass, noon, clock("2026-11-24 16:30"), QUARTER)
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(
        30, abs=0.1
    )
    [charge] = await charges(hass)
    assert charge["cost"] == pytest.approx(30, abs=0.1)


@pytest.mark.slow
async def test_a_charge_away_from_home_is_nobodys_here(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The car charges at work, and comes home with what it reports of that."""
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    car = the_car(cloud)
    car.drive(15, WORK, 20 * MINUTE)
    await until(hass, noon, clock("2026-11-24 12:45"))
    car.plug_in()
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-24 15:00"), QUARTER)
    assert state_of(hass, "sensor", "charging_state") == "charging"
    car.unplug()
    await scout_now(hass)
    car.drive(15, HOME, 20 * MINUTE)
    await until(hass, noon, clock("2026-11-24 15:45"))
    assert energy(hass) == 0
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    [charge] = await charges(hass)
    assert charge["start"] >= clock("2026-11-25 02:00").isoformat()
    assert energy(hass) == charge["energy"]


async def test_a_meter_counts_what_is_paid_also_over_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The wallbox counts 33 kWh for the 30 that the battery gets: 33 * 0.20 = 6.60.

    It is away for a while, and begins after Home Assistant.
    """
    publish(hass, *two_days(2, 3, 4))
    meter(hass, 1_000_000)
    entry = await by_prices(hass, cloud)
    await with_meter(hass, entry)
    await arrive(hass, cloud)
    start = the_car(cloud).battery_level
    await until(hass, noon, clock("2026-11-25 02:15"), QUARTER)
    for step in range(12):
        await until(hass, noon, clock("2026-11-25 02:15") + step * QUARTER)
        added = (the_car(cloud).battery_level - start) / 100 * 75
        meter(hass, None if step in (3, 4, 7) else 1_000_000 + added * 1100)
        if step == 7:
            await reload(hass, entry)
    meter(hass, 1_033_000)
    await until(hass, noon, clock("2026-11-25 05:30"))
    assert energy(hass) == pytest.approx(33, abs=0.1)
    [charge] = await charges(hass)
    assert charge["losses"] == pytest.approx(3, abs=0.2)
    assert charge["cost"] == pytest.approx(6.6, abs=0.2)
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(
        6.6, abs=0.2
    )


@pytest.mark.slow
async def test_a_meter_that_cannot_be_read_is_no_meter(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It has no unit of energy, or shows no number; the car's own count stands in."""
    publish(hass, *two_days(2, 3, 4))
    hass.states.async_set(METER, "full", {"unit_of_measurement": "%"})
    entry = await by_prices(hass, cloud)
    await with_meter(hass, entry)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:00"), QUARTER)
    hass.states.async_set(METER, "full", {"unit_of_measurement": "kWh"})
    await until(hass, noon, clock("2026-11-25 04:00"), QUARTER)
    hass.states.async_set(METER, "-5", {"unit_of_measurement": "kWh"})
    await until(hass, noon, clock("2026-11-25 06:00"), HOUR / 2)
    assert energy(hass) == pytest.approx(30, abs=0.1)
    [charge] = await charges(hass)
    assert charge["losses"] is None


@pytest.mark.slow
async def test_a_meter_does_not_tell_two_cars_apart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """While both are plugged in at home, each car's own count is used."""
    full = replace(PLUGGED, vin=OTHER_VIN, name="Second", battery_level=80)
    cloud.cars[OTHER_VIN] = Car(full, SystemClock())
    publish(hass, *two_days(2, 3, 4))
    meter(hass, 1_000_000)
    entry = await by_prices(hass, cloud)
    await with_meter(hass, entry)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:30"), QUARTER)
    meter(hass, 1_014_000)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert energy(hass) == pytest.approx(30, abs=0.1)
    assert float(state_of(hass, "sensor", "energy_charged", OTHER_VIN)) == 0
    [charge] = await charges(hass)
    assert charge["losses"] is None
