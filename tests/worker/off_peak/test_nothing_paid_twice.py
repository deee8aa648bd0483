"""What must never be paid twice: reads, commands and wakes, whoever asks how often."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import the_car, tick
from ...scout_helpers import answered, reads, reload, wakes, with_car
from .off_peak_helpers import (
    ASLEEP,
    G13,
    MINUTE,
    PLUGGED,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    by_prices,
    cheap_at,
    choose,
    clock,
    commands,
    cycle,
    day_prices,
    held,
    in_earnest,
    moving_on,
    number,
    publish,
    status,
    switch,
    troubles,
    until,
    windows,
)

pytestmark = pytest.mark.slow


async def test_a_car_that_does_not_tell_its_schedules_is_not_asked_for_ever(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Before firmware 2024.26 it never does: told as a repair, asked a few times a day."""
    with answered(cloud, "charge_schedule_data", charge_schedules=None):
        with moving_on(cloud, noon):
            await in_earnest(hass, cloud)
        assert reads(cloud) <= 4
        await until(hass, noon, clock("2026-11-24 12:30"), MINUTE)
        assert status(hass) == "failed"
        [trouble] = troubles(hass)
        assert trouble.translation_placeholders is not None
        assert (
            trouble.translation_placeholders["reason"]
            == "the car does not report its schedules"
        )
        before = reads(cloud)
        await until(hass, noon, clock("2026-11-25 12:00"), QUARTER)
        # Those of the Scout, about one an hour, and no more than five of the Worker.
        assert reads(cloud) - before <= 30
        assert commands(cloud) == 0
    await until(hass, noon, clock("2026-11-25 19:00"), QUARTER)
    assert len(held(cloud)) == 1
    assert not troubles(hass)


@with_car(ASLEEP)
async def test_a_wake_that_came_to_nothing_is_not_repeated(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A garage without signal: each minute an automation asks, and the hours move on."""
    publish(hass, day_prices(TUESDAY, cheap_at(22, 23)))
    await by_prices(hass, cloud, guard=False)
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert the_car(cloud).state == "asleep"
    the_car(cloud).set_signal(False)
    hours = cheap_at(1, 2, 3)
    publish(hass, day_prices(TUESDAY, hours), day_prices(WEDNESDAY, hours))
    await until(hass, noon, clock("2026-11-24 21:55"), QUARTER)
    for _ in range(120):
        await cycle(hass)
        await tick(hass, noon, MINUTE)
    assert wakes(cloud) == 1


@with_car(ASLEEP)
async def test_a_wake_that_tesla_did_not_take_is_tried_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A server error an hour before the window is no reason to miss the night."""
    entry = await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    await choose(hass, entry, price_source="g13")
    cloud.faults.add(Fault(path="*/wake_up", status=503, times=1))
    await until(hass, noon, clock("2026-11-24 19:50"), QUARTER)
    await until(hass, noon, clock("2026-11-24 20:10"), timedelta(seconds=20))
    assert held(cloud) == [G13]
    assert wakes(cloud) == 2


@with_car(ASLEEP)
async def test_a_restart_while_the_car_wakes_does_not_lose_the_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It was asked, and slept again while Home Assistant was away: it is asked again."""
    entry = await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    await choose(hass, entry, price_source="g13")
    await until(hass, noon, clock("2026-11-24 19:50"), QUARTER)
    await until(hass, noon, clock("2026-11-24 20:00:02"), timedelta(seconds=2))
    assert wakes(cloud) == 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    noon.tick(90 * MINUTE)
    assert the_car(cloud).state == "asleep"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-24 21:40"), timedelta(seconds=20))
    assert wakes(cloud) == 2
    assert held(cloud) == [G13]


@with_car(ASLEEP)
async def test_a_restart_after_the_windows_does_not_wake_the_car_to_find_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant was away while the car charged: what was planned is believed."""
    cheap = cheap_at(1, 2, 3, cheap=0.2)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    assert windows(cloud) == [("01:16", "04:00")]
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert await hass.config_entries.async_unload(entry.entry_id)
    noon.move_to(clock("2026-11-25 05:00"))
    assert the_car(cloud).state == "asleep"
    assert round(the_car(cloud).battery_level) == 80
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-25 07:00"), MINUTE)
    assert wakes(cloud) == 0
    assert commands(cloud) == 2


@with_car(PLUGGED)
async def test_an_automation_that_runs_a_cycle_each_minute_costs_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Also while the car charges: no read of its own, and no command."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    sent = commands(cloud)
    await until(hass, noon, clock("2026-11-25 02:30"), QUARTER)
    before = reads(cloud)
    for _ in range(120):
        await cycle(hass)
        await tick(hass, noon, MINUTE)
    assert commands(cloud) == sent
    # The Scout follows a charge every quarter of an hour or so.
    assert reads(cloud) - before <= 12


async def test_an_automation_does_not_repeat_what_the_car_refused(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each refusal is billed; four an hour are plenty for a person who waits."""
    no = {"response": {"result": False, "reason": "schedules_full"}}
    cloud.faults.add(Fault(path="*/add_charge_schedule", status=200, body=no))
    await in_earnest(hass, cloud)
    for _ in range(60):
        await tick(hass, noon, MINUTE)
        await cycle(hass)
        await number(hass, "safety_floor", 20)
    assert status(hass) == "failed"
    assert commands(cloud) <= 7


async def test_teslas_pause_holds_for_an_automation_too(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A 429 is billed; neither an action nor a setting goes before its time."""
    cloud.faults.add(
        Fault(path="*/command/*", status=429, headers={"Retry-After": "1800"}, times=1)
    )
    await in_earnest(hass, cloud)
    assert commands(cloud) == 1
    for value in range(10, 35):
        await tick(hass, noon, MINUTE)
        await cycle(hass)
        await number(hass, "safety_floor", value)
    assert commands(cloud) == 1
    await until(hass, noon, clock("2026-11-24 12:32"), MINUTE)
    assert len(held(cloud)) == 1


@with_car(PLUGGED)
async def test_a_price_that_wavers_is_not_worth_a_command(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Some sources tell other forecasts every five minutes: two nights of equal worth."""
    one, other = cheap_at(1, 2, 3), cheap_at(4, 5)
    await hass.config.async_update(currency="PLN")

    def price(first: float, second: float) -> None:
        """Have the early and the late hours cost a little more or less."""
        publish(
            hass,
            day_prices(TUESDAY, cheap_at()),
            day_prices(
                WEDNESDAY,
                lambda hour: (
                    first if one(hour) < 1 else second if other(hour) < 1 else 1
                ),
            ),
        )

    price(0.2, 0.201)
    await by_prices(hass, cloud)
    sent = commands(cloud)
    for turn in range(24):
        price(*((0.2, 0.2005) if turn % 2 else (0.2005, 0.2)))
        await tick(hass, noon, 5 * MINUTE)
    assert commands(cloud) == sent
    price(0.2, 0.1)
    await tick(hass, noon, 5 * MINUTE)
    assert commands(cloud) > sent


async def test_prices_are_not_asked_for_each_minute(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Whoever asks for a plan each minute does not burden the source of the prices."""
    asked = 0

    async def answer(_call: ServiceCall) -> ServiceResponse:
        """Count, and tell nothing."""
        nonlocal asked
        asked += 1
        return {"prices": {}}

    hass.services.async_register(
        "tibber", "get_prices", answer, supports_response=SupportsResponse.ONLY
    )
    await in_earnest(hass, cloud, price_source="tibber")
    before = asked
    for _ in range(14):
        await tick(hass, noon, MINUTE)
        await cycle(hass)
    # At 12:04 and in between: today and tomorrow, each time.
    assert asked - before <= 8


@with_car(ASLEEP)
@pytest.mark.parametrize("step", [0, 1])
async def test_a_setting_does_not_wake_the_car_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, step: int
) -> None:
    """An automation may write a number each minute, the same or another one."""
    entry = await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    the_car(cloud).set_signal(False)
    await choose(hass, entry, price_source="g13")
    await until(hass, noon, clock("2026-11-24 19:55"), QUARTER)
    for turn in range(30):
        await number(hass, "safety_floor", 5 + turn * step)
        await switch(hass, "off_peak_sync", True)
        await tick(hass, noon, MINUTE)
    assert wakes(cloud) == 1
    assert status(hass) == "pending"


@with_car(PLUGGED)
async def test_a_restart_while_the_prices_are_away_costs_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """T33 for a schedule helper that is set up after us: no guard, no command."""
    entry = await in_earnest(hass, cloud)
    sent = commands(cloud)
    await choose(hass, entry, price_source="schedule", schedule="schedule.late")
    await reload(hass, entry)
    assert commands(cloud) == sent
    assert status(hass) == "no_prices"
