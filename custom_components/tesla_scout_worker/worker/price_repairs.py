"""Repairs about prices: a source that fell silent, a grid tariff that ends."""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, Door
from .price_sources import EnergySource, FormulaSource

# Prices of today last until midnight, and those of tomorrow come by 15:00: a source that
# has none for so long is silent. A restart or an update takes minutes.
SILENCE: Final = timedelta(hours=6)

# How long before its last day a grid tariff is a repair.
NOTICE: Final = timedelta(days=30)

_CHECKS: Final = timedelta(hours=1)
_AHEAD: Final = timedelta(days=2)


class PriceRepairs:
    """The repairs about the prices of an account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], energy: EnergySource
    ) -> None:
        """Bind the source of the account."""
        self._hass = hass
        self._entry = entry
        self._energy = energy
        self._silent_since: datetime | None = None

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Check each hour and after new prices; return a function that stops this."""
        stops = (
            self._energy.async_listen(self._check),
            async_track_time_interval(self._hass, self._check_again, _CHECKS),
        )
        self._check()

        def stop() -> None:
            """Stop checking."""
            for each in stops:
                each()

        return stop

    @callback
    def _check_again(self, _now: datetime) -> None:
        """Check after an hour."""
        self._check()

    @callback
    def _check(self) -> None:
        """Show what a person should solve, and remove what is solved."""
        now = dt_util.utcnow()
        self._check_prices(now)
        self._check_grid_tariff(now)

    def _check_prices(self, now: datetime) -> None:
        """Show that no price has been known for some hours."""
        issue_id = f"prices_missing_{self._entry.entry_id}"
        ahead = self._energy.curve(now, now + _AHEAD).intervals
        if any(item.cost is not None for item in ahead):
            self._silent_since = None
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        self._silent_since = self._silent_since or now
        if now - self._silent_since < SILENCE:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=True,
            data={"entry_id": self._entry.entry_id, "door": Door.PRICES.value},
            severity=ir.IssueSeverity.ERROR,
            translation_key="prices_missing",
            translation_placeholders={"account": self._entry.title},
        )

    def _check_grid_tariff(self, now: datetime) -> None:
        """Show that the fees of a grid tariff's file end within a month, or have ended.

        Fees that the user entered are the user's, and no file ends them. Each year has
        its repair, so that one which the user ignores stays ignored, and the next comes.
        """
        fees = (
            self._energy.grid_fees if isinstance(self._energy, FormulaSource) else None
        )
        if fees is not None and fees.is_awaited:
            return
        tariff = None if fees is None or fees.has_own_fees else fees.tariff
        today = dt_util.as_local(now).date()
        ends = None if tariff is None else tariff.valid_to
        if ends is not None and ends - today > NOTICE:
            ends = None
        shown = f"grid_tariff_ends_{self._entry.entry_id}"
        issue_id = None if ends is None else f"{shown}_{ends.year}"
        for domain, other in tuple(ir.async_get(self._hass).issues):
            if domain == DOMAIN and other.startswith(shown) and other != issue_id:
                ir.async_delete_issue(self._hass, DOMAIN, other)
        if tariff is None or ends is None or issue_id is None:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=True,
            data={"entry_id": self._entry.entry_id, "door": Door.NEW_FEES.value},
            severity=ir.IssueSeverity.WARNING,
            translation_key="grid_tariff_ends",
            translation_placeholders={
                "tariff": tariff.name,
                "day": ends.isoformat(),
            },
        )
