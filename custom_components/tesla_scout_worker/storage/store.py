"""What an entry keeps on disk beside its tokens: ledger, Scout's memory, promises."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..const import DOMAIN
from ..gateways.ledger import CallKind, Ledger
from ..gateways.models import Connectivity, VehicleSnapshot, VehicleSummary
from ..scouting.car_state import CarState
from ..scouting.events import (
    ConfirmedState,
    Observation,
    VehicleEvent,
    VehicleEventType,
)
from ..scouting.geofence import Presence
from ..scouting.hint_trust import Hint, HintKind
from ..scouting.motion import MotionEstimate
from ..scouting.policy_input import ReadReason
from ..scouting.statistics import ReadHistory, ReadLogEntry, ReadStatistics
from .codec import as_instant, as_text, record_as_dict, restored_record

STORAGE_VERSION: Final = 1

# Gathers the changes of one round of looks into one write. After a crash within it the
# observation and its triggers are found again, and told again.
SAVE_DELAY: Final = 5.0

_INSTANTS_OF_MOTION: Final = ("online_since", "full_at", "plug_at", "leaves_at")


def _car_as_dict(car: CarState) -> dict[str, Any]:
    """Return what of a car survives a restart, as JSON."""
    snapshot = car.snapshot
    return {
        "name": car.summary.name,
        "payload": None if snapshot is None else snapshot.payload,
        "seen_at": None if snapshot is None else snapshot.seen_at.isoformat(),
        "observation": asdict(car.observation),
        "bearings": asdict(car.confirmed),
        "quiet_looks": car.quiet_reads,
        "missed": car.missed,
        "misses": car.misses,
        "tried_at": as_text(car.tried_at),
        "trail": _motion_as_dict(car.motion),
        "tally": asdict(car.statistics),
        "paused_until": as_text(car.paused_until),
        "told_at": as_text(car.cable_hint_at),
        "pending": [
            {"trigger": one.event_type, "at": one.at.isoformat()} for one in car.pending
        ],
    }


def _restored_car(vin: str, stored: Mapping[str, Any]) -> CarState:
    """Return the car that ``_car_as_dict`` stored."""
    snapshot = None
    if stored["payload"] is not None:
        seen_at = datetime.fromisoformat(stored["seen_at"])
        snapshot = VehicleSnapshot.parse(stored["payload"], seen_at)
    return CarState(
        summary=VehicleSummary(vin=vin, name=stored["name"], connectivity=None),
        snapshot=snapshot,
        observation=_observation(stored["observation"]),
        confirmed=_confirmed(stored["bearings"]),
        quiet_reads=stored["quiet_looks"],
        missed=stored["missed"],
        misses=stored.get("misses", 0),
        tried_at=as_instant(stored.get("tried_at")),
        motion=_motion(stored.get("trail", {})),
        statistics=ReadStatistics(**stored.get("tally", {})),
        paused_until=as_instant(stored["paused_until"]),
        cable_hint_at=as_instant(stored.get("told_at")),
        pending=tuple(_vehicle_event(row) for row in stored["pending"]),
    )


def _observation(stored: Mapping[str, Any]) -> Observation:
    """Return a stored observation with its words as the enums that they are."""
    connectivity = stored["connectivity"]
    return Observation(
        **{
            **stored,
            "connectivity": None
            if connectivity is None
            else Connectivity(connectivity),
            "whereabouts": Presence(stored["whereabouts"]),
        }
    )


def _confirmed(stored: Mapping[str, Any]) -> ConfirmedState:
    """Return stored bearings with their word as the enum that it is."""
    return ConfirmedState(**{**stored, "whereabouts": Presence(stored["whereabouts"])})


def _motion_as_dict(motion: MotionEstimate) -> dict[str, Any]:
    """Return a trail as JSON."""
    return {
        **asdict(motion),
        "idles": [idle.total_seconds() for idle in motion.idles],
        **{name: as_text(getattr(motion, name)) for name in _INSTANTS_OF_MOTION},
    }


def _motion(stored: Mapping[str, Any]) -> MotionEstimate:
    """Return a stored trail; a file of an older version has none."""
    if not stored:
        return MotionEstimate()
    return MotionEstimate(
        **{
            **stored,
            "idles": tuple(timedelta(seconds=idle) for idle in stored["idles"]),
            **{name: as_instant(stored.get(name)) for name in _INSTANTS_OF_MOTION},
        }
    )


def _vehicle_event(stored: Mapping[str, Any]) -> VehicleEvent:
    """Return a stored occurrence."""
    return VehicleEvent(
        event_type=VehicleEventType(stored["trigger"]),
        at=datetime.fromisoformat(stored["at"]),
    )


def _read_history_as_dict(read_history: ReadHistory) -> dict[str, Any]:
    """Return what the economy remembers, as JSON."""
    return {
        "looks": [
            [entry.at.isoformat(), entry.vin, entry.reason, entry.found_change]
            for entry in read_history.read_log
        ],
        "hints": {
            entity_id: {
                "kind": hint.kind,
                "useful": hint.useful,
                "useless": hint.useless,
                "last_at": as_text(hint.last_at),
            }
            for entity_id, hint in read_history.hints.items()
        },
    }


def _restored_read_history(stored: Mapping[str, Any]) -> ReadHistory:
    """Return what the economy remembered; a file of an older version has nothing."""
    read_history = ReadHistory()
    read_history.read_log.extend(
        ReadLogEntry(
            at=datetime.fromisoformat(at),
            vin=vin,
            reason=ReadReason(reason),
            found_change=found_change,
        )
        for at, vin, reason, found_change in stored.get("looks", [])
    )
    read_history.hints = {
        entity_id: Hint(
            kind=HintKind(hint["kind"]),
            useful=hint["useful"],
            useless=hint["useless"],
            last_at=as_instant(hint["last_at"]),
        )
        for entity_id, hint in stored.get("hints", {}).items()
    }
    return read_history


@dataclass(kw_only=True)
class AccountMemory:
    """What is kept of an account: its ledger, and its cars by VIN.

    ``paused_until`` (UTC) is when Tesla lets the next list call pass, if it named a
    time: a set-up that is tried again must know it. ``paid_again_at`` (UTC) is when a
    disabled account is tried with a paid look again.
    """

    ledger: Ledger
    cars: dict[str, CarState] = field(default_factory=dict, repr=False)
    paused_until: datetime | None = None
    paid_again_at: datetime | None = None
    read_history: ReadHistory = field(default_factory=ReadHistory)
    charging: dict[str, CarRecord] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the memory as JSON."""
        return {
            "ledger": self.ledger.as_dict(),
            "cars": {vin: _car_as_dict(car) for vin, car in self.cars.items()},
            "paused_until": as_text(self.paused_until),
            "paid_again_at": as_text(self.paid_again_at),
            "economy": _read_history_as_dict(self.read_history),
            "charging": {
                vin: record_as_dict(record) for vin, record in self.charging.items()
            },
        }

    def worth_saving(self) -> dict[str, Any]:
        """Return what is worth a write: all but the count of calls that cost nothing."""
        kept = self.as_dict()
        del kept["ledger"]["calls"][CallKind.FREE]
        return kept


class ScoutStore:
    """One versioned file an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Name the file after the entry."""
        self._hass = hass
        # A power cut is worse than a kill: what was written must be on the disk.
        self._store = Store[dict[str, Any]](
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry.entry_id}", atomic_writes=True
        )
        self._saved: dict[str, Any] | None = None
        self._data: AccountMemory | None = None
        self._closed = False

    async def async_load(self) -> AccountMemory:
        """Return what was stored, or an empty memory."""
        now = dt_util.utcnow()
        if (stored := await self._store.async_load()) is None:
            self._data = AccountMemory(ledger=Ledger.started(now))
            return self._data
        memory = AccountMemory(
            ledger=Ledger.restored(stored["ledger"], now),
            cars={vin: _restored_car(vin, car) for vin, car in stored["cars"].items()},
            paused_until=as_instant(stored["paused_until"]),
            paid_again_at=as_instant(stored["paid_again_at"]),
            read_history=_restored_read_history(stored.get("economy", {})),
            charging={
                vin: restored_record(record)
                for vin, record in stored.get("charging", {}).items()
            },
        )
        self._saved = memory.worth_saving()
        self._data = memory
        return memory

    @property
    def data(self) -> AccountMemory:
        assert self._data is not None
        return self._data

    def save_soon(self, memory: AccountMemory | None = None) -> None:
        memory = self.data
        """Write within seconds, and at a shutdown before that, if there is something new."""
        if self._closed or (worth_saving := memory.worth_saving()) == self._saved:
            return
        self._saved = worth_saving
        self._store.async_delay_save(memory.as_dict, SAVE_DELAY)

    async def async_save(self, memory: AccountMemory | None = None) -> None:
        """Write now: what comes next must not happen without it.

        Raises:
            HomeAssistantError: Home Assistant is stopping, and writes only at the very
                end, which a kill may forestall.
        """
        memory = self.data
        if self._hass.state is CoreState.stopping:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopping"
            )
        self._saved = memory.worth_saving()
        await self._store.async_save(memory.as_dict())

    async def async_close(self, memory: AccountMemory) -> None:
        """Write now, and nothing after: the next owner of the file reads it already."""
        self._closed = True
        await self._store.async_save(memory.as_dict())

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()
