"""Settings, states, answers and events of a simulated car."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from .geography import Place

# The range of Tesla's `charge_limit_soc_min` and `charge_limit_soc_max`, in percent.
LIMIT_MIN = 50
LIMIT_MAX = 100


class CarState(StrEnum):
    """The `state` of a car in Tesla's list."""

    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"


@dataclass(frozen=True, kw_only=True)
class CarSettings:
    """A car's properties, and its state at the start.

    Attributes:
        vin: 17 characters; the fourth is the letter of the model.
        name: The owner's name for the car.
        firmware: Version of its software, as year.week.build.
        command_signing: Whether its commands must be signed, may be, or cannot be.
        home: Where it is parked at the start.
        time_zone: IANA name of the zone of its schedules.
        capacity_kwh: Energy of its full battery.
        consumption_kwh_per_km: Energy used by driving.
        charger_kw: AC power of the charger at home, before the taper.
        charging_loss: The share of it that does not reach the battery.
        battery_level: State of charge at the start, in percent.
        charge_limit: Charge limit at the start, in percent, 50 to 100.
        plugged_in: Whether the cable is connected at the start.
        idle_before_sleep: How long it stays awake while idle.
        starts_asleep: Whether it is asleep at the start.
        reads_keep_awake: Whether vehicle_data restarts the idle time, as in older
            cars.
        wake_duration: From wake_up until online; Tesla: about 10 to 60 s.
        slow_answer: How long vehicle_data takes in the first minute after waking.
        self_wake_every: Interval at which a sleeping car wakes by itself; None for
            never.
        self_wake_for: How long it then stays awake if it is not read.
        sentry: Whether sentry mode is on, which keeps the car awake.
        gps_drift_m: Greatest error of the reported position while parked, in metres.
        seed: Of all random values.
        max_charge_schedules: Greatest number of charge schedules.
        command_seconds: Time until a command takes effect, on the clock of the cars.
        resumes_after_last_run: Whether it charges at once when its last schedule, a
            one-time one, ends before it is full. Not documented by Tesla.
    """

    vin: str
    name: str = "Scout"
    firmware: str = "2026.32.6"
    command_signing: Literal["required", "allowed", "off"] = "off"
    home: Place
    time_zone: str = "Europe/Warsaw"
    capacity_kwh: float = 75.0
    consumption_kwh_per_km: float = 0.16
    charger_kw: float = 11.0
    charging_loss: float = 0.0
    battery_level: float = 70.0
    charge_limit: int = 80
    plugged_in: bool = False
    idle_before_sleep: timedelta = timedelta(minutes=15)
    starts_asleep: bool = False
    reads_keep_awake: bool = True
    wake_duration: timedelta = timedelta(seconds=20)
    slow_answer: timedelta = timedelta(0)
    self_wake_every: timedelta | None = None
    self_wake_for: timedelta = timedelta(minutes=2, seconds=30)
    sentry: bool = False
    gps_drift_m: float = 0.0
    seed: int = 0
    max_charge_schedules: int = 100
    command_seconds: float = 2.0
    resumes_after_last_run: bool = False

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A setting is out of its range.
        """
        if not 0 <= self.battery_level <= 100:
            raise ValueError(f"battery_level {self.battery_level} is not a percentage")
        if not LIMIT_MIN <= self.charge_limit <= LIMIT_MAX:
            raise ValueError(f"charge_limit {self.charge_limit} is not within 50..100")
        if min(self.capacity_kwh, self.charger_kw) <= 0:
            raise ValueError("capacity_kwh and charger_kw must be above 0")
        if not 0 <= self.charging_loss < 1:
            raise ValueError(f"charging_loss {self.charging_loss} is no share below 1")
        if self.self_wake_every is not None and (
            self.self_wake_every <= max(self.self_wake_for, timedelta(0))
        ):
            raise ValueError("self_wake_every must be longer than self_wake_for")


@dataclass(frozen=True, kw_only=True)
class CommandAnswer:
    """A car's answer to a command: done, or the reason why not."""

    result: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CarEvent:
    """Something that happened to a car.

    Attributes:
        at: When, in UTC.
        kind: `slept`, `woke`, `departed`, `arrived`, `plugged_in`, `unplugged`,
            `charging_started`, `charging_stopped`, `limit_set`, `schedule_added`,
            `schedule_removed`, `rebooted`, `signal_lost` or `signal_back`.
        detail: The cause, the place or the number.
    """

    at: datetime
    kind: str
    detail: str = ""
