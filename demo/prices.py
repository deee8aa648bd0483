"""The prices of the demo: a windy evening, on a sensor as many integrations have it."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

SENSOR: Final = "sensor.energy_prices"

# PLN a kWh by the hour: dear when the car comes home, cheap for an hour after that.
_NIGHT, _DAY, _PEAK, _WIND = 0.55, 0.70, 1.10, 0.25
CHEAP: Final = (time(19), time(20))


def _price(hour: int) -> float:
    """Return what a kWh costs in an hour of the day."""
    if CHEAP[0].hour <= hour < CHEAP[1].hour:
        return _WIND
    if hour in (7, 8, 16, 17, 18):
        return _PEAK
    return _DAY if 6 <= hour < 20 else _NIGHT


def energy_prices(
    today: date, zone: tzinfo, shift: timedelta = timedelta()
) -> dict[str, Any]:
    """Return the state of the sensor: the hours of today and of tomorrow.

    ``shift`` is real time less the time of the prices.
    """
    begin = datetime.combine(today, time(), zone).astimezone(UTC)
    end = datetime.combine(today + timedelta(days=2), time(), zone).astimezone(UTC)
    hours = [
        (begin + index * timedelta(hours=1)).astimezone(zone)
        for index in range((end - begin) // timedelta(hours=1))
    ]
    prices = [
        {"start": (at + shift).isoformat(), "price": _price(at.hour)} for at in hours
    ]
    return {
        "state": str(_DAY),
        "attributes": {
            "friendly_name": "Energy prices",
            "unit_of_measurement": "PLN/kWh",
            "prices": prices,
        },
    }
