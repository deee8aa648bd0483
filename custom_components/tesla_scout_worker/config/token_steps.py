"""The step of the config flow for tokens of another program."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_REGION

from ..const import CONF_FLEET_API_URL, CONF_TOKEN_URL, REGION_CUSTOM
from ..gateways.errors import (
    ApplicationRefusedError,
    FleetError,
    MissingScopesError,
    SignedOutError,
)
from ..gateways.fleet_api.credentials import imported_implementation
from ..tokens.exchange import CONF_REFRESH_TOKEN, holds
from .account_flow import AccountFlow
from .forms import IMPORT_SCHEMA
from .option_pages import filled_in
from .pasted_token import refresh_token_in
from .tesla_setup import ImportedTokens, imported_data, imported_errors


class TokenSteps(AccountFlow):
    """Imports a token set of another program."""

    def __init__(self) -> None:
        """Start without a token."""
        super().__init__()
        self._imported = ImportedTokens()

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
            except ApplicationRefusedError as err:
                # The token was not even looked at.
                errors[CONF_CLIENT_ID] = err.key
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
