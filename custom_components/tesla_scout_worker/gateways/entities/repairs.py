"""A repair while an entity of a car is gone, removed once it is back."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ...const import DOMAIN, Door
from .gateway import EntityGateway


@callback
def async_watch_entities(
    hass: HomeAssistant,
    entry_id: str,
    title: str,
    gateway: EntityGateway,
    listen: Callable[[Callable[[], None]], Callable[[], None]],
) -> Callable[[], None]:
    """Show which entities of a car are gone or disabled, until the result is called.

    Args:
        hass: Home Assistant.
        entry_id: The id of the entry.
        title: The title of the entry.
        gateway: The gateway of the car.
        listen: Calls what it gets after each update of the car.
    """
    issue_id = f"entity_missing_{entry_id}"

    @callback
    def check() -> None:
        """Show the repair, or remove it."""
        gone = gateway.gone()
        if not gone:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=True,
            data={"entry_id": entry_id, "door": Door.RECONFIGURE.value},
            severity=ir.IssueSeverity.ERROR,
            translation_key="entity_missing",
            translation_placeholders={
                "account": title,
                "car": gateway.name,
                "parts": ", ".join(gone),
            },
        )

    check()
    return listen(check)
