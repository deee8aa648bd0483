"""A snapshot of a car: all that the payloads contain, at one instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .battery import Charging, power_kw
from .car_settings import CarSettings, CarState
from .charging import VOLTAGE, ChargingState
from .engine import CarEngine
from .geography import Place, drifted
from .schedule_list import Run
from .schedules import ChargeSchedule

# How long after parking a user is still present.
_GETTING_OUT = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A car at one instant. Units are metric; percentages are not rounded.

    Attributes:
        settings: The car's properties.
        zone: The car's time zone.
        at: The instant, in UTC.
        state: Its state in the list of cars.
        battery_level: State of charge.
        charge_limit: Charge limit.
        charging_state: Tesla's value.
        plugged_in: Whether the cable is connected.
        charging_kw: Power into the battery now.
        amps: Actual current of each phase.
        amps_asked: Requested current.
        amps_max: Greatest possible current.
        phases: How many phases the wall box has.
        energy_added_kwh: Charged since plugging in.
        complete_at: When the charge reaches the limit; None if it does not charge.
        schedules: Its charge schedules.
        next_run: The active or next window of a schedule at this place.
        place: Reported position.
        heading: In degrees.
        kmh: Speed; None while parked.
        drive_kw: Power drawn by driving; 0 while parked.
        odometer_km: Total distance.
        user_present: Whether a user is in the car.
        sentry: Whether sentry mode is on.
    """

    settings: CarSettings
    zone: tzinfo
    at: datetime
    state: CarState
    battery_level: float
    charge_limit: int
    charging_state: ChargingState
    plugged_in: bool
    charging_kw: float
    amps: int
    amps_asked: int
    amps_max: int
    phases: int
    energy_added_kwh: float
    complete_at: datetime | None
    schedules: tuple[ChargeSchedule, ...]
    next_run: Run | None
    place: Place
    heading: int
    kmh: float | None
    drive_kw: float
    odometer_km: float
    user_present: bool
    sentry: bool


def take_snapshot(engine: CarEngine, at: datetime, state: CarState) -> Snapshot:
    """Return the snapshot of a car that was advanced to `at`."""
    settings, port, journey = engine.settings, engine.port, engine.journey
    level = port.level
    charging_kw = 0.0
    if isinstance(port.flow, Charging):
        charging_kw = power_kw(level, port.charger_kw)
    leg = journey.leg
    kmh = None if leg is None else leg.kmh
    place = journey.place(at)
    if leg is None:
        stamp = at.timestamp()
        place = drifted(place, settings.gps_drift_m, settings.seed, stamp)
    runs = port.rules.schedules.runs(at, journey.place(at))
    arrived = journey.arrived_at
    return Snapshot(
        settings=settings,
        zone=engine.zone,
        at=at,
        state=state,
        battery_level=level,
        charge_limit=port.rules.limit,
        charging_state=port.state,
        plugged_in=port.rules.plugged_in,
        charging_kw=charging_kw,
        amps=round(charging_kw * 1000 / VOLTAGE / port.phases),
        amps_asked=port.amps,
        amps_max=port.amps_max,
        phases=port.phases,
        energy_added_kwh=port.energy_added_kwh,
        complete_at=port.complete_at,
        schedules=tuple(port.rules.schedules.schedules.values()),
        next_run=min(runs, key=lambda run: run.window.start, default=None),
        place=place,
        heading=journey.heading,
        kmh=kmh,
        drive_kw=(kmh or 0.0) * settings.consumption_kwh_per_km,
        odometer_km=journey.odometer_km(at),
        user_present=leg is not None
        or (arrived is not None and at - arrived < _GETTING_OUT),
        sentry=engine.sentry,
    )
