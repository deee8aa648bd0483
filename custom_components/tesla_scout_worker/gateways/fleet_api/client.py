"""Typed calls to Tesla's Fleet API; its errors are mapped to ours."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import VehicleDataEndpoint
from tesla_fleet_api.tesla import VehicleFleet

from homeassistant.util import dt as dt_util

from ..budget import Budget, Purpose, session_purpose
from ..error_map import REJECTIONS, TABLE, Site, Table
from ..errors import (
    BudgetSpentError,
    FleetError,
    KeyNotPairedError,
    OverBudgetError,
    TransientError,
)
from ..gateway import Capabilities, Push
from ..ledger import PRICES, CallKind, Ledger, Prices, kind_of
from ..models import ChargeScheduleOrder, Connectivity, VehicleSnapshot, VehicleSummary
from ..proxy_bill import ProxyBill
from .error_map import map_refusal, mapped_errors, no_answer_error
from .key_file import KeyFileFault, key_file_fault
from .responses import CLIENT_CLOSED_REQUEST, AnswerError
from .transport import AccessTokens, FleetTransport

# All that the Scout reads; a further section costs time, but no money.
READ_ENDPOINTS: Final = (
    VehicleDataEndpoint.CHARGE_STATE,
    VehicleDataEndpoint.DRIVE_STATE,
    VehicleDataEndpoint.LOCATION_DATA,
    VehicleDataEndpoint.CHARGE_SCHEDULE_DATA,
)

# Tesla's largest page of the list of vehicles, and more pages than any account has.
PAGE_SIZE: Final = 100
MOST_PAGES: Final = 20

# A car's refusals that mean that the state is reached already, beside those that hold
# for all commands. Those for an unknown schedule are not documented.
CHARGING_ALREADY: Final = frozenset({"charging", "is_charging"})
SCHEDULE_GONE: Final = frozenset(
    {"not_found", "schedule_not_found", "charge_schedule_not_found"}
)


class CommandRoute(StrEnum):
    """How commands are sent to a car."""

    AUTO = "auto"
    SIGNED = "signed"
    PROXY = "proxy"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSettings:
    """The user's settings for commands."""

    route: CommandRoute = CommandRoute.AUTO
    proxy_url: str | None = None
    proxy_session: ClientSession | None = None
    private_key_path: str | None = None
    # Where the file must be; None: anywhere.
    key_folder: str | None = None


class FleetClient:
    """The gateway of one account: Tesla's own Fleet API."""

    prices: Prices = PRICES
    table: Table = TABLE
    rejections: tuple[str, ...] = REJECTIONS

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        ledger: Ledger,
        server: str,
        commands: CommandSettings,
        on_server: Callable[[str], None] | None,
        budget: Budget | None = None,
    ) -> None:
        """Bind Home Assistant's session, the tokens, the ledger and the server.

        Without a budget nothing is held back. Without ``on_server`` the server is fixed.
        """
        self._ledger = ledger
        self._budget = budget or Budget(ledger=ledger)
        self._commands = commands
        self._transport = FleetTransport(
            session,
            tokens,
            server,
            self._count,
            on_server,
            self._gate,
            self.rejections,
        )
        self._proxy: FleetTransport | None = None
        if commands.proxy_url is not None:
            self._proxy = FleetTransport(
                commands.proxy_session or session,
                tokens,
                commands.proxy_url.rstrip("/"),
                self._count_proxied,
                hold=self._gate_proxied,
            )
        self._proxy_bill = ProxyBill()
        # Whether the last list of cars could be read as a whole: else a car that is not
        # in it may be one of the rows that could not.
        self.list_is_whole = True
        self._requires_signing: dict[str, bool] = {}
        self._signed: dict[str, VehicleFleet[TeslaFleetApi]] = {}
        self._signing_lock = asyncio.Lock()
        self._check_bill: Callable[[], None] = lambda: None
        self._on_disabled: Callable[[], None] = lambda: None

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car: all, and a read is its own answer."""
        return Capabilities()

    def guard_commands(
        self, check_bill: Callable[[], None], on_disabled: Callable[[], None]
    ) -> None:
        """Guard what is sent to cars, beside the budget's gate.

        Args:
            check_bill: Raises ``OverBudgetError`` while the account is disabled.
            on_disabled: Called when Tesla answers that it is.
        """
        self._check_bill, self._on_disabled = check_bill, on_disabled

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Send nothing while the account is disabled; report an answer that it is.

        Raises:
            OverBudgetError: it is.
        """
        self._check_bill()
        try:
            yield
        except OverBudgetError:
            self._on_disabled()
            raise

    @property
    def push(self) -> Push | None:
        """What reports changes by itself: nothing does."""
        return None

    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Poll: return all cars of the account, and whether they can be reached; free.

        Raises:
            TransientError: the list is unreadable, or has no end: half a list is none.
        """
        rows: list[Mapping[str, Any]] = []
        page, following = 0, 1
        # A page that names itself or an earlier one as the next would never end.
        for _ in range(MOST_PAGES):
            if following <= page:
                cars = _summaries(rows)
                self.list_is_whole = len(cars) == len(rows)
                return cars
            page = following
            params = {"page": page, "per_page": PAGE_SIZE}
            async with self._mapped(Site.READ):
                answer = await self._transport.request("api/1/vehicles", params)
            rows.extend(_rows(answer, of_cars=True))
            following = _next_page(answer)
        raise TransientError

    async def async_list_products(self) -> tuple[VehicleSummary, ...]:
        """Return all cars of the account, and whether they require signed commands."""
        async with self._mapped(Site.READ):
            answer = await self._transport.products()
        summaries = _summaries(_rows(answer))
        for summary in summaries:
            self._requires_signing[summary.vin] = bool(summary.requires_signing)
        return summaries

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car: paid. It does not wake a car that sleeps."""
        return VehicleSnapshot.parse(await self._vehicle_data(vin), dt_util.utcnow())

    async def async_read_reported(self, vin: str) -> VehicleSnapshot:
        """Read a car: paid, since nothing is reported."""
        return await self.async_read(vin)

    async def _vehicle_data(self, vin: str) -> Mapping[str, Any]:
        """Return all that the Scout reads of a car."""
        async with self._mapped(Site.READ):
            answer = await self._plain(vin).vehicle_data(list(READ_ENDPOINTS))
        return _response(answer)

    def must_be_woken(self, vin: str) -> bool:
        """Return False: a car that sleeps is not online."""
        return False

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Poll one car: free. It does not wake the car."""
        async with self._mapped(Site.READ):
            answer = await self._plain(vin).vehicle()
        summary = VehicleSummary.parse(_response(answer))
        return None if summary is None else summary.connectivity

    async def async_wake(self, vin: str) -> None:
        """Wake a car: paid. It takes 10 to 60 s; polls show when it is online."""
        with self._guarded():
            async with self._mapped(Site.WAKE):
                await self._plain(vin).wake_up()

    async def async_set_charge_limit(self, vin: str, percent: int) -> None:
        """Set the charge limit, 50 to 100 %; Tesla accepts other values and ignores them."""
        await self._command(vin, lambda car: car.set_charge_limit(percent))

    async def async_set_charging_amps(self, vin: str, amps: int) -> None:
        """Set the charge current, in A; the car limits it to what its port allows."""
        await self._command(vin, lambda car: car.set_charging_amps(amps))

    async def async_start_charging(self, vin: str) -> None:
        """Start charging now, whatever the schedules say."""
        await self._command(vin, lambda car: car.charge_start(), CHARGING_ALREADY)

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging."""
        await self._command(vin, lambda car: car.charge_stop())

    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Add a charge schedule to the car; one with the same id is replaced."""
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
        """Remove a charge schedule from the car; it is a success if it is gone already."""
        await self._command(
            vin, lambda car: car.remove_charge_schedule(schedule_id), SCHEDULE_GONE
        )

    async def _command(
        self,
        vin: str,
        send: Callable[[VehicleFleet[TeslaFleetApi]], Awaitable[Mapping[str, Any]]],
        fulfilled: frozenset[str] = frozenset(),
    ) -> None:
        """Send a command by the car's route.

        Raises:
            RefusedError: the car refused, and why.
            FleetError: any other failure.
        """
        try:
            with self._guarded():
                car, site = await self._routed(vin)
                with self._counted_repeats(vin, site):
                    async with self._mapped(site):
                        answer = await send(car)
                _raise_if_refused(answer, fulfilled)
        except KeyNotPairedError:
            # The car may require signed commands since it was asked last.
            self._requires_signing.pop(vin, None)
            raise

    async def _routed(self, vin: str) -> tuple[VehicleFleet[TeslaFleetApi], Site]:
        """Return the library's car for the route of its commands, and who answers."""
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
            return self._proxy.vehicles.createFleet(vin), Site.PROXY
        if route is CommandRoute.SIGNED:
            return await self._signing(vin), Site.COMMAND
        return self._plain(vin), Site.COMMAND

    async def _signing(self, vin: str) -> VehicleFleet[TeslaFleetApi]:
        """Return the library's car with a signing session; its handshake is done once.

        The handshake comes before the command, so that its failure is not taken for
        that of a command that the car may have executed.
        """
        async with self._signing_lock:
            if vin not in self._signed:
                if not self._transport.has_private_key:
                    await self._load_private_key()
                car = self._transport.vehicles.createSigned(vin)
                async with self._mapped(Site.READ):
                    await car.handshakeInfotainment()
                self._signed[vin] = car
        return self._signed[vin]

    async def _load_private_key(self) -> None:
        """Load the private key; a missing one is not created, since no car knows it."""
        path, folder = self._commands.private_key_path, self._commands.key_folder
        if path is None or not await asyncio.to_thread(Path(path).is_file):
            raise KeyNotPairedError("no_private_key")
        fault = await asyncio.to_thread(
            key_file_fault, Path(path), None if folder is None else Path(folder)
        )
        if fault is KeyFileFault.OUTSIDE:
            raise KeyNotPairedError(fault.value)
        if fault is not None:
            raise KeyNotPairedError("no_usable_private_key")
        async with self._mapped(Site.READ):
            await self._transport.get_private_key(path)

    def _mapped(self, site: Site) -> AbstractAsyncContextManager[None]:
        """Map errors of the network and the library to ours."""
        return mapped_errors(site, self.table)

    def _plain(self, vin: str) -> VehicleFleet[TeslaFleetApi]:
        """Return the library's car for plain REST."""
        return self._transport.vehicles.createFleet(vin)

    @contextmanager
    def _gate(self, path: str) -> Iterator[None]:
        """Check a request against the budget, and count it as spent until its answer.

        Raises:
            BudgetSpentError: it costs more than is left, or than this caller may spend.
        """
        kind = kind_of(path)
        if not self._budget.allows(kind, dt_util.utcnow()):
            raise BudgetSpentError
        with self._budget.in_flight_call(kind):
            yield

    def _count(self, path: str, status: int) -> None:
        """Count a request in the ledger."""
        self._ledger.count(kind_of(path), status, dt_util.utcnow())

    @contextmanager
    def _gate_proxied(self, path: str) -> Iterator[None]:
        """Check a command by the proxy against the budget, by what it may cost.

        What undoes a session must not wait for money that it most likely does not take.

        Raises:
            BudgetSpentError: it may cost more than is left, or than this caller may
                spend.
        """
        kind, vin = kind_of(path), _vin_in(path)
        undoing = session_purpose() is Purpose.UNDOING
        bill = self._proxy_bill
        calls = bill.usual(vin) if undoing else bill.worst(vin)
        if not self._budget.allows(kind, dt_util.utcnow(), calls):
            raise BudgetSpentError
        with self._budget.in_flight_call(kind, calls):
            yield

    def _count_proxied(self, path: str, status: int) -> None:
        """Count the requests of the proxy, whose 500 may hide a billed 408 of Tesla."""
        now, vin = dt_util.utcnow(), _vin_in(path)
        if status == CLIENT_CLOSED_REQUEST:
            calls = self._proxy_bill.lost(vin)
        else:
            calls = self._proxy_bill.answered(vin, status, now)
        self._ledger.count(kind_of(path), CLIENT_CLOSED_REQUEST, now, calls)

    @contextmanager
    def _counted_repeats(self, vin: str, site: Site) -> Iterator[None]:
        """Count the requests that the words of a failed command by the proxy stand for."""
        try:
            yield
        except FleetError as err:
            if site is Site.PROXY and isinstance(err.__cause__, AnswerError):
                now, words = dt_util.utcnow(), err.__cause__.answer.words
                calls = self._proxy_bill.failed(vin, words, now)
                self._ledger.count(CallKind.COMMAND, CLIENT_CLOSED_REQUEST, now, calls)
            raise


def _vin_in(path: str) -> str:
    """Return the VIN in the path of a command."""
    return path.partition("vehicles/")[2].partition("/")[0]


def _response(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the ``response`` object of an answer.

    Raises:
        TransientError: there is none.
    """
    response = answer.get("response")
    if not isinstance(response, Mapping):
        raise no_answer_error(command=False)
    return response


def _raise_if_refused(answer: Mapping[str, Any], fulfilled: frozenset[str]) -> None:
    """Check that a command was executed, or was not needed.

    Raises:
        MaybeExecutedError: the answer does not say.
        RefusedError: the car refused.
    """
    response = answer.get("response")
    result = response.get("result") if isinstance(response, Mapping) else None
    if not isinstance(response, Mapping) or not isinstance(result, bool):
        raise no_answer_error(command=True)
    if result:
        return
    error = map_refusal(str(response.get("reason") or ""), fulfilled)
    if error is not None:
        raise error


def _rows(
    answer: Mapping[str, Any], *, of_cars: bool = False
) -> list[Mapping[str, Any]]:
    """Return the rows of a list answer; a row that is no object is an empty one.

    Of a list of products it is left out: what is no car does not matter there.

    Raises:
        TransientError: there is no list.
    """
    rows = answer.get("response")
    if not isinstance(rows, list):
        raise no_answer_error(command=False)
    if of_cars:
        return [row if isinstance(row, Mapping) else {} for row in rows]
    return [row for row in rows if isinstance(row, Mapping)]


def _next_page(answer: Mapping[str, Any]) -> int:
    """Return the number of the next page, 0 if there is none."""
    pagination = answer.get("pagination")
    following = pagination.get("next") if isinstance(pagination, Mapping) else None
    return following if isinstance(following, int) else 0


def _summaries(rows: list[Mapping[str, Any]]) -> tuple[VehicleSummary, ...]:
    """Return the cars among the rows; an account may have home batteries too."""
    parsed = (VehicleSummary.parse(row) for row in rows)
    return tuple(summary for summary in parsed if summary is not None)
