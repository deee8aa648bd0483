"""A charge as actions answer it: rounded, with times in the zone of Home Assistant."""

from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..charging.charges.charge import Charge


def charge_as_dict(charge: Charge) -> dict[str, Any]:
    """Return a charge for an action's response; energy in kWh, None is unknown."""
    cost, currency = charge.known_cost, charge.currency
    return {
        "start": _local(charge.start),
        "end": _local(charge.end),
        "energy": round(charge.energy, 2),
        "estimated": charge.estimated,
        "losses": _rounded(charge.losses, 2),
        "cost": _rounded(cost, 2),
        "average_price": _rounded(charge.average_price, 4),
        "cost_on_arrival": None if cost is None else round(charge.on_arrival, 2),
        "cheapest_cost": None if cost is None else _rounded(charge.cheapest, 2),
        "currency": None if cost is None else currency,
        "reason": charge.reason.value,
    }


def _local(at: datetime) -> str:
    """Return an instant as a text, to the second."""
    return dt_util.as_local(at).isoformat(timespec="seconds")


def _rounded(value: float | None, places: int) -> float | None:
    """Return a rounded number, or None."""
    return None if value is None else round(value, places)
