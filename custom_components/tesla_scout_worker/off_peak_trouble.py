"""What stood in the way of a cycle, and when the next try may be."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .charging.ordinary import OffPeakRecord
from .fleet.errors import (
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
)
from .off_peak_desk import OffPeakDesk, PlanStatus, Standing, Trigger

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# After trouble that time may cure, and after that which takes a person.
PAUSES: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60))
LONG_PAUSE: Final = timedelta(hours=6)

# So many times no from the car are no accident.
MOST_REFUSALS: Final = 3


class TroubleBook:
    """Notes trouble in the records."""

    def __init__(self, desk: OffPeakDesk) -> None:
        """Bind the records."""
        self._desk = desk

    def wait(self, record: OffPeakRecord, standing: Standing) -> Standing | None:
        """Return that the next try must wait after trouble, if it must."""
        until = record.try_at
        forced = standing.trigger in (Trigger.ACTION, Trigger.SETTINGS)
        if until is None or until <= dt_util.utcnow() or forced:
            return None
        told = record.tries >= MOST_REFUSALS
        return replace(
            standing,
            status=PlanStatus.FAILED if told else PlanStatus.PENDING,
            skipped=record.failure,
            again_at=until,
        )

    async def async_stumble(
        self, vin: str, trigger: Trigger, err: FleetError
    ) -> Standing:
        """Note what stood in the way of a cycle."""
        standing = replace(self._desk.standing(vin), trigger=trigger, sent=False)
        match err:
            case KeyNotPairedError() | NotRegisteredError() | OverBudgetError():
                return await self.async_refused(vin, standing, err.key, final=True)
            case RefusedError():
                return await self.async_refused(vin, standing, err.reason)
            case RateLimitedError():
                pause = err.retry_after
            case _:
                record = self._desk.record(vin)
                pause = PAUSES[min(record.tries, len(PAUSES) - 1)]
        return await self._async_pause(
            vin, standing, err.key, pause, PlanStatus.PENDING, tries=1
        )

    async def async_refused(
        self, vin: str, standing: Standing, reason: str, *, final: bool = False
    ) -> Standing:
        """Note a no of the car's; the third is one that takes a person."""
        record = self._desk.record(vin)
        told = final or record.tries + 1 >= MOST_REFUSALS
        pause = LONG_PAUSE if told else PAUSES[min(record.tries, len(PAUSES) - 1)]
        status = PlanStatus.FAILED if told else PlanStatus.PENDING
        tries = MOST_REFUSALS if final else 1
        return await self._async_pause(vin, standing, reason, pause, status, tries)

    async def _async_pause(
        self,
        vin: str,
        standing: Standing,
        reason: str,
        pause: timedelta,
        status: PlanStatus,
        tries: int,
    ) -> Standing:
        """Note when the next try may be."""
        record = self._desk.record(vin)
        try_at = dt_util.utcnow() + pause
        await self._desk.async_keep(
            vin,
            replace(record, failure=reason, tries=record.tries + tries, try_at=try_at),
        )
        return replace(standing, status=status, skipped=reason, again_at=try_at)
