"""What the demo tells: a timeline of the car's day, and what it proves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from simulator.clock import Clock

from .prices import CHEAP

# What the check wants to have seen, by name.
ARRIVED: Final = "arrived_home fired"
AT_HOME: Final = "the car is shown at home"
PLUGGED_IN: Final = "the car is shown plugged in"
READY: Final = "ready_to_charge fired"
PLANNED: Final = "the off-peak plan was in the car"
WAITED: Final = "the car waited for the cheap hours"
CHARGED: Final = "the energy charged and its cost are told"
SAVED: Final = "the savings are told"
REFRESHED: Final = "the token chain was refreshed at least twice"
SENT: Final = "the special charge was sent to the car"
KEPT: Final = "the special charge was completed"
RESTORED: Final = "the charge limit is what it was before"
MILESTONES: Final = (
    ARRIVED,
    READY,
    AT_HOME,
    PLUGGED_IN,
    PLANNED,
    WAITED,
    CHARGED,
    SAVED,
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

IN_CAR: Final = "in_car"
_PLAN_TEXTS: Final = {
    IN_CAR: "the off-peak plan is in the car",
    "pending": "the off-peak plan waits for the car",
    "shadow": "an off-peak plan is made, and nothing is sent",
    "blocked": "the off-peak plan makes way for the special charge",
    "no_prices": "there are no prices to plan by",
    "not_home": "the off-peak plan waits until the car is home",
    "failed": "the off-peak plan cannot be sent",
}

# The owner's limit, which must be there again in the end.
LIMIT: Final = "80"


@dataclass(kw_only=True)
class Story:
    """Follows Home Assistant's states, and prints what matters."""

    clock: Clock
    zone: tzinfo
    shift: timedelta
    keys: Mapping[str, str]
    events: list[str] = field(default_factory=list)
    car_sessions: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    planned_charge: datetime | None = None
    refreshes: int = 0
    # The milestones that cannot be seen by this way to the car.
    unseen: Iterable[str] = ()
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
                if trigger == "charging_started" and self._follows_the_plan:
                    # A car that Home Assistant times may start for a moment before.
                    self.planned_charge = self.local_time
                self.tell(f"the car {_TRIGGER_TEXTS[trigger]}")
        elif key == "special_charging" and state["attributes"].get("event_type"):
            self._hear_of_a_promise(state["attributes"])
        elif key == "off_peak_plan" and value in _PLAN_TEXTS:
            if value != self._now.get(key):
                self.plans.append(value)
                self.tell(_PLAN_TEXTS[value])
        elif key == "savings" and value != self._now.get(key) and self._saved(value):
            self.tell(f"the month's savings are {value} PLN")
        elif key == "token_refreshes" and value.isdigit():
            if int(value) > self.refreshes:
                self.tell(f"the sign-in was renewed ({value} times so far)")
            self.refreshes = int(value)
        elif key == "battery_level" and value != self._now.get(key, value):
            self.tell(f"the battery is at {value} %")
        self._now[key] = value

    def _hear_of_a_promise(self, event: Mapping[str, Any]) -> None:
        """Take in what the event of special charging says."""
        edges = {
            edge: datetime.fromisoformat(event[edge]).astimezone(self.zone)
            for edge in ("start", "end")
            if event.get(edge)
        }
        times = {edge: f"{at:%H:%M}" for edge, at in edges.items()}
        self.car_sessions.append(event["event_type"])
        text = _PROMISE_TEXTS[event["event_type"]]
        if event["event_type"] == "scheduled" and not times:
            text = "a special charge to {target} % is requested for another day"
        self.tell(text.format(**{**event, **times}))

    @property
    def _follows_the_plan(self) -> bool:
        """Whether a charge that begins is one of the off-peak plan."""
        return IN_CAR in self.plans and not self.car_sessions

    @staticmethod
    def _saved(value: str) -> bool:
        """Whether a value of a sensor is more than nothing."""
        return value.replace(".", "", 1).isdigit() and float(value) > 0

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
            PLANNED: IN_CAR in self.plans,
            WAITED: self.planned_charge is not None
            and CHEAP[0] <= (self.planned_charge - self.shift).time() < CHEAP[1],
            CHARGED: self._saved(self._now.get("energy_charged", ""))
            and self._saved(self._now.get("charging_cost", "")),
            SAVED: self._saved(self._now.get("savings", "")),
            REFRESHED: self.refreshes >= 2,
            SENT: "sent" in self.car_sessions,
            KEPT: "completed" in self.car_sessions,
            RESTORED: self._now.get("charge_limit") == LIMIT,
        }
        due = [each for each in MILESTONES if each not in self.unseen]
        return [each for each in due if not seen[each]]
