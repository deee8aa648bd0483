"""The budget of a month, and who may still spend it.

Sessions come first: money is reserved for their calls, and while little is left only
they are allowed. The last of it is for undoing a session, such as restoring a charge
limit. A call is for a session if it is made inside ``for_session()``.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from .ledger import DOLLARS, CallKind, Ledger

# Tesla's monthly credit by the currency of the bill (billing and limits, 2026-01-10).
CREDITS: Final[Mapping[str, float]] = {
    DOLLARS: 10.0,
    "EUR": 10.0,
    "GBP": 8.0,
    "PLN": 40.0,
}

# The share of the budget that only sessions may spend: of the credit fifty wakes.
KEPT_FOR_SESSIONS: Final = 0.1

# The share of a car that may spend all that the others leave, in percent.
WHOLE: Final = 100

# The factor on the waits between reads while the month would cost too much at its pace.
SAVING_STRETCH: Final = 2.0

# The pace of a month's first hours says nothing of its thirty days.
SHORTEST_PACE: Final = timedelta(days=1)
LEAST_SPENT: Final = 0.1

# Prices are about tenths of a cent; a sum of thousands of them is off by less than this.
_ROUNDING: Final = 1e-6


class Purpose(StrEnum):
    """What a call for a session is for."""

    KEEPING = "keeping"
    UNDOING = "undoing"


# The task that makes calls for a session, and what for; a task of None is a caller
# outside of any task.
_FOR_SESSION: ContextVar[tuple[asyncio.Task[Any] | None, Purpose] | None] = ContextVar(
    "for_session", default=None
)


class Stage(StrEnum):
    """How much of the month's budget is left, and so who may spend it."""

    NORMAL = "normal"
    SAVING = "saving"
    ESSENTIAL = "essential"
    STOPPED = "stopped"


@contextmanager
def for_session(purpose: Purpose = Purpose.KEEPING) -> Iterator[None]:
    """Mark the calls in this block as part of a session: they may use reserved money.

    This holds for the present task only. Tasks and timers that are started inside get a
    copy of the context, but they are not part of the session: a read updates listeners,
    which start other work and a user's automations.
    """
    token = _FOR_SESSION.set((_task(), purpose))
    try:
        yield
    finally:
        _FOR_SESSION.reset(token)


def session_purpose() -> Purpose | None:
    """Return what a call made here is for; None if it is not for a session."""
    task, purpose = _FOR_SESSION.get() or (None, None)
    return purpose if task is _task() else None


def _task() -> asyncio.Task[Any] | None:
    """Return the present task; None outside of any."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


@dataclass(kw_only=True)
class Budget:
    """The budget of one account for a billing month, in the currency of its ledger.

    Attributes:
        ledger: The calls so far.
        limit: What a month may cost; None: no limit.
        reserved: What each session still needs, by its id.
        undoing: The part of it that is for undoing the session.
        in_flight: What the calls cost that have no answer yet.
    """

    ledger: Ledger
    limit: float | None = None
    reserved: dict[str, float] = field(default_factory=dict)
    undoing: dict[str, float] = field(default_factory=dict)
    in_flight: float = 0.0

    def reserve(
        self,
        session_id: str,
        calls: Mapping[CallKind, int],
        undoing: Mapping[CallKind, int] | None = None,
    ) -> None:
        """Reserve money for the calls that a session still needs; replaces what was.

        The calls in ``undoing`` come on top, and no other session may use them up.
        """
        self.undoing[session_id] = self._cost(undoing or {})
        self.reserved[session_id] = self._cost(calls) + self.undoing[session_id]

    def release(self, session_id: str) -> None:
        """Reserve no more money for a session; do nothing if none was."""
        self.reserved.pop(session_id, None)
        self.undoing.pop(session_id, None)

    @property
    def kept(self) -> float:
        """What only sessions may spend."""
        return max(KEPT_FOR_SESSIONS * (self.limit or 0.0), sum(self.reserved.values()))

    def left(self, now: datetime) -> float | None:
        """Return what may still be spent this month; None: no limit."""
        self.ledger.roll_over(now)
        if self.limit is None:
            return None
        return max(0.0, self.limit - self.ledger.cost - self.in_flight)

    def forecast(self, now: datetime) -> float:
        """Return what the month will cost at its present pace."""
        self.ledger.roll_over(now)
        begin, end = month_of(now)
        passed = max(now - begin, SHORTEST_PACE)
        return self.ledger.cost * (1 + (end - now) / passed)

    def stage(self, now: datetime) -> Stage:
        """Return the stage of the month."""
        left = self.left(now)
        if left is None or self.limit is None:
            return Stage.NORMAL
        price = self.ledger.prices[CallKind.DATA]
        if price == 0:
            return Stage.NORMAL
        if left < price - _ROUNDING:
            return Stage.STOPPED
        if left - self.kept < price - _ROUNDING:
            return Stage.ESSENTIAL
        spent = self.ledger.cost >= LEAST_SPENT * self.limit
        if spent and self.forecast(now) > self.limit - self.kept:
            return Stage.SAVING
        return Stage.NORMAL

    def allows(self, kind: CallKind, now: datetime, calls: int = 1) -> bool:
        """Return whether a number of calls may be made now, by who makes them."""
        left, price = self.left(now), self.ledger.prices[kind] * calls
        if left is None or price == 0:
            return True
        match session_purpose():
            case None:
                left -= self.kept
            case Purpose.KEEPING:
                left -= sum(self.undoing.values())
        return left >= price - _ROUNDING

    def allows_share(self, share: int, reads: int) -> bool:
        """Return whether a car may have another read within its share of the budget.

        What is kept for sessions is shared by all cars, and no part of a share.

        Args:
            share: The share of the car in percent.
            reads: How often it was read this month.
        """
        if self.limit is None or share >= WHOLE:
            return True
        shared = self.limit * (1 - KEPT_FOR_SESSIONS)
        cost = (reads + 1) * self.ledger.prices[CallKind.DATA]
        return cost <= shared * share / WHOLE + _ROUNDING

    @contextmanager
    def in_flight_call(self, kind: CallKind, calls: int = 1) -> Iterator[None]:
        """Count calls as spent until their answer is in the ledger, or they failed."""
        price = self.ledger.prices[kind] * calls
        self.in_flight += price
        try:
            yield
        finally:
            self.in_flight -= price

    def _cost(self, calls: Mapping[CallKind, int]) -> float:
        """Return what calls cost."""
        return sum(self.ledger.prices[kind] * count for kind, count in calls.items())


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """Return when the billing month of an instant begins and ends (UTC)."""
    begin = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return begin, (begin + timedelta(days=32)).replace(day=1)
