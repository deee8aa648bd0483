"""Every shape of prices that is known, and the words for what is none."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    parse_prices,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    CurrencySubunit,
    EnergyUnit,
    PriceError,
    PriceWarning,
    Unit,
    is_out_of_band,
    parse_unit,
)

from .price_samples import (
    BERLIN,
    DAY,
    MADRID,
    NEXT_DAY,
    SAMPLES,
    STOCKHOLM,
    Sample,
    cost,
    iso,
    items,
    steps,
)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_every_shape_is_one_curve(sample: Sample) -> None:
    """Each step of each day, in UTC, at its price per kWh, in its currency."""
    series = parse_prices(sample.answer, PriceHints(zone=sample.zone, **sample.hints))
    expected = [
        (start, end, cost(start))
        for day in sample.days
        for start, end in steps(day, sample.step, sample.zone)
    ]
    found = series.curve.intervals
    assert [(item.start, item.end) for item in found] == [item[:2] for item in expected]
    assert [item.cost for item in found] == pytest.approx(
        [item[2] for item in expected]
    )
    assert all(item.start.utcoffset() == timedelta(0) for item in found)
    assert not any(item.peak for item in found)
    assert series.curve.currency == sample.currency
    assert series.warnings == sample.warnings
    assert not series.guesses.intervals


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "",
        "unavailable",
        "Error fetching data: 503",
        503,
        {"SE3": []},
        {"prices": []},
        {"prices": {"Cabin": []}},
        {"prices": None},
        {"raw_today": None, "raw_tomorrow": None},
        {"raw_today": [], "raw_tomorrow": [], "tomorrow_valid": False},
        {"prices": "unknown"},
        {"error": "certificate verify failed"},
        {"today": [0.1, 0.2]},
        {"planned_dispatches": [{"start": "a", "end": "b", "source": "x"}]},
        [{"start": "2026-10-05T00:00:00+00:00", "price": None}],
        [{"start": "2026-10-05T00:00:00+00:00", "price": "unavailable"}],
        [{"start": "2026-10-05T00:00:00+00:00", "price": float("nan")}],
        [None],
    ],
)
def test_an_outage_is_unknown_and_never_cheap(answer: Any) -> None:
    """No prices are no prices, not prices of zero."""
    series = parse_prices(answer, PriceHints(zone=STOCKHOLM, currency="SEK"))
    assert not series.curve.intervals
    assert not series.guesses.intervals
    assert series.curve.at(datetime(2026, 10, 5, tzinfo=STOCKHOLM)) is None
    assert series.warnings == {PriceWarning.NO_PRICES}


@pytest.mark.parametrize(
    "start",
    [
        *(
            "05.10.2026 14:00",
            "2026-10-05",
            "14:00",
            "tomorrow",
            "",
            "2026-13-05T00:00",
        ),
        *(None, 7, True, 20261005, ["2026-10-05T00:00"], date(2026, 10, 5)),
    ],
)
def test_a_time_that_cannot_be_read_is_loud(start: object) -> None:
    """An hour does not vanish from the plan because of its format."""
    answer = [
        {"start": "2026-10-05T00:00:00+02:00", "price": 0.1},
        {"start": start, "price": 0.2},
    ]
    with pytest.raises(PriceError, match="is no time such as"):
        parse_prices(answer, PriceHints(zone=STOCKHOLM))


@pytest.mark.parametrize(
    ("item", "read_as"),
    [
        ({"start": "2026-10-05T01:00Z", "price": "cheap"}, "'cheap' is no price"),
        ({"start": "2026-10-05T01:00Z", "price": True}, "True is no price"),
        ({"start": "2026-10-05T01:00Z", "price": [1]}, "is no price"),
        (
            {"start": "2026-10-05T01:00Z", "price": 1, "end": "soon"},
            "'soon' is no time",
        ),
        (
            {"start": "2026-10-05T01:00Z", "price": 1, "end": "2026-10-05T00:00Z"},
            "ends before that",
        ),
        ({"start": "2026-10-05T01:00Z", "price": 1, "duration": "1h"}, "no length"),
        ({"start": "2026-10-05T01:00Z", "price": 1, "duration": 0}, "no length"),
        (0.2, "stands among prices"),
        ({"price": 0.2}, "None is no time"),
    ],
)
def test_anything_else_that_cannot_be_read_is_loud(item: Any, read_as: str) -> None:
    """Prices, ends and lengths as well."""
    answer = [{"start": "2026-10-05T00:00:00+00:00", "price": 0.1}, item]
    with pytest.raises(PriceError, match=read_as):
        parse_prices(answer, PriceHints(zone=STOCKHOLM))


def test_an_area_is_never_taken_for_another() -> None:
    """Several areas are told of; the one that is meant is the only one that counts."""
    answer = {
        area: items(lambda start, end: {"start": start, "end": end, "price": 0.5})
        for area in ("SE3", "SE4")
    }
    hints = PriceHints(zone=STOCKHOLM)
    assert parse_prices(answer, hints).warnings == {PriceWarning.SEVERAL_SERIES}
    assert len(parse_prices(answer, hints).curve.intervals) == 24
    for area, count in (("SE4", 24), ("SE1", 0)):
        hints = PriceHints(zone=STOCKHOLM, area=area)
        series = parse_prices(answer, hints)
        assert len(series.curve.intervals) == count
        assert PriceWarning.SEVERAL_SERIES not in series.warnings
        # Without any areas a list is the one that was asked for.
        assert parse_prices(answer["SE3"], hints).curve.intervals


def test_prices_are_found_under_any_name() -> None:
    """The first list of maps with a time and a price, however deep."""
    prices = items(lambda start, _: {"starts_at": start, "total": cost(start)})
    answer = {"friendly_name": "x", "extra": {"levels": [1, 2], "list": prices}}
    series = parse_prices(answer, PriceHints(zone=STOCKHOLM))
    assert len(series.curve.intervals) == 24
    deep: Any = prices
    for _ in range(9):
        deep = {"in": deep}
    assert not parse_prices(deep, PriceHints(zone=STOCKHOLM)).curve.intervals


def test_the_first_price_that_is_known_counts() -> None:
    """A name without a value leaves the next one."""
    answer = [
        {"start": datetime(2026, 10, 5, tzinfo=BERLIN), "price": None, "value": 3}
    ]
    (only,) = parse_prices(answer, PriceHints(zone=BERLIN)).curve.intervals
    assert only.cost == 3


def test_a_forecast_beside_prices_is_a_guess() -> None:
    """Energi Data Service guesses beyond tomorrow: kept apart, and only there."""
    answer = {
        "raw_today": items(lambda start, _: {"hour": start, "price": 1.0}),
        "forecast": items(lambda start, _: {"hour": start, "price": 2.0})
        + items(lambda start, _: {"hour": start, "price": 2.0}, NEXT_DAY),
    }
    series = parse_prices(answer, PriceHints(zone=STOCKHOLM))
    assert [interval.cost for interval in series.curve.intervals] == [1.0] * 24
    assert [interval.cost for interval in series.guesses.intervals] == [2.0] * 24
    assert series.guesses.intervals[0].start == series.curve.intervals[-1].end
    assert series.warnings == {PriceWarning.LOW_CONFIDENCE}


def test_only_amber_names_its_forecasts_as_prices() -> None:
    """The interval that has begun is published, the rest is its guess."""
    read = {
        name: parse_prices(sample.answer, PriceHints(zone=sample.zone, **sample.hints))
        for name, sample in SAMPLES.items()
    }
    forecasts = [name for name, series in read.items() if series.is_forecast]
    assert forecasts == ["amberelectric.get_forecasts"]
    series = read[forecasts[0]]
    second = series.curve.intervals[1]
    within = second.start + timedelta(minutes=3)
    assert series.published(within).intervals == series.curve.intervals[:2]
    assert series.forecasts(within).intervals == series.curve.intervals[2:]
    after = series.curve.intervals[-1].end
    assert series.published(after).intervals == series.curve.intervals
    assert not series.forecasts(after).intervals


def test_a_forecast_alone_is_what_is_known() -> None:
    """Zonneplan calls its published prices so."""
    answer = {"forecast": items(lambda start, _: {"start": start, "price": 2.0})}
    series = parse_prices(answer, PriceHints(zone=STOCKHOLM))
    assert len(series.curve.intervals) == 24
    assert not series.warnings


def test_pvpc_names_the_second_of_a_doubled_hour() -> None:
    """``price_02h_d`` is the second 02:00, and is there on that day alone."""
    answer: dict[str, Any] = {f"price_{hour:02d}h": hour / 100 for hour in range(24)}
    answer |= {"price_02h_d": 0.99}
    hints = PriceHints(zone=MADRID, day=date(2026, 10, 25))
    curve = parse_prices(answer, hints).curve
    assert [interval.cost for interval in curve.intervals[:5]] == [
        0,
        0.01,
        0.02,
        0.99,
        0.03,
    ]
    assert len(curve.intervals) == 25
    hints = PriceHints(zone=MADRID, day=DAY)
    with pytest.raises(PriceError, match="price_02h_d is an hour that"):
        parse_prices(answer, hints)


def test_pvpc_leaves_the_missing_hour_out() -> None:
    """23 hours, also if the hour is named as unknown."""
    answer = {f"price_{hour:02d}h": hour / 100 for hour in range(24) if hour != 2}
    hints = PriceHints(zone=MADRID, day=date(2026, 3, 29))
    curve = parse_prices(answer, hints).curve
    assert len(curve.intervals) == 23
    assert parse_prices(answer | {"price_02h": None}, hints).curve == curve


def test_prices_without_a_date_need_the_day() -> None:
    """Nobody guesses whether they are today's."""
    with pytest.raises(PriceError, match="need the day"):
        parse_prices({"price_00h": 0.1}, PriceHints(zone=MADRID))


@pytest.mark.parametrize(
    ("hints", "attributes", "price", "warnings"),
    [
        ({}, {}, 40.0, set()),
        ({"unit": "EUR/kWh"}, {}, 40.0, {PriceWarning.OUT_OF_BAND}),
        ({"unit": "EUR/MWh"}, {}, 0.04, {PriceWarning.SCALED_FROM_MWH}),
        ({"unit": "MWh"}, {}, 0.04, {PriceWarning.SCALED_FROM_MWH}),
        ({"unit": "EUR/Wh"}, {}, 40_000.0, {PriceWarning.SCALED_FROM_WH}),
        ({"unit": "ct/kWh"}, {}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({"unit": "Öre/kWh"}, {}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({"unit": "p/kWh"}, {}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({"unit": "kr/kWh"}, {}, 40.0, set()),
        ({"unit": "beads/kWh"}, {}, 40.0, {PriceWarning.UNIT_UNKNOWN}),
        ({"unit": "min"}, {}, 40.0, {PriceWarning.UNIT_UNKNOWN}),
        ({"cents": True}, {}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({}, {"price_in_cents": True}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({}, {"use_cent": True}, 0.4, {PriceWarning.SCALED_FROM_CENTS}),
        ({"cents": False}, {"use_cent": True}, 40.0, set()),
        ({}, {"unit": "MWh"}, 0.04, {PriceWarning.SCALED_FROM_MWH}),
        ({"per": EnergyUnit.KWH}, {"unit": "MWh"}, 40.0, set()),
        ({}, {"unit_of_measurement": "DKK/MWh"}, 0.04, {PriceWarning.SCALED_FROM_MWH}),
        (
            {"cents": True},
            {"unit": "MWh"},
            0.0004,
            {PriceWarning.SCALED_FROM_CENTS, PriceWarning.SCALED_FROM_MWH},
        ),
    ],
)
def test_nothing_is_rescaled_silently(
    hints: dict[str, Any],
    attributes: dict[str, Any],
    price: float,
    warnings: set[PriceWarning],
) -> None:
    """A scale comes from what is said, and each is told; a number alone is none."""
    prices = [{"start": iso(datetime(2026, 10, 5, tzinfo=BERLIN)), "price": 40.0}]
    series = parse_prices(
        {"prices": prices, **attributes}, PriceHints(zone=BERLIN, **hints)
    )
    (only,) = series.curve.intervals
    assert only.cost == pytest.approx(price)
    assert series.warnings - {PriceWarning.OUT_OF_BAND} == warnings - {
        PriceWarning.OUT_OF_BAND
    }
    if PriceWarning.OUT_OF_BAND in warnings:
        assert PriceWarning.OUT_OF_BAND in series.warnings


def test_the_name_of_a_price_holds_over_its_unit() -> None:
    """``price_per_kwh`` is per kWh, whatever the sensor's own state is."""
    answer = [{"start": datetime(2026, 10, 5, tzinfo=BERLIN), "price_per_kwh": 0.3}]
    series = parse_prices(answer, PriceHints(zone=BERLIN, unit="EUR/MWh"))
    (only,) = series.curve.intervals
    assert only.cost == 0.3
    assert not series.warnings


def test_gas_is_no_electricity() -> None:
    """A sensor of another kind is refused."""
    answer = [{"start": datetime(2026, 10, 5, tzinfo=BERLIN), "price": 0.3}]
    with pytest.raises(PriceError, match="EUR/m³"):
        parse_prices(answer, PriceHints(zone=BERLIN, unit="EUR/m³"))


@pytest.mark.parametrize(
    ("hints", "attributes", "currency"),
    [
        ({}, {}, None),
        ({"unit": "€/kWh"}, {}, "EUR"),
        ({"unit": "zł/kWh"}, {}, "PLN"),
        ({"unit": "sek/kWh"}, {}, "SEK"),
        ({"unit": "kr/kWh"}, {"currency": "nok"}, "NOK"),
        ({"unit": "öre/kWh"}, {"currency": "SEK"}, "SEK"),
        ({"unit": "EUR/kWh", "currency": "SEK"}, {}, "SEK"),
        ({}, {"unit_of_measurement": "GBP/kWh"}, "GBP"),
        ({"unit": "SEK"}, {}, "SEK"),
        ({}, {"currency": 7}, None),
    ],
)
def test_the_currency_is_kept(
    hints: dict[str, Any], attributes: dict[str, Any], currency: str | None
) -> None:
    """As it is said in the hints, in the unit or beside the prices."""
    prices = [{"start": datetime(2026, 10, 5, tzinfo=BERLIN), "price": 0.3}]
    series = parse_prices(
        {"prices": prices, **attributes}, PriceHints(zone=BERLIN, **hints)
    )
    assert series.curve.currency == currency


@pytest.mark.parametrize(
    ("prices", "currency", "out"),
    [
        ([0.0] * 24, "EUR", False),
        ([-0.499, 4.0], "EUR", False),
        ([45.0], "EUR", True),
        ([45.0], None, False),
        ([45.0], "XXX", False),
        ([5.7], "SEK", False),
        ([17.5], "AUD", False),
        ([-2.0], "EUR", True),
        ([0.0001] * 24, "EUR", True),
        ([0.0001] * 5, "EUR", False),
        # A windy day in Sweden: next to nothing, but for its evening.
        ([0.001] * 20 + [0.042] * 4, "SEK", False),
    ],
)
def test_a_band_warns_and_never_rescales(
    prices: list[float], currency: str | None, out: bool
) -> None:
    """A price that no market has seen, or a day of next to nothing."""
    first = datetime(2026, 10, 5, tzinfo=BERLIN)
    answer = [
        {"start": first + timedelta(hours=hour), "price": price}
        for hour, price in enumerate(prices)
    ]
    series = parse_prices(answer, PriceHints(zone=BERLIN, currency=currency))
    assert (PriceWarning.OUT_OF_BAND in series.warnings) is out
    assert [interval.cost for interval in series.curve.intervals] == prices


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (None, Unit()),
        (" ", Unit()),
        ("kWh", Unit(per=EnergyUnit.KWH)),
        ("Euro", Unit(currency="EUR", part=CurrencySubunit.WHOLE)),
        (
            "Euro/MWh",
            Unit(currency="EUR", part=CurrencySubunit.WHOLE, per=EnergyUnit.MWH),
        ),
        (
            "SEK/kWh",
            Unit(currency="SEK", part=CurrencySubunit.WHOLE, per=EnergyUnit.KWH),
        ),
        ("kr/kWh", Unit(part=CurrencySubunit.WHOLE, per=EnergyUnit.KWH)),
        ("ct/kWh", Unit(part=CurrencySubunit.CENTS, per=EnergyUnit.KWH)),
        (
            "EUR-ct/MWh",
            Unit(currency="EUR", part=CurrencySubunit.CENTS, per=EnergyUnit.MWH),
        ),
        (
            "ct_XPF/kWh",
            Unit(currency="XPF", part=CurrencySubunit.CENTS, per=EnergyUnit.KWH),
        ),
        ("/MWh", Unit(per=EnergyUnit.MWH)),
        ("beads/kWh", Unit(per=EnergyUnit.KWH, known=False)),
        # A word alone may be anything, unless it is a currency.
        ("Cent", Unit(known=False)),
        ("Strom", Unit(known=False)),
        ("min", Unit(known=False)),
    ],
)
def test_a_unit_is_read_in_all_its_parts(text: str | None, unit: Unit) -> None:
    """Currency, its part, and the energy; and whether each word was read."""
    assert parse_unit(text) == unit


def test_a_price_per_mwh_is_exact_to_the_last_digit() -> None:
    """It is shown, and compared with the source's own."""
    assert Unit(per=EnergyUnit.MWH).scale(843.73) == 0.84373
    assert Unit(per=EnergyUnit.WH).scale(0.5) == 500
    assert Unit(part=CurrencySubunit.CENTS).scale(25) == 0.25
    assert Unit().scale(0.3) == 0.3


@pytest.mark.parametrize(
    ("prices", "out"),
    [
        ([-1.0, 6.0], False),
        ([-1.01], True),
        ([6.01], True),
        ([0.0003] * 23, True),
        ([0.0003] * 22, False),
        ([6.0 / 15_000] * 23, False),
        ([-0.0003] * 23, True),
        ([], False),
    ],
)
def test_the_edges_of_a_band_are_in_it(prices: list[float], out: bool) -> None:
    """And a day of 23 hours is a day."""
    assert is_out_of_band(prices, "EUR") is out
    assert not is_out_of_band(prices, None)
