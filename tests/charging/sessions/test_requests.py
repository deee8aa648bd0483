"""Needs: deadlines on the nights when clocks change, targets in texts, what cannot be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.sessions.requests import (
    RequestError,
    deadline,
    parse_event,
    parse_target,
    validate,
)
from custom_components.tesla_scout_worker.charging.sessions.session import LEAST_NOTICE
from custom_components.tesla_scout_worker.charging.tariffs.wall_clock import is_skipped

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = [WARSAW, ZoneInfo("Europe/London"), ZoneInfo("Australia/Sydney")]
NOW = datetime(2026, 11, 24, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone"),
    [
        ("2026-03-29T02:00", "Europe/Warsaw"),
        ("2026-03-29T02:30", "Europe/Warsaw"),
        ("2026-03-29T02:59", "Europe/Warsaw"),
        ("2026-03-29T01:30", "Europe/London"),
        ("2026-10-04T02:30", "Australia/Sydney"),
    ],
)
def test_a_deadline_in_the_missing_hour_is_refused(wall: str, zone: str) -> None:
    """Also where Home Assistant has put its own zone to it already."""
    naive = datetime.fromisoformat(wall)
    for ready_by in (naive, naive.replace(tzinfo=ZoneInfo(zone))):
        with pytest.raises(RequestError) as caught:
            deadline(ready_by, ZoneInfo(zone))
        assert caught.value.key == "deadline_skipped"
        assert caught.value.placeholders == {"ready_by": wall.replace("T", " ")}


def test_the_edges_of_the_missing_hour_are_deadlines() -> None:
    """One minute before it, and its end."""
    before = deadline(datetime(2026, 3, 29, 1, 59), WARSAW)
    end = deadline(datetime(2026, 3, 29, 3), WARSAW)
    assert end - before == timedelta(minutes=1)


def test_a_deadline_in_the_doubled_hour_is_the_first() -> None:
    """The car is ready early; an aware deadline says which of the two it means."""
    wall = datetime(2026, 10, 25, 2, 30)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert deadline(wall, WARSAW) == first
    assert deadline(wall.replace(fold=1), WARSAW) == first
    assert deadline(wall.replace(tzinfo=WARSAW), WARSAW) == first
    second = wall.replace(tzinfo=WARSAW, fold=1)
    assert deadline(second, WARSAW) == first + timedelta(hours=1)


def test_an_aware_deadline_keeps_its_instant() -> None:
    """Whatever the zone of the user."""
    aware = datetime.fromisoformat("2026-03-29T02:30:00+01:00")
    assert deadline(aware, WARSAW) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert deadline(aware, WARSAW).tzinfo is UTC


@given(
    wall=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    zone=st.sampled_from(ZONES),
)
def test_a_deadline_is_shown_by_the_clock_or_refused(
    wall: datetime, zone: ZoneInfo
) -> None:
    """There is nothing in between."""
    if is_skipped(wall, zone):
        with pytest.raises(RequestError):
            deadline(wall, zone)
    else:
        shown = deadline(wall, zone).astimezone(zone)
        assert shown.replace(tzinfo=None) == wall
        assert shown.fold == 0


def test_a_request_within_the_bounds_is_accepted() -> None:
    """From the least notice on, and from 50 to 100 percent."""
    validate(50, NOW + LEAST_NOTICE, NOW)
    validate(100, NOW + timedelta(days=3), NOW)


@pytest.mark.parametrize(
    ("target", "ahead", "key", "placeholders"),
    [
        (49, 600, "target_out_of_range", {"target": "49"}),
        (101, 600, "target_out_of_range", {"target": "101"}),
        (80, 0, "deadline_past", {}),
        (80, -1, "deadline_past", {}),
        (80, 14, "deadline_too_soon", {"minutes": "15"}),
    ],
)
def test_what_cannot_be_says_why(
    target: int,
    ahead: int,
    key: str,
    placeholders: dict[str, str],
) -> None:
    """A request out of the bounds is refused with a reason."""
    with pytest.raises(RequestError) as caught:
        validate(target, NOW + timedelta(minutes=ahead), NOW)
    assert (caught.value.key, caught.value.placeholders) == (key, placeholders)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("90 %", 90),
        ("90%", 90),
        ("100 %", 100),
        ("5 %", 5),
        ("190 %", 190),
        ("0 %", 0),
        ("90\u00a0%", 90),
        ("Trip to Gdańsk, 85 % please", 85),
        ("80 % or 90 %", 80),
        ("(95%)", 95),
        ("1990 %", None),
        ("90", None),
        ("% 90", None),
        ("ninety percent", None),
        ("", None),
        (None, None),
    ],
)
def test_a_target_in_a_text(text: str | None, target: int | None) -> None:
    """The first percentage, whether or not it can be met."""
    assert parse_target(text) == target


@pytest.mark.parametrize(
    ("summary", "description", "word", "target"),
    [
        ("90 %", None, "", 90),
        ("Trip, 100%", "", "tesla", 100),
        # What no limit can be is no need, unless the word makes it one.
        ("5 % off", None, "", None),
        ("190 %", None, "", None),
        ("Tesla 190 %", None, "tesla", 190),
        ("Tesla", "190 %", "tesla", 190),
        ("Tesla 0 %", None, "tesla", 0),
        # The word, anywhere and in any case.
        ("TESLA to the sea", None, "tesla", 85),
        ("To the sea", "take the Tesla", "tesla", 85),
        ("To the sea", "take the Tesla, 95 %", "tesla", 95),
        ("To the sea", "95 %", "tesla", None),
        ("To the sea", None, "tesla", None),
        ("To the sea", None, "", None),
        ("Große Fahrt", None, "GROSSE", 85),
    ],
)
def test_a_request_in_an_event(
    summary: str, description: str | None, word: str, target: int | None
) -> None:
    """A percentage in the title, or the user's word."""
    assert parse_event(summary, description, word, 85) == target


@pytest.mark.parametrize(
    ("ready_by", "key"),
    [
        (datetime(1, 1, 1), "deadline_past"),
        (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), "deadline_past"),
        (datetime(1969, 7, 20, tzinfo=UTC), "deadline_past"),
        (datetime(2026, 12, 24, 22, 1, tzinfo=UTC), "deadline_too_far"),
        (datetime(2126, 11, 24, tzinfo=UTC), "deadline_too_far"),
        (datetime(9999, 12, 31, 23, 59), "deadline_too_far"),
        (datetime(9999, 12, 31, 23, tzinfo=ZoneInfo("US/Hawaii")), "deadline_too_far"),
    ],
)
def test_a_deadline_has_bounds(ready_by: datetime, key: str) -> None:
    """From now to 30 days ahead, also by the clocks at the ends of all calendars."""
    with pytest.raises(RequestError) as caught:
        validate(80, deadline(ready_by, WARSAW), NOW)
    assert caught.value.key == key


@given(ready_by=st.datetimes(timezones=st.none() | st.timezones()))
def test_any_time_is_a_deadline_or_an_error(ready_by: datetime) -> None:
    """Nothing but an error with a word is raised."""
    try:
        validate(80, deadline(ready_by, WARSAW), NOW)
    except RequestError:
        return
    assert timedelta(0) < deadline(ready_by, WARSAW) - NOW <= timedelta(days=30)
