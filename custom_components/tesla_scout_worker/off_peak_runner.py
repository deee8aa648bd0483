"""One cycle of the Worker: what a car holds, what it should hold, and the difference.

Each cycle may be broken off anywhere and done again: ids are on disk before they are
sent, schedules are told apart by what they say, and a plan counts as done only once the
car was read back.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from .charging.cycle import FRESH, first_use, plan_runs, run_since, said
from .charging.departures import departures
from .charging.ordinary import OffPeakRecord
from .charging.reconcile import Difference, difference, first_removals
from .charging.wish import Facts, Prices, Rules, Wish, wish_for
from .charging_options import ChargingOptions
from .coordinator import ScoutCoordinator
from .fleet.errors import CarAsleepError, FleetError, RefusedError
from .fleet.models import ChargeSchedule, Position, VehicleSnapshot
from .off_peak_desk import (
    DECIDED,
    PLANNING,
    OffPeakDesk,
    PlanStatus,
    Standing,
    Trigger,
    status_of,
)
from .off_peak_notes import LookNotes
from .off_peak_options import OffPeakOptions
from .off_peak_start import ChargeStarter
from .off_peak_trouble import NOT_IN_CAR, PAUSES, TroubleBook
from .scouting.home import Whereabouts
from .session_desk import SessionDesk
from .worker import Change, Worker

# A car is on the road, or looked at by the Scout, before its windows more often than
# not; it is woken for them only when that did not happen.
WAKE_LEAD: Final = timedelta(hours=1)
WAKE_POLL: Final = timedelta(seconds=30)
WAKE_PATIENCE: Final = timedelta(seconds=90)


class OffPeakRunner:
    """Runs the cycles; whoever calls holds the lock of the car."""

    def __init__(
        self,
        desk: OffPeakDesk,
        sessions: SessionDesk,
        worker: Worker,
        coordinator: ScoutCoordinator,
        prices: Prices,
        charging: ChargingOptions,
        options: OffPeakOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the records, the promises, the hands, the eyes, prices and options."""
        self._desk = desk
        self._sessions = sessions
        self._worker = worker
        self._scout = coordinator
        self._prices = prices
        self._charging = charging
        self._options = options
        self._zone_of = zone_of
        self._starter = ChargeStarter(desk, worker)
        self._trouble = TroubleBook(desk)
        power = charging.battery.power
        self._notes = LookNotes(desk, coordinator, prices, power, zone_of)

    async def async_run(self, vin: str, trigger: Trigger) -> Standing:
        """Run a cycle, and return how it stands then."""
        try:
            standing = await self._async_cycle(vin, trigger)
        except FleetError as err:
            standing = await self._trouble.async_stumble(vin, trigger, err)
        self._desk.stand(vin, standing)
        return standing

    async def _async_cycle(self, vin: str, trigger: Trigger) -> Standing:
        """Return how it stands after a cycle.

        Raises:
            FleetError: what stood in the way.
        """
        now = dt_util.utcnow()
        car = self._scout.data.get(vin)
        snapshot = None if car is None else car.snapshot
        trigger = await self._notes.async_take(vin, trigger)
        standing = Standing(trigger=trigger)
        if not self._desk.record(vin).sync:
            return replace(standing, skipped="switched_off")
        if (until := self._sessions.promises(vin).blocked_until(now)) is not None:
            return replace(
                standing,
                status=PlanStatus.BLOCKED,
                skipped="special_charging",
                again_at=until,
            )
        home = self._scout.home_position
        if car is None or home is None or not self._at_home(vin):
            return replace(standing, status=PlanStatus.NOT_HOME, skipped="not_home")
        if snapshot is None:
            return replace(standing, status=PlanStatus.PENDING, skipped="never_seen")
        return await self._async_settle(vin, standing, snapshot, home)

    async def async_plan(self, vin: str) -> Standing:
        """Return what a car should hold as it was last seen, and send nothing.

        It is planned wherever the car is, as if it were plugged in at home.
        """
        car, home = self._scout.data.get(vin), self._scout.home_position
        standing = self._desk.standing(vin)
        if car is None or car.snapshot is None or home is None:
            return replace(standing, skipped="never_seen")
        charge = replace(car.snapshot.charge, plugged_in=True)
        snapshot = replace(car.snapshot, charge=charge)
        wish, facts = await self.async_wish(vin, Trigger.TIMER, snapshot, home)
        return self._planned(replace(standing, wish=wish, facts=facts))

    def _planned(self, standing: Standing) -> Standing:
        """Return the standing with what its wish comes to."""
        wish, facts = standing.wish, standing.facts
        assert wish is not None
        assert facts is not None
        energy, cost = wish.outcome(facts, self._prices)
        curve = self._prices.curve(facts.now, facts.now + timedelta(days=1))
        return replace(standing, energy=energy, cost=cost, currency=curve.currency)

    def _at_home(self, vin: str) -> bool:
        """Whether a car is at home, as far as is known for certain."""
        car = self._scout.data.get(vin)
        return car is not None and car.bearings.whereabouts is Whereabouts.HOME

    async def async_wish(
        self, vin: str, trigger: Trigger, snapshot: VehicleSnapshot, home: Position
    ) -> tuple[Wish, Facts]:
        """Return what a car should hold by what a look told."""
        record = self._desk.record(vin)
        now, charge = dt_util.utcnow(), snapshot.charge
        theirs = self._theirs(record, snapshot, now)
        room = None
        if snapshot.max_schedules is not None and theirs is not None:
            room = max(0, snapshot.max_schedules - len(theirs))
        state = charge.charging_state
        facts = Facts(
            now=now,
            level=charge.battery_level,
            limit=charge.charge_limit,
            plugged_in=charge.plugged_in,
            charging=None if state is None else state.is_charging,
            room=room,
            position=home,
            car_zone=await self._zone_of(home),
            zone=dt_util.get_default_time_zone(),
        )
        rules = Rules(
            battery=self._charging.battery,
            limits=self._charging.limits,
            leaving=departures(record.departure, self._options.exceptions),
            guard=self._options.guard,
        )
        replan = trigger in PLANNING and (
            trigger in DECIDED or not plan_runs(record, now)
        )
        return wish_for(record, facts, rules, self._prices, replan=replan), facts

    def _theirs(
        self, record: OffPeakRecord, snapshot: VehicleSnapshot, now: datetime
    ) -> list[ChargeSchedule] | None:
        """Return the schedules in the car that are not of ordinary charging."""
        if snapshot.schedules is None:
            return None
        mine = {one.id for one in record.own}
        return [one for one in snapshot.schedules if one.id not in mine]

    async def _async_settle(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot, home: Position
    ) -> Standing:
        """Make the car hold what it should, by a look that is fresh if anything is sent."""
        record = self._desk.record(vin)
        wish, facts = await self.async_wish(vin, standing.trigger, snapshot, home)
        change = self._difference(vin, record, snapshot, wish, facts)
        standing = self._planned(
            replace(
                standing,
                wish=wish,
                facts=facts,
                change=change or Difference(),
                found=None if snapshot.schedules is None else len(snapshot.schedules),
            )
        )
        if change is not None and change.empty:
            return await self._async_in_order(vin, standing, snapshot, change)
        if record.shadow:
            return replace(standing, status=PlanStatus.SHADOW, skipped="shadow")
        if (wait := self._trouble.wait(record, standing)) is not None:
            return wait
        if facts.now - snapshot.seen_at > FRESH or change is None:
            if (wait := await self._async_awake(vin, standing, snapshot)) is not None:
                return wait
            snapshot = await self._worker.async_read(vin)
            if not self._at_home(vin):
                return replace(standing, status=PlanStatus.NOT_HOME, skipped="not_home")
            if snapshot.schedules is None:
                # A failed read is not an empty list (field-lessons.md, A5).
                again = dt_util.utcnow() + PAUSES[-1]
                return replace(
                    standing,
                    status=PlanStatus.PENDING,
                    skipped="schedules_unknown",
                    again_at=again,
                )
            return await self._async_settle(vin, standing, snapshot, home)
        return await self._async_send(vin, standing, snapshot)

    def _difference(
        self,
        vin: str,
        record: OffPeakRecord,
        snapshot: VehicleSnapshot,
        wish: Wish,
        facts: Facts,
    ) -> Difference | None:
        """Return what a look says is to be sent; None if it did not tell the schedules.

        What ran since the look is gone by now, and is not asked after.
        """
        if snapshot.schedules is None:
            return None
        gone = {one.id for one in run_since(record.own, snapshot.seen_at, facts.now)}
        return difference(
            [one for one in snapshot.schedules if one.id not in gone],
            [one for one in record.own if one.id not in gone],
            wish.own,
            snapshot.max_schedules,
            facts.now,
            self._sessions.promises(vin).schedule_ids,
        )

    # What is in order.

    async def _async_in_order(
        self,
        vin: str,
        standing: Standing,
        snapshot: VehicleSnapshot,
        change: Difference,
    ) -> Standing:
        """Note that the car holds what it should, and see that it starts if it is time."""
        record, wish = self._desk.record(vin), standing.wish
        assert wish is not None
        now = dt_util.utcnow()
        saved = record.saved + (standing.trigger in PLANNING and not standing.sent)
        late = run_since(record.own, snapshot.seen_at, now)
        record = replace(
            record,
            own=(*change.kept, *late),
            night=wish.night,
            confirmed=True,
            saved=saved,
            woken_for=None,
            waking_since=None,
            failure=None,
            tries=0,
            try_at=None,
        )
        self._desk.note(vin, record)
        standing = replace(standing, status=status_of(wish, record))
        if record.shadow:
            return standing
        return await self._starter.async_see_it_start(vin, standing, snapshot)

    # Sending.

    async def _async_awake(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot
    ) -> Standing | None:
        """Return why the car cannot be told anything now; None if it can.

        It is woken once for a change, shortly before it matters, and never to find out.
        """
        record, now = self._desk.record(vin), dt_util.utcnow()
        pending = replace(standing, status=PlanStatus.PENDING, skipped="asleep")
        car = self._scout.data.get(vin)
        if car is None or car.summary.in_service:
            return replace(pending, skipped="in_service")
        if await self._worker.async_is_online(vin):
            if record.waking_since is not None:
                self._desk.change(vin, waking_since=None)
            return None
        if record.waking_since is not None:
            if now - record.waking_since < WAKE_PATIENCE:
                return replace(pending, again_at=now + WAKE_POLL)
            self._desk.change(vin, waking_since=None)
            return pending
        facts = standing.facts
        assert facts is not None
        first = first_use(standing.change.add, now, facts.car_zone)
        if first is None or not snapshot.charge.plugged_in:
            return pending
        if first - WAKE_LEAD > now:
            return replace(pending, again_at=first - WAKE_LEAD)
        what = said(standing.change)
        if record.woken_for == what:
            return pending
        await self._desk.async_change(vin, woken_for=what, waking_since=now)
        await self._worker.async_wake(vin)
        return replace(pending, skipped="waking", again_at=now + WAKE_POLL)

    async def _async_send(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot
    ) -> Standing:
        """Write down, send, read back."""
        change, wish, facts = standing.change, standing.wish, standing.facts
        assert wish is not None
        assert facts is not None
        record = self._desk.record(vin)
        old = tuple(one for one in record.own if one.id in change.remove)
        own = (*change.kept, *change.add, *old)
        await self._desk.async_change(vin, own=own, confirmed=False)
        most = snapshot.max_schedules
        first = first_removals(snapshot.schedules or (), change, most)
        if first:
            await self._worker.async_apply(vin, Change(remove=first), snapshot)
        orders = tuple(one.order for one in change.add)
        wanted = Change(add=orders, remove=change.remove - first)
        left = await self._worker.async_apply(vin, wanted, snapshot)
        if not left.empty:
            return await self._trouble.async_refused(vin, standing, NOT_IN_CAR)
        car = self._scout.data.get(vin)
        read = snapshot if car is None or car.snapshot is None else car.snapshot
        kept = Difference(kept=(*change.kept, *change.add))
        standing = replace(standing, sent=True)
        return await self._async_in_order(vin, standing, read, kept)

    async def async_reset(self, vin: str) -> int:
        """Remove what is ours, forget it, and return how many schedules that were.

        Raises:
            FleetError: what stood in the way; nothing is forgotten then.
        """
        record = self._desk.record(vin)
        snapshot = await self._worker.async_read(vin)
        if snapshot.schedules is None:
            raise CarAsleepError
        theirs = {one.id: one for one in snapshot.schedules}
        ours = [one for one in record.own if one.id in theirs]
        mine = difference(snapshot.schedules, ours, (), None, dt_util.utcnow()).remove
        change = Change(remove=mine)
        left = await self._worker.async_apply(vin, change, snapshot)
        if not left.empty:
            raise RefusedError(NOT_IN_CAR)
        await self._desk.async_change(
            vin, own=(), night=None, confirmed=False, stop_at=None
        )
        return len(mine)
