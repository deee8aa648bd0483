"""The file of an account: written so that it is known to be on disk."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes_sorted
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .migration import in_present_shape

STORAGE_VERSION: Final = 2


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
        # A power cut is worse than a kill: what was written must be on the disk.
        self._store = _VersionedStore(hass, STORAGE_VERSION, key, atomic_writes=True)

    async def async_read(self) -> Any:
        """Return the contents of the file; None: there is none."""
        return await self._store.async_load()

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
