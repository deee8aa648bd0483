"""The daily plan of one car within a sync cycle."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.daily.car_plan import daily_state, planning_span
from ..charging.daily.daily_state import DailyState, OffPeakSettings, VehicleFacts
from ..charging.daily.overrides import without_ended
from ..charging.daily.record import DailySettings, SyncState
from ..charging.daily.sync_result import (
    DECIDED,
    MANUAL,
    PLANNING,
    Planned,
    PlanStatus,
    Skipped,
    SyncResult,
    SyncTrigger,
    status_of,
)
from ..charging.daily.sync_rules import level_by_now, plan_runs
from ..charging.desired_state import DailyPart
from ..charging.in_car.charge_limit import owners_limit
from ..charging.in_car.delivery_state import (
    LONG_PAUSES,
    REFUSED_PAUSE,
    WAKE_POLL,
    Failure,
    WakeRule,
)
from ..charging.in_car.difference import ScheduleDiff, ScheduleRole, expired_since
from ..charging.observed import Observed
from ..charging.options import ChargingOptions, OffPeakOptions
from ..charging.planning.battery import measured, measured_by_energy
from ..charging.planning.model import Battery
from ..charging.wake_rules import daily_wake_rule
from ..gateways.errors import BudgetSpentError, OverBudgetError, RateLimitedError
from ..gateways.models import ChargingState
from .delivery import Offline, Reach
from .planning import async_run_planner
from .price_sources import EnergySource
from .repository import ChargingRepository

# The owner's own schedules leave no room in the car's list.
NO_ROOM: Final = "schedules_full"


class DailyPlanner:
    """Plans the daily charging of one car; the caller holds the car's lock."""

    def __init__(
        self,
        hass: HomeAssistant,
        vin: str,
        repository: ChargingRepository,
        energy: EnergySource,
        charging: ChargingOptions,
        options: OffPeakOptions,
    ) -> None:
        """Bind the car, its record, the prices and the user's options."""
        self._hass = hass
        self._vin = vin
        self._repository = repository
        self._energy = energy
        self._user_options = charging
        self._options = options
        # Whether to make a new plan, until the car holds it.
        self._replans = False

    @property
    def record(self) -> CarRecord:
        """The record of the car."""
        return self._repository.record(self._vin)

    @property
    def _charging(self) -> ChargingOptions:
        """The user's options, with the battery of the car."""
        return self._user_options.of_record(self.record)

    def note_trigger(self, trigger: SyncTrigger) -> None:
        """Request a new plan, if the trigger calls for one."""
        self._replans |= trigger in PLANNING

    def measure(self, seen: Observed) -> None:
        """Store the power of a car that charges at home, if it is another one."""
        charge, battery = seen.snapshot.charge, self._charging.battery
        level, power = charge.battery_level, charge.charger_power
        charges = seen.at_home and charge.charging_state is ChargingState.CHARGING
        if not charges or level is None or not power:
            return
        found = self._by_energy(seen, level, power)
        if found is None:
            found = measured(battery, level, power)
        if found != battery:
            self._repository.update(self._vin, power=found.power)

    def _by_energy(self, seen: Observed, level: float, power: float) -> Battery | None:
        """Return the battery by the energy that it got since the last read, if known."""
        before, energy = self.record.plugged_in, seen.snapshot.charge.energy_added
        if before is None or not before.charging or energy is None:
            return None
        hours = (seen.snapshot.seen_at - before.seen_at) / timedelta(hours=1)
        added = energy - before.energy
        return measured_by_energy(self._charging.battery, level, power, added, hours)

    # What the car should hold.

    def facts(self, seen: Observed) -> VehicleFacts:
        """Return the facts for the plan."""
        record, charge = self.record, seen.snapshot.charge
        room, snapshot = None, seen.snapshot
        if snapshot.max_schedules is not None and snapshot.schedules is not None:
            ours = {schedule.id for schedule in record.sync.schedules}
            theirs = sum(schedule.id not in ours for schedule in snapshot.schedules)
            room = max(0, snapshot.max_schedules - theirs)
        state = charge.charging_state
        battery = self._charging.battery
        return VehicleFacts(
            now=seen.now,
            level=level_by_now(record.sync, snapshot, battery, seen.now, seen.zone),
            limit=owners_limit(record.sessions.override, charge.charge_limit),
            plugged_in=charge.plugged_in,
            charging=None if state is None else state.is_charging,
            room=room,
            position=seen.position,
            car_zone=seen.zone,
            zone=dt_util.get_default_time_zone(),
        )

    def _rules(self, settings: DailySettings) -> OffPeakSettings:
        """Return the limits of the plan."""
        return OffPeakSettings(
            battery=self._charging.battery,
            limits=self._charging.limits,
            leaving=settings.leaving(self._options.exceptions),
            guard=self._options.guard,
            peaks=self._charging.peaks,
        )

    async def async_state(
        self, facts: VehicleFacts, trigger: SyncTrigger
    ) -> DailyState:
        """Return what the car should hold."""
        record = self.record
        rules = self._rules(record.settings)
        replan = self._replans and self._may_replan(trigger, facts.now)
        return await async_run_planner(
            self._hass,
            planning_span(record, facts, rules),
            partial(daily_state, record, facts, rules, self._energy, replan=replan),
        )

    def _may_replan(self, trigger: SyncTrigger, now: datetime) -> bool:
        """Whether a new plan by prices may be made now, not after a running one."""
        return trigger in DECIDED or not plan_runs(self.record.sync, now)

    def planned(
        self, state: DailyState, facts: VehicleFacts, trigger: SyncTrigger
    ) -> Planned:
        """Return the result for a state."""
        energy, cost = state.energy_and_cost(facts, self._energy)
        curve = self._energy.curve(facts.now, facts.now + timedelta(days=1))
        return Planned(
            status=PlanStatus.PENDING,
            trigger=trigger,
            state=state,
            facts=facts,
            energy=energy,
            cost=cost,
            currency=curve.currency,
        )

    async def async_contribute(
        self,
        seen: Observed | None,
        trigger: SyncTrigger,
        now: datetime,
        sent: DailyState | None = None,
    ) -> tuple[SyncResult, DailyPart]:
        """Return the result of the daily plan, and its part of the desired state.

        ``seen`` is None for a car that was never read, or without a home. ``sent`` is
        what this cycle sent already: it stays as decided until the car was read back.
        """
        self._repository.update(
            self._vin, overrides=without_ended(self.record.overrides, now)
        )
        record = self.record
        settings, sync = record.settings, record.sync
        until = record.sessions.blocked_until(now)
        idle = not settings.sync or settings.shadow
        released = DailyPart()
        if idle and until is None and seen is not None and seen.at_home:
            # Without a plan to follow, a guard would block charging for days.
            guards = tuple(
                schedule
                for schedule in sync.schedules
                if schedule.kind is ScheduleRole.GUARD and not schedule.is_expired(now)
            )
            released = DailyPart(ours=guards)
        if not settings.sync:
            return Skipped(trigger=trigger, skipped="switched_off"), released
        if until is not None:
            blocked = Skipped(
                status=PlanStatus.BLOCKED,
                trigger=trigger,
                skipped="special_charging",
                again_at=until,
            )
            return blocked, released
        if seen is None or not seen.at_home:
            away = Skipped(
                status=PlanStatus.NOT_HOME, trigger=trigger, skipped="not_home"
            )
            return away, released
        facts = self.facts(seen)
        state = sent or await self.async_state(facts, trigger)
        result = self.planned(state, facts, trigger)
        if settings.shadow:
            return result, released
        return result, DailyPart(schedules=state.schedules, ours=sync.schedules)

    # Delivery.

    def is_urgent(self, change: ScheduleDiff) -> bool:
        """Whether a change may use the reserved budget, as the safety floor may."""
        changed = (*change.add, *self.record.sync.schedules)
        return any(
            schedule.kind is ScheduleRole.FLOOR and schedule.id in change.ids
            for schedule in changed
        )

    def blocked_until(
        self, trigger: SyncTrigger, now: datetime, *, urgent: bool
    ) -> datetime | None:
        """Return until when a change must wait after a failure (UTC); None: no wait."""
        delivery = self.record.sync.delivery
        if urgent and delivery.failure == BudgetSpentError.key:
            return None
        return delivery.blocked_until(
            now,
            manual=trigger in MANUAL,
            rate_limited=delivery.failure == RateLimitedError.key,
        )

    def wake_rule(self, change: ScheduleDiff, seen: Observed) -> WakeRule:
        """Return when the car may be woken for a change."""
        record = self.record
        return daily_wake_rule(
            record.settings, record.sync.schedules, change, self.facts(seen)
        )

    async def async_prepare(self, part: DailyPart, change: ScheduleDiff) -> None:
        """Persist the schedules that are about to be sent."""
        before = self.record.sync.schedules
        decided = {schedule.id for schedule in part.ours}
        await self._repository.async_update_sync(
            self._vin,
            schedules=(
                *(item for item in before if item.id not in decided),
                *(
                    each_schedule
                    for each_schedule in change.kept
                    if each_schedule.kind is not ScheduleRole.SESSION
                ),
                *(
                    each_schedule
                    for each_schedule in change.add
                    if each_schedule.kind is not ScheduleRole.SESSION
                ),
                *(item for item in before if item.id in change.remove),
            ),
            confirmed=False,
        )

    # Results.

    async def async_offline(
        self, result: SyncResult, reach: Reach, rule: WakeRule
    ) -> SyncResult:
        """Store that the car is not online, and return the result.

        The change waits for the car's return, or for the time when it may be woken.
        """
        now, state = dt_util.utcnow(), replace(reach.state, waits_for=None, try_at=None)
        again_at = result.again_at
        if reach.offline in (Offline.WAKING, Offline.WOKEN):
            again_at = now + WAKE_POLL
        else:
            state = replace(state, waking_since=None)
            if rule.since is not None and rule.since > now:
                again_at = rule.since
        await self._repository.async_update_sync(self._vin, delivery=state)
        settings = self.record.settings
        if not settings.sync or settings.shadow:
            return replace(result, again_at=again_at)
        words = {Offline.WOKEN: "waking", Offline.IN_SERVICE: "in_service"}
        return replace(
            result,
            status=PlanStatus.PENDING,
            skipped=words.get(reach.offline or Offline.UNREACHABLE, "asleep"),
            again_at=again_at,
        )

    async def async_forget(self) -> None:
        """Forget the schedules removed from the car."""
        record = self.record
        await self._repository.async_update(
            self._vin,
            sync=SyncState(saved=record.sync.saved),
            control=replace(record.control, stop_at=None),
        )

    @property
    def has_floor(self) -> bool:
        """Whether the car holds a schedule of the safety floor."""
        return any(
            schedule.kind is ScheduleRole.FLOOR
            for schedule in self.record.sync.schedules
        )

    async def async_release(self, part: DailyPart) -> None:
        """Forget schedules that are no longer in the car."""
        sync = self.record.sync
        await self._repository.async_update_sync(
            self._vin,
            schedules=tuple(
                schedule for schedule in sync.schedules if schedule not in part.ours
            ),
            delivery=sync.delivery.succeeded(),
        )

    def confirm(
        self, result: Planned, seen: Observed, *, again: bool, delivered: bool
    ) -> Planned:
        """Store that the car holds the plan, and return the result.

        ``again``: this cycle found so before. ``delivered``: nothing is left to send;
        in shadow mode a guard may still have to be released.
        """
        sync, state, change = self.record.sync, result.state, result.change
        planned = result.trigger in PLANNING
        # While a plan runs, a trigger that may not replace it does not plan anew.
        if self._may_replan(result.trigger, seen.now):
            self._replans = False
        delivered &= not self._replans
        late = expired_since(sync.schedules, seen.snapshot.seen_at, seen.now)
        self._repository.update_sync(
            self._vin,
            schedules=(*change.kept, *late),
            plan=state.plan,
            confirmed=True,
            saved=sync.saved + (planned and not result.sent and not again),
            delivery=sync.delivery.succeeded() if delivered else sync.delivery,
        )
        shadow = self.record.settings.shadow
        result = replace(result, status=status_of(state, shadow=shadow), skipped=None)
        dropped = {schedule.kind for schedule in change.dropped}
        floor = any(
            each_schedule.kind is ScheduleRole.FLOOR
            for each_schedule in state.schedules
        )
        if ScheduleRole.PLAN in dropped and not floor and not shadow:
            return replace(result, status=PlanStatus.FAILED, skipped=NO_ROOM)
        return result

    async def async_fail(self, result: SyncResult, failure: Failure) -> SyncResult:
        """Store why a try failed, and return the result."""
        sync = self.record.sync
        delivery = sync.delivery.failed(
            failure, dt_util.utcnow(), LONG_PAUSES, REFUSED_PAUSE
        )
        await self._repository.async_update_sync(self._vin, delivery=delivery)
        return self.waiting(result)

    def waiting(self, result: SyncResult) -> SyncResult:
        """Return the result of a plan that waits after a failure."""
        record = self.record
        delivery, settings = record.sync.delivery, record.settings
        fails = delivery.needs_person or delivery.failure == OverBudgetError.key
        status: PlanStatus | None = PlanStatus.FAILED if fails else PlanStatus.PENDING
        if not settings.sync:
            status = None
        elif settings.shadow:
            status = PlanStatus.SHADOW
        return replace(
            result,
            status=status,
            skipped=delivery.failure,
            again_at=delivery.try_at,
        )
