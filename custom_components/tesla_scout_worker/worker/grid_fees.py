"""The grid fee over time: by a tariff, a schedule helper or an entity."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..charging.options import PriceOptions
from ..charging.tariffs.curve import CostCurve, CostInterval
from ..charging.tariffs.fee_windows import fee_windows_tariff
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.outlook import with_guesses
from ..charging.tariffs.price_parser import PriceHints, parse_prices
from ..charging.tariffs.price_units import PriceError
from ..charging.tariffs.schedule_helper import schedule_curve
from ..charging.tariffs.tariff import Rates, merged, tariff_curve
from ..const import LOGGER
from .energy_source import AHEAD, KEPT
from .holidays import public_holidays
from .price_actions import NoAnswerError, async_answer
from .tariff_files import async_grid_tariffs


class GridFees:
    """The grid fee per kWh with VAT, over time."""

    def __init__(self, hass: HomeAssistant, options: PriceOptions) -> None:
        """Bind the options."""
        self._hass = hass
        self._options = options
        self.tariff: GridTariff | None = None
        self._holidays: Callable[[date], bool] | None = None
        self._blocks: Any = None
        self._listed = CostCurve()
        self._logged = False

    async def async_learn(self) -> bool:
        """Refresh; return whether anything changed."""
        before = (self.tariff, self._blocks, self._listed)
        if self._options.grid_tariff is not None and self.tariff is None:
            await self._async_load()
        if self._options.grid_windows and self._holidays is None:
            await self._async_load_holidays(self._hass.config.country)
        entity_id = self._options.grid_fee_entity
        if entity_id is None:
            pass
        elif entity_id.startswith("schedule."):
            await self._async_read_schedule(entity_id)
        else:
            await self._async_read_entity(entity_id)
        return before != (self.tariff, self._blocks, self._listed)

    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the grid fee between two instants; what is missing is unknown."""
        zone = dt_util.get_default_time_zone()
        fees = self.zone_fees
        if self._options.grid_windows:
            return self._by_windows(start, end, fees)
        if self.tariff is not None and not self.tariff.zones_by_entity:
            if len(fees) != len(self.tariff.tariff.zones) + 1:
                return CostCurve()
            return tariff_curve(
                self.tariff.tariff,
                start,
                end,
                self.tariff.zone or zone,
                holidays=self._holidays,
                rates=Rates(currency=self.tariff.currency, prices=fees),
            )
        if self._blocks is not None:
            curve = schedule_curve(self._blocks, start, end, zone, currency="XXX")
            return _with_fees(curve, fees)
        return _by_number(self._listed.between(start, end), fees)

    def _by_windows(
        self, start: datetime, end: datetime, fees: tuple[float, ...]
    ) -> CostCurve:
        """Return the fees of the user's weekly windows, and of all other hours."""
        windows, currency = self._options.grid_windows, self._hass.config.currency
        prices = (*fees[:1], *(each.fee for each in windows))
        if not fees:
            return CostCurve()
        return tariff_curve(
            fee_windows_tariff(windows),
            start,
            end,
            dt_util.get_default_time_zone(),
            holidays=self._holidays,
            rates=Rates(currency=currency, prices=prices),
        )

    def expected(self, start: datetime, end: datetime) -> CostCurve:
        """Return the grid fee, and where an entity does not know it yet an estimate.

        It is that of the same hour one to three days before.
        """
        if self._options.grid_fee_entity is None or self._blocks is not None:
            return self.curve(start, end)
        known = self.curve(dt_util.utcnow() - KEPT, end)
        return with_guesses(known, CostCurve(), end).between(start, end)

    @property
    def is_awaited(self) -> bool:
        """Whether the file of the tariff was not read yet, or is missing."""
        return self._options.grid_tariff is not None and self.tariff is None

    @property
    def has_own_fees(self) -> bool:
        """Whether the user entered the fees of the zones."""
        return bool(self._options.grid_fees)

    @property
    def zone_fees(self) -> tuple[float, ...]:
        """The fees of the user, else those of the tariff."""
        if self._options.grid_fees or self.tariff is None:
            return self._options.grid_fees
        return self.tariff.fees

    async def _async_load(self) -> None:
        """Read the tariff's file, and the holidays of its country."""
        tariffs = await async_grid_tariffs(self._hass)
        self.tariff = tariffs.get(self._options.grid_tariff or "")
        if self.tariff is None:
            self._log_once("the file of the grid tariff is missing")
        elif self.tariff.tariff.holidays_off:
            await self._async_load_holidays(self.tariff.country)

    async def _async_load_holidays(self, country: str | None) -> None:
        """Load the holidays of a country, if they are known."""
        if country is None:
            return
        try:
            self._holidays = await self._hass.async_add_import_executor_job(
                public_holidays, country
            )
        except NotImplementedError:
            self._holidays = None

    async def _async_read_schedule(self, entity_id: str) -> None:
        """Read the blocks of a schedule helper."""
        try:
            answer = await async_answer(
                self._hass, "schedule", "get_schedule", {"entity_id": entity_id}
            )
            blocks = answer.get(entity_id)
            now = dt_util.utcnow()
            schedule_curve(blocks, now, now, dt_util.UTC)
        except (NoAnswerError, PriceError) as err:
            self._log_once(str(err))
            self._blocks = None
        else:
            self._logged = False
            self._blocks = blocks

    async def _async_read_entity(self, entity_id: str) -> None:
        """Read the list of an entity; without one the last list stays."""
        if (state := self._hass.states.get(entity_id)) is None:
            self._log_once("the entity is missing")
            return
        hints = PriceHints(
            zone=dt_util.get_default_time_zone(),
            day=dt_util.as_local(state.last_updated).date(),
        )
        try:
            # A number of a zone has no unit; a fee has that of the entity.
            attributes = state.attributes if not self.zone_fees else _unitless(state)
            read = await self._hass.async_add_executor_job(
                parse_prices, dict(attributes), hints
            )
        except PriceError as err:
            self._log_once(str(err))
            return
        if not read.curve.intervals:
            self._log_once("the entity has no list of fees or zones")
            return
        self._logged = False
        now = dt_util.utcnow()
        listed = read.curve.over(self._listed).between(now - KEPT, now + AHEAD)
        self._listed = replace(listed, intervals=merged(listed.intervals))

    def _log_once(self, reason: str) -> None:
        """Log a problem once, until it is over."""
        if not self._logged:
            self._logged = True
            LOGGER.warning("The grid fee is unknown: %s", reason)


def _unitless(state: State) -> dict[str, Any]:
    """Return the attributes of an entity without a unit."""
    return {
        name: value
        for name, value in state.attributes.items()
        if name not in {"unit", "unit_of_measurement"}
    }


def _with_fees(curve: CostCurve, fees: tuple[float, ...]) -> CostCurve:
    """Return the fees of a schedule, completed by those of the user.

    With fees in its blocks, the user's first fee is that between the blocks. Without,
    the user's fees are that of the blocks and that between them.
    """
    if curve.currency is not None:
        outside = fees[0] if fees else None
        costs = [
            outside if item.cost is None else item.cost for item in curve.intervals
        ]
    else:
        costs = [_numbered(item.cost, fees) for item in curve.intervals]
    return CostCurve(intervals=_costing(curve, costs))


def _by_number(curve: CostCurve, fees: tuple[float, ...]) -> CostCurve:
    """Return the fees of an entity; with fees by zone, its numbers are zones."""
    if not fees:
        return CostCurve(intervals=curve.intervals)
    costs = [_numbered(item.cost, fees) for item in curve.intervals]
    return CostCurve(intervals=_costing(curve, costs))


def _numbered(number: float | None, fees: tuple[float, ...]) -> float | None:
    """Return the fee of a zone by its number, from 0; None: unknown."""
    if number is None or not float(number).is_integer():
        return None
    return fees[int(number)] if 0 <= number < len(fees) else None


def _costing(curve: CostCurve, costs: list[float | None]) -> tuple[CostInterval, ...]:
    """Return the intervals of a curve with other costs."""
    return tuple(
        replace(item, cost=cost, peak=False)
        for item, cost in zip(curve.intervals, costs, strict=True)
    )
