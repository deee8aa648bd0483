"""The dashboard that the demo opens on."""

from collections.abc import Mapping
from typing import Any, Final

PATH: Final = "tesla-scout"


def dashboard(ids: Mapping[str, str]) -> dict[str, Any]:
    """Return a dashboard for the car and the account.

    ``ids`` maps the key of an entity to its entity id.
    """

    def tile(key: str) -> dict[str, Any]:
        return {"type": "tile", "entity": ids[key], "name": {"type": "entity"}}

    car = ["online", "at_home", "plugged_in", "ready_to_charge", "charging_state"]
    scout = ["last_seen", "next_look", "scout", "scout_now"]
    worker = [
        "off_peak_plan",
        "next_charge_start",
        "next_charge_end",
        "planned_energy",
        "planned_cost",
        "savings",
        "target_level",
        "departure",
        "shadow_mode",
    ]
    promise = [
        "special_charging",
        "special_charging_start",
        "special_charging_end",
        "special_charging_ready_by",
        "special_charging_expected_level",
    ]
    money = ["api_cost", "api_data_requests", "api_commands", "api_wakes"]
    tokens = ["token_state", "token_expires", "token_refreshes"]
    return {
        "views": [
            {
                "title": "Scout",
                "type": "sections",
                "sections": [
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
                    _section("Off-peak charging", *map(tile, worker)),
                    _section(
                        "Special charging",
                        *map(tile, promise),
                        {
                            "type": "logbook",
                            "target": {"entity_id": [ids["special_charging"]]},
                            "hours_to_show": 4,
                        },
                    ),
                    _section(
                        "Tesla's bill and sign-in",
                        *map(tile, money),
                        *map(tile, tokens),
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


def _section(title: str, *cards: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of the dashboard under a heading."""
    return {"type": "grid", "cards": [{"type": "heading", "heading": title}, *cards]}
