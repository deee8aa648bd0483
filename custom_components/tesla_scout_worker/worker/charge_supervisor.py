"""What becomes of a charge once the car holds its desired state."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from ..charging.car_record import CarRecord
from ..charging.daily.sync_result import PlanStatus, SyncResult, SyncTrigger
from ..charging.daily.sync_rules import active_window
from ..charging.desired_state import DAILY
from ..charging.observed import Observed
from ..charging.planning.model import Window
from ..charging.sessions.progress import is_past_target
from ..charging.sessions.session import Session
from ..const import LOGGER
from ..coordinator import ScoutCoordinator
from ..gateways.budget import for_session
from ..gateways.errors import FleetError
from ..gateways.models import Connectivity
from .charge import ChargeController
from .daily_plan import DailyPlanner
from .delivery import Delivery, failure_of
from .limit_raise import LimitRaise
from .owners import Cycle, Owners
from .repository import ChargingRepository
from .session_tasks import SessionTasks
from .timed_charge import TimedChargeController, edges, timed_window
from .unread_energy import UnreadEnergy


class ChargeSupervisor:
    """Starts a car that should charge and does not; stops what a command started.

    Where a car takes no schedules, it starts and stops the charge by the windows.
    """

    def __init__(
        self,
        vin: str,
        coordinator: ScoutCoordinator,
        delivery: Delivery,
        repository: ChargingRepository,
        sessions: SessionTasks,
        daily: DailyPlanner,
        owners: Owners,
    ) -> None:
        """Bind the car, and what decides about its charge."""
        self._vin = vin
        self._scout = coordinator
        self._delivery = delivery
        self._repository = repository
        self._sessions = sessions
        self._daily = daily
        self._owners = owners
        self._charge = ChargeController(vin, delivery, repository)
        self._limit = LimitRaise(vin, delivery, repository)
        self.timed = TimedChargeController(vin, delivery, repository)
        self._energy = UnreadEnergy(vin, delivery, repository)

    @property
    def is_timed(self) -> bool:
        """Whether Home Assistant starts and stops the charge, since the car does not."""
        return not self._delivery.capabilities(self._vin).schedules

    @property
    def limit_waits(self) -> bool:
        """Whether no schedule in the car keeps it from charging."""
        can = self._delivery.capabilities(self._vin)
        return not (can.schedules or can.write_only)

    @property
    def _record(self) -> CarRecord:
        """The record of the car."""
        return self._repository.record(self._vin)

    async def async_control(self, cycle: Cycle, seen: Observed) -> None:
        """Control the charge after the passes of a cycle."""
        await self._energy.async_read(seen.now)
        session = self._sessions.in_window(seen.now)
        if self.is_timed:
            await self._async_control_timed(cycle, seen, session)
            return
        self._charge.observe(seen.snapshot)
        if not seen.at_home:
            return
        daily = active_window(self._record.sync.schedules, seen.now, seen.zone)
        window = daily if session is None else session.window_at(seen.now)
        owner = DAILY if session is None else session.id
        try:
            await self._charge.async_ensure_stopped(seen, window)
            if session is not None:
                await self._async_for_session(cycle, seen, session, window)
            elif cycle.in_order and not self._record.settings.shadow:
                await self._async_for_plan(cycle, seen, window)
        except FleetError as err:
            if owner == DAILY and self._record.control.refusal is not None:
                cycle.result = replace(cycle.result, sent=DAILY in cycle.sent)
            else:
                await self._owners.async_fail(cycle, owner, failure_of(err))
        if owner == DAILY and window is not None and cycle.in_order:
            cycle.result = self._with_refusal(cycle.result, window)

    async def _async_for_session(
        self, cycle: Cycle, seen: Observed, session: Session, window: Window | None
    ) -> None:
        """Start the charge of a session in its window, and stop it at its target."""
        if is_past_target(session, seen.snapshot.charge):
            if seen.fresh:
                await self._charge.async_stop_at_target(seen)
        elif cycle.session_starts:
            await self._charge.async_start_for_session(seen, window)
        elif self._charge.control.retries(window):
            with for_session():
                await self._charge.async_ensure_started(seen, window, due=False)

    async def _async_for_plan(
        self, cycle: Cycle, seen: Observed, window: Window | None
    ) -> None:
        """Start the charge of the daily plan in its window."""
        due = cycle.trigger is SyncTrigger.READY or DAILY in cycle.sent
        with for_session() if self._daily.has_floor else nullcontext():
            await self._charge.async_ensure_started(seen, window, due=due)

    async def _async_control_timed(
        self, cycle: Cycle, seen: Observed, session: Session | None
    ) -> None:
        """Start and stop the charge at the edges of the windows."""
        car = self._scout.data[self._vin]
        window = timed_window(self._record, seen)
        if session is not None:
            window = session.window_at(seen.now)
            try:
                seen = await self._limit.async_raise(session, seen)
            except FleetError as err:
                await self._owners.async_fail(cycle, session.id, failure_of(err))
        try:
            await self.timed.async_control(
                seen,
                window,
                reachable=car.summary.connectivity is Connectivity.ONLINE,
            )
        except FleetError as err:
            LOGGER.debug("A timed charge waits: %s", err)

    def _with_refusal(self, result: SyncResult, window: Window) -> SyncResult:
        """Return the result, with a refusal to start for its window added."""
        control = self._record.control
        if control.refusal is None or control.started != window.start:
            return result
        return replace(result, status=PlanStatus.FAILED, skipped=control.refusal)

    def edges(self, result: SyncResult, now: datetime) -> list[datetime]:
        """Return when the charge should start or stop (UTC), past and to come."""
        control = self._record.control
        found = [at for window in result.windows for at in (window.start, window.end)]
        due = (
            *(control.start_by, control.stop_at),
            *(self.timed.awake_at, self._limit.try_at),
        )
        found += [at for at in due if at is not None]
        if self.is_timed:
            found += edges(self._record, now, self._scout.time_zone)
        return found
