"""A special-charging session ("90 % by Saturday 07:00") and its due actions. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ..in_car.delivery_state import (
    LONG_PAUSES,
    PAUSES,
    DeliveryState,
    Failure,
    WaitReason,
)
from ..planning.model import ChargePlan, PlanReason, Window

# Too little time before a deadline for a plan.
LEAST_NOTICE: Final = timedelta(minutes=15)

# Waking a car and sending its plan takes a few minutes.
WAKE_LEAD: Final = timedelta(minutes=5)

# A person hears of a plan that cannot be sent after some tries, an hour before it starts.
TELL_LEAD: Final = timedelta(hours=1)
TELL_TRIES: Final = 3

# Cars start up to a few minutes after their schedule, to spread the load on the grid.
FIRST_CHECK: Final = timedelta(minutes=10)

# Tesla rounds the state of charge to whole percents.
LEVEL_ROUNDING: Final = 1.0

# Why a session is missed that was sent: it was seen to be below its target at the end,
# or nobody saw its end, and the next read found it below.
BELOW_TARGET: Final = "below_target"
END_NOT_SEEN: Final = "end_not_seen"

# How soon a start by command shows in a read.
SECOND_CHECK: Final = timedelta(minutes=5)


class SessionState(StrEnum):
    """The state of a session."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    FAILED = "failed"


OVER: Final = frozenset(
    {
        SessionState.COMPLETED,
        SessionState.CANCELLED,
        SessionState.MISSED,
        SessionState.FAILED,
    }
)

# These are reported at once, and not only after the car is restored.
UNKEPT: Final = frozenset({SessionState.MISSED, SessionState.FAILED})


class CancelReason(StrEnum):
    """Why a session was cancelled."""

    BY_PERSON = "cancelled_by_person"
    EVENT_GONE = "event_gone"
    SKIPPED = "charging_skipped"
    REPLACED = "replaced"


class SessionEventType(StrEnum):
    """Events that the user is notified of."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    STARTED = "started"
    ON_TRACK = "on_track"
    FALLING_BEHIND = "falling_behind"
    COMPLETED = "completed"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"
    NEEDS_PLUG = "needs_plug"
    NEEDS_HOME = "needs_home"


class Source(StrEnum):
    """The source of a request."""

    ACTION = "action"
    CALENDAR = "calendar"
    CHARGE_NOW = "charge_now"
    TARGET_OF_DAY = "target_of_day"
    WATCHED_CALENDAR = "watched_calendar"


class CheckPoint(StrEnum):
    """The reads of a running session."""

    STARTED = "started"
    RESTARTED = "restarted"
    TARGET = "target"
    ENDED = "ended"


class SessionAction(StrEnum):
    """The actions of a session."""

    SEND = "send"
    CHECK = "check"
    RESTORE = "restore"
    MISS = "miss"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionTiming:
    """The user's times before and after a plan."""

    send_lead: timedelta = timedelta(hours=2)
    cleanup_delay: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One session.

    Attributes:
        id: ``special_<n>_<date>_<time of the deadline>``, in the user's local time.
        target: State of charge in percent.
        ready_by: The deadline (UTC).
        source: The source of the request.
        source_key: Its id at the source: an event of a watched calendar.
        title: The title of its event in a calendar; None: it has none of its own.
        plan: When to charge.
        level: State of charge that the plan starts from, in percent; None: unknown, so
            that the plan is for an empty battery.
        send_at: When the plan is sent to the car (UTC).
        cleanup_at: When the car is restored (UTC).
        state: The present state.
        ending: The state after the car is restored; None: not ending.
        schedule_ids: Ids of its schedules, persisted before the first is sent.
        delivery: The delivery state of sending, checking and restoring.
        checked: The checks that were made.
        expected_level: The expected level at the deadline, in percent.
        behind: Whether less than the target is expected.
        end_seen: Whether a read showed what it came to.
        recheck_at: When to check whether a commanded start worked (UTC).
        target_at: When a car whose own limit is higher will have the target, so that it
            is stopped then (UTC); None: not before its windows end.
        asked_to_plug: Whether the user was asked to plug in.
        limit_seen: Whether the car was seen with a limit that allows the target since
            the session was sent. A lower one is the owner's choice.
        failure: Reason of a miss or failure: a translation key, or the car's message.
    """

    id: str
    target: int
    ready_by: datetime
    source: Source
    source_key: str | None = None
    title: str | None = None
    plan: ChargePlan
    level: float | None
    send_at: datetime
    cleanup_at: datetime
    state: SessionState = SessionState.SCHEDULED
    ending: SessionState | None = None
    schedule_ids: tuple[int, ...] = ()
    delivery: DeliveryState = field(default_factory=DeliveryState)
    checked: frozenset[CheckPoint] = frozenset()
    expected_level: float
    behind: bool = False
    end_seen: bool = False
    recheck_at: datetime | None = None
    target_at: datetime | None = None
    asked_to_plug: bool = False
    limit_seen: bool = False
    failure: str | None = None

    @property
    def is_now(self) -> bool:
        """Whether it charges from now on, at any price, as a person asked for."""
        return self.source is Source.CHARGE_NOW

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in OVER

    @property
    def sent(self) -> bool:
        """Whether some of its schedules may be in the car."""
        return bool(self.schedule_ids)

    @property
    def in_car(self) -> bool:
        """Whether it was read to be in the car, or to be gone from it again."""
        return self.sent and self.state is not SessionState.SCHEDULED

    @property
    def is_cancellable(self) -> bool:
        """Whether it is neither over nor ending."""
        return not self.over and self.ending is None

    @property
    def running(self) -> bool:
        """Whether it was sent to the car, and is not over or ending."""
        return self.state is SessionState.ACTIVE and self.ending is None

    @property
    def restoring(self) -> bool:
        """Whether the car is being restored."""
        return self.ending is not None and not self.over

    @property
    def shown_state(self) -> str:
        """The state shown to users."""
        return "restoring" if self.restoring else self.state.value

    @property
    def reason(self) -> str | None:
        """Why it ended, or why the last try failed.

        Why a cancelled session is still in the car matters more than who cancelled it.
        """
        if self.ending is SessionState.CANCELLED:
            return self.delivery.failure or self.failure
        return self.failure or self.delivery.failure

    @property
    def obstacle(self) -> str:
        """Why it was not sent so far: a translation key, or the car's message."""
        delivery = self.delivery
        return delivery.failure or (delivery.waits_for or WaitReason.UNREACHABLE).value

    def is_stuck(self, now: datetime) -> bool:
        """Whether it cannot be sent, and a person should know while time is left.

        That is after some tries, or if the next one is after charging should begin. Of a
        car that is away the person knows already.
        """
        delivery, start = self.delivery, self.start or self.ready_by
        unsent = self.state is SessionState.SCHEDULED and self.ending is None
        away = delivery.waits_for is WaitReason.NOT_HOME
        if not unsent or away or now < start - TELL_LEAD:
            return False
        late = delivery.try_at is not None and delivery.try_at > start + WAKE_LEAD
        return delivery.tries >= TELL_TRIES or (delivery.tries > 0 and late)

    @property
    def unkept(self) -> bool:
        """Whether it ended without its target, or is restored after that."""
        return (self.ending or self.state) in UNKEPT

    @property
    def has_target(self) -> bool:
        """Whether the battery has the target already, so that nothing is sent."""
        return PlanReason.ALREADY_THERE in self.plan.reasons

    @property
    def decided_at(self) -> datetime:
        """When it is too late to send the plan (UTC)."""
        return self.ready_by if self.has_target else self.ready_by - LEAST_NOTICE

    @property
    def start(self) -> datetime | None:
        """When charging begins (UTC)."""
        return self.plan.windows[0].start if self.plan.windows else None

    @property
    def end(self) -> datetime | None:
        """When charging ends (UTC)."""
        return self.plan.windows[-1].end if self.plan.windows else None

    @property
    def wake_at(self) -> datetime:
        """When a car without its plan is woken last before charging begins (UTC)."""
        return (self.start or self.ready_by) - WAKE_LEAD

    def window_at(self, now: datetime) -> Window | None:
        """Return the window at an instant; None: there is none."""
        windows = self.plan.windows
        return next((each for each in windows if each.start <= now < each.end), None)

    def blocks(self, now: datetime) -> bool:
        """Whether the daily plan must wait: from send until cleanup.

        It also waits while a partly sent session is retried.
        """
        return self.sent and self.is_cancellable and now < self.cleanup_at

    # What happens to a session that is not over. Each returns the session after it.

    def replanned(
        self, plan: ChargePlan, level: float | None, timing: SessionTiming
    ) -> Session:
        """Return the session with a newer plan; a sent session keeps its plan.

        A battery that lost its target, so that there is something to send again, is
        not kept waiting until the deadline.
        """
        if self.state is not SessionState.SCHEDULED:
            return self
        lost = self.has_target and PlanReason.ALREADY_THERE not in plan.reasons
        windows = plan.windows
        start = windows[0].start if windows else self.ready_by
        end = windows[-1].end if windows else self.ready_by
        return replace(
            self,
            plan=plan,
            level=level,
            expected_level=plan.expected_level,
            behind=level is not None and PlanReason.TARGET_SHORT in plan.reasons,
            delivery=self.delivery.without_failure() if lost else self.delivery,
            send_at=start - timing.send_lead,
            cleanup_at=end + timing.cleanup_delay,
        )

    def confirmed(self, limit: int | None = None) -> Session:
        """Return the session after a read that found its plan and limit in the car."""
        return replace(
            self,
            state=SessionState.ACTIVE,
            delivery=DeliveryState(),
            limit_seen=limit is not None and limit >= self.target,
        )

    def delivery_failed(self, failure: Failure, now: datetime) -> Session:
        """Return the session after a failed try.

        Restoring is not urgent: the limit of a sleeping or absent car does no harm, so
        it waits for the car's return. An unsent session fails on a final refusal; a
        sent one goes on, and is restored at its end.
        """
        pauses = PAUSES
        if self.ending is not None:
            away = failure.waits_for in (WaitReason.NOT_HOME, WaitReason.UNREACHABLE)
            pauses = () if away else LONG_PAUSES
        delivery = self.delivery.failed(failure, now, pauses)
        unsent = self.state is SessionState.SCHEDULED
        if unsent and delivery.try_at is not None and now < self.wake_at:
            delivery = replace(delivery, try_at=min(delivery.try_at, self.wake_at))
        session = replace(self, delivery=delivery)
        if unsent and failure.refused and session.delivery.needs_person:
            return session.ended(SessionState.FAILED, now)
        return session

    def left_alone(self) -> Session:
        """Return the session of a car that has its target, to be decided at the end."""
        return replace(self, delivery=DeliveryState(try_at=self.decided_at))

    def returned(self, now: datetime) -> Session:
        """Return the session with a try due now, after the car's return."""
        return replace(self, delivery=self.delivery.returned(now))

    def check_done(
        self,
        check: CheckPoint | None,
        expected_level: float,
        *,
        behind: bool,
        starts_at: datetime | None = None,
    ) -> Session:
        """Return the session after a check, or after a snapshot outside of one.

        ``starts_at`` (UTC) is when the car is started by command; None: it is not.
        """
        delivery = replace(self.delivery.without_failure(), waking_since=None)
        after = replace(
            self, delivery=delivery, expected_level=expected_level, behind=behind
        )
        if check is None:
            return after
        recheck_at = None if starts_at is None else starts_at + SECOND_CHECK
        return replace(
            after,
            checked=self.checked | {check},
            recheck_at=recheck_at,
            target_at=None,
        )

    def extended(self, end: datetime, timing: SessionTiming) -> Session:
        """Return the session with a later end (UTC), which is still to be checked."""
        last = replace(self.plan.windows[-1], end=end)
        return replace(
            self,
            plan=replace(self.plan, windows=(*self.plan.windows[:-1], last)),
            cleanup_at=end + timing.cleanup_delay,
            checked=self.checked - {CheckPoint.ENDED},
            end_seen=False,
        )

    def moved(self, plan: ChargePlan, timing: SessionTiming) -> Session:
        """Return a sent session with a better plan, before its first window."""
        end = plan.windows[-1].end
        return replace(
            self,
            plan=plan,
            expected_level=plan.expected_level,
            behind=PlanReason.TARGET_SHORT in plan.reasons,
            cleanup_at=end + timing.cleanup_delay,
        )

    def ended(
        self, state: SessionState, now: datetime, reason: str | None = None
    ) -> Session:
        """Return the session ending in a state; a sent session is restored first."""
        if self.over:
            return self
        failure = reason or (self.obstacle if state in UNKEPT else None)
        ended = replace(self, failure=failure, delivery=DeliveryState())
        if not self.sent:
            return replace(ended, state=state)
        restoring = DeliveryState(try_at=now)
        return replace(
            ended, state=SessionState.ACTIVE, ending=state, delivery=restoring
        )

    def time_is_over(self, now: datetime) -> Session:
        """Return the session ending at its cleanup: kept, as far as is known, or missed.

        If no read showed its end, the first read after it decides (``end_read``).
        """
        if not (self.end_seen and self.behind):
            return self.ended(SessionState.COMPLETED, now)
        short = PlanReason.TARGET_SHORT in self.plan.reasons
        reason = PlanReason.TARGET_SHORT.value if short else BELOW_TARGET
        return self.ended(SessionState.MISSED, now, reason)

    def end_read(self, level: float, now: datetime) -> Session:
        """Return the ending session after the first read since its end; in percent.

        Of one that a person ended before that, nothing is expected.
        """
        early = self.end is None or now < self.end
        if self.end_seen or early or self.ending is not SessionState.COMPLETED:
            return self
        seen = replace(self, end_seen=True, expected_level=level)
        if level >= self.target - LEVEL_ROUNDING:
            return replace(seen, behind=False)
        missed = SessionState.MISSED
        return replace(seen, behind=True, ending=missed, failure=END_NOT_SEEN)

    def restored(self) -> Session:
        """Return the session after a read found nothing of it in the car."""
        state = self.ending or SessionState.COMPLETED
        return replace(self, state=state, delivery=DeliveryState())


def new_session(
    name: str,
    target: int,
    ready_by: datetime,
    plan: ChargePlan,
    level: float | None,
    timing: SessionTiming,
    source: Source,
    source_key: str | None = None,
    title: str | None = None,
) -> Session:
    """Return a new session with its plan; target and level (None: unknown) in percent."""
    session = Session(
        id=name,
        target=target,
        ready_by=ready_by,
        source=source,
        source_key=source_key,
        title=title,
        plan=plan,
        level=level,
        send_at=ready_by,
        cleanup_at=ready_by,
        expected_level=plan.expected_level,
    )
    return session.replanned(plan, level, timing)


def session_id(ready_by: datetime, zone: tzinfo, taken: Collection[str]) -> str:
    """Return an unused id for a deadline; ``zone`` is the user's time zone."""
    local = ready_by.astimezone(zone)
    number = 1
    while (name := f"special_{number}_{local:%Y%m%d_%H%M}") in taken:
        number += 1
    return name


def overlaps(session: Session, start: datetime, ready_by: datetime) -> bool:
    """Whether a session overlaps the charging time of another.

    A session that is being restored does not charge any more.
    """
    if not session.is_cancellable:
        return False
    return (session.start or session.ready_by) < ready_by and start < session.ready_by


def next_check_point(session: Session) -> tuple[CheckPoint, datetime] | None:
    """Return the next read of a running session, and its time (UTC)."""
    start, end = session.start, session.end
    if start is None or end is None or not session.running:
        return None
    if session.recheck_at is not None:
        return CheckPoint.RESTARTED, session.recheck_at
    if CheckPoint.STARTED not in session.checked:
        return CheckPoint.STARTED, min(start + FIRST_CHECK, end)
    if session.target_at is not None:
        return CheckPoint.TARGET, session.target_at
    if CheckPoint.ENDED not in session.checked:
        return CheckPoint.ENDED, end
    return None


def scheduled_actions(session: Session) -> dict[SessionAction, datetime]:
    """Return the time of each due action of a session (UTC).

    An action that waits for the car's return has no time until then.
    """
    if session.over:
        return {}
    delivery = session.delivery
    if session.ending is not None:
        if delivery.waits_for_return:
            return {}
        return {SessionAction.RESTORE: delivery.try_at or session.cleanup_at}
    actions = {SessionAction.RESTORE: session.cleanup_at}
    if session.state is SessionState.SCHEDULED:
        if delivery.waits_for is not None:
            actions[SessionAction.MISS] = session.decided_at
        if not delivery.waits_for_return:
            actions[SessionAction.SEND] = delivery.try_at or session.send_at
    elif (check := next_check_point(session)) is not None:
        # A failed try after its check does not make the next check earlier.
        actions[SessionAction.CHECK] = max(check[1], delivery.try_at or check[1])
    return actions


def next_action(session: Session, now: datetime) -> SessionAction | None:
    """Return the action that is due now; None: none is.

    An unsent session ends once its deadline is too close: it is missed, unless the
    battery has the target. A session past its cleanup time is restored, whatever else
    was due.
    """
    if session.over:
        return None
    if session.state is SessionState.SCHEDULED:
        if now >= session.decided_at:
            return SessionAction.MISS
        order: tuple[SessionAction, ...] = (SessionAction.SEND,)
    else:
        order = (SessionAction.RESTORE, SessionAction.CHECK)
    actions = scheduled_actions(session)
    return next(
        (item for item in order if item in actions and actions[item] <= now), None
    )
