"""Two entries for one car become one: an account, and entities beside it."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import BooleanSelector

from ..charging.car_record import CarRecord
from ..charging.daily.sync_result import SyncTrigger
from ..charging.sessions.car_sessions import CarSessions
from ..const import CONF_SECOND_WAYS, CONF_WAY, DOMAIN
from ..data import ScoutConfigEntry
from ..gateways.combined import CONF_COMMANDS, CONF_READS, SecondWay
from ..gateways.entities.parts import EntityCar
from ..gateways.way import Way
from ..scout.shared_cars import cars_of

# The key of a car is near only at home, and costs nothing there.
_COMMAND_FIRST: Final = "esphome"


def second_way_schema(platform: str | None) -> vol.Schema:
    """Return the form that asks what the entities do."""
    return vol.Schema(
        {
            vol.Required(CONF_READS, default=True): BooleanSelector(),
            vol.Required(
                CONF_COMMANDS, default=platform == _COMMAND_FIRST
            ): BooleanSelector(),
        }
    )


def second_way_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a form that was sent."""
    errors: dict[str, str] = {}
    if not user_input[CONF_READS] and not user_input[CONF_COMMANDS]:
        errors["base"] = "second_way_does_nothing"
    return errors


@callback
def accounts_by_car(hass: HomeAssistant) -> dict[str, ConfigEntry[Any]]:
    """Return the entries of accounts by the VINs of their cars."""
    return {
        vin: entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.data.get(CONF_WAY) != Way.ENTITIES
        for vin in cars_of(hass, entry)
    }


@callback
def async_put_beside(
    hass: HomeAssistant, account: ConfigEntry[Any], way: SecondWay
) -> None:
    """Put the entities of a car beside its account, in the place of earlier ones."""
    others = [
        item
        for item in account.data.get(CONF_SECOND_WAYS, ())
        if SecondWay.of(item).car.vin != way.car.vin
    ]
    hass.config_entries.async_update_entry(
        account, data={**account.data, CONF_SECOND_WAYS: [*others, way.as_data()]}
    )


@callback
def async_end_second_ways(hass: HomeAssistant, account: ConfigEntry[Any]) -> None:
    """Use the entities beside an account no longer."""
    data = {key: item for key, item in account.data.items() if key != CONF_SECOND_WAYS}
    hass.config_entries.async_update_entry(account, data=data)


def is_busy(entry: ScoutConfigEntry, vin: str) -> bool:
    """Return whether a session runs in the car of an entry."""
    if entry.state is not ConfigEntryState.LOADED:
        return False
    sessions = entry.runtime_data.store.record(vin).sessions
    return any(session.in_car for session in sessions.open)


async def async_merge(
    hass: HomeAssistant,
    account: ScoutConfigEntry,
    entities: ScoutConfigEntry,
    user_input: Mapping[str, Any],
) -> None:
    """Make one entry of two: the account's, with the entities beside it.

    The device and the entities of the car stay, and so do its settings, what a person
    said about the coming days, and the sessions that are to come.
    """
    car = EntityCar.of(entities.data)
    way = SecondWay(
        car=car, reads=user_input[CONF_READS], commands=user_input[CONF_COMMANDS]
    )
    record = None
    if entities.state is ConfigEntryState.LOADED:
        record = entities.runtime_data.store.data.charging.get(car.vin)
    _hand_over(hass, car.vin, entities, account)
    # This undoes what it put into the car.
    await hass.config_entries.async_remove(entities.entry_id)
    async_put_beside(hass, account, way)
    await hass.config_entries.async_reload(account.entry_id)
    if record is not None and account.state is ConfigEntryState.LOADED:
        await _async_take_over(account, car.vin, record)


@callback
def _hand_over(
    hass: HomeAssistant,
    vin: str,
    entities: ConfigEntry[Any],
    account: ConfigEntry[Any],
) -> None:
    """Move the device and the entities of a car to another entry."""
    devices, registry = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_device(identifiers={(DOMAIN, vin)})
    if device is None or entities.entry_id not in device.config_entries:
        return
    devices.async_update_device(device.id, add_config_entry_id=account.entry_id)
    for each in er.async_entries_for_device(
        registry, device.id, include_disabled_entities=True
    ):
        if each.config_entry_id == entities.entry_id:
            registry.async_update_entity(
                each.entity_id, config_entry_id=account.entry_id
            )


async def _async_take_over(
    account: ScoutConfigEntry, vin: str, record: CarRecord
) -> None:
    """Keep what a person set and promised for a car that was another entry's."""
    worker = account.runtime_data.worker
    if worker.repository.record(vin).sessions.open:
        return
    to_come = {
        key: session
        for key, session in record.sessions.sessions.items()
        if not session.over and not session.in_car
    }
    await worker.repository.async_update(
        vin,
        settings=record.settings,
        overrides=record.overrides,
        repeats=record.repeats,
        power=record.power,
        charges=record.charges,
        sessions=CarSessions(sessions=to_come),
    )
    await worker.async_cycle(vin, SyncTrigger.TIMER)
