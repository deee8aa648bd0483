"""The plans of one car's sessions, made anew until they begin."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.daily.sync_result import REPRICED, SyncTrigger
from ..charging.options import ChargingOptions
from ..charging.planning.model import ChargeGoal, ChargePlan, PlanReason
from ..charging.sessions.session import Session, SessionEventType
from ..charging.sessions.session_plan import better_plan, plan_now, plan_session
from ..charging.tariffs.outlook import Outlook
from ..coordinator import ScoutCoordinator
from ..gateways.models import Connectivity, VehicleSnapshot
from .notifier import SessionNotifier
from .planning import async_run_planner
from .price_sources import KEPT, EnergySource
from .repository import ChargingRepository

# There is less time than the target takes.
TARGET_SHORT: Final = PlanReason.TARGET_SHORT.value

# A session this soon after another is planned from the level of that one.
SAME_DAY: Final = timedelta(hours=12)

# Less time before the first window is too little to change the plan in the car.
MOVE_NOTICE: Final = timedelta(minutes=10)


class SessionPlans:
    """Plans the sessions of one car; the caller holds the car's lock."""

    def __init__(
        self,
        hass: HomeAssistant,
        vin: str,
        coordinator: ScoutCoordinator,
        repository: ChargingRepository,
        notifier: SessionNotifier,
        energy: EnergySource,
        options: ChargingOptions,
    ) -> None:
        """Bind the car, its record, the prices and the user's options."""
        self._hass = hass
        self._vin = vin
        self._scout = coordinator
        self._repository = repository
        self._notifier = notifier
        self._energy = energy
        self._user_options = options

    @property
    def options(self) -> ChargingOptions:
        """The user's options, with the battery of the car."""
        return self._user_options.of_record(self._repository.record(self._vin))

    async def async_plan(
        self,
        level: float | None,
        target: int,
        ready_by: datetime,
        now: datetime,
        *,
        at_once: bool = False,
        name: str | None = None,
    ) -> ChargePlan:
        """Return the plan for a request; level and target in percent, times in UTC.

        An unknown level counts as empty: the plan is then too early, and not too late.
        ``at_once`` is a plan from now on, at any price. ``name`` is the id of the
        session, if there is one already.
        """
        outlook = self._outlook(ready_by, now)
        if at_once:
            goal = self.options.goal(level or 0.0, target, ready_by, now)
            return plan_now(goal, outlook.known, now)
        goal = self._goal(level or 0.0, target, ready_by, now, name)
        return await async_run_planner(
            self._hass,
            ready_by - max(now, goal.limits.earliest or now),
            partial(plan_session, goal, outlook),
        )

    async def async_plan_of(
        self, session: Session, level: float | None, now: datetime
    ) -> ChargePlan:
        """Return a plan for a session from a level in percent."""
        return await self.async_plan(
            level,
            session.target,
            session.ready_by,
            now,
            at_once=session.is_now,
            name=session.id,
        )

    async def async_replan(
        self, session: Session, level: float | None, plan: ChargePlan
    ) -> Session:
        """Store a newer plan of an unsent session; notify if it will fall short."""
        after = session.replanned(plan, level, self.options.timing)
        await self._repository.async_save_session(self._vin, after)
        if after.behind and not session.behind:
            kind = SessionEventType.FALLING_BEHIND
            self._notifier.notify(self._vin, kind, after, TARGET_SHORT)
        return after

    async def async_replan_if_due(
        self,
        session: Session,
        trigger: SyncTrigger,
        snapshot: VehicleSnapshot | None,
        is_new: bool,
        now: datetime,
    ) -> None:
        """Plan an unsent session again, if its level or the prices changed."""
        level = _level_of(session, snapshot)
        moved = is_new and level != session.level
        if not moved and trigger not in REPRICED:
            return
        plan = await self.async_plan_of(session, level, now)
        if plan != session.plan or moved:
            await self.async_replan(session, level, plan)

    def may_move(self, session: Session, now: datetime) -> bool:
        """Whether a sent session may be planned again: it waits, in a car that is awake.

        A car is not woken for it: what it holds keeps the request as well.
        """
        online = self._scout.data[self._vin].observation.connectivity
        start = session.start
        return (
            session.running
            and not session.is_now
            and start is not None
            and start - now >= MOVE_NOTICE
            and online is Connectivity.ONLINE
        )

    async def async_move(
        self, session: Session, snapshot: VehicleSnapshot | None, now: datetime
    ) -> None:
        """Replace the plan in the car if new prices allow a better one."""
        level, ready_by = _level_of(session, snapshot), session.ready_by
        if level is None:
            return
        goal = self._goal(level, session.target, ready_by, now, session.id)
        outlook = self._outlook(ready_by, now)
        plan = await async_run_planner(
            self._hass,
            ready_by - max(now, goal.limits.earliest or now),
            partial(better_plan, goal, outlook, session.plan),
        )
        if plan is not None:
            moved = session.moved(plan, self.options.timing)
            await self._repository.async_save_session(self._vin, moved)

    def _goal(
        self,
        level: float,
        target: int,
        ready_by: datetime,
        now: datetime,
        name: str | None,
    ) -> ChargeGoal:
        """Return the charge goal of a session, which begins after the one before it.

        Two sessions of one day, by 07:00 and by 12:00, do not share the night: the
        second is planned after the first, from the level that the first reaches.
        """
        goal = self.options.goal(level, target, ready_by, now)
        sessions = self._repository.record(self._vin).sessions
        if (other := sessions.before(ready_by, name)) is None:
            return goal
        if ready_by - other.ready_by < SAME_DAY:
            goal = replace(goal, level=max(level, other.expected_level))
        if goal.limits.earliest is None or goal.limits.earliest < other.ready_by:
            goal = replace(goal, limits=goal.limits.from_earliest(other.ready_by))
        return goal

    def _outlook(self, until: datetime, now: datetime) -> Outlook:
        """Return what is known of prices until an instant."""
        zone = dt_util.get_default_time_zone()
        return Outlook(
            now=now,
            known=self._energy.curve(now - KEPT, until),
            guesses=self._energy.guesses,
            peaks=self.options.peak_curve(now, until, zone),
        )


def _level_of(session: Session, snapshot: VehicleSnapshot | None) -> float | None:
    """Return the level of a session's car in percent: what was read, else as planned."""
    read = None if snapshot is None else snapshot.charge.battery_level
    return session.level if read is None else read
