"""The steps of the config flow for a provider's key."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_API_KEY, CONF_REGION, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from ..const import CONF_FLEET_API_URL, CONF_KEY_DOMAIN, CONF_WAY, PROVIDER_SERVERS
from ..gateways.errors import FleetError, SignedOutError
from ..gateways.fleet_api.transport import FixedToken
from ..gateways.ledger import Ledger
from ..gateways.providers import provider_client
from ..gateways.way import Way
from .account_flow import AccountFlow
from .forms import PASSWORD
from .pasted_key import key_fault, key_in
from .tesla_setup import DiscoveredCars

KEY_SCHEMA: Final = vol.Schema({vol.Required(CONF_API_KEY): PASSWORD})

# The name of each provider, and where a person makes a key.
NAMES: Final[Mapping[Way, str]] = {Way.TESSIE: "Tessie", Way.TESLEMETRY: "Teslemetry"}
TESLEMETRY_PAGE: Final = "https://teslemetry.com/console"
TESSIE_PAGE: Final = "https://dash.tessie.com/settings/api"


def key_data(way: Way, key: str) -> dict[str, Any]:
    """Return the entry data of a way with a key."""
    return {
        CONF_WAY: way.value,
        CONF_FLEET_API_URL: PROVIDER_SERVERS[way],
        CONF_TOKEN: {CONF_ACCESS_TOKEN: key},
    }


def account_id(way: Way, cars: DiscoveredCars) -> str:
    """Return the unique id of a new entry; a provider names no account."""
    first = min(car.vin for car in cars.cars)
    return f"{way}_{sha256(first.encode()).hexdigest()[:12]}"


class KeyTrial:
    """A pasted key, tried at its provider.

    Attributes:
        key: The key.
        cars: The cars that it shows, once it was accepted.
        words: The placeholders of the error.
    """

    def __init__(self, hass: HomeAssistant, way: Way, text: str) -> None:
        """Bind the provider and the pasted text."""
        self._hass = hass
        self._way = way
        self._text = text
        self.key = key_in(text)
        self.cars: DiscoveredCars | None = None
        self.words: Mapping[str, str] = {}

    async def async_error(self) -> str | None:
        """Try the key, and return the error of the form; None: it was accepted."""
        if (fault := key_fault(self._text)) is not None:
            return fault
        client = provider_client(
            self._way,
            async_get_clientsession(self._hass),
            FixedToken(self.key),
            Ledger.started(dt_util.utcnow()),
            PROVIDER_SERVERS[self._way],
        )
        try:
            cars = await client.async_list_vehicles()
        except SignedOutError:
            return "key_refused"
        except FleetError as err:
            self.words = err.translation_placeholders or {}
            return err.key
        if not cars:
            return "no_cars_here"
        self.cars = DiscoveredCars(cars=cars)
        return None


class ProviderSteps(AccountFlow):
    """Sets up an account by a key of a provider."""

    async def async_step_tessie(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the key of Tessie, and try it."""
        return await self._async_page(
            "tessie", Way.TESSIE, user_input, address=TESSIE_PAGE
        )

    async def async_step_teslemetry(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the token of Teslemetry, and try it."""
        return await self._async_page(
            "teslemetry", Way.TESLEMETRY, user_input, address=TESLEMETRY_PAGE
        )

    async def _async_page(
        self, step_id: str, way: Way, user_input: dict[str, Any] | None, address: str
    ) -> ConfigFlowResult:
        """Ask for the key of a provider, and try it."""
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None and CONF_API_KEY in user_input:
            trial = KeyTrial(self.hass, way, user_input[CONF_API_KEY])
            error = await trial.async_error()
            if error is None:
                return await self._async_finish_key(way, NAMES[way], trial)
            errors, words = {"base": error}, trial.words
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(KEY_SCHEMA, user_input),
            errors=errors,
            description_placeholders={"address": address, **words},
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
