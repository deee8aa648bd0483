"""The one owner of the refresh token.

Tesla: a refresh token works once. The most recently used one stays valid for up to 24
hours, for a client that failed to save the new one. So a token must be on disk before
it is used, and nobody else may use it: while an entry is loaded, every use, read and
write of its refresh token is in this module.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
import random
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from homeassistant.config_entries import SAVE_DELAY, ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..gateways.budget import Purpose, session_purpose
from ..gateways.errors import (
    ApplicationRefusedError,
    FleetError,
    SignedOutError,
    TransientError,
)
from . import policy
from .exchange import (
    CONF_PREVIOUS_TOKEN,
    CONF_REFRESH_TOKEN,
    CONF_SIGNED_OUT,
    async_exchange,
)
from .lane import RefreshLane, is_fresh
from .on_disk import async_refresh_token_on_disk
from .policy import RefreshOutcome, Tier, TokenState
from .probe import SignInProbe
from .repairs import (
    REFUSED,
    REJECTED,
    USED_ELSEWHERE,
    hide_no_token,
    show_no_token,
    show_signed_out,
)
from .reports import RefreshReport, TokenStatistics

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
        self._probe = SignInProbe(hass, entry, self._lane, self._async_try_again)
        self.statistics = TokenStatistics()
        self._lane.use(self._refresh_token)
        self._update_repairs()
        self._probe.arm()

    @property
    def expires_at(self) -> datetime:
        """When the access token expires."""
        return datetime.fromtimestamp(self._entry.data[CONF_TOKEN]["expires_at"], UTC)

    @property
    def signed_out(self) -> bool:
        """Whether Tesla refused the sign-in; a person is asked for a new one."""
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

    @property
    def _issued_at(self) -> datetime:
        """When the stored access token was issued."""
        lifetime = self._entry.data[CONF_TOKEN]["expires_in"]
        return self.expires_at - timedelta(seconds=lifetime)

    async def async_access_token(self) -> str:
        """Return a valid access token, refreshed if it must be.

        What undoes a session gets any token that may work, even after a sign-out.

        Raises:
            SignedOutError: a person must sign in again; nothing was requested.
            FleetError: there is no valid token, and why.
        """
        now = dt_util.utcnow()
        if self.signed_out and session_purpose() is Purpose.UNDOING:
            return self._usable()
        self._raise_if_signed_out()
        self._raise_if_rejected(now)
        decision = policy.serve_caller(now, self.expires_at, self._lane.last_request)
        self.statistics.served += 1
        if decision.ask and not self._lane.holds_callers(now):
            await self._refresh(decision.tier)
            self._raise_if_signed_out()
        else:
            self.statistics.served_from_store += 1
            if decision.otherwise is RefreshOutcome.RATE_LIMITED:
                self._count_rate_limited()
        return self._usable()

    async def async_replace(self, unauthorized: str, *, documented: bool = True) -> str:
        """Return another access token than one that the API answered with 401.

        This is the emergency tier, which passes the limiter. A caller whose token was
        replaced meanwhile gets the new one without a request. While the API rejects new
        tokens, one is requested once an hour.

        Raises:
            SignedOutError: a person must sign in again.
            FleetError: there is no other token, and why.
        """
        self._raise_if_signed_out()
        if unauthorized == self.current:
            fresh = is_fresh(self._issued_at, dt_util.utcnow())
            if fresh and self._lane.rejects(unauthorized):
                raise self.rejection(unauthorized, documented=documented)
            await self._refresh(Tier.EMERGENCY)
            self._raise_if_signed_out()
            if unauthorized == self.current:
                raise self._lane.error_at(dt_util.utcnow())
        return self._usable()

    def rejection(self, unauthorized: str, *, documented: bool) -> FleetError:
        """Return the error for a new access token that the API answered with 401.

        It is a sign-out only after hours in which no token was accepted; a person may
        have signed in meanwhile.

        Args:
            unauthorized: The token.
            documented: Whether the answer had Tesla's words for that.
        """
        if self.signed_out or self._gone:
            return SignedOutError()
        if unauthorized != self.current:
            return TransientError()
        rejections = self._lane.rejected(
            unauthorized, dt_util.utcnow(), documented=documented
        )
        LOGGER.debug("The API rejected a new token, %s times now", rejections.count)
        if rejections.are_sign_out():
            self._sign_out(REJECTED)
            return SignedOutError()
        self._update_repairs()
        return TransientError()

    def accept(self) -> None:
        """Take note that the API accepted a token."""
        if self._lane.rejections is not None:
            self._lane.rejections = None
            self._update_repairs()

    def _raise_if_rejected(self, now: datetime) -> None:
        """Raise ``TransientError`` while a rejected token is not tried again yet."""
        rejections = self._lane.rejections
        if rejections is not None and rejections.last <= now < rejections.retry_at:
            raise TransientError

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

    def _sign_out(self, reason: str) -> None:
        """Stop all requests, and ask the user once to sign in again."""
        if self._gone:
            return
        if not self.signed_out:
            LOGGER.error("Tesla refused the sign-in. Sign in again")
            self._lane.probes = 0
            self._update_data({CONF_SIGNED_OUT: reason})
        self._cancel_timer()
        self._update_repairs()
        self._probe.arm()
        self._entry.async_start_reauth(self._hass)
        self._on_change()

    def _update_repairs(self) -> None:
        """Show the repairs that hold, and remove the others."""
        hass, entry, lane = self._hass, self._entry, self._lane
        if self._gone:
            return
        reason = entry.data.get(CONF_SIGNED_OUT)
        show_signed_out(hass, entry, reason)
        lasting = lane.without_token(self.expires_at, dt_util.utcnow())
        if reason is None and (lane.refused or lasting):
            show_no_token(hass, entry, lane.words)
        else:
            hide_no_token(hass, entry)

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
        if not self._lane.holds_callers(dt_util.utcnow()):
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
        if self._lane.paused(now) and self._lane.retry_at is not None:
            at = self._lane.retry_at
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

    async def _async_try_again(self) -> None:
        """Try the stored sign-in although the account is signed out."""
        await self._refresh(Tier.PROACTIVE)

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
            self._lane.failed(TransientError(), dt_util.utcnow())
            outcome = RefreshOutcome.FAILED
        duration = timedelta(seconds=time.perf_counter() - started)
        self.statistics.last_duration = duration
        self.statistics.refreshes[tier, outcome] += 1
        LOGGER.debug("Token refresh, %s tier: %s", tier, outcome)
        if outcome is not RefreshOutcome.FAILED:
            self._lane.succeeded()
        self._update_repairs()
        self._arm()
        self._on_change()
        return self._report(tier, outcome, duration)

    async def _request(self) -> RefreshOutcome:
        """Try both refresh tokens that may be valid; two refusals are a sign-out.

        If a person has signed in meanwhile, the result says nothing about the new
        tokens, and must not replace them.
        """
        probe = self.signed_out
        await self._until_written()
        if self.signed_out and not probe:
            return RefreshOutcome.SIGNED_OUT
        on_disk = await async_refresh_token_on_disk(self._hass, self._entry.entry_id)
        present = self._refresh_token
        candidates, reason = self._candidates(on_disk, dt_util.utcnow())
        for refresh_token in candidates:
            changes: Mapping[str, Any] | None = None
            try:
                changes = await async_exchange(self._implementation, refresh_token)
            except ApplicationRefusedError:
                reason = REFUSED
            except SignedOutError:
                LOGGER.debug("Tesla refused a refresh token")
            except FleetError as err:
                self._lane.failed(err, dt_util.utcnow())
                return RefreshOutcome.FAILED
            if self._gone or self._refresh_token != present:
                return RefreshOutcome.STILL_VALID
            if changes is not None:
                self._update_data(changes)
                self._lane.refresh_token = self._refresh_token
                if probe:
                    await self._probe.async_end_sign_out()
                return RefreshOutcome.REFRESHED
        if not probe:
            self._sign_out(reason)
        return RefreshOutcome.SIGNED_OUT

    def _candidates(
        self, on_disk: str | None, now: datetime
    ) -> tuple[tuple[str, str], str]:
        """Return the two tokens to try, and what a refusal of both means.

        The second is the one used last, which Tesla accepts for a day unless its
        successor was used. We did not use that, so if it is refused somebody else did.
        While that one alone is ``on_disk``, it is the first: a token that cannot be saved
        is not used, since a crash would then leave none that is valid.
        """
        current = self._refresh_token
        if (previous := self._entry.data.get(CONF_PREVIOUS_TOKEN)) is not None:
            used: str = previous[CONF_REFRESH_TOKEN]
            if on_disk == used != current:
                return (used, current), USED_ELSEWHERE
            used_at = datetime.fromtimestamp(previous["used_at"], UTC)
            if policy.in_grace(used_at, now):
                return (current, used), USED_ELSEWHERE
        return (current, current), REFUSED

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
            SignedOutError: it has expired, and a person must sign in again.
            FleetError: it has expired, and why there is no other.
        """
        now = dt_util.utcnow()
        if self.expires_at > now:
            return self.current
        self._raise_if_signed_out()
        raise self._lane.error_at(now)

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
