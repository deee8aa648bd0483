"""A restart in each state of a session, with downtimes that cross each edge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator.car import Car
from simulator.faults import Fault

from ...common import HOME, WORK, count, state_of, tick
from ...scout_helpers import LIST, READ, payload
from .restart_helpers import LAST_MINUTE, SESSION, RestartedNight, at
from .session_helpers import charges, session_timers

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.slow]


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock just before the daily check."""
    freezer.move_to(LAST_MINUTE)
    return freezer


# How a session comes into each of its states.


async def scheduled(night: RestartedNight) -> None:
    """Nothing was sent."""
    await night.until(at(23, 30))


async def waits_for_home(night: RestartedNight) -> None:
    """It was time to send, and the car was elsewhere."""
    night.car.move(WORK)
    await night.until(at(0, 40))
    assert night.session["delivery"]["waits_for"] == "not_home"


async def waking(night: RestartedNight) -> None:
    """The car was asked to wake, and does not answer yet."""
    await night.until(at(0, 19, 8))
    assert night.session["delivery"]["waking_since"] is not None
    assert count(night.cloud, "wake") == 1


async def sent(night: RestartedNight) -> None:
    """The car holds it, and waits."""
    await night.until(at(0, 40))
    assert night.session["state"] == "active"


async def running(night: RestartedNight) -> None:
    """The car charges, and that was seen."""
    await night.until(at(3, 0))
    assert night.session["checked"] == ["started"]
    assert night.car.charging_state == "Charging"


async def over(night: RestartedNight) -> None:
    """The window has ended, and nothing was undone."""
    await night.until(at(6, 10))
    assert night.session["checked"] == ["ended", "started"]


async def undo_waits(night: RestartedNight) -> None:
    """It was time to undo, and the car was out of reach."""
    await night.until(at(6, 20))
    night.car.set_signal(False)
    await night.until(at(6, 40))
    assert night.session["ending"] == "completed"
    assert state_of(night.hass, "sensor", "special_charging") == "restoring"


async def cancel_waits(night: RestartedNight) -> None:
    """It was cancelled, and the car was out of reach."""
    await sent(night)
    night.car.set_signal(False)
    await night.entry.runtime_data.sessions.async_cancel(
        next(iter(night.cloud.cars)), SESSION
    )
    await night.until(at(0, 50))
    assert night.session["ending"] == "cancelled"


# What happens while Home Assistant is down.


def comes_home(car: Car, freezer: FrozenDateTimeFactory) -> None:
    """Drive home, and plug in."""
    car.drive(km=2, to=HOME, duration=timedelta(minutes=4))
    freezer.tick(timedelta(minutes=5))
    car.plug_in()


def is_back(car: Car, freezer: FrozenDateTimeFactory) -> None:
    """Come out of the garage, and be opened."""
    car.set_signal(True)
    freezer.tick(timedelta(minutes=5))
    car.wake()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A state to restart in, and how such a session ends.

    ``unsent`` says that nothing of it is in the car; ``ends`` is its end if it is sent
    at all; ``patience`` is how long it may take to go on after a restart.
    """

    brought_about: Callable[[RestartedNight], Any]
    meanwhile: Callable[[Car, FrozenDateTimeFactory], None] | None = None
    unsent: bool = False
    ends: str = "completed"
    earliest: datetime
    patience: timedelta = timedelta(minutes=3)


SCENES = {
    "scheduled": Scene(brought_about=scheduled, unsent=True, earliest=at(23, 31)),
    "waits for home": Scene(
        brought_about=waits_for_home,
        meanwhile=comes_home,
        unsent=True,
        earliest=at(0, 50),
        # That a car came home, only a read tells: once an hour at night.
        patience=timedelta(minutes=62),
    ),
    "waking": Scene(brought_about=waking, unsent=True, earliest=at(0, 20)),
    "sent": Scene(brought_about=sent, earliest=at(0, 41)),
    "running": Scene(brought_about=running, earliest=at(3, 1)),
    "over": Scene(brought_about=over, earliest=at(6, 11)),
    "undo waits": Scene(
        brought_about=undo_waits, meanwhile=is_back, earliest=at(6, 51)
    ),
    "cancel waits": Scene(
        brought_about=cancel_waits,
        meanwhile=is_back,
        ends="cancelled",
        earliest=at(1, 0),
    ),
}

BACK = {
    "before it is sent": at(0, 10),
    "before it starts": at(1, 0),
    "in its window": at(3, 30),
    "after its end": at(6, 11),
    "after its cleanup": at(6, 51),
    "after its deadline": at(8, 0),
}

# A deadline this close is missed.
TOO_LATE = at(6, 45)

# A kill leaves the least on the disk; an orderly restart differs but in that.
MATRIX = [
    pytest.param(scene, back, killed, id=f"{name}, {how}, back {when}")
    for name, scene in SCENES.items()
    for number, (when, back) in enumerate(
        (when, back) for when, back in BACK.items() if back >= scene.earliest
    )
    for how, killed in (("killed", True), ("restarted", False))
    if killed or number == 0
]


@pytest.mark.parametrize(("scene", "back", "killed"), MATRIX)
async def test_a_restart_in_each_state(
    night: RestartedNight, scene: Scene, back: datetime, killed: bool
) -> None:
    """Whatever the state and the downtime, it ends right, and once."""
    await scene.brought_about(night)
    commands, wakes = len(night.commands), count(night.cloud, "wake")
    await night.down(back, killed=killed, meanwhile=scene.meanwhile)
    # Where it was not missed, before its window can end.
    settled = back + scene.patience
    await night.until(settled if back >= TOO_LATE else min(settled, at(6, 44)))

    missed = scene.unsent and back >= TOO_LATE
    if missed:
        assert await night.states() == ["missed"]
    elif scene.unsent and back > at(0, 19):
        assert await night.states() == ["active"]
        assert night.car.charge_limit == 80
        [kept] = night.session["schedule_ids"]
        assert set(night.car.charge_schedules) == {kept}
    elif not scene.unsent and (back > at(6, 30) or scene.ends == "cancelled"):
        assert await night.states() == [scene.ends]
        assert night.car.charge_limit == 70
    elif not scene.unsent:
        assert session_timers(night.entry), "it has timers again"
        assert len(night.commands) == commands, "nothing is sent again"

    await night.until(at(9, 30))
    short = scene.ends == "completed" and night.car.battery_level < 79
    assert short == (scene.unsent and back >= at(3, 30))
    assert await night.states() == ["missed" if short else scene.ends]
    night.assert_as_before()
    assert night.limits() == ([] if missed else ["80 by command", "70 by command"])
    assert len(night.record("schedule_added")) == (0 if missed else 1)
    assert count(night.cloud, "wake") - wakes <= (0 if missed else 2)
    if not missed and scene.ends == "completed" and scene.meanwhile is not comes_home:
        assert len(charges(night.cloud)) == 1


async def test_a_restart_in_the_running_window_sends_nothing(
    night: RestartedNight,
) -> None:
    """Neither a command nor a wake, and nothing is told, however often it is.

    The last read is old by then, and says nothing of the charge since.
    """
    await running(night)
    commands, fired, plan = len(night.commands), len(night.log.fired), night.session
    for hour, minute in ((3, 20), (4, 10), (4, 15), (5, 40)):
        await night.until(at(hour, minute))
        await night.down(at(hour, minute + 4), killed=minute != 10)
    assert len(night.commands) == commands
    assert len(night.log.fired) == fired
    assert night.session["plan"] == plan["plan"]
    await night.until(at(9, 30))
    assert night.log.kinds[fired:] == ["completed"]
    # The car sleeps by then, and has removed its one-time schedule by itself.
    assert [command.path.rsplit("/")[-1] for command in night.commands[commands:]] == [
        "wake_up",
        "set_charge_limit",
    ]
    assert round(night.car.battery_level) == 80
    night.assert_as_before()


def no_list(night: RestartedNight) -> Callable[[], None]:
    """Have Tesla's list of cars fail."""
    fault = night.cloud.faults.add(Fault(path=LIST, status=503))
    return lambda: night.cloud.faults.remove(fault)


def no_looks(night: RestartedNight) -> Callable[[], None]:
    """Have every read of the car fail."""
    fault = night.cloud.faults.add(Fault(path=READ, status=500))
    return lambda: night.cloud.faults.remove(fault)


def no_level(night: RestartedNight) -> Callable[[], None]:
    """Have reads tell no state of charge, and no limit."""
    unknown = {"battery_level": None, "charge_limit_soc": None}
    body = payload(night.car, "charge_state", unknown)
    fault = night.cloud.faults.add(Fault(path=READ, body=body))
    return lambda: night.cloud.faults.remove(fault)


def no_zone(night: RestartedNight) -> Callable[[], None]:
    """Have the home zone not be there yet."""
    zone = night.hass.states.get("zone.home")
    assert zone is not None
    night.hass.states.async_remove("zone.home")

    def back() -> None:
        night.hass.states.async_set("zone.home", zone.state, zone.attributes)

    return back


@pytest.mark.parametrize("gone", [no_list, no_looks, no_level, no_zone])
@pytest.mark.parametrize(
    "scene", [scheduled, sent, running], ids=lambda item: item.__name__
)
async def test_unavailable_inputs_at_a_start_change_no_plan(
    night: RestartedNight,
    scene: Callable[[RestartedNight], Any],
    gone: Callable[[RestartedNight], Callable[[], None]],
) -> None:
    """What cannot be read at a start is waited for, and then all goes on."""
    await scene(night)
    plan, commands = night.session["plan"], len(night.commands)
    await night.stop(killed=True)
    night.freezer.tick(timedelta(minutes=5))
    night.car.wake()
    night.freezer.tick(timedelta(minutes=1))
    back = gone(night)
    await night.hass.config_entries.async_setup(night.entry.entry_id)
    await night.hass.async_block_till_done(wait_background_tasks=True)
    for _ in range(8):
        await tick(night.hass, night.freezer, timedelta(seconds=20))
    assert night.session["plan"] == plan
    assert len(night.commands) == commands
    assert night.session["state"] in ("scheduled", "active")
    assert night.session["ending"] is None
    back()
    for _ in range(4):
        await tick(night.hass, night.freezer, timedelta(minutes=1))
    await night.until(at(9, 30))
    assert await night.states() == ["completed"]
    assert round(night.car.battery_level) == 80
    assert night.limits() == ["80 by command", "70 by command"]
    assert len(night.record("schedule_added")) == 1
    night.assert_as_before()


async def test_a_car_that_is_waited_for_is_asked_for_once_a_round(
    night: RestartedNight,
) -> None:
    """What the Scout saw an hour ago is no reason to ask again at once, and again.

    The list of all cars, which is free, tells when the car is back; then it is undone. In
    the fixed rhythm it is asked for each five minutes meanwhile.
    """
    await undo_waits(night)
    asked = len(night.cloud.requests)
    await night.until(at(6, 59))
    assert len(night.cloud.requests) - asked <= 5
    await night.until(at(8, 0))
    rounds = [
        request for request in night.cloud.requests[asked:] if request.path == LIST
    ]
    assert len(night.cloud.requests) - asked == len(rounds) <= 17
    night.car.set_signal(True)
    night.car.wake()
    await night.until(at(8, 20))
    assert await night.states() == ["completed"]
    night.assert_as_before()
