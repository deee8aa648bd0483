"""What an entry keeps on disk beside its tokens: one versioned file."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..const import DOMAIN
from ..gateways.ledger import CallKind, Ledger
from ..scouting.car_state import CarState
from ..scouting.statistics import ReadHistory
from .codec import Codec
from .migration import migrated

STORAGE_VERSION: Final = 2

# Gathers the changes of one round of reads into one write. After a crash within it the
# observation and its events are found again, and reported again.
SAVE_DELAY: Final = 5.0


def _ledger() -> Ledger:
    """Return an empty ledger of this month."""
    return Ledger.started(dt_util.utcnow())


@dataclass(kw_only=True)
class AccountMemory:
    """What is kept of an account; cars by VIN.

    Attributes:
        ledger: What its calls cost.
        cars: What the Scout knows of each car.
        paused_until: When Tesla allows the next list call (UTC), if it named a time: a
            set-up that is tried again must know it.
        paid_again_at: When a disabled account is tried with a paid read again (UTC).
        read_history: The last paid reads, and what each hint was worth.
        charging: The charging of each car.
    """

    ledger: Ledger = field(default_factory=_ledger)
    cars: dict[str, CarState] = field(default_factory=dict, repr=False)
    paused_until: datetime | None = None
    paid_again_at: datetime | None = None
    read_history: ReadHistory = field(default_factory=ReadHistory)
    charging: dict[str, CarRecord] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the memory as JSON."""
        return _CODEC.encode(self)

    def worth_saving(self) -> dict[str, Any]:
        """Return what is worth a write: all but the count of calls that cost nothing."""
        kept = self.as_dict()
        del kept["ledger"]["calls"][CallKind.FREE]
        return kept


_CODEC: Final = Codec(AccountMemory)


class _AccountFile(Store[dict[str, Any]]):
    """The file of an account."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the contents of a file of version 1."""
        data = await self.hass.async_add_executor_job(_CODEC.decode, migrated(old_data))
        return data.as_dict()


class ScoutStore:
    """One versioned file an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Name the file after the entry."""
        self._hass = hass
        # A power cut is worse than a kill: what was written must be on the disk.
        self._store = _AccountFile(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry.entry_id}", atomic_writes=True
        )
        self.data = AccountMemory()
        self._saved: dict[str, Any] | None = None
        self._closed = False

    async def async_load(self) -> AccountMemory:
        """Return the stored data, or empty data for a first start."""
        if (stored := await self._store.async_load()) is not None:
            self.data = await self._hass.async_add_executor_job(_CODEC.decode, stored)
            self.data.ledger.roll_over(dt_util.utcnow())
            self._saved = self.data.worth_saving()
        return self.data

    def save_soon(self) -> None:
        """Write within seconds, and at a shutdown before that, if something changed."""
        if self._closed or (worth_saving := self.data.worth_saving()) == self._saved:
            return
        self._saved = worth_saving
        self._store.async_delay_save(self.data.as_dict, SAVE_DELAY)

    async def async_save(self) -> None:
        """Write now: what comes next must not happen without it.

        Raises:
            HomeAssistantError: Home Assistant is stopping, and writes only at the very
                end, which a kill may forestall.
        """
        if self._hass.state is CoreState.stopping:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopping"
            )
        self._saved = self.data.worth_saving()
        await self._store.async_save(self.data.as_dict())

    async def async_close(self) -> None:
        """Write now, and nothing after: the next owner of the file reads it already."""
        self._closed = True
        await self._store.async_save(self.data.as_dict())

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()
