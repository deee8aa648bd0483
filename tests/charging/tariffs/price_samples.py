"""Answers in the shapes of the sources of prices; the values are our own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    EnergyUnit,
    PriceWarning,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BERLIN = ZoneInfo("Europe/Berlin")
MADRID = ZoneInfo("Europe/Madrid")
SYDNEY = ZoneInfo("Australia/Sydney")
LONDON = ZoneInfo("Europe/London")
WARSAW = ZoneInfo("Europe/Warsaw")
UTC_ZONE = ZoneInfo("UTC")

DAY = date(2026, 10, 5)
NEXT_DAY = date(2026, 10, 6)

QUARTER = timedelta(minutes=15)
HALF = timedelta(minutes=30)
HOUR = timedelta(hours=1)

# What people's own templates call a time and a price.
TEMPLATES = [
    ("start", "price"),
    ("time", "value"),
    ("hour", "price_ct_per_kwh"),
    ("start_time", "electricity_price"),
    ("datetime", "price"),
]


def steps(
    day: date = DAY, step: timedelta = HOUR, zone: tzinfo = STOCKHOLM
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the steps of a local day in the zone's own time, 23 or 25 hours too."""
    start = datetime.combine(day, time(), zone).astimezone(UTC_ZONE)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC_ZONE)
    while start < end:
        yield start.astimezone(zone), (start + step).astimezone(zone)
        start += step


def cost(start: datetime) -> float:
    """Return a price of our own per kWh for a step; dear at noon, negative at four."""
    local = start.hour + start.minute / 60
    if start.hour == 4:
        return -0.02
    return round(0.1 + 0.01 * min(local, 24 - local), 4)


def blank(moment: datetime) -> str:
    """Return a time as ``str(datetime)`` does."""
    return str(moment)


def iso(moment: datetime) -> str:
    """Return a time in ISO 8601."""
    return moment.isoformat()


def utc_iso(moment: datetime) -> str:
    """Return a time in ISO 8601, in UTC."""
    return moment.astimezone(UTC_ZONE).isoformat()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """An answer, what is known beside it, and what comes of it.

    The prices of ``answer`` are those of ``cost`` for all of ``days``.
    """

    answer: Any
    zone: tzinfo = STOCKHOLM
    hints: dict[str, Any] = field(default_factory=dict)
    step: timedelta = HOUR
    days: tuple[date, ...] = (DAY,)
    currency: str | None = None
    warnings: frozenset[PriceWarning] = frozenset()


def items(
    write: Callable[[datetime, datetime], dict[str, Any]],
    day: date = DAY,
    step: timedelta = HOUR,
    zone: tzinfo = STOCKHOLM,
) -> list[dict[str, Any]]:
    """Return a day's items in some shape."""
    return [write(start, end) for start, end in steps(day, step, zone)]


def priced(start: datetime, end: datetime, more: float = 0.0) -> dict[str, Any]:
    """Return an item with the commonest names."""
    return {"start": iso(start), "end": iso(end), "price": cost(start) + more}


def _core() -> Iterator[tuple[str, Sample]]:
    """Yield the responses of core's actions."""
    yield (
        "nordpool.get_prices_for_date",
        Sample(
            answer={
                "SE3": items(
                    lambda start, end: {
                        "start": utc_iso(start),
                        "end": utc_iso(end),
                        "price": round(cost(start) * 1000, 2),
                    },
                    step=QUARTER,
                )
            },
            hints={"per": EnergyUnit.MWH, "currency": "SEK"},
            step=QUARTER,
            currency="SEK",
            warnings=frozenset({PriceWarning.SCALED_FROM_MWH}),
        ),
    )
    yield (
        "tibber.get_prices",
        Sample(
            answer={
                "prices": {
                    "Cabin": items(
                        lambda start, _: {
                            "start_time": iso(start),
                            "price": cost(start),
                        },
                        step=QUARTER,
                    )
                }
            },
            step=QUARTER,
        ),
    )
    yield (
        "energyzero.get_energy_prices",
        Sample(
            answer={
                "prices": items(
                    lambda start, end: {
                        "price": cost(start),
                        "timestamp": blank(start),
                        "start": blank(start),
                        "end": blank(end),
                    },
                    step=QUARTER,
                    zone=BERLIN,
                )
            },
            zone=BERLIN,
            hints={"currency": "EUR"},
            step=QUARTER,
            currency="EUR",
        ),
    )
    yield (
        "easyenergy.get_energy_usage_prices",
        Sample(
            answer={
                "prices": items(
                    lambda start, _: {
                        "timestamp": blank(start.astimezone(UTC_ZONE)),
                        "price": cost(start),
                    },
                    zone=BERLIN,
                )
            },
            zone=BERLIN,
        ),
    )
    yield (
        "amberelectric.get_forecasts",
        Sample(
            answer={
                "forecasts": items(
                    lambda start, end: {
                        "duration": 30,
                        "date": start.date().isoformat(),
                        "nem_date": iso(end),
                        "per_kwh": cost(start),
                        "spot_per_kwh": cost(start) / 3,
                        "start_time": iso(start + timedelta(seconds=1)),
                        "end_time": iso(end),
                        "renewables": 42.0,
                        "spike_status": "none",
                        "descriptor": "neutral",
                        "range_min": 0.0,
                        "range_max": 9.0,
                    },
                    step=HALF,
                    zone=SYDNEY,
                )
            },
            zone=SYDNEY,
            hints={"currency": "AUD"},
            step=HALF,
            currency="AUD",
        ),
    )
    yield (
        "green_planet_energy.get_prices",
        Sample(
            answer={
                "prices": items(
                    lambda start, end: {
                        "start": iso(start),
                        "end": iso(end),
                        "price": cost(start),
                    },
                    step=QUARTER,
                    zone=BERLIN,
                ),
                "hours_requested": 24,
            },
            zone=BERLIN,
            step=QUARTER,
        ),
    )
    yield (
        "omie.get_prices_for_date",
        Sample(
            answer={
                "es": items(lambda start, end: priced(start, end, 9.0), zone=MADRID),
                "pt": items(priced, step=QUARTER, zone=MADRID),
            },
            zone=MADRID,
            hints={"area": "pt", "currency": "EUR"},
            step=QUARTER,
            currency="EUR",
        ),
    )
    yield (
        "pvpc_hourly_pricing",
        Sample(
            answer={
                "tariff": "2.0TD",
                "unit_of_measurement": "€/kWh",
                "price_position": 3,
                "max_price_at": 12,
                **{
                    f"price_{name}{start:%H}h": cost(start)
                    for name, day in (("", DAY), ("next_day_", NEXT_DAY))
                    for start, _ in steps(day, zone=MADRID)
                },
            },
            zone=MADRID,
            hints={"day": DAY},
            days=(DAY, NEXT_DAY),
            currency="EUR",
        ),
    )


def _two_days(
    write: Callable[[datetime, datetime], dict[str, Any]],
    today: str,
    tomorrow: str,
    step: timedelta = HOUR,
    zone: tzinfo = STOCKHOLM,
) -> dict[str, Any]:
    """Return two days' items under the names of today and tomorrow."""
    return {
        today: items(write, DAY, step, zone),
        tomorrow: items(write, NEXT_DAY, step, zone),
    }


def _both(
    write: Callable[[datetime, datetime], dict[str, Any]],
    step: timedelta = HOUR,
    zone: tzinfo = STOCKHOLM,
) -> list[dict[str, Any]]:
    """Return two days' items in one list."""
    return items(write, DAY, step, zone) + items(write, NEXT_DAY, step, zone)


def _sensors() -> Iterator[tuple[str, Sample]]:
    """Yield the attributes of custom integrations' sensors."""
    days = (DAY, NEXT_DAY)
    yield (
        "nordpool raw_today",
        Sample(
            answer={
                "tomorrow_valid": True,
                "unit": "kWh",
                "currency": "SEK",
                "price_in_cents": True,
                "unit_of_measurement": "öre/kWh",
                "today": [1.0, 2.0],
                **_two_days(
                    lambda start, end: {
                        "start": start,
                        "end": end,
                        "value": round(cost(start) * 100, 2),
                    },
                    "raw_today",
                    "raw_tomorrow",
                    QUARTER,
                ),
            },
            step=QUARTER,
            days=days,
            currency="SEK",
            warnings=frozenset({PriceWarning.SCALED_FROM_CENTS}),
        ),
    )
    yield (
        "entsoe prices_today",
        Sample(
            answer={
                "unit_of_measurement": "EUR/kWh",
                "prices": _both(
                    lambda start, _: {"time": blank(start), "price": cost(start)}
                ),
                **_two_days(
                    lambda start, _: {"time": blank(start), "price": cost(start)},
                    "prices_today",
                    "prices_tomorrow",
                ),
            },
            days=days,
            currency="EUR",
        ),
    )
    yield (
        "entsoe.get_energy_prices",
        Sample(
            answer={
                "prices": _both(
                    lambda start, _: {"timestamp": blank(start), "price": cost(start)}
                )
            },
            days=days,
        ),
    )
    yield (
        "energi_data_service raw_today",
        Sample(
            answer={
                "unit_of_measurement": "DKK/kWh",
                "currency": "DKK",
                "use_cent": False,
                "tomorrow_valid": False,
                "raw_today": items(
                    lambda start, _: {"hour": start, "price": cost(start)}
                ),
                "raw_tomorrow": None,
                "forecast": None,
            },
            currency="DKK",
        ),
    )
    yield (
        "epex_spot data",
        Sample(
            answer={
                "unit_of_measurement": "€/kWh",
                "data": _both(
                    lambda start, end: {
                        "start_time": iso(start),
                        "end_time": iso(end),
                        "price_per_kwh": cost(start),
                    },
                    QUARTER,
                ),
            },
            step=QUARTER,
            days=days,
            currency="EUR",
        ),
    )
    yield (
        "zonneplan quarter",
        Sample(
            answer={
                "forecast": _both(
                    lambda start, end: {
                        "start_date": utc_iso(start),
                        "end_date": utc_iso(end),
                        "price_tax_included": {"amount": round(cost(start) * 1e7)},
                    },
                    QUARTER,
                )
            },
            hints={"currency": "EUR", "unit": "EUR/kWh"},
            step=QUARTER,
            days=days,
            currency="EUR",
            warnings=frozenset({PriceWarning.SCALED_FROM_TEN_MILLIONTHS}),
        ),
    )
    yield (
        "zonneplan hour",
        Sample(
            answer={
                "forecast": _both(
                    lambda start, _: {
                        "datetime": utc_iso(start).replace("+00:00", ".000000Z"),
                        "electricity_price": round(cost(start) * 1e7),
                        "electricity_price_excl_tax": 1,
                        "tariff_group": "low",
                    }
                )
            },
            hints={"currency": "EUR"},
            days=days,
            currency="EUR",
            warnings=frozenset({PriceWarning.SCALED_FROM_TEN_MILLIONTHS}),
        ),
    )
    yield (
        "frank_energie prices",
        Sample(
            answer={
                "prices": _both(
                    lambda start, end: {
                        "from": start,
                        "till": end,
                        "price": cost(start),
                    }
                )
            },
            hints={"unit": "€/kWh"},
            days=days,
            currency="EUR",
        ),
    )
    yield (
        "ge_spot today_interval_prices",
        Sample(
            answer=_two_days(
                lambda start, _: {
                    "time": iso(start),
                    "value": cost(start),
                    "raw_value": cost(start) * 800,
                },
                "today_interval_prices",
                "tomorrow_interval_prices",
                QUARTER,
            ),
            step=QUARTER,
            days=days,
        ),
    )
    yield (
        "tge prices_today",
        Sample(
            answer=_two_days(
                lambda start, _: {
                    "time": start.replace(tzinfo=None).isoformat(),
                    "price": round(cost(start) * 100, 2),
                },
                "prices_today",
                "prices_tomorrow",
                zone=WARSAW,
            ),
            zone=WARSAW,
            hints={"unit": "gr/kWh"},
            days=days,
            currency="PLN",
            warnings=frozenset(
                {PriceWarning.SCALED_FROM_CENTS, PriceWarning.NAIVE_TIMES}
            ),
        ),
    )


def _others() -> Iterator[tuple[str, Sample]]:
    """Yield events, data sources and templates."""
    yield (
        "stromligning prices",
        Sample(
            answer={
                "prices": items(
                    lambda start, end: {
                        "price": cost(start),
                        "start": start,
                        "end": end,
                    }
                )
            },
            hints={"unit": "DKK/kWh"},
            currency="DKK",
        ),
    )
    yield (
        "octopus_energy rates",
        Sample(
            answer={
                "event_type": "octopus_energy_electricity_current_day_rates",
                "rates": items(
                    lambda start, end: {
                        "start": start,
                        "end": end,
                        "value_inc_vat": cost(start),
                        "is_capped": False,
                        "is_intelligent_adjusted": False,
                    },
                    step=HALF,
                    zone=LONDON,
                ),
            },
            zone=LONDON,
            hints={"currency": "GBP"},
            step=HALF,
            currency="GBP",
        ),
    )
    yield (
        "target_timeframes data source",
        Sample(
            answer=items(
                lambda start, end: {
                    "start": iso(start),
                    "end": iso(end),
                    "value": cost(start),
                    "metadata": {},
                },
                step=HALF,
                zone=LONDON,
            ),
            zone=LONDON,
            step=HALF,
        ),
    )
    for name in ("data", "forecast", "prices_today"):
        for when, what in TEMPLATES:
            cents = what == "price_ct_per_kwh"
            answer = [
                {when: iso(start), what: round(cost(start) * (100 if cents else 1), 4)}
                for start, _ in steps()
            ]
            read_as = {PriceWarning.SCALED_FROM_CENTS} if cents else set()
            yield (
                f"template {name} {when} {what}",
                Sample(answer={name: answer}, warnings=frozenset(read_as)),
            )


SAMPLES = dict((*_core(), *_sensors(), *_others()))
