"""The sign-in, the server and the command route of an account, from its entry."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_get_config_entry_implementation,
)

from ...const import (
    AUTH_SERVER,
    AUTH_SERVER_CHINA,
    CONF_AUTH_IMPLEMENTATION,
    CONF_COMMAND_ROUTE,
    CONF_FLEET_API_URL,
    CONF_PRIVATE_KEY_PATH,
    CONF_PROXY_URL,
    CONF_PROXY_VERIFY_CERTIFICATE,
    CONF_TOKEN_URL,
    DOMAIN,
    REGION_SERVERS,
    TESLA_FLEET_KEY_PATH,
)
from .client import CommandRoute, CommandSettings
from .token_endpoint import TokenRequests


def auth_server(china: bool) -> str:
    """Return the base URL of Tesla's sign-in; China has its own."""
    return AUTH_SERVER_CHINA if china else AUTH_SERVER


def imported_implementation(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> TokenRequests:
    """Return the sign-in for tokens that the user imported."""
    server = auth_server(china=data[CONF_REGION] == "cn")
    return TokenRequests(
        hass,
        DOMAIN,
        data[CONF_CLIENT_ID],
        data.get(CONF_CLIENT_SECRET, ""),
        f"{server}/authorize",
        data.get(CONF_TOKEN_URL) or f"{server}/token",
    )


def fleet_server(data: Mapping[str, Any]) -> str:
    """Return the base URL of the account's Fleet API."""
    url: str = data.get(CONF_FLEET_API_URL) or REGION_SERVERS[data[CONF_REGION]]
    return url.rstrip("/")


async def async_get_implementation(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> AbstractOAuth2Implementation:
    """Return the sign-in that refreshes an entry's tokens.

    Raises:
        ConfigEntryNotReady: a provider of credentials is not loaded yet.
        ConfigEntryAuthFailed: the credentials were removed; sign in again.
    """
    if CONF_AUTH_IMPLEMENTATION in entry.data:
        return await async_get_config_entry_implementation(hass, entry)
    return imported_implementation(hass, entry.data)


def command_settings(
    hass: HomeAssistant, options: Mapping[str, Any]
) -> CommandSettings:
    """Return the user's settings for commands."""
    proxy_url = options.get(CONF_PROXY_URL)
    verify = options.get(CONF_PROXY_VERIFY_CERTIFICATE, True)
    return CommandSettings(
        route=CommandRoute(options.get(CONF_COMMAND_ROUTE, CommandRoute.AUTO)),
        proxy_url=proxy_url,
        proxy_session=async_get_clientsession(hass, verify_ssl=verify),
        private_key_path=private_key_path(hass, options),
        key_folder=hass.config.config_dir,
    )


def private_key_path(hass: HomeAssistant, options: Mapping[str, Any]) -> str:
    """Return the path of the key for signed commands; the file may be missing."""
    return hass.config.path(options.get(CONF_PRIVATE_KEY_PATH) or TESLA_FLEET_KEY_PATH)
