"""A process that dies right before each request, and within each write, of a session.

What comes of it is the same as after a kill: the next start finds the file as it was.
The same points with a real process and a real signal are in ``test_kill.py``.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.storage.account_file import (
    AccountFile,
    NotSavedError,
)
from homeassistant.core import CoreState
from homeassistant.exceptions import HomeAssistantError
from simulator.faults import Fault

from ...common import count, state_of
from .restart_helpers import LAST_MINUTE, SESSION, RestartedNight, at
from .session_helpers import LOW_CAR, WARSAW, add, charges, special


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock just before the daily check."""
    freezer.move_to(LAST_MINUTE)
    return freezer


def assert_done_once(night: RestartedNight) -> None:
    """See that everything was done, and nothing twice."""
    assert night.limits() == ["80 by command", "70 by command"]
    assert len(night.record("schedule_added")) == 1
    assert len(charges(night.cloud)) == 1
    assert round(night.car.battery_level) == 80
    night.assert_as_before()


CAR = "*/vehicles/LRW*"

# The requests of sending and of undoing, in their order; how many of the path before.
REQUESTS = {
    "state": ("LRW3E7EK0RC000001", 0),
    "wake": ("wake_up", 0),
    "state after the wake": ("LRW3E7EK0RC000001", 1),
    "look": ("vehicle_data", 0),
    "limit": ("set_charge_limit", 0),
    "schedule": ("add_charge_schedule", 0),
    "read-back": ("vehicle_data", 1),
}
UNDO_REQUESTS = {
    key: (path, skipped)
    for key, (path, skipped) in REQUESTS.items()
    if key != "schedule"
}


# Where something is in the car or on the wire, a long downtime matters too.
SOON, LATER = 2, 50
# One of each kind by default: nothing in the car yet, half of it, all but the proof.
TELLING = {
    ("send", "wake", SOON),
    ("send", "limit", SOON),
    ("send", "schedule", SOON),
    ("send", "read-back", LATER),
    ("undo", "limit", SOON),
    ("undo", "read-back", LATER),
}
MOMENTS = [
    pytest.param(
        begins,
        *request,
        downtime,
        id=f"{step}, before the {key}, {downtime}",
        marks=[] if (step, key, downtime) in TELLING else pytest.mark.slow,
    )
    for step, begins, requests in (
        ("send", at(0, 18), REQUESTS),
        ("undo", at(6, 29), UNDO_REQUESTS),
    )
    for key, request in requests.items()
    for downtime in (SOON, LATER)
    if downtime == SOON or key in ("wake", "limit", "schedule", "read-back")
]


@pytest.mark.parametrize(("begins", "path", "skipped", "downtime"), MOMENTS)
async def test_a_crash_before_each_request(
    night: RestartedNight, begins: datetime, path: str, skipped: int, downtime: int
) -> None:
    """Nothing twice, nothing forgotten, and the owner's limit is kept."""
    await night.until(begins)
    wakes = count(night.cloud, "wake")
    fault = Fault(path=f"*/{path}", hang=True, after=skipped, times=1)
    night.cloud.faults.add(fault)
    cut = await night.until_it_hangs(
        begins + timedelta(minutes=5), lambda: not night.cloud.faults.active
    )
    assert cut
    await night.down(
        datetime.now(WARSAW) + timedelta(minutes=downtime, seconds=5), killed=True
    )
    await night.until(at(9, 30))
    sending = begins < at(6, 0)
    if not sending and await night.states() == ["restoring"]:
        # For the limit's sake it is not woken twice, so this waits for its owner.
        assert night.car.state != "online"
        assert state_of(night.hass, "sensor", "special_charging") == "restoring"
        night.car.wake()
        await night.until(at(10, 0))
    assert await night.states() == ["completed"]
    assert_done_once(night)
    # One that was on the wire may have to be repeated to send, and never to undo.
    again = sending and (downtime > 15 or path == "wake_up")
    assert count(night.cloud, "wake") - wakes <= (2 if sending else 1) + again


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=[] if number % 3 == 1 else pytest.mark.slow)
        for number in range(1, 13)
    ],
)
async def test_a_crash_within_each_write(
    night: RestartedNight, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not on the disk yet has not come about, and is done after the restart."""
    written = 0
    died = asyncio.Event()
    write = AccountFile.async_write

    async def dying(self: AccountFile, contents: Mapping[str, Any]) -> None:
        """Never finish the write of a certain number."""
        nonlocal written
        written += 1
        if written >= number and not died.is_set():
            await died.wait()
            raise NotSavedError
        await write(self, contents)

    monkeypatch.setattr(AccountFile, "async_write", dying)
    cut = await night.until_it_hangs(at(8, 0), lambda: written >= number)
    died.set()
    if cut:
        back = datetime.now(WARSAW) + timedelta(minutes=2)
        await night.down(back, killed=True)
    else:
        pytest.fail(f"There are but {written} writes")
    await night.until(at(9, 30))
    assert await night.states() == ["completed"]
    assert_done_once(night)


async def test_a_crash_before_a_second_raise_keeps_the_original(
    night: RestartedNight,
) -> None:
    """Two sessions share one original, also if the second raise is cut off.

    The file says 95 % then, the car still 80 %, and its owner's limit is 70 %.
    """
    await night.until(at(0, 40))
    assert night.limits() == ["80 by command"]
    # Near enough to be sent at once, while the first one is under way.
    await night.until(at(6, 5))
    night.cloud.faults.add(Fault(path="*/set_charge_limit", hang=True, times=1))
    second = await add(night.hass, "2025-08-07 13:00:00", 95)
    going = asyncio.ensure_future(
        special(night.hass, "send_special_charging", session_id=second["session_id"])
    )
    while not going.done() and night.cloud.faults.active:
        await asyncio.sleep(0)
    assert not going.done()
    assert night.hold is not None
    assert night.hold["original"] == 70
    going.cancel()
    await night.down(at(6, 8), killed=True)
    await night.until(at(14, 0))
    assert await night.states() == ["completed", "completed"]
    assert night.limits()[-1] == "70 by command"
    night.assert_as_before()


async def test_nothing_is_begun_while_home_assistant_stops(
    night: RestartedNight,
) -> None:
    """What could not be written down any more does not happen; the next start does it.

    While it stops, Home Assistant writes at the very end only, and who pulls the plug
    before that would leave a limit raised that nobody knows of.
    """
    await night.until(at(23, 30))
    requests = len(night.commands)
    night.hass.set_state(CoreState.stopping)
    with pytest.raises(HomeAssistantError) as raised:
        await special(night.hass, "send_special_charging", session_id=SESSION)
    assert raised.value.translation_key == "stopping"
    night.entry.runtime_data.coordinator.async_update_listeners()
    await night.hass.async_block_till_done(wait_background_tasks=True)
    assert len(night.commands) == requests
    night.hass.set_state(CoreState.running)
    await night.down(at(23, 50), killed=True)
    await night.until(at(9, 30))
    assert_done_once(night)


@pytest.mark.parametrize(
    "car_settings", [replace(LOW_CAR, charger_kw=9.0)], ids=["slow car"]
)
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "failed"])
async def test_a_longer_window_that_never_reached_the_car_is_sent_again(
    night: RestartedNight, *, killed: bool
) -> None:
    """A slow charge is given the buffer; if that fails the car must still get it."""
    await night.until(at(2, 28))
    [schedule] = night.car.charge_schedules.values()
    assert schedule.end_time == 6 * 60
    fault = Fault(
        path="*/add_charge_schedule",
        hang=killed,
        status=None if killed else 503,
        times=1,
    )
    night.cloud.faults.add(fault)
    if killed:
        hangs = await night.until_it_hangs(
            at(2, 35), lambda: not night.cloud.faults.active
        )
        assert hangs
        await night.down(at(2, 37), killed=True)
    await night.until(at(2, 45))
    assert not night.cloud.faults.active
    [schedule] = night.car.charge_schedules.values()
    assert 6 * 60 + 10 < schedule.end_time <= 7 * 60
    assert len(night.record("schedule_added")) == 2
    await night.until(at(10, 0))
    assert await night.states() == ["completed"]
    assert round(night.car.battery_level) == 80
    night.assert_as_before()
