"""The clocks of the demo: what a person sees in the browser is never in the future."""

from datetime import UTC, datetime, timedelta
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from demo.day_clock import DayClock
from demo.fast_time import FastTime

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_the_day_of_the_demo_ends_at_the_present(
    freezer: FrozenDateTimeFactory, hour: int
) -> None:
    """Whenever it is started, its morning is past and its evening is now."""
    now = datetime(2026, 11, 29, hour, 41, tzinfo=WARSAW)
    freezer.move_to(now)
    clock = DayClock(WARSAW, speed=300)
    assert now - timedelta(hours=15) < clock.morning < now - timedelta(hours=13)
    assert clock.now() == clock.morning
    clock.begin()
    freezer.tick(timedelta(minutes=10))
    assert clock.now() == datetime.now(UTC)
    assert clock.present


def test_home_assistant_of_the_demo_is_never_ahead_of_the_browser() -> None:
    """Its clock runs fast until the present, and its timers with it."""
    past = datetime.now(UTC).timestamp() - 3600
    clock = FastTime(past, speed=300)
    assert clock.time() < past
    clock.begin(0, None)
    assert clock.time() < time.time()
    assert clock.wait(300) == pytest.approx(1, abs=0.1)
    present = FastTime(datetime.now(UTC).timestamp() + 60, speed=300)
    present.begin(0, None)
    # A datetime has no nanoseconds, and would be before the same instant.
    assert present.time() <= time.time()


def test_a_fast_clock_reports_no_entity_as_slow() -> None:
    """Milliseconds are seconds by it; people would report them as a fault."""
    code = (
        "from demo.fast_time import FastTime, install; "
        "install(FastTime(0.0, 300)); "
        "from homeassistant.helpers.entity import Entity; "
        "print(Entity._slow_reported)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"
