"""Mutated payloads: parsing never raises, and never yields what no car can have."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given
import orjson
import pytest

from custom_components.tesla_scout_worker.gateways.fields import (
    CHARGE_FIELDS,
    DRIVE_FIELDS,
    SCHEDULE_FIELDS,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    VehicleSnapshot,
    VehicleSummary,
)

from .payload_mutations import ABSURD, PATHS, PAYLOAD, mutated, mutated_payloads

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def between(value: float | None, least: float, most: float) -> bool:
    """Return whether a number is unknown or within bounds."""
    return value is None or least <= value <= most


def check_possible(found: VehicleSnapshot) -> None:
    """See that a car can have all this."""
    charge, drive = found.charge, found.drive
    assert between(charge.battery_level, 0, 100)
    assert between(charge.charge_limit, 50, 100)
    assert between(charge.charger_power, 0, 1_500)
    assert between(charge.energy_added, 0, 1_500)
    assert between(charge.minutes_to_full, 0, 20_160)
    assert between(drive.speed, 0, 300)
    assert drive.shift_state in (None, "P", "R", "N", "D")
    for at in (drive.position_at, drive.sent_at):
        assert at is None or 2012 <= at.year <= 2100
    assert between(found.max_schedules, 0, 1_000)
    for position in (drive.position, *(row.position for row in found.schedules or ())):
        if position is not None:
            assert between(position.latitude, -90, 90)
            assert between(position.longitude, -180, 180)
            assert (position.latitude, position.longitude) != (0, 0)
    for row in found.schedules or ():
        check_possible_schedule(row)


def check_possible_schedule(row: ChargeSchedule) -> None:
    """See that a car can hold this schedule."""
    assert 0 <= row.id < 2**64
    assert between(row.days_of_week, 0, 127)
    assert between(row.start_time, 0, 1_439)
    assert between(row.end_time, 0, 1_439)


@given(mutated_payloads())
def test_no_mutated_payload_raises_or_yields_what_no_car_can_have(
    payload: dict[str, Any],
) -> None:
    """Any field, row or section may hold anything."""
    found = VehicleSnapshot.parse(payload, NOW)
    check_possible(found)
    # What is kept can be written, and says the same when it is read.
    kept = orjson.loads(orjson.dumps(found.payload))
    assert VehicleSnapshot.parse(kept, NOW) == found
    VehicleSummary.parse(payload)


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_an_absurd_value_is_unknown_and_leaves_the_rest(path: tuple[Any, ...]) -> None:
    """Each field by itself: the other sections are as they were."""
    usual = VehicleSnapshot.parse(PAYLOAD, NOW)
    for value in ABSURD:
        payload = deepcopy(PAYLOAD)
        mutated(path, value, payload)
        found = VehicleSnapshot.parse(payload, NOW)
        check_possible(found)
        assert path[0] == "charge_state" or found.charge == usual.charge
        assert path[0] == "drive_state" or found.drive == usual.drive
        assert path[0] == "charge_schedule_data" or found.schedules == usual.schedules


def test_only_known_fields_are_kept() -> None:
    """What nobody reads is not stored, so that it cannot break the store."""
    kept = VehicleSnapshot.parse(PAYLOAD, NOW).payload
    assert set(kept["charge_state"]) == set(CHARGE_FIELDS)
    # Tesla sends no ``at_home``: it is of gateways without positions.
    assert set(kept["drive_state"]) == set(DRIVE_FIELDS) - {"at_home"}
    assert set(kept["charge_schedule_data"]) == {
        "charge_schedules",
        "max_num_charge_schedules",
    }
    assert set(kept["charge_schedule_data"]["charge_schedules"][0]) == set(
        SCHEDULE_FIELDS
    )
    json.dumps(kept)


def test_an_id_as_text_is_the_same_schedule() -> None:
    """Protobuf's JSON writes an integer of 64 bits as text."""
    found = VehicleSnapshot.parse(PAYLOAD, NOW).schedules
    assert found is not None
    assert [row.id for row in found] == [1795604400, 1788552190]


@pytest.mark.parametrize("row", [None, 7, {}, {"id": None}, {"id": -1}, {"id": "one"}])
def test_a_list_that_is_read_in_part_is_unknown(row: object) -> None:
    """Else what could not be read would be taken for removed, and be added again."""
    payload = deepcopy(PAYLOAD)
    payload["charge_schedule_data"]["charge_schedules"].append(row)
    found = VehicleSnapshot.parse(payload, NOW)
    assert found.schedules is None
    assert found.max_schedules == 100
    assert found.charge.charge_limit == 80


@pytest.mark.parametrize("data", [None, {}, "absent", [], {"charge_schedules": None}])
def test_without_schedules_the_limit_is_known_all_the_same(data: object) -> None:
    """An answer without ``charge_schedule_data``, or with null."""
    payload: Mapping[str, Any] = {**PAYLOAD, "charge_schedule_data": data}
    if data == "absent":
        payload = {
            key: payload[key] for key in payload if key != "charge_schedule_data"
        }
    found = VehicleSnapshot.parse(payload, NOW)
    assert found.schedules is None
    assert found.charge.charge_limit == 80


@pytest.mark.parametrize(
    ("display_name", "expected"),
    [
        ("Scout", "Scout"),
        ("x" * 200_000, "x" * 100),
        ("Sc\ud800out", "Scout"),
        ("\ud800", None),
        ("Żółw 🐢", "Żółw 🐢"),
        (["Scout"], None),
    ],
)
def test_a_name_can_be_shown_and_written(
    display_name: object, expected: str | None
) -> None:
    """The owner may call the car anything."""
    row = {"vin": "LRW3E7EK0RC000001", "display_name": display_name}
    summary = VehicleSummary.parse(row)
    assert summary is not None
    assert summary.name == expected


@pytest.mark.parametrize(
    "vin", ["../command", "LRW3E7EK0RC00000", "x" * 200_000, "ą" * 17]
)
def test_what_is_no_vin_is_no_car(vin: str) -> None:
    """A VIN becomes a part of an address."""
    assert VehicleSummary.parse({"vin": vin}) is None
