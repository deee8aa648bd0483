"""What the names of times, prices, days and lists say."""

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    CurrencySubunit,
    EnergyUnit,
    Unit,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_words import (
    contains_vat,
    day_offset,
    is_end,
    is_list_name,
    key_unit,
    price_rank,
    stem,
    words_of,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("startsAt", ("starts", "at")),
        ("prices_today", ("prices", "today")),
        ("Price (EUR/kWh)", ("price", "eur", "kwh")),
        ("_Cena--zł ", ("cena", "zł")),
        (7, ("7",)),
        ("", ()),
    ],
)
def test_the_words_of_a_name(name: object, words: tuple[str, ...]) -> None:
    """Parted by signs and by capitals, without regard to case."""
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("price", 1000),
        ("value", 999),
        ("price_ct_per_kwh", 992),
        ("total_price", 50),
        ("price_eur", 80),
        ("kwh", 30),
        ("ct", 30),
        ("pln", 30),
        ("anything", 0),
        ("spot", -60),
        ("price_net", -10),
        ("price_eur_excl", 20),
        ("rank", None),
        ("energy_kwh", None),
        ("hour_price", 50),
    ],
)
def test_how_likely_a_column_is_the_price(name: str, rank: int | None) -> None:
    """A known name, a word for a price, a currency; a part of the price is less."""
    assert price_rank(name) == rank


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("per_kwh", Unit(per=EnergyUnit.KWH)),
        (
            "price_ct_per_kwh",
            Unit(per=EnergyUnit.KWH, part=CurrencySubunit.CENTS),
        ),
        (
            "price_tax_included",
            Unit(per=EnergyUnit.KWH, part=CurrencySubunit.TEN_MILLIONTHS),
        ),
        ("value", Unit()),
        ("rce_pln", Unit(currency="PLN")),
        ("pln_mwh", Unit(currency="PLN", per=EnergyUnit.MWH)),
        ("ct_kwh", Unit(part=CurrencySubunit.CENTS, per=EnergyUnit.KWH)),
        ("price_EUR_kWh", Unit(currency="EUR", per=EnergyUnit.KWH)),
        ("EUR/MWh", Unit(currency="EUR", per=EnergyUnit.MWH)),
        ("sek_ore", Unit(currency="SEK", part=CurrencySubunit.CENTS)),
        ("price_usd_eur", Unit(currency="USD")),
        ("anything", Unit()),
    ],
)
def test_the_unit_that_a_name_implies(name: str, unit: Unit) -> None:
    """None of those names that any source may use."""
    assert key_unit(name) == unit


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("end", True),
        ("endsAt", True),
        ("period_end", True),
        ("valid_until", True),
        ("to_till", True),
        ("slot_ends", True),
        ("start", False),
        ("weekend", False),
        ("time", False),
    ],
)
def test_a_time_that_is_an_end(name: str, ends: bool) -> None:
    """By a known name or a word in it."""
    assert is_end(name) is ends


@pytest.mark.parametrize(
    ("name", "is_list"),
    [
        ("raw_today", True),
        ("morgen", True),
        ("heute", True),
        ("prognosis", True),
        ("wholesale", True),
        ("rates", True),
        ("SE3", False),
        ("My home", False),
        (0, False),
    ],
)
def test_a_name_of_a_list_is_not_that_of_an_area(name: object, is_list: bool) -> None:
    """Words for prices, days, forecasts and parts of a price; all else is a place."""
    assert is_list_name(name) is is_list


def test_lists_of_two_days_have_the_same_stem() -> None:
    """And another one than those of another area."""
    assert stem("prices_today") == stem("prices_tomorrow") == ("prices",)
    assert stem("dzisiaj") == stem("jutro") == ()
    assert stem("SE3") == ("se3",)
    assert day_offset(("data", "prices_tomorrow")) == 1
    assert day_offset(("next", "prices")) == 1
    assert day_offset(("data", "prices_today")) == 0
    assert day_offset(()) == 0


@pytest.mark.parametrize(
    ("names", "vat"),
    [
        (["per_kwh"], True),
        (["price_incl_tax", "net"], True),
        (["brutto"], True),
        (["price_all_in"], True),
        (["all", "in"], None),
        (["price_net"], False),
        (["spot", "prices"], False),
        (["price", "today"], None),
        ([], None),
    ],
)
def test_whether_names_say_that_vat_is_contained(
    names: list[str], vat: bool | None
) -> None:
    """Gross holds over net, since a list has both columns; else nobody knows."""
    assert contains_vat(names) is vat
