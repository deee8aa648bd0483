"""What a look tells beside the schedules: whether the car got ready, and what it saved."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta, tzinfo

from homeassistant.util import dt as dt_util

from .charging.savings import Reading, after_reading
from .charging.wish import Prices
from .coordinator import ScoutCoordinator
from .fleet.models import Position
from .off_peak_desk import OffPeakDesk, Trigger
from .scouting.home import Whereabouts


class LookNotes:
    """Notes what looks tell in the records."""

    def __init__(
        self,
        desk: OffPeakDesk,
        coordinator: ScoutCoordinator,
        prices: Prices,
        power: float,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the records, the eyes, what energy costs, and the power in kW."""
        self._desk = desk
        self._scout = coordinator
        self._prices = prices
        self._power = power
        self._zone_of = zone_of

    async def async_take(self, vin: str, trigger: Trigger) -> Trigger:
        """Note what the last look told, and return READY if the car got ready.

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
        record, snapshot = self._desk.record(vin), car.snapshot
        place, charge = car.bearings.whereabouts, snapshot.charge
        away = place is Whereabouts.AWAY
        if away or charge.plugged_in is not None:
            plugged = place is Whereabouts.HOME and bool(charge.plugged_in)
            if plugged and not record.plugged_in:
                trigger = max(
                    trigger, Trigger.READY, key=lambda one: list(Trigger).index(one)
                )
            at_home = place is Whereabouts.HOME and plugged
            energy = charge.energy_added if at_home else None
            now, local = snapshot.seen_at, dt_util.as_local(snapshot.seen_at)
            since = now - timedelta(days=2)
            runs = [run for one in record.own for run in one.runs(since, now, zone)]
            stay, savings = after_reading(
                record.stay,
                record.savings,
                Reading(at=now, energy=energy),
                self._prices.curve(since, now + timedelta(days=1)),
                sorted(runs, key=lambda one: one.start),
                self._power,
                f"{local:%Y-%m}",
            )
            self._desk.note(
                vin, replace(record, plugged_in=plugged, stay=stay, savings=savings)
            )
        return trigger
