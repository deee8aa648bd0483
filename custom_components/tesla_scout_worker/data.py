"""Runtime data of a config entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import ScoutCoordinator
from .gateways.budget import Budget
from .gateways.gateway import Gateway
from .gateways.ledger import Ledger
from .storage.store import ScoutStore
from .tokens.manager import TokenManager
from .tokens.sign_in import SignIn
from .worker.manager import Worker
from .worker.overrides import OverrideRequests
from .worker.repeats import RepeatRequests
from .worker.sessions import SessionRequests


@dataclass(kw_only=True)
class ScoutData:
    """The objects of a loaded account."""

    budget: Budget
    client: Gateway
    coordinator: ScoutCoordinator
    ledger: Ledger
    overrides: OverrideRequests
    repeats: RepeatRequests
    sessions: SessionRequests
    sign_in: SignIn
    store: ScoutStore
    worker: Worker

    @property
    def tokens(self) -> TokenManager | None:
        """The owner of the refresh token; None: the sign-in has none."""
        return self.sign_in if isinstance(self.sign_in, TokenManager) else None


type ScoutConfigEntry = ConfigEntry[ScoutData]
