"""The config flow: bringing tokens, through the errors to an account."""

from dataclasses import replace
from datetime import timedelta
import json

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import html_page
from simulator.settings import CloudSettings

from ..common import bring_input, set_up, state_of, tick
from ..flows import (
    AT_THE_FLEET_API,
    AUTH,
    PRODUCTS,
    FlowRun,
    asked,
    hang,
    no_entry,
    suggested,
)

pytestmark = pytest.mark.usefixtures("discreet_log")

# What goes wrong at the sign-in server, and what the form of brought tokens says.
AT_THE_SIGN_IN = {
    "login_required": (
        Fault(path=AUTH, status=401, body={"error": "login_required"}),
        "token_refused",
    ),
    "invalid_grant": (
        Fault(path=AUTH, status=400, body={"error": "invalid_grant"}),
        "token_refused",
    ),
    "access_denied": (
        Fault(path=AUTH, status=403, body={"error": "access_denied"}),
        "refused",
    ),
    "401": (Fault(path=AUTH, status=401, body=""), "transient"),
    "400 page": (replace(html_page(400), path=AUTH), "transient"),
    "400": (
        Fault(path=AUTH, status=400, body={"error": "server_error"}),
        "unclear_answer",
    ),
    "429": (Fault(path=AUTH, status=429), "rate_limited"),
    "500": (Fault(path=AUTH, status=500), "transient"),
    "503": (Fault(path=AUTH, status=503), "transient"),
    "torn before": (Fault(path=AUTH, tear="before"), "transient"),
    "torn after": (Fault(path=AUTH, tear="after"), "transient"),
    "torn in the body": (Fault(path=AUTH, tear="mid-body"), "transient"),
    "no JSON": (Fault(path=AUTH, body="<html>", content_type="text/html"), "transient"),
    "broken JSON": (Fault(path=AUTH, body="{"), "transient"),
    "a list": (Fault(path=AUTH, body=[]), "transient"),
    "an empty object": (Fault(path=AUTH, body={}), "transient"),
    "no life time": (Fault(path=AUTH, body={"access_token": "x"}), "transient"),
    "no JWT": (
        Fault(
            path=AUTH,
            body={"access_token": "x", "refresh_token": "y", "expires_in": 28800},
        ),
        "transient",
    ),
}


async def test_brought_tokens_show_the_cars_before_there_is_an_entry(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It refreshes once and lists the cars; the entry holds only what is needed."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    assert suggested(walk.result, "region") == "eu"
    await walk.submit(**given)
    entry = walk.entry
    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id == cloud.settings.account_id
    assert entry.title == "Tesla (Scout)"
    assert entry.options == {}
    assert cloud.auth.refreshes == 1
    assert asked(cloud, "/products") == 1
    assert set(entry.data) == {
        "client_id",
        "client_secret",
        "region",
        "fleet_api_url",
        "token_url",
        "token",
        "previous_token",
    }
    assert cloud.auth.refresh_token_is_valid(entry.data["token"]["refresh_token"])
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_SIGN_IN.values(), ids=AT_THE_SIGN_IN
)
async def test_bring_tokens_survives_the_sign_in_server(
    hass: HomeAssistant, cloud: Cloud, fault: Fault, error: str
) -> None:
    """Whatever became of the pasted token, sending the form again succeeds."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    cloud.faults.add(fault)
    await walk.submit(**given)
    field = "refresh_token" if error == "token_refused" else "base"
    assert walk.errors == {field: error}
    assert no_entry(hass)
    assert all(suggested(walk.result, each) == given[each] for each in given)
    cloud.faults.clear()
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_FLEET_API.values(), ids=AT_THE_FLEET_API
)
async def test_bring_tokens_survives_the_fleet_api(
    hass: HomeAssistant, cloud: Cloud, fault: Fault, error: str
) -> None:
    """The token was used once and is not used again: its answer is kept."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    cloud.faults.add(fault)
    await walk.submit(**given)
    assert walk.errors == {"base": error}
    assert no_entry(hass)
    cloud.faults.clear()
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED
    assert cloud.auth.refreshes == 1


async def test_tokens_without_a_permission_wait_for_it(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Tesla: a changed permission is in newly issued tokens alone, so one is asked."""
    scopes = [scope for scope in cloud.settings.scopes if scope != "vehicle_location"]
    token = cloud.issue_tokens(scopes=scopes).refresh_token
    given = bring_input(cloud, refresh_token=token)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given)
    assert walk.errors == {"base": "missing_scopes"}
    assert "Vehicle Location" in walk.said
    assert no_entry(hass)
    cloud.auth.set_scopes(cloud.settings.scopes)
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_a_refused_access_token_is_replaced_at_the_next_submit(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A 401 of the Fleet API asks for another token, and the chain goes on."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    fault = cloud.faults.add(Fault(path=PRODUCTS, status=503))
    await walk.submit(**given)
    assert walk.errors == {"base": "transient"}
    cloud.faults.remove(fault)
    cloud.auth.expire_access_tokens()
    await walk.submit(**given)
    assert walk.errors == {"refresh_token": "token_refused"}
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED
    assert cloud.auth.refreshes == 2


async def test_a_form_left_open_over_night_still_succeeds(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The access token has expired in the morning, and the pasted token with it."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    fault = cloud.faults.add(Fault(path=PRODUCTS, body={"response": []}))
    await walk.submit(**given)
    cloud.faults.remove(fault)
    noon.tick(timedelta(hours=25))
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED
    assert cloud.auth.refreshes == 2


async def test_a_lost_successor_falls_back_to_the_pasted_token(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla honours the most recently used token for a day."""
    given = bring_input(cloud)
    lost = cloud.issue_tokens()
    walk = await FlowRun.begin(hass, "bring_tokens")
    body = {**lost.response(), "refresh_token": "lost"}
    cloud.faults.add(Fault(path=AUTH, body=body, times=1))
    no_cars = cloud.faults.add(Fault(path=PRODUCTS, body={"response": []}))
    await walk.submit(**given)
    assert walk.errors == {"base": "no_cars"}
    cloud.faults.remove(no_cars)
    noon.tick(timedelta(hours=9))
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("path", [AUTH, PRODUCTS])
async def test_bring_tokens_survives_an_answer_that_never_comes(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, path: str
) -> None:
    """Patience ends, the form says so, and sending it again succeeds."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await hang(hass, cloud, noon, path, walk.submit(**given))
    assert walk.errors == {"base": "transient"}
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_a_spent_token_is_refused_and_a_fresh_one_taken(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A token that another program has cycled out is of no use."""
    given = bring_input(cloud)
    form = {
        "grant_type": "refresh_token",
        "client_id": cloud.settings.client_id,
        "refresh_token": given["refresh_token"],
    }
    successor = cloud.auth.token(form)["refresh_token"]
    fresh = cloud.auth.token({**form, "refresh_token": successor})["refresh_token"]
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given)
    assert walk.errors == {"refresh_token": "token_refused"}
    assert no_entry(hass)
    await walk.submit(**{**given, "refresh_token": fresh})
    assert walk.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("mistake", [{"client_id": "typo"}, {"client_secret": "typo"}])
async def test_an_unauthorized_client_is_corrected(
    hass: HomeAssistant, cloud: Cloud, mistake: dict[str, str]
) -> None:
    """The text names client ID and secret, and nothing of the mistake stays."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | mistake)
    assert walk.errors == {"client_id": "application_refused"}
    assert "client secret" in walk.said
    await walk.submit(**given)
    assert walk.entry.data["client_id"] == given["client_id"]
    assert walk.entry.data["client_secret"] == given["client_secret"]


async def test_a_blank_client_id_is_asked_for_before_the_token_is_used(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The error stands at the field, and Tesla is not asked."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | {"client_id": " "})
    assert walk.errors == {"client_id": "client_id_required"}
    assert cloud.auth.refreshes == 0
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_a_client_that_changed_its_mind_proves_itself_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """What one client was given says nothing of another one, so that is refused."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    fault = cloud.faults.add(Fault(path=PRODUCTS, body={"response": []}))
    await walk.submit(**given)
    cloud.faults.remove(fault)
    await walk.submit(**given | {"client_secret": "typo"})
    assert walk.errors == {"client_id": "application_refused"}
    await walk.submit(**given)
    assert walk.entry.data["client_secret"] == given["client_secret"]


async def test_the_client_secret_is_optional_and_blanks_do_not_matter(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Tesla asks for no secret in a refresh; what is pasted brings blanks along."""
    given = bring_input(cloud)
    del given["client_secret"]
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(
        **{key: f" {value} " for key, value in given.items()}
        | {
            "region": "custom",
            "client_secret": " ",
        }
    )
    entry = walk.entry
    assert "client_secret" not in entry.data
    for key in ("client_id", "fleet_api_url", "token_url"):
        assert entry.data[key] == given[key]


async def test_an_unreachable_token_server_is_corrected(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The wrong port is a matter of the network, never of the token."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | {"token_url": "http://127.0.0.1:1/token"})
    assert walk.errors == {"base": "transient"}
    await walk.submit(**given | {"fleet_api_url": "http://127.0.0.1:1"})
    assert walk.errors == {"base": "transient"}
    assert no_entry(hass)
    await walk.submit(**given)
    assert walk.entry.data["fleet_api_url"] == cloud.fleet_url("eu")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"refresh_token": "  "}, {"refresh_token": "no_refresh_token"}),
        ({"refresh_token": "{}"}, {"refresh_token": "no_refresh_token"}),
        ({"refresh_token": '{"refresh_'}, {"refresh_token": "no_refresh_token"}),
        ({"fleet_api_url": ""}, {"fleet_api_url": "url_required"}),
        ({"token_url": " "}, {"token_url": "url_required"}),
        ({"fleet_api_url": "car.example.org"}, {"fleet_api_url": "invalid_url"}),
        ({"token_url": "ftp://example.org"}, {"token_url": "invalid_url"}),
        (
            {"fleet_api_url": "http://", "token_url": "http://["},
            {"fleet_api_url": "invalid_url", "token_url": "invalid_url"},
        ),
    ],
)
async def test_a_form_that_cannot_work_is_not_even_tried(
    hass: HomeAssistant,
    cloud: Cloud,
    changes: dict[str, str],
    errors: dict[str, str],
) -> None:
    """Nothing is sent to Tesla, so no token is lost over a typing error."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | changes)
    assert walk.errors == errors
    assert cloud.requests == []
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("nested", [False, True], ids=["top level", "nested"])
async def test_a_pasted_token_file_is_understood(
    hass: HomeAssistant, cloud: Cloud, nested: bool
) -> None:
    """The file of another program may hold the token at any depth."""
    given = bring_input(cloud)
    token = {"access_token": "eyJ", "refresh_token": given["refresh_token"]}
    file = {"accounts": [{"name": "Ada"}, {"sso": token}]} if nested else token
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | {"refresh_token": json.dumps(file, indent=2)})
    previous = walk.entry.data["previous_token"]["refresh_token"]
    assert previous == given["refresh_token"]


async def test_a_region_needs_no_addresses(hass: HomeAssistant, tesla: Cloud) -> None:
    """Addresses that were left over from another choice are not kept."""
    given = bring_input(tesla, region="eu", token_url="http://127.0.0.1:1/token")
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given)
    assert "token_url" not in walk.entry.data
    assert walk.entry.data["fleet_api_url"] == tesla.fleet_url("eu")


async def test_the_wrong_region_is_put_right(hass: HomeAssistant, tesla: Cloud) -> None:
    """Tesla's 421 names the account's own region, and the entry holds it."""
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**bring_input(tesla, region="na"))
    assert walk.entry.data["fleet_api_url"] == tesla.fleet_url("eu")
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_an_account_that_moved_is_followed(
    hass: HomeAssistant, tesla: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A 421 of later days is remembered in the entry, as that of the first day is."""
    entry = await set_up(hass, tesla, region="eu")
    tesla.auth.region = "na"
    await tick(hass, noon, timedelta(minutes=16))
    assert entry.data["fleet_api_url"] == tesla.fleet_url("na")
    assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.parametrize(
    "cloud_settings", [CloudSettings(partner_registered=False)], ids=["unregistered"]
)
async def test_not_registered_says_which_application_is_needed(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The message says which API is needed (teslamate#5384)."""
    given = bring_input(cloud)
    walk = await FlowRun.begin(hass, "bring_tokens")
    assert "Fleet API application" in walk.said
    await walk.submit(**given)
    assert walk.errors == {"base": "not_registered"}
    assert "Fleet API application" in walk.said
    assert "Account must be registered in the current region" in walk.said
    cloud.state.registered.add(("eu", cloud.settings.domain))
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_an_account_is_set_up_once(hass: HomeAssistant, cloud: Cloud) -> None:
    """Another token of the same account aborts; a second account is welcome."""
    entry = await set_up(hass, cloud)
    before = entry.as_dict()
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**bring_input(cloud))
    assert walk.shows == "already_configured"
    assert entry.as_dict() == before


async def test_the_token_of_an_entry_is_not_even_tried(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Using it would take it away from the entry that runs on it."""
    entry = await set_up(hass, cloud)
    held = entry.data["token"]["refresh_token"]
    refreshes = cloud.auth.refreshes
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**bring_input(cloud, refresh_token=held))
    assert walk.shows == "already_configured"
    assert cloud.auth.refreshes == refreshes
    assert entry.data["token"]["refresh_token"] == held


async def test_a_second_account_gets_an_entry_of_its_own(
    hass: HomeAssistant, cloud: Cloud, other_cloud: Cloud
) -> None:
    """Accounts do not get in each other's way."""
    first = await set_up(hass, cloud)
    second = await set_up(hass, other_cloud)
    assert first.unique_id != second.unique_id
    assert first.state is second.state is ConfigEntryState.LOADED


async def test_a_forgotten_window_does_not_stand_in_the_way(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A flow that waits in another window is ended by the one that comes through."""
    given = bring_input(cloud)
    forgotten = await FlowRun.begin(hass, "bring_tokens")
    fault = cloud.faults.add(Fault(path=PRODUCTS, body={"response": []}))
    await forgotten.submit(**given)
    assert forgotten.errors == {"base": "no_cars"}
    cloud.faults.remove(fault)
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given)
    assert walk.entry.state is ConfigEntryState.LOADED
    assert hass.config_entries.flow.async_progress() == []


async def test_what_was_pasted_is_cleaned_or_refused_before_it_is_sent(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """An access token is refused with what it is; a tool's whole screen will do."""
    given = bring_input(cloud)
    access = cloud.issue_tokens().access_token
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**given | {"refresh_token": f"Bearer {access}"})
    assert walk.errors == {"refresh_token": "token_is_access"}
    assert cloud.auth.refreshes == 0
    screen = f"accessToken: {access}\nrefreshToken: {given['refresh_token']}\n"
    await walk.submit(**given | {"refresh_token": screen})
    assert walk.entry.state is ConfigEntryState.LOADED
    assert cloud.auth.refreshes == 1
