"""What messages about a car are made of: its next goal, charges, what was not kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..charging.charges.charge import Charge
from ..charging.daily.sync_result import Planned, PlanStatus, SyncResult
from ..charging.desired_state import DAILY
from ..charging.messages.decide import ChargeFacts, GoalFacts, UnkeptFacts
from ..charging.planning.battery import hours_to_charge, level_after
from ..charging.planning.model import Battery, Window
from ..charging.sessions.car_sessions import CarSessions
from ..charging.sessions.session import Session, SessionState
from ..charging.sessions.status import last_unkept
from .manager import Worker

# A battery that charges slower than this is not planned for.
MOST_HOURS: Final = 7 * 24.0

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """The state of charge of a car, and when it was seen.

    Attributes:
        now: The present (UTC).
        at: When the car was read (UTC).
        level: In percent.
        battery: Capacity and power.
        plugged_in, charging: None: unknown.
    """

    now: datetime
    at: datetime
    level: float
    battery: Battery
    plugged_in: bool | None
    charging: bool | None

    def counts_from(self, windows: Sequence[Window], *, held: bool) -> datetime:
        """Return since when the level may have risen (UTC).

        A charge goes on since it was seen, and one whose schedule the car held has
        begun since. ``held``: the car holds the windows.
        """
        if self.plugged_in is not True:
            return self.now
        idle = any(window.start <= self.at < window.end for window in windows)
        if self.charging or (held and not idle):
            return min(self.at, self.now)
        return self.now

    def after(self, hours: float) -> float:
        """Return the level after some hours of charging, in percent."""
        return level_after(self.battery, self.level, hours)

    def latest(self, target: float, ready_by: datetime) -> datetime:
        """Return the last moment to begin (UTC)."""
        hours = hours_to_charge(self.battery, self.level, target)
        return ready_by - min(hours, MOST_HOURS) * HOUR


def next_goal(worker: Worker, vin: str, now: datetime) -> GoalFacts | None:
    """Return the next goal of a car that is planned for; None: there is none."""
    car, record = worker.coordinator.data[vin], worker.repository.record(vin)
    if car.snapshot is None or (level := car.snapshot.charge.battery_level) is None:
        return None
    seen = Seen(
        now=now,
        at=car.snapshot.seen_at,
        level=level,
        battery=worker.charging.of_record(record).battery,
        plugged_in=car.observation.plugged_in,
        charging=car.observation.charging,
    )
    goals = [
        _of_session(session, seen)
        for session in record.sessions.open
        if session.is_cancellable and session.ready_by > now
    ]
    # A car that is away misses no usual departure: it may be away for days.
    if not record.settings.shadow and car.observation.at_home is not False:
        goals.extend(_of_plan(worker.result(vin), seen))
    return min(goals, key=lambda goal: goal.ready_by, default=None)


def _of_session(session: Session, seen: Seen) -> GoalFacts:
    """Return the goal of a session."""
    latest = seen.latest(session.target, session.ready_by)
    since = seen.counts_from(session.plan.windows, held=session.in_car)
    most = seen.after((session.ready_by - since) / HOUR)
    return GoalFacts(
        name=session.id,
        daily=False,
        target=session.target,
        ready_by=session.ready_by,
        first=latest if session.start is None else min(session.start, latest),
        latest=latest,
        expected=min(session.expected_level, most),
        stuck=session.obstacle if session.is_stuck(seen.now) else None,
    )


def _of_plan(result: SyncResult, seen: Seen) -> Iterator[GoalFacts]:
    """Yield the goal of the usual departure, if it is planned for."""
    if not isinstance(result, Planned) or result.status is PlanStatus.BLOCKED:
        return
    goal = result.state.goal
    if goal is None or goal.ready_by <= seen.now:
        return
    latest = seen.latest(goal.target, goal.ready_by)
    since = seen.counts_from(result.windows, held=result.status is PlanStatus.IN_CAR)
    left = [window for window in result.windows if window.end > seen.now]
    hours = sum(
        (window.end - max(window.start, since)) / HOUR
        for window in result.state.windows(replace(result.facts, now=since))
        if window.end > since
    )
    # What a charge came to that has ended since, only the next read tells.
    unseen = since < seen.now and not left
    yield GoalFacts(
        name=DAILY,
        daily=True,
        target=goal.target,
        ready_by=goal.ready_by,
        first=min(left[0].start, latest) if left else latest,
        latest=latest,
        expected=goal.target if unseen else min(goal.target, seen.after(hours)),
    )


def unkept_facts(sessions: CarSessions, now: datetime) -> UnkeptFacts | None:
    """Return the facts of the last session that ended without its target."""
    session = last_unkept(sessions, now)
    if session is None:
        return None
    return UnkeptFacts(
        name=session.id,
        target=session.target,
        ready_by=session.ready_by,
        failed=SessionState.FAILED in (session.ending, session.state),
        reason=session.reason,
    )


def charge_facts(charges: Sequence[Charge]) -> ChargeFacts | None:
    """Return the facts of the last charge at home."""
    if not charges:
        return None
    last = charges[-1]
    cost = last.known_cost
    return ChargeFacts(
        start=last.start,
        end=last.end,
        energy=last.energy,
        cost=cost,
        saved=None if cost is None else last.on_arrival - cost,
        currency=last.currency,
    )
