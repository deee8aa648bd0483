"""Needs from the user's own calendars: read once a day, and when a calendar changes."""

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

# An event of a whole day has no time; this is when most people leave.
ALL_DAY_READY_BY: Final = time(7)


class CalendarImport:
    """Makes needs of the events in the calendars that the user chose."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ScoutCoordinator,
        sessions: SessionRequests,
    ) -> None:
        """Bind the cars, and who keeps their promises."""
        self._hass = hass
        self._scout = coordinator
        self._sessions = sessions
        self._told: set[str] = set()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Read the calendars whenever one changes; call what is returned to end it."""

        async def changed(_event: Event[EventStateChangedData]) -> None:
            """Read them all: an event may have moved from one to another."""
            for vin in tuple(self._scout.data):
                await self.async_read(vin)

        calendars = self._sessions.options.calendars
        return async_track_state_change_event(self._hass, calendars, changed)

    async def async_read(self, vin: str) -> None:
        """Promise what the events of the next day need, and cancel what is gone.

        A calendar that cannot be read changes nothing (field-lessons.md, A5).
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
        """Make the promises that come from a calendar those that are wanted."""
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
        """Promise what an event needs; one that cannot be met is logged once."""
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
        """Return the target (percent) and the deadline of an event, if it is a need.

        An event that names one of several cars is for that one alone.
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
    """Return when an event wants the car ready (aware)."""
    if (instant := dt_util.parse_datetime(start)) is not None and "T" in start:
        return dt_util.as_local(instant)
    return datetime.combine(
        date.fromisoformat(start), ALL_DAY_READY_BY, dt_util.get_default_time_zone()
    )


def _is_of(session: Session, calendar: str) -> bool:
    """Whether a session comes from a watched calendar."""
    from_there = (session.source_key or "").startswith(f"{calendar} ")
    return session.source is Source.WATCHED_CALENDAR and from_there
