"""The actions: what they answer, whom they answer, and what they refuse."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargePlan,
    PlanReason,
    Strategy,
    Window,
)
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.override_services import (
    async_setup_override_services,
)
from custom_components.tesla_scout_worker.services import (
    async_setup_services,
    plan_as_dict,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.util import dt as dt_util
from simulator.auth_api import TOKEN_PATH
from simulator.cloud import Cloud
from simulator.faults import Fault

from .common import OTHER_VIN, VIN, act, count, set_up, the_car, tick
from .tokens.token_helpers import asked, drain, reauth_flows, refresh_token

pytestmark = pytest.mark.fixed_rhythm

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

TOKEN_ACTIONS = ["token_refresh", "token_refresh_at_once", "token_check"]
ACCOUNT_ACTIONS = [*TOKEN_ACTIONS, "token_get"]


def device_id(hass: HomeAssistant, entry: ConfigEntry[Any], key: str = VIN) -> str:
    """Return the device of a car by its VIN, or of the account by its unique id."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, key), entry.entry_id
    )
    assert device is not None
    return device.id


def check_shape(answer: dict[str, Any]) -> None:
    """See that an answer has the four parts that are documented, and no more."""
    assert {key: type(part) for key, part in answer.items()} == {
        "tier": str,
        "outcome": str,
        "remaining_seconds": int,
        "duration_ms": int,
    }
    json.dumps(answer)


@pytest.mark.parametrize(
    ("action", "tier"),
    [
        ("token_refresh", "reactive"),
        ("token_refresh_at_once", "emergency"),
        ("token_check", "proactive"),
    ],
)
async def test_refreshed(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    action: str,
    tier: str,
) -> None:
    """Each of the three gets a new token, by the tier that it names."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, 4 * MINUTE)
    cloud.faults.clear()
    used, before = refresh_token(entry), asked(cloud)
    answer = await act(hass, action, config_entry_id=entry.entry_id)
    check_shape(answer)
    assert (answer["tier"], answer["outcome"]) == (tier, "refreshed")
    assert answer["remaining_seconds"] == 8 * 3600
    assert answer["duration_ms"] >= 0
    assert asked(cloud) == before + 1
    assert refresh_token(entry) != used


async def test_still_valid(hass: HomeAssistant, cloud: Cloud) -> None:
    """The check asks nobody while more than half an hour is left."""
    entry = await set_up(hass, cloud)
    before = asked(cloud)
    answer = await act(hass, "token_check", config_entry_id=entry.entry_id)
    check_shape(answer)
    assert answer == {
        "tier": "proactive",
        "outcome": "still_valid",
        "remaining_seconds": 8 * 3600,
        "duration_ms": 0,
    }
    assert asked(cloud) == before


@pytest.mark.parametrize(
    ("action", "tier"),
    [("token_refresh", "reactive"), ("token_check", "proactive")],
)
async def test_rate_limited_and_again_after_a_minute(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    action: str,
    tier: str,
) -> None:
    """An automation that asks all the time gets one request a minute."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, 10 * MINUTE)
    name, before = entry.entry_id, asked(cloud)
    first = await act(hass, action, config_entry_id=name)
    assert (first["tier"], first["outcome"]) == (tier, "failed")
    for _ in range(5):
        noon.tick(timedelta(seconds=11))
        answer = await act(hass, action, config_entry_id=name)
        check_shape(answer)
        assert (answer["tier"], answer["outcome"]) == (tier, "rate_limited")
        assert 500 < answer["remaining_seconds"] < 600
    assert asked(cloud) == before + 1
    cloud.faults.clear()
    noon.tick(timedelta(seconds=5))
    answer = await act(hass, action, config_entry_id=name)
    assert answer["outcome"] == "refreshed"


@pytest.mark.parametrize("action", TOKEN_ACTIONS)
async def test_failed_and_then_well(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, action: str
) -> None:
    """A failure is an answer and no error; an expired token has 0 seconds left."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, -MINUTE)
    answer = await act(hass, action, config_entry_id=entry.entry_id)
    check_shape(answer)
    assert (answer["tier"], answer["outcome"]) == ("emergency", "failed")
    assert answer["remaining_seconds"] == 0
    cloud.faults.clear()
    answer = await act(hass, action, config_entry_id=entry.entry_id)
    assert (answer["tier"], answer["outcome"]) == ("emergency", "refreshed")


@pytest.mark.parametrize("action", TOKEN_ACTIONS)
async def test_signed_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, action: str
) -> None:
    """The one that finds out and those that come later answer the same."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, 4 * MINUTE)
    cloud.faults.clear()
    cloud.auth.password_changed()
    for _ in range(2):
        answer = await act(hass, action, config_entry_id=entry.entry_id)
        check_shape(answer)
        assert answer["outcome"] == "signed_out"
    assert len(reauth_flows(hass)) == 1


async def test_the_actions_work_without_a_response(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An automation need not care what came of it."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    used = refresh_token(entry)
    data = {"config_entry_id": entry.entry_id}
    await hass.services.async_call(DOMAIN, "token_refresh", data, blocking=True)
    assert refresh_token(entry) != used
    looks = count(cloud, "free")
    data = {"device_id": device_id(hass, entry)}
    await hass.services.async_call(DOMAIN, "scout_now", data, blocking=True)
    assert count(cloud, "free") == looks + 1


async def test_get_token_gives_an_access_token_and_nothing_else(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Another program may use it; the refresh token stays here."""
    entry = await set_up(hass, cloud)
    answer = await act(hass, "token_get", config_entry_id=entry.entry_id)
    assert set(answer) == {"access_token", "remaining_minutes"}
    assert answer["remaining_minutes"] == 480
    cloud.auth.verify(f"Bearer {answer['access_token']}")
    assert refresh_token(entry) not in json.dumps(answer)


async def test_get_token_renews_what_has_expired(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Whoever asks gets a token that works, or is told why not."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, -HOUR)
    with pytest.raises(HomeAssistantError, match="Your sign-in is fine") as caught:
        await act(hass, "token_get", config_entry_id=entry.entry_id)
    assert caught.value.translation_key == "transient"
    cloud.faults.clear()
    answer = await act(hass, "token_get", config_entry_id=entry.entry_id)
    cloud.auth.verify(f"Bearer {answer['access_token']}")


async def test_get_token_is_for_administrators(
    hass: HomeAssistant,
    cloud: Cloud,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
) -> None:
    """The token opens the cars; to control all of them is not enough to have it."""
    entry = await set_up(hass, cloud)

    async def ask_as(user: MockUser) -> dict[str, Any]:
        """Call the action as a user."""
        response = await hass.services.async_call(
            DOMAIN,
            "token_get",
            {"config_entry_id": entry.entry_id},
            blocking=True,
            return_response=True,
            context=Context(user_id=user.id),
        )
        return dict(response or {})

    controls_all = MockUser().add_to_hass(hass)
    controls_all.mock_policy({"entities": True})
    for user in (hass_read_only_user, controls_all):
        with pytest.raises(Unauthorized):
            await ask_as(user)
    answer = await ask_as(hass_admin_user)
    cloud.auth.verify(f"Bearer {answer['access_token']}")


async def test_get_token_tells_nothing_without_a_response(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It is all that the action is for."""
    entry = await set_up(hass, cloud)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            DOMAIN, "token_get", {"config_entry_id": entry.entry_id}, blocking=True
        )


@pytest.mark.parametrize("action", ACCOUNT_ACTIONS)
async def test_an_unknown_account_is_refused(
    hass: HomeAssistant, cloud: Cloud, action: str
) -> None:
    """The refusal says what is wrong, in the user's language."""
    await set_up(hass, cloud)
    before = asked(cloud)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, action, config_entry_id="unknown")
    assert caught.value.translation_key == "service_config_entry_not_found"
    assert asked(cloud) == before


@pytest.mark.parametrize("action", ACCOUNT_ACTIONS)
async def test_an_account_that_is_not_loaded_is_refused(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, action: str
) -> None:
    """The actions are there also while the entry is not, and say so; then they work."""
    entry = await set_up(hass, cloud)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, action, config_entry_id=entry.entry_id)
    assert caught.value.translation_key == "service_config_entry_not_loaded"
    await hass.config_entries.async_setup(entry.entry_id)
    await tick(hass, noon, MINUTE)
    assert await act(hass, action, config_entry_id=entry.entry_id)


@pytest.mark.parametrize("action", [*ACCOUNT_ACTIONS, "scout_now"])
async def test_every_action_needs_its_field(
    hass: HomeAssistant, cloud: Cloud, action: str
) -> None:
    """Nothing is guessed, also where there is only one account."""
    await set_up(hass, cloud)
    with pytest.raises(vol.Invalid):
        await act(hass, action)


async def test_scout_now_reads_and_answers(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It answers with what is known of the car after one read."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    looks = count(cloud, "data")
    answer = await act(hass, "scout_now", device_id=device_id(hass, entry))
    json.dumps(answer)
    assert {key: answer[key] for key in ("reason", "state", "at_home")} == {
        "reason": "asked",
        "state": "online",
        "at_home": True,
    }
    assert answer["battery_level"] == 70
    assert answer["last_seen"].startswith("2026-11-24T12:01:00")
    assert set(answer) == {
        *("reason", "state", "at_home", "plugged_in", "ready_to_charge"),
        *("battery_level", "charge_limit", "last_seen"),
    }
    assert count(cloud, "data") == looks + 1
    assert VIN not in json.dumps(answer)


async def test_scout_now_does_not_wake(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that cannot be read keeps what was known of it, and costs nothing."""
    entry = await set_up(hass, cloud)
    the_car(cloud).set_signal(False)
    noon.tick(MINUTE)
    looks = count(cloud, "data")
    answer = await act(hass, "scout_now", device_id=device_id(hass, entry))
    assert (answer["reason"], answer["state"]) == ("offline", "offline")
    assert answer["battery_level"] == 70
    assert (count(cloud, "data"), count(cloud, "wake")) == (looks, 0)
    the_car(cloud).set_signal(True)
    answer = await act(hass, "scout_now", device_id=device_id(hass, entry))
    assert answer["state"] == "online"


async def test_scout_now_of_a_car_that_was_never_seen(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What is not known is null, and not a guess."""
    the_car(cloud).set_signal(False)
    entry = await set_up(hass, cloud)
    answer = await act(hass, "scout_now", device_id=device_id(hass, entry))
    unknown = ("battery_level", "charge_limit", "last_seen", "plugged_in")
    assert [answer[key] for key in unknown] == [None] * 4


async def test_scout_now_tells_what_went_wrong(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla's trouble reaches the caller, and is over when it is over."""
    entry = await set_up(hass, cloud)
    car = device_id(hass, entry)
    cloud.faults.add(Fault(server="eu", status=503, times=1))
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "scout_now", device_id=car)
    assert caught.value.translation_key == "transient"
    assert (await act(hass, "scout_now", device_id=car))["state"] == "online"

    cloud.auth.revoke_consent()
    noon.tick(MINUTE)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "scout_now", device_id=car)
    assert caught.value.translation_key == "signed_out"


async def test_scout_now_refuses_what_is_no_car(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The account is a device as well, and an unknown id is none."""
    entry = await set_up(hass, cloud)
    account = device_id(hass, entry, str(entry.unique_id))
    with pytest.raises(ServiceValidationError, match="Choose a car") as caught:
        await act(hass, "scout_now", device_id=account)
    assert caught.value.translation_key == "not_a_car"
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "scout_now", device_id=OTHER_VIN)
    assert caught.value.translation_key == "service_device_not_found"


async def test_scout_now_needs_a_loaded_account(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The device is still known while its account is not loaded."""
    entry = await set_up(hass, cloud)
    car = device_id(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "scout_now", device_id=car)
    assert caught.value.translation_key == "service_config_entry_not_loaded"
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await act(hass, "scout_now", device_id=car))["reason"] == "asked"


async def test_a_spent_limiter_says_so_only_where_it_matters(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An emergency passes at once; the others say that they were held back."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.faults.add(Fault(path=TOKEN_PATH, status=503, times=1))
    name = entry.entry_id
    for expected in (
        ["failed", "refreshed", "still_valid"],
        ["rate_limited", "refreshed", "still_valid"],
    ):
        outcomes = [
            (await act(hass, action, config_entry_id=name))["outcome"]
            for action in TOKEN_ACTIONS
        ]
        assert outcomes == expected
        await tick(hass, noon, timedelta(seconds=5))


def test_a_plan_is_answered_in_plain_words() -> None:
    """Times in the zone of Home Assistant, numbers rounded, the margin in seconds."""
    start = datetime(2025, 8, 7, 0, 19, tzinfo=UTC)
    end = datetime(2025, 8, 7, 4, tzinfo=UTC)
    plan = ChargePlan(
        windows=(Window(start=start, end=end),),
        energy=40.49999999999999,
        cost=12.512500000000001,
        expected_level=79.66666666666666,
        expected_end=end,
        margin=HOUR,
        strategy=Strategy.OPTIMAL,
        reasons=(PlanReason.CHEAPEST_HOURS,),
    )
    assert json.loads(json_bytes(plan_as_dict(plan))) == {
        "windows": [
            {
                "start": dt_util.as_local(start).isoformat(),
                "end": dt_util.as_local(end).isoformat(),
            }
        ],
        "energy": 40.5,
        "cost": 12.5125,
        "expected_level": 79.7,
        "expected_end": dt_util.as_local(end).isoformat(),
        "margin": 3600.0,
        "strategy": "optimal",
        "reasons": ["cheapest_hours"],
        "currency": None,
    }


ACTS = [
    "scout_now",
    "add_special_charging",
    "cancel_special_charging",
    "restore_special_charging",
    "send_special_charging",
    "finish_special_charging",
    "check_special_charging",
    "send_plan",
    "remove_schedules",
    "charge_now",
    "skip_charging",
    "set_target",
    "start_vacation",
    "cancel_override",
]
READS = [
    "plan_special_charging",
    "list_special_charging",
    "list_charges",
    "plan_charging",
    "list_overrides",
]


def call_data(
    hass: HomeAssistant, entry: ConfigEntry[Any], action: str
) -> dict[str, Any]:
    """Return data that an action accepts."""
    if action in ACCOUNT_ACTIONS:
        return {"config_entry_id": entry.entry_id}
    data: dict[str, Any] = {"device_id": device_id(hass, entry)}
    if action in ("plan_special_charging", "add_special_charging"):
        data |= {"target": 90, "ready_by": "2026-11-25 07:00:00"}
    if action in ("cancel_special_charging", "finish_special_charging"):
        data["session_id"] = "special_1"
    if action in ("send_special_charging", "restore_special_charging"):
        data["session_id"] = "special_1"
    if action == "set_target":
        data |= {"target": 60, "date": "2026-11-26"}
    if action == "start_vacation":
        data["end"] = "2026-11-30 12:00:00"
    return data


async def outcome(
    hass: HomeAssistant, entry: ConfigEntry[Any], action: str, user: MockUser | None
) -> str:
    """Return what becomes of an action of a user's: done, refused or failed."""
    answers = hass.services.supports_response(DOMAIN, action)
    try:
        await hass.services.async_call(
            DOMAIN,
            action,
            call_data(hass, entry, action),
            blocking=True,
            return_response=answers is not SupportsResponse.NONE,
            context=Context(user_id=None if user is None else user.id),
        )
    except Unauthorized:
        return "refused"
    except HomeAssistantError:
        return "failed"
    return "done"


def test_every_action_is_sorted(hass: HomeAssistant) -> None:
    """A new action must say who may call it."""
    async_setup_services(hass)
    async_setup_override_services(hass)
    registered = set(hass.services.async_services_for_domain(DOMAIN))
    assert registered == {*ACTS, *READS, *ACCOUNT_ACTIONS}


@pytest.mark.parametrize("action", [*ACTS, *ACCOUNT_ACTIONS])
async def test_a_user_who_may_only_read_is_refused_what_acts(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_read_only_user: MockUser,
    hass_owner_user: MockUser,
    action: str,
) -> None:
    """As the switches and buttons are refused; the owner and automations are not."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before = len(cloud.requests), asked(cloud)
    assert await outcome(hass, entry, action, hass_read_only_user) == "refused"
    assert (len(cloud.requests), asked(cloud)) == before
    assert await outcome(hass, entry, action, hass_owner_user) != "refused"
    # What was requested must be on disk before it is requested again.
    await tick(hass, noon, MINUTE)
    assert await outcome(hass, entry, action, None) != "refused"


@pytest.mark.parametrize("action", READS)
async def test_a_user_who_may_read_gets_what_costs_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_read_only_user: MockUser,
    action: str,
) -> None:
    """A plan and a list change nothing; without any permission there is none."""
    entry = await set_up(hass, cloud)
    commands = count(cloud, "command")
    assert await outcome(hass, entry, action, hass_read_only_user) == "done"
    assert count(cloud, "command") == commands
    nobody = MockUser(groups=[]).add_to_hass(hass)
    assert await outcome(hass, entry, action, nobody) == "refused"


async def test_a_user_needs_all_controls_of_the_car(
    hass: HomeAssistant, two_cars: Cloud, hass_read_only_user: MockUser
) -> None:
    """Those of another car, or a part of them, are not enough."""
    entry = await set_up(hass, two_cars)
    registry = er.async_get(hass)

    async def may_control(*entity_ids: str) -> str:
        """Let a user control some entities, and try to read the first car."""
        user = MockUser().add_to_hass(hass)
        user.mock_policy({"entities": {"entity_ids": dict.fromkeys(entity_ids, True)}})
        return await outcome(hass, entry, "scout_now", user)

    def controls(vin: str) -> list[str]:
        """Return the entities by which a person acts on a car."""
        return [
            row.entity_id
            for row in er.async_entries_for_device(
                registry, device_id(hass, entry, vin), include_disabled_entities=True
            )
            if row.domain in ("button", "calendar", "number", "switch", "time")
        ]

    assert await may_control(*controls(VIN)) == "done"
    assert await may_control(*controls(VIN)[1:]) == "refused"
    assert await may_control(*controls(OTHER_VIN)) == "refused"
    assert await may_control() == "refused"


async def test_a_removed_user_is_refused(hass: HomeAssistant, cloud: Cloud) -> None:
    """A script that still runs for somebody who is gone."""
    entry = await set_up(hass, cloud)
    assert await outcome(hass, entry, "scout_now", MockUser()) == "refused"


async def test_the_front_door_of_a_dashboard_refuses_too(
    hass: HomeAssistant,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """A read-only user calls an action by the websocket, as a dashboard does."""
    entry = await set_up(hass, cloud)
    client = await hass_ws_client(hass, hass_read_only_access_token)
    before = len(cloud.requests)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "scout_now",
            "service_data": {"device_id": device_id(hass, entry)},
        }
    )
    answer = await client.receive_json()
    assert answer["error"]["message"] == "Unauthorized"
    assert len(cloud.requests) == before
