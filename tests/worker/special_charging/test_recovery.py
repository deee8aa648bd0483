"""A session after a fault: started late, undone at once, and the owner's limit kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from custom_components.tesla_scout_worker.storage.account_file import (
    AccountFile,
    NotSavedError,
)
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import the_car
from ...scout_helpers import READ, lists, payload, scout_now, with_car
from ..off_peak.off_peak_helpers import moving_on
from .restart_helpers import RestartedNight
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    WARSAW,
    add,
    at,
    sent,
    session,
    session_timers,
    special,
    until,
    with_session,
)

pytestmark = pytest.mark.slow

START = "*/command/charge_start"
LIMIT = "*/command/set_charge_limit"
SESSION = "special_1_20250807_0700"
AWAKE = replace(LOW_CAR, sentry=True)


# A start that fails.


def starts(cloud: Cloud) -> list[datetime]:
    """Return when a start was commanded, in order."""
    return [
        request.at
        for request in cloud.requests
        if request.path.endswith("/charge_start")
    ]


def reads_between(cloud: Cloud, since: datetime, until: datetime) -> int:
    """Return how many reads were answered between two instants."""
    return sum(
        request.path.endswith("/vehicle_data")
        and request.status == 200
        and since < request.at <= until
        for request in cloud.requests
    )


async def idle_in_its_window(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Send a session, and have its charge end right after its window has begun."""
    await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 20), QUARTER)
    the_car(cloud).charge_stop()


@pytest.mark.parametrize(
    "car_settings", [AWAKE, LOW_CAR], ids=["awake", "asleep by then"]
)
async def test_a_start_that_tesla_did_not_take_is_tried_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A server error at 02:29 is no reason to leave with an empty battery."""
    cloud.faults.add(Fault(path=START, status=503, times=1))
    await idle_in_its_window(hass, cloud, noon)
    await until(hass, noon, at(2, 35), MINUTE)
    assert len(starts(cloud)) == 1
    assert the_car(cloud).charging_state == "Stopped"
    await until(hass, noon, at(2, 50), MINUTE)
    first, second = starts(cloud)
    assert second - first >= timedelta(minutes=15)
    assert reads_between(cloud, first, second)
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, at(7, 35), QUARTER)
    assert the_car(cloud).battery_level > 75
    assert the_car(cloud).charge_limit == 70


@with_car(AWAKE)
async def test_a_start_is_tried_until_its_window_is_over(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each quarter of an hour at the most, since each try is paid, and not after it."""
    cloud.faults.add(Fault(path=START, status=503))
    await idle_in_its_window(hass, cloud, noon)
    await until(hass, noon, at(9, 0), MINUTE)
    times = starts(cloud)
    assert len(times) >= 10
    assert times[-1] <= at(7, 0)
    for before, following in pairwise(times):
        assert following - before >= timedelta(minutes=15)
        assert reads_between(cloud, before, following)
    assert the_car(cloud).charge_limit == 70


@with_car(AWAKE)
async def test_a_start_that_the_car_refused_later_is_not_repeated(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """First a server error, then a no: that holds for the rest of the window."""
    no = {"response": {"result": False, "reason": "no_power"}}
    cloud.faults.add(Fault(path=START, status=503, times=1))
    cloud.faults.add(Fault(path=START, status=200, body=no))
    await idle_in_its_window(hass, cloud, noon)
    await until(hass, noon, at(7, 0), MINUTE)
    assert len(starts(cloud)) == 2


# A session that is not needed any more.


async def sent_in_part(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> ScoutConfigEntry:
    """Send a session whose last answer is lost: all is in the car, nothing confirmed."""
    entry, _ = await with_session(hass, cloud, noon)
    await until(hass, noon, at(0, 18), QUARTER)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    cloud.faults.add(Fault(path=LIMIT, tear="after", times=1))
    await special(hass, "send_special_charging", session_id=SESSION)
    assert (await session(hass))["state"] == "scheduled"
    assert len(the_car(cloud).charge_schedules) == 1
    assert the_car(cloud).charge_limit == 80
    return entry


async def charge_meanwhile(hass: HomeAssistant, cloud: Cloud) -> None:
    """Have the Scout read a level above the target."""
    body = payload(the_car(cloud), "charge_state", {"battery_level": 85})
    fault = cloud.faults.add(Fault(path=READ, body=body))
    await scout_now(hass)
    cloud.faults.remove(fault)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await session(hass))["state"] == "scheduled"


@with_car(AWAKE)
@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by its timer"])
async def test_a_session_in_part_is_undone_as_soon_as_it_is_not_needed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, by_hand: bool
) -> None:
    """The next try finds the target reached; the same cycle restores the car.

    The Scout has just read the level, so neither a read nor a poll triggers another one.
    """
    with moving_on(cloud, noon):
        entry = await sent_in_part(hass, cloud, noon)
        again_at = session_timers(entry)[f"{SESSION} send"]
        await until(hass, noon, again_at - 2 * SECONDS, SECONDS)
        await charge_meanwhile(hass, cloud)
        polls = lists(cloud)
        if by_hand:
            await special(hass, "send_special_charging", session_id=SESSION)
        else:
            await until(hass, noon, again_at + timedelta(seconds=1), SECONDS)
        assert lists(cloud) == polls
    assert (await session(hass))["state"] == "completed"
    assert not the_car(cloud).charge_schedules
    assert the_car(cloud).charge_limit == 70


# One session ends while the next one is sent.


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car whose owner's limit is 80 %."""
    return replace(LOW_CAR, charge_limit=80)


@pytest.fixture
async def handover(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    sparse_polls: None,
) -> RestartedNight:
    """Have a session charge to 90 %, and a next one ask for 95 %, out of reach.

    The first one is over, and the second one is due. The owner's limit is 80 %.
    """
    night = RestartedNight(hass, cloud, noon, hass_storage)
    await night.begin(target=90)
    await night.until(at(6, 10))
    assert night.limits() == ["90 by command"]
    night.car.set_signal(False)
    await add(hass, "2025-08-07 10:00:00", 95)
    await night.until(at(7, 45))
    assert await night.states() == ["restoring", "scheduled"]
    return night


@pytest.mark.parametrize("number", [4, 5, 6, 7])
async def test_a_crash_between_two_sessions_keeps_the_owners_limit(
    handover: RestartedNight, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The file of each moment knows the limit that the second one must restore.

    The writes 4 to 6 end the first session before anything of the second one is sent.
    """
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
    handover.car.set_signal(True)
    handover.car.wake()
    cut = await handover.until_it_hangs(at(8, 0), lambda: written >= number)
    died.set()
    assert cut
    await handover.down(
        datetime.now(WARSAW) + timedelta(minutes=2, seconds=5), killed=True
    )
    await handover.until(at(9, 0))
    assert handover.limits() == ["90 by command", "95 by command"]
    await handover.until(at(11, 0))
    handover.car.wake()
    await handover.until(at(11, 30))
    assert await handover.states() == ["completed", "completed"]
    assert handover.limits()[-1] == "80 by command"
    handover.assert_as_before(original=80)
