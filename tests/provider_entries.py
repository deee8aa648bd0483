"""Home Assistant's own `tesla_fleet`, `tessie` and `teslemetry`, with the simulator.

They are unmodified but for addresses.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)
from yarl import URL

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.cloud import Cloud
from simulator.gateway_faults import html_page
from simulator.provider_state import ProviderState

from . import tesla_fleet_entry
from .common import the_car
from .tesla_fleet_entry import fleet_token, signed_in_entry
from .waiting import tick_on

TESSIE = "tessie"
TESLEMETRY = "teslemetry"
TESLEMETRY_HOSTS = ("api.teslemetry.com", "na.teslemetry.com", "eu.teslemetry.com")

# 23:00 in Warsaw.
EVENING = datetime(2026, 11, 24, 22, tzinfo=UTC)

# How often the loop runs until what was sent has been read.
READS = 200

POWERWALL = (
    "PowerwallAuthenticationError",
    "PowerwallConnectionError",
    "PowerwallError",
    "PowerwallRateLimitError",
)


def stand_in(module: str, *errors: str) -> None:
    """Have a module that cannot be imported, with its errors and nothing that works."""
    try:
        import_module(module)
    except ImportError:
        made = ModuleType(module)
        for name in errors:
            setattr(made, name, type(name, (Exception,), {}))
        for name in ("PowerwallClient", "PowerwallEnergySite"):
            setattr(made, name, type(name, (), {}))
        sys.modules[module] = made


# What `teslemetry` imports and tests have no use for. Bluetooth asks for USB, whose packages
# are not installed. The package for a Powerwall asks for an older tesla-protocol than the
# one that the tests have.
stand_in("homeassistant.components.usb")
stand_in("aiopowerwall", *POWERWALL)


def leave_stream_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for the task that listens to the stream, which has no end."""
    original = ConfigEntry.async_create_background_task

    def create[_R](
        self: ConfigEntry,
        hass: HomeAssistant,
        target: Coroutine[Any, Any, _R],
        name: str,
        eager_start: bool = True,
    ) -> asyncio.Task[_R]:
        """Create a task, that of the stream outside of those that are waited for."""
        if name != "Teslemetry Stream":
            return original(self, hass, target, name, eager_start)
        task = hass.loop.create_task(target, name=name)

        def cancel() -> None:
            """End with the entry."""
            task.cancel()

        self.async_on_unload(cancel)
        return task

    monkeypatch.setattr(ConfigEntry, "async_create_background_task", create)


def use_simulator(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send what is for the providers to the simulator."""
    servers = {
        "api.tessie.com": URL(cloud.provider_urls[TESSIE]),
        **dict.fromkeys(TESLEMETRY_HOSTS, URL(cloud.provider_urls[TESLEMETRY])),
    }
    original = ClientSession._request  # noqa: SLF001

    async def request(
        self: ClientSession, method: str, str_or_url: str | URL, **kwargs: Any
    ) -> ClientResponse:
        """Send a request to the simulator's server for its host."""
        url = URL(str_or_url)
        if (server := servers.get(url.host or "")) is not None:
            url = url.with_scheme("http").with_host("127.0.0.1").with_port(server.port)
        if url.path == "/sse":
            # The clock of tests jumps over what a silent stream is waited for, and
            # aiohttp's server refuses the empty body.
            kwargs["timeout"] = ClientTimeout(total=None)
            kwargs.pop("chunked", None)
        return await original(self, method, url, **kwargs)

    monkeypatch.setattr(ClientSession, "_request", request)
    tesla_fleet_entry.use_simulator(cloud, monkeypatch)
    leave_stream_alone(monkeypatch)


def tessie_entry(hass: HomeAssistant, cloud: Cloud) -> MockConfigEntry:
    """Return an entry of `tessie`, not yet set up."""
    entry = MockConfigEntry(
        domain=TESSIE, data={"access_token": cloud.providers[TESSIE].key}
    )
    entry.add_to_hass(hass)
    return entry


def teslemetry_entry(hass: HomeAssistant, cloud: Cloud) -> MockConfigEntry:
    """Return an entry of `teslemetry` after a sign-in, not yet set up."""
    for name in ("bluetooth", "bluetooth_adapters"):
        mock_integration(hass, MockModule(name))
    entry = MockConfigEntry(
        domain=TESLEMETRY,
        version=2,
        unique_id=cloud.settings.account_id,
        data={
            "auth_implementation": TESLEMETRY,
            "token": {
                "access_token": cloud.providers[TESLEMETRY].key,
                "refresh_token": "refresh",
                "expires_in": 10**8,
                "expires_at": dt_util.utcnow().timestamp() + 10**8,
                "token_type": "Bearer",
            },
        },
    )
    entry.add_to_hass(hass)
    return entry


class Theirs:
    """An integration of Home Assistant's that is set up, on a clock that jumps."""

    def __init__(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        freezer: FrozenDateTimeFactory,
        entry: MockConfigEntry,
    ) -> None:
        """Bind its entry, not yet set up."""
        self.entry = entry
        self._hass = hass
        self._cloud = cloud
        self._freezer = freezer
        self._provider = next(
            (each for each in cloud.providers.values() if each.name == entry.domain),
            None,
        )
        self._heard = 0

    @property
    def late(self) -> timedelta:
        """How late it shows a change of a car that is awake, at most."""
        return timedelta(minutes=2 if self._provider else 11)

    async def async_set_up(self) -> None:
        """Set it up, until it shows the car."""
        await self._hass.config_entries.async_setup(self.entry.entry_id)
        await self._hass.async_block_till_done()
        assert self.entry.state is ConfigEntryState.LOADED
        self._listen()
        await self.async_pass(timedelta(seconds=10), timedelta(seconds=5))

    async def async_reload(self) -> None:
        """Load it anew."""
        await self._hass.config_entries.async_reload(self.entry.entry_id)
        await self._hass.async_block_till_done()
        self._listen()

    @contextmanager
    def down(self, path: str = "*") -> Iterator[None]:
        """Have its service answer nothing, or not on a path."""
        fault = self._cloud.faults.add(replace(html_page(502), path=path))
        silent = path == "*"
        with self._silent(silent):
            yield
        self._cloud.faults.remove(fault)

    @contextmanager
    def showing_old(self) -> Iterator[None]:
        """Have it show of the car what it knew before.

        The memory is not renewed, the stream is cut. `tesla_fleet` shows a change ten
        minutes late always.
        """
        with self._silent(True):
            yield

    @contextmanager
    def _silent(self, silent: bool) -> Iterator[None]:
        """Have the provider report nothing."""
        if self._provider is not None:
            self._provider.stream_ends = self._provider.memory.stuck = silent
        yield
        if self._provider is not None:
            self._provider.stream_ends = self._provider.memory.stuck = False

    async def async_sign_out(self) -> None:
        """Have its service accept its sign-in no longer."""
        if self._provider is None:
            self._cloud.auth.revoke_consent()
            return
        self._provider.key = "another"
        self._provider.stream_ends = True
        await self.async_pass(timedelta(minutes=4))
        self._provider.stream_ends = False

    async def async_sign_in(self) -> None:
        """Take another key or token, as its form for a sign-in does."""
        data = dict(self.entry.data)
        if self._provider is None:
            data["token"] = fleet_token(self._cloud)
        elif self.entry.domain == TESLEMETRY:
            data["token"] = {**data["token"], "access_token": self._provider.key}
        else:
            data["access_token"] = self._provider.key
        self._hass.config_entries.async_update_entry(self.entry, data=data)
        await self.async_reload()

    def _listen(self) -> None:
        """Count what its stream hears from now on."""
        if self._provider is not None and self.entry.domain == TESLEMETRY:
            self._heard = self._provider.sent
            stream = self.entry.runtime_data.stream
            self.entry.async_on_unload(stream.async_add_listener(self._hear))

    def _hear(self, event: dict[str, Any]) -> None:
        """Count an event of the stream."""
        self._heard += 1

    async def async_pass(
        self, by: timedelta, step: timedelta = timedelta(minutes=2)
    ) -> None:
        """Let time pass step by step, and all be heard that changes."""
        passed = timedelta(0)
        while passed < by:
            await tick_on(self._hass, self._freezer, step)
            if self._provider is not None and self._provider.compared_at is not None:
                await self._async_hear(self._provider)
            passed += step

    async def async_until(
        self, when: datetime, step: timedelta = timedelta(minutes=2)
    ) -> None:
        """Let time pass until an instant."""
        await self.async_pass(when - dt_util.utcnow(), step)

    async def _async_hear(self, provider: ProviderState) -> None:
        """Let the stream be read, and what follows from that happen."""
        for _ in range(READS):
            await asyncio.sleep(0)
            if self._heard >= provider.sent:
                break
        await self._hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def theirs(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Theirs:
    """Return one of them by its name, set up in the evening; the car is awake."""
    use_simulator(cloud, monkeypatch)
    freezer.move_to(EVENING)
    the_car(cloud).wake()
    freezer.tick(timedelta(seconds=60))
    match request.param:
        case "tesla_fleet":
            entry = await signed_in_entry(hass, cloud, tmp_path)
        case "tessie":
            entry = tessie_entry(hass, cloud)
        case _:
            entry = teslemetry_entry(hass, cloud)
    found = Theirs(hass, cloud, freezer, entry)
    await found.async_set_up()
    return found
