"""The one owner of the refresh token.

Tesla: a refresh token works once. The most recently used one stays valid for up to 24
hours, for a client that failed to save the new one. So a token must be on disk before
it is used, and nobody else may use it: while an entry is loaded, every use, read and
write of its refresh token is in this module.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import random
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from homeassistant.config_entries import SAVE_DELAY, ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..gateways.errors import SignedOutError, TransientError
from . import policy
from .exchange import (
    CONF_PREVIOUS_TOKEN,
    CONF_REFRESH_TOKEN,
    CONF_SIGNED_OUT,
    async_exchange,
)
from .policy import RefreshOutcome, Tier, TokenState


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshReport:
    """The result of a requested refresh."""

    tier: Tier
    outcome: RefreshOutcome
    remaining: timedelta
    duration: timedelta


@dataclass(kw_only=True)
class TokenStatistics:
    """Counts of the token manager since its start."""

    refreshes: Counter[tuple[Tier, RefreshOutcome]] = field(default_factory=Counter)
    rate_limited: int = 0
    served: int = 0
    served_from_store: int = 0
    last_duration: timedelta | None = None

    @property
    def refreshed(self) -> int:
        """How many times Tesla gave a new token."""
        return sum(
            count
            for (_, outcome), count in self.refreshes.items()
            if outcome is RefreshOutcome.REFRESHED
        )

    @property
    def hit_ratio(self) -> float | None:
        """The share of callers, 0 to 1, that got the stored token without a refresh."""
        return self.served_from_store / self.served if self.served else None


@dataclass(kw_only=True)
class RefreshLane:
    """The one request of an account to the sign-in server, and when it was sent."""

    task: asyncio.Task[RefreshReport] | None = None
    last_request: datetime | None = None
    failures: int = 0


# These outlive the managers, so that a reload or a repeated set-up cannot send a second
# request beside the first.
LANES: Final = HassKey[WeakKeyDictionary[ConfigEntry[Any], RefreshLane]](
    f"{DOMAIN}_token_lines"
)

# Home Assistant writes a changed entry SAVE_DELAY after the change; the rest is for the
# disk. Until then the disk holds the most recently used token, which Tesla accepts only
# while nobody has used its successor.
WRITE_MARGIN: Final = timedelta(seconds=SAVE_DELAY + 2)


class TokenManager:
    """Provides a valid access token with as few requests as possible."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        implementation: AbstractOAuth2Implementation,
    ) -> None:
        """Bind the entry that stores the tokens and the sign-in that renews them."""
        self._hass = hass
        self._entry = entry
        self._implementation = implementation
        self._listener: Callable[[], None] | None = None
        self._lane = hass.data.setdefault(LANES, WeakKeyDictionary()).setdefault(
            entry, RefreshLane()
        )
        self._stop_sweep: CALLBACK_TYPE | None = None
        self._stop_timer: CALLBACK_TYPE | None = None
        self.statistics = TokenStatistics()
        self._update_repair()

    @property
    def expires_at(self) -> datetime:
        """When the access token expires."""
        return datetime.fromtimestamp(self._entry.data[CONF_TOKEN]["expires_at"], UTC)

    @property
    def signed_out(self) -> bool:
        """Whether Tesla refused the sign-in; nothing is requested until a new one."""
        return CONF_SIGNED_OUT in self._entry.data

    @property
    def state(self) -> TokenState:
        """The state of the access token."""
        return policy.state_of(dt_util.utcnow(), self.expires_at, self.signed_out)

    @property
    def current(self) -> str:
        """The stored access token, valid or not."""
        token: str = self._entry.data[CONF_TOKEN][CONF_ACCESS_TOKEN]
        return token

    @property
    def _refresh_token(self) -> str:
        """The refresh token to use next."""
        token: str = self._entry.data[CONF_TOKEN][CONF_REFRESH_TOKEN]
        return token

    @property
    def _gone(self) -> bool:
        """Whether the entry was removed while a request was in flight."""
        entry_id = self._entry.entry_id
        return self._hass.config_entries.async_get_entry(entry_id) is not self._entry

    async def async_access_token(self) -> str:
        """Return a valid access token, refreshed if it must be.

        Raises:
            SignedOutError: a person must sign in again; nothing was requested.
            TransientError: the token has expired and Tesla could not be reached.
        """
        self._raise_if_signed_out()
        now = dt_util.utcnow()
        decision = policy.serve_caller(now, self.expires_at, self._lane.last_request)
        self.statistics.served += 1
        if decision.ask:
            await self._refresh(decision.tier)
        else:
            self.statistics.served_from_store += 1
            if decision.otherwise is RefreshOutcome.RATE_LIMITED:
                self._count_rate_limited()
        return self._usable()

    async def async_replace(self, unauthorized: str) -> str:
        """Return another access token than one that the API answered with 401.

        This is the emergency tier, which passes the limiter. A caller whose token was
        replaced meanwhile gets the new one without a request.

        Raises:
            SignedOutError: a person must sign in again.
            TransientError: Tesla could not be reached.
        """
        self._raise_if_signed_out()
        if unauthorized == self.current:
            await self._refresh(Tier.EMERGENCY)
            if unauthorized == self.current and not self.signed_out:
                raise TransientError
        return self._usable()

    async def async_check(
        self, window: timedelta = policy.PROACTIVE_WINDOW
    ) -> RefreshReport:
        """Refresh the token if it expires within ``window``."""
        now = dt_util.utcnow()
        return await self._act(
            policy.proactive(now, self.expires_at, self._lane.last_request, window)
        )

    async def async_refresh(self) -> RefreshReport:
        """Refresh the token; at most once a minute unless it is about to expire."""
        now = dt_util.utcnow()
        return await self._act(
            policy.limited(Tier.REACTIVE, now, self.expires_at, self._lane.last_request)
        )

    async def async_emergency_refresh(self) -> RefreshReport:
        """Refresh the token, whatever the limiter says."""
        return await self._act(policy.Decision(tier=Tier.EMERGENCY, ask=True))

    def reject_token(self, unauthorized: str) -> None:
        """Sign out because the API refused a new access token too.

        Do nothing if a person has signed in meanwhile.
        """
        if unauthorized == self.current:
            self._sign_out("refused")

    def _sign_out(self, reason: str) -> None:
        """Stop all requests, and ask the user once to sign in again."""
        if self._gone:
            return
        if not self.signed_out:
            LOGGER.error("Tesla refused the sign-in. Sign in again")
            self._update_data({CONF_SIGNED_OUT: reason})
        self._cancel_timer()
        self._update_repair()
        self._entry.async_start_reauth(self._hass)
        self._on_change()

    def _update_repair(self) -> None:
        """Show the repair that says why to sign in again, or remove it."""
        issue_id = signed_out_issue_id(self._entry)
        if not self.signed_out:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"signed_out_{self._entry.data[CONF_SIGNED_OUT]}",
            translation_placeholders={"account": self._entry.title},
        )

    @callback
    def async_start(self, on_change: Callable[[], None]) -> None:
        """Start the sweep and the timer, and call ``on_change``, until ``async_stop``."""
        self._listener = on_change
        self._stop_sweep = async_track_time_interval(
            self._hass, self._async_sweep, policy.SWEEP_INTERVAL
        )
        self._arm()

    @callback
    def async_stop(self) -> None:
        """Cancel the timers. A request in flight completes, and its result is kept."""
        self._listener = None
        if self._stop_sweep is not None:
            self._stop_sweep()
            self._stop_sweep = None
        self._cancel_timer()

    async def _async_sweep(self, _now: datetime) -> None:
        """Check the token, in case the timer missed it."""
        await self._timed_check(policy.PROACTIVE_WINDOW)

    async def _async_timer(self, _now: datetime) -> None:
        """Check the token when the timer fires; its jitter widens the window."""
        await self._timed_check(policy.PROACTIVE_WINDOW + policy.MAX_JITTER)

    async def _timed_check(self, window: timedelta) -> None:
        """Check the token ahead of its expiry, and arm the timer again."""
        if self.signed_out:
            return
        try:
            await self.async_check(window)
        finally:
            self._arm()
            self._on_change()

    def _arm(self) -> None:
        """Set the one timer to the start of the window, or sooner after a failure."""
        self._cancel_timer()
        if self._stop_sweep is None or self.signed_out:
            return
        now = dt_util.utcnow()
        if self._lane.failures:
            at = now + policy.pause_after(self._lane.failures)
        else:
            jitter = random.uniform(0, 1) * policy.MAX_JITTER
            at = policy.next_check(now, self.expires_at, jitter)
        self._stop_timer = async_track_point_in_utc_time(
            self._hass, self._async_timer, at
        )

    def _cancel_timer(self) -> None:
        """Cancel the timer, if there is one."""
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None

    async def _act(self, decision: policy.Decision) -> RefreshReport:
        """Carry out a decision of the policy, and return the report."""
        if self.signed_out:
            return self._report(decision.tier, RefreshOutcome.SIGNED_OUT)
        if decision.ask:
            return await self._refresh(decision.tier)
        if decision.otherwise is RefreshOutcome.RATE_LIMITED:
            self._count_rate_limited()
        return self._report(decision.tier, decision.otherwise)

    async def _refresh(self, tier: Tier) -> RefreshReport:
        """Join the request in flight, or start one that others can join.

        It is shielded: a caller that is cancelled must not cancel it for the others.
        """
        if self._lane.task is None or self._lane.task.done():
            self._lane.last_request = dt_util.utcnow()
            self._lane.task = self._hass.async_create_task(
                self._refresh_once(tier), f"{DOMAIN} token refresh"
            )
        return await asyncio.shield(self._lane.task)

    async def _refresh_once(self, tier: Tier) -> RefreshReport:
        """Make the one request, and keep its result and its duration."""
        started = time.perf_counter()
        try:
            outcome = await self._request()
        except Exception as err:  # noqa: BLE001
            # Whatever it is, the timers must go on. Its text may hold a token.
            if not self._lane.failures:
                LOGGER.error("A refresh failed unexpectedly: %s", type(err).__name__)
            outcome = RefreshOutcome.FAILED
        duration = timedelta(seconds=time.perf_counter() - started)
        self.statistics.last_duration = duration
        self.statistics.refreshes[tier, outcome] += 1
        LOGGER.debug("Token refresh, %s tier: %s", tier, outcome)
        self._lane.failures = (
            self._lane.failures + 1 if outcome is RefreshOutcome.FAILED else 0
        )
        self._arm()
        self._on_change()
        return self._report(tier, outcome, duration)

    async def _request(self) -> RefreshOutcome:
        """Try both refresh tokens that may be valid; two refusals are a sign-out.

        If a person has signed in meanwhile, the result says nothing about the new
        tokens, and must not replace them.
        """
        await self._until_written()
        if self.signed_out:
            return RefreshOutcome.SIGNED_OUT
        candidates, reason = self._candidates(dt_util.utcnow())
        for refresh_token in candidates:
            changes: Mapping[str, Any] | None = None
            try:
                changes = await async_exchange(self._implementation, refresh_token)
            except SignedOutError:
                LOGGER.debug("Tesla refused a refresh token")
            except TransientError:
                return RefreshOutcome.FAILED
            if self._gone or self._refresh_token != candidates[0]:
                return RefreshOutcome.STILL_VALID
            if changes is not None:
                self._update_data(changes)
                return RefreshOutcome.REFRESHED
        self._sign_out(reason)
        return RefreshOutcome.SIGNED_OUT

    def _candidates(self, now: datetime) -> tuple[tuple[str, str], str]:
        """Return the two tokens to try, and what a refusal of both means.

        The second is the one used last, which Tesla accepts for a day unless its
        successor was used. We did not use that, so if it is refused somebody else did.
        """
        current = self._refresh_token
        if (previous := self._entry.data.get(CONF_PREVIOUS_TOKEN)) is not None:
            used_at = datetime.fromtimestamp(previous["used_at"], UTC)
            if policy.in_grace(used_at, now):
                return (current, previous[CONF_REFRESH_TOKEN]), "used_elsewhere"
        return (current, current), "refused"

    async def _until_written(self) -> None:
        """Wait until the refresh token is on disk; it must be before it is used."""
        wait = self._entry.modified_at + WRITE_MARGIN - dt_util.utcnow()
        if timedelta(0) < wait <= WRITE_MARGIN:
            await asyncio.sleep(wait.total_seconds())

    def _update_data(self, changes: Mapping[str, Any]) -> None:
        """Change the data of the entry, the only place that holds tokens."""
        self._hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, **changes}
        )

    def _usable(self) -> str:
        """Return the access token if it is valid.

        Raises:
            SignedOutError: a person must sign in again.
            TransientError: it has expired.
        """
        self._raise_if_signed_out()
        if self.expires_at <= dt_util.utcnow():
            raise TransientError
        return self.current

    def _raise_if_signed_out(self) -> None:
        """Raise ``SignedOutError`` while a person must sign in."""
        if self.signed_out:
            raise SignedOutError

    def _on_change(self) -> None:
        """Call the listener that shows the state of the tokens."""
        if self._listener is not None:
            self._listener()

    def _count_rate_limited(self) -> None:
        """Count a caller that the limiter held back."""
        self.statistics.rate_limited += 1
        self._on_change()

    def _report(
        self, tier: Tier, outcome: RefreshOutcome, duration: timedelta = timedelta(0)
    ) -> RefreshReport:
        """Return a report with the time that is left."""
        remaining = max(self.expires_at - dt_util.utcnow(), timedelta(0))
        return RefreshReport(
            tier=tier, outcome=outcome, remaining=remaining, duration=duration
        )


def signed_out_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair that asks the user of an entry to sign in."""
    return f"signed_out_{entry.entry_id}"
