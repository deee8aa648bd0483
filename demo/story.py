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
SENT: Final = "the special charge was sent to the car"
KEPT: Final = "the special charge was completed"
RESTORED: Final = "the charge limit is what it was before"
MILESTONES: Final = (
    ARRIVED,
    READY,
    AT_HOME,
    PLUGGED_IN,
    REFRESHED,
    SENT,
    KEPT,
    RESTORED,
)

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


_PROMISE_TEXTS: Final = {
    "scheduled": "a special charge to {target} % is planned for {start} to {end}",
    "sent": "the plan is in the car, its limit raised",
    "started": "the special charge has begun",
    "on_track": "the special charge is on track for {expected_level} %",
    "falling_behind": "the special charge falls behind: {expected_level} % expected",
    "completed": "the special charge is completed, the limit restored",
    "failed": "the special charge failed: {reason}",
    "missed": "the special charge was missed",
    "cancelled": "the special charge was cancelled",
    "needs_plug": "somebody must plug the car in",
    "needs_home": "the car must come home for its special charge",
}

# The owner's limit, which must be there again in the end.
LIMIT: Final = "80"


@dataclass(kw_only=True)
class Story:
    """Follows Home Assistant's states, and prints what matters."""

    clock: Clock
    zone: tzinfo
    keys: Mapping[str, str]
    events: list[str] = field(default_factory=list)
    promises: list[str] = field(default_factory=list)
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
        elif key == "special_charging" and state["attributes"].get("event_type"):
            self._hear_of_a_promise(state["attributes"])
        elif key == "token_refreshes" and value.isdigit():
            if int(value) > self.refreshes:
                self.tell(f"the sign-in was renewed ({value} times so far)")
            self.refreshes = int(value)
        elif key == "battery_level" and value != self._now.get(key, value):
            self.tell(f"the battery is at {value} %")
        self._now[key] = value

    def _hear_of_a_promise(self, news: Mapping[str, Any]) -> None:
        """Take in what the event of special charging says."""
        edges = {
            edge: datetime.fromisoformat(news[edge]).astimezone(self.zone)
            for edge in ("start", "end")
            if news.get(edge)
        }
        times = {edge: f"{at:%H:%M}" for edge, at in edges.items()}
        self.promises.append(news["event_type"])
        self.tell(_PROMISE_TEXTS[news["event_type"]].format(**{**news, **times}))

    @property
    def settled(self) -> bool:
        """Whether the car is at home, plugged in and charged to its limit."""
        return (
            self._now.get("charging_state") == "complete"
            and self._now.get("at_home") == "on"
            and "ready_to_charge" in self.events
        )

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
            SENT: "sent" in self.promises,
            KEPT: "completed" in self.promises,
            RESTORED: self._now.get("charge_limit") == LIMIT,
        }
        return [milestone for milestone in MILESTONES if not seen[milestone]]
