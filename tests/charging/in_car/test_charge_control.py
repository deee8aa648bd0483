"""Starting a car that should charge and does not, and stopping what was started."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.charge_control import (
    FRESH,
    STARTS_WITHIN,
    TRIES_APART,
    ChargeAction,
    ChargeControl,
    start_action,
    stop_action,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import VehicleSnapshot

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(start=NOW - HOUR, end=NOW + HOUR)
NONE = ChargeControl()
STARTED = ChargeControl(
    start_by=NOW - HOUR, started=WINDOW.start, stop_at=NOW - timedelta(minutes=1)
)


def seen(
    state: str | None = "Stopped", ago: timedelta = timedelta(0), **charge: Any
) -> VehicleSnapshot:
    """Return a snapshot of a car at 40 %, with a limit of 80 %."""
    payload = {
        "battery_level": 40,
        "charge_limit_soc": 80,
        "charging_state": state,
        **charge,
    }
    return VehicleSnapshot.parse({"charge_state": payload}, NOW - ago)


def start(
    control: ChargeControl = NONE,
    snapshot: VehicleSnapshot | None = None,
    window: Window | None = WINDOW,
    *,
    due: bool = True,
    at: datetime = NOW,
) -> tuple[ChargeControl, ChargeAction]:
    """Return the control, and whether to start."""
    return start_action(control, window, snapshot or seen(), at, due=due)


def test_a_car_gets_its_time_to_start_by_itself() -> None:
    """Then it is read again, and started if it still does not charge."""
    control, action = start()
    assert action is ChargeAction.NONE
    assert control.start_by == NOW + STARTS_WITHIN
    later = NOW + STARTS_WITHIN
    assert start(control, seen(ago=FRESH), at=later)[1] is ChargeAction.READ
    fresh = seen(ago=-STARTS_WITHIN)
    assert start(control, fresh, at=later)[1] is ChargeAction.START
    charging = seen("Charging", ago=-STARTS_WITHIN)
    assert (
        start(control, fresh, at=later - timedelta(seconds=1))[1] is ChargeAction.NONE
    )
    refused = replace(control, refusal="no")
    control, action = start(refused, charging, at=later)
    assert (control.started, action) == (WINDOW.start, ChargeAction.NONE)
    assert control.refusal is None


def test_a_car_that_does_not_say_whether_it_charges_is_not_started() -> None:
    """Nor read again and again for it: once a window."""
    waiting = replace(NONE, start_by=NOW)
    unknown = seen(None, conn_charge_cable="IEC")
    control, action = start(waiting, unknown)
    assert (control.started, action) == (WINDOW.start, ChargeAction.NONE)
    stale = seen(None, ago=FRESH, conn_charge_cable="IEC")
    assert start(waiting, stale)[1] is ChargeAction.READ
    assert start(control, stale) == (control, ChargeAction.NONE)


@pytest.mark.parametrize(
    "snapshot",
    [
        seen("Disconnected"),
        seen(battery_level=80),
        seen(battery_level=None),
        seen(charge_limit_soc=None),
    ],
)
def test_a_car_that_cannot_charge_is_not_started(snapshot: VehicleSnapshot) -> None:
    """Unplugged, at its limit, or unknown; nor is any outside of a window."""
    assert start(snapshot=snapshot) == (NONE, ChargeAction.NONE)
    assert start(window=None) == (NONE, ChargeAction.NONE)


def test_a_window_that_begins_while_plugged_in_is_left_to_the_car() -> None:
    """Unless a snapshot of now says that it does not charge."""
    assert start(due=False, snapshot=seen(ago=HOUR)) == (NONE, ChargeAction.NONE)
    control, _ = start(due=False)
    assert control.start_by == NOW + STARTS_WITHIN


def test_a_car_is_started_once_a_window() -> None:
    """Whatever became of it: a person may have stopped it."""
    control = replace(NONE, started=WINDOW.start, start_by=NOW)
    assert start(control) == (control, ChargeAction.NONE)
    # What it does not say counts as started.
    waited = ChargeControl(start_by=NOW)
    silent = seen(None, conn_charge_cable="IEC")
    control, action = start(waited, silent)
    assert action is ChargeAction.NONE


def test_a_wait_of_an_earlier_window_is_none_of_this_one() -> None:
    """The car gets its time anew; what is waited for since this one began goes on."""
    earlier = replace(NONE, start_by=WINDOW.start - timedelta(seconds=1))
    control, action = start(earlier)
    assert action is ChargeAction.NONE
    assert control.start_by == NOW + STARTS_WITHIN
    assert start(replace(NONE, start_by=WINDOW.start))[1] is ChargeAction.START


def test_a_start_that_failed_in_transit_is_due_again_within_its_window() -> None:
    """Not one that was sent, nor one of an earlier window."""
    failed = NONE.commanded(WINDOW).start_failed(NOW, may_have_started=False)
    assert failed.retries(WINDOW)
    assert not failed.retries(None)
    assert not failed.retries(replace(WINDOW, start=NOW + HOUR, end=NOW + 2 * HOUR))
    assert not NONE.retries(WINDOW)
    assert not NONE.commanded(WINDOW).start_sent(NOW).retries(WINDOW)
    assert replace(NONE, start_by=WINDOW.start).retries(WINDOW)


def test_what_a_command_started_is_stopped_at_the_end_of_its_window() -> None:
    """On a snapshot of now; a running window moves the end."""
    assert stop_action(NONE, None, seen(), NOW) == (NONE, ChargeAction.NONE)
    later = replace(STARTED, stop_at=NOW + HOUR)
    assert stop_action(later, None, seen(), NOW) == (later, ChargeAction.NONE)
    control, action = stop_action(STARTED, WINDOW, seen("Charging"), NOW)
    assert (control.stop_at, action) == (WINDOW.end, ChargeAction.NONE)
    old = seen("Charging", ago=FRESH)
    assert stop_action(STARTED, None, old, NOW)[1] is ChargeAction.READ
    assert stop_action(STARTED, None, seen("Charging"), NOW)[1] is ChargeAction.STOP
    control, action = stop_action(STARTED, None, seen(), NOW)
    assert (control.stop_at, action) == (None, ChargeAction.NONE)
    # Due now, of a car that does not say whether it charges: asked again later.
    due = replace(STARTED, stop_at=NOW)
    assert stop_action(due, None, seen("Charging"), NOW)[1] is ChargeAction.STOP
    control, action = stop_action(due, None, seen(None), NOW)
    assert (control.stop_at, action) == (NOW + TRIES_APART, ChargeAction.NONE)


def test_what_became_of_a_start() -> None:
    """Each is on disk before the next try."""
    commanded = NONE.commanded(WINDOW)
    assert (commanded.started, commanded.stop_at) == (WINDOW.start, WINDOW.end)
    refused = commanded.start_refused("no")
    assert (refused.refusal, refused.stop_at) == ("no", None)
    assert refused.started == WINDOW.start
    failed = commanded.start_failed(NOW, may_have_started=False)
    assert (failed.started, failed.stop_at) == (None, None)
    assert failed.start_by == NOW + TRIES_APART
    maybe = commanded.start_failed(NOW, may_have_started=True)
    assert maybe.stop_at == WINDOW.end
    assert commanded.start_sent(NOW).start_by == NOW + STARTS_WITHIN


def test_what_a_person_ended_is_not_stopped_again() -> None:
    """A snapshot of just after the start may still show it stopped."""
    control = NONE.commanded(WINDOW).start_sent(NOW)
    assert control.seen(seen()) == control
    assert control.seen(seen(ago=-STARTS_WITHIN)).stop_at is None
    assert control.seen(seen("Complete", ago=-STARTS_WITHIN)).stop_at is None
    assert control.seen(seen("Charging", ago=-STARTS_WITHIN)) == control
    assert control.seen(seen("Disconnected")) == NONE
    without = replace(control, start_by=None)
    assert without.seen(seen("Complete")) == without


@given(
    state=st.sampled_from(["Stopped", "Charging", "Complete", "Disconnected", None]),
    ago=st.timedeltas(timedelta(0), 2 * HOUR),
    start_by=st.none() | st.datetimes(timezones=st.just(UTC)),
    due=st.booleans(),
    level=st.none() | st.integers(0, 100),
)
def test_whatever_is_started_has_an_end(
    state: str | None,
    ago: timedelta,
    start_by: datetime | None,
    due: bool,
    level: int | None,
) -> None:
    """A start is only asked for on a fresh snapshot of a car that does not charge."""
    snapshot = seen(state, ago, battery_level=level)
    _, action = start(ChargeControl(start_by=start_by), snapshot, due=due)
    if action is ChargeAction.START:
        assert ago < FRESH
        assert level is not None
        assert level < 80
        assert state in ("Stopped", "Complete")
    assert NONE.commanded(WINDOW).stop_at == WINDOW.end
