"""The dashboard that the demo opens on."""

from collections.abc import Mapping
from typing import Any


def dashboard(ids: Mapping[str, str]) -> dict[str, Any]:
    """Return a dashboard for the car and the account.

    ``ids`` maps the key of an entity to its entity id.
    """

    def tile(key: str, name: str | None = None) -> dict[str, Any]:
        card = {"type": "tile", "entity": ids[key]}
        return card if name is None else {**card, "name": name}

    car = ["online", "at_home", "plugged_in", "ready_to_charge", "charging_state"]
    scout = ["last_seen", "next_look", "scout", "scout_now"]
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


def _section(title: str, *cards: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of the dashboard under a heading."""
    return {"type": "grid", "cards": [{"type": "heading", "heading": title}, *cards]}
