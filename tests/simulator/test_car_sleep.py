"""Tests of how a car sleeps, and what wakes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.car import Car, CarState, CommandAnswer

from .car_samples import (
    NOON,
    SETTINGS,
    WORK,
    a_car,
    a_schedule,
    happened,
    hours,
    minutes,
    state_of,
)

PLUGGED = replace(SETTINGS, plugged_in=True, battery_level=50.0)
DONE = CommandAnswer(result=True)

NIGHT = a_schedule(22 * 60, 6 * 60)


def test_car_falls_asleep_after_its_idle_time() -> None:
    """15 minutes by default, to the second."""
    car, clock = a_car()
    clock.advance(minutes(15) - timedelta(seconds=1))
    assert state_of(car) is CarState.ONLINE
    clock.advance(timedelta(seconds=1))
    assert state_of(car) is CarState.ASLEEP
    assert happened(car, "slept") == [(NOON + minutes(15), "")]


@pytest.mark.parametrize(("kept", "state"), [(True, "online"), (False, "asleep")])
def test_reads_keep_an_older_car_awake_only(kept: bool, state: str) -> None:
    """Read every ten minutes, an older car never sleeps, a newer one does."""
    car, clock = a_car(settings=replace(SETTINGS, reads_keep_awake=kept))
    for _ in range(3):
        clock.advance(minutes(10))
        car.record_read()
    assert car.state.value == state


def test_commands_keep_the_car_awake() -> None:
    """Each command restarts the idle time, a refused one too."""
    car, clock = a_car()
    clock.advance(minutes(10))
    assert not car.charge_stop().result
    clock.advance(minutes(15))
    assert state_of(car) is CarState.ONLINE
    clock.advance(timedelta(seconds=SETTINGS.command_seconds))
    assert state_of(car) is CarState.ASLEEP


def test_commands_do_nothing_while_asleep_or_out_of_reach() -> None:
    """They answer so, and neither wake nor change the car; later they work."""
    car, clock = a_car()
    clock.advance(minutes(16))
    answer = car.set_charge_limit(90)
    assert not answer.result
    assert "asleep" in answer.reason
    assert (car.charge_limit, car.state) == (80, CarState.ASLEEP)
    car.wake()
    clock.advance(minutes(1))
    car.set_signal(False)
    assert not car.set_charge_limit(90).result
    car.set_signal(True)
    assert car.set_charge_limit(90) == DONE


def test_waking_takes_wake_duration() -> None:
    """Until then it counts as asleep, and further calls do not put it off."""
    settings = replace(
        SETTINGS, starts_asleep=True, wake_duration=timedelta(seconds=40)
    )
    car, clock = a_car(settings=settings)
    car.wake()
    clock.advance(timedelta(seconds=39))
    assert state_of(car) is CarState.ASLEEP
    car.wake()
    clock.advance(timedelta(seconds=1))
    assert state_of(car) is CarState.ONLINE
    assert happened(car, "woke") == [(NOON + timedelta(seconds=40), "wake_up")]
    clock.advance(minutes(15))
    assert state_of(car) is CarState.ASLEEP


def test_wake_up_restarts_the_idle_time() -> None:
    """It is not recorded as a second wake."""
    car, clock = a_car()
    clock.advance(minutes(14))
    car.wake()
    clock.advance(minutes(14))
    assert state_of(car) is CarState.ONLINE
    assert happened(car, "woke") == []


def test_car_answers_slowly_just_after_waking() -> None:
    """For its first minute, and not in between."""
    slow = timedelta(seconds=9)
    settings = replace(SETTINGS, starts_asleep=True, slow_answer=slow)
    car, clock = a_car(settings=settings)
    assert car.answers_slowly_for == timedelta(0)
    car.wake()
    clock.advance(timedelta(seconds=20))
    assert car.answers_slowly_for == slow
    clock.advance(timedelta(seconds=59))
    assert car.answers_slowly_for == slow
    clock.advance(timedelta(seconds=1))
    assert car.answers_slowly_for == timedelta(0)


def test_owner_wakes_the_car() -> None:
    """Driving, plugging in and out, sentry, the screen: each at once."""
    acts: list[tuple[str, Callable[[Car], None]]] = [
        ("plugging in", lambda car: car.plug_in()),
        ("unplugging", lambda car: car.unplug()),
        ("driving", lambda car: car.drive(1, WORK, minutes(5))),
        ("sentry", lambda car: car.set_sentry(True)),
    ]
    car, clock = a_car(NIGHT)
    for cause, act in acts:
        clock.advance(minutes(30))
        assert state_of(car) is CarState.ASLEEP
        act(car)
        assert state_of(car) is CarState.ONLINE
        assert happened(car, "woke")[-1] == (clock.now(), cause)


SELF_WAKING = replace(SETTINGS, self_wake_every=hours(1), starts_asleep=True)


def test_car_wakes_by_itself_each_hour() -> None:
    """It stays awake for two and a half minutes, also if nobody accesses it."""
    car, clock = a_car(settings=SELF_WAKING)
    clock.advance(hours(3) + minutes(1))
    assert state_of(car) is CarState.ONLINE
    assert [at for at, _ in happened(car, "woke")] == [
        NOON + hours(1),
        NOON + hours(2),
        NOON + hours(3),
    ]
    assert happened(car, "slept")[0] == (NOON + hours(1) + minutes(2.5), "")
    assert car.awake_minutes(NOON, clock.now()) == pytest.approx(2.5 + 2.5 + 1)


def test_read_extends_a_short_wake_to_the_idle_time() -> None:
    """A read then keeps an older car awake for the idle time, and a newer one not."""
    for kept, awake in ((True, 1 + 15), (False, 2.5)):
        settings = replace(SELF_WAKING, reads_keep_awake=kept)
        car, clock = a_car(settings=settings)
        clock.advance(hours(1) + minutes(1))
        car.record_read()
        clock.advance(minutes(50))
        assert car.awake_minutes(NOON, clock.now()) == pytest.approx(awake)


def test_hour_counts_from_falling_asleep() -> None:
    """After a real waking the next one by itself is an hour after falling asleep."""
    car, clock = a_car(settings=SELF_WAKING)
    clock.advance(minutes(30))
    car.plug_in()
    clock.advance(hours(4))
    slept = [at for at, _ in happened(car, "slept")]
    woke = happened(car, "woke")
    assert woke[0] == (NOON + minutes(30), "plugging in")
    assert woke[1] == (slept[0] + hours(1), "itself")


def test_wake_up_extends_a_wake_of_its_own() -> None:
    """Called while awake by itself, the car stays awake for its idle time."""
    car, clock = a_car(settings=SELF_WAKING)
    clock.advance(hours(1) + minutes(2))
    car.wake()
    clock.advance(minutes(14))
    assert state_of(car) is CarState.ONLINE
    clock.advance(minutes(2))
    assert state_of(car) is CarState.ASLEEP


def test_sentry_mode_keeps_the_car_awake() -> None:
    """Switched off, the idle time begins."""
    car, clock = a_car(settings=replace(SELF_WAKING, sentry=True))
    clock.advance(timedelta(days=3))
    assert state_of(car) is CarState.ONLINE
    assert car.vehicle_data(None)["vehicle_state"]["sentry_mode"] is True
    assert car.awake_minutes(NOON, clock.now()) == 3 * 24 * 60
    car.set_sentry(False)
    clock.advance(minutes(16))
    assert state_of(car) is CarState.ASLEEP


def test_car_without_signal_is_offline() -> None:
    """No wake reaches it, its schedules go on, and with signal it can be reached again."""
    car, clock = a_car(NIGHT, settings=PLUGGED)
    car.set_signal(False)
    car.set_signal(False)
    assert state_of(car) is CarState.OFFLINE
    clock.advance(hours(1))
    car.wake()
    clock.advance(hours(8))
    assert state_of(car) is CarState.OFFLINE
    assert happened(car, "woke") == []
    clock.advance(hours(2))
    assert (car.state, car.charging_state) == (CarState.OFFLINE, "Charging")
    clock.advance(hours(5))
    car.set_signal(True)
    assert state_of(car) is CarState.ASLEEP
    assert len(happened(car, "signal_lost")) == len(happened(car, "signal_back")) == 1
    car.wake()
    clock.advance(minutes(1))
    assert state_of(car) is CarState.ONLINE


def test_charging_car_stays_awake_and_then_has_its_idle_time() -> None:
    """It sleeps 15 minutes after it is full."""
    car, clock = a_car(settings=PLUGGED)
    clock.advance(hours(2))
    assert state_of(car) is CarState.ONLINE
    clock.advance(hours(2))
    ((slept, _),) = happened(car, "slept")
    ((full, _),) = happened(car, "charging_stopped")
    assert slept == full + minutes(15)


def test_awake_minutes_count_within_their_bounds() -> None:
    """A time that cuts an awake phase counts its part."""
    car, clock = a_car()
    clock.advance(hours(2))
    assert car.awake_minutes(NOON, clock.now()) == 15
    assert car.awake_minutes(NOON - hours(1), NOON + hours(9)) == 15
    assert car.awake_minutes(NOON + minutes(5), NOON + minutes(10)) == 5
    assert car.awake_minutes(NOON + minutes(10), NOON + hours(1)) == 5
    assert car.awake_minutes(NOON + minutes(20), NOON + hours(1)) == 0


def test_reboots_are_counted_and_recorded() -> None:
    """Each reboot is counted and written down."""
    car, _ = a_car()
    before = car.boot_count
    car.reboot()
    car.reboot()
    assert car.boot_count == before + 2
    assert len(happened(car, "rebooted")) == 2
