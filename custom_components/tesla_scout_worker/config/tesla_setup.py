"""The work of the config flow at Tesla, without its forms."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jwt

from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_REGION,
    CONF_TOKEN,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
)
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_FLEET_API_URL,
    CONF_KEY_DOMAIN,
    CONF_TOKEN_URL,
    REGION_CUSTOM,
    REGION_SERVERS,
    REQUIRED_SCOPES,
)
from ..gateways.errors import (
    MissingScopesError,
    NoCarsError,
    SignedOutError,
    TransientError,
)
from ..gateways.fleet_api.client import CommandSettings, FleetClient
from ..gateways.fleet_api.transport import FixedToken
from ..gateways.ledger import Ledger
from ..gateways.models import VehicleSummary
from ..tokens.exchange import CONF_REFRESH_TOKEN, async_exchange
from .options_flow import is_server_url
from .pasted_token import refresh_token_fault


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenClaims:
    """The account of an access token, and its region."""

    unique_id: str
    region: str | None
    missing_scopes: tuple[str, ...] = ()

    @classmethod
    def of(cls, token: Mapping[str, Any]) -> TokenClaims | None:
        """Parse an access token (Tesla: a JWT with ``sub``, ``ou_code``, ``scp``)."""
        try:
            claims = jwt.decode(
                token[CONF_ACCESS_TOKEN], options={"verify_signature": False}
            )
        except jwt.InvalidTokenError, KeyError:
            return None
        unique_id = claims.get("sub")
        if not isinstance(unique_id, str) or not unique_id:
            return None
        region = str(claims.get("ou_code")).lower()
        scopes = claims.get("scp", list(REQUIRED_SCOPES))
        return cls(
            unique_id=unique_id,
            region=region if region in REGION_SERVERS else None,
            missing_scopes=tuple(
                name for scope, name in REQUIRED_SCOPES.items() if scope not in scopes
            ),
        )

    def check_scopes(self) -> None:
        """Check that the Scout may read the cars.

        Raises:
            MissingScopesError: the user left out a permission on Tesla's consent page.
        """
        if self.missing_scopes:
            raise MissingScopesError(scopes=", ".join(self.missing_scopes))


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscoveredCars:
    """The cars of an account."""

    cars: tuple[VehicleSummary, ...]

    @property
    def requires_signing(self) -> bool:
        """Whether any car accepts signed commands only."""
        return any(car.requires_signing for car in self.cars)

    def title(self, account: str) -> str:
        """Return a name for the entry: the account, and the names of its cars."""
        names = ", ".join(car.name or car.model for car in self.cars)
        return f"{account} ({names})"


def imported_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors in the form for imported tokens, by field."""
    errors: dict[str, str] = {}
    if not user_input.get(CONF_CLIENT_ID):
        errors[CONF_CLIENT_ID] = "client_id_required"
    fault = refresh_token_fault(user_input.get(CONF_REFRESH_TOKEN, ""))
    if fault is not None:
        errors[CONF_REFRESH_TOKEN] = fault
    if user_input[CONF_REGION] == REGION_CUSTOM:
        for field in (CONF_FLEET_API_URL, CONF_TOKEN_URL):
            if not (url := user_input.get(field)):
                errors[field] = "url_required"
            elif not is_server_url(url):
                errors[field] = "invalid_url"
    return errors


def imported_data(
    user_input: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry data in the form for imported tokens, without the tokens.

    A client secret that was left blank stays what it is in ``present``, the data of
    the entry to renew: the form does not show it.
    """
    data = {
        CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, ""),
        CONF_REGION: user_input[CONF_REGION],
    }
    if CONF_CLIENT_SECRET in user_input:
        data[CONF_CLIENT_SECRET] = user_input[CONF_CLIENT_SECRET]
    if data[CONF_REGION] == REGION_CUSTOM:
        data |= {key: user_input[key] for key in (CONF_FLEET_API_URL, CONF_TOKEN_URL)}
    kept = [CONF_KEY_DOMAIN]
    if data[CONF_CLIENT_ID] == present.get(CONF_CLIENT_ID):
        kept.append(CONF_CLIENT_SECRET)
    return {key: present[key] for key in kept if key in present} | data


class ImportedTokens:
    """The refresh tokens that a user entered, and the result of exchanging each.

    Tesla: a refresh token works once. So a form that is submitted again uses the result
    of the first time.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._answers: dict[tuple[str, ...], dict[str, Any]] = {}

    async def async_exchange(
        self, implementation: LocalOAuth2Implementation, refresh_token: str
    ) -> tuple[TokenClaims, dict[str, Any]]:
        """Return the account of a token, and entry data with valid tokens.

        Raises:
            SignedOutError: Tesla refused the token.
            TransientError: Tesla could not be reached, or its answer is unreadable.
        """
        key = (
            refresh_token,
            implementation.client_id,
            implementation.client_secret,
            implementation.token_url,
        )
        answer = self._answers.get(key)
        if answer is not None:
            with suppress(SignedOutError):
                answer = await async_renewed(implementation, answer)
        if answer is None or _is_spent(answer):
            answer = await async_exchange(implementation, refresh_token)
        if (account := TokenClaims.of(answer[CONF_TOKEN])) is None:
            raise TransientError
        self._answers[key] = answer
        return account, answer

    def invalidate(self) -> None:
        """Drop an access token that the Fleet API refused; get another next time."""
        for answer in self._answers.values():
            answer[CONF_TOKEN]["expires_at"] = 0


async def async_renewed(
    implementation: AbstractOAuth2Implementation, data: dict[str, Any]
) -> dict[str, Any]:
    """Return entry data whose access token is valid, for a flow that was left open.

    Raises:
        SignedOutError: Tesla refused the refresh token.
        TransientError: Tesla could not be reached, or its answer is unreadable.
    """
    if not _is_spent(data):
        return data
    refresh_token: str = data[CONF_TOKEN][CONF_REFRESH_TOKEN]
    return data | await async_exchange(implementation, refresh_token)


def _is_spent(data: Mapping[str, Any]) -> bool:
    """Return whether the access token in entry data has expired."""
    expires_at: float = data[CONF_TOKEN]["expires_at"]
    return expires_at <= dt_util.utcnow().timestamp()


async def async_find_cars(
    hass: HomeAssistant, server: str, token: str, on_server: Callable[[str], None]
) -> DiscoveredCars:
    """Return the cars of an account; ``on_server`` is called with another server of it.

    Raises:
        FleetError: why they could not be listed.
    """
    client = FleetClient(
        async_get_clientsession(hass),
        FixedToken(token),
        Ledger.started(dt_util.utcnow()),
        server,
        CommandSettings(),
        on_server,
    )
    cars = await client.async_list_products()
    if not cars:
        raise NoCarsError
    return DiscoveredCars(cars=cars)
