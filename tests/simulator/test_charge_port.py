"""Tests of the pure charge port: what a car does between and after commands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from simulator.car import Car, CarSettings
from simulator.car_rules import ChargeCause, ChargeMode
from simulator.charge_history import ChargeInterval
from simulator.charging import DONE, ChargePort, ChargingState, Command
from simulator.clock import ManualClock
from simulator.schedules import ChargeSchedule

from .car_samples import HOME, NOON, WORK, a_schedule, hours, minutes, once

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = a_schedule(22 * 60, 6 * 60)
LATE_NIGHT = a_schedule(23 * 60, 5 * 60, schedule_id=2)
RUNNING = a_schedule(11 * 60, 13 * 60, schedule_id=3)
SECONDS = timedelta(seconds=2)


def parked(**facts: Any) -> ChargePort:
    """Return the port of a car at home, plugged in at 50 %, limit 80 %, at noon."""
    return ChargePort.parked(NOON, HOME, WARSAW, **facts)


def after(port: ChargePort, *commands: Command) -> ChargePort:
    """Return the port after commands that take two seconds each and are obeyed."""
    for command in commands:
        port, answer = command(port.advanced(port.at + SECONDS))
        assert answer.result, answer.reason
    return port


def limit(percent: int) -> Command:
    """Return the command that sets the charge limit."""
    return lambda port: port.set_charge_limit(percent)


def add(schedule: ChargeSchedule) -> Command:
    """Return the command that adds a charge schedule."""
    return lambda port: port.add_charge_schedule(schedule)


def remove(schedule_id: int) -> Command:
    """Return the command that removes a charge schedule."""
    return lambda port: port.remove_charge_schedule(schedule_id)


def causes(port: ChargePort) -> list[ChargeCause]:
    """Return the causes of all charging so far."""
    return [interval.cause for interval in port.intervals]


def test_port_without_a_schedule_charges_at_once() -> None:
    """Plugged in and below the limit is enough."""
    assert causes(parked()) == [ChargeCause.AT_ONCE]
    assert causes(parked(level=80)) == []
    assert causes(parked(plugged_in=False)) == []
    assert causes(parked(plugged_in=False).plug_in()) == [ChargeCause.AT_ONCE]


def test_port_with_a_schedule_waits_for_its_window() -> None:
    """The history has the run with its cause."""
    port = parked(schedules=[NIGHT]).advanced(NOON + hours(24))
    [run] = port.intervals
    assert run.cause is ChargeCause.SCHEDULE
    assert run.start == NOON + hours(10)
    assert run.end is not None
    assert run.end < NOON + hours(18)


def test_raising_the_limit_before_the_schedule_is_there_starts_a_charge() -> None:
    """A full car without schedules charges for the seconds between the commands."""
    port = after(parked(level=80), limit(90), add(NIGHT))
    assert port.intervals == [
        ChargeInterval(
            start=NOON + SECONDS, end=NOON + 2 * SECONDS, cause=ChargeCause.AT_ONCE
        )
    ]
    assert after(parked(level=80), add(NIGHT), limit(90)).intervals == []


def test_removing_a_schedule_before_adding_another_charges_in_between() -> None:
    """For as long as the second command takes; the other order never charges."""
    port = after(parked(schedules=[NIGHT]), remove(1), add(LATE_NIGHT))
    [between] = port.intervals
    assert between.cause is ChargeCause.AT_ONCE
    assert between.end == between.start + SECONDS
    assert port.level > 50
    port = after(parked(schedules=[NIGHT]), add(LATE_NIGHT), remove(1))
    assert port.intervals == []
    assert port.level == 50


def test_failure_between_two_commands_charges_to_the_limit() -> None:
    """If the second command never comes, the charge goes on until the car is full."""
    port = after(parked(level=80), limit(90)).advanced(NOON + hours(12))
    assert port.state is ChargingState.COMPLETE
    assert port.level == 90
    assert causes(port) == [ChargeCause.AT_ONCE]


def start(port: ChargePort) -> ChargePort:
    """Return the port after charge_start."""
    return after(port, ChargePort.charge_start)


def test_charge_start_ignores_schedules() -> None:
    """Runs that begin, end, are added or removed do not end it."""
    port = start(parked(schedules=[NIGHT], wall_box_kw=2.0))
    port = after(port, add(RUNNING), remove(3), add(LATE_NIGHT), remove(1))
    port = port.advanced(NOON + hours(9))
    [interval] = port.intervals
    assert interval.cause is ChargeCause.COMMANDED
    assert interval.end is None


@pytest.mark.parametrize("end", ["charge_stop", "unplug", "full"])
def test_charge_start_ends_by_stop_cable_or_limit(end: str) -> None:
    """After that the schedules decide again."""
    port = start(parked(schedules=[NIGHT]))
    match end:
        case "charge_stop":
            port = after(port, ChargePort.charge_stop)
        case "unplug":
            port = port.unplug().plug_in()
        case "full":
            port = port.advanced(NOON + hours(5))
            assert port.state is ChargingState.COMPLETE
            port = after(port, limit(90))
    assert not port.charging
    port = port.advanced(NOON + hours(10))
    assert port.cause is ChargeCause.SCHEDULE


def test_limit_below_the_level_ends_what_charge_start_began() -> None:
    """Raised again, the limit starts nothing: the schedule decides."""
    port = after(start(parked(schedules=[NIGHT], level=60)), limit(55))
    assert port.state is ChargingState.COMPLETE
    assert not after(port, limit(80)).charging


def test_charge_stop_does_not_outlive_the_schedule() -> None:
    """Removing the last schedule starts a charge, even one that was stopped."""
    port = after(parked(schedules=[RUNNING]), ChargePort.charge_stop)
    assert not port.charging
    assert after(port, remove(3)).cause is ChargeCause.AT_ONCE


@pytest.mark.parametrize("command", [limit(90), add(once(NIGHT)), add(NIGHT)])
def test_charge_stop_outlives_other_commands(command: Command) -> None:
    """A raised limit or a schedule for later does not start the charge anew."""
    port = after(parked(), ChargePort.charge_stop, command)
    assert not port.charging


def test_schedule_added_while_charging_at_once_stops_the_charge() -> None:
    """One for later ends it, one that runs now goes on with it for its own cause."""
    assert not after(parked(), add(NIGHT)).charging
    port = after(parked(), add(RUNNING))
    assert causes(port) == [ChargeCause.AT_ONCE, ChargeCause.SCHEDULE]
    first, second = port.intervals
    assert first.end == second.start
    assert not port.advanced(NOON + hours(1)).charging


@pytest.mark.parametrize(
    ("resumes", "cause"), [(False, None), (True, ChargeCause.AT_ONCE)]
)
def test_after_its_last_one_time_schedule(
    resumes: bool, cause: ChargeCause | None
) -> None:
    """Not yet full it waits, or charges on if the setting says so."""
    port = parked(
        schedules=[once(RUNNING)], wall_box_kw=2.0, resumes_after_last_run=resumes
    )
    port = port.advanced(NOON + hours(2))
    assert port.rules.schedules.schedules == {}
    assert port.cause is cause


@pytest.mark.parametrize(("percent", "cause"), [(90, ChargeCause.AT_ONCE), (70, None)])
def test_limit_after_the_last_run(percent: int, cause: ChargeCause | None) -> None:
    """Raised, with no schedule left, it starts a charge; lowered, it does not."""
    port = parked(schedules=[once(RUNNING)], wall_box_kw=2.0)
    port = port.advanced(NOON + hours(2))
    assert port.rules.mode is ChargeMode.WINDOW_ENDED
    assert after(port, limit(percent)).cause is cause


def test_history_has_every_change_with_its_instant_and_what_came_of_it() -> None:
    """Limit, schedules and charging, each with the state after it."""
    port = after(parked(level=80), add(NIGHT), limit(90), remove(1))
    reported = [
        (item.kind, item.detail, item.limit, item.cause) for item in port.history
    ]
    assert reported == [
        ("began", "", 80, None),
        ("schedule_added", "1", 80, None),
        ("limit_set", "90 by command", 90, None),
        ("schedule_removed", "1 by command", 90, None),
        ("charging_started", "at_once", 90, ChargeCause.AT_ONCE),
    ]
    assert [item.at - NOON for item in port.history[1:4]] == [
        SECONDS,
        2 * SECONDS,
        3 * SECONDS,
    ]
    assert [len(item.schedules) for item in port.history] == [0, 1, 1, 0, 0]


def test_interval_overlaps_a_time() -> None:
    """Its end does not belong to it; one that lasts overlaps all that is later."""
    ended = ChargeInterval(start=NOON, end=NOON + hours(1), cause=ChargeCause.AT_ONCE)
    assert ended.overlaps(NOON - hours(1), NOON + minutes(1))
    assert not ended.overlaps(NOON + hours(1), NOON + hours(2))
    assert not ended.overlaps(NOON - hours(1), NOON)
    assert replace(ended, end=None).overlaps(NOON + hours(5), NOON + hours(6))


def test_car_charges_by_its_port() -> None:
    """Two commands of the simulated car are `command_seconds` apart."""
    clock = ManualClock(NOON)
    settings = CarSettings(
        vin="5YJ3E7EB0KF000001",
        home=HOME,
        plugged_in=True,
        battery_level=80,
        command_seconds=3,
    )
    car = Car(settings, clock)
    assert car.set_charge_limit(90).result
    assert car.add_charge_schedule(NIGHT).result
    [between] = car.charge_intervals
    assert between.cause is ChargeCause.AT_ONCE
    assert (between.start - NOON, between.end) == (
        timedelta(seconds=3),
        NOON + timedelta(seconds=6),
    )
    clock.advance(minutes(1))
    kinds = [change.kind for change in car.charge_history]
    assert kinds == [
        "began",
        "limit_set",
        "charging_started",
        "schedule_added",
        "charging_stopped",
    ]


commands = st.sampled_from(
    [
        limit(60),
        limit(90),
        add(NIGHT),
        add(once(LATE_NIGHT)),
        add(RUNNING),
        remove(1),
        remove(2),
        remove(3),
        ChargePort.charge_start,
        ChargePort.charge_stop,
        lambda port: (port.unplug(), DONE),
        lambda port: (port.plug_in(), DONE),
    ]
)


@given(
    steps=st.lists(st.tuples(commands, st.sampled_from([2, 600, 7200])), max_size=8),
    asleep=st.sampled_from([minutes(7), hours(1), hours(30)]),
)
def test_port_charges_exactly_when_its_rules_say_so(
    steps: list[tuple[Command, int]], asleep: timedelta
) -> None:
    """After any commands, in whatever steps time passes: one answer."""
    port = parked()
    for command, seconds in steps:
        port, _ = command(port.advanced(port.at + timedelta(seconds=seconds)))
        cause = port.rules.cause(port.at, HOME, port.level)
        assert port.cause is cause
    until = port.at + hours(30)
    in_one_step = port.advanced(until)
    while port.at < until:
        port = port.advanced(min(port.at + asleep, until))
    assert port.intervals == in_one_step.intervals
    assert port.level == pytest.approx(in_one_step.level)


def test_elsewhere_the_schedules_of_home_do_not_count() -> None:
    """Moved away, a plugged-in car charges at once; back home it waits."""
    port = parked(schedules=[NIGHT])
    away = port.moved(NOON, WORK)
    assert away.cause is ChargeCause.AT_ONCE
    assert not away.moved(NOON, HOME).charging
