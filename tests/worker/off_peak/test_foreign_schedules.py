"""The owner's schedules, and those of other programs, beside a plan by prices."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.cloud import Cloud

from ...common import the_car
from ...scout_helpers import scout_now
from .off_peak_helpers import (
    OWNERS,
    TUESDAY,
    WEDNESDAY,
    by_prices,
    cheap_at,
    day_prices,
    publish,
    status,
    windows,
)

EVENING = replace(OWNERS, days_of_week=127, start_time=1080, end_enabled=False)


def named(hass: HomeAssistant) -> list[str]:
    """Return the times of the schedules that a repair names."""
    return [
        issue.translation_placeholders["reason"]
        for issue in ir.async_get(hass).issues.values()
        if issue.active
        and issue.translation_key == "foreign_schedule"
        and issue.translation_placeholders is not None
    ]


async def test_a_schedule_of_the_owner_that_defeats_the_plan_is_named(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It charges in the dear evening; it is told, never changed, and told no more."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    car = the_car(cloud)
    car.add_charge_schedule(EVENING)
    await by_prices(hass, cloud)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ("02:16", "05:00") in windows(cloud)
    assert status(hass) == "in_car"
    assert named(hass) == ["18:00"]
    kept = car.charge_schedules[5]
    assert (kept.start_time, kept.end_enabled, kept.enabled) == (1080, False, True)
    car.remove_charge_schedule(5)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert named(hass) == []


async def test_a_schedule_within_the_plan_is_not_named(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It charges when the car should charge anyway."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    night = replace(OWNERS, days_of_week=127, start_time=180, end_time=240)
    the_car(cloud).add_charge_schedule(night)
    await by_prices(hass, cloud)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert windows(cloud)
    assert named(hass) == []
