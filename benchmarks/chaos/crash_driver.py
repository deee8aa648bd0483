"""A Home Assistant in a process of its own, with its files on disk, to be killed."""

import asyncio
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
import sys
import time
from typing import Any

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant import bootstrap, loader
from homeassistant.components.http.config import async_get_and_load_store
from homeassistant.config_entries import SOURCE_USER, ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component

ENTRIES_FILE = "core.config_entries"

# What every process needs, imported once before they are forked.
PRELOAD = [
    "benchmarks.chaos.crash_driver",
    "custom_components.tesla_scout_worker.config_flow",
    "custom_components.tesla_scout_worker.services",
    *(
        f"custom_components.tesla_scout_worker.{platform}"
        for platform in (
            "binary_sensor",
            "button",
            "calendar",
            "device_tracker",
            "event",
            "sensor",
        )
    ),
    *(
        f"homeassistant.components.{domain}"
        for domain in (
            "application_credentials",
            "auth",
            "http",
            "websocket_api",
        )
    ),
]


def run(
    config_dir: str, port: int, line: Connection, stop_at_write: bool = False
) -> None:
    """Be Home Assistant until the line ends, or a signal comes.

    With ``stop_at_write`` the next write of the entries ends between the temporary
    file and its renaming, and there the process waits to be killed.
    """
    if stop_at_write:
        _stop_at_write(line)
    asyncio.run(_live(config_dir, port, line))


def _stop_at_write(line: Connection) -> None:
    """Have the process tell of a write of the entries, and never finish it."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        """Wait within the renaming, of which Python tells its audit hooks before."""
        if event == "os.rename" and str(args[1]).endswith(ENTRIES_FILE):
            line.send("writing")
            time.sleep(3600)

    sys.addaudithook(hook)


async def start(
    config_dir: str,
    port: int,
    core: Mapping[str, Any] | None = None,
    listen: Callable[[HomeAssistant], None] | None = None,
) -> HomeAssistant:
    """Start Home Assistant as far as the integration needs it.

    ``core`` says where it is, which is Null Island otherwise, and without a home zone;
    ``listen`` may hear of all that happens from the beginning.
    """
    hass = HomeAssistant(config_dir)
    if listen is not None:
        listen(hass)
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, dict(core or {}))
    config = {"http": {"server_host": ["127.0.0.1"], "server_port": port}}
    zone = () if core is None else ("zone",)
    for domain in ("homeassistant", "http", *zone, DOMAIN):
        assert await async_setup_component(hass, domain, config), domain
    # Home Assistant returns to port 8123 unless a person confirms another one within
    # five minutes, and there it would meet whatever else runs on this machine.
    store = await async_get_and_load_store(hass)
    if store.pending is not None:
        await store.async_promote_pending()
    await hass.async_start()
    return hass


async def _live(config_dir: str, port: int, line: Connection) -> None:
    """Start, say how it went, and do what the line says."""
    hass = await start(config_dir, port)
    line.send(condition(hass))
    tasks = set()
    while True:
        match await asyncio.to_thread(line.recv):
            case "set_up", Mapping() as answers:
                await set_up(hass, answers)
                line.send(condition(hass))
            case "act", str() as action, int() as times:
                tasks.add(asyncio.create_task(_act(hass, line, action, times)))
            case "stop":
                await hass.async_stop(force=True)
                return


def condition(hass: HomeAssistant) -> dict[str, Any]:
    """Return the states of the entries, and the flows that wait for a person."""
    return {
        "states": [
            entry.state.value for entry in hass.config_entries.async_entries(DOMAIN)
        ],
        "flows": [
            flow["context"]["source"]
            for flow in hass.config_entries.flow.async_progress()
        ],
    }


async def set_up(hass: HomeAssistant, answers: Mapping[str, Any]) -> None:
    """Go through the config flow with tokens that were brought."""
    flows = hass.config_entries.flow
    flow = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    await flows.async_configure(flow["flow_id"], {"next_step_id": "bring_tokens"})
    await flows.async_configure(flow["flow_id"], dict(answers))


async def _act(hass: HomeAssistant, line: Connection, action: str, times: int) -> None:
    """Call an action, one time after the other, and send its last answer."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    answer: object = None
    for _ in range(times):
        try:
            answer = await hass.services.async_call(
                DOMAIN,
                action,
                {"config_entry_id": entry.entry_id},
                blocking=True,
                return_response=True,
            )
        except HomeAssistantError as err:
            answer = err.translation_key
    line.send(answer)
