"""Counts what a car charges at home: by its reads, and by an energy meter."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfEnergy,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter

from ..charging.car_record import CarRecord
from ..charging.charges.charge import ChargeReason
from ..charging.charges.charge_steps import PRICES_KEPT, PlannedRun, Prices
from ..charging.charges.count import Counted, MeterSample
from ..charging.charges.counting import (
    Reading,
    after_meter,
    after_reading,
    without_meter,
)
from ..charging.in_car.difference import ScheduleRole
from ..charging.observed import Observed
from ..charging.options import ChargingOptions
from ..charging.sessions.session import Source
from ..gateways.fields import finite
from .energy_source import EnergySource
from .repository import ChargingRepository

# Prices change each 15 minutes, and each sample is written to the disk.
SAMPLES_APART: Final = timedelta(minutes=5)

_DAY: Final = timedelta(days=1)

_REASONS: Final = {
    ScheduleRole.PLAN: ChargeReason.OFF_PEAK,
    ScheduleRole.FLOOR: ChargeReason.SAFETY_FLOOR,
}


class ChargeCounter:
    """Counts the energy of one car, its cost and its charges."""

    def __init__(
        self,
        hass: HomeAssistant,
        vin: str,
        repository: ChargingRepository,
        energy: EnergySource,
        charging: ChargingOptions,
        plugged_in_alone: Callable[[], bool],
        tells_energy: Callable[[], bool],
    ) -> None:
        """Bind the car, its record, the prices and the user's options.

        ``plugged_in_alone`` returns whether no other car is plugged in at home: the
        meter does not tell them apart. ``tells_energy`` returns whether a read tells
        what was charged; else that is estimated.
        """
        self._hass = hass
        self._vin = vin
        self._repository = repository
        self._energy = energy
        self._options = charging
        self._plugged_in_alone = plugged_in_alone
        self._tells_energy = tells_energy

    def count(self, seen: Observed) -> None:
        """Count what was charged since the last read."""
        record, charge = self._repository.record(self._vin), seen.snapshot.charge
        state, now = charge.charging_state, seen.now
        value = self._metered()
        prices = self._prices(record, now, seen)
        counted = self._with_meter(_counted(record), value, now, prices)
        level, content = charge.battery_level, None
        if level is not None and not self._tells_energy():
            battery = self._options.of_record(record).battery
            content = level / 100 * battery.capacity
        reading = Reading(
            at=seen.snapshot.seen_at,
            at_home=seen.at_home,
            plugged_in=charge.plugged_in,
            charging=state is not None and state.is_charging,
            energy=charge.energy_added,
            by_meter=value is not None,
            content=content,
        )
        counted = after_reading(counted, reading, prices)
        self._keep(self._with_meter(counted, value, now, prices))
        self._learn_capacity(reading, level)

    def _learn_capacity(self, reading: Reading, level: float | None) -> None:
        """Keep what a charge shows of the capacity of the battery."""
        before = self._repository.record(self._vin).capacity
        after = (
            before.after(level, reading.energy, charging=reading.charging)
            if reading.at_home and self._tells_energy()
            else before.ended()
        )
        if after != before:
            self._repository.update(self._vin, capacity=after)

    def sample(self, seen: Observed) -> None:
        """Count what the meter shows, some minutes after it was counted last."""
        record, now = self._repository.record(self._vin), dt_util.utcnow()
        meter, value = record.charges.meter, self._metered()
        if record.plugged_in is None or value is None:
            return
        if meter is not None and now - meter.at < SAMPLES_APART:
            return
        prices = self._prices(record, now, seen)
        self._keep(self._with_meter(_counted(record), value, now, prices))

    def _with_meter(
        self, counted: Counted, value: float | None, now: datetime, prices: Prices
    ) -> Counted:
        """Return what is counted by the meter."""
        if self._options.meter is None or not self._plugged_in_alone():
            return without_meter(counted)
        if value is None:
            return counted
        return after_meter(counted, MeterSample(at=now, energy=value), prices)

    def _metered(self) -> float | None:
        """Return what the meter shows, in kWh; None: it says nothing now."""
        meter = self._options.meter
        if meter is None or not self._plugged_in_alone():
            return None
        return meter_value(self._hass, meter)

    def _prices(self, record: CarRecord, now: datetime, seen: Observed) -> Prices:
        """Return prices and planned runs of the last days."""
        since = now - PRICES_KEPT
        return Prices(
            curve=self._energy.curve(since, now + _DAY),
            runs=planned_runs(record, since, now, seen),
            power=self._options.of_record(record).battery.power,
            month=f"{dt_util.as_local(now):%Y-%m}",
        )

    def _keep(self, counted: Counted) -> None:
        """Store what is counted; it is on disk within seconds."""
        self._repository.update(
            self._vin,
            plugged_in=counted.plugged_in,
            savings=counted.savings,
            charges=counted.log,
        )


def _counted(record: CarRecord) -> Counted:
    """Return what is counted in a record."""
    return Counted(
        plugged_in=record.plugged_in, savings=record.savings, log=record.charges
    )


def planned_runs(
    record: CarRecord, start: datetime, end: datetime, seen: Observed
) -> tuple[PlannedRun, ...]:
    """Return when charging was planned between two instants, in order.

    What overlaps counts once: a session before the daily plan.
    """
    runs = [
        PlannedRun(
            window=window,
            reason=ChargeReason.CHARGE_NOW
            if session.source is Source.CHARGE_NOW
            else ChargeReason.SPECIAL_CHARGING,
        )
        for session in record.sessions.sessions.values()
        if session.sent
        for window in session.plan.windows
        if window.start < end and start < window.end
    ]
    for schedule in record.sync.schedules:
        if (reason := _REASONS.get(schedule.kind)) is not None:
            runs += (
                PlannedRun(window=window, reason=reason)
                for window in schedule.runs(start, end, seen.zone)
            )
    apart: list[PlannedRun] = []
    for run in runs:
        if all(
            run.window.end <= other.window.start or other.window.end <= run.window.start
            for other in apart
        ):
            apart.append(run)
    return tuple(sorted(apart, key=lambda run: run.window.start))


def meter_value(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return what an energy meter shows, in kWh; None: nothing that can be used."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    try:
        value = EnergyConverter.convert(
            float(state.state), unit, UnitOfEnergy.KILO_WATT_HOUR
        )
    except HomeAssistantError, ValueError:
        return None
    known = finite(value)
    return None if known is None or known < 0 else known
