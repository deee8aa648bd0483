"""The stored record of one car's charging. Pure."""

from dataclasses import dataclass, field

from .daily.record import DailySettings, SyncState
from .daily.savings import MonthSavings, PlugInPeriod
from .in_car.charge_control import ChargeControl
from .sessions.car_sessions import CarSessions


@dataclass(frozen=True, kw_only=True, slots=True)
class CarRecord:
    """All that is stored of a car's charging.

    Attributes:
        settings: The user's settings for the daily plan.
        sync: How far the car holds the daily plan.
        sessions: The special-charging sessions, and the limit override.
        control: What was commanded about a charge.
        plugged_in: The period since the car was plugged in at home; None: it is not.
        savings: The sums of the present month.
        power: Charging power at home, as it was measured, in kW; None: it was not.
    """

    settings: DailySettings = field(default_factory=DailySettings)
    sync: SyncState = field(default_factory=SyncState)
    sessions: CarSessions = field(default_factory=CarSessions)
    control: ChargeControl = field(default_factory=ChargeControl)
    plugged_in: PlugInPeriod | None = None
    savings: MonthSavings = field(default_factory=MonthSavings)
    power: float | None = None
