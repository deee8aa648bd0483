"""The actions of other integrations that answer with prices."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..charging.options import PriceSource
from ..charging.tariffs.price_units import EnergyUnit
from ..gateways.redaction import redacted

# In seconds: an integration that does not answer must not delay a plan.
PATIENCE: Final = 30


class NoAnswerError(Exception):
    """An action did not answer; the text is the reason."""


async def async_answer(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the response of an action.

    Raises:
        NoAnswerError: The action failed or took too long.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await hass.services.async_call(
                domain, action, dict(data), blocking=True, return_response=True
            )
    except (HomeAssistantError, vol.Invalid, TimeoutError) as err:
        # The text is of another integration, which may put anything into it.
        raise NoAnswerError(redacted(str(err)) or "no answer in time") from err
    except Exception as err:
        # Another integration may raise anything: treat it as an outage.
        raise NoAnswerError(type(err).__name__) from err
    return answer or {}


type Ask = Callable[[str, datetime], tuple[str, dict[str, Any]]]


def _span(day: datetime) -> dict[str, str]:
    """Return start and end of a local day."""
    end = dt_util.start_of_local_day(day + timedelta(hours=30))
    return {"start": day.isoformat(), "end": end.isoformat()}


def _nordpool(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Nord Pool; prices are per MWh."""
    data = {"config_entry": entry_id, "date": day.date().isoformat()}
    return "get_prices_for_date", data


def _tibber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Tibber."""
    return "get_prices", _span(day)


def _energyzero(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for EnergyZero, with taxes and fees."""
    data = {"config_entry": entry_id, "incl_vat": True, "price_type": "all_in"}
    return "get_energy_prices", data | _span(day)


def _easyenergy(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for easyEnergy."""
    data = {"config_entry": entry_id, "incl_vat": True}
    return "get_energy_usage_prices", data | _span(day)


def _amber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Amber; the response has all known prices."""
    data = {"config_entry_id": entry_id, "channel_type": "general"}
    return "get_forecasts", data


def _omie(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for OMIE; the area selects one of both countries."""
    return "get_prices_for_date", {"date": day.date().isoformat()}


def _green_planet(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Green Planet Energy; it has the next hours."""
    return "get_prices", {"config_entry_id": entry_id, "hours": 24}


# The action of each integration, and what is known about its prices.
ASKED: Final[Mapping[PriceSource, tuple[Ask, Mapping[str, Any]]]] = {
    PriceSource.NORDPOOL: (_nordpool, {"per": EnergyUnit.MWH}),
    PriceSource.TIBBER: (_tibber, {}),
    PriceSource.ENERGYZERO: (_energyzero, {"currency": "EUR"}),
    PriceSource.EASYENERGY: (_easyenergy, {"currency": "EUR"}),
    PriceSource.AMBERELECTRIC: (_amber, {"currency": "AUD"}),
    PriceSource.OMIE: (_omie, {"currency": "EUR"}),
    PriceSource.GREEN_PLANET_ENERGY: (_green_planet, {"currency": "EUR"}),
}
