"""Repeating events in the calendar of a car, as the calendar page sends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.tesla_scout_worker.charging.options import ChargingOptions
from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import entity_id, state_of
from .session_helpers import QUARTER, at, home_and_awake, special, unmet_events, until

THIS = ""
FUTURE = "THISANDFUTURE"


@dataclass
class Page:
    """The calendar page of the car."""

    hass: HomeAssistant
    ws: WebSocketGenerator
    client: ClientSessionGenerator

    async def ask(self, kind: str, **fields: Any) -> str | None:
        """Do what the dialog of an event does; return its error."""
        client = await self.ws(self.hass)
        await client.send_json_auto_id(
            {
                "type": f"calendar/event/{kind}",
                "entity_id": entity_id(self.hass, "calendar", "special_charging"),
                **fields,
            }
        )
        answer = await client.receive_json()
        await self.hass.async_block_till_done(wait_background_tasks=True)
        return None if answer["success"] else str(answer["error"]["message"])

    async def ask_of(
        self, row: dict[str, Any], kind: str, which: str, **fields: Any
    ) -> str | None:
        """Do it with one event of a series, or with it and all later ones."""
        return await self.ask(
            kind,
            uid=row["uid"],
            recurrence_id=row["recurrence_id"],
            recurrence_range=which,
            **fields,
        )

    async def add(self, start: str, summary: str, rule: str) -> str | None:
        """Add a repeating event."""
        return await self.ask("create", event=event(start, summary, rule))

    async def events(self, days: int = 10) -> list[dict[str, Any]]:
        """Return the events of some days from now on."""
        client = await self.client()
        calendar = entity_id(self.hass, "calendar", "special_charging")
        span = {"start": "2025-08-06T00:00:00Z", "end": f"2025-08-{6 + days:02}T12:00Z"}
        answer = await client.get(f"/api/calendars/{calendar}", params=span)
        found: list[dict[str, Any]] = await answer.json()
        return [row for row in found if not row["uid"].startswith("off_peak")]

    async def shown(self, days: int = 10) -> list[tuple[str, str]]:
        """Return day, time and title of the events."""
        rows = await self.events(days)
        return [(row["start"]["dateTime"][8:16], row["summary"]) for row in rows]

    async def sessions(self) -> list[tuple[str, str, int]]:
        """Return state, deadline and target of the sessions."""
        listed = await special(self.hass, "list_special_charging")
        return sorted(
            (row["state"], row["ready_by"][8:16], row["target"])
            for row in listed["sessions"]
        )


def event(start: str, summary: str, rule: str | None = None) -> dict[str, str]:
    """Return an event of half an hour in August."""
    begin = datetime.fromisoformat(f"2025-08-{start}:00+02:00")
    end = begin + timedelta(minutes=30)
    given = {
        "dtstart": begin.isoformat(),
        "dtend": end.isoformat(),
        "summary": summary,
    }
    return given if rule is None else {**given, "rrule": rule}


@pytest.fixture
async def page(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> Page:
    """Return the page of a car that is at home, on a Wednesday at 22:50."""
    await home_and_awake(hass, cloud, noon)
    return Page(hass, hass_ws_client, hass_client)


async def test_a_repeating_event_is_a_request_each_time(page: Page) -> None:
    """What is near is a session; the page shows the rest, each time with its rule."""
    assert await page.add("07T07:00", "To work, 80 %", "FREQ=DAILY") is None
    assert await page.sessions() == [
        ("scheduled", "07T07:00", 80),
        ("scheduled", "08T07:00", 80),
    ]
    assert await page.shown(4) == [
        (f"{day:02}T07:00", "To work, 80 %") for day in range(7, 11)
    ]
    rows = await page.events(4)
    assert {row["rrule"] for row in rows} == {"FREQ=DAILY"}
    assert len({row["uid"] for row in rows}) == 1
    assert len({row["recurrence_id"] for row in rows}) == len(rows)
    assert state_of(page.hass, "calendar", "special_charging") == "off"


@pytest.mark.slow
async def test_the_next_session_is_requested_at_the_daily_check(
    page: Page, noon: FrozenDateTimeFactory
) -> None:
    """Each evening the next one."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    await until(page.hass, noon, at(7, 31) + timedelta(hours=16), QUARTER)
    assert [row[1] for row in await page.sessions()] == [
        "07T07:00",
        "08T07:00",
        "09T07:00",
    ]


async def test_a_restart_requests_what_became_due(
    page: Page, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant was down at the daily check."""
    await page.add("09T07:00", "80 %", "FREQ=WEEKLY")
    assert await page.sessions() == []
    noon.move_to(at(23, 30) + timedelta(days=1))
    [entry] = page.hass.config_entries.async_entries(DOMAIN)
    assert await page.hass.config_entries.async_reload(entry.entry_id)
    await page.hass.async_block_till_done(wait_background_tasks=True)
    assert await page.sessions() == [("scheduled", "09T07:00", 80)]


async def test_one_event_of_a_series_is_deleted(page: Page) -> None:
    """Its session is cancelled; the others stay, and it does not come back."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    first, second, third, *_ = await page.events()
    for row in (first, third):
        assert not await page.ask_of(
            row,
            "delete",
            THIS,
        )
    left = [row for row, _ in await page.shown(5)]
    assert left == ["08T07:00", "10T07:00", "11T07:00"]
    await special(page.hass, "check_special_charging")
    assert [state for state, *_ in await page.sessions()] == ["cancelled", "scheduled"]
    assert second["start"]["dateTime"].startswith("2025-08-08T07:00")


async def test_an_event_and_all_later_ones_are_deleted(page: Page) -> None:
    """What is earlier stays."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    _, second, *_ = await page.events()
    assert not await page.ask_of(
        second,
        "delete",
        FUTURE,
    )
    assert await page.shown() == [("07T07:00", "80 %")]
    assert [row[:2] for row in await page.sessions()] == [
        ("cancelled", "08T07:00"),
        ("scheduled", "07T07:00"),
    ]


async def test_a_whole_series_is_deleted(page: Page) -> None:
    """The same series can be entered again."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    [first, *_] = await page.events()
    assert not await page.ask("delete", uid=first["uid"])
    assert await page.shown() == []
    assert {state for state, *_ in await page.sessions()} == {"cancelled"}
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    assert len(await page.shown(4)) == 4


async def test_one_event_of_a_series_is_changed(page: Page) -> None:
    """Near and far; the others stay as they are."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    first, _, _, fourth, *_ = await page.events()
    for row, changed in (
        (first, event("07T06:00", "70 %", "FREQ=DAILY")),
        (fourth, event("10T09:00", "To the sea, 100 %", "FREQ=DAILY")),
    ):
        assert not await page.ask_of(
            row,
            "update",
            THIS,
            event=changed,
        )
    assert await page.shown(5) == [
        ("07T06:00", "70 %"),
        ("08T07:00", "80 %"),
        ("09T07:00", "80 %"),
        ("10T09:00", "To the sea, 100 %"),
        ("11T07:00", "80 %"),
    ]
    await special(page.hass, "check_special_charging")
    assert ("scheduled", "07T06:00", 70) in await page.sessions()
    assert ("scheduled", "10T09:00", 100) in await page.sessions()


async def test_an_event_and_all_later_ones_are_changed(page: Page) -> None:
    """From then on at another time."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    _, second, *_ = await page.events()
    assert not await page.ask_of(
        second,
        "update",
        FUTURE,
        event=event("08T06:00", "90 %", "FREQ=DAILY;INTERVAL=2"),
    )
    assert await page.shown(6) == [
        ("07T07:00", "80 %"),
        ("08T06:00", "90 %"),
        ("10T06:00", "90 %"),
        ("12T06:00", "90 %"),
    ]
    assert ("scheduled", "08T06:00", 90) in await page.sessions()


async def test_a_series_becomes_a_single_event_and_a_series_again(page: Page) -> None:
    """Whatever the dialog says of repetition."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    [first, *_] = await page.events()
    assert not await page.ask_of(
        first,
        "update",
        FUTURE,
        event=event("07T07:00", "85 %"),
    )
    [single] = await page.events()
    assert (single["summary"], single["rrule"]) == ("85 %", None)
    assert not await page.ask(
        "update",
        uid=single["uid"],
        event=event("07T07:00", "85 %", "FREQ=WEEKLY;BYDAY=TH,FR"),
    )
    assert await page.shown(9) == [
        ("07T07:00", "85 %"),
        ("08T07:00", "85 %"),
        ("14T07:00", "85 %"),
        ("15T07:00", "85 %"),
    ]


async def test_a_repetition_that_cannot_be_changes_nothing(page: Page) -> None:
    """It is refused in words, new or changed; what was there stays."""
    error = await page.add("07T07:00", "80 %", "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31")
    assert error is not None and "daily, weekly, monthly or yearly" in error
    assert await page.add("07T07:00", "20 %", "FREQ=DAILY") is not None
    assert await page.shown() == []
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    before = await page.events()
    for fields in (
        {"event": event("07T07:00", "20 %", "FREQ=DAILY")},
        {"event": event("07T07:00", "80 %", "FREQ=DAILY;UNTIL=20250801")},
        {
            "event": event("06T07:00", "80 %", "FREQ=DAILY"),
            "recurrence_id": before[0]["recurrence_id"],
            "recurrence_range": THIS,
        },
        {"event": event("07T07:00", "80 %"), "recurrence_id": "never"},
    ):
        assert await page.ask("update", uid=before[0]["uid"], **fields) is not None
    assert await page.events() == before


async def test_a_series_that_would_overlap_is_refused(page: Page) -> None:
    """In words, as a single event is."""
    assert await page.ask("create", event=event("07T07:00", "80 %")) is None
    error = await page.add("07T07:00", "90 %", "FREQ=DAILY")
    assert error is not None and "overlap" in error
    assert await page.shown() == [("07T07:00", "80 %")]
    assert await page.add("08T07:00", "90 %", "FREQ=DAILY") is None


async def test_a_later_event_of_a_series_that_would_overlap_is_named(
    page: Page, noon: FrozenDateTimeFactory
) -> None:
    """A repair says which, and a request that is cancelled makes room for it."""
    await page.add("09T07:00", "80 %", "FREQ=WEEKLY")
    assert await page.ask("create", event=event("09T07:00", "90 %")) is None
    await until(page.hass, noon, at(7, 31) + timedelta(hours=16), QUARTER)
    (shown,) = unmet_events(page.hass)
    assert "80 %, 2025-08-09 07:00" in shown
    single = next(
        row
        for row in (await special(page.hass, "list_special_charging"))["sessions"]
        if row["target"] == 90
    )
    await special(page.hass, "cancel_special_charging", session_id=single["session_id"])
    assert ("scheduled", "09T07:00", 80) in await page.sessions()
    assert unmet_events(page.hass) == []


async def test_a_shorter_charge_cancels_no_session(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How far ahead sessions are requested hangs on the battery; what is there stays."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    monkeypatch.setattr(ChargingOptions, "look_ahead", timedelta(hours=25))
    await special(page.hass, "check_special_charging")
    assert await page.sessions() == [
        ("scheduled", "07T07:00", 80),
        ("scheduled", "08T07:00", 80),
    ]


async def test_a_session_that_a_person_cancelled_stays_cancelled(page: Page) -> None:
    """The request of the next day is another."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    await special(
        page.hass, "cancel_special_charging", session_id="special_1_20250807_0700"
    )
    await special(page.hass, "check_special_charging")
    assert [state for state, *_ in await page.sessions()] == ["cancelled", "scheduled"]


async def test_a_cancelled_session_that_is_restored_belongs_to_its_request(
    page: Page,
) -> None:
    """It stays, but no second one is made for its time."""
    await page.add("07T07:00", "80 %", "FREQ=DAILY")
    name = "special_1_20250807_0700"
    await special(page.hass, "cancel_special_charging", session_id=name)
    await special(page.hass, "restore_special_charging", session_id=name)
    await special(page.hass, "check_special_charging")
    assert sorted(await page.sessions()) == [
        ("cancelled", "07T07:00", 80),
        ("scheduled", "07T07:00", 80),
        ("scheduled", "08T07:00", 80),
    ]
