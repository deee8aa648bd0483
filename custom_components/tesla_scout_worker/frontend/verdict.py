"""The verdict: whether a target will be reached, and what a person must do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..charging.sessions.session import SessionState
from .facts import CarFacts, Goal
from .strip import Charge, duration

# A car reports whole percents.
ROUNDING = 1.0


class VerdictKey(StrEnum):
    """How a car stands; the card has a sentence for each.

    AWAY: It is not at home; ``plug_in_by`` is the last moment.
    FAILED: The plan could not be sent.
    FULL: It is at its limit, and nothing else is planned.
    LEVEL_UNKNOWN, NEVER_READ: Nothing can be said yet.
    NO_DEPARTURE: There is no departure within the next days.
    NO_HOME: The home zone does not exist.
    NO_PRICES: No price is known: the car charges late, by guess.
    OFF: Off-peak charging is off.
    ON_TRACK: The target is reached, ``spare`` before the deadline.
    PLUG_IN: The car is not plugged in; ``plug_in_by`` is when the plan begins, or the
        last moment if that is over.
    PREVIEW: Shadow mode: the car is not controlled.
    REACHED: The target is reached already.
    SHORT: Only ``level`` is reached by the deadline.
    SIGNED_OUT: Tesla refused the sign-in.
    NOT_LOADED: The account is not loaded.
    WAITS_FOR_PRICES: The plan waits for prices that are still to be published.
    """

    AWAY = "away"
    FAILED = "failed"
    FULL = "full"
    LEVEL_UNKNOWN = "level_unknown"
    NEVER_READ = "never_read"
    NO_DEPARTURE = "no_departure"
    NO_HOME = "no_home"
    NO_PRICES = "no_prices"
    NOT_LOADED = "not_loaded"
    OFF = "off"
    ON_TRACK = "on_track"
    PLUG_IN = "plug_in"
    PREVIEW = "preview"
    REACHED = "reached"
    SHORT = "short"
    SIGNED_OUT = "signed_out"
    WAITS_FOR_PRICES = "waits_for_prices"


class Tone(StrEnum):
    """How a verdict is shown."""

    GOOD = "good"
    NEUTRAL = "neutral"
    WARNING = "warning"
    BAD = "bad"


TONES = {
    VerdictKey.AWAY: Tone.NEUTRAL,
    VerdictKey.FAILED: Tone.BAD,
    VerdictKey.FULL: Tone.GOOD,
    VerdictKey.LEVEL_UNKNOWN: Tone.NEUTRAL,
    VerdictKey.NEVER_READ: Tone.NEUTRAL,
    VerdictKey.NO_DEPARTURE: Tone.NEUTRAL,
    VerdictKey.NO_HOME: Tone.BAD,
    VerdictKey.NO_PRICES: Tone.WARNING,
    VerdictKey.NOT_LOADED: Tone.BAD,
    VerdictKey.OFF: Tone.NEUTRAL,
    VerdictKey.ON_TRACK: Tone.GOOD,
    VerdictKey.PLUG_IN: Tone.WARNING,
    VerdictKey.PREVIEW: Tone.NEUTRAL,
    VerdictKey.REACHED: Tone.GOOD,
    VerdictKey.SHORT: Tone.BAD,
    VerdictKey.SIGNED_OUT: Tone.BAD,
    VerdictKey.WAITS_FOR_PRICES: Tone.NEUTRAL,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a car stands with a goal, or without any.

    Attributes:
        key: What to say.
        tone: How to show it.
        target: Target in percent.
        ready_by: The deadline (UTC).
        level: The expected state of charge at the deadline, in percent.
        spare: Minutes between the end of charging and the deadline.
        plug_in_by: When to plug in (UTC).
        latest: The last moment to begin (UTC).
    """

    key: VerdictKey
    tone: Tone
    target: float | None = None
    ready_by: datetime | None = None
    level: float | None = None
    spare: int | None = None
    plug_in_by: datetime | None = None
    latest: datetime | None = None


def general(key: VerdictKey) -> Verdict:
    """Return a verdict that is about no goal."""
    return Verdict(key=key, tone=TONES[key])


def general_verdict(facts: CarFacts) -> Verdict:
    """Return the verdict of a car that is not planned for."""
    if not facts.home_known:
        return general(VerdictKey.NO_HOME)
    if facts.seen_at is None:
        return general(VerdictKey.NEVER_READ)
    if not facts.sync:
        return general(VerdictKey.OFF)
    if facts.level is None or facts.limit is None:
        return general(VerdictKey.LEVEL_UNKNOWN)
    if facts.level >= facts.limit:
        return general(VerdictKey.FULL)
    if facts.departure is None:
        return general(VerdictKey.NO_DEPARTURE)
    return general(VerdictKey.LEVEL_UNKNOWN)


def goal_verdict(
    facts: CarFacts, goal: Goal, level: float | None, planned: Sequence[Charge]
) -> Verdict:
    """Return the verdict of a goal.

    Args:
        facts: The car.
        goal: The goal.
        level: State of charge in percent that it starts from: after the goals before it.
        planned: What is left of its windows.
    """
    latest = goal.ready_by - duration(facts.battery, level or 0.0, goal.target)
    reached = expected(goal, level, planned)
    key = _key(facts, goal, level, planned, reached)
    plug_in_by = None
    if key in (VerdictKey.PLUG_IN, VerdictKey.AWAY):
        first = planned[0].start if planned else latest
        plug_in_by = first if first > facts.now else max(latest, facts.now)
    spare = None
    if key is VerdictKey.ON_TRACK and planned:
        spare = int((goal.ready_by - planned[-1].end) / timedelta(minutes=1))
    return Verdict(
        key=key,
        tone=TONES[key],
        target=goal.target,
        ready_by=goal.ready_by,
        level=None if reached is None else round(reached, 1),
        spare=spare,
        plug_in_by=plug_in_by,
        latest=latest,
    )


def expected(
    goal: Goal, level: float | None, planned: Sequence[Charge]
) -> float | None:
    """Return the state of charge that is expected at the deadline, in percent."""
    if goal.state == SessionState.ACTIVE and goal.expected_level is not None:
        return goal.expected_level
    if planned:
        return planned[-1].level_to
    return level


def _key(
    facts: CarFacts,
    goal: Goal,
    level: float | None,
    planned: Sequence[Charge],
    reached: float | None,
) -> VerdictKey:
    """Return what to say about a goal."""
    daily = goal.session_id is None
    if level is None:
        return VerdictKey.LEVEL_UNKNOWN
    if level >= goal.target:
        return VerdictKey.REACHED
    if daily and facts.shadow:
        return VerdictKey.PREVIEW
    if goal.state == "failed":
        return VerdictKey.FAILED
    left = goal.ready_by - duration(facts.battery, level, goal.target)
    if facts.at_home is False or facts.plugged_in is False:
        if left < facts.now:
            return VerdictKey.SHORT
        away = facts.at_home is False
        return VerdictKey.AWAY if away else VerdictKey.PLUG_IN
    if "no_prices" in goal.reasons:
        return VerdictKey.NO_PRICES
    if reached is not None and reached >= goal.target - ROUNDING and planned:
        return VerdictKey.ON_TRACK
    if "prices_awaited" in goal.reasons and left > facts.now:
        return VerdictKey.WAITS_FOR_PRICES
    return VerdictKey.SHORT
