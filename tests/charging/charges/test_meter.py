"""What is counted by an energy meter before the car."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.tesla_scout_worker.charging.charges.count import (
    Counted,
    MeterSample,
)
from custom_components.tesla_scout_worker.charging.charges.counting import (
    Reading,
    after_meter,
    after_reading,
    without_meter,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve

from .test_counting import EVENING, HOUR, PRICES, UNPLANNED, present, read


def show(counted: Counted, hours: float, energy: float) -> Counted:
    """Have the meter show an energy some hours after the evening."""
    sample = MeterSample(at=EVENING + hours * HOUR, energy=energy)
    return after_meter(counted, sample, UNPLANNED)


def metered(
    counted: Counted, hours: float, energy: float, meter: float | None
) -> Counted:
    """Read a car whose meter shows an energy; None: the meter is unavailable."""
    if meter is not None:
        counted = show(counted, hours, meter)
    reading = Reading(
        at=EVENING + hours * HOUR,
        at_home=True,
        plugged_in=True,
        charging=True,
        energy=energy,
        by_meter=meter is not None,
    )
    counted = after_reading(counted, reading, UNPLANNED)
    return counted if meter is None else show(counted, hours, meter)


def test_the_meter_counts_with_the_losses() -> None:
    """11 kWh of it put 10 into the battery: 11 are paid, at 1.00, and 1 is lost."""
    counted = metered(Counted(), 0, 0.0, 5000.0)
    counted = metered(counted, 0.5, 5.0, 5005.5)
    counted = metered(counted, 1, 10.0, 5011.0)
    charge = present(counted)
    assert charge.energy == pytest.approx(11)
    assert charge.losses == pytest.approx(1)
    assert charge.known_cost == pytest.approx(11)
    assert counted.log.energy == pytest.approx(11)


def test_the_price_of_the_time_between_two_samples_counts() -> None:
    """Two hours over the fall of the price: 11 kWh at 1.00, and 11 at 0.20."""
    counted = metered(Counted(), 3, 0.0, 100.0)
    counted = show(counted, 4, 111.0)
    counted = show(counted, 5, 122.0)
    assert present(counted).known_cost == pytest.approx(13.2)


def test_a_meter_that_is_away_is_stood_in_for_by_the_car() -> None:
    """When it is back, what the car counted is not counted twice."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = metered(counted, 0.5, 5.0, None)
    assert counted.log.energy == pytest.approx(5)
    counted = metered(counted, 1, 10.0, None)
    counted = metered(counted, 1.5, 15.0, 116.5)
    assert counted.log.energy == pytest.approx(16.5)
    assert present(counted).losses == pytest.approx(1.5)


def test_a_meter_that_is_reset_counts_from_zero() -> None:
    """It showed 105.5 and shows 3: 3 more. A smaller fall is no reset."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = show(counted, 0.5, 105.5)
    counted = show(counted, 0.6, 105.4)
    counted = show(counted, 0.7, 105.5)
    counted = show(counted, 1, 3.0)
    assert counted.log.energy == pytest.approx(8.5)


def test_a_reset_while_it_is_away() -> None:
    """The car counted 5; the meter begins anew and shows 2 of them."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = metered(counted, 0.5, 5.0, None)
    counted = show(counted, 0.6, 2.0)
    assert counted.log.energy == pytest.approx(5)
    counted = show(counted, 1.5, 11.0)
    assert counted.log.energy == pytest.approx(11)


def test_another_meter_is_not_counted_by_its_number() -> None:
    """It shows more than any car can have charged."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = show(counted, 1, 7000.0)
    assert counted.log.energy == 0
    assert show(counted, 2, 7011.0).log.energy == pytest.approx(11)


def test_a_meter_that_does_not_count_this_car_does_not_hide_its_energy() -> None:
    """What the battery got was paid for, whatever the meter shows."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    for hour in (1, 2, 3):
        counted = metered(counted, hour, 10.0 * hour, 100.0)
    assert counted.log.energy == pytest.approx(30)


def test_a_meter_that_is_a_little_late_is_waited_for() -> None:
    """It is read a minute after the car."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = metered(counted, 0.1, 0.9, 100.0)
    assert counted.log.energy == 0
    counted = show(counted, 0.12, 101.0)
    assert counted.log.energy == pytest.approx(1)
    assert present(counted).losses == pytest.approx(0.1)


def test_what_the_meter_counts_without_the_car_is_not_the_cars() -> None:
    """A guest charges while the car is away, or plugged in as well."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    away = read(counted, 1, 0.0, at_home=False, plugged_in=False)
    assert show(away, 3, 122.0) == away
    both = without_meter(counted)
    assert metered(both, 1, 10.0, None).log.energy == pytest.approx(10)
    assert without_meter(both) == both
    back = show(metered(both, 1, 10.0, None), 1.5, 150.0)
    assert show(back, 2, 155.5).log.energy == pytest.approx(15.5)


def test_a_cable_pulled_and_plugged_in_again_is_counted_by_the_meter() -> None:
    """The car counts from zero, and the meter goes on."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = metered(counted, 1, 10.0, 111.0)
    counted = metered(counted, 2, 8.0, 120.0)
    assert counted.log.energy == pytest.approx(20)
    assert present(counted).losses == pytest.approx(2)


def test_a_month_that_begins_with_the_meter() -> None:
    """A sample is counted in the month in which it is taken."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    sample = MeterSample(at=EVENING + timedelta(hours=1), energy=111.0)
    counted = after_meter(counted, sample, replace(PRICES, runs=(), month="2026-12"))
    assert counted.savings.month == "2026-12"
    assert counted.savings.since == sample.at
    assert counted.savings.cost == pytest.approx(11)


def test_what_the_car_counted_ahead_of_its_meter_ends_with_the_meter() -> None:
    """With the cable as with a meter that does not count this car alone."""
    counted = metered(Counted(), 0, 0.0, 100.0)
    counted = metered(counted, 0.5, 5.0, None)
    assert counted.log.ahead == pytest.approx(5)
    for ended in (
        without_meter(counted),
        read(counted, 1, 5.0, UNPLANNED, plugged_in=False),
    ):
        assert (ended.log.meter, ended.log.ahead) == (None, 0)


def test_a_meter_that_stood_still_dates_what_it_counts_next() -> None:
    """It changed within a quarter of an hour before that, at the price of then."""
    counted = metered(Counted(), 3, 0.0, 100.0)
    counted = show(counted, 4.5, 100.0)
    assert counted.log.meter == MeterSample(at=EVENING + 4.25 * HOUR, energy=100.0)
    counted = show(counted, 4.75, 105.5)
    assert present(counted).start == EVENING + 4.25 * HOUR
    assert present(counted).known_cost == pytest.approx(1.1)
    # A value of the same instant and one that fell to nine tenths change nothing.
    assert show(counted, 4.75, 106.0) == counted
    assert show(counted, 5, 105.5 * 0.9) == counted


def test_the_first_energy_of_a_car_with_a_meter_needs_no_lag() -> None:
    """The meter has not shown a value yet: the car alone counts."""
    counted = read(Counted(), 0, 0.0, UNPLANNED)
    reading = Reading(
        at=EVENING + 0.1 * HOUR,
        at_home=True,
        plugged_in=True,
        energy=0.5,
        by_meter=True,
    )
    assert after_reading(counted, reading, UNPLANNED).log.energy == 0.5


def test_energy_that_waits_for_its_meter_waits_for_no_price() -> None:
    """Nothing was counted, so there is nothing to be priced."""
    unpriced = replace(UNPLANNED, curve=CostCurve())
    counted = metered(Counted(), 0, 0.0, 100.0)
    reading = Reading(
        at=EVENING + 0.1 * HOUR,
        at_home=True,
        plugged_in=True,
        energy=0.5,
        by_meter=True,
    )
    counted = after_reading(counted, reading, unpriced)
    assert (present(counted).energy, present(counted).added) == (0, 0.5)
    assert present(counted).unpriced == ()
    sample = MeterSample(at=EVENING + 0.2 * HOUR, energy=101.0)
    counted = after_meter(counted, sample, unpriced)
    assert [part.energy for part in present(counted).unpriced] == [1]
