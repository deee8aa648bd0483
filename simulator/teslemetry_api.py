"""Teslemetry's own paths beside Tesla's: the account, and the stream of what cars report.

As `teslemetry-stream` 1.2.0 and Home Assistant's `teslemetry` (2026.10) use them.
"""

from datetime import UTC, timedelta
import json
from typing import Any

from aiohttp import web

from .calls import Call
from .car import Car
from .car_settings import CarState
from .errors import CloudError
from .provider_state import ProviderState
from .settings import ALL_SCOPES

type Json = dict[str, Any]

# How often a stream compares the cars with what it has sent, in seconds of real time.
_CHECKS_APART = 0.02

# A comment that keeps the connection of a silent stream open.
_KEPT_OPEN = timedelta(seconds=15)


def _signals(car: Car, names: frozenset[str]) -> Json:
    """Return the values of some fields of Fleet Telemetry."""
    data = car.vehicle_data(frozenset({"charge_state", "drive_state", "location_data"}))
    charge, drive = data["charge_state"], data["drive_state"]
    gear = drive["shift_state"] or "P"
    place = {"latitude": drive["latitude"], "longitude": drive["longitude"]}
    home = car.settings.home
    values = {
        "ACChargingEnergyIn": charge["charge_energy_added"],
        "ACChargingPower": charge["charger_power"],
        "BatteryLevel": charge["battery_level"],
        "ChargeCurrentRequest": charge["charge_current_request"],
        "ChargeCurrentRequestMax": charge["charge_current_request_max"],
        "ChargeLimitSoc": charge["charge_limit_soc"],
        "DetailedChargeState": f"DetailedChargeState{charge['charging_state']}",
        "Gear": f"ShiftState{gear}",
        "LocatedAtHome": place
        == {
            "latitude": round(home.latitude, 6),
            "longitude": round(home.longitude, 6),
        },
        "Location": place,
        "Soc": charge["battery_level"],
    }
    return {name: value for name, value in values.items() if name in names}


async def products(call: Call) -> Json:
    """Answer GET products: the cars of the account."""
    found = [car.product() for car in call.state.cars.values()]
    return {"response": found, "count": len(found)}


async def metadata(call: Call) -> Json:
    """Answer GET metadata: what the subscription covers; no car is polled."""
    vehicles = {
        vin: {
            "name": car.settings.name,
            "access": True,
            "polling": False,
            "proxy": car.settings.command_signing != "off",
            "firmware": car.settings.firmware,
        }
        for vin, car in call.state.cars.items()
    }
    return {
        "uid": call.state.settings.account_id,
        "region": call.region.upper(),
        "scopes": sorted(ALL_SCOPES),
        "vehicles": vehicles,
        "energy_sites": {},
    }


async def configuration(call: Call, provider: ProviderState) -> Json:
    """Answer GET config: what a car reports."""
    fields = provider.fields.get(call.car.settings.vin)
    if fields is None:
        raise CloudError(404, "not_found")
    return {"fields": {name: {} for name in sorted(fields)}}


async def configure(call: Call, provider: ProviderState) -> Json:
    """Answer PATCH config: what a car reports from now on."""
    fields = call.body.get("fields")
    if not isinstance(fields, dict):
        raise CloudError(400, "invalid_request", "fields is required")
    known = provider.fields.get(call.car.settings.vin, frozenset())
    provider.fields[call.car.settings.vin] = known | frozenset(fields)
    return {"response": {"updated_vehicles": 1}}


class _Sent:
    """What a stream has sent of the cars."""

    def __init__(self, provider: ProviderState) -> None:
        """Start with nothing."""
        self._provider = provider
        self._sent: dict[str, tuple[str, Json]] = {}

    def changes(self) -> list[Json]:
        """Return the events that are due, and count them as sent."""
        events: list[Json] = []
        cloud = self._provider.cloud
        now = cloud.clock.now().astimezone(UTC)
        at = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        for vin, car in cloud.cars.items():
            state, values = self._sent.get(vin, ("", {}))
            online = car.state is CarState.ONLINE
            found = _signals(car, self._provider.fields.get(vin, frozenset()))
            new = {
                name: each for name, each in found.items() if values.get(name) != each
            }
            if state != car.state:
                events.append({"createdAt": at, "vin": vin, "state": str(car.state)})
            if new and online:
                events.append({"createdAt": at, "vin": vin, "data": new})
            self._sent[vin] = (str(car.state), found if online else values)
        return events


async def events(request: web.Request, provider: ProviderState) -> web.StreamResponse:
    """Send what changes of the cars, as server-sent events."""
    provider.check_key(request)
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    sent = _Sent(provider)
    kept_open = provider.cloud.clock.now()
    while not provider.cloud.stopping.is_set() and not provider.stream_ends:
        now = provider.cloud.clock.now()
        for event in sent.changes():
            provider.sent += 1
            await stream.write(f"data: {json.dumps(event)}\n\n".encode())
        provider.compared_at = now
        if now - kept_open >= _KEPT_OPEN:
            kept_open = now
            await stream.write(b":\n\n")
        await provider.cloud.wait(_CHECKS_APART)
    return stream
