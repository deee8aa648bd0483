"""The tariff of a grid operator, as a data file describes it.

A file holds one JSON object, such as ``presets/pl_tauron_g13.json``:

- ``country`` (ISO 3166-1), ``operator``, ``group``, ``currency`` (ISO 4217);
- ``zones``: a list of ``key``, ``fee`` per kWh (or null), and ``hours`` as ``parse_peaks``
  reads them. The first zone has no hours: it is all other times;
- ``surcharge``: fees of every zone per kWh, such as the Polish quality fee;
- ``vat``: VAT in percent that the fees do not contain yet;
- ``holidays``: whether a public holiday counts as a Sunday;
- ``utc_offset``: hours, if the zones do not follow summer time;
- ``zones_by_entity``: the zone of each hour is a number that an entity gives, from 0;
- ``valid_from``, ``valid_to``: dates, both included;
- ``source``: where the data is from. ``community``: nobody checked it with the operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone, tzinfo
from math import isfinite

from .tariff import Tariff, TariffZone, parse_peaks


class GridTariffError(ValueError):
    """A data file cannot be read; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GridTariff:
    """Zones and fees of a grid operator's tariff.

    Attributes:
        key: The name of its file without the ending.
        country: ISO 3166-1 alpha-2 code.
        operator: The grid operator.
        group: The group of the tariff.
        currency: ISO 4217 code of the fees.
        tariff: The zones with their hours.
        hours: The key and the hours of each zone as in the file.
        fees: The fee per kWh with VAT, off-peak first; empty: unknown.
        zone: The time zone of the hours; None: local time.
        zones_by_entity: The zone of each hour is a number that an entity gives.
        valid_from: The first day.
        valid_to: The last day; None: unknown.
        source: Where the data is from.
        community: Nobody checked the data with the operator.
    """

    key: str
    country: str
    operator: str
    group: str
    currency: str
    tariff: Tariff
    hours: tuple[tuple[str, str], ...]
    fees: tuple[float, ...]
    zone: tzinfo | None
    zones_by_entity: bool
    valid_from: date | None
    valid_to: date | None
    source: str
    community: bool

    @property
    def name(self) -> str:
        """The name for people: country, operator and group."""
        return f"{self.country} · {self.operator} · {self.group}"


def read_grid_tariff(key: str, data: object) -> GridTariff:
    """Return the tariff that a data file describes.

    Args:
        key: The name of the file without the ending.
        data: The decoded JSON.

    Raises:
        GridTariffError: A field is missing or invalid; the message names it.
    """
    if not isinstance(data, Mapping):
        raise GridTariffError("The file must hold one JSON object")
    zones = _zones(data.get("zones"))
    return GridTariff(
        key=key,
        country=_text(data, "country"),
        operator=_text(data, "operator"),
        group=_text(data, "group"),
        currency=_text(data, "currency"),
        tariff=Tariff(
            zones=tuple(map(_zone, zones[1:])),
            holidays_off=data.get("holidays") is True,
        ),
        hours=tuple(
            (str(item.get("key")), str(item.get("hours") or "")) for item in zones
        ),
        fees=_fees(data, zones),
        zone=_offset(data.get("utc_offset")),
        zones_by_entity=data.get("zones_by_entity") is True,
        valid_from=_day(data, "valid_from"),
        valid_to=_day(data, "valid_to"),
        source=_text(data, "source"),
        community=data.get("community") is True,
    )


def _zones(value: object) -> list[Mapping[object, object]]:
    """Return the zones as they are in the file."""
    if not isinstance(value, list) or not value:
        raise GridTariffError("'zones' must be a list with at least one zone")
    zones = [item for item in value if isinstance(item, Mapping)]
    if len(zones) < len(value):
        raise GridTariffError("A zone must be an object with 'key' and 'fee'")
    return zones


def _zone(zone: Mapping[object, object]) -> TariffZone:
    """Return a zone with its hours; a zone by an entity has none."""
    try:
        windows = parse_peaks(str(zone.get("hours") or ""))
    except ValueError as err:
        raise GridTariffError(str(err)) from err
    return TariffZone(key=_text(zone, "key"), windows=windows, peak=False)


def _fees(
    data: Mapping[object, object], zones: Sequence[Mapping[object, object]]
) -> tuple[float, ...]:
    """Return the fees with VAT; empty if a zone has none."""
    fees = [zone.get("fee") for zone in zones]
    if None in fees:
        return ()
    surcharge = _number(data.get("surcharge", 0.0), "surcharge")
    vat = _number(data.get("vat", 0.0), "vat")
    return tuple((_number(fee, "fee") + surcharge) * (1 + vat / 100) for fee in fees)


def _text(data: Mapping[object, object], name: str) -> str:
    """Return a text that must be there."""
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise GridTariffError(f"'{name}' must be a text")
    return value.strip()


def _number(value: object, name: str) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise GridTariffError(f"'{name}' must be a number")
    if not isfinite(value):
        raise GridTariffError(f"'{name}' must be a finite number")
    return float(value)


def _day(data: Mapping[object, object], name: str) -> date | None:
    """Return a date; None if it is not there."""
    value = data.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as err:
        raise GridTariffError(f"'{name}' must be a date such as 2026-01-01") from err


def _offset(value: object) -> tzinfo | None:
    """Return a fixed time zone; None: local time."""
    if value is None:
        return None
    hours = _number(value, "utc_offset")
    if not -14 <= hours <= 14:
        raise GridTariffError("'utc_offset' must be hours from -14 to 14")
    return timezone(timedelta(hours=hours))
