"""Weekly windows of grid fees, and their text."""

from math import inf

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.fee_windows import (
    FeeWindow,
    fee_windows_text,
    parse_fee_windows,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import PeakWindow

clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
windows = st.builds(
    PeakWindow,
    start=clocks,
    end=clocks,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    months=st.frozensets(st.integers(1, 12), min_size=1),
)
fees = st.integers(-10_000, 10_000).map(lambda number: number / 1000)


@given(st.lists(st.builds(FeeWindow, fee=fees, window=windows)))
def test_windows_survive_their_text(rows: list[FeeWindow]) -> None:
    """Any fee, hours, weekdays and months."""
    assert parse_fee_windows(fee_windows_text(rows)) == tuple(rows)


@pytest.mark.parametrize(
    "text", ["06:00-22:00", "0.5", "x 06:00-22:00", "0.5 6-7, 8-9"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    """A line has one fee and one window."""
    with pytest.raises(ValueError, match=r".+"):
        parse_fee_windows(text)


def test_a_fee_is_finite() -> None:
    """A sum with another would be none."""
    (row,) = parse_fee_windows("1 06:00-22:00")
    with pytest.raises(ValueError, match="finite"):
        FeeWindow(fee=inf, window=row.window)
