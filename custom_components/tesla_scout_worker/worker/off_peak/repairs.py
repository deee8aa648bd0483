"""The repair about a car's off-peak schedules: shown once, gone when it is solved."""

from typing import Final

from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from ...const import DOMAIN
from ...gateways.errors import OverBudgetError
from ..manager import Account
from .repository import OffPeakRepository, PlanStatus, SyncResult

# The repairs, by their translation keys.
FAILED_ISSUE: Final = "off_peak_failed"
UNSTARTED_ISSUE: Final = "off_peak_not_started"

# In these nothing is known to be solved.
UNSOLVED: Final = frozenset(
    {PlanStatus.PENDING, PlanStatus.NOT_HOME, PlanStatus.BLOCKED}
)


class OffPeakRepairs:
    """The repairs about the cars of an account: one for each car."""

    def __init__(self, account: Account, repository: OffPeakRepository) -> None:
        """Bind the account, its cars and their records."""
        self._account = account
        self._hass = account.hass
        self._scout = account.scout
        self._repository = repository
        self._shown: dict[str, str] = {}

    @callback
    def show(self, vin: str, sync_result: SyncResult) -> None:
        """Show a repair where a person must act, and take it back when it is solved."""
        car = self._scout.data.get(vin)
        if car is None:
            return
        issue_id = self._account.issue_id(FAILED_ISSUE, vin)
        if sync_result.status is not PlanStatus.FAILED:
            if sync_result.status not in UNSOLVED:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        if sync_result.skipped == OverBudgetError.key:
            # The Scout tells of that, for all cars at once.
            return
        self._shown[vin] = issue_id
        issue = FAILED_ISSUE
        if self._repository.record(vin).unstarted is not None:
            issue = UNSTARTED_ISSUE
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=issue,
            translation_placeholders={
                "car": car.summary.name or car.summary.model,
                "reason": sync_result.skipped or "",
            },
        )

    @callback
    def forget_the_gone(self) -> None:
        """Take back the repairs of cars that left the account."""
        for vin in self._shown.keys() - self._scout.data.keys():
            ir.async_delete_issue(self._hass, DOMAIN, self._shown.pop(vin))
