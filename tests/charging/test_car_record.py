"""What is stored of a car's charging, and what is believed of a stored record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.car_record import (
    CarRecord,
    PutInCar,
    is_believed,
)
from custom_components.tesla_scout_worker.charging.daily.overrides import (
    Override,
    OverrideKind,
)
from custom_components.tesla_scout_worker.charging.daily.record import (
    DailySettings,
    SyncState,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    DeliveryState,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargePlan,
    Strategy,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.repeats import Repeat
from custom_components.tesla_scout_worker.charging.sessions.session import (
    CancelReason,
    Session,
    SessionState,
    Source,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeScheduleOrder,
    Position,
)

from .sessions.session_samples import NAME, a_session

NOW = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
DAY = timedelta(days=1)
RAISED = LimitOverride(original=70, raised_to=90)
ORDER = ChargeScheduleOrder(
    id=7,
    days_of_week=127,
    start_time=0,
    end_time=1439,
    one_time=False,
    position=Position(latitude=52.2297, longitude=21.0122),
)


def managed(order: ChargeScheduleOrder = ORDER) -> ManagedSchedule:
    """Return a schedule of the daily plan."""
    return ManagedSchedule(order=order, kind=ScheduleRole.PLAN)


def ended(schedule_ids: tuple[int, ...], target: int, number: int = 1) -> Session:
    """Return a session that ended just now, and has this to undo."""
    return Session(
        id=f"special_{number}_20261124_1105",
        target=target,
        ready_by=NOW,
        source=Source.ACTION,
        plan=ChargePlan(
            windows=(),
            energy=0,
            cost=None,
            expected_level=0,
            expected_end=None,
            margin=None,
            strategy=Strategy.OPTIMAL,
            reasons=(),
        ),
        level=0,
        send_at=NOW,
        cleanup_at=NOW,
        state=SessionState.ACTIVE,
        ending=SessionState.CANCELLED,
        failure=CancelReason.BY_PERSON,
        schedule_ids=schedule_ids,
        delivery=DeliveryState(try_at=NOW),
        expected_level=0,
    )


def test_what_must_be_undone_is_a_session_that_ends_now() -> None:
    """With a limit, with schedules, or with both; under an id of its own."""
    session = ended((3, 8), 90)
    record = CarRecord().undoing([8, 3], RAISED, NOW)
    assert record.sessions == CarSessions(
        sessions={session.id: session}, override=RAISED
    )
    second = record.undoing([9], None, NOW)
    assert second.sessions == CarSessions(
        sessions={session.id: session, "special_2_20261124_1105": ended((9,), 0, 2)}
    )


def test_a_car_that_a_person_removed_is_undone_and_off() -> None:
    """Its sessions are cancelled, those that are over stay, and all else ends."""
    over = a_session(id="over", state=SessionState.COMPLETED)
    ending = a_session(
        state=SessionState.ACTIVE, ending=SessionState.CANCELLED, schedule_ids=(8,)
    )
    skip = Override(kind=OverrideKind.SKIP, since=NOW, until=NOW + DAY)
    repeat = Repeat(id="1", target=80, first=NOW, rule="FREQ=DAILY")
    record = CarRecord(
        settings=DailySettings(floor=30),
        sync=SyncState(schedules=(managed(),), confirmed=True, saved=5),
        sessions=CarSessions(sessions={"over": over, NAME: ending}, override=RAISED),
        overrides=(skip,),
        repeats={"1": repeat},
        power=7.4,
    )
    session = ended((7, 8), 90)
    assert record.left_alone(NOW) == CarRecord(
        settings=DailySettings(floor=30, sync=False),
        sync=SyncState(saved=5),
        sessions=CarSessions(
            sessions={
                "over": over,
                NAME: replace(
                    ending,
                    state=SessionState.CANCELLED,
                    ending=None,
                    failure=CancelReason.BY_PERSON,
                ),
                session.id: session,
            },
            override=RAISED,
        ),
        power=7.4,
    )
    nothing = CarRecord().left_alone(NOW)
    assert nothing == CarRecord(settings=DailySettings(sync=False))


def test_what_no_record_remembers_is_undone() -> None:
    """Of the schedules only those that are lost; of the limit what was put there."""
    kept = CarRecord(sync=SyncState(schedules=(managed(),)))
    both = PutInCar(schedule_ids=frozenset({7, 8}))
    assert kept.recovered(both, NOW) == kept.undoing([8], None, NOW)
    assert kept.recovered(kept.put_in_car, NOW) == kept
    # A session that is open restores the limit; its own is the newer one.
    limit = PutInCar(override=RAISED)
    open_one = CarRecord(sessions=CarSessions(sessions={NAME: a_session()}))
    restored = replace(open_one.sessions, override=RAISED)
    assert open_one.recovered(limit, NOW) == replace(open_one, sessions=restored)
    newer = LimitOverride(original=60, raised_to=80)
    other = replace(open_one, sessions=replace(restored, override=newer))
    assert other.recovered(limit, NOW) == other
    over = {NAME: a_session(state=SessionState.COMPLETED)}
    alone = CarRecord(sessions=CarSessions(sessions=over))
    assert alone.recovered(limit, NOW) == alone.undoing([], RAISED, NOW)


@pytest.mark.parametrize(
    "settings",
    [
        DailySettings(floor=0, target=1, budget_share=1, capacity=10, power=1),
        DailySettings(floor=100, target=100, budget_share=100, capacity=250, power=22),
        DailySettings(target=None, capacity=None, power=None),
    ],
)
def test_settings_that_a_person_can_make_are_believed(settings: DailySettings) -> None:
    """Both ends of each, and those that were never made."""
    record = CarRecord(settings=settings)
    assert record.recovered(PutInCar(), NOW) == record


@pytest.mark.parametrize(
    "settings",
    [
        *(DailySettings(floor=floor) for floor in (-1, 101)),
        *(DailySettings(target=target) for target in (0, 101)),
        *(DailySettings(budget_share=share) for share in (0, 101)),
        *(DailySettings(capacity=capacity) for capacity in (9.9, 250.1)),
        *(DailySettings(power=power) for power in (0.9, 22.1)),
    ],
)
def test_settings_that_nobody_can_make_are_the_usual_ones(
    settings: DailySettings,
) -> None:
    """As a hand may write them into the store."""
    record = CarRecord(settings=replace(settings, shadow=False))
    usual = CarRecord(settings=DailySettings(shadow=False))
    assert record.recovered(PutInCar(), NOW) == usual


@pytest.mark.parametrize(
    ("order", "possible"),
    [
        (ORDER, True),
        (replace(ORDER, id=0, days_of_week=1), True),
        (replace(ORDER, id=-1), False),
        (replace(ORDER, days_of_week=0), False),
        (replace(ORDER, days_of_week=128), False),
        (replace(ORDER, start_time=-1), False),
        (replace(ORDER, start_time=1440), False),
        (replace(ORDER, end_time=-1), False),
        (replace(ORDER, end_time=1440), False),
        (replace(ORDER, start_time=1439, end_time=0), True),
    ],
)
def test_schedules_that_no_car_takes_are_forgotten(
    order: ChargeScheduleOrder, possible: bool
) -> None:
    """Nothing of the kind can be in the car."""
    record = CarRecord(sync=SyncState(schedules=(managed(order),), saved=1))
    kept = record if possible else CarRecord(sync=SyncState(saved=1))
    assert record.recovered(PutInCar(), NOW) == kept


@pytest.mark.parametrize(
    ("override", "believed"),
    [
        (RAISED, True),
        (LimitOverride(original=1, raised_to=100, earlier=1), True),
        (LimitOverride(original=0, raised_to=90), False),
        (LimitOverride(original=70, raised_to=101), False),
        (LimitOverride(original=70, raised_to=90, earlier=0), False),
    ],
)
def test_limits_that_no_car_has_are_forgotten(
    override: LimitOverride, believed: bool
) -> None:
    """The car is not set to what it would refuse."""
    assert is_believed(override) is believed
    sessions = CarSessions(sessions={NAME: a_session()}, override=override)
    record = CarRecord(sessions=sessions).recovered(PutInCar(), NOW)
    assert record.sessions.override == (override if believed else None)


def test_overrides_and_repeats_that_mean_nothing_are_forgotten() -> None:
    """What can be read of the others stays."""
    skip = Override(kind=OverrideKind.SKIP, since=NOW, until=NOW + DAY)
    repeat = Repeat(id="1", target=80, first=NOW, rule="FREQ=DAILY")
    record = CarRecord(
        overrides=(replace(skip, until=NOW), skip),
        repeats={"1": repeat, "2": replace(repeat, id="2", rule="FREQ=NEVER")},
    )
    kept = CarRecord(overrides=(skip,), repeats={"1": repeat})
    assert record.recovered(PutInCar(), NOW) == kept
