"""Promises on disk: what is written is what is read."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    CheckPoint,
    Session,
    SessionState,
    Source,
    WaitReason,
)
from custom_components.tesla_scout_worker.storage.session_codec import (
    plan_as_dict,
    promises_as_dict,
    restored_promises,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from simulator.cloud import Cloud

from ..charging.sessions.session_samples import (
    SITUATIONS,
    a_plan,
    instants,
    percents,
    plans,
    texts,
)
from ..common import VIN
from .test_store import start_from, stored, stored_car

sessions = st.builds(
    Session,
    id=texts,
    target=st.integers(50, 100),
    ready_by=instants,
    source=st.sampled_from(Source),
    source_key=st.none() | texts,
    plan=plans(),
    level=percents,
    send_at=instants,
    cleanup_at=instants,
    state=st.sampled_from(SessionState),
    undoing=st.none() | st.sampled_from(SessionState),
    schedule_ids=st.lists(st.integers(0, 2**32), max_size=3).map(tuple),
    held=st.none() | st.sampled_from(WaitReason),
    try_at=st.none() | instants,
    tries=st.integers(0, 9),
    refusals=st.integers(0, 9),
    wakes=st.integers(0, 9),
    waking_since=st.none() | instants,
    watched=st.frozensets(st.sampled_from(CheckPoint)),
    expected_level=percents,
    behind=st.booleans(),
    recheck_at=st.none() | instants,
    asked_to_plug=st.booleans(),
    failure=st.none() | texts,
)
limits = st.integers(50, 100)
holds = st.builds(
    LimitOverride, original=limits, raised_to=limits, earlier=st.none() | limits
)
car_sessions = st.builds(
    CarSessions,
    sessions=st.lists(sessions, max_size=2).map(
        lambda drawn: {one.id: one for one in drawn}
    ),
    limit_override=st.none() | holds,
)


def on_disk(kept: CarSessions) -> dict[str, Any]:
    """Return promises as a file has them, by Home Assistant's own writer."""
    read: dict[str, Any] = json.loads(json_bytes(promises_as_dict(kept)))
    return read


@given(kept=car_sessions)
def test_what_is_written_is_what_is_read(kept: CarSessions) -> None:
    """Every field, to the microsecond, and each of its own type."""
    read = restored_promises(on_disk(kept))
    assert read == kept
    for session in read.sessions.values():
        before = kept.sessions[session.id]
        for field in fields(Session):
            value = getattr(session, field.name)
            assert type(value) is type(getattr(before, field.name)), field.name
        assert all(type(one) is CheckPoint for one in session.watched)
        assert session.ready_by.tzinfo is UTC


def test_every_field_of_a_session_is_drawn() -> None:
    """Else one that is new would be forgotten above."""
    drawn = {one.name for one in fields(Session)}
    assert drawn == set(on_disk(CarSessions(sessions=SITUATIONS))["sessions"][0])
    assert drawn == {
        *("id", "target", "ready_by", "source", "source_key", "plan", "level"),
        *("send_at", "cleanup_at", "state", "undoing", "schedule_ids", "held"),
        *("try_at", "tries", "refusals", "wakes", "waking_since", "watched"),
        *("expected_level", "behind", "recheck_at", "asked_to_plug", "failure"),
    }


def test_a_plan_is_told_in_plain_words() -> None:
    """As the actions answer it: ISO times in UTC, and the margin in seconds."""
    told = json.loads(json_bytes(plan_as_dict(a_plan())))
    assert told == {
        "windows": [
            {
                "start": "2025-08-07T00:19:00+00:00",
                "end": "2025-08-07T04:00:00+00:00",
            }
        ],
        "energy": 40.5,
        "cost": 0.0,
        "expected_level": 80,
        "expected_end": "2025-08-07T04:00:00+00:00",
        "margin": 3600.0,
        "strategy": "optimal",
        "reasons": ["cheapest_hours"],
        "currency": None,
    }


async def test_a_file_of_the_first_release_knows_of_no_promises(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """It is read as ever, and nothing was promised."""
    contents = stored(stored_car())
    contents.pop("promises", None)
    entry = await start_from(hass, hass_storage, cloud, contents)
    assert entry.runtime_data.sessions.repository.vins == ()


async def test_t32_promises_outlive_a_restart(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """T-32: they are taken up as they were written, with the limit of the car."""
    ready_by = datetime.now(UTC) + timedelta(days=2)
    session = next(iter(SITUATIONS.values()))
    moved = restored_promises(on_disk(CarSessions(sessions={session.id: session})))
    later = {
        "ready_by": ready_by.isoformat(),
        "send_at": (ready_by - timedelta(hours=8)).isoformat(),
        "cleanup_at": ready_by.isoformat(),
    }
    kept = on_disk(CarSessions(sessions=moved.sessions, limit_override=None))
    kept["sessions"][0] |= later
    kept["hold"] = {"original": 70, "raised_to": 90}
    contents = stored(stored_car(), promises={VIN: kept})
    entry = await start_from(hass, hass_storage, cloud, contents)
    found = entry.runtime_data.sessions.repository.car_sessions(VIN)
    assert found.limit_override == LimitOverride(original=70, raised_to=90)
    assert found.sessions[session.id].ready_by == ready_by
    assert found.sessions[session.id].state is SessionState.SCHEDULED


def test_a_plan_of_before_there_were_prices_is_read() -> None:
    """It has no currency."""
    session = next(iter(SITUATIONS.values()))
    kept = CarSessions(sessions={session.id: session})
    stored = on_disk(kept)
    del stored["sessions"][0]["plan"]["currency"]
    assert restored_promises(stored) == kept
