"""From what an entry holds to the objects that work with it."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .charging.options import ChargingOptions, OffPeakOptions
from .const import CONF_FLEET_API_URL, CONF_MONTHLY_BUDGET
from .data import ScoutConfigEntry
from .gateways.budget import DEFAULT_BUDGET, Budget
from .gateways.fleet_api.client import FleetClient
from .gateways.fleet_api.credentials import command_settings, fleet_server
from .gateways.ledger import Ledger
from .storage.store import AccountMemory, ScoutStore
from .tokens.manager import TokenManager
from .worker.calendar_import import CalendarImport
from .worker.manager import Account
from .worker.off_peak.controller import OffPeakController
from .worker.off_peak.manager import OffPeakManager
from .worker.off_peak.repository import OffPeakRepository
from .worker.price_sources import EnergySource, source_of
from .worker.special_charging.executor import SessionExecutor
from .worker.special_charging.manager import SessionManager
from .worker.special_charging.planner import SessionPlanner
from .worker.special_charging.repository import SessionRepository
from .worker.time_zone import async_zone_of


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
) -> SessionManager:
    """Return who keeps the account's promises: desk, hands, plans, and the timers."""
    hass, scout, worker = account.hass, account.scout, account.worker
    options = ChargingOptions.of(account.entry.options)
    repository = SessionRepository(store, memory, scout.async_update_listeners)
    zone_of = partial(async_zone_of, hass)
    planner = SessionPlanner(options, energy)
    runner = SessionExecutor(repository, worker, scout, planner, options, zone_of)
    sessions = SessionManager(account, repository, runner, planner, options)
    if options.calendars:
        calendar_import = CalendarImport(hass, scout, sessions)
        sessions.async_read_requests = calendar_import.async_read
        account.entry.async_on_unload(calendar_import.async_start())
    return sessions


def build_off_peak(
    account: Account,
    sessions: SessionRepository,
    store: ScoutStore,
    memory: AccountMemory,
    energy: EnergySource,
) -> OffPeakManager:
    """Return who keeps the off-peak schedules right: desk, hands, prices, timers."""
    chosen, scout = account.entry.options, account.scout
    options = OffPeakOptions.of(chosen)
    repository = OffPeakRepository(store, memory, scout.async_update_listeners)
    runner = OffPeakController(
        repository,
        sessions,
        account.worker,
        scout,
        energy,
        ChargingOptions.of(chosen),
        options,
        partial(async_zone_of, account.hass),
    )
    return OffPeakManager(account, repository, sessions, runner, energy, options)
