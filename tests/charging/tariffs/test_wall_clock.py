"""Wall-clock times on nights when clocks change, in Warsaw, London and Sydney."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.wall_clock import (
    end_instant,
    first_instant,
    is_doubled,
    is_skipped,
)

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = ["Europe/Warsaw", "Europe/London", "Australia/Sydney", "Asia/Kolkata"]

# The clocks of Lord Howe Island change by half an hour.
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("minute", [0, 1, 30, 59])
def test_a_missing_time_is_the_change_itself(minute: int) -> None:
    """Both ends of a span in the missing hour are the moment of the change."""
    wall = datetime(2026, 3, 29, 2, minute)
    assert is_skipped(wall, WARSAW)
    assert not is_doubled(wall, WARSAW)
    assert first_instant(wall, WARSAW) == utc("2026-03-29T01:00Z")
    assert end_instant(wall, WARSAW) == utc("2026-03-29T01:00Z")


@pytest.mark.parametrize(
    ("wall", "first", "end"),
    [
        # The hour is entered once and left once; within it there are two of each time.
        ("2026-10-25T02:00", "2026-10-25T00:00Z", "2026-10-25T00:00Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z"),
        ("2026-10-25T02:59", "2026-10-25T00:59Z", "2026-10-25T01:59Z"),
        ("2026-10-25T03:00", "2026-10-25T02:00Z", "2026-10-25T02:00Z"),
        ("2026-10-25T01:59", "2026-10-24T23:59Z", "2026-10-24T23:59Z"),
    ],
)
def test_a_time_in_the_doubled_hour(wall: str, first: str, end: str) -> None:
    """It begins with the first of two and ends with the last."""
    local = datetime.fromisoformat(wall)
    assert first_instant(local, WARSAW) == utc(first)
    assert end_instant(local, WARSAW) == utc(end)
    assert is_doubled(local, WARSAW) is (local.hour == 2)


def test_a_change_of_half_an_hour() -> None:
    """Not every change is an hour."""
    assert first_instant(datetime(2026, 10, 4, 2, 15), LORD_HOWE) == utc(
        "2026-10-03T15:30Z"
    )
    assert end_instant(datetime(2026, 4, 5, 1, 45), LORD_HOWE) == utc(
        "2026-04-04T15:15Z"
    )


@given(
    wall=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_an_instant_shows_its_time_again(wall: datetime, zone: ZoneInfo) -> None:
    """Forth and back is the same time, unless the clocks skip it."""
    first, end = first_instant(wall, zone), end_instant(wall, zone)
    assert first.utcoffset() == end.utcoffset() == timedelta(0)
    assert first <= end
    if not is_skipped(wall, zone):
        assert first.astimezone(zone).replace(tzinfo=None) == wall
    if not is_skipped(wall, zone) and not is_doubled(wall, zone):
        assert first == end
