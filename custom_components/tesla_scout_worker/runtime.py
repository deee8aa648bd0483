"""What an entry holds while it runs."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import ScoutCoordinator
from .fleet.budget import Budget
from .fleet.client import FleetClient
from .fleet.ledger import Ledger
from .fleet.tokens import TokenManager
from .off_peak import OffPeakKeeper
from .sessions import SessionKeeper


@dataclass(kw_only=True)
class ScoutData:
    """The parts of an account that is set up."""

    budget: Budget
    client: FleetClient
    coordinator: ScoutCoordinator
    ledger: Ledger
    off_peak: OffPeakKeeper
    sessions: SessionKeeper
    tokens: TokenManager


type ScoutConfigEntry = ConfigEntry[ScoutData]
