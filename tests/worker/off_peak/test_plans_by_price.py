"""Lessons of prices: one-time schedules for the coming night, and nothing unknown."""

from dataclasses import replace
from datetime import date, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import HOME, VIN, state_of, the_car, tick
from ...scout_helpers import reload, with_car
from ..special_charging.session_helpers import happened, local
from .off_peak_helpers import (
    GUARD,
    HOUR,
    MINUTE,
    PLUGGED,
    PRICES,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    clock,
    commands,
    cycle,
    day_prices,
    guards,
    held,
    moving_on,
    planned,
    publish,
    status,
    until,
    windows,
)


@pytest.mark.all_entities
@pytest.mark.slow
async def test_a_night_by_prices(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Planned before it is plugged in, charged in the cheapest hours, gone afterwards."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    await arrive(hass, cloud)
    # 30 kWh in three cheap hours at 11 kW, as late as they cost the same.
    assert windows(cloud) == [("02:16", "05:00")]
    assert commands(cloud) == 2
    plan = await planned(hass)
    assert plan["energy"] == 30
    assert (plan["cost"], plan["currency"]) == (6.0, "PLN")
    assert [row["price"] for row in plan["intervals"]] == [0.2] * 3
    for row in plan["intervals"]:
        assert row["cost"] == round(row["cost"], 4)
        assert row["start"].endswith("+01:00")
    assert state_of(hass, "sensor", "planned_cost") == "6.0"
    await until(hass, noon, clock("2026-11-25 09:00"), QUARTER)
    began, stopped = happened(cloud, "charging_started", "charging_stopped")
    assert (local(began.at), local(stopped.at)) == ("02:16", "04:59")
    assert held(cloud) == [GUARD]
    assert commands(cloud) == 2
    assert status(hass) == "in_car"
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(6, abs=0.3)
    on_arrival = state_of(hass, "sensor", "charging_cost_on_arrival")
    assert float(on_arrival) == pytest.approx(30, abs=1)


async def test_without_any_price_the_car_is_charged_before_it_leaves(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A guard keeps it waiting for prices; they never come, and it is ready at seven."""
    publish(hass)
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    assert status(hass) == "no_prices"
    assert guards(cloud) == 1
    # The last hours before peak hours, and before the buffer.
    assert windows(cloud) == [("03:16", "06:00")]
    assert "no_prices" in (await planned(hass))["reasons"]
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80
    began, stopped = happened(cloud, "charging_started", "charging_stopped")
    assert (local(began.at), local(stopped.at)) == ("03:16", "05:59")
    assert commands(cloud) == 2
    assert status(hass) == "no_prices"


async def test_a_home_assistant_that_is_away_leaves_no_car_empty(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tomorrow's prices are awaited when it goes down; the car holds a last moment."""
    publish(hass, day_prices(TUESDAY, cheap_at(2, 3, 4)))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    assert "prices_awaited" in (await planned(hass))["reasons"]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80


async def test_a_guard_that_is_not_wanted(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Then a car without a plan charges at once, as a Tesla does."""
    publish(hass)
    await by_prices(hass, cloud, guard=False)
    assert held(cloud) == []
    await arrive(hass, cloud)
    assert the_car(cloud).charging_state == "Charging"
    assert commands(cloud) == 0


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.slow
async def test_an_outage_is_never_cheap_and_leaves_no_car_empty(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gone: bool
) -> None:
    """The prices of today end at midnight, and none come: charged when it was cheap."""
    publish(hass, day_prices(TUESDAY, cheap_at(2, 3, 4)))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    assert windows(cloud) == [("02:16", "05:00")]
    assert status(hass) == "in_car"
    sent = commands(cloud)
    if gone:
        hass.states.async_remove(PRICES)
    else:
        publish(hass)
    await until(hass, noon, clock("2026-11-25 01:00"), QUARTER)
    await reload(hass, entry)
    assert commands(cloud) == sent
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80
    assert commands(cloud) == sent
    [began] = happened(cloud, "charging_started")
    assert local(began.at) == "02:16"
    cheap = cheap_at(10, 11, 12)
    publish(hass, day_prices(WEDNESDAY, cheap))
    await tick(hass, noon, MINUTE)
    assert status(hass) == "in_car"


@pytest.mark.slow
async def test_what_was_published_before_is_expected_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Kept over a restart: the night is planned by it though the source is gone."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    hass.states.async_remove(PRICES)
    await until(hass, noon, clock("2026-11-25 18:00"), HOUR)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await arrive(hass, cloud)
    # Wednesday's prices are over, and Thursday's were never read.
    assert status(hass) == "no_prices"
    assert windows(cloud) == [("02:16", "05:00")]
    await until(hass, noon, clock("2026-11-26 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80


async def test_waiting_says_what_it_is_expected_to_save(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A night at 0.2 is waited for, though the evening at 0.5 is known."""
    price = {2: 0.2, 3: 0.2, 4: 0.2, 20: 0.5, 21: 0.5, 22: 0.5}
    tuesday = day_prices(TUESDAY, lambda hour: price.get(hour, 1.0))
    publish(hass, tuesday)
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    plan = await planned(hass)
    assert "prices_awaited" in plan["reasons"]
    assert plan["expected_saving"] == 60
    publish(hass, tuesday, day_prices(WEDNESDAY, cheap_at(2, 3, 4)))
    await tick(hass, noon, MINUTE)
    plan = await planned(hass)
    assert "prices_awaited" not in plan["reasons"]
    assert plan["expected_saving"] is None


@with_car(replace(PLUGGED, battery_level=12))
async def test_in_an_outage_only_the_floor_charges_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """From 12 % to 20 %, and there it ends; the rest follows before the departure."""
    publish(hass)
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-25 01:00"), QUARTER)
    assert 20 <= the_car(cloud).battery_level < 21.5
    assert status(hass) == "no_prices"
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert the_car(cloud).battery_level >= 79


@with_car(PLUGGED)
async def test_prices_that_come_late_after_a_restart_change_no_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The sensor is not there yet when the entry is."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    sent = commands(cloud)
    hass.states.async_remove(PRICES)
    await reload(hass, entry)
    assert windows(cloud) == [("02:16", "05:00")]
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await until(hass, noon, clock("2026-11-24 13:00"))
    assert commands(cloud) == sent


@with_car(PLUGGED)
@pytest.mark.slow
async def test_a_restart_in_a_running_window_sends_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In the middle of the night, with another level than that of the plan."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    sent = commands(cloud)
    await until(hass, noon, clock("2026-11-25 03:30"), QUARTER)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert commands(cloud) == sent
    assert round(the_car(cloud).battery_level) == 80


@pytest.mark.slow
async def test_a_late_plug_in_trims_the_running_hours(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At 03:30 the cheap hours that are over are not planned, nor for tomorrow."""
    cheap = cheap_at(2, 3, 4, 5)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:30"), QUARTER)
    await arrive(hass, cloud)
    assert windows(cloud) == [("03:30", "06:14")]
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
    assert windows(cloud) == []
    assert all(item[3] for item in held(cloud))


@pytest.mark.parametrize("seconds", [10, 25])
@pytest.mark.slow
async def test_a_slow_delivery_of_a_window_that_begins_now_is_no_refusal(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, seconds: int
) -> None:
    """A minute ends between sending and reading back: what was sent is what counts."""
    cheap = cheap_at(2, 3, 4, 5)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:30"), QUARTER)
    noon.tick(timedelta(seconds=15))
    cloud.requests.clear()
    with moving_on(cloud, noon, timedelta(seconds=seconds)):
        await arrive(hass, cloud)
    assert status(hass) == "in_car"
    adds = [each for each in cloud.requests if "/add_charge_schedule" in each.path]
    assert len(adds) == 1
    assert the_car(cloud).charging_state == "Charging"


@pytest.mark.all_entities
@with_car(PLUGGED)
@pytest.mark.slow
async def test_the_days_turn_plans_without_a_trigger(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At the cable since noon; what was decided at midnight is counted as a sync."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    saved = int(state_of(hass, "sensor", "commands_saved"))
    await until(hass, noon, clock("2026-11-24 23:59"), QUARTER)
    assert int(state_of(hass, "sensor", "commands_saved")) == saved
    await until(hass, noon, clock("2026-11-25 00:02"), MINUTE)
    assert int(state_of(hass, "sensor", "commands_saved")) == saved + 1


@with_car(PLUGGED)
async def test_new_prices_make_the_plan_anew(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tomorrow late and as today, which changes nothing, then a correction of it."""
    publish(hass, day_prices(TUESDAY, cheap_at(2, 3, 4)))
    await by_prices(hass, cloud)
    assert windows(cloud) == [("02:16", "05:00")]
    assert "prices_awaited" in (await planned(hass))["reasons"]
    await until(hass, noon, clock("2026-11-24 16:04"), QUARTER)
    tuesday = day_prices(TUESDAY, cheap_at(2, 3, 4))
    publish(hass, tuesday, day_prices(WEDNESDAY, cheap_at(2, 3, 4)))
    await tick(hass, noon, MINUTE)
    assert windows(cloud) == [("02:16", "05:00")]
    assert commands(cloud) == 2
    publish(hass, tuesday, day_prices(WEDNESDAY, cheap_at(0, 1, 2)))
    await tick(hass, noon, MINUTE)
    assert windows(cloud) == [("00:16", "03:00")]
    assert commands(cloud) == 4


@with_car(PLUGGED)
async def test_prices_that_cannot_be_read_are_reported(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once, in the log; and nothing is planned by them."""
    rows = [*day_prices(TUESDAY, cheap_at(2)), {"start": "half past", "price": 0.1}]
    publish(hass, rows)
    await by_prices(hass, cloud)
    await cycle(hass)
    assert caplog.text.count("Prices cannot be read") == 1
    assert status(hass) == "no_prices"


@with_car(PLUGGED)
async def test_a_plug_in_that_a_restart_hid_is_not_lost(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Unplugged when it was seen last, and plugged in while the entry was away."""
    car = the_car(cloud)
    car.unplug()
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    assert not entry.runtime_data.worker.repository.record(VIN).plugged_in
    assert await hass.config_entries.async_unload(entry.entry_id)
    car.plug_in()
    noon.tick(QUARTER)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-24 12:50"), QUARTER)
    assert windows(cloud) == [("02:16", "05:00")]
    assert entry.runtime_data.worker.repository.record(VIN).plugged_in


async def test_without_a_home_nothing_is_sent(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A schedule needs a place, and there is none to guess."""
    publish(hass, day_prices(TUESDAY, cheap_at(2)))
    hass.states.async_remove("zone.home")
    await by_prices(hass, cloud)
    assert commands(cloud) == 0
    assert status(hass) == "not_home"
    assert the_car(cloud).position == HOME
    plan = await planned(hass)
    assert (plan["waits_for"], plan["windows"]) == ("never_seen", [])


@pytest.mark.slow
async def test_a_stay_of_several_days_waits_for_its_departure(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No departure until Monday: the dear Saturday is left alone, whatever is to come."""
    noon.move_to(clock("2026-11-27 18:00"))
    friday, saturday = date(2026, 11, 27), date(2026, 11, 28)
    dear = cheap_at(dear=0.9)
    publish(hass, day_prices(friday, cheap_at(2, 3, 4)), day_prices(saturday, dear))
    await by_prices(hass, cloud, departures="Sat Sun -")
    await arrive(hass, cloud)
    plan = await planned(hass)
    assert plan["ready_by"] == "2026-11-30T07:00:00+01:00"
    monday = ("0000010", "02:16", "05:00", True)
    assert monday in held(cloud)
    assert len(windows(cloud)) == 1
    await until(hass, noon, clock("2026-11-27 20:00") + timedelta(hours=20), QUARTER)
    assert monday in held(cloud)
    assert happened(cloud, "charging_started") == []
