"""What one says is done: charge now, skip, target of a day, vacation; and undone."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from simulator.car import Car
from simulator.car_settings import CommandAnswer
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.schedules import ChargeSchedule

from ...common import VIN, WORK, act, entity_id, set_up, the_car, tick
from ...scout_helpers import devices, reload, scout_now, wakes, with_car
from ..special_charging.session_helpers import sent_commands
from .off_peak_helpers import (
    ASLEEP,
    GUARD,
    MINUTE,
    NIGHT,
    QUARTER,
    SECOND,
    arrive,
    by_prices,
    clock,
    commands,
    held,
    in_earnest,
    number,
    planned,
    publish,
    switch,
    two_days,
    until,
    windows,
)

DOWN = Fault(path="/api/1/vehicles*", status=503)


async def say(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action for the car."""
    answer = await act(hass, action, device_id=devices(hass)[VIN], **data)
    await hass.async_block_till_done(wait_background_tasks=True)
    return answer


async def said(hass: HomeAssistant) -> list[str]:
    """Return the kinds of overrides that are listed."""
    listed = (await say(hass, "list_overrides"))["overrides"]
    return [item["override"] for item in listed]


async def at_noon(hass: HomeAssistant, cloud: Cloud) -> ConfigEntry[Any]:
    """Set up by a night tariff, with a car that is plugged in and waits for it."""
    entry = await in_earnest(hass, cloud)
    await arrive(hass, cloud)
    assert held(cloud) == [NIGHT]
    assert the_car(cloud).charging_state != "Charging"
    return entry


def as_before(cloud: Cloud) -> bool:
    """Whether the car holds what it held before anything was said."""
    return held(cloud) == [NIGHT] and the_car(cloud).charge_limit == 80


# Charge now.


async def test_charge_now_charges_at_once_and_leaves_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """To the usual target, in the dear hours of the day; then the tariff returns."""
    await at_noon(hass, cloud)
    answer = await say(hass, "charge_now")
    assert answer["override"] == "charge_now"
    assert answer["target"] == 80
    await until(hass, noon, clock("2026-11-24 12:05"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    assert await said(hass) == ["charge_now"]
    await until(hass, noon, clock("2026-11-24 16:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(80, abs=1)
    assert the_car(cloud).charging_state != "Charging"
    assert await said(hass) == []
    assert as_before(cloud)


async def test_a_target_above_the_limit_raises_it_for_as_long_as_it_takes(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The owner's limit is back once the battery has what was asked for."""
    await at_noon(hass, cloud)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 12:05"), MINUTE)
    assert the_car(cloud).charge_limit == 90
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    assert the_car(cloud).battery_level >= 89
    assert as_before(cloud)


async def test_energy_and_an_end_are_kept(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """15 kWh are 20 % of 75 kWh; and at the end it ends, reached or not."""
    await at_noon(hass, cloud)
    answer = await say(hass, "charge_now", energy=15)
    assert answer["target"] == 60
    await until(hass, noon, clock("2026-11-24 15:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(60, abs=2)
    await say(hass, "charge_now", until="2026-11-24 15:30:00")
    await until(hass, noon, clock("2026-11-24 15:10"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, clock("2026-11-24 16:10"), MINUTE)
    assert the_car(cloud).charging_state != "Charging"
    assert the_car(cloud).battery_level < 70
    assert as_before(cloud)


async def test_cancelled_it_stops_and_is_undone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What was started is stopped, the limit is restored, the schedule leaves."""
    await at_noon(hass, cloud)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 12:30"), MINUTE)
    answer = await say(hass, "cancel_override", override="charge_now")
    assert answer == {"cancelled": ["charge_now"], "restored": [], "lost": []}
    await until(hass, noon, clock("2026-11-24 12:40"), MINUTE)
    assert the_car(cloud).charging_state != "Charging"
    assert as_before(cloud)


@pytest.mark.parametrize("minutes", [0, 3, 60, 200])
@pytest.mark.slow
async def test_charge_now_survives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, minutes: int
) -> None:
    """At each step: sent, started, running, ending."""
    entry = await at_noon(hass, cloud)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 12:00") + minutes * MINUTE, MINUTE)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    assert the_car(cloud).battery_level >= 89
    assert as_before(cloud)


async def test_charge_now_waits_out_an_outage(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Said while the cloud is down, it is done when that is back, and undone."""
    await at_noon(hass, cloud)
    fault = cloud.faults.add(DOWN)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 12:20"), MINUTE)
    assert the_car(cloud).charging_state != "Charging"
    cloud.faults.remove(fault)
    await until(hass, noon, clock("2026-11-24 12:50"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    fault = cloud.faults.add(DOWN)
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    cloud.faults.remove(fault)
    await until(hass, noon, clock("2026-11-24 20:00"), QUARTER)
    assert as_before(cloud)


async def test_a_car_that_does_not_start_by_itself_is_started(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Who says "now" does not wait for the car's own delay."""
    await at_noon(hass, cloud)
    add = Car.add_charge_schedule

    def hesitate(car: Car, schedule: ChargeSchedule) -> CommandAnswer:
        """Take a schedule, and do not start by it."""
        answer = add(car, schedule)
        car.charge_stop()
        return answer

    with patch.object(Car, "add_charge_schedule", hesitate):
        await say(hass, "charge_now")
    assert sent_commands(cloud)[-2:] == ["add_charge_schedule", "charge_start"]
    await until(hass, noon, clock("2026-11-24 12:10"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"


async def test_charge_now_needs_no_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In shadow mode, with nothing of ours in the car, it does the same."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    the_car(cloud).charge_stop()
    await scout_now(hass)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 12:05"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    await say(hass, "cancel_override")
    assert the_car(cloud).charge_limit == 80
    assert held(cloud) == []


async def test_said_again_the_last_word_counts(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A second charge takes the place of the first, which is not forgotten."""
    await at_noon(hass, cloud)
    await say(hass, "charge_now", target=90)
    await tick(hass, noon, 5 * MINUTE)
    await say(hass, "charge_now", target=85)
    await tick(hass, noon, 5 * MINUTE)
    assert await said(hass) == ["charge_now"]
    await until(hass, noon, clock("2026-11-24 18:30"), QUARTER)
    assert as_before(cloud)


async def test_charge_now_is_above_special_charging(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Neither refuses the other, and the promise is kept all the same."""
    await at_noon(hass, cloud)
    await say(hass, "add_special_charging", target=95, ready_by="2026-11-24 20:00:00")
    await say(hass, "charge_now", target=70)
    await until(hass, noon, clock("2026-11-24 12:10"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, clock("2026-11-24 20:00"), QUARTER)
    assert the_car(cloud).battery_level >= 94
    await until(hass, noon, clock("2026-11-24 21:30"), QUARTER)
    assert as_before(cloud)


# Skip.


@pytest.mark.slow
async def test_a_skipped_night_does_not_charge_and_the_tariff_returns(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Until the departure; then the car holds the cheap hours again."""
    await at_noon(hass, cloud)
    answer = await say(hass, "skip_charging")
    assert answer["until"] == "2026-11-25T07:00:00+01:00"
    assert NIGHT not in held(cloud)
    assert "skipped" in (await planned(hass))["reasons"]
    await until(hass, noon, clock("2026-11-25 06:55"), QUARTER)
    assert the_car(cloud).battery_level == 40
    await until(hass, noon, clock("2026-11-25 07:10"), MINUTE)
    assert held(cloud) == [NIGHT]
    assert await said(hass) == []
    await until(hass, noon, clock("2026-11-26 06:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(80, abs=1)


@pytest.mark.slow
async def test_a_skip_ends_the_charge_that_runs(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Said in the night, the car stops; cancelled, it goes on."""
    await at_noon(hass, cloud)
    await until(hass, noon, clock("2026-11-24 23:00"), QUARTER)
    assert the_car(cloud).charging_state == "Charging"
    await scout_now(hass)
    await say(hass, "skip_charging")
    await tick(hass, noon, 2 * MINUTE)
    level = the_car(cloud).battery_level
    assert the_car(cloud).charging_state != "Charging"
    await say(hass, "cancel_override", override="skip")
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert held(cloud) == [NIGHT]
    assert the_car(cloud).battery_level > level + 10


@pytest.mark.parametrize("at", ["12:00", "18:00", "23:00", "06:59"])
@pytest.mark.slow
async def test_a_skip_survives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, at: str
) -> None:
    """At each step it holds, and ends."""
    entry = await at_noon(hass, cloud)
    await say(hass, "skip_charging")
    day = "2026-11-25" if at == "06:59" else "2026-11-24"
    await until(hass, noon, clock(f"{day} {at}"), QUARTER)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-25 06:59"), QUARTER)
    assert the_car(cloud).battery_level == 40
    await until(hass, noon, clock("2026-11-25 07:30"), MINUTE)
    assert held(cloud) == [NIGHT]


@pytest.mark.parametrize(
    ("action", "data", "level"),
    [
        ("skip_charging", {}, 40),
        ("set_target", {"date": "2026-11-25", "target": 60}, 60),
        ("start_vacation", {"end": "2026-11-27 12:00:00"}, 50),
    ],
)
@pytest.mark.slow
async def test_what_is_said_in_an_outage_is_sent_after_it(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    action: str,
    data: dict[str, Any],
    level: int,
) -> None:
    """It is stored at once, and holds in the night."""
    await at_noon(hass, cloud)
    fault = cloud.faults.add(DOWN)
    await say(hass, action, **data)
    assert held(cloud) == [NIGHT]
    await until(hass, noon, clock("2026-11-24 13:00"), QUARTER)
    cloud.faults.remove(fault)
    await until(hass, noon, clock("2026-11-24 20:00"), QUARTER)
    assert NIGHT not in held(cloud)
    await until(hass, noon, clock("2026-11-25 06:45"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(level, abs=2)


@pytest.mark.slow
async def test_special_charging_goes_on_in_a_vacation(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A promise is above a vacation, which goes on after it."""
    await at_noon(hass, cloud)
    await say(hass, "start_vacation", end="2026-11-27 12:00:00", level=50)
    await say(hass, "add_special_charging", target=90, ready_by="2026-11-25 07:00:00")
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert the_car(cloud).battery_level >= 89
    await until(hass, noon, clock("2026-11-25 08:00"), QUARTER)
    assert the_car(cloud).charge_limit == 80
    assert await said(hass) == ["vacation"]
    assert NIGHT not in held(cloud)


async def test_a_charge_elsewhere_is_not_ended_by_a_skip(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What is skipped is what is planned at home, and not what begins there later."""
    entry = await at_noon(hass, cloud)
    car = the_car(cloud)
    car.unplug()
    car.move(WORK)
    car.plug_in()
    car.charge_start()
    await scout_now(hass)
    await say(hass, "skip_charging")
    await tick(hass, noon, 5 * MINUTE)
    assert car.charging_state == "Charging"
    assert entry.runtime_data.worker.repository.record(VIN).control.stop_at is None


@pytest.mark.all_entities
@pytest.mark.slow
async def test_the_safety_floor_holds_in_a_skip(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that is too low charges at once, to the floor, skipped or not."""
    await at_noon(hass, cloud)
    await say(hass, "skip_charging")
    await number(hass, "safety_floor", 50)
    await until(hass, noon, clock("2026-11-24 14:00"), MINUTE)
    assert the_car(cloud).battery_level == pytest.approx(50, abs=2)
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(50, abs=2)


async def test_by_prices_what_is_left_of_the_night_is_planned(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Skipped until two, the hours after it are used."""
    publish(hass, *two_days(0, 1, 2, 3, 4, 5))
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await say(hass, "skip_charging", until="2026-11-25 03:00:00")
    assert all(start >= "03:00" for start, _ in windows(cloud))
    assert windows(cloud)
    await say(hass, "cancel_override")
    assert len(windows(cloud)) == 1
    assert GUARD in held(cloud)


async def test_a_skip_that_breaks_a_promise_asks_first(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Refused, with what would not be kept; confirmed, that is cancelled."""
    await at_noon(hass, cloud)
    await say(hass, "add_special_charging", target=90, ready_by="2026-11-25 07:00:00")
    with pytest.raises(ServiceValidationError) as refused:
        await say(hass, "skip_charging")
    assert refused.value.translation_key == "skip_breaks_session"
    assert refused.value.translation_placeholders == {
        "target": "90",
        "ready_by": "2026-11-25 07:00",
    }
    assert await said(hass) == []
    await say(hass, "skip_charging", confirm=True)
    [session] = (await say(hass, "list_special_charging"))["sessions"]
    assert session["state"] == "cancelled"
    assert session["reason"] == "charging_skipped"
    await until(hass, noon, clock("2026-11-25 06:55"), QUARTER)
    assert the_car(cloud).battery_level == 40


@pytest.mark.slow
async def test_a_skip_that_is_taken_back_restores_the_promise(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """With its title and its source; also after a restart, and a second skip."""
    entry = await at_noon(hass, cloud)
    calendar = entity_id(hass, "calendar", "special_charging")
    event = {
        "summary": "To the sea, 90 %",
        "start_date_time": "2026-11-25 07:00:00",
        "end_date_time": "2026-11-25 07:30:00",
    }
    await hass.services.async_call(
        "calendar", "create_event", {"entity_id": calendar, **event}, blocking=True
    )
    await say(hass, "skip_charging", confirm=True)
    await say(hass, "skip_charging", until="2026-11-25 09:00:00")
    await reload(hass, entry)
    answer = await say(hass, "cancel_override", override="skip")
    assert answer["cancelled"] == ["skip"]
    assert [row["target"] for row in answer["restored"]] == [90]
    assert answer["lost"] == []
    ended, again = (await say(hass, "list_special_charging"))["sessions"]
    assert (ended["state"], again["state"]) == ("cancelled", "scheduled")
    shown: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": calendar,
            "start_date_time": "2026-11-25 06:59:00",
            "end_date_time": "2026-11-25 07:31:00",
        },
        blocking=True,
        return_response=True,
    )
    # What was cancelled is not shown any more.
    (event_shown,) = shown[calendar]["events"]
    assert event_shown["summary"] == "To the sea, 90 %"
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert the_car(cloud).battery_level >= 89


async def test_a_promise_that_is_too_near_is_lost_with_the_skip_and_said(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The skip is over all the same."""
    await at_noon(hass, cloud)
    await say(hass, "add_special_charging", target=90, ready_by="2026-11-24 20:00:00")
    await say(hass, "skip_charging", confirm=True)
    await until(hass, noon, clock("2026-11-24 19:55"), QUARTER)
    answer = await say(hass, "cancel_override", override="skip")
    assert answer["restored"] == []
    assert [row["target"] for row in answer["lost"]] == [90]
    assert await said(hass) == []


async def test_a_promise_after_the_skip_does_not_ask(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What charges after its end is not broken by it."""
    await at_noon(hass, cloud)
    await say(hass, "add_special_charging", target=90, ready_by="2026-11-26 07:00:00")
    await say(hass, "skip_charging")
    assert await said(hass) == ["skip"]


async def test_in_shadow_mode_there_is_nothing_to_skip(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing would keep the car from charging: it says so."""
    await at_noon(hass, cloud)
    await switch(hass, "shadow_mode", True)
    with pytest.raises(ServiceValidationError) as refused:
        await say(hass, "skip_charging")
    assert refused.value.translation_key == "skip_without_plan"


# Target of a day, vacation.


@pytest.mark.slow
async def test_a_lower_target_of_a_day_is_for_that_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Wednesday leaves with 60 %, Thursday with the usual 80 % again."""
    entry = await at_noon(hass, cloud)
    answer = await say(hass, "set_target", weekday="wed", target=60)
    assert answer["override"] == "target"
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-25 07:30"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(60, abs=2)
    await until(hass, noon, clock("2026-11-25 08:00"), MINUTE)
    assert held(cloud) == [NIGHT]
    await until(hass, noon, clock("2026-11-26 06:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(80, abs=1)


async def test_a_weekday_is_the_next_one_with_a_departure_ahead(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At noon on Tuesday, Tuesday is that of the next week."""
    await at_noon(hass, cloud)
    days = {"tue": "2026-12-01", "wed": "2026-11-25", "mon": "2026-11-30"}
    for weekday, day in days.items():
        answer = await say(hass, "set_target", weekday=weekday, target=60)
        assert answer["since"] == f"{day}T00:00:00+01:00"
    assert await said(hass) == ["target"] * 3


@pytest.mark.slow
async def test_a_target_above_the_limit_is_special_charging(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The limit is raised for the night, and restored."""
    await at_noon(hass, cloud)
    answer = await say(hass, "set_target", date="2026-11-25", target=100)
    assert answer["until"] == "2026-11-25T07:00:00+01:00"
    assert answer["session_id"]
    assert await said(hass) == ["target"]
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert the_car(cloud).battery_level >= 99
    await until(hass, noon, clock("2026-11-25 08:00"), QUARTER)
    assert the_car(cloud).charge_limit == 80
    assert await said(hass) == []


async def test_another_target_of_the_day_takes_its_place_and_cancel_undoes_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Whether it is above the limit or below."""
    await at_noon(hass, cloud)
    for target in (100, 60, 95):
        await say(hass, "set_target", date="2026-11-25", target=target)
        listed = (await say(hass, "list_overrides"))["overrides"]
        assert [item["target"] for item in listed] == [target]
    assert (await say(hass, "cancel_override"))["cancelled"] == ["target"]
    assert await said(hass) == []
    assert as_before(cloud)


async def test_the_target_of_one_day_is_cancelled_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Above the limit and below it; those of other days stay."""
    await at_noon(hass, cloud)
    days = {"2026-11-25": 100, "2026-11-26": 60, "2026-11-27": 70}
    for date, target in days.items():
        await say(hass, "set_target", date=date, target=target)
    for date in ("2026-11-25", "2026-11-27"):
        answer = await say(hass, "cancel_override", override="target", date=date)
        assert answer["cancelled"] == ["target"]
    listed = (await say(hass, "list_overrides"))["overrides"]
    assert [item["target"] for item in listed] == [60]
    with pytest.raises(ServiceValidationError) as refused:
        await say(hass, "cancel_override", override="target", date="2026-11-25")
    assert refused.value.translation_key == "nothing_to_cancel"


@pytest.mark.slow
async def test_a_vacation_holds_a_level_and_ends(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No more than 50 % for two nights, a restart in between; then 80 % again."""
    entry = await at_noon(hass, cloud)
    await say(hass, "start_vacation", end="2026-11-26 18:00:00", level=50)
    assert "vacation" in (await planned(hass))["reasons"]
    await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(50, abs=2)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-26 17:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(50, abs=2)
    await until(hass, noon, clock("2026-11-27 06:00"), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(80, abs=1)
    assert held(cloud) == [NIGHT]


# What is refused, who may, buttons.


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("charge_now", {"target": 30}, "charge_now_reached"),
        ("charge_now", {"target": 120}, "charge_now_target"),
        ("charge_now", {"until": "2026-11-24 12:05:00"}, "deadline_too_soon"),
        ("charge_now", {"until": "2026-12-24 12:05:00"}, "override_too_long"),
        ("charge_now", {"until": "2026-11-23 12:05:00"}, "deadline_past"),
        ("skip_charging", {"until": "2026-12-24 12:05:00"}, "override_too_long"),
        ("skip_charging", {"until": "2026-11-23 12:05:00"}, "deadline_past"),
        ("set_target", {"target": 90}, "day_missing"),
        ("set_target", {"target": 40, "weekday": "fri"}, "target_out_of_range"),
        ("set_target", {"target": 90, "date": "2026-11-20"}, "day_past"),
        ("set_target", {"target": 90, "date": "0001-01-01"}, "day_past"),
        ("set_target", {"target": 60, "date": "9998-12-31"}, "override_too_long"),
        ("set_target", {"target": 90, "date": "9999-12-31"}, "override_too_long"),
        ("cancel_override", {"date": "0001-01-01"}, "day_past"),
        ("cancel_override", {"date": "9999-12-31"}, "override_too_long"),
        ("set_target", {"target": 90, "date": "2026-11-24"}, "no_departure_that_day"),
        ("start_vacation", {"end": "2026-11-20 12:00:00"}, "deadline_past"),
        ("start_vacation", {"end": "2028-11-20 12:00:00"}, "override_too_long"),
        (
            "start_vacation",
            {"start": "2026-12-02 12:00:00", "end": "2026-12-01 12:00:00"},
            "vacation_ends_first",
        ),
        ("cancel_override", {}, "nothing_to_cancel"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    """And nothing is stored or sent."""
    await at_noon(hass, cloud)
    sent = commands(cloud)
    with pytest.raises(ServiceValidationError) as refused:
        await say(hass, action, **data)
    assert refused.value.translation_key == key
    assert await said(hass) == []
    assert commands(cloud) == sent


async def test_a_car_that_is_away_is_not_charged_from_here(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its schedules hold at home only."""
    await at_noon(hass, cloud)
    the_car(cloud).move(WORK)
    await scout_now(hass)
    with pytest.raises(ServiceValidationError) as refused:
        await say(hass, "charge_now")
    assert refused.value.translation_key == "charge_now_away"


@pytest.mark.parametrize("action", ["charge_now", "skip_charging", "cancel_override"])
async def test_whoever_may_not_control_the_car_may_not_here(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_read_only_user: MockUser,
    action: str,
) -> None:
    """Who only sees it may list."""
    await at_noon(hass, cloud)
    data, context = {"device_id": devices(hass)[VIN]}, Context(hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, context=context
        )
    await hass.services.async_call(
        DOMAIN,
        "list_overrides",
        data,
        blocking=True,
        context=context,
        return_response=True,
    )


@pytest.mark.all_entities
async def test_the_buttons_do_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Charge now, and skip what comes next."""
    await at_noon(hass, cloud)

    async def push(key: str) -> None:
        """Press a button of the car."""
        data = {"entity_id": entity_id(hass, "button", key)}
        await hass.services.async_call("button", "press", data, blocking=True)
        await hass.async_block_till_done(wait_background_tasks=True)

    await push("skip_charging")
    assert await said(hass) == ["skip"]
    await push("charge_now")
    assert await said(hass) == ["charge_now", "skip"]
    await until(hass, noon, clock("2026-11-24 12:10"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    with pytest.raises(ServiceValidationError) as refused:
        await push("skip_charging")
    assert refused.value.translation_key == "skip_breaks_session"


@with_car(ASLEEP)
async def test_a_car_that_sleeps_is_woken_to_charge_now(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It matters now."""
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 17:00"), 5 * MINUTE)
    assert the_car(cloud).state == "asleep"
    before = wakes(cloud)
    await say(hass, "charge_now", target=90)
    await until(hass, noon, clock("2026-11-24 17:10"), 10 * SECOND)
    assert the_car(cloud).charging_state == "Charging"
    assert wakes(cloud) == before + 1
