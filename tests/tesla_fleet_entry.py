"""Home Assistant's own `tesla_fleet`, at the addresses of the simulator."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from tesla_fleet_api.const import SERVERS

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.tesla_fleet import oauth
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.cloud import Cloud

TESLA_FLEET = "tesla_fleet"


def use_simulator(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the addresses of the simulator's servers."""
    for region in ("na", "eu"):
        monkeypatch.setitem(SERVERS, region, cloud.fleet_url(region))
    monkeypatch.setitem(SERVERS, "cn", "http://127.0.0.1:1")
    monkeypatch.setattr(oauth, "TOKEN_URL", cloud.token_url)
    monkeypatch.setattr(oauth, "AUTHORIZE_URL", cloud.authorize_url)


async def signed_in_entry(
    hass: HomeAssistant, cloud: Cloud, folder: Path
) -> MockConfigEntry:
    """Return its entry after a sign-in, not yet set up.

    Its key file lies in the configuration, which is in ``folder`` from now on.
    """
    hass.config.config_dir = str(folder)
    assert await async_setup_component(hass, "application_credentials", {})
    credential = ClientCredential(
        cloud.settings.client_id, cloud.settings.client_secret
    )
    await async_import_client_credential(hass, TESLA_FLEET, credential, TESLA_FLEET)
    entry = MockConfigEntry(
        domain=TESLA_FLEET,
        unique_id=cloud.settings.account_id,
        data={"auth_implementation": TESLA_FLEET, "token": fleet_token(cloud)},
    )
    entry.add_to_hass(hass)
    return entry


def fleet_token(cloud: Cloud) -> dict[str, Any]:
    """Return a token as its sign-in stores it."""
    tokens = cloud.issue_tokens()
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "expires_at": dt_util.utcnow().timestamp() + tokens.expires_in,
        "token_type": "Bearer",
    }
