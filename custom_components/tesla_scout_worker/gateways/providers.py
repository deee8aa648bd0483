"""The gateways of providers, by their way."""

from aiohttp import ClientSession

from homeassistant.core import HomeAssistant

from .budget import Budget
from .fleet_api.relay import RelayClient
from .fleet_api.transport import AccessTokens
from .held import HeldSchedules
from .ledger import Ledger
from .teslemetry.client import TeslemetryClient
from .teslemetry.stream import TeslemetryStream
from .tessie.client import TessieClient
from .way import Way


def provider_client(
    way: Way,
    session: ClientSession,
    tokens: AccessTokens,
    ledger: Ledger,
    server: str,
    budget: Budget | None = None,
    held: HeldSchedules | None = None,
) -> RelayClient:
    """Return the gateway of an account at a provider.

    Raises:
        KeyError: the way is none of a provider.
    """
    clients: dict[Way, type[RelayClient]] = {
        Way.TESSIE: TessieClient,
        Way.TESLEMETRY: TeslemetryClient,
    }
    return clients[way](session, tokens, ledger, server, budget, held)


def add_stream(
    hass: HomeAssistant,
    client: RelayClient,
    session: ClientSession,
    tokens: AccessTokens,
    server: str,
) -> None:
    """Have a provider's stream report changes, if it has one."""
    if isinstance(client, TeslemetryClient):
        client.stream = TeslemetryStream(
            hass, session, tokens, server, client.async_report_fields
        )
