"""Find cars and chargers among the entities of other integrations. Pure.

An entity is found by the integration that made it and by the end of its unique id, which
is neither translated nor renamed. ESPHome has no such ids: its entities are found by the
project of the firmware and by the object name. Sources of the tables: Home Assistant
2026.10 (tesla_fleet, teslemetry, tessie, wallbox), alandtse/tesla, lbbrhzn/ocpp and the
two firmwares for Tesla's BLE.
"""

from collections.abc import Iterable, Iterator, Mapping
import re
from typing import Final

from .parts import PLUG_PARTS, REQUIRED, Candidate, DeviceFacts, EntityFacts, Part

type Suffixes = Mapping[Part, tuple[tuple[str, str], ...]]

# Kind of entity and end of the unique id, the best one first. Core's three integrations
# use ``{VIN}-{key}``.
_CORE: Final[Suffixes] = {
    Part.AMPS: (("number", "charge_state_charge_current_request"),),
    Part.CHARGING_STATE: (("sensor", "charge_state_charging_state"),),
    Part.ENERGY_ADDED: (("sensor", "charge_state_charge_energy_added"),),
    Part.LEVEL: (
        ("sensor", "charge_state_battery_level"),
        ("sensor", "charge_state_usable_battery_level"),
    ),
    Part.LIMIT: (("number", "charge_state_charge_limit_soc"),),
    Part.LOCATION: (("device_tracker", "location"),),
    Part.AT_HOME: (("binary_sensor", "located_at_home"),),
    Part.ONLINE: (("binary_sensor", "state"),),
    Part.PLUG: (("binary_sensor", "charge_state_conn_charge_cable"),),
    Part.POWER: (("sensor", "charge_state_charger_power"),),
    Part.SHIFT: (("sensor", "drive_state_shift_state"),),
    Part.START: (
        ("switch", "charge_state_user_charge_enable_request"),
        ("switch", "charge_state_charge_enable_request"),
    ),
    Part.WAKE: (("button", "wake"),),
}

# alandtse/tesla: ``{vin}_{type}``, made of lower-case letters.
_CUSTOM: Final[Suffixes] = {
    Part.AMPS: (("number", "charging_amps"),),
    Part.ASLEEP: (("binary_sensor", "asleep"),),
    Part.CHARGING: (("binary_sensor", "charging"),),
    Part.ENERGY_ADDED: (("sensor", "energy_added"),),
    Part.LEVEL: (("sensor", "battery"),),
    Part.LIMIT: (("number", "charge_limit"),),
    Part.LOCATION: (("device_tracker", "location_tracker"),),
    Part.ONLINE: (("binary_sensor", "online"),),
    Part.PLUG: (("binary_sensor", "charger"),),
    Part.POWER: (("sensor", "charger_power"),),
    Part.SHIFT: (("sensor", "shift_state"),),
    Part.START: (("switch", "charger"),),
    Part.WAKE: (("button", "wake_up"),),
}

_BY_VIN: Final[Mapping[str, Suffixes]] = {
    "tesla_fleet": _CORE,
    "teslemetry": _CORE,
    "tessie": _CORE,
    "tesla_custom": _CUSTOM,
}

# Kind of entity and object name, in lower case.
_PEDRO: Final[Suffixes] = {
    Part.AMPS: (("number", "charging amps"),),
    Part.ASLEEP: (("binary_sensor", "asleep"),),
    Part.CHARGING_STATE: (("sensor", "charging state"),),
    Part.ENERGY_ADDED: (("sensor", "charge energy added"),),
    Part.LEVEL: (("sensor", "charge level"),),
    Part.LIMIT: (("number", "charging limit"),),
    Part.POWER: (("sensor", "charge power"),),
    Part.SHIFT: (("sensor", "shift state"),),
    Part.START: (("switch", "charger"),),
    Part.WAKE: (("button", "wake up"),),
}
_YOZIRU: Final[Suffixes] = {
    Part.AMPS: (("number", "charging amps"),),
    Part.ASLEEP: (("binary_sensor", "asleep"),),
    Part.CHARGING_STATE: (("sensor", "charging"), ("sensor", "charging state")),
    Part.ENERGY_ADDED: (("sensor", "energy added"),),
    Part.LEVEL: (("sensor", "battery"), ("sensor", "battery level")),
    Part.LIMIT: (("number", "charging limit"),),
    Part.PLUG: (("binary_sensor", "charger"),),
    Part.POWER: (("sensor", "charger power"),),
    Part.SHIFT: (("sensor", "shift state"),),
    Part.START: (("switch", "charger switch"), ("switch", "charger")),
    Part.WAKE: (("button", "wake up"),),
}
_ESPHOME: Final[Mapping[tuple[str, str], Suffixes]] = {
    ("pedroktfc", "esphome-tesla-ble"): _PEDRO,
    ("yoziru", "esphome-tesla-ble"): _YOZIRU,
}

# OCPP: ``switch.ocpp.{charge point}.{key}``, ``ocpp.{charge point}.{measurand}.sensor``.
# Wallbox: ``{key}-{serial number}``.
_OCPP: Final[Suffixes] = {
    Part.CHARGING_STATE: (("sensor", "status.connector.sensor"),),
    Part.ENERGY_ADDED: (("sensor", "energy.session.sensor"),),
    Part.POWER: (("sensor", "power.active.import.sensor"),),
    Part.START: (("switch", "charge_control"),),
}
_WALLBOX: Final[Suffixes] = {
    Part.CHARGING_STATE: (("sensor", "status_description"),),
    Part.ENERGY_ADDED: (("sensor", "added_energy"),),
    Part.LEVEL: (("sensor", "state_of_charge"),),
    Part.POWER: (("sensor", "charging_power"),),
    Part.START: (("switch", "paused"),),
}

_VIN: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")

# All integrations whose entities are looked at.
PLATFORMS: Final = frozenset({*_BY_VIN, "esphome", "ocpp", "wallbox"})


def candidates(
    entities: Iterable[EntityFacts], devices: Iterable[DeviceFacts]
) -> tuple[Candidate, ...]:
    """Return the cars and chargers among entities, cars first, each by name.

    What has neither a state of charge nor a switch to start is left out.
    """
    by_id = {device.device_id: device for device in devices}
    groups: dict[tuple[str, str], list[EntityFacts]] = {}
    for entity in entities:
        if entity.platform not in PLATFORMS or entity.device_id not in by_id:
            continue
        key = (entity.platform, entity.device_id or "")
        groups.setdefault(key, []).append(entity)
    found = (
        _candidate(platform, by_id[device_id], group)
        for (platform, device_id), group in groups.items()
    )
    return tuple(
        sorted(
            (item for item in found if item is not None),
            key=lambda item: (item.is_charger, item.name.casefold(), item.platform),
        )
    )


def _candidate(
    platform: str, device: DeviceFacts, entities: list[EntityFacts]
) -> Candidate | None:
    """Return what a device is; None: neither a car nor a charger."""
    vin = _vin_of(device, entities)
    matched = dict(_matches(platform, device, vin, entities))
    charger = platform in ("ocpp", "wallbox")
    if not matched.keys() & REQUIRED or (charger and Part.START not in matched):
        return None
    if not charger and not matched.keys() & (PLUG_PARTS | {Part.START}):
        return None
    return Candidate(
        key=vin or device.device_id,
        platform=platform,
        name=device.name or device.model or platform,
        vin=vin,
        device_id=device.device_id,
        parts={part: entity.registry_id for part, entity in matched.items()},
        disabled=frozenset(part for part, found in matched.items() if found.disabled),
        is_charger=charger,
    )


def _matches(
    platform: str,
    device: DeviceFacts,
    vin: str | None,
    entities: list[EntityFacts],
) -> Iterator[tuple[Part, EntityFacts]]:
    """Yield the entity of each part that a device has."""
    names: Suffixes
    if platform == "esphome":
        maker, model = (device.manufacturer or "", device.model or "")
        names = _ESPHOME.get((maker.casefold(), model.casefold()), {})
        ends = {(item.domain, (item.name or "").casefold()): item for item in entities}
    elif platform in _BY_VIN:
        names = {} if vin is None else _BY_VIN[platform]
        # The VIN has 17 characters, and one stands between it and the rest.
        ends = {(item.domain, item.unique_id[18:]): item for item in entities}
    elif platform == "ocpp":
        names = _OCPP
        ends = {(item.domain, _ocpp_end(item, device)): item for item in entities}
    else:
        names = _WALLBOX
        ends = {
            (item.domain, item.unique_id.rpartition("-")[0]): item for item in entities
        }
    for part, wanted in names.items():
        for end in wanted:
            if (entity := ends.get(end)) is not None:
                yield part, entity
                break


def _ocpp_end(entity: EntityFacts, device: DeviceFacts) -> str:
    """Return the unique id of an entity without the charge point before it."""
    text = entity.unique_id.casefold()
    for _, point in device.identifiers:
        before, found, after = text.partition(f"{point.casefold()}.")
        if found and before in ("ocpp.", f"{entity.domain}.ocpp."):
            return after
    return text


def _vin_of(device: DeviceFacts, entities: list[EntityFacts]) -> str | None:
    """Return the VIN: of the device, else of the unique ids if all have the same."""
    named = [device.serial_number or "", *(name for _, name in device.identifiers)]
    for text in named:
        if _VIN.fullmatch(text.upper()):
            return text.upper()
    starts = {
        entity.unique_id[:17].upper()
        for entity in entities
        if entity.unique_id[17:18] in ("-", "_")
    }
    vins = {start for start in starts if _VIN.fullmatch(start)}
    return vins.pop() if len(vins) == 1 else None
