"""The charging records of an account's cars, in its store."""

from dataclasses import replace
from typing import Any

from homeassistant.core import CALLBACK_TYPE

from ..charging.car_record import CarRecord
from ..charging.sessions.session import Session
from ..storage.store import ScoutStore


class ChargingRepository:
    """Keeps one record a car.

    A change names the parts that it changes. The rest is as it is by then: a person may
    change a setting while a command is on its way.
    """

    def __init__(self, store: ScoutStore, on_change: CALLBACK_TYPE) -> None:
        """Bind the store, and what shows a change to people."""
        self._store = store
        self._on_change = on_change

    def record(self, vin: str) -> CarRecord:
        """Return the record of a car."""
        return self._store.data.charging.get(vin) or CarRecord()

    def session(self, vin: str, session_id: str) -> Session | None:
        """Return a session of a car; None if there is none of this id."""
        return self.record(vin).sessions.sessions.get(session_id)

    def update(self, vin: str, **parts: Any) -> None:
        """Change parts of a record; they are on disk within seconds."""
        if self._change(vin, parts):
            self._store.save_soon()

    async def async_update(self, vin: str, **parts: Any) -> None:
        """Change parts of a record, and return once they are on disk.

        Raises:
            HomeAssistantError: nothing can be written while Home Assistant stops.
        """
        if self._change(vin, parts):
            await self._store.async_save()
            self._on_change()

    def update_sync(self, vin: str, **changes: Any) -> None:
        """Change fields of the sync state; they are on disk within seconds."""
        self.update(vin, sync=replace(self.record(vin).sync, **changes))

    async def async_update_sync(self, vin: str, **changes: Any) -> None:
        """Change fields of the sync state, and return once they are on disk.

        Raises:
            HomeAssistantError: nothing can be written while Home Assistant stops.
        """
        await self.async_update(vin, sync=replace(self.record(vin).sync, **changes))

    async def async_save_session(self, vin: str, session: Session) -> Session:
        """Keep a session as it is now, and return it once it is on disk.

        Raises:
            HomeAssistantError: nothing can be written while Home Assistant stops.
        """
        sessions = self.record(vin).sessions.with_session(session)
        await self.async_update(vin, sessions=sessions)
        return session

    def _change(self, vin: str, parts: dict[str, Any]) -> bool:
        """Change parts of a record, and return whether it is another one now."""
        before = self.record(vin)
        record = replace(before, **parts)
        if record == before:
            return False
        self._store.data.charging[vin] = record
        return True
