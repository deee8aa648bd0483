"""The charging records of an account's cars, in its store."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from homeassistant.core import CALLBACK_TYPE

from ..charging.car_record import CarRecord
from ..charging.sessions.session import Session
from ..storage.account_file import NotSavedError
from ..storage.store import ScoutStore


class ChargingRepository:
    """Stores one record for each car.

    A change names the parts that it changes. The rest is as it is by then: a person may
    change a setting while a command is on its way.

    Methods that are awaited return once the change is on disk, and only then is it in
    memory. They raise ``HomeAssistantError`` if nothing can be saved, or if Home
    Assistant is stopping; the record is unchanged then.
    """

    def __init__(self, store: ScoutStore, on_change: CALLBACK_TYPE) -> None:
        """Bind the store, and the function that updates the entities."""
        self._store = store
        self._on_change = on_change

    def record(self, vin: str) -> CarRecord:
        """Return the record of a car."""
        return self._store.record(vin)

    def session(self, vin: str, session_id: str) -> Session | None:
        """Return a session of a car; None if there is none of this id."""
        return self.record(vin).sessions.sessions.get(session_id)

    def update(self, vin: str, **parts: Any) -> None:
        """Change parts of a record; they are on disk within seconds."""
        before = self.record(vin)
        if (after := replace(before, **parts)) != before:
            self._store.data.charging[vin] = after
            self._store.save_soon()

    async def async_update(self, vin: str, **parts: Any) -> None:
        """Change parts of a record, and return once they are on disk.

        Of a part only the fields that differ are changed, and only the sessions that do.
        """
        base = self.record(vin)

        def change(record: CarRecord) -> CarRecord:
            """Return the record with the changed parts."""
            merged = {
                name: _merged(getattr(base, name), part, getattr(record, name))
                for name, part in parts.items()
            }
            return replace(record, **merged)

        if await self._store.async_save_record(vin, parts, change):
            self._on_change()

    async def async_update_in_memory_at_least(self, vin: str, **parts: Any) -> None:
        """Change parts of a record, and have them on disk if that is possible.

        It is for a car that holds a session: a full disk must not keep the raised limit
        in it. After a crash the stored record has the car watched and restored once
        more, which changes nothing.
        """
        try:
            await self.async_update(vin, **parts)
        except NotSavedError:
            self.update(vin, **parts)
            self._on_change()

    def update_sync(self, vin: str, **changes: Any) -> None:
        """Change fields of the sync state; they are on disk within seconds."""
        self.update(vin, sync=replace(self.record(vin).sync, **changes))

    async def async_update_sync(self, vin: str, **changes: Any) -> None:
        """Change fields of the sync state, and return once they are on disk."""
        await self.async_update(vin, sync=replace(self.record(vin).sync, **changes))

    async def async_save_session(self, vin: str, session: Session) -> Session:
        """Store a session, and return it once it is on disk."""
        sessions = self.record(vin).sessions.with_session(session)
        if session.in_car:
            await self.async_update_in_memory_at_least(vin, sessions=sessions)
        else:
            await self.async_update(vin, sessions=sessions)
        return session


def _merged(base: Any, changed: Any, present: Any) -> Any:
    """Return the present part of a record, with the changes made to its base.

    Another change may have come between the two, while the file was being written.
    """
    if present is base:
        return changed
    if isinstance(changed, Mapping):
        new = {key: item for key, item in changed.items() if item != base.get(key)}
        gone = base.keys() - changed.keys()
        return {key: item for key, item in present.items() if key not in gone} | new
    if not is_dataclass(changed) or not type(base) is type(changed) is type(present):
        return changed
    merged = {}
    for each_field in fields(changed):
        name = each_field.name
        before, after = getattr(base, name), getattr(changed, name)
        if isinstance(after, Mapping):
            merged[name] = _merged(before, after, getattr(present, name))
        elif after != before:
            merged[name] = after
    whole: Any = present
    return replace(whole, **merged)
