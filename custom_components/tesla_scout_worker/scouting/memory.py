"""What the Scout remembers of a car, and how a look changes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..fleet.models import VehicleSnapshot, VehicleSummary
from . import policy
from .home import Home
from .triggers import Observation, Occurrence, detect, observed, reached


@dataclass(frozen=True, kw_only=True, slots=True)
class CarMemory:
    """All that is known of a car: the free look, the last paid one, what is pending."""

    summary: VehicleSummary
    snapshot: VehicleSnapshot | None = None
    observation: Observation | None = None
    quiet_looks: int = 0
    reason: policy.LookReason | None = None
    pending: tuple[Occurrence, ...] = ()

    def known(self, summary: VehicleSummary, *, asked: bool) -> policy.Known:
        """Return what the policy wants to know, after a new free look."""
        return policy.Known(
            connectivity=summary.connectivity,
            before=self.observation,
            looked_at=None if self.snapshot is None else self.snapshot.seen_at,
            quiet_looks=self.quiet_looks,
            in_service=summary.in_service,
            asked=asked,
        )

    def after_free_look(self, summary: VehicleSummary, now: datetime) -> CarMemory:
        """Return the memory after a round without a paid look."""
        observation = reached(self.observation or Observation(), summary.connectivity)
        return self._noted(replace(self, summary=summary), observation, now)

    def after_paid_look(
        self, summary: VehicleSummary, snapshot: VehicleSnapshot, home: Home | None
    ) -> CarMemory:
        """Return the memory after a paid look."""
        observation = observed(self.observation or Observation(), snapshot, home)
        memory = replace(
            self,
            summary=summary,
            snapshot=snapshot,
            quiet_looks=self.quiet_looks + 1 if observation == self.observation else 0,
        )
        return self._noted(memory, observation, snapshot.seen_at)

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
        self, memory: CarMemory, observation: Observation, now: datetime
    ) -> CarMemory:
        """Return a memory with a new observation, and what happened up to it."""
        happened = tuple(
            Occurrence(trigger=trigger, at=now)
            for trigger in detect(self.observation, observation)
        )
        return replace(
            memory, observation=observation, pending=memory.pending + happened
        )
