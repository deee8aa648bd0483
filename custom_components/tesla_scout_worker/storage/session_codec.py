"""Promises as JSON, and back: all instants as ISO text in UTC."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ..charging.in_car.charge_limit import LimitOverride
from ..charging.planning.model import ChargePlan, PlanReason, Strategy, Window
from ..charging.sessions.car_sessions import CarSessions
from ..charging.sessions.session import (
    CheckPoint,
    Session,
    SessionState,
    Source,
    WaitReason,
)


def as_text(at: datetime | None) -> str | None:
    """Return an instant as JSON."""
    return None if at is None else at.isoformat()


def as_instant(stored: str | None) -> datetime | None:
    """Return a stored instant."""
    return None if stored is None else datetime.fromisoformat(stored)


def promises_as_dict(car_sessions: CarSessions) -> dict[str, Any]:
    """Return a car's promises as JSON."""
    return {
        "sessions": [_session_as_dict(one) for one in car_sessions.sessions.values()],
        "hold": None
        if car_sessions.limit_override is None
        else asdict(car_sessions.limit_override),
    }


def restored_promises(stored: Mapping[str, Any]) -> CarSessions:
    """Return the promises that ``promises_as_dict`` stored."""
    sessions = [_restored_session(one) for one in stored["sessions"]]
    limit_override = stored["hold"]
    return CarSessions(
        sessions={one.id: one for one in sessions},
        limit_override=None
        if limit_override is None
        else LimitOverride(**limit_override),
    )


def _session_as_dict(session: Session) -> dict[str, Any]:
    """Return a session as JSON."""
    return {
        **asdict(session),
        "ready_by": session.ready_by.isoformat(),
        "plan": plan_as_dict(session.plan),
        "send_at": session.send_at.isoformat(),
        "cleanup_at": session.cleanup_at.isoformat(),
        "schedule_ids": list(session.schedule_ids),
        "try_at": as_text(session.try_at),
        "waking_since": as_text(session.waking_since),
        "recheck_at": as_text(session.recheck_at),
        "watched": sorted(session.watched),
    }


def _restored_session(stored: Mapping[str, Any]) -> Session:
    """Return a stored session with its texts as what they are."""
    undoing, held = stored["undoing"], stored["held"]
    return Session(
        **{
            **stored,
            "ready_by": datetime.fromisoformat(stored["ready_by"]),
            "source": Source(stored["source"]),
            "plan": _restored_plan(stored["plan"]),
            "send_at": datetime.fromisoformat(stored["send_at"]),
            "cleanup_at": datetime.fromisoformat(stored["cleanup_at"]),
            "state": SessionState(stored["state"]),
            "undoing": None if undoing is None else SessionState(undoing),
            "schedule_ids": tuple(stored["schedule_ids"]),
            "held": None if held is None else WaitReason(held),
            "try_at": as_instant(stored["try_at"]),
            "waking_since": as_instant(stored["waking_since"]),
            "recheck_at": as_instant(stored["recheck_at"]),
            "watched": frozenset(CheckPoint(one) for one in stored["watched"]),
        }
    )


def plan_as_dict(plan: ChargePlan) -> dict[str, Any]:
    """Return a plan as JSON; the margin in seconds."""
    margin = plan.margin
    return {
        **asdict(plan),
        "windows": [
            {"start": one.start.isoformat(), "end": one.end.isoformat()}
            for one in plan.windows
        ],
        "expected_end": as_text(plan.expected_end),
        "margin": None if margin is None else margin.total_seconds(),
        "reasons": list(plan.reasons),
    }


def _restored_plan(stored: Mapping[str, Any]) -> ChargePlan:
    """Return a stored plan with its texts as what they are."""
    margin = stored["margin"]
    return ChargePlan(
        **{
            **stored,
            "windows": tuple(
                Window(
                    start=datetime.fromisoformat(one["start"]),
                    end=datetime.fromisoformat(one["end"]),
                )
                for one in stored["windows"]
            ),
            "expected_end": as_instant(stored["expected_end"]),
            "margin": None if margin is None else timedelta(seconds=margin),
            "strategy": Strategy(stored["strategy"]),
            "reasons": tuple(PlanReason(one) for one in stored["reasons"]),
        }
    )
