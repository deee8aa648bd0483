"""Calendars: sessions as events; an event that a user adds becomes a session."""

from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.calendar import (
    EVENT_RRULE,
    EVENT_START,
    EVENT_SUMMARY,
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEntityFeature,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .charging.sessions.calendar_events import event_deadline
from .charging.sessions.requests import parse_target
from .charging.sessions.session import OVER, Session, Source
from .const import DOMAIN
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars
from .worker.manager import Worker
from .worker.sessions import SessionRequests

PARALLEL_UPDATES = 1

# An event must have a length; its start is the deadline.
SHOWN_FOR: Final = timedelta(minutes=30)

# What a calendar shows of the off-peak windows in the car: a month is shown with days of
# the one before and the one after. Longer spans are cut, since weekly windows never end.
ORDINARY_SHOWN_BEFORE: Final = timedelta(days=40)
ORDINARY_SHOWN_AFTER: Final = timedelta(days=80)

# How far ahead to search for the next off-peak window.
ORDINARY_AHEAD: Final = timedelta(days=8)

CAR_CALENDARS: Final = (
    CalendarEntityDescription(
        key="special_charging", translation_key="special_charging"
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendars of every car."""
    sessions, worker = entry.runtime_data.sessions, entry.runtime_data.worker
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            CarCalendar(coordinator, vin, description, sessions, worker)
            for description in CAR_CALENDARS
        ),
    )


class CarCalendar(CarEntity, CalendarEntity):
    """The calendar of a car: its sessions or its off-peak windows."""

    entity_description: CalendarEntityDescription
    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT
        | CalendarEntityFeature.DELETE_EVENT
        | CalendarEntityFeature.UPDATE_EVENT
    )

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: CalendarEntityDescription,
        sessions: SessionRequests,
        worker: Worker,
    ) -> None:
        """Bind the calendar to the sessions and the Worker."""
        super().__init__(coordinator, vin, description)
        self._sessions = sessions
        self._worker = worker

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the present or next event."""
        now = dt_util.utcnow()
        events = self._events(upcoming=True)
        events += self._ordinary(now, now + ORDINARY_AHEAD)
        ahead = [each_event for each_event in events if each_event.end > now]
        return min(ahead, key=lambda item: item.start, default=None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events within a span of time, including past sessions."""
        events = [
            each_event
            for each_event in self._events(upcoming=False)
            if each_event.start < end_date and start_date < each_event.end
        ]
        now = dt_util.utcnow()
        start = max(start_date, now - ORDINARY_SHOWN_BEFORE)
        end = min(end_date, now + ORDINARY_SHOWN_AFTER)
        events += self._ordinary(start, end) if start < end else []
        return sorted(events, key=lambda each_event: each_event.start)

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Request the session of an event: its start is the deadline."""
        target, ready_by = self._request(kwargs)
        await self._sessions.async_add(
            self.vin, target, ready_by, Source.CALENDAR, title=_title(kwargs, target)
        )

    @override
    async def async_delete_event(
        self,
        uid: str,
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Cancel a session."""
        await self._sessions.async_cancel(self.vin, uid)

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Move a session, or change its target."""
        session = self._sessions.session(self.vin, uid)
        target, ready_by = self._request(event, session.target)
        await self._sessions.async_move(
            self.vin, uid, target, ready_by, _title(event, target)
        )

    def _request(
        self, event: dict[str, Any], default: int | None = None
    ) -> tuple[int, datetime]:
        """Return the target and the deadline of an event that a user entered.

        An event of a whole day is one with a time, as in a watched calendar.

        Raises:
            ServiceValidationError: The event is recurring.
        """
        if event.get(EVENT_RRULE):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="event_repeats"
            )
        start = event[EVENT_START]
        if not isinstance(start, datetime):
            zone = dt_util.get_default_time_zone()
            start = event_deadline(start.isoformat(), None, zone)
        target = parse_target(event.get(EVENT_SUMMARY))
        return target or default or self._sessions.options.default_target, start

    def _events(self, *, upcoming: bool) -> list[CalendarEvent]:
        """Return the sessions as events."""
        sessions = self._worker.repository.record(self.vin).sessions.sessions.values()
        return [
            self._shown(session)
            for session in sessions
            if not (upcoming and session.over)
        ]

    def _ordinary(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        """Return the off-peak windows in the car as events."""
        return [
            CalendarEvent(
                uid=f"off_peak_{item.start:%Y%m%d_%H%M}",
                start=dt_util.as_local(item.start),
                end=dt_util.as_local(item.end),
                summary=self._word("sensor.off_peak_plan.name"),
            )
            for item in self._worker.in_car(self.vin, start, end)
        ]

    def _shown(self, session: Session) -> CalendarEvent:
        """Return a session as an event that starts at its deadline."""
        windows = ", ".join(
            f"{dt_util.as_local(window.start):%H:%M}-{dt_util.as_local(window.end):%H:%M}"
            for window in session.plan.windows
        )
        state = session.shown_state
        said = {
            "sensor.special_charging": self._state(state),
            "sensor.special_charging_start": windows or "-",
            "sensor.special_charging_expected_level": f"{session.expected_level:.0f} %",
        }
        lines = [f"{self._word(f'{key}.name')}: {text}" for key, text in said.items()]
        start = dt_util.as_local(session.ready_by)
        return CalendarEvent(
            uid=session.id,
            start=start,
            end=dt_util.as_local(session.ready_by + SHOWN_FOR),
            summary=session.title or f"{session.target} %",
            description="\n".join(lines),
        )

    def _state(self, state: str) -> str:
        """Return a session's state in the user's language."""
        key = f"sensor.special_charging.state.{state}"
        if state in (ended.value for ended in OVER):
            news = "event.special_charging.state_attributes.event_type.state"
            key = f"{news}.{state}"
        return self._word(key)

    def _word(self, key: str) -> str:
        """Return a word of the entities' translations in the user's language."""
        words = async_get_cached_translations(
            self.hass, self.hass.config.language, "entity", DOMAIN
        )
        return words.get(f"component.{DOMAIN}.entity.{key}", key)


def _title(event: dict[str, Any], target: int) -> str | None:
    """Return the title of an event; None if it is only the target."""
    title = str(event.get(EVENT_SUMMARY) or "").strip()
    return None if title.replace(" ", "") in ("", f"{target}%") else title
