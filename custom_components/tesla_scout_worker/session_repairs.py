"""Repairs of special charging: shown where a person must act, gone when it is solved."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from .charging.session import Session
from .charging.transitions import MOST_REFUSALS
from .const import DOMAIN
from .coordinator import ScoutCoordinator
from .session_desk import News, SessionDesk, SessionNews

# The repairs, by their translation keys.
FAILED_ISSUE: Final = "special_charging_failed"
LIMIT_ISSUE: Final = "charge_limit_not_restored"


class SessionRepairs:
    """The repairs about the cars of an account: one of a kind for each car."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        coordinator: ScoutCoordinator,
        desk: SessionDesk,
    ) -> None:
        """Bind the account, its cars and their promises."""
        self._hass = hass
        self._entry = entry
        self._scout = coordinator
        self._desk = desk

    @callback
    def heard(self, vin: str, news: SessionNews) -> None:
        """Show a repair where a person must act, and take it back when it is solved."""
        match news.kind:
            case News.FAILED:
                self._show_repair(vin, FAILED_ISSUE, news.session)
            case News.SENT | News.COMPLETED | News.CANCELLED:
                for issue in (FAILED_ISSUE, LIMIT_ISSUE):
                    ir.async_delete_issue(
                        self._hass, DOMAIN, self._issue_id(vin, issue)
                    )

    def _show_repair(self, vin: str, issue: str, session: Session) -> None:
        """Show a repair about a car's session."""
        car, hold = self._scout.data.get(vin), self._desk.promises(vin).hold
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(vin, issue),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=issue,
            translation_placeholders={
                "car": (car and car.summary.name) or "Tesla",
                "session": session.id,
                "reason": session.failure or "",
                "limit": "" if hold is None else str(hold.original),
            },
        )

    def _issue_id(self, vin: str, issue: str) -> str:
        """Return the id of a repair about a car; it holds no VIN."""
        registry, entry_id = dr.async_get(self._hass), self._entry.entry_id
        devices = dr.async_entries_for_config_entry(registry, entry_id)
        ids = [one.id for one in devices if (DOMAIN, vin) in one.identifiers]
        return "_".join((issue, entry_id, *ids))

    @callback
    def advanced(self, vin: str, session: Session) -> None:
        """Show that a limit stays raised, once the car said no to that often enough."""
        if session.restoring and session.refusals >= MOST_REFUSALS:
            self._show_repair(vin, LIMIT_ISSUE, session)
