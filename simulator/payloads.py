"""The cloud's payloads about a car, in Tesla's names and units.

Field names and types are those of Tesla's `vehicle_data`, as documented and as Home
Assistant's `tesla_fleet` reads them: speeds in mph, ranges and the odometer in miles,
temperatures in °C, `timestamp` in milliseconds.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from typing import Any

from .car_settings import LIMIT_MAX, LIMIT_MIN, CarSettings, CarState
from .charging import VOLTAGE, ChargingState
from .constant_payloads import climate_state, closures, gui_settings, vehicle_config
from .snapshot import Snapshot

KM_A_MILE = 1.609344

# Served only if requested by name; `location_data` since firmware 2023.38.
NAMED_ONLY = frozenset(
    {"charge_schedule_data", "location_data", "preconditioning_schedule_data"}
)


def summary(settings: CarSettings, state: CarState) -> dict[str, Any]:
    """Return a car's row of GET /vehicles."""
    draw = Random(settings.vin)
    number = draw.randrange(10**15, 10**16)
    return {
        "id": number,
        "id_s": str(number),
        "vehicle_id": draw.randrange(10**9, 10**10),
        "vin": settings.vin,
        "color": None,
        "access_type": "OWNER",
        "display_name": settings.name,
        "option_codes": None,
        "granular_access": {"hide_private": False},
        "tokens": [f"{draw.getrandbits(64):016x}" for _ in range(2)],
        "state": str(state),
        "in_service": False,
        "calendar_enabled": True,
        "api_version": 76,
        "backseat_token": None,
        "backseat_token_updated_at": None,
        "ble_autopair_enrolled": False,
    }


def product(settings: CarSettings, state: CarState) -> dict[str, Any]:
    """Return a car's row of GET /products."""
    return {
        **summary(settings, state),
        "user_id": 1,
        "cached_data": b64encode(settings.vin.encode()).decode(),
        "command_signing": settings.command_signing,
        "device_type": "vehicle",
        "release_notes_supported": True,
    }


def vehicle_data(
    snapshot: Snapshot, endpoints: frozenset[str] | None
) -> dict[str, Any]:
    """Return the response of vehicle_data.

    Args:
        snapshot: The car.
        endpoints: The requested sections; None for all but `NAMED_ONLY`. Unknown names
            are ignored. `location_data` is added to `drive_state`.
    """
    asked = frozenset(_SECTIONS) - NAMED_ONLY if endpoints is None else endpoints
    if "vehicle_data_combo" in asked:
        asked |= frozenset(_SECTIONS) - NAMED_ONLY
    data = {**summary(snapshot.settings, snapshot.state), "user_id": 1}
    for name, section in _SECTIONS.items():
        if name in asked:
            data[name] = {"timestamp": _milliseconds(snapshot), **section(snapshot)}
    if "location_data" in asked:
        stamp = {"timestamp": _milliseconds(snapshot)}
        data["drive_state"] = {**data.get("drive_state", stamp), **_location(snapshot)}
    return data


def _milliseconds(snapshot: Snapshot) -> int:
    """Return the instant in milliseconds since the epoch."""
    return int(snapshot.at.timestamp() * 1000)


def _charge_state(snapshot: Snapshot) -> dict[str, Any]:
    """Return `charge_state`."""
    charging = snapshot.charging_state is ChargingState.CHARGING
    settings = snapshot.settings
    # The level is rounded down; the small term removes the rounding error of floats.
    level = int(snapshot.battery_level + 1e-9)
    full_miles = settings.capacity_kwh / settings.consumption_kwh_per_km / KM_A_MILE
    miles = round(snapshot.battery_level / 100 * full_miles, 2)
    left = timedelta(0)
    if snapshot.complete_at is not None:
        left = max(left, snapshot.complete_at - snapshot.at)
    added = snapshot.energy_added_kwh / settings.capacity_kwh * full_miles
    rate = snapshot.charging_kw / settings.consumption_kwh_per_km / KM_A_MILE
    return {
        "battery_heater_on": False,
        "battery_level": level,
        "battery_range": miles,
        "charge_amps": snapshot.amps_asked,
        "charge_current_request": snapshot.amps_asked,
        "charge_current_request_max": snapshot.amps_max,
        "charge_enable_request": snapshot.charging_state is not ChargingState.STOPPED,
        "charge_energy_added": round(snapshot.energy_added_kwh, 2),
        "charge_limit_soc": snapshot.charge_limit,
        "charge_limit_soc_max": LIMIT_MAX,
        "charge_limit_soc_min": LIMIT_MIN,
        "charge_limit_soc_std": 80,
        "charge_miles_added_ideal": round(added, 2),
        "charge_miles_added_rated": round(added, 2),
        "charge_port_cold_weather_mode": False,
        "charge_port_color": "FlashingGreen" if charging else "<invalid>",
        "charge_port_door_open": snapshot.plugged_in,
        "charge_port_latch": "Engaged" if snapshot.plugged_in else "Disengaged",
        "charge_rate": round(rate, 1),
        "charger_actual_current": snapshot.amps,
        "charger_phases": snapshot.phases if charging else None,
        "charger_pilot_current": snapshot.amps_max,
        "charger_power": round(snapshot.charging_kw),
        "charger_voltage": VOLTAGE if charging else 2,
        "charging_state": str(snapshot.charging_state),
        "conn_charge_cable": "IEC" if snapshot.plugged_in else "<invalid>",
        "energy_remaining": round(
            settings.capacity_kwh * snapshot.battery_level / 100, 2
        ),
        "est_battery_range": miles,
        "fast_charger_brand": "<invalid>",
        "fast_charger_present": False,
        "fast_charger_type": "ACSingleWireCAN" if snapshot.plugged_in else "<invalid>",
        "ideal_battery_range": miles,
        "managed_charging_active": False,
        "managed_charging_start_time": None,
        "managed_charging_user_canceled": False,
        "max_range_charge_counter": 0,
        "minutes_to_full_charge": round(left / timedelta(minutes=1)),
        "not_enough_power_to_heat": None,
        "supercharger_session_trip_planner": False,
        "time_to_full_charge": round(left / timedelta(hours=1), 2),
        "trip_charging": False,
        "usable_battery_level": level,
        "user_charge_enable_request": None,
        **_scheduled_charging(snapshot),
    }


def _scheduled_charging(snapshot: Snapshot) -> dict[str, Any]:
    """Return the fields of `charge_state` on scheduled charging and departure."""
    run = snapshot.next_run
    pending = (
        snapshot.charging_state is ChargingState.STOPPED
        and run is not None
        and run.window.start > snapshot.at
    )
    start = None if run is None else run.window.start
    minutes = None
    if start is not None:
        local = start.astimezone(snapshot.zone)
        minutes = local.hour * 60 + local.minute
    return {
        "off_peak_charging_enabled": False,
        "off_peak_charging_times": "all_week",
        "off_peak_hours_end_time": 360,
        "preconditioning_enabled": False,
        "preconditioning_times": "all_week",
        "scheduled_charging_mode": "Off" if run is None else "StartAt",
        "scheduled_charging_pending": pending,
        "scheduled_charging_start_time": None if start is None else _epoch(start),
        "scheduled_charging_start_time_app": minutes,
        "scheduled_charging_start_time_minutes": minutes,
        "scheduled_departure_time": None,
        "scheduled_departure_time_minutes": None,
    }


def _epoch(instant: datetime) -> int:
    """Return an instant in seconds since the epoch."""
    return int(instant.timestamp())


def _drive_state(snapshot: Snapshot) -> dict[str, Any]:
    """Return `drive_state` without the location."""
    shift_state = "P" if snapshot.user_present else None
    return {
        "active_route_destination": None,
        "active_route_energy_at_arrival": None,
        "active_route_latitude": None,
        "active_route_longitude": None,
        "active_route_miles_to_arrival": None,
        "active_route_minutes_to_arrival": None,
        "active_route_traffic_minutes_delay": None,
        "power": round(snapshot.drive_kw - snapshot.charging_kw),
        "shift_state": shift_state if snapshot.kmh is None else "D",
        "speed": None if snapshot.kmh is None else round(snapshot.kmh / KM_A_MILE),
    }


def _location(snapshot: Snapshot) -> dict[str, Any]:
    """Return the fields that `location_data` adds to `drive_state`."""
    latitude = round(snapshot.place.latitude, 6)
    longitude = round(snapshot.place.longitude, 6)
    return {
        "gps_as_of": _epoch(snapshot.at),
        "heading": snapshot.heading,
        "latitude": latitude,
        "longitude": longitude,
        "native_latitude": latitude,
        "native_location_supported": 1,
        "native_longitude": longitude,
        "native_type": "wgs",
    }


def _vehicle_state(snapshot: Snapshot) -> dict[str, Any]:
    """Return `vehicle_state`."""
    return {
        **closures(),
        "api_version": 76,
        "autopark_state_v2": "unavailable",
        "calendar_supported": True,
        "car_version": f"{snapshot.settings.firmware} 5c1b7d0a3e42",
        "center_display_state": 2 if snapshot.user_present else 0,
        "dashcam_clip_save_available": False,
        "dashcam_state": "Recording" if snapshot.kmh is not None else "Unavailable",
        "feature_bitmask": "fbdffbff,187f",
        "is_user_present": snapshot.user_present,
        "locked": not snapshot.user_present,
        "media_info": {
            "a2dp_source_name": "",
            "audio_volume": 2.6667,
            "audio_volume_increment": 0.333333,
            "audio_volume_max": 10.333333,
            "media_playback_status": "Stopped",
            "now_playing_album": "",
            "now_playing_artist": "",
            "now_playing_duration": 0,
            "now_playing_elapsed": 0,
            "now_playing_source": "",
            "now_playing_station": "",
            "now_playing_title": "",
        },
        "media_state": {"remote_control_enabled": True},
        "notifications_supported": True,
        "odometer": round(snapshot.odometer_km / KM_A_MILE, 6),
        "parsed_calendar_supported": True,
        "pws_supported": False,
        "remote_start": False,
        "remote_start_enabled": True,
        "remote_start_supported": True,
        "sentry_mode": snapshot.sentry,
        "sentry_mode_available": True,
        "service_mode": False,
        "service_mode_plus": False,
        "smart_summon_available": False,
        "software_update": {
            "download_perc": 0,
            "expected_duration_sec": 2700,
            "install_perc": 1,
            "status": "",
            "version": " ",
        },
        "speed_limit_mode": {
            "active": False,
            "current_limit_mph": 85,
            "max_limit_mph": 120,
            "min_limit_mph": 50,
            "pin_code_set": False,
        },
        "summon_standby_mode_enabled": False,
        "valet_mode": False,
        "valet_pin_needed": True,
        "vehicle_name": snapshot.settings.name,
        "vehicle_self_test_progress": 0,
        "vehicle_self_test_requested": False,
        "webcam_available": True,
        **_tyres(),
    }


def _tyres() -> dict[str, Any]:
    """Return the tyre fields of `vehicle_state`, in bar."""
    fields: dict[str, Any] = {"tpms_rcp_front_value": 2.9, "tpms_rcp_rear_value": 2.9}
    for number, wheel in enumerate(("fl", "fr", "rl", "rr")):
        fields[f"tpms_hard_warning_{wheel}"] = False
        fields[f"tpms_soft_warning_{wheel}"] = False
        fields[f"tpms_pressure_{wheel}"] = 2.85 + number * 0.025
        fields[f"tpms_last_seen_pressure_time_{wheel}"] = None
    return fields


def _charge_schedule_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return `charge_schedule_data` as a car of 2026 sends it."""
    run = snapshot.next_run
    window = {} if run is None else {"charge_schedule_window": asdict(run.schedule)}
    return {
        "charge_buffer": 6,
        **window,
        "charge_schedules": [asdict(schedule) for schedule in snapshot.schedules],
        "max_num_charge_schedules": snapshot.settings.max_charge_schedules,
        "next_schedule": run is not None,
        "show_schedule_complete_state": True,
        "timestamp": _seconds_and_nanos(snapshot),
    }


def _preconditioning_schedule_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return `preconditioning_schedule_data`, which is empty."""
    return {
        "max_num_precondition_schedules": snapshot.settings.max_charge_schedules,
        "next_schedule": False,
        "precondition_schedules": [],
        "timestamp": _seconds_and_nanos(snapshot),
    }


def _seconds_and_nanos(snapshot: Snapshot) -> dict[str, int]:
    """Return the instant as the sections of schedules have it."""
    return {
        "seconds": _epoch(snapshot.at),
        "nanos": snapshot.at.microsecond * 1000,
    }


_SECTIONS: dict[str, Callable[[Snapshot], dict[str, Any]]] = {
    "charge_schedule_data": _charge_schedule_data,
    "charge_state": _charge_state,
    "climate_state": lambda snapshot: climate_state(),
    "closures_state": lambda snapshot: closures(),
    "drive_state": _drive_state,
    "gui_settings": lambda snapshot: gui_settings(),
    "preconditioning_schedule_data": _preconditioning_schedule_data,
    "vehicle_config": lambda snapshot: vehicle_config(snapshot.settings.vin),
    "vehicle_state": _vehicle_state,
}
