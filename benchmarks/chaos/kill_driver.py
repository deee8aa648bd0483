"""A Home Assistant with sessions in a process of its own, to be killed at any moment.

Its time leaps: once all is done that was due, it goes on with what is due next. So a
night takes a second, and whenever a kill strikes, something is being done.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, tzinfo
import json
from multiprocessing.connection import Connection
from pathlib import Path
import sys
import threading
import time
from typing import Any, Final
from unittest.mock import patch

import atomicwrites  # type: ignore[import-untyped]

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    EVENT_STATE_CHANGED,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    event as event_helper,
)
from homeassistant.util import dt as dt_util

from .crash_driver import PRELOAD as CRASH_PRELOAD, condition, set_up, start
from .household import PRICES, charge_by_prices, price_attributes, with_session_events
from .leap_clock import LeapClock, LeapLoop
from .secrets_in_logs import looking_for_secrets

PRELOAD: Final = [
    *CRASH_PRELOAD,
    "benchmarks.chaos.kill_driver",
    *(f"homeassistant.components.{domain}" for domain in ("calendar", "zone")),
]

# Where the tests have their home.
HOUSE: Final = {
    "latitude": 52.2297,
    "longitude": 21.0122,
    "elevation": 0,
    "time_zone": "Europe/Warsaw",
    "country": "PL",
}

TOLD_FILE: Final = "told"
LEAKS_FILE: Final = "leaks"

# Timers of Home Assistant fire up to a second late.
LATE: Final = timedelta(seconds=1)


def run(
    config_dir: str,
    port: int,
    line: Connection,
    *,
    clock: str,
    dies_in_write: int | None = None,
    writes_of: str = DOMAIN,
    secrets: Sequence[str] = (),
) -> None:
    """Be Home Assistant by a clock in a file, until the line ends or a signal comes.

    ``dies_in_write`` counts the writes of files whose name begins with ``writes_of``
    from 1 on; that one ends between the temporary file and its renaming, where the
    process waits. Lines of the log with ``secrets`` in them are kept in a file.
    """
    leaping = LeapClock(Path(clock))
    if dies_in_write is not None:
        _stop_in_write(line, dies_in_write, writes_of)

    def now(time_zone: tzinfo | None = None) -> datetime:
        """Return the time in a zone."""
        return leaping.shown().astimezone(time_zone or dt_util.get_default_time_zone())

    with ExitStack() as patches:
        patches.enter_context(with_session_events())
        for owner, name, instead in (
            (time, "time", leaping.timestamp),
            (dt_util, "utcnow", leaping.shown),
            (dt_util, "now", now),
            (event_helper, "time_tracker_utcnow", leaping.shown),
            (event_helper, "time_tracker_timestamp", leaping.timestamp),
        ):
            patches.enter_context(patch.object(owner, name, instead))
        if secrets:
            leaks = Path(config_dir, LEAKS_FILE)
            patches.enter_context(looking_for_secrets(secrets, leaks))
        with asyncio.Runner(loop_factory=lambda: LeapLoop(leaping)) as runner:
            runner.run(_live(config_dir, port, line, leaping))


def _stop_in_write(line: Connection, number: int, writes_of: str) -> None:
    """Have the process tell of a write of the sessions, and never finish it.

    It tells too whether the file is safe on the disk by then, as a power cut wants it.
    """
    left = number
    # By the threads that write.
    synced: set[int] = set()
    fsync = atomicwrites._proper_fsync  # noqa: SLF001

    def noting(file: int) -> None:
        """Note that what is about to be renamed is on the disk."""
        synced.add(threading.get_ident())
        fsync(file)

    patch.object(atomicwrites, "_proper_fsync", noting).start()

    def hook(event: str, args: tuple[object, ...]) -> None:
        """Wait within the renaming, of which Python tells its audit hooks before."""
        nonlocal left
        if event != "os.rename":
            return
        if f"/{writes_of}" in str(args[1]):
            left -= 1
            if left == 0:
                safe = threading.get_ident() in synced
                line.send("synced" if safe else "unsafe")
                time.sleep(3600)
        synced.discard(threading.get_ident())

    sys.addaudithook(hook)


def _listener(config_dir: str) -> Callable[[HomeAssistant], None]:
    """Return what writes down all that the event entities tell, over all kills.

    An entity is told by its unique id, which begins with the VIN of its car.
    """
    file = Path(config_dir, TOLD_FILE)

    def listen(hass: HomeAssistant) -> None:
        """Hear of states; a restored one has a time of its own."""

        @callback
        def hear(event: Event[EventStateChangedData]) -> None:
            new = event.data["new_state"]
            if new is None or "session_id" not in new.attributes:
                return
            entity = er.async_get(hass).async_get(new.entity_id)
            unique_id = new.entity_id if entity is None else entity.unique_id
            told = [unique_id, new.state, dict(new.attributes)]
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(told, default=str) + "\n")

        hass.bus.async_listen(EVENT_STATE_CHANGED, hear)
        hass.states.async_set(PRICES, "1.0", price_attributes(dt_util.utcnow()))

    return listen


async def _live(config_dir: str, port: int, line: Connection, clock: LeapClock) -> None:
    """Start, say how it went, and do what the line says."""
    hass = await start(config_dir, port, HOUSE, _listener(config_dir))
    line.send(condition(hass))
    tasks = set()
    while True:
        match await asyncio.to_thread(line.recv):
            case "set_up", Mapping() as answers:
                await set_up(hass, answers)
                line.send(condition(hass))
            case "by_prices", list() as vins:
                (entry,) = hass.config_entries.async_entries(DOMAIN)
                await charge_by_prices(hass, entry, vins)
                line.send(condition(hass))
            case "special", str() as action, str() as vin, Mapping() as data:
                line.send(await _special(hass, action, vin, data))
            case "leap", datetime() as until:
                tasks.add(asyncio.create_task(_leap(hass, line, clock, until)))
            case "stop":
                await hass.async_stop(force=True)
                return


async def _special(
    hass: HomeAssistant, action: str, vin: str, data: Mapping[str, Any]
) -> object:
    """Call an action about a car's sessions, and return its answer."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    [device] = [
        each_device
        for each_device in devices
        if (DOMAIN, vin) in each_device.identifiers
    ]
    try:
        return await hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": device.id, **data},
            blocking=True,
            return_response=True,
        )
    except ServiceValidationError as err:
        return err.translation_key


async def _leap(
    hass: HomeAssistant, line: Connection, clock: LeapClock, until: datetime
) -> None:
    """Go from one timer to the next until an instant, and say so."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    while (now := clock.now()) < until:
        await hass.async_block_till_done(wait_background_tasks=True)
        following = now + timedelta(minutes=1)
        hass.states.async_set(PRICES, "1.0", price_attributes(now))
        if entry.state is ConfigEntryState.LOADED:
            account = entry.runtime_data
            worker = account.worker
            armed = [
                at
                for vin in account.coordinator.data
                for at in worker.armed(vin).values()
            ]
            timers = [
                timer - clock.skew for timer in (*armed, account.coordinator.next_poll)
            ]
            following = min((timer for timer in timers if timer > now), default=until)
        clock.leap_to(min(following + LATE, until))
        await asyncio.sleep(0.002)
    await hass.async_block_till_done(wait_background_tasks=True)
    line.send("rested")
