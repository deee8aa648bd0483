"""Charging that Home Assistant times: for a car that holds no schedules itself. Pure.

It does what a car does with its schedules: charge within a window, and not outside of
one; without any schedule, charge as the owner likes. Where the state of the car is not
known it is left allowed to charge, so that it is never worse off than without us.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ...gateways.models import ChargeSnapshot, VehicleSnapshot
from ..planning.model import Window
from .charge_control import is_charging

# After a command without effect: the next try is due after this. A car and its charger
# take a minute or two to start; a car that sleeps is woken first.
WAITS: Final = tuple(timedelta(minutes=m) for m in (2, 3, 5, 10))

# After this many commands without effect a person is told.
REPORTED_AFTER: Final = 3

# A charge that cannot be stopped is left alone: that costs money, and no more. A car
# that is let go and does not start has another reason than us.
MOST_TRIES: Final = 5

# A car that could charge and has not for this long does not start by itself: somebody
# started it. After it was plugged in a car starts within a minute or two, which core's
# tesla_fleet shows ten minutes late.
QUIET: Final = timedelta(minutes=15)

# An answer of after a command is waited for at most this long. Then the car is controlled
# as one that cannot be seen.
ANSWERED_WITHIN: Final = timedelta(minutes=15)

# What a person is told, as translation keys.
NOT_STARTED: Final = "charge_not_started"
NOT_STOPPED: Final = "charge_not_stopped"


class TimedAction(StrEnum):
    """What to do about a charge."""

    NONE = "none"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimedCharge:
    """What was commanded about a charge that Home Assistant times.

    Attributes:
        keeps: Whether a command keeps the car from charging.
        started: Start of the window in which it was seen charging (UTC).
        action: The last command.
        tries: How often it was sent in a row without effect.
        tried_at: When it was sent last (UTC).
        quiet_since: Since when it has not charged outside of the windows, though it was
            below its limit (UTC).
        left_alone: Whether somebody started it outside of the windows.
    """

    keeps: bool = False
    started: datetime | None = None
    action: TimedAction = TimedAction.NONE
    tries: int = 0
    tried_at: datetime | None = None
    quiet_since: datetime | None = None
    left_alone: bool = False

    def commanded(self, action: TimedAction, now: datetime) -> TimedCharge:
        """Return the state of a car that is about to be sent a command."""
        return replace(
            self,
            keeps=self.keeps or action is TimedAction.STOP,
            action=action,
            tries=self.tries + 1 if action is self.action else 1,
            tried_at=now,
        )

    def released(self) -> TimedCharge:
        """Return the state of a car that may charge again."""
        return replace(self.effective(), keeps=False)

    def effective(self) -> TimedCharge:
        """Return the state of a car whose last command took effect, if there was one."""
        return replace(self, action=TimedAction.NONE, tries=0, tried_at=None)

    @property
    def try_at(self) -> datetime | None:
        """When the next try is due (UTC); None: no command waits for its effect."""
        if self.tried_at is None or not self.tries:
            return None
        return self.tried_at + WAITS[min(self.tries, len(WAITS)) - 1]

    def waits(self, action: TimedAction, now: datetime) -> bool:
        """Whether a command may still take effect; the clock may have been set back."""
        until = self.try_at
        if action is not self.action or until is None:
            return False
        return now < until <= now + WAITS[-1]

    def is_answered(self, seen_at: datetime, now: datetime, *, cached: bool) -> bool:
        """Whether a snapshot is of after the last command, so that it shows its effect.

        Args:
            seen_at: When the snapshot is of (UTC).
            now: The present (UTC). A command of later than that is of before the clock
                was set back.
            cached: Whether it is from a memory, which may be from before a command of
                the very same instant.
        """
        if self.tried_at is None or self.tried_at > now:
            return True
        return seen_at > self.tried_at or (seen_at == self.tried_at and not cached)

    @property
    def answer_by(self) -> datetime | None:
        """Until when a snapshot of after the last command is waited for (UTC)."""
        return None if self.tried_at is None else self.tried_at + ANSWERED_WITHIN


def timed_action(
    state: TimedCharge,
    window: Window | None,
    snapshot: VehicleSnapshot,
    now: datetime,
    *,
    held: bool,
    reachable: bool,
    limit_held: bool = False,
) -> tuple[TimedCharge, TimedAction]:
    """Return the state of a charge, and what to command.

    Args:
        state: The state so far.
        window: The window that runs; None: none does.
        snapshot: The last snapshot.
        now: The present (UTC).
        held: Whether any schedule is held for the car.
        reachable: Whether the snapshot still shows the car.
        limit_held: Whether the limit is not that of the car, which then does not stop
            at it by itself.
    """
    charge = snapshot.charge if reachable else ChargeSnapshot()
    charging = is_charging(snapshot) if reachable else None
    if charge.plugged_in is False:
        # A charger that was switched off must let the next car charge.
        return _unplugged(state, now)
    if (window is None and held) or (limit_held and _is_full(charge)):
        return _outside(state, charge, charging, now)
    state = replace(state, quiet_since=None, left_alone=False)
    if charging:
        started = None if window is None else window.start
        return TimedCharge(started=started), TimedAction.NONE
    if not reachable:
        # Whether it still charges is not known when it is back.
        state = replace(state, started=None)
    if window is None:
        due = state.keeps and state.tries < MOST_TRIES and not _is_full(charge)
    else:
        due = state.started != window.start and not _is_full(charge)
    new = window is not None and (state.tried_at or now) < window.start
    if not due or (state.waits(TimedAction.START, now) and not new):
        return state, TimedAction.NONE
    return state, TimedAction.START


def _unplugged(state: TimedCharge, now: datetime) -> tuple[TimedCharge, TimedAction]:
    """Return the state of a car that is not plugged in, and whether to let it go."""
    if not state.keeps:
        return TimedCharge(), TimedAction.NONE
    if state.waits(TimedAction.START, now):
        return state, TimedAction.NONE
    return state, TimedAction.START


def _outside(
    state: TimedCharge, charge: ChargeSnapshot, charging: bool | None, now: datetime
) -> tuple[TimedCharge, TimedAction]:
    """Return the state of a car outside of its windows, and whether to stop it.

    A level that is not known may be too low: the car goes on charging.
    """
    if charging is False:
        state = replace(state.effective(), started=None)
        quiet = None if _is_full(charge) else state.quiet_since or now
        return replace(state, quiet_since=quiet), TimedAction.NONE
    if not charging or charge.battery_level is None or state.left_alone:
        return state, TimedAction.NONE
    if state.quiet_since is not None and now - state.quiet_since >= QUIET:
        return TimedCharge(left_alone=True), TimedAction.NONE
    stopped = state.tries if state.action is TimedAction.STOP else 0
    if state.waits(TimedAction.STOP, now) or stopped >= MOST_TRIES:
        return state, TimedAction.NONE
    return state, TimedAction.STOP


def _is_full(charge: ChargeSnapshot) -> bool:
    """Whether a car is known to be at its limit."""
    level, limit = charge.battery_level, charge.charge_limit
    return None not in (level, limit) and (level or 0) >= (limit or 0)


def failure_of_timing(state: TimedCharge) -> str | None:
    """Return what a person is told of commands without effect; None: nothing."""
    if state.tries < REPORTED_AFTER:
        return None
    return NOT_STOPPED if state.action is TimedAction.STOP else NOT_STARTED
