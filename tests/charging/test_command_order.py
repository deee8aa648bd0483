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

- charges only if the old one does, or the new one should, and
- charges if both of them do.

The second holds while the commands are sent; where the new car holds no schedule, until
the next edge. After they are broken off for long it holds for cars that hold schedules
before and after, as far as one at most is replaced under its id. In a full list something
has to leave first, so only the first holds there. Two sessions that both want to charge
do not overlap, since the request of the second is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

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
from custom_components.tesla_scout_worker.charging.observed import Observed
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
    ChargeSnapshot,
    DriveSnapshot,
    Position,
    VehicleSnapshot,
)
from simulator.car_rules import ChargeMode, ChargeRules
from simulator.geography import Place
from simulator.schedule_list import ScheduleList
from simulator.schedules import ChargeSchedule as CarSchedule

from ..search import times
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


class ListFullError(Exception):
    """A car has no room for a schedule, and refuses it."""


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

    @property
    def snapshot(self) -> VehicleSnapshot:
        """The car as it is read."""
        return VehicleSnapshot(
            payload={},
            seen_at=self.at,
            charge=ChargeSnapshot(charge_limit=self.rules.limit),
            drive=DriveSnapshot(),
            schedules=self.found,
            max_schedules=self.rules.schedules.most,
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
        if schedules is None:
            raise ListFullError
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
        seen = Observed(
            now=now,
            snapshot=read.snapshot,
            at_home=True,
            position=HOME,
            zone=WARSAW,
            fresh=True,
        )
        desired = desired_state(self.sessions, self.part, self.daily, seen)
        taken = {schedule.id for schedule in self.daily.ours}
        change = vehicle_change(desired, seen, self.sessions.schedule_ids | taken)
        return change.commands(now, WARSAW)

    def recorded(self, commands: Sequence[Command]) -> Situation:
        """Return the situation with what is sent kept as ours, as it is on disk then."""
        ours = {schedule.id: schedule for schedule in self.daily.ours}
        for command in commands:
            sent = command.schedule
            if sent is not None and sent.kind is not ScheduleRole.SESSION:
                ours[sent.id] = sent
        return replace(self, daily=replace(self.daily, ours=tuple(ours.values())))


@dataclass(frozen=True, kw_only=True)
class Cars:
    """The car without commands, with all of them, and with some, at one instant."""

    old: PureCar
    new: PureCar
    cut: PureCar

    def assert_in_between(self, *, must: bool) -> None:
        """Assert that the car with some commands charges as the old or the new one."""
        if self.cut.charging:
            assert self.old.charging or self.new.should_charge, self.cut.at
        if must and self.old.charging and self.new.charging:
            assert self.cut.charging, self.cut.at

    def assert_until(self, at: datetime, *, must: bool) -> Cars:
        """Return the cars at a later instant, with all edges on the way asserted."""
        cars = self
        for instant in sorted({*self._edges(at), at}):
            cars = Cars(
                old=cars.old.until(instant),
                new=cars.new.until(instant),
                cut=cars.cut.until(instant),
            )
            cars.assert_in_between(must=must)
        return cars

    def _edges(self, until: datetime) -> Iterator[datetime]:
        """Yield when windows of the cars begin or end, and the seconds beside."""
        for car in (self.old, self.new, self.cut):
            at = car.at
            while (edge := car.rules.schedules.next_boundary(at)) and edge < until:
                beside = (edge - SECOND, edge, edge + SECOND)
                yield from (at for at in beside if car.at < at < until)
                at = edge


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
    for number, command in enumerate(commands):
        try:
            new = new.after(command)
        except ListFullError:
            # It breaks off by itself, with nothing but a session's windows left.
            commands = commands[:number]
            assert command.schedule is not None
            assert command.schedule.kind is ScheduleRole.SESSION
            break
    else:
        assert_settles(situation.recorded(commands), new)
    there = {schedule.id for schedule in situation.car.found}
    added = {
        command.schedule_id for command in commands if command.kind is CommandKind.ADD
    }
    full = len(added - there) + len(there) > old.rules.schedules.most
    held = [car.rules.schedules.applying(PLACE) for car in (old, new)]
    # A car without a schedule charges at once, which schedules cannot make good for;
    # and of two that are replaced one after the other, one is first.
    # One that a person stopped may stay stopped: nobody has to charge it.
    stopped = old.rules.mode is ChargeMode.STOPPED
    later = all(held) and len(added & there) < 2 and not full and not stopped
    edge = old.rules.schedules.next_boundary(old.at)
    cars = Cars(old=old, new=new, cut=old)
    for number, command in enumerate(commands):
        # A command takes seconds, in which the windows go on.
        at = cars.cut.at + pauses[number % len(pauses)] * SECOND
        # Of windows that are removed one after the other, one runs on, up to its end.
        must = not (full or stopped) and (bool(held[1]) or edge is None or at < edge)
        cars = cars.assert_until(at, must=must)
        removes = command.kind is CommandKind.REMOVE
        if full and removes and len(cars.cut.rules.schedules.applying(PLACE)) < 2:
            # Nothing can be added to a full list before a removal, and this one leaves
            # no schedule for the place.
            return
        cars = replace(cars, cut=cars.cut.after(command))
        cars.assert_in_between(must=must)
        cars.assert_until(at + DAY, must=later)


# What may be there, in minutes from EVENING.

minutes = st.sampled_from([-90, -30, -1, 0, 1, 2, 30, 90, 240])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window that may be over, be on, or lie ahead."""
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return Window(start=EVENING + start * MINUTE, end=EVENING + end * MINUTE)


def weekly(window: Window, place: Position = HOME) -> ManagedSchedule:
    """Return a schedule of each day with the hours of a window."""
    start, end = (
        at.astimezone(WARSAW).hour * 60 + at.minute for at in (window.start, window.end)
    )
    return weekly_schedule(WeeklyWindow(days=127, start=start, end=end), place)


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
    return weekly(window)


@st.composite
def owners(draw: st.DrawFn, schedule_id: int) -> CarSchedule:
    """Draw a schedule of the owner: off, elsewhere, without an end, or for once."""
    place = draw(st.sampled_from([HOME, HOME, HOME, WORK]))
    order = weekly(draw(windows()), place).with_id(schedule_id).order
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


def overlapping(first: Session, second: Session) -> bool:
    """Whether two sessions charge at the same time, which a request is refused for."""
    ends = (first.start, second.end), (second.start, first.end)
    apart = any(start is None or end is None or start >= end for start, end in ends)
    return not apart and not first.restoring and not second.restoring


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
    if len(drawn) == 2 and overlapping(*(session for session, _ in drawn)):
        del drawn[1]
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
    kept = [
        # A guard is wanted as it is in the car.
        schedule if schedule.kind is ScheduleRole.GUARD else schedule.with_id(0)
        for schedule in ours
        if draw(st.booleans())
    ]
    wanted = tuple(kept + draw(st.lists(planned(), max_size=2)))
    guards = tuple(item for item in ours if item.kind is ScheduleRole.GUARD)
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


@times(4)
@given(
    situation=situations(),
    pauses=st.lists(st.integers(1, 10), min_size=1, max_size=4),
)
def test_no_prefix_of_the_commands_does_harm(
    situation: Situation, pauses: list[int]
) -> None:
    """Whatever the car holds, whatever it should hold, and wherever it breaks off."""
    assert_safe(situation, pauses)


# Situations in which another order would do harm.


def at(minute: float) -> datetime:
    """Return an instant, in minutes from EVENING."""
    return EVENING + minute * MINUTE


def once(
    start: float, end: float, schedule_id: int, kind: ScheduleRole = ScheduleRole.PLAN
) -> ManagedSchedule:
    """Return a one-time schedule under an id, in minutes from EVENING."""
    window = Window(start=at(start), end=at(end))
    return one_time_schedule(window, kind, HOME, WARSAW).with_id(schedule_id)


def a_car(
    *schedules: ManagedSchedule, limit: int = 80, level: float = 55, most: int = 10
) -> PureCar:
    """Return a car that holds schedules at EVENING."""
    rules = ChargeRules(
        schedules=ScheduleList(zone=WARSAW, most=most), plugged_in=True, limit=limit
    )
    return in_car(PureCar(rules=rules, at=EVENING, level=level), schedules)


def special(
    *edges: float, ids: tuple[int, ...], target: int = 90, state: str = "sending"
) -> Session:
    """Return a session with windows between edges, in minutes from EVENING."""
    session = replace(
        a_session(a_plan(*map(at, edges))),
        id=f"session {ids[0]}",
        target=target,
        schedule_ids=ids,
        ready_by=EVENING + DAY,
    )
    if state == "sending":
        return session
    if state == "holding":
        return session.confirmed()
    return session.confirmed().ended(SessionState.CANCELLED, EVENING)


def sent(
    car: PureCar,
    *sessions: Session,
    daily: DailyPart | None = None,
    override: LimitOverride | None = None,
    now: datetime = EVENING,
) -> list[str]:
    """Return the commands of a situation as text, asserted to be safe."""
    every = CarSessions(override=override)
    for session in sessions:
        every = every.with_session(session)
    situation = Situation(
        car=car,
        now=now,
        sessions=every,
        part=SessionPart(
            sending=tuple(s for s in sessions if s.state is SessionState.SCHEDULED),
            holding=tuple(s for s in sessions if s.running),
            restoring=tuple(s for s in sessions if s.restoring),
        ),
        daily=daily or DailyPart(),
    )
    assert_safe(situation, [3])
    return [
        f"{command.kind} {command.limit or command.schedule_id}"
        for command in situation.commands()
    ]


RAISED = LimitOverride(original=80, raised_to=90)


def test_a_schedule_is_added_before_the_limit_is_raised() -> None:
    """A car without a schedule, full by its limit, would charge at once."""
    assert sent(a_car(level=80), special(90, 240, ids=(7,))) == [
        "add 7",
        "set_limit 90",
    ]


def test_the_limit_is_lowered_before_a_window_that_runs_is_added() -> None:
    """The owner's limit is reached, and a window of the night is on."""
    session = special(90, 240, ids=(7,), state="restoring")
    daily = DailyPart(schedules=(once(-30, 240, 0),))
    car = a_car(once(90, 240, 7), limit=90, level=85)
    assert sent(car, session, daily=daily, override=RAISED) == [
        "set_limit 80",
        f"add {int(EVENING.timestamp())}",
        "remove 7",
    ]


def test_a_window_that_is_given_up_is_removed_before_the_limit_is_raised() -> None:
    """One session is cancelled in its window while another, of a higher target, comes."""
    cancelled = special(-30, 60, ids=(7,), state="restoring")
    next_one = special(90, 240, ids=(8,), target=100)
    car = a_car(once(-30, 60, 7), limit=90, level=92)
    assert sent(car, cancelled, next_one, override=RAISED) == [
        "add 8",
        "remove 7",
        "set_limit 100",
    ]


def test_what_runs_first_is_added_first() -> None:
    """The first schedule ends a charge that runs without one."""
    daily = DailyPart(schedules=(once(90, 240, 0), once(-30, 60, 0)))
    first, second = (command.split() for command in sent(a_car(), daily=daily))
    assert first[0] == second[0] == "add"
    # Ids are given in the order of importance.
    assert int(first[1]) > int(second[1])


def test_a_new_schedule_is_added_before_another_is_replaced() -> None:
    """The long window in the car becomes two: broken off it must not be a short one."""
    session = special(-90, 5, 6, 30, ids=(7, 8))
    assert sent(a_car(once(-90, 30, 7), limit=90), session) == ["add 8", "add 7"]


def test_the_window_that_runs_is_removed_last() -> None:
    """A guard alone would keep the car from charging, that charges before and after."""
    ours = (once(-30, 60, 1), once(178, 179, 2, ScheduleRole.GUARD))
    assert sent(a_car(*ours), daily=DailyPart(ours=ours)) == ["remove 2", "remove 1"]


def test_in_a_full_list_a_session_gets_the_room_of_what_leaves() -> None:
    """Its ids are on disk before, so it takes no other's."""
    ours = (once(90, 120, 1), once(120, 180, 2))
    daily = DailyPart(ours=ours)
    assert sent(a_car(*ours, most=2), special(30, 60, ids=(7,)), daily=daily) == [
        "remove 2",
        "add 7",
        "remove 1",
        "set_limit 90",
    ]


def test_a_session_without_room_is_refused_before_its_limit_is_raised() -> None:
    """The car says so, and the person is notified; the owner's schedules stay."""
    owners_own = (once(60, 120, 901), once(120, 180, 902))
    session = special(30, 60, ids=(7,))
    assert sent(a_car(*owners_own, most=2), session) == ["add 7", "set_limit 90"]


def test_a_window_in_its_last_minutes_is_not_added() -> None:
    """A command that reaches the car after its end would have it run a week later."""
    now = at(28.5)
    daily = DailyPart(schedules=(once(-30, 30, 0), once(60, 90, 0)))
    car = a_car().until(now)
    assert sent(car, daily=daily, now=now) == [f"add {int(now.timestamp())}"]


def test_what_is_over_is_not_removed() -> None:
    """The car drops it; but not what it holds under that id and is still to come."""
    session = special(-30, 1, ids=(7,), state="restoring")
    now = at(1) + SECOND
    assert sent(a_car(once(-30, 1, 7)), session, now=now) == []
    assert sent(a_car(once(-30, 90, 7)), session, now=now) == ["remove 7"]
