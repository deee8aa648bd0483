"""What a person is shown of a source of prices before it is used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.findings import (
    PriceProblem,
    findings,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceSeries,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    PriceWarning,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
# Midnight in Warsaw, where it is an hour later than UTC.
TODAY = datetime(2026, 11, 23, 23, tzinfo=UTC)


def curve(*prices: tuple[float, float, float | None]) -> CostCurve:
    """Return prices from and until hours after the midnight that begins today."""
    return CostCurve(
        intervals=tuple(
            CostInterval(start=TODAY + start * HOUR, end=TODAY + end * HOUR, cost=cost)
            for start, end, cost in prices
        ),
        currency="PLN",
    )


def series(
    prices: CostCurve, *warnings: PriceWarning, contains_vat: bool | None = None
) -> PriceSeries:
    """Return what was read from a source."""
    return PriceSeries(
        curve=prices,
        guesses=CostCurve(),
        warnings=frozenset(warnings),
        contains_vat=contains_vat,
    )


def test_the_prices_of_a_source_are_summed_up() -> None:
    """Least and greatest are those of the local day, the cheapest is one ahead."""
    source = curve(
        (-1, 0, 9.0), (0, 12, 0.5), (12, 23.5, 0.25), (23.5, 24, 0.75), (24, 25, -1.0)
    )
    prices = curve((11, 12, 1.5), (12, 13, None), (13, 14, -0.5), (14, 15, 0.25))
    found = findings(series(source), prices, TODAY + 11.5 * HOUR, WARSAW, vat=False)
    assert (found.count, found.step) == (5, HOUR / 2)
    assert (found.least, found.greatest) == (0.25, 0.75)
    assert found.now == 1.5
    assert (found.cheapest_at, found.cheapest) == (TODAY + 13 * HOUR, -0.5)
    assert not found.tomorrow
    assert found.problems == ()


@pytest.mark.parametrize(
    ("noon", "known"), [((35, 36), False), ((35, 36.1), True), ((36, 37), True)]
)
def test_tomorrow_is_known_if_the_price_of_its_noon_is(
    noon: tuple[float, float], known: bool
) -> None:
    """Prices of the first hours alone are those of another time zone."""
    source = curve((0, 25, 1.0), (*noon, 1.0))
    assert findings(series(source), source, TODAY, WARSAW, vat=False).tomorrow is known
    unpriced = curve((0, 25, 1.0), (*noon, None))
    found = findings(series(unpriced), source, TODAY, WARSAW, vat=False)
    assert not found.tomorrow
    assert found.count == 1


def test_an_hour_for_nothing_is_the_cheapest() -> None:
    """Cheaper than a small price."""
    prices = curve((0, 1, 0.5), (1, 2, 0.0), (2, 3, 0.1))
    found = findings(series(prices), prices, TODAY, WARSAW, vat=False)
    assert (found.cheapest_at, found.cheapest) == (TODAY + HOUR, 0)


def test_nothing_is_said_of_a_source_without_prices() -> None:
    """Neither a number nor a time, but that there are none."""
    found = findings(series(CostCurve()), CostCurve(), TODAY, WARSAW, vat=True)
    assert (found.count, found.step, found.tomorrow) == (0, None, False)
    assert (found.least, found.greatest, found.now) == (None, None, None)
    assert (found.cheapest_at, found.cheapest) == (None, None)
    assert found.problems == (PriceProblem.NO_PRICES,)


def test_a_price_that_the_formula_cannot_tell_is_a_problem() -> None:
    """The source has prices; the grid fee of each hour is unknown."""
    unknown = curve((0, 24, None))
    found = findings(series(curve((0, 24, 0.5))), unknown, TODAY, WARSAW, vat=False)
    assert found.problems == (PriceProblem.PRICE_UNKNOWN,)
    assert (found.now, found.cheapest) == (None, None)
    assert (found.least, found.greatest) == (0.5, 0.5)


def test_what_must_be_confirmed_is_listed() -> None:
    """Warnings that may mean a wrong price, and VAT that is added twice."""
    day = curve((0, 24, 0.5))
    odd = series(
        day,
        PriceWarning.SEVERAL_SERIES,
        PriceWarning.OUT_OF_BAND,
        PriceWarning.UNIT_UNKNOWN,
        PriceWarning.NAIVE_TIMES,
        contains_vat=True,
    )
    warned = (
        PriceProblem.UNIT_UNKNOWN,
        PriceProblem.OUT_OF_BAND,
        PriceProblem.SEVERAL_SERIES,
    )
    found = findings(odd, day, TODAY, WARSAW, vat=True)
    assert found.problems == (*warned, PriceProblem.VAT_TWICE)
    assert findings(odd, day, TODAY, WARSAW, vat=False).problems == warned
    for said in (None, False):
        unsaid = replace(odd, contains_vat=said)
        assert findings(unsaid, day, TODAY, WARSAW, vat=True).problems == warned
