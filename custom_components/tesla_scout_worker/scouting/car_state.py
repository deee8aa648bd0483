"""The state of a car, and how polls, reads and hints change it."""

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
from .motion import FASTEST, SETTLE, MotionEstimate, with_believed_position
from .policy_input import PolicyInput, ReadReason
from .statistics import EVENTS, ReadStatistics


@dataclass(frozen=True, kw_only=True, slots=True)
class CarState:
    """All that is known of a car.

    Attributes:
        summary: The last poll.
        snapshot: The last read; None: never read.
        observation: What the last poll, read and hint said.
        confirmed: What was last known for certain.
        quiet_reads: Reads in a row that showed nothing new.
        missed: Whether the last read that was due failed.
        misses: Failed reads in a row.
        tried_at: When the last read was tried (UTC).
        paused_until: When Tesla allows the next read (UTC), if it named a time.
        cable_hint_at: When a plug hint said that the car is at home (UTC), if that was
            after the last read.
        reason: Why it was read at the last poll, or was not.
        motion: Where it goes, and when it rests.
        position_from: A position that was measured before this (UTC, the car's clock)
            is not where the car is now.
        statistics: Its reads and events.
        pending: Events that were not acknowledged yet.
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
    position_from: datetime | None = None
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
        from_memory: bool = False,
        pushed: bool = False,
    ) -> PolicyInput:
        """Return the input of the policy after a new poll."""
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
            from_memory=from_memory,
            pushed=pushed,
            motion=self.motion,
        )

    def with_motion(self, connectivity: Connectivity | None, now: datetime) -> CarState:
        """Return the state with its motion after a new poll.

        How long the car stayed awake is learnt only if it was online at the poll before:
        after a restart it is not known when it fell asleep. Times in the future are from
        before the clock was set back, and would delay reads.
        """
        motion, tried_at = self.motion.believable(now), self.tried_at
        if motion is not self.motion:
            return replace(self, motion=motion).with_motion(connectivity, now)
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
        """Return whether a poll says nothing new about a car that sleeps."""
        return (
            summary == self.summary
            and summary.connectivity is Connectivity.ASLEEP
            and self.reason is ReadReason.ASLEEP
            and not self.missed
            and not self.pending
        )

    def with_home(self, home: Home | None, now: datetime) -> CarState:
        """Return the state with the last read compared to a home that may have moved.

        A home that moved is no arrival and no departure, but it may make the car ready
        to charge, or not ready.
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
            at_home=drive.at_home,
        )
        if place in (self.observation.whereabouts, Presence.UNKNOWN):
            return self
        moved = replace(self, confirmed=replace(self.confirmed, whereabouts=place))
        observation = replace(self.observation, whereabouts=place)
        return _with_observation(moved.confirmed, moved, observation, now)

    def after_poll(self, summary: VehicleSummary, now: datetime) -> CarState:
        """Return the state after a poll."""
        observation = with_connectivity(self.observation, summary.connectivity)
        state = replace(self, summary=summary)
        return _with_observation(self.confirmed, state, observation, now)

    def after_read(self, snapshot: VehicleSnapshot, home: Home | None) -> CarState:
        """Return the state after a read, which follows a poll."""
        snapshot, position_from = with_believed_position(snapshot, self.position_from)
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
            position_from=position_from,
        )
        state = _with_observation(self.confirmed, state, observation, snapshot.seen_at)
        if self._charged_between(snapshot):
            state = _with_events(
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
        """Return the motion after a read."""
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
        """Return whether the car charged and stopped between two reads without a charge.

        Only a charge changes the energy added.
        """
        before = self.snapshot
        if before is None or before.is_charging or snapshot.is_charging:
            return False
        then, now = before.charge.energy_added, snapshot.charge.energy_added
        return None not in (then, now) and then != now and bool(now)

    def with_cable_hint(
        self, plugged_in: bool, home: Home | None, now: datetime
    ) -> CarState:
        """Return the state after a hint that a cable at home was plugged in or out.

        It is unchanged if the car cannot be the one: it cannot be home yet, or it is away
        and a cable was pulled out at home. After unplugging most cars drive off.
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
        hinted = replace(self, motion=motion, cable_hint_at=now)
        return _with_observation(self.confirmed, hinted, observation, now)

    @property
    def sleeps_elsewhere(self) -> bool:
        """Whether the car sleeps away from home, according to the last poll.

        It wakes to drive home and when it is plugged in. So a plug hint at home is about
        another car, unless the next poll finds this one awake.
        """
        away = self.observation.whereabouts is Presence.AWAY
        return away and self.motion.slept and self.motion.online_since is None

    def _can_be_home(self, now: datetime) -> bool:
        """Return whether the car can have come home since the last read."""
        if self.sleeps_elsewhere:
            return False
        if self.snapshot is None or self.motion.metres is None:
            return True
        return now - self.snapshot.seen_at >= self.motion.travel_time(FASTEST)

    def _same(self, after: CarState) -> bool:
        """Return whether a read showed nothing new; missing facts are not new."""
        old, new = self.observation, after.observation
        return self.confirmed == after.confirmed and (
            (old.driving, old.plugged_in) == (new.driving, new.plugged_in)
        )

    def without(self, taken: VehicleEvent) -> CarState:
        """Return the state without an event that was handled."""
        return replace(
            self, pending=tuple(event for event in self.pending if event is not taken)
        )

    def without_stale(self, now: datetime, lifetime: timedelta) -> CarState:
        """Return the state without events that are too old to act on."""
        young = tuple(event for event in self.pending if now - event.at < lifetime)
        return replace(self, pending=young)


def _with_observation(
    before: ConfirmedState, state: CarState, observation: Observation, now: datetime
) -> CarState:
    """Return a state with a new observation and the events that follow from it."""
    confirmed = before.after(observation)
    was, has = state.observation.plugged_in, observation.plugged_in
    cable = None not in (was, has) and was is not has
    state = replace(
        state,
        observation=observation,
        confirmed=confirmed,
        statistics=state.statistics.with_events(cable),
    )
    return _with_events(state, now, detect(before, confirmed))


def _with_events(
    state: CarState, now: datetime, event_types: tuple[VehicleEventType, ...]
) -> CarState:
    """Return a state with events added to those that are pending."""
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
