"""Tests of the clocks."""

from datetime import UTC, datetime, timedelta
import time
from zoneinfo import ZoneInfo

from freezegun import freeze_time
import pytest

from simulator.clock import FastClock, ManualClock, SystemClock

START = datetime(2026, 6, 2, 10, tzinfo=UTC)


def test_manual_clock_is_moved_by_the_caller_only() -> None:
    """A manual clock shows what was set last, in UTC."""
    clock = ManualClock(START.astimezone(ZoneInfo("Europe/Warsaw")))
    assert clock.now() == START
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(minutes=5))
    assert clock.now() == START + timedelta(minutes=5)
    clock.set(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)


def test_manual_clock_does_not_go_back() -> None:
    """A refused move leaves the clock where it was, and it can still be moved."""
    clock = ManualClock(START)
    with pytest.raises(ValueError, match="past"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2026, 6, 3))
    assert clock.now() == START
    clock.set(START)
    assert clock.now() == START


def test_fast_clock_runs_at_its_speed() -> None:
    """In a bracket of real time the fast clock passes that time times its speed."""
    before = time.monotonic()
    clock = FastClock(START, 100_000)
    made = time.monotonic()
    time.sleep(0.002)
    asked = time.monotonic()
    shown = clock.now()
    after = time.monotonic()
    passed = (shown - START).total_seconds()
    assert (asked - made) * 100_000 <= passed + 1e-3
    assert passed <= (after - before) * 100_000 + 1e-3


@pytest.mark.parametrize("speed", [0, -1])
def test_fast_clock_refuses_a_speed_not_above_zero(speed: float) -> None:
    """A speed has to be above 0."""
    with pytest.raises(ValueError, match="speed"):
        FastClock(START, speed)


def test_system_clock_is_frozen_by_freezegun() -> None:
    """Under a frozen test clock the simulator stands still as well."""
    with freeze_time(START) as frozen:
        clock = SystemClock()
        assert clock.now() == START
        frozen.tick(timedelta(minutes=1))
        assert clock.now() == START + timedelta(minutes=1)
        assert clock.now().utcoffset() == timedelta(0)
