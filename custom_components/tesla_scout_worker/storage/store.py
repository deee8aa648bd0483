"""What an entry keeps on disk beside its tokens: one versioned file."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord, PutInCar
from ..charging.tariffs.price_history import PriceHistory
from ..const import DOMAIN, LOGGER
from ..gateways.held import HeldCar
from ..gateways.ledger import CallKind, Ledger
from ..scouting.car_state import CarState
from ..scouting.statistics import ReadHistory
from .account_file import AccountFile, NotSavedError
from .codec import UNREADABLE, Codec, storable
from .put_in_car import SECTION, read_section, section_of

# An entry that is older than this had a file.
FIRST_SETUP: Final = timedelta(minutes=10)

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

# The repair that says that nothing can be saved.
NOT_SAVED_ISSUE: Final = "not_saved"

# Gathers the changes of one round of reads into one write. After a crash within it the
# observation and its events are found again, and reported again.
SAVE_DELAY: Final = timedelta(seconds=5)

# A full disk is full for a while, and Home Assistant logs each try.
RETRY_PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10))


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
        lost_at: When all that had been stored was found to be lost (UTC); None: never.
        held: What Home Assistant holds for cars that hold no schedules themselves, by
            VIN.
        prices: What the price source published in the past weeks.
        checked: When a person said since what is the owner's in a car (UTC), by VIN.
    """

    ledger: Ledger = field(default_factory=_ledger)
    cars: dict[str, CarState] = field(default_factory=dict, repr=False)
    paused_until: datetime | None = None
    paid_again_at: datetime | None = None
    read_history: ReadHistory = field(default_factory=ReadHistory)
    charging: dict[str, CarRecord] = field(default_factory=dict, repr=False)
    lost_at: datetime | None = None
    held: dict[str, HeldCar] = field(default_factory=dict, repr=False)
    prices: PriceHistory = field(default_factory=PriceHistory, repr=False)
    checked: dict[str, datetime] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the memory as JSON."""
        contents: dict[str, Any] = storable(
            {SECTION: section_of(self.charging), **_CODEC.encode(self)}
        )
        return contents


_CODEC: Final = Codec(AccountMemory)


def memory_of(contents: Any, now: datetime, lost: Counter[str]) -> AccountMemory:
    """Return the memory that a file holds, whatever its contents are.

    What cannot be read is left out, but nothing that we put into a car is forgotten.

    Args:
        contents: What was read of the file.
        now: The present (UTC).
        lost: Counts the parts that could not be read, by name.
    """
    put = read_section(contents.get(SECTION) if isinstance(contents, dict) else None)
    try:
        memory = _CODEC.decode(contents, lost)
    except UNREADABLE:
        lost[AccountMemory.__name__] += 1
        memory = AccountMemory()
    _correct(memory.ledger, now)
    for vin in {**put, **memory.charging}:
        record = memory.charging.get(vin) or CarRecord()
        memory.charging[vin] = record.recovered(put.get(vin, PutInCar()), now)
    return memory


def _correct(ledger: Ledger, now: datetime) -> None:
    """Have a stored ledger hold months and calls alone.

    What is no month would never be over, and a count below zero would hide calls.
    """
    if MONTH.fullmatch(ledger.month) is None:
        ledger.month = Ledger.started(now).month
    ledger.others = {
        month: calls for month, calls in ledger.others.items() if MONTH.fullmatch(month)
    }
    for kind, calls in ledger.calls.items():
        ledger.calls[kind] = max(0, calls)


def worth_saving(contents: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is worth a write: all but the count of calls that cost nothing."""
    ledger = contents["ledger"]
    calls = {kind: n for kind, n in ledger["calls"].items() if kind != CallKind.FREE}
    return {**contents, "ledger": {**ledger, "calls": calls}}


class ScoutStore:
    """The memory of an account, and its file."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Name the file after the entry."""
        self._hass = hass
        self._entry = entry
        self._issue_id = f"{NOT_SAVED_ISSUE}_{entry.entry_id}"
        self._file = AccountFile(hass, f"{DOMAIN}.{entry.entry_id}")
        self.data = AccountMemory()
        # The names of the parts of the file that could not be read.
        self.lost: frozenset[str] = frozenset()
        # Whether all that had been stored was lost.
        self.forgotten = False
        # What the file holds, as far as it was worth a write.
        self._saved: dict[str, Any] | None = None
        self._saved_records: dict[str, CarRecord] = {}
        self._lock = asyncio.Lock()
        self._cancel_timer: CALLBACK_TYPE | None = None
        # Failed writes in a row; None: there was no write yet.
        self._failures: int | None = None
        self._listeners: list[CALLBACK_TYPE] = []
        self._closed = False

    async def async_load(self) -> AccountMemory:
        """Return the stored data, or empty data for a first start."""
        found = await self._file.async_read()
        now = dt_util.utcnow()
        lost = Counter[str]() if found.whole else Counter(file=1)
        known = isinstance(found.contents, dict) and bool(found.contents)
        if known:
            self.data = await self._hass.async_add_executor_job(
                memory_of, found.contents, now, lost
            )
        elif found.existed or now - self._entry.created_at > FIRST_SETUP:
            self.data.lost_at = now
            lost["file"] += 1
        self.forgotten = not known and bool(lost)
        contents = self.data.as_dict()
        self._saved = worth_saving(contents)
        self._saved_records = dict(self.data.charging)
        self.data.ledger.roll_over(now)
        self.lost = frozenset(lost)
        shown = ir.async_get(self._hass).async_get_issue(DOMAIN, self._issue_id)
        if self.forgotten or (
            found.existed and (shown is not None or contents != found.contents)
        ):
            await self._async_write_if_possible()
        return self.data

    @callback
    def async_listen_to_recovery(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when saving works again, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, vin: str) -> CarRecord:
        """Return the charging record of a car."""
        return self.data.charging.get(vin) or CarRecord()

    @callback
    def save_soon(self) -> None:
        """Write within seconds, and at a shutdown before that, if something changed."""
        if self._closed or self._cancel_timer is not None:
            return
        if worth_saving(self.data.as_dict()) != self._saved:
            self._arm(SAVE_DELAY)

    async def async_save_record(
        self,
        vin: str,
        parts: Collection[str],
        change: Callable[[CarRecord], CarRecord],
    ) -> bool:
        """Change the charging record of a car; return whether it is another one now.

        The memory changes once the file has been written and read back: what comes next
        must not happen without it.

        Args:
            vin: The car.
            parts: The names of the parts that it changes.
            change: Returns the changed record. It may be called twice: a setting may
                change while the file is being written.

        Raises:
            HomeAssistantError: nothing could be saved, or Home Assistant is stopping and
                writes only at the very end, which a kill may forestall.
        """
        if self._hass.state is CoreState.stopping:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopping"
            )
        async with self._lock:
            before = self.record(vin)
            after = change(before)
            saved = self._saved_records.get(vin, CarRecord())
            if after == before and all(
                getattr(after, part) == getattr(saved, part) for part in parts
            ):
                return False
            charging = {**self.data.charging, vin: after}
            await self._async_write(replace(self.data, charging=charging))
            self.data.charging[vin] = change(self.record(vin))
        return after != before

    async def async_close(self) -> None:
        """Write now, and nothing after: the next owner of the file reads it already."""
        self._closed = True
        self._disarm()
        await self._async_write_if_possible()

    async def async_remove(self) -> None:
        """Remove the file, and write nothing after."""
        self._closed = True
        self._disarm()
        await self._file.async_remove()

    async def _async_write_if_possible(self) -> None:
        """Write the memory; a failure is shown, and stops nobody."""
        async with self._lock:
            try:
                await self._async_write(self.data)
            except NotSavedError:
                return

    async def _async_write(self, memory: AccountMemory) -> None:
        """Write a memory; the caller holds the lock.

        Raises:
            NotSavedError: it is not on disk.
        """
        self._disarm()
        contents = memory.as_dict()
        try:
            await self._file.async_write(contents)
        except NotSavedError:
            self._failed()
            raise
        self._saved = worth_saving(contents)
        self._saved_records = dict(memory.charging)
        self._succeeded()

    def _arm(self, delay: timedelta) -> None:
        """Have the memory written after a while."""

        async def write(_now: datetime) -> None:
            """Write what changed."""
            self._cancel_timer = None
            changed = worth_saving(self.data.as_dict()) != self._saved
            if changed and not self._closed and not self._hass.is_stopping:
                await self._async_write_if_possible()

        job = HassJob(write, "saving an account", cancel_on_shutdown=True)
        self._cancel_timer = async_call_later(self._hass, delay, job)

    def _disarm(self) -> None:
        """Cancel the write that is planned."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    def _failed(self) -> None:
        """Show that nothing can be saved, and plan the next try."""
        failures = self._failures or 0
        self._failures = failures + 1
        self._saved = None
        if not failures:
            LOGGER.error("Nothing can be saved: is the disk full?")
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            learn_more_url="homeassistant://config/storage",
            severity=ir.IssueSeverity.ERROR,
            translation_key=NOT_SAVED_ISSUE,
            translation_placeholders={"account": self._entry.title},
        )
        if not self._closed:
            self._disarm()
            self._arm(RETRY_PAUSES[min(failures, len(RETRY_PAUSES) - 1)])

    def _succeeded(self) -> None:
        """Take back the repair, and say that saving works again."""
        failures, self._failures = self._failures, 0
        if failures == 0:
            return
        # Without a write before, the repair may be that of an earlier set-up.
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
        if failures:
            LOGGER.info("Saving works again")
            for listener in tuple(self._listeners):
                listener()
