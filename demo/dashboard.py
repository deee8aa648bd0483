"""The dashboard that the demo opens on: the ready one of the integration."""

from collections.abc import Mapping
from typing import Any, Final

PATH: Final = "tesla-scout"

# A person has no cable of a simulated car in the hand.
CABLE: Final = "input_button.cable"
HELPERS: Final = """\
input_button:
  cable:
    name: Plug the cable in
    icon: mdi:ev-plug-type2
"""

WELCOME: Final = """\
**A day in two and a half minutes.** Now it is the present, at the pace of the world: the \
cable is out, and 100 % is wanted. Read what the card says, plug the cable in, and look again.
"""


CARDS: Final = (
    {"type": "markdown", "content": WELCOME},
    {"type": "tile", "entity": CABLE},
)


def opening(*cards: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the WebSocket commands that make the ready dashboard the one to open on.

    ``cards`` come beside those of the cars.
    """
    strategy: dict[str, Any] = {"type": "custom:tesla-scout"}
    if cards:
        strategy["cards"] = list(cards)
    config = {"strategy": strategy}
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
