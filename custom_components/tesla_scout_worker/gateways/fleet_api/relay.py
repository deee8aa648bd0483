"""The Fleet API through a provider: its server signs, and finds the region.

The requests are Tesla's own, at another address and with the provider's key.
"""

from aiohttp import ClientSession

from ..budget import Budget
from ..ledger import Ledger
from ..models import VehicleSnapshot
from .client import CommandRoute, CommandSettings, FleetClient
from .transport import AccessTokens


class RelayClient(FleetClient):
    """The gateway of one account at a provider."""

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        ledger: Ledger,
        server: str,
        budget: Budget | None = None,
    ) -> None:
        """Bind Home Assistant's session, the provider's key, the ledger and the server.

        Without a budget nothing is held back.
        """
        commands = CommandSettings(route=CommandRoute.PLAIN)
        super().__init__(session, tokens, ledger, server, commands, None, budget)
        # Whether an answer of each car has had its list of schedules.
        self._lists_schedules: dict[str, bool] = {}

    def _note_schedules(self, vin: str, snapshot: VehicleSnapshot) -> None:
        """Note whether a car's answers have its list of schedules; one is enough."""
        known = self._lists_schedules.get(vin, False)
        self._lists_schedules[vin] = known or snapshot.schedules is not None
