"""Sensors of ordinary charging: how the plan stands, and what it comes to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .charging.ordinary import MonthSavings, OffPeakRecord
from .charging.plan import Window
from .charging.reconcile import Kind
from .coordinator import ScoutCoordinator
from .entity import CarEntity
from .off_peak import OffPeakKeeper
from .off_peak_desk import PlanStatus, Standing


@dataclass(frozen=True, kw_only=True)
class OffPeakSensorDescription(SensorEntityDescription):
    """A sensor and how it is read from a car's record, and from how it stands.

    The unit of money is the currency of what is shown, or else that of Home Assistant.
    """

    value_fn: Callable[[OffPeakRecord, Standing], StateType | datetime]
    currency_fn: Callable[[OffPeakRecord, Standing], str | None] = (
        lambda record, _standing: record.savings.currency
    )


def _next(standing: Standing) -> Window | None:
    """Return the window that is on, or comes next, also after the next departure."""
    if standing.wish is None or standing.facts is None:
        return None
    now, zone = dt_util.utcnow(), standing.facts.car_zone
    runs = (
        one.current_run(now, zone)
        for one in standing.wish.own
        if one.kind is not Kind.GUARD
    )
    return min(
        (one for one in runs if one is not None),
        key=lambda one: one.start,
        default=None,
    )


def _start(_record: OffPeakRecord, standing: Standing) -> datetime | None:
    """Return when charging begins next."""
    window = _next(standing)
    return None if window is None else window.start


def _end(_record: OffPeakRecord, standing: Standing) -> datetime | None:
    """Return when it ends."""
    window = _next(standing)
    return None if window is None else window.end


def _savings(
    read: Callable[[MonthSavings], float],
) -> Callable[[OffPeakRecord, Standing], float | None]:
    """Read the sums of the present month; none before anything was charged."""

    def value(record: OffPeakRecord, _standing: Standing) -> float | None:
        month = f"{dt_util.now():%Y-%m}"
        savings = record.savings
        return round(read(savings), 2) if savings.month == month else None

    return value


OFF_PEAK_SENSORS: Final = (
    OffPeakSensorDescription(
        key="off_peak_plan",
        translation_key="off_peak_plan",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PlanStatus],
        value_fn=lambda _record, standing: standing.status,
    ),
    OffPeakSensorDescription(
        key="next_charge_start",
        translation_key="next_charge_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_start,
    ),
    OffPeakSensorDescription(
        key="next_charge_end",
        translation_key="next_charge_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_end,
    ),
    OffPeakSensorDescription(
        key="planned_energy",
        translation_key="planned_energy",
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=lambda _record, standing: standing.energy,
    ),
    OffPeakSensorDescription(
        key="planned_cost",
        translation_key="planned_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=lambda _record, standing: standing.cost,
        currency_fn=lambda _record, standing: standing.currency,
    ),
    OffPeakSensorDescription(
        key="commands_saved",
        translation_key="commands_saved",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda record, _standing: record.saved,
    ),
    OffPeakSensorDescription(
        key="charging_cost",
        translation_key="charging_cost",
        device_class=SensorDeviceClass.MONETARY,
        value_fn=_savings(lambda month: month.cost),
    ),
    OffPeakSensorDescription(
        key="charging_cost_on_arrival",
        translation_key="charging_cost_on_arrival",
        device_class=SensorDeviceClass.MONETARY,
        value_fn=_savings(lambda month: month.on_arrival),
    ),
    OffPeakSensorDescription(
        key="savings",
        translation_key="savings",
        device_class=SensorDeviceClass.MONETARY,
        value_fn=_savings(lambda month: month.on_arrival - month.cost),
    ),
)


class OffPeakSensor(CarEntity, SensorEntity):
    """A sensor of a car's ordinary charging."""

    entity_description: OffPeakSensorDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: OffPeakSensorDescription,
        keeper: OffPeakKeeper,
    ) -> None:
        """Bind the sensor to the keeper of the schedules."""
        super().__init__(coordinator, vin, description)
        self._desk = keeper.desk

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit; of money the currency."""
        if self.entity_description.device_class is SensorDeviceClass.MONETARY:
            currency = self.entity_description.currency_fn(
                self._desk.record(self.vin), self._desk.standing(self.vin)
            )
            return currency or self.hass.config.currency
        return self.entity_description.native_unit_of_measurement

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what the record says, and how it stands."""
        return self.entity_description.value_fn(
            self._desk.record(self.vin), self._desk.standing(self.vin)
        )
