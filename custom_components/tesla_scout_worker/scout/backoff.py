"""What keeps the Scout from looking for money for a while, and what a person is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..gateways.budget import month_of
from ..gateways.errors import (
    CarAsleepError,
    FleetError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
)
from ..gateways.fleet_api.error_map import MAX_RETRY_AFTER
from ..scouting.car_state import CarState
from ..storage.store import ScoutStore

# Tesla answers 403 until the bill or the limit is settled, which takes a person, or
# until the month turns; both are found soon enough by asking a few times a day.
OVER_BUDGET_PAUSE: Final = timedelta(hours=6)

# A refusal is billed and takes a person to end: a permission at Tesla, most likely.
REFUSED_PAUSE: Final = timedelta(hours=1)

# The timer of Home Assistant's coordinator may fire up to so much too early.
EARLY: Final = timedelta(seconds=1)


class ReadBackoff:
    """The pauses of an account and of its cars, those of before a restart included.

    A refusal alone is not remembered: to restart is what a person does who settled it.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], store: ScoutStore
    ) -> None:
        """Bind the store, which keeps the pauses."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._memory = store.data
        self._failing: set[str] = set()
        self._refused: dict[str, tuple[datetime, RefusedError]] = {}

    @property
    def of_all(self) -> tuple[datetime | None, datetime | None]:
        """The pauses of the account: of all calls, and of paid ones (UTC)."""
        return self._memory.paused_until, self._memory.paid_again_at

    def of_account(self, now: datetime) -> RateLimitedError | None:
        """Return why nothing may be asked of Tesla yet, not even for free."""
        left = _left(self._memory.paused_until, now)
        return None if left is None else RateLimitedError(left)

    def of_bill(self, now: datetime) -> OverBudgetError | None:
        """Return why nothing is paid for yet: Tesla disabled the account."""
        left = _left(self._memory.paid_again_at, now)
        return None if left is None else OverBudgetError()

    def check_bill(self) -> None:
        """Let nothing be paid for while Tesla has disabled the account.

        Raises:
            OverBudgetError: it has.
        """
        if (pause := self.of_bill(dt_util.utcnow())) is not None:
            raise pause

    def of_car(self, vin: str, now: datetime, *, asked: bool) -> FleetError | None:
        """Return why no car, or not this one, may be looked at for money yet.

        A person who asks may have settled the bill; how often is limited already.
        """
        if (pause := self.of_bill(now)) is not None and not asked:
            return pause
        if (left := _left(self._memory.cars[vin].paused_until, now)) is not None:
            return RateLimitedError(left)
        until, refusal = self._refused.get(vin, (None, None))
        return refusal if _left(until, now) is not None else None

    def over_at(self, vin: str, now: datetime) -> datetime:
        """Return when the last of the pauses of a car's looks is over; now without any."""
        refused_until, _ = self._refused.get(vin, (None, None))
        memory = self._memory
        ends = (memory.paid_again_at, memory.cars[vin].paused_until, refused_until)
        return now + max(_left(end, now) or timedelta(0) for end in ends)

    def clear_refusal(self, vin: str) -> None:
        """Have a refusal forgotten: somebody may have settled it, and wants to see."""
        self._refused.pop(vin, None)

    @callback
    def after_round(self, err: FleetError, now: datetime) -> timedelta | None:
        """Return how long to leave Tesla alone after a round failed; None: the rhythm."""
        if isinstance(err, RateLimitedError):
            self._memory.paused_until = now + err.retry_after
            return err.retry_after
        if isinstance(err, OverBudgetError):
            self._tell_over_budget()
            return _until_a_probe(now) - now
        return None

    @callback
    def after_success(self, vin: str) -> None:
        """Note that a car was looked at: nothing stands in the way any more."""
        self._memory.paid_again_at = None
        if vin in self._failing:
            self._failing.discard(vin)
            LOGGER.info("The car can be read again")

    @callback
    def after_failure(self, vin: str, err: FleetError, now: datetime) -> CarState:
        """Take the pause that a failed look asks for, and tell of the failure once."""
        car = self._memory.cars[vin]
        car = replace(car, misses=car.misses + 1, tried_at=now)
        if isinstance(err, RateLimitedError):
            car = replace(car, paused_until=now + err.retry_after)
        elif isinstance(err, RefusedError):
            self._refused[vin] = (now + REFUSED_PAUSE, err)
        elif isinstance(err, OverBudgetError):
            self.over_budget()
        # A car that said online and fell asleep, or is only just waking, is no trouble.
        if not isinstance(err, CarAsleepError) and vin not in self._failing:
            self._failing.add(vin)
            LOGGER.warning("A car could not be read: %s", err)
        return car

    @callback
    def over_budget(self) -> None:
        """Stop what costs: a month's limit is over with the month, a bill when it is."""
        self._memory.paid_again_at = _until_a_probe(dt_util.utcnow())
        self._store.save_soon()
        self._tell_over_budget()

    @callback
    def show(self) -> None:
        """Show the repair after a restart too, until Tesla answers for money again."""
        if self._memory.paid_again_at is None:
            ir.async_delete_issue(self._hass, DOMAIN, over_budget_issue_id(self._entry))
        else:
            self._tell_over_budget()

    def _tell_over_budget(self) -> None:
        """Show that Tesla disabled the account, which a person must settle."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            over_budget_issue_id(self._entry),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="over_budget",
            translation_placeholders={"account": self._entry.title},
        )


def _until_a_probe(now: datetime) -> datetime:
    """Return when a disabled account is tried again, at the turn of the month at last."""
    return min(now + OVER_BUDGET_PAUSE, month_of(now)[1])


def _left(until: datetime | None, now: datetime) -> timedelta | None:
    """Return what is left of a pause; None where there is none, or it is over.

    More is left than the longest pause takes only after a clock was set back: the time
    of the pause is not known any more then, and a year of silence would not be meant.
    """
    if until is None or not EARLY < until - now <= MAX_RETRY_AFTER:
        return None
    return until - now


def over_budget_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair for the disabled account of an entry."""
    return f"over_budget_{entry.entry_id}"
