"""Teslemetry's stream of changes: server-sent events, listened to without an end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import json
from typing import Any, Final, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ...const import LOGGER
from ..errors import FleetError
from .reports import CarReport, created_at, state_of

# A line comes at least this often, if only to keep the connection open.
SILENCE: Final = 60.0

# Between two tries to connect; doubled each time.
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)

# A line of an event is far shorter.
LONGEST_LINE: Final = 100_000


class Key(Protocol):
    """Provides the key of the account."""

    async def async_access_token(self) -> str:
        """Return the key."""


class TeslemetryStream:
    """Listens to the changes of an account's cars.

    Attributes:
        cars: The VINs of the account.
        reports: The last read of each car, with what was reported since.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        session: ClientSession,
        key: Key,
        server: str,
        configure: Callable[[str], Awaitable[None]],
    ) -> None:
        """Bind the server; ``configure`` has a car report what is listened to."""
        self._hass = hass
        self._session = session
        self._key = key
        self._server = server
        self._configure = configure
        self._configured: set[str] = set()
        self._changed: Callable[[str], None] = lambda vin: None
        self._task: asyncio.Task[None] | None = None
        self._stop_timer: CALLBACK_TYPE | None = None
        self._failures = 0
        self.connected = False
        self.cars: set[str] = set()
        self.reports: dict[str, CarReport] = {}

    def covers(self, vin: str) -> bool:
        """Return whether it is a car of the account: all of them report."""
        return True

    @callback
    def async_listen(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Listen, and call ``changed`` with a VIN, until the result is called."""
        self._changed = changed
        self._start()

        @callback
        def stop(_event: Event | None = None) -> None:
            """Listen no longer."""
            if self._stop_timer is not None:
                self._stop_timer()
                self._stop_timer = None
            if self._task is not None:
                self._task.cancel()
                self._task = None
            self.connected = False

        at_stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop)

        @callback
        def stop_all() -> None:
            """Listen neither to the stream nor for the end."""
            at_stop()
            stop()

        return stop_all

    @callback
    def _start(self, _now: datetime | None = None) -> None:
        """Connect. The task is our own: nobody waits for what has no end."""
        self._stop_timer = None
        self._task = asyncio.create_task(self._async_run())

    async def _async_run(self) -> None:
        """Listen until the stream ends, and connect again after a pause."""
        try:
            await self._async_receive()
        except (ClientError, TimeoutError, FleetError, ValueError) as err:
            LOGGER.debug("The stream ended: %s", type(err).__name__)
        if self.connected:
            self._failures = 0
        self.connected = False
        pause = min(FIRST_PAUSE * 2 ** min(self._failures, 10), LONGEST_PAUSE)
        self._failures += 1
        job = HassJob(self._start, "connecting to a stream", cancel_on_shutdown=True)
        self._stop_timer = async_call_later(self._hass, pause, job)

    async def _async_receive(self) -> None:
        """Receive events until the stream ends."""
        key = await self._key.async_access_token()
        async with self._session.get(
            f"{self._server}/sse",
            params={"topics": "state,data"},
            headers={"Authorization": f"Bearer {key}"},
            timeout=ClientTimeout(total=None, sock_connect=30, sock_read=SILENCE),
            allow_redirects=False,
            raise_for_status=True,
        ) as response:
            self.connected = True
            await self._async_configure()
            async for line in response.content:
                if len(line) > LONGEST_LINE:
                    continue
                name, _, value = line.decode("utf-8", "replace").partition(":")
                if name == "data":
                    self._take(json.loads(value))

    async def _async_configure(self) -> None:
        """Have the cars report what is listened to; once for each car."""
        for vin in self.cars - self._configured:
            try:
                await self._configure(vin)
            except FleetError as err:
                LOGGER.debug("The fields of a car are unchanged: %s", err)
            else:
                self._configured.add(vin)

    def _take(self, event: Any) -> None:
        """Take an event: what a car reports, or that it woke or fell asleep."""
        if not isinstance(event, dict) or (vin := event.get("vin")) not in self.cars:
            return
        at, data = created_at(event), event.get("data")
        report = self.reports.get(vin)
        if state_of(event) is not None:
            self._changed(vin)
        elif at is not None and report is not None and isinstance(data, dict):
            if report.add(data, min(at, dt_util.utcnow())):
                self._changed(vin)
