"""The battery's arithmetic."""

from dataclasses import replace
from math import inf, log

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.battery import (
    LEAST_POWER,
    energies,
    hours_to_charge,
    level_after,
    measured,
    measured_by_energy,
    minutes_to_charge,
    power_at,
)
from custom_components.tesla_scout_worker.charging.planning.model import Battery
from simulator import battery as simulated

CAR = Battery(capacity=75, power=11)

levels = st.floats(0, 100)
batteries = st.builds(Battery, capacity=st.floats(20, 120), power=st.floats(1, 250))


def test_known_times() -> None:
    """Below the knee the power is whole, above it the time is a logarithm."""
    assert hours_to_charge(CAR, 26, 80) == pytest.approx(40.5 / 11)
    above = log(5) / 0.04 / (100 * 11 / 75)
    assert hours_to_charge(CAR, 80, 100) == pytest.approx(above)
    assert hours_to_charge(CAR, 50, 100) == pytest.approx(22.5 / 11 + above)
    slowest = replace(CAR, power=1)
    assert hours_to_charge(slowest, 26, 80) == pytest.approx(40.5)
    assert hours_to_charge(CAR, 80, 80) == 0
    assert hours_to_charge(CAR, 80, 70) == 0


def test_known_levels() -> None:
    """A level rises evenly to the knee, and no further than 100 %."""
    assert level_after(CAR, 20, 3.75) == pytest.approx(75)
    assert level_after(CAR, 20, 0) == 20
    assert level_after(CAR, 20, -1) == 20
    assert level_after(CAR, 90, 1000) == 100
    assert level_after(CAR, 100, 1) == 100


def test_without_power_nothing_is_charged() -> None:
    """It takes for ever, and leads nowhere."""
    dead = Battery(capacity=75, power=0)
    assert hours_to_charge(dead, 50, 60) == inf
    assert level_after(dead, 50, 10) == 50
    # More minutes than any deadline leaves, as a number that can be counted with.
    years = 10 * 365 * 24 * 60
    assert minutes_to_charge(dead, 50, 60) > years
    trickle = Battery(capacity=75, power=0.75)
    assert level_after(trickle, 50, 10) == pytest.approx(60)


def test_minutes_are_whole_ones_rounded_up() -> None:
    """A rounding error is not worth another minute, and a part of one is."""
    quick = Battery(capacity=60, power=36)
    assert minutes_to_charge(quick, 20, 80) == 60
    assert minutes_to_charge(quick, 20, 20.1) == 1
    assert minutes_to_charge(quick, 20, 21.001) == 2
    assert minutes_to_charge(quick, 80, 80) == 0
    assert minutes_to_charge(quick, 90, 80) == 0
    for level in range(81, 100):
        hours = hours_to_charge(quick, 80, level)
        assert 0 <= minutes_to_charge(quick, 80, level) - hours * 60 < 1


@pytest.mark.parametrize(
    ("level", "power"), [(0, 11), (80, 11), (90, 6.6), (100, 2.2), (110, 2.2)]
)
def test_the_power_falls_from_the_knee_to_a_fifth(level: float, power: float) -> None:
    """In a straight line."""
    assert power_at(CAR, level) == pytest.approx(power)


@pytest.mark.parametrize(
    ("level", "power", "full"),
    [
        (50, 11, 11),
        # Tesla rounds to whole kilowatts.
        (50, 10, 11),
        (50, 12, 11),
        (50, 9, 9),
        (50, 16, 16),
        # At 90 % three fifths are left: 3.3 kW there are 5.5 below the knee.
        (90, 6, 11),
        (90, 3.3, 5.5),
        # Told as none, it is less than half a kilowatt.
        (50, 0, LEAST_POWER),
        (50, -2, LEAST_POWER),
    ],
)
def test_a_battery_is_measured_by_the_power_that_it_takes(
    level: float, power: float, full: float
) -> None:
    """At the level that it has; the capacity is what it was."""
    found = measured(CAR, level, power)
    assert found.power == pytest.approx(full)
    assert found.capacity == 75


@pytest.mark.parametrize(("shown", "power"), [(11, 9.9), (11, 9.4), (12, 10.2)])
def test_losses_of_the_charger_are_no_other_power(shown: float, power: float) -> None:
    """A battery that gets less than the charger shows stays as it was measured."""
    battery = replace(CAR, power=power)
    assert measured(battery, 50, shown) == battery


@pytest.mark.parametrize(
    ("level", "energy", "hours", "power"),
    [
        # The car shows 11 kW.
        (50, 9.9, 1.0, 9.9),
        (50, 4.95, 0.5, 9.9),
        (80, 5.0, 0.5, 10.0),
        # Within a few percent it is what it was.
        (50, 10.8, 1.0, 11),
        # A pause, another charge, too little, and the taper say nothing.
        (50, 6.0, 1.0, None),
        (50, 20.0, 1.0, None),
        (50, 2.9, 0.29, None),
        (81, 9.9, 1.0, None),
        (50, 9.9, 0.0, None),
    ],
)
def test_what_reached_the_battery_is_its_power(
    level: float, energy: float, hours: float, power: float | None
) -> None:
    """By the energy that it got, which has no losses any more."""
    found = measured_by_energy(CAR, level, 11, energy, hours)
    assert (None if found is None else found.power) == (
        None if power is None else pytest.approx(power)
    )


@pytest.mark.parametrize(
    ("found", "known"),
    [(8.92, False), (8.93, True), (11.5, True), (11.51, False)],
)
def test_energy_that_does_not_fit_the_power_that_is_shown_measures_nothing(
    found: float, known: bool
) -> None:
    """Of 11 kW, rounded by half a kW, at most 15 % are lost and nothing is won."""
    assert (measured_by_energy(CAR, 50, 11, found, 1) is not None) is known


@given(batteries, levels, levels)
def test_time_and_level_agree(battery: Battery, one: float, other: float) -> None:
    """Charging for the time that a level takes leads to that level."""
    low, high = sorted((one, other))
    hours = hours_to_charge(battery, low, high)
    assert level_after(battery, low, hours) == pytest.approx(high, abs=1e-6)


@given(batteries, levels, levels, levels)
def test_times_add_up(battery: Battery, one: float, two: float, three: float) -> None:
    """A pause does not change how long charging takes."""
    low, middle, high = sorted((one, two, three))
    assert hours_to_charge(battery, low, high) == pytest.approx(
        hours_to_charge(battery, low, middle) + hours_to_charge(battery, middle, high)
    )


@given(batteries, levels, levels)
def test_the_simulator_agrees(battery: Battery, level: float, target: float) -> None:
    """Two who do not know each other say the same."""
    hours = hours_to_charge(battery, level, target)
    assert hours == pytest.approx(
        simulated.hours_to_charge(level, target, battery.power, battery.capacity)
    )


@pytest.mark.parametrize(("level", "minutes"), [(20, 300), (79.5, 120), (85, 60)])
def test_energies_are_those_of_the_levels(level: float, minutes: int) -> None:
    """The energy of k minutes is what raises the level, before and after the knee."""
    battery = Battery(capacity=75, power=11)
    done = energies(battery, level, minutes)
    assert len(done) == minutes + 1
    for at in range(0, minutes + 1, 10):
        reached = level_after(battery, level, at / 60)
        assert reached < 100
        assert done[at] == pytest.approx((reached - level) * 0.75)


def test_the_last_minute_to_a_full_battery_counts_as_whole() -> None:
    """The power falls on as it did, though the level ends at 100 %."""
    battery = Battery(capacity=75, power=11)
    minutes = int(hours_to_charge(battery, 90, 100) * 60) + 1
    *_, one, two, three = energies(battery, 90, minutes)
    assert three > 7.5 > two
    assert (three - two) / (two - one) == pytest.approx(0.99, abs=0.001)
