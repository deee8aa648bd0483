"""The order of commands: no prefix of them charges a car wrongly, or keeps it from it.

For any situation of a car that is plugged in at home, `desired_state`, `vehicle_change`
and `VehicleChange.commands` say what is sent. The commands go to the pure car of the
simulator, seconds apart, and are broken off after each of them. Three cars are compared
at each instant from then on, over all edges of windows of the next day:

- the old one, which got no command: it holds what it held, the owner's schedules too;
- the new one, which got all commands at once: it holds what it should;
- the one that got the first of the commands, and no more.

"Should charge" is what the car itself makes of what it holds: below its limit and
within a window of a schedule (the owner's, a session's or the daily plan's), or at once
if it holds no schedule for its place. So the third car

- charges only if the old one or the new one does, and
- charges if both of them do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.desired_state import (
    DailyPart,
    SessionPart,
    desired_state,
    vehicle_change,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
    one_time_schedule,
    weekly_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.schedules import WeeklyWindow
from custom_components.tesla_scout_worker.charging.in_car.vehicle_change import (
    Command,
    CommandKind,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    Session,
    SessionState,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeScheduleOrder,
    Position,
)
from simulator.car_rules import ChargeMode, ChargeRules
from simulator.geography import Place
from simulator.schedule_list import ScheduleList
from simulator.schedules import ChargeSchedule as CarSchedule

from .sessions.session_samples import a_plan, a_session

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)
WORK = Position(latitude=52.1672, longitude=20.8679)
PLACE = Place(latitude=HOME.latitude, longitude=HOME.longitude)

# 21:00 in Warsaw, a Tuesday.
EVENING = datetime(2026, 11, 24, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class PureCar:
    """A plugged-in car at home: what it holds, at an instant and a level."""

    rules: ChargeRules
    at: datetime
    level: float

    @property
    def charging(self) -> bool:
        """Whether it charges."""
        return self.rules.cause(self.at, PLACE, self.level) is not None

    @property
    def should_charge(self) -> bool:
        """Whether it should by what it holds, whatever it remembers of a window."""
        rules = self.rules.auto_from(ChargeMode.WINDOW_ENDED)
        return rules.cause(self.at, PLACE, self.level) is not None

    @property
    def found(self) -> tuple[ChargeSchedule, ...]:
        """The schedules as it tells them."""
        return tuple(
            ChargeSchedule(
                id=schedule.id,
                days_of_week=schedule.days_of_week,
                start_time=schedule.start_time if schedule.start_enabled else None,
                end_time=schedule.end_time if schedule.end_enabled else None,
                one_time=schedule.one_time,
                enabled=schedule.enabled,
                position=Position(
                    latitude=schedule.latitude, longitude=schedule.longitude
                ),
            )
            for schedule in self.rules.schedules.schedules.values()
        )

    def settled(self) -> PureCar:
        """Return the car with an open-ended charge begun."""
        return replace(self, rules=self.rules.settled(self.at, PLACE, self.level))

    def until(self, at: datetime) -> PureCar:
        """Return the car at a later instant, window by window."""
        car = self
        while (edge := car.rules.schedules.next_boundary(car.at)) and edge <= at:
            rules = car.rules.after_boundary(edge, PLACE, charging=car.charging)
            car = replace(car, rules=rules, at=edge).settled()
        return replace(car, at=at)

    def holding(self, schedule: CarSchedule) -> PureCar:
        """Return the car with a schedule added."""
        schedules = self.rules.schedules.added(schedule, self.at)
        assert schedules is not None, "the list is full"
        rules = self.rules.with_schedule_added(schedules, schedule.id)
        return replace(self, rules=rules).settled()

    def after(self, command: Command) -> PureCar:
        """Return the car after a command."""
        if command.kind is CommandKind.ADD:
            assert command.schedule is not None
            return self.holding(as_sent(command.schedule.order))
        if command.kind is CommandKind.REMOVE:
            assert command.schedule_id is not None
            rules = self.rules.with_schedule_removed(command.schedule_id)
        else:
            assert command.limit is not None
            rules = self.rules.with_limit(command.limit)
        return replace(self, rules=rules).settled()


def as_sent(order: ChargeScheduleOrder) -> CarSchedule:
    """Return a schedule as the car takes it."""
    return CarSchedule(
        id=order.id,
        days_of_week=order.days_of_week,
        start_enabled=True,
        start_time=order.start_time,
        end_enabled=True,
        end_time=order.end_time,
        one_time=order.one_time,
        latitude=order.position.latitude,
        longitude=order.position.longitude,
    )


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a car holds, and what is wanted of it.

    Attributes:
        car: The car as it was when it was read.
        now: When it is decided about.
        sessions: Of the car, with its raised limit.
        part: What of them is decided about.
        daily: The same of the daily plan.
    """

    car: PureCar
    now: datetime
    sessions: CarSessions
    part: SessionPart
    daily: DailyPart

    def commands(self, car: PureCar | None = None) -> tuple[Command, ...]:
        """Return what is sent to the car, which was read as it is here."""
        read = car or self.car
        now = max(self.now, read.at)
        limit = read.rules.limit
        desired = desired_state(
            self.sessions, self.part, self.daily, limit, HOME, WARSAW, now
        )
        taken = {schedule.id for schedule in self.daily.ours}
        change = vehicle_change(
            desired,
            read.found,
            limit,
            read.rules.schedules.most,
            read.at,
            now,
            taken=self.sessions.schedule_ids | taken,
        )
        return change.commands(now, WARSAW)

    def recorded(self, commands: Sequence[Command]) -> Situation:
        """Return the situation with what is sent kept as ours, as it is on disk then."""
        ours = {schedule.id: schedule for schedule in self.daily.ours}
        for command in commands:
            sent = command.schedule
            if sent is not None and sent.kind is not ScheduleRole.SESSION:
                ours[sent.id] = sent
        return replace(self, daily=replace(self.daily, ours=tuple(ours.values())))


def edges(cars: Sequence[PureCar], until: datetime) -> list[datetime]:
    """Return the instants at which windows of cars begin or end, and those beside."""
    found = set()
    for car in cars:
        at = car.at
        while (edge := car.rules.schedules.next_boundary(at)) and edge < until:
            found |= {edge - SECOND, edge, edge + SECOND}
            at = edge
    return sorted(found)


def assert_in_between(
    old: PureCar, new: PureCar, cut: PureCar, *, must: bool = True
) -> None:
    """Assert that a car with some of the commands charges as the old or the new one."""
    assert old.at == new.at == cut.at
    if cut.charging:
        assert old.charging or new.should_charge, f"charges at {cut.at}"
    if must and old.charging and new.charging:
        assert cut.charging, f"is kept from charging at {cut.at}"


def assert_settles(situation: Situation, car: PureCar) -> None:
    """Assert that a car with all commands holds what it should.

    What was over when it was read may have taken room in its list until then.
    """
    commands = situation.commands(car)
    for command in commands:
        car = car.after(command)
    assert situation.recorded(commands).commands(car) == ()


def assert_safe(situation: Situation, pauses: Sequence[int]) -> None:
    """Assert that no prefix of the commands, broken off, does any harm."""
    commands = situation.commands()
    old = situation.car.until(situation.now)
    new = old
    for command in commands:
        new = new.after(command)
    assert_settles(situation.recorded(commands), new)
    there = {schedule.id for schedule in old.found}
    added = {one.schedule_id for one in commands if one.kind is CommandKind.ADD}
    replaced = len(added & there)
    full = len(added - there) + len(there) > old.rules.schedules.most
    # Nothing can be added to a full list, which one removal would empty for the place.
    assume(not full or len(old.rules.schedules.applying(PLACE)) > 1)
    cut = old
    for number, command in enumerate((None, *commands)):
        if command is not None:
            # It takes seconds, in which the others go on, too.
            at = cut.at + pauses[number % len(pauses)] * SECOND
            for instant in (*edges([old, new, cut], at), at):
                if instant > cut.at:
                    old, new, cut = (car.until(instant) for car in (old, new, cut))
                    assert_in_between(old, new, cut, must=not full)
            cut = cut.after(command)
        assert_in_between(old, new, cut, must=not full)
        later = [old, new, cut]
        # A car without a schedule charges at once, which schedules cannot make good for.
        must = all(car.rules.schedules.applying(PLACE) for car in (old, new))
        must &= replaced <= 1 and not full
        for instant in edges(later, cut.at + DAY):
            if instant > cut.at:
                later = [car.until(instant) for car in later]
                assert_in_between(*later, must=must)


# What may be there, in minutes from EVENING.

minutes = st.sampled_from([-90, -30, -1, 0, 1, 2, 30, 90, 240])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window that may be over, be on, or lie ahead."""
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return Window(start=EVENING + start * MINUTE, end=EVENING + end * MINUTE)


def weekly(start: int, end: int, place: Position = HOME) -> ManagedSchedule:
    """Return a weekly schedule of each day; minutes from 21:00."""
    window = WeeklyWindow(
        days=127, start=(1260 + start) % 1440, end=(1260 + end) % 1440
    )
    return weekly_schedule(window, place)


@st.composite
def planned(draw: st.DrawFn) -> ManagedSchedule:
    """Draw a schedule of the daily plan."""
    kind = draw(st.sampled_from([ScheduleRole.PLAN, ScheduleRole.PLAN, None]))
    if kind is None:
        ahead = draw(st.sampled_from([1, 6]))
        start = EVENING + ahead * DAY + 178 * MINUTE
        guard = Window(start=start, end=start + MINUTE)
        return one_time_schedule(guard, ScheduleRole.GUARD, HOME, WARSAW)
    window = draw(windows())
    if draw(st.booleans()):
        return one_time_schedule(window, kind, HOME, WARSAW)
    start, end = (int((at - EVENING) / MINUTE) for at in (window.start, window.end))
    return weekly(start, end)


@st.composite
def owners(draw: st.DrawFn, schedule_id: int) -> CarSchedule:
    """Draw a schedule of the owner: off, elsewhere, without an end, or for once."""
    window = draw(windows())
    start, end = (int((at - EVENING) / MINUTE) for at in (window.start, window.end))
    place = draw(st.sampled_from([HOME, HOME, HOME, WORK]))
    order = weekly(start, end, place).with_id(schedule_id).order
    return replace(
        as_sent(order),
        one_time=draw(st.booleans()),
        enabled=draw(st.sampled_from([True, True, True, False])),
        end_enabled=draw(st.sampled_from([True, True, True, False])),
    )


@st.composite
def sessions_of(draw: st.DrawFn, number: int) -> tuple[Session, list[ManagedSchedule]]:
    """Draw a session, with what of it is in the car: none, some, or of before."""
    edges = sorted(
        draw(
            st.lists(minutes, min_size=2, max_size=4, unique=True).filter(
                lambda drawn: len(drawn) % 2 == 0
            )
        )
    )
    plan = a_plan(*(EVENING + edge * MINUTE for edge in edges))
    ids = tuple(100 * number + index for index in range(len(plan.windows)))
    session = replace(
        a_session(plan),
        id=f"session {number}",
        target=draw(st.sampled_from([70, 90, 100])),
        schedule_ids=ids,
        ready_by=EVENING + DAY,
    )
    kind = draw(st.sampled_from(["sending", "holding", "restoring"]))
    if kind != "sending":
        session = session.confirmed()
    if kind == "restoring":
        session = session.ended(SessionState.CANCELLED, EVENING)
    held = []
    for window, schedule_id in zip(plan.windows, ids, strict=True):
        if draw(st.booleans()):
            if draw(st.booleans()):
                window = draw(windows())
            schedule = one_time_schedule(window, ScheduleRole.SESSION, HOME, WARSAW)
            held.append(schedule.with_id(schedule_id))
    return session, held


def in_car(car: PureCar, schedules: Sequence[ManagedSchedule]) -> PureCar:
    """Return a car that holds schedules of ours, but those that are over."""
    for schedule in schedules:
        if not schedule.is_expired(car.at):
            car = car.holding(as_sent(schedule.order))
    return car


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw a situation."""
    now = EVENING + draw(st.integers(-120, 120)) * SECOND
    seen_at = now - draw(st.integers(0, 59)) * SECOND
    before = draw(st.lists(planned(), max_size=3))
    ours = tuple(schedule.with_id(1 + index) for index, schedule in enumerate(before))
    drawn = [draw(sessions_of(number + 1)) for number in range(draw(st.integers(0, 2)))]
    owner, raised = draw(st.sampled_from([(50, 80), (80, 80), (80, 90), (80, 100)]))
    override = LimitOverride(original=owner, raised_to=raised)
    rules = ChargeRules(
        schedules=ScheduleList(zone=WARSAW, most=40),
        plugged_in=True,
        limit=draw(st.sampled_from([owner, raised, 60])),
    )
    car = PureCar(
        rules=rules, at=seen_at, level=draw(st.sampled_from([20, 55, 75, 85]))
    )
    for number in range(draw(st.integers(0, 2))):
        car = car.holding(draw(owners(900 + number)))
    there = [schedule for schedule in ours if draw(st.integers(0, 4))]
    for _, held in drawn:
        there += held
    car = in_car(car, there)
    room = draw(st.sampled_from([0, 0, 1, 2, 9]))
    schedules = replace(car.rules.schedules, most=max(2, len(car.found) + room))
    mode = draw(st.sampled_from([ChargeMode.AUTO, ChargeMode.AUTO, *ChargeMode]))
    if mode is ChargeMode.OPEN_ENDED or schedules.active(seen_at, PLACE):
        mode = ChargeMode.AUTO
    car = replace(car, rules=replace(car.rules, schedules=schedules, mode=mode))
    kept = [schedule.with_id(0) for schedule in ours if draw(st.booleans())]
    wanted = tuple(kept + draw(st.lists(planned(), max_size=2)))
    guards = tuple(one for one in ours if one.kind is ScheduleRole.GUARD)
    daily = draw(
        st.sampled_from(
            [
                DailyPart(schedules=wanted, ours=ours),
                DailyPart(schedules=wanted, ours=ours),
                DailyPart(ours=ours),
                DailyPart(ours=guards),
                DailyPart(),
            ]
        )
    )
    sessions = CarSessions(override=override if owner < raised else None)
    for session, _ in drawn:
        sessions = sessions.with_session(session)
    every = [session for session, _ in drawn]
    part = SessionPart(
        sending=tuple(s for s in every if s.state is SessionState.SCHEDULED),
        holding=tuple(s for s in every if s.running),
        restoring=tuple(s for s in every if s.restoring),
    )
    return Situation(
        car=car.settled(), now=now, sessions=sessions, part=part, daily=daily
    )


@settings(max_examples=200)
@given(
    situation=situations(),
    pauses=st.lists(st.integers(1, 10), min_size=1, max_size=4),
)
def test_no_prefix_of_the_commands_does_harm(
    situation: Situation, pauses: list[int]
) -> None:
    """Whatever the car holds, whatever it should hold, and wherever it breaks off."""
    assert_safe(situation, pauses)
