"""Units of prices: a currency or its minor unit, per amount of energy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
import re
from typing import Final


class PriceError(ValueError):
    """The prices of a source cannot be read; the text says why."""


class PriceWarning(StrEnum):
    """Warnings about prices that could be read."""

    LOW_CONFIDENCE = "low_confidence"
    NAIVE_TIMES = "naive_times"
    NO_PRICES = "no_prices"
    OUT_OF_BAND = "out_of_band"
    OVERLAP_DROPPED = "overlap_dropped"
    SCALED_FROM_CENTS = "scaled_from_cents"
    SCALED_FROM_MWH = "scaled_from_mwh"
    SCALED_FROM_TEN_MILLIONTHS = "scaled_from_ten_millionths"
    SCALED_FROM_WH = "scaled_from_wh"
    SEVERAL_SERIES = "several_series"
    UNIT_UNKNOWN = "unit_unknown"


class EnergyUnit(Enum):
    """The energy that a price is for; the value is the number of it in a kWh."""

    WH = 1000.0
    KWH = 1.0
    MWH = 0.001


class CurrencySubunit(Enum):
    """The part of the currency that a price is in; the value is the number in a whole."""

    WHOLE = 1
    CENTS = 100
    # Zonneplan's own unit of money.
    TEN_MILLIONTHS = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit as far as it is known; None is unknown. ``known``: every word was read."""

    currency: str | None = None
    part: CurrencySubunit | None = None
    per: EnergyUnit | None = None
    known: bool = True

    def over(self, other: Unit) -> Unit:
        """Return this unit, with its unknown parts taken from another."""
        return Unit(
            currency=self.currency or other.currency,
            part=self.part or other.part,
            per=self.per or other.per,
            known=self.known and other.known,
        )

    def scale(self, price: float) -> float:
        """Return a price in whole currency per kWh; unknown parts need no scaling."""
        part, per = self.part or CurrencySubunit.WHOLE, self.per or EnergyUnit.KWH
        price /= part.value
        # A division by 1000 is exact to the last digit, a factor of 0.001 is not.
        return price / 1000 if per is EnergyUnit.MWH else price * per.value

    @property
    def text(self) -> str:
        """The unit for people, such as ``PLN/MWh`` or ``0.01 EUR/kWh``."""
        part = "" if self.part in (None, CurrencySubunit.WHOLE) else self.part
        share = f"{1 / part.value:.7f}".rstrip("0") + " " if part else ""
        per = (self.per or EnergyUnit.KWH).name
        return f"{share}{self.currency or '?'}/{per[:-2].lower().replace('m', 'M')}Wh"

    @property
    def warnings(self) -> frozenset[PriceWarning]:
        """Return the warnings about scaling by this unit."""
        found = {_SCALED.get(self.part), _SCALED.get(self.per)}
        if not self.known:
            found.add(PriceWarning.UNIT_UNKNOWN)
        return frozenset(warning for warning in found if warning is not None)


_SCALED: Final[Mapping[CurrencySubunit | EnergyUnit | None, PriceWarning]] = {
    CurrencySubunit.CENTS: PriceWarning.SCALED_FROM_CENTS,
    CurrencySubunit.TEN_MILLIONTHS: PriceWarning.SCALED_FROM_TEN_MILLIONTHS,
    EnergyUnit.MWH: PriceWarning.SCALED_FROM_MWH,
    EnergyUnit.WH: PriceWarning.SCALED_FROM_WH,
}
_SLASH: Final = re.compile(r"\s+(?:per|pro|za|por|pr)\s+", re.IGNORECASE)
_PER: Final = {
    **dict.fromkeys(("wh", "watt hour", "watthour", "watt-hour"), EnergyUnit.WH),
    **dict.fromkeys(
        (
            *("kwh", "kilowatt hour", "kilowatthour", "kilowatt-hour"),
            *("kilowattstunde", "kilowattimme", "kilowattuur", "kilowattime"),
            "kilowatogodzina",
        ),
        EnergyUnit.KWH,
    ),
    **dict.fromkeys(
        (
            *("mwh", "megawatt hour", "megawatthour", "megawatt-hour"),
            *("megawattstunde", "megawattimme", "megawattuur", "megawattime"),
            "megawatogodzina",
        ),
        EnergyUnit.MWH,
    ),
}

# ISO 4217, without funds and metals.
_CURRENCIES: Final = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HRK",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWL",
    ]
)

# Whole currency that is not an ISO 4217 code; several countries use "kr" and "$".
_WHOLE: Final = {
    **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "pound", "pounds"), "GBP"),
    **dict.fromkeys(("zł", "zl", "złoty", "złotych", "zlotych"), "PLN"),
    **dict.fromkeys(("kč", "koruna", "korun"), "CZK"),
    **dict.fromkeys(("ft", "forint"), "HUF"),
    **dict.fromkeys(("lei", "leu"), "RON"),
    **dict.fromkeys(("лв", "lv", "lev", "leva"), "BGN"),
    **dict.fromkeys(("fr", "fr.", "sfr", "franken"), "CHF"),
    **dict.fromkeys(("₴", "грн"), "UAH"),
    **dict.fromkeys(("₺", "tl"), "TRY"),
    **dict.fromkeys(("₹", "rupee", "rupees"), "INR"),
    **dict.fromkeys(("a$", "au$"), "AUD"),
    **dict.fromkeys(("nz$",), "NZD"),
    **dict.fromkeys(("us$",), "USD"),
    **dict.fromkeys(("kr", "kr.", "kronor", "kroner", "$", "dollar", "dollars")),
}

# A hundredth of a currency, by its name.
_CENTS: Final = {
    **dict.fromkeys(("c", "ct", "cts", "cent", "cents", "¢")),
    **dict.fromkeys(("öre", "øre", "ore", "oere")),
    **dict.fromkeys(("eurocent", "eurocents", "€c", "c€", "€ct", "ct€"), "EUR"),
    **dict.fromkeys(("snt", "sentti", "senttiä", "senti", "centai", "centi"), "EUR"),
    **dict.fromkeys(("centime", "centimes", "céntimo", "céntimos"), None),
    **dict.fromkeys(("p", "penny", "pence", "gbx"), "GBP"),
    **dict.fromkeys(("gr", "grosz", "grosze", "groszy"), "PLN"),
    **dict.fromkeys(("hal", "haléř", "haléřů", "haler"), "CZK"),
    **dict.fromkeys(("rp", "rp.", "rappen"), "CHF"),
    **dict.fromkeys(("fillér", "filler"), "HUF"),
    **dict.fromkeys(("ban", "bani"), "RON"),
    **dict.fromkeys(("ст", "stotinki"), "BGN"),
    **dict.fromkeys(("коп", "kopiyka", "kopiykas"), "UAH"),
    **dict.fromkeys(("kuruş", "kurus"), "TRY"),
    **dict.fromkeys(("paise", "paisa"), "INR"),
}

# Before or after an ISO code: a hundredth of that currency, such as "EURct".
_CENT_MARKS: Final = ("cents", "cent", "cts", "ct", "c")

# Prices per kWh that were seen or are allowed, in whole currency: wholesale in Europe lies
# between -0.5 and 5 EUR, in Australia between -1 and 20 AUD. Per MWh or in cents, a
# day leaves the band.
_EURO_LIKE: Final = (-1.0, 6.0)
_KRONE_LIKE: Final = (-10.0, 60.0)
_BANDS: Final = {
    **dict.fromkeys(("EUR", "GBP", "CHF", "USD", "CAD"), _EURO_LIKE),
    **dict.fromkeys(("DKK", "NOK", "SEK", "CZK"), _KRONE_LIKE),
    **dict.fromkeys(("AUD", "NZD"), (-2.0, 25.0)),
    "PLN": (-4.0, 25.0),
}

# A day whose dearest hour is below this part of the band was scaled twice. The cheapest
# windy day of Sweden in autumn 2025 had a dearest hour of 0.04 SEK, ten times as much.
_TOO_SMALL: Final = 1 / 15_000
_A_DAY: Final = 23


def parse_unit(text: str | None) -> Unit:
    """Return a unit such as ``EUR/kWh``, ``öre/kWh``, ``ct per kWh`` or ``MWh``.

    A word for money that nobody knows gives ``known`` False, and no guess.

    Raises:
        PriceError: It is not per energy, such as gas in m³.
    """
    if text is None or not text.strip():
        return Unit()
    money, slash, energy = _SLASH.sub("/", text.strip()).partition("/")
    money, energy = money.strip(), energy.strip()
    if not slash and money.lower() in _PER:
        money, energy = "", money
    per = _PER.get(energy.lower())
    if per is None and energy:
        raise PriceError(f"'{text}' is no price of electricity")
    if slash or money.upper() == money or money.lower() in _WHOLE:
        return _money(money, per)
    return Unit(known=False)


def _money(money: str, per: EnergyUnit | None) -> Unit:
    """Return the unit of a word for money."""
    word = money.lower()
    if money.upper() in _CURRENCIES:
        return Unit(currency=money.upper(), part=CurrencySubunit.WHOLE, per=per)
    if word in _CENTS:
        return Unit(currency=_CENTS[word], part=CurrencySubunit.CENTS, per=per)
    if word in _WHOLE:
        return Unit(currency=_WHOLE[word], part=CurrencySubunit.WHOLE, per=per)
    for mark in _CENT_MARKS:
        for rest in (word.removeprefix(mark), word.removesuffix(mark)):
            code = rest.strip(" -_").upper()
            if rest != word and code in _CURRENCIES:
                return Unit(currency=code, part=CurrencySubunit.CENTS, per=per)
    return Unit(per=per, known=not money)


def is_out_of_band(prices: Iterable[float], currency: str | None) -> bool:
    """Return whether prices per kWh look like prices of another unit.

    Either a price is outside the band of its currency, or a whole day of prices is
    near zero. Zero and negative prices are valid.
    """
    band = _BANDS.get(currency or "")
    known = list(prices)
    if band is None or not known:
        return False
    if min(known) < band[0] or max(known) > band[1]:
        return True
    return len(known) >= _A_DAY and 0 < max(map(abs, known)) < band[1] * _TOO_SMALL
