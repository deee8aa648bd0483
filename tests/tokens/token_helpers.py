"""What the tests of the token manager share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.auth_api import TOKEN_PATH
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.records import Request

from ..common import tick


def refresh_token(entry: ConfigEntry[Any]) -> str:
    """Return the refresh token that an entry stores."""
    token: str = entry.data["token"]["refresh_token"]
    return token


def expiry(entry: ConfigEntry[Any]) -> datetime:
    """Return when the access token of an entry expires."""
    return datetime.fromtimestamp(entry.data["token"]["expires_at"], UTC)


def sign_in_requests(cloud: Cloud) -> list[Request]:
    """Return the requests for tokens that the cloud answered, or did not."""
    return [request for request in cloud.auth.requests if request.path == TOKEN_PATH]


def asked(cloud: Cloud) -> int:
    """Return how often the cloud was asked for tokens."""
    return len(sign_in_requests(cloud))


def fail_refreshes(cloud: Cloud) -> Fault:
    """Have the sign-in server fail until the fault is removed."""
    return cloud.faults.add(Fault(path=TOKEN_PATH, status=503))


async def drain(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    entry: ConfigEntry[Any],
    left: timedelta,
) -> Fault:
    """Let an outage last until so much is left of the token; it goes on after that."""
    outage = fail_refreshes(cloud)
    until = expiry(entry) - left
    while (ahead := until - datetime.now(UTC)) > timedelta(0):
        slow = ahead > timedelta(minutes=40)
        step = timedelta(minutes=10) if slow else timedelta(minutes=1)
        await tick(hass, freezer, min(ahead, step))
    return outage


def is_loaded(entry: ConfigEntry[Any]) -> bool:
    """Return whether an entry runs."""
    return entry.state is ConfigEntryState.LOADED


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the flows that ask a person to sign in again."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == "reauth"
    ]
