"""The file of an account: read whatever its state, and read back when written."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any, Final, override

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes_sorted
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .codec import UNREADABLE
from .migration import in_present_shape
from .put_in_car import SECTION, find_section

STORAGE_VERSION: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found of a file.

    Attributes:
        contents: As much of it as could be read; None: nothing.
        existed: Whether there was a file.
        whole: Whether all of it was read.
    """

    contents: Any = None
    existed: bool = False
    whole: bool = True


class NotSavedError(HomeAssistantError):
    """The file could not be written, so nothing may be done that depends on it."""

    def __init__(self) -> None:
        """Name the translation."""
        super().__init__(translation_domain=DOMAIN, translation_key="not_saved")


class _VersionedStore(Store[dict[str, Any]]):
    """Home Assistant's store of the file, for files of any version."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the contents of a file of another version."""
        contents: dict[str, Any] = in_present_shape(old_data)
        return contents


class AccountFile:
    """Reads and writes the file of an account."""

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        """Bind the file by its storage key."""
        self._hass = hass
        self._key = key
        self._store = _VersionedStore(
            hass,
            STORAGE_VERSION,
            key,
            # A power cut is worse than a kill: what was written must be on the disk.
            atomic_writes=True,
            # After a downgrade what is known is read.
            max_readable_version=sys.maxsize,
        )

    async def async_read(self) -> Found:
        """Return what can be read of the file, however damaged it is.

        A file that is no JSON is renamed by Home Assistant, which shows a repair.

        Raises:
            HomeAssistantError: the disk cannot be read.
        """
        raw = await self._hass.async_add_executor_job(_raw, Path(self._store.path))
        try:
            contents = await self._store.async_load()
        except UNREADABLE:
            # Not of the shape that Home Assistant's store writes.
            contents = None
        if contents is not None:
            return Found(contents=contents, existed=True)
        if raw is None:
            return Found()
        return _salvaged(raw)

    async def async_write(self, contents: Mapping[str, Any]) -> None:
        """Write the file, and return once it was read back.

        Home Assistant's ``Store.async_save`` logs an error of writing and raises nothing.
        While Home Assistant stops it writes at the very end, which nobody can wait for.

        Raises:
            NotSavedError: the file does not hold the contents.
        """
        try:
            wanted = json_bytes_sorted(contents)
            await self._store.async_save(dict(contents))
            if self._hass.state is CoreState.stopping:
                return
            # A new store: the one that wrote would answer from memory.
            reader = Store[dict[str, Any]](self._hass, STORAGE_VERSION, self._key)
            found = await reader.async_load()
        except (HomeAssistantError, NotImplementedError, OSError, TypeError) as err:
            raise NotSavedError from err
        if json_bytes_sorted(found) != wanted:
            raise NotSavedError

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


def _raw(path: Path) -> str | None:
    """Return the text of a file; None: there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        # Home Assistant's store meets the same error, and tells it.
        return None


def _salvaged(raw: str) -> Found:
    """Return what can be read of a file that Home Assistant's store did not read."""
    try:
        contents = in_present_shape(json.loads(raw)["data"])
    except (*UNREADABLE, RecursionError):
        section = find_section(raw)
        contents = None if section is None else {SECTION: section}
        return Found(contents=contents, existed=True, whole=False)
    return Found(contents=contents, existed=True)
