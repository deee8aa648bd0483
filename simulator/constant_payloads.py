"""The sections of `vehicle_data` that stay constant."""

from typing import Any

# The fourth character of a VIN is the letter of the model.
_CAR_TYPES = {"3": "model3", "S": "models", "X": "modelx", "Y": "modely"}


def climate_state() -> dict[str, Any]:
    """Return `climate_state` with the climate off, in °C."""
    seats = ("left", "right", "rear_left", "rear_center", "rear_right")
    return {
        "allow_cabin_overheat_protection": True,
        "auto_seat_climate_left": True,
        "auto_seat_climate_right": True,
        "auto_steering_wheel_heat": False,
        "battery_heater": False,
        "battery_heater_no_power": None,
        "bioweapon_mode": False,
        "cabin_overheat_protection": "Off",
        "cabin_overheat_protection_actively_cooling": False,
        "climate_keeper_mode": "off",
        "cop_activation_temperature": "High",
        "defrost_mode": 0,
        "driver_temp_setting": 21.0,
        "fan_status": 0,
        "hvac_auto_request": "On",
        "inside_temp": 17.5,
        "is_auto_conditioning_on": False,
        "is_climate_on": False,
        "is_front_defroster_on": False,
        "is_preconditioning": False,
        "is_rear_defroster_on": False,
        "left_temp_direction": 0,
        "max_avail_temp": 28.0,
        "min_avail_temp": 15.0,
        "outside_temp": 14.0,
        "passenger_temp_setting": 21.0,
        "remote_heater_control_enabled": False,
        "right_temp_direction": 0,
        "side_mirror_heaters": False,
        "steering_wheel_heat_level": 0,
        "steering_wheel_heater": False,
        "supports_fan_only_cabin_overheat_protection": True,
        "wiper_blade_heater": False,
        **{f"seat_heater_{seat}": 0 for seat in seats},
    }


def closures() -> dict[str, Any]:
    """Return doors, trunks and windows, all closed (0)."""
    names = ("df", "dr", "pf", "pr", "ft", "rt")
    windows = ("fd_window", "fp_window", "rd_window", "rp_window")
    return dict.fromkeys(names + windows, 0)


def gui_settings() -> dict[str, Any]:
    """Return `gui_settings` with metric units."""
    return {
        "gui_24_hour_time": True,
        "gui_charge_rate_units": "kW",
        "gui_distance_units": "km/hr",
        "gui_range_display": "Rated",
        "gui_temperature_units": "C",
        "gui_tirepressure_units": "Bar",
        "show_range_units": False,
    }


def vehicle_config(vin: str) -> dict[str, Any]:
    """Return `vehicle_config` of the model in a VIN."""
    return {
        "aux_park_lamps": "Eu",
        "badge_version": 1,
        "can_accept_navigation_requests": True,
        "can_actuate_trunks": True,
        "car_special_type": "base",
        "car_type": _CAR_TYPES.get(vin[3:4], "model3"),
        "charge_port_type": "CCS",
        "cop_user_set_temp_supported": True,
        "dashcam_clip_save_supported": True,
        "default_charge_to_max": False,
        "driver_assist": "TeslaAP3",
        "ece_restrictions": True,
        "efficiency_package": "MY2021",
        "eu_vehicle": True,
        "exterior_color": "DeepBlue",
        "exterior_trim": "Black",
        "exterior_trim_override": "",
        "has_air_suspension": False,
        "has_ludicrous_mode": False,
        "has_seat_cooling": False,
        "headlamp_type": "Premium",
        "interior_trim_type": "Black2",
        "key_version": 2,
        "motorized_charge_port": True,
        "paint_color_override": "",
        "performance_package": "Base",
        "plg": True,
        "pws": False,
        "rear_drive_unit": "PM216MOSFET",
        "rear_seat_heaters": 1,
        "rear_seat_type": 0,
        "rhd": False,
        "roof_color": "RoofColorGlass",
        "seat_type": None,
        "spoiler_type": "None",
        "sun_roof_installed": None,
        "supports_qr_pairing": False,
        "third_row_seats": "None",
        "trim_badging": "74d",
        "use_range_badging": True,
        "utc_offset": 7200,
        "webcam_selfie_supported": True,
        "webcam_supported": True,
        "wheel_type": "Apollo19",
    }
