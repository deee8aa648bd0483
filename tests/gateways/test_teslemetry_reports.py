"""What Teslemetry reports of a car, added to the last read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.tesla_scout_worker.gateways.models import (
    ChargingState,
    Connectivity,
)
from custom_components.tesla_scout_worker.gateways.teslemetry.reports import (
    CarReport,
    created_at,
    state_of,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
READ = {
    "charge_state": {"battery_level": 50, "charging_state": "Disconnected"},
    "charge_schedule_data": {"charge_schedules": []},
}


def test_a_report_changes_what_it_names_and_nothing_else() -> None:
    """The level, the limit, the state of the charge, the gear, the place."""
    report = CarReport(READ, NOW)
    assert report.add(
        {
            "Soc": 62.4,
            "ChargeLimitSoc": 80,
            "DetailedChargeState": "DetailedChargeStateCharging",
            "Gear": "ShiftStateD",
            "Location": {"latitude": 52.2, "longitude": 21.0},
        },
        LATER,
    )
    found = report.snapshot
    assert found.seen_at == LATER
    assert found.charge.battery_level == 62
    assert found.charge.charge_limit == 80
    assert found.charge.charging_state is ChargingState.CHARGING
    assert found.drive.is_driving
    assert found.drive.position is not None


def test_what_no_report_has_is_unknown_after_one() -> None:
    """The energy of the last read beside a newer level would be a slow charge."""
    charge = {"battery_level": 50, "charge_energy_added": 3.5, "charger_power": 11}
    report = CarReport({"charge_state": charge}, NOW)
    assert report.snapshot.charge.energy_added == 3.5
    report.add({"Soc": 62}, LATER)
    found = report.snapshot.charge
    assert (found.energy_added, found.charger_power) == (None, None)


def test_the_schedules_are_of_the_last_read() -> None:
    """A stream does not list them, so they confirm nothing that was sent since."""
    report = CarReport(READ, NOW)
    assert report.snapshot.schedules_at is None
    report.add({"Soc": 51}, LATER)
    assert report.snapshot.schedules == ()
    assert report.snapshot.schedules_at == NOW


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"Soc": 50}, LATER),
        ({"Odometer": 12345}, LATER),
        ({"Soc": {"invalid": True}, "Gear": None, "Location": "home"}, LATER),
        ({"Soc": 60}, NOW - timedelta(seconds=1)),
    ],
    ids=["nothing new", "not listened to", "invalid", "before the read"],
)
def test_what_says_nothing_changes_nothing(data: dict[str, Any], at: datetime) -> None:
    """Also a report that was late: the read shows more."""
    report = CarReport(READ, NOW)
    before = report.snapshot
    assert not report.add(data, at)
    assert report.snapshot == before


def test_an_event_says_when_it_is_of_and_what_it_is_about() -> None:
    """Without a time or with an unknown state it says neither."""
    assert created_at({"createdAt": "2026-11-24T12:00:00+01:00"}) == NOW
    assert created_at({"createdAt": "2026-11-24T11:00:00"}) is None
    assert created_at({}) is None
    assert state_of({"state": "asleep"}) is Connectivity.ASLEEP
    assert state_of({"state": "dreaming"}) is None
    assert state_of({"data": {}}) is None
