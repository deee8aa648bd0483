"""What a sleeping account costs: a small case, with its counts."""

import pytest

from benchmarks.footprint import Footprint, footprint
from benchmarks.integrations_under_test import ADAPTIVE
from benchmarks.month import footprint_table


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_sleeping_car_costs_a_call_a_round_and_no_memory_in_time() -> None:
    """One car, twice: for the time, and for the memory under tracemalloc."""
    found = footprint(ADAPTIVE, 1)
    assert (found.subject, found.cars, found.calls) == ("adaptive", 1, 1)
    # Of a hundred and twenty rounds no more than one tells its entities anything.
    assert found.state_writes <= 0.1
    assert 0 < found.milliseconds < 200
    # A good megabyte; what is new after two hours is less than a hundredth of it.
    assert 900 < found.kilobytes < 1600
    assert abs(found.growth) < 30


def test_the_footprint_is_a_row_of_its_table() -> None:
    """In milliseconds, writes, calls and kilobytes."""
    row = Footprint(
        subject="adaptive",
        cars=10,
        milliseconds=3.456,
        state_writes=0.034,
        calls=1,
        kilobytes=4915.4,
        growth=4.4,
    )
    header, rule, line = footprint_table([row]).splitlines()
    assert header.count("|") == rule.count("|") == line.count("|") == 8
    assert line == "| adaptive | 10 | 3.46 | 0.03 | 1 | 4915 | 4 |"
