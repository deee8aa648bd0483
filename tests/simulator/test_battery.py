"""Tests of the battery's arithmetic."""

from datetime import timedelta
from math import log

from hypothesis import given, strategies as st
import pytest

from simulator.battery import Charging, Draining, hours_to_charge, level_after, power_kw

from .car_samples import NOON, hours, minutes

levels = st.floats(0, 100)
powers = st.floats(1, 250)
capacities = st.floats(20, 120)
times = st.floats(0, 30)


def test_known_times() -> None:
    """Below the knee the power is the charger's; above it a logarithm."""
    assert hours_to_charge(50, 80, 11, 75) == pytest.approx(22.5 / 11)
    percent_an_hour = 100 * 11 / 75
    above = log(5) / 0.04 / percent_an_hour
    assert hours_to_charge(80, 100, 11, 75) == pytest.approx(above)
    assert hours_to_charge(50, 100, 11, 75) == pytest.approx(22.5 / 11 + above)
    assert hours_to_charge(80, 70, 11, 75) == 0


def test_power_tapers_from_80_to_a_fifth() -> None:
    """The power is whole up to 80 % and a fifth at 100 %."""
    shares = [power_kw(level, 10) for level in (0, 80, 90, 100)]
    assert shares == pytest.approx([10, 10, 6, 2])


@given(levels, levels, powers, capacities)
def test_time_and_level_agree(
    one: float, other: float, charger_kw: float, capacity_kwh: float
) -> None:
    """Charging for the time that a level takes leads to that level."""
    low, high = sorted((one, other))
    needed = hours_to_charge(low, high, charger_kw, capacity_kwh)
    reached = level_after(low, needed, charger_kw, capacity_kwh)
    assert reached == pytest.approx(high, abs=1e-6)


@given(levels, times, times, powers, capacities)
def test_time_steps_do_not_matter_to_the_battery(
    level: float, first: float, then: float, charger_kw: float, capacity_kwh: float
) -> None:
    """Two times one after the other do as much as both at once."""
    halfway = level_after(level, first, charger_kw, capacity_kwh)
    stepped = level_after(halfway, then, charger_kw, capacity_kwh)
    at_once = level_after(level, first + then, charger_kw, capacity_kwh)
    assert stepped == pytest.approx(at_once, abs=1e-6)
    assert level - 1e-9 <= halfway <= 100


@given(st.floats(0, 99), powers, capacities)
def test_level_rises_by_the_power(
    level: float, charger_kw: float, capacity_kwh: float
) -> None:
    """The level's slope is the power at that level, over the capacity."""
    step = 1e-4 / charger_kw
    risen = level_after(level, step, charger_kw, capacity_kwh) - level
    energy = risen / 100 * capacity_kwh
    assert energy == pytest.approx(power_kw(level, charger_kw) * step, rel=1e-3)


def test_charging_ends_exactly_at_the_limit() -> None:
    """A flow reaches its limit on time, stays there, and knows its energy."""
    flow = Charging(since=NOON, level=60, limit=90, charger_kw=11, capacity_kwh=75)
    just_before = flow.level_at(flow.until - minutes(1))
    assert 89 < just_before < 90
    assert flow.level_at(flow.until) == 90
    assert flow.level_at(flow.until + hours(5)) == 90
    assert flow.energy_kwh_at(flow.until) == pytest.approx(22.5)
    assert flow.energy_kwh_at(NOON) == 0


def test_draining_falls_evenly_and_not_below_empty() -> None:
    """A drive takes its energy evenly, and no more than there is."""
    flow = Draining(since=NOON, until=NOON + hours(1), level=10, percent=20)
    seen = [flow.level_at(NOON + minutes(each)) for each in (0, 15, 30, 45, 90)]
    assert seen == pytest.approx([10, 5, 0, 0, 0])
    at_once = Draining(since=NOON, until=NOON, level=50, percent=20)
    assert at_once.level_at(NOON + timedelta(0)) == 30
