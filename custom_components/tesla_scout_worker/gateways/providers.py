"""The gateways of providers, by their way."""

from aiohttp import ClientSession

from .budget import Budget
from .fleet_api.relay import RelayClient
from .fleet_api.transport import AccessTokens
from .held import HeldSchedules
from .ledger import Ledger
from .teslemetry.client import TeslemetryClient
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
