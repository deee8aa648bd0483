"""The user's options about ordinary charging, as the pure rooms want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
import re
from typing import Any, Final, Self

from .charging.departures import parse_departures
from .charging.tariff import Tariff
from .charging.tariff_presets import PRESETS, TariffPreset, custom
from .charging_options import ChargingOptions
from .const import (
    CONF_DEPARTURES,
    CONF_GUARD,
    CONF_OFF_PEAK,
    CONF_PRICE_AREA,
    CONF_PRICE_ENTITIES,
    CONF_PRICE_SOURCE,
    CONF_RATES,
    CONF_SCHEDULE,
)


class PriceSource(StrEnum):
    """Where the Worker learns what energy costs; the tariffs are TariffPreset's."""

    CUSTOM = "custom"
    G11 = "g11"
    G12 = "g12"
    G12W = "g12w"
    G13 = "g13"
    NIGHT = "night"
    SCHEDULE = "schedule"
    NORDPOOL = "nordpool"
    TIBBER = "tibber"
    ENERGYZERO = "energyzero"
    EASYENERGY = "easyenergy"
    AMBERELECTRIC = "amberelectric"
    OMIE = "omie"
    GREEN_PLANET_ENERGY = "green_planet_energy"
    ENTITIES = "entities"


OFF_PEAK_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_PRICE_SOURCE: PriceSource.CUSTOM.value,
    CONF_RATES: "",
    CONF_PRICE_ENTITIES: [],
    CONF_PRICE_AREA: "",
    CONF_DEPARTURES: "",
    CONF_GUARD: True,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OffPeakOptions:
    """What the user set up for ordinary charging.

    Attributes:
        source: Where prices come from.
        tariff: A fixed one; None: prices, or a schedule helper.
        rates: What a kWh costs in its zones, off-peak first; empty: not told.
        schedule: A schedule helper whose blocks are cheap.
        entities: Those that tell prices.
        area: The series that is meant, where a source has several.
        exceptions: Departures of some weekdays.
        guard: Whether a schedule keeps a car waiting that has no plan by prices yet.
    """

    source: PriceSource
    tariff: Tariff | None
    rates: tuple[float, ...]
    schedule: str | None
    entities: tuple[str, ...]
    area: str | None
    exceptions: Mapping[int, time | None]
    guard: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of an entry, which the options flow has checked."""
        chosen = {**OFF_PEAK_DEFAULTS, **options.get(CONF_OFF_PEAK, {})}
        source = PriceSource(chosen[CONF_PRICE_SOURCE])
        tariff = None
        if source.value in {preset.value for preset in TariffPreset}:
            tariff = PRESETS[TariffPreset(source.value)]
            if source is PriceSource.CUSTOM:
                tariff = custom(ChargingOptions.of(options).peaks)
        return cls(
            source=source,
            tariff=tariff,
            rates=parse_rates(chosen[CONF_RATES], tariff),
            schedule=chosen.get(CONF_SCHEDULE),
            entities=tuple(chosen[CONF_PRICE_ENTITIES]),
            area=chosen[CONF_PRICE_AREA].strip() or None,
            exceptions=parse_departures(chosen[CONF_DEPARTURES]),
            guard=chosen[CONF_GUARD],
        )


def parse_rates(text: str, tariff: Tariff | None) -> tuple[float, ...]:
    """Return what a kWh costs in the zones of a tariff, off-peak first.

    A comma is a decimal one: rates are parted by blanks or semicolons.

    Raises:
        ValueError: one is no number, or there is not one for each zone.
    """
    words = re.split(r"[;\s]+", text.strip().replace(",", ".")) if text.strip() else []
    rates = tuple(float(word.strip(".")) for word in words)
    if rates and tariff is not None and len(rates) != len(tariff.zones) + 1:
        raise ValueError(f"This tariff has {len(tariff.zones) + 1} rates")
    return rates
