"""A car at home, as it was last read. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..gateways.models import Position, VehicleSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """A car as it was last read.

    Attributes:
        now: The present (UTC).
        snapshot: The last snapshot.
        at_home: Whether the car is certainly at home; None: unknown.
        position: Position of home.
        zone: The time zone of home, in which the car's schedules run.
        fresh: Whether the snapshot is what the car holds now: it is recent, and was
            read after the last command.
        limit_waits: Whether no schedule in the car keeps it from charging, so that its
            limit is raised only where a window of a session begins.
    """

    now: datetime
    snapshot: VehicleSnapshot
    at_home: bool
    position: Position
    zone: tzinfo
    fresh: bool
    limit_waits: bool = False
