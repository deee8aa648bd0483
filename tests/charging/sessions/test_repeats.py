"""Rules of repetition: which days they have, by the clock of the user."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.sessions.repeats import (
    AHEAD,
    Frequency,
    Repeat,
    Rule,
    is_possible,
    new_repeat,
)
from custom_components.tesla_scout_worker.charging.sessions.requests import RequestError

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 29, 12, tzinfo=WARSAW).astimezone(UTC)

# A Monday.
FIRST = datetime(2026, 11, 30, 7, tzinfo=WARSAW)


def repeat(rule: str, first: datetime = FIRST) -> Repeat:
    """Return a request that repeats from a Monday on."""
    return Repeat(id="repeat", target=80, first=first.astimezone(UTC), rule=rule)


def days(rule: str, count: int = 60, first: datetime = FIRST) -> list[str]:
    """Return the month and day of each deadline from the first on."""
    span = repeat(rule, first).deadlines(first, first + timedelta(days=count), WARSAW)
    return [f"{at.astimezone(WARSAW):%m-%d}" for at in span]


@pytest.mark.parametrize(
    ("rule", "count", "expected"),
    [
        ("FREQ=DAILY", 3, ["11-30", "12-01", "12-02"]),
        ("FREQ=DAILY;INTERVAL=10", 25, ["11-30", "12-10", "12-20"]),
        ("FREQ=DAILY;COUNT=2", 60, ["11-30", "12-01"]),
        ("FREQ=WEEKLY", 15, ["11-30", "12-07", "12-14"]),
        ("FREQ=WEEKLY;BYDAY=TU,FR", 8, ["12-01", "12-04"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO", 30, ["12-06", "12-20"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", 30, ["12-13", "12-27"]),
        ("FREQ=WEEKLY;UNTIL=20261207", 60, ["11-30", "12-07"]),
        ("FREQ=WEEKLY;UNTIL=20261207T230000Z", 60, ["11-30", "12-07"]),
        ("FREQ=WEEKLY;UNTIL=20261206T235959", 60, ["11-30"]),
        ("FREQ=MONTHLY", 60, ["11-30", "12-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31", 40, ["12-01", "12-31", "01-01"]),
        ("FREQ=MONTHLY;BYDAY=1MO", 60, ["12-07", "01-04"]),
        ("FREQ=MONTHLY;BYDAY=+2TU", 60, ["12-08", "01-12"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", 60, ["12-25"]),
        ("FREQ=MONTHLY;INTERVAL=5", 320, ["11-30", "04-30", "09-30"]),
        ("FREQ=YEARLY", 400, ["11-30", "11-30"]),
        ("FREQ=YEARLY;INTERVAL=3", 1200, ["11-30", "11-30"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE;WKST=WE", 16, ["12-01", "12-09", "12-15"]),
    ],
)
def test_days_of_a_rule(rule: str, count: int, expected: list[str]) -> None:
    """What the calendar page of Home Assistant offers."""
    assert days(rule, count) == expected


def test_the_last_of_five_is_not_the_fourth() -> None:
    """December 2027 has a fifth Friday, a week after the fourth."""
    first = datetime(2027, 11, 26, 7, tzinfo=WARSAW)
    assert days("FREQ=MONTHLY;BYDAY=-1FR", 40, first) == ["11-26", "12-31"]
    assert days("FREQ=MONTHLY;BYDAY=-2FR", 40, first) == ["12-24"]


def test_a_deadline_keeps_its_time_of_the_day() -> None:
    """Over the change of the clocks; where there is no such time, an hour later."""
    first = datetime(2026, 3, 28, 2, 30, tzinfo=WARSAW)
    span = repeat("FREQ=DAILY", first).deadlines(
        first, first + timedelta(days=3), WARSAW
    )
    assert [f"{at.astimezone(WARSAW):%d %H:%M}" for at in span] == [
        "28 02:30",
        "29 03:30",
        "30 02:30",
    ]


def test_single_deadlines_and_the_rest_are_cut_off() -> None:
    """Whatever is left keeps its days and its count."""
    whole = repeat("FREQ=DAILY;COUNT=5")
    second = FIRST + timedelta(days=1)
    third = FIRST + timedelta(days=2)
    span = (FIRST, FIRST + timedelta(days=9), WARSAW)
    assert len([*whole.deadlines(*span)]) == 5
    assert [*whole.without(second.astimezone(UTC)).deadlines(*span)] == [
        FIRST,
        *(FIRST + timedelta(days=day) for day in (2, 3, 4)),
    ]
    assert [*whole.before(third.astimezone(UTC)).deadlines(*span)] == [FIRST, second]
    assert whole.before(FIRST).next_deadline(FIRST, WARSAW) is None
    assert whole.next_deadline(FIRST + timedelta(days=5), WARSAW) is None


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;BYMONTHDAY=31",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=53MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_other_rules_are_refused(rule: str) -> None:
    """They would be searched without end, or not be what somebody meant."""
    with pytest.raises(RequestError) as refused:
        new_repeat("repeat", 80, FIRST, rule, None, now=NOW, zone=WARSAW)
    assert refused.value.key in ("repeat_unsupported", "deadline_past")
    assert not is_possible(repeat(rule)) or refused.value.key == "deadline_past"


@pytest.mark.parametrize(
    ("target", "first", "rule", "key"),
    [
        (20, FIRST, "FREQ=DAILY", "target_out_of_range"),
        (80, FIRST - timedelta(days=9), "FREQ=DAILY;COUNT=3", "deadline_past"),
        (80, FIRST.replace(year=2), "FREQ=DAILY;COUNT=3", "deadline_past"),
        (80, FIRST.replace(year=9998), "FREQ=DAILY", "deadline_too_far"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(
    target: int, first: datetime, rule: str, key: str
) -> None:
    """With the words of a single request."""
    with pytest.raises(RequestError) as refused:
        new_repeat("repeat", target, first, rule, None, now=NOW, zone=WARSAW)
    assert refused.value.key == key


@given(
    rule=st.sampled_from(
        [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU",
            "FREQ=MONTHLY;BYDAY=2WE,-1SU",
            "FREQ=MONTHLY;BYMONTHDAY=1,15,31",
            "FREQ=YEARLY",
        ]
    ),
    ahead=st.integers(0, 700),
    length=st.integers(0, 100),
)
def test_any_part_of_a_rule_is_that_part_of_the_whole(
    rule: str, ahead: int, length: int
) -> None:
    """Wherever a span begins, it has the same days."""
    whole = repeat(rule)
    start = FIRST + timedelta(days=ahead)
    end = start + timedelta(days=length)
    everything = whole.deadlines(FIRST, FIRST + timedelta(days=801), WARSAW)
    expected = [at for at in everything if start <= at < end]
    assert [*whole.deadlines(start, end, WARSAW)] == expected


def test_a_rule_reads_as_it_was_meant() -> None:
    """Weekdays from Monday on."""
    rule = Rule.parse("freq=weekly;byday=mo,sa;until=20270101", WARSAW)
    assert rule.weekdays == {(0, 0), (0, 5)}
    assert rule.last == date(2027, 1, 1)
    assert Rule.parse(
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,+2TU;COUNT=9", WARSAW
    ) == Rule(
        frequency=Frequency.MONTHLY,
        interval=2,
        weekdays=frozenset({(-1, 4), (2, 1)}),
        count=9,
    )
    assert Rule.parse("FREQ=MONTHLY;BYMONTHDAY=1,31;WKST=SU", WARSAW) == Rule(
        frequency=Frequency.MONTHLY, month_days=frozenset({1, 31}), week_start=6
    )
    assert Rule.parse("FREQ=YEARLY", WARSAW) == Rule(frequency=Frequency.YEARLY)
    # Half past midnight in Warsaw is of the next day.
    night = Rule.parse("FREQ=DAILY;UNTIL=20261231T233000Z", WARSAW)
    assert night.last == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("rule", "is_taken"),
    [
        ("FREQ=DAILY;INTERVAL=366", True),
        ("FREQ=DAILY;INTERVAL=367", False),
        ("FREQ=DAILY;COUNT=1000", True),
        ("FREQ=DAILY;COUNT=1001", False),
        ("FREQ=DAILY;COUNT=1", True),
        ("FREQ=DAILY;BYDAY=MO,SU", True),
        ("FREQ=YEARLY;BYDAY=MO", False),
        ("FREQ=MONTHLY;BYDAY=5MO", True),
        ("FREQ=MONTHLY;BYDAY=6MO", False),
    ],
)
def test_the_bounds_of_a_rule(rule: str, is_taken: bool) -> None:
    """A year of days, a thousand events."""
    assert is_possible(repeat(rule)) is is_taken


@pytest.mark.parametrize(
    ("target", "possible"), [(0, False), (1, True), (100, True), (101, False)]
)
def test_a_stored_request_has_a_target_that_a_car_can_have(
    target: int, possible: bool
) -> None:
    """A file that was edited by hand stops no car."""
    assert is_possible(replace(repeat("FREQ=DAILY"), target=target)) is possible


def test_a_new_request_is_what_was_asked_for() -> None:
    """From its first deadline on, which may be past, and is at most five years ahead."""
    found = new_repeat("a", 80, FIRST, "FREQ=DAILY", "Trip", now=NOW, zone=WARSAW)
    assert found == Repeat(
        id="a",
        target=80,
        first=FIRST.astimezone(UTC),
        rule="FREQ=DAILY",
        title="Trip",
    )
    day = timedelta(days=1)
    for first in (NOW + AHEAD - day, NOW - AHEAD + day):
        assert new_repeat("a", 80, first, "FREQ=DAILY", None, now=NOW, zone=WARSAW)
    for first, key in (
        (NOW + AHEAD + day, "deadline_too_far"),
        (NOW - AHEAD - day, "deadline_past"),
    ):
        with pytest.raises(RequestError) as refused:
            new_repeat("a", 80, first, "FREQ=DAILY", None, now=NOW, zone=WARSAW)
        assert refused.value.key == key


def test_a_span_has_its_begin_and_not_its_end() -> None:
    """In UTC, without each deadline that was removed."""
    daily, day = repeat("FREQ=DAILY"), timedelta(days=1)
    second = timedelta(seconds=1)
    assert [*daily.deadlines(FIRST, FIRST + day, WARSAW)] == [FIRST]
    assert [*daily.deadlines(FIRST + second, FIRST + day, WARSAW)] == []
    span = (FIRST, FIRST + day + second, WARSAW)
    assert [*daily.deadlines(*span)] == [FIRST, FIRST + day]
    assert all(at.tzinfo is UTC for at in daily.deadlines(*span))
    once = daily.without(FIRST.astimezone(UTC))
    assert [*once.deadlines(*span)] == [FIRST + day]
    assert [*once.without((FIRST + day).astimezone(UTC)).deadlines(*span)] == []
