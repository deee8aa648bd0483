"""What the Scout remembers of a car, and how a look changes it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..fleet.models import VehicleSnapshot, VehicleSummary
from . import policy
from .home import Home, Whereabouts, whereabouts
from .triggers import Bearings, Observation, Occurrence, detect, observed, reached


@dataclass(frozen=True, kw_only=True, slots=True)
class CarMemory:
    """All that is known of a car: the free look, the last paid one, what is pending.

    ``missed`` says that the last look that was worth its price came to nothing, and
    ``paused_until`` (UTC) when Tesla lets the next one pass, if it named a time.
    """

    summary: VehicleSummary
    snapshot: VehicleSnapshot | None = None
    observation: Observation = field(default_factory=Observation)
    bearings: Bearings = field(default_factory=Bearings)
    quiet_looks: int = 0
    missed: bool = False
    paused_until: datetime | None = None
    reason: policy.LookReason | None = None
    pending: tuple[Occurrence, ...] = ()

    def known(self, summary: VehicleSummary, *, asked: bool) -> policy.Known:
        """Return what the policy wants to know, after a new free look."""
        return policy.Known(
            connectivity=summary.connectivity,
            before=self.observation,
            looked_at=None if self.snapshot is None else self.snapshot.seen_at,
            quiet_looks=self.quiet_looks,
            missed=self.missed,
            in_service=summary.in_service,
            asked=asked,
        )

    def seen_from(self, home: Home | None, now: datetime) -> CarMemory:
        """Return the memory with the last look seen from a home that may have moved.

        A zone that moved is no trip: the car did neither arrive nor leave, but it may
        be ready to charge, or not any more.
        """
        if self.snapshot is None:
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
        memory = replace(self, snapshot=snapshot, missed=False, paused_until=None)
        memory = _noted(self.bearings, memory, observation, snapshot.seen_at)
        return replace(
            memory, quiet_looks=self.quiet_looks + 1 if self._same(memory) else 0
        )

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
    happened = tuple(
        Occurrence(trigger=trigger, at=now) for trigger in detect(before, bearings)
    )
    return replace(
        memory,
        observation=observation,
        bearings=bearings,
        pending=memory.pending + happened,
    )
