"""What is counted of a car's charging at home, and stored. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .charge import Charge
from .pricing import MonthSavings

# The charges that are kept.
MOST_KEPT: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PlugInPeriod:
    """A period in which a car is plugged in at home.

    Attributes:
        since: When the car was plugged in, as far as is known (UTC).
        seen_at: When its energy was last read (UTC).
        energy: Energy since the car was plugged in, by that read, in kWh.
        added: Energy that the car was seen to add in this period, in kWh.
        counted: Energy that was counted in it, by the car or by the meter, in kWh.
        charging: Whether the car charged at that read.
    """

    since: datetime
    seen_at: datetime
    energy: float
    added: float = 0.0
    counted: float = 0.0
    charging: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterSample:
    """What an energy meter showed at an instant (UTC), in kWh."""

    at: datetime
    energy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LastRead:
    """The last read of a car, anywhere.

    Attributes:
        at: When it was read (UTC).
        at_home: Whether it was at home.
        energy: Energy since it was plugged in, in kWh, as it was shown last; None: never.
        cable_since: Since when it is plugged in at home (UTC), if only reports without
            energy tell so; None: it is not, or its energy was read since.
        charged_since: Whether it was reported to charge since then.
    """

    at: datetime
    at_home: bool
    energy: float | None
    cable_since: datetime | None = None
    charged_since: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadPeriod:
    """A period that ended by a report without energy, until the next read tells it.

    Attributes:
        period: The period, as it was read last.
        until: When the car was unplugged (UTC).
        before: Energy of an earlier period, in kWh, if this one was never read; the car
            shows it until it charges anew.
    """

    period: PlugInPeriod
    until: datetime
    before: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeLog:
    """The charges of a car at home.

    Attributes:
        energy: All energy charged at home, in kWh; None: the car was never read.
        present: The charge that has not ended.
        finished: The last charges that ended, oldest first.
        last: The last read.
        meter: What the energy meter showed when energy was last counted by it.
        ahead: Energy counted by the car since then, while the meter was silent, in kWh.
        unread: The last period, if its energy is still to be read.
    """

    energy: float | None = None
    present: Charge | None = None
    finished: tuple[Charge, ...] = ()
    last: LastRead | None = None
    meter: MeterSample | None = None
    ahead: float = 0.0
    unread: UnreadPeriod | None = None

    @property
    def charges(self) -> tuple[Charge, ...]:
        """All charges, oldest first, with the present one."""
        return self.finished if self.present is None else (*self.finished, self.present)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """All that is counted of a car's charging at home.

    Attributes:
        plugged_in: The period since the car was plugged in; None: it is not.
        savings: The sums of the present month.
        log: The charges.
    """

    plugged_in: PlugInPeriod | None = None
    savings: MonthSavings = field(default_factory=MonthSavings)
    log: ChargeLog = field(default_factory=ChargeLog)
