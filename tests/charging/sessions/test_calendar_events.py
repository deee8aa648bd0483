"""Events of watched calendars: which cars they name, and by when."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.sessions.calendar_events import (
    cars_named,
    event_deadline,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NEW_YORK = ZoneInfo("America/New_York")
CARS = {"1": "Eve", "2": "Bolt", "3": "Eve Junior", "4": None, "5": "Żółw (stary)"}


@pytest.mark.parametrize(
    ("text", "cars"),
    [
        ("Wrestling evening 90 %", ""),
        ("Thunderbolt 90 %", ""),
        ("90 % for EVE", "1"),
        ("Eve: 90 %", "1"),
        ("eve, bolt 90 %", "12"),
        ("Eve  Junior 90 %", "3"),
        ("Eve Junior and Eve 90 %", "13"),
        ("On Friday by noon to the lake with Eve Junior 90 %", "3"),
        ("Eve's trip", "1"),
        ("żółw (STARY) 90 %", "5"),
        ("Żółw 90 %", ""),
        ("Eve_2 90 %", ""),
        ("", ""),
    ],
)
def test_a_car_is_named_by_whole_words_and_the_longest_name_wins(
    text: str, cars: str
) -> None:
    """None that is named means each of them."""
    assert cars_named(text, CARS) == frozenset(cars)


def test_a_name_at_the_end_of_a_longer_one_is_not_named() -> None:
    """As with one at its start."""
    assert cars_named("Big Eve 90 %", {"1": "Eve", "2": "Big Eve"}) == {"2"}


def test_cars_of_the_same_name_are_all_named() -> None:
    """Nobody can tell them apart."""
    assert cars_named("Eve 90 %", {"1": "Eve", "2": "eve "}) == {"1", "2"}


@given(st.text(), st.dictionaries(st.integers().map(str), st.text() | st.none()))
def test_any_text_and_any_name(text: str, names: dict[str, str | None]) -> None:
    """Names of signs alone, of blanks, or of nothing raise nothing."""
    assert cars_named(text, names) <= names.keys()


@given(st.text(alphabet="abc", min_size=1), st.text(alphabet="abc ", max_size=5))
def test_a_name_within_a_longer_word_is_not_named(name: str, rest: str) -> None:
    """Whatever stands around it, as long as it is a word by itself it is named."""
    assert cars_named(f"{rest} {name} {rest}", {"1": name}) == {"1"}
    assert cars_named(f"x{name}x", {"1": name}) == frozenset()


@pytest.mark.parametrize("zone", [WARSAW, NEW_YORK, UTC])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-08-07", "2025-08-08"),
        ("2025-08-07T00:00:00Z", "2025-08-08T00:00:00Z"),
        ("2025-08-07T02:00:00+02:00", "2025-08-08T02:00:00+02:00"),
        ("2025-08-07T00:00:00+00:00", "2025-08-10T00:00:00+00:00"),
        ("2025-08-07T00:00:00", "2025-08-08T00:00:00"),
        ("2025-08-07T00:00:00+09:00", "2025-08-08T00:00:00+09:00"),
    ],
)
def test_a_whole_day_is_seven_in_the_morning(
    start: str, end: str, zone: ZoneInfo
) -> None:
    """A date, or midnight to midnight by any clock."""
    expected = datetime(2025, 8, 7, 7, tzinfo=zone)
    assert event_deadline(start, end, zone) == expected


def test_midnight_in_the_users_zone_may_be_sent_by_another_clock() -> None:
    """By UTC it is 22:00, and by no clock but the user's it is midnight."""
    start, end = "2025-08-06T22:00:00+00:00", "2025-08-07T22:00:00+00:00"
    assert event_deadline(start, end, WARSAW) == datetime(2025, 8, 7, 7, tzinfo=WARSAW)


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    days=st.integers(1, 5),
    zone=st.sampled_from([WARSAW, NEW_YORK, ZoneInfo("Australia/Sydney")]),
)
def test_each_way_to_send_a_whole_day_is_the_same(
    day: date, days: int, zone: ZoneInfo
) -> None:
    """Also on the days of 23 and 25 hours."""
    until = day + timedelta(days=days)
    texts = [
        [datetime.combine(each, time(0), clock).isoformat() for each in (day, until)]
        for clock in (zone, UTC)
    ]
    texts.append([day.isoformat(), until.isoformat()])
    found = {event_deadline(start, end, zone) for start, end in texts}
    assert found == {datetime.combine(day, time(7), zone)}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-08-07T06:30:00+02:00", "2025-08-07T07:30:00+02:00", (6, 30)),
        ("2025-08-07T00:00:00+02:00", "2025-08-07T01:00:00+02:00", (0, 0)),
        ("2025-08-07T00:00:00+02:00", None, (0, 0)),
        ("2025-08-07T00:00:00+02:00", "2025-08-07T00:00:00+02:00", (0, 0)),
        ("2025-08-06T22:00:00Z", "2025-08-06T23:00:00Z", (0, 0)),
        ("2025-08-07T09:00:00", "2025-08-08T09:00:00", (9, 0)),
        ("2025-08-07 06:30", "2025-08-07 07:30", (6, 30)),
        ("20250807T0630", "20250807T0730", (6, 30)),
        ("20250807T00", "20250807T01", (0, 0)),
    ],
)
def test_a_time_is_a_time(
    start: str, end: str | None, expected: tuple[int, int]
) -> None:
    """An event that begins at midnight and ends before the next is no whole day."""
    found = event_deadline(start, end, WARSAW)
    assert (found.hour, found.minute) == expected
    assert found.date() == date(2025, 8, 7)


@given(st.text(), st.text() | st.none())
def test_any_text_is_a_deadline_or_an_error(start: str, end: str | None) -> None:
    """Nothing else is raised."""
    with suppress(ValueError):
        assert event_deadline(start, end, WARSAW).tzinfo is not None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00:00+10:00", "0001-01-02T00:00:00+10:00"),
        ("9999-12-31T23:00:00-10:00", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_a_time_that_no_calendar_has_is_an_error(start: str, end: str | None) -> None:
    """The first and the last day of all calendars, and words."""
    with pytest.raises(ValueError, match=r"out of range|Invalid isoformat"):
        event_deadline(start, end, WARSAW)
