"""What is known of a car, and whether a look is worth its price; when to look next."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ..fleet.models import Connectivity
from .triggers import Observation

DAY_BEGINS: Final = time(7)
DAY_ENDS: Final = time(23)
DAY_INTERVAL: Final = timedelta(minutes=15)
NIGHT_INTERVAL: Final = timedelta(minutes=60)

# A look that is due by the rhythm must not be missed for a timer's early seconds.
SLACK: Final = timedelta(seconds=30)

# Cars fall asleep after 10 to 30 idle minutes, and on many a paid look restarts the
# count; a car that has nothing to tell is left alone for longer than that.
LET_SLEEP: Final = timedelta(minutes=31)
READY_SILENCE: Final = timedelta(minutes=60)


class ScoutingMode(StrEnum):
    """How the Scout decides when to look."""

    FIXED = "fixed"


class LookReason(StrEnum):
    """Why a car is looked at for money, or is not."""

    ASKED = "asked"
    ASLEEP = "asleep"
    DUE = "due"
    FIRST = "first"
    IN_SERVICE = "in_service"
    LET_SLEEP = "let_sleep"
    NOT_DUE = "not_due"
    OFFLINE = "offline"
    READY_KNOWN = "ready_known"
    WOKE_UP = "woke_up"


# The reasons that are worth a paid look.
PAID: Final = frozenset(
    {LookReason.ASKED, LookReason.DUE, LookReason.FIRST, LookReason.WOKE_UP}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the free look and the looks before it told of a car.

    ``quiet_looks`` counts the paid looks in a row that told nothing new; ``missed``
    says that the last look that was worth its price came to nothing.
    """

    connectivity: Connectivity | None
    before: Observation
    looked_at: datetime | None
    quiet_looks: int = 0
    missed: bool = False
    in_service: bool = False
    asked: bool = False


def interval(now: datetime, zone: tzinfo) -> timedelta:
    """Return the rhythm of looks: 15 min from 07:00 to 23:00, 60 min at night."""
    if DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS:
        return DAY_INTERVAL
    return NIGHT_INTERVAL


def next_look(now: datetime, zone: tzinfo) -> datetime:
    """Return when to look again (UTC); the last look of the night is at 07:00."""
    after = now.astimezone(UTC) + interval(now, zone)
    local = now.astimezone(zone)
    for day in (local.date(), local.date() + timedelta(days=1)):
        morning = datetime.combine(day, DAY_BEGINS, zone).astimezone(UTC)
        if now < morning < after:
            return morning
    return after


def fixed(known: Known, now: datetime, zone: tzinfo) -> LookReason:
    """Return why a car is looked at now, or is not, in the fixed rhythm.

    A free look has been taken already; no reason ever wakes a car.
    """
    if known.connectivity is not Connectivity.ONLINE:
        offline = known.connectivity is Connectivity.OFFLINE
        return LookReason.OFFLINE if offline else LookReason.ASLEEP
    if known.asked:
        return LookReason.ASKED
    if known.in_service:
        return LookReason.IN_SERVICE
    if known.looked_at is None:
        return LookReason.FIRST
    if known.before.connectivity is not Connectivity.ONLINE:
        return LookReason.WOKE_UP
    if known.missed or known.looked_at > now:
        # Nothing was learnt of what made it worth a look, or the clock was set back.
        return LookReason.DUE
    passed = now - known.looked_at
    idle = not known.before.driving and not known.before.charging
    if idle and known.before.ready and passed < READY_SILENCE - SLACK:
        return LookReason.READY_KNOWN
    if idle and known.quiet_looks and passed < LET_SLEEP:
        return LookReason.LET_SLEEP
    rhythm = min(interval(now, zone), interval(now + SLACK, zone))
    if passed < rhythm - SLACK:
        return LookReason.NOT_DUE
    return LookReason.DUE


def decide(mode: ScoutingMode, known: Known, now: datetime, zone: tzinfo) -> LookReason:
    """Return why a car is looked at now, or is not, in the user's mode."""
    match mode:
        case ScoutingMode.FIXED:
            return fixed(known, now, zone)
