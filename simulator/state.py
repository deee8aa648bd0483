"""The state of the simulated cloud, shared by its servers."""

import asyncio
from dataclasses import dataclass, field

from .auth import Auth
from .billing import Billing, RateLimiter
from .car import Car
from .clock import Clock
from .faults import Faults
from .records import Request
from .settings import CloudSettings, Region
from .signing import VehicleSide


@dataclass(kw_only=True)
class CloudState:
    """The state of the cloud.

    Attributes:
        clock: Of the cars and of billing.
        auth_clock: Of tokens and signing sessions.
        cars: By VIN.
        vehicle_sides: The cars' side of the command protocol, by VIN.
        base_urls: The Fleet API's address by region, once it has started.
        public_keys: The public keys of partner domains: 65-byte P-256 points by domain.
        public_key_pages: What a domain answers instead of its public key: a status and
            a text, by domain.
        taken_keys: Public keys that an application of somebody else registered.
        registered: The regions and domains that the application registered.
        stopping: Set when the cloud stops, which ends every wait.
    """

    settings: CloudSettings
    clock: Clock
    auth_clock: Clock
    auth: Auth
    billing: Billing
    limiter: RateLimiter
    cars: dict[str, Car]
    vehicle_sides: dict[str, VehicleSide]
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    base_urls: dict[Region, str] = field(default_factory=dict)
    public_keys: dict[str, bytes] = field(default_factory=dict)
    public_key_pages: dict[str, tuple[int, str]] = field(default_factory=dict)
    taken_keys: set[bytes] = field(default_factory=set)
    registered: set[tuple[Region, str]] = field(default_factory=set)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Wait in real time, at most until the cloud stops."""
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return
