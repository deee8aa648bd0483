"""The person whose car must be full in the morning, and the owner of the car."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import HOME, OTHER_VIN, VIN, WORK, act, set_up, state_of, the_car, tick
from ...scout_helpers import devices, reload, scout_now, wakes, with_car
from ..special_charging.session_helpers import add, happened, local
from .off_peak_helpers import (
    ASLEEP,
    AWAKE,
    HOUR,
    MINUTE,
    NIGHT,
    OWNERS,
    PLUGGED,
    QUARTER,
    SECOND,
    TUESDAY,
    WEDNESDAY,
    by_prices,
    cheap_at,
    choose,
    clock,
    commands,
    cycle,
    day_prices,
    depart,
    guards,
    held,
    in_earnest,
    number,
    planned,
    publish,
    status,
    switch,
    troubles,
    two_days,
    until,
    windows,
)

THURSDAY = date(2026, 11, 26)


@with_car(PLUGGED)
async def test_another_departure_makes_another_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Set in the evening, while the plan for the usual one is in the car."""
    publish(hass, *two_days(4, 5, 6, 7))
    await by_prices(hass, cloud)
    assert windows(cloud) == [("03:16", "06:00")]
    await until(hass, noon, clock("2026-11-24 23:00"), QUARTER)
    await depart(hass, "05:00:00")
    assert (await planned(hass))["ready_by"] == "2026-11-25T05:00:00+01:00"
    assert windows(cloud) == [("01:16", "04:00")]


@with_car(PLUGGED)
@pytest.mark.slow
async def test_another_limit_of_the_owners_makes_another_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Raised in the car in the evening: it is full by the morning all the same."""
    publish(hass, *two_days(1, 2, 3, 4, 5))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 21:00"), QUARTER)
    the_car(cloud).set_limit_by_owner(100)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    plan = await planned(hass)
    assert plan["target"] == 100
    assert windows(cloud) == [("00:31", "06:00")]
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 100


async def test_who_comes_home_is_planned_for_anew(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A drive in the evening, and the plan of before it was in the car: it is too short."""
    publish(hass, *two_days(0, 1, 2, 3, 4, 5))
    await by_prices(hass, cloud)
    before = windows(cloud)
    car = the_car(cloud)
    car.drive(60, WORK, HOUR)
    await until(hass, noon, clock("2026-11-24 15:00"), QUARTER)
    assert status(hass) == "not_home"
    car.drive(60, HOME, HOUR)
    await until(hass, noon, clock("2026-11-24 17:00"), QUARTER)
    [(start, end)] = windows(cloud)
    assert (start, end) != before[0]
    answer = await cycle(hass)
    assert answer["status"] == "in_car"


@with_car(ASLEEP)
async def test_a_correction_of_prices_reaches_a_car_that_sleeps(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """T45: it is woken before the first window that changes, and told the new plan."""
    publish(hass, *two_days(4, 5))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert the_car(cloud).state == "asleep"
    publish(hass, *two_days(0, 1, 2))
    await tick(hass, noon, MINUTE)
    assert status(hass) == "pending"
    await until(hass, noon, clock("2026-11-24 23:10"), QUARTER)
    await until(hass, noon, clock("2026-11-24 23:20"), 10 * SECOND)
    assert windows(cloud) == [("00:16", "03:00")]
    assert wakes(cloud) == 1


@with_car(PLUGGED)
async def test_better_prices_during_a_window_are_used_after_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The plan that runs is left alone; the rest of it is made anew at its end."""
    today = cheap_at(13, 22, cheap=0.3, dear=0.9)
    publish(
        hass, day_prices(TUESDAY, today), day_prices(WEDNESDAY, cheap_at(3, cheap=0.8))
    )
    await by_prices(hass, cloud)
    before = windows(cloud)
    assert before[0] == ("13:00", "14:00")
    await until(hass, noon, clock("2026-11-24 13:30"), QUARTER)
    night = day_prices(WEDNESDAY, cheap_at(3, 4, cheap=0.1))
    publish(hass, day_prices(TUESDAY, today), night)
    await tick(hass, noon, MINUTE)
    assert windows(cloud) == before
    await until(hass, noon, clock("2026-11-24 14:10"), MINUTE)
    # By what the first window is believed to have charged.
    assert windows(cloud) == [("03:13", "05:00")]


# The guard, which must not outlive whoever it waits for.


@with_car(PLUGGED)
@pytest.mark.parametrize(
    ("key", "on"), [("off_peak_sync", False), ("shadow_mode", True)]
)
async def test_a_guard_is_not_left_behind(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    key: str,
    on: bool,
) -> None:
    """Else the car would wait for days for a plan that nobody sends it.

    The last moment that was in the car for want of prices stays there.
    """
    publish(hass)
    await by_prices(hass, cloud)
    the_car(cloud).add_charge_schedule(replace(OWNERS, latitude=WORK.latitude))
    assert guards(cloud) == 1
    await switch(hass, key, on)
    assert guards(cloud) == 0
    assert windows(cloud) == [("03:16", "06:00")]
    assert status(hass) == ("shadow" if on else "unknown")
    sent = commands(cloud)
    await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80
    assert set(the_car(cloud).charge_schedules) == {5}
    assert commands(cloud) == sent
    await switch(hass, key, not on)
    assert guards(cloud) == 1


@pytest.mark.all_entities
@with_car(ASLEEP)
@pytest.mark.parametrize(
    ("key", "on", "shown"),
    [("off_peak_sync", False, "unknown"), ("shadow_mode", True, "shadow")],
)
async def test_a_guard_leaves_a_sleeping_car_too(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    key: str,
    on: bool,
    shown: str,
) -> None:
    """It is plugged in and waits: worth one wake, and trouble is waited out."""
    publish(hass)
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert the_car(cloud).state == "asleep"
    cloud.faults.add(Fault(path="*/remove_charge_schedule", status=503, times=1))
    await switch(hass, key, on)
    assert status(hass) == shown
    await until(hass, noon, clock("2026-11-24 14:10"), 10 * SECOND)
    assert guards(cloud) == 0
    assert wakes(cloud) == 1
    assert status(hass) == shown
    await switch(hass, "off_peak_sync", False)
    for sensor in ("planned_energy", "planned_cost", "next_charge_start"):
        assert state_of(hass, "sensor", sensor) == "unknown"


@pytest.mark.all_entities
@with_car(PLUGGED)
async def test_a_plan_that_is_only_shown_has_no_energy_and_no_cost(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Shadow mode never reads as reality; the plan itself shows in the card."""
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 13:00"), QUARTER)
    sensors = ("planned_energy", "planned_cost", "next_charge_start", "next_charge_end")
    for on in (False, True, False):
        await switch(hass, "shadow_mode", on)
        unknown = [state_of(hass, "sensor", key) == "unknown" for key in sensors]
        assert unknown == [on] * len(sensors)


# Lists that are full.


@pytest.mark.all_entities
@with_car(replace(PLUGGED, max_charge_schedules=1))
@pytest.mark.slow
async def test_a_car_that_takes_one_schedule(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The plan instead of a guard, a floor instead of the plan; never none in between."""
    publish(hass)
    await by_prices(hass, cloud)
    assert (guards(cloud), windows(cloud)) == (0, [("03:16", "06:00")])
    publish(hass, *two_days(2, 3, 4))
    await tick(hass, noon, MINUTE)
    assert (guards(cloud), windows(cloud)) == (0, [("02:16", "05:00")])
    assert commands(cloud) == 2
    await number(hass, "safety_floor", 45)
    assert [start for start, _ in windows(cloud)] == ["12:01"]
    assert status(hass) == "in_car"
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, clock("2026-11-24 14:00"), MINUTE)
    assert windows(cloud) == [("02:16", "05:00")]
    removed = happened(cloud, "schedule_removed")
    assert not any("command" in item.detail for item in removed)
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80


@with_car(replace(AWAKE, max_charge_schedules=1))
async def test_a_list_that_the_owner_filled_is_reported(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """There is no room for anything of ours: that is not `in_car`; and it is solved."""
    car = the_car(cloud)
    car.add_charge_schedule(OWNERS)
    await in_earnest(hass, cloud)
    assert status(hass) == "failed"
    [trouble] = troubles(hass)
    assert trouble.translation_placeholders is not None
    assert (
        trouble.translation_placeholders["reason"]
        == "the car has no room for another schedule"
    )
    assert commands(cloud) == 0
    answer = await cycle(hass)
    assert answer["found"] == [
        {
            "id": 5,
            "ours": False,
            "days": "Mon,Tues,Wed,Thurs,Fri",
            "start": "01:00",
            "end": "02:00",
            "one_time": False,
            "enabled": True,
        }
    ]
    car.remove_charge_schedule(5)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert held(cloud) == [NIGHT]
    assert not troubles(hass)


# Two cars, another zone, and the middle of it all.


async def test_two_cars_of_which_one_is_away(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each for itself: the one is told, the other left alone, and told when it is back."""
    the_car(two_cars, OTHER_VIN).move(WORK)
    await in_earnest(hass, two_cars)
    await switch(hass, "shadow_mode", False, OTHER_VIN)
    assert (status(hass), status(hass, OTHER_VIN)) == ("in_car", "not_home")
    assert held(two_cars, OTHER_VIN) == []
    the_car(two_cars, OTHER_VIN).move(HOME)
    await scout_now(hass, OTHER_VIN)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert held(two_cars, OTHER_VIN) == [NIGHT]
    assert held(two_cars) == [NIGHT]
    assert commands(two_cars) == 2


async def test_a_car_that_leaves_the_account_takes_its_repair_along(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """And the other car's stays its own, by whatever order they are listed in."""
    the_car(two_cars, OTHER_VIN).set_sentry(True)
    no = {"response": {"result": False, "reason": "schedules_full"}}
    two_cars.faults.add(Fault(path="*/add_charge_schedule", status=200, body=no))
    await in_earnest(hass, two_cars)
    await switch(hass, "shadow_mode", False, OTHER_VIN)
    await until(hass, noon, clock("2026-11-24 12:20"), MINUTE)
    assert len(troubles(hass)) == 2
    del two_cars.cars[VIN]
    await until(hass, noon, clock("2026-11-24 13:00"), MINUTE)
    [trouble] = troubles(hass)
    assert trouble.translation_placeholders is not None
    assert trouble.translation_placeholders["car"] == "Second"
    two_cars.faults.clear()
    await until(hass, noon, clock("2026-11-24 19:00"), QUARTER)
    assert held(two_cars, OTHER_VIN) == [NIGHT]
    assert not troubles(hass)


@pytest.mark.all_entities
async def test_home_assistant_in_another_zone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant's clock is London's: 22:00 there is 23:00 for a car in Warsaw."""
    await hass.config.async_update(
        time_zone="Europe/London", latitude=51.4779, longitude=-0.0015
    )
    there = {"latitude": HOME.latitude, "longitude": HOME.longitude, "radius": 100}
    hass.states.async_set("zone.house", "0", there)
    entry = await set_up(hass, cloud)
    options = {**entry.options, "home_zone": "zone.house"}
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)
    await switch(hass, "shadow_mode", False)
    assert held(cloud) == [("1111111", "23:00", "07:00", False)]
    start = state_of(hass, "sensor", "next_charge_start")
    assert start == "2026-11-24T22:00:00+00:00"


@with_car(replace(PLUGGED, battery_level=12))
@pytest.mark.slow
async def test_a_special_session_in_the_middle_of_an_outage_and_of_the_floor(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The floor charges, the session takes over and ends, the guard is still there."""
    publish(hass)
    await by_prices(hass, cloud)
    car = the_car(cloud)
    assert car.charging_state == "Charging"
    await until(hass, noon, clock("2026-11-24 12:20"), MINUTE)
    await add(hass, "2026-11-24 18:00:00", 60)
    await until(hass, noon, clock("2026-11-24 16:00"), MINUTE)
    assert status(hass) == "blocked"
    await until(hass, noon, clock("2026-11-24 19:30"), MINUTE)
    assert status(hass) == "no_prices"
    # Its own limit is 80 %: a stop holds the target.
    assert 59 < car.battery_level < 62
    assert guards(cloud) == 1
    assert windows(cloud) == [("04:38", "06:00")]
    publish(hass, *two_days(2, 3, 4))
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(car.battery_level) == 80
    assert local(happened(cloud, "charging_started")[-1].at) >= "02:00"


@pytest.fixture
async def hanging(cloud: Cloud) -> AsyncIterator[Fault]:
    """Have commands about schedules take effect, and never be answered."""
    fault = cloud.faults.add(Fault(path="*/add_charge_schedule", tear="after", times=1))
    yield fault
    with suppress(ValueError):
        cloud.faults.remove(fault)


async def test_a_command_whose_answer_is_lost_is_not_sent_twice(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hanging: Fault,
) -> None:
    """The car did it: a read tells, also after a restart in between."""
    entry = await in_earnest(hass, cloud)
    assert held(cloud) == [NIGHT]
    assert status(hass) == "pending"
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-24 12:20"), MINUTE)
    assert commands(cloud) == 1
    assert status(hass) == "in_car"
    await choose(hass, entry, price_source="g13")
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]


async def test_run_worker_cycle_says_what_it_found(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Whose each schedule is, and never where."""
    await in_earnest(hass, cloud)
    answer = await act(hass, "send_plan", device_id=devices(hass)[VIN])
    [found] = answer["found"]
    assert (found["ours"], found["start"], found["end"]) == (True, "22:00", "06:00")
    assert set(found) == {
        *("id", "ours", "days", "start", "end", "one_time", "enabled"),
    }
