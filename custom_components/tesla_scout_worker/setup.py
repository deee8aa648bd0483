"""Factories for the objects of a config entry."""

from collections.abc import Iterable

from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .const import CONF_MONTHLY_BUDGET, CONF_SECOND_WAYS, CONF_WAY, DOMAIN
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry
from .gateways.budget import CREDITS, Budget
from .gateways.combined import CombinedGateway, Second, SecondWay
from .gateways.entities.gateway import EntityGateway
from .gateways.entities.parts import EntityCar
from .gateways.entities.repairs import async_watch_entities
from .gateways.errors import SignedOutError
from .gateways.fleet_api.client import FleetClient
from .gateways.fleet_api.credentials import (
    async_get_implementation,
    command_settings,
    fleet_server,
    with_server,
)
from .gateways.fleet_api.transport import AccessTokens, FixedToken
from .gateways.gateway import Gateway
from .gateways.held import HeldSchedules
from .gateways.ledger import Ledger, bill_currency, in_currency
from .gateways.providers import add_stream, provider_client
from .gateways.way import KEY_WAYS, Way
from .storage.store import ScoutStore
from .tokens.manager import TokenManager
from .tokens.sign_in import NoSignIn
from .tokens.static_key import StaticKey
from .worker.calendar_import import CalendarImport
from .worker.manager import Worker
from .worker.sessions import SessionRequests
from .worker.signed_out import SignedOutUndo


def build_budget(
    hass: HomeAssistant, entry: ScoutConfigEntry, ledger: Ledger
) -> Budget:
    """Return the monthly budget of the account, in the currency of its bill."""
    ledger.currency = bill_currency(way_of(entry), hass.config.currency)
    limit = entry.options.get(CONF_MONTHLY_BUDGET, CREDITS[ledger.currency])
    return Budget(ledger=ledger, limit=float(limit))


def way_of(entry: ScoutConfigEntry) -> Way:
    """Return the way to the cars of an entry; one without a name has its own application."""
    return Way(entry.data.get(CONF_WAY, Way.OWN_APPLICATION))


async def async_build_sign_in(
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> TokenManager | StaticKey | NoSignIn:
    """Return the sign-in of an entry's way.

    Raises:
        ConfigEntryNotReady: a provider of credentials is not loaded yet.
        ConfigEntryAuthFailed: the credentials were removed, or the account is signed
            out; a person must sign in again.
    """
    if way_of(entry) is Way.ENTITIES:
        return NoSignIn()
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


def last_token(entry: ScoutConfigEntry) -> AccessTokens | NoSignIn:
    """Return the access of an entry that is removed, which renews no token."""
    if way_of(entry) is Way.ENTITIES:
        return NoSignIn()
    return FixedToken(entry.data[CONF_TOKEN][CONF_ACCESS_TOKEN])


async def async_undo_signed_out(hass: HomeAssistant, entry: ScoutConfigEntry) -> None:
    """Undo the sessions that are over with the last token, now and until it expires."""
    if way_of(entry) in KEY_WAYS:
        # Its key is refused for everything.
        return
    store = ScoutStore(hass, entry)
    memory = await store.async_load()
    budget = build_budget(hass, entry, memory.ledger)

    def client() -> Gateway:
        """Return a gateway with the last token."""
        return build_gateway(hass, entry, last_token(entry), store, budget)

    undo = SignedOutUndo(hass, entry, memory.charging, client)
    await undo.async_try(dt_util.utcnow())


def build_gateway(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    tokens: AccessTokens | NoSignIn,
    store: ScoutStore,
    budget: Budget,
) -> Gateway:
    """Return the gateway of an entry's way; the ledger counts by its prices."""
    gateway: Gateway
    ledger = store.data.ledger
    held = HeldSchedules(store.data.held, store.save_soon)
    if isinstance(tokens, NoSignIn):
        gateway = EntityGateway(hass, EntityCar.of(entry.data), held)
        ledger.prices = in_currency(gateway.prices, ledger.currency)
        return gateway
    match way_of(entry):
        case Way.TESSIE | Way.TESLEMETRY as way:
            session, server = async_get_clientsession(hass), fleet_server(entry.data)
            client = provider_client(way, session, tokens, ledger, server, budget, held)
            add_stream(hass, client, session, tokens, server)
            gateway = client
        case _:
            gateway = _fleet_client(hass, entry, tokens, ledger, budget)
    if ways := entry.data.get(CONF_SECOND_WAYS):
        gateway = _combined(hass, gateway, map(SecondWay.of, ways), held)
    ledger.prices = in_currency(gateway.prices, ledger.currency)
    return gateway


def _combined(
    hass: HomeAssistant,
    account: Gateway,
    ways: Iterable[SecondWay],
    held: HeldSchedules,
) -> CombinedGateway:
    """Return the gateway of an account with entities beside it."""
    seconds = {
        way.car.vin: Second(way=way, gateway=EntityGateway(hass, way.car, held))
        for way in ways
    }
    return CombinedGateway(account, seconds)


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
            entry, data=with_server(entry.data, server)
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


@callback
def async_watch(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    gateway: Gateway,
    coordinator: ScoutCoordinator,
) -> CALLBACK_TYPE:
    """Start the repairs of an entry's way, until the result is called."""
    watched: list[EntityGateway] = []
    if isinstance(gateway, EntityGateway):
        watched.append(gateway)
    elif isinstance(gateway, CombinedGateway):
        watched += [second.gateway for second in gateway.seconds.values()]
    stops = [
        async_watch_entities(
            hass,
            entry.entry_id if not number else f"{entry.entry_id}_{number}",
            entry.title,
            each,
            coordinator.async_add_listener,
        )
        for number, each in enumerate(watched)
    ]

    @callback
    def stop() -> None:
        """End the repairs."""
        for each in stops:
            each()

    return stop


def build_sessions(
    hass: HomeAssistant, entry: ScoutConfigEntry, worker: Worker
) -> SessionRequests:
    """Return the session requests, with the import from the user's calendars."""
    sessions = SessionRequests(hass, worker.coordinator, worker)
    if sessions.options.calendars:
        calendars = CalendarImport(hass, worker.coordinator, sessions)
        sessions.readers.append(calendars.async_read)
        entry.async_on_unload(calendars.async_start())
    return sessions
