"""What stood in the way of a cycle, and when the next try may be."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.daily.night_plan import OffPeakRecord
from ...gateways.errors import (
    BudgetSpentError,
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
)
from .repository import OffPeakRepository, PlanStatus, SyncResult, SyncTrigger

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# The car does not tell what it holds, as none does before firmware 2024.26.
SCHEDULES_UNKNOWN: Final = "schedules_unknown"

# The owner's own schedules leave no room in the car's list.
NO_ROOM: Final = "schedules_full"

# After trouble that time may cure, and after that which takes a person.
PAUSES: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60))
LONG_PAUSE: Final = timedelta(hours=6)

# So many times no from the car are no accident.
MOST_REFUSALS: Final = 3

# A person who has settled it may not want to wait, and starts anew or runs a cycle; but
# so may an automation, each minute, and each no is billed.
PATIENCE: Final = timedelta(minutes=15)
IMPATIENT: Final = frozenset({SyncTrigger.ACTION, SyncTrigger.STARTED})


class RetryPolicy:
    """Notes trouble in the records."""

    def __init__(self, repository: OffPeakRepository) -> None:
        """Bind the records."""
        self._repository = repository

    def wait(
        self, record: OffPeakRecord, sync_result: SyncResult, *, urgent: bool = False
    ) -> SyncResult | None:
        """Return that the next try must wait after trouble, if it must.

        Tesla's own word on when to come back holds for everybody. What is urgent may
        spend what others may not.
        """
        until, now = record.try_at, dt_util.utcnow()
        if until is None or (urgent and record.failure == BudgetSpentError.key):
            return None
        impatient = sync_result.trigger in IMPATIENT and record.failed_at is not None
        if impatient and record.failure != RateLimitedError.key:
            until = min(until, (record.failed_at or now) + PATIENCE)
        if until <= now:
            return None
        told = record.refusals >= MOST_REFUSALS
        return replace(
            sync_result,
            status=PlanStatus.FAILED if told else PlanStatus.PENDING,
            skipped=record.failure,
            again_at=until,
        )

    async def async_stumble(
        self, vin: str, trigger: SyncTrigger, err: FleetError
    ) -> SyncResult:
        """Note what stood in the way of a cycle."""
        sync_result = replace(
            self._repository.sync_result(vin), trigger=trigger, sent=False
        )
        match err:
            case KeyNotPairedError() | NotRegisteredError() | OverBudgetError():
                return await self.async_refused(vin, sync_result, err.key, final=True)
            case RefusedError():
                return await self.async_refused(vin, sync_result, err.reason)
        pause = self._pause(vin)
        if isinstance(err, RateLimitedError):
            pause = err.retry_after
        refusals = self._repository.record(vin).refusals
        return await self._async_pause(vin, sync_result, err.key, pause, refusals)

    async def async_refused(
        self, vin: str, sync_result: SyncResult, reason: str, *, final: bool = False
    ) -> SyncResult:
        """Note a no of the car's; the third is one that takes a person."""
        refusals = self._repository.record(vin).refusals + 1
        if final or refusals >= MOST_REFUSALS:
            return await self._async_pause(
                vin, sync_result, reason, LONG_PAUSE, max(refusals, MOST_REFUSALS)
            )
        return await self._async_pause(
            vin, sync_result, reason, self._pause(vin), refusals
        )

    def _pause(self, vin: str) -> timedelta:
        """Return how long to wait after another trouble in a row."""
        return PAUSES[min(self._repository.record(vin).tries, len(PAUSES) - 1)]

    async def _async_pause(
        self,
        vin: str,
        sync_result: SyncResult,
        reason: str,
        pause: timedelta,
        refusals: int,
    ) -> SyncResult:
        """Note when the next try may be."""
        record, now = self._repository.record(vin), dt_util.utcnow()
        record = replace(
            record,
            failure=reason,
            tries=record.tries + 1,
            refusals=refusals,
            failed_at=now,
            try_at=now + pause,
        )
        await self._repository.async_keep(vin, record)
        told = refusals >= MOST_REFUSALS
        return replace(
            sync_result,
            status=PlanStatus.FAILED if told else PlanStatus.PENDING,
            skipped=reason,
            again_at=record.try_at,
        )
