"""What is counted of a car's charging at home, by reads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.charges.charge import (
    Charge,
    ChargeReason,
)
from custom_components.tesla_scout_worker.charging.charges.charge_steps import (
    PlannedRun,
    Prices,
)
from custom_components.tesla_scout_worker.charging.charges.count import (
    MOST_KEPT,
    Counted,
    LastRead,
    PlugInPeriod,
)
from custom_components.tesla_scout_worker.charging.charges.counting import (
    Reading,
    after_reading,
)
from custom_components.tesla_scout_worker.charging.charges.pricing import MonthSavings
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

EVENING = datetime(2026, 11, 24, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Four dear hours, then eight cheap ones.
CURVE = CostCurve(
    intervals=(
        CostInterval(start=EVENING, end=EVENING + 4 * HOUR, cost=1.0),
        CostInterval(start=EVENING + 4 * HOUR, end=EVENING + 12 * HOUR, cost=0.2),
    ),
    currency="PLN",
)
NIGHT = PlannedRun(
    window=Window(start=EVENING + 4 * HOUR, end=EVENING + 8 * HOUR),
    reason=ChargeReason.OFF_PEAK,
)
PRICES = Prices(curve=CURVE, runs=(NIGHT,), power=11.0, month="2026-11")
UNPLANNED = replace(PRICES, runs=())
NO_PRICES = replace(PRICES, curve=CostCurve())


def read(
    counted: Counted,
    hours: float,
    energy: float | None,
    prices: Prices = PRICES,
    *,
    at_home: bool = True,
    plugged_in: bool | None = True,
    charging: bool = False,
) -> Counted:
    """Take a read some hours after the evening."""
    reading = Reading(
        at=EVENING + hours * HOUR,
        at_home=at_home,
        plugged_in=plugged_in,
        charging=charging,
        energy=energy,
    )
    return after_reading(counted, reading, prices)


def reads(*taken: tuple[float, float | None], prices: Prices = PRICES) -> Counted:
    """Take reads of a car that is plugged in at home."""
    counted = Counted()
    for hours, energy in taken:
        counted = read(counted, hours, energy, prices)
    return counted


def present(counted: Counted) -> Charge:
    """Return the charge that has not ended."""
    assert counted.log.present is not None
    return counted.log.present


def test_a_night_is_a_charge() -> None:
    """22 kWh at 0.20 are 4.40; the evening would have had them at 1.00."""
    counted = reads((0, 0.0), (3, 0.0), (5, 11.0), (6, 22.0))
    charge = present(counted)
    assert (charge.start, charge.end) == (EVENING + 4 * HOUR, EVENING + 6 * HOUR)
    assert charge.energy == pytest.approx(22)
    assert charge.known_cost == pytest.approx(4.4)
    assert charge.average_price == pytest.approx(0.2)
    assert charge.on_arrival == pytest.approx(22)
    assert charge.cheapest == pytest.approx(4.4)
    assert charge.reason is ChargeReason.OFF_PEAK
    assert charge.losses is None
    assert counted.log.energy == pytest.approx(22)
    assert counted.savings.energy == pytest.approx(22)
    assert counted.savings.cost == pytest.approx(4.4)
    assert counted.savings.on_arrival == pytest.approx(22)
    assert counted.savings.since == EVENING


def test_an_unplanned_charge_could_have_been_cheaper() -> None:
    """11 kWh at 1.00 are 11.00; after the price fell they would have cost 2.20."""
    counted = reads((0, 0.0), (1, 11.0), (6, 11.0), prices=UNPLANNED)
    charge = present(counted)
    assert charge.reason is ChargeReason.UNPLANNED
    assert charge.known_cost == pytest.approx(11)
    assert charge.cheapest == pytest.approx(2.2)


def test_it_ends_with_the_cable() -> None:
    """And what was charged since the last read is counted, as far as it was planned."""
    counted = reads((0, 0.0), (5, 11.0))
    counted = read(counted, 9, 40.0, plugged_in=False)
    assert counted.plugged_in is None
    assert counted.log.present is None
    assert [charge.energy for charge in counted.log.finished] == [pytest.approx(40)]


def test_it_ends_six_hours_after_the_last_energy() -> None:
    """A car that stays plugged in charges anew the next night."""
    counted = reads((0, 0.0), (5, 11.0), (10.9, 11.0))
    assert present(counted).energy == pytest.approx(11)
    counted = read(counted, 11.1, 11.0)
    assert counted.log.present is None
    counted = read(counted, 12, 16.5, UNPLANNED)
    assert [charge.energy for charge in counted.log.charges] == [
        pytest.approx(11),
        pytest.approx(5.5),
    ]


def test_a_reset_in_the_middle_begins_anew() -> None:
    """Unplugged and plugged in again between two reads, the car counts from zero."""
    counted = reads((0, 5.0), (4.5, 10.5))
    counted = read(counted, 5, 2.0, charging=True)
    counted = read(counted, 6, 13.0, charging=True)
    energies = [charge.energy for charge in counted.log.charges]
    assert energies == [pytest.approx(5.5), pytest.approx(13)]
    assert counted.log.energy == pytest.approx(18.5)


def test_a_first_read_in_the_middle_of_a_charge() -> None:
    """What was charged before a car was ever read is not counted: nobody knows when."""
    counted = read(Counted(), 5, 11.0, charging=True)
    assert counted.log.energy == 0
    counted = read(counted, 6, 22.0, charging=True)
    assert counted.log.energy == pytest.approx(11)


def test_a_read_that_comes_late_after_plugging_in() -> None:
    """The car came home unseen, and charges: its energy is of this plug-in."""
    counted = read(Counted(), 0, 31.0, at_home=False, plugged_in=False)
    counted = read(counted, 2, 5.5, UNPLANNED, charging=True)
    charge = present(counted)
    assert charge.energy == pytest.approx(5.5)
    assert charge.start == EVENING + 1.5 * HOUR
    assert charge.known_cost == pytest.approx(5.5)


def test_reports_without_energy_lose_none_of_it() -> None:
    """A report of the cable dates the arrival, one of a charge that it is from here."""
    counted = read(Counted(), -9, 12.0)
    counted = read(counted, -8, None, plugged_in=False, at_home=False)
    counted = read(counted, 0, None)
    counted = read(counted, 4, None, charging=True)
    counted = read(counted, 6, None)
    counted = read(counted, 7, 22.0)
    charge = present(counted)
    assert (charge.energy, charge.reason) == (22.0, ChargeReason.OFF_PEAK)
    assert counted.savings.cost == pytest.approx(22 * 0.2)
    assert counted.savings.on_arrival == pytest.approx(22 * 1.0)
    assert counted.plugged_in is not None
    assert counted.plugged_in.since == EVENING


def test_energy_from_elsewhere_is_not_counted_after_reports() -> None:
    """A car that only stands at home shows what it charged on its way."""
    counted = read(Counted(), -9, 12.0)
    counted = read(counted, -2, None, at_home=False, charging=True)
    for hours in (0, 3):
        counted = read(counted, hours, None)
    counted = read(counted, 7, 40.0)
    assert counted.log.present is None
    assert counted.log.energy == 0.0


@pytest.mark.parametrize(
    ("last", "energy", "charging"),
    [
        # Still the energy of the charge before.
        (31.0, 31.0, False),
        # Of a charge that nobody saw, perhaps elsewhere.
        (31.0, 12.0, False),
        # No car charges so fast at home.
        (31.0, 60.0, True),
        # The car did not report it before.
        (None, 5.5, True),
    ],
)
def test_energy_that_may_be_from_elsewhere_is_not_counted(
    last: float | None, energy: float, charging: bool
) -> None:
    """After a read away from home."""
    counted = read(Counted(), 0, last, at_home=False, plugged_in=False)
    counted = read(counted, 2, energy, charging=charging)
    assert counted.log.energy == 0
    assert read(counted, 4.5, energy + 5).log.energy == pytest.approx(5)


def test_a_charge_away_from_home_is_not_counted() -> None:
    """At a Supercharger, and on the way from home to it."""
    counted = reads((0, 0.0), (5, 11.0))
    before = counted.log.energy
    away = read(counted, 8, 45.0, at_home=False, charging=True)
    assert away.log.energy == before
    away = read(away, 9, 60.0, at_home=False, plugged_in=False)
    assert away.log.energy == before
    assert away.plugged_in is None
    # Driving home, it still reports the last charge.
    home = read(away, 11, 60.0)
    assert home.log.energy == before


def test_energy_beyond_the_plan_was_charged_elsewhere() -> None:
    """The plan was over, and the next read is of a car on the road."""
    counted = reads((0, 0.0), (8.5, 30.0))
    away = read(counted, 20, 60.0, at_home=False, plugged_in=False)
    assert away.log.energy == pytest.approx(30)


def test_a_read_out_of_order_adds_nothing() -> None:
    """The time of a read decides, not when it is counted."""
    counted = reads((0, 0.0), (5, 11.0))
    assert read(counted, 4.5, 5.0) == counted
    assert read(counted, 5, 11.0) == counted


def test_a_car_whose_cable_is_unknown_stays_as_it_was() -> None:
    """And so does one that reports no energy."""
    counted = reads((0, 0.0), (5, 11.0))
    assert read(counted, 6, None, plugged_in=None) == counted
    silent = read(counted, 6, None)
    assert silent.plugged_in == counted.plugged_in
    assert read(silent, 7, 33.0).log.energy == pytest.approx(33)


def test_a_leap_that_no_wallbox_can_deliver_is_not_counted() -> None:
    """The next read counts on from there."""
    counted = reads((0, 0.0), (5, 11.0), (5.5, 300.0))
    assert counted.log.energy == pytest.approx(11)
    assert read(counted, 6, 305.0).log.energy == pytest.approx(16)


def test_without_prices_the_cost_is_unknown_and_not_zero() -> None:
    """Energy counts all the same."""
    charge = present(reads((0, 0.0), (5, 11.0), prices=NO_PRICES))
    assert charge.energy == pytest.approx(11)
    assert charge.known_cost is None
    assert charge.average_price is None
    assert charge.cheapest is None


def test_prices_that_become_known_later_count() -> None:
    """While the source was silent, energy waits for its price; for four days."""
    counted = reads((0, 0.0), (5, 11.0), prices=NO_PRICES)
    assert counted.savings.currency is None
    later = read(counted, 6, 11.0)
    assert present(later).known_cost == pytest.approx(2.2)
    assert later.savings.cost == pytest.approx(2.2)
    gone = read(counted, 100, 11.0, replace(NO_PRICES, runs=()), plugged_in=False)
    assert [charge.unpriced for charge in gone.log.finished] != [()]
    gone = read(gone, 104, 11.0, NO_PRICES, plugged_in=False)
    assert [charge.unpriced for charge in gone.log.finished] == [()]
    assert gone.log.finished[0].known_cost is None


def test_a_price_that_is_partly_unknown_leaves_the_cost_unknown() -> None:
    """The month's sums hold what has a price."""
    half = replace(CURVE, intervals=CURVE.intervals[1:])
    counted = reads((0, 0.0), (3, 33.0), prices=replace(UNPLANNED, curve=half))
    counted = read(counted, 5, 44.0, replace(PRICES, curve=half))
    assert present(counted).known_cost is None
    assert counted.savings.energy == pytest.approx(11)
    assert counted.savings.cost == pytest.approx(2.2)


def test_no_saving_is_claimed_where_the_price_on_arrival_is_unknown() -> None:
    """The cost counts as what it would have been."""
    night = replace(CURVE, intervals=CURVE.intervals[1:])
    counted = reads((0, 0.0), (5, 11.0), prices=replace(PRICES, curve=night))
    assert counted.savings.cost == pytest.approx(2.2)
    assert counted.savings.on_arrival == pytest.approx(2.2)


def test_a_month_begins_at_nothing() -> None:
    """The sums of the last one are gone, the energy of all time is not."""
    counted = reads((0, 0.0), (5, 11.0))
    december = read(counted, 6, 11.0, replace(PRICES, month="2026-12"))
    assert december.savings == MonthSavings(
        month="2026-12", since=EVENING + 6 * HOUR, currency="PLN"
    )
    assert december.log.energy == pytest.approx(11)


def test_sums_and_charges_are_in_one_currency() -> None:
    """In another one they begin anew."""
    counted = reads((0, 0.0), (5, 11.0))
    euros = replace(PRICES, curve=replace(CURVE, currency="EUR"))
    counted = read(counted, 6, 12.0, euros)
    assert [charge.currency for charge in counted.log.charges] == ["PLN", "EUR"]
    assert counted.savings.currency == "EUR"
    assert counted.savings.energy == pytest.approx(1)
    assert counted.savings.since == EVENING + 6 * HOUR


def test_the_last_200_are_kept() -> None:
    """The oldest go first."""
    counted = Counted()
    for night in range(MOST_KEPT + 3):
        counted = read(counted, night * 24, 0.0, NO_PRICES)
        counted = read(counted, night * 24 + 1, 5.0, NO_PRICES, charging=True)
        counted = read(counted, night * 24 + 2, 5.0, NO_PRICES, plugged_in=False)
    assert len(counted.log.finished) == MOST_KEPT
    assert counted.log.finished[0].start == EVENING + 3 * 24 * HOUR
    assert counted.log.energy == pytest.approx(5 * (MOST_KEPT + 3))


TAKEN = st.lists(
    st.tuples(
        st.floats(0.1, 12),
        st.one_of(st.none(), st.floats(0, 80)),
        st.booleans(),
        st.sampled_from([True, False, None]),
        st.booleans(),
    ),
    max_size=12,
)


@given(TAKEN)
def test_no_order_of_reads_makes_energy_from_nothing(
    taken: Sequence[tuple[float, float | None, bool, bool | None, bool]],
) -> None:
    """The energy never falls, is the sum of the charges, and fits what a car reports."""
    counted, hours, seen = Counted(), 0.0, [Counted()]
    most, last = 0.0, 0.0
    for gap, energy, at_home, plugged_in, charging in taken:
        hours += gap
        counted = read(
            counted,
            hours,
            energy,
            at_home=at_home,
            plugged_in=plugged_in,
            charging=charging,
        )
        seen.append(counted)
        if energy is not None:
            most += energy if energy < last else max(energy - last, energy)
            last = energy
    for earlier, later in pairwise(seen):
        assert (later.log.energy or 0) >= (earlier.log.energy or 0)
    charges = counted.log.charges
    assert sum(charge.energy for charge in charges) == pytest.approx(
        counted.log.energy or 0
    )
    assert (counted.log.energy or 0) <= most + 0.01
    for charge in charges:
        assert charge.start <= charge.end
        assert charge.priced <= charge.energy + 1e-6
        if charge.cheapest is not None and charge.known_cost is not None:
            assert charge.cheapest <= charge.known_cost + 1e-6
    assert isinstance(counted.log.last, LastRead | None)


def test_the_energy_of_a_car_that_is_unplugged_by_a_report_is_read_later() -> None:
    """It shows what it charged after it was unplugged, too: as much as can be from here."""
    counted = reads((0, 0.0))
    counted = read(counted, 5, None, charging=True)
    counted = read(counted, 8, None, plugged_in=False)
    assert counted.plugged_in is None
    assert counted.log.energy == 0.0
    counted = read(counted, 9, 22.0, plugged_in=False, at_home=False)
    assert counted.log.energy == pytest.approx(22)
    [charge] = counted.log.finished
    assert charge.energy == pytest.approx(22)
    assert charge.known_cost == pytest.approx(4.4)
    counted = read(counted, 10, 22.0, plugged_in=False)
    assert counted.log.energy == pytest.approx(22)


def test_a_night_of_which_only_reports_tell_is_read_later() -> None:
    """The car was never read while it was plugged in."""
    counted = read(Counted(), -20, 7.0, plugged_in=False)
    counted = read(counted, 0, None)
    counted = read(counted, 5, None, charging=True)
    counted = read(counted, 8, None, plugged_in=False)
    counted = read(counted, 9, 22.0, plugged_in=False)
    assert counted.log.energy == pytest.approx(22)
    [charge] = counted.log.finished
    assert charge.start >= EVENING


@pytest.mark.parametrize(
    ("energy", "plugged_in", "at_home", "charging"),
    [
        (7.0, False, True, False),
        (5.0, True, True, True),
        (30.0, True, False, False),
        (200.0, False, True, False),
    ],
    ids=["the_number_before", "charged_anew", "charged_elsewhere", "too_much"],
)
def test_what_is_read_too_late_is_not_of_that_night(
    energy: float, *, plugged_in: bool, at_home: bool, charging: bool
) -> None:
    """Another charge has overwritten it, or it never charged."""
    counted = read(Counted(), -20, 7.0, plugged_in=False)
    counted = read(counted, 0, None)
    counted = read(counted, 5, None, charging=True)
    counted = read(counted, 8, None, plugged_in=False)
    counted = read(
        counted, 9, energy, plugged_in=plugged_in, at_home=at_home, charging=charging
    )
    assert counted.log.unread is None
    night = [each for each in counted.log.charges if each.start < EVENING + 8 * HOUR]
    assert night == []


def test_a_car_that_is_plugged_in_again_has_its_night_counted_once() -> None:
    """The number stays until it charges anew, and is not that of the new period."""
    counted = reads((0, 0.0))
    counted = read(counted, 5, None, charging=True)
    counted = read(counted, 8, None, plugged_in=False)
    counted = read(counted, 9, 22.0)
    assert counted.log.energy == pytest.approx(22)
    counted = read(counted, 10, 3.0, charging=True)
    assert counted.log.energy == pytest.approx(25)


@pytest.mark.parametrize(
    ("added", "counted"), [(14.2, 14.2), (14.3, 0), (0.2, 0.2), (0.004, 0)]
)
def test_a_charge_that_was_going_on_is_counted_until_the_cable_is_pulled(
    added: float, counted: float
) -> None:
    """As much as 11 kW and a quarter more give in an hour, and half a kWh."""
    charging = read(Counted(), 0, 5.0, UNPLANNED, charging=True)
    more = read(charging, 0.1, 5.1, UNPLANNED, charging=True)
    gone = read(more, 1.1, 5.1 + added, UNPLANNED, plugged_in=False)
    assert gone.log.energy == pytest.approx(0.1 + counted)
    first = read(charging, 1, 5.0 + added, UNPLANNED, plugged_in=False)
    assert first.log.energy == pytest.approx(counted)
    # Nobody planned it, and it did not charge: it was charged elsewhere.
    idle = read(read(Counted(), 0, 5.0, UNPLANNED), 0.1, 5.1, UNPLANNED)
    assert read(idle, 1.1, 5.1 + added, UNPLANNED, plugged_in=False).log.energy == (
        pytest.approx(0.1)
    )


@pytest.mark.parametrize(("added", "counted"), [(41.7, 41.7), (41.8, 0)])
def test_a_planned_charge_is_counted_until_the_cable_is_pulled(
    added: float, counted: float
) -> None:
    """Three hours of the plan were left."""
    before = reads((0, 0.0), (5, 11.0))
    gone = read(before, 9, 11 + added, plugged_in=False)
    assert gone.log.energy == pytest.approx(11 + counted)


@pytest.mark.parametrize(("energy", "counted"), [(14.2, 14.2), (14.3, 0)])
def test_energy_before_the_first_read_is_counted_as_far_as_it_fits(
    energy: float, counted: float
) -> None:
    """Within the hour since the last read, which was on the road."""
    away = read(Counted(), 0, 31.0, at_home=False, plugged_in=False)
    home = read(away, 1, energy, UNPLANNED, charging=True)
    assert home.log.energy == pytest.approx(counted)
    # It charges, and shows the energy of the charge before.
    before = read(Counted(), 0, 5.0, at_home=False, plugged_in=False)
    assert read(before, 1, 5.0, UNPLANNED, charging=True).log.energy == 0


def test_energy_since_a_read_at_home_is_of_this_plug_in() -> None:
    """The car was plugged in there and charged, and is full by now."""
    home = read(Counted(), 0, 31.0, UNPLANNED, plugged_in=False)
    assert read(home, 2, 5.5, UNPLANNED).log.energy == pytest.approx(5.5)
    reported = read(home, 1, None, UNPLANNED, plugged_in=False)
    assert read(reported, 2, 5.5, UNPLANNED).log.energy == pytest.approx(5.5)
    assert read(home, 2, 1e-9, UNPLANNED, charging=True).log.energy == 0


def test_as_much_as_a_wallbox_delivers_in_a_minute_is_counted() -> None:
    """0.4 kWh of it, and half a kWh for the times that are rounded."""
    counted = read(reads((0, 0.0)), 1 / 60, 0.9)
    assert counted.log.energy == pytest.approx(0.9)
    assert read(reads((0, 0.0)), 1 / 60, 0.92).log.energy == 0


def test_a_price_of_nothing_is_a_price() -> None:
    """What was charged for nothing costs nothing, and is the cheapest."""
    free = replace(CURVE.intervals[1], cost=0.0)
    curve = replace(CURVE, intervals=(CURVE.intervals[0], free))
    charge = present(reads((0, 0.0), (6, 22.0), prices=replace(PRICES, curve=curve)))
    assert (charge.known_cost, charge.cheapest, charge.average_price) == (0, 0, 0)
    assert charge.on_arrival == pytest.approx(22)


def test_each_window_of_a_night_would_have_been_charged_after_the_one_before() -> None:
    """33 kWh at 11 kW from 21:00 on: an hour at 1.00, and two hours at 0.20."""
    windows = [
        PlannedRun(
            window=Window(start=EVENING + start * HOUR, end=EVENING + end * HOUR),
            reason=reason,
        )
        for start, end, reason in (
            (1, 2, ChargeReason.SAFETY_FLOOR),
            (5, 6, ChargeReason.OFF_PEAK),
            (8, 9, ChargeReason.SPECIAL_CHARGING),
            (10, 11, ChargeReason.SPECIAL_CHARGING),
            (12, 13, ChargeReason.CHARGE_NOW),
        )
    ]
    prices = replace(PRICES, runs=windows)
    charge = present(reads((3, 0.0), (11.5, 33.0), prices=prices))
    assert charge.reason is ChargeReason.OFF_PEAK
    assert (charge.start, charge.end) == (EVENING + 5 * HOUR, EVENING + 11 * HOUR)
    assert charge.cost == pytest.approx(6.6)
    assert charge.on_arrival == pytest.approx(11 + 4.4)


@pytest.mark.parametrize(
    ("start", "end"), [(4, 5), (1, 2)], ids=["after it", "before it"]
)
def test_a_run_that_only_touches_a_charge_is_not_its_reason(
    start: float, end: float
) -> None:
    """It was charged between two runs, and all the time between the reads."""
    run = PlannedRun(
        window=Window(start=EVENING + start * HOUR, end=EVENING + end * HOUR),
        reason=ChargeReason.OFF_PEAK,
    )
    charge = present(reads((2, 0.0), (4, 11.0), prices=replace(PRICES, runs=(run,))))
    assert charge.reason is ChargeReason.UNPLANNED
    assert (charge.start, charge.end) == (EVENING + 2 * HOUR, EVENING + 4 * HOUR)


def test_prices_become_known_whatever_is_unknown_of_the_cable() -> None:
    """A read that says nothing of the cable prices what was charged before it."""
    counted = reads((0, 0.0), (5, 11.0), prices=NO_PRICES)
    priced = read(counted, 6, None, plugged_in=None)
    assert present(priced).known_cost == pytest.approx(2.2)
    old = read(counted, 110, None, NO_PRICES, plugged_in=None)
    assert present(old).unpriced == ()


def test_a_charge_that_ended_without_prices_gets_them_later() -> None:
    """With the least that it could have cost until it ended."""
    unpriced = replace(NO_PRICES, runs=())
    counted = reads((3, 0.0), (5, 11.0), (11.1, 11.0), prices=unpriced)
    assert counted.log.present is None
    assert counted.savings == MonthSavings(month="2026-11")
    counted = read(counted, 11.2, 11.0, UNPLANNED)
    [charge] = counted.log.finished
    # 5.5 kWh in the last dear hour and 5.5 in the first cheap one; all in that one.
    assert charge.known_cost == pytest.approx(5.5 + 1.1)
    assert charge.cheapest == pytest.approx(2.2)


def test_a_run_six_hours_after_the_last_energy_is_another_charge() -> None:
    """Seen by one read after both; the prices are unknown yet."""
    window = Window(start=EVENING + 7 * HOUR, end=EVENING + 8 * HOUR)
    run = PlannedRun(window=window, reason=ChargeReason.SAFETY_FLOOR)
    counted = reads((0, 0.0), (1, 5.0), prices=NO_PRICES)
    counted = read(counted, 9, 10.0, replace(NO_PRICES, runs=(run,)))
    assert [(item.energy, item.reason) for item in counted.log.charges] == [
        (5, ChargeReason.UNPLANNED),
        (5, ChargeReason.SAFETY_FLOOR),
    ]


def test_a_month_without_prices_has_its_name() -> None:
    """Its sums have no currency and no beginning yet."""
    counted = reads((0, 0.0), prices=NO_PRICES)
    assert counted.savings == MonthSavings(month="2026-11")
    december = read(counted, 1, 0.0, replace(NO_PRICES, month="2026-12"))
    assert december.savings == MonthSavings(month="2026-12")


def level(
    counted: Counted,
    hours: float,
    percent: int,
    *,
    charging: bool = False,
    plugged_in: bool = True,
) -> Counted:
    """Take a read of a car of 75 kWh that reports no energy, only its level."""
    reading = Reading(
        at=EVENING + hours * HOUR,
        at_home=True,
        plugged_in=plugged_in,
        charging=charging,
        content=percent * 0.75,
    )
    return after_reading(counted, reading, PRICES)


def test_energy_is_estimated_by_the_level() -> None:
    """Of a car that reports none; the charge says that it is an estimate."""
    counted = level(Counted(), 0, 50)
    counted = level(counted, 3, 49)
    for hours, percent in ((4.1, 50), (5, 61), (5.5, 60), (6, 70)):
        counted = level(counted, hours, percent, charging=True)
    counted = level(counted, 6.1, 70)
    counted = level(counted, 9, 70, plugged_in=False)
    [charge] = counted.log.finished
    assert charge.estimated
    assert charge.energy == pytest.approx(20 * 0.75, abs=0.8)
    assert charge.known_cost == pytest.approx(charge.energy * 0.2)
    assert counted.log.energy == pytest.approx(charge.energy)


def test_a_level_that_is_rounded_to_another_percent_is_no_energy() -> None:
    """The car does not charge."""
    counted = Counted()
    for hours, percent in ((0, 80), (1, 79), (2, 80), (3, 81), (4, 79)):
        counted = level(counted, hours, percent)
    assert counted.log.charges == ()
    assert counted.log.energy == 0.0


def test_energy_by_the_level_counts_from_the_last_level_before_the_charge() -> None:
    """A battery that stood there lost some of it meanwhile."""
    counted = level(level(Counted(), 0, 50), 1, 48)
    assert counted.plugged_in == PlugInPeriod(
        since=EVENING, seen_at=EVENING + HOUR, energy=36.0
    )
    charging = level(counted, 2, 52, charging=True)
    assert present(charging).energy == pytest.approx(3)
    assert present(charging).start == EVENING + HOUR
    # It ends hours after the last energy, as any charge does.
    idle = level(level(charging, 3, 53), 9.1, 53)
    assert idle.log.present is None
    assert [charge.energy for charge in idle.log.charges] == [pytest.approx(3.75)]


def test_a_charge_that_runs_at_the_first_level_goes_on() -> None:
    """Nobody knows what it had charged before."""
    counted = level(Counted(), 1, 50, charging=True)
    assert counted.plugged_in == PlugInPeriod(
        since=EVENING + HOUR, seen_at=EVENING + HOUR, energy=37.5, charging=True
    )
    full = level(counted, 2, 60)
    assert present(full).energy == pytest.approx(7.5)


def test_a_report_of_a_charge_counts_for_what_is_read_at_its_end() -> None:
    """It was not planned, and the car did not charge at the read before."""
    counted = read(Counted(), 0, 5.0, UNPLANNED)
    reported = read(counted, 1, None, UNPLANNED, charging=True)
    assert reported.plugged_in == replace(
        counted.plugged_in or PlugInPeriod(since=EVENING, seen_at=EVENING, energy=0),
        charging=True,
    )
    gone = read(reported, 3, 25.0, UNPLANNED, plugged_in=False)
    assert gone.log.energy == pytest.approx(20)
    assert read(counted, 3, 25.0, UNPLANNED, plugged_in=False).log.energy == 0


def unplugged_unread(first: float | None = 0.0, *, charged: bool = True) -> Counted:
    """Return what is counted of a car that was unplugged by a report after 8 hours."""
    counted = read(Counted(), 0, first, UNPLANNED)
    counted = read(counted, 5, None, UNPLANNED, charging=charged)
    return read(counted, 8, None, UNPLANNED, plugged_in=False)


@pytest.mark.parametrize(("energy", "counted"), [(110.4, 110.4), (110.6, 0)])
def test_energy_that_is_read_late_is_of_the_time_until_the_report(
    energy: float, counted: float
) -> None:
    """Whenever it is read: of eight hours, and not of twenty."""
    late = read(unplugged_unread(), 20, energy, UNPLANNED, plugged_in=False)
    assert late.log.energy == pytest.approx(counted)
    assert late.log.unread is None
    assert late.plugged_in is None
    ends = [charge.end for charge in late.log.finished]
    assert ends == ([EVENING + 8 * HOUR] if counted else [])


def test_energy_that_is_read_late_is_not_counted_again() -> None:
    """The car is plugged in once more, and shows it until it charges anew."""
    again = read(unplugged_unread(), 9, 11.0, UNPLANNED)
    assert again.log.energy == pytest.approx(11)
    assert again.plugged_in is not None
    anew = read(unplugged_unread(), 9, 3.0, UNPLANNED, charging=True)
    assert anew.log.energy == pytest.approx(3)
    # As little as nothing: it shows what it had when it was read last.
    same = read(unplugged_unread(4.0), 9, 4.0, UNPLANNED, plugged_in=False)
    assert same.log.energy == 0


def test_a_night_that_was_never_read_is_known_by_another_number() -> None:
    """Of a car that was reported to charge there; its number was 0 before."""
    before = read(Counted(), -20, 0.0, UNPLANNED, plugged_in=False)
    counted = read(before, 0, None, UNPLANNED)
    idle = read(counted, 8, None, UNPLANNED, plugged_in=False)
    assert idle.log.unread is None
    counted = read(counted, 5, None, UNPLANNED, charging=True)
    counted = read(counted, 8, None, UNPLANNED, plugged_in=False)
    for energy in (1.0, 22.0):
        late = read(counted, 9, energy, UNPLANNED, plugged_in=False)
        assert late.log.energy == pytest.approx(energy)
    assert read(counted, 9, 0.0, UNPLANNED, plugged_in=False).log.energy == 0
