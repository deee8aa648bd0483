"""An account or a car is removed: undo what we put into cars, or say what is left."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord, PutInCar
from ..charging.daily.sync_result import SyncTrigger
from ..charging.in_car.vehicle_change import START
from ..charging.undoing import undoing_commands
from ..gateways.budget import Purpose, for_session
from ..gateways.errors import FleetError
from ..gateways.gateway import Gateway
from ..gateways.models import Connectivity, VehicleSnapshot, VehicleSummary
from .delivery import async_once_awake, async_send_command
from .left_in_car import async_tell_left, left_in_car
from .manager import Worker

# A person waits for the removal, and a car takes up to a minute to wake.
PATIENCE: Final = 120.0


async def async_undo(
    client: Gateway, vin: str, record: CarRecord
) -> VehicleSnapshot | None:
    """Undo what we put into a car that is awake, and return how it was read last.

    Returns None for a car that is not awake, or that could not be read.
    """
    snapshot, zone = None, dt_util.get_default_time_zone()
    try:
        async with asyncio.timeout(PATIENCE):
            with for_session(Purpose.UNDOING):
                if await client.async_connectivity(vin) is not Connectivity.ONLINE:
                    return None
                snapshot = await client.async_read(vin)
                commands = undoing_commands(record, snapshot, dt_util.utcnow(), zone)
                # What a command came to, only a read shows; a failed one is no end.
                with suppress(FleetError):
                    for command in commands:
                        send = partial(async_send_command, client, vin, command)
                        await async_once_awake(send)
                return await client.async_read(vin)
    except HomeAssistantError, TimeoutError:
        # A token that must be renewed cannot be stored any more, so it is not.
        return snapshot


async def async_undo_all(
    hass: HomeAssistant,
    client: Gateway,
    records: Mapping[str, CarRecord],
    summaries: Mapping[str, VehicleSummary],
    key: str,
) -> None:
    """Undo what we put into the cars of an account, and tell what is left.

    Args:
        hass: Home Assistant.
        client: The gateway.
        records: What is stored of the cars, by VIN.
        summaries: The cars as they were polled last, by VIN.
        key: The id of the entry.
    """
    zone = dt_util.get_default_time_zone()
    for number, (vin, record) in enumerate(records.items()):
        if record.put_in_car != PutInCar() or record.control.stop_at is not None:
            snapshot = await async_undo(client, vin, record)
            left = left_in_car(record, snapshot, zone)
            await async_tell_left(hass, summaries.get(vin), left, f"{key}_{number}")
        if record.timed.keeps:
            # A command keeps the car from charging, and nobody else would take it back.
            start = partial(async_send_command, client, vin, START)
            with suppress(FleetError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await async_once_awake(start)


async def async_leave_car(
    hass: HomeAssistant, worker: Worker, vin: str, key: str
) -> None:
    """Stop controlling a car: undo what we put into it, and switch the rest off.

    What cannot be undone now is undone as soon as the car is awake, since it is still in
    the account; a person is told all the same. ``key`` is unique for the car.
    """
    repository, now = worker.repository, dt_util.utcnow()
    async with worker.controller(vin).lock:
        before = repository.record(vin)
        after = before.left_alone(now)
        await repository.async_update(
            vin, sessions=after.sessions, sync=after.sync, settings=after.settings
        )
    await worker.async_cycle(vin, SyncTrigger.TIMER)
    if repository.record(vin).put_in_car == PutInCar():
        return
    car = worker.coordinator.data.get(vin)
    left = left_in_car(before, None, dt_util.get_default_time_zone())
    await async_tell_left(hass, None if car is None else car.summary, left, key)
