"""Charging now: a car in a running window must really charge, and not beyond it."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.daily.night_plan import OffPeakRecord
from ...charging.daily.sync_rules import FRESH, STARTS_WITHIN, active_window
from ...charging.in_car.difference import ScheduleRole
from ...charging.planning.model import Window
from ...gateways.budget import for_session
from ...gateways.errors import FleetError, MaybeExecutedError, RefusedError
from ...gateways.models import ChargingState, VehicleSnapshot
from ..commands import Worker
from .repository import OffPeakRepository, PlanStatus, SyncResult, SyncTrigger

# Between two tries to start or to stop a car, each of which takes a paid look.
TRIES_APART: Final = timedelta(minutes=15)


class ChargeController:
    """Starts a car that does not by itself; its methods raise ``FleetError``."""

    def __init__(self, repository: OffPeakRepository, worker: Worker) -> None:
        """Bind the records and the hands."""
        self._repository = repository
        self._worker = worker

    async def async_see_it_start(
        self, vin: str, sync_result: SyncResult, snapshot: VehicleSnapshot
    ) -> SyncResult:
        """Start a car once that should charge and does not."""
        record, facts = self._repository.record(vin), sync_result.facts
        assert facts is not None
        run = active_window(record.own, dt_util.utcnow(), facts.car_zone)
        if run is None or not _can_charge(snapshot):
            return sync_result
        charging = _is_charging(snapshot)
        if charging:
            self._repository.change(vin, started=run.start, unstarted=None)
        elif record.started == run.start:
            if record.unstarted is not None:
                return replace(
                    sync_result, status=PlanStatus.FAILED, skipped=record.unstarted
                )
        else:
            return await self._async_start(vin, sync_result, snapshot, run)
        return sync_result

    async def async_see_it_end(
        self, vin: str, snapshot: VehicleSnapshot, zone: tzinfo
    ) -> None:
        """Stop a car that was told to start, once the window is over.

        It would go on to its limit, whatever the schedules say. What a person stopped,
        or what is full, has ended; what is begun after that is not ours to end.
        """
        record, now = self._repository.record(vin), dt_util.utcnow()
        if record.stop_at is None:
            return
        begun_by = record.start_by
        if (
            begun_by is not None
            and _has_ended(snapshot)
            and begun_by <= snapshot.seen_at
        ):
            self._repository.change(vin, stop_at=None)
        elif record.stop_at <= now:
            await self._async_stop(vin, snapshot, active_window(record.own, now, zone))

    async def _async_start(
        self, vin: str, sync_result: SyncResult, snapshot: VehicleSnapshot, run: Window
    ) -> SyncResult:
        """Start a car, once it had its time to start by itself."""
        record, now = self._repository.record(vin), dt_util.utcnow()
        start_by = record.start_by
        if start_by is None or start_by < run.start:
            # It is due only if it was plugged in, or told the window, within it.
            seen = now - snapshot.seen_at <= FRESH and _is_charging(snapshot) is False
            if (
                sync_result.trigger is not SyncTrigger.READY
                and not sync_result.sent
                and not seen
            ):
                return sync_result
            start_by = now + STARTS_WITHIN
            self._repository.change(vin, start_by=start_by)
        if now < start_by:
            return replace(sync_result, again_at=start_by)
        # Tesla bills a command that does not reach its car, too.
        if not await self._worker.async_is_online(vin):
            return sync_result
        with _for(record):
            if now - snapshot.seen_at > FRESH:
                snapshot = await self._worker.async_read(vin)
            if _is_charging(snapshot) is not False:
                self._repository.change(vin, started=run.start)
                return sync_result
            return await self._async_tell(vin, sync_result, run)

    async def _async_tell(
        self, vin: str, sync_result: SyncResult, run: Window
    ) -> SyncResult:
        """Tell a car to start.

        On disk first: it is told once, and told to stop when the window is over.
        """
        await self._repository.async_change(vin, started=run.start, stop_at=run.end)
        try:
            await self._worker.async_start_charging(vin)
        except RefusedError as err:
            await self._repository.async_change(vin, unstarted=err.reason, stop_at=None)
            return replace(sync_result, status=PlanStatus.FAILED, skipped=err.reason)
        except FleetError as err:
            maybe = isinstance(err, MaybeExecutedError)
            await self._repository.async_change(
                vin,
                started=None,
                stop_at=run.end if maybe else None,
                start_by=dt_util.utcnow() + TRIES_APART,
            )
            raise
        # What a look tells before that is not of the end.
        self._repository.change(vin, start_by=dt_util.utcnow() + STARTS_WITHIN)
        return sync_result

    async def _async_stop(
        self, vin: str, snapshot: VehicleSnapshot, run: Window | None
    ) -> None:
        """Stop a car that was told to start; one in another window, at the end of that.

        One that cannot be reached is stopped when it is back.
        """
        now = dt_util.utcnow()
        if run is not None:
            await self._repository.async_change(vin, stop_at=run.end)
            return
        # What is undone was begun for somebody: it may spend what is kept for promises.
        with for_session():
            if now - snapshot.seen_at > FRESH:
                if not await self._worker.async_is_online(vin):
                    return
                snapshot = await self._worker.async_read(vin)
            if _is_charging(snapshot):
                try:
                    await self._worker.async_stop_charging(vin)
                except RefusedError:
                    await self._repository.async_change(vin, stop_at=None)
                    raise
                except FleetError:
                    self._repository.change(vin, stop_at=now + TRIES_APART)
                    raise
        await self._repository.async_change(vin, stop_at=None)


def _can_charge(snapshot: VehicleSnapshot) -> bool:
    """Whether a car is plugged in and not full, as far as is known."""
    charge = snapshot.charge
    return (
        bool(charge.plugged_in)
        and charge.battery_level is not None
        and charge.charge_limit is not None
        and charge.battery_level < charge.charge_limit
    )


def _is_charging(snapshot: VehicleSnapshot) -> bool | None:
    """Whether a car charges; None: it did not tell."""
    state = snapshot.charge.charging_state
    return None if state is None else state.is_charging


def _has_ended(snapshot: VehicleSnapshot) -> bool:
    """Whether a car says that it was stopped, or is full."""
    return snapshot.charge.charging_state in (
        ChargingState.STOPPED,
        ChargingState.COMPLETE,
    )


def _for(record: OffPeakRecord) -> AbstractContextManager[None]:
    """Have calls made for a promise, if they are for the safety floor."""
    floor = any(one.kind is ScheduleRole.FLOOR for one in record.own)
    return for_session() if floor else nullcontext()
