"""When a car leaves, by weekday."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.daily.departures import (
    departures,
    next_departure,
    parse_departures,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("Sat Sun 09:00", {5: time(9), 6: time(9)}),
        ("Fri\u2013Sun 9:30; sun -", {4: time(9, 30), 5: time(9, 30), 6: None}),
        ("Sun-Mon 08:00, Wed 05:15", {6: time(8), 0: time(8), 2: time(5, 15)}),
        ("Mon 00:00;; Tue 23:59; ", {0: time(0), 1: time(23, 59)}),
        ("Mon Tue Wed -", {0: None, 1: None, 2: None}),
        ("Wed-Tue 07:00", dict.fromkeys(range(7), time(7))),
    ],
)
def test_departures_are_read(text: str, found: dict[int, time | None]) -> None:
    """Days, ranges over the week's end, and days without a departure."""
    assert parse_departures(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("09:00", "Sat", "Sat 24:00", "Sat 25:00", "Sat 9:60", "Sat 9"),
        *("Samstag 09:00", "Mon-Tue-Wed 07:00"),
    ],
)
def test_what_cannot_be_read_is_loud(text: str) -> None:
    """A time that is none does not vanish silently."""
    with pytest.raises(ValueError, match="is no|needs"):
        parse_departures(text)


def test_the_next_departure() -> None:
    """Today's, tomorrow's, over a weekend without one, or none at all."""
    leaving = departures(time(7), {5: None, 6: None})
    friday = datetime(2026, 11, 27, 6, tzinfo=WARSAW)
    assert next_departure(leaving, friday, WARSAW) == datetime(
        2026, 11, 27, 6, tzinfo=UTC
    )
    monday = next_departure(leaving, friday.replace(hour=7), WARSAW)
    assert monday == datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert next_departure([None] * 7, friday, WARSAW) is None


def test_the_next_departure_is_of_the_users_day() -> None:
    """By UTC it is Tuesday already, and Monday's departure is an hour away."""
    monday = datetime(2026, 11, 23, 20, tzinfo=NEW_YORK)
    leaving = departures(time(21), dict.fromkeys(range(1, 7)))
    assert next_departure(leaving, monday, NEW_YORK) == datetime(
        2026, 11, 24, 2, tzinfo=UTC
    )
    after = next_departure(leaving, monday.replace(hour=21), NEW_YORK)
    assert after == datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_a_departure_in_nights_when_clocks_change() -> None:
    """In the skipped hour it is the change, in the doubled one the first."""
    leaving = departures(time(2, 30), {})
    spring = datetime(2026, 3, 28, 23, tzinfo=WARSAW)
    assert next_departure(leaving, spring, WARSAW) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )
    autumn = datetime(2026, 10, 24, 23, tzinfo=WARSAW)
    assert next_departure(leaving, autumn, WARSAW) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
