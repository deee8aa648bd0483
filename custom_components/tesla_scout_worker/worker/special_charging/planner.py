"""What a promise is planned by: the user's options, and what energy costs."""

from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ...charging.options import ChargingOptions
from ...charging.planning.model import ChargePlan
from ...charging.sessions.session_plan import plan_session
from ..price_sources import KEPT, EnergySource


class SessionPlanner:
    """Plans promises by the source of prices that ordinary charging has, too."""

    def __init__(self, options: ChargingOptions, energy: EnergySource) -> None:
        """Bind the options and the source."""
        self._options = options
        self._energy = energy

    async def async_refresh(self) -> None:
        """Learn the prices that were published meanwhile, unless that was done just now."""
        await self._energy.async_refresh()

    @callback
    def async_listen(self, heard: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Have new prices told; call what is returned to end it."""
        return self._energy.async_listen(heard)

    def plan(
        self, level: float, target: int, ready_by: datetime, now: datetime
    ) -> ChargePlan:
        """Return the plan for a need; level and target in percent, times in UTC."""
        return plan_session(
            self._options.goal(level, target, ready_by, now),
            self._energy.curve(now - KEPT, ready_by),
            self._energy.guesses,
            self._options.peak_curve(now, ready_by, dt_util.get_default_time_zone()),
            now,
        )
