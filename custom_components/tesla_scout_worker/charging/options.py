"""The user's options about charging, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
import re
from typing import Any, Final, Self

from ..const import (
    CONF_BATTERY_CAPACITY,
    CONF_CALENDAR_WORD,
    CONF_CALENDARS,
    CONF_CHARGE_METER,
    CONF_CHARGING_POWER,
    CONF_CLEANUP_DELAY,
    CONF_DAILY_CHECK,
    CONF_DEFAULT_TARGET,
    CONF_DEPARTURES,
    CONF_FEED_IN_PRICE,
    CONF_GRID_FEE_ENTITY,
    CONF_GRID_FEES,
    CONF_GRID_TARIFF,
    CONF_GRID_WINDOWS,
    CONF_GUARD,
    CONF_HORIZON,
    CONF_LEAST_BLOCK,
    CONF_MOST_WINDOWS,
    CONF_OFF_PEAK,
    CONF_OPERATOR_TARIFF,
    CONF_PEAK_HOURS,
    CONF_PRICE_AREA,
    CONF_PRICE_ENTITIES,
    CONF_PRICE_FACTOR,
    CONF_PRICE_FIXED,
    CONF_PRICE_FORMULA,
    CONF_PRICE_MARKUP,
    CONF_PRICE_SOURCE,
    CONF_PRICE_UNIT,
    CONF_PRICE_VAT,
    CONF_RATES,
    CONF_SAFETY_BUFFER,
    CONF_SCHEDULE,
    CONF_SEND_LEAD,
    CONF_SPECIAL_CHARGING,
)
from .car_record import CarRecord
from .daily.departures import parse_departures
from .daily.record import DailySettings
from .planning.battery import hours_to_charge
from .planning.model import (
    CAPACITY,
    LEAST_LIMIT,
    MOST_LIMIT,
    POWER,
    Battery,
    ChargeGoal,
    PlanConstraints,
)
from .sessions.requests import MOST_AHEAD
from .sessions.session import SessionTiming
from .tariffs.common_tariffs import DEFAULT_PEAK_HOURS, PRESETS, TariffPreset, custom
from .tariffs.curve import CostCurve
from .tariffs.fee_windows import FeeWindow, parse_fee_windows
from .tariffs.formula import PLAIN, PriceFormula
from .tariffs.tariff import PeakWindow, Tariff, parse_peaks, peak_curve

# Cheap hours come each day, and a battery is not kept full for longer than it must be:
# a plan goes a day back from its deadline, or twice the charging where that is longer.
FARTHEST_START: Final = timedelta(hours=24)


class Horizon(StrEnum):
    """How far before its deadline special charging may charge.

    BATTERY_FIRST: in the last day, or in twice the charging where that is longer.
    CHEAPEST: as far ahead as a plan can be sent.
    """

    BATTERY_FIRST = "battery_first"
    CHEAPEST = "cheapest"


# Defaults: times in minutes, energy in kWh, power in kW.
CHARGING_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_BATTERY_CAPACITY: 75.0,
    CONF_CHARGING_POWER: 11.0,
    CONF_DEFAULT_TARGET: 90,
    CONF_PEAK_HOURS: DEFAULT_PEAK_HOURS,
    CONF_SAFETY_BUFFER: 60,
    CONF_SEND_LEAD: 120,
    CONF_CLEANUP_DELAY: 30,
    CONF_LEAST_BLOCK: 15,
    CONF_MOST_WINDOWS: 3,
    CONF_DAILY_CHECK: "23:00:00",
    CONF_HORIZON: Horizon.BATTERY_FIRST.value,
    CONF_CALENDARS: [],
    CONF_CALENDAR_WORD: "",
}


# The bounds of the numbers, in the same units. The form holds a person to them; a number
# outside of them, written into the store by hand, is the default.
CHARGING_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    CONF_BATTERY_CAPACITY: CAPACITY,
    CONF_CHARGING_POWER: POWER,
    CONF_DEFAULT_TARGET: (LEAST_LIMIT, MOST_LIMIT),
    CONF_SAFETY_BUFFER: (0, 240),
    CONF_SEND_LEAD: (10, 720),
    CONF_CLEANUP_DELAY: (5, 240),
    CONF_LEAST_BLOCK: (1, 120),
    CONF_MOST_WINDOWS: (1, 5),
}


def _bounded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for special charging, with defaults for what cannot be."""
    chosen = {**CHARGING_DEFAULTS, **options.get(CONF_SPECIAL_CHARGING, {})}
    for key, (least, most) in CHARGING_BOUNDS.items():
        number = chosen[key]
        if not isinstance(number, int | float) or not least <= number <= most:
            chosen[key] = CHARGING_DEFAULTS[key]
    return chosen


def _horizon(name: object) -> Horizon:
    """Return a horizon, or the default for what is none."""
    known = {horizon.value: horizon for horizon in Horizon}
    return known.get(str(name), Horizon.BATTERY_FIRST)


def _clock(chosen: Mapping[str, Any], key: str) -> time:
    """Return a time of day, or its default for what is none."""
    try:
        clock = time.fromisoformat(chosen[key])
    except TypeError, ValueError:
        clock = time.fromisoformat(CHARGING_DEFAULTS[key])
    return clock.replace(tzinfo=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingOptions:
    """The user's options for charging.

    Attributes:
        battery: Capacity and charging power.
        limits: Limits of a plan.
        timing: Times before and after a plan.
        peaks: Hours to avoid, in Home Assistant's local time.
        horizon: How far before its deadline special charging may charge.
        daily_check: When the requests of the next day are planned, in local time.
        default_target: Target in percent for an event that has none.
        calendars: Calendar entities whose events may be requests.
        calendar_word: Keyword that makes an event a request.
        meter: The energy meter of the wallbox; None: there is none.
    """

    battery: Battery
    limits: PlanConstraints
    timing: SessionTiming
    peaks: tuple[PeakWindow, ...]
    horizon: Horizon
    daily_check: time
    default_target: int
    calendars: tuple[str, ...]
    calendar_word: str
    meter: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of an entry, which the options flow has validated."""
        chosen = _bounded(options)
        buffer = timedelta(minutes=chosen[CONF_SAFETY_BUFFER])
        return cls(
            battery=Battery(
                capacity=chosen[CONF_BATTERY_CAPACITY],
                power=chosen[CONF_CHARGING_POWER],
            ),
            limits=PlanConstraints(
                buffer=buffer,
                least_buffer=min(PlanConstraints().least_buffer, buffer),
                least_block=timedelta(minutes=chosen[CONF_LEAST_BLOCK]),
                most_windows=int(chosen[CONF_MOST_WINDOWS]),
            ),
            timing=SessionTiming(
                send_lead=timedelta(minutes=chosen[CONF_SEND_LEAD]),
                cleanup_delay=timedelta(minutes=chosen[CONF_CLEANUP_DELAY]),
            ),
            peaks=parse_peaks(chosen[CONF_PEAK_HOURS]),
            horizon=_horizon(chosen[CONF_HORIZON]),
            daily_check=_clock(chosen, CONF_DAILY_CHECK),
            default_target=int(chosen[CONF_DEFAULT_TARGET]),
            calendars=tuple(chosen[CONF_CALENDARS]),
            calendar_word=chosen[CONF_CALENDAR_WORD],
            meter=options.get(CONF_CHARGE_METER),
        )

    @property
    def look_ahead(self) -> timedelta:
        """How far ahead calendars are read.

        From one daily check to the next, and as long as a full charge may take, with
        the times before and after it (docs/lessons.md).
        """
        full = timedelta(hours=min(hours_to_charge(self.battery, 0, 100), 1000))
        needed = full + self.limits.buffer + self.timing.send_lead
        return min(timedelta(days=1) + needed, MOST_AHEAD)

    def of_car(self, settings: DailySettings, measured: float | None) -> Self:
        """Return the options with the battery of a car.

        ``measured`` is its charging power at home in kW, if it was measured.
        """
        return replace(self, battery=settings.battery(self.battery, measured))

    def of_record(self, record: CarRecord) -> Self:
        """Return the options with the battery of the car of a record."""
        return self.of_car(record.settings, record.power)

    def peak_curve(self, start: datetime, end: datetime, zone: tzinfo) -> CostCurve:
        """Return the hours to avoid between two instants."""
        return peak_curve(self.peaks, start, end, zone)

    def goal(
        self, level: float, target: int, ready_by: datetime, now: datetime
    ) -> ChargeGoal:
        """Return the charge goal; level and target in percent, times in UTC."""
        needed = timedelta(hours=hours_to_charge(self.battery, level, target))
        ahead = max(FARTHEST_START, 2 * needed)
        if self.horizon is Horizon.CHEAPEST:
            # What is sent is sent some time before it starts.
            ahead = max(ahead, MOST_AHEAD - self.timing.send_lead)
        earliest = max(now, ready_by - ahead)
        return ChargeGoal(
            level=level,
            target=target,
            ready_by=ready_by,
            battery=self.battery,
            limits=self.limits.from_earliest(earliest),
        )


class PriceSource(StrEnum):
    """Sources of energy prices, besides the tariffs of TariffPreset."""

    CUSTOM = "custom"
    G11 = "g11"
    G12 = "g12"
    G12W = "g12w"
    G13 = "g13"
    NIGHT = "night"
    FIXED = "fixed"
    SCHEDULE = "schedule"
    NORDPOOL = "nordpool"
    TIBBER = "tibber"
    ENERGYZERO = "energyzero"
    EASYENERGY = "easyenergy"
    AMBERELECTRIC = "amberelectric"
    OMIE = "omie"
    GREEN_PLANET_ENERGY = "green_planet_energy"
    ENTITIES = "entities"


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceOptions:
    """The user's options for the price of a kWh, besides its source.

    Attributes:
        formula: Markup, VAT and fixed fees.
        unit: The unit of the source's prices; None: as the source says.
        grid_tariff: The key of a grid operator's tariff; None: none.
        grid_fees: The grid fee per kWh with VAT in each zone, off-peak first; empty: as
            the tariff says.
        grid_fee_entity: A schedule helper or an entity with grid fees or zones.
        grid_windows: Weekly windows with a grid fee each; the first of ``grid_fees`` is
            that of all other hours.
        feed_in: What is paid for a kWh that is fed into the grid; None: it was not named.
    """

    formula: PriceFormula = PLAIN
    unit: str | None = None
    grid_tariff: str | None = None
    grid_fees: tuple[float, ...] = ()
    grid_fee_entity: str | None = None
    grid_windows: tuple[FeeWindow, ...] = ()
    feed_in: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of an entry, which the options flow has validated.

        Raises:
            ValueError: A grid fee is not a number, or a window of fees is none.
        """
        chosen = options.get(CONF_PRICE_FORMULA, {})
        return cls(
            formula=PriceFormula(
                factor=float(chosen.get(CONF_PRICE_FACTOR, 1.0)),
                markup=float(chosen.get(CONF_PRICE_MARKUP, 0.0)),
                vat=float(chosen.get(CONF_PRICE_VAT, 0.0)) / 100,
                fixed=float(chosen.get(CONF_PRICE_FIXED, 0.0)),
            ),
            unit=chosen.get(CONF_PRICE_UNIT, "").strip() or None,
            grid_tariff=chosen.get(CONF_GRID_TARIFF),
            grid_fees=parse_rates(chosen.get(CONF_GRID_FEES, ""), None),
            grid_fee_entity=chosen.get(CONF_GRID_FEE_ENTITY),
            grid_windows=parse_fee_windows(chosen.get(CONF_GRID_WINDOWS, "")),
            feed_in=chosen.get(CONF_FEED_IN_PRICE),
        )

    @property
    def has_grid_fee(self) -> bool:
        """Whether there is a grid fee."""
        named = self.grid_tariff is not None or self.grid_fee_entity is not None
        return named or bool(self.grid_windows)

    @property
    def changes_prices(self) -> bool:
        """Whether the price of a kWh differs from that of the source."""
        return self.has_grid_fee or self.formula != PLAIN


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
    """The user's options for off-peak charging.

    Attributes:
        source: The source of prices.
        tariff: A fixed tariff with its usual hours; None: prices, or a schedule helper.
        operator_tariff: The key of a grid operator's tariff whose hours these are.
        rates: Price of a kWh in each zone, off-peak first; empty: unknown.
        schedule: A schedule helper whose blocks are cheap.
        entities: Entities with prices.
        area: The price series to use, if a source has several.
        exceptions: Departures of some weekdays.
        guard: Whether a guard stops a car from charging before prices are known.
        price: How a price of the source becomes the price of a kWh.
    """

    source: PriceSource
    tariff: Tariff | None
    operator_tariff: str | None
    rates: tuple[float, ...]
    schedule: str | None
    entities: tuple[str, ...]
    area: str | None
    exceptions: Mapping[int, time | None]
    guard: bool
    price: PriceOptions

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of an entry, which the options flow has validated."""
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
            operator_tariff=chosen.get(CONF_OPERATOR_TARIFF),
            rates=parse_rates(chosen[CONF_RATES], tariff),
            schedule=chosen.get(CONF_SCHEDULE),
            entities=tuple(chosen[CONF_PRICE_ENTITIES]),
            area=chosen[CONF_PRICE_AREA].strip() or None,
            exceptions=parse_departures(chosen[CONF_DEPARTURES]),
            guard=chosen[CONF_GUARD],
            price=PriceOptions.of(options),
        )

    @property
    def hours_of(self) -> str | None:
        """The key of the grid operator's tariff whose hours count, if it fits.

        It is the one of the grid fees where no other was chosen: a house has one.
        """
        if self.tariff is None or self.source is PriceSource.CUSTOM:
            return None
        return self.operator_tariff or self.price.grid_tariff


def parse_rates(text: str, tariff: Tariff | None) -> tuple[float, ...]:
    """Return the price of a kWh in each zone of a tariff, off-peak first.

    A comma is a decimal comma: rates are separated by blanks or semicolons.

    Raises:
        ValueError: A rate is not a number, or there is not one for each zone.
    """
    words = re.split(r"[;\s]+", text.strip().replace(",", ".")) if text.strip() else []
    rates = tuple(float(word.strip(".")) for word in words)
    if rates and tariff is not None and len(rates) != len(tariff.zones) + 1:
        raise ValueError(f"This tariff has {len(tariff.zones) + 1} rates")
    return rates
