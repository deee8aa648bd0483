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
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .charging.planning.model import Window
from .charging.sessions.calendar_events import event_deadline
from .charging.sessions.requests import parse_target
from .charging.sessions.session import OVER, Session, SessionState, Source
from .const import DOMAIN
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry, ScoutData
from .entity import CarEntity, async_add_for_cars
from .worker.unmet_events import EventRequest

PARALLEL_UPDATES = 1

# An event must have a length; its start is the deadline.
SHOWN_FOR: Final = timedelta(minutes=30)

# What a calendar shows of the off-peak windows in the car: a month is shown with days of
# the one before and the one after. Longer spans are cut, since weekly windows never end.
ORDINARY_SHOWN_BEFORE: Final = timedelta(days=40)
ORDINARY_SHOWN_AFTER: Final = timedelta(days=80)

# How far ahead repeating requests are shown.
REPEATS_SHOWN_AFTER: Final = timedelta(days=366)

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
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            CarCalendar(coordinator, vin, description, entry.runtime_data)
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
        account: ScoutData,
    ) -> None:
        """Bind the calendar to the requests and the Worker."""
        super().__init__(coordinator, vin, description)
        self._sessions, self._repeats = account.sessions, account.repeats
        self._worker = account.worker

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the present or next event."""
        now = dt_util.utcnow()
        events = self._events(upcoming=True)
        events += self._repeated(now, now + ORDINARY_AHEAD)
        in_car = self._worker.in_car(self.vin, now, now + ORDINARY_AHEAD)
        events += [self._ordinary(window) for window in in_car[:1]]
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
        events += self._repeated(start_date, min(end_date, now + REPEATS_SHOWN_AFTER))
        start = max(start_date, now - ORDINARY_SHOWN_BEFORE)
        end = min(end_date, now + ORDINARY_SHOWN_AFTER)
        if start < end:
            in_car = self._worker.in_car(self.vin, start, end)
            events += [self._ordinary(window) for window in in_car]
        return sorted(events, key=lambda each_event: each_event.start)

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Request the session of an event: its start is the deadline."""
        request = self._request(kwargs)
        if rule := kwargs.get(EVENT_RRULE):
            await self._repeats.async_add(self.vin, request, rule)
            return
        await self._sessions.async_add(
            self.vin,
            request.target,
            request.ready_by,
            Source.CALENDAR,
            title=request.title,
        )

    @override
    async def async_delete_event(
        self,
        uid: str,
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Cancel a session, or sessions of a repeating request."""
        if uid in self._repeats.all(self.vin):
            onwards = bool(recurrence_range)
            await self._repeats.async_remove(
                self.vin, uid, recurrence_id, onwards=onwards
            )
            return
        await self._sessions.async_cancel(self.vin, uid)

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Move a session, change its target, or change a repeating request."""
        rule = event.get(EVENT_RRULE) or None
        if (repeat := self._repeats.all(self.vin).get(uid)) is not None:
            request = self._request(event, repeat.target)
            onwards = bool(recurrence_range)
            await self._repeats.async_change(
                self.vin, uid, request, rule, recurrence_id, onwards=onwards
            )
            return
        session = self._sessions.session(self.vin, uid)
        request = self._request(event, session.target)
        if rule is not None:
            await self._repeats.async_add(self.vin, request, rule, instead_of=uid)
            return
        await self._sessions.async_move(
            self.vin, uid, request.target, request.ready_by, request.title
        )

    def _request(
        self, event: dict[str, Any], default: int | None = None
    ) -> EventRequest:
        """Return what an event asks for that a user entered.

        An event of a whole day is one with a time, as in a watched calendar.
        """
        start = event[EVENT_START]
        if not isinstance(start, datetime):
            zone = dt_util.get_default_time_zone()
            start = event_deadline(start.isoformat(), None, zone)
        target = parse_target(event.get(EVENT_SUMMARY))
        target = target or default or self._sessions.options.default_target
        return EventRequest(target=target, ready_by=start, title=_title(event, target))

    def _events(self, *, upcoming: bool) -> list[CalendarEvent]:
        """Return the sessions as events, but for those that somebody cancelled."""
        return [
            self._shown(session)
            for session in self._sessions.list(self.vin)
            if session.state is not SessionState.CANCELLED
            and not (upcoming and session.over)
        ]

    def _repeated(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        """Return the deadlines of repeating requests that have no session yet."""
        return [
            CalendarEvent(
                uid=repeat.id,
                recurrence_id=at.isoformat(),
                rrule=repeat.rule,
                start=dt_util.as_local(at),
                end=dt_util.as_local(at + SHOWN_FOR),
                summary=repeat.title or f"{repeat.target} %",
            )
            for repeat, at in self._repeats.ahead(self.vin, start, end)
        ]

    def _ordinary(self, window: Window) -> CalendarEvent:
        """Return an off-peak window in the car as an event."""
        return CalendarEvent(
            uid=f"off_peak_{window.start:%Y%m%d_%H%M}",
            start=dt_util.as_local(window.start),
            end=dt_util.as_local(window.end),
            summary=self._word("sensor.off_peak_plan.name"),
        )

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
        of = None if session.over else self._repeats.of_session(self.vin, session)
        return CalendarEvent(
            uid=session.id if of is None else of[0].id,
            recurrence_id=None if of is None else of[1].isoformat(),
            rrule=None if of is None else of[0].rule,
            start=start,
            end=dt_util.as_local(session.ready_by + SHOWN_FOR),
            summary=session.title or f"{session.target} %",
            description="\n".join(lines),
        )

    def _state(self, state: str) -> str:
        """Return a session's state in the user's language."""
        key = f"sensor.special_charging.state.{state}"
        if state in (ended.value for ended in OVER):
            events = "event.special_charging.state_attributes.event_type.state"
            key = f"{events}.{state}"
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
