"""Whether to read a car, in the user's mode, and when to poll next."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ..gateways.models import Connectivity
from .adaptive import FREE_INTERVAL, adaptive
from .policy_input import PolicyInput, ReadReason

DAY_BEGINS: Final = time(7)
DAY_ENDS: Final = time(23)
DAY_INTERVAL: Final = timedelta(minutes=15)
NIGHT_INTERVAL: Final = timedelta(minutes=60)

# Polls while something waits to be undone: a car is awake for some ten minutes or more.
UNDOING_INTERVAL: Final = timedelta(minutes=5)

# A timer may fire a little early; a read that is due by the rhythm must not be missed.
SLACK: Final = timedelta(seconds=30)

# Cars fall asleep after 10 to 30 idle minutes, and on many a read restarts the count.
# A car with nothing new is not read for longer than that.
LET_SLEEP: Final = timedelta(minutes=31)
READY_SILENCE: Final = timedelta(minutes=60)


class ScoutingMode(StrEnum):
    """How the Scout decides when to read."""

    ADAPTIVE = "adaptive"
    FIXED = "fixed"


DEFAULT_MODE: Final = ScoutingMode.ADAPTIVE


def interval(now: datetime, zone: tzinfo) -> timedelta:
    """Return the interval of reads: 15 min from 07:00 to 23:00, 60 min at night."""
    if DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS:
        return DAY_INTERVAL
    return NIGHT_INTERVAL


def next_fixed_read(now: datetime, zone: tzinfo) -> datetime:
    """Return when to read again (UTC); the last read of the night is at 07:00."""
    after = now.astimezone(UTC) + interval(now, zone)
    today = now.astimezone(zone).date()
    morning = datetime.combine(today, DAY_BEGINS, zone).astimezone(UTC)
    return morning if now < morning < after else after


def fixed(inputs: PolicyInput, now: datetime, zone: tzinfo) -> ReadReason:
    """Return why a car is read now, or is not, in the fixed rhythm.

    The car has been polled already; no reason ever wakes it.
    """
    if inputs.connectivity is not Connectivity.ONLINE:
        offline = inputs.connectivity is Connectivity.OFFLINE
        return ReadReason.OFFLINE if offline else ReadReason.ASLEEP
    if inputs.asked:
        return ReadReason.ASKED
    if inputs.in_service:
        return ReadReason.IN_SERVICE
    if inputs.tried_at is not None and inputs.misses:
        # Most failures are billed, and requests by a person cause extra polls.
        tried = now - inputs.tried_at
        if timedelta(0) <= tried < DAY_INTERVAL - SLACK:
            return ReadReason.NOT_DUE
    if inputs.read_at is None:
        return ReadReason.FIRST
    if inputs.hinted:
        return ReadReason.HINT
    if inputs.before.connectivity is not Connectivity.ONLINE:
        return ReadReason.WOKE_UP
    if inputs.missed or inputs.read_at > now:
        # The last read failed, so its cause still holds, or the clock was set back.
        return ReadReason.DUE
    passed = (now - inputs.read_at) / inputs.stretch
    idle = not inputs.before.driving and not inputs.before.charging
    if idle and inputs.before.ready and passed < READY_SILENCE - SLACK:
        return ReadReason.READY_KNOWN
    if idle and inputs.quiet_reads and passed < LET_SLEEP:
        return ReadReason.LET_SLEEP
    rhythm = min(interval(now, zone), interval(now + SLACK, zone))
    if passed < rhythm - SLACK:
        return ReadReason.NOT_DUE
    return ReadReason.DUE


def decide(
    mode: ScoutingMode, inputs: PolicyInput, now: datetime, zone: tzinfo
) -> ReadReason:
    """Return why a car is read now, or is not, in the user's mode."""
    match mode:
        case ScoutingMode.ADAPTIVE:
            return adaptive(inputs, now)
        case ScoutingMode.FIXED:
            return fixed(inputs, now, zone)


def next_round(
    mode: ScoutingMode, now: datetime, zone: tzinfo, *, undoing: bool = False
) -> datetime:
    """Return when to poll next (UTC), in the user's mode.

    ``undoing``: something of ours waits in a car until it is awake.
    """
    match mode:
        case ScoutingMode.ADAPTIVE:
            return now.astimezone(UTC) + FREE_INTERVAL
        case ScoutingMode.FIXED:
            following = next_fixed_read(now, zone)
            sooner = now.astimezone(UTC) + UNDOING_INTERVAL
            return min(following, sooner) if undoing else following
