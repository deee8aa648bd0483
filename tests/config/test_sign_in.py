"""The config flow: signing in at Tesla, through the errors to an account."""

from datetime import timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from yarl import URL

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import CloudSettings

from ..common import set_up, state_of, tick
from ..flows import (
    AT_THE_FLEET_API,
    AUTH,
    OURS,
    Browser,
    FlowRun,
    add_application,
    hang,
    no_entry,
    placeholders_in,
    suggested,
)

pytestmark = pytest.mark.usefixtures("discreet_log", "key_folder")


async def test_sign_in_skips_what_an_unsigned_car_does_not_need(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Tesla's page, the region, the cars: no domain, no key, no QR code."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    page = URL(walk.result["url"])
    assert page.query["redirect_uri"] == "https://example.com/auth/external/callback"
    assert page.query["prompt_missing_scopes"] == "true"
    await walk.consent()
    assert walk.shows == "region"
    assert suggested(walk.result, "region") == "eu"
    await walk.submit(region="eu")
    entry = walk.entry
    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id == tesla.settings.account_id
    assert set(entry.data) == {
        "auth_implementation",
        "region",
        "fleet_api_url",
        "token",
    }
    assert entry.options == {}
    assert list(key_folder.glob("*.key")) == []
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_signed_in_entry_renews_its_token(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, noon: FrozenDateTimeFactory
) -> None:
    """What the sign-in left in the entry is all that the token manager needs."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await (await walk.consent()).submit(region="eu")
    first = walk.entry.data["token"]["refresh_token"]
    await tick(hass, noon, timedelta(hours=7, minutes=59))
    assert walk.entry.data["token"]["refresh_token"] != first
    assert tesla.auth.refreshes == 1


@pytest.mark.parametrize("cloud_settings", [CloudSettings(region="na")], ids=["na"])
async def test_the_region_is_preset_from_the_token(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """An American account is offered its region."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    assert suggested(walk.result, "region") == "na"
    await walk.submit(region="na")
    assert walk.entry.data["fleet_api_url"] == tesla.fleet_url("na")


@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_FLEET_API.values(), ids=AT_THE_FLEET_API
)
async def test_the_region_step_survives_the_fleet_api(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, fault: Fault, error: str
) -> None:
    """The step says what went wrong and can be sent again."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    tesla.faults.add(fault)
    await walk.submit(region="eu")
    assert walk.shows == "region"
    assert walk.errors == {"base": error}
    assert no_entry(hass)
    tesla.faults.clear()
    await walk.submit(region="eu")
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_a_sign_in_that_died_meanwhile_says_so(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """A new password ends the flow's sign-in too; a new one goes through."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    tesla.auth.password_changed()
    await walk.submit(region="eu")
    assert walk.errors == {"base": "signed_out"}
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


async def test_a_sign_in_left_open_over_night_still_succeeds(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, noon: FrozenDateTimeFactory
) -> None:
    """The access token has expired in the morning; the refresh token lives on."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    noon.tick(timedelta(hours=9))
    tesla.faults.add(Fault(path=AUTH, status=503, times=1))
    await walk.submit(region="eu")
    assert walk.errors == {"base": "transient"}
    await walk.submit(region="eu")
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_the_user_denies_and_thinks_again(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """A denied consent leaves nothing behind."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent("deny")
    assert walk.shows == "user_rejected_authorize"
    assert no_entry(hass)
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


AT_THE_CODE = {
    "401": (Fault(path=AUTH, status=401), "oauth_unauthorized"),
    "500": (Fault(path=AUTH, status=500), "oauth_failed"),
    "torn": (Fault(path=AUTH, tear=True), "oauth_failed"),
    "no JWT": (
        Fault(
            path=AUTH,
            body={"access_token": "x", "refresh_token": "y", "expires_in": 28800},
        ),
        "oauth_error",
    ),
    "no access token": (
        Fault(path=AUTH, body={"refresh_token": "y", "expires_in": 28800}),
        "oauth_error",
    ),
}


@pytest.mark.parametrize(("fault", "reason"), AT_THE_CODE.values(), ids=AT_THE_CODE)
async def test_sign_in_survives_the_exchange_of_the_code(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, fault: Fault, reason: str
) -> None:
    """A code that could not be exchanged asks for another sign-in."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    tesla.faults.add(fault)
    await walk.consent()
    assert walk.shows == reason
    assert no_entry(hass)
    tesla.faults.clear()
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


async def test_sign_in_survives_a_code_that_nobody_answers(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant's own patience ends, and another sign-in succeeds."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await hang(hass, tesla, noon, AUTH, walk.consent())
    assert walk.shows == "oauth_timeout"
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


async def test_a_consent_without_a_lasting_sign_in_is_no_use(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """Without ``offline_access`` Tesla gives no refresh token."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent("allow", "offline_access")
    assert walk.shows == "oauth_error"
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("scope", "permission"),
    [
        ("vehicle_device_data", "Vehicle Information"),
        ("vehicle_location", "Vehicle Location"),
    ],
)
async def test_a_consent_without_what_the_scout_needs_is_no_use(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, scope: str, permission: str
) -> None:
    """The text names what to allow; the next sign-in does."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent("allow", scope)
    assert walk.shows == "missing_scopes"
    assert permission in walk.said
    again = await FlowRun.begin(hass, "sign_in", browser)
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


async def test_without_an_application_home_assistant_asks_for_one(
    hass: HomeAssistant,
    tesla: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    current_request_with_host: None,
) -> None:
    """The reason is the one at which Home Assistant offers to enter credentials."""
    assert await async_setup_component(hass, DOMAIN, {})
    walk = await FlowRun.begin(hass, "sign_in")
    assert walk.shows == "missing_credentials"
    settings = tesla.settings
    await add_application(hass, settings.client_id, settings.client_secret)
    again = await FlowRun.begin(hass, "sign_in", await hass_client_no_auth())
    await (await again.consent()).submit(region="eu")
    assert again.entry.state is ConfigEntryState.LOADED


async def test_one_of_two_applications_is_chosen(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """The entry remembers the application that it was made with."""
    await add_application(hass, "another-application", "its-secret")
    walk = await FlowRun.begin(hass, "sign_in", browser)
    assert walk.shows == "pick_implementation"
    await walk.submit(implementation=tesla.settings.client_id)
    await (await walk.consent()).submit(region="eu")
    assert walk.entry.data["auth_implementation"] == tesla.settings.client_id


async def test_china_signs_in_at_home(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """China has a sign-in of its own, for applications registered there."""
    await hass.config.async_update(country="CN")
    walk = await FlowRun.begin(hass, "sign_in", browser)
    assert URL(walk.result["url"]).host == "auth.tesla.cn"


async def test_the_dialog_of_the_application_is_translated(
    hass: HomeAssistant, tesla: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """It says where to make the application, and fills every placeholder."""
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "application_credentials/config"})
    answer = (await client.receive_json())["result"]["integrations"][DOMAIN]
    given = answer["description_placeholders"]
    text = OURS["application_credentials"]["description"]
    assert placeholders_in(text) == set(given)
    assert "Fleet API application" in text


async def test_an_account_is_signed_in_once(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """Signing in to an account that is there already changes nothing."""
    entry = await set_up(hass, tesla)
    before = entry.as_dict()
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    assert walk.shows == "already_configured"
    assert entry.as_dict() == before
