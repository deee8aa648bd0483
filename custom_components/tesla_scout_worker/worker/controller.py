"""One controller per car: observe, desire, compare, deliver, confirm.

A cycle has passes. Each pass compares the car with its desired state, and then reads,
wakes or sends once. A cycle may be interrupted anywhere and repeated: what it sends is
persisted before, and counts as done only after a read confirmed it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.daily.overrides import edges
from ..charging.daily.sync_result import (
    Planned,
    PlanStatus,
    Skipped,
    SyncResult,
    SyncTrigger,
)
from ..charging.desired_state import (
    DAILY,
    DailyPart,
    DesiredState,
    SessionPart,
    desired_state,
    owner_of,
    session_schedules,
    vehicle_change,
)
from ..charging.in_car.delivery_state import Failure, WaitReason
from ..charging.in_car.foreign import foreign_schedules
from ..charging.in_car.vehicle_change import VehicleChange
from ..charging.observed import Observed
from ..charging.sessions.session import SessionAction
from ..coordinator import ScoutCoordinator
from ..gateways.errors import CarAsleepError, FleetError, RefusedError
from ..gateways.models import ChargeSchedule
from ..scouting.geofence import Presence
from .car_link import CarLink
from .charge_counter import ChargeCounter
from .charge_supervisor import ChargeSupervisor
from .daily_plan import DailyPlanner
from .delivery import Attempt, Delivery, failure_of
from .owners import Cycle, Owners
from .repository import ChargingRepository
from .session_tasks import SessionTasks, schedules_unknown

# The car accepted a change, but does not hold it.
NOT_IN_CAR: Final = "not_in_car"

# An unfinished cycle continues with the next trigger.
MOST_PASSES: Final = 8

# A car that keeps a schedule after two removals refuses to drop it.
MOST_RESETS: Final = 2


class CarController:
    """Keeps one car in its desired state; the caller holds the car's lock."""

    def __init__(
        self,
        vin: str,
        coordinator: ScoutCoordinator,
        delivery: Delivery,
        repository: ChargingRepository,
        sessions: SessionTasks,
        daily: DailyPlanner,
        counter: ChargeCounter,
    ) -> None:
        """Bind the car, its delivery, its sessions, daily plan and charges."""
        self._vin = vin
        self._scout = coordinator
        self._delivery = delivery
        self._repository = repository
        self._link = CarLink(vin, delivery, coordinator.started_at)
        self._owners = Owners(vin, repository, sessions, daily)
        self.charge = ChargeSupervisor(
            vin, coordinator, delivery, repository, sessions, daily, self._owners
        )
        self.sessions = sessions
        self.daily = daily
        self.counter = counter
        self.lock = asyncio.Lock()
        self.result: SyncResult = Skipped()

    @property
    def record(self) -> CarRecord:
        """The record of the car."""
        return self._repository.record(self._vin)

    async def async_run(
        self, trigger: SyncTrigger, *, polled: bool = False
    ) -> SyncResult:
        """Run a cycle, and return the result for the daily plan.

        ``polled``: the cycle was triggered by a poll.
        """
        cycle = Cycle(trigger=trigger)
        self.daily.note_trigger(trigger)
        seen = self.observe()
        if (
            seen is not None
            and seen.snapshot.schedules is not None
            and not self.record.lists_schedules
        ):
            self._repository.update(self._vin, lists_schedules=True)
        if seen is not None and self._scout.place_of(self._vin) is not Presence.UNKNOWN:
            self.daily.measure(seen)
            self.counter.count(seen)
        await self.sessions.async_update(
            trigger, None if seen is None else seen.snapshot, polled=polled
        )
        for _ in range(MOST_PASSES):
            if not await self._async_pass(cycle):
                break
        if (seen := self.observe()) is not None:
            await self.charge.async_control(cycle, seen)
        self.result = self._with_edges(cycle.result)
        return self.result

    def sample_meter(self) -> None:
        """Count what the energy meter shows."""
        if (seen := self.observe()) is not None:
            self.counter.sample(seen)

    async def async_plan(self) -> SyncResult:
        """Return the plan for the car as it was last read; send nothing.

        It is made as if the car were plugged in at home.
        """
        if (seen := self.observe()) is None:
            return replace(self.result, skipped="never_seen")
        facts = replace(self.daily.facts(seen), plugged_in=True)
        state = await self.daily.async_state(facts, SyncTrigger.TIMER)
        planned = self.daily.planned(state, facts, self.result.trigger)
        return replace(planned, status=self.result.status, skipped=self.result.skipped)

    def observe(self) -> Observed | None:
        """Return the car as it was last read; None: never, or there is no home."""
        car, position = self._scout.data.get(self._vin), self._scout.home_position
        if car is None or car.snapshot is None or position is None:
            return None
        now = dt_util.utcnow()
        return Observed(
            now=now,
            snapshot=car.snapshot,
            at_home=self._scout.place_of(self._vin) is Presence.HOME,
            position=position,
            zone=self._scout.time_zone,
            fresh=self._link.is_fresh(car.snapshot, now),
            limit_waits=self.charge.limit_waits,
        )

    # A pass.

    async def _async_pass(self, cycle: Cycle) -> bool:
        """Read, wake or send once; return whether another pass is needed."""
        await self.sessions.async_end_due()
        due = self.sessions.due(cycle.left)
        seen = self.observe()
        if self._scout.home_position is None:
            due = {}
        if due and (seen is None or not seen.fresh):
            return await self._async_read_for(cycle, self._owners.due(due))
        part = SessionPart()
        if seen is not None:
            if await self._async_check(cycle, due, seen):
                return True
            part = await self._async_session_part(cycle, due, seen)
            if self.sessions.due(cycle.left).items() - due.items():
                # Preparing ended a session, whose car is restored next.
                return True
        daily = await self._async_daily_part(cycle, seen)
        if seen is None or not (seen.at_home or part.restoring):
            return False
        return await self._async_settle(cycle, seen, part, daily)

    async def _async_check(
        self, cycle: Cycle, due: Mapping[str, SessionAction], seen: Observed
    ) -> bool:
        """Judge the sessions whose check is due; return whether there were any."""
        checks = [name for name, item in due.items() if item is SessionAction.CHECK]
        for name in checks:
            cycle.session_starts |= await self.sessions.async_check(name, seen.snapshot)
        return bool(checks)

    async def _async_session_part(
        self, cycle: Cycle, due: Mapping[str, SessionAction], seen: Observed
    ) -> SessionPart:
        """Return what the sessions contribute, each prepared once a cycle."""
        for name, action in due.items():
            if (name, action) in cycle.prepared:
                continue
            prepare = (
                self.sessions.async_prepare_send
                if action is SessionAction.SEND
                else self.sessions.async_prepare_restore
            )
            if await prepare(name, seen.snapshot, at_home=seen.at_home):
                cycle.prepared.add((name, action))
            elif self.sessions.due(cycle.left).get(name) is action:
                cycle.left.add(name)
        sessions = self.record.sessions
        active = [
            (sessions.sessions[name], action)
            for name, action in due.items()
            if (name, action) in cycle.prepared and name not in cycle.left
        ]
        holding = (
            session
            for session in sessions.open
            if session.running
            and session.id not in cycle.left
            and session.delivery.blocked_until(seen.now) is None
        )
        return SessionPart(
            sending=tuple(item for item, do in active if do is SessionAction.SEND),
            holding=tuple(holding),
            restoring=tuple(item for item, do in active if do is SessionAction.RESTORE),
        )

    async def _async_daily_part(self, cycle: Cycle, seen: Observed | None) -> DailyPart:
        """Return what the daily plan contributes, and keep how it stands."""
        if DAILY in cycle.left:
            return DailyPart()
        result, part = await self.daily.async_contribute(
            seen, cycle.trigger, dt_util.utcnow(), cycle.sent_state
        )
        cycle.result = replace(result, sent=DAILY in cycle.sent)
        return part

    async def _async_settle(
        self, cycle: Cycle, seen: Observed, part: SessionPart, daily: DailyPart
    ) -> bool:
        """Confirm what the car holds, deliver the rest; return whether to go on."""
        desired, change = self._compare(part, daily, seen)
        pending = {
            owner_of(command, part) for command in change.commands(seen.now, seen.zone)
        }
        if seen.at_home and seen.snapshot.schedules is None:
            pending |= _waiting_for_list(part, daily, seen)
        if daily.ours and self._is_stale(seen):
            pending.add(DAILY)
        await self._async_confirm(cycle, seen, part, daily, desired, change, pending)
        # A charge that a person asked for starts without the car's own delay.
        cycle.session_starts |= any(
            session.is_now and session.id not in pending for session in part.sending
        )
        if DAILY in pending and self._daily_waits(cycle, change, seen):
            return True
        if not pending:
            return False
        if not seen.fresh or self._delivery.must_be_woken(self._vin):
            attempts = self._owners.pending(pending, change.schedules, seen)
            return await self._async_read_for(cycle, attempts)
        unlisted = seen.snapshot.schedules is None and change.empty
        failed = pending if unlisted else pending & cycle.sent
        for owner in failed:
            failure = schedules_unknown(self.record) if unlisted else not_held(owner)
            await self._owners.async_fail(cycle, owner, failure)
        if not failed:
            await self._async_deliver(cycle, seen, part, daily, desired, change)
        return True

    def _is_stale(self, seen: Observed) -> bool:
        """Whether schedules may have arrived since the car was read."""
        sync = self.record.sync
        return not seen.fresh and bool(sync.schedules) and not sync.confirmed

    def _compare(
        self, part: SessionPart, daily: DailyPart, seen: Observed
    ) -> tuple[DesiredState, VehicleChange]:
        """Return the desired state of the car, and the change that leads to it."""
        desired = desired_state(self.record.sessions, part, daily, seen)
        return desired, self._change(desired, seen)

    def _change(self, desired: DesiredState, seen: Observed) -> VehicleChange:
        """Return the change that leads to the desired state."""
        return vehicle_change(desired, seen, self.record.put_in_car.schedule_ids)

    async def _async_confirm(
        self,
        cycle: Cycle,
        seen: Observed,
        part: SessionPart,
        daily: DailyPart,
        desired: DesiredState,
        change: VehicleChange,
        pending: set[str],
    ) -> None:
        """Store what the car was read to hold, of owners without pending changes."""
        confirmed = SessionPart(
            sending=tuple(item for item in part.sending if item.id not in pending),
            restoring=tuple(item for item in part.restoring if item.id not in pending),
        )
        override = desired.override if part.sending else None
        await self.sessions.async_confirm(confirmed, seen, override)
        if DAILY in cycle.left:
            return
        if daily.ours and not daily.schedules and DAILY not in pending:
            await self.daily.async_release(daily)
        if not isinstance(cycle.result, Planned):
            return
        shadow = self.record.settings.shadow
        shown = change.schedules.daily
        if shadow:
            wanted = DesiredState(
                schedules=cycle.result.state.schedules,
                daily=self.record.sync.schedules,
            )
            shown = self._change(wanted, seen).schedules
        found = seen.snapshot.schedules
        cycle.result = replace(
            cycle.result,
            change=shown,
            found=found,
            foreign=self._foreign(cycle.result, found or (), seen),
        )
        if found is None or self._is_stale(seen) or not shown.empty:
            if shadow:
                cycle.result = replace(
                    cycle.result, status=PlanStatus.SHADOW, skipped="shadow"
                )
        else:
            cycle.result = self.daily.confirm(
                cycle.result,
                seen,
                again=cycle.in_order,
                delivered=DAILY not in pending,
            )
            cycle.in_order = True

    def _foreign(
        self, result: Planned, found: Sequence[ChargeSchedule], seen: Observed
    ) -> tuple[ChargeSchedule, ...]:
        """Return the schedules of others that charge outside of the planned windows."""
        ours, windows = self.record.put_in_car.schedule_ids, result.windows
        if not windows:
            return ()
        return foreign_schedules(
            found, ours, windows, seen.position, seen.zone, seen.now
        )

    # Obstacles to a change.

    def _daily_waits(self, cycle: Cycle, change: VehicleChange, seen: Observed) -> bool:
        """Whether the daily plan must wait after a failure; it is then skipped."""
        urgent = self.daily.is_urgent(change.schedules)
        until = self.daily.blocked_until(cycle.trigger, seen.now, urgent=urgent)
        if until is None:
            return False
        cycle.left.add(DAILY)
        cycle.result = replace(self.daily.waiting(cycle.result), again_at=until)
        return True

    async def _async_read_for(
        self, cycle: Cycle, attempts: Mapping[str, Attempt]
    ) -> bool:
        """Reach and read the car; skip owners that cannot. Return whether to go on."""
        urgent = any(attempt.urgent for attempt in attempts.values())
        try:
            with self._owners.spending(attempts, urgent=urgent):
                reached = await self._delivery.async_reach(
                    self._vin, attempts, self._owners.async_save
                )
                if not any(reach.offline for reach in reached.values()):
                    await self._owners.async_save(
                        {owner: reach.state for owner, reach in reached.items()}
                    )
                    await self._link.async_read()
                    return True
        except FleetError as err:
            for owner in attempts:
                await self._owners.async_fail(cycle, owner, failure_of(err))
            return True
        for owner, reach in reached.items():
            await self._owners.async_offline(cycle, owner, reach, attempts[owner])
        return True

    # Delivering.

    async def _async_deliver(
        self,
        cycle: Cycle,
        seen: Observed,
        part: SessionPart,
        daily: DailyPart,
        desired: DesiredState,
        change: VehicleChange,
    ) -> None:
        """Persist what is sent, send it, and read the car back."""
        commands = change.commands(seen.now, seen.zone)
        owners = {owner_of(command, part) for command in commands}
        sessions = self.record.sessions
        if desired.override != sessions.override:
            sessions = replace(sessions, override=desired.override)
            await self._repository.async_update(self._vin, sessions=sessions)
        if DAILY in owners:
            await self.daily.async_prepare(daily, change.schedules)
        urgent = self.daily.is_urgent(change.schedules)
        with self._owners.spending(owners, urgent=urgent):
            failed = await self._link.async_send(commands)
            tried = len(commands) if failed is None else commands.index(failed[0]) + 1
            cycle.sent |= {owner_of(command, part) for command in commands[:tried]}
            if failed is not None:
                owner = owner_of(failed[0], part)
                await self._owners.async_fail(cycle, owner, failure_of(failed[1]))
                owners.discard(owner)
            if not owners:
                return
            try:
                await self._link.async_read()
            except FleetError as err:
                for owner in owners:
                    await self._owners.async_fail(cycle, owner, failure_of(err))

    async def async_reset(self) -> int:
        """Remove the daily plan's schedules; return how many were in the car.

        Raises:
            FleetError: They could not be removed; the record is unchanged.
        """
        ours, found = self.record.sync.schedules, 0
        for sends in range(MOST_RESETS + 1):
            await self._link.async_read()
            seen = self.observe()
            if seen is None or seen.snapshot.schedules is None:
                raise CarAsleepError
            change = self._change(DesiredState(daily=ours), seen)
            found = found or change.schedules.commands
            if change.empty:
                await self.daily.async_forget()
                return found
            if sends == MOST_RESETS:
                break
            commands = change.commands(seen.now, seen.zone)
            if failed := await self._link.async_send(commands):
                raise failed[1]
        raise RefusedError(NOT_IN_CAR)

    # After the passes.

    def _with_edges(self, result: SyncResult) -> SyncResult:
        """Return a result with a cycle at each start or end of a window; it is free."""
        now = dt_util.utcnow()
        ahead = self.charge.edges(result, now)
        if isinstance(result, Planned) and result.state.goal is not None:
            ahead.append(result.state.goal.ready_by)
        ahead = [at for at in ahead if at > now]
        ahead += edges(self.record.overrides, now)
        if result.again_at is not None:
            ahead.append(result.again_at)
        return replace(result, again_at=min(ahead, default=None))


def not_held(owner: str) -> Failure:
    """Return the failure of a change that the car accepted and does not list.

    It may hold it all the same, so a session is tried until its deadline. A daily plan is
    not worth commands without end.
    """
    daily = owner == DAILY
    return Failure(waits_for=WaitReason.TROUBLE, reason=NOT_IN_CAR, refused=daily)


def _waiting_for_list(part: SessionPart, daily: DailyPart, seen: Observed) -> set[str]:
    """Return the owners that need a list of the schedules which the car did not give.

    A session whose schedules have expired needs none: the car drops them by itself, and
    its limit is judged alone.
    """
    over = {
        session.id
        for session in part.restoring
        if all(each.is_expired(seen.now) for each in session_schedules(session, seen))
    }
    owners = {session.id for session in (*part.sending, *part.restoring)} - over
    return owners | {DAILY} if daily.schedules or daily.ours else owners
