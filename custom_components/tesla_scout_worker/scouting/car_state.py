"""What the Scout remembers of a car, and how a look changes it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..const import NOT_STORED
from ..gateways.models import Connectivity, VehicleSnapshot, VehicleSummary
from .events import (
    ConfirmedState,
    Observation,
    VehicleEvent,
    VehicleEventType,
    detect,
    observe,
    with_connectivity,
)
from .geofence import Home, Presence, presence_at
from .motion import FASTEST, SETTLE, MotionEstimate
from .policy_input import PolicyInput, ReadReason
from .statistics import EVENTS, ReadStatistics


@dataclass(frozen=True, kw_only=True, slots=True)
class CarState:
    """All that is known of a car: the free look, the last paid one, what is pending.

    ``missed`` says that the last look that was worth its price came to nothing,
    ``misses`` how many in a row did, ``tried_at`` (UTC) when the last was tried, and
    ``paused_until`` (UTC) when Tesla lets the next one pass, if it named a time.
    ``cable_hint_at`` (UTC) is when a cable at home told where the car is, if that was after
    the last paid look.
    """

    summary: VehicleSummary
    snapshot: VehicleSnapshot | None = None
    observation: Observation = field(default_factory=Observation)
    confirmed: ConfirmedState = field(default_factory=ConfirmedState)
    quiet_reads: int = 0
    missed: bool = False
    misses: int = 0
    tried_at: datetime | None = None
    paused_until: datetime | None = None
    cable_hint_at: datetime | None = None
    reason: ReadReason | None = field(default=None, metadata=NOT_STORED)
    motion: MotionEstimate = field(default_factory=MotionEstimate)
    statistics: ReadStatistics = field(default_factory=ReadStatistics)
    pending: tuple[VehicleEvent, ...] = ()

    def policy_input(
        self,
        summary: VehicleSummary,
        *,
        asked: bool,
        hinted: bool = False,
        cable_hinted: bool = False,
        stretch: float = 1.0,
    ) -> PolicyInput:
        """Return what the policy wants to know, after a new free look."""
        snapshot = self.snapshot
        return PolicyInput(
            connectivity=summary.connectivity,
            before=self.observation,
            read_at=None if snapshot is None else snapshot.seen_at,
            quiet_reads=self.quiet_reads,
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
            cable_hinted=cable_hinted,
            stretch=stretch,
            motion=self.motion,
        )

    def with_motion(self, connectivity: Connectivity | None, now: datetime) -> CarState:
        """Return the memory with the trail as a new free look continues it.

        How long the car stayed awake is learnt only if it was online a round ago: after
        a restart nobody knows when it fell asleep. What lies ahead was noted by a clock
        that was set back since, and would keep a look waiting until then.
        """
        since, tried_at = self.motion.online_since, self.tried_at
        if since is not None and since > now:
            ahead = replace(self, motion=replace(self.motion, online_since=now))
            return ahead.with_motion(connectivity, now)
        if tried_at is not None and tried_at > now:
            return replace(self, tried_at=now).with_motion(connectivity, now)
        idle_from = None
        if (
            self.summary.connectivity is Connectivity.ONLINE
            and self.snapshot is not None
            and not (self.snapshot.drive.is_driving or self.snapshot.is_charging)
        ):
            idle_from = self.snapshot.seen_at
        motion = self.motion.after_poll(connectivity, now, idle_from)
        return self if motion is self.motion else replace(self, motion=motion)

    def unchanged_asleep(self, summary: VehicleSummary) -> bool:
        """Return whether a free look tells nothing that was not known: it sleeps on."""
        return (
            summary == self.summary
            and summary.connectivity is Connectivity.ASLEEP
            and self.reason is ReadReason.ASLEEP
            and not self.missed
            and not self.pending
        )

    def with_home(self, home: Home | None, now: datetime) -> CarState:
        """Return the memory with the last look seen from a home that may have moved.

        A zone that moved is no trip: the car did neither arrive nor leave, but it may
        be ready to charge, or not any more.
        """
        if self.snapshot is None or self.cable_hint_at is not None:
            return self
        drive = self.snapshot.drive
        place = presence_at(
            home,
            drive.position,
            before=self.confirmed.whereabouts,
            driving=drive.is_driving,
            stayed_plugged_in=bool(self.observation.plugged_in),
        )
        if place in (self.observation.whereabouts, Presence.UNKNOWN):
            return self
        moved = replace(self, confirmed=replace(self.confirmed, whereabouts=place))
        observation = replace(self.observation, whereabouts=place)
        return _noted(moved.confirmed, moved, observation, now)

    def after_poll(self, summary: VehicleSummary, now: datetime) -> CarState:
        """Return the memory after a round without a paid look."""
        observation = with_connectivity(self.observation, summary.connectivity)
        state = replace(self, summary=summary)
        return _noted(self.confirmed, state, observation, now)

    def after_read(self, snapshot: VehicleSnapshot, home: Home | None) -> CarState:
        """Return the memory after a paid look, which a free one came before."""
        observation = observe(
            self.observation, self.confirmed.whereabouts, snapshot, home
        )
        state = replace(
            self,
            snapshot=snapshot,
            missed=False,
            misses=0,
            paused_until=None,
            cable_hint_at=None,
            motion=self._motion(snapshot, observation, home),
        )
        state = _noted(self.confirmed, state, observation, snapshot.seen_at)
        if self._charged_between(snapshot):
            state = _told(
                state,
                snapshot.seen_at,
                (VehicleEventType.CHARGING_STARTED, VehicleEventType.CHARGING_STOPPED),
            )
        return replace(
            state,
            quiet_reads=self.quiet_reads + 1 if self._same(state) else 0,
            statistics=state.statistics.with_read(),
        )

    def _motion(
        self, snapshot: VehicleSnapshot, found: Observation, home: Home | None
    ) -> MotionEstimate:
        """Return the trail after a paid look."""
        motion = self.motion.after_read(self.snapshot, snapshot, home)
        before = self.snapshot
        came = self.confirmed.whereabouts is Presence.AWAY or (
            before is not None and before.drive.is_driving
        )
        if not (came and found.at_home and found.plugged_in is False) or found.driving:
            return motion
        since = None if before is None else before.seen_at
        return replace(
            motion, plug_at=self.motion.plug_check_at(since, snapshot.seen_at)
        )

    def _charged_between(self, snapshot: VehicleSnapshot) -> bool:
        """Return whether the car charged and stopped between two looks at its rest.

        Only a charge changes the energy that was added.
        """
        before = self.snapshot
        if before is None or before.is_charging or snapshot.is_charging:
            return False
        then, now = before.charge.energy_added, snapshot.charge.energy_added
        return None not in (then, now) and then != now and bool(now)

    def with_cable_hint(
        self, plugged_in: bool, home: Home | None, now: datetime
    ) -> CarState:
        """Return the memory after a cable at home was plugged in, or pulled out.

        It is believed where the car can be the one: a car that cannot be home yet is
        not, and one that is away has no cable to pull at home. Who pulls it out mostly
        drives off.
        """
        if home is None or self.observation.plugged_in is plugged_in:
            return self
        place = self.observation.whereabouts
        if place is not Presence.HOME and not (plugged_in and self._can_be_home(now)):
            return self
        observation = replace(
            self.observation,
            whereabouts=Presence.HOME,
            plugged_in=plugged_in,
            driving=False,
            charging=self.observation.charging if plugged_in else False,
        )
        leaves_at = None if plugged_in else now + SETTLE
        motion = replace(self.motion, metres=0.0, plug_at=None, leaves_at=leaves_at)
        told = replace(self, motion=motion, cable_hint_at=now)
        return _noted(self.confirmed, told, observation, now)

    @property
    def sleeps_elsewhere(self) -> bool:
        """Whether the car sleeps away from home, as far as the last free look tells.

        It would have woken for the way home, and does for a cable: whoever plugs in at
        home then is somebody else, or the next free look finds it awake.
        """
        away = self.observation.whereabouts is Presence.AWAY
        return away and self.motion.slept and self.motion.online_since is None

    def _can_be_home(self, now: datetime) -> bool:
        """Return whether the car can have come home since the last look."""
        if self.sleeps_elsewhere:
            return False
        if self.snapshot is None or self.motion.metres is None:
            return True
        return now - self.snapshot.seen_at >= self.motion.travel_time(FASTEST)

    def _same(self, after: CarState) -> bool:
        """Return whether a look told nothing new; a gap in the facts is no news."""
        old, new = self.observation, after.observation
        return self.confirmed == after.confirmed and (
            (old.driving, old.plugged_in) == (new.driving, new.plugged_in)
        )

    def without(self, taken: VehicleEvent) -> CarState:
        """Return the memory without an occurrence that somebody has handled."""
        return replace(
            self, pending=tuple(item for item in self.pending if item is not taken)
        )

    def without_stale(self, now: datetime, lifetime: timedelta) -> CarState:
        """Return the memory without the occurrences that are too old to act on."""
        young = tuple(item for item in self.pending if now - item.at < lifetime)
        return replace(self, pending=young)


def _noted(
    before: ConfirmedState, state: CarState, observation: Observation, now: datetime
) -> CarState:
    """Return a memory with a new observation, and what happened up to it."""
    confirmed = before.after(observation)
    was, has = state.observation.plugged_in, observation.plugged_in
    cable = None not in (was, has) and was is not has
    state = replace(
        state,
        observation=observation,
        confirmed=confirmed,
        statistics=state.statistics.with_events(cable),
    )
    return _told(state, now, detect(before, confirmed))


def _told(
    state: CarState, now: datetime, event_types: tuple[VehicleEventType, ...]
) -> CarState:
    """Return a memory with what happened put on the list."""
    happened = tuple(
        VehicleEvent(event_type=event_type, at=now) for event_type in event_types
    )
    return replace(
        state,
        pending=state.pending + happened,
        statistics=state.statistics.with_events(
            sum(each_type in EVENTS for each_type in event_types)
        ),
    )
