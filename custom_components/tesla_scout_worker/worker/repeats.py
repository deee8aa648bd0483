"""Requests that repeat, entered in the calendar of a car."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..charging.sessions.repeats import Repeat, new_repeat
from ..charging.sessions.requests import RequestError
from ..charging.sessions.session import LEAST_NOTICE, CancelReason, Session, Source
from ..storage.account_file import NotSavedError
from .event_sessions import EventSessions
from .manager import Worker
from .sessions import SessionRequests, invalid_request
from .unmet_events import EventRequest

# What the sessions of repeating requests have in common.
_GROUP: Final = "repeat"

_MINUTE: Final = timedelta(minutes=1)


class RepeatRequests:
    """Keeps the repeating requests of all cars, and requests their next sessions.

    Methods raise ``ServiceValidationError`` where a person asked for what cannot be.
    """

    def __init__(
        self, hass: HomeAssistant, worker: Worker, sessions: SessionRequests
    ) -> None:
        """Bind the Worker and the session requests."""
        self._hass = hass
        self._worker = worker
        self._sessions = sessions
        self._events = EventSessions(sessions, Source.CALENDAR)

    def all(self, vin: str) -> Mapping[str, Repeat]:
        """Return the repeating requests of a car by their ids."""
        return self._worker.repository.record(vin).repeats

    def of_session(self, vin: str, session: Session) -> tuple[Repeat, datetime] | None:
        """Return the repeating request of a session, and its deadline there (UTC)."""
        if session.source is not Source.CALENDAR or session.source_key is None:
            return None
        for repeat in self.all(vin).values():
            before, name, at = session.source_key.partition(f" {repeat.id} ")
            if before == _GROUP and name:
                return repeat, datetime.fromisoformat(at)
        return None

    def ahead(
        self, vin: str, start: datetime, end: datetime
    ) -> Iterator[tuple[Repeat, datetime]]:
        """Yield the deadlines of a span that have no session yet."""
        zone, begun = _zone(), dt_util.utcnow()
        taken = {session.source_key for session in self._sessions.list(vin)}
        for repeat in self.all(vin).values():
            for at in repeat.deadlines(max(start, begun), end, zone):
                if _key(repeat, at) not in taken:
                    yield repeat, at

    async def async_add(
        self, vin: str, request: EventRequest, rule: str, instead_of: str | None = None
    ) -> None:
        """Request a state of charge by each deadline of a rule.

        ``instead_of`` is the id of a session whose place the first of them takes.
        """
        new = self._new(request, rule)
        await self._async_check(vin, new, instead_of)
        if instead_of is not None:
            await self._sessions.async_cancel(vin, instead_of, CancelReason.REPLACED)
        await self._async_save(vin, new)

    async def async_remove(
        self, vin: str, name: str, at: str | None, *, onwards: bool
    ) -> None:
        """Remove a repeating request, or one deadline of it, or all from one on."""
        repeat = self._repeat(vin, name)
        if (instant := _instant(at)) is None:
            await self._async_save(vin, without=name)
        elif onwards:
            await self._async_save(vin, repeat.before(instant))
        else:
            await self._async_save(vin, repeat.without(instant))

    async def async_change(
        self,
        vin: str,
        name: str,
        request: EventRequest,
        rule: str | None,
        at: str | None,
        *,
        onwards: bool,
    ) -> None:
        """Change a repeating request, or one deadline of it, or all from one on.

        Without a rule what is changed becomes a single request.
        """
        repeat, instant = self._repeat(vin, name), _instant(at)
        if instant is not None and not onwards:
            await self._async_set_apart(vin, repeat, instant, request)
            await self._async_save(vin, repeat.without(instant))
            return
        left = None if instant is None else repeat.before(instant)
        new = None
        if rule is None:
            first = instant or repeat.next_deadline(dt_util.utcnow(), _zone())
            await self._async_set_apart(vin, repeat, first, request)
        else:
            new = self._new(request, rule)
        await self._async_save(vin, left, new, without=None if left else name)

    async def async_read(self, vin: str) -> None:
        """Request the sessions that are due, and cancel those that no request has."""
        now, zone = dt_util.utcnow(), _zone()
        until = now + self._sessions.options.look_ahead
        # A session may be later, from when a charge took longer.
        latest = max((each.ready_by for each in self._sessions.list(vin)), default=now)
        end = max(until, latest + _MINUTE)
        wanted = {
            _key(repeat, at): EventRequest(
                target=repeat.target, ready_by=at, title=repeat.title
            )
            for repeat in self.all(vin).values()
            for at in repeat.deadlines(now, end, zone)
        }
        await self._events.async_settle(vin, _GROUP, wanted, add_until=until)

    @callback
    def async_start(self) -> None:
        """Request what became due while Home Assistant was down."""

        async def read() -> None:
            """Read the requests of all cars."""
            for vin in tuple(self._worker.coordinator.data):
                # The store shows a repair; the daily check reads them again.
                with suppress(NotSavedError):
                    await self.async_read(vin)

        self._worker.coordinator.config_entry.async_create_background_task(
            self._hass, read(), "repeating requests"
        )

    async def _async_set_apart(
        self, vin: str, repeat: Repeat, at: datetime | None, request: EventRequest
    ) -> None:
        """Make a single request of one deadline of a repeating one."""
        target, ready_by, title = request.target, request.ready_by, request.title
        key = None if at is None else _key(repeat, at)
        for session in self._sessions.list(vin):
            if key and session.source_key == key and session.is_cancellable:
                await self._sessions.async_move(
                    vin, session.id, target, ready_by, title, apart=True
                )
                return
        await self._sessions.async_add(
            vin, target, ready_by, Source.CALENDAR, title=title
        )

    async def _async_save(
        self, vin: str, *changed: Repeat | None, without: str | None = None
    ) -> None:
        """Store changed requests, drop those that are over, and request sessions."""
        now, zone = dt_util.utcnow(), _zone()
        repeats = {**self.all(vin), **{each.id: each for each in changed if each}}
        kept = {
            key: repeat
            for key, repeat in repeats.items()
            if key != without and repeat.next_deadline(now, zone) is not None
        }
        await self._worker.repository.async_update(vin, repeats=kept)
        await self.async_read(vin)

    async def _async_check(self, vin: str, new: Repeat, instead_of: str | None) -> None:
        """Refuse a request whose first session cannot be, as a single one is."""
        soon = dt_util.utcnow() + LEAST_NOTICE
        first = new.next_deadline(soon, _zone())
        if first is not None and first - soon < self._sessions.options.look_ahead:
            await self._sessions.async_plan(vin, new.target, first, instead_of)

    def _new(self, request: EventRequest, rule: str) -> Repeat:
        """Return a repeating request that can be met."""
        now, zone = dt_util.utcnow(), _zone()
        # A cancelled session of an earlier request must say nothing of this one.
        name = f"{_GROUP}_{ulid_now()}"
        try:
            return new_repeat(
                name,
                request.target,
                request.ready_by,
                rule,
                request.title,
                now=now,
                zone=zone,
            )
        except RequestError as err:
            raise invalid_request(err.key, **err.placeholders) from err

    def _repeat(self, vin: str, name: str) -> Repeat:
        """Return a repeating request."""
        if (repeat := self.all(vin).get(name)) is None:
            raise invalid_request("session_not_found", session=name)
        return repeat


def _key(repeat: Repeat, at: datetime) -> str:
    """Return the source key of the session of one deadline (UTC)."""
    return f"{_GROUP} {repeat.id} {at.isoformat()}"


def _instant(text: str | None) -> datetime | None:
    """Return the deadline (UTC) that a calendar names; None: it names none."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError) as err:
        raise invalid_request("session_not_found", session=text) from err


def _zone() -> tzinfo:
    """Return the time zone of the user."""
    return dt_util.get_default_time_zone()
