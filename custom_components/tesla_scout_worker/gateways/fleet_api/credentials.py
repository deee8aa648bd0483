"""The sign-in, the server and the command route of an account, from its entry."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
    async_get_implementations,
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
    CONF_WAY,
    DOMAIN,
    REGION_SERVERS,
    SCOPES,
    TESLA_FLEET_KEY_PATH,
)
from ..way import Way
from .client import CommandRoute, CommandSettings
from .token_endpoint import TokenRequests

# Home Assistant's own integration for the Fleet API.
TESLA_FLEET: Final = "tesla_fleet"


def auth_server(china: bool) -> str:
    """Return the base URL of Tesla's sign-in; China has its own."""
    return AUTH_SERVER_CHINA if china else AUTH_SERVER


def authorize_data() -> dict[str, str]:
    """Return what is asked on Tesla's page: all scopes, even if declined before."""
    return {
        "prompt": "login",
        "prompt_missing_scopes": "true",
        "scope": " ".join(SCOPES),
    }


class SharedApplication(TokenRequests):
    """The application of Home Assistant's Tesla Fleet integration, with an own grant.

    A refresh token works once, so that integration's own is never touched.
    """

    shared_name = ""

    @property
    @override
    def name(self) -> str:
        """The user's name for it."""
        return self.shared_name

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        """What is asked on Tesla's page."""
        return authorize_data()


async def async_shared_applications(
    hass: HomeAssistant,
) -> dict[str, SharedApplication]:
    """Return the applications of the Tesla Fleet integration, by their key.

    Raises:
        ImplementationUnavailableError: a provider of credentials is not loaded yet.
    """
    server = auth_server(china=hass.config.country == "CN")
    found = await async_get_implementations(hass, TESLA_FLEET)
    shared = {}
    for key, application in found.items():
        if isinstance(application, LocalOAuth2Implementation):
            shared[key] = SharedApplication(
                hass,
                key,
                application.client_id,
                application.client_secret,
                f"{server}/authorize",
                f"{server}/token",
            )
            shared[key].shared_name = application.name
    return shared


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


def with_server(data: Mapping[str, Any], server: str) -> dict[str, Any]:
    """Return entry data with the server of the account, and the region of that server."""
    changed = {**data, CONF_FLEET_API_URL: server}
    for region, address in REGION_SERVERS.items():
        if address == server and data.get(CONF_REGION) in REGION_SERVERS:
            changed[CONF_REGION] = region
    return changed


async def async_get_implementation(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> AbstractOAuth2Implementation:
    """Return the sign-in that refreshes an entry's tokens.

    Raises:
        ConfigEntryNotReady: a provider of credentials is not loaded yet.
        ConfigEntryAuthFailed: the credentials were removed; sign in again.
    """
    if entry.data.get(CONF_WAY) == Way.TESLA_FLEET:
        shared = await async_shared_applications(hass)
        if (found := shared.get(entry.data[CONF_AUTH_IMPLEMENTATION])) is None:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key="signed_out"
            )
        return found
    if CONF_AUTH_IMPLEMENTATION in entry.data:
        return await async_get_config_entry_implementation(hass, entry)
    return imported_implementation(hass, entry.data)


def command_settings(
    hass: HomeAssistant, options: Mapping[str, Any]
) -> CommandSettings:
    """Return the user's settings for commands."""
    proxy_url: str | None = options.get(CONF_PROXY_URL)
    route: str = options.get(CONF_COMMAND_ROUTE, "")
    verify = options.get(CONF_PROXY_VERIFY_CERTIFICATE, True)
    return CommandSettings(
        route=CommandRoute(route) if route in CommandRoute else CommandRoute.AUTO,
        proxy_url=proxy_url,
        proxy_session=async_get_clientsession(hass, verify_ssl=verify),
        private_key_path=private_key_path(hass, options),
        key_folder=hass.config.config_dir,
    )


def private_key_path(hass: HomeAssistant, options: Mapping[str, Any]) -> str:
    """Return the path of the key for signed commands; the file may be missing."""
    return hass.config.path(options.get(CONF_PRIVATE_KEY_PATH) or TESLA_FLEET_KEY_PATH)
