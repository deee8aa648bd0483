"""Runs the planner without blocking the event loop."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant

# A plan for a night takes a few milliseconds, one for days up to fifty.
LONG: Final = timedelta(hours=30)


async def async_run_planner[T](
    hass: HomeAssistant, span: timedelta, plan: Callable[[], T]
) -> T:
    """Return what a pure planning function returns; a long span goes to a thread."""
    if span <= LONG:
        return plan()
    return await hass.async_add_executor_job(plan)
