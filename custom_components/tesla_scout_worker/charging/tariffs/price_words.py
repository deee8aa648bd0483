"""The words of price sources: names of times, prices, days and lists.

Shapes decide what a list is; words decide only where several shapes fit.
"""

from collections.abc import Iterable
from itertools import pairwise
import re
from typing import Final

from .price_units import CurrencySubunit, EnergyUnit, Unit

START_KEYS: Final = (
    *("start", "start_time", "time", "hour", "timestamp"),
    *("datetime", "from", "start_date", "starts_at", "startsAt"),
)
END_KEYS: Final = ("end", "end_time", "till", "end_date", "ends_at", "endsAt")
PRICE_KEYS: Final = (
    *("price", "value", "per_kwh", "total", "price_per_kwh", "value_inc_vat"),
    *("price_tax_included", "electricity_price", "price_ct_per_kwh"),
)

# Units implied by the name of a price.
KEY_UNITS: Final = {
    "per_kwh": Unit(per=EnergyUnit.KWH),
    "price_per_kwh": Unit(per=EnergyUnit.KWH),
    "price_ct_per_kwh": Unit(per=EnergyUnit.KWH, part=CurrencySubunit.CENTS),
    "price_tax_included": Unit(per=EnergyUnit.KWH, part=CurrencySubunit.TEN_MILLIONTHS),
}

TODAY: Final = frozenset(
    {"today", "dzisiaj", "dzis", "dziś", "heute", "idag", "dag", "vandaag", "hoy"}
    | {"aujourdhui", "oggi", "tanaan", "tänään", "dnes", "current"}
)
TOMORROW: Final = frozenset(
    {"tomorrow", "jutro", "jutra", "morgen", "imorgon", "imorgen", "manana", "mañana"}
    | {"demain", "domani", "huomenna", "zitra", "zítra", "next"}
)
GUESSES: Final = frozenset({"forecast", "prognosis", "prognoza", "prognose"})

# Of Amber Electric, whose list has the price of the present and its own forecasts.
_FORECASTS: Final = "forecasts"
_AMBERS_PRICE: Final = "per_kwh"

# A list with such a name is what another price is for, or only a part of the price.
LESSER: Final = frozenset(
    {"net", "netto", "excl", "exkl", "spot", "wholesale", "base"}
    | {"export", "sell", "selling", "return", "feedin", "production", "sprzedaz"}
)
_LIST_WORDS: Final = frozenset(
    {"price", "prices", "ceny", "cena", "preise", "preis", "priser", "pris", "prijzen"}
    | {"prix", "precios", "prezzi", "hinnat", "raw", "data", "rates", "forecast"}
    | {"forecasts", "all", "list", "interval", "intervals", "hourly", "hours", "day"}
    | {"values", "items", "records", "wszystkie", "attributes", "total", "rows"}
)
_PRICE_WORDS: Final = frozenset(
    {"price", "prices", "cena", "ceny", "preis", "pris", "prijs", "prix", "precio"}
    | {"prezzo", "hinta", "cost", "costs", "kosten", "rate", "tariff", "tarif", "rce"}
    | {"amount", "total", "value", "fee", "stawka", "taryfa", "lmp"}
)
# Numbers that count or measure something else.
_OTHER_WORDS: Final = frozenset(
    {"min", "max", "avg", "average", "mean", "median", "low", "high", "level", "range"}
    | {"percent", "percentage", "renewables", "co2", "intensity", "temperature"}
    | {"volume", "load", "usage", "power", "tax", "vat", "moms", "excl", "net", "netto"}
    | {"spot", "raw", "export", "sell", "discount", "factor", "position"}
)
_NEVER: Final = frozenset(
    {"duration", "minutes", "seconds", "index", "idx", "id", "rank", "nr", "number"}
    | {"day", "month", "year", "weekday", "hour", "length", "count", "slot", "order"}
    | {"energy", "consumption", "charge", "soc", "import"}
)
_CURRENCIES: Final = frozenset(
    {"eur", "pln", "sek", "nok", "dkk", "gbp", "chf", "czk", "huf", "ron", "bgn"}
    | {"aud", "nzd", "usd", "cad"}
)
_CENTS: Final = frozenset({"ct", "cent", "cents", "ore", "öre", "øre", "gr", "pence"})
_PER: Final = {"kwh": EnergyUnit.KWH, "mwh": EnergyUnit.MWH}

# Words of a price with VAT, and of one without it, in the languages of price sources; the
# second ones are only the beginnings of words, such as of "Gesamtpreis".
_GROSS: Final = frozenset({"inc", "gross", "ttc", "lordo"})
_GROSS_BEGINS: Final = (
    *("total", "totaal", "gesamt", "brutto", "endpreis", "incl", "inkl", "inclus"),
    *("calkowit", "całkowit", "celkov", "kokonais", "verollin"),
)
_ALL_IN: Final = ("all", "in")
_NET: Final = frozenset({"net", "exc", "spot", "raw", "wholesale"})
_NET_BEGINS: Final = ("netto", "excl", "exkl", "veroton")

# A capital begins a word, but not that of kWh.
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])(?!(?<=k)Wh)")
_GAP: Final = re.compile(r"[\W_]+")


def words_of(name: object) -> tuple[str, ...]:
    """Return the words of a name such as ``prices_today`` or ``startsAt``."""
    return tuple(word for word in _GAP.split(_HUMP.sub(" ", str(name)).lower()) if word)


def price_rank(name: str) -> int | None:
    """Return how likely a column of numbers is the price; None: it is not.

    The greatest rank is the price. A name without a known word has rank 0.
    """
    if name in PRICE_KEYS:
        return 1000 - PRICE_KEYS.index(name)
    words = {*words_of(name)}
    rank = 0
    if words & _PRICE_WORDS:
        rank += 50
    elif words & _NEVER:
        return None
    if words & (_CURRENCIES | _CENTS | _PER.keys()):
        rank += 30
    if words & _OTHER_WORDS:
        rank -= 60
    return rank


def key_unit(name: str) -> Unit:
    """Return the unit that the name of a price implies, such as ``rce_pln``."""
    if name in KEY_UNITS:
        return KEY_UNITS[name]
    if name in PRICE_KEYS:
        return Unit()
    words = words_of(name)
    currency = next((word.upper() for word in words if word in _CURRENCIES), None)
    return Unit(
        currency=currency,
        part=CurrencySubunit.CENTS if _CENTS & {*words} else None,
        per=next((_PER[word] for word in words if word in _PER), None),
    )


def is_end(name: str) -> bool:
    """Return whether a time with this name is the end of a period."""
    return name in END_KEYS or not {"end", "ends", "till", "until"}.isdisjoint(
        words_of(name)
    )


def is_list_name(name: object) -> bool:
    """Return whether a name is that of a list, and not that of an area or a home."""
    words = {*words_of(name)}
    return bool(words & (_LIST_WORDS | TODAY | TOMORROW | GUESSES | LESSER))


def stem(name: object) -> tuple[str, ...]:
    """Return the words of a name without those for today and tomorrow."""
    return tuple(word for word in words_of(name) if word not in TODAY | TOMORROW)


def day_offset(path: Iterable[object]) -> int:
    """Return 1 for the path of a list of tomorrow, else 0."""
    return int(any(not TOMORROW.isdisjoint(words_of(name)) for name in path))


def is_forecast(keys: Iterable[object], names: Iterable[object]) -> bool:
    """Return whether all but the first of some prices are a forecast by their source.

    A list called forecast alone says nothing: Zonneplan's is of published prices.
    """
    words = {word for name in names for word in words_of(name)}
    return _FORECASTS in words and _AMBERS_PRICE in keys


def contains_vat(names: Iterable[object]) -> bool | None:
    """Return whether names say that a price contains VAT; None: they do not say."""
    named = [words_of(name) for name in names]
    words = {word for each in named for word in each}
    all_in = any(_ALL_IN in pairwise(each) for each in named)
    if (
        {"per", "kwh"} in map(set, named)
        or all_in
        or not words.isdisjoint(_GROSS)
        or any(word.startswith(_GROSS_BEGINS) for word in words)
    ):
        return True
    net = not words.isdisjoint(_NET)
    net |= any(word.startswith(_NET_BEGINS) for word in words)
    return False if net else None
