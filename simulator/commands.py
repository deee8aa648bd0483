"""The charging commands, parsed from JSON or from the command protocol.

Parameters are checked as by Tesla's command proxy (vehicle-command,
`pkg/proxy/command.go`): JSON types, no ranges.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tesla_protocol.command.car_server_pb2 import (
    ChargingSetLimitAction,
    ChargingStartStopAction,
    RemoveChargeScheduleAction,
    SetChargingAmpsAction,
    VehicleAction,
)
from tesla_protocol.command.common_pb2 import (
    ChargeSchedule as ChargeScheduleMessage,
    Void,
)

from .car import Car
from .car_settings import CommandAnswer
from .schedules import ChargeSchedule

type Effect = Callable[[Car], CommandAnswer]
type Parameters = Mapping[str, Any]

# The only names that Tesla's proxy accepts: it refuses `Tue` and `Thu`.
_DAY_BITS = {
    "SUN": 1,
    "SUNDAY": 1,
    "MON": 2,
    "MONDAY": 2,
    "TUES": 4,
    "TUESDAY": 4,
    "WED": 8,
    "WEDNESDAY": 8,
    "THURS": 16,
    "THURSDAY": 16,
    "FRI": 32,
    "FRIDAY": 32,
    "SAT": 64,
    "SATURDAY": 64,
    "ALL": 127,
    "WEEKDAYS": 62,
}


class UnknownCommandError(Exception):
    """The command is not simulated."""


class ParameterError(Exception):
    """A parameter is missing or invalid.

    Attributes:
        nominal: Whether Tesla's proxy answers as if the car had refused, as for missing
            parameters and wrong types.
    """

    def __init__(self, text: str, *, nominal: bool = True) -> None:
        """Set the text of Tesla's proxy."""
        super().__init__(text)
        self.nominal = nominal


def from_json(name: str, parameters: Parameters, now: datetime) -> Effect:
    """Return the effect of a REST command on a car.

    Args:
        name: The last part of the path, such as `set_charge_limit`.
        parameters: The body.
        now: The id of a schedule without one, as Unix seconds.

    Raises:
        UnknownCommandError: The command is not simulated.
        ParameterError: A parameter is missing or invalid.
    """
    return from_action(action_from_json(name, parameters, now))


def action_from_json(name: str, parameters: Parameters, now: datetime) -> VehicleAction:
    """Return the action of the command protocol for a REST command.

    Arguments and errors are those of `from_json`.
    """
    try:
        return _action(name, parameters, now)
    except ValueError as error:
        # protobuf refuses a number that is out of the range of its field.
        raise ParameterError(f"invalid number: {error}") from error


def _action(name: str, parameters: Parameters, now: datetime) -> VehicleAction:
    """Return the action for a REST command, see `action_from_json`."""
    match name:
        case "set_charge_limit":
            percent = int(_number(parameters, "percent"))
            limit = ChargingSetLimitAction(percent=percent)
            return VehicleAction(chargingSetLimitAction=limit)
        case "set_charging_amps":
            amps = int(_number(parameters, "charging_amps"))
            return VehicleAction(
                setChargingAmpsAction=SetChargingAmpsAction(charging_amps=amps)
            )
        case "charge_start":
            start = ChargingStartStopAction(start=Void())
            return VehicleAction(chargingStartStopAction=start)
        case "charge_stop":
            stop = ChargingStartStopAction(stop=Void())
            return VehicleAction(chargingStartStopAction=stop)
        case "add_charge_schedule":
            schedule = _schedule(parameters, now)
            return VehicleAction(addChargeScheduleAction=schedule)
        case "remove_charge_schedule":
            schedule_id = int(_number(parameters, "id"))
            return VehicleAction(
                removeChargeScheduleAction=RemoveChargeScheduleAction(id=schedule_id)
            )
    raise UnknownCommandError(name)


def from_action(action: VehicleAction) -> Effect:
    """Return the effect of an action of the command protocol on a car.

    Raises:
        UnknownCommandError: The action is not simulated.
    """
    match action.WhichOneof("vehicle_action_msg"):
        case "chargingSetLimitAction":
            percent = action.chargingSetLimitAction.percent
            return lambda car: car.set_charge_limit(percent)
        case "setChargingAmpsAction":
            amps = action.setChargingAmpsAction.charging_amps
            return lambda car: car.set_charging_amps(amps)
        case "chargingStartStopAction":
            start_stop = action.chargingStartStopAction
            if start_stop.WhichOneof("charging_action") == "stop":
                return lambda car: car.charge_stop()
            return lambda car: car.charge_start()
        case "addChargeScheduleAction":
            schedule = _schedule_from_message(action)
            return lambda car: car.add_charge_schedule(schedule)
        case "removeChargeScheduleAction":
            schedule_id = action.removeChargeScheduleAction.id
            return lambda car: car.remove_charge_schedule(schedule_id)
        case "ping":
            return lambda _car: CommandAnswer(result=True)
        case other:
            raise UnknownCommandError(str(other))


def days_mask(text: str) -> int:
    """Return the bitmask of comma-separated day names.

    Raises:
        ParameterError: A name is not one of Tesla's.
    """
    mask = 0
    for day in text.split(","):
        bit = _DAY_BITS.get(day.strip().upper())
        if bit is None:
            raise ParameterError(f"unrecognized day name: {day}", nominal=False)
        mask |= bit
    return mask


def _schedule(parameters: Parameters, now: datetime) -> ChargeScheduleMessage:
    """Return the charge schedule that a JSON body describes.

    As in Tesla's proxy a missing or zero id becomes the current Unix second, missing
    times become 0, and a name is ignored.
    """
    latitude = _number(parameters, "lat")
    longitude = _number(parameters, "lon")
    start_time = _number(parameters, "start_time", required=False)
    start_enabled = _boolean(parameters, "start_enabled")
    end_time = _number(parameters, "end_time", required=False)
    end_enabled = _boolean(parameters, "end_enabled")
    days = parameters.get("days_of_week")
    if days is None:
        raise ParameterError("missing days_of_week param")
    if not isinstance(days, str):
        raise ParameterError("invalid days_of_week param")
    schedule_id = int(_number(parameters, "id", required=False))
    return ChargeScheduleMessage(
        id=schedule_id or int(now.timestamp()),
        days_of_week=days_mask(days),
        start_enabled=start_enabled,
        start_time=int(start_time),
        end_enabled=end_enabled,
        end_time=int(end_time),
        enabled=_boolean(parameters, "enabled"),
        one_time=_boolean(parameters, "one_time", required=False),
        latitude=latitude,
        longitude=longitude,
    )


def _schedule_from_message(action: VehicleAction) -> ChargeSchedule:
    """Return the charge schedule of a protocol message, its id 0 if it has none."""
    message = action.addChargeScheduleAction
    return ChargeSchedule(
        id=message.id,
        name=message.name,
        days_of_week=message.days_of_week,
        start_enabled=message.start_enabled,
        start_time=message.start_time,
        end_enabled=message.end_enabled,
        end_time=message.end_time,
        one_time=message.one_time,
        enabled=message.enabled,
        latitude=message.latitude,
        longitude=message.longitude,
    )


def _number(parameters: Parameters, key: str, *, required: bool = True) -> float:
    """Return a JSON number, 0 if it is missing and not required."""
    if key not in parameters:
        if required:
            raise ParameterError(f"missing {key} param")
        return 0
    value = parameters[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(f"invalid {key} param")
    return value


def _boolean(parameters: Parameters, key: str, *, required: bool = True) -> bool:
    """Return a JSON boolean, False if it is missing and not required."""
    if key not in parameters:
        if required:
            raise ParameterError(f"missing {key} param")
        return False
    value = parameters[key]
    if not isinstance(value, bool):
        raise ParameterError(f"invalid {key} param")
    return value
