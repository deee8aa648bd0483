"""The power that a car was seen to take at home replaces the option."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import VIN
from ...scout_helpers import reload, scout_now, with_car
from .off_peak_helpers import (
    AWAKE,
    MINUTE,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    clock,
    cycle,
    day_prices,
    planned,
    publish,
    until,
    windows,
)

THURSDAY = date(2026, 11, 26)
CHEAP = cheap_at(22, 23, 0, 1, 2, 3, 4)


@with_car(replace(AWAKE, charger_kw=5.5))
@pytest.mark.slow
async def test_the_second_night_is_planned_with_the_power_of_the_first(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The option says 11 kW, the wallbox gives 5.5: the rest takes twice as long."""
    publish(hass, day_prices(TUESDAY, CHEAP), day_prices(WEDNESDAY, CHEAP))
    entry = await by_prices(hass, cloud)
    assert windows(cloud) == [("02:16", "05:00")]
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 02:30"), QUARTER)
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-25 02:35"), MINUTE)
    power = entry.runtime_data.worker.repository.record(VIN).power
    assert power is not None
    assert 5 <= power <= 6
    await reload(hass, entry)
    assert entry.runtime_data.worker.repository.record(VIN).power == power
    await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
    publish(hass, day_prices(WEDNESDAY, CHEAP), day_prices(THURSDAY, CHEAP))
    await scout_now(hass)
    await cycle(hass)
    plan = await planned(hass)
    length = sum(
        (
            datetime.fromisoformat(window["end"])
            - datetime.fromisoformat(window["start"])
            for window in plan["windows"]
        ),
        timedelta(0),
    )
    assert length / timedelta(hours=1) == pytest.approx(plan["energy"] / power, abs=0.1)


@with_car(replace(AWAKE, charging_loss=0.1))
@pytest.mark.slow
async def test_what_charging_loses_is_learnt_and_planned_for(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The car shows 11 kW all the time, and its battery gets 9.9: a kWh takes longer."""
    publish(hass, day_prices(TUESDAY, CHEAP), day_prices(WEDNESDAY, CHEAP))
    entry = await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    await arrive(hass, cloud)
    for at in ("02:30", "03:15"):
        await until(hass, noon, clock(f"2026-11-25 {at}"), QUARTER)
        await scout_now(hass)
    repository = entry.runtime_data.worker.repository
    power = repository.record(VIN).power
    assert power == pytest.approx(9.9, abs=0.1)
    # What the car shows later does not replace it.
    await until(hass, noon, clock("2026-11-25 03:20"), MINUTE)
    await scout_now(hass)
    assert repository.record(VIN).power == power
    battery = entry.runtime_data.worker.charging.of_record(repository.record(VIN))
    assert battery.battery.power == power
