"""Judging a night with kills, by the cars' own record and what was told of the sessions."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
from typing import Any, Final

from .invariants import Break, Invariant, session_breaks
from .kill_driver import LEAKS_FILE, TOLD_FILE
from .street import HOUR, Street

MINUTE: Final = timedelta(minutes=1)

# For a session that was requested: until its plan is in a car that is asleep at first.
ENOUGH: Final = 20 * MINUTE

# Charging takes this much longer than by the numbers, with a start that is late.
MARGIN: Final = 40 * MINUTE

# Events that are told at most once of a session.
ONCE: Final = frozenset(
    {"scheduled", "sent", "started", "completed", "cancelled", "missed", "failed"}
)


@dataclass(kw_only=True)
class Asked:
    """A session that was requested for a car."""

    vin: str
    name: str
    target: int
    since: datetime
    ready_by: datetime
    level: float


@dataclass(frozen=True, kw_only=True)
class Up:
    """A time in which Home Assistant ran undisturbed, and which cars it could reach."""

    since: datetime
    until: datetime
    cars: frozenset[str]


@dataclass(kw_only=True)
class Judge:
    """Judges the sessions of a street.

    Attributes:
        street: The cars, and the Home Assistant that is killed.
        say: Is told what became of a session that was lost.
        sessions: How sessions ended, as Home Assistant has it.
    """

    street: Street
    say: Callable[[str], None]
    sessions: Counter[str] = field(default_factory=Counter)

    def session_breaks(
        self, asked: Asked, up: Sequence[Up], *, cancelled: bool
    ) -> list[Break]:
        """Return whether a session was lost that could be kept, or done twice.

        Args:
            asked: The session.
            up: When Home Assistant ran undisturbed.
            cancelled: Whether a person cancelled it.
        """
        street = self.street
        told = self._told(asked)
        kinds = Counter(str(each["event_type"]) for each in told)
        ended = [str(each["event_type"]) for each in told]
        self.sessions[ended[-1] if ended else "nothing told"] += 1
        twice = [kind for kind, times in kinds.items() if times > 1 and kind in ONCE]
        breaks = [Break(invariant=Invariant.TWICE, seen=f"{k}") for k in twice]
        if cancelled:
            return breaks
        car = street.cars[asked.vin]
        level = car.level_at_deadline
        if level is None:
            return breaks
        needs = (max(asked.target - asked.level, 0) + 3) * 0.75 / 11 * HOUR
        plan = [each for each in street.sessions(asked.vin) if each["id"] == asked.name]
        send_at = datetime.fromisoformat(plan[0]["send_at"]) if plan else None
        keepable = send_at is not None and any(
            min(each.until, asked.ready_by - needs - MARGIN) - max(each.since, send_at)
            >= ENOUGH
            and asked.vin in each.cars
            for each in up
        )
        # Who drives before the deadline has less by then.
        if any(
            each.kind == "departed" and asked.since < each.at < asked.ready_by
            for each in car.record
        ):
            return breaks
        lost = session_breaks(
            level,
            asked.target,
            told,
            keepable=keepable,
            level_at_end=car.level_when_restored,
        )
        if lost:
            self._say_what_became(asked, told)
        return breaks + lost

    def _say_what_became(self, asked: Asked, told: list[dict[str, Any]]) -> None:
        """Say what was told of a session that was lost, and what its car did."""
        for each in told:
            self.say(f"{asked.vin} told {each.get('event_type')}: {each}")
        for event in self.street.cars[asked.vin].record:
            if event.at >= asked.ready_by - 14 * HOUR:
                self.say(f"{asked.vin} {event.at:%d %H:%M:%S} {event}")

    def _told(self, asked: Asked) -> list[dict[str, Any]]:
        """Return the events of a session; a restored state is told again, not anew.

        Two cars may have sessions of the same name.
        """
        file = self.street.victim.folder / TOLD_FILE
        found = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            entity, at, said = json.loads(line)
            if entity.startswith(asked.vin) and said["session_id"] == asked.name:
                found[at, said["event_type"]] = said
        return list(found.values())

    def log_breaks(self) -> list[Break]:
        """Return the first secret that was logged since the last time."""
        file = self.street.victim.folder / LEAKS_FILE
        with suppress(FileNotFoundError):
            lines = file.read_text(encoding="utf-8").splitlines()
            file.unlink()
            return [Break(invariant=Invariant.SECRET, seen=lines[0][:300])]
        return []
