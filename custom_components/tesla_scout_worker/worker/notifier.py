"""Notifications: of session events to listeners, and of texts to people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from ..gateways.redaction import redacted


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """A text for people.

    Attributes:
        title, text: What it says.
        tag: A newer notification of the same tag replaces an older one on a phone.
        buttons: The text of each button, by the id that its press is reported with.
        link: The page that a tap opens on a phone; None: that of the app.
    """

    title: str
    text: str
    tag: str
    buttons: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None

    @property
    def phone_data(self) -> dict[str, Any]:
        """What the companion app takes beside the text."""
        actions = [
            {"action": action, "title": label} for action, label in self.buttons.items()
        ]
        data: dict[str, Any] = {"tag": self.tag, "actions": actions}
        if self.link is not None:
            # The one is for iOS, the other for Android.
            data |= {"url": self.link, "clickAction": self.link}
        return data


async def async_notify(
    hass: HomeAssistant, options: MessageOptions, notification: Notification
) -> bool:
    """Send a text to all that a person chose; return whether any took it."""
    text = {"title": notification.title, "message": notification.text}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("send_message", {"entity_id": entity, **text}) for entity in options.entities
    ]
    calls += [
        (service, {**text, "data": notification.phone_data})
        for service in filter(None, map(partial(_phone, hass), options.devices))
    ]
    taken = False
    for service, data in calls:
        try:
            await hass.services.async_call("notify", service, data, blocking=True)
            taken = True
        except (HomeAssistantError, vol.Invalid) as err:
            LOGGER.warning("A notification could not be sent: %s", redacted(str(err)))
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
