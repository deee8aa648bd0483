"""Tests of how a car charges, by its own rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from simulator.car import CarSettings, CarState, CommandAnswer

from .car_samples import (
    HOME,
    NOON,
    SETTINGS,
    WORK,
    a_car,
    a_schedule,
    happened,
    hours,
    minutes,
    once,
    state_of,
)

PLUGGED = replace(SETTINGS, plugged_in=True, battery_level=50.0)
DONE = CommandAnswer(result=True)

# From 50 to 80 % at 11 kW into 75 kWh.
TO_80 = hours(22.5 / 11)
NIGHT = a_schedule(22 * 60, 6 * 60)


def test_car_without_schedules_charges_at_once_to_the_limit() -> None:
    """None at all means now; the limit ends it."""
    car, clock = a_car(settings=replace(SETTINGS, battery_level=50.0))
    assert car.charging_state == "Disconnected"
    car.plug_in()
    assert car.charging_state == "Charging"
    clock.advance(TO_80 - minutes(1))
    assert car.charging_state == "Charging"
    clock.advance(hours(10))
    assert car.charging_state == "Complete"
    assert car.battery_level == 80
    ((at, why),) = happened(car, "charging_stopped")
    assert why == "complete"
    assert abs(at - (NOON + TO_80)) < timedelta(seconds=1)


def test_car_with_a_schedule_charges_in_its_window_only() -> None:
    """Plugged in before the window it waits; at the window's end it stops."""
    short = a_schedule(22 * 60, 23 * 60)
    car, clock = a_car(short, settings=PLUGGED)
    assert car.charging_state == "Stopped"
    clock.advance(hours(9.9))
    assert car.charging_state == "Stopped"
    assert state_of(car) is CarState.ASLEEP
    clock.advance(hours(0.1))
    assert car.charging_state == "Charging"
    assert state_of(car) is CarState.ONLINE
    assert happened(car, "woke") == [(NOON + hours(10), "schedule")]
    clock.advance(hours(1))
    assert car.charging_state == "Stopped"
    assert car.battery_level == pytest.approx(50 + 100 * 11 / 75)
    assert happened(car, "charging_stopped") == [(NOON + hours(11), "schedule")]
    clock.advance(hours(24))
    assert car.battery_level == pytest.approx(50 + 200 * 11 / 75)


def test_plugged_in_inside_a_running_window_it_charges_at_once() -> None:
    """A late plug-in uses what is left of the window, over midnight as well."""
    car, clock = a_car(NIGHT, settings=replace(SETTINGS, battery_level=50.0))
    clock.advance(hours(15))
    car.plug_in()
    assert car.charging_state == "Charging"
    clock.advance(minutes(30))
    car.unplug()
    assert car.charging_state == "Disconnected"
    assert car.battery_level == pytest.approx(50 + 50 * 11 / 75)
    clock.advance(hours(3))
    car.plug_in()
    assert car.charging_state == "Stopped"


def test_weekday_is_that_of_the_start() -> None:
    """A schedule of Wednesdays lets Tuesday night pass."""
    wednesdays = a_schedule(22 * 60, 6 * 60, days=8)
    car, clock = a_car(wednesdays, settings=PLUGGED)
    clock.advance(hours(24 + 9))
    assert happened(car, "charging_started") == []
    clock.advance(hours(2))
    assert happened(car, "charging_started") == [(NOON + hours(34), "schedule")]


def test_schedule_of_another_place_does_not_count() -> None:
    """Only elsewhere's schedules are as good as none."""
    elsewhere = replace(NIGHT, latitude=WORK.latitude, longitude=WORK.longitude)
    car, clock = a_car(elsewhere, settings=replace(SETTINGS, battery_level=50.0))
    car.plug_in()
    assert car.charging_state == "Charging"
    car.unplug()
    car.drive(20, WORK, minutes(30))
    clock.advance(minutes(31))
    car.plug_in()
    assert car.charging_state == "Stopped"
    car.move(HOME)
    assert car.charging_state == "Charging"


def test_disabled_schedule_does_not_count() -> None:
    """It is listed, and the car charges at once."""
    car, _ = a_car(replace(NIGHT, enabled=False), settings=PLUGGED)
    assert set(car.charge_schedules) == {1}
    assert car.charging_state == "Charging"


def test_start_without_an_end_charges_to_the_limit() -> None:
    """It goes on past the six hours that a late plug-in has."""
    slow = replace(PLUGGED, charger_kw=2.3)
    car, clock = a_car(a_schedule(22 * 60, None), settings=slow)
    clock.advance(hours(10))
    assert car.charging_state == "Charging"
    clock.advance(hours(9))
    assert car.charging_state == "Charging"
    clock.advance(hours(1))
    assert car.charging_state == "Complete"
    assert car.battery_level == 80


@pytest.mark.parametrize(
    ("after_start", "state"), [(5.9, "Charging"), (6.1, "Stopped")]
)
def test_late_plug_in_has_six_hours(after_start: float, state: str) -> None:
    """Later than that the car waits for the next start."""
    settings = replace(SETTINGS, battery_level=50.0)
    car, clock = a_car(a_schedule(22 * 60, None), settings=settings)
    clock.advance(hours(10 + after_start))
    car.plug_in()
    assert car.charging_state == state


def test_open_ended_charge_survives_other_schedules_but_not_its_own_change() -> None:
    """Removing the schedule that began it ends it; another one's coming does not."""
    slow = replace(PLUGGED, charger_kw=2.3)
    car, clock = a_car(a_schedule(22 * 60, None), settings=slow)
    clock.advance(hours(17))
    later = a_schedule(15 * 60, 16 * 60, schedule_id=2)
    assert car.add_charge_schedule(later) == DONE
    assert car.charging_state == "Charging"
    assert car.remove_charge_schedule(1) == DONE
    assert car.charging_state == "Stopped"


def test_one_time_schedule_is_removed_after_its_window() -> None:
    """After its window it is gone, and the car stays stopped though none is left."""
    car, clock = a_car(once(a_schedule(22 * 60, 23 * 60)), settings=PLUGGED)
    clock.advance(hours(10))
    assert car.charging_state == "Charging"
    clock.advance(hours(1))
    assert car.charge_schedules == {}
    assert car.charging_state == "Stopped"
    assert happened(car, "schedule_removed") == [
        (NOON + hours(11), "1 after its one time")
    ]
    clock.advance(hours(48))
    assert len(happened(car, "charging_started")) == 1
    car.unplug()
    car.plug_in()
    assert car.charging_state == "Charging"


def test_full_car_follows_a_raised_limit_after_its_one_time_schedule() -> None:
    """Complete when the window ended, it follows a raised limit: no schedule is left."""
    car, clock = a_car(once(a_schedule(22 * 60, 6 * 60)), settings=PLUGGED)
    clock.advance(hours(19))
    assert (car.charging_state, car.charge_schedules) == ("Complete", {})
    car.set_limit_by_owner(90)
    assert car.charging_state == "Charging"


def test_unused_one_time_schedule_is_removed_too() -> None:
    """Unplugged in its window, it does not run on the next day."""
    car, clock = a_car(once(a_schedule(22 * 60, 23 * 60)))
    clock.advance(hours(12))
    assert car.charge_schedules == {}
    assert happened(car, "woke") == []


@pytest.mark.parametrize(
    ("zone", "eve", "length"),
    [
        ("Europe/Warsaw", "2026-06-02T12:00", 5),
        ("Europe/Warsaw", "2026-03-28T12:00", 4),
        ("Europe/Warsaw", "2026-10-24T12:00", 6),
        ("Europe/London", "2026-03-28T12:00", 4),
        ("Europe/London", "2026-10-24T12:00", 6),
        ("Australia/Sydney", "2026-10-03T12:00", 4),
        ("Australia/Sydney", "2026-04-04T12:00", 6),
    ],
)
def test_charging_in_nights_of_all_lengths(zone: str, eve: str, length: float) -> None:
    """From 23:00 to 04:00 local time it charges for 5, 4 or 6 hours."""
    start = datetime.fromisoformat(eve).replace(tzinfo=ZoneInfo(zone))
    settings = replace(PLUGGED, time_zone=zone, charger_kw=2.3)
    car, clock = a_car(a_schedule(23 * 60, 4 * 60), settings=settings, start=start)
    clock.advance(hours(20))
    ((began, _),) = happened(car, "charging_started")
    ((ended, _),) = happened(car, "charging_stopped")
    assert began.astimezone(ZoneInfo(zone)).hour == 23
    assert ended.astimezone(ZoneInfo(zone)).hour == 4
    assert ended - began == hours(length)
    assert car.battery_level == pytest.approx(50 + 100 * 2.3 / 75 * length)


def test_charge_start_overrides_the_schedule_until_the_limit() -> None:
    """It starts outside the window; raised afterwards, the limit waits for it."""
    car, clock = a_car(NIGHT, settings=PLUGGED)
    assert car.charge_start() == DONE
    assert car.charging_state == "Charging"
    assert car.charge_start() == CommandAnswer(result=False, reason="is_charging")
    clock.advance(hours(3))
    assert car.charging_state == "Complete"
    car.set_limit_by_owner(90)
    assert car.charging_state == "Stopped"
    clock.advance(hours(7))
    assert car.charging_state == "Charging"


def test_charge_start_outlasts_the_end_of_a_window() -> None:
    """A schedule's end does not stop what charge_start began."""
    car, clock = a_car(a_schedule(13 * 60, 14 * 60), settings=PLUGGED)
    assert car.charge_start() == DONE
    clock.advance(hours(2))
    assert car.charging_state == "Charging"
    assert car.charge_stop() == DONE
    assert car.charging_state == "Stopped"


def test_charge_stop_lasts_until_the_next_start() -> None:
    """It stops the charging that none at all began, and a schedule starts it again."""
    car, clock = a_car(settings=PLUGGED)
    assert car.charge_stop() == DONE
    assert car.charging_state == "Stopped"
    assert car.charge_stop() == CommandAnswer(result=False, reason="not_charging")
    assert car.add_charge_schedule(a_schedule(13 * 60, 14 * 60)) == DONE
    clock.advance(minutes(59))
    assert car.charging_state == "Stopped"
    clock.advance(minutes(1))
    assert car.charging_state == "Charging"


def test_charge_stop_ends_with_the_cable() -> None:
    """Plugged in anew, the rules count again."""
    car, _ = a_car(settings=PLUGGED)
    assert car.charge_stop() == DONE
    car.unplug()
    car.plug_in()
    assert car.charging_state == "Charging"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (SETTINGS, "disconnected"),
        (replace(PLUGGED, battery_level=80.0), "complete"),
        (replace(PLUGGED, battery_level=95.0), "complete"),
        (PLUGGED, "is_charging"),
    ],
)
def test_charge_start_says_why_not(settings: CarSettings, reason: str) -> None:
    """A refusal has its reason and changes nothing."""
    car, _ = a_car(settings=settings)
    before = car.charging_state
    assert car.charge_start() == CommandAnswer(result=False, reason=reason)
    assert car.charging_state == before


def test_raising_the_limit_resumes_only_if_the_rules_allow() -> None:
    """Inside the window or without schedules a full car goes on, outside it waits."""
    for schedules, state in (
        ((), "Charging"),
        ((a_schedule(9 * 60, 18 * 60),), "Charging"),
        ((NIGHT,), "Stopped"),
    ):
        car, _ = a_car(*schedules, settings=replace(PLUGGED, battery_level=80.0))
        assert car.charging_state == "Complete"
        assert car.set_charge_limit(90) == DONE
        assert car.charging_state == state


def test_lowering_the_limit_ends_the_charging() -> None:
    """Below the level that it has, a limit completes."""
    car, clock = a_car(settings=PLUGGED)
    clock.advance(hours(1))
    assert car.set_charge_limit(60) == DONE
    assert car.charging_state == "Complete"
    level = car.battery_level
    assert level == pytest.approx(50 + 100 * 11 / 75, abs=0.01)
    clock.advance(hours(1))
    assert car.battery_level == level


def test_limit_out_of_range_answers_success_and_changes_nothing() -> None:
    """Tesla documents it so; hence the read-back."""
    car, _ = a_car()
    assert car.set_charge_limit(80) == CommandAnswer(result=False, reason="already_set")
    for percent in (49, 101):
        assert car.set_charge_limit(percent) == DONE
        assert car.charge_limit == 80
    assert car.set_charge_limit(50) == DONE
    assert car.charge_limit == 50
    assert [detail for _, detail in happened(car, "limit_set")] == ["50 by command"]
    with pytest.raises(ValueError, match="101"):
        car.set_limit_by_owner(101)
    assert car.charge_limit == 50


def test_amps_set_the_power() -> None:
    """Half the amperes charge half as fast, and the energy so far is not lost."""
    car, clock = a_car(settings=PLUGGED)
    clock.advance(hours(1))
    assert car.set_charging_amps(8) == DONE
    clock.advance(hours(1))
    assert car.battery_level == pytest.approx(50 + 150 * 11 / 75, abs=0.01)
    charge = car.vehicle_data(frozenset({"charge_state"}))["charge_state"]
    assert charge["charge_energy_added"] == 16.5
    assert (charge["charge_amps"], charge["charger_power"]) == (8, 6)
    assert len(happened(car, "charging_started")) == 1
    assert car.set_charging_amps(99) == DONE
    charge = car.vehicle_data(frozenset({"charge_state"}))["charge_state"]
    assert charge["charge_amps"] == 16


def test_schedules_are_replaced_removed_and_counted() -> None:
    """One id is one schedule; a full car refuses; an unknown id is not found."""
    settings = replace(SETTINGS, max_charge_schedules=2)
    car, _ = a_car(settings=settings)
    assert car.add_charge_schedule(NIGHT) == DONE
    assert car.add_charge_schedule(replace(NIGHT, end_time=300)) == DONE
    assert [each.end_time for each in car.charge_schedules.values()] == [300]
    assert car.add_charge_schedule(replace(NIGHT, id=2)) == DONE
    full = car.add_charge_schedule(replace(NIGHT, id=3))
    assert not full.result
    assert full.reason
    missing = car.remove_charge_schedule(3)
    assert not missing.result
    assert "not found" in missing.reason
    assert car.remove_charge_schedule(2) == DONE
    assert set(car.charge_schedules) == {1}
    details = [detail for _, detail in happened(car, "schedule_added")]
    assert details == ["1", "1", "2"]
    with pytest.raises(ValueError, match="schedules"):
        a_car(*(replace(NIGHT, id=each) for each in range(3)), settings=settings)


def test_running_schedule_added_to_a_waiting_car_starts_it() -> None:
    """And the last one's removal makes it charge at once, as plugging in would."""
    car, clock = a_car(NIGHT, settings=PLUGGED)
    now = a_schedule(11 * 60, 13 * 60, schedule_id=2)
    assert car.add_charge_schedule(now) == DONE
    assert car.charging_state == "Charging"
    clock.advance(hours(1))
    assert car.charging_state == "Stopped"
    assert car.remove_charge_schedule(2) == DONE
    assert car.charging_state == "Stopped"
    assert car.remove_charge_schedule(1) == DONE
    assert car.charging_state == "Charging"


def test_car_that_starts_asleep_and_plugged_in_does_not_charge() -> None:
    """Such a car waits until something changes, schedules or none."""
    car, clock = a_car(settings=replace(PLUGGED, starts_asleep=True))
    assert (car.state, car.charging_state) == (CarState.ASLEEP, "Stopped")
    clock.advance(hours(30))
    assert car.record == []
    car.wake()
    clock.advance(minutes(1))
    assert car.charging_state == "Stopped"
    assert car.add_charge_schedule(NIGHT) == DONE
    clock.advance(hours(4.5))
    assert car.charging_state == "Charging"
