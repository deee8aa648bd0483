"""An options flow that shows pages, and keeps what was changed on them."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_SYSTEM,
    ConfigEntry,
    ConfigFlowContext,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import HomeAssistant, callback

from ..charging.options import PriceSource
from .option_pages import (
    OptionPage,
    filled_in,
    page_schema,
    page_shown,
    range_errors,
    with_answers,
)

# A flow that was prepared for a person, who has not seen it yet.
PREPARED: Final = ConfigFlowContext(source=SOURCE_SYSTEM)


@callback
def _async_end_prepared(hass: HomeAssistant, entry_id: str) -> str | None:
    """End the flow that was prepared for an account, and return its step."""
    flows = hass.config_entries.options
    step: str | None = None
    for flow in flows.async_progress_by_handler(entry_id, match_context=dict(PREPARED)):
        step = flow["step_id"]
        flows.async_abort(flow["flow_id"])
    return step


async def async_prepare(
    hass: HomeAssistant, entry: ConfigEntry[Any], data: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Begin an options flow that another flow names as the next one; the last counts."""
    _async_end_prepared(hass, entry.entry_id)
    return await hass.config_entries.options.async_init(
        entry.entry_id, context=PREPARED.copy(), data=data
    )


class PageFlow(OptionsFlowWithReload):
    """Shows pages; a change reloads the account."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._chosen: dict[str, Any] | None = None

    def _take_over(self) -> str | None:
        """Return the step of the flow that was prepared for this account, which ends.

        The frontend 20260930 begins a new options flow where the answer of another flow
        names the one to continue with.
        """
        if self.context.get("source") == SOURCE_SYSTEM:
            return None
        return _async_end_prepared(self.hass, self.handler)

    @property
    def _options(self) -> Mapping[str, Any]:
        """The options as far as they are chosen."""
        return self.config_entry.options if self._chosen is None else self._chosen

    def _show(
        self,
        step_id: str,
        schema: vol.Schema,
        values: Mapping[str, Any],
        errors: dict[str, str] | None = None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        """Show a form with its values."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={"range": "", **placeholders},
        )

    async def _async_page(
        self,
        step_id: str,
        page: OptionPage,
        user_input: dict[str, Any] | None,
        check: Callable[[Mapping[str, Any]], Awaitable[dict[str, str]]] | None = None,
        **words: str,
    ) -> ConfigFlowResult:
        """Show a page, and keep what was changed on it; ``words`` are placeholders."""
        shown = page_shown(page, self._options)
        schema = page_schema(page, shown)
        if user_input is None:
            return self._show(step_id, schema, shown, None, **words)
        sent = filled_in(user_input)
        errors, placeholders = range_errors(page, sent)
        if check is not None and not errors:
            errors = await check(sent)
        if errors:
            return self._show(step_id, schema, sent, errors, **words, **placeholders)
        return await self._async_keep(step_id, with_answers(page, self._options, sent))

    @abstractmethod
    async def _async_keep(
        self, step_id: str, options: dict[str, Any]
    ) -> ConfigFlowResult:
        """Save options, or ask on."""

    @abstractmethod
    async def _async_source(self, source: PriceSource) -> ConfigFlowResult:
        """Ask for what a source of prices needs."""
