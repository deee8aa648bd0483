"""One cycle of the Worker: what a car holds, what it should hold, and the difference.

Each cycle may be broken off anywhere and done again: ids are on disk before they are
sent, schedules are told apart by what they say, and a plan counts as done only once the
car was read back.
"""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from homeassistant.util import dt as dt_util

from ...charging.daily.daily_state import (
    DailyState,
    OffPeakSettings,
    Prices,
    VehicleFacts,
    daily_state,
)
from ...charging.daily.departures import departures
from ...charging.daily.night_plan import OffPeakRecord
from ...charging.daily.sync_rules import FRESH, expired_since, level_by_now, plan_runs
from ...charging.in_car.charge_limit import owners_limit
from ...charging.in_car.difference import ScheduleDiff, ScheduleRole, difference
from ...charging.options import ChargingOptions, OffPeakOptions
from ...coordinator import ScoutCoordinator
from ...gateways.budget import for_session
from ...gateways.errors import FleetError
from ...gateways.models import ChargeSchedule, Position, VehicleSnapshot
from ...scouting.geofence import Presence
from ..commands import Worker
from ..special_charging.repository import SessionRepository
from .charge_control import ChargeController
from .delivery import ScheduleDelivery
from .repository import (
    DECIDED,
    PLANNING,
    OffPeakRepository,
    PlanStatus,
    SyncResult,
    SyncTrigger,
    status_of,
)
from .retry import NO_ROOM, SCHEDULES_UNKNOWN, RetryPolicy
from .state_tracking import StateTracker


class OffPeakController:
    """Runs the cycles; whoever calls holds the lock of the car."""

    def __init__(
        self,
        repository: OffPeakRepository,
        sessions: SessionRepository,
        worker: Worker,
        coordinator: ScoutCoordinator,
        prices: Prices,
        charging: ChargingOptions,
        options: OffPeakOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the records, the promises, the hands, the eyes, prices and options."""
        self._repository = repository
        self._sessions = sessions
        self._worker = worker
        self._scout = coordinator
        self._prices = prices
        self._charging = charging
        self._options = options
        self._zone_of = zone_of
        self._starter = ChargeController(repository, worker)
        self._trouble = RetryPolicy(repository)
        self._sender = ScheduleDelivery(repository, worker, coordinator, self._trouble)
        power = charging.battery.power
        self._notes = StateTracker(repository, coordinator, prices, power, zone_of)
        # Cars that have cause to have their plan made anew, until they hold the new one.
        self._to_plan: set[str] = set()

    async def async_run(self, vin: str, trigger: SyncTrigger) -> SyncResult:
        """Run a cycle, and return how it stands then."""
        try:
            sync_result = await self._async_cycle(vin, trigger)
            await self._async_see_it_end(vin)
        except FleetError as err:
            sync_result = await self._trouble.async_stumble(vin, trigger, err)
            record = self._repository.record(vin)
            if not record.sync:
                sync_result = replace(sync_result, status=None)
            elif record.shadow:
                sync_result = replace(sync_result, status=PlanStatus.SHADOW)
        sync_result = self._with_edge(sync_result, self._repository.record(vin).stop_at)
        self._repository.stand(vin, sync_result)
        return sync_result

    def _with_edge(
        self, sync_result: SyncResult, stop_at: datetime | None
    ) -> SyncResult:
        """Return the standing with a look again when a window begins or ends.

        What is shown, and what was postponed, changes then; it costs nothing.
        """
        now = dt_util.utcnow()
        edges = [at for one in sync_result.windows for at in (one.start, one.end)]
        if stop_at is not None:
            edges.append(stop_at)
        edges = [at for at in edges if at > now]
        if sync_result.again_at is not None:
            edges.append(sync_result.again_at)
        return replace(sync_result, again_at=min(edges, default=None))

    async def _async_cycle(self, vin: str, trigger: SyncTrigger) -> SyncResult:
        """Return how it stands after a cycle.

        Raises:
            FleetError: what stood in the way.
        """
        now = dt_util.utcnow()
        car = self._scout.data.get(vin)
        snapshot = None if car is None else car.snapshot
        trigger = await self._async_note(vin, trigger)
        record, sync_result = self._repository.record(vin), SyncResult(trigger=trigger)
        home = self._scout.home_position
        at_home = home is not None and self._at_home(vin)
        until = self._sessions.car_sessions(vin).blocked_until(now)
        left_alone = record.shadow or not record.sync
        if left_alone and until is None and at_home and snapshot is not None:
            sync_result = await self._sender.async_let_go(vin, sync_result, snapshot)
        if not record.sync:
            return replace(sync_result, skipped="switched_off")
        if until is not None:
            return replace(
                sync_result,
                status=PlanStatus.BLOCKED,
                skipped="special_charging",
                again_at=until,
            )
        if home is None or not at_home:
            return replace(sync_result, status=PlanStatus.NOT_HOME, skipped="not_home")
        if snapshot is None:
            return replace(sync_result, status=PlanStatus.PENDING, skipped="never_seen")
        return await self._async_settle(vin, sync_result, snapshot, home)

    async def _async_see_it_end(self, vin: str) -> None:
        """See that a charge ends that was begun, whatever became of its plan.

        The schedule, which stays in a car whose owner wants no more of the Worker, would
        end it as well. A car that is held by a special session is the session's.
        """
        home, car = self._scout.home_position, self._scout.data.get(vin)
        held = (
            self._sessions.car_sessions(vin).blocked_until(dt_util.utcnow()) is not None
        )
        if home is None or held or not self._at_home(vin):
            return
        if car is not None and car.snapshot is not None:
            zone = await self._zone_of(home)
            await self._starter.async_see_it_end(vin, car.snapshot, zone)

    async def _async_note(self, vin: str, trigger: SyncTrigger) -> SyncTrigger:
        """Note what the last look told, and return the cause to act by now."""
        trigger = await self._notes.async_take(vin, trigger)
        if trigger in PLANNING:
            self._to_plan.add(vin)
        return trigger

    async def async_plan(self, vin: str) -> SyncResult:
        """Return what a car should hold as it was last seen, and send nothing.

        It is planned wherever the car is, as if it were plugged in at home.
        """
        car, home = self._scout.data.get(vin), self._scout.home_position
        sync_result = self._repository.sync_result(vin)
        if car is None or car.snapshot is None or home is None:
            return replace(sync_result, skipped="never_seen")
        charge = replace(car.snapshot.charge, plugged_in=True)
        snapshot = replace(car.snapshot, charge=charge)
        daily, facts = await self.async_daily_state(
            vin, SyncTrigger.TIMER, snapshot, home
        )
        return self._planned(replace(sync_result, daily=daily, facts=facts))

    def _planned(self, sync_result: SyncResult) -> SyncResult:
        """Return the standing with what its wish comes to."""
        daily, facts = sync_result.daily, sync_result.facts
        assert daily is not None
        assert facts is not None
        energy, cost = daily.energy_and_cost(facts, self._prices)
        curve = self._prices.curve(facts.now, facts.now + timedelta(days=1))
        return replace(sync_result, energy=energy, cost=cost, currency=curve.currency)

    def _at_home(self, vin: str) -> bool:
        """Whether a car is at home, as far as is known for certain."""
        car = self._scout.data.get(vin)
        return car is not None and car.confirmed.whereabouts is Presence.HOME

    async def async_daily_state(
        self, vin: str, trigger: SyncTrigger, snapshot: VehicleSnapshot, home: Position
    ) -> tuple[DailyState, VehicleFacts]:
        """Return what a car should hold by what a look told."""
        record, zone = self._repository.record(vin), await self._zone_of(home)
        now, charge = dt_util.utcnow(), snapshot.charge
        theirs = self._theirs(record, snapshot)
        room = None
        if snapshot.max_schedules is not None and theirs is not None:
            room = max(0, snapshot.max_schedules - len(theirs))
        state = charge.charging_state
        facts = VehicleFacts(
            now=now,
            level=level_by_now(record, snapshot, self._charging.battery, now, zone),
            limit=owners_limit(
                self._sessions.car_sessions(vin).limit_override, charge.charge_limit
            ),
            plugged_in=charge.plugged_in,
            charging=None if state is None else state.is_charging,
            room=room,
            position=home,
            car_zone=zone,
            zone=dt_util.get_default_time_zone(),
        )
        settings = OffPeakSettings(
            battery=self._charging.battery,
            limits=self._charging.limits,
            leaving=departures(record.departure, self._options.exceptions),
            guard=self._options.guard,
        )
        replan = vin in self._to_plan and self._may_plan(record, trigger, now)
        return daily_state(record, facts, settings, self._prices, replan=replan), facts

    def _may_plan(
        self, record: OffPeakRecord, trigger: SyncTrigger, now: datetime
    ) -> bool:
        """Whether a plan by prices may be made anew now, and not after one that runs."""
        return trigger in DECIDED or not plan_runs(record, now)

    def _theirs(
        self, record: OffPeakRecord, snapshot: VehicleSnapshot
    ) -> list[ChargeSchedule] | None:
        """Return the schedules in the car that are not of ordinary charging."""
        if snapshot.schedules is None:
            return None
        mine = {one.id for one in record.own}
        return [one for one in snapshot.schedules if one.id not in mine]

    async def _async_settle(
        self,
        vin: str,
        sync_result: SyncResult,
        snapshot: VehicleSnapshot,
        home: Position,
    ) -> SyncResult:
        """Make the car hold what it should, by a look that is fresh if anything is sent."""
        record = self._repository.record(vin)
        daily, facts = await self.async_daily_state(
            vin, sync_result.trigger, snapshot, home
        )
        change = self._difference(vin, record, snapshot, daily, facts)
        sync_result = self._planned(
            replace(
                sync_result,
                daily=daily,
                facts=facts,
                change=change or ScheduleDiff(),
                found=snapshot.schedules,
            )
        )
        if change is not None and change.empty:
            return await self._async_in_order(vin, sync_result, snapshot, change)
        if record.shadow:
            return replace(sync_result, status=PlanStatus.SHADOW, skipped="shadow")
        # The safety floor, and its end, may spend what is kept for promises.
        changed = [*sync_result.change.add, *record.own]
        urgent = any(
            one.kind is ScheduleRole.FLOOR and one.id in sync_result.change.ids
            for one in changed
        )
        if (wait := self._trouble.wait(record, sync_result, urgent=urgent)) is not None:
            return wait
        with for_session() if urgent else nullcontext():
            return await self._async_deliver(vin, sync_result, snapshot, home)

    async def _async_deliver(
        self,
        vin: str,
        sync_result: SyncResult,
        snapshot: VehicleSnapshot,
        home: Position,
    ) -> SyncResult:
        """Send what differs, or look first if the last look is not of just now."""
        change, fresh = sync_result.change, dt_util.utcnow() - snapshot.seen_at <= FRESH
        if fresh and snapshot.schedules is not None:
            trouble = await self._sender.async_send(vin, sync_result, snapshot)
            if trouble is not None:
                return trouble
            car = self._scout.data.get(vin)
            read = snapshot if car is None or car.snapshot is None else car.snapshot
            kept = replace(change, kept=(*change.kept, *change.add), add=())
            sync_result = replace(sync_result, sent=True)
            return await self._async_in_order(vin, sync_result, read, kept)
        if (
            wait := await self._sender.async_reach(vin, sync_result, snapshot)
        ) is not None:
            return wait
        snapshot = await self._worker.async_read(vin)
        trigger = await self._async_note(vin, sync_result.trigger)
        sync_result = replace(sync_result, trigger=trigger)
        if not self._at_home(vin):
            return replace(sync_result, status=PlanStatus.NOT_HOME, skipped="not_home")
        if snapshot.schedules is None:
            # A failed read is not an empty list (field-lessons.md, A5), and what does
            # not tell is not asked again at once: each look is billed.
            return await self._trouble.async_refused(
                vin, sync_result, SCHEDULES_UNKNOWN
            )
        return await self._async_settle(vin, sync_result, snapshot, home)

    def _difference(
        self,
        vin: str,
        record: OffPeakRecord,
        snapshot: VehicleSnapshot,
        daily: DailyState,
        facts: VehicleFacts,
    ) -> ScheduleDiff | None:
        """Return what a look says is to be sent; None if it did not tell the schedules.

        What ran since the look is gone by now, and is not asked after.
        """
        if snapshot.schedules is None:
            return None
        gone = {
            one.id for one in expired_since(record.own, snapshot.seen_at, facts.now)
        }
        return difference(
            [one for one in snapshot.schedules if one.id not in gone],
            [one for one in record.own if one.id not in gone],
            daily.own,
            snapshot.max_schedules,
            facts.now,
            self._sessions.car_sessions(vin).schedule_ids,
        )

    # What is in order.

    async def _async_in_order(
        self,
        vin: str,
        sync_result: SyncResult,
        snapshot: VehicleSnapshot,
        change: ScheduleDiff,
    ) -> SyncResult:
        """Note that the car holds what it should, and see that it starts if it is time."""
        record, daily = self._repository.record(vin), sync_result.daily
        assert daily is not None
        now = dt_util.utcnow()
        saved = record.saved + (
            sync_result.trigger in PLANNING and not sync_result.sent
        )
        if self._may_plan(record, sync_result.trigger, now):
            self._to_plan.discard(vin)
        late = expired_since(record.own, snapshot.seen_at, now)
        record = replace(
            record,
            own=(*change.kept, *late),
            night=daily.night,
            confirmed=True,
            saved=saved,
        ).without_retry_or_wake()
        self._repository.note(vin, record)
        sync_result = replace(sync_result, status=status_of(daily, record))
        if record.shadow:
            return sync_result
        kinds = {one.kind for one in daily.own}
        dropped = {one.kind for one in change.dropped}
        if ScheduleRole.PLAN in dropped and ScheduleRole.FLOOR not in kinds:
            return replace(sync_result, status=PlanStatus.FAILED, skipped=NO_ROOM)
        return await self._starter.async_see_it_start(vin, sync_result, snapshot)

    async def async_reset(self, vin: str) -> int:
        """Remove what is ours, forget it, and return how many schedules that were.

        Raises:
            FleetError: what stood in the way; nothing is forgotten then.
        """
        return await self._sender.async_reset(vin)
