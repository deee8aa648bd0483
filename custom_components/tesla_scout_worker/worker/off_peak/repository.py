"""Where the records of ordinary charging lie, and how it stands with each car."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ...charging.daily.daily_state import Facts, Verdict, Wish
from ...charging.daily.night_plan import OffPeakRecord
from ...charging.in_car.difference import Difference
from ...charging.planning.model import Window
from ...gateways.ledger import PRICES, CallKind
from ...gateways.models import ChargeSchedule
from ...storage.store import AccountMemory, ScoutStore

__all__ = [
    "OffPeakDesk",
    "PlanStatus",
    "Standing",
    "Trigger",
    "status_of",
    "stronger",
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


class Trigger(StrEnum):
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
PLANNING: Final = frozenset(Trigger) - {Trigger.LOOK, Trigger.TIMER}

# These make it anew even while it runs: the need is another one.
DECIDED: Final = frozenset(
    {
        *(Trigger.SESSION_OVER, Trigger.SETTINGS, Trigger.ARRIVED),
        *(Trigger.READY, Trigger.ACTION),
    }
)


def stronger(one: Trigger, other: Trigger) -> Trigger:
    """Return the stronger of two triggers."""
    return max(one, other, key=tuple(Trigger).index)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with a car's ordinary plan after the last cycle.

    Attributes:
        status: In a word; None while it is switched off.
        trigger: Why there was a cycle.
        skipped: Why nothing was sent, if so: a word.
        wish: What the car should hold.
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
    trigger: Trigger = Trigger.STARTED
    skipped: str | None = None
    wish: Wish | None = None
    change: Difference = field(default_factory=Difference)
    facts: Facts | None = None
    energy: float | None = None
    cost: float | None = None
    currency: str | None = None
    found: tuple[ChargeSchedule, ...] | None = None
    sent: bool = False
    again_at: datetime | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """When the car charges until it leaves."""
        if self.wish is None or self.facts is None:
            return ()
        return self.wish.windows(self.facts)

    @property
    def dollars(self) -> float:
        """What the change costs to send, without a wake, in US dollars."""
        return self.change.commands * PRICES[CallKind.COMMAND]


def status_of(wish: Wish, record: OffPeakRecord) -> PlanStatus:
    """Return how it stands with a car that holds what it should."""
    if record.shadow:
        return PlanStatus.SHADOW
    match wish.verdict:
        case Verdict.READY:
            return PlanStatus.IN_CAR
        case Verdict.NO_PRICES:
            return PlanStatus.NO_PRICES
        case Verdict.PENDING:
            return PlanStatus.PENDING


class OffPeakDesk:
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
        self._standings: dict[str, Standing] = {}

    def record(self, vin: str) -> OffPeakRecord:
        """Return the record of a car."""
        return self._memory.off_peak.get(vin) or OffPeakRecord()

    def standing(self, vin: str) -> Standing:
        """Return how it stands with a car."""
        return self._standings.get(vin) or Standing()

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

    def stand(self, vin: str, standing: Standing) -> None:
        """Show how it stands with a car."""
        self._standings[vin] = standing
        self._on_change()
