"""The steps of the config flow for cars that Home Assistant shows already."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ..const import CONF_SECOND_WAYS, CONF_WAY, DOMAIN
from ..gateways.entities.parts import USUAL_LIMIT, Candidate, EntityCar
from ..gateways.entities.registry import async_find
from ..gateways.models import MODELS
from ..gateways.way import Way
from ..scout.shared_cars import cars_of
from .entity_form import (
    CONF_LIMIT_PERCENT,
    async_enable,
    chosen_parts,
    entity_car,
    entity_errors,
    entity_schema,
    suggested,
)
from .second_way import accounts_by_car
from .second_way_steps import SecondWaySteps

# A list on a screen.
MOST_FOUND: Final = 12

CONF_KEY: Final = "key"


def entry_id_of(vin: str) -> str:
    """Return the unique id of the entry of a car; it must not be the VIN."""
    return f"{Way.ENTITIES}_{sha256(vin.encode()).hexdigest()[:12]}"


def known_vins(hass: HomeAssistant) -> dict[str, str]:
    """Return the cars of all entries by VIN, with the title of their entry."""
    return {
        vin: entry.title
        for entry in hass.config_entries.async_entries(DOMAIN)
        for vin in cars_of(hass, entry)
    }


def _devices_in_use(hass: HomeAssistant) -> set[str | None]:
    """Return the devices whose entities an entry uses."""
    found: set[str | None] = set()
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.data.get(CONF_WAY) == Way.ENTITIES:
            found.add(EntityCar.of(entry.data).device_id)
        for way in entry.data.get(CONF_SECOND_WAYS, ()):
            found.add(EntityCar.of(way).device_id)
    return found - {None}


def _unused(hass: HomeAssistant) -> tuple[Candidate, ...]:
    """Return what was found and no entry uses."""
    used = _devices_in_use(hass)
    return tuple(item for item in async_find(hass) if item.device_id not in used)


def not_taken(hass: HomeAssistant) -> tuple[Candidate, ...]:
    """Return what was found and is not set up yet."""
    taken = known_vins(hass)
    return tuple(item for item in _unused(hass) if item.vin not in taken)


def offered(hass: HomeAssistant) -> tuple[Candidate, ...]:
    """Return what may be set up, and after it what may help the account of its car."""
    found, taken, accounts = _unused(hass), known_vins(hass), accounts_by_car(hass)
    free = [item for item in found if item.vin not in taken]
    return (*free, *(item for item in found if item.vin in accounts))


async def async_label(hass: HomeAssistant, candidate: Candidate) -> str:
    """Return what a person reads of what was found, such as its integration."""
    try:
        integration = (await async_get_integration(hass, candidate.platform)).name
    except IntegrationNotFound:
        integration = candidate.platform
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
    kind = "charger" if candidate.is_charger else "car"
    text = texts.get(f"component.{DOMAIN}.selector.found.options.{kind}", "{name}")
    model = MODELS.get((candidate.vin or "")[3:4])
    name = candidate.name
    if model is not None and model.casefold() not in name.casefold():
        name = f"{model} {name}"
    return text.format(name=name, integration=integration)


class EntitySteps(SecondWaySteps):
    """Sets up a car that is shown by other integrations."""

    _candidate: Candidate | None = None

    async def _async_menu_of_found(self, ways: list[str]) -> ConfigFlowResult:
        """Show what was found before the ways that require typing."""
        found = offered(self.hass)[:MOST_FOUND]
        options: list[str] | dict[str, str] = ways
        if found:
            options = await self._async_labels(found, ways)
        return self.async_show_menu(step_id="user", menu_options=options)

    async def _async_labels(
        self, found: Sequence[Candidate], ways: list[str]
    ) -> dict[str, str]:
        """Return the steps of the menu with their texts; each find gets a step."""
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "config", [DOMAIN]
        )
        prefix = f"component.{DOMAIN}.config.step.user.menu_options"
        labels: dict[str, str] = {}
        for number, candidate in enumerate(found):
            step = f"found_{number}"
            setattr(self, f"async_step_{step}", partial(self._async_found, candidate))
            labels[step] = await async_label(self.hass, candidate)
        return labels | {way: texts.get(f"{prefix}.{way}", way) for way in ways}

    async def _async_found(
        self, candidate: Candidate, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with what was found."""
        self._candidate = candidate
        return await self.async_step_car_entities()

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose each entity of a car."""
        self._candidate = None
        return await self.async_step_car_entities()

    @override
    async def async_step_integration_discovery(
        self, discovery_info: dict[str, Any]
    ) -> ConfigFlowResult:
        """Offer a car that another integration shows."""
        found = {item.key: item for item in not_taken(self.hass)}
        return await self._async_offer(found.get(discovery_info[CONF_KEY]))

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """Offer the car of an ESPHome node in the network that is set up."""
        found = [item for item in not_taken(self.hass) if item.platform == "esphome"]
        return await self._async_offer(found[0] if found else None)

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """Offer a car that another integration shows, since one is in the network."""
        found = [item for item in not_taken(self.hass) if not item.is_charger]
        return await self._async_offer(found[0] if found else None)

    async def _async_offer(self, candidate: Candidate | None) -> ConfigFlowResult:
        """Offer what was found, once: who ignores it is not asked again."""
        if candidate is None:
            return self.async_abort(reason="no_car_found")
        await self.async_set_unique_id(entry_id_of(candidate.key))
        self._abort_if_unique_id_configured()
        self._candidate = candidate
        label = await async_label(self.hass, candidate)
        self.context["title_placeholders"] = {"name": label}
        return await self.async_step_car_entities()

    async def async_step_car_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm the entities of the car, or choose others."""
        present, errors = self._present_car, dict[str, str]()
        if user_input is not None:
            parts = chosen_parts(self.hass, user_input, self._candidate)
            errors = entity_errors(self.hass, parts)
            if not errors:
                async_enable(self.hass, parts)
                limit = int(user_input.get(CONF_LIMIT_PERCENT, USUAL_LIMIT))
                if present is not None:
                    changed = replace(present, parts=parts, limit=limit)
                    return self._renew_car(changed)
                name = user_input.get(CONF_NAME) or self._name
                return await self._async_add_car(
                    entity_car(self._candidate, name, parts, limit)
                )
        candidate = self._candidate
        if present is not None:
            # Only so that its name is not asked for.
            candidate = Candidate(key="", platform="", name=present.name)
            shown = suggested(self.hass, present.parts, present.limit)
        else:
            known = {} if candidate is None else candidate.parts
            shown = suggested(self.hass, known, USUAL_LIMIT)
        return self.async_show_form(
            step_id="car_entities",
            data_schema=self.add_suggested_values_to_schema(
                entity_schema(candidate), user_input or shown
            ),
            errors=errors,
            description_placeholders={"name": self._name},
        )

    @property
    def _name(self) -> str:
        """The name of the car."""
        if (present := self._present_car) is not None:
            return present.name
        return "" if self._candidate is None else self._candidate.name

    @property
    def _present_car(self) -> EntityCar | None:
        """The car of the entry that this flow changes, if it changes one."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        data: Mapping[str, Any] = self._get_reconfigure_entry().data
        return EntityCar.of(data) if data.get(CONF_WAY) == Way.ENTITIES else None

    def _renew_car(self, car: EntityCar) -> ConfigFlowResult:
        """Change the entities of the car of an entry."""
        return self.async_update_reload_and_abort(
            self._get_reconfigure_entry(),
            data={CONF_WAY: Way.ENTITIES.value, **car.as_data()},
        )

    async def _async_add_car(self, car: EntityCar) -> ConfigFlowResult:
        """Create the entry of a car, or put its entities beside its account."""
        self._second_car = car
        if car.vin in accounts_by_car(self.hass):
            return await self.async_step_second_way()
        if self._may_be_known(self._candidate):
            return await self.async_step_same_car()
        return await self._async_create_car(car)

    @override
    async def _async_create_car(self, car: EntityCar) -> ConfigFlowResult:
        """Create the entry of a car; never two for one car."""
        await self.async_set_unique_id(entry_id_of(car.vin), raise_on_progress=False)
        self._abort_if_unique_id_configured()
        taken = known_vins(self.hass).get(car.vin)
        if taken is not None:
            return self.async_abort(
                reason="car_configured", description_placeholders={"entry": taken}
            )
        return self.async_create_entry(
            title=car.name, data={CONF_WAY: Way.ENTITIES.value, **car.as_data()}
        )
