"""What a cycle sends: the car is reached, told, read back, or let go of."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.daily.sync_rules import fingerprint, first_effect, may_wake
from ...charging.in_car.difference import (
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    difference,
)
from ...coordinator import ScoutCoordinator
from ...gateways.errors import (
    CarAsleepError,
    FleetError,
    MaybeExecutedError,
    RefusedError,
)
from ...gateways.models import VehicleSnapshot
from ..commands import VehicleChange, Worker
from .repository import OffPeakRepository, PlanStatus, SyncResult
from .retry import NOT_IN_CAR, SCHEDULES_UNKNOWN, RetryPolicy

# A car is on the road, or looked at by the Scout, before its windows more often than
# not; it is woken for them only when that did not happen.
WAKE_LEAD: Final = timedelta(hours=1)
WAKE_POLL: Final = timedelta(seconds=30)
WAKE_PATIENCE: Final = timedelta(seconds=90)


class ScheduleDelivery:
    """Sends what differs; its methods raise ``FleetError``."""

    def __init__(
        self,
        repository: OffPeakRepository,
        worker: Worker,
        coordinator: ScoutCoordinator,
        trouble: RetryPolicy,
    ) -> None:
        """Bind the records, the hands, the eyes, and where trouble is noted."""
        self._repository = repository
        self._worker = worker
        self._scout = coordinator
        self._trouble = trouble

    # Reaching the car.

    async def async_reach(
        self, vin: str, sync_result: SyncResult, snapshot: VehicleSnapshot
    ) -> SyncResult | None:
        """Return why the car cannot be told its change now; None if it can.

        A window that is not wanted any more matters only to a car that is not full.
        """
        change, facts = sync_result.change, sync_result.facts
        assert facts is not None
        matters: list[ManagedSchedule] = [*change.add]
        if facts.level is None or facts.limit is None or facts.level < facts.limit:
            own = self._repository.record(vin).own
            matters += [one for one in own if one.id in change.remove]
        first = first_effect(matters, dt_util.utcnow(), facts.car_zone)
        return await self._async_awake(
            vin, sync_result, snapshot, first, fingerprint(change)
        )

    async def _async_awake(
        self,
        vin: str,
        sync_result: SyncResult,
        snapshot: VehicleSnapshot,
        first: datetime | None,
        what: str,
    ) -> SyncResult | None:
        """Return why the car cannot be told anything now; None if it can.

        It is woken once for a change, shortly before it first matters, and never to
        find out.
        """
        record, now = self._repository.record(vin), dt_util.utcnow()
        pending = replace(sync_result, status=PlanStatus.PENDING, skipped="asleep")
        car = self._scout.data.get(vin)
        if car is None or car.summary.in_service:
            return replace(pending, skipped="in_service")
        since = record.waking_since
        if await self._worker.async_is_online(vin):
            if since is not None:
                self._repository.change(vin, waking_since=None)
            return None
        if since is not None:
            if now - since < WAKE_PATIENCE:
                return replace(pending, again_at=now + WAKE_POLL)
            self._repository.change(vin, waking_since=None)
            if since >= self._scout.started_at:
                return pending
            # Nobody saw whether it woke while Home Assistant was away.
            self._repository.change(vin, woken_for=None, woken_at=None)
            record = self._repository.record(vin)
        if first is None or not snapshot.charge.plugged_in:
            return pending
        if first - WAKE_LEAD > now:
            return replace(pending, again_at=first - WAKE_LEAD)
        if not may_wake(record, what, now):
            return pending
        await self._async_wake(vin, what)
        return replace(pending, skipped="waking", again_at=now + WAKE_POLL)

    async def _async_wake(self, vin: str, what: str) -> None:
        """Ask the car to wake; a wake that Tesla did not take may be asked for again."""
        before, now = self._repository.record(vin), dt_util.utcnow()
        await self._repository.async_change(
            vin, woken_for=what, woken_at=now, waking_since=now
        )
        try:
            await self._worker.async_wake(vin)
        except FleetError as err:
            if not isinstance(err, MaybeExecutedError):
                await self._repository.async_change(
                    vin,
                    woken_for=before.woken_for,
                    woken_at=before.woken_at,
                    waking_since=None,
                )
            raise

    # Telling it.

    async def async_send(
        self, vin: str, sync_result: SyncResult, snapshot: VehicleSnapshot
    ) -> SyncResult | None:
        """Write down, send, read back; return what stood in the way, if anything."""
        change = sync_result.change
        record = self._repository.record(vin)
        old = tuple(one for one in record.own if one.id in change.remove)
        own = (*change.kept, *change.add, *old)
        await self._repository.async_change(vin, own=own, confirmed=False)
        orders = tuple(one.order for one in change.add)
        wanted = VehicleChange(add=orders, remove=change.remove)
        left = await self._worker.async_apply(vin, wanted, snapshot)
        if left.empty:
            return None
        car = self._scout.data.get(vin)
        told = car is not None and car.snapshot and car.snapshot.schedules is not None
        reason = NOT_IN_CAR if told else SCHEDULES_UNKNOWN
        return await self._trouble.async_refused(vin, sync_result, reason)

    async def async_let_go(
        self, vin: str, sync_result: SyncResult, snapshot: VehicleSnapshot
    ) -> SyncResult:
        """Take the guard out of a car that nobody sends the plan any more.

        Else it would wait for that for days, and its owner would find it empty.
        """
        record, now = self._repository.record(vin), dt_util.utcnow()
        guards = [
            one
            for one in record.own
            if one.kind is ScheduleRole.GUARD and not one.is_expired(now)
        ]
        if not guards:
            return sync_result
        if (wait := self._trouble.wait(record, sync_result)) is not None:
            return replace(sync_result, again_at=wait.again_at)
        change = ScheduleDiff(remove=_ids(guards))
        wait = await self._async_awake(
            vin, sync_result, snapshot, now, fingerprint(change)
        )
        if wait is not None:
            return replace(sync_result, again_at=wait.again_at)
        await self._async_remove(vin, guards, await self._worker.async_read(vin))
        left = tuple(one for one in record.own if one not in guards)
        await self._repository.async_keep(
            vin, replace(self._repository.record(vin), own=left).without_retry_or_wake()
        )
        return replace(sync_result, sent=True)

    async def async_reset(self, vin: str) -> int:
        """Remove what is ours, forget it, and return how many schedules that were.

        Raises:
            FleetError: what stood in the way; nothing is forgotten then.
        """
        snapshot = await self._worker.async_read(vin)
        if snapshot.schedules is None:
            raise CarAsleepError
        removed = await self._async_remove(
            vin, self._repository.record(vin).own, snapshot
        )
        record = self._repository.record(vin)
        record = replace(record, own=(), night=None, confirmed=False, stop_at=None)
        await self._repository.async_keep(vin, record.without_retry_or_wake())
        return removed

    async def _async_remove(
        self, vin: str, ours: Iterable[ManagedSchedule], snapshot: VehicleSnapshot
    ) -> int:
        """Remove schedules of ours as far as they are in the car; return how many."""
        found = snapshot.schedules or ()
        remove = difference(found, ours, (), None, dt_util.utcnow()).remove
        left = await self._worker.async_apply(
            vin, VehicleChange(remove=remove), snapshot
        )
        if not left.empty:
            raise RefusedError(NOT_IN_CAR)
        return len(remove)


def _ids(own: Iterable[ManagedSchedule]) -> frozenset[int]:
    """Return the ids of schedules."""
    return frozenset(one.id for one in own)
