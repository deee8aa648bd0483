"""Progress of a running session: the expected level, and problems. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from ...gateways.models import ChargeSnapshot, ChargingState
from ..planning.battery import hours_to_charge, level_after, measured, power_at
from ..planning.model import Battery
from ..planning.timeline import LONGEST_WINDOW
from .session import (
    LEVEL_ROUNDING,
    CheckPoint,
    Session,
    SessionEventType,
    SessionTiming,
)

# In percent: a smaller drop of the expected level is within the rounding.
WORTH_TELLING: Final = 2.0

# A shorter extension is not worth a command.
LEAST_EXTENSION: Final = timedelta(minutes=2)


class Progress(StrEnum):
    """Progress of a session at a read.

    STOPPED is below the target after the last window, where charging has ended as
    planned; NOT_CHARGING is within a window.
    """

    WAITING = "waiting"
    CHARGING = "charging"
    NOT_CHARGING = "not_charging"
    STOPPED = "stopped"
    REACHED = "reached"
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """Progress of a session.

    Attributes:
        progress: What the car does for it.
        expected_level: The level at the end of its windows (percent).
        behind: Whether that is too low.
        battery: The battery, with the measured power if that is less than the setting.
        hours_left: What is left of its windows. While the car charges that counts from
            when its level was seen, since the level has risen since.
    """

    progress: Progress
    expected_level: float
    behind: bool
    battery: Battery
    hours_left: float


def assess(
    session: Session,
    charge: ChargeSnapshot,
    battery: Battery,
    now: datetime,
    *,
    level_at: datetime,
) -> Assessment | None:
    """Return the progress of a running session; None if the snapshot lacks the data.

    Before the first window nothing is late, plugged in or not. ``level_at`` is when the
    level was seen (UTC).
    """
    level = charge.battery_level
    if level is None or session.start is None or session.end is None:
        return None
    complete = charge.charging_state is ChargingState.COMPLETE
    if level >= session.target or (complete and level >= session.target - 1):
        return Assessment(
            progress=Progress.REACHED,
            expected_level=max(level, session.target),
            behind=False,
            battery=battery,
            hours_left=0.0,
        )
    progress = _progress(session, charge, now)
    charging = progress is Progress.CHARGING
    left = hours = _hours_left(session, level_at if charging else now)
    if charging:
        battery = _seen(battery, charge, level)
    elif progress is not Progress.WAITING:
        hours = 0.0
    reached = min(level_after(battery, level, hours), session.target)
    return Assessment(
        progress=progress,
        expected_level=reached,
        behind=reached < session.target - LEVEL_ROUNDING,
        battery=battery,
        hours_left=left,
    )


def _progress(session: Session, charge: ChargeSnapshot, now: datetime) -> Progress:
    """Return the progress of a session that is below its target."""
    if not any(window.start <= now for window in session.plan.windows):
        return Progress.WAITING
    if charge.plugged_in is False:
        return Progress.UNPLUGGED
    if charge.charging_state is not None and charge.charging_state.is_charging:
        return Progress.CHARGING
    if any(window.start <= now < window.end for window in session.plan.windows):
        return Progress.NOT_CHARGING
    later = any(now < window.start for window in session.plan.windows)
    return Progress.WAITING if later else Progress.STOPPED


def _hours_left(session: Session, since: datetime) -> float:
    """Return the hours of a session's windows after an instant."""
    left = (window.end - max(window.start, since) for window in session.plan.windows)
    return sum(max(item, timedelta(0)) / timedelta(hours=1) for item in left)


def _seen(battery: Battery, charge: ChargeSnapshot, level: float) -> Battery:
    """Return the battery with the measured power, if that is clearly less.

    The power of a car that has just started to charge is ignored.
    """
    seen = charge.charger_power
    starting = charge.charging_state is ChargingState.STARTING
    if seen is None or starting or seen >= power_at(battery, level):
        return battery
    return measured(battery, level, seen)


def passes_target_at(
    session: Session,
    charge: ChargeSnapshot,
    battery: Battery,
    now: datetime,
    *,
    level_at: datetime,
) -> datetime | None:
    """Return when a charging car will have the target (UTC), by the power that it takes.

    None: its own limit stops it there, its windows end before that, or it is unknown.
    ``level_at`` is when the level was seen (UTC).
    """
    level, power, limit = (
        charge.battery_level,
        charge.charger_power,
        charge.charge_limit,
    )
    if level is None or not power or limit is None or limit <= session.target:
        return None
    hours = hours_to_charge(measured(battery, level, power), level, session.target)
    if not hours or session.end is None:
        return None
    passes = level_at + timedelta(hours=hours)
    return None if passes >= session.end else max(passes, now + LEAST_EXTENSION)


def is_past_target(session: Session, charge: ChargeSnapshot) -> bool:
    """Whether a car charges on although it has the session's target."""
    level, limit, state = (
        charge.battery_level,
        charge.charge_limit,
        charge.charging_state,
    )
    return (
        level is not None
        and level >= session.target
        and limit is not None
        and limit > session.target
        and state is not None
        and state.is_charging
    )


def extension(
    session: Session, assessment: Assessment, level: float, now: datetime
) -> datetime | None:
    """Return the new end of the last window, to make up for lost time (UTC).

    It may use the buffer before the deadline, but not pass the deadline or the longest
    run of a schedule. None: nothing was lost, or nothing can be gained.
    """
    end = session.end
    if not assessment.behind or end is None:
        return None
    hours = hours_to_charge(assessment.battery, level, session.target)
    lost = hours - assessment.hours_left
    minutes = ceil(timedelta(hours=lost) / timedelta(minutes=1))
    longest = session.plan.windows[-1].start + timedelta(minutes=LONGEST_WINDOW)
    most = min(session.ready_by, longest)
    longer = min(max(end, now) + timedelta(minutes=minutes), most)
    longer = longer.replace(second=0, microsecond=0)
    return longer if longer - max(end, now) >= LEAST_EXTENSION else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The result of judging a running session by a snapshot.

    Attributes:
        session: The session afterwards.
        starts: Whether to start the car by command.
        events: Notifications for the user, each with a reason or None.
    """

    session: Session
    starts: bool
    events: tuple[tuple[SessionEventType, str | None], ...]


def judge(
    session: Session,
    charge: ChargeSnapshot,
    battery: Battery,
    timing: SessionTiming,
    check: CheckPoint | None,
    now: datetime,
    *,
    level_at: datetime,
) -> Judgement | None:
    """Return the judgement of a running session; None if the snapshot lacks the data.

    ``level_at`` is when the level was seen (UTC). ``check`` is None for a snapshot outside of a check. Such a snapshot counts only
    once the session was seen to start, since a car may start some minutes late.
    """
    found = assess(session, charge, battery, now, level_at=level_at)
    level = charge.battery_level
    if found is None or level is None:
        return None
    unplugged = found.progress is Progress.UNPLUGGED
    later = None if unplugged else extension(session, found, level, now)
    if later is not None:
        longer = session.extended(later, timing)
        found = assess(longer, charge, battery, now, level_at=level_at) or found
    starts = check is CheckPoint.STARTED and found.progress is Progress.NOT_CHARGING
    after = session.check_done(
        check,
        found.expected_level,
        behind=found.behind,
        starts_at=now if starts else None,
    )
    at_end = check is CheckPoint.ENDED or found.progress is Progress.REACHED
    target_at = after.target_at
    if check is not None and found.progress is Progress.CHARGING:
        target_at = passes_target_at(session, charge, battery, now, level_at=level_at)
    after = replace(after, end_seen=at_end, target_at=target_at)
    # Do not report a car that is about to be started.
    events = [] if starts else list(_changes(session, after, found, check))
    if later is not None:
        after = after.extended(later, timing)
    if unplugged and check is not None and not session.asked_to_plug:
        after = replace(after, asked_to_plug=True)
        events.append((SessionEventType.NEEDS_PLUG, None))
    return Judgement(session=after, starts=starts, events=tuple(events))


def _changes(
    before: Session, after: Session, found: Assessment, check: CheckPoint | None
) -> Iterator[tuple[SessionEventType, str | None]]:
    """Yield the changes of a session's progress that the user is notified of."""
    first = check in (CheckPoint.STARTED, CheckPoint.RESTARTED)
    if first and found.progress is Progress.CHARGING:
        yield SessionEventType.STARTED, None
    fell = before.expected_level - after.expected_level >= WORTH_TELLING
    if found.behind and (first or not before.behind or fell):
        yield SessionEventType.FALLING_BEHIND, found.progress.value
    elif not found.behind and (first or before.behind):
        yield SessionEventType.ON_TRACK, None


def judged_by_any_snapshot(session: Session) -> bool:
    """Whether a snapshot outside of a check is used to judge a session."""
    started = CheckPoint.STARTED in session.checked and session.recheck_at is None
    return session.running and started and CheckPoint.ENDED not in session.checked


def check_missed(
    session: Session, check: CheckPoint
) -> tuple[Session, SessionEventType | None]:
    """Return the session after a check of an unreachable car, and the notification.

    A session that was on track before its end check stays on track.
    """
    after = session.check_done(check, session.expected_level, behind=session.behind)
    behind = session.behind or check is not CheckPoint.ENDED
    return after, SessionEventType.FALLING_BEHIND if behind else None
