"""A file of version 1 as version 2 has it.

Values are moved as they are. What is not as expected stays at its place, and is dealt
with when the file is decoded.
"""

from collections.abc import Mapping
from typing import Any, Final

_CAR: Final = {
    "observation": "observation",
    "bearings": "confirmed",
    "quiet_looks": "quiet_reads",
    "missed": "missed",
    "misses": "misses",
    "tried_at": "tried_at",
    "paused_until": "paused_until",
    "told_at": "cable_hint_at",
    "trail": "motion",
    "tally": "statistics",
}
_EVENT: Final = {"trigger": "event_type", "at": "at"}
_READ_LOG_ENTRY: Final = ("at", "vin", "reason", "found_change")

_SESSION: Final = {"undoing": "ending", "watched": "checked"}
_SESSION_DELIVERY: Final = {
    "held": "waits_for",
    "try_at": "try_at",
    "tries": "tries",
    "refusals": "refusals",
    "wakes": "wakes",
    "waking_since": "waking_since",
}

# These had their reason in the field that others used for the last try.
_UNKEPT: Final = ("missed", "failed")

_SETTINGS: Final = ("sync", "shadow", "target", "floor", "departure")
_SYNC: Final = {
    "own": "schedules",
    "night": "plan",
    "confirmed": "confirmed",
    "saved": "saved",
}
_SYNC_DELIVERY: Final = (
    *("woken_for", "woken_at", "waking_since", "failure"),
    *("tries", "refusals", "failed_at", "try_at"),
)
_CONTROL: Final = {
    "start_by": "start_by",
    "started": "started",
    "unstarted": "refusal",
    "stop_at": "stop_at",
}


def migrated(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contents of a file of version 1 as those of version 2."""
    economy = _section(stored, "economy")
    promises, off_peak = _section(stored, "promises"), _section(stored, "off_peak")
    return {
        **_picked(stored, ("ledger", "paused_until", "paid_again_at")),
        "cars": {vin: _car(vin, car) for vin, car in _section(stored, "cars").items()},
        "read_history": {
            "read_log": [
                dict(zip(_READ_LOG_ENTRY, row, strict=False))
                if isinstance(row, list)
                else row
                for row in _rows(economy, "looks")
            ],
            "hints": _section(economy, "hints"),
        },
        "charging": {
            vin: {
                **_daily(_section(off_peak, vin)),
                "sessions": _sessions(_section(promises, vin)),
            }
            for vin in {**promises, **off_peak}
        },
    }


def _car(vin: str, stored: Any) -> Any:
    """Return what was known of a car."""
    if not isinstance(stored, dict):
        return stored
    snapshot = _picked(stored, ("payload", "seen_at"))
    return {
        **_picked(stored, _CAR),
        "summary": {"vin": vin, "name": stored.get("name")},
        "snapshot": None if snapshot.get("payload") is None else snapshot,
        "pending": [
            _picked(event, _EVENT) if isinstance(event, dict) else event
            for event in _rows(stored, "pending")
        ],
    }


def _sessions(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sessions of a car by their ids, and the raised limit."""
    sessions: dict[str, Any] = {}
    for number, session in enumerate(_rows(stored, "sessions")):
        known = isinstance(session, dict) and isinstance(session.get("id"), str)
        sessions[session["id"] if known else str(number)] = (
            _session(session) if known else session
        )
    return {"sessions": sessions, "override": stored.get("hold")}


def _session(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session."""
    failure = stored.get("failure")
    unkept = stored.get("state") in _UNKEPT or stored.get("undoing") in _UNKEPT
    return {
        **stored,
        **_picked(stored, _SESSION),
        "failure": failure if unkept else None,
        "delivery": {
            **_picked(stored, _SESSION_DELIVERY),
            "failure": None if unkept else failure,
        },
    }


def _daily(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the daily plan of a car: settings, sync, and what was commanded."""
    delivery = _picked(stored, _SYNC_DELIVERY)
    if delivery.get("failure") is not None and delivery.get("try_at") is not None:
        delivery["waits_for"] = "trouble"
    return {
        "settings": _picked(stored, _SETTINGS),
        "sync": {**_picked(stored, _SYNC), "delivery": delivery},
        "control": _picked(stored, _CONTROL),
        **_picked(stored, {"stay": "plugged_in", "savings": "savings"}),
    }


def _picked(
    stored: Mapping[str, Any], names: Mapping[str, str] | tuple[str, ...]
) -> dict[str, Any]:
    """Return some of the stored values, by their names of today."""
    if not isinstance(names, Mapping):
        names = {name: name for name in names}
    return {new: stored[old] for old, new in names.items() if old in stored}


def _section(stored: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a section of a file, which an older one may not have."""
    section = stored.get(key)
    return section if isinstance(section, dict) else {}


def _rows(stored: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list of a file, which an older one may not have."""
    rows = stored.get(key)
    return rows if isinstance(rows, list) else []
