"""Undoing: the limit is the owner's, restored once, and only then is it over."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import HOME, WORK, count, state_of, the_car
from ...scout_helpers import reads, wakes
from .session_helpers import (
    MINUTE,
    QUARTER,
    SECONDS,
    at,
    happened,
    sent,
    sent_commands,
    session_timers,
    special,
    until,
    with_session,
)

LIMIT = "*/command/set_charge_limit"
SESSION = "special_1_20250807_0700"
UNDONE = at(6, 33)


def limits(cloud: Cloud) -> list[str]:
    """Return every change of the car's limit, in order."""
    return [event.detail for event in happened(cloud, "limit_set")]


async def sessions(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return all sessions as the list has them."""
    listed: list[dict[str, Any]] = (await special(hass, "list_special_charging"))[
        "sessions"
    ]
    return listed


@pytest.mark.slow
async def test_a_limit_is_restored_though_the_car_lists_no_schedules(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit is judged by itself, and what the owner sets afterwards is the owner's."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 0), QUARTER)
    car = the_car(cloud)
    true_data = car.vehicle_data

    def without_list(endpoints: frozenset[str] | None) -> dict[str, Any]:
        """Return the payload of a car whose list cannot be read."""
        return {**true_data(endpoints), "charge_schedule_data": None}

    monkeypatch.setattr(car, "vehicle_data", without_list)
    await until(hass, noon, UNDONE, MINUTE)
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert log.kinds[-1] == "completed"
    car.set_limit_by_owner(80)
    await until(hass, noon, at(9, 0), QUARTER)
    assert car.charge_limit == 80


async def test_the_limit_is_restored_to_the_end(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """From the raise to the restore, with one wake for each, and no schedule left."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, UNDONE, SECONDS)
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert not the_car(cloud).charge_schedules
    assert wakes(cloud) == 2
    assert log.kinds[-1] == "completed"


@pytest.mark.slow
async def test_completed_only_after_the_limit_was_read_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A restore that the car accepts and does not do is tried again."""
    _, log = await sent(hass, cloud, noon)
    yes = {"response": {"result": True, "reason": ""}}
    fault = cloud.faults.add(Fault(path=LIMIT, status=200, body=yes))
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, at(6, 40), MINUTE)
    assert state_of(hass, "sensor", "special_charging") == "restoring"
    assert "completed" not in log.kinds
    cloud.faults.remove(fault)
    the_car(cloud).wake()
    await until(hass, noon, at(9, 0), MINUTE)
    assert log.kinds[-1] == "completed"
    assert limits(cloud) == ["80 by command", "70 by command"]


async def test_the_owners_own_limit_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Changed during the session, it is neither raised again nor restored."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(4, 0), QUARTER)
    the_car(cloud).set_limit_by_owner(90)
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, UNDONE, SECONDS)
    assert limits(cloud) == ["80 by command", "90 by owner"]
    assert log.kinds[-1] == "completed"


@pytest.mark.all_entities
async def test_a_restore_waits_for_a_car_that_cannot_be_reached(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It is shown meanwhile, done once when the car is back, and blocks nothing."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 10), QUARTER)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(8, 0), MINUTE)
    assert state_of(hass, "sensor", "special_charging") == "restoring"
    assert state_of(hass, "binary_sensor", "special_charging_active") == "off"
    assert wakes(cloud) == 2
    the_car(cloud).set_signal(True)
    the_car(cloud).wake()
    await until(hass, noon, at(8, 20), MINUTE)
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert log.kinds[-1] == "completed"
    assert state_of(hass, "sensor", "special_charging") == "idle"


@pytest.mark.fixed_rhythm
async def test_a_car_with_something_to_undo_is_found_awake_in_the_fixed_rhythm_too(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It was polled once an hour in the night, and a car is awake for minutes only."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 10), QUARTER)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(6, 45), MINUTE)
    assert state_of(hass, "sensor", "special_charging") == "restoring"
    before, looks = reads(cloud), count(cloud, "free")
    await until(hass, noon, at(7, 15), MINUTE)
    assert looks + 5 <= count(cloud, "free") <= looks + 7
    assert reads(cloud) == before

    the_car(cloud).set_signal(True)
    the_car(cloud).wake()
    await until(hass, noon, at(7, 22), MINUTE)
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert log.kinds[-1] == "completed"
    looks = count(cloud, "free")
    await until(hass, noon, at(7, 35), MINUTE)
    assert count(cloud, "free") <= looks + 2


@pytest.mark.all_entities
async def test_an_ordinary_plan_is_for_the_owners_own_limit(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Not for the one that a session raised, for as long as it is not restored."""
    await sent(hass, cloud, noon)
    assert state_of(hass, "sensor", "charge_limit") == "80"
    assert state_of(hass, "number", "target_level") == "70"
    await until(hass, noon, at(6, 10), QUARTER)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(7, 0), QUARTER)
    assert state_of(hass, "sensor", "special_charging") == "restoring"
    assert (await special(hass, "plan_charging"))["target"] == 70


@pytest.mark.slow
async def test_a_limit_is_restored_where_the_car_is(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A limit is bound to no place; the schedules wait until the car is at home."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 10), QUARTER)
    car = the_car(cloud)
    car.drive(20, WORK, timedelta(minutes=25))
    await until(hass, noon, at(7, 30), MINUTE)
    assert state_of(hass, "sensor", "special_charging") == "restoring"
    assert car.charge_limit == 70
    car.drive(20, HOME, timedelta(minutes=25))
    await until(hass, noon, at(8, 31), MINUTE)
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert not car.charge_schedules
    assert log.kinds[-1] == "completed"


@pytest.mark.slow
async def test_a_charge_on_the_way_is_not_cut_short(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The limit is restored once the car no longer charges, few reads later."""
    await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 10), QUARTER)
    car = the_car(cloud)
    car.drive(100, WORK, timedelta(minutes=10))
    await until(hass, noon, at(6, 22), MINUTE)
    car.plug_in()
    car.charge_start()
    before = reads(cloud)
    await until(hass, noon, at(7, 30), MINUTE)
    assert car.charge_limit == 80
    assert reads(cloud) - before <= 8
    car.charge_stop()
    car.unplug()
    await until(hass, noon, at(7, 50), MINUTE)
    assert car.charge_limit == 70


async def test_two_sessions_share_one_original(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The first one over leaves the limit to the second, which restores the owner's."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(5, 0), QUARTER)
    second = await special(
        hass, "add_special_charging", ready_by="2025-08-07 15:00:00", target=90
    )
    await special(hass, "send_special_charging", session_id=second["session_id"])
    assert limits(cloud) == ["80 by command", "90 by command"]
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, UNDONE, SECONDS)
    # No limit is at stake, so the car is not woken; it is seen when it wakes.
    await until(hass, noon, at(6, 58), QUARTER)
    the_car(cloud).wake()
    await until(hass, noon, at(7, 20), MINUTE)
    assert [item["state"] for item in await sessions(hass)] == ["completed", "active"]
    assert the_car(cloud).charge_limit == 90
    assert len(the_car(cloud).charge_schedules) == 1
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    await special(hass, "cancel_special_charging", session_id=second["session_id"])
    assert limits(cloud) == ["80 by command", "90 by command", "70 by command"]
    assert log.kinds[-1] == "cancelled"


async def test_a_cancelled_session_is_undone_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What was sent is taken out, and the limit is restored."""
    _, log = await sent(hass, cloud, noon)
    answer = await special(hass, "cancel_special_charging", session_id=SESSION)
    assert answer["state"] == "cancelled"
    assert limits(cloud) == ["80 by command", "70 by command"]
    assert not the_car(cloud).charge_schedules
    assert log.kinds == ["scheduled", "sent", "cancelled"]
    with pytest.raises(ServiceValidationError, match="is over"):
        await special(hass, "cancel_special_charging", session_id=SESSION)


async def test_a_session_that_was_not_sent_is_cancelled_without_a_call(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is in the car, so nobody is asked."""
    entry, log = await with_session(hass, cloud, noon)
    before = len(cloud.requests)
    await special(hass, "cancel_special_charging", session_id=SESSION)
    assert len(cloud.requests) == before
    assert session_timers(entry) == {}
    assert log.kinds == ["scheduled", "cancelled"]


async def test_removing_what_is_gone_already_is_success(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The owner took the schedule out; cancelling does not stumble over that."""
    await sent(hass, cloud, noon)
    car = the_car(cloud)
    for schedule_id in car.charge_schedules:
        car.remove_charge_schedule(schedule_id)
    answer = await special(hass, "cancel_special_charging", session_id=SESSION)
    assert answer["state"] == "cancelled"
    assert sent_commands(cloud)[2:] == ["set_charge_limit", "remove_charge_schedule"]
    assert the_car(cloud).charge_limit == 70


async def test_only_our_own_schedule_is_removed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Principle 4: the owner's own schedule stays as it was."""
    await with_session(hass, cloud, noon)
    car = the_car(cloud)
    car.wake()
    noon.tick(timedelta(seconds=40))
    await special(hass, "send_special_charging", session_id=SESSION)
    ours = next(iter(car.charge_schedules.values()))
    theirs = type(ours)(**{**ours.__dict__, "id": 7, "one_time": False})
    car.add_charge_schedule(theirs)
    answer = await special(hass, "finish_special_charging", session_id=SESSION)
    assert answer["state"] == "completed"
    assert list(car.charge_schedules) == [7]


@pytest.mark.all_entities
async def test_the_block_spans_send_to_cleanup(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Not a minute longer, whatever becomes of the session."""
    entry, _ = await with_session(hass, cloud, noon)
    repository = entry.runtime_data.worker.repository
    vin = next(iter(cloud.cars))

    def blocked() -> bool:
        return state_of(hass, "binary_sensor", "special_charging_active") == "on"

    await until(hass, noon, at(0, 18, 50), QUARTER)
    assert not blocked()
    await until(hass, noon, at(0, 20), SECONDS)
    assert blocked()
    assert repository.record(vin).sessions.blocked_until(at(0, 20)) == at(6, 30)
    await until(hass, noon, at(6, 20), QUARTER)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(6, 31), MINUTE)
    assert not blocked()


async def test_a_limit_that_cannot_be_restored_is_shown(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A person must act, with the limit by name; it goes away when it is solved."""
    _, log = await sent(hass, cloud, noon)
    no = {"response": {"result": False, "reason": "could_not_set"}}
    fault = cloud.faults.add(Fault(path=LIMIT, status=200, body=no))
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, at(6, 40), SECONDS)
    registry = ir.async_get(hass)
    [issue] = [
        each_issue
        for each_issue in registry.issues.values()
        if each_issue.translation_key == "charge_limit_not_restored"
    ]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["limit"] == "70"
    assert issue.translation_placeholders["reason"] == "could not set"
    cloud.faults.remove(fault)
    the_car(cloud).wake()
    await until(hass, noon, at(9, 0), MINUTE)
    assert log.kinds[-1] == "completed"
    assert the_car(cloud).charge_limit == 70
    # Only a plan is offered: the car is in shadow mode.
    assert {
        each_issue.translation_key
        for each_issue in registry.issues.values()
        if each_issue.active
    } <= {"shadow_mode"}
