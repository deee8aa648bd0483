"""Sending a plan: the car is away, asleep, unplugged, refuses, or says yes and lies."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import HOME, WORK, entity_id, state_of, the_car, tick
from ...scout_helpers import READ, answered, reads, scout_now, wakes, with_car
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    at,
    happened,
    home_and_awake,
    sent,
    sent_commands,
    session,
    special,
    until,
    with_session,
)

LIMIT = "*/command/set_charge_limit"
ADD = "*/command/add_charge_schedule"
SESSION = "special_1_20250807_0700"
SENDING = at(0, 18)


def refusal(reason: str) -> dict[str, object]:
    """Return how a car says no."""
    return {"response": {"result": False, "reason": reason}}


def issues(hass: HomeAssistant) -> list[str]:
    """Return the keys of the repairs that are shown, without the offer of a plan."""
    registry = ir.async_get(hass)
    return [
        issue.translation_key or ""
        for (domain, _), issue in registry.issues.items()
        if domain == DOMAIN and issue.translation_key != "shadow_mode"
    ]


async def test_a_sleeping_car_is_woken_once_and_read_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Fresh state, one wake, the free state until it is there, commands, read back."""
    await sent(hass, cloud, noon)
    assert wakes(cloud) == 1
    assert sent_commands(cloud) == ["add_charge_schedule", "set_charge_limit"]
    assert (await session(hass))["state"] == "active"
    [schedule] = the_car(cloud).charge_schedules.values()
    assert schedule.days_of_week == 16


@with_car(CarSettings(**{**LOW_CAR.__dict__, "wake_duration": timedelta(minutes=30)}))
async def test_a_car_that_does_not_wake_keeps_the_session_pending(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It is told before the deadline, tried again with pauses, and sent when it wakes."""
    the_car(cloud).wake()
    noon.tick(timedelta(minutes=30))
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(0, 25), SECONDS)
    assert wakes(cloud) == 1
    assert (await session(hass))["waits_for"] == "unreachable"
    assert log.kinds == ["scheduled"]
    await until(hass, noon, at(1, 20), MINUTE)
    assert log.kinds == ["scheduled", "sent"]
    assert wakes(cloud) <= 3


@pytest.mark.slow
async def test_a_car_without_signal_is_not_woken_for_ever(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two wakes, one as it should charge, one later; a person is told in time."""
    _, log = await with_session(hass, cloud, noon)
    the_car(cloud).set_signal(False)
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(2, 13), MINUTE)
    assert wakes(cloud) == 2
    assert log.kinds == ["scheduled", "falling_behind"]
    behind = log.fired[-1]
    assert behind["reason"] == "unreachable"
    assert behind["reason_text"] == "the car cannot be reached"
    await until(hass, noon, at(2, 18), MINUTE)
    assert wakes(cloud) == 3
    await until(hass, noon, at(6, 50), MINUTE)
    assert wakes(cloud) == 4
    assert log.kinds == ["scheduled", "falling_behind", "missed"]
    assert the_car(cloud).charge_limit == 70
    missed = await session(hass)
    assert (missed["state"], missed["reason"]) == ("missed", "unreachable")
    shown = hass.states.get(entity_id(hass, "sensor", "special_charging"))
    assert shown is not None
    assert shown.state == "failed"
    assert shown.attributes["reason_text"] == "the car cannot be reached"
    assert issues(hass) == ["special_charging_missed"]


async def test_a_car_that_is_away_is_waited_for(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The user is told once; the plan goes to the car when it arrives, made anew."""
    _, log = await with_session(hass, cloud, noon)
    car = the_car(cloud)
    car.unplug()
    car.move(WORK)
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(1, 0), MINUTE)
    assert log.kinds == ["scheduled", "needs_home"]
    assert not sent_commands(cloud)
    assert (await session(hass))["waits_for"] == "not_home"
    assert state_of(hass, "sensor", "special_charging") == "needs_home"
    car.wake()
    car.move(HOME)
    await until(hass, noon, at(1, 30), MINUTE)
    assert log.kinds == ["scheduled", "needs_home", "sent", "needs_plug"]
    [schedule] = car.charge_schedules.values()
    assert schedule.start_time >= 139
    assert schedule.end_time <= 420


async def test_an_unplugged_car_is_sent_to_all_the_same(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The user is asked to plug in, and the car charges once it is."""
    _, log = await with_session(hass, cloud, noon)
    the_car(cloud).unplug()
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(0, 20), SECONDS)
    assert log.kinds == ["scheduled", "sent", "needs_plug"]
    assert state_of(hass, "sensor", "special_charging") == "needs_plug"
    shown = hass.states.get(entity_id(hass, "sensor", "special_charging"))
    assert shown is not None
    assert shown.attributes["target"] == 80
    assert shown.attributes["ready_by"] == "2025-08-07T05:00:00+00:00"
    the_car(cloud).plug_in()
    await until(hass, noon, at(2, 31), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    assert log.kinds[-2:] == ["started", "on_track"]


async def test_a_refusal_with_http_200_is_a_failure_with_its_reason(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Three refusals, and a person must act; what was raised is restored."""
    _, log = await with_session(hass, cloud, noon)
    fault = cloud.faults.add(
        Fault(path=ADD, status=200, body=refusal("schedules_disabled"))
    )
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(0, 45), SECONDS)
    assert log.kinds == ["scheduled", "failed"]
    assert log.fired[-1]["reason"] == "schedules_disabled"
    assert issues(hass) == ["special_charging_failed"]
    await until(hass, noon, at(1, 0), MINUTE)
    assert the_car(cloud).charge_limit == 70
    assert not the_car(cloud).charge_schedules
    assert (await session(hass))["state"] == "failed"
    cloud.faults.remove(fault)
    await special(
        hass, "add_special_charging", ready_by="2025-08-07 07:30:00", target=80
    )
    await until(hass, noon, at(2, 0), MINUTE)
    assert log.kinds == ["scheduled", "failed", "scheduled", "sent"]
    assert issues(hass) == []


async def test_a_retry_keeps_the_original_limit(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A try that failed after the raise finds 80 %, which is not the original."""
    _, log = await with_session(hass, cloud, noon)
    cloud.faults.add(Fault(path=ADD, status=503, times=2))
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(0, 30), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    assert [event.detail for event in happened(cloud, "limit_set")] == ["80 by command"]
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, at(6, 32), SECONDS)
    assert the_car(cloud).charge_limit == 70
    assert log.kinds[-1] == "completed"


async def test_a_command_that_is_accepted_but_not_in_the_car(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Only what was read back counts as sent; the mismatch is tried again."""
    _, log = await with_session(hass, cloud, noon)
    yes = {"response": {"result": True, "reason": ""}}
    fault = cloud.faults.add(Fault(path=ADD, status=200, body=yes))
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(0, 22), SECONDS)
    assert log.kinds == ["scheduled"]
    assert (await session(hass))["reason"] == "not_in_car"
    cloud.faults.remove(fault)
    await until(hass, noon, at(0, 35), SECONDS)
    assert log.kinds == ["scheduled", "sent"]


@pytest.mark.slow
async def test_a_car_that_lists_no_schedules_keeps_the_session(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It accepts and holds them; three reads without them gave the session up."""
    _, log = await with_session(hass, cloud, noon)
    car = the_car(cloud)
    true_data = car.vehicle_data

    def without_list(endpoints: frozenset[str] | None) -> dict[str, Any]:
        """Return the payload of a car that lists no schedules."""
        payload = true_data(endpoints)
        payload["charge_schedule_data"]["charge_schedules"] = []
        return payload

    with monkeypatch.context() as patch:
        patch.setattr(car, "vehicle_data", without_list)
        await until(hass, noon, SENDING, QUARTER)
        await until(hass, noon, at(2, 0), MINUTE)
        assert (await session(hass))["state"] == "scheduled"
        assert log.kinds == ["scheduled", "falling_behind"]
        assert log.fired[-1]["reason"] == "not_in_car"
        assert car.charge_limit == 80
        await until(hass, noon, at(7, 15), QUARTER)
        assert car.battery_level > 79
        assert log.kinds[-1] == "completed"
    car.wake()
    await until(hass, noon, at(9, 0), QUARTER)
    assert car.charge_limit == 70
    assert not car.charge_schedules
    assert len(sent_commands(cloud)) < 40


async def test_an_unknown_level_refuses_to_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Neither the action nor the sending guesses one; both go on once it is known."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    with answered(cloud, "charge_state", battery_level=None):
        await until(hass, noon, at(0, 20), SECONDS)
        assert (await session(hass))["waits_for"] == "unknown_level"
        assert not sent_commands(cloud)
    await until(hass, noon, at(0, 25), SECONDS)
    assert log.kinds == ["scheduled", "sent"]


async def test_a_schedule_has_the_real_place_of_home(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Without a place of its own the car is not taken to be at home."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    await tick(hass, noon, SECONDS)
    await until(hass, noon, at(0, 21), SECONDS)
    [schedule] = the_car(cloud).charge_schedules.values()
    assert abs(schedule.latitude - HOME.latitude) < 1e-4
    assert abs(schedule.longitude - HOME.longitude) < 1e-4
    assert log.kinds == ["scheduled", "sent"]


async def test_a_car_in_service_is_waited_for(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is sent and nobody is woken while it is in the workshop."""
    _, log = await with_session(hass, cloud, noon)
    row = {**the_car(cloud).summary(), "in_service": True}
    body = {"response": [row], "pagination": {"next": None}, "count": 1}
    fault = cloud.faults.add(Fault(path="/api/1/vehicles", body=body))
    await until(hass, noon, SENDING, QUARTER)
    await until(hass, noon, at(1, 5), MINUTE)
    assert wakes(cloud) == 0
    assert (await session(hass))["waits_for"] == "unreachable"
    cloud.faults.remove(fault)
    await until(hass, noon, at(2, 30), MINUTE)
    assert log.kinds[:2] == ["scheduled", "sent"]


async def test_two_cycles_of_one_car_do_not_cross(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Sent by hand and by the timer in the same moment, it is sent once."""
    _, log = await with_session(hass, cloud, noon)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    hass.async_create_task(special(hass, "send_special_charging", session_id=SESSION))
    await until(hass, noon, at(0, 20), QUARTER)
    assert log.kinds == ["scheduled", "sent"]
    assert sent_commands(cloud) == ["add_charge_schedule", "set_charge_limit"]


@pytest.mark.slow
async def test_a_car_that_is_full_enough_by_then_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its owner charged it meanwhile: nothing is sent, and the session is kept."""
    _, log = await with_session(hass, cloud, noon, target=60)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    the_car(cloud).charge_start()
    await until(hass, noon, at(6, 59), MINUTE)
    assert log.kinds == ["scheduled"]
    await until(hass, noon, at(7, 1), MINUTE)
    assert log.kinds == ["scheduled", "completed"]
    assert not sent_commands(cloud)
    assert (await session(hass))["state"] == "completed"


async def test_re_planned_when_the_car_was_driven(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What the Scout sees before the plan is sent makes it anew."""
    await home_and_awake(hass, cloud, noon)
    await special(
        hass, "add_special_charging", ready_by="2025-08-07 07:00:00", target=80
    )
    before = await session(hass)
    car = the_car(cloud)
    car.drive(30, HOME, timedelta(minutes=5))
    await until(hass, noon, at(23, 10), MINUTE)
    await scout_now(hass)
    await tick(hass, noon, SECONDS)
    after = await session(hass)
    assert after["plan"]["energy"] > before["plan"]["energy"] + 3
    assert after["send_at"] < before["send_at"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_at_tesla_is_waited_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, status: int
) -> None:
    """The plan is sent once Tesla answers again, and the pause it asks for is kept."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    headers = {"Retry-After": "120"} if status == 429 else {}
    cloud.faults.add(Fault(path=READ, status=status, times=1, headers=headers))
    before = reads(cloud)
    await until(hass, noon, at(0, 19, 50), SECONDS)
    assert log.kinds == ["scheduled"]
    assert reads(cloud) == before + 1
    await until(hass, noon, at(0, 24), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    assert state_of(hass, "sensor", "special_charging") == "active"


@pytest.mark.slow
async def test_a_pause_that_outlasts_the_start_is_told_before_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla names a day, twice: a person has five hours left to plug in elsewhere."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING - MINUTE, QUARTER)
    day = {"Retry-After": "86400", "RateLimit-Reset": "86400"}
    cloud.faults.add(Fault(path="*/vehicles/*", status=429, headers=day))
    await until(hass, noon, at(2, 18), MINUTE)
    assert log.kinds == ["scheduled", "falling_behind"]
    await until(hass, noon, at(6, 50), QUARTER)
    assert log.kinds == ["scheduled", "falling_behind", "missed"]
    assert issues(hass) == ["special_charging_missed"]


@pytest.mark.slow
async def test_wakes_that_tesla_does_not_take_are_tried_until_it_does(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """503 for ten minutes as the plan is sent: the wake that it takes is the first."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING - MINUTE, QUARTER)
    refused = cloud.faults.add(Fault(path="*/wake_up", status=503))
    await until(hass, noon, at(0, 28), MINUTE)
    cloud.faults.remove(refused)
    assert log.kinds == ["scheduled"]
    taken = wakes(cloud)
    await until(hass, noon, at(2, 0), MINUTE)
    assert log.kinds == ["scheduled", "sent"]
    assert taken <= 6
    assert wakes(cloud) == taken + 1


async def test_a_wake_that_meets_a_disabled_account_stops_what_costs(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The dearest call of all is not repeated all night, and a person is told why."""
    await with_session(hass, cloud, noon)
    refused = cloud.faults.add(
        Fault(
            path="*/wake_up",
            status=403,
            body={"error": "account disabled: EXCEEDED_LIMIT"},
        )
    )
    await until(hass, noon, at(0, 18), QUARTER)
    await until(hass, noon, at(2, 0))
    assert wakes(cloud) == 1
    assert "over_budget" in issues(hass)
    cloud.faults.remove(refused)
    the_car(cloud).wake()
    await until(hass, noon, at(2, 5))
    assert sent_commands(cloud) == []
    await scout_now(hass)
    assert "over_budget" not in issues(hass)
    await until(hass, noon, at(3, 30))
    assert "add_charge_schedule" in sent_commands(cloud)
