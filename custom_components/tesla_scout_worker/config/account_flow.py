"""What all steps of the config flow share: the entry that is made or renewed."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..const import CONF_AUTH_IMPLEMENTATION, CONF_SECOND_WAYS, CONF_WAY, DOMAIN
from ..gateways.fleet_api.credentials import fleet_server, with_server
from ..gateways.way import KEY_WAYS, Way
from ..scout.shared_cars import cars_of
from .tesla_setup import DiscoveredCars, TokenClaims, async_find_cars, async_renewed


class AccountFlow(AbstractOAuth2FlowHandler):
    """Creates the entry of an account, or renews it."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._data: dict[str, Any] = {}
        self._options: dict[str, Any] = {}

    def _present_entry(self) -> ConfigEntry[Any] | None:
        """Return the entry that this flow renews, if it renews one."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None

    @property
    def _present_data(self) -> Mapping[str, Any]:
        """The data of the entry that this flow renews."""
        return {} if (entry := self._present_entry()) is None else entry.data

    @property
    def _present_options(self) -> Mapping[str, Any]:
        """The options of the entry that this flow renews."""
        return {} if (entry := self._present_entry()) is None else entry.options

    async def _async_check(self, account: TokenClaims) -> None:
        """Abort for an account that exists already, or is not the one to renew."""
        # A flow that was left open in another window must not block this one.
        await self.async_set_unique_id(account.unique_id, raise_on_progress=False)
        if self._present_data.get(CONF_WAY) in KEY_WAYS:
            # A provider names no account: its cars are compared in the end.
            present = self._present_entry()
            if present is None or present.unique_id != account.unique_id:
                self._abort_if_unique_id_configured()
        elif self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_mismatch(reason="wrong_account")
        else:
            self._abort_if_unique_id_configured()

    async def _async_discover(self) -> DiscoveredCars:
        """Return the account's cars, and keep the server that has them."""

        def remember(server: str) -> None:
            """Keep the server, even if it then answers with an error."""
            self._data = with_server(self._data, server)

        if CONF_AUTH_IMPLEMENTATION in self._data:
            self._data = await async_renewed(self.flow_impl, self._data)
        server = fleet_server(self._data)
        remember(server)
        token = self._data[CONF_TOKEN][CONF_ACCESS_TOKEN]
        return await async_find_cars(self.hass, server, token, remember)

    def _finish(
        self, discovered: DiscoveredCars, account: str = "Tesla"
    ) -> ConfigFlowResult:
        """Create the entry, or renew it; its cars, entities and data stay."""
        entry = self._present_entry()
        if (other := entry_with_car(self.hass, discovered, entry)) is not None:
            return self.async_abort(
                reason="car_configured",
                description_placeholders={"entry": other.title},
            )
        if entry is not None:
            known = cars_of(self.hass, entry)
            if known and known.isdisjoint(car.vin for car in discovered.cars):
                return self.async_abort(reason="wrong_account")
            kept = {
                key: entry.data[key] for key in (CONF_SECOND_WAYS,) if key in entry.data
            }
            return self.async_update_reload_and_abort(
                entry,
                data={**kept, **self._data},
                options={**entry.options, **self._options},
            )
        return self.async_create_entry(
            title=discovered.title(account), data=self._data, options=self._options
        )


def entry_with_car(
    hass: HomeAssistant, cars: DiscoveredCars, present: ConfigEntry[Any] | None
) -> ConfigEntry[Any] | None:
    """Return another account that has one of the cars already.

    Entities of a car can be put beside its account: a repair offers it.
    """
    vins = {car.vin for car in cars.cars}
    for entry in hass.config_entries.async_entries(DOMAIN):
        entities = entry.data.get(CONF_WAY) == Way.ENTITIES
        if entry is not present and not entities and vins & cars_of(hass, entry):
            return entry
    return None
