"""Needs that cannot be: each a clear answer, and nothing stored. Actions and dry runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from simulator.cloud import Cloud

from ...common import act, set_up, the_car
from ...scout_helpers import answered, devices, scout_now
from .session_helpers import (
    MINUTE,
    MORNING,
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


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ({"ready_by": "2025-08-06 22:00:00"}, "This time is over"),
        ({"ready_by": "2025-08-06 23:00:00"}, "too little time"),
        ({"ready_by": "2026-03-29 02:30:00"}, "skips 2026-03-29 02:30"),
        ({"ready_by": "0001-01-01 00:00:00"}, "This time is over"),
        ({"ready_by": "2025-09-06 23:00:00"}, "within the next 30 days"),
        ({"ready_by": "2126-08-07 07:00:00"}, "within the next 30 days"),
        ({"ready_by": "9999-12-31 23:59:59"}, "within the next 30 days"),
        ({"target": 49}, "from 50 to 100"),
        ({"target": 101}, "from 50 to 100"),
        ({"target": 1000}, "from 50 to 100"),
    ],
)
async def test_a_request_that_cannot_be_met_says_what_to_do(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    need: dict[str, Any],
    words: str,
) -> None:
    """A dry run and a session answer alike, and nothing is stored."""
    await home_and_awake(hass, cloud, noon)
    need = {"ready_by": MORNING, "target": 80, **need}
    for action in ("plan_special_charging", "add_special_charging"):
        with pytest.raises(ServiceValidationError, match=words):
            await special(hass, action, **need)
    assert (await special(hass, "list_special_charging"))["sessions"] == []


@pytest.mark.slow
async def test_a_target_that_the_car_has_already_stands_until_its_deadline(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """There is nothing to charge yet; the car that is driven down is charged again."""
    await home_and_awake(hass, cloud, noon)
    with answered(cloud, "charge_state", battery_level=85):
        await scout_now(hass)
        answer = await add(hass, MORNING, 80)
        assert answer["plan"]["windows"] == []
        assert (await session(hass))["state"] == "scheduled"
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    await scout_now(hass)
    assert (await session(hass))["plan"]["windows"]
    await until(hass, noon, at(7, 0), MINUTE)
    assert the_car(cloud).battery_level >= 79
    assert (await session(hass))["state"] == "completed"


@pytest.mark.slow
async def test_a_request_for_a_car_that_was_never_read_is_planned_as_if_it_were_empty(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Too early is better than too late; its level is read before anything is sent."""
    await set_up(hass, cloud)
    answer = await add(hass, MORNING)
    assert answer["plan"]["windows"]
    noon.tick(timedelta(minutes=20))
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    await scout_now(hass)
    await until(hass, noon, at(23, 15), MINUTE)
    early, late = answer["plan"]["windows"], (await session(hass))["plan"]["windows"]
    assert late[0]["start"] > early[0]["start"]
    await until(hass, noon, at(7, 0), MINUTE)
    assert the_car(cloud).battery_level >= 79


async def test_an_overlap_with_another_session(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two of one deadline would fight, and what is in the car stays; another night is fine."""
    await with_session(hass, cloud, noon)
    with pytest.raises(ServiceValidationError, match="80 %, 2025-08-07 07:00"):
        await add(hass, MORNING, 90)
    answer = await add(hass, "2025-08-08 07:00:00")
    assert answer["session_id"] == "special_1_20250808_0700"
    await until(hass, noon, at(0, 25), QUARTER)
    assert (await session(hass))["state"] == "active"
    with pytest.raises(ServiceValidationError, match="80 %, 2025-08-07 07:00"):
        await add(hass, "2025-08-07 06:30:00")


async def test_two_requests_of_one_day_are_both_kept(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The second is planned after the first, whichever was entered first."""
    await home_and_awake(hass, cloud, noon)
    by_noon = await add(hass, "2025-08-07 12:00:00", 85)
    assert by_noon["plan"]["windows"][0]["start"] < "2025-08-07T07:00:00+02:00"
    await add(hass, MORNING, 80)
    morning, midday = (await special(hass, "list_special_charging"))["sessions"]
    assert (morning["target"], midday["target"]) == (80, 85)
    assert morning["plan"]["expected_level"] == 80
    assert midday["plan"]["expected_level"] == 85
    assert midday["plan"]["windows"][0]["start"] >= "2025-08-07T07:00:00+02:00"
    await until(hass, noon, at(7, 0), QUARTER)
    assert the_car(cloud).battery_level == pytest.approx(80, abs=1)
    await until(hass, noon, at(12, 0), QUARTER)
    assert the_car(cloud).battery_level >= 84
    await until(hass, noon, at(13, 0), QUARTER)
    sessions = (await special(hass, "list_special_charging"))["sessions"]
    assert [each["state"] for each in sessions] == ["completed"] * 2
    assert the_car(cloud).charge_limit == 70


async def test_the_second_request_of_a_deadline_counts_on(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The first was cancelled, and its id stays its own."""
    await with_session(hass, cloud, noon)
    await special(hass, "cancel_special_charging", session_id=SESSION)
    assert (await add(hass, MORNING))["session_id"] == "special_2_20250807_0700"


async def test_a_dry_run_changes_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It answers windows, energy, margin, strategy and reasons."""
    await home_and_awake(hass, cloud, noon)
    before = len(cloud.requests)
    plan = await special(hass, "plan_special_charging", ready_by=MORNING, target=80)
    assert plan["windows"] == [
        {"start": "2025-08-07T02:19:00+02:00", "end": "2025-08-07T06:00:00+02:00"}
    ]
    assert plan["energy"] == pytest.approx(40.5)
    assert plan["expected_level"] == 80
    assert plan["margin"] == 3600
    assert plan["strategy"] == "optimal"
    assert len(cloud.requests) == before
    assert (await special(hass, "list_special_charging"))["sessions"] == []


async def test_a_target_out_of_reach_is_reported_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What will be reached is in the answer, and charging begins now."""
    await home_and_awake(hass, cloud, noon)
    answer = await add(hass, "2025-08-07 01:00:00", 80)
    assert answer["plan"]["strategy"] == "fallback"
    assert 50 < answer["expected_level"] < 60
    assert "target_short" in answer["plan"]["reasons"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("cancel_special_charging", "no session nobody"),
        ("send_special_charging", "no session nobody"),
        ("finish_special_charging", "no session nobody"),
    ],
)
async def test_a_session_that_is_not_there(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    action: str,
    words: str,
) -> None:
    """The answer names the action that lists those there are."""
    await home_and_awake(hass, cloud, noon)
    with pytest.raises(ServiceValidationError, match=words):
        await special(hass, action, session_id="nobody")


async def test_what_does_not_fit_the_state_of_a_session(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Not sent is not cleaned up, sent is not sent again, far ahead is not sent."""
    await with_session(hass, cloud, noon)
    with pytest.raises(ServiceValidationError, match="nothing to clean up"):
        await special(hass, "finish_special_charging", session_id=SESSION)
    await until(hass, noon, at(0, 30), QUARTER)
    with pytest.raises(ServiceValidationError, match="in the car already"):
        await special(hass, "send_special_charging", session_id=SESSION)
    far = await add(hass, "2025-08-20 07:00:00")
    with pytest.raises(ServiceValidationError, match="at most 6 days"):
        await special(hass, "send_special_charging", session_id=far["session_id"])


async def test_an_account_is_no_car(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The device of the account has no sessions."""
    entry, _ = await home_and_awake(hass, cloud, noon)
    account = devices(hass)[str(entry.unique_id)]
    with pytest.raises(ServiceValidationError, match="not a car"):
        await act(hass, "list_special_charging", device_id=account)


async def test_the_daily_check_plans_the_next_day_anew(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At 23:00, with what is known by then; what is farther ahead waits."""
    await with_session(hass, cloud, noon)
    far = await add(hass, "2025-08-09 07:00:00")
    with answered(cloud, "charge_state", battery_level=40):
        await scout_now(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    answer = await special(hass, "check_special_charging")
    assert [each_session["session_id"] for each_session in answer["sessions"]] == [
        SESSION,
        far["session_id"],
    ]
    assert (await session(hass))["plan"]["energy"] == pytest.approx(30)
    await until(hass, noon, at(23, 1))
    assert (await session(hass))["state"] == "scheduled"
    assert datetime.now(UTC) - at(23, 1) < timedelta(minutes=1)
