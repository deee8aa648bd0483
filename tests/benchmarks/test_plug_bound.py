"""More reads for the cable: what one stay comes to, and that a month is the sum of them."""

from datetime import timedelta

import pytest

from benchmarks.cars import BEGIN, Kind
from benchmarks.drivers import lot
from benchmarks.plug_bound import (
    DRIVERS,
    Came,
    Outcome,
    Placing,
    Stay,
    best,
    placings,
    replayed,
    rows,
    stays,
    tried,
    watch,
)
from benchmarks.replay import replay

KEPT = Kind(idle=30, kept_awake=True)
REGARDLESS = Kind(idle=30, kept_awake=False)
DAY = 1440.0


def one(cable: float | None, gaps: Placing, kind: Kind, ended: float = DAY) -> Came:
    """Return what reads come to in a stay that began at minute 0."""
    came = Came()
    watch(Stay(came=0.0, cable=cable, ended=ended), gaps, kind, came)
    return came


@pytest.mark.parametrize(
    ("cable", "gaps", "kind", "late"),
    [
        # In before the read at the arrival, which is six minutes after it.
        (4.0, (), KEPT, 2.0),
        # Awake when it should have slept: half an hour after the read, or after parking.
        (20.0, (), KEPT, 16.0),
        (20.0, (), REGARDLESS, 10.0),
        # Asleep: it wakes, and is read once that lasted.
        (60.0, (), KEPT, 6.0),
        # Seen by one more read, or missed by it and up for another half hour.
        (20.0, (16,), KEPT, 2.0),
        (24.0, (16,), KEPT, 28.0),
        (24.0, (16,), REGARDLESS, 6.0),
    ],
)
def test_a_cable_is_seen_by_the_next_read_that_finds_the_car_awake(
    cable: float, gaps: Placing, kind: Kind, late: float
) -> None:
    """Each delay to the minute's round."""
    [found] = one(cable, gaps, kind).late
    assert found == pytest.approx(late, abs=0.05)


def test_a_read_without_a_cable_costs_its_price_and_some_sleep() -> None:
    """The sleep only where reads keep the car awake, and none of it once it sleeps."""
    came = one(None, (16, 45), KEPT)
    assert (came.extra, came.late) == (1, [])
    assert came.awake == pytest.approx(22, abs=0.05)
    assert one(None, (16, 45), REGARDLESS).awake == 0
    assert one(None, (30,), KEPT).extra == 0
    # A car that leaves again before the read is not read.
    assert one(None, (16,), KEPT, ended=5.0) == Came()


def test_a_cable_that_is_out_before_it_was_seen_has_no_delay() -> None:
    """It is missed, as in the table."""
    assert one(20.0, (), KEPT, ended=25.0).late == []
    assert Came().p95 == 0
    assert Came(late=[1.0, 9.0]).too_late == 0.5


def test_stays_are_those_at_home() -> None:
    """As many as arrivals there, each with its cable; the last may not have ended."""
    cars = lot("simulator/data")
    record = replay(KEPT, cars["free_time_driver"], told=True).twin.record
    found = stays(record, BEGIN + timedelta(days=28))
    assert len(found) == sum(
        event.kind == "arrived" and event.detail == "home" for event in record
    )
    assert all(stay.came < stay.ended for stay in found)
    assert all(stay.came <= (stay.cable or DAY * 28) <= DAY * 28 for stay in found)


@pytest.mark.slow
def test_a_month_is_the_sum_of_its_stays() -> None:
    """What is added up for a placing is what a full replay of it comes to."""
    name = "simulator/data"
    added = tried(KEPT, name, most=1)
    assert len(added) == len(placings(1)) == 9
    for gaps in ((), (22,)):
        full = replayed(KEPT, name, gaps)
        assert added[gaps].p95 == pytest.approx(full.p95, abs=0.01)
        assert added[gaps].too_late == pytest.approx(full.too_late, abs=0.001)
        assert added[gaps].reads == pytest.approx(full.reads, abs=0.02)
        assert added[gaps].awake == pytest.approx(full.awake, abs=0.005)
    # One read at the arrival is enough for these drivers, and cheaper than any more.
    [row] = rows(KEPT, (name,), (added,))
    assert row == (
        "| kept awake by reads, 30 min | simulator/data | 6 | 0.58 | 6.6 | 1.7 % |"
        " 1.02 x | yes |"
    )


def test_the_best_placing_reaches_with_all_drivers_or_is_late_least_often() -> None:
    """Reads decide between those that reach; a car that is kept up too long is worst."""

    def came(reads: float, awake: float, p95: float, too_late: float) -> Outcome:
        return Outcome(reads=reads, awake=awake, p95=p95, too_late=too_late)

    late = came(0.6, 1.02, 12.0, 0.06)
    dear = came(0.9, 1.08, 7.0, 0.02)
    cheap = came(0.8, 1.09, 7.5, 0.04)
    long = came(0.7, 1.2, 6.0, 0.0)
    each = {(): late, (3,): dear, (5,): cheap, (8,): long}
    assert best([each], 1) == (5,)
    assert best([each], 0) == ()
    assert best([each, {**each, (5,): late}], 1) == (3,)
    assert best([{(): late, (8,): long}], 1) == ()
    assert DRIVERS[0] == "held-out files"
    assert set(lot(DRIVERS[1])) >= {"free_time_driver 101", "free_time_driver 104"}
