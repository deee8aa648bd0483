"""One cycle of the Worker: what a car holds, what it should hold, and the difference.

Each cycle may be broken off anywhere and done again: ids are on disk before they are
sent, schedules are told apart by what they say, and a plan counts as done only once the
car was read back.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from homeassistant.util import dt as dt_util

from .charging.departures import departures
from .charging.ordinary import OffPeakRecord
from .charging.plan import Window
from .charging.reconcile import Difference, Kind, Own, difference, first_removals
from .charging.savings import Reading, after_reading
from .charging.wish import Facts, Prices, Rules, Verdict, Wish, wish_for
from .charging_options import ChargingOptions
from .coordinator import ScoutCoordinator
from .fleet.errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
)
from .fleet.models import ChargeSchedule, Position, VehicleSnapshot
from .off_peak_desk import DECIDED, PLANNING, OffPeakDesk, PlanStatus, Standing, Trigger
from .off_peak_options import OffPeakOptions
from .scouting.home import Whereabouts
from .session_desk import SessionDesk
from .worker import Change, Worker

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# A look so old is still what the car holds; after that it is looked at before sending.
FRESH: Final = timedelta(seconds=60)

# A car is on the road, or looked at by the Scout, before its windows more often than
# not; it is woken for them only when that did not happen.
WAKE_LEAD: Final = timedelta(hours=1)
WAKE_POLL: Final = timedelta(seconds=30)
WAKE_PATIENCE: Final = timedelta(seconds=90)

# A car that was told a running window, or is plugged in within one, starts by itself
# within a minute or two.
STARTS_WITHIN: Final = timedelta(minutes=3)

# After trouble that time may cure, and after that which takes a person.
PAUSES: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60))
LONG_PAUSE: Final = timedelta(hours=6)

# So many times no from the car are no accident.
MOST_REFUSALS: Final = 3


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

    async def async_run(self, vin: str, trigger: Trigger) -> Standing:
        """Run a cycle, and return how it stands then."""
        try:
            standing = await self._async_cycle(vin, trigger)
        except FleetError as err:
            standing = await self._async_stumble(vin, trigger, err)
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
        trigger = await self._async_take_note(vin, trigger)
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

    def _note(self, vin: str, **changes: Any) -> None:
        """Keep what changed; the rest is as it is by now, and not as it was read."""
        self._desk.note(vin, replace(self._desk.record(vin), **changes))

    async def _async_keep(self, vin: str, **changes: Any) -> None:
        """Have what changed on disk, likewise."""
        await self._desk.async_keep(vin, replace(self._desk.record(vin), **changes))

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
        replan = trigger in PLANNING and (trigger in DECIDED or not _runs(record, now))
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
        if (wait := self._wait(record, standing)) is not None:
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
        gone = {one.id for one in _run_since(record.own, snapshot.seen_at, facts.now)}
        return difference(
            [one for one in snapshot.schedules if one.id not in gone],
            [one for one in record.own if one.id not in gone],
            wish.own,
            snapshot.max_schedules,
            facts.now,
            self._sessions.promises(vin).schedule_ids,
        )

    def _wait(self, record: OffPeakRecord, standing: Standing) -> Standing | None:
        """Return that the next try must wait after trouble, if it must."""
        until = record.try_at
        forced = standing.trigger in (Trigger.ACTION, Trigger.SETTINGS)
        if until is None or until <= dt_util.utcnow() or forced:
            return None
        told = record.tries >= MOST_REFUSALS
        return replace(
            standing,
            status=PlanStatus.FAILED if told else PlanStatus.PENDING,
            skipped=record.failure,
            again_at=until,
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
        late = _run_since(record.own, snapshot.seen_at, now)
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
        standing = replace(standing, status=_status(wish, record))
        if record.shadow:
            return standing
        return await self._async_see_it_start(vin, standing, snapshot)

    async def _async_see_it_start(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot
    ) -> Standing:
        """Start a car once that should charge and does not, and stop it in the end.

        One that was told to start goes on to its limit, whatever the schedules say.
        """
        record, facts = self._desk.record(vin), standing.facts
        assert facts is not None
        now = dt_util.utcnow()
        fresh = now - snapshot.seen_at <= FRESH
        running = _running(record.own, now, facts.car_zone)
        if record.stop_at is not None and record.stop_at <= now:
            if not fresh and await self._worker.async_is_online(vin):
                snapshot = await self._worker.async_read(vin)
                fresh = True
            if fresh:
                await self._async_keep(vin, stop_at=None)
                state = snapshot.charge.charging_state
                if running is None and state is not None and state.is_charging:
                    await self._worker.async_stop_charging(vin)
            return standing
        if running is None:
            return replace(standing, again_at=record.stop_at)
        charge = snapshot.charge
        full = (
            charge.battery_level is None
            or charge.charge_limit is None
            or charge.battery_level >= charge.charge_limit
        )
        if record.started == running.start or not charge.plugged_in or full:
            return replace(standing, again_at=record.stop_at)
        if charge.charging_state is not None and charge.charging_state.is_charging:
            self._note(vin, started=running.start)
            return standing
        return await self._async_start(vin, standing, snapshot, running)

    async def _async_start(
        self, vin: str, standing: Standing, snapshot: VehicleSnapshot, running: Window
    ) -> Standing:
        """Start a car, once it had its time to start by itself."""
        now = dt_util.utcnow()
        if standing.trigger not in (Trigger.LOOK, Trigger.TIMER):
            # It was plugged in, or told the window, just now.
            return replace(standing, again_at=now + STARTS_WITHIN)
        if now - running.start < STARTS_WITHIN:
            return replace(standing, again_at=running.start + STARTS_WITHIN)
        if now - snapshot.seen_at > FRESH:
            if standing.trigger is not Trigger.TIMER:
                return standing
            if not await self._worker.async_is_online(vin):
                return standing
            snapshot = await self._worker.async_read(vin)
            state = snapshot.charge.charging_state
            if state is None or state.is_charging:
                self._note(vin, started=running.start)
                return standing
        # On disk first: it is told once, and told to stop when the window is over.
        await self._async_keep(vin, started=running.start, stop_at=running.end)
        await self._worker.async_start_charging(vin)
        return replace(standing, again_at=running.end)

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
                self._note(vin, waking_since=None)
            return None
        if record.waking_since is not None:
            if now - record.waking_since < WAKE_PATIENCE:
                return replace(pending, again_at=now + WAKE_POLL)
            self._note(vin, waking_since=None)
            return pending
        first = _first(standing, now)
        if first is None or not snapshot.charge.plugged_in:
            return pending
        if first - WAKE_LEAD > now:
            return replace(pending, again_at=first - WAKE_LEAD)
        what = _said(standing.change)
        if record.woken_for == what:
            return pending
        await self._async_keep(vin, woken_for=what, waking_since=now)
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
        await self._async_keep(vin, own=own, confirmed=False)
        most = snapshot.max_schedules
        first = first_removals(snapshot.schedules or (), change, most)
        if first:
            await self._worker.async_apply(vin, Change(remove=first), snapshot)
        orders = tuple(one.order for one in change.add)
        wanted = Change(add=orders, remove=change.remove - first)
        left = await self._worker.async_apply(vin, wanted, snapshot)
        if not left.empty:
            return await self._async_refused(vin, standing, NOT_IN_CAR)
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
        await self._async_keep(vin, own=(), night=None, confirmed=False, stop_at=None)
        return len(mine)

    # What stands in the way.

    async def _async_stumble(
        self, vin: str, trigger: Trigger, err: FleetError
    ) -> Standing:
        """Note what stood in the way of a cycle."""
        standing = replace(self._desk.standing(vin), trigger=trigger, sent=False)
        match err:
            case KeyNotPairedError() | NotRegisteredError() | OverBudgetError():
                return await self._async_refused(vin, standing, err.key, final=True)
            case RefusedError():
                return await self._async_refused(vin, standing, err.reason)
            case RateLimitedError():
                pause = err.retry_after
            case _:
                record = self._desk.record(vin)
                pause = PAUSES[min(record.tries, len(PAUSES) - 1)]
        return await self._async_pause(
            vin, standing, err.key, pause, PlanStatus.PENDING, tries=1
        )

    async def _async_refused(
        self, vin: str, standing: Standing, reason: str, *, final: bool = False
    ) -> Standing:
        """Note a no of the car's; the third is one that takes a person."""
        record = self._desk.record(vin)
        told = final or record.tries + 1 >= MOST_REFUSALS
        pause = LONG_PAUSE if told else PAUSES[min(record.tries, len(PAUSES) - 1)]
        status = PlanStatus.FAILED if told else PlanStatus.PENDING
        tries = MOST_REFUSALS if final else 1
        return await self._async_pause(vin, standing, reason, pause, status, tries)

    async def _async_pause(
        self,
        vin: str,
        standing: Standing,
        reason: str,
        pause: timedelta,
        status: PlanStatus,
        tries: int,
    ) -> Standing:
        """Note when the next try may be."""
        record = self._desk.record(vin)
        try_at = dt_util.utcnow() + pause
        await self._desk.async_keep(
            vin,
            replace(record, failure=reason, tries=record.tries + tries, try_at=try_at),
        )
        return replace(standing, status=status, skipped=reason, again_at=try_at)

    # What a look tells beside.

    async def _async_take_note(self, vin: str, trigger: Trigger) -> Trigger:
        """Note what the last look told, and return READY if the car got ready.

        Whether it did is remembered over restarts: the same state is no second trigger
        (field-lessons.md, A31), and one that a restart hid is not lost (A8).
        """
        car = self._scout.data.get(vin)
        if car is None or car.snapshot is None:
            return trigger
        home = self._scout.home_position
        zone = dt_util.get_default_time_zone()
        if home is not None:
            zone = await self._zone_of(home)
        record, snapshot = self._desk.record(vin), car.snapshot
        place, charge = car.bearings.whereabouts, snapshot.charge
        away = place is Whereabouts.AWAY
        if away or charge.plugged_in is not None:
            plugged = place is Whereabouts.HOME and bool(charge.plugged_in)
            if plugged and not record.plugged_in:
                trigger = max(
                    trigger, Trigger.READY, key=lambda one: list(Trigger).index(one)
                )
            at_home = place is Whereabouts.HOME and plugged
            energy = charge.energy_added if at_home else None
            now, local = snapshot.seen_at, dt_util.as_local(snapshot.seen_at)
            since = now - timedelta(days=2)
            runs = [run for one in record.own for run in one.runs(since, now, zone)]
            stay, savings = after_reading(
                record.stay,
                record.savings,
                Reading(at=now, energy=energy),
                self._prices.curve(since, now + timedelta(days=1)),
                sorted(runs, key=lambda one: one.start),
                self._charging.battery.power,
                f"{local:%Y-%m}",
            )
            self._desk.note(
                vin, replace(record, plugged_in=plugged, stay=stay, savings=savings)
            )
        return trigger


def _status(wish: Wish, record: OffPeakRecord) -> PlanStatus:
    """Return how it stands with a car that holds what it should."""
    if record.shadow:
        return PlanStatus.SHADOW
    match wish.verdict:
        case Verdict.READY:
            return PlanStatus.IN_CAR
        case Verdict.NO_PRICES:
            return PlanStatus.NO_PRICES
        case Verdict.PENDING:
            return PlanStatus.PENDING


def _runs(record: OffPeakRecord, now: datetime) -> bool:
    """Whether a window of the plan by prices is running."""
    return record.night is not None and any(
        one.start <= now < one.end for one in record.night.windows
    )


def _run_since(own: Iterable[Own], seen_at: datetime, now: datetime) -> tuple[Own, ...]:
    """Return the one-time schedules whose run ended after a look."""
    return tuple(
        one
        for one in own
        if one.over(now) and one.run is not None and seen_at < one.run.end + FRESH
    )


def _running(own: Iterable[Own], now: datetime, zone: tzinfo) -> Window | None:
    """Return the run that is on, of those in which the car should charge."""
    runs = (
        run
        for one in own
        if one.kind is not Kind.GUARD
        for run in one.runs(now, now + timedelta(seconds=1), zone)
    )
    return next(iter(runs), None)


def _first(standing: Standing, now: datetime) -> datetime | None:
    """Return when what is to be added is first of use; None: nothing that hurries."""
    facts = standing.facts
    assert facts is not None
    starts = [
        max(run.start, now)
        for one in standing.change.add
        if one.kind is not Kind.GUARD
        and (run := one.current_run(now, facts.car_zone)) is not None
    ]
    return min(starts, default=None)


def _said(change: Difference) -> str:
    """Return what a change says, as a text to compare."""
    added = sorted(
        f"{one.order.days_of_week}/{one.order.start_time}-{one.order.end_time}"
        for one in change.add
    )
    return " ".join((*added, *map(str, sorted(change.remove))))
