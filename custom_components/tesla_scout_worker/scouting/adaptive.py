"""The adaptive policy: a paid look only where it can tell something new.

Free looks tell when a car wakes and when it falls asleep. What lies between is placed
by what the last paid look told: when the car can be home, when its charge should end,
when it should be asleep if it only stands there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..gateways.models import Connectivity
from .motion import FAST, SETTLE, SOON, USUAL
from .policy_input import Known, LookReason

# As often as is polite: one list call a minute for all cars of an account is what
# tesla_custom's library asks too (teslajsonpy, ONLINE_INTERVAL), half of what TeslaMate
# asks for each car, and Tesla allows sixty. It is less than the two to three minutes
# for which some cars wake by themselves, so that these are seen for what they are.
FREE_INTERVAL: Final = timedelta(minutes=1)

# A look is taken in the round nearest to when it is due.
HALF_ROUND: Final = FREE_INTERVAL / 2

# Some cars wake by themselves for 2 to 3 minutes an hour, and a paid look would keep
# them up for a quarter (TeslaMate). A car that was left plugged in wakes to charge or to
# drive, neither of which is in a hurry; one that was not may be plugged in now.
LASTING: Final = timedelta(minutes=6)
LASTING_PLUGGED_IN: Final = timedelta(minutes=10)
LASTING_AWAY: Final = timedelta(minutes=4)

# Between two looks at a car that drives.
LEAST_GAP: Final = timedelta(minutes=8)

# A speed that was seen over a few minutes is right to an eighth, which is two minutes of
# this. A longer way home is looked at once more before its end.
FORESEEABLE: Final = timedelta(minutes=18)
LONG_SHARE: Final = 0.75

# A car that drives away from home may park at any time. A look soon after that costs it
# little sleep, a late one much, so it is not left alone for all of its way back. One
# that falls asleep so soon that it hardly can come home before tells for free by that.
OUTBOUND_SHARE: Final = 0.5
SLEEPS_SOON: Final = timedelta(minutes=17)

# A stop so near, of a car that takes long to fall asleep, is looked at once more, so late
# that the car is on its way home by then if the stop was a short one: the drive takes
# its ten minutes, and an arrival may be seen eight later. Replayed (seeds 1 to 8, 30
# minutes): three minutes near, the p95 of arrivals is 9.1 minutes; five, the cars are
# awake for 1.108 times as long as unwatched; looked at after 16 minutes, for 0.003 longer.
NEAR: Final = timedelta(minutes=4)
NEAR_WAIT: Final = timedelta(minutes=14)
SLEEPS_LATE: Final = timedelta(minutes=25)

# The car's own estimate is in whole minutes. In between it may be unplugged and leave;
# the longer it has charged, the less likely that is.
CHARGE_MARGIN: Final = timedelta(seconds=42)
CHARGING_GAPS: Final = (
    timedelta(minutes=60),
    timedelta(minutes=120),
)

# For a car that was idle at two looks and awake in between: the longest time that cars
# are known to take to fall asleep; and then it is kept awake by something else, such as
# sentry mode, which a read can neither see nor end.
AWAKE_GAPS: Final = (timedelta(minutes=31), timedelta(minutes=60))

# No car that is online is left alone for longer, however far away it is.
LONGEST_GAP: Final = timedelta(hours=2)

# A look that came to nothing is billed, and repeated ever more rarely.
RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(hours=1)

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """When an online car is worth a paid look (UTC), why then, and why not before."""

    due: datetime
    reason: LookReason
    until_then: LookReason = LookReason.NOT_DUE


def adaptive(known: Known, now: datetime) -> LookReason:
    """Return why a car is looked at now, or is not; a free look has been taken."""
    if known.connectivity is not Connectivity.ONLINE:
        offline = known.connectivity is Connectivity.OFFLINE
        return LookReason.OFFLINE if offline else LookReason.ASLEEP
    if known.asked:
        return LookReason.ASKED
    if known.in_service:
        return LookReason.IN_SERVICE
    failed = known.tried_at is not None and known.tried_at <= now < _retry_at(known)
    if known.looked_at is not None and known.looked_at > now and not failed:
        # The clock was set back.
        return LookReason.DUE
    planned = plan(known)
    return planned.reason if now >= planned.due - HALF_ROUND else planned.until_then


def plan(known: Known) -> Plan:
    """Return when a car that is online, and stays so, is to be looked at."""
    planned = _stretched(_planned(known), known)
    if _retry_at(known) > planned.due:
        return Plan(due=_retry_at(known), reason=LookReason.MISSED)
    return planned


def _retry_at(known: Known) -> datetime:
    """Return when a look may be tried again; long ago if none came to nothing."""
    if not known.misses or known.tried_at is None:
        return _LONG_AGO
    wait: timedelta = min(RETRY * 2 ** min(known.misses - 1, 8), LONGEST_RETRY)
    return known.tried_at + wait


def _planned(known: Known) -> Plan:
    """Return the plan of a month in which money is no matter."""
    trail, since = known.trail, known.trail.online_since
    if known.looked_at is None:
        return Plan(due=_LONG_AGO, reason=LookReason.FIRST)
    if known.hinted:
        return Plan(due=_LONG_AGO, reason=LookReason.HINT)
    if trail.slept and since is not None:
        return Plan(
            due=since + _lasting(known),
            reason=LookReason.WOKE_UP,
            until_then=LookReason.JUST_WOKE,
        )
    if trail.leaves_at is not None:
        planned = Plan(due=trail.leaves_at, reason=LookReason.UNPLUGGED)
    elif known.driving:
        planned = _of_drive(known, known.looked_at)
    elif known.charging:
        planned = _of_charge(known, known.looked_at)
    elif trail.plug_at is not None and not known.cable_told:
        planned = Plan(due=trail.plug_at, reason=LookReason.PLUG_EXPECTED)
    else:
        planned = _of_rest(known, known.looked_at)
    if since is None or since <= known.looked_at or planned.due >= since + SOON:
        return planned
    # A signal that is back must last, as the end of a sleep must.
    return Plan(due=since + SOON, reason=LookReason.SIGNAL_BACK)


def _lasting(known: Known) -> timedelta:
    """Return how long a car that woke must be up to be worth a look."""
    trail = known.trail
    if known.before.at_home is False and trail.metres is not None:
        if known.driving and trail.inbound:
            return LASTING
        # Where a wallbox tells of the cable, it mostly tells of the arrival too.
        told = known.cable_told
        way = trail.takes(USUAL) + SETTLE if told else trail.takes(FAST)
        return min(max(LASTING_AWAY, way), LONGEST_GAP)
    if known.before.plugged_in or known.cable_told:
        return LASTING_PLUGGED_IN
    return LASTING


def _of_drive(known: Known, looked_at: datetime) -> Plan:
    """Return the plan of a car that drives, by when it can be home."""
    trail, way = known.trail, known.trail.way_home
    if way is None:
        wait = LEAST_GAP
    elif known.before.at_home:
        return Plan(due=looked_at + SETTLE, reason=LookReason.MAY_BE_HOME)
    elif trail.inbound:
        far = min(way * LONG_SHARE, FORESEEABLE)
        wait = way + SETTLE if way <= FORESEEABLE else far
    elif trail.idle_time > SLEEPS_SOON:
        wait = way * OUTBOUND_SHARE
    else:
        wait = trail.takes(max(trail.speed, USUAL)) + SETTLE
    if trail.idle_time > SLEEPS_SOON:
        wait = min(wait, trail.takes(FAST) + trail.idle_time - SOON)
    wait = min(max(wait, LEAST_GAP), LONGEST_GAP)
    return Plan(due=looked_at + wait, reason=LookReason.MAY_BE_HOME)


def _of_charge(known: Known, looked_at: datetime) -> Plan:
    """Return the plan of a car that charges, by when that should end."""
    gap = CHARGING_GAPS[min(known.trail.same_looks, len(CHARGING_GAPS) - 1)]
    full_at = known.trail.full_at
    if full_at is not None and full_at + CHARGE_MARGIN <= looked_at + gap:
        return Plan(due=full_at + CHARGE_MARGIN, reason=LookReason.CHARGE_ENDS)
    return Plan(due=looked_at + gap, reason=LookReason.CHARGING)


def _of_rest(known: Known, looked_at: datetime) -> Plan:
    """Return the plan of a parked car: it is left alone until it should sleep."""
    trail = known.trail
    if trail.same_looks:
        wait = AWAKE_GAPS[min(trail.same_looks, len(AWAKE_GAPS)) - 1]
    else:
        wait = trail.idle_time
    if known.before.at_home is False and trail.metres is not None:
        way = trail.takes(max(trail.speed, USUAL))
        near = way < NEAR and not trail.same_looks and not known.cable_told
        if near and wait > SLEEPS_LATE:
            wait = NEAR_WAIT
        wait = min(max(wait, way + SETTLE), max(wait, LONGEST_GAP))
    return Plan(
        due=looked_at + wait,
        reason=LookReason.STILL_AWAKE,
        until_then=LookReason.LET_SLEEP,
    )


def _stretched(planned: Plan, known: Known) -> Plan:
    """Return a plan in a month that must be saved in: everything takes longer."""
    since, online_since = known.looked_at, known.trail.online_since
    if since is None or (online_since is not None and online_since > since):
        # What it slept or was out of reach for is no wait.
        since = online_since
    if known.stretch <= 1 or since is None or planned.due <= since:
        return planned
    return Plan(
        due=since + (planned.due - since) * known.stretch,
        reason=planned.reason,
        until_then=planned.until_then,
    )
