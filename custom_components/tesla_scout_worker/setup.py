"""Factories for the objects of a config entry."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_FLEET_API_URL, CONF_MONTHLY_BUDGET, CONF_WAY, DOMAIN
from .data import ScoutConfigEntry
from .gateways.budget import DEFAULT_BUDGET, Budget
from .gateways.errors import SignedOutError
from .gateways.fleet_api.client import FleetClient
from .gateways.fleet_api.credentials import (
    async_get_implementation,
    command_settings,
    fleet_server,
)
from .gateways.fleet_api.transport import AccessTokens
from .gateways.gateway import Gateway
from .gateways.ledger import Ledger
from .gateways.providers import provider_client
from .gateways.way import KEY_WAYS, Way
from .tokens.manager import TokenManager
from .tokens.static_key import StaticKey
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


async def async_build_sign_in(
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> TokenManager | StaticKey:
    """Return the sign-in of an entry's way.

    Raises:
        ConfigEntryNotReady: a provider of credentials is not loaded yet.
        ConfigEntryAuthFailed: the credentials were removed, or the account is signed
            out; a person must sign in again.
    """
    if way_of(entry) in KEY_WAYS:
        sign_in: TokenManager | StaticKey = StaticKey(hass, entry)
    else:
        implementation = await async_get_implementation(hass, entry)
        sign_in = TokenManager(hass, entry, implementation)
    if sign_in.signed_out:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key=SignedOutError.key
        )
    return sign_in


def build_gateway(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    tokens: AccessTokens,
    ledger: Ledger,
    budget: Budget,
) -> Gateway:
    """Return the gateway of an entry's way; the ledger counts by its prices."""
    gateway: Gateway
    match way_of(entry):
        case Way.TESSIE | Way.TESLEMETRY as way:
            session, server = async_get_clientsession(hass), fleet_server(entry.data)
            gateway = provider_client(way, session, tokens, ledger, server, budget)
        case _:
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
