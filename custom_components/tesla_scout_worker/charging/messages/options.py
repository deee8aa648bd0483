"""The user's options about messages. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from ...const import (
    CONF_MESSAGE_KINDS,
    CONF_MESSAGES,
    CONF_NOTIFY_DEVICES,
    CONF_NOTIFY_ENTITIES,
    CONF_QUIET_FROM,
    CONF_QUIET_UNTIL,
)
from .decide import MessageRules
from .message import MessageKind


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageOptions:
    """Whom to tell, and what.

    Attributes:
        entities: Entities of the domain notify: text alone.
        devices: Ids of phones with the companion app: text and buttons.
        rules: What to tell, and when not to.
    """

    entities: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    rules: MessageRules = field(default_factory=MessageRules)

    @property
    def any(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.entities or self.devices)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> MessageOptions:
        """Return the options of an entry; nobody is told unless it was chosen."""
        stored: Mapping[str, Any] = options.get(CONF_MESSAGES) or {}
        usual = MessageRules()
        kinds = stored.get(CONF_MESSAGE_KINDS)
        return cls(
            entities=tuple(stored.get(CONF_NOTIFY_ENTITIES, ())),
            devices=tuple(stored.get(CONF_NOTIFY_DEVICES, ())),
            rules=MessageRules(
                kinds=usual.kinds
                if kinds is None
                else frozenset(kind for kind in MessageKind if kind.value in kinds),
                quiet_from=_time(stored.get(CONF_QUIET_FROM), usual.quiet_from),
                quiet_until=_time(stored.get(CONF_QUIET_UNTIL), usual.quiet_until),
            ),
        )


def _time(text: str | None, usual: time) -> time:
    """Return a stored time of day."""
    return usual if text is None else time.fromisoformat(text)
