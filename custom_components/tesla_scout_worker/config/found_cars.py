"""Offers cars that other integrations show, where one of them is set up."""

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from ..const import DOMAIN
from ..gateways.entities.discovery import PLATFORMS
from .entity_steps import CONF_KEY, not_taken


@callback
def async_offer_found(hass: HomeAssistant) -> None:
    """Offer the first car that is not set up: now, and after an integration is loaded.

    One at a time. A person who ignores it is not asked again about that car.
    """

    @callback
    def offer(_hass: HomeAssistant) -> None:
        """Start a flow for a car; Home Assistant drops it if there is one already."""
        for candidate in not_taken(hass):
            if candidate.is_charger or candidate.vin is None:
                continue
            discovery_flow.async_create_flow(
                hass,
                DOMAIN,
                context={"source": SOURCE_INTEGRATION_DISCOVERY},
                data={CONF_KEY: candidate.key},
            )
            return

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Look again after an integration of cars was loaded."""
        loaded = entry.state is ConfigEntryState.LOADED
        if change is ConfigEntryChange.UPDATED and loaded and entry.domain in PLATFORMS:
            offer(hass)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
    async_at_started(hass, offer)
