"""Tries of the stored sign-in after a sign-out, which may have been an error of Tesla's."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from . import policy
from .exchange import CONF_SIGNED_OUT, async_is_accepted
from .lane import RefreshLane
from .repairs import REJECTED, close_reauth


class SignInProbe:
    """The timer of the tries; it belongs to the lane, since a signed-out entry fails."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        lane: RefreshLane,
        async_try: Callable[[], Awaitable[object]],
    ) -> None:
        """Bind the account, and what makes a try."""
        self._hass = hass
        self._entry = entry
        self._lane = lane
        self._async_try = async_try

    @property
    def _wanted(self) -> bool:
        """Whether the account is there, in use, and signed out."""
        entry = self._hass.config_entries.async_get_entry(self._entry.entry_id)
        return (
            entry is self._entry
            and entry.disabled_by is None
            and CONF_SIGNED_OUT in entry.data
        )

    def arm(self) -> None:
        """Set the timer of the next try while the account is signed out."""
        self._lane.cancel_probe()
        if self._wanted:
            self._lane.stop_probe = async_call_later(
                self._hass,
                policy.probe_pause(self._lane.probes),
                HassJob(self._async_probe, cancel_on_shutdown=True),
            )

    async def _async_probe(self, _now: datetime) -> None:
        """Try the stored sign-in, and set the next timer."""
        self._lane.stop_probe = None
        if not self._wanted:
            return
        self._lane.probes += 1
        await self._async_try()
        self.arm()

    async def async_end_sign_out(self) -> None:
        """End the sign-out if the API accepts the new token; load the account again."""
        if self._entry.data.get(CONF_SIGNED_OUT) == REJECTED:
            if not await async_is_accepted(self._hass, self._entry):
                return
            self._lane.rejections = None
        LOGGER.warning("Tesla accepts the sign-in again")
        data = {
            key: part
            for key, part in self._entry.data.items()
            if key != CONF_SIGNED_OUT
        }
        self._hass.config_entries.async_update_entry(self._entry, data=data)
        self._lane.cancel_probe()
        close_reauth(self._hass, self._entry)
        self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
