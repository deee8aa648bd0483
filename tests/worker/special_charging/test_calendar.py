"""The calendar of each car: a session is an event, and an event is a request."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import entity_id, the_car
from .session_helpers import (
    QUARTER,
    add,
    at,
    home_and_awake,
    session,
    special,
    until,
    with_session,
)

SESSION = "special_1_20250807_0700"


async def events(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the events of two days, as Home Assistant's own action has them."""
    calendar = entity_id(hass, "calendar", "special_charging")
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": calendar,
            "start_date_time": "2025-08-06 12:00:00",
            "end_date_time": "2025-08-08 12:00:00",
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    found: list[dict[str, Any]] = answer[calendar]["events"]  # type: ignore[assignment, index, call-overload]
    return found


async def ask(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, kind: str, **fields: Any
) -> dict[str, Any]:
    """Do in the calendar page what a person does there."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": f"calendar/event/{kind}",
            "entity_id": entity_id(hass, "calendar", "special_charging"),
            **fields,
        }
    )
    answer: dict[str, Any] = await client.receive_json()
    await hass.async_block_till_done(wait_background_tasks=True)
    return answer


def event(start: str, summary: str) -> dict[str, str]:
    """Return an event that a user enters."""
    return {
        "dtstart": start,
        "dtend": start.replace(":00:00", ":30:00"),
        "summary": summary,
    }


async def test_a_session_is_an_event_at_its_deadline(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """With its windows and its state in the text, and without its id."""
    await with_session(hass, cloud, noon)
    [one] = await events(hass)
    assert one["start"] == "2025-08-07T07:00:00+02:00"
    assert one["summary"] == "80 %"
    assert one["description"].splitlines() == [
        "Special charging: Scheduled",
        "Special charging start: 02:19-06:00",
        "Special charging expected level: 80 %",
    ]
    state = hass.states.get(entity_id(hass, "calendar", "special_charging"))
    assert state is not None
    assert state.attributes["message"] == "80 %"
    await until(hass, noon, at(7, 31), QUARTER)
    [one] = await events(hass)
    assert one["description"].splitlines()[0] == "Special charging: Completed"


async def test_an_event_that_a_user_adds_is_a_request(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It starts at the deadline, and its title holds the target."""
    await home_and_awake(hass, cloud, noon)
    answer = await ask(
        hass,
        hass_ws_client,
        "create",
        event=event("2025-08-07T07:00:00+02:00", "Trip to the sea, 80%"),
    )
    assert answer["success"], answer
    found = await session(hass)
    assert found["session_id"] == SESSION
    assert found["target"] == 80
    assert found["state"] == "scheduled"
    [shown] = await events(hass)
    assert shown["summary"] == "Trip to the sea, 80%"


async def test_a_whole_day_is_a_request_for_its_morning(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """As in a watched calendar: 07:00."""
    await home_and_awake(hass, cloud, noon)
    whole_day = {"dtstart": "2025-08-07", "dtend": "2025-08-08", "summary": "80 %"}
    answer = await ask(hass, hass_ws_client, "create", event=whole_day)
    assert answer["success"], answer
    assert (await session(hass))["session_id"] == SESSION
    [shown] = await events(hass)
    assert shown["start"] == "2025-08-07T07:00:00+02:00"
    assert shown["summary"] == "80 %"


async def test_an_event_without_a_number_takes_the_default_target(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """90 % unless the options say otherwise."""
    await home_and_awake(hass, cloud, noon)
    await ask(
        hass,
        hass_ws_client,
        "create",
        event=event("2025-08-07T07:00:00+02:00", "Grandmother"),
    )
    assert (await session(hass))["target"] == 90


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (event("2025-08-07T07:00:00+02:00", "20 %"), "from 50 to 100"),
        (event("2025-08-06T07:00:00+02:00", "80 %"), "is over"),
        (event("0002-01-01T07:00:00+02:00", "80 %"), "is over"),
        (event("2126-08-07T07:00:00+02:00", "80 %"), "within the next 30 days"),
        (event("9998-12-31T07:00:00+02:00", "80 %"), "within the next 30 days"),
    ],
)
async def test_an_event_that_is_no_request_is_refused(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    wrong: dict[str, str],
    words: str,
) -> None:
    """The page says why, and nothing is stored."""
    await home_and_awake(hass, cloud, noon)
    answer = await ask(hass, hass_ws_client, "create", event=wrong)
    assert not answer["success"]
    assert words in answer["error"]["message"]
    assert await events(hass) == []


async def test_deleting_the_event_cancels(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """What was sent already is undone."""
    _, log = await with_session(hass, cloud, noon)
    await special(hass, "send_special_charging", session_id=SESSION)
    answer = await ask(hass, hass_ws_client, "delete", uid=SESSION)
    assert answer["success"], answer
    assert log.kinds == ["scheduled", "sent", "cancelled"]
    assert the_car(cloud).charge_limit == 70


async def test_moving_the_event_plans_anew(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """An hour earlier, and a title that names another target."""
    await with_session(hass, cloud, noon)
    answer = await ask(
        hass,
        hass_ws_client,
        "update",
        uid=SESSION,
        event=event("2025-08-07T06:00:00+02:00", "70 %"),
    )
    assert answer["success"], answer
    listed = await special(hass, "list_special_charging")
    assert [
        (each_session["state"], each_session["target"])
        for each_session in listed["sessions"]
    ] == [
        ("scheduled", 70),
        ("cancelled", 80),
    ]
    assert listed["sessions"][0]["session_id"] == "special_1_20250807_0600"


async def test_a_move_that_cannot_be_leaves_the_session_as_it_is(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Nothing changed, nothing lost."""
    await with_session(hass, cloud, noon)
    answer = await ask(
        hass,
        hass_ws_client,
        "update",
        uid=SESSION,
        event=event("2025-08-06T21:00:00+02:00", "70 %"),
    )
    assert "is over" in answer["error"]["message"]
    assert (await session(hass))["state"] == "scheduled"
    assert (await add(hass, "2025-08-09 07:00:00"))["state"] == "scheduled"
