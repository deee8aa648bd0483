"""What Tesla sends, read: unknown is unknown, and nothing is ever guessed."""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
import math
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeSnapshot,
    ChargingState,
    Connectivity,
    DriveSnapshot,
    Position,
    VehicleSnapshot,
    VehicleSummary,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)

# What any field may hold when it does not hold what it should.
UNKNOWN: list[Any] = [
    None,
    "",
    "<invalid>",
    [],
    {},
    True,
    math.nan,
    math.inf,
    10**400,
    -(10**400),
]

PAYLOAD: dict[str, Any] = {
    "vin": "LRW3E7EK0RC000001",
    "charge_state": {
        "battery_level": 70,
        "charge_limit_soc": 80,
        "charging_state": "Charging",
        "conn_charge_cable": "IEC",
        "charger_power": 11,
        "charge_energy_added": 12.5,
        "minutes_to_full_charge": 95,
    },
    "drive_state": {
        "latitude": 52.2297,
        "longitude": 21.0122,
        "gps_as_of": 1795604400,
        "shift_state": "D",
        "speed": 31,
    },
    "charge_schedule_data": {
        "charge_schedules": [
            {
                "id": 1795604400,
                "name": "",
                "days_of_week": 20,
                "start_enabled": True,
                "start_time": 65,
                "end_enabled": True,
                "end_time": 0,
                "one_time": True,
                "enabled": True,
                "latitude": 52.22970199584961,
                "longitude": 21.012199401855469,
            }
        ],
        "max_num_charge_schedules": 10,
    },
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**308)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["<invalid>", "Charging", "P", "online", "asleep", "required"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=6,
)


def changed(section: str, field: str, value: object) -> VehicleSnapshot:
    """Return the read of a car with one field changed."""
    payload = {**PAYLOAD, section: {**PAYLOAD[section], field: value}}
    return VehicleSnapshot.parse(payload, NOW)


def schedule(**fields: object) -> ChargeSchedule | None:
    """Return the schedule with some fields changed."""
    row = PAYLOAD["charge_schedule_data"]["charge_schedules"][0]
    return ChargeSchedule.parse({**row, **fields})


def objects(*known: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return JSON objects that have some fields by name, of any content."""
    return st.dictionaries(st.sampled_from(known) | st.text(max_size=3), JSON)


def test_a_payload_is_read() -> None:
    """Every field in its unit, and only what is read is kept of the payload."""
    look = VehicleSnapshot.parse(PAYLOAD, NOW)
    assert look.seen_at == NOW
    assert look.charge == ChargeSnapshot(
        battery_level=70,
        charge_limit=80,
        charging_state=ChargingState.CHARGING,
        plugged_in=True,
        charger_power=11,
        energy_added=12.5,
        minutes_to_full=95,
    )
    assert look.drive == DriveSnapshot(
        position=Position(latitude=52.2297, longitude=21.0122),
        position_at=datetime(2026, 11, 25, 11, tzinfo=UTC),
        shift_state="D",
        speed=31,
    )
    assert look.schedules == (
        ChargeSchedule(
            id=1795604400,
            days_of_week=20,
            start_time=65,
            end_time=0,
            one_time=True,
            enabled=True,
            position=Position(latitude=52.22970199584961, longitude=21.012199401855469),
        ),
    )
    assert look.max_schedules == 10
    assert "vin" not in look.payload
    assert VehicleSnapshot.parse(look.payload, NOW) == look


def test_the_text_of_a_snapshot_hides_the_position() -> None:
    """A snapshot in a log line must not bring the payload along."""
    look = VehicleSnapshot.parse(PAYLOAD, NOW)
    assert "gps_as_of" not in repr(look)


def test_an_empty_payload_knows_nothing() -> None:
    """Absent is unknown, and an unknown list of schedules is not an empty one."""
    look = VehicleSnapshot.parse({}, NOW)
    assert look.charge == ChargeSnapshot()
    assert look.drive == DriveSnapshot()
    assert look.schedules is None
    assert look.max_schedules is None
    assert look.drive.is_driving is False


@pytest.mark.parametrize("value", UNKNOWN, ids=str)
@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("battery_level", "battery_level"),
        ("charge_limit_soc", "charge_limit"),
        ("charging_state", "charging_state"),
        ("charger_power", "charger_power"),
        ("charge_energy_added", "energy_added"),
        ("minutes_to_full_charge", "minutes_to_full"),
    ],
)
def test_no_charge_field_is_guessed(field: str, attribute: str, value: object) -> None:
    """A field of no use is unknown, and the others are what they are."""
    charge = changed("charge_state", field, value).charge
    assert getattr(charge, attribute) is None
    assert charge.plugged_in is True
    known = [charge.battery_level, charge.charge_limit, charge.minutes_to_full]
    assert sum(number is not None for number in known) >= 2


@pytest.mark.parametrize("value", UNKNOWN, ids=str)
@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("latitude", "position"),
        ("longitude", "position"),
        ("shift_state", "shift_state"),
        ("speed", "speed"),
    ],
)
def test_no_drive_field_is_guessed(field: str, attribute: str, value: object) -> None:
    """Half a position is none."""
    assert getattr(changed("drive_state", field, value).drive, attribute) is None


@pytest.mark.parametrize(
    ("value", "level"),
    [(0, 0), (100, 100), (55.6, 56), (-1, None), (101, None), ("70", None)],
)
def test_a_level_is_a_percentage(value: object, level: int | None) -> None:
    """Beyond 0 and 100 there is no state of charge, and text is no number."""
    assert changed("charge_state", "battery_level", value).charge.battery_level == level


@pytest.mark.parametrize("minutes", [-5, 12.5])
def test_a_remaining_time_is_whole_and_not_negative(minutes: float) -> None:
    """What cannot be is unknown."""
    charge = changed("charge_state", "minutes_to_full_charge", minutes).charge
    assert charge.minutes_to_full is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Calibrating", ChargingState.CALIBRATING),
        ("Charging", ChargingState.CHARGING),
        ("Complete", ChargingState.COMPLETE),
        ("Disconnected", ChargingState.DISCONNECTED),
        ("NoPower", ChargingState.NO_POWER),
        ("Starting", ChargingState.STARTING),
        ("Stopped", ChargingState.STOPPED),
    ],
)
def test_every_charging_state(word: str, state: ChargingState) -> None:
    """All of Tesla's words; a cable is in unless the car says that none is."""
    charge = changed("charge_state", "charging_state", word).charge
    assert charge.charging_state is state
    assert charge.plugged_in is (word != "Disconnected")
    assert state.is_charging is (word in {"Charging", "Starting"})


@pytest.mark.parametrize(
    ("cable", "plugged_in"),
    [
        *[("IEC", True), ("SAE", True), ("GB_AC", True), ("GB_DC", True)],
        *[("<invalid>", None), ("SNA", None), ("Rope", None), (None, None)],
        *[("", None), (7, None), ([], None)],
    ],
)
def test_without_a_state_the_cable_tells(
    cable: object, plugged_in: bool | None
) -> None:
    """`<invalid>` is sent without a cable, and with one that has no name; SNA is no cable."""
    payload = {"charging_state": "Dancing", "conn_charge_cable": cable}
    assert ChargeSnapshot.parse(payload).plugged_in is plugged_in


@pytest.mark.parametrize(
    ("shift_state", "speed", "driving"),
    [
        ("D", 0, True),
        ("R", None, True),
        ("N", None, True),
        ("P", None, False),
        (None, None, False),
        (None, 3, True),
        ("<invalid>", 0, False),
    ],
)
def test_driving(shift_state: str | None, speed: float | None, driving: bool) -> None:
    """In gear, or rolling."""
    payload = {"shift_state": shift_state, "speed": speed}
    assert DriveSnapshot.parse(payload).is_driving is driving


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0, 0), (0.0, -0.0), (90.1, 0), (-90.1, 5), (5, 180.1), (5, -180.1), (True, 5)],
)
def test_no_place_is_no_place(latitude: object, longitude: object) -> None:
    """Lesson: (0, 0) and places off the globe were taken for positions."""
    assert Position.parse(latitude, longitude) is None


def test_greenwich_is_a_place() -> None:
    """Lesson: a longitude of 0 was taken for unknown."""
    place = Position.parse(51.4779, 0)
    assert place == Position(latitude=51.4779, longitude=0)


@pytest.mark.parametrize("value", [*UNKNOWN, -1, 1.5, "7.0", "-7", "٧"], ids=str)
def test_a_schedule_without_an_id_is_none(value: object) -> None:
    """A rounded id would be another schedule's."""
    assert schedule(id=value) is None


@pytest.mark.parametrize(
    ("fields", "attribute", "expected"),
    [
        ({"days_of_week": None}, "days_of_week", None),
        ({"days_of_week": 128}, "days_of_week", None),
        ({"days_of_week": "Mon"}, "days_of_week", None),
        ({"days_of_week": 0}, "days_of_week", 0),
        ({"start_enabled": False}, "start_time", None),
        ({"start_enabled": "false"}, "start_time", None),
        ({"start_time": 1440}, "start_time", 0),
        ({"start_time": 1441}, "start_time", None),
        ({"start_time": -1}, "start_time", None),
        ({"end_enabled": False}, "end_time", None),
        ({"end_time": 1439}, "end_time", 1439),
        ({"one_time": None}, "one_time", None),
        ({"one_time": False}, "one_time", False),
        ({"enabled": "<invalid>"}, "enabled", None),
        ({"latitude": 0, "longitude": 0}, "position", None),
    ],
)
def test_a_schedule_is_not_guessed(
    fields: dict[str, object], attribute: str, expected: object
) -> None:
    """No day, time or switch is made up for one that the car did not name."""
    found = schedule(**fields)
    assert found is not None
    assert getattr(found, attribute) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, None),
        ({}, None),
        ({"charge_schedules": None}, None),
        ({"charge_schedules": {}}, None),
        ({"charge_schedules": []}, ()),
        ({"charge_schedules": [None, 7, {"name": "no id"}]}, None),
        ({"charge_schedules": [{"id": 7}, {"name": "no id"}]}, None),
    ],
)
def test_a_list_that_is_not_there_is_not_empty(
    data: object, expected: tuple[ChargeSchedule, ...] | None
) -> None:
    """Principle 5: a failed read deletes nothing."""
    payload = {**PAYLOAD, "charge_schedule_data": data}
    assert VehicleSnapshot.parse(payload, NOW).schedules == expected


def test_a_summary_is_read() -> None:
    """A row of the free list, and one of the products."""
    row = {"vin": "LRW3E7EK0RC000001", "display_name": "Scout", "state": "asleep"}
    assert VehicleSummary.parse(row) == VehicleSummary(
        vin="LRW3E7EK0RC000001",
        name="Scout",
        connectivity=Connectivity.ASLEEP,
        in_service=False,
        requires_signing=None,
    )


@pytest.mark.parametrize(
    ("fields", "attribute", "expected"),
    [
        ({"state": "waking"}, "connectivity", None),
        ({"state": None}, "connectivity", None),
        ({"state": ["online"]}, "connectivity", None),
        ({"display_name": None}, "name", None),
        ({"in_service": True}, "in_service", True),
        ({"in_service": "true"}, "in_service", False),
        ({"command_signing": "required"}, "requires_signing", True),
        ({"command_signing": "allowed"}, "requires_signing", False),
        ({"command_signing": "off"}, "requires_signing", False),
        ({"command_signing": None}, "requires_signing", None),
    ],
)
def test_a_summary_is_not_guessed(
    fields: dict[str, object], attribute: str, expected: object
) -> None:
    """Words that nobody knew are unknown."""
    summary = VehicleSummary.parse({"vin": "LRW3E7EK0RC000001", **fields})
    assert summary is not None
    assert getattr(summary, attribute) == expected


@pytest.mark.parametrize("vin", [None, "", 7, "<invalid>"])
def test_a_row_without_a_vin_is_no_car(vin: object) -> None:
    """An account may hold batteries and walls too."""
    assert VehicleSummary.parse({"vin": vin, "energy_site_id": 1}) is None


@given(
    objects("charge_state", "drive_state", "charge_schedule_data"),
    objects(*PAYLOAD["charge_state"]),
    objects(*PAYLOAD["drive_state"]),
    st.lists(
        objects(*PAYLOAD["charge_schedule_data"]["charge_schedules"][0]), max_size=3
    ),
)
def test_any_json_object_is_a_snapshot(
    payload: Mapping[str, Any],
    charge: Mapping[str, Any],
    drive: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
) -> None:
    """Nothing that JSON can say raises, and what is read keeps its bounds."""
    VehicleSnapshot.parse(payload, NOW)
    data = {"charge_schedules": rows, "max_num_charge_schedules": payload.get("")}
    look = VehicleSnapshot.parse(
        {
            "charge_state": charge,
            "drive_state": drive,
            "charge_schedule_data": data,
        },
        NOW,
    )
    for level in (look.charge.battery_level, look.charge.charge_limit):
        assert level is None or 0 <= level <= 100
    assert look.drive.is_driving in (True, False)
    if look.drive.position is not None:
        assert (look.drive.position.latitude, look.drive.position.longitude) != (0, 0)
        assert -90 <= look.drive.position.latitude <= 90
    for found in look.schedules or ():
        assert found.days_of_week is None or 0 <= found.days_of_week < 128
        assert found.start_time is None or 0 <= found.start_time < 1440
    assert look.schedules is None or len(look.schedules) == len(rows)


@given(objects("vin", "state", "display_name", "in_service", "command_signing"))
def test_any_json_object_is_a_row(row: Mapping[str, Any]) -> None:
    """Of rows too nothing raises, and a car has its VIN from the row."""
    summary = VehicleSummary.parse(row)
    assert summary is None or summary.vin == row["vin"]


@given(objects(*PAYLOAD["charge_state"]))
def test_what_was_stored_is_read_as_before(charge: Mapping[str, Any]) -> None:
    """A payload that went through our storage tells the same."""
    look = VehicleSnapshot.parse({"charge_state": charge}, NOW)
    stored = json.loads(json.dumps(look.payload))
    assert VehicleSnapshot.parse(stored, NOW).charge == look.charge
