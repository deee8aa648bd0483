"""From what an entry holds to the objects that work with it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)

from .account import Account
from .calendar_needs import CalendarNeeds
from .charging_options import ChargingOptions
from .const import (
    AUTH_SERVER,
    AUTH_SERVER_CHINA,
    CONF_AUTH_IMPLEMENTATION,
    CONF_COMMAND_ROUTE,
    CONF_FLEET_API_URL,
    CONF_MONTHLY_BUDGET,
    CONF_PRIVATE_KEY_PATH,
    CONF_PROXY_URL,
    CONF_PROXY_VERIFY_CERTIFICATE,
    CONF_TOKEN_URL,
    DOMAIN,
    REGION_SERVERS,
    TESLA_FLEET_KEY_PATH,
)
from .fleet.budget import DEFAULT_BUDGET, Budget
from .fleet.client import CommandRoute, CommandSettings, FleetClient
from .fleet.ledger import Ledger
from .fleet.tokens import TokenManager
from .off_peak import OffPeakKeeper
from .off_peak_desk import OffPeakDesk
from .off_peak_options import OffPeakOptions
from .off_peak_runner import OffPeakRunner
from .places import async_zone_of
from .price_sources import EnergySource, source_of
from .runtime import ScoutConfigEntry
from .session_desk import SessionDesk
from .session_planner import SessionPlanner
from .session_runner import SessionRunner
from .sessions import SessionKeeper
from .store import AccountMemory, ScoutStore


def auth_server(china: bool) -> str:
    """Return the base URL of Tesla's sign-in; China has one of its own."""
    return AUTH_SERVER_CHINA if china else AUTH_SERVER


def brought_implementation(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> LocalOAuth2Implementation:
    """Return the sign-in for tokens that the user brought along."""
    server = auth_server(china=data[CONF_REGION] == "cn")
    return LocalOAuth2Implementation(
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
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> AbstractOAuth2Implementation:
    """Return how an entry's tokens are renewed.

    Raises:
        ConfigEntryNotReady: a provider of credentials is not there yet.
        ConfigEntryAuthFailed: the credentials were removed; sign in again.
    """
    if CONF_AUTH_IMPLEMENTATION in entry.data:
        return await async_get_config_entry_implementation(hass, entry)
    return brought_implementation(hass, entry.data)


def command_settings(
    hass: HomeAssistant, options: Mapping[str, Any]
) -> CommandSettings:
    """Return what the user set up for commands."""
    proxy_url = options.get(CONF_PROXY_URL)
    verify = options.get(CONF_PROXY_VERIFY_CERTIFICATE, True)
    return CommandSettings(
        route=CommandRoute(options.get(CONF_COMMAND_ROUTE, CommandRoute.AUTO)),
        proxy_url=proxy_url,
        proxy_session=async_get_clientsession(hass, verify_ssl=verify),
        private_key_path=private_key_path(hass, options),
    )


def private_key_path(hass: HomeAssistant, options: Mapping[str, Any]) -> str:
    """Return where the key for signed commands is, or would be."""
    return hass.config.path(options.get(CONF_PRIVATE_KEY_PATH) or TESLA_FLEET_KEY_PATH)


def build_budget(entry: ScoutConfigEntry, ledger: Ledger) -> Budget:
    """Return what the account's calls may cost in a month, as the user has it."""
    limit = entry.options.get(CONF_MONTHLY_BUDGET, DEFAULT_BUDGET)
    return Budget(ledger=ledger, limit=float(limit))


def build_client(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    tokens: TokenManager,
    ledger: Ledger,
    budget: Budget,
) -> FleetClient:
    """Return the account's client; a region that turns out wrong is remembered."""

    def remember(server: str) -> None:
        """Keep the account's true server."""
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


def build_energy(hass: HomeAssistant, entry: ScoutConfigEntry) -> EnergySource:
    """Return what tells the account's cost of energy, for promises and each day."""
    return source_of(hass, OffPeakOptions.of(entry.options))


def build_sessions(
    account: Account,
    store: ScoutStore,
    memory: AccountMemory,
    energy: EnergySource,
) -> SessionKeeper:
    """Return who keeps the account's promises: desk, hands, plans, and the timers."""
    hass, scout, worker = account.hass, account.scout, account.worker
    options = ChargingOptions.of(account.entry.options)
    desk = SessionDesk(store, memory, scout.async_update_listeners)
    zone_of = partial(async_zone_of, hass)
    planner = SessionPlanner(options, energy)
    runner = SessionRunner(desk, worker, scout, planner, options, zone_of)
    sessions = SessionKeeper(account, desk, runner, planner, options)
    if options.calendars:
        needs = CalendarNeeds(hass, scout, sessions)
        sessions.async_read_needs = needs.async_read
        account.entry.async_on_unload(needs.async_start())
    return sessions


def build_off_peak(
    account: Account,
    sessions: SessionDesk,
    store: ScoutStore,
    memory: AccountMemory,
    energy: EnergySource,
) -> OffPeakKeeper:
    """Return who keeps the off-peak schedules right: desk, hands, prices, timers."""
    chosen, scout = account.entry.options, account.scout
    options = OffPeakOptions.of(chosen)
    desk = OffPeakDesk(store, memory, scout.async_update_listeners)
    runner = OffPeakRunner(
        desk,
        sessions,
        account.worker,
        scout,
        energy,
        ChargingOptions.of(chosen),
        options,
        partial(async_zone_of, account.hass),
    )
    return OffPeakKeeper(account, desk, sessions, runner, energy, options)
