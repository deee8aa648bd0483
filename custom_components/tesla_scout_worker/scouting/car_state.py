"""What the Scout remembers of a car, and how a look changes it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..gateways.models import Connectivity, VehicleSnapshot, VehicleSummary
from .events import (
    Bearings,
    Observation,
    Occurrence,
    Trigger,
    detect,
    observed,
    reached,
)
from .geofence import Home, Whereabouts, whereabouts
from .motion import FASTEST, SETTLE, Trail
from .policy_input import Known, LookReason
from .statistics import EVENTS, Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class CarMemory:
    """All that is known of a car: the free look, the last paid one, what is pending.

    ``missed`` says that the last look that was worth its price came to nothing,
    ``misses`` how many in a row did, ``tried_at`` (UTC) when the last was tried, and
    ``paused_until`` (UTC) when Tesla lets the next one pass, if it named a time.
    ``told_at`` (UTC) is when a cable at home told where the car is, if that was after
    the last paid look.
    """

    summary: VehicleSummary
    snapshot: VehicleSnapshot | None = None
    observation: Observation = field(default_factory=Observation)
    bearings: Bearings = field(default_factory=Bearings)
    quiet_looks: int = 0
    missed: bool = False
    misses: int = 0
    tried_at: datetime | None = None
    paused_until: datetime | None = None
    told_at: datetime | None = None
    reason: LookReason | None = None
    trail: Trail = field(default_factory=Trail)
    tally: Tally = field(default_factory=Tally)
    pending: tuple[Occurrence, ...] = ()

    def known(
        self,
        summary: VehicleSummary,
        *,
        asked: bool,
        hinted: bool = False,
        cable_told: bool = False,
        stretch: float = 1.0,
    ) -> Known:
        """Return what the policy wants to know, after a new free look."""
        snapshot = self.snapshot
        return Known(
            connectivity=summary.connectivity,
            before=self.observation,
            looked_at=None if snapshot is None else snapshot.seen_at,
            quiet_looks=self.quiet_looks,
            missed=self.missed,
            misses=self.misses,
            tried_at=self.tried_at,
            in_service=summary.in_service,
            asked=asked,
            driving=snapshot is not None and snapshot.drive.is_driving,
            charging=snapshot is not None
            and snapshot.is_charging
            and self.observation.charging is not False,
            hinted=hinted,
            cable_told=cable_told,
            stretch=stretch,
            trail=self.trail,
        )

    def on_the_way(self, connectivity: Connectivity | None, now: datetime) -> CarMemory:
        """Return the memory with the trail as a new free look continues it.

        How long the car stayed awake is learnt only if it was online a round ago: after
        a restart nobody knows when it fell asleep. What lies ahead was noted by a clock
        that was set back since, and would keep a look waiting until then.
        """
        since, tried_at = self.trail.online_since, self.tried_at
        if since is not None and since > now:
            ahead = replace(self, trail=replace(self.trail, online_since=now))
            return ahead.on_the_way(connectivity, now)
        if tried_at is not None and tried_at > now:
            return replace(self, tried_at=now).on_the_way(connectivity, now)
        idle_from = None
        if (
            self.summary.connectivity is Connectivity.ONLINE
            and self.snapshot is not None
            and not (self.snapshot.drive.is_driving or self.snapshot.is_charging)
        ):
            idle_from = self.snapshot.seen_at
        trail = self.trail.after_free_look(connectivity, now, idle_from)
        return self if trail is self.trail else replace(self, trail=trail)

    def sleeps_on(self, summary: VehicleSummary) -> bool:
        """Return whether a free look tells nothing that was not known: it sleeps on."""
        return (
            summary == self.summary
            and summary.connectivity is Connectivity.ASLEEP
            and self.reason is LookReason.ASLEEP
            and not self.missed
            and not self.pending
        )

    def seen_from(self, home: Home | None, now: datetime) -> CarMemory:
        """Return the memory with the last look seen from a home that may have moved.

        A zone that moved is no trip: the car did neither arrive nor leave, but it may
        be ready to charge, or not any more.
        """
        if self.snapshot is None or self.told_at is not None:
            return self
        drive = self.snapshot.drive
        place = whereabouts(
            home,
            drive.position,
            before=self.bearings.whereabouts,
            driving=drive.is_driving,
            stayed_plugged_in=bool(self.observation.plugged_in),
        )
        if place in (self.observation.whereabouts, Whereabouts.UNKNOWN):
            return self
        moved = replace(self, bearings=replace(self.bearings, whereabouts=place))
        observation = replace(self.observation, whereabouts=place)
        return _noted(moved.bearings, moved, observation, now)

    def after_free_look(self, summary: VehicleSummary, now: datetime) -> CarMemory:
        """Return the memory after a round without a paid look."""
        observation = reached(self.observation, summary.connectivity)
        memory = replace(self, summary=summary)
        return _noted(self.bearings, memory, observation, now)

    def after_paid_look(
        self, snapshot: VehicleSnapshot, home: Home | None
    ) -> CarMemory:
        """Return the memory after a paid look, which a free one came before."""
        observation = observed(
            self.observation, self.bearings.whereabouts, snapshot, home
        )
        memory = replace(
            self,
            snapshot=snapshot,
            missed=False,
            misses=0,
            paused_until=None,
            told_at=None,
            trail=self._trail(snapshot, observation, home),
        )
        memory = _noted(self.bearings, memory, observation, snapshot.seen_at)
        if self._charged_between(snapshot):
            memory = _told(
                memory,
                snapshot.seen_at,
                (Trigger.CHARGING_STARTED, Trigger.CHARGING_STOPPED),
            )
        return replace(
            memory,
            quiet_looks=self.quiet_looks + 1 if self._same(memory) else 0,
            tally=memory.tally.with_look(),
        )

    def _trail(
        self, snapshot: VehicleSnapshot, found: Observation, home: Home | None
    ) -> Trail:
        """Return the trail after a paid look."""
        trail = self.trail.after_paid_look(self.snapshot, snapshot, home)
        before = self.snapshot
        came = self.bearings.whereabouts is Whereabouts.AWAY or (
            before is not None and before.drive.is_driving
        )
        if not (came and found.at_home and found.plugged_in is False) or found.driving:
            return trail
        since = None if before is None else before.seen_at
        return replace(trail, plug_at=self.trail.came_home(since, snapshot.seen_at))

    def _charged_between(self, snapshot: VehicleSnapshot) -> bool:
        """Return whether the car charged and stopped between two looks at its rest.

        Only a charge changes the energy that was added.
        """
        before = self.snapshot
        if before is None or before.is_charging or snapshot.is_charging:
            return False
        then, now = before.charge.energy_added, snapshot.charge.energy_added
        return None not in (then, now) and then != now and bool(now)

    def told_of_cable(
        self, plugged_in: bool, home: Home | None, now: datetime
    ) -> CarMemory:
        """Return the memory after a cable at home was plugged in, or pulled out.

        It is believed where the car can be the one: a car that cannot be home yet is
        not, and one that is away has no cable to pull at home. Who pulls it out mostly
        drives off.
        """
        if home is None or self.observation.plugged_in is plugged_in:
            return self
        place = self.observation.whereabouts
        if place is not Whereabouts.HOME and not (
            plugged_in and self._can_be_home(now)
        ):
            return self
        observation = replace(
            self.observation,
            whereabouts=Whereabouts.HOME,
            plugged_in=plugged_in,
            driving=False,
            charging=self.observation.charging if plugged_in else False,
        )
        leaves_at = None if plugged_in else now + SETTLE
        trail = replace(self.trail, metres=0.0, plug_at=None, leaves_at=leaves_at)
        told = replace(self, trail=trail, told_at=now)
        return _noted(self.bearings, told, observation, now)

    @property
    def sleeps_elsewhere(self) -> bool:
        """Whether the car sleeps away from home, as far as the last free look tells.

        It would have woken for the way home, and does for a cable: whoever plugs in at
        home then is somebody else, or the next free look finds it awake.
        """
        away = self.observation.whereabouts is Whereabouts.AWAY
        return away and self.trail.slept and self.trail.online_since is None

    def _can_be_home(self, now: datetime) -> bool:
        """Return whether the car can have come home since the last look."""
        if self.sleeps_elsewhere:
            return False
        if self.snapshot is None or self.trail.metres is None:
            return True
        return now - self.snapshot.seen_at >= self.trail.takes(FASTEST)

    def _same(self, after: CarMemory) -> bool:
        """Return whether a look told nothing new; a gap in the facts is no news."""
        old, new = self.observation, after.observation
        return self.bearings == after.bearings and (
            (old.driving, old.plugged_in) == (new.driving, new.plugged_in)
        )

    def without(self, taken: Occurrence) -> CarMemory:
        """Return the memory without an occurrence that somebody has handled."""
        return replace(
            self, pending=tuple(one for one in self.pending if one is not taken)
        )

    def without_stale(self, now: datetime, lifetime: timedelta) -> CarMemory:
        """Return the memory without the occurrences that are too old to act on."""
        young = tuple(one for one in self.pending if now - one.at < lifetime)
        return replace(self, pending=young)


def _noted(
    before: Bearings, memory: CarMemory, observation: Observation, now: datetime
) -> CarMemory:
    """Return a memory with a new observation, and what happened up to it."""
    bearings = before.after(observation)
    was, has = memory.observation.plugged_in, observation.plugged_in
    cable = None not in (was, has) and was is not has
    memory = replace(
        memory,
        observation=observation,
        bearings=bearings,
        tally=memory.tally.with_events(cable),
    )
    return _told(memory, now, detect(before, bearings))


def _told(memory: CarMemory, now: datetime, triggers: tuple[Trigger, ...]) -> CarMemory:
    """Return a memory with what happened put on the list."""
    happened = tuple(Occurrence(trigger=trigger, at=now) for trigger in triggers)
    return replace(
        memory,
        pending=memory.pending + happened,
        tally=memory.tally.with_events(sum(one in EVENTS for one in triggers)),
    )
