"""Special charging: owns the sessions' timers, their needs, and what a restart left."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, override

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ...charging.options import ChargingOptions
from ...charging.planning.model import ChargePlan
from ...charging.sessions.requests import MOST_AHEAD, RequestError, deadline, validate
from ...charging.sessions.session import (
    CheckPoint,
    Session,
    SessionAction,
    SessionState,
    Source,
    WaitReason,
    new_session,
    next_action,
    overlaps,
    session_id,
)
from ...charging.sessions.state_machine import CarAvailable
from ...const import DOMAIN
from ...gateways.ledger import CallKind
from ...gateways.models import Connectivity
from ..manager import Account, BackgroundManager
from .executor import TARGET_SHORT, SessionExecutor
from .planner import SessionPlanner
from .repairs import SessionRepairs
from .repository import SessionEventType, SessionRepository
from .timers import SessionTimers

# What a promise needs: looks to send, to watch and after what was mended, its commands,
# and the wakes of a car that sleeps on until its deadline; and to take it back.
SESSION_CALLS: Final = {CallKind.DATA: 6, CallKind.COMMAND: 5, CallKind.WAKE: 4}
UNDO_CALLS: Final = {CallKind.DATA: 2, CallKind.COMMAND: 3, CallKind.WAKE: 1}

# What is planned at the daily check.
DAY_AHEAD: Final = timedelta(hours=24)


class SessionManager(BackgroundManager):
    """Keeps the promises of all cars of an account.

    Actions raise ``ServiceValidationError`` where a person asked for what cannot be.
    """

    def __init__(
        self,
        account: Account,
        repository: SessionRepository,
        runner: SessionExecutor,
        planner: SessionPlanner,
        options: ChargingOptions,
    ) -> None:
        """Bind whose cars they are, where it is written down, who acts, and how."""
        super().__init__(account, "special charging")
        self._runner = runner
        self._planner = planner
        self.repository = repository
        self.options = options
        self._timers = SessionTimers(account.hass, self._advance_soon)
        self._repairs = SessionRepairs(account, repository)
        self._seen: dict[str, datetime] = {}
        self._rounds = 0
        # Reads the user's calendars for a car, at the daily check.
        self.async_read_requests: Callable[[str], Awaitable[None]] | None = None

    @callback
    def async_start(self) -> None:
        """Take up what a restart left, and arm the timers; ``async_stop`` ends all."""
        at = self.options.daily_check
        self._timers.async_start()
        self._stops = [
            self._scout.async_add_listener(self._scouted),
            self._planner.async_listen(self._priced),
            async_track_time_change(
                self._hass,
                self._async_daily,
                at.hour,
                at.minute,
                at.second,
            ),
        ]
        for vin in self.repository.vins:
            self._stops.append(
                self.repository.async_listen(vin, partial(self._repairs.heard, vin))
            )
            for session in self.repository.car_sessions(vin).sessions.values():
                self._advance_soon(vin, session.id)
        # The first look came before anybody listened: who came back meanwhile?
        self._scouted()

    @callback
    @override
    def async_stop(self) -> None:
        """Cancel all timers; a step on the wire is cut off, and done again later."""
        super().async_stop()
        self._timers.async_stop()

    # What people ask for.

    async def async_plan(self, vin: str, target: int, ready_by: datetime) -> ChargePlan:
        """Return the plan for a need, and change nothing."""
        await self._planner.async_refresh()
        return self._checked(vin, target, ready_by)[2]

    async def async_add(
        self,
        vin: str,
        target: int,
        ready_by: datetime,
        source: Source = Source.ACTION,
        source_key: str | None = None,
    ) -> Session:
        """Promise a state of charge (percent) by a time, and return the session."""
        await self._planner.async_refresh()
        async with self._worker.lock(vin):
            session = self._new(vin, target, ready_by, source, source_key)
            if vin not in self.repository.vins:
                self._stops.append(
                    self.repository.async_listen(vin, partial(self._repairs.heard, vin))
                )
            await self.repository.async_add(vin, session)
            self.repository.tell(vin, SessionEventType.SCHEDULED, session)
            if session.behind:
                self.repository.tell(
                    vin, SessionEventType.FALLING_BEHIND, session, reason=TARGET_SHORT
                )
        await self._async_advance(vin, session.id)
        return self.session(vin, session.id)

    async def async_move(
        self, vin: str, name: str, target: int, ready_by: datetime
    ) -> Session:
        """Move a promise: the old one is cancelled once the new one is known to fit."""
        old = self._open(vin, name)
        self._checked(vin, target, ready_by, instead_of=name)
        await self.async_cancel(vin, name)
        return await self.async_add(vin, target, ready_by, old.source, old.source_key)

    async def async_cancel(self, vin: str, name: str) -> Session:
        """Cancel a promise, and have undone what was sent."""
        async with self._worker.lock(vin):
            session = self._open(vin, name)
            await self._runner.async_end(vin, session, SessionState.CANCELLED)
        await self._async_advance(vin, name)
        return self.session(vin, name)

    async def async_send(self, vin: str, name: str) -> Session:
        """Send a plan to the car now, ahead of its time."""
        session = self._open(vin, name)
        if session.state is not SessionState.SCHEDULED:
            raise _invalid("session_sent_already", session=name)
        if (start := session.start) and start - dt_util.utcnow() > MOST_AHEAD:
            raise _invalid("session_too_far_ahead", days=str(MOST_AHEAD.days))
        await self._async_run_now(vin, name, SessionAction.SEND)
        return self.session(vin, name)

    async def async_cleanup(self, vin: str, name: str) -> Session:
        """Undo what a session put into the car now, ahead of its time."""
        session = self._open(vin, name)
        if not session.sent:
            raise _invalid("session_not_sent", session=name)
        await self._async_run_now(vin, name, SessionAction.UNDO)
        return self.session(vin, name)

    async def async_daily_check(self, vin: str) -> tuple[Session, ...]:
        """Clean up what is stale, then plan each need of the next day anew."""
        car_sessions = self.repository.car_sessions(vin)
        for session in car_sessions.sessions.values():
            await self._async_advance(vin, session.id)
        await self._planner.async_refresh()
        if self.async_read_requests is not None:
            await self.async_read_requests(vin)
        until = dt_util.utcnow() + DAY_AHEAD
        async with self._worker.lock(vin):
            for session in self.repository.car_sessions(vin).sessions.values():
                if session.ready_by <= until:
                    await self._async_replan(vin, session, priced=True)
        return tuple(self.repository.car_sessions(vin).sessions.values())

    def session(self, vin: str, name: str) -> Session:
        """Return a session.

        Raises:
            ServiceValidationError: there is none of this id.
        """
        if (session := self.repository.session(vin, name)) is None:
            raise _invalid("session_not_found", session=name)
        return session

    # How needs are checked.

    def _open(self, vin: str, name: str) -> Session:
        """Return a session that is not over, nor on its way there."""
        session = self.session(vin, name)
        if not session.is_cancellable:
            raise _invalid("session_over", session=name)
        return session

    def _checked(
        self,
        vin: str,
        target: int,
        ready_by: datetime,
        instead_of: str | None = None,
    ) -> tuple[datetime, float, ChargePlan]:
        """Return a need's deadline (UTC), the present level and the plan."""
        now = dt_util.utcnow()
        try:
            ready_by = deadline(ready_by, dt_util.get_default_time_zone())
            level = validate(target, ready_by, self._level(vin), now)
        except RequestError as err:
            raise _invalid(err.key, **err.placeholders) from err
        plan = self._planner.plan(level, target, ready_by, now)
        start = plan.windows[0].start if plan.windows else ready_by
        for other in self.repository.car_sessions(vin).sessions.values():
            if other.id != instead_of and overlaps(other, start, ready_by):
                raise _invalid("session_overlaps", session=other.id)
        return ready_by, level, plan

    def _new(
        self,
        vin: str,
        target: int,
        ready_by: datetime,
        source: Source,
        source_key: str | None,
    ) -> Session:
        """Return the session for a need."""
        ready_by, level, plan = self._checked(vin, target, ready_by)
        zone = dt_util.get_default_time_zone()
        name = session_id(ready_by, zone, self.repository.car_sessions(vin).sessions)
        timing = self.options.timing
        return new_session(
            name, target, ready_by, plan, level, timing, source, source_key
        )

    def _level(self, vin: str) -> float | None:
        """Return the car's state of charge in percent, as it was last seen."""
        car = self._scout.data.get(vin)
        snapshot = None if car is None else car.snapshot
        return None if snapshot is None else snapshot.charge.battery_level

    # What happens by itself.

    @callback
    def _scouted(self) -> None:
        """Take what the Scout saw: who came back, who drove, how a charge goes on.

        Who is back, only a round of the Scout's tells: what a step itself found out
        reaches this too, and would have it tried again and again without a pause.
        What was seen before a restart is no news: by now it would look like a car
        that has not charged since.
        """
        fresh = self._scout.rounds != self._rounds
        self._rounds = self._scout.rounds
        for vin in self.repository.vins:
            if (car := self._scout.data.get(vin)) is None:
                continue
            seen_at = None if car.snapshot is None else car.snapshot.seen_at
            news = (
                seen_at is not None
                and seen_at >= self._scout.started_at
                and seen_at != self._seen.get(vin)
            )
            if seen_at is not None:
                self._seen[vin] = seen_at
            sessions = self.repository.car_sessions(vin).sessions.values()
            open_ones = [one for one in sessions if not one.over]
            back = fresh and any(self._is_back(vin, one) for one in open_ones)
            if open_ones and (news or back):
                self._soon(self._async_reconsider(vin, back=back, judge=news))

    async def _async_reconsider(self, vin: str, *, back: bool, judge: bool) -> None:
        """Look at the sessions of a car by what the Scout saw just now."""
        for name in tuple(self.repository.car_sessions(vin).sessions):
            async with self._worker.lock(vin):
                session = self.session(vin, name)
                if session.over:
                    continue
                if back and self._is_back(vin, session):
                    await self.repository.async_apply(vin, session, CarAvailable())
                elif judge:
                    await self._async_replan(vin, session)
                    await self._async_judge(vin, session)
            await self._async_advance(vin, name)

    def _is_back(self, vin: str, session: Session) -> bool:
        """Whether what a session waits for has come."""
        car = self._scout.data[vin]
        online = car.observation.connectivity is Connectivity.ONLINE
        waits_for_ever = session.held is not None and session.try_at is None
        match session.held:
            case WaitReason.NOT_HOME:
                return online and car.observation.at_home is True
            case WaitReason.UNREACHABLE:
                asleep = session.waking_since is None
                return online and asleep and (waits_for_ever or session.tries > 1)
        return False

    async def _async_replan(
        self, vin: str, session: Session, *, priced: bool = False
    ) -> None:
        """Plan anew what was not sent, if the state of charge or prices are others."""
        if session.state is not SessionState.SCHEDULED or session.sent:
            return
        level = self._level(vin)
        level = session.level if level is None else level
        other = priced and self._runner.plan(session, level) != session.plan
        if other or level != session.level:
            await self._runner.async_replan(vin, session, level)
            self._timers.arm(vin, self.session(vin, session.id), dt_util.utcnow())

    @callback
    def _priced(self) -> None:
        """Take new prices."""
        for vin in self.repository.vins:
            self._soon(self._async_priced(vin))

    async def _async_priced(self, vin: str) -> None:
        """Plan by new prices what was not sent."""
        for name in tuple(self.repository.car_sessions(vin).sessions):
            async with self._worker.lock(vin):
                await self._async_replan(vin, self.session(vin, name), priced=True)
            await self._async_advance(vin, name)

    async def _async_judge(self, vin: str, session: Session) -> None:
        """Have a look of the Scout's judged, once the session's own was taken."""
        car = self._scout.data[vin]
        started = CheckPoint.STARTED in session.watched and session.recheck_at is None
        over = CheckPoint.ENDED in session.watched
        if session.running and started and not over and car.snapshot is not None:
            await self._runner.async_heed(vin, session, car.snapshot)

    async def _async_daily(self, _now: datetime) -> None:
        """Check all cars once a day."""
        for vin in tuple(self._scout.data):
            await self.async_daily_check(vin)

    # How it goes on.

    async def _async_run_now(self, vin: str, name: str, step: SessionAction) -> None:
        """Have a step carried out ahead of its time, and what comes of it."""
        async with self._worker.lock(vin):
            await self._runner.async_run(vin, self._open(vin, name), step)
        await self._async_advance(vin, name)

    async def _async_advance(self, vin: str, name: str) -> None:
        """Carry out what is due for a session, and arm its timers for the rest."""
        async with self._worker.lock(vin):
            now, before = dt_util.utcnow(), None
            session = self.session(vin, name)
            try:
                while (
                    step := next_action(session, now)
                ) is not None and session != before:
                    await self._runner.async_run(vin, session, step)
                    before, session = session, self.session(vin, name)
                    now = dt_util.utcnow()
            finally:
                session = self.session(vin, name)
                self._timers.arm(vin, session, now)
                self._keep_money(vin, session)
            self._repairs.advanced(vin, session)

    def _keep_money(self, vin: str, session: Session) -> None:
        """Have the month's budget keep what a promise still needs."""
        budget, promise = self._scout.admission.budget, f"{vin} {session.id}"
        if session.over:
            budget.release(promise)
        else:
            budget.reserve(promise, SESSION_CALLS, UNDO_CALLS)

    @property
    def armed(self) -> dict[tuple[str, SessionAction], datetime]:
        """The timers that are armed, by session and step (UTC)."""
        return self._timers.armed

    @callback
    def _advance_soon(self, vin: str, name: str) -> None:
        """Go on with a session, without anybody waiting for it."""
        self._soon(self._async_advance(vin, name))


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the answer to what cannot be, in the user's language."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
