"""Pauses of the Scout after errors, and the repair for a disabled account."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DEVELOPER_DASHBOARD, DOMAIN, LOGGER
from ..gateways.budget import month_of
from ..gateways.errors import (
    CarAsleepError,
    FleetError,
    HeldBackError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
)
from ..gateways.waits import MAX_WAIT
from ..scouting.car_state import CarState
from ..storage.store import ScoutStore

# Tesla answers 403 until a person settles the bill or the limit, or until the month
# ends; trying a few times a day finds that soon enough.
OVER_BUDGET_PAUSE: Final = timedelta(hours=6)

# A refusal is billed, and a person must end it: a permission at Tesla, most likely.
REFUSED_PAUSE: Final = timedelta(hours=1)

# After an outage of hours the rounds become rare, unless a person asks.
OUTAGE: Final = timedelta(hours=6)
OUTAGE_PAUSE: Final = timedelta(hours=1)

# A wait that Tesla names is the least one: it may be named again and again.
LIMITED_PAUSES: Final = tuple(timedelta(minutes=m) for m in (0, 1, 2, 4, 8, 15))

# The timer of Home Assistant's coordinator may fire this much too early.
EARLY: Final = timedelta(seconds=1)


class ReadBackoff:
    """The pauses of an account and of its cars; they survive a restart.

    Only the pause after a refusal does not: a person who settled it may restart.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], store: ScoutStore
    ) -> None:
        """Bind the store, which keeps the pauses."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._account = store.data
        self._failing: set[str] = set()
        self._failing_since: datetime | None = None
        self._limited = 0
        self._refused: dict[str, tuple[datetime, str]] = {}

    @property
    def of_all(self) -> tuple[datetime | None, datetime | None]:
        """The ends of the account's pauses: of all calls, and of paid ones (UTC)."""
        return self._account.paused_until, self._account.paid_again_at

    def of_account(self, now: datetime) -> RateLimitedError | None:
        """Return why no call may be made yet, not even a free one."""
        left = _left(self._account.paused_until, now)
        return None if left is None else RateLimitedError(left)

    def of_bill(self, now: datetime) -> OverBudgetError | None:
        """Return why no paid call may be made yet: Tesla disabled the account."""
        left = _left(self._account.paid_again_at, now)
        return None if left is None else OverBudgetError()

    def check_bill(self) -> None:
        """Check that paid calls may be made.

        Raises:
            OverBudgetError: Tesla disabled the account.
        """
        if (pause := self.of_bill(dt_util.utcnow())) is not None:
            raise pause

    def of_car(self, vin: str, now: datetime, *, asked: bool) -> FleetError | None:
        """Return why a car may not be read yet.

        A person who asks may have settled the bill, so a disabled account does not stop
        that; how often a person may ask is limited elsewhere.
        """
        if (pause := self.of_bill(now)) is not None and not asked:
            return pause
        if (left := _left(self._account.cars[vin].paused_until, now)) is not None:
            return RateLimitedError(left)
        until, reason = self._refused.get(vin, (None, ""))
        if until is None or _left(until, now) is None:
            return None
        # No second refusal: nobody was asked.
        return HeldBackError(reason, until)

    def over_at(self, vin: str, now: datetime) -> datetime:
        """Return when the last pause of a car's reads is over; now without any."""
        refused_until, _ = self._refused.get(vin, (None, None))
        memory = self._account
        ends = (memory.paid_again_at, memory.cars[vin].paused_until, refused_until)
        return now + max(_left(end, now) or timedelta(0) for end in ends)

    def clear_refusal(self, vin: str) -> None:
        """Forget a refusal: whoever asks for a read may have settled it."""
        self._refused.pop(vin, None)

    @callback
    def after_round(self, err: FleetError, now: datetime) -> timedelta | None:
        """Return the pause after a round failed; None: the usual interval."""
        if isinstance(err, RateLimitedError):
            pause = max(err.retry_after, self._limited_again())
            self._account.paused_until = now + pause
            return pause
        if isinstance(err, OverBudgetError):
            self._show_repair()
            return _until_a_probe(now) - now
        self._failing_since = min(self._failing_since or now, now)
        return OUTAGE_PAUSE if now - self._failing_since >= OUTAGE else None

    def _limited_again(self) -> timedelta:
        """Return the least pause after one more rate limit in a row."""
        number, self._limited = self._limited, self._limited + 1
        return LIMITED_PAUSES[min(number, len(LIMITED_PAUSES) - 1)]

    @callback
    def after_success(self, vin: str) -> None:
        """End the pauses: a car was read."""
        self._account.paid_again_at = None
        if vin in self._failing:
            self._failing.discard(vin)
            LOGGER.info("The car can be read again")

    @callback
    def after_failure(self, vin: str, err: FleetError, now: datetime) -> CarState:
        """Return the car after a failed read; set the pause, and log the failure once."""
        car = self._account.cars[vin]
        car = replace(car, misses=car.misses + 1, tried_at=now)
        if isinstance(err, RateLimitedError):
            car = replace(car, paused_until=now + err.retry_after)
        elif isinstance(err, RefusedError):
            self._refused[vin] = (now + REFUSED_PAUSE, err.reason)
        elif isinstance(err, OverBudgetError):
            self.over_budget()
        # A car that fell asleep since the poll, or is still waking, is no failure.
        if not isinstance(err, CarAsleepError) and vin not in self._failing:
            self._failing.add(vin)
            LOGGER.warning("A car could not be read: %s", err)
        return car

    @callback
    def over_budget(self) -> None:
        """Pause paid calls: Tesla disabled the account."""
        self._account.paid_again_at = _until_a_probe(dt_util.utcnow())
        self._store.save_soon()
        self._show_repair()

    @callback
    def show(self) -> None:
        """Show the repair until a paid call succeeds, after a restart too.

        Called after each round that did not fail.
        """
        self._failing_since = None
        self._limited = 0
        if self._account.paid_again_at is None:
            ir.async_delete_issue(self._hass, DOMAIN, over_budget_issue_id(self._entry))
        else:
            self._show_repair()

    def _show_repair(self) -> None:
        """Show the repair for a disabled account, which a person must settle."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            over_budget_issue_id(self._entry),
            is_fixable=False,
            learn_more_url=DEVELOPER_DASHBOARD,
            severity=ir.IssueSeverity.ERROR,
            translation_key="over_budget",
            translation_placeholders={"account": self._entry.title},
        )


def _until_a_probe(now: datetime) -> datetime:
    """Return when a disabled account is tried again: by the end of the month."""
    return min(now + OVER_BUDGET_PAUSE, month_of(now)[1])


def _left(until: datetime | None, now: datetime) -> timedelta | None:
    """Return what is left of a pause; None if there is none, or it is over.

    If more is left than the longest pause takes, the clock was set back, and the pause
    is dropped.
    """
    if until is None or not EARLY < until - now <= MAX_WAIT:
        return None
    return until - now


def over_budget_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair for the disabled account of an entry."""
    return f"over_budget_{entry.entry_id}"
