"""Config flow: sign in at Tesla, or bring tokens; again when they have died."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import logging
from pathlib import Path
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
    OptionsFlow,
)
from homeassistant.const import CONF_REGION, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
)
from homeassistant.util import dt as dt_util

from .config.entity_steps import EntitySteps
from .config.first_run import FIRST_RUN
from .config.forms import region_schema, shared_schema
from .config.key_steps import KeySteps
from .config.options_flow import ScoutOptionsFlow
from .config.page_flow import async_prepare
from .config.provider_steps import ProviderSteps
from .config.tesla_setup import TokenClaims
from .config.token_steps import TokenSteps
from .const import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_SECOND_WAYS,
    CONF_WAY,
    DOMAIN,
    LOGGER,
    REGION_SERVERS,
)
from .gateways.errors import FleetError, MissingScopesError, NotRegisteredError
from .gateways.fleet_api.credentials import (
    SharedApplication,
    async_shared_applications,
    private_key_path,
)
from .gateways.fleet_api.key_file import is_private_key
from .gateways.way import Way
from .tokens.exchange import CONF_REFRESH_TOKEN, stored_token

WAYS_IN: Final = ["tesla_fleet", "tessie", "teslemetry", "sign_in", "bring_tokens"]
FIRST_WAYS: Final = [*WAYS_IN, "entities"]


class ScoutConfigFlow(EntitySteps, ProviderSteps, TokenSteps, KeySteps, domain=DOMAIN):
    """Sets up an account by signing in at Tesla, or with existing tokens."""

    DOMAIN = DOMAIN

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of the OAuth2 helper's own steps."""
        return LOGGER

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry[Any]) -> OptionsFlow:
        """Return the options flow."""
        return ScoutOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to set up."""
        ways = await self._async_ways()
        return await self._async_menu_of_found([*ways, "entities"])

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first questions about a new account, if it is loaded."""
        entry: ConfigEntry[Any] = result["result"]
        if entry.state is ConfigEntryState.LOADED:
            flow = await async_prepare(self.hass, entry, FIRST_RUN)
            if flow["type"] is FlowResultType.FORM:
                result["next_flow"] = (FlowType.OPTIONS_FLOW, flow["flow_id"])
        return result

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin to sign in again, after Tesla refused the stored sign-in."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to sign in again; a provider's key is asked for at once."""
        if self._present_data.get(CONF_WAY) == Way.TESSIE:
            return await self.async_step_tessie(user_input)
        if self._present_data.get(CONF_WAY) == Way.TESLEMETRY:
            return await self.async_step_teslemetry(user_input)
        ways = await self._async_ways()
        return self.async_show_menu(step_id="reauth_confirm", menu_options=ways)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose another way to sign in, or enter other tokens."""
        if self._present_car is not None:
            return await self.async_step_car_entities(user_input)
        ways = await self._async_ways()
        if CONF_SECOND_WAYS in self._present_data:
            ways.append("end_second_ways")
        return self.async_show_menu(step_id="reconfigure", menu_options=ways)

    async def _async_ways(self) -> list[str]:
        """Return the ways that can be chosen here."""
        shared = await self._async_shared_applications()
        return [way for way in WAYS_IN if way != Way.TESLA_FLEET or shared]

    async def _async_shared_applications(self) -> Mapping[str, SharedApplication]:
        """Return the applications of the Tesla Fleet integration; none if unknown."""
        with suppress(ImplementationUnavailableError):
            return await async_shared_applications(self.hass)
        return {}

    async def async_step_tesla_fleet(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what is shared, and sign in with the Tesla Fleet integration's application."""
        shared = await self._async_shared_applications()
        if not shared:
            return self.async_abort(reason="missing_configuration")
        if user_input is not None:
            key = user_input.get(CONF_AUTH_IMPLEMENTATION, next(iter(shared)))
            self.flow_impl = shared[key]
            return await self.async_step_auth()
        names = {key: application.name for key, application in shared.items()}
        return self.async_show_form(
            step_id="tesla_fleet", data_schema=shared_schema(names)
        )

    async def async_step_sign_in(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go to Tesla's sign-in with the user's own application."""
        return await self.async_step_pick_implementation(user_input)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Continue with the tokens of Tesla's sign-in."""
        account = TokenClaims.of(data[CONF_TOKEN])
        if account is None or not data[CONF_TOKEN].get(CONF_REFRESH_TOKEN):
            return self.async_abort(reason="oauth_error")
        await self._async_check(account)
        try:
            account.check_scopes()
        except MissingScopesError as err:
            return self.async_abort(
                reason=err.key,
                description_placeholders=err.translation_placeholders,
            )
        present = self._present_data
        fresh = {
            CONF_AUTH_IMPLEMENTATION: data[CONF_AUTH_IMPLEMENTATION],
            **stored_token(data[CONF_TOKEN], None, dt_util.utcnow()),
        }
        if isinstance(self.flow_impl, SharedApplication):
            fresh[CONF_WAY] = Way.TESLA_FLEET.value
        if self.source == SOURCE_REAUTH:
            kept = (
                *(CONF_REGION, CONF_FLEET_API_URL, CONF_KEY_DOMAIN),
                CONF_SECOND_WAYS,
            )
            known = {key: present[key] for key in kept if key in present}
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data={**known, **fresh}
            )
        self._data = {
            CONF_REGION: account.region or next(iter(REGION_SERVERS)),
            **fresh,
        }
        if CONF_KEY_DOMAIN in present:
            self._data[CONF_KEY_DOMAIN] = present[CONF_KEY_DOMAIN]
        if CONF_WAY in fresh and account.region is not None:
            return await self.async_step_region({CONF_REGION: account.region})
        return await self.async_step_region()

    async def async_step_region(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm the region, which is preset from the token."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            self._data[CONF_REGION] = user_input[CONF_REGION]
            self._data.pop(CONF_FLEET_API_URL, None)
            try:
                discovered = await self._async_discover()
            except NotRegisteredError:
                # The application must be registered in this region first.
                return await self.async_step_key_domain()
            except FleetError as err:
                errors["base"] = err.key
                placeholders = err.translation_placeholders or {}
            else:
                if discovered.requires_signing and not await self._async_has_key():
                    return await self.async_step_key_domain()
                return self._finish(discovered)
        return self.async_show_form(
            step_id="region",
            data_schema=region_schema(self._data[CONF_REGION]),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_has_key(self) -> bool:
        """Return whether the key of the Tesla Fleet integration, which cars know, is used."""
        if self._data.get(CONF_WAY) != Way.TESLA_FLEET:
            return False
        path = Path(private_key_path(self.hass, self._present_options))
        folder = Path(self.hass.config.config_dir)
        return await asyncio.to_thread(is_private_key, path, folder)
