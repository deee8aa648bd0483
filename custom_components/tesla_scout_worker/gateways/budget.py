"""What a month may cost, and who may still spend of it.

Promises come first: calls for one are kept apart, and while little is left only they
may pass. The last of it is for taking a promise back, such as a charge limit that was
raised. A call says that it is for a promise by being made inside ``promised()``.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from .ledger import PRICES, CallKind, Ledger

# US dollars: Tesla's monthly credit (billing and limits, 2026-01-10).
DEFAULT_BUDGET: Final = 10.0

# What only promises may spend, as a share of the budget: of $10 that is fifty wakes.
KEPT_FOR_SESSIONS: Final = 0.1

# How much longer looks wait while the month would cost too much at its present pace.
SAVING_STRETCH: Final = 2.0

# The pace of a month's first hours says nothing of its thirty days.
SHORTEST_PACE: Final = timedelta(days=1)
LEAST_SPENT: Final = 0.1

# Prices are in tenths of a cent; a sum of thousands of them is off by less than this.
_ROUNDING: Final = 1e-6


class Purpose(StrEnum):
    """What a call of a promise is for."""

    KEEPING = "keeping"
    UNDOING = "undoing"


# The task that makes calls for a promise, and what for; a task of None is a caller
# outside of any.
_FOR_SESSION: ContextVar[tuple[asyncio.Task[Any] | None, Purpose] | None] = ContextVar(
    "promised", default=None
)


class Stage(StrEnum):
    """How much of the month's budget is left, and so who may spend of it."""

    NORMAL = "normal"
    SAVING = "saving"
    ESSENTIAL = "essential"
    STOPPED = "stopped"


@contextmanager
def for_session(purpose: Purpose = Purpose.KEEPING) -> Iterator[None]:
    """Make the calls inside for a promise, which pass while others must wait.

    It holds for the present task alone. Tasks and timers that are started inside get a
    copy of the context, but what they do is not for the promise: a look for one makes
    listeners plan ordinary charging, and a user's automations run.
    """
    token = _FOR_SESSION.set((_task(), purpose))
    try:
        yield
    finally:
        _FOR_SESSION.reset(token)


def session_purpose() -> Purpose | None:
    """Return what for a call made here is promised; None if it is not."""
    task, purpose = _FOR_SESSION.get() or (None, None)
    return purpose if task is _task() else None


def _task() -> asyncio.Task[Any] | None:
    """Return the task that runs; None outside of any."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


@dataclass(kw_only=True)
class Budget:
    """What the calls of one account may cost in a billing month, in US dollars.

    ``limit`` None is no limit. ``reserved`` is what promises still need, by the name
    that each gave, and ``undoing`` what of it is to take them back; ``in_flight`` is
    what calls will cost that have no answer yet.
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
        """Keep money for the calls that a promise still needs; again replaces.

        Those in ``undoing`` come on top, and no other promise's calls may use them up.
        """
        self.undoing[session_id] = _cost(undoing or {})
        self.reserved[session_id] = _cost(calls) + self.undoing[session_id]

    def release(self, session_id: str) -> None:
        """Keep no more money for a promise; nothing if none was kept."""
        self.reserved.pop(session_id, None)
        self.undoing.pop(session_id, None)

    @property
    def kept(self) -> float:
        """What only promises may spend, in US dollars."""
        return max(KEPT_FOR_SESSIONS * (self.limit or 0.0), sum(self.reserved.values()))

    def left(self, now: datetime) -> float | None:
        """Return what may still be spent this month, in US dollars; None: no limit."""
        self.ledger.roll_over(now)
        if self.limit is None:
            return None
        return max(0.0, self.limit - self.ledger.cost - self.in_flight)

    def forecast(self, now: datetime) -> float:
        """Return what the month will have cost in the end at its pace so far."""
        self.ledger.roll_over(now)
        begin, end = month_of(now)
        passed = max(now - begin, SHORTEST_PACE)
        return self.ledger.cost * (1 + max(end - now, timedelta(0)) / passed)

    def stage(self, now: datetime) -> Stage:
        """Return how the month stands."""
        left = self.left(now)
        if left is None or self.limit is None:
            return Stage.NORMAL
        if left < PRICES[CallKind.DATA] - _ROUNDING:
            return Stage.STOPPED
        if left - self.kept < PRICES[CallKind.DATA] - _ROUNDING:
            return Stage.ESSENTIAL
        spent = self.ledger.cost >= LEAST_SPENT * self.limit
        if spent and self.forecast(now) > self.limit - self.kept:
            return Stage.SAVING
        return Stage.NORMAL

    def allows(self, kind: CallKind, now: datetime) -> bool:
        """Return whether a call may be made now, for a promise if it is for one."""
        left, price = self.left(now), PRICES[kind]
        if left is None or price == 0:
            return True
        match session_purpose():
            case None:
                left -= self.kept
            case Purpose.KEEPING:
                left -= sum(self.undoing.values())
        return left >= price - _ROUNDING

    @contextmanager
    def in_flight_call(self, kind: CallKind) -> Iterator[None]:
        """Count a call as spent until its answer is in the ledger, or known not to be."""
        self.in_flight += PRICES[kind]
        try:
            yield
        finally:
            self.in_flight -= PRICES[kind]


def _cost(calls: Mapping[CallKind, int]) -> float:
    """Return what calls cost, in US dollars."""
    return sum(PRICES[kind] * count for kind, count in calls.items())


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """Return when the billing month of an instant begins and ends (UTC)."""
    begin = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return begin, (begin + timedelta(days=32)).replace(day=1)
