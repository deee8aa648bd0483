"""Payloads and reads that the tests of the Scout's decisions share."""

from datetime import UTC, datetime
from typing import Any

from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    Position,
    VehicleSnapshot,
    VehicleSummary,
)
from custom_components.tesla_scout_worker.scouting.geofence import Home

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOME_POSITION = Position(latitude=52.2297, longitude=21.0122)
WORK_POSITION = Position(latitude=52.1672, longitude=20.8679)
HOME = Home(position=HOME_POSITION, radius=100)
VIN = "LRW3E7EK0RC000001"


def summary(connectivity: Connectivity | None = Connectivity.ONLINE) -> VehicleSummary:
    """Return a row of the free list."""
    return VehicleSummary(vin=VIN, name="Scout", connectivity=connectivity)


def snapshot(
    *,
    position: Position | None = HOME_POSITION,
    level: int | None = 70,
    limit: int | None = 80,
    charging_state: str | None = "Disconnected",
    shift_state: str | None = None,
    at: datetime = NOON,
) -> VehicleSnapshot:
    """Return a read; None is a field that Tesla sends as null."""
    payload: dict[str, Any] = {
        "charge_state": {
            "battery_level": level,
            "charge_limit_soc": limit,
            "charging_state": charging_state,
        },
        "drive_state": {
            "latitude": None if position is None else position.latitude,
            "longitude": None if position is None else position.longitude,
            "shift_state": shift_state,
        },
    }
    return VehicleSnapshot.parse(payload, at)
