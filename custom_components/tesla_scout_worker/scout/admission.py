"""Admission of reads: the budget, hints and requests that allow or forbid one."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from ..gateways.budget import SAVING_STRETCH, WHOLE, Budget, Stage
from ..gateways.errors import (
    AskedTooOftenError,
    BudgetSpentError,
    FleetError,
    ShareSpentError,
)
from ..gateways.models import VehicleSummary
from ..scouting.car_state import CarState
from ..scouting.events import Observation
from ..scouting.hint_trust import CHATTER, WORTH, Hint, HintKind
from ..scouting.policy import ScoutingMode, decide
from ..scouting.policy_input import PAID, PolicyInput, ReadReason
from ..scouting.rate_limiter import TokenBucket
from ..scouting.statistics import ReadHistory, ReadLogEntry

# A hint is forgotten after this; what it said about may be over by then.
HINT_LIFETIME: Final = timedelta(minutes=10)


class ReadAdmission:
    """The budget of an account, its hints, and its reads so far."""

    def __init__(
        self,
        budget: Budget,
        hints: dict[str, HintKind],
        memory: ReadHistory | None = None,
    ) -> None:
        """Keep what was learnt about the hints in the options, by entity id.

        A hint that is no longer in the options, or is of another kind now, is forgotten.
        """
        self.budget = budget
        self.memory = memory or ReadHistory()
        known = self.memory.hints
        self.memory.hints = {
            entity: known[entity]
            if entity in known and known[entity].kind is kind
            else Hint(kind=kind)
            for entity, kind in hints.items()
        }
        # Whether a car's reads are free, from the memory of a provider.
        self.from_memory: Callable[[str], bool] = lambda vin: False
        # Whether a car's changes are reported, so that it need not be read for them.
        self.pushed: Callable[[str], bool] = lambda vin: False
        # The share of the budget that a car may spend on reads, in percent.
        self.share_of: Callable[[str], int] = lambda vin: WHOLE
        self._limiters: dict[str, TokenBucket] = {}
        self._hinted: dict[str, dict[str, datetime]] = {}
        # What each hint last said about a car's cable, and when; the next read checks it.
        self._cable_hints: dict[str, dict[str, tuple[bool, datetime]]] = {}

    @property
    def hints(self) -> dict[str, Hint]:
        """The hints, by their entity id."""
        return self.memory.hints

    def stretch(self, now: datetime) -> float:
        """Return the factor on the waits between reads at this stage of the budget."""
        return SAVING_STRETCH if self.budget.stage(now) is Stage.SAVING else 1.0

    def rate_limited(self, vin: str, now: datetime) -> FleetError | None:
        """Return why a requested read must wait; None admits and counts it."""
        limiter = self._limiters.setdefault(vin, TokenBucket())
        if wait := limiter.wait(now):
            return AskedTooOftenError(seconds=str(round(wait.total_seconds())))
        limiter.take(now)
        return None

    def must_save(self, now: datetime) -> FleetError | None:
        """Return why nothing is read except for sessions; None: it may be."""
        if self.budget.stage(now) in (Stage.ESSENTIAL, Stage.STOPPED):
            return BudgetSpentError()
        return None

    def policy_input(
        self, car: CarState, summary: VehicleSummary, now: datetime, *, asked: bool
    ) -> PolicyInput:
        """Return the input of the policy for a car after a poll."""
        return car.policy_input(
            summary,
            asked=asked,
            hinted=self.hinted(summary.vin, now),
            cable_hinted=self.cable_hinted,
            stretch=self.stretch(now),
            from_memory=self.from_memory(summary.vin),
            pushed=self.pushed(summary.vin),
        )

    def decide(
        self,
        mode: ScoutingMode,
        car: CarState,
        summary: VehicleSummary,
        now: datetime,
        zone: tzinfo,
        *,
        asked: bool,
    ) -> tuple[ReadReason, FleetError | None]:
        """Return why a car is read now, or is not, within the budget.

        Returns:
            The reason, and the error for somebody who asked for a read in vain.
        """

        def reason_for(*, asked: bool) -> ReadReason:
            """Return the reason by the policy."""
            known = self.policy_input(car, summary, now, asked=asked)
            return decide(mode, known, now, zone)

        reason = reason_for(asked=asked)
        if reason not in PAID:
            return reason, None
        if (spent := self.must_save(now)) is not None:
            return ReadReason.BUDGET, spent
        share, reads = self.share_of(summary.vin), car.statistics.reads
        if not self.budget.allows_share(share, reads):
            return ReadReason.BUDGET, ShareSpentError()
        if reason is not ReadReason.ASKED:
            return reason, None
        if (wait := self.rate_limited(summary.vin, now)) is None:
            return reason, None
        reason = reason_for(asked=False)
        return reason, None if reason in PAID else wait

    def hint(self, entity_id: str, cars: dict[str, CarState], now: datetime) -> bool:
        """Take a hint, and return whether some car is to be read for it.

        A presence hint says nothing about a car that is known to be at home.
        """
        hint = self.hints[entity_id]
        found = [
            vin
            for vin, car in cars.items()
            if hint.kind is not HintKind.PRESENCE or not car.observation.at_home
        ]
        if not found or not hint.worth_a_read(now):
            return False
        for vin in found:
            self._hinted.setdefault(vin, {})[entity_id] = now
        return True

    def record_cable_hint(
        self, entity_id: str, vin: str, now: datetime, *, plugged_in: bool
    ) -> bool:
        """Record a plug report, and return whether to trust it.

        A sensor that contradicts its own unverified report within 5 minutes loses trust.
        """
        hint, said = self.hints[entity_id], self._cable_hints.setdefault(vin, {})
        before, at = said.get(entity_id, (plugged_in, now))
        if before is not plugged_in and now - at < CHATTER:
            hint.record_result(found_change=False)
        said[entity_id] = plugged_in, now
        return hint.weight >= WORTH

    @property
    def cable_hinted(self) -> bool:
        """Whether a trusted hint reports the cable at home."""
        return any(
            hint.kind is HintKind.PLUG and hint.speaks and hint.weight >= WORTH
            for hint in self.hints.values()
        )

    def hinted(self, vin: str, now: datetime) -> bool:
        """Return whether a hint is pending for a car."""
        return any(
            timedelta(0) <= now - at < HINT_LIFETIME
            for at in self._hinted.get(vin, {}).values()
        )

    def record_read(
        self,
        vin: str,
        reason: ReadReason,
        now: datetime,
        *,
        found_change: bool | None,
        seen: Observation | None = None,
    ) -> None:
        """Record a read, and what the hints before it were worth.

        A hint that came during the read stays pending. A plug hint is judged by whether
        it was right, other hints by whether the read found a change.

        Args:
            vin: The car.
            reason: Why it was read.
            now: When the read began (UTC).
            found_change: Whether it showed anything new; None: it failed.
            seen: What it showed.
        """
        entry = ReadLogEntry(at=now, vin=vin, reason=reason, found_change=found_change)
        self.memory.read_log.append(entry)
        if found_change is None:
            return
        said, hinted = self._cable_hints.get(vin, {}), self._hinted.get(vin, {})
        judged = [key for key, (_, at) in said.items() if not _since(now, at)]
        for entity_id in judged:
            plugged_in, at = said.pop(entity_id)
            lately = now - at < HINT_LIFETIME
            if seen and seen.plugged_in is not None and (lately or seen.at_home):
                self.hints[entity_id].record_result(plugged_in is seen.plugged_in)
        for entity_id in [key for key, at in hinted.items() if not _since(now, at)]:
            lately = now - hinted.pop(entity_id) < HINT_LIFETIME
            if lately and entity_id not in judged:
                self.hints[entity_id].record_result(found_change)

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """Return the state for the diagnostics; hints without their names."""
        budget, read_log = self.budget, self.memory.read_log
        cars = list(dict.fromkeys(entry.vin for entry in read_log))
        return {
            "stage": budget.stage(now),
            "limit": budget.limit,
            "left": budget.left(now),
            "forecast": budget.forecast(now),
            "reserved": sum(budget.reserved.values()),
            "hints": [
                {
                    "kind": hint.kind,
                    "domain": entity_id.partition(".")[0],
                    "useful": hint.useful,
                    "useless": hint.useless,
                    "weight": round(hint.weight, 2),
                    "speaks": hint.speaks,
                }
                for entity_id, hint in self.hints.items()
            ],
            "reads": [
                {
                    "at": entry.at.isoformat(),
                    "car": cars.index(entry.vin) + 1,
                    "reason": entry.reason,
                    "found_change": entry.found_change,
                }
                for entry in read_log
            ],
        }


def _since(read_at: datetime, at: datetime) -> bool:
    """Return whether a hint came during a read that began before it."""
    return timedelta(0) < at - read_at < HINT_LIFETIME
