"""Import of requests from calendars: once a day, and when a calendar changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..charging.sessions.calendar_events import cars_named, event_deadline
from ..charging.sessions.requests import parse_event
from ..charging.sessions.session import Source
from ..const import LOGGER
from ..coordinator import ScoutCoordinator
from .event_sessions import EventSessions
from .sessions import SessionRequests
from .unmet_events import EventRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarRow:
    """An event of a calendar; ``ready_by`` is aware."""

    summary: str
    description: str
    ready_by: datetime


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
        self._settled = EventSessions(sessions, Source.WATCHED_CALENDAR)
        self._reported: set[str] = set()

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
        """Add sessions for the events ahead; cancel those whose event is gone.

        A calendar that cannot be read changes nothing (docs/lessons.md).
        """
        now = dt_util.now()
        until = now + self._sessions.options.look_ahead
        for calendar in self._sessions.options.calendars:
            events = await self._async_events(calendar, now, until)
            if events is None:
                continue
            wanted = {
                f"{calendar} {event.ready_by.isoformat()} {target}": EventRequest(
                    target=target,
                    ready_by=event.ready_by,
                    title=event.summary.strip() or None,
                )
                for target, event in self._requests(vin, events)
                if now < event.ready_by <= until
            }
            await self._settled.async_settle(
                vin, calendar, wanted, add_until=until, cancel_until=until
            )

    async def _async_events(
        self, calendar: str, start: datetime, end: datetime
    ) -> list[CalendarRow] | None:
        """Return the events of a calendar; None if it cannot be read.

        A list that can be read in part only cannot: what is missing in it would be
        taken for deleted.
        """
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
            events = _rows((answer or {}).get(calendar))
        except Exception:  # noqa: BLE001
            # Each calendar is an integration of its own, and may raise anything.
            if calendar not in self._reported:
                self._reported.add(calendar)
                LOGGER.warning("The calendar %s cannot be read", calendar)
            return None
        self._reported.discard(calendar)
        return events

    def _requests(
        self, vin: str, events: list[CalendarRow]
    ) -> Iterator[tuple[int, CalendarRow]]:
        """Yield the target (percent) and the event of each event that is a request for a car.

        An event that names some of several cars is for those only.
        """
        options = self._sessions.options
        names = {other: car.summary.name for other, car in self._scout.data.items()}
        for event in events:
            named = cars_named(f"{event.summary} {event.description}", names)
            if named and vin not in named:
                continue
            target = parse_event(
                event.summary,
                event.description,
                options.calendar_word,
                options.default_target,
            )
            if target is not None:
                yield target, event


def _rows(found: Any) -> list[CalendarRow]:
    """Return the events in an answer of a calendar.

    Raises:
        LookupError, TypeError, ValueError and the like: one of them cannot be read.
    """
    zone = dt_util.get_default_time_zone()
    return [
        CalendarRow(
            summary=str(event.get("summary") or ""),
            description=str(event.get("description") or ""),
            ready_by=event_deadline(str(event["start"]), _text(event.get("end")), zone),
        )
        for event in found["events"]
    ]


def _text(value: object) -> str | None:
    """Return a time as text; None if there is none."""
    return None if value is None else str(value)
