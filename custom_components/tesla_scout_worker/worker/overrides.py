"""What a person says about a car now: charge, skip, another target, a vacation."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.daily.departures import Departures, next_departure
from ..charging.daily.overrides import (
    LATEST_END,
    LONGEST_SKIP,
    Override,
    OverrideKind,
    Overrides,
    day_begins,
    day_target,
    skip_end,
    with_override,
    without_ended,
)
from ..charging.daily.sync_result import SyncTrigger
from ..charging.in_car.charge_control import is_charging
from ..charging.options import ChargingOptions
from ..charging.planning.battery import hours_to_charge
from ..charging.planning.model import LEAST_LIMIT, MOST_LIMIT, PlanReason
from ..charging.sessions.requests import RequestError, deadline
from ..charging.sessions.session import (
    LEAST_NOTICE,
    CancelReason,
    Session,
    SessionEventType,
    SessionState,
    Source,
    new_session,
    session_id,
)
from ..coordinator import ScoutCoordinator
from ..scouting.geofence import Presence
from .manager import Worker
from .reason_texts import session_text
from .sessions import SessionRequests, invalid_request

# A charge that names no end may take this much longer than it should.
SPARE: Final = timedelta(hours=2)

WEEK: Final = 7


class Cancellable(StrEnum):
    """What can be cancelled."""

    CHARGE_NOW = "charge_now"
    SKIP = "skip"
    TARGET = "target"
    VACATION = "vacation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What a cancellation did.

    Attributes:
        kinds: The overrides that were cancelled.
        restored: Sessions that a skip had cancelled, requested again.
        lost: Those that cannot be requested any more.
    """

    kinds: tuple[Cancellable, ...] = ()
    restored: tuple[Session, ...] = ()
    lost: tuple[Session, ...] = ()


class OverrideRequests:
    """Takes overrides for all cars of an account.

    Methods raise ``ServiceValidationError`` where a person asked for what cannot be.
    """

    def __init__(
        self, coordinator: ScoutCoordinator, worker: Worker, sessions: SessionRequests
    ) -> None:
        """Bind the cars, the Worker and the session requests."""
        self._scout = coordinator
        self._worker = worker
        self._sessions = sessions
        self._repository = worker.repository

    # What holds now.

    def of_plan(self, vin: str) -> Overrides:
        """Return the overrides of the daily plan that have not ended."""
        return without_ended(self._record(vin).overrides, dt_util.utcnow())

    def sessions(self, vin: str, *sources: Source) -> tuple[Session, ...]:
        """Return the sessions of a car that were made by an override."""
        return tuple(
            session
            for session in self._record(vin).sessions.open
            if session.source in sources and session.is_cancellable
        )

    # Charge now.

    async def async_charge_now(
        self,
        vin: str,
        target: int | None = None,
        energy: float | None = None,
        until: datetime | None = None,
    ) -> Session:
        """Charge from now on, and return the session.

        Args:
            vin: The car.
            target: State of charge in percent; None: that of the daily plan.
            energy: Energy in kWh, instead of a target.
            until: When it ends at the latest; None: when the target should be reached.
        """
        await self._worker.energy.async_refresh()
        now, level = dt_util.utcnow(), self._scout.level_of(vin)
        if self._scout.place_of(vin) is Presence.AWAY:
            raise invalid_request("charge_now_away")
        target = self._target(vin, target, energy, level)
        if level is not None and level >= target:
            raise invalid_request("charge_now_reached", target=str(target))
        ends = self._end(vin, until, target, level, now)
        controller = self._worker.controller(vin)
        async with controller.lock:
            plan = await controller.sessions.plans.async_plan(
                level, target, ends, now, at_once=True
            )
            for earlier in self.sessions(vin, Source.CHARGE_NOW):
                await controller.sessions.async_end(
                    earlier, SessionState.CANCELLED, CancelReason.REPLACED
                )
            sessions = self._record(vin).sessions
            zone = dt_util.get_default_time_zone()
            name = session_id(ends, zone, sessions.sessions)
            timing = self._sessions.options.timing
            session = new_session(
                name, target, ends, plan, level, timing, Source.CHARGE_NOW
            )
            kept = sessions.without_old(now).with_session(session)
            await self._repository.async_update(vin, sessions=kept)
            notify = self._worker.notifier.notify
            notify(vin, SessionEventType.SCHEDULED, session)
            if PlanReason.TARGET_SHORT in plan.reasons:
                reason = PlanReason.TARGET_SHORT.value
                notify(vin, SessionEventType.FALLING_BEHIND, session, reason)
        await self._worker.async_cycle(vin, SyncTrigger.ACTION)
        return self._sessions.session(vin, name)

    def _target(
        self, vin: str, target: int | None, energy: float | None, level: float | None
    ) -> int:
        """Return the state of charge to reach, in percent."""
        if energy is not None:
            if level is None:
                raise invalid_request("energy_needs_level")
            capacity = self._battery_options(vin).battery.capacity
            return min(MOST_LIMIT, ceil(level + 100 * energy / capacity))
        limit = self._worker.owners_limit(vin)
        usual = self._record(vin).settings.target
        if target is None:
            known = [each for each in (usual, limit) if each is not None]
            if not known:
                raise invalid_request("car_not_read")
            return min(known)
        if not 0 < target <= MOST_LIMIT:
            raise invalid_request("charge_now_target", target=str(target))
        return target

    def _end(
        self,
        vin: str,
        until: datetime | None,
        target: int,
        level: float | None,
        now: datetime,
    ) -> datetime:
        """Return when charging ends at the latest (UTC)."""
        if until is None:
            battery = self._battery_options(vin).battery
            hours = min(hours_to_charge(battery, level or 0.0, target), 48.0)
            return now + timedelta(hours=1.25 * hours) + SPARE
        ends = self._instant(until, now)
        if ends - now < LEAST_NOTICE:
            minutes = LEAST_NOTICE // timedelta(minutes=1)
            raise invalid_request("deadline_too_soon", minutes=str(minutes))
        if ends - now > LONGEST_SKIP:
            raise invalid_request("override_too_long", days=str(LONGEST_SKIP.days))
        return ends

    # Skip, target, vacation.

    async def async_skip(
        self, vin: str, until: datetime | None = None, *, confirm: bool = False
    ) -> Override:
        """Plan no charging until the next departure, or a time; return the override.

        ``confirm``: also cancel the special charging that is due by then.
        """
        now, record = dt_util.utcnow(), self._record(vin)
        if not record.settings.sync or record.settings.shadow:
            raise invalid_request("skip_without_plan")
        zone = dt_util.get_default_time_zone()
        if until is None:
            ends = skip_end(self._leaving(record), now, zone)
        else:
            ends = self._instant(until, now)
        if ends - now > LONGEST_SKIP:
            raise invalid_request("override_too_long", days=str(LONGEST_SKIP.days))
        broken = [
            session
            for session in record.sessions.open
            if session.is_cancellable and (session.start or session.ready_by) < ends
        ]
        if broken and not confirm:
            first = broken[0]
            raise invalid_request(
                "skip_breaks_session",
                target=str(first.target),
                ready_by=f"{dt_util.as_local(first.ready_by):%Y-%m-%d %H:%M}",
            )
        for session in broken:
            await self._sessions.async_cancel(vin, session.id, CancelReason.SKIPPED)
        cancelled = (*self._skipped(vin), *(session.id for session in broken))
        skip = Override(
            kind=OverrideKind.SKIP, since=now, until=ends, cancelled=cancelled
        )
        await self._async_add(vin, skip)
        return skip

    async def async_set_target(
        self, vin: str, day: date, target: int
    ) -> Override | Session:
        """Set the target (percent) for the departure of a day.

        A target above the car's limit becomes special charging, which raises the limit
        for as long as it takes.
        """
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        _check_level(target)
        _check_day(day)
        override = day_target(day, target, zone)
        departure = next_departure(
            self._leaving(self._record(vin)), max(override.since, now), zone
        )
        if departure is None or departure >= override.until:
            raise invalid_request("no_departure_that_day", day=f"{day:%Y-%m-%d}")
        for session in self.sessions(vin, Source.TARGET_OF_DAY):
            if session.ready_by == departure:
                await self._sessions.async_cancel(
                    vin, session.id, CancelReason.REPLACED
                )
        limit = self._worker.owners_limit(vin)
        if limit is None or target > limit:
            await self._async_drop(vin, OverrideKind.TARGET, override.since)
            return await self._sessions.async_add(
                vin, target, departure, Source.TARGET_OF_DAY
            )
        await self._async_add(vin, override)
        return override

    def day_of(self, vin: str, weekday: int) -> date:
        """Return the next day of a weekday (Monday is 0) with a departure ahead."""
        now = dt_util.now()
        for ahead in range(WEEK + 1):
            day = now.date() + timedelta(days=ahead)
            if day.weekday() != weekday:
                continue
            leaves = self._leaving(self._record(vin))[weekday]
            if ahead or leaves is None or leaves > now.time():
                return day
        return now.date()

    async def async_vacation(
        self, vin: str, start: datetime | None, end: datetime, level: int
    ) -> Override:
        """Charge to no more than a level (percent) between two times."""
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        _check_level(level)
        ends = self._instant(end, now)
        try:
            since = now if start is None else deadline(start, zone)
        except RequestError as err:
            raise invalid_request(err.key, **err.placeholders) from err
        if ends <= since:
            raise invalid_request("vacation_ends_first")
        if ends - now > LATEST_END:
            raise invalid_request("override_too_long", days=str(LATEST_END.days))
        override = Override(
            kind=OverrideKind.VACATION, since=since, until=ends, target=level
        )
        await self._async_add(vin, override)
        return override

    # Undoing.

    async def async_cancel(
        self, vin: str, kind: Cancellable | None = None, day: date | None = None
    ) -> Undone:
        """Cancel overrides of a kind, or all; of targets that of a day, or all.

        A session that a skip cancelled is requested again.
        """
        if day is not None:
            _check_day(day)
        skips = kind in (None, Cancellable.SKIP)
        skipped = self._skipped(vin) if skips else ()
        done = [
            each
            for each in (Cancellable if kind is None else (kind,))
            if await self._async_cancel_kind(vin, each, day)
        ]
        if not done:
            raise invalid_request("nothing_to_cancel")
        restored, lost = await self._async_restore(vin, skipped)
        await self._worker.async_cycle(vin, SyncTrigger.ACTION)
        return Undone(kinds=tuple(done), restored=restored, lost=lost)

    async def _async_cancel_kind(
        self, vin: str, kind: Cancellable, day: date | None
    ) -> bool:
        """Cancel the overrides of a kind; return whether there were any."""
        match kind:
            case Cancellable.CHARGE_NOW:
                return await self._async_cancel_sessions(vin, Source.CHARGE_NOW)
            case Cancellable.TARGET:
                zone = dt_util.get_default_time_zone()
                since = None if day is None else day_begins(day, zone)
                cancelled = await self._async_cancel_sessions(
                    vin, Source.TARGET_OF_DAY, day
                )
                dropped = await self._async_drop(vin, OverrideKind.TARGET, since)
                return cancelled or dropped
        return await self._async_drop(vin, OverrideKind(kind.value))

    async def _async_cancel_sessions(
        self, vin: str, source: Source, day: date | None = None
    ) -> bool:
        """Cancel the sessions of an override, of a day or all; return if there are any."""
        found = [
            session
            for session in self.sessions(vin, source)
            if day in (None, dt_util.as_local(session.ready_by).date())
        ]
        for session in found:
            await self._sessions.async_cancel(vin, session.id)
        return bool(found)

    def _skipped(self, vin: str) -> tuple[str, ...]:
        """Return the ids of the sessions that the present skip cancelled."""
        return tuple(
            name for override in self.of_plan(vin) for name in override.cancelled
        )

    async def async_restore(self, vin: str, name: str) -> Session:
        """Request a cancelled session again, with its title and its source."""
        old = self._sessions.session(vin, name)
        if old.state is not SessionState.CANCELLED:
            raise invalid_request("session_not_cancelled", session=session_text(old))
        return await self._async_again(vin, old)

    async def _async_again(self, vin: str, old: Session) -> Session:
        """Request what a session asked for."""
        if old.is_now:
            return await self.async_charge_now(vin, old.target, until=old.ready_by)
        return await self._sessions.async_add_like(vin, old, old.target, old.ready_by)

    async def _async_restore(
        self, vin: str, names: tuple[str, ...]
    ) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """Request cancelled sessions again; return the new ones, and those lost."""
        restored: list[Session] = []
        lost: list[Session] = []
        for name in names:
            if (old := self._repository.session(vin, name)) is None:
                continue
            try:
                again = await self._async_again(vin, old)
            except ServiceValidationError:
                # Its time has come too near, or another took its place.
                lost.append(old)
            else:
                restored.append(again)
        return tuple(restored), tuple(lost)

    async def _async_drop(
        self, vin: str, kind: OverrideKind, since: datetime | None = None
    ) -> bool:
        """Remove overrides of a kind; return whether there were any."""
        async with self._worker.controller(vin).lock:
            before = self._record(vin).overrides
            kept = tuple(
                item
                for item in before
                if item.kind is not kind or since not in (None, item.since)
            )
            if kept == before:
                return False
            await self._repository.async_update(vin, overrides=kept)
        return True

    async def _async_add(self, vin: str, override: Override) -> None:
        """Store an override, and run a cycle."""
        now = dt_util.utcnow()
        async with self._worker.controller(vin).lock:
            record = self._record(vin)
            kept = with_override(without_ended(record.overrides, now), override)
            control, snapshot = record.control, self._scout.snapshot_of(vin)
            if (
                override.kind is OverrideKind.SKIP
                and snapshot is not None
                and self._scout.place_of(vin) is Presence.HOME
                and is_charging(snapshot)
                and (snapshot.charge.battery_level or 0) >= record.settings.floor
            ):
                # Removing a schedule does not end the charge that it began.
                control = replace(control, stop_at=now)
            await self._repository.async_update(vin, overrides=kept, control=control)
        await self._worker.async_cycle(vin, SyncTrigger.ACTION)

    # Facts.

    def _record(self, vin: str) -> CarRecord:
        """Return the record of a car."""
        return self._repository.record(vin)

    def _leaving(self, record: CarRecord) -> Departures:
        """Return the departures by weekday."""
        return record.settings.leaving(self._worker.options.exceptions)

    def _battery_options(self, vin: str) -> ChargingOptions:
        """Return the options with the battery of the car."""
        return self._sessions.options.of_record(self._record(vin))

    def _instant(self, at: datetime, now: datetime) -> datetime:
        """Return an instant ahead that a person named, in UTC."""
        try:
            instant = deadline(at, dt_util.get_default_time_zone())
        except RequestError as err:
            raise invalid_request(err.key, **err.placeholders) from err
        if instant <= now:
            raise invalid_request("deadline_past")
        return instant


def _check_day(day: date) -> None:
    """Refuse a day of the past, or one that is too far away.

    As days, since not all of them are instants (docs/lessons.md).
    """
    ahead = day - dt_util.now().date()
    if ahead < timedelta(0):
        raise invalid_request("day_past", day=day.isoformat())
    if ahead > LATEST_END:
        raise invalid_request("override_too_long", days=str(LATEST_END.days))


def _check_level(target: int) -> None:
    """Check that a car can have a limit in percent."""
    if not LEAST_LIMIT <= target <= MOST_LIMIT:
        raise invalid_request("target_out_of_range", target=str(target))
