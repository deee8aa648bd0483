"""Events of calendars that cannot be met: named to a person, and tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .reason_texts import async_error_text, moment_text


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRequest:
    """What an event asks for.

    Attributes:
        target: State of charge in percent.
        ready_by: The deadline (aware).
        title: The title of the event; None: it has none of its own.
    """

    target: int
    ready_by: datetime
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmetEvent:
    """An event whose request was refused, and why."""

    request: EventRequest
    error: ServiceValidationError


class UnmetEvents:
    """Remembers the unmet events of each car, by the calendar that they are from."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none."""
        self._hass = hass
        self._texts: dict[str, dict[str, tuple[str, ...]]] = {}

    def any_of(self, vin: str) -> bool:
        """Whether a car has an unmet event."""
        return any(self._texts.get(vin, {}).values())

    async def async_set(
        self, vin: str, calendar: str, events: Sequence[UnmetEvent]
    ) -> tuple[str, ...]:
        """Replace those of one calendar, and return all of the car as texts."""
        texts = [await self._async_text(event) for event in events]
        of_car = self._texts.setdefault(vin, {})
        of_car[calendar] = tuple(texts)
        return tuple(text for each in of_car.values() for text in each)

    async def _async_text(self, event: UnmetEvent) -> str:
        """Return which event it is, and what is in the way."""
        request = event.request
        what = request.title or f"{request.target} %"
        why = await async_error_text(self._hass, event.error)
        return f"{what}, {moment_text(request.ready_by)}: {why}"
