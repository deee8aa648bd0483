"""A real Home Assistant as a process, set up and used as a person would: over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse

DOMAIN: Final = "tesla_scout_worker"
OPTIONS_FLOWS: Final = "/api/config/config_entries/options/flow"
USER: Final = "demo"
PASSWORD: Final = "demo"

# On a machine with other work it takes minutes.
START_TIMEOUT: Final = 600.0
STOP_TIMEOUT: Final = 60.0

CONFIGURATION: Final = """\
homeassistant:
  name: Demo
  latitude: {latitude}
  longitude: {longitude}
  elevation: 100
  time_zone: {time_zone}
  unit_system: metric
  currency: PLN
  country: PL
config:
energy:
frontend:
history:
logbook:
logger:
  default: warning
recorder:
  commit_interval: 1
system_health:
"""


def _listening(host: str, port: int) -> dict[str, Any]:
    """Return the stored settings of the web server; in YAML they are deprecated."""
    stable = {
        "server_host": [host],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    return {
        "version": 2,
        "minor_version": 2,
        "key": "http",
        "data": {"stable": stable, "pending": None, "yaml_migration_done": True},
    }


# The first steps that Home Assistant would fill with integrations of the internet,
# which it would install while it runs; the user is made over REST like any other.
ONBOARDED: Final = {
    "version": 4,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


class HomeAssistantError(Exception):
    """Home Assistant did not do what the demo asked of it."""


class HomeAssistant:
    """A Home Assistant with this integration in its own configuration folder."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        """Choose where it lives and listens."""
        self._folder = folder
        self._host = host
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None
        self.sign_in: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{self._host}:{self._port}"

    async def start(
        self,
        latitude: float,
        longitude: float,
        time_zone: str,
        morning: datetime,
        speed: float,
        launcher: str = "demo.fast_time",
        environment: Mapping[str, str] | None = None,
        helpers: str = "",
    ) -> None:
        """Start the process, its clock before ``morning``, and wait until it answers.

        ``launcher`` is the module that runs Home Assistant with a clock, in an
        ``environment`` beside that of this process. ``helpers`` is YAML beside its
        own.

        Raises:
            HomeAssistantError: it ended, or did not answer in time.
        """
        custom = self._folder / "custom_components"
        custom.mkdir(parents=True)
        here = Path(__file__).resolve().parents[1]
        (custom / DOMAIN).symlink_to(here / "custom_components" / DOMAIN)
        (self._folder / "configuration.yaml").write_text(
            CONFIGURATION.format(
                latitude=latitude,
                longitude=longitude,
                time_zone=time_zone,
            )
            + helpers,
            encoding="utf-8",
        )
        storage = self._folder / ".storage"
        storage.mkdir()
        for stored in (ONBOARDED, _listening(self._host, self._port)):
            path = storage / str(stored["key"])
            path.write_text(json.dumps(stored), encoding="utf-8")
        log = (self._folder / "console.log").open("wb")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", launcher),
            *(str(morning.timestamp()), str(speed)),
            *("--skip-pip", "--config", str(self._folder)),
            cwd=here,
            env={
                **os.environ,
                "PYTHONPATH": str(here / "demo" / "stand_ins"),
                **(environment or {}),
            },
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal must reach the demo alone, which then stops it.
            start_new_session=True,
        )
        log.close()
        self._session = ClientSession()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._until_answering()
        except TimeoutError as err:
            raise HomeAssistantError(self.console) from err

    def begin_day(self) -> None:
        """Let its clock run fast from the morning on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)

    @property
    def console(self) -> str:
        """What Home Assistant said on its console."""
        return (self._folder / "console.log").read_text(encoding="utf-8")[-4000:]

    async def stop(self) -> None:
        """Stop the process, first kindly."""
        if self._session is not None:
            await self._session.close()
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def onboard(self) -> None:
        """Make the user, and sign in."""
        answer = await self.post(
            "/api/onboarding/users",
            {
                "client_id": self.url,
                "name": "Demo",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        )
        form = {
            "client_id": self.url,
            "grant_type": "authorization_code",
            "code": answer["auth_code"],
        }
        async with self._client.post(f"{self.url}/auth/token", data=form) as tokens:
            self.sign_in = await tokens.json()

    async def set_up_integration(
        self, user_input: Mapping[str, Any], way: str = "bring_tokens"
    ) -> str:
        """Walk through the config flow by a way; return the id of the entry.

        Raises:
            HomeAssistantError: the flow ended in something else than an entry.
        """
        flows = "/api/config/config_entries/flow"
        flow = await self.post(flows, {"handler": DOMAIN})
        here = f"{flows}/{flow['flow_id']}"
        await self.post(here, {"next_step_id": way})
        result = await self.post(here, user_input)
        if result["type"] != "create_entry":
            raise HomeAssistantError(f"The config flow answered {result}")
        if "next_flow" in result:
            # Who sets up without the dialog closes the questions that follow in it.
            _, flow_id = result["next_flow"]
            await self.delete(f"{OPTIONS_FLOWS}/{flow_id}")
        entry_id: str = result["result"]["entry_id"]
        return entry_id

    async def choose_options(
        self, entry_id: str, pages: Iterable[Mapping[str, Any]]
    ) -> None:
        """Go through pages of the options with some fields filled in; the entry reloads.

        Raises:
            HomeAssistantError: a page was not taken.
        """
        flow = await self.post(OPTIONS_FLOWS, {"handler": entry_id})
        here = f"{OPTIONS_FLOWS}/{flow['flow_id']}"
        result = flow
        for user_input in pages:
            result = await self.post(here, user_input)
        if result["type"] == "menu":
            # What was read from the source of prices is shown before it is saved.
            result = await self.post(here, {"next_step_id": "save"})
        if result["type"] != "create_entry":
            raise HomeAssistantError(f"The options answered {result}")

    async def enable_entities(self, entry_id: str) -> None:
        """Enable the entities that are off at first; they are there after a reload."""
        (registry,) = await self.ask({"type": "config/entity_registry/list"})
        await self.ask(
            *(
                {
                    "type": "config/entity_registry/update",
                    "entity_id": row["entity_id"],
                    "disabled_by": None,
                }
                for row in registry
                if row["config_entry_id"] == entry_id and row["disabled_by"]
            )
        )

    async def remove_entry(self, entry_id: str) -> None:
        """Remove an entry of the integration."""
        await self.delete(f"/api/config/config_entries/entry/{entry_id}")

    async def until_there(self, entity_id: str) -> None:
        """Wait until an entity is there: saved options reload in the background.

        Raises:
            HomeAssistantError: it did not come in time.
        """
        try:
            async with asyncio.timeout(START_TIMEOUT):
                while not await self._is_there(entity_id):
                    await asyncio.sleep(0.1)
        except TimeoutError as err:
            raise HomeAssistantError(f"{entity_id} is not there") from err

    async def until_running(self) -> None:
        """Wait until all integrations of the configuration are set up, with their actions.

        Raises:
            HomeAssistantError: they were not in time.
        """
        try:
            async with asyncio.timeout(START_TIMEOUT):
                while (await self._configuration())["state"] != "RUNNING":
                    await asyncio.sleep(0.1)
        except TimeoutError as err:
            raise HomeAssistantError("Home Assistant is still starting") from err

    async def _configuration(self) -> dict[str, Any]:
        """Return what Home Assistant says of itself."""
        async with self._client.get(
            f"{self.url}/api/config", headers=self._headers
        ) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def _is_there(self, entity_id: str) -> bool:
        """Return whether an entity is there, and available."""
        state = (await self.states()).get(entity_id)
        return state is not None and state["state"] != "unavailable"

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        async with self._client.get(
            f"{self.url}/api/states", headers=self._headers
        ) as answer:
            answer.raise_for_status()
            return {state["entity_id"]: state for state in await answer.json()}

    async def call(
        self, action: str, data: Mapping[str, Any], domain: str = DOMAIN
    ) -> Any:
        """Call an action, of the integration unless another domain is named."""
        return await self.post(f"/api/services/{domain}/{action}", data)

    async def ask(self, *messages: Mapping[str, Any]) -> list[Any]:
        """Send commands over the WebSocket, and return their results."""
        results = []
        async with self._client.ws_connect(f"{self.url}/api/websocket") as socket:
            await self._sign_in(socket)
            for number, message in enumerate(messages, start=1):
                await socket.send_json({"id": number, **message})
                answer = await socket.receive_json()
                if not answer["success"]:
                    raise HomeAssistantError(f"{message['type']}: {answer['error']}")
                results.append(answer["result"])
        return results

    async def state_changes(self) -> AsyncIterator[dict[str, Any]]:
        """Yield each new state, from now on."""
        async with self._client.ws_connect(f"{self.url}/api/websocket") as socket:
            await self._sign_in(socket)
            await socket.send_json(
                {"id": 1, "type": "subscribe_events", "event_type": "state_changed"}
            )
            await socket.receive_json()
            async for message in socket:
                state = message.json()["event"]["data"]["new_state"]
                if state is not None:
                    yield state

    async def delete(self, path: str) -> None:
        """Remove something over the REST API."""
        address = f"{self.url}{path}"
        async with self._client.delete(address, headers=self._headers) as answer:
            answer.raise_for_status()

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON to the REST API and return its answer.

        Raises:
            HomeAssistantError: the answer is an error.
        """
        async with self._client.post(
            f"{self.url}{path}", json=body, headers=self._headers
        ) as answer:
            if answer.status >= 400:
                text = await answer.text()
                raise HomeAssistantError(f"{path} answered {answer.status}: {text}")
            return await answer.json()

    async def _sign_in(self, socket: ClientWebSocketResponse) -> None:
        """Sign in on a WebSocket."""
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self._token})
        await socket.receive_json()

    async def _until_answering(self) -> None:
        """Wait until the onboarding is served, which is when all is loaded."""
        process = self._process
        while process is not None and process.returncode is None:
            with suppress(ClientError):
                async with self._client.get(f"{self.url}/api/onboarding") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.25)
        raise HomeAssistantError(self.console)

    @property
    def _client(self) -> ClientSession:
        """The session, which is there once Home Assistant was started."""
        if self._session is None:
            raise HomeAssistantError("Home Assistant was not started")
        return self._session

    @property
    def _token(self) -> str:
        """The access token of the user, empty before the onboarding."""
        return str(self.sign_in.get("access_token", ""))

    @property
    def _headers(self) -> dict[str, str]:
        """The signed-in user's headers."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}
