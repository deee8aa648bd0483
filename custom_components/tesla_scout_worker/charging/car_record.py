"""What is kept of one car's charging over restarts. Pure."""

from dataclasses import dataclass, field

from .daily.record import DailySettings, SyncState
from .daily.savings import MonthSavings, PlugInPeriod
from .in_car.charge_control import ChargeControl
from .sessions.car_sessions import CarSessions


@dataclass(frozen=True, kw_only=True, slots=True)
class CarRecord:
    """Everything that is kept of a car's charging.

    Attributes:
        settings: What the user set for the daily plan.
        sync: How far the car holds it.
        sessions: The special-charging sessions, and the raised limit.
        control: What was commanded about a charge.
        plugged_in: The time since the car was plugged in at home; None: it is not.
        savings: Of the present month.
    """

    settings: DailySettings = field(default_factory=DailySettings)
    sync: SyncState = field(default_factory=SyncState)
    sessions: CarSessions = field(default_factory=CarSessions)
    control: ChargeControl = field(default_factory=ChargeControl)
    plugged_in: PlugInPeriod | None = None
    savings: MonthSavings = field(default_factory=MonthSavings)
