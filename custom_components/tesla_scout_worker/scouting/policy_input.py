"""What the policy knows about a car, and the reasons to read it or not."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..gateways.models import Connectivity
from .events import Observation
from .motion import MotionEstimate


class ReadReason(StrEnum):
    """Why a car is read, or is not."""

    ASKED = "asked"
    ASLEEP = "asleep"
    BUDGET = "budget"
    CHARGE_ENDS = "charge_ends"
    CHARGING = "charging"
    DUE = "due"
    FIRST = "first"
    HINT = "hint"
    IN_SERVICE = "in_service"
    JUST_WOKE = "just_woke"
    LET_SLEEP = "let_sleep"
    MAY_BE_HOME = "may_be_home"
    MISSED = "missed"
    NOT_DUE = "not_due"
    OFFLINE = "offline"
    PLUG_EXPECTED = "plug_expected"
    READY_KNOWN = "ready_known"
    SESSION = "session"
    SIGNAL_BACK = "signal_back"
    STILL_AWAKE = "still_awake"
    UNPLUGGED = "unplugged"
    WOKE_UP = "woke_up"


# The reasons for which a car is read.
PAID: Final = frozenset(
    {
        ReadReason.ASKED,
        ReadReason.CHARGE_ENDS,
        ReadReason.CHARGING,
        ReadReason.DUE,
        ReadReason.FIRST,
        ReadReason.HINT,
        ReadReason.MAY_BE_HOME,
        ReadReason.MISSED,
        ReadReason.PLUG_EXPECTED,
        ReadReason.SESSION,
        ReadReason.SIGNAL_BACK,
        ReadReason.STILL_AWAKE,
        ReadReason.UNPLUGGED,
        ReadReason.WOKE_UP,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyInput:
    """What a poll and the reads before it said about a car.

    Attributes:
        connectivity: As the poll says.
        before: What was known before the poll.
        read_at: When the car was read last (UTC).
        quiet_reads: Reads in a row that showed nothing new.
        missed: Whether the last read failed.
        misses: Failed reads in a row.
        tried_at: When the last read was tried (UTC).
        in_service: Whether the car is in service.
        asked: Whether somebody asked for a read.
        driving: Whether the car was driving at the last read.
        charging: Whether it was charging then, and may still be.
        hinted: Whether a hint says that a read may show something new.
        cable_hinted: Whether a trusted hint reports the cable at home.
        stretch: Factor on all waits, to save money this month.
        from_memory: Whether a read costs nothing, wakes nothing and keeps nothing awake,
            since a provider answers it from its memory.
        pushed: Whether the gateway reports what changes, so that a read is paid for
            nothing but the certainty that no report was lost.
        motion: Where the car goes, and when it rests.
    """

    connectivity: Connectivity | None
    before: Observation
    read_at: datetime | None
    quiet_reads: int = 0
    missed: bool = False
    misses: int = 0
    tried_at: datetime | None = None
    in_service: bool = False
    asked: bool = False
    driving: bool = False
    charging: bool = False
    hinted: bool = False
    cable_hinted: bool = False
    stretch: float = 1.0
    from_memory: bool = False
    pushed: bool = False
    motion: MotionEstimate = field(default_factory=MotionEstimate)
