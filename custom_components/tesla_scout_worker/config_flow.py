"""Config flow: sign in at Tesla, or bring tokens; again when they have died."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import logging
from pathlib import Path
from typing import Any, Final, cast, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
    OptionsFlow,
)
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_REGION,
    CONF_TOKEN,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
)
from homeassistant.util import dt as dt_util

from .config.entity_steps import EntitySteps
from .config.first_run import FIRST_RUN
from .config.forms import (
    IMPORT_SCHEMA,
    KEY_DOMAIN_SCHEMA,
    qr_schema,
    region_schema,
    shared_schema,
)
from .config.option_pages import filled_in
from .config.options_flow import ScoutOptionsFlow
from .config.provider_steps import (
    KEY_SCHEMA,
    TESLEMETRY,
    TESLEMETRY_PAGE,
    TESSIE,
    TESSIE_PAGE,
    KeyTrial,
    account_id,
    entry_with_car,
    key_data,
)
from .config.tesla_setup import (
    DiscoveredCars,
    ImportedTokens,
    Registration,
    TokenClaims,
    async_find_cars,
    async_renewed,
    domain_in,
    imported_data,
    imported_errors,
    refresh_token_in,
)
from .const import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_PRIVATE_KEY_PATH,
    CONF_TOKEN_URL,
    CONF_WAY,
    DEVELOPER_DASHBOARD,
    DOMAIN,
    LOGGER,
    REGION_CUSTOM,
    REGION_SERVERS,
)
from .gateways.errors import (
    FleetError,
    MissingScopesError,
    NotRegisteredError,
    SignedOutError,
)
from .gateways.fleet_api.credentials import (
    SharedApplication,
    async_shared_applications,
    fleet_server,
    imported_implementation,
    private_key_path,
)
from .gateways.fleet_api.key_file import is_private_key
from .gateways.way import KEY_WAYS, Way
from .scout.shared_cars import cars_of
from .tokens.exchange import CONF_REFRESH_TOKEN, holds, stored_token

WAYS_IN: Final = ["tesla_fleet", "tessie", "teslemetry", "sign_in", "bring_tokens"]
FIRST_WAYS: Final = [*WAYS_IN, "entities"]


class ScoutConfigFlow(EntitySteps, AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Sets up an account by signing in at Tesla, or with existing tokens."""

    DOMAIN = DOMAIN

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._data: dict[str, Any] = {}
        self._options: dict[str, Any] = {}
        self._registration: Registration | None = None
        self._imported = ImportedTokens()

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
            options = self.hass.config_entries.options
            flow = await options.async_init(entry.entry_id, data=FIRST_RUN)
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

    async def async_step_tessie(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the key of Tessie, and try it."""
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None and CONF_API_KEY in user_input:
            trial = KeyTrial(self.hass, Way.TESSIE, user_input[CONF_API_KEY])
            error = await trial.async_error()
            if error is None:
                return await self._async_finish_key(Way.TESSIE, TESSIE, trial)
            errors, words = {"base": error}, trial.words
        return self.async_show_form(
            step_id="tessie",
            data_schema=KEY_SCHEMA,
            errors=errors,
            description_placeholders={"address": TESSIE_PAGE, **words},
        )

    async def async_step_teslemetry(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the token of Teslemetry, and try it."""
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None and CONF_API_KEY in user_input:
            trial = KeyTrial(self.hass, Way.TESLEMETRY, user_input[CONF_API_KEY])
            error = await trial.async_error()
            if error is None:
                return await self._async_finish_key(Way.TESLEMETRY, TESLEMETRY, trial)
            errors, words = {"base": error}, trial.words
        return self.async_show_form(
            step_id="teslemetry",
            data_schema=KEY_SCHEMA,
            errors=errors,
            description_placeholders={"address": TESLEMETRY_PAGE, **words},
        )

    async def _async_finish_key(
        self, way: Way, provider: str, trial: KeyTrial
    ) -> ConfigFlowResult:
        """Create the entry of a provider, or renew an entry with its key."""
        if (cars := trial.cars) is None:
            return self.async_abort(reason="wrong_account")
        kept = {
            name: self._present_data[name]
            for name in (CONF_KEY_DOMAIN, CONF_REGION)
            if name in self._present_data
        }
        self._data = kept | key_data(way, trial.key)
        if self._present_entry() is None:
            await self.async_set_unique_id(
                account_id(way, cars), raise_on_progress=False
            )
            self._abort_if_unique_id_configured()
        return self._finish(cars, provider)

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
            kept = (CONF_REGION, CONF_FLEET_API_URL, CONF_KEY_DOMAIN)
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

    async def async_step_key_domain(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the domain that holds the application's public key."""
        if user_input is None:
            return self._ask_key_domain(self._present_data)
        domain = domain_in(user_input[CONF_KEY_DOMAIN])
        if domain is None:
            return self._ask_key_domain(user_input, {CONF_KEY_DOMAIN: "invalid_domain"})
        try:
            registered = await self._async_registered(domain)
        except FleetError as err:
            return self._ask_key_domain(user_input, {"base": err.key}, err)
        self._data[CONF_KEY_DOMAIN] = domain
        if registered:
            return await self.async_step_virtual_key()
        return await self.async_step_public_key()

    def _ask_key_domain(
        self,
        suggested: Mapping[str, Any],
        errors: dict[str, str] | None = None,
        error: FleetError | None = None,
    ) -> ConfigFlowResult:
        """Show the form that asks for the domain."""
        placeholders = error.translation_placeholders if error is not None else None
        return self.async_show_form(
            step_id="key_domain",
            data_schema=self.add_suggested_values_to_schema(
                KEY_DOMAIN_SCHEMA, suggested
            ),
            errors=errors,
            description_placeholders={
                "dashboard": DEVELOPER_DASHBOARD,
                **(placeholders or {}),
            },
        )

    async def async_step_public_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the public key, and register it once it is on the domain."""
        registration = cast(Registration, self._registration)
        domain = self._data[CONF_KEY_DOMAIN]
        placeholders = {
            "url": f"https://{domain}/.well-known/appspecific/com.tesla.3p.public-key.pem",
            "public_key": registration.public_key_pem,
        }
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                error = await registration.async_register(domain)
            except NotRegisteredError as err:
                # The domain is not one of the application: a person must name another.
                return self._ask_key_domain(self._data, {"base": err.key}, err)
            except FleetError as err:
                error = err.key
                placeholders |= err.translation_placeholders or {}
            if error is None:
                return await self.async_step_virtual_key()
            errors["base"] = error
        return self.async_show_form(
            step_id="public_key",
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_virtual_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask the user to add the virtual key to cars that require signed commands."""
        url = f"https://tesla.com/_ak/{self._data[CONF_KEY_DOMAIN]}"
        errors: dict[str, str] = {}
        placeholders = {"url": url}
        try:
            discovered = await self._async_discover()
        except FleetError as err:
            errors["base"] = err.key
            placeholders |= err.translation_placeholders or {}
        else:
            if user_input is not None or not discovered.requires_signing:
                return self._finish(discovered)
        return self.async_show_form(
            step_id="virtual_key",
            data_schema=qr_schema(url),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_bring_tokens(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import an existing token set, after it was tried out."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            user_input = filled_in(user_input)
            errors = imported_errors(user_input)
        if user_input is not None and not errors:
            try:
                return await self._async_import(user_input)
            except SignedOutError:
                self._imported.invalidate()
                errors[CONF_REFRESH_TOKEN] = "token_refused"
            except MissingScopesError as err:
                # Tesla: changed scopes appear in newly issued tokens only.
                self._imported.invalidate()
                errors["base"] = err.key
                placeholders = err.translation_placeholders or {}
            except FleetError as err:
                errors["base"] = err.key
                placeholders = err.translation_placeholders or {}
        return self.async_show_form(
            step_id="bring_tokens",
            data_schema=self.add_suggested_values_to_schema(
                IMPORT_SCHEMA, user_input or self._suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_import(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Refresh once and list the cars; keep nothing before that succeeded."""
        refresh_token = refresh_token_in(user_input[CONF_REFRESH_TOKEN]) or ""
        for entry in self._async_current_entries():
            if entry is not self._present_entry() and holds(entry, refresh_token):
                # Trying it would take it from that entry.
                return self.async_abort(
                    reason="already_configured"
                    if self.source == SOURCE_USER
                    else "wrong_account"
                )
        data = imported_data(user_input, self._present_data)
        account, tokens = await self._imported.async_exchange(
            imported_implementation(self.hass, data), refresh_token
        )
        self._data = {**data, **tokens}
        await self._async_check(account)
        account.check_scopes()
        return self._finish(await self._async_discover())

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
            self._data[CONF_FLEET_API_URL] = server

        if CONF_AUTH_IMPLEMENTATION in self._data:
            self._data = await async_renewed(self.flow_impl, self._data)
        server = fleet_server(self._data)
        remember(server)
        token = self._data[CONF_TOKEN][CONF_ACCESS_TOKEN]
        return await async_find_cars(self.hass, server, token, remember)

    async def _async_registered(self, domain: str) -> bool:
        """Sign the application in, and return whether its key is registered already."""
        if self._registration is None:
            registration = Registration(
                self.hass,
                cast(LocalOAuth2Implementation, self.flow_impl),
                fleet_server(self._data),
                self._present_options.get(CONF_PRIVATE_KEY_PATH),
            )
            await registration.async_login()
            self._registration = registration
        self._options = {CONF_PRIVATE_KEY_PATH: self._registration.key_path}
        return await self._registration.async_is_registered(domain)

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

    @property
    def _suggested(self) -> dict[str, Any]:
        """The fields of the form for imported tokens that are known already."""
        present = self._present_data
        if CONF_CLIENT_ID not in present:
            return {}
        known = [CONF_CLIENT_ID, CONF_REGION]
        if present[CONF_REGION] == REGION_CUSTOM:
            known += [CONF_FLEET_API_URL, CONF_TOKEN_URL]
        return {key: present[key] for key in known}

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
            return self.async_update_reload_and_abort(
                entry, data=self._data, options={**entry.options, **self._options}
            )
        return self.async_create_entry(
            title=discovered.title(account), data=self._data, options=self._options
        )
