"""What those who keep the cars of an account right share: whom they know, how they end."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import ScoutCoordinator
from .commands import Worker


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account: its entry, who looks at its cars, and who acts on them."""

    hass: HomeAssistant
    entry: ConfigEntry[Any]
    scout: ScoutCoordinator
    worker: Worker

    def issue_id(self, issue: str, vin: str) -> str:
        """Return the id of a repair about a car; it holds no VIN."""
        registry, entry_id = dr.async_get(self.hass), self.entry.entry_id
        devices = dr.async_entries_for_config_entry(registry, entry_id)
        ids = [one.id for one in devices if (DOMAIN, vin) in one.identifiers]
        return "_".join((issue, entry_id, *ids))


class BackgroundManager:
    """Keeps the cars of an account right, for as long as its entry is loaded."""

    def __init__(self, account: Account, name: str) -> None:
        """Bind the account, and what the work is called."""
        self._hass = account.hass
        self._entry = account.entry
        self._scout = account.scout
        self._worker = account.worker
        self._name = name
        # Empty while it is not started.
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def async_stop(self) -> None:
        """Hear and begin nothing more; what is on the wire is cut off, and done again."""
        for stop in self._stops:
            stop()
        self._stops = []

    @callback
    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something for as long as the entry is loaded; no start waits for it."""
        if not self._stops or self._hass.is_stopping:
            # The next start finds it due.
            work.close()
            return
        self._entry.async_create_background_task(
            self._hass, work, self._name, eager_start=False
        )
