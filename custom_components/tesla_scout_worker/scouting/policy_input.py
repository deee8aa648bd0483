"""What is known of a car when a look is decided on, and why it is taken or not."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..gateways.models import Connectivity
from .events import Observation
from .motion import MotionEstimate


class ReadReason(StrEnum):
    """Why a car is looked at for money, or is not."""

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
    SESSION = "promise"
    READY_KNOWN = "ready_known"
    SIGNAL_BACK = "signal_back"
    STILL_AWAKE = "still_awake"
    UNPLUGGED = "unplugged"
    WOKE_UP = "woke_up"


# The reasons that are worth a paid look.
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
    """What the free look and the looks before it told of a car.

    ``quiet_reads`` counts the paid looks in a row that told nothing new; ``missed``
    says that the last look that was worth its price came to nothing, ``misses`` how
    many of them did, and ``tried_at`` when the last one was tried. ``driving`` and
    ``charging`` are what the last paid look saw, ``hinted`` is whether something at
    home said that a look may tell more, ``cable_hinted`` whether something at home tells
    of the cable, and ``stretch`` how many times as long looks
    wait in a month that must be saved in.
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
    motion: MotionEstimate = field(default_factory=MotionEstimate)
