"""What Tesla and the network may do to a refresh: trouble passes, a refusal is told."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.tokens import manager
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from simulator.auth_api import TOKEN_PATH
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import html_page, redirect

from ..common import (
    WORK,
    act,
    bring_input,
    count,
    pass_time,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..scout_helpers import scout_now
from .token_helpers import asked, expiry, is_loaded, reauth_flows, refresh_token

pytestmark = pytest.mark.fixed_rhythm

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

TROUBLE = {
    "server error": Fault(path=TOKEN_PATH, status=500),
    "unavailable": Fault(path=TOKEN_PATH, status=503),
    "too many requests": Fault(path=TOKEN_PATH, status=429),
    "somebody in between": Fault(path=TOKEN_PATH, status=403),
    "400 server_error": Fault(
        path=TOKEN_PATH, status=400, body={"error": "server_error"}
    ),
    "401 temporarily_unavailable": Fault(
        path=TOKEN_PATH, status=401, body={"error": "temporarily_unavailable"}
    ),
    "400 invalid_request": Fault(
        path=TOKEN_PATH, status=400, body={"error": "invalid_request"}
    ),
    "400 page": replace(html_page(400, "Bad Request"), path=TOKEN_PATH),
    "401 page": replace(html_page(401, "invalid_grant"), path=TOKEN_PATH),
    "401 empty": Fault(path=TOKEN_PATH, status=401, body=""),
    "nested": Fault(path=TOKEN_PATH, body="[" * 100_000),
    "not found": Fault(path=TOKEN_PATH, status=404),
    "connection torn before": Fault(path=TOKEN_PATH, tear="before"),
    "answer torn": Fault(path=TOKEN_PATH, tear="mid-body"),
    "answer lost": Fault(path=TOKEN_PATH, tear="after"),
    "a page": Fault(path=TOKEN_PATH, body="<html>", content_type="text/html"),
    "no JSON": Fault(path=TOKEN_PATH, body="{"),
    "a list": Fault(path=TOKEN_PATH, body=[]),
    "arrays without end": Fault(path=TOKEN_PATH, body="[" * 100_000),
    "nothing in it": Fault(path=TOKEN_PATH, body={}),
    "no lifetime": Fault(path=TOKEN_PATH, body={"access_token": "a"}),
    "endless life": Fault(
        path=TOKEN_PATH,
        body={"access_token": "a", "refresh_token": "r", "expires_in": 1e300},
    ),
    "life beyond all calendars": Fault(
        path=TOKEN_PATH,
        body={"access_token": "a", "refresh_token": "r", "expires_in": 10**15},
    ),
    "a number for a token": Fault(
        path=TOKEN_PATH,
        body={"access_token": 1, "refresh_token": "r", "expires_in": 28800},
    ),
    "null for a token": Fault(
        path=TOKEN_PATH,
        body={"access_token": "a", "refresh_token": None, "expires_in": 28800},
    ),
}

REFUSED = Fault(path=TOKEN_PATH, status=401, body={"error": "login_required"})
REFUSALS = {
    "login_required": REFUSED,
    "invalid_grant": Fault(
        path=TOKEN_PATH, status=400, body={"error": "invalid_grant"}
    ),
}


def token_issue(hass: HomeAssistant, entry: ConfigEntry[Any]) -> ir.IssueEntry | None:
    """Return the repair that says that Tesla gives no token, if it is shown."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"no_token_{entry.entry_id}")


def signed_out_issue(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str | None:
    """Return the text key of the repair that asks to sign in, if it is shown."""
    issue_id = f"signed_out_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    return None if issue is None else issue.translation_key


async def emergency(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Ask for a new token in any case, and return the outcome."""
    answer = await act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
    return str(answer["outcome"])


async def emergency_after(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: ConfigEntry[Any]
) -> str:
    """Ask for a new token once the present one is on disk."""
    await tick(hass, freezer, 5 * SECOND)
    return await emergency(hass, entry)


async def sign_in_again(
    hass: HomeAssistant, cloud: Cloud, **changes: Any
) -> Mapping[str, Any]:
    """Go through the one reauth flow as a person would."""
    (flow,) = reauth_flows(hass)
    configure = hass.config_entries.flow.async_configure
    await configure(flow["flow_id"], {"next_step_id": "bring_tokens"})
    result = await configure(flow["flow_id"], bring_input(cloud, **changes))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


@pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE)
async def test_trouble_is_never_a_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, fault: Fault
) -> None:
    """A DNS failure at boot was taken for a sign-out.

    Whatever is not Tesla's refusal is transient, the stored tokens stay as they
    were, and the next request works, also where this one had spent the token.
    """
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    data = entry.data
    cloud.faults.add(fault)
    for _ in range(3):
        assert await emergency(hass, entry) == "failed"
    assert entry.data is data
    assert not reauth_flows(hass)
    assert signed_out_issue(hass, entry) is None

    cloud.faults.clear()
    assert await emergency(hass, entry) == "refreshed"
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))


async def test_the_timers_go_on_after_an_answer_that_nobody_foresaw(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The timer fires into trouble, is armed again, and the token is renewed in time."""
    entry = await set_up(hass, cloud)
    used, tries = refresh_token(entry), []

    async def fail(_implementation: object, token: str) -> dict[str, Any]:
        """Fail as a parser does in an answer that is nested too deep."""
        tries.append(token)
        raise RecursionError(token)

    with monkeypatch.context() as broken:
        broken.setattr(manager, "async_exchange", fail)
        while datetime.now(UTC) < expiry(entry) - 15 * MINUTE:
            await tick(hass, noon, 5 * MINUTE)
    assert 2 <= len(tries) <= 12
    assert caplog.text.count("A refresh failed unexpectedly: RecursionError") == 1
    assert used not in caplog.text
    await pass_time(hass, noon, 10 * MINUTE)
    assert refresh_token(entry) != used
    assert "exception was never retrieved" not in caplog.text


async def test_no_network_at_the_start_is_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant starts with an expired token and no way to Tesla."""
    entry = await set_up(hass, cloud)
    await hass.config_entries.async_unload(entry.entry_id)
    noon.tick(9 * HOUR)
    outage = cloud.faults.add(Fault(path=TOKEN_PATH, tear="before"))
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await pass_time(hass, noon, 3 * MINUTE, step=5 * SECOND)
    assert not reauth_flows(hass)

    cloud.faults.remove(outage)
    await pass_time(hass, noon, 10 * MINUTE, step=30 * SECOND)
    assert is_loaded(entry)
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
async def test_a_sign_out_is_reported_once_and_ends_all_requests(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, refusal: Fault
) -> None:
    """Refused twice: one reauth flow, one repair, and silence until it is done."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before = asked(cloud)
    cloud.faults.add(refusal)
    assert await emergency(hass, entry) == "signed_out"
    assert asked(cloud) == before + 2
    assert signed_out_issue(hass, entry) == "signed_out_used_elsewhere"

    served = len(cloud.requests)
    name = entry.entry_id
    # The stored sign-in is tried again by itself, after 1, 5, 17 and 41 hours.
    probes = 2 * 4
    for action in ("token_refresh", "token_check"):
        answer = await act(hass, action, config_entry_id=name)
        assert answer["outcome"] == "signed_out"
    assert await emergency(hass, entry) == "signed_out"
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "token_get", config_entry_id=name)
    assert caught.value.translation_key == "signed_out"
    assert len(cloud.requests) == served
    await pass_time(hass, noon, 2 * DAY, step=15 * MINUTE)
    assert {request.path for request in cloud.requests[served:]} == {TOKEN_PATH}
    assert len(cloud.requests) == served + probes
    assert len(reauth_flows(hass)) == 1
    owner = str(entry.unique_id)
    assert state_of(hass, "sensor", "token_state", owner) == "signed_out"


async def test_a_sign_out_survives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """After a restart too nothing is asked, and the repair still says why."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.auth.password_changed()
    assert await emergency(hass, entry) == "signed_out"
    shown = signed_out_issue(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, f"signed_out_{entry.entry_id}")
    served = len(cloud.requests)

    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(cloud.requests) == served
    assert signed_out_issue(hass, entry) == shown
    assert len(reauth_flows(hass)) == 1

    await sign_in_again(hass, cloud)
    assert is_loaded(entry)
    assert signed_out_issue(hass, entry) is None


async def test_the_previous_token_is_tried_within_its_day(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla: the most recently used token stays valid for up to 24 hours."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before = asked(cloud)
    cloud.faults.add(replace(REFUSED, times=1))
    assert await emergency(hass, entry) == "refreshed"
    assert asked(cloud) == before + 2
    assert not reauth_flows(hass)
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))


async def test_a_refusal_and_then_trouble_is_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Only two refusals are a sign-out; the second answer was none."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.faults.add(replace(REFUSED, times=1))
    cloud.faults.add(Fault(path=TOKEN_PATH, status=503, times=1))
    assert await emergency(hass, entry) == "failed"
    assert not reauth_flows(hass)
    assert await emergency(hass, entry) == "refreshed"


async def test_an_old_previous_token_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """After its day it is dead at Tesla; the stored one is tried twice instead."""
    entry = await set_up(hass, cloud)
    await hass.config_entries.async_unload(entry.entry_id)
    noon.tick(25 * HOUR)
    cloud.faults.add(replace(REFUSED, times=1))
    await hass.config_entries.async_setup(entry.entry_id)
    assert is_loaded(entry)

    await hass.config_entries.async_unload(entry.entry_id)
    noon.tick(25 * HOUR)
    cloud.auth.password_changed()
    await hass.config_entries.async_setup(entry.entry_id)
    assert signed_out_issue(hass, entry) == "signed_out_refused"


async def test_a_first_token_has_no_previous_one(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Straight from the sign-in there is one token only; it is tried twice."""
    entry = await set_up(hass, cloud)
    noon.tick(MINUTE)
    data = {key: part for key, part in entry.data.items() if key != "previous_token"}
    hass.config_entries.async_update_entry(entry, data=data)
    noon.tick(MINUTE)
    before = asked(cloud)
    cloud.faults.add(replace(REFUSED, times=1))
    assert await emergency(hass, entry) == "refreshed"
    assert asked(cloud) == before + 2


async def test_a_revoked_consent_asks_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Consent withdrawn means one reauth, not a storm of retries."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before = asked(cloud)
    cloud.auth.revoke_consent()
    await pass_time(hass, noon, HOUR, step=15 * MINUTE)
    assert asked(cloud) == before + 2
    await pass_time(hass, noon, DAY, step=15 * MINUTE)
    assert asked(cloud) <= before + 2 + 2 * 3
    assert len(reauth_flows(hass)) == 1

    await sign_in_again(hass, cloud)
    assert is_loaded(entry)
    assert not reauth_flows(hass)
    assert await emergency_after(hass, noon, entry) == "refreshed"


@pytest.mark.all_entities
async def test_a_new_sign_in_keeps_entities_and_memory(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The token could not be replaced without deleting the entry.

    After a sign-out and a new sign-in everything is as it was, and scouting goes
    on without a restart.
    """
    entry = await set_up(hass, cloud)
    registry = er.async_get(hass)

    def entities() -> dict[str, str]:
        """Return the ids in the registry, by unique id."""
        rows = er.async_entries_for_config_entry(registry, entry.entry_id)
        return {row.unique_id: row.id for row in rows}

    owner = str(entry.unique_id)
    known, cost = entities(), state_of(hass, "sensor", "api_cost", owner)
    assert float(cost) > 0
    last_seen = state_of(hass, "sensor", "last_seen")
    cloud.auth.password_changed()
    await tick(hass, noon, HOUR)
    assert state_of(hass, "binary_sensor", "at_home") == "unavailable"

    cloud.faults.add(Fault(path="*/vehicle_data", status=500))
    await sign_in_again(hass, cloud)
    assert is_loaded(entry)
    assert entities() == known
    assert state_of(hass, "sensor", "last_seen") == last_seen
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert float(state_of(hass, "sensor", "api_cost", owner)) >= float(cost)

    cloud.faults.clear()
    looks = count(cloud, "free")
    the_car(cloud).unplug()
    the_car(cloud).drive(15, WORK, 20 * MINUTE)
    await pass_time(hass, noon, 2 * HOUR, step=5 * MINUTE)
    assert count(cloud, "free") == looks + 8
    assert state_of(hass, "sensor", "last_seen") != last_seen
    assert state_of(hass, "binary_sensor", "at_home") == "off"


async def test_a_token_used_elsewhere_is_named(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two programs shared one chain of tokens; the repair says so."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    theirs = {
        "grant_type": "refresh_token",
        "client_id": cloud.settings.client_id,
        "refresh_token": refresh_token(entry),
    }
    for _ in range(2):
        answer = cloud.auth.token(theirs)
        theirs["refresh_token"] = answer["refresh_token"]
    assert await emergency(hass, entry) == "signed_out"
    assert signed_out_issue(hass, entry) == "signed_out_used_elsewhere"
    assert cloud.auth.refresh_token_is_valid(theirs["refresh_token"])

    await sign_in_again(hass, cloud)
    assert signed_out_issue(hass, entry) is None
    assert await emergency_after(hass, noon, entry) == "refreshed"


async def test_one_401_is_cured_by_one_refresh(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A token was deleted on a single 401."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before, looks = asked(cloud), count(cloud, "free")
    cloud.faults.add(Fault(server="eu", status=401, times=1))
    await tick(hass, noon, 15 * MINUTE)
    assert asked(cloud) == before + 1
    assert count(cloud, "free") == looks + 2
    assert entry.runtime_data.coordinator.last_update_success
    assert not reauth_flows(hass)


async def test_a_401_of_one_request_alone_costs_one_refresh_an_hour(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Reads were rejected, lists were not: each try took another token, and a second."""
    entry = await set_up(hass, cloud)
    the_car(cloud).wake()
    the_car(cloud).set_sentry(True)
    await tick(hass, noon, 10 * MINUTE)
    before, reads = asked(cloud), count(cloud, "data")
    body = {"error": "token expired (401)"}
    rejected = cloud.faults.add(Fault(path="*/vehicle_data", status=401, body=body))
    for _ in range(5):
        with pytest.raises(HomeAssistantError):
            await scout_now(hass)
        await tick(hass, noon, 10 * MINUTE)
    assert asked(cloud) == before + 1
    assert count(cloud, "data") == reads + 6
    assert state_of(hass, "binary_sensor", "at_home") == "on"

    cloud.faults.remove(rejected)
    assert await scout_now(hass)
    assert is_loaded(entry)


async def test_only_a_401_to_a_new_token_is_a_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Refresh once, retry once, then ever more rarely; after hours ask a person."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before, polls = asked(cloud), count(cloud, "free")
    body = {"error": "invalid bearer token"}
    rejected = cloud.faults.add(Fault(server="eu", status=401, body=body))
    await tick(hass, noon, 15 * MINUTE)
    assert (asked(cloud), count(cloud, "free")) == (before + 1, polls + 2)
    await pass_time(hass, noon, 5 * HOUR, step=15 * MINUTE)
    assert not reauth_flows(hass)
    assert asked(cloud) <= before + 6
    await pass_time(hass, noon, 2 * HOUR, step=15 * MINUTE)
    assert len(reauth_flows(hass)) == 1
    assert count(cloud, "free") <= polls + 20
    assert signed_out_issue(hass, entry) == "signed_out_refused"

    # The stored sign-in is tried again by itself.
    cloud.faults.remove(rejected)
    await pass_time(hass, noon, 5 * HOUR, step=15 * MINUTE)
    assert is_loaded(entry)
    assert not reauth_flows(hass)
    assert signed_out_issue(hass, entry) is None
    assert state_of(hass, "binary_sensor", "at_home") == "on"


@pytest.mark.parametrize(
    "fault",
    [
        replace(html_page(401, "Unauthorized"), server="eu"),
        Fault(server="eu", status=401, body={"error": "invalid bearer token"}),
        Fault(server="eu", status=401, body=""),
        Fault(server="eu", status=403, body={"error": "temporarily_unavailable"}),
    ],
    ids=["page", "bearer", "empty", "403"],
)
async def test_an_hour_of_401_is_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, fault: Fault
) -> None:
    """A minute of it signed the account out, the token fine all the while."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.faults.add(fault)
    await pass_time(hass, noon, HOUR, step=5 * MINUTE)
    assert not reauth_flows(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "unavailable"
    cloud.faults.clear()
    await pass_time(hass, noon, HOUR, step=5 * MINUTE)
    assert is_loaded(entry)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert signed_out_issue(hass, entry) is None
    assert token_issue(hass, entry) is None


async def test_a_sign_out_by_mistake_ends_by_itself(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla refused for an hour in its own words; the stored sign-in works again."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    refusal = cloud.faults.add(REFUSED)
    assert await emergency(hass, entry) == "signed_out"
    assert len(reauth_flows(hass)) == 1
    await pass_time(hass, noon, 30 * MINUTE, step=5 * MINUTE)
    cloud.faults.remove(refusal)
    await pass_time(hass, noon, 40 * MINUTE, step=5 * MINUTE)
    assert is_loaded(entry)
    assert not reauth_flows(hass)
    assert signed_out_issue(hass, entry) is None
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))


async def test_a_sign_out_is_tried_again_after_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The set-up of a signed-out account fails, and still the sign-in is tried."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    refusal = cloud.faults.add(REFUSED)
    assert await emergency(hass, entry) == "signed_out"
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    cloud.faults.remove(refusal)
    await pass_time(hass, noon, 70 * MINUTE, step=5 * MINUTE)
    assert is_loaded(entry)
    assert not reauth_flows(hass)
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_an_application_that_is_refused_blames_no_other_program(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A new client secret is named by its own word, however young the token is."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    body = {"error": "invalid_client"}
    cloud.faults.add(Fault(path=TOKEN_PATH, status=401, body=body))
    assert await emergency(hass, entry) == "signed_out"
    assert signed_out_issue(hass, entry) == "signed_out_refused"


async def test_a_denied_token_is_reported_at_once_and_asked_for_rarely(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """240 requests in two days and no repair; the form said that nothing is wrong."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    body = {"error": "access_denied", "error_description": "The account is on hold"}
    denied = cloud.faults.add(Fault(path=TOKEN_PATH, status=403, body=body))
    before = asked(cloud)
    assert await emergency(hass, entry) == "failed"
    issue = token_issue(hass, entry)
    assert issue is not None
    assert issue.translation_key == "no_token"
    assert issue.translation_placeholders == {
        "account": entry.title,
        "reason": "access_denied: The account is on hold",
    }
    await pass_time(hass, noon, 2 * DAY, step=15 * MINUTE)
    assert asked(cloud) - before < 25
    assert not reauth_flows(hass)
    error = entry.runtime_data.coordinator.last_exception
    assert "The account is on hold" in str(error)

    cloud.faults.remove(denied)
    assert await emergency(hass, entry) == "refreshed"
    assert token_issue(hass, entry) is None
    await pass_time(hass, noon, HOUR, step=15 * MINUTE)
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_new_sign_in_ends_what_was_known_of_the_old_one(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A denied token and a rejected one say nothing of the next ones."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    denied = cloud.faults.add(
        Fault(path=TOKEN_PATH, status=403, body={"error": "access_denied"}, times=1)
    )
    assert await emergency(hass, entry) == "failed"
    assert token_issue(hass, entry) is not None
    body = {"error": "invalid bearer token"}
    rejected = cloud.faults.add(Fault(server="eu", status=401, body=body))
    await pass_time(hass, noon, 2 * HOUR, step=15 * MINUTE)
    cloud.faults.remove(denied)
    cloud.faults.remove(rejected)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    await sign_in_again(hass, cloud)
    assert is_loaded(entry)
    assert token_issue(hass, entry) is None
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (Fault(path=TOKEN_PATH, status=503), "no_token_silent"),
        (replace(html_page(401), path=TOKEN_PATH), "no_token_silent"),
        (
            Fault(path=TOKEN_PATH, status=400, body={"error": "server_error"}),
            "no_token",
        ),
    ],
    ids=["503", "page", "words"],
)
async def test_a_day_without_a_token_is_a_repair(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    fault: Fault,
    shown: str,
) -> None:
    """Whatever the reason; it goes by itself, and the tries become rare."""
    entry = await set_up(hass, cloud)
    outage = cloud.faults.add(fault)
    await pass_time(hass, noon, 28 * HOUR, step=15 * MINUTE)
    assert token_issue(hass, entry) is None
    await pass_time(hass, noon, 6 * HOUR, step=15 * MINUTE)
    issue = token_issue(hass, entry)
    assert issue is not None
    assert issue.translation_key == shown
    before = asked(cloud)
    await pass_time(hass, noon, 10 * HOUR, step=15 * MINUTE)
    assert asked(cloud) - before <= 25

    cloud.faults.remove(outage)
    await pass_time(hass, noon, 75 * MINUTE, step=15 * MINUTE)
    assert token_issue(hass, entry) is None
    await pass_time(hass, noon, HOUR, step=15 * MINUTE)
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_wait_of_the_token_server_is_kept(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Callers wait as well, and then all is well."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    noon.tick(9 * HOUR)
    headers = {"Retry-After": "2400"}
    cloud.faults.add(Fault(path=TOKEN_PATH, status=429, headers=headers, times=1))
    before = asked(cloud)
    await entry.runtime_data.coordinator.async_refresh()
    await pass_time(hass, noon, 38 * MINUTE, step=MINUTE)
    assert asked(cloud) == before + 1
    await pass_time(hass, noon, 20 * MINUTE, step=MINUTE)
    assert asked(cloud) == before + 2
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed_with_a_refresh_token(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, status: int
) -> None:
    """A token server that answers 307 to elsewhere got the token sent there."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    elsewhere = f"{cloud.fleet_url('na')}/stolen"
    cloud.faults.add(replace(redirect(elsewhere, status), path=TOKEN_PATH))
    assert await emergency(hass, entry) == "failed"
    assert not [request for request in cloud.requests if "stolen" in request.path]
    assert not reauth_flows(hass)
    cloud.faults.clear()
    assert await emergency(hass, entry) == "refreshed"


async def test_a_401_during_an_outage_is_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The API refuses a token that cannot be renewed now: that is transient."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.auth.expire_access_tokens()
    outage = cloud.faults.add(Fault(path=TOKEN_PATH, status=500))
    await tick(hass, noon, 15 * MINUTE)
    error = entry.runtime_data.coordinator.last_exception
    assert isinstance(error, HomeAssistantError)
    assert error.translation_key == "transient"
    assert not reauth_flows(hass)
    cloud.faults.remove(outage)
    await tick(hass, noon, 15 * MINUTE)
    assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.parametrize(
    ("age", "fired"),
    [(6 * HOUR, "signed_out_used_elsewhere"), (7 * DAY, "signed_out_refused")],
)
async def test_a_restored_backup_asks_once_and_in_clear_words(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    age: timedelta,
    fired: str,
) -> None:
    """A restore brings back spent tokens.

    Two tries at the most, no ban by retries, and a text that names the backup.
    """
    entry = await set_up(hass, cloud)
    backup = deepcopy(dict(entry.data))
    for _ in range(3):
        await tick(hass, noon, age / 3)
        assert await emergency_after(hass, noon, entry) == "refreshed"
    await hass.config_entries.async_unload(entry.entry_id)

    noon.tick(MINUTE)
    cloud.auth.expire_access_tokens()
    hass.config_entries.async_update_entry(entry, data=backup)
    noon.tick(MINUTE)
    before = asked(cloud)
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, noon, 45 * MINUTE, step=15 * MINUTE)
    assert asked(cloud) == before + 2
    await pass_time(hass, noon, DAY, step=15 * MINUTE)
    assert asked(cloud) <= before + 2 + 2 * 3
    assert len(reauth_flows(hass)) == 1
    assert signed_out_issue(hass, entry) == fired

    await sign_in_again(hass, cloud)
    assert is_loaded(entry)


@pytest.mark.parametrize("status", [403, 412])
async def test_the_error_says_which_api_is_needed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, status: int
) -> None:
    """Tokens of the Owner API got a bare 403; the text names the Fleet API."""
    entry = await set_up(hass, cloud)
    cloud.faults.add(Fault(server="eu", status=status))
    await tick(hass, noon, 15 * MINUTE)
    error = entry.runtime_data.coordinator.last_exception
    assert "Fleet API application" in str(error)
    assert not reauth_flows(hass)
    cloud.faults.clear()
    await tick(hass, noon, 15 * MINUTE)
    assert entry.runtime_data.coordinator.last_update_success


async def test_a_car_out_of_reach_does_not_matter(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tokens are kept, whatever the car does."""
    entry = await set_up(hass, cloud)
    the_car(cloud).set_signal(False)
    await pass_time(hass, noon, 20 * HOUR, step=10 * MINUTE)
    assert expiry(entry) > datetime.now(UTC)
    assert not reauth_flows(hass)
