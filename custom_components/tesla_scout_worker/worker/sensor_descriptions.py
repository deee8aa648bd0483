"""Sensor descriptions of special and off-peak charging."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfRatio
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.charges.pricing import MonthSavings
from ..charging.daily.sync_result import Planned, PlanStatus, SyncResult
from ..charging.in_car.difference import ScheduleRole
from ..charging.planning.model import Window
from ..charging.sessions.session import Session
from ..charging.sessions.status import SpecialStatus


@dataclass(frozen=True, kw_only=True)
class SessionSensorDescription(SensorEntityDescription):
    """A sensor with its value, read from the running or next session."""

    entity_registry_enabled_default: bool = False
    value_fn: Callable[[Session], StateType | datetime]


SPECIAL_STATUS: Final = SensorEntityDescription(
    key="special_charging",
    translation_key="special_charging",
    device_class=SensorDeviceClass.ENUM,
    options=[status.value for status in SpecialStatus],
)


def session_attributes(session: Session) -> dict[str, StateType]:
    """Return what a session promises, and what it costs."""
    plan = session.plan
    return {
        "target": session.target,
        "ready_by": session.ready_by.isoformat(),
        "start": None if session.start is None else session.start.isoformat(),
        "end": None if session.end is None else session.end.isoformat(),
        "expected_level": round(session.expected_level),
        # Without a currency it is a rank of hours.
        "cost": None if not plan.currency or plan.cost is None else round(plan.cost, 2),
        "currency": plan.currency,
    }


@dataclass(frozen=True, kw_only=True)
class OffPeakSensorDescription(SensorEntityDescription):
    """A sensor with its value, read from a car's record and sync result.

    Its unit of money is the currency of the value, or else that of Home Assistant.
    ``last_reset_fn`` returns when a sum began (UTC).
    """

    value_fn: Callable[[CarRecord, SyncResult], StateType | datetime]
    currency_fn: Callable[[CarRecord, SyncResult], str | None] = (
        lambda record, _sync_result: record.savings.currency
    )
    last_reset_fn: Callable[[CarRecord], datetime | None] | None = None


def _next(sync_result: SyncResult) -> Window | None:
    """Return the present or next window, even after the next departure."""
    if not isinstance(sync_result, Planned):
        return None
    now, zone = dt_util.utcnow(), sync_result.facts.car_zone
    runs = (
        schedule.current_run(now, zone)
        for schedule in sync_result.state.schedules
        if schedule.kind is not ScheduleRole.GUARD
    )
    return min(
        (run for run in runs if run is not None),
        key=lambda run: run.start,
        default=None,
    )


def _start(record: CarRecord, sync_result: SyncResult) -> datetime | None:
    """Return when charging starts next; unknown in shadow mode, which is no plan."""
    window = None if record.settings.shadow else _next(sync_result)
    return None if window is None else window.start


def _end(record: CarRecord, sync_result: SyncResult) -> datetime | None:
    """Return when it ends."""
    window = None if record.settings.shadow else _next(sync_result)
    return None if window is None else window.end


def _of_plan[ValueT](
    read: Callable[[SyncResult], ValueT | None],
) -> Callable[[CarRecord, SyncResult], ValueT | None]:
    """Return a function that reads a plan; None in shadow mode, which is no plan."""
    return lambda record, sync_result: (
        None if record.settings.shadow else read(sync_result)
    )


def _energy_charged(record: CarRecord, _sync_result: SyncResult) -> float | None:
    """Return all energy charged at home, in kWh."""
    energy = record.charges.energy
    return None if energy is None else round(energy, 2)


def _month_began(record: CarRecord) -> datetime | None:
    """Return when the sums of the month began; None: nothing has a price yet."""
    savings = record.savings
    if savings.currency is None:
        return None
    if savings.since is not None:
        return savings.since
    # Stored by a version that did not know.
    first = dt_util.start_of_local_day(date.fromisoformat(f"{savings.month}-01"))
    return dt_util.as_utc(first)


def _savings(
    read: Callable[[MonthSavings], float],
) -> Callable[[CarRecord, SyncResult], float | None]:
    """Return a function that reads the sums of the month; None: they are unknown.

    They are so where no price is known of anything that was charged.
    """

    def value(record: CarRecord, _sync_result: SyncResult) -> float | None:
        month, savings = f"{dt_util.now():%Y-%m}", record.savings
        if savings.month != month or savings.currency is None:
            return None
        if not savings.energy and any(
            charge.known_cost is None
            and f"{dt_util.as_local(charge.end):%Y-%m}" == month
            for charge in record.charges.charges[-1:]
        ):
            return None
        return round(read(savings), 2)

    return value


OFF_PEAK_SENSORS: Final = (
    OffPeakSensorDescription(
        key="off_peak_plan",
        translation_key="off_peak_plan",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PlanStatus],
        value_fn=lambda _record, sync_result: sync_result.status,
    ),
    OffPeakSensorDescription(
        key="next_charge_start",
        translation_key="next_charge_start",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_start,
    ),
    OffPeakSensorDescription(
        key="next_charge_end",
        translation_key="next_charge_end",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_end,
    ),
    OffPeakSensorDescription(
        key="planned_energy",
        translation_key="planned_energy",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_of_plan(lambda sync_result: sync_result.energy),
    ),
    OffPeakSensorDescription(
        key="planned_cost",
        translation_key="planned_cost",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=_of_plan(lambda sync_result: sync_result.cost),
        currency_fn=lambda _record, sync_result: sync_result.currency,
    ),
    OffPeakSensorDescription(
        key="commands_saved",
        translation_key="commands_saved",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda record, _sync_result: record.sync.saved,
    ),
    OffPeakSensorDescription(
        key="energy_charged",
        translation_key="energy_charged",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value_fn=_energy_charged,
    ),
    OffPeakSensorDescription(
        key="charging_cost",
        translation_key="charging_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        last_reset_fn=_month_began,
        value_fn=_savings(lambda month: month.cost),
    ),
    OffPeakSensorDescription(
        key="charging_cost_on_arrival",
        translation_key="charging_cost_on_arrival",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        last_reset_fn=_month_began,
        value_fn=_savings(lambda month: month.on_arrival),
    ),
    OffPeakSensorDescription(
        key="savings",
        translation_key="savings",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        last_reset_fn=_month_began,
        value_fn=_savings(lambda month: month.on_arrival - month.cost),
    ),
)

SPECIAL_CHARGING_SENSORS: Final = (
    SessionSensorDescription(
        key="special_charging_start",
        translation_key="special_charging_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.start,
    ),
    SessionSensorDescription(
        key="special_charging_end",
        translation_key="special_charging_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.end,
    ),
    SessionSensorDescription(
        key="special_charging_ready_by",
        translation_key="special_charging_ready_by",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.ready_by,
    ),
    SessionSensorDescription(
        key="special_charging_send_at",
        translation_key="special_charging_send_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.send_at,
    ),
    SessionSensorDescription(
        key="special_charging_expected_level",
        translation_key="special_charging_expected_level",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda session: session.expected_level,
    ),
)
