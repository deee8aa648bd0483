"""Import of requests from calendars: once a day, and when a calendar changes."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from homeassistant.components.calendar import (
    DOMAIN as CALENDAR_DOMAIN,
    SERVICE_GET_EVENTS,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..charging.sessions.requests import parse_event
from ..charging.sessions.session import Session, Source
from ..const import LOGGER
from ..coordinator import ScoutCoordinator
from .sessions import DAY_AHEAD, SessionRequests

# Deadline of an all-day event: when most people leave.
ALL_DAY_READY_BY: Final = time(7)


class CalendarImport:
    """Creates sessions from events in the user's calendars."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ScoutCoordinator,
        sessions: SessionRequests,
    ) -> None:
        """Bind the cars and the session requests."""
        self._hass = hass
        self._scout = coordinator
        self._sessions = sessions
        self._told: set[str] = set()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Read the calendars when one changes; return a function that stops this."""

        async def changed(_event: Event[EventStateChangedData]) -> None:
            """Read all calendars: an event may have moved between them."""
            for vin in tuple(self._scout.data):
                await self.async_read(vin)

        calendars = self._sessions.options.calendars
        return async_track_state_change_event(self._hass, calendars, changed)

    async def async_read(self, vin: str) -> None:
        """Add sessions for events of the next day; cancel those whose event is gone.

        A calendar that cannot be read changes nothing (docs/lessons.md).
        """
        now = dt_util.now()
        for calendar in self._sessions.options.calendars:
            events = await self._async_events(calendar, now, now + DAY_AHEAD)
            if events is None:
                continue
            wanted = {}
            for event in events:
                request = self._request(vin, event)
                if request is not None and now < request[1] <= now + DAY_AHEAD:
                    wanted[f"{calendar} {request[1].isoformat()} {request[0]}"] = (
                        request
                    )
            await self._async_settle(vin, calendar, wanted)

    async def _async_settle(
        self, vin: str, calendar: str, wanted: dict[str, tuple[int, datetime]]
    ) -> None:
        """Make the sessions from a calendar match the requests in it."""
        until = dt_util.utcnow() + DAY_AHEAD
        kept = set()
        for session in tuple(self._sessions.list(vin)):
            if not _is_of(session, calendar):
                continue
            key = session.source_key
            if key in wanted:
                kept.add(key)
            elif (
                dt_util.utcnow() < session.ready_by <= until and session.is_cancellable
            ):
                await self._sessions.async_cancel(vin, session.id)
        for key, (target, ready_by) in wanted.items():
            if key not in kept:
                await self._async_add(vin, key, target, ready_by)

    async def _async_add(
        self, vin: str, key: str, target: int, ready_by: datetime
    ) -> None:
        """Create the session of an event; log an invalid request once."""
        try:
            await self._sessions.async_add(
                vin, target, ready_by, Source.WATCHED_CALENDAR, key
            )
        except ServiceValidationError as err:
            if key not in self._told:
                self._told.add(key)
                LOGGER.warning(
                    "An event of a watched calendar is no valid request: %s", err
                )

    async def _async_events(
        self, calendar: str, start: datetime, end: datetime
    ) -> list[Mapping[str, Any]] | None:
        """Return the events of a calendar; None if it cannot be read."""
        try:
            answer = await self._hass.services.async_call(
                CALENDAR_DOMAIN,
                SERVICE_GET_EVENTS,
                {
                    "entity_id": calendar,
                    "start_date_time": start,
                    "end_date_time": end,
                },
                blocking=True,
                return_response=True,
            )
        except HomeAssistantError:
            answer = None
        found = (answer or {}).get(calendar)
        events = found.get("events") if isinstance(found, Mapping) else None
        if not isinstance(events, list):
            if calendar not in self._told:
                self._told.add(calendar)
                LOGGER.warning("The calendar %s cannot be read", calendar)
            return None
        self._told.discard(calendar)
        return [event for event in events if isinstance(event, Mapping)]

    def _request(
        self, vin: str, event: Mapping[str, Any]
    ) -> tuple[int, datetime] | None:
        """Return target (percent) and deadline of an event; None: it is no request.

        An event that names one of several cars is for that car only.
        """
        options = self._sessions.options
        summary, description = str(event.get("summary", "")), event.get("description")
        text = f"{summary} {description or ''}".casefold()
        named = {
            other
            for other, car in self._scout.data.items()
            if car.summary.name and car.summary.name.casefold() in text
        }
        if named and vin not in named:
            return None
        target = parse_event(
            summary, description, options.calendar_word, options.default_target
        )
        return None if target is None else (target, _deadline(str(event["start"])))


def _deadline(start: str) -> datetime:
    """Return the deadline of an event (aware)."""
    if (instant := dt_util.parse_datetime(start)) is not None and "T" in start:
        return dt_util.as_local(instant)
    return datetime.combine(
        date.fromisoformat(start), ALL_DAY_READY_BY, dt_util.get_default_time_zone()
    )


def _is_of(session: Session, calendar: str) -> bool:
    """Whether a session comes from a calendar."""
    from_there = (session.source_key or "").startswith(f"{calendar} ")
    return session.source is Source.WATCHED_CALENDAR and from_there
