"""The dashboard that the demo opens on."""

from collections.abc import Mapping
from typing import Any, Final

PATH: Final = "tesla-scout"


def dashboard(ids: Mapping[str, str], device_id: str) -> dict[str, Any]:
    """Return a dashboard for the car and the account: our cards, then all entities.

    ``ids`` maps the key of an entity to its entity id; ``device_id`` is the car.
    """

    def tile(key: str, name: str | None = None) -> dict[str, Any]:
        """Return a tile; under a heading a short name says enough."""
        return {
            "type": "tile",
            "entity": ids[key],
            "name": name or {"type": "entity"},
        }

    car = ["online", "at_home", "plugged_in", "ready_to_charge", "charging_state"]
    scout = ["last_seen", "next_look", "scout", "scout_now"]
    worker = {
        "off_peak_plan": "Plan",
        "shadow_mode": "Shadow mode",
        "next_charge_start": "Start",
        "next_charge_end": "End",
        "planned_energy": "Energy",
        "planned_cost": "Cost",
        "target_level": "Target",
        "departure": "Departure",
        "energy_charged": "Charged",
        "charging_cost": "Paid",
        "savings": "Savings",
    }
    promise = {
        "special_charging": "Session",
        "special_charging_start": "Start",
        "special_charging_end": "End",
        "special_charging_ready_by": "Ready by",
        "special_charging_expected_level": "Expected",
    }
    money = {
        "api_cost": "Cost",
        "api_data_requests": "Paid reads",
        "api_commands": "Commands",
        "api_wakes": "Wakes",
        "token_state": "Token",
        "token_expires": "Expires",
        "token_refreshes": "Refreshes",
    }
    return {
        "views": [
            {
                "title": "Scout",
                "type": "sections",
                "sections": [
                    {
                        "type": "grid",
                        "cards": [
                            {"type": "custom:tesla-scout-card", "device_id": device_id},
                            {"type": "custom:tesla-scout-account-card"},
                        ],
                    },
                    _section(
                        "The car",
                        {
                            "type": "gauge",
                            "entity": ids["battery_level"],
                            "min": 0,
                            "max": 100,
                        },
                        tile("charge_limit"),
                        *map(tile, car),
                        tile("location"),
                    ),
                    _section(
                        "The Scout",
                        *map(tile, scout),
                        {
                            "type": "logbook",
                            "target": {
                                "entity_id": [ids["scout"], ids["charging_state"]]
                            },
                            "hours_to_show": 1,
                        },
                    ),
                    _section(
                        "Off-peak charging",
                        *(tile(key, name) for key, name in worker.items()),
                    ),
                    _section(
                        "Special charging",
                        *(tile(key, name) for key, name in promise.items()),
                        {
                            "type": "logbook",
                            "target": {"entity_id": [ids["special_charging"]]},
                            "hours_to_show": 4,
                        },
                    ),
                    _section(
                        "Tesla's bill and sign-in",
                        *(tile(key, name) for key, name in money.items()),
                        {
                            "type": "history-graph",
                            "hours_to_show": 1,
                            "entities": [ids["battery_level"], ids["at_home"]],
                        },
                    ),
                ],
            }
        ]
    }


def opening(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the WebSocket commands that make a dashboard the one to open on."""
    return [
        {
            "type": "lovelace/dashboards/create",
            "url_path": PATH,
            "title": "Tesla Scout & Worker",
            "icon": "mdi:binoculars",
        },
        {"type": "lovelace/config/save", "url_path": PATH, "config": config},
        {
            "type": "frontend/set_system_data",
            "key": "core",
            "value": {"default_panel": PATH},
        },
    ]


def energy_preferences(ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the WebSocket command that puts the car on the Energy dashboard.

    The demo's home has nothing else: its grid connection is the car's, with its cost.
    """
    energy = ids["energy_charged"]
    return {
        "type": "energy/save_prefs",
        "energy_sources": [
            {
                "type": "grid",
                "stat_energy_from": energy,
                "stat_energy_to": None,
                "stat_cost": ids["charging_cost"],
                "stat_compensation": None,
                "entity_energy_price": None,
                "number_energy_price": None,
                "entity_energy_price_export": None,
                "number_energy_price_export": None,
                "cost_adjustment_day": 0.0,
            }
        ],
        "device_consumption": [{"stat_consumption": energy}],
    }


def _section(title: str, *cards: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of the dashboard under a heading."""
    return {"type": "grid", "cards": [{"type": "heading", "heading": title}, *cards]}
