"""A start while an account is signed out: what is over is undone while its token works."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_time
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..charging.car_record import CarRecord, PutInCar
from ..const import DOMAIN
from ..gateways.gateway import Gateway
from .left_in_car import Left, left_in_car
from .removal import async_undo

# A sleeping car is not woken: it may be awake later.
TRIED_EACH: Final = timedelta(minutes=10)

_STOPS: Final[HassKey[dict[str, CALLBACK_TYPE]]] = HassKey(f"{DOMAIN}_signed_out")


@callback
def async_stop_undoing(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Stop undoing: the account is loaded again, or removed."""
    if stop := hass.data.setdefault(_STOPS, {}).pop(entry.entry_id, None):
        stop()


class SignedOutUndo:
    """Undoes sessions that are over, of an account that cannot be loaded.

    The daily plan stays in the cars: nobody could put it back.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        records: Mapping[str, CarRecord],
        client: Callable[[], Gateway],
    ) -> None:
        """Bind the account, what is stored of its cars, and a gateway with its token."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._left = {
            vin: sessions
            for vin, record in records.items()
            if (sessions := of_sessions(record)).put_in_car != PutInCar()
        }

    async def async_try(self, now: datetime) -> None:
        """Undo what is over, and try again until all is undone or the token expires."""
        zone = dt_util.get_default_time_zone()
        for vin, record in tuple(self._left.items()):
            if due_at(record, now) <= now:
                snapshot = await async_undo(self._client(), vin, record)
                if snapshot and left_in_car(record, snapshot, zone) == Left():
                    del self._left[vin]
        ahead = [due_at(record, now) for record in self._left.values()]
        again = min((max(at, now + TRIED_EACH) for at in ahead), default=None)
        if again is not None and again < self._expires_at:
            job = HassJob(self.async_try, "undoing", cancel_on_shutdown=True)
            stop = async_track_point_in_time(self._hass, job, again)
            self._hass.data.setdefault(_STOPS, {})[self._entry.entry_id] = stop

    @property
    def _expires_at(self) -> datetime:
        """When the access token expires (UTC)."""
        return datetime.fromtimestamp(self._entry.data[CONF_TOKEN]["expires_at"], UTC)


def of_sessions(record: CarRecord) -> CarRecord:
    """Return a record without what the daily plan put into the car."""
    return replace(record, sync=replace(record.sync, schedules=()))


def due_at(record: CarRecord, now: datetime) -> datetime:
    """Return when the last session of a car is to be undone (UTC)."""
    ends = (session.cleanup_at for session in record.sessions.open if session.sent)
    return max(ends, default=now)
