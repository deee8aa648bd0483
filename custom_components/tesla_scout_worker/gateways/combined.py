"""Two ways to one car: an account, and the entities of another integration beside it.

One of them reports what changes, or commands; the account does the rest. So the car has
one Worker, one ledger and one record, whichever way a command goes.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.util import dt as dt_util

from .entities.gateway import NO_CABLE, EntityGateway
from .entities.parts import EntityCar
from .errors import CarWakingError, FleetError, MaybeExecutedError, RefusedError
from .gateway import Capabilities, Capability, Gateway, Push
from .ledger import Prices
from .models import ChargeScheduleOrder, Connectivity, VehicleSnapshot, VehicleSummary

# A command that is repeated within this time had no effect by the entities.
REPEATED: Final = timedelta(minutes=15)

# Names in the entry data.
CONF_READS: Final = "reads"
CONF_COMMANDS: Final = "commands"


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondWay:
    """The entities beside an account, for one car.

    Attributes:
        car: The car and its entities.
        reads: Whether they report what changes.
        commands: Whether commands go to them first.
    """

    car: EntityCar
    reads: bool
    commands: bool

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the second way in the data of an entry."""
        return cls(
            car=EntityCar.of(data),
            reads=data[CONF_READS],
            commands=data[CONF_COMMANDS],
        )

    def as_data(self) -> dict[str, Any]:
        """Return the second way as the data of an entry."""
        return {
            CONF_READS: self.reads,
            CONF_COMMANDS: self.commands,
            **self.car.as_data(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """A second way, and the gateway of its entities."""

    way: SecondWay
    gateway: EntityGateway


class CombinedGateway:
    """The calls of an account; every method raises ``FleetError`` and nothing else."""

    def __init__(self, account: Gateway, seconds: Mapping[str, Second]) -> None:
        """Bind the account, and the second ways by VIN."""
        self._account = account
        self.seconds = seconds
        # What was last commanded by the entities, and when, by VIN.
        self._commanded: dict[tuple[str, Capability], tuple[object, datetime]] = {}
        # The last answers of the account for cars that entities report.
        self._reads: dict[str, VehicleSnapshot] = {}

    @property
    def prices(self) -> Prices:
        """What a call of the account costs; the entities cost nothing here."""
        return self._account.prices

    @property
    def push(self) -> Push | None:
        """What reports changes: the account, and entities that do."""
        reporting = [
            second.gateway.push for second in self.seconds.values() if second.way.reads
        ]
        if (push := self._account.push) is not None:
            reporting.append(push)
        return _Pushes(reporting) if reporting else None

    @property
    def list_is_whole(self) -> bool:
        """Whether the last list of cars could be read as a whole."""
        return self._account.list_is_whole

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car by one of the ways.

        What the entities alone can do ends where they do, such as at the reach of a key
        at home: it is tried again like any other command.
        """
        can = self._account.capabilities(vin)
        if (second := self.seconds.get(vin)) is None:
            return can
        also, commands = second.gateway.capabilities(vin), second.way.commands
        return replace(
            can,
            limit=can.limit or (commands and also.limit),
            start_stop=can.start_stop or (commands and also.start_stop),
            amps=can.amps or (commands and also.amps),
            wake=can.wake or (commands and also.wake),
            push=can.push or second.way.reads,
        )

    def guard_commands(
        self, check_bill: Callable[[], None], on_disabled: Callable[[], None]
    ) -> None:
        """Guard what the account sends to cars."""
        self._account.guard_commands(check_bill, on_disabled)

    # Reading.

    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Return the cars of the account."""
        return await self._account.async_list_vehicles()

    def must_be_woken(self, vin: str) -> bool:
        """Return whether a car sleeps that the account can read."""
        return self._account.must_be_woken(vin)

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Poll one car by the account."""
        connectivity = await self._account.async_connectivity(vin)
        if connectivity is Connectivity.ONLINE and (second := self.seconds.get(vin)):
            second.gateway.note_awake()
        return connectivity

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car by the account, which knows its schedules."""
        snapshot = await self._account.async_read(vin)
        if vin in self.seconds:
            self._reads[vin] = snapshot
        return snapshot

    async def async_read_reported(self, vin: str) -> VehicleSnapshot:
        """Return a car as its entities or the account report it: free.

        Entities do not list the car's schedules: those of the last read are kept. A car
        that was not read yet is read.
        """
        second = self.seconds.get(vin)
        if second is None or not second.way.reads:
            return await self._account.async_read_reported(vin)
        if (last := self._reads.get(vin)) is None:
            return await self.async_read(vin)
        reported = await second.gateway.async_read_reported(vin)
        payload = dict(reported.payload)
        payload["charge_schedule_data"] = last.payload.get("charge_schedule_data", {})
        return VehicleSnapshot.parse(payload, reported.seen_at).with_schedules_of(
            last.schedules_at or last.seen_at
        )

    # Commands.

    async def async_wake(self, vin: str) -> None:
        """Wake a car."""
        await self._async_command(
            vin, Capability.WAKE, None, lambda way: way.async_wake(vin)
        )

    async def async_set_charge_limit(self, vin: str, percent: int) -> None:
        """Set the charge limit."""
        await self._async_command(
            vin,
            Capability.LIMIT,
            percent,
            lambda way: way.async_set_charge_limit(vin, percent),
        )

    async def async_set_charging_amps(self, vin: str, amps: int) -> None:
        """Set the charge current, in A."""
        await self._async_command(
            vin,
            Capability.AMPS,
            amps,
            lambda way: way.async_set_charging_amps(vin, amps),
        )

    async def async_start_charging(self, vin: str) -> None:
        """Start charging."""
        await self._async_command(
            vin,
            Capability.START_STOP,
            True,
            lambda way: way.async_start_charging(vin),
        )

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging."""
        await self._async_command(
            vin,
            Capability.START_STOP,
            False,
            lambda way: way.async_stop_charging(vin),
        )

    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Add a charge schedule by the account, which reads it back."""
        await self._account.async_add_charge_schedule(vin, order)

    async def async_remove_charge_schedule(self, vin: str, schedule_id: int) -> None:
        """Remove a charge schedule by the account."""
        await self._account.async_remove_charge_schedule(vin, schedule_id)

    async def _async_command(
        self,
        vin: str,
        capability: Capability,
        value: object,
        send: Callable[[Gateway], Awaitable[None]],
    ) -> None:
        """Send a command by the entities if they can, or else by the account.

        A command that had no effect by the entities is repeated by the account.
        """
        second = self.seconds.get(vin)
        if (
            second is None
            or not second.way.commands
            or not second.gateway.capabilities(vin).has(capability)
            or self._had_no_effect(vin, capability, value)
        ):
            await self._async_by_account(vin, capability, send)
            return
        try:
            await send(second.gateway)
        except FleetError as err:
            # What may have been executed is seen by a read. Without a cable nobody can,
            # and a car that is waking hears the account no sooner.
            no_cable = isinstance(err, RefusedError) and err.reason == NO_CABLE
            waits = isinstance(err, (MaybeExecutedError, CarWakingError))
            able = self._account.capabilities(vin).has(capability)
            if waits or no_cable or not able:
                raise
        else:
            self._commanded[vin, capability] = (value, dt_util.utcnow())
            return
        await self._async_by_account(vin, capability, send)

    def _had_no_effect(self, vin: str, capability: Capability, value: object) -> bool:
        """Return whether the same was commanded by the entities a while ago."""
        if not self._account.capabilities(vin).has(capability):
            return False
        last = self._commanded.get((vin, capability))
        if last is None or last[0] != value:
            return False
        return dt_util.utcnow() - last[1] < REPEATED

    async def _async_by_account(
        self,
        vin: str,
        capability: Capability,
        send: Callable[[Gateway], Awaitable[None]],
    ) -> None:
        """Send a command by the account; the next one goes to the entities again."""
        self._commanded.pop((vin, capability), None)
        await send(self._account)


class _Pushes:
    """Several that report changes, as one."""

    def __init__(self, reporting: list[Push]) -> None:
        """Bind them."""
        self._reporting = reporting

    def covers(self, vin: str) -> bool:
        """Return whether one of them reports a car."""
        return any(push.covers(vin) for push in self._reporting)

    def async_listen(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Call ``changed`` with the VIN of a car that changed, until the result is called."""
        stops = [push.async_listen(changed) for push in self._reporting]

        def stop() -> None:
            """Listen no longer."""
            for each in stops:
                each()

        return stop
