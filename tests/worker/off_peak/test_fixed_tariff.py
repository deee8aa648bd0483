"""Lessons of a fixed tariff: what is sent, what is left alone, what is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import HOME, VIN, WORK, act, set_up, state_of, the_car, tick
from ...scout_helpers import (
    answered,
    devices,
    reads,
    reload,
    scout_now,
    wakes,
    with_car,
)
from ..special_charging.session_helpers import add
from .off_peak_helpers import (
    AWAKE,
    HOME_CAR,
    MINUTE,
    NIGHT,
    OWNERS,
    PLUGGED,
    QUARTER,
    SECOND,
    choose,
    clock,
    commands,
    cycle,
    held,
    in_earnest,
    planned,
    status,
    switch,
    troubles,
    until,
)

ELSEWHERE = replace(OWNERS, id=6, latitude=WORK.latitude, longitude=WORK.longitude)


async def reset(hass: HomeAssistant) -> int:
    """Have what is ours removed from the car."""
    answer = await act(hass, "remove_schedules", device_id=devices(hass)[VIN])
    await hass.async_block_till_done(wait_background_tasks=True)
    return int(answer["removed"])


def order(cloud: Cloud) -> list[str]:
    """Return the commands about schedules, in the order in which they came."""
    return [
        request.path.rsplit("/", 1)[-1]
        for request in cloud.requests
        if request.path.endswith("_charge_schedule")
    ]


@pytest.mark.all_entities
async def test_shadow_mode_does_all_but_send(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It is on at first, says what it would send, and costs nothing; then it is off."""
    await set_up(hass, cloud)
    assert state_of(hass, "switch", "shadow_mode") == "on"
    assert state_of(hass, "switch", "off_peak_sync") == "on"
    assert status(hass) == "shadow"
    before = reads(cloud)
    answer = await cycle(hass)
    assert answer["skipped"] == "shadow"
    assert [(schedule["start"], schedule["end"]) for schedule in answer["add"]] == [
        ("22:00", "06:00")
    ]
    assert answer["cost_to_send"] == 0.001
    await until(hass, noon, clock("2026-11-24 13:00"), QUARTER)
    assert commands(cloud) == 0
    assert reads(cloud) - before <= 4
    await switch(hass, "shadow_mode", False)
    assert held(cloud) == [NIGHT]
    assert status(hass) == "in_car"
    start = state_of(hass, "sensor", "next_charge_start")
    assert start == "2026-11-24T21:00:00+00:00"
    assert state_of(hass, "sensor", "next_charge_end") == "2026-11-25T05:00:00+00:00"


async def test_switched_off_it_leaves_the_car_alone(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """What is in the car stays, and the plan is unknown."""
    entry = await in_earnest(hass, cloud)
    await switch(hass, "off_peak_sync", False)
    await choose(hass, entry, price_source="g13")
    assert held(cloud) == [NIGHT]
    assert status(hass) == "unknown"
    assert (await cycle(hass))["skipped"] == "switched_off"
    await switch(hass, "off_peak_sync", True)
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]


@pytest.mark.all_entities
async def test_a_hundred_syncs_cost_no_command(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """After the first one, and no read either; each is counted as saved."""
    await in_earnest(hass, cloud)
    assert commands(cloud) == 1
    before, saved = reads(cloud), int(state_of(hass, "sensor", "commands_saved"))
    for _ in range(100):
        await act(hass, "send_plan", device_id=devices(hass)[VIN])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert commands(cloud) == 1
    assert reads(cloud) == before
    assert int(state_of(hass, "sensor", "commands_saved")) == saved + 100


async def test_a_failed_read_is_not_an_empty_list(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is sent and nothing removed; the next read that tells is acted upon."""
    entry = await in_earnest(hass, cloud)
    with answered(cloud, "charge_schedule_data", charge_schedules=None):
        await tick(hass, noon, 2 * MINUTE)
        await choose(hass, entry, price_source="g13")
        await cycle(hass)
        answer = await cycle(hass)
    assert answer["skipped"] == "schedules_unknown"
    assert commands(cloud) == 1
    assert held(cloud) == [NIGHT]
    await tick(hass, noon, 2 * MINUTE)
    await cycle(hass)
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]


async def test_what_is_not_ours_stays(hass: HomeAssistant, cloud: Cloud) -> None:
    """The owner's schedule, and one of another place, survive syncs and a reset."""
    car = the_car(cloud)
    car.add_charge_schedule(OWNERS)
    car.add_charge_schedule(ELSEWHERE)
    entry = await in_earnest(hass, cloud)
    assert len(held(cloud)) == 3
    await choose(hass, entry, price_source="g13")
    assert len(held(cloud)) == 3
    assert await reset(hass) == 1
    assert set(car.charge_schedules) == {5, 6}
    assert state_of(hass, "switch", "off_peak_sync") == "off"
    assert await reset(hass) == 0


async def test_what_is_gone_is_removed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """That somebody else removed it between the read and the command is no error."""
    entry = await in_earnest(hass, cloud)
    await scout_now(hass)
    [ours] = the_car(cloud).charge_schedules
    the_car(cloud).remove_charge_schedule(ours)
    await choose(hass, entry, price_source="g13")
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]
    assert status(hass) == "in_car"


async def test_the_new_comes_before_the_old_goes(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """So that the car is never without a schedule."""
    entry = await in_earnest(hass, cloud)
    await choose(hass, entry, price_source="g13")
    assert order(cloud) == [
        "add_charge_schedule",
        "add_charge_schedule",
        "remove_charge_schedule",
    ]


@with_car(replace(AWAKE, max_charge_schedules=2))
async def test_in_a_full_list_the_new_takes_the_place_of_the_old(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """One of the owner's, one of ours: one command, and at no time a list without ours."""
    the_car(cloud).add_charge_schedule(OWNERS)
    entry = await in_earnest(hass, cloud)
    await choose(hass, entry, price_source="g13")
    assert len(held(cloud)) == 2
    assert ("1111111", "21:00", "07:00", False) in held(cloud)
    assert order(cloud)[1:] == ["add_charge_schedule"]


@with_car(PLUGGED)
async def test_the_same_state_is_no_second_trigger(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Hours at the cable and a restart within the window send nothing."""
    entry = await in_earnest(hass, cloud)
    sent = commands(cloud)
    await until(hass, noon, clock("2026-11-24 23:00"), QUARTER)
    assert the_car(cloud).charging_state == "Charging"
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-25 03:00"), QUARTER)
    assert commands(cloud) == sent
    assert held(cloud) == [NIGHT]


async def test_a_special_session_blocks_and_the_plan_returns(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """From sending to cleanup nothing ordinary is sent; afterwards it is made right."""
    entry = await in_earnest(hass, cloud)
    the_car(cloud).plug_in()
    await add(hass, "2026-11-25 07:00:00", 90)
    await until(hass, noon, clock("2026-11-25 04:00"), QUARTER)
    assert state_of(hass, "sensor", "special_charging") == "active"
    special = set(the_car(cloud).charge_schedules)
    await choose(hass, entry, price_source="g13")
    answer = await cycle(hass)
    assert (answer["status"], answer["skipped"]) == ("blocked", "special_charging")
    assert status(hass) == "blocked"
    with pytest.raises(ServiceValidationError, match="special charging"):
        await reset(hass)
    assert set(the_car(cloud).charge_schedules) == special
    await until(hass, noon, clock("2026-11-25 07:30"), QUARTER)
    assert state_of(hass, "sensor", "special_charging") == "idle"
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]
    assert status(hass) == "in_car"
    assert the_car(cloud).charge_limit == 80


async def test_yes_is_not_done(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Accepted and not in the car is tried again, then told once, and taken back."""
    yes = {"response": {"result": True, "reason": ""}}
    path = "*/command/add_charge_schedule"
    lie = cloud.faults.add(Fault(path=path, status=200, body=yes))
    await in_earnest(hass, cloud)
    assert held(cloud) == []
    assert status(hass) == "pending"
    assert not troubles(hass)
    await until(hass, noon, clock("2026-11-24 12:30"), MINUTE)
    assert commands(cloud) == 3
    assert status(hass) == "failed"
    [trouble] = troubles(hass)
    assert trouble.translation_placeholders == {
        "car": "Scout",
        "reason": "the car said yes and does not hold it",
        "session": "",
        "limit": "",
    }
    cloud.faults.remove(lie)
    await until(hass, noon, clock("2026-11-24 18:40"), 10 * MINUTE)
    assert held(cloud) == [NIGHT]
    assert status(hass) == "in_car"
    assert not troubles(hass)


@with_car(replace(AWAKE, command_signing="required"))
async def test_a_missing_key_is_a_repair(hass: HomeAssistant, cloud: Cloud) -> None:
    """Told once and at once, since time does not help."""
    await in_earnest(hass, cloud)
    assert status(hass) == "failed"
    [trouble] = troubles(hass)
    assert trouble.translation_placeholders is not None
    assert (trouble.translation_key, trouble.is_fixable) == ("off_peak_no_key", True)
    reason = "the car does not know the key of Home Assistant"
    assert trouble.translation_placeholders["reason"] == reason
    await cycle(hass)
    assert len(troubles(hass)) == 1


async def test_trouble_that_time_cures_is_waited_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A server error is no repair, and the next try does it."""
    cloud.faults.add(Fault(path="*/command/*", status=500, times=1))
    await in_earnest(hass, cloud)
    assert status(hass) == "pending"
    await tick(hass, noon, 2 * MINUTE)
    assert held(cloud) == [NIGHT]
    assert status(hass) == "in_car"


async def test_a_car_that_is_not_at_home_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its schedules are bound to home; it is told when it is back."""
    the_car(cloud).move(WORK)
    await in_earnest(hass, cloud)
    assert status(hass) == "not_home"
    assert commands(cloud) == 0
    the_car(cloud).move(HOME)
    await until(hass, noon, clock("2026-11-24 13:00"), QUARTER)
    assert held(cloud) == [NIGHT]


@with_car(replace(HOME_CAR, plugged_in=True))
async def test_a_sleeping_car_is_woken_once_and_only_when_it_matters(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A change at noon waits for the hour before its window, unless the car wakes."""
    the_car(cloud).add_charge_schedule(OWNERS)
    entry = await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert the_car(cloud).state == "asleep"
    sent = commands(cloud)
    await choose(hass, entry, price_source="g13")
    assert status(hass) == "pending"
    await until(hass, noon, clock("2026-11-24 19:50"), QUARTER)
    assert (commands(cloud), wakes(cloud)) == (sent, 0)
    await until(hass, noon, clock("2026-11-24 20:05"), 10 * SECOND)
    assert wakes(cloud) == 1
    assert ("1111111", "21:00", "07:00", False) in held(cloud)
    await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
    assert wakes(cloud) == 1
    assert commands(cloud) == sent + 2


async def test_tesla_names_the_time_of_the_next_try(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Too many calls: the pause is Tesla's, and the schedule is in the car after it."""
    cloud.faults.add(
        Fault(path="*/command/*", status=429, headers={"Retry-After": "600"}, times=1)
    )
    await in_earnest(hass, cloud)
    assert status(hass) == "pending"
    await until(hass, noon, clock("2026-11-24 12:09"), MINUTE)
    assert held(cloud) == []
    await until(hass, noon, clock("2026-11-24 12:12"), MINUTE)
    assert held(cloud) == [NIGHT]


@pytest.mark.all_entities
async def test_below_the_floor_it_charges_now(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At noon and at any price, until the floor, and no further."""
    await in_earnest(hass, cloud)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.scout_safety_floor", "value": 45},
        blocking=True,
    )
    car = the_car(cloud)
    car.plug_in()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert car.charging_state == "Charging"
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert car.charging_state == "Stopped"
    assert 45 <= car.battery_level < 46.5
    assert held(cloud) == [NIGHT]


async def test_the_settings_of_a_car(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Target, departure and floor are kept over a restart; the limit can be followed."""
    entry = await in_earnest(hass, cloud)
    assert state_of(hass, "number", "target_level") == "80"
    for target, expected in ((70, "70"), (80, "80")):
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": "number.scout_target_level", "value": target},
            blocking=True,
        )
        assert state_of(hass, "number", "target_level") == expected
    assert entry.runtime_data.worker.repository.record(VIN).settings.target is None
    await hass.services.async_call(
        "time",
        "set_value",
        {"entity_id": "time.scout_departure", "time": "05:00:00"},
        blocking=True,
    )
    await reload(hass, entry)
    assert state_of(hass, "time", "departure") == "05:00:00"
    plan = await planned(hass)
    assert plan["ready_by"] == "2026-11-25T05:00:00+01:00"
    assert plan["target"] == 80
    assert plan["energy"] == 30
    assert plan["cost"] is None
    assert plan["reasons"] == ["weekly"]


async def test_the_calendar_shows_what_is_in_the_car(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Each night is an event."""
    await in_earnest(hass, cloud)
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": "calendar.scout_charging_calendar",
            "start_date_time": "2026-11-24T12:00:00+01:00",
            "duration": {"hours": 48},
        },
        blocking=True,
        return_response=True,
    )
    events = answer["calendar.scout_charging_calendar"]["events"]
    assert [event["start"] for event in events] == [
        "2026-11-24T22:00:00+01:00",
        "2026-11-25T22:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("eve", "hours"), [("2026-03-28 12:00", 7), ("2026-10-24 12:00", 9)]
)
async def test_a_night_when_clocks_change(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    eve: str,
    hours: int,
) -> None:
    """The same schedule, 23 or 25 hours a day: nothing is sent again."""
    noon.move_to(clock(eve))
    await in_earnest(hass, cloud)
    sent = commands(cloud)
    [window] = (await planned(hass))["windows"]
    begun, ended = (clock(eve).fromisoformat(window[edge]) for edge in ("start", "end"))
    assert (ended - begun) / timedelta(hours=1) == hours
    await until(hass, noon, clock(eve) + timedelta(hours=24), 30 * MINUTE)
    assert commands(cloud) == sent


@pytest.mark.parametrize(
    ("start", "end", "most"),
    [
        ("0002-01-01 00:00:00", "9998-12-31 00:00:00", 125),
        ("2026-11-01 00:00:00", "2026-12-06 00:00:00", 40),
        ("0002-01-01 00:00:00", "0003-01-01 00:00:00", 0),
        ("2126-01-01 00:00:00", "2127-01-01 00:00:00", 0),
    ],
)
async def test_a_calendar_is_shown_for_some_months_at_most(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    start: str,
    end: str,
    most: int,
) -> None:
    """Weekly windows have no end, and 7,000 years of them would block Home Assistant."""
    await in_earnest(hass, cloud)
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": "calendar.scout_charging_calendar",
            "start_date_time": start,
            "end_date_time": end,
        },
        blocking=True,
        return_response=True,
    )
    events = answer["calendar.scout_charging_calendar"]["events"]
    assert most // 2 <= len(events) <= most
