"""The application of Home Assistant's Tesla Fleet integration, with a grant of its own."""

from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, state_of, tick
from ..flows import Browser, FlowRun, asked
from ..ways.test_table import ROWS

pytestmark = pytest.mark.usefixtures("discreet_log", "key_folder")


def write_key(folder: Path) -> None:
    """Put the key of the Tesla Fleet integration into the configuration folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    (folder / "tesla_fleet.key").write_bytes(pem)


# What core's entry holds; nobody but core may use it.
CORE_TOKEN = {"access_token": "core-access", "refresh_token": "core-refresh"}


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    tesla: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    current_request_with_host: None,
) -> Browser:
    """Open a browser on a Home Assistant whose Tesla Fleet integration is set up."""
    assert await async_setup_component(hass, DOMAIN, {})
    settings = tesla.settings
    credential = ClientCredential(settings.client_id, settings.client_secret, "Mine")
    await async_import_client_credential(hass, "tesla_fleet", credential)
    core = MockConfigEntry(
        domain="tesla_fleet",
        data={"auth_implementation": "tesla_fleet", "token": dict(CORE_TOKEN)},
    )
    core.add_to_hass(hass)
    client: Browser = await hass_client_no_auth()
    return client


async def test_a_sign_in_is_all_that_it_takes(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, noon: FrozenDateTimeFactory
) -> None:
    """One screen says what is shared, then Tesla's page; the token is renewed as ours."""
    walk = await FlowRun.begin(hass, "tesla_fleet", browser)
    assert walk.shows == "tesla_fleet"
    assert "monthly credit" in walk.said
    assert "only the part of this integration" in walk.said
    await walk.submit()
    await walk.consent()
    entry = walk.entry
    assert ROWS["Application of your Tesla Fleet integration"][0] == "2"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["way"] == "tesla_fleet"
    assert state_of(hass, "sensor", "battery_level") == "70"
    first = entry.data["token"]["refresh_token"]
    await tick(hass, noon, timedelta(hours=7, minutes=59))
    assert entry.data["token"]["refresh_token"] != first
    assert tesla.auth.refreshes == 1
    (core,) = hass.config_entries.async_entries("tesla_fleet")
    assert core.data["token"] == CORE_TOKEN
    assert await hass.config_entries.async_reload(entry.entry_id)


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, home=HOME, command_signing="required")]
)
async def test_its_key_is_used_again(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """A car that takes signed commands needs neither a domain nor a QR code again."""
    write_key(key_folder)
    walk = await FlowRun.begin(hass, "tesla_fleet", browser)
    await (await walk.submit()).consent()
    assert walk.entry.state is ConfigEntryState.LOADED
    assert asked(tesla, "partner_accounts") == 0


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, home=HOME, command_signing="required")]
)
async def test_without_its_key_the_domain_is_asked_for(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """Then all is as with an application of one's own."""
    walk = await FlowRun.begin(hass, "tesla_fleet", browser)
    await (await walk.submit()).consent()
    assert walk.shows == "key_domain"


async def test_it_is_offered_only_where_it_is(hass: HomeAssistant) -> None:
    """Without the Tesla Fleet integration's application there is no such choice."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert "tesla_fleet" not in (result["menu_options"] or [])


async def test_an_application_that_is_removed_asks_to_sign_in(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """Without the application nothing can renew the token."""
    walk = await FlowRun.begin(hass, "tesla_fleet", browser)
    await (await walk.submit()).consent()
    entry = walk.entry
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "auth_implementation": "gone"}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    again = await FlowRun.reauth(hass, "tesla_fleet", browser)
    await (await again.submit()).consent()
    assert again.shows == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "sensor", "battery_level") == "70"
