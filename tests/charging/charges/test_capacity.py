"""The capacity of a battery, as charges show it."""

from collections.abc import Iterable

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.charges.capacity import (
    KEPT,
    LEAST_CHARGES,
    CapacityLog,
    ChargedLevel,
)

NOTHING = CapacityLog()


def charged(
    log: CapacityLog,
    capacity: float,
    first: int,
    last: int,
    *,
    step: int = 5,
    spent: float = 0.0,
) -> CapacityLog:
    """Return a log after a charge, of which each step in percent is read, then its end."""
    for level in (*range(first, last, step), last):
        energy = (level - first) / 100 * capacity + spent
        log = log.after(level, energy, charging=level < last)
    return log


def after_all(charges: Iterable[tuple[float, int, int]]) -> CapacityLog:
    """Return the log after some charges, each since another plugging in."""
    log = NOTHING
    for charge in charges:
        log = charged(log, *charge)
    return log


def test_three_charges_show_it() -> None:
    """Two are too few; the median is not moved by one that went wrong."""
    charges = [(57.0, 40, 80), (58.0, 30, 70), (20.0, 50, 75), (57.5, 20, 90)]
    learnt = [after_all(charges[:number]).learnt for number in range(5)]
    assert learnt == [None, None, None, 57.0, 57.2]
    assert LEAST_CHARGES == 3


def test_a_short_charge_shows_nothing() -> None:
    """Below twenty percent the rounding of the level weighs too much."""
    assert charged(NOTHING, 75, 60, 79).found == ()
    assert charged(NOTHING, 75, 60, 80).found == (75,)


def test_a_charge_that_runs_is_not_counted_yet() -> None:
    """Its last read is the best; the first read after it ends it once."""
    log = NOTHING.after(40, 0.0, charging=True).after(70, 22.5, charging=True)
    assert (log.present, log.found) == (75, ())
    log = log.after(80, 30.4, charging=False)
    assert (log.present, log.found) == (None, (76,))
    assert log.after(80, 30.4, charging=False) == log


def test_what_was_added_before_the_first_read_does_not_count() -> None:
    """A charge is often seen only some time after it began."""
    assert charged(NOTHING, 75, 40, 80, spent=12.5).found == (75,)


@pytest.mark.parametrize(
    "reads",
    [
        # The car was plugged in anew: the energy begins at 0.
        [(40, 10.0, True), (60, 1.0, True), (70, 8.5, True)],
        # It used more than it got.
        [(60, 0.0, True), (50, 1.0, True), (65, 12.0, True)],
        # A capacity that no car has.
        [(40, 0.0, True), (80, 0.1, False)],
        [(40, 0.0, True), (60, 90.0, False)],
        # The level, or the energy, is not reported.
        [(40, 0.0, True), (None, 15.0, True), (55, None, False)],
        # It does not charge.
        [(40, 0.0, False), (80, 30.0, False)],
    ],
)
def test_what_is_no_charge_to_learn_from(
    reads: list[tuple[float | None, float | None, bool]],
) -> None:
    """Nothing is learnt, and nothing is forgotten."""
    log = CapacityLog(found=(75.0,))
    for level, energy, charging in reads:
        log = log.after(level, energy, charging=charging)
    assert log.ended().found == (75.0,)


def test_an_unknown_level_does_not_end_a_charge() -> None:
    """The next read goes on from the first."""
    log = NOTHING.after(40, 0.0, charging=True).after(None, None, charging=True)
    assert log.after(60, 15.0, charging=False).found == (75,)


def test_a_read_that_tells_nothing_ends_a_charge_that_does_not_run() -> None:
    """What it showed by then counts."""
    log = NOTHING.after(40, 0.0, charging=True).after(70, 22.5, charging=True)
    assert log.after(None, None, charging=True) == log
    assert log.after(None, None, charging=False) == CapacityLog(found=(75,))


@pytest.mark.parametrize(
    ("level", "energy"), [(60, 9.0), (39, 30.0)], ids=["energy", "level"]
)
def test_a_charge_begins_anew_where_either_number_falls(
    level: float, energy: float
) -> None:
    """The one before ends with what it showed; the new one is counted from there."""
    log = NOTHING.after(40, 10.0, charging=True).after(70, 32.5, charging=True)
    read = ChargedLevel(level=level, energy=energy)
    anew = log.after(level, energy, charging=True)
    assert anew == CapacityLog(began=read, found=(75,))
    assert log.after(level, energy, charging=False) == CapacityLog(found=(75,))
    # A number that stays is none that falls.
    same = log.after(40, 10.0, charging=True)
    assert same.began == ChargedLevel(level=40, energy=10.0)
    assert same.found == ()


def test_the_least_and_the_greatest_battery_are_known() -> None:
    """As far as a person may enter them."""
    for capacity in (10, 250):
        assert charged(NOTHING, capacity, 40, 60, step=20).found == (capacity,)


def test_only_the_last_charges_are_kept() -> None:
    """A battery ages."""
    old = [(75.0, 40, 80)] * KEPT
    log = after_all([*old, *[(68.0, 40, 80)] * KEPT])
    assert log.found == (68.0,) * KEPT
    assert log.learnt == 68


@given(
    st.floats(30, 120),
    st.lists(st.tuples(st.floats(5, 70), st.floats(22, 60)), min_size=5, max_size=KEPT),
)
def test_rounding_costs_less_than_five_percent(
    capacity: float, charges: list[tuple[float, float]]
) -> None:
    """Whole percents and hundredths of a kWh, as Tesla reports them."""
    log = NOTHING
    for first, rise in charges:
        last = min(first + rise, 100)
        energy = round((last - first) / 100 * capacity, 2)
        log = log.after(int(first), 0.0, charging=True)
        log = log.after(int(last), energy, charging=False)
    assert log.learnt is not None
    assert log.learnt == pytest.approx(capacity, rel=0.055)
