"""What an entry holds while it runs."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import ScoutCoordinator
from .gateways.budget import Budget
from .gateways.fleet_api.client import FleetClient
from .gateways.ledger import Ledger
from .tokens.manager import TokenManager
from .worker.off_peak.manager import OffPeakManager
from .worker.special_charging.manager import SessionManager


@dataclass(kw_only=True)
class ScoutData:
    """The parts of an account that is set up."""

    budget: Budget
    client: FleetClient
    coordinator: ScoutCoordinator
    ledger: Ledger
    off_peak: OffPeakManager
    sessions: SessionManager
    tokens: TokenManager


type ScoutConfigEntry = ConfigEntry[ScoutData]
