"""The replay: the same counts as in Home Assistant, and other drivers of the same kind."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.cars import BEGIN, DATA, Kind, hints_of
from benchmarks.drivers import SHORTEST_STAY, files, other, others
from benchmarks.month import SMALL, SMALL_DAYS, SMALL_TRIPS
from benchmarks.replay import replay, result_of
from benchmarks.scoring import Result
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from simulator.trips import HOME

# Reads, events and missed ones of the small run; see its own test.
READS = (40, 21, 0)
HELD_OUT = Path(__file__).parents[2] / "benchmarks" / "data" / "held_out"


def small(**options: bool) -> Result:
    """Return what the small run comes to, replayed."""
    [name], [kind] = SMALL_TRIPS, SMALL
    trips = files(DATA)[name]
    one = replay(kind, trips, days=SMALL_DAYS, **options)
    return result_of("adaptive", kind, [one], SMALL_DAYS)


def test_the_replay_comes_to_the_counts_of_the_month() -> None:
    """The counts that the small run in Home Assistant is held to, by its own test."""
    result = small()
    assert (result.reads, result.score.events, result.score.missed) == READS
    assert result.score.percentile("home", True, 95) == pytest.approx(6.50, abs=0.01)
    assert round(result.waking, 2) == 1.09


def test_a_wallbox_reports_within_a_minute_and_saves_reads() -> None:
    """As in the table, for one car."""
    result = small(plug=True)
    late = result.score.percentile("plugged in", True, 100)
    assert late is not None
    assert late <= 1.0
    assert result.reads <= READS[0]


def test_hints_of_each_arrival_save_reads() -> None:
    """The bound is one: fewer reads, and none of them on the road home."""
    kind = SMALL[0]
    trips = files(DATA)["free_time_driver"]
    told = replay(kind, trips, days=14, told=True)
    policy = replay(kind, trips, days=14)
    assert len(told.looks) < len(policy.looks)
    assert ReadReason.MAY_BE_HOME in {look.reason for look in told.looks}


def test_a_phone_brings_a_read_at_the_arrival() -> None:
    """Half a minute after it, and in the round of that minute."""
    result = small(phone=True)
    late = result.score.percentile("home", True, 100)
    assert late is not None
    assert late <= 1.5


def test_other_drivers_are_drawn_by_their_seed_alone() -> None:
    """The same each time, and others with another seed; no trip runs into the next."""
    real = files(DATA)["full_time_commuter"]
    drawn = other(real, "some seed")
    assert drawn == other(real, "some seed")
    assert drawn != other(real, "another seed")
    assert 0.6 * len(real) < len(drawn) < 1.4 * len(real)
    for before, after in pairwise(drawn):
        assert before.arrive < after.depart
        if before.plugged_in_after is not None:
            assert before.destination == HOME
            assert before.arrive + before.plugged_in_after < after.depart
    assert drawn[0].depart >= BEGIN
    assert timedelta(minutes=4) == SHORTEST_STAY


def test_each_seed_makes_one_of_each_driver() -> None:
    """Six of three files with two seeds; the held-out ones are read like any."""
    assert len(others(files(DATA), (1, 2))) == 6
    assert len(files(HELD_OUT)) == 4


def test_hints_say_what_they_can_know() -> None:
    """A phone hears nothing of a cable, nor a wallbox of a way."""
    kind = Kind(idle=15, kept_awake=False)
    record = replay(kind, files(DATA)["free_time_driver"], days=4).twin.record
    assert {item.kind for item in hints_of(record, plug=True, phone=False)} == {"plug"}
    phone = hints_of(record, plug=False, phone=True)
    assert {item.word for item in phone} == {"home", "not_home"}
    assert hints_of(record, plug=False, phone=False) == []
