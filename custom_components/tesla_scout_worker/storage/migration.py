"""A file of version 1 in the shape of version 2.

Values move as they are: what cannot be read is dealt with when the file is decoded, and
what is not known there is ignored.
"""

from collections.abc import Mapping
from typing import Any, Final

_CAR: Final = {
    "bearings": "confirmed",
    "quiet_looks": "quiet_reads",
    "told_at": "cable_hint_at",
}
_MOTION: Final = {"same_looks": "same_reads"}
_STATISTICS: Final = {"looks": "reads", "looks_today": "reads_today"}
_READ_LOG_ENTRY: Final = ("at", "vin", "reason", "found_change")

# The reason of these was kept where that of the last failed try is else.
_UNKEPT: Final = ("missed", "failed")


def in_present_shape(stored: Any) -> Any:
    """Return the contents of a file of any version in the shape of this one.

    The shape decides, not the number: a newer version's file has this shape as far as
    it is known here.
    """
    if not isinstance(stored, dict) or "charging" in stored:
        return stored
    return migrated(stored)


def migrated(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contents of a file of version 1 as those of version 2."""
    economy = _section(stored, "economy")
    promises, off_peak = _section(stored, "promises"), _section(stored, "off_peak")
    return {
        **stored,
        "cars": {vin: _car(vin, car) for vin, car in _section(stored, "cars").items()},
        "read_history": {
            "hints": economy.get("hints", {}),
            "read_log": [_read_log_entry(row) for row in _rows(economy, "looks", list)],
        },
        "charging": {
            vin: {
                **_daily(_section(off_peak, vin)),
                "sessions": _sessions(_section(promises, vin)),
            }
            for vin in {**promises, **off_peak}
        },
    }


def _read_log_entry(row: list[Any]) -> dict[str, Any]:
    """Return a read by the names of its parts."""
    entry = dict(zip(_READ_LOG_ENTRY, row, strict=False))
    if entry.get("reason") == "promise":
        entry["reason"] = "session"
    return entry


def _car(vin: str, stored: Any) -> Any:
    """Return what was known of a car."""
    if not isinstance(stored, dict):
        return stored
    return {
        **_renamed(stored, _CAR),
        "motion": _renamed(_section(stored, "trail"), _MOTION),
        "statistics": _renamed(_section(stored, "tally"), _STATISTICS),
        "summary": {"vin": vin, "name": stored.get("name")},
        "snapshot": None if stored.get("payload") is None else stored,
        "pending": [
            _renamed(event, {"trigger": "event_type"})
            for event in _rows(stored, "pending", dict)
        ],
    }


def _sessions(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sessions of a car by their ids, and the raised limit."""
    sessions = _rows(stored, "sessions", dict)
    return {
        "sessions": {str(session.get("id")): _session(session) for session in sessions},
        "override": stored.get("hold"),
    }


def _session(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session."""
    unkept = stored.get("state") in _UNKEPT or stored.get("undoing") in _UNKEPT
    delivery = _renamed(stored, {"held": "waits_for"})
    return {
        **_renamed(stored, {"undoing": "ending", "watched": "checked"}),
        "failure": stored.get("failure") if unkept else None,
        "delivery": {**delivery, "failure": None} if unkept else delivery,
    }


def _daily(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the daily plan of a car: settings, sync, and what was commanded."""
    waits = stored.get("failure") is not None and stored.get("try_at") is not None
    return {
        "settings": stored,
        "sync": {
            **_renamed(stored, {"own": "schedules", "night": "plan"}),
            "delivery": {**stored, "waits_for": "trouble" if waits else None},
        },
        "control": _renamed(stored, {"unstarted": "refusal"}),
        "plugged_in": stored.get("stay"),
        "savings": stored.get("savings", {}),
    }


def _renamed(stored: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return values by their new names."""
    return {names.get(name, name): value for name, value in stored.items()}


def _section(stored: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a section of a file, which an older one may not have."""
    section = stored.get(key)
    return section if isinstance(section, dict) else {}


def _rows[T](stored: Mapping[str, Any], key: str, kind: type[T]) -> list[T]:
    """Return the rows of a list in a file, which an older one may not have.

    One of another kind is empty, and so cannot be read.
    """
    rows = stored.get(key)
    if not isinstance(rows, list):
        return []
    return [row if isinstance(row, kind) else kind() for row in rows]
