"""Charging now: a car in a running window must really charge, and not beyond it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .charging.cycle import FRESH, running
from .charging.plan import Window
from .fleet.models import VehicleSnapshot
from .off_peak_desk import OffPeakDesk, Standing, Trigger
from .worker import Worker

# A car that was told a running window, or is plugged in within one, starts by itself
# within a minute or two.
STARTS_WITHIN: Final = timedelta(minutes=3)


class ChargeStarter:
    """Starts a car that does not by itself; its methods raise ``FleetError``."""

    def __init__(self, desk: OffPeakDesk, worker: Worker) -> None:
        """Bind the records and the hands."""
        self._desk = desk
        self._worker = worker

    async def async_see_it_start(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot
    ) -> Standing:
        """Start a car once that should charge and does not, and stop it in the end.

        One that was told to start goes on to its limit, whatever the schedules say.
        """
        record, facts = self._desk.record(vin), standing.facts
        assert facts is not None
        now = dt_util.utcnow()
        fresh = now - snapshot.seen_at <= FRESH
        run = running(record.own, now, facts.car_zone)
        if record.stop_at is not None and record.stop_at <= now:
            if not fresh and await self._worker.async_is_online(vin):
                snapshot = await self._worker.async_read(vin)
                fresh = True
            if fresh:
                await self._desk.async_change(vin, stop_at=None)
                state = snapshot.charge.charging_state
                if run is None and state is not None and state.is_charging:
                    await self._worker.async_stop_charging(vin)
            return standing
        if run is None:
            return replace(standing, again_at=record.stop_at)
        charge = snapshot.charge
        full = (
            charge.battery_level is None
            or charge.charge_limit is None
            or charge.battery_level >= charge.charge_limit
        )
        if record.started == run.start or not charge.plugged_in or full:
            return replace(standing, again_at=record.stop_at)
        if charge.charging_state is not None and charge.charging_state.is_charging:
            self._desk.change(vin, started=run.start)
            return standing
        return await self._async_start(vin, standing, snapshot, run)

    async def _async_start(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot, run: Window
    ) -> Standing:
        """Start a car, once it had its time to start by itself."""
        now = dt_util.utcnow()
        if standing.trigger not in (Trigger.LOOK, Trigger.TIMER):
            # It was plugged in, or told the window, just now.
            return replace(standing, again_at=now + STARTS_WITHIN)
        if now - run.start < STARTS_WITHIN:
            return replace(standing, again_at=run.start + STARTS_WITHIN)
        if now - snapshot.seen_at > FRESH:
            if standing.trigger is not Trigger.TIMER:
                return standing
            if not await self._worker.async_is_online(vin):
                return standing
            snapshot = await self._worker.async_read(vin)
            state = snapshot.charge.charging_state
            if state is None or state.is_charging:
                self._desk.change(vin, started=run.start)
                return standing
        elif not await self._worker.async_is_online(vin):
            # Tesla bills a command that does not reach its car, too.
            return standing
        # On disk first: it is told once, and told to stop when the window is over.
        await self._desk.async_change(vin, started=run.start, stop_at=run.end)
        await self._worker.async_start_charging(vin)
        return replace(standing, again_at=run.end)
