"""The record of a car's ordinary charging as JSON, and back: instants as ISO in UTC."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, time
from typing import Any, Final

from ..charging.daily.night_plan import (
    MonthSavings,
    NightPlan,
    OffPeakRecord,
    PlugInPeriod,
)
from ..charging.in_car.difference import ManagedSchedule, ScheduleRole
from ..charging.planning.model import PlanReason, Window
from ..gateways.models import ChargeScheduleOrder, Position
from .session_codec import as_instant, as_text

_INSTANTS: Final = (
    *("woken_at", "waking_since", "start_by"),
    *("started", "stop_at", "failed_at", "try_at"),
)
_FIELDS: Final = frozenset(one.name for one in fields(OffPeakRecord))


def record_as_dict(record: OffPeakRecord) -> dict[str, Any]:
    """Return a record as JSON."""
    night, stay = record.night, record.stay
    return {
        **asdict(record),
        "departure": record.departure.isoformat(),
        "own": [
            {
                "order": asdict(one.order),
                "kind": one.kind.value,
                "run": None if one.run is None else window_as_dict(one.run),
            }
            for one in record.own
        ],
        "night": None if night is None else night_as_dict(night),
        **{name: as_text(getattr(record, name)) for name in _INSTANTS},
        "stay": None
        if stay is None
        else {
            **asdict(stay),
            "since": stay.since.isoformat(),
            "seen_at": stay.seen_at.isoformat(),
        },
    }


def restored_record(stored: Mapping[str, Any]) -> OffPeakRecord:
    """Return the record that ``record_as_dict`` stored.

    A file of another release may know more, or less: what is not known is as at first.
    """
    night, stay = stored["night"], stored["stay"]
    return OffPeakRecord(
        **{
            **{name: one for name, one in stored.items() if name in _FIELDS},
            "departure": time.fromisoformat(stored["departure"]),
            "own": tuple(_restored_own(one) for one in stored["own"]),
            "night": None if night is None else _restored_night(night),
            **{name: as_instant(stored.get(name)) for name in _INSTANTS},
            "stay": None
            if stay is None
            else PlugInPeriod(
                **{
                    **stay,
                    "since": datetime.fromisoformat(stay["since"]),
                    "seen_at": datetime.fromisoformat(stay["seen_at"]),
                }
            ),
            "savings": MonthSavings(**stored["savings"]),
        }
    )


def window_as_dict(window: Window) -> dict[str, str]:
    """Return a window as JSON."""
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}


def night_as_dict(night: NightPlan) -> dict[str, Any]:
    """Return a plan by prices as JSON."""
    return {
        **asdict(night),
        "deadline": night.deadline.isoformat(),
        "windows": [window_as_dict(one) for one in night.windows],
        "reasons": [one.value for one in night.reasons],
    }


def _window(stored: Mapping[str, str]) -> Window:
    """Return a stored window."""
    return Window(
        start=datetime.fromisoformat(stored["start"]),
        end=datetime.fromisoformat(stored["end"]),
    )


def _restored_own(stored: Mapping[str, Any]) -> ManagedSchedule:
    """Return a stored schedule of ours."""
    order, run = stored["order"], stored["run"]
    return ManagedSchedule(
        order=ChargeScheduleOrder(
            **{**order, "position": Position(**order["position"])}
        ),
        kind=ScheduleRole(stored["kind"]),
        run=None if run is None else _window(run),
    )


def _restored_night(stored: Mapping[str, Any]) -> NightPlan:
    """Return a stored plan by prices."""
    return NightPlan(
        **{
            **stored,
            "deadline": datetime.fromisoformat(stored["deadline"]),
            "windows": tuple(_window(one) for one in stored["windows"]),
            "reasons": tuple(PlanReason(one) for one in stored["reasons"]),
        }
    )
