"""Needs from the user's own calendars, a stand-in for Google, CalDAV or a local one."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockPlatform, mock_platform

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import OTHER_VIN, VIN, act, the_car
from ..scout_helpers import devices
from .special_charging.session_helpers import (
    EVENING,
    LOW_CAR,
    WARSAW,
    at,
    home_and_awake,
    special,
    unmet_events,
    until,
)

CALENDAR = "calendar.family"


class Family(CalendarEntity):
    """A calendar of the user's, which a test fills."""

    entity_id = CALENDAR
    _attr_name = "Family"

    def __init__(self) -> None:
        """Begin empty."""
        self.events: list[CalendarEvent] = []
        self.broken = False

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the next event."""
        return self.events[0] if self.events else None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what is in it."""
        if self.broken:
            raise HomeAssistantError("no network")
        return [
            each_event
            for each_event in self.events
            if each_event.start_datetime_local < end_date
            and start_date < each_event.end_datetime_local
        ]


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening, whatever other tests call it."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is home, plugged in and low."""
    return LOW_CAR


@pytest.fixture
async def family(hass: HomeAssistant) -> AsyncIterator[Family]:
    """Set up a calendar beside ours."""
    calendar = Family()

    async def platform(
        _hass: HomeAssistant,
        _config: Any,
        async_add_entities: AddEntitiesCallback,
        _info: Any = None,
    ) -> None:
        async_add_entities([calendar])

    mock_platform(hass, "family.calendar", MockPlatform(async_setup_platform=platform))
    assert await async_setup_component(
        hass, "calendar", {"calendar": {"platform": "family"}}
    )
    await hass.async_block_till_done()
    yield calendar
    # Home Assistant's alarms for the events go with them.
    calendar.events = []
    await write(hass, calendar)


def trip(summary: str, day: int = 7, hour: int = 7, text: str = "") -> CalendarEvent:
    """Return an event of an hour in August 2025."""
    start = datetime(2025, 8, day, hour, tzinfo=WARSAW)
    return CalendarEvent(
        start=start, end=start + timedelta(hours=1), summary=summary, description=text
    )


async def watching(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    word: str = "car",
    **options: Any,
) -> None:
    """Have the calendar watched."""
    options = {"calendars": [CALENDAR], "calendar_word": word, **options}
    entry, _ = await home_and_awake(hass, cloud, freezer)
    hass.config_entries.async_update_entry(
        entry,
        options={"special_charging": options},
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def sessions(hass: HomeAssistant) -> list[tuple[str, int, str]]:
    """Return deadline, target and state of each session."""
    listed = await special(hass, "list_special_charging")
    return [
        (session["session_id"], session["target"], session["state"])
        for session in listed["sessions"]
    ]


async def write(hass: HomeAssistant, family: Family) -> None:
    """Have the calendar show what is in it, as after a sync."""
    family.async_write_ha_state()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_the_daily_check_reads_the_watched_calendars(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, family: Family
) -> None:
    """A percentage in the title, or the word, makes a need; the rest is not ours."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %"), trip("Dentist", hour=12)]
    await until(hass, noon, at(23, 1))
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]


async def test_an_event_is_seen_as_early_as_a_full_charge_may_need(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, family: Family
) -> None:
    """At a socket of 2.3 kW the evening before is too late; days later is early enough."""
    await watching(hass, cloud, noon, charging_power=2.3)
    family.events = [trip("Sea 90 %", day=9), trip("Mountains 90 %", day=12)]
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250809_0700", 90, "scheduled")]


async def test_a_word_makes_a_request_of_the_default_target(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, family: Family
) -> None:
    """And a percentage in the description is its target."""
    await watching(hass, cloud, noon)
    family.events = [trip("Holiday by CAR")]
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 90, "scheduled")]
    family.events = [trip("Holiday by car", text="to 60 %")]
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [
        ("special_1_20250807_0700", 90, "cancelled"),
        ("special_2_20250807_0700", 60, "scheduled"),
    ]


async def test_a_change_in_the_calendar_is_followed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, family: Family
) -> None:
    """Added, moved and deleted, each as soon as the calendar shows it; never twice."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %")]
    await write(hass, family)
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]
    family.events = [trip("Sea 70 %", hour=6)]
    await write(hass, family)
    assert await sessions(hass) == [
        ("special_1_20250807_0600", 70, "scheduled"),
        ("special_1_20250807_0700", 70, "cancelled"),
    ]
    family.events = []
    await write(hass, family)
    assert [state for _, _, state in await sessions(hass)] == ["cancelled", "cancelled"]
    listed = await special(hass, "list_special_charging")
    assert {row["reason"] for row in listed["sessions"]} == {"event_gone"}


async def test_a_calendar_that_cannot_be_read_cancels_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told once, and its needs stay; then it is read again."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %")]
    await special(hass, "check_special_charging")
    family.broken = True
    for _ in range(2):
        await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]
    assert caplog.text.count(f"The calendar {CALENDAR} cannot be read") == 1
    family.broken, family.events = False, []
    await special(hass, "check_special_charging")
    assert [state for _, _, state in await sessions(hass)] == ["cancelled"]


async def test_an_event_that_cannot_be_met_is_named_until_there_is_room(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
) -> None:
    """Two for one time: the first is a session, a repair names the other and why."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %"), trip("Lake 80 %")]
    for _ in range(2):
        await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]
    (shown,) = unmet_events(hass)
    assert "Lake 80 %, 2025-08-07 07:00" in shown
    assert "overlap" in shown
    assert "Sea" not in shown
    await special(hass, "cancel_special_charging", session_id="special_1_20250807_0700")
    listed = await special(hass, "list_special_charging")
    assert {
        (row["target"], row["state"], row["reason"]) for row in listed["sessions"]
    } == {(70, "cancelled", "cancelled_by_person"), (80, "scheduled", None)}
    assert unmet_events(hass) == []


async def test_an_event_that_cannot_be_met_and_is_deleted_needs_nobody(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
) -> None:
    """Its repair goes with it."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %"), trip("Lake 80 %")]
    await special(hass, "check_special_charging")
    assert len(unmet_events(hass)) == 1
    family.events = [trip("Sea 70 %")]
    await special(hass, "check_special_charging")
    assert unmet_events(hass) == []


async def test_an_event_of_a_whole_day_is_for_seven_in_the_morning(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, family: Family
) -> None:
    """It has no time of its own."""
    await watching(hass, cloud, noon)
    day = datetime(2025, 8, 7, tzinfo=WARSAW).date()
    family.events = [
        CalendarEvent(start=day, end=day + timedelta(days=1), summary="Sea 70 %")
    ]
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-08-07T00:00:00+00:00", "2025-08-08T00:00:00+00:00"),
        ("2025-08-07T00:00:00+02:00", "2025-08-08T00:00:00+02:00"),
        ("2025-08-07T00:00:00+02:00", "2025-08-10T00:00:00+02:00"),
    ],
)
async def test_a_whole_day_from_midnight_to_midnight_is_for_seven_too(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
    start: str,
    end: str,
) -> None:
    """Some calendars send no dates, but midnights of UTC or of the place."""
    await watching(hass, cloud, noon)
    family.events = [
        CalendarEvent(
            start=datetime.fromisoformat(start),
            end=datetime.fromisoformat(end),
            summary="Sea 70 %",
        )
    ]
    await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]


@pytest.mark.parametrize(
    ("summary", "cars"),
    [
        ("Seconds of silence 70 %", [VIN, OTHER_VIN]),
        ("The Second 70 %", [OTHER_VIN]),
        ("scout and SECOND, 70 %", [VIN, OTHER_VIN]),
        ("Scouting 70 %", [VIN, OTHER_VIN]),
        ("Scout 70 %", [VIN]),
    ],
)
async def test_an_event_is_for_the_cars_that_it_names_or_for_each(
    hass: HomeAssistant,
    two_cars: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
    summary: str,
    cars: list[str],
) -> None:
    """By whole words: an evening names no Eve."""
    the_car(two_cars, OTHER_VIN).plug_in()
    the_car(two_cars, OTHER_VIN).charge_stop()
    await watching(hass, two_cars, noon)
    family.events = [trip(summary)]
    found = []
    for vin, device in devices(hass).items():
        if vin in (VIN, OTHER_VIN):
            listed = await act(hass, "check_special_charging", device_id=device)
            found += [vin for _ in listed["sessions"]]
    assert sorted(found) == sorted(cars)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [{"summary": "Sea 70 %", "start": "2025-08-07T07:00:00"}, None]},
        {"events": [{"summary": "Sea 70 %"}]},
        {"events": [{"start": "soon"}]},
        {"events": [{"start": "9999-12-31T23:59:59-12:00"}]},
        {"events": {"start": "2025-08-07"}},
        {},
        None,
        KeyError("no such calendar"),
        OverflowError("date value out of range"),
    ],
)
async def test_a_list_of_events_that_is_read_in_part_cancels_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    family: Family,
    caplog: pytest.LogCaptureFixture,
    answer: Any,
) -> None:
    """It is told once, and the check goes on; then the calendar is read again."""
    await watching(hass, cloud, noon)
    family.events = [trip("Sea 70 %")]
    await special(hass, "check_special_charging")

    async def answer_oddly(_call: ServiceCall) -> ServiceResponse:
        """Answer as no calendar should."""
        if isinstance(answer, Exception):
            raise answer
        return {CALENDAR: answer}

    hass.services.async_register(
        "calendar", "get_events", answer_oddly, None, SupportsResponse.ONLY
    )
    for _ in range(2):
        await special(hass, "check_special_charging")
    assert await sessions(hass) == [("special_1_20250807_0700", 70, "scheduled")]
    assert caplog.text.count(f"The calendar {CALENDAR} cannot be read") == 1
