"""Start and stop against a car: whatever fails, a charge that we started has an end.

The steps are those of `worker/charge.py`: read, stop what is due, start what should
charge. Each command may be refused, be lost, or be done without an answer; a read may
fail; and a person starts, stops and unplugs as they like.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.tesla_scout_worker.charging.in_car.charge_control import (
    STARTS_WITHIN,
    TRIES_APART,
    ChargeAction,
    ChargeControl,
    start_action,
    stop_action,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import VehicleSnapshot
from simulator.car_rules import ChargeCause
from simulator.charging import ChargePort
from simulator.geography import Place
from simulator.schedules import ChargeSchedule

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Place(latitude=52.2297, longitude=21.0122)
MINUTE = timedelta(minutes=1)

# 02:00 to 04:00 in Warsaw, in the car from the evening on.
WINDOW = Window(
    start=datetime(2026, 11, 25, 1, tzinfo=UTC),
    end=datetime(2026, 11, 25, 3, tzinfo=UTC),
)
SCHEDULE = ChargeSchedule(
    id=1,
    days_of_week=127,
    start_enabled=True,
    start_time=2 * 60,
    end_enabled=True,
    end_time=4 * 60,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)


class Fault(StrEnum):
    """What becomes of a call."""

    REFUSED = "refused"
    LOST = "lost"
    UNANSWERED = "unanswered"


class Act(StrEnum):
    """What a person does."""

    START = "start"
    STOP = "stop"
    UNPLUG = "unplug"
    PLUG_IN = "plug_in"


@dataclass(kw_only=True)
class ChargeRun:
    """A car with its control, minute by minute, as `ChargeController` has it."""

    port: ChargePort
    faults: list[Fault | None]
    unread: set[datetime] = field(default_factory=set)
    control: ChargeControl = field(default_factory=ChargeControl)
    snapshot: VehicleSnapshot | None = None
    ours: bool = False
    due: bool = True

    @property
    def window(self) -> Window | None:
        """The window that runs in the car."""
        return WINDOW if WINDOW.start <= self.port.at < WINDOW.end else None

    def fault(self) -> Fault | None:
        """Return what becomes of the next command; nothing fails after the last."""
        return self.faults.pop(0) if self.faults else None

    def read(self) -> None:
        """Read the car, unless that fails."""
        if self.port.at in self.unread:
            return
        charge = {
            "battery_level": int(self.port.level),
            "charge_limit_soc": self.port.rules.limit,
            "charging_state": self.port.state.value,
        }
        payload = {"charge_state": charge}
        self.snapshot = VehicleSnapshot.parse(payload, self.port.at)
        self.control = self.control.seen(self.snapshot)

    def start(self) -> None:
        """Start the car, with the control stored before."""
        assert self.window is not None
        self.control = self.control.commanded(self.window)
        fault = self.fault()
        if fault in (None, Fault.UNANSWERED):
            self.port, answer = self.port.charge_start()
            self.ours |= answer.result
            if fault is None and not answer.result:
                fault = Fault.REFUSED
        match fault:
            case None:
                self.control = self.control.start_sent(self.port.at)
            case Fault.REFUSED:
                self.control = self.control.start_refused("no")
            case _:
                self.control = self.control.start_failed(
                    self.port.at, may_have_started=fault is Fault.UNANSWERED
                )

    def stop(self) -> None:
        """Stop the car; retry later after a failure.

        A car that refuses is its owner's from then on: no command each quarter.
        """
        fault = self.fault()
        self.ours &= fault is not Fault.REFUSED
        if fault in (None, Fault.UNANSWERED):
            self.port, _ = self.port.charge_stop()
        again = fault in (Fault.LOST, Fault.UNANSWERED)
        stop_at = self.port.at + TRIES_APART if again else None
        self.control = replace(self.control, stop_at=stop_at)

    def step(self, at: datetime) -> None:
        """Do what is due at an instant."""
        self.port = self.port.advanced(at)
        if self.snapshot is None:
            self.read()
        if self.snapshot is None:
            return
        for _ in range(2):
            self.control, action = stop_action(
                self.control, self.window, self.snapshot, at
            )
            if action is ChargeAction.STOP:
                self.stop()
            if action is not ChargeAction.READ:
                break
            self.read()
        for _ in range(2):
            self.control, action = start_action(
                self.control, self.window, self.snapshot, at, due=self.due
            )
            if action is ChargeAction.START:
                self.start()
            if action is not ChargeAction.READ:
                break
            self.read()

    def act(self, act: Act) -> None:
        """Have a person do something; what they start is theirs."""
        match act:
            case Act.START:
                self.port, answer = self.port.charge_start()
                self.ours &= not answer.result
            case Act.STOP:
                self.port, _ = self.port.charge_stop()
            case Act.UNPLUG:
                self.port = self.port.unplug()
            case Act.PLUG_IN if not self.port.rules.plugged_in:
                self.port = self.port.plug_in()

    @property
    def charges_for_us(self) -> bool:
        """Whether it charges since we started it."""
        return self.ours and self.port.cause is ChargeCause.COMMANDED


def a_night(*faults: Fault | None, level: float = 20) -> ChargeRun:
    """Return a night from half an hour before the window, of a slow charger."""
    port = ChargePort.parked(
        WINDOW.start - 30 * MINUTE,
        HOME,
        WARSAW,
        level=level,
        limit=90,
        schedules=[SCHEDULE],
        wall_box_kw=2.3,
    )
    return ChargeRun(port=port, faults=list(faults))


def pass_through(night: ChargeRun, acts: dict[int, Act], reads: set[int]) -> None:
    """Let the night pass by minutes, until long after the last retry."""
    begin = night.port.at
    for minute in range(5 * 60):
        at = begin + minute * MINUTE
        night.port = night.port.advanced(at)
        if (act := acts.get(minute)) is not None:
            night.act(act)
        if minute in reads:
            night.read()
        night.step(at)


def test_a_car_that_a_person_stopped_is_started_and_ends_with_its_window() -> None:
    """Without any fault: within minutes, once, and not beyond the end."""
    night = a_night()
    pass_through(night, {31: Act.STOP}, {32})
    assert night.ours
    changes = [(item.kind, item.at) for item in night.port.history]
    ((_, started),) = [change for change in changes if change[0] == "charge_start"]
    assert WINDOW.start < started <= WINDOW.start + STARTS_WITHIN + 2 * MINUTE
    assert [at for kind, at in changes if kind == "charge_stop"][-1] == WINDOW.end
    assert not night.port.charging


@given(
    faults=st.lists(st.none() | st.sampled_from(Fault), max_size=6),
    acts=st.dictionaries(st.integers(0, 200), st.sampled_from(Act), max_size=4),
    reads=st.sets(st.integers(0, 299), max_size=12),
    unread=st.sets(st.integers(0, 200), max_size=30),
    level=st.sampled_from([20, 80, 89.5, 90]),
)
def test_a_charge_that_we_started_has_an_end(
    faults: list[Fault | None],
    acts: dict[int, Act],
    reads: set[int],
    unread: set[int],
    level: float,
) -> None:
    """Whatever is refused, lost or unanswered, and a person acts meanwhile."""
    night = a_night(*faults, level=level)
    night.unread = {night.port.at + minute * MINUTE for minute in unread}
    pass_through(night, {31: Act.STOP} | acts, {32} | reads)
    assert not night.charges_for_us
    starts = [item.at for item in night.port.history if item.kind == "charge_start"]
    by_person = sum(act is Act.START for act in acts.values())
    assert len(starts) <= by_person + 1 + len(faults)
