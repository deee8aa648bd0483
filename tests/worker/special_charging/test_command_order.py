"""The order of commands: no moment between two lets the car charge when it should not.

The simulated car takes two seconds for each command. Plugged in, below its limit and
without a schedule it starts to charge in between, as a real car does.
"""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import HomeAssistant
from simulator.car_rules import ChargeCause
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import the_car
from .session_helpers import (
    MINUTE,
    MORNING,
    QUARTER,
    add,
    at,
    home_and_awake,
    sent,
    until,
)


def charged_at_once(cloud: Cloud) -> timedelta:
    """Return how long the car charged with no schedule to say so."""
    return sum(
        (
            interval.end - interval.start
            for interval in the_car(cloud).charge_intervals
            if interval.cause is ChargeCause.AT_ONCE and interval.end is not None
        ),
        timedelta(0),
    )


async def test_sending_a_session_never_charges_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The schedule is added before the limit is raised."""
    await sent(hass, cloud, noon)
    assert the_car(cloud).charge_limit == 80
    assert charged_at_once(cloud) == timedelta(0)


async def test_failed_schedule_does_not_charge_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A schedule that Tesla does not take for ten minutes leaves the car waiting."""
    await home_and_awake(hass, cloud, noon)
    cloud.faults.add(Fault(path="*/add_charge_schedule", status=503))
    await add(hass, MORNING)
    await until(hass, noon, at(0, 18), QUARTER)
    await until(hass, noon, at(0, 30), MINUTE)
    cloud.faults.clear()
    await until(hass, noon, at(7, 0), QUARTER)
    assert charged_at_once(cloud) == timedelta(0)
