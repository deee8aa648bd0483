"""Special charging by request: add, move, cancel, send, restore."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..charging.daily.sync_result import SyncTrigger
from ..charging.options import ChargingOptions
from ..charging.planning.model import ChargePlan
from ..charging.sessions.requests import MOST_AHEAD, RequestError, deadline, validate
from ..charging.sessions.session import (
    CancelReason,
    Session,
    SessionEventType,
    SessionState,
    Source,
    new_session,
    overlaps,
    session_id,
)
from ..const import DOMAIN
from ..coordinator import ScoutCoordinator
from ..storage.account_file import NotSavedError
from .manager import Worker
from .reason_texts import session_text
from .session_plans import TARGET_SHORT
from .unmet_events import UnmetEvent, UnmetEvents


class SessionRequests:
    """Takes requests for all cars of an account.

    Methods raise ``ServiceValidationError`` where a person asked for what cannot be.
    """

    def __init__(
        self, hass: HomeAssistant, coordinator: ScoutCoordinator, worker: Worker
    ) -> None:
        """Bind the cars and the Worker."""
        self._hass = hass
        self._scout = coordinator
        self._worker = worker
        self._repository = worker.repository
        # Read the calendars for a car, at the daily check.
        self.readers: list[Callable[[str], Awaitable[None]]] = []
        self._reading: set[str] = set()
        self._unmet = UnmetEvents(hass)

    @property
    def options(self) -> ChargingOptions:
        """The user's options about charging."""
        return self._worker.charging

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Check all cars once a day; return a function that stops this."""
        at = self.options.daily_check

        async def check(_now: datetime) -> None:
            """Check all cars."""
            for vin in tuple(self._scout.data):
                if self._hass.is_stopping:
                    # Nothing can be saved any more; the next start finds it due.
                    return
                # The store shows a repair, and asks for a cycle when it can save again.
                with suppress(NotSavedError):
                    await self.async_daily_check(vin)

        return async_track_time_change(self._hass, check, at.hour, at.minute, at.second)

    async def async_plan(
        self, vin: str, target: int, ready_by: datetime, instead_of: str | None = None
    ) -> ChargePlan:
        """Return the plan for a request, and change nothing."""
        await self._worker.energy.async_refresh()
        return (await self._async_checked(vin, target, ready_by, instead_of))[2]

    async def async_add(
        self,
        vin: str,
        target: int,
        ready_by: datetime,
        source: Source = Source.ACTION,
        source_key: str | None = None,
        title: str | None = None,
    ) -> Session:
        """Request a state of charge (percent) by a time, and return the session."""
        await self._worker.energy.async_refresh()
        async with self._worker.controller(vin).lock:
            ready_by, level, plan = await self._async_checked(vin, target, ready_by)
            sessions = self._repository.record(vin).sessions
            zone = dt_util.get_default_time_zone()
            name = session_id(ready_by, zone, sessions.sessions)
            session = new_session(
                name,
                target,
                ready_by,
                plan,
                level,
                self.options.timing,
                source,
                source_key,
                title,
            )
            now = dt_util.utcnow()
            kept = sessions.without_old(now).with_session(session)
            await self._repository.async_update(vin, sessions=kept)
            # Those that are due later begin after this one.
            plans = self._worker.controller(vin).sessions.plans
            for later in kept.after(ready_by):
                plan = await plans.async_plan_of(later, level, now)
                await plans.async_replan(later, level, plan)
            notify = self._worker.notifier.notify
            notify(vin, SessionEventType.SCHEDULED, session)
            if session.behind:
                notify(vin, SessionEventType.FALLING_BEHIND, session, TARGET_SHORT)
        await self._worker.async_cycle(vin, SyncTrigger.TIMER)
        return self.session(vin, name)

    async def async_move(
        self,
        vin: str,
        name: str,
        target: int,
        ready_by: datetime,
        title: str | None = None,
        *,
        apart: bool = False,
    ) -> Session:
        """Move a session; the old one is cancelled after the new one is validated.

        One that is set ``apart`` no longer belongs to its source.
        """
        old = self._cancellable(vin, name)
        if apart:
            old = replace(old, source_key=None)
        await self._async_checked(vin, target, ready_by, instead_of=name)
        await self.async_cancel(vin, name, CancelReason.REPLACED)
        session = await self.async_add_like(vin, old, target, ready_by, title)
        await self._async_try_unmet(vin)
        return session

    async def async_add_like(
        self,
        vin: str,
        old: Session,
        target: int,
        ready_by: datetime,
        title: str | None = None,
    ) -> Session:
        """Request a session in the place of another: of its source, and its title."""
        return await self.async_add(
            vin, target, ready_by, old.source, old.source_key, title or old.title
        )

    async def async_cancel(
        self, vin: str, name: str, why: CancelReason = CancelReason.BY_PERSON
    ) -> Session:
        """Cancel a session, and restore the car if it was sent.

        If a person did that, events that cannot be met are tried again.
        """
        session = await self._async_end(vin, name, SessionState.CANCELLED, why)
        if why is CancelReason.BY_PERSON:
            await self._async_try_unmet(vin)
        return session

    async def async_send(self, vin: str, name: str) -> Session:
        """Send a plan to the car now, ahead of its time."""
        session = self._cancellable(vin, name)
        if session.state is not SessionState.SCHEDULED:
            raise invalid_request("session_sent_already", session=session_text(session))
        if (start := session.start) and start - dt_util.utcnow() > MOST_AHEAD:
            raise invalid_request("session_too_far_ahead", days=str(MOST_AHEAD.days))
        async with self._worker.controller(vin).lock:
            session = self._cancellable(vin, name).returned(dt_util.utcnow())
            await self._repository.async_save_session(vin, session)
        await self._worker.async_cycle(vin, SyncTrigger.TIMER)
        return self.session(vin, name)

    async def async_cleanup(self, vin: str, name: str) -> Session:
        """Restore the car now, ahead of its time."""
        session = self._cancellable(vin, name)
        if not session.sent:
            raise invalid_request("session_not_sent", session=session_text(session))
        unsent = session.state is SessionState.SCHEDULED
        if unsent:
            why = CancelReason.BY_PERSON
            return await self._async_end(vin, name, SessionState.CANCELLED, why)
        return await self._async_end(vin, name, SessionState.COMPLETED)

    async def _async_end(
        self,
        vin: str,
        name: str,
        state: SessionState,
        why: CancelReason | None = None,
    ) -> Session:
        """End a session, and restore the car."""
        controller = self._worker.controller(vin)
        async with controller.lock:
            session = self._cancellable(vin, name)
            await controller.sessions.async_end(session, state, why)
        await self._worker.async_cycle(vin, SyncTrigger.TIMER)
        return self.session(vin, name)

    async def async_daily_check(self, vin: str) -> tuple[Session, ...]:
        """Read the calendars, and plan unsent sessions by the present prices."""
        await self._worker.energy.async_refresh()
        await self._async_read_calendars(vin)
        await self._worker.async_cycle(vin, SyncTrigger.DAILY_CHECK)
        return self.list(vin)

    async def async_note_unmet(
        self, vin: str, calendar: str, events: Sequence[UnmetEvent]
    ) -> None:
        """Show which events of a calendar cannot be met; with none all can."""
        texts = await self._unmet.async_set(vin, calendar, events)
        self._worker.repairs.show_unmet(vin, texts)

    async def _async_try_unmet(self, vin: str) -> None:
        """Try events again that could not be met; something else may have made room."""
        if self._unmet.any_of(vin):
            await self._async_read_calendars(vin)

    async def _async_read_calendars(self, vin: str) -> None:
        """Read all calendars for a car, unless they are being read."""
        if vin in self._reading:
            return
        self._reading.add(vin)
        try:
            for async_read in self.readers:
                await async_read(vin)
        finally:
            self._reading.discard(vin)

    def list(self, vin: str) -> tuple[Session, ...]:
        """Return the sessions of a car, including those of the last days."""
        return tuple(self._repository.record(vin).sessions.sessions.values())

    def session(self, vin: str, name: str) -> Session:
        """Return a session.

        Raises:
            ServiceValidationError: there is none of this id.
        """
        if (session := self._repository.session(vin, name)) is None:
            raise invalid_request("session_not_found", session=name)
        return session

    def _cancellable(self, vin: str, name: str) -> Session:
        """Return a session that is neither over nor ending."""
        session = self.session(vin, name)
        if not session.is_cancellable:
            raise invalid_request("session_over", session=session_text(session))
        return session

    async def _async_checked(
        self,
        vin: str,
        target: int,
        ready_by: datetime,
        instead_of: str | None = None,
    ) -> tuple[datetime, float | None, ChargePlan]:
        """Return a request's deadline (UTC), the present level and the plan."""
        now = dt_util.utcnow()
        try:
            ready_by = deadline(ready_by, dt_util.get_default_time_zone())
            validate(target, ready_by, now)
        except RequestError as err:
            raise invalid_request(err.key, **err.placeholders) from err
        tasks, level = self._worker.controller(vin).sessions, self._scout.level_of(vin)
        plan = await tasks.plans.async_plan(
            level, target, ready_by, now, name=instead_of
        )
        start = plan.windows[0].start if plan.windows else ready_by
        sessions = self._repository.record(vin).sessions
        movable = {other.id for other in sessions.after(ready_by)}
        for other in sessions.sessions.values():
            if other.id == instead_of or other.id in movable or other.is_now:
                continue
            if overlaps(other, start, ready_by):
                raise invalid_request("session_overlaps", session=session_text(other))
        return ready_by, level, plan


def invalid_request(key: str, **placeholders: str) -> ServiceValidationError:
    """Return a translated error for an invalid request."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
