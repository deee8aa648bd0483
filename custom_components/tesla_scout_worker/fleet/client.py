"""Typed calls to Tesla: the one place where its errors become ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import VehicleDataEndpoint
from tesla_fleet_api.exceptions import (
    DeviceUnexpectedResponse,
    Forbidden,
    InvalidRegion,
    LibraryError,
    Locked,
    NotOnWhitelistFault,
    PaymentRequired,
    PreconditionFailed,
    RateLimited,
    ResponseError,
    ServiceUnavailable,
    TeslaFleetError,
    TeslaFleetMessageFaultBusy,
    TeslaFleetMessageFaultTimeout,
    TeslaFleetMessageFaultUnknownKeyId,
    VehicleOffline,
)
from tesla_fleet_api.tesla import VehicleFleet

from homeassistant.util import dt as dt_util

from .errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    MaybeExecutedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
    SignedOutError,
    TransientError,
)
from .ledger import Ledger, kind_of
from .models import Connectivity, Position, VehicleSnapshot, VehicleSummary
from .wire import UNAUTHORIZED, AccessTokens, FleetWire

# All that the Scout reads; each further section costs the car time, none money.
LOOK_ENDPOINTS: Final = (
    VehicleDataEndpoint.CHARGE_STATE,
    VehicleDataEndpoint.DRIVE_STATE,
    VehicleDataEndpoint.LOCATION_DATA,
    VehicleDataEndpoint.CHARGE_SCHEDULE_DATA,
)

# Tesla's largest page of the list of vehicles.
PAGE_SIZE: Final = 100

# Refusals that say that the wish is fulfilled (as Home Assistant's own takes them).
FULFILLED: Final = ("already_set", "not_charging", "requested")

# Tesla names no time in some of its 429 answers; a 429 is billed, so this is generous.
DEFAULT_RETRY_AFTER: Final = timedelta(minutes=5)

# Words by which a car or Tesla says that it takes signed commands only.
UNSIGNED_WORDS: Final = ("unsigned_cmds_hardlocked", "command protocol required")

# No answer, or a body that is not of the shape that Tesla documents.
UNREADABLE: Final = (
    ClientError,
    TimeoutError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)

# Bits of the weekday mask, with the only short names that Tesla's proxy accepts.
WEEKDAYS: Final = ("Sun", "Mon", "Tues", "Wed", "Thurs", "Fri", "Sat")


class CommandRoute(StrEnum):
    """How commands travel to a car."""

    AUTO = "auto"
    SIGNED = "signed"
    PROXY = "proxy"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeScheduleOrder:
    """A charge schedule to put into a car; the end is always enabled.

    ``days_of_week`` is the car's bitmask (Sunday 1), times are minutes into the day
    in the car's local time, 0 to 1439. The id is ours: the car hands out none.
    """

    id: int
    days_of_week: int
    start_time: int
    end_time: int
    one_time: bool
    position: Position

    @property
    def day_names(self) -> str:
        """The days as text, which every route understands."""
        names = [
            day for bit, day in enumerate(WEEKDAYS) if self.days_of_week >> bit & 1
        ]
        return ",".join(names)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSettings:
    """What the user set up for commands."""

    route: CommandRoute = CommandRoute.AUTO
    proxy_url: str | None = None
    proxy_session: ClientSession | None = None
    private_key_path: str | None = None


class FleetClient:
    """One account's calls; every method raises ``FleetError`` and nothing else."""

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        ledger: Ledger,
        server: str,
        commands: CommandSettings,
        on_server: Callable[[str], None],
    ) -> None:
        """Bind Home Assistant's session, the tokens, the ledger and the server."""
        self._ledger = ledger
        self._commands = commands
        self._wire = FleetWire(session, tokens, server, self._count, on_server)
        self._proxy: FleetWire | None = None
        if commands.proxy_url is not None:
            self._proxy = FleetWire(
                commands.proxy_session or session,
                tokens,
                commands.proxy_url.rstrip("/"),
                self._count,
            )
        self._requires_signing: dict[str, bool] = {}
        self._signed: dict[str, VehicleFleet[TeslaFleetApi]] = {}

    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Return all cars of the account and how they can be reached: free."""
        rows: list[Mapping[str, Any]] = []
        page: int | None = 1
        while page is not None:
            params = {"page": page, "per_page": PAGE_SIZE}
            async with mapped_errors():
                answer = await self._wire.request("api/1/vehicles", params)
                rows.extend(_rows(answer))
            page = (answer.get("pagination") or {}).get("next")
        return _summaries(rows)

    async def async_list_products(self) -> tuple[VehicleSummary, ...]:
        """Return all cars of the account, with whether they want signed commands."""
        async with mapped_errors():
            summaries = _summaries(_rows(await self._wire.products()))
        for summary in summaries:
            self._requires_signing[summary.vin] = bool(summary.requires_signing)
        return summaries

    async def async_look(self, vin: str) -> VehicleSnapshot:
        """Take one paid look at a car; it does not wake one that sleeps."""
        async with mapped_errors():
            answer = await self._plain(vin).vehicle_data(list(LOOK_ENDPOINTS))
            return VehicleSnapshot.parse(answer["response"], dt_util.utcnow())

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Return whether Tesla reaches a car right now: free, and wakes nothing."""
        async with mapped_errors():
            answer = await self._plain(vin).vehicle()
            summary = VehicleSummary.parse(answer["response"])
        return None if summary is None else summary.connectivity

    async def async_wake(self, vin: str) -> None:
        """Ask a car to wake; it takes 10 to 60 s, and only the free state tells."""
        async with mapped_errors():
            await self._plain(vin).wake_up()

    async def async_set_charge_limit(self, vin: str, percent: int) -> None:
        """Set the charge limit, 50 to 100 %; Tesla says yes to others and does nothing."""
        await self._command(vin, lambda car: car.set_charge_limit(percent))

    async def async_set_charging_amps(self, vin: str, amps: int) -> None:
        """Set the current that the car asks for, in ampere."""
        await self._command(vin, lambda car: car.set_charging_amps(amps))

    async def async_start_charging(self, vin: str) -> None:
        """Start charging now, whatever the schedules say."""
        await self._command(
            vin, lambda car: car.charge_start(), "charging", "is_charging"
        )

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging."""
        await self._command(vin, lambda car: car.charge_stop())

    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Put a charge schedule into the car; one with the same id is replaced."""
        await self._command(
            vin,
            lambda car: car.add_charge_schedule(
                days_of_week=order.day_names,
                enabled=True,
                lat=order.position.latitude,
                lon=order.position.longitude,
                start_time=order.start_time,
                end_time=order.end_time,
                one_time=order.one_time,
                id=order.id,
            ),
        )

    async def async_remove_charge_schedule(self, vin: str, schedule_id: int) -> None:
        """Take a charge schedule out of the car; one that is gone is a success."""
        await self._command(
            vin, lambda car: car.remove_charge_schedule(schedule_id), "not found"
        )

    async def _command(
        self,
        vin: str,
        send: Callable[[VehicleFleet[TeslaFleetApi]], Awaitable[Mapping[str, Any]]],
        *fulfilled: str,
    ) -> None:
        """Send a command by the car's route; a refusal raises with its reason."""
        car = await self._routed(vin)
        async with mapped_errors(command=True):
            answer = (await send(car))["response"]
            if answer["result"]:
                return
            reason = str(answer.get("reason") or "unknown")
        if any(word in reason for word in (*FULFILLED, *fulfilled)):
            return
        if any(word in reason for word in UNSIGNED_WORDS):
            raise KeyNotPairedError(reason)
        raise RefusedError(reason)

    async def _routed(self, vin: str) -> VehicleFleet[TeslaFleetApi]:
        """Return the car as the route of its commands wants it."""
        route = self._commands.route
        if route is CommandRoute.AUTO:
            if vin not in self._requires_signing:
                await self.async_list_products()
            if not self._requires_signing.get(vin):
                route = CommandRoute.PLAIN
            elif self._proxy is not None:
                route = CommandRoute.PROXY
            else:
                route = CommandRoute.SIGNED
        if route is CommandRoute.PROXY and self._proxy is not None:
            return self._proxy.vehicles.createFleet(vin)
        if route is CommandRoute.SIGNED:
            return await self._signing(vin)
        return self._plain(vin)

    async def _signing(self, vin: str) -> VehicleFleet[TeslaFleetApi]:
        """Return the car with its signing session, which a handshake has paid for."""
        if vin not in self._signed:
            if not self._wire.has_private_key:
                await self._load_private_key()
            self._signed[vin] = self._wire.vehicles.createSigned(vin)
        return self._signed[vin]

    async def _load_private_key(self) -> None:
        """Load the key; one that is not there is not made up, since no car knows it."""
        path = self._commands.private_key_path
        if path is None or not await asyncio.to_thread(Path(path).is_file):
            raise KeyNotPairedError("no_private_key")
        async with mapped_errors():
            await self._wire.get_private_key(path)

    def _plain(self, vin: str) -> VehicleFleet[TeslaFleetApi]:
        """Return the car as plain REST has it."""
        return self._wire.vehicles.createFleet(vin)

    def _count(self, path: str, status: int) -> None:
        """Enter an answer into the ledger."""
        self._ledger.count(kind_of(path), status, dt_util.utcnow())


def _rows(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a list answer."""
    return [row for row in answer["response"] if isinstance(row, Mapping)]


def _summaries(rows: list[Mapping[str, Any]]) -> tuple[VehicleSummary, ...]:
    """Return the cars among the rows; an account may hold batteries and walls too."""
    parsed = (VehicleSummary.parse(row) for row in rows)
    return tuple(summary for summary in parsed if summary is not None)


@asynccontextmanager
async def mapped_errors(*, command: bool = False) -> AsyncIterator[None]:
    """Turn whatever the library, the network or a strange body raises into ours."""
    try:
        yield
    except FleetError:
        raise
    except TeslaFleetError as err:
        raise map_error(err, command=command) from err
    except LibraryError as err:
        raise KeyNotPairedError("no_usable_private_key") from err
    except UNREADABLE as err:
        raise _lost(command) from err


def _lost(command: bool) -> TransientError:
    """Return the error for an answer that did not arrive, or made no sense."""
    return MaybeExecutedError() if command else TransientError()


def map_error(err: TeslaFleetError, *, command: bool) -> FleetError:
    """Return our error for one of the library's, which is a BaseException."""
    status = err.status or 0
    text = _text_of(err)
    match err:
        case VehicleOffline():
            return CarAsleepError()
        case RateLimited():
            return RateLimitedError(_retry_after(err))
        case PaymentRequired():
            return OverBudgetError()
        case Forbidden() if "EXCEEDED_LIMIT" in text or "account disabled" in text:
            return OverBudgetError()
        case Forbidden() if "command protocol" in text.lower():
            return KeyNotPairedError("command protocol required")
        case NotOnWhitelistFault() | TeslaFleetMessageFaultUnknownKeyId():
            return KeyNotPairedError("key_not_on_whitelist")
        case PreconditionFailed() | InvalidRegion():
            return NotRegisteredError(text or err.message)
        case TeslaFleetMessageFaultBusy() | TeslaFleetMessageFaultTimeout():
            return TransientError()
        case ServiceUnavailable():
            return TransientError()
        case ResponseError() | DeviceUnexpectedResponse():
            return _lost(command)
        case _ if isinstance(err, UNAUTHORIZED):
            return SignedOutError()
        case _ if status >= 500:
            if "vehicle unavailable" in text:
                # Tesla's proxy answers so for a car that sleeps.
                return CarAsleepError()
            return _lost(command)
        case Locked():
            return RefusedError("account locked")
    return RefusedError(text or err.message)


def _text_of(err: TeslaFleetError) -> str:
    """Return what Tesla said, which holds its reason and no secret."""
    if isinstance(err.data, Mapping):
        parts = (err.data.get("error"), err.data.get("error_description"))
        return ": ".join(str(part) for part in parts if part)
    return ""


def _retry_after(err: RateLimited) -> timedelta:
    """Return the pause that Tesla asks for, by either of its headers, in seconds."""
    data = err.data if isinstance(err.data, Mapping) else {}
    for key in ("after", "reset"):
        try:
            seconds = float(data.get(key) or 0)
        except ValueError:
            continue
        if seconds > 0:
            return timedelta(seconds=seconds)
    return DEFAULT_RETRY_AFTER
