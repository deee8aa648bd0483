"""The forms of the config flow."""

from collections.abc import Mapping
from typing import Final

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_REGION
from homeassistant.helpers.selector import (
    BooleanSelector,
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..const import (
    CONF_AUTH_IMPLEMENTATION,
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_TOKEN_URL,
    REGION_CUSTOM,
    REGION_SERVERS,
)
from ..tokens.exchange import CONF_REFRESH_TOKEN

PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


def _region_selector(*regions: str) -> SelectSelector:
    """Return a choice of regions."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(regions),
            translation_key=CONF_REGION,
            mode=SelectSelectorMode.LIST,
        )
    )


IMPORT_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_CLIENT_ID): TextSelector(),
        vol.Optional(CONF_CLIENT_SECRET): PASSWORD,
        vol.Required(CONF_REFRESH_TOKEN): PASSWORD,
        vol.Required(CONF_REGION, default="eu"): _region_selector(
            *REGION_SERVERS, REGION_CUSTOM
        ),
        vol.Optional(CONF_FLEET_API_URL): _URL,
        vol.Optional(CONF_TOKEN_URL): _URL,
    }
)

KEY_DOMAIN_SCHEMA: Final = vol.Schema({vol.Required(CONF_KEY_DOMAIN): TextSelector()})

CONF_NEW_KEY: Final = "new_key"
PUBLIC_KEY_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_NEW_KEY, default=False): BooleanSelector()}
)


def region_schema(preset: str) -> vol.Schema:
    """Return the form for Tesla's region, with a preset."""
    return vol.Schema(
        {vol.Required(CONF_REGION, default=preset): _region_selector(*REGION_SERVERS)}
    )


def shared_schema(names: Mapping[str, str]) -> vol.Schema:
    """Return a choice of applications, by their key; one alone needs none."""
    if len(names) < 2:
        return vol.Schema({})
    options = [SelectOptionDict(value=key, label=name) for key, name in names.items()]
    choice = SelectSelector(SelectSelectorConfig(options=options))
    return vol.Schema(
        {vol.Required(CONF_AUTH_IMPLEMENTATION, default=next(iter(names))): choice}
    )


def qr_schema(url: str) -> vol.Schema:
    """Return a form that shows an address as a QR code."""
    code = QrCodeSelector(
        QrCodeSelectorConfig(
            data=url, scale=6, error_correction_level=QrErrorCorrectionLevel.QUARTILE
        )
    )
    return vol.Schema({vol.Optional("qr_code"): code})
