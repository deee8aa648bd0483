"""Where the records of ordinary charging lie, and how it stands with each car."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ...charging.daily.daily_state import DailyState, PlanReadiness, VehicleFacts
from ...charging.daily.night_plan import OffPeakRecord
from ...charging.in_car.difference import ScheduleDiff
from ...charging.planning.model import Window
from ...gateways.ledger import PRICES, CallKind
from ...gateways.models import ChargeSchedule
from ...storage.store import AccountMemory, ScoutStore

__all__ = [
    "OffPeakRepository",
    "PlanStatus",
    "SyncResult",
    "SyncTrigger",
    "higher_priority",
    "status_of",
]


class PlanStatus(StrEnum):
    """How it stands with a car's ordinary plan."""

    IN_CAR = "in_car"
    PENDING = "pending"
    SHADOW = "shadow"
    BLOCKED = "blocked"
    NO_PRICES = "no_prices"
    NOT_HOME = "not_home"
    FAILED = "failed"


class SyncTrigger(StrEnum):
    """Why the Worker has a look at a car's schedules; the stronger ones last."""

    LOOK = "look"
    TIMER = "timer"
    STARTED = "started"
    DAY_TURN = "day_turn"
    NEW_PRICES = "new_prices"
    SESSION_OVER = "session_over"
    SETTINGS = "settings"
    ARRIVED = "arrived_home"
    READY = "ready_to_charge"
    ACTION = "action"


# These make a plan by prices anew, if it is not one that runs already.
PLANNING: Final = frozenset(SyncTrigger) - {SyncTrigger.LOOK, SyncTrigger.TIMER}

# These make it anew even while it runs: the need is another one.
DECIDED: Final = frozenset(
    {
        *(SyncTrigger.SESSION_OVER, SyncTrigger.SETTINGS, SyncTrigger.ARRIVED),
        *(SyncTrigger.READY, SyncTrigger.ACTION),
    }
)


def higher_priority(one: SyncTrigger, other: SyncTrigger) -> SyncTrigger:
    """Return the stronger of two triggers."""
    return max(one, other, key=tuple(SyncTrigger).index)


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncResult:
    """How it stands with a car's ordinary plan after the last cycle.

    Attributes:
        status: In a word; None while it is switched off.
        trigger: Why there was a cycle.
        skipped: Why nothing was sent, if so: a word.
        daily: What the car should hold.
        change: What would make it hold that.
        facts: What was known of the car.
        energy: What is planned until the car leaves, in kWh.
        cost: What that costs, in the prices' currency; None: not known.
        currency: Of the cost.
        found: The schedules that the car holds; None: it did not tell.
        sent: Whether the change was sent.
        again_at: When the Worker looks again by itself (UTC).
    """

    status: PlanStatus | None = None
    trigger: SyncTrigger = SyncTrigger.STARTED
    skipped: str | None = None
    daily: DailyState | None = None
    change: ScheduleDiff = field(default_factory=ScheduleDiff)
    facts: VehicleFacts | None = None
    energy: float | None = None
    cost: float | None = None
    currency: str | None = None
    found: tuple[ChargeSchedule, ...] | None = None
    sent: bool = False
    again_at: datetime | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """When the car charges until it leaves."""
        if self.daily is None or self.facts is None:
            return ()
        return self.daily.windows(self.facts)

    @property
    def dollars(self) -> float:
        """What the change costs to send, without a wake, in US dollars."""
        return self.change.commands * PRICES[CallKind.COMMAND]


def status_of(daily: DailyState, record: OffPeakRecord) -> PlanStatus:
    """Return how it stands with a car that holds what it should."""
    if record.shadow:
        return PlanStatus.SHADOW
    match daily.readiness:
        case PlanReadiness.READY:
            return PlanStatus.IN_CAR
        case PlanReadiness.NO_PRICES:
            return PlanStatus.NO_PRICES
        case PlanReadiness.PENDING:
            return PlanStatus.PENDING


class OffPeakRepository:
    """The records of all cars of an account, in its store."""

    def __init__(
        self,
        store: ScoutStore,
        memory: AccountMemory,
        on_change: Callable[[], None],
    ) -> None:
        """Bind the store, the memory that it writes, and who shows what changed."""
        self._store = store
        self._memory = memory
        self._on_change = on_change
        self._sync_results: dict[str, SyncResult] = {}

    def record(self, vin: str) -> OffPeakRecord:
        """Return the record of a car."""
        return self._memory.off_peak.get(vin) or OffPeakRecord()

    def sync_result(self, vin: str) -> SyncResult:
        """Return how it stands with a car."""
        return self._sync_results.get(vin) or SyncResult()

    def note(self, vin: str, record: OffPeakRecord) -> None:
        """Keep a record; it is on disk within seconds."""
        if record != self.record(vin):
            self._memory.off_peak[vin] = record
            self._store.save_soon(self._memory)

    async def async_keep(self, vin: str, record: OffPeakRecord) -> None:
        """Have a record on disk, before anything comes of it."""
        if record != self.record(vin):
            self._memory.off_peak[vin] = record
            await self._store.async_save(self._memory)

    def change(self, vin: str, **changes: Any) -> None:
        """Keep what changed; the rest is as it is by now, and not as it was read."""
        self.note(vin, replace(self.record(vin), **changes))

    async def async_change(self, vin: str, **changes: Any) -> None:
        """Have what changed on disk, likewise, before anything comes of it."""
        await self.async_keep(vin, replace(self.record(vin), **changes))

    def stand(self, vin: str, sync_result: SyncResult) -> None:
        """Show how it stands with a car."""
        self._sync_results[vin] = sync_result
        self._on_change()
