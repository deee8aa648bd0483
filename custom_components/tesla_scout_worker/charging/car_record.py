"""The stored record of one car's charging. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from ..gateways.models import ChargeScheduleOrder
from .charges.capacity import CapacityLog
from .charges.count import ChargeLog, PlugInPeriod
from .charges.pricing import MonthSavings
from .daily.overrides import Override, is_believed as is_possible_override
from .daily.record import DailySettings, SyncState
from .in_car.charge_control import ChargeControl
from .in_car.charge_limit import LimitOverride
from .in_car.delivery_state import DeliveryState
from .in_car.schedules import DAY_MINUTES, EVERY_DAY
from .in_car.timed_charge import TimedCharge
from .messages.message import MessageLog
from .planning.model import CAPACITY, POWER, ChargePlan, Strategy
from .sessions.car_sessions import CarSessions
from .sessions.repeats import Repeat, is_possible
from .sessions.session import CancelReason, Session, SessionState, Source, session_id


@dataclass(frozen=True, kw_only=True, slots=True)
class PutInCar:
    """What we put into a car, or are about to: all that is needed to undo it.

    Attributes:
        override: The owner's limit, and the one that a session raised.
        schedule_ids: The ids of our schedules.
    """

    override: LimitOverride | None = None
    schedule_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class CarRecord:
    """All that is stored of a car's charging.

    Attributes:
        settings: The user's settings for the daily plan.
        sync: How far the car holds the daily plan.
        sessions: The special-charging sessions, and the limit override.
        control: What was commanded about a charge.
        timed: The same of a car whose charge Home Assistant times.
        plugged_in: The period since the car was plugged in at home; None: it is not.
        savings: The sums of the present month.
        charges: The charges at home.
        power: Charging power at home, as it was measured, in kW; None: it was not.
        capacity: What charges showed of the capacity of the battery.
        overrides: What a person said about the coming days.
        repeats: The requests that repeat, by their ids.
        lists_schedules: Whether a read ever had the car's schedules, which firmware
            before 2024.26 does not report.
        messages: The messages about it that were sent.
    """

    settings: DailySettings = field(default_factory=DailySettings)
    sync: SyncState = field(default_factory=SyncState)
    sessions: CarSessions = field(default_factory=CarSessions)
    control: ChargeControl = field(default_factory=ChargeControl)
    timed: TimedCharge = field(default_factory=TimedCharge)
    plugged_in: PlugInPeriod | None = None
    savings: MonthSavings = field(default_factory=MonthSavings)
    charges: ChargeLog = field(default_factory=ChargeLog)
    power: float | None = None
    capacity: CapacityLog = field(default_factory=CapacityLog)
    overrides: tuple[Override, ...] = ()
    repeats: Mapping[str, Repeat] = field(default_factory=dict)
    lists_schedules: bool = False
    messages: MessageLog = field(default_factory=MessageLog)

    @property
    def put_in_car(self) -> PutInCar:
        """What we put into the car."""
        daily = frozenset(schedule.id for schedule in self.sync.schedules)
        return PutInCar(
            override=self.sessions.override,
            schedule_ids=self.sessions.schedule_ids | daily,
        )

    def undoing(
        self, schedule_ids: Iterable[int], override: LimitOverride | None, now: datetime
    ) -> CarRecord:
        """Return the record with a session that ends now and has this to undo.

        Its car is restored as after any other session: when it is awake, with retries,
        and until a read confirms it.
        """
        sessions = replace(self.sessions, override=override)
        session = Session(
            id=session_id(now, UTC, sessions.sessions),
            target=0 if override is None else override.raised_to,
            ready_by=now,
            source=Source.ACTION,
            plan=_EMPTY_PLAN,
            level=0,
            send_at=now,
            cleanup_at=now,
            state=SessionState.ACTIVE,
            ending=SessionState.CANCELLED,
            failure=CancelReason.BY_PERSON,
            schedule_ids=tuple(sorted(schedule_ids)),
            delivery=DeliveryState(try_at=now),
            expected_level=0,
        )
        return replace(self, sessions=sessions.with_session(session))

    def left_alone(self, now: datetime) -> CarRecord:
        """Return the record of a car that a person removed: all is undone, and off."""
        put = self.put_in_car
        sessions = {
            key: session
            if session.over
            else replace(
                session,
                state=SessionState.CANCELLED,
                ending=None,
                failure=CancelReason.BY_PERSON,
            )
            for key, session in self.sessions.sessions.items()
        }
        record = replace(
            self,
            settings=replace(self.settings, sync=False),
            sync=SyncState(saved=self.sync.saved),
            sessions=CarSessions(sessions=sessions),
            overrides=(),
            repeats={},
        )
        if put == PutInCar():
            return record
        return record.undoing(put.schedule_ids, put.override, now)

    def recovered(self, put: PutInCar, now: datetime) -> CarRecord:
        """Return a record of which parts were lost, with nothing in the car forgotten.

        What no session and no plan remembers is undone.

        Args:
            put: What we had put into the car when the record was stored.
            now: The present (UTC).
        """
        record = _believed(self)
        override = record.sessions.override or put.override
        lost_ids = put.schedule_ids - record.put_in_car.schedule_ids
        if lost_ids or (override is not None and not record.sessions.open):
            return record.undoing(lost_ids, override, now)
        return replace(record, sessions=replace(record.sessions, override=override))


_EMPTY_PLAN: Final = ChargePlan(
    windows=(),
    energy=0,
    cost=None,
    expected_level=0,
    expected_end=None,
    margin=None,
    strategy=Strategy.OPTIMAL,
    reasons=(),
)


def is_believed(override: LimitOverride) -> bool:
    """Whether a car can have such limits."""
    limits = (override.original, override.raised_to, override.earlier)
    return all(limit is None or 0 < limit <= 100 for limit in limits)


def _believed(record: CarRecord) -> CarRecord:
    """Return a stored record without numbers that no car and no person can set."""
    settings, override = record.settings, record.sessions.override
    usual = DailySettings()
    if not 0 <= settings.floor <= 100:
        settings = replace(settings, floor=usual.floor)
    if settings.target is not None and not 0 < settings.target <= 100:
        settings = replace(settings, target=usual.target)
    if not 0 < settings.budget_share <= 100:
        settings = replace(settings, budget_share=usual.budget_share)
    if not _within(settings.capacity, CAPACITY):
        settings = replace(settings, capacity=usual.capacity)
    if not _within(settings.power, POWER):
        settings = replace(settings, power=usual.power)
    if override is not None and not is_believed(override):
        override = None
    schedules = tuple(
        schedule for schedule in record.sync.schedules if _is_possible(schedule.order)
    )
    return replace(
        record,
        settings=settings,
        sync=replace(record.sync, schedules=schedules),
        overrides=tuple(filter(is_possible_override, record.overrides)),
        repeats={
            key: repeat for key, repeat in record.repeats.items() if is_possible(repeat)
        },
        sessions=replace(record.sessions, override=override),
    )


def _within(number: float | None, bounds: tuple[float, float]) -> bool:
    """Whether a number is unknown, or within its bounds."""
    return number is None or bounds[0] <= number <= bounds[1]


def _is_possible(order: ChargeScheduleOrder) -> bool:
    """Whether a car takes a schedule."""
    return (
        order.id >= 0
        and 0 < order.days_of_week <= EVERY_DAY
        and 0 <= order.start_time < DAY_MINUTES
        and 0 <= order.end_time < DAY_MINUTES
    )
