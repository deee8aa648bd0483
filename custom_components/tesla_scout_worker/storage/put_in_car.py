"""What we put into the cars, in a form that any version of the integration reads.

It is the first section of the file, of plain lists and numbers, so that it outlives a
downgrade, a hand that edits the file, and the loss of the rest:

    {"<VIN>": {"owners_limit": 70, "raised_limits": [80], "schedule_ids": [1764090000]}}

A car that holds nothing of ours is not in it.
"""

from collections.abc import Mapping
import json
from typing import Any, Final

from ..charging.car_record import CarRecord, PutInCar, is_believed
from ..charging.in_car.charge_limit import LimitOverride

SECTION: Final = "put_in_car"


def section_of(records: Mapping[str, CarRecord]) -> dict[str, Any]:
    """Return the section about cars; records by VIN."""
    held = {vin: record.put_in_car for vin, record in records.items()}
    return {vin: _as_json(put) for vin, put in held.items() if put != PutInCar()}


def _as_json(put: PutInCar) -> dict[str, Any]:
    """Return what we put into a car as JSON."""
    ids = {"schedule_ids": sorted(put.schedule_ids)}
    if (override := put.override) is None:
        return ids
    raised = [override.raised_to, override.earlier]
    return {
        "owners_limit": override.original,
        "raised_limits": [limit for limit in raised if limit is not None],
        **ids,
    }


def read_section(stored: object) -> dict[str, PutInCar]:
    """Return what a stored section says, by VIN; what cannot be read is left out."""
    if not isinstance(stored, dict):
        return {}
    return {
        vin: _from_json(car)
        for vin, car in stored.items()
        if isinstance(vin, str) and isinstance(car, dict)
    }


def _from_json(stored: Mapping[str, Any]) -> PutInCar:
    """Return what a section says of a car."""
    owners, raised = stored.get("owners_limit"), _numbers(stored.get("raised_limits"))
    override = None
    if type(owners) is int and raised:
        override = LimitOverride(
            original=owners, raised_to=raised[0], earlier=[*raised, None][1]
        )
        override = override if is_believed(override) else None
    ids = _numbers(stored.get("schedule_ids"))
    return PutInCar(override=override, schedule_ids=frozenset(ids))


def _numbers(stored: object) -> list[int]:
    """Return the whole numbers of a stored list; an id is at least 0."""
    if not isinstance(stored, list):
        return []
    return [number for number in stored if type(number) is int and number >= 0]


def find_section(text: str) -> object:
    """Return the section in a file that is cut or damaged after it; None: it has none."""
    start = text.find(f'"{SECTION}"')
    colon = text.find(":", start)
    if start < 0 or colon < 0:
        return None
    try:
        found: object = json.JSONDecoder().raw_decode(text[colon + 1 :].lstrip())[0]
    except ValueError, RecursionError:
        return None
    return found
