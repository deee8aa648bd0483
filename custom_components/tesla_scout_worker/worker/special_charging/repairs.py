"""Repairs of special charging: shown where a person must act, gone when it is solved."""

from typing import Final

from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from ...charging.sessions.session import Session
from ...charging.sessions.state_machine import MOST_REFUSALS
from ...const import DOMAIN
from ..manager import Account
from .repository import SessionEventType, SessionNotification, SessionRepository

# The repairs, by their translation keys.
FAILED_ISSUE: Final = "special_charging_failed"
LIMIT_ISSUE: Final = "charge_limit_not_restored"


class SessionRepairs:
    """The repairs about the cars of an account: one of a kind for each car."""

    def __init__(self, account: Account, repository: SessionRepository) -> None:
        """Bind the account, its cars and their promises."""
        self._account = account
        self._hass = account.hass
        self._scout = account.scout
        self._repository = repository

    @callback
    def heard(self, vin: str, news: SessionNotification) -> None:
        """Show a repair where a person must act, and take it back when it is solved."""
        match news.kind:
            case SessionEventType.FAILED:
                self._show_repair(vin, FAILED_ISSUE, news.session)
            case (
                SessionEventType.SENT
                | SessionEventType.COMPLETED
                | SessionEventType.CANCELLED
            ):
                for issue in (FAILED_ISSUE, LIMIT_ISSUE):
                    ir.async_delete_issue(
                        self._hass, DOMAIN, self._account.issue_id(issue, vin)
                    )

    def _show_repair(self, vin: str, issue: str, session: Session) -> None:
        """Show a repair about a car's session."""
        car, limit_override = (
            self._scout.data.get(vin),
            self._repository.car_sessions(vin).limit_override,
        )
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._account.issue_id(issue, vin),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=issue,
            translation_placeholders={
                "car": (car and car.summary.name) or "Tesla",
                "session": session.id,
                "reason": session.failure or "",
                "limit": "" if limit_override is None else str(limit_override.original),
            },
        )

    @callback
    def advanced(self, vin: str, session: Session) -> None:
        """Show that a limit stays raised, once the car said no to that often enough."""
        if session.restoring and session.refusals >= MOST_REFUSALS:
            self._show_repair(vin, LIMIT_ISSUE, session)
