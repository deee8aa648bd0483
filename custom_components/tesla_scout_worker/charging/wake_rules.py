"""The wake policy: when a sleeping car may be woken, and how often. Pure.

`DeliveryState.may_wake` applies the rule, and `worker/delivery.py` wakes. A car whose
charge Home Assistant times is woken by the rules in `charging/in_car/timed_charge.py`.
"""

from datetime import datetime, timedelta
from typing import Final

from .daily.daily_state import VehicleFacts
from .daily.record import DailySettings
from .daily.sync_rules import fingerprint, first_effect
from .in_car.delivery_state import NO_WAKE, WaitReason, WakeRule
from .in_car.difference import ManagedSchedule, ScheduleDiff
from .sessions.session import Session, SessionAction

# A wake costs as much as ten reads, and a car without a signal receives none.
MOST_SEND_WAKES: Final = 4
MOST_AWAY_WAKES: Final = 1
MOST_CHECK_WAKES: Final = 1

# The car is woken once to restore its limit; after that its return is awaited.
MOST_RESTORE_WAKES: Final = 1

# Most cars are driven, or read by the Scout, before their windows. Wake a car for its
# windows only if that did not happen.
WAKE_LEAD: Final = timedelta(hours=1)


def session_wake_rule(
    session: Session, action: SessionAction, now: datetime, *, limit_raised: bool
) -> WakeRule:
    """Return when the car may be woken for an action of a session.

    A car that was away may have come home and fallen asleep unseen, which is worth a
    wake once the charging should begin.

    Args:
        session: The session.
        action: What is due.
        now: The present (UTC).
        limit_raised: Whether a raised limit waits to be restored.
    """
    if action is SessionAction.CHECK:
        return WakeRule(since=now, most=MOST_CHECK_WAKES)
    if action is SessionAction.RESTORE:
        return WakeRule(since=now, most=MOST_RESTORE_WAKES if limit_raised else 0)
    if session.delivery.waits_for is WaitReason.NOT_HOME:
        begun = now >= (session.start or session.send_at)
        return WakeRule(since=now, most=MOST_AWAY_WAKES if begun else 0)
    # Half of the wakes before the charging should begin, one then, the others after.
    if now < session.wake_at:
        return WakeRule(since=now, most=MOST_SEND_WAKES // 2, until=session.wake_at)
    woken_at = session.delivery.woken_at
    first = woken_at is None or woken_at < session.wake_at
    until = None if first else session.decided_at
    return WakeRule(since=now, most=MOST_SEND_WAKES, until=until)


def daily_wake_rule(
    settings: DailySettings,
    schedules: tuple[ManagedSchedule, ...],
    change: ScheduleDiff,
    facts: VehicleFacts,
) -> WakeRule:
    """Return when the car may be woken for a change: once, before it takes effect.

    Removing a window is relevant only for a car that is not full. Without a plan to
    follow, a guard is removed now.

    Args:
        settings: The user's settings of the car.
        schedules: Our schedules in the car.
        change: What is to be added and removed.
        facts: The car.
    """
    if not facts.plugged_in:
        return NO_WAKE
    what = fingerprint(change)
    if not settings.sync or settings.shadow:
        return WakeRule(since=facts.now, change=what)
    relevant = [*change.add]
    if facts.level is None or facts.limit is None or facts.level < facts.limit:
        relevant += [item for item in schedules if item.id in change.remove]
    first = first_effect(relevant, facts.now, facts.car_zone)
    return WakeRule(since=None if first is None else first - WAKE_LEAD, change=what)
