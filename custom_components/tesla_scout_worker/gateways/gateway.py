"""A way to cars: what it can do, what its calls cost, and how it is called.

Whoever decides asks for capabilities and prices, never for a gateway's name or class.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .ledger import Prices
from .models import ChargeScheduleOrder, Connectivity, VehicleSnapshot, VehicleSummary


class Capability(StrEnum):
    """What a gateway may be able to do with a car; a field of ``Capabilities`` each."""

    SCHEDULES = "schedules"
    LIMIT = "limit"
    START_STOP = "start_stop"
    AMPS = "amps"
    WAKE = "wake"
    LOCATION = "location"
    PUSH = "push"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a gateway can do with one car.

    Attributes:
        schedules: Write charge schedules into the car, and read them back. Without that
            Home Assistant starts and stops the charge.
        limit: Set the charge limit.
        start_stop: Start and stop a charge.
        amps: Set the charge current.
        wake: Wake the car.
        location: Read where the car is.
        push: Report changes by itself.
        cached: A read is answered from a memory, not by the car: it wakes nothing and
            keeps nothing awake, and is worth what its time says.
        write_only: Schedules are written into the car, and cannot be read back: it
            charges by them, and Home Assistant starts and stops the charge besides.
        energy: A read tells how much was charged since the car was plugged in.
    """

    schedules: bool = True
    limit: bool = True
    start_stop: bool = True
    amps: bool = True
    wake: bool = True
    location: bool = True
    push: bool = False
    cached: bool = False
    write_only: bool = False
    energy: bool = True

    def has(self, capability: Capability) -> bool:
        """Return whether the gateway can do something with the car."""
        can: bool = getattr(self, capability)
        return can

    @property
    def missing(self) -> tuple[Capability, ...]:
        """What the gateway cannot do with the car."""
        return tuple(item for item in Capability if not self.has(item))


class Push(Protocol):
    """What reports changes of cars by itself."""

    def covers(self, vin: str) -> bool:
        """Return whether changes of a car are reported."""

    def async_listen(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Call ``changed`` with the VIN of a car that changed, until the result is called."""


class Gateway(Protocol):
    """The calls of one account; every method raises ``FleetError`` and nothing else.

    A method whose capability is missing raises ``RefusedError``.
    """

    @property
    def prices(self) -> Prices:
        """What a call of each kind costs, in US dollars; zero where a subscription pays."""

    @property
    def push(self) -> Push | None:
        """What reports changes by itself; None: nothing does."""

    @property
    def list_is_whole(self) -> bool:
        """Whether the last list of cars could be read as a whole.

        Else a car that is not in it may be one of the rows that could not.
        """

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car."""

    def guard_commands(
        self, check_bill: Callable[[], None], on_disabled: Callable[[], None]
    ) -> None:
        """Guard what is sent to cars, beside the budget.

        Args:
            check_bill: Raises ``OverBudgetError`` while the account is disabled.
            on_disabled: Called when an answer says that it is.
        """

    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Poll: return all cars, and whether they can be reached; free."""

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Poll one car: free. It does not wake the car."""

    def must_be_woken(self, vin: str) -> bool:
        """Return whether a car sleeps that can be read, and takes no command before a wake."""

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car; ``seen_at`` is the time that the answer is of. It wakes no car."""

    async def async_read_reported(self, vin: str) -> VehicleSnapshot:
        """Return a car as ``push`` reported it: free."""

    async def async_wake(self, vin: str) -> None:
        """Wake a car. Polls show when it is online."""

    async def async_set_charge_limit(self, vin: str, percent: int) -> None:
        """Set the charge limit, 50 to 100 %."""

    async def async_set_charging_amps(self, vin: str, amps: int) -> None:
        """Set the charge current, in A."""

    async def async_start_charging(self, vin: str) -> None:
        """Start charging now, whatever the schedules say."""

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging."""

    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Add a charge schedule to the car; one with the same id is replaced."""

    async def async_remove_charge_schedule(self, vin: str, schedule_id: int) -> None:
        """Remove a charge schedule from the car; it is a success if it is gone already."""
