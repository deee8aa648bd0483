"""Registry entries as the integrations make them, from their source."""

from dataclasses import dataclass, field

from custom_components.tesla_scout_worker.gateways.entities.parts import (
    DeviceFacts,
    EntityFacts,
)

VIN = "LRW3E7EK0RC000001"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A device with its entities, and what each part should be found as.

    ``entities`` has a row of domain, unique id and name for each entity.
    """

    platform: str
    device: DeviceFacts
    entities: tuple[tuple[str, str, str], ...]
    disabled: frozenset[str] = frozenset()
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> list[EntityFacts]:
        """The entities as facts; the registry id is the domain and the unique id."""
        return [
            EntityFacts(
                registry_id=f"{domain}/{unique_id}",
                platform=self.platform,
                domain=domain,
                unique_id=unique_id,
                device_id=self.device.device_id,
                name=name,
                disabled=unique_id in self.disabled,
            )
            for domain, unique_id, name in self.entities
        ]


def core(platform: str, *rows: tuple[str, str], **parts: str) -> Sample:
    """Return a car of one of core's integrations: ``{VIN}-{key}``."""
    return Sample(
        platform=platform,
        device=DeviceFacts(
            device_id=f"device-of-{platform}",
            identifiers=frozenset({(platform, VIN)}),
            manufacturer="Tesla",
            model="Model 3",
            name="Wanderer",
            serial_number=VIN,
        ),
        # The names are translated: nothing may depend on them.
        entities=tuple(
            (domain, f"{VIN}-{key}", f"Nazwa {number}")
            for number, (domain, key) in enumerate(rows)
        ),
        parts={
            part: f"{place.partition(' ')[0]}/{VIN}-{place.partition(' ')[2]}"
            for part, place in parts.items()
        },
    )


TESLA_FLEET = core(
    "tesla_fleet",
    ("binary_sensor", "charge_state_conn_charge_cable"),
    ("binary_sensor", "state"),
    ("button", "flash_lights"),
    ("button", "wake"),
    ("device_tracker", "location"),
    ("device_tracker", "route"),
    ("number", "charge_state_charge_current_request"),
    ("number", "charge_state_charge_limit_soc"),
    ("sensor", "charge_state_battery_level"),
    ("sensor", "charge_state_charge_energy_added"),
    ("sensor", "charge_state_charger_power"),
    ("sensor", "charge_state_charging_state"),
    ("sensor", "charge_state_conn_charge_cable"),
    ("sensor", "charge_state_usable_battery_level"),
    ("sensor", "drive_state_shift_state"),
    ("switch", "charge_state_user_charge_enable_request"),
    ("switch", "vehicle_state_sentry_mode"),
    amps="number charge_state_charge_current_request",
    charging_state="sensor charge_state_charging_state",
    energy_added="sensor charge_state_charge_energy_added",
    level="sensor charge_state_battery_level",
    limit="number charge_state_charge_limit_soc",
    location="device_tracker location",
    online="binary_sensor state",
    plug="binary_sensor charge_state_conn_charge_cable",
    power="sensor charge_state_charger_power",
    shift="sensor drive_state_shift_state",
    start="switch charge_state_user_charge_enable_request",
    wake="button wake",
)

TESLEMETRY = core(
    "teslemetry",
    ("binary_sensor", "charge_state_conn_charge_cable"),
    ("binary_sensor", "located_at_home"),
    ("binary_sensor", "state"),
    ("button", "wake"),
    ("number", "charge_state_charge_limit_soc"),
    ("sensor", "charge_state_battery_level"),
    ("sensor", "charge_state_charging_state"),
    ("switch", "charge_state_user_charge_enable_request"),
    at_home="binary_sensor located_at_home",
    charging_state="sensor charge_state_charging_state",
    level="sensor charge_state_battery_level",
    limit="number charge_state_charge_limit_soc",
    online="binary_sensor state",
    plug="binary_sensor charge_state_conn_charge_cable",
    start="switch charge_state_user_charge_enable_request",
    wake="button wake",
)

TESSIE = core(
    "tessie",
    ("binary_sensor", "charge_state_charging_state"),
    ("button", "wake"),
    ("device_tracker", "location"),
    ("number", "charge_state_charge_limit_soc"),
    ("sensor", "charge_state_charging_state"),
    ("sensor", "charge_state_usable_battery_level"),
    ("switch", "charge_state_charge_enable_request"),
    charging_state="sensor charge_state_charging_state",
    level="sensor charge_state_usable_battery_level",
    limit="number charge_state_charge_limit_soc",
    location="device_tracker location",
    start="switch charge_state_charge_enable_request",
    wake="button wake",
)

TESLA_CUSTOM = Sample(
    platform="tesla_custom",
    # Its device is known by an id of Tesla's, not by the VIN.
    device=DeviceFacts(
        device_id="device-of-tesla_custom",
        identifiers=frozenset({("tesla_custom", "1492931337154343")}),
        manufacturer="Tesla",
        model="Model 3",
        name="Wanderer",
    ),
    entities=tuple(
        (domain, f"{VIN.lower()}_{kind}", kind.replace("_", " ").capitalize())
        for domain, kind in (
            ("binary_sensor", "asleep"),
            ("binary_sensor", "charger"),
            ("binary_sensor", "charging"),
            ("binary_sensor", "online"),
            ("binary_sensor", "parking_brake"),
            ("button", "force_data_update"),
            ("button", "wake_up"),
            ("device_tracker", "location_tracker"),
            ("number", "charge_limit"),
            ("number", "charging_amps"),
            ("sensor", "battery"),
            ("sensor", "charger_power"),
            ("sensor", "energy_added"),
            ("switch", "charger"),
        )
    ),
    disabled=frozenset({f"{VIN.lower()}_charging"}),
    parts={
        part: f"{place.replace(' ', f'/{VIN.lower()}_')}"
        for part, place in {
            "amps": "number charging_amps",
            "asleep": "binary_sensor asleep",
            "charging": "binary_sensor charging",
            "energy_added": "sensor energy_added",
            "level": "sensor battery",
            "limit": "number charge_limit",
            "location": "device_tracker location_tracker",
            "online": "binary_sensor online",
            "plug": "binary_sensor charger",
            "power": "sensor charger_power",
            "start": "switch charger",
            "wake": "button wake_up",
        }.items()
    },
)


def esphome(maker: str, *rows: tuple[str, str], **parts: str) -> Sample:
    """Return a node with a firmware for Tesla's BLE: ``{MAC}-{kind}-{object id}``."""
    mac = "08:3A:F2:00:00:01"

    def unique_id(domain: str, name: str) -> str:
        """Return the unique id that ESPHome makes of an object."""
        return f"{mac}-{domain}-{name.lower().replace(' ', '_')}"

    return Sample(
        platform="esphome",
        device=DeviceFacts(
            device_id=f"node-of-{maker}",
            manufacturer=maker,
            model="esphome-tesla-ble",
            name="Tesla BLE",
        ),
        entities=tuple(
            (domain, unique_id(domain, name), name) for domain, name in rows
        ),
        parts={
            part: f"{domain}/{unique_id(domain, name)}"
            for part, (domain, _, name) in (
                (part, place.partition(" ")) for part, place in parts.items()
            )
        },
    )


PEDRO_BLE = esphome(
    "PedroKTFC",
    ("binary_sensor", "Asleep"),
    ("binary_sensor", "Charge flap"),
    ("button", "Wake up"),
    ("number", "Charging amps"),
    ("number", "Charging limit"),
    ("sensor", "Charge energy added"),
    ("sensor", "Charge level"),
    ("sensor", "Charge limit"),
    ("sensor", "Charge power"),
    ("sensor", "Charging state"),
    ("sensor", "Shift state"),
    ("switch", "Charger"),
    ("switch", "Sentry mode"),
    amps="number Charging amps",
    asleep="binary_sensor Asleep",
    charging_state="sensor Charging state",
    energy_added="sensor Charge energy added",
    level="sensor Charge level",
    limit="number Charging limit",
    power="sensor Charge power",
    shift="sensor Shift state",
    start="switch Charger",
    wake="button Wake up",
)

YOZIRU_BLE = esphome(
    "yoziru",
    ("binary_sensor", "Asleep"),
    ("binary_sensor", "Charger"),
    ("button", "Wake up"),
    ("number", "Charging Amps"),
    ("number", "Charging Limit"),
    ("sensor", "Battery"),
    ("sensor", "Charging"),
    ("switch", "Charger switch"),
    amps="number Charging Amps",
    asleep="binary_sensor Asleep",
    charging_state="sensor Charging",
    level="sensor Battery",
    limit="number Charging Limit",
    plug="binary_sensor Charger",
    start="switch Charger switch",
    wake="button Wake up",
)

OCPP = Sample(
    platform="ocpp",
    device=DeviceFacts(
        device_id="charge-point",
        identifiers=frozenset({("ocpp", "garage"), ("ocpp", "CP_1")}),
        name="garage",
    ),
    entities=(
        ("switch", "switch.ocpp.garage.charge_control", "Charge Control"),
        ("switch", "switch.ocpp.garage.availability", "Availability"),
        ("sensor", "ocpp.garage.Status.Connector.sensor", "Status Connector"),
        ("sensor", "ocpp.garage.Power.Active.Import.sensor", "Power Active Import"),
        ("sensor", "ocpp.garage.Energy.Session.sensor", "Energy Session"),
    ),
    parts={
        "charging_state": "sensor/ocpp.garage.Status.Connector.sensor",
        "energy_added": "sensor/ocpp.garage.Energy.Session.sensor",
        "power": "sensor/ocpp.garage.Power.Active.Import.sensor",
        "start": "switch/switch.ocpp.garage.charge_control",
    },
)

WALLBOX = Sample(
    platform="wallbox",
    device=DeviceFacts(
        device_id="wallbox",
        identifiers=frozenset({("wallbox", "20000")}),
        manufacturer="Wallbox",
        name="Wallbox Garage",
    ),
    entities=(
        ("lock", "locked-20000", "Lock"),
        ("sensor", "added_energy-20000", "Added energy"),
        ("sensor", "charging_power-20000", "Charging power"),
        ("sensor", "status_description-20000", "Status"),
        ("switch", "paused-20000", "Pause/resume"),
    ),
    parts={
        "charging_state": "sensor/status_description-20000",
        "energy_added": "sensor/added_energy-20000",
        "power": "sensor/charging_power-20000",
        "start": "switch/paused-20000",
    },
)

SAMPLES = {
    "tesla_fleet": TESLA_FLEET,
    "teslemetry": TESLEMETRY,
    "tessie": TESSIE,
    "tesla_custom": TESLA_CUSTOM,
    "PedroKTFC": PEDRO_BLE,
    "yoziru": YOZIRU_BLE,
    "ocpp": OCPP,
    "wallbox": WALLBOX,
}
