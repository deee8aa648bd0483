"""What stands behind the browser: a Tesla cloud, a car, a real Home Assistant."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
import json
from pathlib import Path
import socket
import threading
import time
from typing import Any, Final, override
from zoneinfo import ZoneInfo

from demo import car_helpers
from demo.__main__ import BY_PRICES
from demo.dashboard import HELPERS, opening
from demo.home_assistant import DOMAIN, HomeAssistant
from demo.prices import SENSOR, energy_prices
from simulator.car import Car, CarSettings
from simulator.clock import Clock, FastClock
from simulator.cloud import Cloud
from simulator.settings import REGIONS, CloudSettings

from ..common import HOME, VIN, bring_input

ZONE: Final = ZoneInfo("Europe/Warsaw")
HOST: Final = "127.0.0.1"
LAUNCHER: Final = "tests.browser.hass_process"

# A Tuesday evening, at the pace of the world: the browser shows it too.
EVENING: Final = datetime(2026, 11, 24, 18, 5, tzinfo=ZONE)
PACE: Final = 1.0

# A change is seen within this in Home Assistant, on a machine with other work.
PATIENCE: Final = 300.0


class EveningClock(Clock):
    """Stands still until Home Assistant has started, and then runs with its clock."""

    def __init__(self) -> None:
        """Stop at the evening."""
        self._running: Clock | None = None

    def begin(self) -> None:
        """Let time pass."""
        self._running = FastClock(EVENING, PACE)

    @override
    def now(self) -> datetime:
        """Return the time of the evening, aware."""
        return EVENING if self._running is None else self._running.now()


class World:
    """A cloud and a Home Assistant on an event loop of their own, in a thread.

    Playwright's synchronous calls occupy the thread of the tests.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with nothing running."""
        self.clock = EveningClock()
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.home_assistant = HomeAssistant(folder, HOST, _free_port())
        car = CarSettings(
            vin=VIN,
            name="Wanderer",
            home=HOME,
            battery_level=52.0,
            command_signing="allowed",
            plugged_in=True,
            idle_before_sleep=timedelta(hours=2),
        )
        self.cloud = Cloud(
            clock=self.clock,
            cars=[Car(car, self.clock)],
            settings=CloudSettings(),
        )

    def start(self) -> None:
        """Start both, and make the user."""
        self._thread.start()
        self.run(self._start())

    def stop(self) -> None:
        """Stop both, and the loop."""
        self.run(self.home_assistant.stop())
        self.run(self.cloud.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run on the loop of the world, and return the result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE * 4)

    def do[T](self, act: Callable[[], T]) -> T:
        """Call something of the simulator where it lives."""

        async def work() -> T:
            return act()

        return self.run(work())

    @property
    def car(self) -> Car:
        """The car."""
        return self.cloud.cars[VIN]

    def require_signing(self, required: bool) -> None:
        """Let the car take signed commands only, or unsigned ones too; forget the key.

        It is called where the simulator lives.
        """
        self.car.settings = replace(
            self.car.settings, command_signing="required" if required else "allowed"
        )
        self.cloud.state.public_keys.clear()
        self.cloud.state.registered.clear()

    def host_key(self, key: str | bytes) -> None:
        """Put a public key on the domain of the application."""
        domain = self.cloud.settings.domain
        self.do(lambda: self.cloud.host_public_key(domain, key))

    def add_application(self, integration: str = DOMAIN) -> None:
        """Give an integration the credentials of the application."""
        settings = self.cloud.settings
        self.ask(
            {
                "type": "application_credentials/create",
                "domain": integration,
                "client_id": settings.client_id,
                "client_secret": settings.client_secret,
                "name": "My application",
            }
        )

    def remove_applications(self) -> None:
        """Remove the credentials of each application, which no account uses."""
        (found,) = self.ask({"type": "application_credentials/list"})
        for row in found:
            self.ask(
                {
                    "type": "application_credentials/delete",
                    "application_credentials_id": row["id"],
                }
            )

    def add_schedule(self, name: str) -> None:
        """Make a schedule helper, which is on in the nights, unless there is one."""
        (found,) = self.ask({"type": "schedule/list"})
        if name not in {row["name"] for row in found}:
            night = [{"from": "00:00:00", "to": "06:00:00"}]
            days = dict.fromkeys(("tuesday", "wednesday", "thursday"), night)
            self.ask({"type": "schedule/create", "name": name, **days})

    def tokens(self) -> dict[str, Any]:
        """Return the input of a person who brings tokens to the simulator."""
        return self.do(lambda: bring_input(self.cloud))

    def ask(self, *messages: dict[str, Any]) -> list[Any]:
        """Send commands over the WebSocket as the signed-in user."""
        return self.run(self.home_assistant.ask(*messages))

    def call(self, action: str, **data: Any) -> Any:
        """Call an action of the integration."""
        return self.run(self.home_assistant.call(action, data))

    def ids(self) -> dict[str, str]:
        """Return the enabled entities by platform and key."""
        (registry,) = self.ask({"type": "config/entity_registry/list"})
        return {
            f"{row['entity_id'].split('.')[0]}.{row['unique_id'].split('_', 1)[1]}": row[
                "entity_id"
            ]
            for row in registry
            if row["platform"] == DOMAIN and row["disabled_by"] is None
        }

    def device(self) -> str:
        """Return the device of the car."""
        (registry,) = self.ask({"type": "config/entity_registry/list"})
        (found,) = {
            row["device_id"]
            for row in registry
            if row["platform"] == DOMAIN and VIN in row["unique_id"]
        }
        return str(found)

    def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        return self.run(self.home_assistant.states())

    def sessions(self) -> list[Any]:
        """Return the special charges of the car."""
        answer = self.run(
            self.home_assistant.post(
                f"/api/services/{DOMAIN}/list_special_charging?return_response",
                {"device_id": self.device()},
            )
        )
        return list(answer["service_response"]["sessions"])

    def has_repair(self, kind: str) -> bool:
        """Whether the integration has a repair whose key begins with a kind."""
        (found,) = self.ask({"type": "repairs/list_issues"})
        return any(
            row["domain"] == DOMAIN and row["translation_key"].startswith(kind)
            for row in found["issues"]
        )

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so in Home Assistant."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, "It did not come to that"
            time.sleep(0.3)

    def entries(self) -> list[dict[str, Any]]:
        """Return the accounts that are set up."""
        (found,) = self.ask({"type": "config_entries/get", "domain": DOMAIN})
        return list(found)

    def stored_options(self) -> dict[str, Any]:
        """Return the options in the file of Home Assistant, without their sections."""
        # Home Assistant writes the file after a second.
        time.sleep(1.5)
        path = self.folder / ".storage" / "core.config_entries"
        entries = json.loads(path.read_text("utf-8"))["data"]["entries"]
        (ours,) = (row["options"] for row in entries if row["domain"] == DOMAIN)
        flat: dict[str, Any] = {}
        for key, value in ours.items():
            flat |= value if isinstance(value, dict) else {key: value}
        return flat

    def set_up(self) -> str:
        """Set the account up without a browser, and return its entry."""
        entry_id = self.run(self.home_assistant.set_up_integration(self.tokens()))
        today = EVENING.date()
        self.run(
            self.home_assistant.post(
                f"/api/states/{SENSOR}", energy_prices(today, ZONE)
            )
        )
        return entry_id

    def set_up_by_prices(self) -> None:
        """Set the account up as a person has it who charges by prices."""
        entry_id = self.set_up()
        self.run(self.home_assistant.choose_options(entry_id, BY_PRICES))
        shadow = self.ids()["switch.shadow_mode"]
        self.run(self.home_assistant.until_there(shadow))
        self.run(self.home_assistant.call("turn_off", {"entity_id": shadow}, "switch"))
        plan = self.ids()["sensor.off_peak_plan"]
        self.until(lambda: self.states()[plan]["state"] == "in_car")

    def remove_all(self) -> None:
        """Remove each account, as a person does who starts anew."""
        for entry in self.entries():
            self.run(self.home_assistant.remove_entry(entry["entry_id"]))

    async def _start(self) -> None:
        """Start the cloud, then Home Assistant with the cloud's addresses."""
        await self.cloud.start(HOST)
        tesla: dict[str, object] = {
            region: self.cloud.fleet_url(region) for region in REGIONS
        }
        tesla["domain"] = self.cloud.domain_url("{domain}")
        tesla["providers"] = self.cloud.provider_urls
        tesla["auth"] = f"{self.cloud.auth_url}/oauth2/v3"
        await self.home_assistant.start(
            HOME.latitude,
            HOME.longitude,
            ZONE.key,
            EVENING,
            PACE,
            LAUNCHER,
            {"TSW_TESLA": json.dumps(tesla)},
            HELPERS + car_helpers.HELPERS,
        )
        self.clock.begin()
        self.home_assistant.begin_day()
        await self.home_assistant.onboard()
        await self.home_assistant.ask(*opening())


def _free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        number: int = probe.getsockname()[1]
        return number
