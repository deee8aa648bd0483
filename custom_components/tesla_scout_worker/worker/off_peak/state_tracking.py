"""What a look tells beside the schedules: who got ready, came home, and what it saved."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta, tzinfo

from homeassistant.util import dt as dt_util

from ...charging.daily.daily_state import Prices
from ...charging.daily.night_plan import OffPeakRecord
from ...charging.daily.savings import Reading, after_reading
from ...coordinator import ScoutCoordinator
from ...gateways.models import Position, VehicleSnapshot
from ...scouting.geofence import Presence
from .repository import OffPeakRepository, SyncTrigger, higher_priority


class StateTracker:
    """Notes what looks tell in the records."""

    def __init__(
        self,
        repository: OffPeakRepository,
        coordinator: ScoutCoordinator,
        prices: Prices,
        power: float,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the records, the eyes, what energy costs, and the power in kW."""
        self._repository = repository
        self._scout = coordinator
        self._prices = prices
        self._power = power
        self._zone_of = zone_of

    async def async_take(self, vin: str, trigger: SyncTrigger) -> SyncTrigger:
        """Note what the last look told, and return whether the car came home, or got ready.

        Whether it did is remembered over restarts: the same state is no second trigger
        (field-lessons.md, A31), and one that a restart hid is not lost (A8).
        """
        car = self._scout.data.get(vin)
        if car is None or car.snapshot is None:
            return trigger
        home = self._scout.home_position
        zone = dt_util.get_default_time_zone()
        if home is not None:
            zone = await self._zone_of(home)
        place, told = car.confirmed.whereabouts, car.snapshot.charge.plugged_in
        if place is Presence.UNKNOWN:
            return trigger
        record, at_home = self._repository.record(vin), place is Presence.HOME
        if at_home and not record.at_home:
            trigger = higher_priority(trigger, SyncTrigger.ARRIVED)
        record = replace(record, at_home=at_home)
        if not at_home or told is not None:
            plugged = at_home and bool(told)
            if plugged and not record.plugged_in:
                trigger = higher_priority(trigger, SyncTrigger.READY)
            record = self._counted(record, car.snapshot, zone, plugged=plugged)
            record = replace(record, plugged_in=True) if plugged else record.unplugged()
        self._repository.note(vin, record)
        return trigger

    def _counted(
        self,
        record: OffPeakRecord,
        snapshot: VehicleSnapshot,
        zone: tzinfo,
        *,
        plugged: bool,
    ) -> OffPeakRecord:
        """Return the record with what was charged at home since the look before."""
        now, local = snapshot.seen_at, dt_util.as_local(snapshot.seen_at)
        since = now - timedelta(days=2)
        runs = [run for one in record.own for run in one.runs(since, now, zone)]
        energy = snapshot.charge.energy_added if plugged else None
        stay, savings = after_reading(
            record.stay,
            record.savings,
            Reading(at=now, energy=energy),
            self._prices.curve(since, now + timedelta(days=1)),
            sorted(runs, key=lambda one: one.start),
            self._power,
            f"{local:%Y-%m}",
        )
        return replace(record, stay=stay, savings=savings)
