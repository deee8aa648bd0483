"""Repairs about a car's charging: shown while a person must act, then removed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from ..charging.car_record import CarRecord, PutInCar
from ..charging.daily.sync_result import Planned, PlanStatus, SyncResult
from ..charging.in_car.delivery_state import WaitReason
from ..charging.in_car.timed_charge import failure_of_timing
from ..charging.sessions.session import Session, SessionEventType
from ..const import DOMAIN, PAGE, Door
from ..coordinator import ScoutCoordinator
from ..gateways.errors import KeyNotPairedError, OverBudgetError
from ..gateways.models import VehicleSummary
from .notifier import SessionNotification
from .reason_texts import moment_text, reason_text, session_text

# The repairs, by their translation keys.
SESSION_ISSUE: Final = "special_charging_failed"
MISSED_ISSUE: Final = "special_charging_missed"
LIMIT_ISSUE: Final = "charge_limit_not_restored"
DAILY_ISSUE: Final = "off_peak_failed"
START_ISSUE: Final = "off_peak_not_started"
NOT_STARTED_ISSUE: Final = "charge_not_started"
NOT_STOPPED_ISSUE: Final = "charge_not_stopped"
FOREIGN_ISSUE: Final = "foreign_schedule"
UNMET_ISSUE: Final = "calendar_event_unmet"

# The same, if the car does not know our key: another way to sign in mends that.
NO_KEY_SESSION_ISSUE: Final = "special_charging_no_key"
NO_KEY_LIMIT_ISSUE: Final = "charge_limit_no_key"
NO_KEY_DAILY_ISSUE: Final = "off_peak_no_key"
NO_KEY_ISSUES: Final = {
    SESSION_ISSUE: NO_KEY_SESSION_ISSUE,
    MISSED_ISSUE: NO_KEY_SESSION_ISSUE,
    LIMIT_ISSUE: NO_KEY_LIMIT_ISSUE,
    DAILY_ISSUE: NO_KEY_DAILY_ISSUE,
}

# A plan was seen, and the car does not charge by it yet.
SHADOW_ISSUE: Final = "shadow_mode"

# What a repair opens.
DOORS: Final = {
    **dict.fromkeys(NO_KEY_ISSUES.values(), Door.RECONFIGURE.value),
    SHADOW_ISSUE: Door.END_SHADOW.value,
}

# These say nothing about whether a problem is solved.
UNSOLVED: Final = frozenset(
    {PlanStatus.PENDING, PlanStatus.NOT_HOME, PlanStatus.BLOCKED}
)


class ChargingRepairs:
    """The repairs about the cars of an account: one of each kind for a car."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        coordinator: ScoutCoordinator,
    ) -> None:
        """Bind the account and its cars."""
        self._hass = hass
        self._entry = entry
        self._scout = coordinator
        self._summaries: dict[str, VehicleSummary] = {}
        self._shown: dict[str, set[str]] = {}

    @callback
    def show_lost(self, *, lost: bool, forgotten: bool) -> None:
        """Show what of the stored file could not be read at this start.

        ``lost``: parts of it. ``forgotten``: all of it.
        """
        lost_id = f"stored_data_lost_{self._entry.entry_id}"
        forgotten_id = f"all_data_lost_{self._entry.entry_id}"
        for issue_id in (lost_id, forgotten_id):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        if forgotten:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                forgotten_id,
                is_fixable=False,
                learn_more_url=PAGE,
                severity=ir.IssueSeverity.WARNING,
                translation_key="all_data_lost",
                translation_placeholders={"account": self._entry.title},
            )
        elif lost:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                lost_id,
                is_fixable=False,
                learn_more_url=PAGE,
                severity=ir.IssueSeverity.WARNING,
                translation_key="stored_data_lost",
                translation_placeholders={"account": self._entry.title},
            )

    @callback
    def notified(
        self, vin: str, notification: SessionNotification, record: CarRecord
    ) -> None:
        """Show a session that was not kept, and remove it after the next success.

        Whoever drove away knows why the car was not charged.
        """
        session = notification.session
        match notification.kind:
            case SessionEventType.FAILED:
                self._show_session(vin, SESSION_ISSUE, SESSION_ISSUE, session, record)
            case SessionEventType.MISSED:
                if session.reason != WaitReason.NOT_HOME:
                    self._show_session(
                        vin, SESSION_ISSUE, MISSED_ISSUE, session, record
                    )
            case (
                SessionEventType.SENT
                | SessionEventType.COMPLETED
                | SessionEventType.CANCELLED
            ):
                self._remove(vin, SESSION_ISSUE)
                self._remove(vin, LIMIT_ISSUE)

    @callback
    def after_cycle(self, vin: str, record: CarRecord, result: SyncResult) -> None:
        """Show the problems after a cycle that a person must solve."""
        for session in record.sessions.open:
            if session.restoring and session.delivery.needs_person:
                self._show_session(vin, LIMIT_ISSUE, LIMIT_ISSUE, session, record)
        self._after_plan(vin, result)
        self._after_preview(vin, record, result)
        failure = failure_of_timing(record.timed)
        for issue in (NOT_STARTED_ISSUE, NOT_STOPPED_ISSUE):
            if issue == failure:
                self._show(vin, issue, issue, reason="")
            else:
                self._remove(vin, issue)
        if result.status is not PlanStatus.FAILED:
            if result.status not in UNSOLVED:
                self._remove(vin, DAILY_ISSUE)
            return
        # The Scout shows a disabled account, for all cars at once.
        if result.skipped != OverBudgetError.key:
            refused = record.control.refusal is not None
            issue = START_ISSUE if refused else DAILY_ISSUE
            self._show(vin, DAILY_ISSUE, issue, reason=result.skipped or "")

    @callback
    def show_unmet(self, vin: str, events: Sequence[str]) -> None:
        """Show which events of calendars cannot be met; without any all can."""
        if events:
            rows = "".join(f"\n- {event}" for event in events)
            self._show(vin, UNMET_ISSUE, UNMET_ISSUE, reason="", session=rows)
        else:
            self._remove(vin, UNMET_ISSUE)

    def _after_plan(self, vin: str, result: SyncResult) -> None:
        """Show schedules of others that defeat the plan, until they are gone."""
        if not isinstance(result, Planned) or result.found is None:
            return
        starts = sorted({item.start_time or 0 for item in result.foreign})
        if not starts:
            self._remove(vin, FOREIGN_ISSUE)
            return
        times = ", ".join(f"{start // 60:02}:{start % 60:02}" for start in starts)
        self._show(vin, FOREIGN_ISSUE, FOREIGN_ISSUE, reason=times)

    def _after_preview(self, vin: str, record: CarRecord, result: SyncResult) -> None:
        """Offer to charge by the plan, once one was seen in shadow mode."""
        if not record.settings.shadow or not record.settings.sync:
            self._remove(vin, SHADOW_ISSUE)
        elif isinstance(result, Planned) and result.windows:
            start = moment_text(result.windows[0].start)
            self._show(vin, SHADOW_ISSUE, SHADOW_ISSUE, reason=start)

    @callback
    def gone_cars(self, records: Mapping[str, CarRecord]) -> dict[str, VehicleSummary]:
        """Return the cars that left the account with something of ours, each once.

        Args:
            records: What is stored of the cars, by VIN.
        """
        self._summaries |= {vin: car.summary for vin, car in self._scout.data.items()}
        gone = {
            vin: self._summaries[vin]
            for vin, record in records.items()
            if vin not in self._scout.data
            and vin in self._summaries
            and record.put_in_car != PutInCar()
        }
        for vin in gone:
            del self._summaries[vin]
        return gone

    @callback
    def forget_gone_cars(self) -> None:
        """Remove the repairs of cars that left the account."""
        for vin in self._shown.keys() - self._scout.data.keys():
            for issue_id in self._shown.pop(vin):
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    def _show_session(
        self, vin: str, kind: str, issue: str, session: Session, record: CarRecord
    ) -> None:
        """Show a repair about a session of a car, with the text of an issue."""
        override = record.sessions.override
        self._show(
            vin,
            kind,
            issue,
            reason=session.reason or "",
            session=session_text(session),
            limit="" if override is None else str(override.original),
        )

    def _show(
        self,
        vin: str,
        kind: str,
        issue: str,
        *,
        reason: str,
        session: str = "",
        limit: str = "",
    ) -> None:
        """Show a repair about a car, with the text of an issue."""
        if (car := self._scout.data.get(vin)) is None:
            return
        issue_id = self._issue_id(vin, kind)
        self._shown.setdefault(vin, set()).add(issue_id)
        if reason == KeyNotPairedError.key:
            issue = NO_KEY_ISSUES.get(issue, issue)
        shadow = issue == SHADOW_ISSUE
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=issue in DOORS,
            data={"entry_id": self._entry.entry_id, "door": DOORS[issue], "vin": vin}
            if issue in DOORS
            else None,
            learn_more_url=None if issue in DOORS else PAGE,
            severity=ir.IssueSeverity.WARNING if shadow else ir.IssueSeverity.ERROR,
            translation_key=issue,
            translation_placeholders={
                "car": car.summary.name or car.summary.model,
                "reason": reason_text(self._hass, reason),
                "session": session,
                "limit": limit,
            },
        )

    def _remove(self, vin: str, issue: str) -> None:
        """Remove a repair about a car."""
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(vin, issue))

    def _issue_id(self, vin: str, issue: str) -> str:
        """Return the id of a repair about a car, which contains no VIN."""
        entry_id = self._entry.entry_id
        devices = dr.async_entries_for_config_entry(dr.async_get(self._hass), entry_id)
        ids = [device.id for device in devices if (DOMAIN, vin) in device.identifiers]
        return "_".join((issue, entry_id, *ids))
