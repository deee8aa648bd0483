"""Application credentials: the user's own application at Tesla."""

from typing import override

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .const import DEVELOPER_DASHBOARD
from .gateways.fleet_api.credentials import auth_server, authorize_data
from .gateways.fleet_api.token_endpoint import TokenRequests


class TeslaImplementation(TokenRequests, AuthImplementation):
    """Tesla's sign-in with the user's own application."""

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        """Ask for the scopes of Scout and Worker, even if they were declined before."""
        return authorize_data()


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the sign-in of a credential, at the server for Home Assistant's country."""
    server = auth_server(china=hass.config.country == "CN")
    return TeslaImplementation(
        hass,
        auth_domain,
        credential,
        AuthorizationServer(f"{server}/authorize", f"{server}/token"),
    )


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return where the user creates the application, and what to enter there."""
    return {
        "developer_dashboard_url": DEVELOPER_DASHBOARD,
        "redirect_url": "https://my.home-assistant.io/redirect/oauth",
    }
