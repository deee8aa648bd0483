"""What is known of a car that is at home. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..gateways.models import Position, VehicleSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """A car as it was last read.

    Attributes:
        now: The present (UTC).
        snapshot: What it said.
        at_home: Whether it is at home, as far as is known for certain.
        position: Where home is.
        zone: The time zone of home, by whose clock the car's schedules run.
        fresh: Whether the snapshot is what the car holds now: it is recent, and was
            read after the last command.
    """

    now: datetime
    snapshot: VehicleSnapshot
    at_home: bool
    position: Position
    zone: tzinfo
    fresh: bool
