"""Tests of the payloads about a car."""

from dataclasses import replace
from typing import Any, cast

import pytest

from homeassistant.components.tesla_fleet import (
    binary_sensor,
    number,
    select,
    sensor,
    switch,
)
from homeassistant.components.tesla_fleet.coordinator import flatten
from simulator.car import Car, CarSettings
from simulator.clock import ManualClock
from simulator.geography import distance_m, place_at

from .car_samples import HOME, NOON, SETTINGS, a_car, a_schedule, hours, minutes

EVERYTHING = frozenset(
    {
        "charge_schedule_data",
        "charge_state",
        "climate_state",
        "closures_state",
        "drive_state",
        "gui_settings",
        "location_data",
        "preconditioning_schedule_data",
        "vehicle_config",
        "vehicle_state",
    }
)
LOCATION = frozenset({"latitude", "longitude", "heading", "gps_as_of"})


def section(car: Car, name: str) -> dict[str, Any]:
    """Return one section of vehicle_data."""
    return cast("dict[str, Any]", car.vehicle_data(frozenset({name}))[name])


def entity_keys() -> set[str]:
    """Return every field that an entity of Home Assistant's tesla_fleet shows."""
    descriptions = (
        *binary_sensor.VEHICLE_DESCRIPTIONS,
        *number.VEHICLE_DESCRIPTIONS,
        *select.SEAT_HEATER_DESCRIPTIONS,
        *sensor.VEHICLE_DESCRIPTIONS,
        *sensor.VEHICLE_TIME_DESCRIPTIONS,
        *switch.VEHICLE_DESCRIPTIONS,
    )
    return {description.key for description in descriptions}


def test_every_entity_of_home_assistant_finds_its_field() -> None:
    """Every field that the core's tesla_fleet shows is present."""
    car, _ = a_car()
    fields = set(flatten(car.vehicle_data(EVERYTHING)))
    keys = entity_keys()
    assert len(keys) > 60
    missing = keys - fields
    assert missing == {
        "climate_state_seat_heater_third_row_left",
        "climate_state_seat_heater_third_row_right",
    }
    other = {
        "climate_state_climate_keeper_mode",
        "climate_state_cop_activation_temperature",
        "climate_state_is_climate_on",
        "drive_state_latitude",
        "drive_state_longitude",
        "vehicle_config_rear_seat_heaters",
        "vehicle_config_third_row_seats",
        "vehicle_state_car_version",
        "vehicle_state_ft",
        "vehicle_state_locked",
        "vehicle_state_media_info_audio_volume",
        "vehicle_state_rt",
        "vehicle_state_software_update_status",
        "vehicle_state_software_update_version",
    }
    assert other <= fields


def test_only_requested_sections_are_served() -> None:
    """No list of sections means all but location and the schedules."""
    car, _ = a_car()
    default = car.vehicle_data(None)
    assert "drive_state" in default
    assert not LOCATION & default["drive_state"].keys()
    assert "charge_schedule_data" not in default
    assert "preconditioning_schedule_data" not in default
    few = car.vehicle_data(frozenset({"charge_state", "nonsense"}))
    assert EVERYTHING & few.keys() == {"charge_state"}
    assert few["state"] == "online"
    located = car.vehicle_data(frozenset({"location_data"}))
    assert EVERYTHING & located.keys() == {"drive_state"}
    assert located["drive_state"].keys() >= LOCATION
    both = car.vehicle_data(frozenset({"location_data", "drive_state"}))["drive_state"]
    assert both["latitude"] == HOME.latitude
    assert both["longitude"] == HOME.longitude
    assert "shift_state" in both


def test_every_section_has_its_time() -> None:
    """In milliseconds; as seconds and nanos in the lists; gps_as_of in seconds."""
    car, _ = a_car()
    data = car.vehicle_data(EVERYTHING)
    lists = {"charge_schedule_data", "preconditioning_schedule_data"}
    for name in EVERYTHING - {"location_data"} - lists:
        assert data[name]["timestamp"] == int(NOON.timestamp()) * 1000
    for name in lists:
        timestamp = {"seconds": int(NOON.timestamp()), "nanos": 0}
        assert data[name]["timestamp"] == timestamp
    assert data["drive_state"]["gps_as_of"] == int(NOON.timestamp())


def test_charging_car() -> None:
    """Power in whole kW, voltage, phases and the time that is left."""
    settings = replace(SETTINGS, plugged_in=True, battery_level=50.0)
    car, clock = a_car(settings=settings)
    clock.advance(hours(1))
    charge = section(car, "charge_state")
    assert charge["charging_state"] == "Charging"
    assert charge["battery_level"] == 64
    assert charge["charger_power"] == 11
    assert isinstance(charge["charger_power"], int)
    assert (charge["charger_voltage"], charge["charger_phases"]) == (230, 3)
    assert charge["charger_actual_current"] == 16
    assert charge["charge_energy_added"] == 11.0
    assert charge["minutes_to_full_charge"] == round((22.5 - 11) / 11 * 60)
    assert charge["time_to_full_charge"] == pytest.approx(11.5 / 11, abs=0.01)
    # 64.67 % of 75 kWh at 0.16 kWh/km, in miles.
    assert charge["battery_range"] == pytest.approx(48.5 / 0.16 / 1.609344, abs=0.01)
    assert charge["charge_rate"] == pytest.approx(11 / 0.16 / 1.609344, abs=0.1)
    assert section(car, "drive_state")["power"] == -11


def test_level_reads_full_only_when_it_is() -> None:
    """A minute before the limit the figure is one percent lower."""
    settings = replace(SETTINGS, plugged_in=True, battery_level=79.0)
    car, clock = a_car(settings=settings)
    assert section(car, "charge_state")["battery_level"] == 79
    clock.advance(minutes(4))
    assert section(car, "charge_state")["battery_level"] == 79
    clock.advance(minutes(1))
    charge = section(car, "charge_state")
    assert charge["battery_level"] == 80
    assert charge["charging_state"] == "Complete"
    assert charge["minutes_to_full_charge"] == 0


def test_unplugged_car() -> None:
    """Nothing flows, and the cable is `<invalid>`."""
    car, _ = a_car()
    charge = section(car, "charge_state")
    assert charge["charging_state"] == "Disconnected"
    assert charge["conn_charge_cable"] == "<invalid>"
    assert charge["charge_port_latch"] == "Disengaged"
    assert charge["charger_power"] == 0
    assert charge["charger_phases"] is None
    limits = ("charge_limit_soc", "charge_limit_soc_min", "charge_limit_soc_max")
    assert [charge[name] for name in limits] == [80, 50, 100]


def test_waiting_car_names_its_start() -> None:
    """With a schedule ahead charging is pending until its start."""
    settings = replace(SETTINGS, plugged_in=True)
    car, clock = a_car(a_schedule(22 * 60, 6 * 60), settings=settings)
    charge = section(car, "charge_state")
    assert charge["charging_state"] == "Stopped"
    assert charge["scheduled_charging_mode"] == "StartAt"
    assert charge["scheduled_charging_pending"] is True
    assert charge["scheduled_charging_start_time_minutes"] == 22 * 60
    start = int((NOON + hours(10)).timestamp())
    assert charge["scheduled_charging_start_time"] == start
    clock.advance(hours(10))
    charge = section(car, "charge_state")
    assert charge["scheduled_charging_pending"] is False
    assert charge["charging_state"] == "Charging"


def test_driving_car() -> None:
    """Gear, speed in mph, power, the way travelled and who sits in it."""
    car, clock = a_car()
    far = place_at(HOME, 90, 60_000)
    before = section(car, "vehicle_state")["odometer"]
    car.drive(80, far, hours(1))
    clock.advance(minutes(30))
    data = car.vehicle_data(EVERYTHING)
    drive = data["drive_state"]
    assert drive["shift_state"] == "D"
    assert drive["speed"] == 50
    assert drive["power"] == 13
    assert drive["heading"] in {89, 90}
    here = replace(HOME, latitude=drive["latitude"], longitude=drive["longitude"])
    assert distance_m(HOME, here) == pytest.approx(30_000, abs=1)
    assert data["vehicle_state"]["is_user_present"] is True
    odometer = data["vehicle_state"]["odometer"]
    assert odometer - before == pytest.approx(40 / 1.609344, abs=1e-5)
    clock.advance(minutes(31))
    drive = section(car, "drive_state")
    assert (drive["shift_state"], drive["speed"]) == ("P", None)
    clock.advance(minutes(5))
    assert section(car, "drive_state")["shift_state"] is None
    assert section(car, "vehicle_state")["is_user_present"] is False


def test_schedules_are_listed_as_kept() -> None:
    """Bitmask integer, minutes, flags and single-precision coordinates."""
    car, _ = a_car(a_schedule(65, 300, days=62, schedule_id=1_780_000_000))
    data = section(car, "charge_schedule_data")
    assert data["charge_schedules"] == [
        {
            "id": 1_780_000_000,
            "name": "",
            "days_of_week": 62,
            "start_enabled": True,
            "start_time": 65,
            "end_enabled": True,
            "end_time": 300,
            "one_time": False,
            "enabled": True,
            "latitude": pytest.approx(HOME.latitude, abs=1e-5),
            "longitude": pytest.approx(HOME.longitude, abs=1e-5),
        }
    ]
    assert data["charge_schedules"][0]["latitude"] != HOME.latitude
    assert data["next_schedule"] is True
    assert data["charge_schedule_window"]["id"] == 1_780_000_000
    assert data["max_num_charge_schedules"] == 100
    assert section(car, "preconditioning_schedule_data")["precondition_schedules"] == []


def test_car_without_schedules_has_an_empty_list_and_no_window() -> None:
    """As a real car of 2026 sends it."""
    car, _ = a_car()
    assert section(car, "charge_schedule_data") == {
        "charge_buffer": 6,
        "charge_schedules": [],
        "max_num_charge_schedules": 100,
        "next_schedule": False,
        "show_schedule_complete_state": True,
        "timestamp": {"seconds": int(NOON.timestamp()), "nanos": 0},
    }


def test_parked_cars_position_drifts_in_its_reports_only() -> None:
    """The reported position drifts; the true one stays, and the schedules use that."""
    settings = replace(SETTINGS, gps_drift_m=400.0, plugged_in=True, seed=3)
    car, clock = a_car(a_schedule(22 * 60, 6 * 60), settings=settings)
    seen = set()
    for _ in range(48):
        drive = car.vehicle_data(frozenset({"location_data"}))["drive_state"]
        there = replace(HOME, latitude=drive["latitude"], longitude=drive["longitude"])
        assert distance_m(HOME, there) <= 401
        seen.add(round(distance_m(HOME, there)))
        assert car.position == HOME
        clock.advance(minutes(10))
    assert max(seen) > 200
    assert car.charging_state == "Stopped"


def test_summary_and_product() -> None:
    """Both name the car, and only the product says how commands are signed."""
    settings = CarSettings(
        vin="5YJYE7EB0KF000002", name="Worker", home=HOME, command_signing="required"
    )
    car = Car(settings, ManualClock(NOON))
    summary, product = car.summary(), car.product()
    assert summary["vin"] == product["vin"] == settings.vin
    assert summary["display_name"] == "Worker"
    assert summary["id_s"] == str(summary["id"])
    assert len(summary["tokens"]) == 2
    assert "command_signing" not in summary
    assert product["command_signing"] == "required"
    assert product["device_type"] == "vehicle"
    assert car.summary() == summary
    other = Car(SETTINGS, ManualClock(NOON)).summary()
    assert other["id"] != summary["id"]
    assert section(car, "vehicle_config")["car_type"] == "modely"
    assert section(car, "vehicle_state")["car_version"].split(" ")[0] == "2026.32.6"


def test_payloads_are_json_and_do_not_share_state() -> None:
    """A caller that changes what it got does not change the car."""
    car, _ = a_car(a_schedule(65, 300))
    data = section(car, "charge_schedule_data")
    data["charge_schedules"].clear()
    assert len(section(car, "charge_schedule_data")["charge_schedules"]) == 1
    assert set(car.charge_schedules) == {1}
    car.charge_schedules.clear()
    assert set(car.charge_schedules) == {1}
