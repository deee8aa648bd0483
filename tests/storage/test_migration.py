"""Files of version 1: nothing of them is lost.

The files were written by the code of version 1 (commit 0c52895).
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.charges.count import PlugInPeriod
from custom_components.tesla_scout_worker.charging.charges.pricing import MonthSavings
from custom_components.tesla_scout_worker.charging.daily.night_plan import NightPlan
from custom_components.tesla_scout_worker.charging.daily.record import (
    DailySettings,
    SyncState,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_control import (
    ChargeControl,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    DeliveryState,
    WaitReason,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import ScheduleRole
from custom_components.tesla_scout_worker.charging.planning.model import (
    PlanReason,
    Window,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    CheckPoint,
    Session,
    SessionAction,
    SessionState,
    Source,
    scheduled_actions,
)
from custom_components.tesla_scout_worker.gateways.ledger import CallKind
from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    VehicleSummary,
)
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import (
    ConfirmedState,
    Observation,
    VehicleEvent,
    VehicleEventType,
)
from custom_components.tesla_scout_worker.scouting.geofence import Presence
from custom_components.tesla_scout_worker.scouting.hint_trust import Hint, HintKind
from custom_components.tesla_scout_worker.scouting.motion import MotionEstimate
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from custom_components.tesla_scout_worker.scouting.statistics import (
    ReadLogEntry,
    ReadStatistics,
)
from custom_components.tesla_scout_worker.storage.migration import migrated
from custom_components.tesla_scout_worker.storage.store import AccountMemory

from .file_samples import (
    CODEC,
    OTHER_VIN,
    THIRD_VIN,
    VIN,
    broken_at,
    file_of,
    on_disk,
    places,
)

# Instants in the files: to the microsecond where Home Assistant's clock was asked.
NOW: Final = datetime(2026, 11, 24, 18, 0, 0, 123456, tzinfo=UTC)
SIX: Final = NOW.replace(microsecond=0)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


def loaded(name: str) -> AccountMemory:
    """Return what a file of version 1 holds."""
    return CODEC.decode(migrated(file_of(name)))


def sessions_of(memory: AccountMemory) -> dict[str, Session]:
    """Return the sessions of the car that has many."""
    return dict(memory.charging[VIN].sessions.sessions)


def test_the_account_is_as_it_was() -> None:
    """What was paid, how long to pause, and why was read."""
    memory = loaded("v1_full")
    calls = [CallKind.DATA, CallKind.COMMAND, CallKind.WAKE, CallKind.FREE]
    assert memory.ledger.month == "2026-11"
    assert memory.ledger.calls == dict(zip(calls, (123, 45, 6, 7890), strict=True))
    assert memory.ledger.others == {
        "2026-10": dict(zip(calls, (400, 30, 2, 9), strict=True))
    }
    assert memory.paused_until == NOW + MINUTE
    assert memory.paid_again_at == NOW + HOUR
    assert list(memory.read_history.read_log) == [
        ReadLogEntry(
            at=NOW - MINUTE, vin=VIN, reason=ReadReason.SESSION, found_change=True
        ),
        ReadLogEntry(
            at=NOW, vin=OTHER_VIN, reason=ReadReason.WOKE_UP, found_change=None
        ),
    ]
    assert memory.read_history.hints == {
        "binary_sensor.wallbox": Hint(
            kind=HintKind.PLUG, useful=3, useless=1, last_at=NOW
        ),
        "person.anna": Hint(kind=HintKind.PRESENCE),
    }


def test_a_car_is_as_it_was() -> None:
    """But whether it is online, which nobody knows after a restart."""
    memory = loaded("v1_full")
    car, other = memory.cars[VIN], memory.cars[OTHER_VIN]
    assert replace(car, snapshot=None) == CarState(
        summary=VehicleSummary(vin=VIN, name="Scout"),
        observation=Observation(
            connectivity=Connectivity.ONLINE,
            whereabouts=Presence.HOME,
            driving=True,
            plugged_in=True,
            charging=False,
            below_limit=True,
        ),
        confirmed=ConfirmedState(
            asleep=False, whereabouts=Presence.HOME, ready=True, charging=False
        ),
        quiet_reads=2,
        missed=True,
        misses=4,
        tried_at=NOW - MINUTE,
        paused_until=NOW + MINUTE,
        cable_hint_at=NOW - 2 * MINUTE,
        motion=MotionEstimate(
            online_since=NOW - HOUR,
            slept=True,
            metres=120.5,
            speed=9.5,
            inbound=True,
            full_at=NOW + HOUR,
            plug_at=NOW + 3 * MINUTE,
            leaves_at=NOW + 4 * MINUTE,
            same_reads=2,
            idles=(11 * MINUTE, timedelta(seconds=905.25)),
        ),
        statistics=ReadStatistics(
            day="2026-11-24", reads_today=5, month="2026-11", reads=77, events=20
        ),
        pending=(
            VehicleEvent(event_type=VehicleEventType.READY_TO_CHARGE, at=NOW),
            VehicleEvent(event_type=VehicleEventType.FELL_ASLEEP, at=NOW + MINUTE),
        ),
    )
    snapshot = car.snapshot
    assert snapshot is not None
    assert (snapshot.seen_at, snapshot.charge.battery_level) == (NOW, 64)
    payload = file_of("v1_full")["cars"][VIN]["payload"]
    # Null is unknown, and what is unknown is not kept.
    assert payload["drive_state"].pop("shift_state") is None
    assert snapshot.payload == payload
    assert snapshot.schedules is not None
    assert [schedule.id for schedule in snapshot.schedules] == [1732470001]
    assert other == CarState(summary=VehicleSummary(vin=OTHER_VIN, name=None))


def test_the_daily_plan_is_as_it_was() -> None:
    """One record of 25 fields is settings, sync, control, cable and savings."""
    record = loaded("v1_full").charging[VIN]
    window = Window(start=SIX, end=SIX + HOUR)
    assert record.settings == DailySettings(
        sync=False, shadow=False, target=70, floor=15, departure=time(6, 30)
    )
    assert [own.id for own in record.sync.schedules] == [1732470000, 1732470001]
    floor, plan = record.sync.schedules
    assert (floor.kind, floor.run) == (ScheduleRole.FLOOR, window)
    assert (plan.kind, plan.run) == (ScheduleRole.PLAN, None)
    assert (plan.order.start_time, plan.order.end_time) == (1320, 360)
    assert replace(record.sync, schedules=()) == SyncState(
        plan=NightPlan(
            deadline=SIX + 12 * HOUR,
            windows=(window,),
            energy=11.0,
            cost=None,
            waiting=True,
            reasons=(PlanReason.CHEAPEST_HOURS,),
            target=80,
        ),
        confirmed=True,
        saved=3,
        delivery=DeliveryState(
            waits_for=WaitReason.TROUBLE,
            failure="transient",
            failed_at=NOW - MINUTE,
            try_at=NOW + HOUR,
            tries=2,
            refusals=1,
            woken_at=NOW,
            woken_for="127/1320-360",
            waking_since=NOW + MINUTE,
        ),
    )
    assert record.control == ChargeControl(
        start_by=NOW + 2 * MINUTE, started=SIX, refusal="no_power", stop_at=SIX + HOUR
    )
    assert record.plugged_in == PlugInPeriod(since=NOW - HOUR, seen_at=NOW, energy=2.0)
    assert record.savings == MonthSavings(
        month="2026-11", currency="PLN", energy=1.0, cost=0.5, on_arrival=1.0
    )


def test_no_session_is_lost() -> None:
    """With its plan, its schedules in the car, and the raised limit."""
    stored = file_of("v1_full")["promises"]
    memory = loaded("v1_full")
    assert memory.charging[VIN].sessions.override == LimitOverride(
        original=70, raised_to=90, earlier=85
    )
    for vin in (VIN, THIRD_VIN):
        old = {session["id"]: session for session in stored[vin]["sessions"]}
        new = on_disk(memory)["charging"][vin]["sessions"]["sessions"]
        assert list(new) == list(old)
        for key, session in new.items():
            same = {*session} & {*old[key]} - {"failure"}
            assert {"plan", "schedule_ids", "send_at", "target", "state"} < same
            for name in same:
                assert session[name] == old[key][name], (key, name)
            assert {*session} - {*old[key]} == {
                "ending",
                "checked",
                "delivery",
                "end_seen",
                "limit_seen",
                "target_at",
                "title",
            }
    assert memory.charging[THIRD_VIN].settings == DailySettings()
    assert memory.charging[OTHER_VIN] == CarRecord(sessions=CarSessions())


def test_a_running_session_goes_on() -> None:
    """Its checks are not made again."""
    session = sessions_of(loaded("v1_full"))["special_1_20261125_0700"]
    assert session.running
    assert session.source is Source.WATCHED_CALENDAR
    assert session.source_key == "calendar.trips/abc"
    assert session.schedule_ids == (1732471200, 1732471201)
    assert session.checked == {CheckPoint.STARTED, CheckPoint.RESTARTED}
    assert session.recheck_at == NOW + 5 * MINUTE
    assert (session.behind, session.expected_level) == (True, 88.0)
    assert session.delivery == DeliveryState()


@pytest.mark.parametrize(
    ("name", "ending", "failure", "delivery", "actions"),
    [
        pytest.param(
            "special_1_20261126_0700",
            None,
            None,
            DeliveryState(
                waits_for=WaitReason.UNREACHABLE,
                failure="vehicle_unavailable",
                try_at=NOW + 10 * MINUTE,
                tries=3,
                refusals=1,
                wakes=1,
                waking_since=NOW,
            ),
            {SessionAction.SEND: NOW + 10 * MINUTE},
            id="tried again",
        ),
        pytest.param(
            "special_2_20261126_0700",
            None,
            None,
            DeliveryState(waits_for=WaitReason.NOT_HOME, tries=1),
            {},
            id="waits for the return",
        ),
        pytest.param(
            "special_1_20261124_0900",
            SessionState.MISSED,
            "not_plugged_in",
            DeliveryState(waits_for=WaitReason.NOT_HOME, tries=2),
            {},
            id="missed, and waits for the return",
        ),
        pytest.param(
            "special_2_20261124_0900",
            SessionState.CANCELLED,
            None,
            DeliveryState(
                waits_for=WaitReason.TROUBLE,
                failure="transient",
                try_at=NOW + MINUTE,
                tries=2,
            ),
            {SessionAction.RESTORE: NOW + MINUTE},
            id="cancelled, and tried again",
        ),
        pytest.param(
            "special_3_20261124_0900",
            None,
            "not_supported",
            DeliveryState(refusals=3),
            {},
            id="failed",
        ),
        pytest.param(
            "special_1_20261123_0700", None, None, DeliveryState(), {}, id="completed"
        ),
    ],
)
def test_what_a_session_waits_for_is_its_delivery(
    name: str,
    ending: SessionState | None,
    failure: str | None,
    delivery: DeliveryState,
    actions: dict[SessionAction, datetime],
) -> None:
    """And it is due when it was."""
    session = sessions_of(loaded("v1_full"))[name]
    assert (session.ending, session.failure) == (ending, failure)
    assert session.delivery == delivery
    due = scheduled_actions(session)
    wanted = (SessionAction.SEND, SessionAction.RESTORE)
    found = {
        action: at
        for action, at in due.items()
        if action in wanted and (action is SessionAction.SEND or session.ending)
    }
    assert found == actions


def test_a_file_without_the_optional_keys() -> None:
    """What was optional in version 1 is as at first; all else is as in the full file."""
    full, sparse = loaded("v1_full"), loaded("v1_sparse")
    car, record = sparse.cars[VIN], sparse.charging[VIN]
    whole = full.charging[VIN]
    assert sparse.ledger.calls == {**full.ledger.calls, CallKind.WAKE: 0}
    assert sparse.ledger.others == {}
    assert car == replace(
        full.cars[VIN],
        misses=0,
        tried_at=None,
        cable_hint_at=None,
        statistics=ReadStatistics(),
        motion=replace(
            full.cars[VIN].motion, full_at=None, plug_at=None, leaves_at=None
        ),
    )
    assert sparse.cars[OTHER_VIN].motion == MotionEstimate()
    assert record.settings == whole.settings
    assert record.sync.schedules == whole.sync.schedules
    assert record.sync.delivery == DeliveryState(
        failure="transient", tries=2, woken_for="127/1320-360"
    )
    assert record.control == ChargeControl()
    assert record.savings == replace(whole.savings, currency=None)
    assert record.sessions.override == whole.sessions.override
    assert sessions_of(sparse) == {
        key: replace(session, plan=replace(session.plan, currency=None))
        for key, session in sessions_of(full).items()
    }


def test_a_file_of_the_first_release() -> None:
    """It knows cars and a ledger. Shadow mode is on: nothing is sent by surprise."""
    first = loaded("v1_first")
    assert first.charging == {}
    assert list(first.read_history.read_log) == []
    assert first.cars[VIN].motion == MotionEstimate()
    assert first.paused_until == NOW + MINUTE


@pytest.mark.parametrize("broken", [None, 5, ["broken"], {"broken": 1}])
def test_what_is_broken_breaks_no_other_record(broken: Any) -> None:
    """A value of another shape at any place of the file costs one session at most."""
    full = file_of("v1_full")
    whole = loaded("v1_full")
    for place in places(full):
        memory = CODEC.decode(migrated(broken_at(full, place, broken)))
        if place[0] != "ledger":
            assert memory.ledger == whole.ledger, place
        if place[0] != "cars":
            assert memory.cars == whole.cars, place
        if place[0] != "off_peak":
            daily = {vin: record.sync for vin, record in memory.charging.items()}
            assert daily.get(VIN) == whole.charging[VIN].sync, place
        if place[0] != "promises":
            assert memory.charging[VIN].sessions == whole.charging[VIN].sessions, place
        elif place[:2] != ("promises", VIN):
            assert len(place) < 2 or sessions_of(memory) == sessions_of(whole), place
        elif len(place) > 3 and place[2] == "sessions":
            left = sessions_of(memory).items()
            kept = [key for key, item in left if item == sessions_of(whole).get(key)]
            assert len(kept) >= len(sessions_of(whole)) - 1, place
