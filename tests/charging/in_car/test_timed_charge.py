"""A charge that Home Assistant times, as a car would with its schedules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.timed_charge import (
    ANSWERED_WITHIN,
    MOST_TRIES,
    NOT_STARTED,
    NOT_STOPPED,
    QUIET,
    REPORTED_AFTER,
    WAITS,
    TimedAction,
    TimedCharge,
    failure_of_timing,
    timed_action,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import VehicleSnapshot

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
WINDOW = Window(start=NOW - timedelta(minutes=1), end=NOW + timedelta(hours=3))
MINUTE = timedelta(minutes=1)


def seen(state: str | None, **charge: Any) -> VehicleSnapshot:
    """Return a snapshot of a car at 50 % of 80 %, in a charging state."""
    fields = {
        "battery_level": 50,
        "charge_limit_soc": 80,
        "charging_state": state,
        **charge,
    }
    return VehicleSnapshot.parse({"charge_state": fields}, NOW)


def decide(
    state: TimedCharge,
    snapshot: VehicleSnapshot,
    window: Window | None = None,
    *,
    held: bool = True,
    reachable: bool = True,
    now: datetime = NOW,
) -> tuple[TimedCharge, TimedAction]:
    """Return the decision for a car that has schedules, if nothing else is said."""
    return timed_action(state, window, snapshot, now, held=held, reachable=reachable)


def test_a_car_is_started_in_its_window_and_once_only() -> None:
    """What a person stops in the window stays stopped."""
    state, action = decide(TimedCharge(), seen("Stopped"), WINDOW)
    assert action is TimedAction.START

    state, action = decide(state.commanded(action, NOW), seen("Charging"), WINDOW)
    assert (action, state.started) == (TimedAction.NONE, WINDOW.start)
    assert decide(state, seen("Stopped"), WINDOW)[1] is TimedAction.NONE


def test_a_car_outside_of_its_windows_is_stopped() -> None:
    """As a car with a schedule does by itself."""
    state, action = decide(TimedCharge(), seen("Charging"))

    assert action is TimedAction.STOP
    assert state.commanded(action, NOW).keeps


def test_a_car_without_schedules_charges_as_the_owner_likes() -> None:
    """Nothing is held for it, so nothing is stopped."""
    for word in ("Charging", "Stopped", "Complete", None):
        assert decide(TimedCharge(), seen(word), held=False)[1] is TimedAction.NONE


def test_a_car_that_was_kept_from_charging_is_let_go() -> None:
    """Once no schedule is held any more."""
    kept = TimedCharge(keeps=True)

    state, action = decide(kept, seen("Stopped"), held=False)

    assert action is TimedAction.START
    assert not state.released().keeps


def test_a_charger_that_was_switched_off_is_switched_on_after_the_cable_is_out() -> (
    None
):
    """The next car must charge."""
    kept = TimedCharge(keeps=True)

    assert decide(kept, seen("Disconnected"))[1] is TimedAction.START
    assert decide(TimedCharge(), seen("Disconnected")) == (
        TimedCharge(),
        TimedAction.NONE,
    )


@pytest.mark.parametrize(
    "snapshot",
    [seen(None), seen("Charging", battery_level=None)],
    ids=["charging unknown", "level unknown"],
)
def test_an_unknown_state_is_left_allowed_to_charge(snapshot: VehicleSnapshot) -> None:
    """Nobody can say that the car has what it was promised."""
    assert decide(TimedCharge(), snapshot)[1] is TimedAction.NONE
    assert decide(TimedCharge(), snapshot, held=True)[1] is TimedAction.NONE


def test_a_car_that_cannot_be_reached_is_started_but_never_stopped() -> None:
    """What was seen last is not what it does now."""
    charging, stopped = seen("Charging"), seen("Stopped")

    assert decide(TimedCharge(), charging, reachable=False)[1] is TimedAction.NONE
    assert (
        decide(TimedCharge(), stopped, WINDOW, reachable=False)[1] is TimedAction.START
    )


def test_a_charge_that_broke_off_while_the_car_was_out_of_reach_is_started_again() -> (
    None
):
    """A wallbox that started anew forgets that it was charging."""
    state = TimedCharge(started=WINDOW.start)

    state, _ = decide(state, seen("Charging"), WINDOW, reachable=False)

    assert decide(state, seen("Stopped"), WINDOW)[1] is TimedAction.START


def test_a_person_may_start_a_car_outside_of_its_windows() -> None:
    """A car that was quiet does not start by itself."""
    state, _ = decide(TimedCharge(), seen("Stopped"))
    later = NOW + QUIET

    state, action = decide(state, seen("Charging"), now=later)
    assert (action, state.left_alone) == (TimedAction.NONE, True)
    state, action = decide(state, seen("Charging"), now=later + timedelta(hours=1))
    assert action is TimedAction.NONE

    state, _ = decide(state, seen("Charging"), WINDOW)
    assert decide(state, seen("Charging"))[1] is TimedAction.STOP


@pytest.mark.parametrize("minutes", [1, 11])
def test_a_car_that_starts_after_it_was_plugged_in_is_stopped(minutes: int) -> None:
    """It shows "stopped" for a minute before it starts, or until the next poll."""
    state, _ = decide(TimedCharge(), seen("Stopped"))

    now = NOW + minutes * MINUTE
    assert decide(state, seen("Charging"), now=now)[1] is TimedAction.STOP


def test_a_full_car_whose_limit_is_raised_is_stopped() -> None:
    """It starts by itself: that it did not charge before had another reason."""
    state, _ = decide(TimedCharge(), seen("Complete", battery_level=80))

    _, action = decide(state, seen("Charging", charge_limit=90), now=NOW + 2 * QUIET)

    assert action is TimedAction.STOP


def test_a_full_car_is_not_started() -> None:
    """At its limit there is nothing to charge."""
    full = seen("Stopped", battery_level=80)

    assert decide(TimedCharge(), full, WINDOW)[1] is TimedAction.NONE


def test_a_limit_that_the_car_does_not_have_ends_the_charge() -> None:
    """And letting the car go does not charge it further."""
    full = seen("Charging", battery_level=80)

    def decided(window: Window | None, snapshot: VehicleSnapshot) -> TimedAction:
        """Return the decision for a car whose limit is held here."""
        return timed_action(
            TimedCharge(keeps=True),
            window,
            snapshot,
            NOW,
            held=window is not None,
            reachable=True,
            limit_held=True,
        )[1]

    assert decided(WINDOW, full) is TimedAction.STOP
    assert decided(WINDOW, seen("Charging")) is TimedAction.NONE
    assert decided(None, seen("Stopped", battery_level=80)) is TimedAction.NONE
    assert decided(None, seen("Stopped")) is TimedAction.START
    assert decided(None, seen("Disconnected", battery_level=80)) is TimedAction.START


def test_a_start_without_effect_is_repeated_with_growing_waits() -> None:
    """Then a person is told; what works at last takes that back."""
    state, at, gaps = TimedCharge(), NOW, []
    for _ in range(5):
        state, action = decide(state, seen("Stopped"), WINDOW, now=at)
        assert action is TimedAction.START
        state = state.commanded(action, at)
        due = state.try_at
        assert due is not None
        assert decide(state, seen("Stopped"), WINDOW, now=due - MINUTE)[1] is (
            TimedAction.NONE
        )
        gaps.append(due - at)
        at = due

    assert gaps == [*WAITS, WAITS[-1]]
    assert failure_of_timing(state) == NOT_STARTED
    state, _ = decide(state, seen("Charging"), WINDOW, now=at)
    assert failure_of_timing(state) is None


def test_a_charge_that_cannot_be_stopped_is_left_alone() -> None:
    """It costs money, and no more; the next window starts as if nothing had been."""
    state, at = TimedCharge(), NOW
    for _ in range(MOST_TRIES):
        state, action = decide(state, seen("Charging"), now=at)
        assert action is TimedAction.STOP
        state = state.commanded(action, at)
        at = state.try_at or at

    assert decide(state, seen("Charging"), now=at)[1] is TimedAction.NONE
    assert failure_of_timing(state) == NOT_STOPPED
    assert decide(state, seen("Stopped"), WINDOW, now=at)[1] is TimedAction.START


def test_each_command_has_tries_and_a_wait_of_its_own() -> None:
    """A stop does not wait for the effect of a start, nor count its tries."""
    state = TimedCharge()
    for tries in range(1, MOST_TRIES + 1):
        state = state.commanded(TimedAction.START, NOW)
        assert state.tries == tries
        assert (failure_of_timing(state) is not None) is (tries >= REPORTED_AFTER)
    assert state.waits(TimedAction.START, NOW)
    assert not state.waits(TimedAction.STOP, NOW)
    assert decide(state, seen("Charging"))[1] is TimedAction.STOP
    assert state.commanded(TimedAction.STOP, NOW).tries == 1
    assert state.commanded(TimedAction.STOP, NOW).released() == TimedCharge()


def test_a_car_that_is_let_go_is_asked_to_charge_for_a_while() -> None:
    """Then it has another reason not to; an unplugged charger is asked on and on."""
    state = TimedCharge(keeps=True)
    for _ in range(MOST_TRIES):
        assert decide(state, seen("Stopped"), held=False)[1] is TimedAction.START
        state = state.commanded(TimedAction.START, NOW - timedelta(hours=1))
    assert decide(state, seen("Stopped"), held=False)[1] is TimedAction.NONE
    assert decide(state, seen("Disconnected"))[1] is TimedAction.START
    asked = state.commanded(TimedAction.START, NOW)
    assert decide(asked, seen("Disconnected")) == (asked, TimedAction.NONE)
    # What was seen last of a car out of reach says nothing of its cable.
    assert decide(state, seen("Disconnected"), reachable=False)[1] is TimedAction.NONE


def test_a_window_begins_anew() -> None:
    """Whatever a person did outside of it; and a window that broke off may start again."""
    alone = TimedCharge(left_alone=True, quiet_since=NOW - timedelta(hours=1))
    state, action = decide(alone, seen("Stopped"), WINDOW)
    assert (state, action) == (TimedCharge(), TimedAction.START)
    state, _ = decide(TimedCharge(started=WINDOW.start), seen("Stopped"))
    assert state.started is None
    assert state.quiet_since == NOW


def test_a_new_window_is_tried_at_once() -> None:
    """The wait after a failed try belongs to the window before."""
    state = TimedCharge().commanded(TimedAction.START, NOW)
    state = replace(state, tries=4)
    later = Window(start=NOW + MINUTE, end=NOW + timedelta(hours=1))

    assert decide(state, seen("Stopped"), later, now=NOW + MINUTE)[1] is (
        TimedAction.START
    )


@given(
    st.builds(
        TimedCharge,
        keeps=st.booleans(),
        tries=st.integers(0, 9),
        action=st.sampled_from(TimedAction),
        tried_at=st.none() | st.just(NOW + timedelta(days=1)) | st.just(NOW),
        left_alone=st.booleans(),
        quiet_since=st.none() | st.just(NOW - timedelta(hours=1)),
    ),
    st.sampled_from(["Charging", "Stopped", "Complete", "Disconnected", None]),
    st.booleans(),
    st.none() | st.just(50),
)
def test_whatever_it_cannot_know_is_never_stopped(
    state: TimedCharge, word: str | None, reachable: bool, level: int | None
) -> None:
    """Also after a clock that was set back, which must not hold a start for ever."""
    snapshot = seen(word, battery_level=level)
    _, action = decide(state, snapshot, reachable=reachable)
    if not reachable or level is None or word != "Charging":
        assert action is not TimedAction.STOP
    after = state.commanded(TimedAction.START, NOW + timedelta(days=1))
    _, action = decide(after, seen("Stopped"), WINDOW)
    assert action is TimedAction.START


@pytest.mark.parametrize(
    ("seconds", "cached", "answered"),
    [(-1, False, False), (0, False, True), (0, True, False), (1, True, True)],
)
def test_only_a_snapshot_of_after_a_command_shows_its_effect(
    seconds: int, cached: bool, answered: bool
) -> None:
    """A memory may be from before a command of the very same instant."""
    state = TimedCharge().commanded(TimedAction.START, NOW)
    seen_at = NOW + timedelta(seconds=seconds)
    assert state.is_answered(seen_at, NOW + MINUTE, cached=cached) is answered
    assert state.effective().is_answered(seen_at, NOW + MINUTE, cached=cached)


def test_an_answer_is_not_waited_for_without_end() -> None:
    """Nor after the clock was set back to before the command."""
    state = TimedCharge().commanded(TimedAction.START, NOW)
    assert state.answer_by == NOW + ANSWERED_WITHIN
    assert TimedCharge().answer_by is None
    assert state.is_answered(NOW - 2 * MINUTE, NOW - MINUTE, cached=True)
