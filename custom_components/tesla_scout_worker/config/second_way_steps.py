"""The steps of the config flow that put entities beside the account of their car."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..gateways.combined import CONF_COMMANDS, CONF_READS, SecondWay
from ..gateways.entities.parts import Candidate, EntityCar
from .second_way import (
    accounts_by_car,
    async_end_second_ways,
    async_put_beside,
    second_way_errors,
    second_way_schema,
)

CONF_SAME_CAR: Final = "same_car"
ANOTHER: Final = "another"


def same_car_schema(names: dict[str, str]) -> vol.Schema:
    """Return the form that asks which car it is, by the device of each."""
    options = [SelectOptionDict(value=key, label=name) for key, name in names.items()]
    choice = SelectSelector(SelectSelectorConfig(options=options))
    return vol.Schema({vol.Required(CONF_SAME_CAR): choice})


class SecondWaySteps(ConfigFlow):
    """Puts the entities of a car beside its account."""

    _second_car: EntityCar

    @abstractmethod
    async def _async_create_car(self, car: EntityCar) -> ConfigFlowResult:
        """Create an entry for a car that no account has."""

    def _may_be_known(self, candidate: Candidate | None) -> bool:
        """Return whether an account may have the car: nothing tells which one it is.

        A charger, too, is set up for a car. Two entries would both control it.
        """
        unknown = candidate is None or candidate.vin is None
        return unknown and bool(accounts_by_car(self.hass))

    async def async_step_same_car(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which car it is, if its integration does not tell the VIN."""
        devices, accounts = dr.async_get(self.hass), accounts_by_car(self.hass)
        found: dict[str, tuple[str, str]] = {}
        for vin, entry in accounts.items():
            device = devices.async_get_device(identifiers={(DOMAIN, vin)})
            if device is not None:
                name = device.name_by_user or device.name or entry.title
                found[device.id] = (vin, f"{name} ({entry.title})")
        if user_input is not None:
            chosen = user_input[CONF_SAME_CAR]
            if chosen not in found:
                return await self._async_create_car(self._second_car)
            self._second_car = replace(self._second_car, vin=found[chosen][0])
            return await self.async_step_second_way()
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "selector", [DOMAIN]
        )
        another = f"component.{DOMAIN}.selector.found.options.{ANOTHER}"
        names = {key: name for key, (_, name) in found.items()}
        names[ANOTHER] = texts.get(another, ANOTHER)
        return self.async_show_form(
            step_id="same_car",
            data_schema=same_car_schema(names),
            description_placeholders={"car": self._second_car.name},
        )

    async def async_step_second_way(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the entities do beside the account that has the car."""
        car = self._second_car
        account = accounts_by_car(self.hass)[car.vin]
        placeholders = {"car": car.name, "account": account.title}
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = second_way_errors(user_input)
        if user_input is not None and not errors:
            way = SecondWay(
                car=car,
                reads=user_input[CONF_READS],
                commands=user_input[CONF_COMMANDS],
            )
            async_put_beside(self.hass, account, way)
            self.hass.config_entries.async_schedule_reload(account.entry_id)
            return self.async_abort(
                reason="put_beside", description_placeholders={"account": account.title}
            )
        return self.async_show_form(
            step_id="second_way",
            data_schema=second_way_schema(car.platform),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_end_second_ways(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Use the entities beside an account no longer."""
        account = self._get_reconfigure_entry()
        if user_input is not None:
            async_end_second_ways(self.hass, account)
            self.hass.config_entries.async_schedule_reload(account.entry_id)
            return self.async_abort(reason="reconfigure_successful")
        return self.async_show_form(
            step_id="end_second_ways",
            data_schema=vol.Schema({}),
            description_placeholders={"account": account.title},
        )
