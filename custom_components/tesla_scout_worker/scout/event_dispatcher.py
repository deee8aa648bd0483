"""Hands the events of cars to whoever listens, each of them once."""

from collections.abc import Callable, Mapping
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..const import EVENT_LIFETIME
from ..scouting.car_state import CarState
from ..scouting.events import VehicleEvent, VehicleEventType

type EventListener = Callable[[str, VehicleEventType], None]


class EventDispatcher:
    """Collects events until the cars are published, and then hands them over.

    Without a listener they wait: the first poll, and what was pending before a restart,
    come before the Worker listens. The event entities acknowledge by themselves what
    they have shown.
    """

    def __init__(self, cars: Mapping[str, CarState]) -> None:
        """Begin with the events that are pending from before a restart."""
        self._waiting = [
            (vin, event) for vin, car in cars.items() for event in car.pending
        ]
        self._listeners: list[EventListener] = []

    def collect(self, vin: str, before: CarState | None, after: CarState) -> None:
        """Collect the events that a car has since an earlier state of it."""
        known: tuple[VehicleEvent, ...] = () if before is None else before.pending
        self._waiting += [(vin, event) for event in after.pending if event not in known]

    @callback
    def async_listen(self, listener: EventListener) -> CALLBACK_TYPE:
        """Hand each event to a listener, those that wait at once; call to stop."""
        self._listeners.append(listener)
        self.async_dispatch()
        return partial(self._listeners.remove, listener)

    @callback
    def async_dispatch(self) -> None:
        """Hand over the events that were collected; one that is too old is dropped.

        An event is taken before it is handed over: one that a listener fails at must
        not be repeated, and must not hold up the others.
        """
        if not self._listeners:
            return
        now = dt_util.utcnow()
        while self._waiting:
            vin, event = self._waiting.pop(0)
            if now - event.at >= EVENT_LIFETIME:
                continue
            for listener in tuple(self._listeners):
                listener(vin, event.event_type)
