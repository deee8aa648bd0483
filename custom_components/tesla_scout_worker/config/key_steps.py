"""The steps of the config flow for the public key of the user's application."""

from collections.abc import Mapping
from typing import Any, cast, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..const import CONF_KEY_DOMAIN, CONF_PRIVATE_KEY_PATH, DEVELOPER_DASHBOARD
from ..gateways.errors import FleetError, NotRegisteredError
from ..gateways.fleet_api.credentials import fleet_server
from .account_flow import AccountFlow
from .domain_text import domain_fault, domain_in
from .forms import CONF_NEW_KEY, KEY_DOMAIN_SCHEMA, PUBLIC_KEY_SCHEMA, qr_schema
from .key_file import SHOWN_KEYS, file_link, key_file_url
from .registration import Registration


class KeySteps(AccountFlow):
    """Registers the domain of an application, with its public key."""

    def __init__(self) -> None:
        """Start without an application."""
        super().__init__()
        self._registration: Registration | None = None

    @callback
    @override
    def async_remove(self) -> None:
        """Serve the file of the form no longer."""
        self.hass.data.get(SHOWN_KEYS, {}).pop(self.flow_id, None)

    async def async_step_key_domain(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the domain that holds the application's public key."""
        if user_input is None:
            return self._ask_key_domain(self._present_data)
        typed = user_input[CONF_KEY_DOMAIN]
        if (domain := domain_in(typed)) is None:
            fault = domain_fault(typed) or "invalid_domain"
            return self._ask_key_domain(user_input, {CONF_KEY_DOMAIN: fault})
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
                "domain": self._data.get(CONF_KEY_DOMAIN, ""),
                **(placeholders or {}),
            },
        )

    async def async_step_public_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the public key, and register it once it is on the domain."""
        registration = cast(Registration, self._registration)
        domain = self._data[CONF_KEY_DOMAIN]
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None:
            try:
                error = await self._async_place_key(registration, domain, user_input)
            except NotRegisteredError as err:
                # The domain is not one of the application: a person must name another.
                return self._ask_key_domain(self._data, {"base": err.key}, err)
            except FleetError as err:
                error, words = err.key, err.translation_placeholders or {}
            else:
                words = registration.words
            if error == "domain_not_found":
                return self._ask_key_domain(self._data, {CONF_KEY_DOMAIN: error})
            if error is not None:
                errors["base"] = error
            elif not user_input.get(CONF_NEW_KEY):
                return await self.async_step_virtual_key()
        public_key = registration.public_key_pem
        placeholders = {
            "url": key_file_url(domain),
            "public_key": public_key,
            "file": file_link(self.hass, self.flow_id, public_key),
        }
        return self.async_show_form(
            step_id="public_key",
            data_schema=PUBLIC_KEY_SCHEMA,
            errors=errors,
            description_placeholders={**placeholders, **words},
        )

    async def _async_place_key(
        self, registration: Registration, domain: str, user_input: Mapping[str, Any]
    ) -> str | None:
        """Make another key on request, or else register the key that is shown."""
        if not user_input.get(CONF_NEW_KEY):
            return await registration.async_register(domain)
        await registration.async_make_key()
        self._options[CONF_PRIVATE_KEY_PATH] = registration.key_path
        return None

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
