"""What the chaos calls broken: pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import logging

from benchmarks.chaos.invariants import (
    Invariant,
    doubled,
    limit_breaks,
    schedule_breaks,
    session_breaks,
    storm_breaks,
)
from benchmarks.chaos.secrets_in_logs import SecretFinder
from simulator.billing import Kind
from simulator.records import Request
from simulator.schedules import ChargeSchedule

OWNERS = ChargeSchedule(
    id=7,
    days_of_week=127,
    start_enabled=True,
    start_time=720,
    end_enabled=True,
    end_time=721,
    latitude=52.2,
    longitude=21.0,
)
OURS = replace(OWNERS, id=8, start_time=60, end_time=180, one_time=True)
BEGIN = datetime(2026, 11, 24, 22, tzinfo=UTC)


def requests(kind: Kind, count: int, within: timedelta) -> list[Request]:
    """Return requests of a kind that are spread over a time."""
    return [
        Request(
            at=BEGIN + within * number / count,
            server="eu",
            method="GET",
            path="/api/1/vehicles",
            status=200,
            kind=kind,
            vin=None,
            billed=False,
            faulted=False,
        )
        for number in range(count)
    ]


def test_a_raised_limit_is_left() -> None:
    """Any other limit than the owner's is one that is left."""
    assert limit_breaks(70, 70) == []
    assert [each.invariant for each in limit_breaks(80, 70)] == [Invariant.LIMIT]


def test_schedules_that_nobody_knows_or_that_are_doubled_are_told() -> None:
    """The owner's must be there, ours must be known, and no window may be twice."""
    assert schedule_breaks([OWNERS, OURS], 7, frozenset({8})) == []
    assert len(schedule_breaks([OWNERS, OURS], 7, frozenset())) == 1
    assert len(schedule_breaks([OURS], 7, frozenset({8}))) == 1
    assert len(doubled([OWNERS, OURS, replace(OURS, id=9)])) == 1
    assert doubled([]) == []


def test_a_storm_is_too_many_requests_in_any_hour() -> None:
    """An hour that begins at any request counts, not the hours of a clock."""
    assert storm_breaks(requests(Kind.AUTH, 15, timedelta(minutes=50))) == []
    assert len(storm_breaks(requests(Kind.AUTH, 16, timedelta(minutes=50)))) == 1
    assert storm_breaks(requests(Kind.AUTH, 16, timedelta(hours=2))) == []


def test_an_hour_of_a_set_up_has_the_tries_of_home_assistant_too() -> None:
    """Other hours have not."""
    many = requests(Kind.AUTH, 25, timedelta(minutes=50))
    assert storm_breaks(many, starts=[many[3].at]) == []
    assert len(storm_breaks(many, starts=[many[-1].at + timedelta(minutes=1)])) == 1
    more = requests(Kind.AUTH, 26, timedelta(minutes=50))
    assert len(storm_breaks(more, starts=[more[3].at])) == 1


def test_a_session_is_lost_only_if_it_could_be_kept() -> None:
    """One that could not be kept must be told of."""
    missed = {"event_type": "missed", "reason": "car_unreachable"}
    assert session_breaks(79, 80, [], keepable=True) == []
    assert session_breaks(70, 80, [missed], keepable=False) == []
    [lost] = session_breaks(70, 80, [missed], keepable=True)
    assert lost.invariant is Invariant.SESSION
    [silent] = session_breaks(70, 80, [{"event_type": "sent"}], keepable=False)
    assert silent.invariant is Invariant.SILENT


def test_secrets_are_found_in_a_log() -> None:
    """Tokens by their shape, VINs and places by their text."""
    finder = SecretFinder(["LRW3E7EK0RC000001"])
    for text in ("car LRW3E7EK0RC000001", "eyJhbGciOiJIUzI1NiIsInR5", f"EU_{'a' * 48}"):
        finder.emit(finder_record(text))
    finder.emit(finder_record("nothing"))
    assert len(finder.lines) == 3


def finder_record(text: str) -> logging.LogRecord:
    """Return a record of a log."""
    return logging.LogRecord("ours", logging.DEBUG, "", 0, text, None, None)
