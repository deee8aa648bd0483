"""Factories for the objects of a config entry."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_FLEET_API_URL, CONF_MONTHLY_BUDGET, CONF_WAY
from .data import ScoutConfigEntry
from .gateways.budget import DEFAULT_BUDGET, Budget
from .gateways.fleet_api.client import FleetClient
from .gateways.fleet_api.credentials import command_settings, fleet_server
from .gateways.fleet_api.transport import AccessTokens
from .gateways.gateway import Gateway
from .gateways.ledger import Ledger
from .gateways.way import Way
from .worker.calendar_import import CalendarImport
from .worker.manager import Worker
from .worker.sessions import SessionRequests


def build_budget(entry: ScoutConfigEntry, ledger: Ledger) -> Budget:
    """Return the monthly budget of the account from the user's options."""
    limit = entry.options.get(CONF_MONTHLY_BUDGET, DEFAULT_BUDGET)
    return Budget(ledger=ledger, limit=float(limit))


def way_of(entry: ScoutConfigEntry) -> Way:
    """Return the way to the cars of an entry; one without a name has its own application."""
    return Way(entry.data.get(CONF_WAY, Way.OWN_APPLICATION))


def build_gateway(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    tokens: AccessTokens,
    ledger: Ledger,
    budget: Budget,
) -> Gateway:
    """Return the gateway of an entry's way; the ledger counts by its prices."""
    gateway = _fleet_client(hass, entry, tokens, ledger, budget)
    ledger.prices = gateway.prices
    return gateway


def _fleet_client(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    tokens: AccessTokens,
    ledger: Ledger,
    budget: Budget,
) -> FleetClient:
    """Return the account's client; a corrected region is stored in the entry."""

    def remember(server: str) -> None:
        """Store the account's correct server."""
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_FLEET_API_URL: server}
        )

    return FleetClient(
        async_get_clientsession(hass),
        tokens,
        ledger,
        fleet_server(entry.data),
        command_settings(hass, entry.options),
        remember,
        budget,
    )


def build_sessions(
    hass: HomeAssistant, entry: ScoutConfigEntry, worker: Worker
) -> SessionRequests:
    """Return the session requests, with the import from the user's calendars."""
    sessions = SessionRequests(hass, worker.coordinator, worker)
    if sessions.options.calendars:
        calendars = CalendarImport(hass, worker.coordinator, sessions)
        sessions.async_read_requests = calendars.async_read
        entry.async_on_unload(calendars.async_start())
    return sessions
