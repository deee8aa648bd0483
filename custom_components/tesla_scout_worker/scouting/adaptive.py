"""The adaptive policy: read a car only when the read can show something new.

Polls show when a car wakes and when it falls asleep. In between, the last read says
when to read again: when the car can be home, when its charge should end, when it should
be asleep if it is only parked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..gateways.models import Connectivity
from .motion import FAST, SETTLE, SOON, USUAL
from .policy_input import PolicyInput, ReadReason

# One list call a minute for all cars of an account: as often as tesla_custom's library
# (teslajsonpy, ONLINE_INTERVAL), half as often as TeslaMate for each car; Tesla allows
# sixty. It must be shorter than the two to three minutes for which some cars wake by
# themselves, so that these short wakes can be recognised.
FREE_INTERVAL: Final = timedelta(minutes=1)

# A read is taken with the poll nearest to when it is due.
HALF_ROUND: Final = FREE_INTERVAL / 2

# Some cars wake by themselves for 2 to 3 minutes an hour, and a read would keep them
# awake for a quarter of an hour (TeslaMate). A car that was left plugged in wakes to
# charge or to drive, neither of which is urgent; another one may be plugged in now.
LASTING: Final = timedelta(minutes=6)
LASTING_PLUGGED_IN: Final = timedelta(minutes=10)
LASTING_AWAY: Final = timedelta(minutes=4)

# Between two reads of a car that drives.
LEAST_GAP: Final = timedelta(minutes=8)

# A speed measured over a few minutes is right to an eighth, which is two minutes of
# this. On a longer way home the car is read once more before it arrives.
FORESEEABLE: Final = timedelta(minutes=18)
LONG_SHARE: Final = 0.75

# A car that drives away from home may park at any time. An early read costs it little
# sleep, a late one much, so it is read at half of the time that the way back takes. A
# car that falls asleep within SLEEPS_SOON shows by that, for free, that it parked.
OUTBOUND_SHARE: Final = 0.5
SLEEPS_SOON: Final = timedelta(minutes=17)

# A stop this near, of a car that falls asleep late, is read once more, late enough that
# the car is on its way home by then if the stop was a short one: the drive takes ten
# minutes, and an arrival may be seen eight minutes later. Replayed (seeds 1 to 8, 30
# minutes): with NEAR at three minutes the p95 of arrivals is 9.1 minutes; at five the
# cars are awake 1.108 times as long as unwatched; with NEAR_WAIT at 16 minutes 0.003 more.
NEAR: Final = timedelta(minutes=4)
NEAR_WAIT: Final = timedelta(minutes=14)
SLEEPS_LATE: Final = timedelta(minutes=25)

# The car's own estimate is in whole minutes. Before that it may be unplugged and leave;
# the longer it has charged, the less likely that is.
CHARGE_MARGIN: Final = timedelta(seconds=42)
CHARGING_GAPS: Final = (
    timedelta(minutes=60),
    timedelta(minutes=120),
)

# For a car that was idle at two reads and awake in between. First the longest time that
# cars are known to take to fall asleep. After that something else keeps it awake, such
# as sentry mode, which a read neither shows nor ends.
AWAKE_GAPS: Final = (timedelta(minutes=31), timedelta(minutes=60))

# The longest gap between two reads of a car that is online, however far away it is.
LONGEST_GAP: Final = timedelta(hours=2)

# A read that failed is billed, and repeated at growing intervals.
RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(hours=1)

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextRead:
    """When an online car is to be read (UTC), why then, and why not before."""

    due: datetime
    reason: ReadReason
    until_then: ReadReason = ReadReason.NOT_DUE


def adaptive(inputs: PolicyInput, now: datetime) -> ReadReason:
    """Return why a car is read now, or is not; it has been polled."""
    if inputs.from_memory:
        return _from_memory(inputs, now)
    if inputs.connectivity is not Connectivity.ONLINE:
        offline = inputs.connectivity is Connectivity.OFFLINE
        return ReadReason.OFFLINE if offline else ReadReason.ASLEEP
    if inputs.asked:
        return ReadReason.ASKED
    if inputs.in_service:
        return ReadReason.IN_SERVICE
    failed = inputs.tried_at is not None and inputs.tried_at <= now < _retry_at(inputs)
    if inputs.read_at is not None and inputs.read_at > now and not failed:
        # The clock was set back.
        return ReadReason.DUE
    planned = next_read(inputs)
    if inputs.pushed and inputs.read_at is not None:
        return ReadReason.DUE if now >= planned.due else ReadReason.NOT_DUE
    return planned.reason if now >= planned.due - HALF_ROUND else planned.until_then


def _from_memory(inputs: PolicyInput, now: datetime) -> ReadReason:
    """Return why a provider's memory of a car is read now, or is not: nothing wakes.

    It is read with each poll while the car is online. What it says of a car that sleeps
    is from before its sleep, and is read once.
    """
    if inputs.asked:
        return ReadReason.ASKED
    if inputs.read_at is None:
        return ReadReason.FIRST
    if inputs.hinted:
        return ReadReason.HINT
    if inputs.connectivity is not Connectivity.ONLINE:
        offline = inputs.connectivity is Connectivity.OFFLINE
        return ReadReason.OFFLINE if offline else ReadReason.ASLEEP
    if inputs.in_service:
        return ReadReason.IN_SERVICE
    if inputs.tried_at is not None and inputs.tried_at <= now < _retry_at(inputs):
        return ReadReason.NOT_DUE
    return ReadReason.DUE


def next_read(inputs: PolicyInput) -> NextRead:
    """Return when to read a car that is online, and stays so."""
    if inputs.from_memory:
        return NextRead(due=_retry_at(inputs), reason=ReadReason.DUE)
    if inputs.pushed and inputs.read_at is not None:
        # Reports of a car get lost now and then.
        due = max(inputs.read_at + LONGEST_GAP, _retry_at(inputs))
        return NextRead(due=due, reason=ReadReason.DUE)
    planned = _stretched(_planned(inputs), inputs)
    if _retry_at(inputs) > planned.due:
        return NextRead(due=_retry_at(inputs), reason=ReadReason.MISSED)
    return planned


def _retry_at(inputs: PolicyInput) -> datetime:
    """Return when a read may be tried again; long ago if none has failed."""
    if not inputs.misses or inputs.tried_at is None:
        return _LONG_AGO
    wait: timedelta = min(RETRY * 2 ** min(inputs.misses - 1, 8), LONGEST_RETRY)
    return inputs.tried_at + wait


def _planned(inputs: PolicyInput) -> NextRead:
    """Return when to read a car while the budget does not matter."""
    motion, since = inputs.motion, inputs.motion.online_since
    if inputs.read_at is None:
        return NextRead(due=_LONG_AGO, reason=ReadReason.FIRST)
    if inputs.hinted:
        return NextRead(due=_LONG_AGO, reason=ReadReason.HINT)
    if motion.slept and since is not None:
        return NextRead(
            due=since + _lasting(inputs),
            reason=ReadReason.WOKE_UP,
            until_then=ReadReason.JUST_WOKE,
        )
    if motion.leaves_at is not None:
        planned = NextRead(due=motion.leaves_at, reason=ReadReason.UNPLUGGED)
    elif inputs.driving:
        planned = _of_drive(inputs, inputs.read_at)
    elif inputs.charging:
        planned = _of_charge(inputs, inputs.read_at)
    elif motion.plug_at is not None and not inputs.cable_hinted:
        planned = NextRead(due=motion.plug_at, reason=ReadReason.PLUG_EXPECTED)
    else:
        planned = _of_rest(inputs, inputs.read_at)
    if since is None or since <= inputs.read_at or planned.due >= since + SOON:
        return planned
    # A signal that is back must last before it is worth a read, as a wake must.
    return NextRead(due=since + SOON, reason=ReadReason.SIGNAL_BACK)


def _lasting(inputs: PolicyInput) -> timedelta:
    """Return how long a car must be awake before it is worth a read."""
    motion = inputs.motion
    if inputs.before.at_home is False and motion.metres is not None:
        if inputs.driving and motion.inbound:
            return LASTING
        # A wallbox that reports the cable mostly reports the arrival with it.
        reported = inputs.cable_hinted
        way = (
            motion.travel_time(USUAL) + SETTLE if reported else motion.travel_time(FAST)
        )
        return min(max(LASTING_AWAY, way), LONGEST_GAP)
    if inputs.before.plugged_in or inputs.cable_hinted:
        return LASTING_PLUGGED_IN
    return LASTING


def _of_drive(inputs: PolicyInput, read_at: datetime) -> NextRead:
    """Return when to read a car that drives, by when it can be home."""
    motion, way = inputs.motion, inputs.motion.way_home
    if way is None:
        wait = LEAST_GAP
    elif inputs.before.at_home:
        return NextRead(due=read_at + SETTLE, reason=ReadReason.MAY_BE_HOME)
    elif motion.inbound:
        far = min(way * LONG_SHARE, FORESEEABLE)
        wait = way + SETTLE if way <= FORESEEABLE else far
    elif motion.idle_time > SLEEPS_SOON:
        wait = way * OUTBOUND_SHARE
    else:
        wait = motion.travel_time(max(motion.speed, USUAL)) + SETTLE
    if motion.idle_time > SLEEPS_SOON:
        wait = min(wait, motion.travel_time(FAST) + motion.idle_time - SOON)
    wait = min(max(wait, LEAST_GAP), LONGEST_GAP)
    return NextRead(due=read_at + wait, reason=ReadReason.MAY_BE_HOME)


def _of_charge(inputs: PolicyInput, read_at: datetime) -> NextRead:
    """Return when to read a car that charges, by when the charge should end."""
    gap = CHARGING_GAPS[min(inputs.motion.same_reads, len(CHARGING_GAPS) - 1)]
    full_at = inputs.motion.full_at
    if full_at is not None and full_at + CHARGE_MARGIN <= read_at + gap:
        return NextRead(due=full_at + CHARGE_MARGIN, reason=ReadReason.CHARGE_ENDS)
    return NextRead(due=read_at + gap, reason=ReadReason.CHARGING)


def _of_rest(inputs: PolicyInput, read_at: datetime) -> NextRead:
    """Return when to read a parked car: not before it should have fallen asleep."""
    motion = inputs.motion
    if motion.same_reads:
        wait = AWAKE_GAPS[min(motion.same_reads, len(AWAKE_GAPS)) - 1]
    else:
        wait = motion.idle_time
    if inputs.before.at_home is False and motion.metres is not None:
        way = motion.travel_time(max(motion.speed, USUAL))
        near = way < NEAR and not motion.same_reads and not inputs.cable_hinted
        if near and wait > SLEEPS_LATE:
            wait = NEAR_WAIT
        wait = min(max(wait, way + SETTLE), max(wait, LONGEST_GAP))
    return NextRead(
        due=read_at + wait,
        reason=ReadReason.STILL_AWAKE,
        until_then=ReadReason.LET_SLEEP,
    )


def _stretched(planned: NextRead, inputs: PolicyInput) -> NextRead:
    """Return a plan with all waits stretched, to save money this month."""
    since, online_since = inputs.read_at, inputs.motion.online_since
    if since is None or (online_since is not None and online_since > since):
        # Time asleep or out of reach does not count as waiting.
        since = online_since
    if inputs.stretch <= 1 or since is None or planned.due <= since:
        return planned
    return NextRead(
        due=since + (planned.due - since) * inputs.stretch,
        reason=planned.reason,
        until_then=planned.until_then,
    )
