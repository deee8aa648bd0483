"""Notifications: of session events to listeners, and of texts to people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import voluptuous as vol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import slugify

from ..charging.messages.options import MessageOptions
from ..charging.sessions.session import Session, SessionEventType
from ..const import LOGGER


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionNotification:
    """An event of a session; ``reason`` is a translation key or the car's own word."""

    kind: SessionEventType
    session: Session
    reason: str | None = None


type Listener = Callable[[SessionNotification], None]


class SessionNotifier:
    """Passes the session events of each car to its listeners."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: dict[str, list[Listener]] = {}

    @callback
    def async_listen(self, vin: str, listener: Listener) -> CALLBACK_TYPE:
        """Add a listener for a car; return a function that removes it."""
        listeners = self._listeners.setdefault(vin, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def notify(
        self,
        vin: str,
        kind: SessionEventType,
        session: Session,
        reason: str | None = None,
    ) -> None:
        """Pass an event to the listeners of a car."""
        notification = SessionNotification(kind=kind, session=session, reason=reason)
        for listener in tuple(self._listeners.get(vin, ())):
            listener(notification)


async def async_notify(
    hass: HomeAssistant,
    options: MessageOptions,
    title: str,
    text: str,
    tag: str,
    buttons: Mapping[str, str],
) -> bool:
    """Send a text to all that a person chose; return whether any took it.

    Args:
        hass: Home Assistant.
        options: Whom to tell.
        title: The title.
        text: The text.
        tag: A newer notification of the same tag replaces an older one on a phone.
        buttons: The text of each button, by the id that its press is reported with.
    """
    calls: list[tuple[str, dict[str, Any]]] = [
        ("send_message", {"entity_id": entity, "title": title, "message": text})
        for entity in options.entities
    ]
    actions = [{"action": action, "title": label} for action, label in buttons.items()]
    calls += [
        (
            service,
            {"title": title, "message": text, "data": {"tag": tag, "actions": actions}},
        )
        for service in filter(None, map(partial(_phone, hass), options.devices))
    ]
    taken = False
    for service, data in calls:
        try:
            await hass.services.async_call("notify", service, data, blocking=True)
            taken = True
        except (HomeAssistantError, vol.Invalid) as err:
            LOGGER.warning("A notification could not be sent: %s", err)
    return taken


def _phone(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the action that notifies a phone with the companion app.

    The app names it after the device, as it was registered.
    """
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    for entry_id in device.config_entries:
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain != "mobile_app":
            continue
        for name in (entry.data.get("device_name"), entry.title, device.name):
            service = f"mobile_app_{slugify(str(name))}"
            if hass.services.has_service("notify", service):
                return service
    return None
