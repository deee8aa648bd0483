"""What the demo tells: a timeline of the car's day, and what it proves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from simulator.clock import Clock

# What the check wants to have seen, by name.
ARRIVED: Final = "arrived_home fired"
AT_HOME: Final = "the car is shown at home"
PLUGGED_IN: Final = "the car is shown plugged in"
READY: Final = "ready_to_charge fired"
REFRESHED: Final = "the token chain was refreshed at least twice"
MILESTONES: Final = (ARRIVED, READY, AT_HOME, PLUGGED_IN, REFRESHED)

_TRIGGER_TEXTS: Final = {
    "arrived_home": "arrived home",
    "charging_started": "began to charge",
    "charging_stopped": "stopped charging",
    "fell_asleep": "fell asleep",
    "left_home": "left home",
    "not_ready": "is not ready to charge any more",
    "ready_to_charge": "is ready to charge",
    "woke_up": "woke up",
}


@dataclass(kw_only=True)
class Story:
    """Follows Home Assistant's states, and prints what matters."""

    clock: Clock
    zone: tzinfo
    keys: Mapping[str, str]
    events: list[str] = field(default_factory=list)
    refreshes: int = 0
    _now: dict[str, str] = field(default_factory=dict)

    def hear(self, state: Mapping[str, Any]) -> None:
        """Take in a new state of Home Assistant."""
        key = self.keys.get(state["entity_id"])
        if key is None:
            return
        value: str = state["state"]
        if key == "scout":
            trigger = state["attributes"].get("event_type")
            if trigger is not None:
                self.events.append(trigger)
                self.tell(f"the car {_TRIGGER_TEXTS[trigger]}")
        elif key == "token_refreshes" and value.isdigit():
            if int(value) > self.refreshes:
                self.tell(f"the sign-in was renewed ({value} times so far)")
            self.refreshes = int(value)
        elif key == "battery_level" and value != self._now.get(key, value):
            self.tell(f"the battery is at {value} %")
        self._now[key] = value

    def tell(self, text: str) -> None:
        """Print a line of the timeline, at the time of the car's day."""
        print(f"  {self.local_time:%H:%M}  {text}", flush=True)

    @property
    def local_time(self) -> datetime:
        """The time of the car's day, where the car is."""
        return self.clock.now().astimezone(self.zone)

    @property
    def missing(self) -> list[str]:
        """The milestones that have not been seen."""
        seen = {
            ARRIVED: "arrived_home" in self.events,
            READY: "ready_to_charge" in self.events,
            AT_HOME: self._now.get("at_home") == "on",
            PLUGGED_IN: self._now.get("plugged_in") == "on",
            REFRESHED: self.refreshes >= 2,
        }
        return [milestone for milestone in MILESTONES if not seen[milestone]]
