"""The key of a provider: it is not refreshed, and a person replaces it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..gateways.budget import Purpose, session_purpose
from ..gateways.errors import FleetError, SignedOutError, TransientError
from .exchange import CONF_SIGNED_OUT
from .lane import RefreshLane
from .manager import LANES
from .probe import SignInProbe
from .repairs import REJECTED, show_signed_out

# A provider may reject a key by mistake: with its own words, twice and so far apart, it
# is a sign-out.
REJECTED_FOR: Final = timedelta(minutes=2)
REJECTIONS: Final = 2


class StaticKey:
    """Provides the key of an account, and asks for another once it is rejected."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Bind the entry that stores the key."""
        self._hass = hass
        self._entry = entry
        self._listener: Callable[[], None] | None = None
        self._lane = hass.data.setdefault(LANES, WeakKeyDictionary()).setdefault(
            entry, RefreshLane()
        )
        self._lane.use(self.current)
        self._probe = SignInProbe(hass, entry, self._lane, self._async_try_again)
        show_signed_out(hass, entry, entry.data.get(CONF_SIGNED_OUT))
        self._probe.arm()

    @property
    def current(self) -> str:
        """The stored key."""
        key: str = self._entry.data[CONF_TOKEN][CONF_ACCESS_TOKEN]
        return key

    @property
    def signed_out(self) -> bool:
        """Whether the provider rejected the key; a person is asked for another."""
        return CONF_SIGNED_OUT in self._entry.data

    async def async_access_token(self) -> str:
        """Return the key.

        What undoes a session gets it even after a sign-out.

        Raises:
            SignedOutError: a person must enter another; nothing was requested.
            TransientError: it was rejected, and is not tried again yet.
        """
        if session_purpose() is Purpose.UNDOING:
            return self.current
        if self.signed_out:
            raise SignedOutError
        if self._waits(dt_util.utcnow()):
            raise TransientError
        return self.current

    def _waits(self, now: datetime) -> bool:
        """Whether a rejected key is not tried again yet."""
        rejections = self._lane.rejections
        return rejections is not None and rejections.last <= now < rejections.retry_at

    async def async_replace(self, unauthorized: str, *, documented: bool = True) -> str:
        """Raise why there is no other key.

        Raises:
            FleetError: always.
        """
        raise self.rejection(unauthorized, documented=documented)

    def rejection(self, unauthorized: str, *, documented: bool) -> FleetError:
        """Return the error for a key that was answered with 401.

        Args:
            unauthorized: The key.
            documented: Whether the answer had the provider's words for that.
        """
        if self.signed_out:
            return SignedOutError()
        if unauthorized != self.current:
            return TransientError()
        found = self._lane.rejected(
            unauthorized, dt_util.utcnow(), documented=documented
        )
        lasted = found.last - found.since >= REJECTED_FOR
        if not (found.documented and lasted and found.count >= REJECTIONS):
            return TransientError()
        LOGGER.error("The provider rejected the key. Enter another")
        self._lane.probes = 0
        self._hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_SIGNED_OUT: REJECTED}
        )
        show_signed_out(self._hass, self._entry, REJECTED)
        self._probe.arm()
        self._entry.async_start_reauth(self._hass)
        self._on_change()
        return SignedOutError()

    def accept(self) -> None:
        """Take note that the provider accepted the key."""
        self._lane.rejections = None

    async def _async_try_again(self) -> None:
        """Try the key although the account is signed out."""
        await self._probe.async_end_sign_out()

    @callback
    def async_start(self, on_change: Callable[[], None]) -> None:
        """Call ``on_change`` when the key is rejected."""
        self._listener = on_change

    @callback
    def async_stop(self) -> None:
        """Call nobody any more."""
        self._listener = None

    def _on_change(self) -> None:
        """Call the listener."""
        if self._listener is not None:
            self._listener()
