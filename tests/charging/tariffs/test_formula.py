"""From a feed to the price of a kWh, with sums worked out by hand."""

from datetime import UTC, date, datetime, time, timedelta
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.tariffs import formula as module
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.formula import (
    PriceFormula,
    priced,
)
from custom_components.tesla_scout_worker.charging.tariffs.grid_tariff import (
    GridTariff,
    read_grid_tariff,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import PriceError
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    Rates,
    tariff_curve,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRESETS = Path(module.__file__).parent / "presets"


def curve_of(*costs: float | None, currency: str | None = "PLN") -> CostCurve:
    """Return a curve of hours from the start."""
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=START + at * HOUR, end=START + (at + 1) * HOUR, cost=cost
            )
            for at, cost in enumerate(costs)
        ),
        currency=currency,
    )


def costs_of(curve: CostCurve) -> list[float | None]:
    """Return the costs of a curve."""
    return [
        None if item.cost is None else round(item.cost, 6) for item in curve.intervals
    ]


def preset(key: str) -> GridTariff:
    """Return a tariff of the data files."""
    return read_grid_tariff(key, json.loads((PRESETS / f"{key}.json").read_text()))


def test_a_price_has_every_part() -> None:
    """By hand: (0.30 * 2 + 0.05) * 1.23 = 0.7995; + 0.25 + 0.01 = 1.0595."""
    formula = PriceFormula(factor=2, markup=0.05, vat=0.23, fixed=0.01)
    assert formula.price(0.30, 0.25) == pytest.approx(1.0595)


def test_a_negative_price_keeps_its_vat() -> None:
    """By hand: (-0.10 + 0.02) * 1.23 = -0.0984; + 0.04 = -0.0584."""
    formula = PriceFormula(markup=0.02, vat=0.23)
    assert formula.price(-0.10, 0.04) == pytest.approx(-0.0584)


def test_an_unknown_part_makes_the_price_unknown() -> None:
    """An unknown feed, an unknown fee, and a gap of the fees."""
    fees = CostCurve(
        intervals=(
            CostInterval(start=START, end=START + 2 * HOUR, cost=0.1),
            CostInterval(start=START + 2 * HOUR, end=START + 3 * HOUR, cost=None),
        )
    )
    curve = priced(curve_of(0.2, None, 0.3, 0.4), PriceFormula(), fees, "PLN")
    assert costs_of(curve) == [0.3, None]
    assert curve.intervals[-1].end == START + 4 * HOUR


def test_a_fee_changes_within_an_hour_of_the_feed() -> None:
    """The hour is two pieces."""
    half = START + HOUR / 2
    fees = CostCurve(
        intervals=(
            CostInterval(start=START, end=half, cost=0.1),
            CostInterval(start=half, end=START + HOUR, cost=0.2),
        )
    )
    curve = priced(curve_of(1.0), PriceFormula(), fees, "PLN")
    assert costs_of(curve) == [1.1, 1.2]
    assert curve.currency == "PLN"
    assert curve.intervals[0].end == half


def test_fees_are_not_added_to_another_currency() -> None:
    """A factor converts; without one the price would be wrong."""
    feed = curve_of(0.1, currency="EUR")
    with pytest.raises(
        PriceError, match="Fees in PLN cannot be added to prices in EUR"
    ):
        priced(feed, PriceFormula(markup=0.05), None, "PLN")
    converted = priced(feed, PriceFormula(markup=0.05, factor=4.3), None, "PLN")
    assert (costs_of(converted), converted.currency) == ([0.48], "PLN")
    taxed = priced(feed, PriceFormula(vat=0.5), None, "PLN")
    assert (costs_of(taxed), taxed.currency) == ([0.15], "EUR")


def test_a_part_that_is_no_number_is_refused() -> None:
    """Such as a factor of nan."""
    with pytest.raises(ValueError, match="finite"):
        PriceFormula(factor=float("nan"))


@given(
    costs=st.lists(st.floats(-1, 5) | st.none(), min_size=1, max_size=30),
    vat=st.floats(0, 0.5),
    markup=st.floats(-1, 1),
)
def test_a_formula_without_grid_fee_keeps_order_and_times(
    costs: list[float | None], vat: float, markup: float
) -> None:
    """The cheapest hour stays the cheapest."""
    feed = curve_of(*costs)
    curve = priced(feed, PriceFormula(vat=vat, markup=markup), None, "PLN")
    assert [(item.start, item.end) for item in curve.intervals] == [
        (item.start, item.end) for item in feed.intervals
    ]
    known = [
        (before.cost, after.cost)
        for before, after in zip(feed.intervals, curve.intervals, strict=True)
        if before.cost is not None and after.cost is not None
    ]
    assert sorted(known) == sorted(known, key=lambda pair: (pair[1], pair[0]))


def rce_night() -> CostCurve:
    """Return net RCE prices from Tuesday 12:00 to Wednesday 08:00 in Warsaw.

    Wind in the evening: cheap 19:00 to 21:00 at 0.10 PLN/kWh, 0.25 in the night.
    """
    begin = datetime.combine(date(2026, 11, 24), time(12), WARSAW).astimezone(UTC)
    intervals = []
    for at in range(20):
        start = begin + at * HOUR
        cheap = start.astimezone(WARSAW).hour in (19, 20)
        intervals.append(
            CostInterval(start=start, end=start + HOUR, cost=0.10 if cheap else 0.25)
        )
    return CostCurve(intervals=tuple(intervals), currency="PLN")


def hours_of_plan(curve: CostCurve) -> set[int]:
    """Return the local hours in which 20 kWh are charged at 10 kW."""
    now = curve.intervals[0].start
    goal = ChargeGoal(
        level=40,
        target=60,
        ready_by=curve.intervals[-1].end,
        battery=Battery(capacity=100, power=10),
        limits=PlanConstraints(),
    )
    plan = plan_charge(goal, curve, now)
    return {
        (window.start + part * HOUR).astimezone(WARSAW).hour
        for window in plan.windows
        for part in range(round((window.end - window.start) / HOUR))
    }


def test_the_grid_fee_of_a_polish_night_changes_the_hours() -> None:
    """Tauron G13, RCE and VAT on a weekday in winter, worked out by hand.

    RCE alone picks 19:00 to 21:00, at 0.10. That is in the afternoon peak of G13:

    - 19:00 to 21:00: 0.10 * 1.23 + (0.3898 + 0.0435) * 1.23 = 0.655959
    - after 21:00:    0.25 * 1.23 + (0.0392 + 0.0435) * 1.23 = 0.409221

    A kWh in the evening costs 60 % more than one in the night. Of equal hours the last
    ones before the buffer of an hour and before the morning peak at 07:00 are taken.
    """
    feed, tariff = rce_night(), preset("pl_tauron_g13")
    start, end = feed.intervals[0].start, feed.intervals[-1].end
    fees = tariff_curve(
        tariff.tariff,
        start,
        end,
        WARSAW,
        rates=Rates(currency="PLN", prices=tariff.fees),
    )
    curve = priced(feed, PriceFormula(vat=0.23), fees, "PLN")
    evening = datetime.combine(date(2026, 11, 24), time(19, 30), WARSAW)
    assert costs_of(curve.between(evening, evening + HOUR)) == [0.655959]
    assert costs_of(curve.between(evening + 2 * HOUR, evening + 3 * HOUR)) == [0.409221]
    assert hours_of_plan(feed) == {19, 20}
    assert hours_of_plan(curve) == {5, 6}
