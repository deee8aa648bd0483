"""The work of the config flow at Tesla, without its forms."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
from typing import Any, Final

from aiohttp import ClientError
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
    DEFAULT_PRIVATE_KEY_PATH,
    REGION_CUSTOM,
    REGION_SERVERS,
    REQUEST_TIMEOUT,
    REQUIRED_SCOPES,
    TESLA_FLEET_KEY_PATH,
)
from ..gateways.error_map import Site
from ..gateways.errors import (
    FleetError,
    KeyNotPairedError,
    MissingScopesError,
    NoCarsError,
    NotRegisteredError,
    RefusedError,
    SignedOutError,
    TransientError,
)
from ..gateways.fleet_api.client import CommandSettings, FleetClient
from ..gateways.fleet_api.error_map import map_answer, mapped_errors
from ..gateways.fleet_api.key_file import is_private_key
from ..gateways.fleet_api.responses import AnswerError, LostAnswerError, read_answer
from ..gateways.fleet_api.transport import FixedToken, FleetTransport
from ..gateways.ledger import Ledger
from ..gateways.models import VehicleSummary
from ..tokens.exchange import CONF_REFRESH_TOKEN, async_exchange
from .options_flow import is_server_url

_DOMAIN_NAME: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


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


def refresh_token_in(text: str) -> str | None:
    """Return the refresh token in a pasted text: the token itself, or a JSON file."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        return text or None
    try:
        return _find_refresh_token(json.loads(text))
    except ValueError, RecursionError:
        return None


def _find_refresh_token(value: object) -> str | None:
    """Return the first ``refresh_token`` in a JSON value, at any depth."""
    if isinstance(value, Mapping):
        token = value.get("refresh_token")
        if isinstance(token, str) and token:
            return token
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            if (token := _find_refresh_token(part)) is not None:
                return token
    return None


def domain_in(text: str) -> str | None:
    """Return the domain name in a text, or None if there is none."""
    domain = text.strip().lower().removeprefix("https://").rstrip("/")
    return domain if _DOMAIN_NAME.fullmatch(domain) else None


def imported_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors in the form for imported tokens, by field."""
    errors: dict[str, str] = {}
    if not user_input.get(CONF_CLIENT_ID):
        errors[CONF_CLIENT_ID] = "client_id_required"
    if refresh_token_in(user_input.get(CONF_REFRESH_TOKEN, "")) is None:
        errors[CONF_REFRESH_TOKEN] = "no_refresh_token"
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


class Registration:
    """The user's application as a partner of Tesla, with its public key."""

    def __init__(
        self,
        hass: HomeAssistant,
        implementation: LocalOAuth2Implementation,
        server: str,
        key_path: str | None,
    ) -> None:
        """Bind the application and the server; Tesla requires it once in each region.

        ``key_path`` is the key of the entry that is renewed, which its cars may know.
        """
        self._hass = hass
        self._implementation = implementation
        self._server = server
        self._transport: FleetTransport | None = None
        self.key_path = key_path or TESLA_FLEET_KEY_PATH

    async def async_login(self) -> None:
        """Sign the application itself in, and load its key, or create one.

        Raises:
            FleetError: Tesla does not know the application, or cannot be reached.
        """
        token = await self._async_partner_token()
        config = self._hass.config
        folder, present_key = Path(config.config_dir), Path(config.path(self.key_path))
        if not await asyncio.to_thread(is_private_key, present_key, folder):
            self.key_path = DEFAULT_PRIVATE_KEY_PATH
            new_key = Path(config.path(self.key_path))
            used = await asyncio.to_thread(os.path.lexists, new_key)
            if used and not await asyncio.to_thread(is_private_key, new_key, folder):
                raise KeyNotPairedError("no_usable_private_key")
        self._transport = FleetTransport(
            async_get_clientsession(self._hass),
            FixedToken(token),
            self._server,
            lambda path, status: None,
        )
        async with mapped_errors():
            await self._transport.get_private_key(self._hass.config.path(self.key_path))

    @property
    def transport(self) -> FleetTransport:
        """The signed-in application."""
        if self._transport is None:
            msg = "The application must be signed in first"
            raise RuntimeError(msg)
        return self._transport

    @property
    def public_key_pem(self) -> str:
        """The public key, as it must be published on the user's domain."""
        return self.transport.public_pem

    async def async_is_registered(self, domain: str) -> bool:
        """Return whether Tesla has this very key for a domain already."""
        try:
            async with mapped_errors():
                answer = await self.transport.Partner(self.transport).public_key(domain)
                return self._is_ours(answer)
        except TransientError:
            raise
        except FleetError:
            # Tesla refuses this request for a domain that was never registered.
            return False

    async def async_register(self, domain: str) -> str | None:
        """Register a domain; return the key of an error, or None for success.

        The application signs in again, since its token may expire while a person places
        a file on the domain.

        Raises:
            NotRegisteredError: the domain is none of the application's.
            FleetError: Tesla refused otherwise, or is out of reach.
        """
        await self.async_login()
        try:
            async with mapped_errors():
                answer = await self.transport.Partner(self.transport).register(domain)
                found = bool(answer["response"].get("public_key"))
                ours = found and self._is_ours(answer)
        except NotRegisteredError:
            raise
        except RefusedError as err:
            # Tesla does not document its answer for a file that cannot be fetched.
            if "public key" not in err.reason.lower():
                raise
            found = ours = False
        if not found:
            return "public_key_not_found"
        return None if ours else "public_key_mismatch"

    def _is_ours(self, answer: Mapping[str, Any]) -> bool:
        """Return whether an answer holds our public key, as an uncompressed point."""
        key = str(answer["response"].get("public_key") or "")
        return key.lower() == self.transport.public_uncompressed_point.lower()

    async def _async_partner_token(self) -> str:
        """Return a token of the application (Tesla: client credentials grant)."""
        request = {
            "grant_type": "client_credentials",
            "client_id": self._implementation.client_id,
            "client_secret": self._implementation.client_secret,
            "audience": self._server,
            "scope": "openid",
        }
        session = async_get_clientsession(self._hass)
        try:
            # A redirect would take the client secret to another host.
            async with (
                asyncio.timeout(REQUEST_TIMEOUT.total_seconds()),
                session.post(
                    self._implementation.token_url, data=request, allow_redirects=False
                ) as response,
            ):
                body = await response.read()
            answer = read_answer(response.status, response.headers, body)
        except AnswerError as err:
            raise map_answer(err, Site.TOKEN, dt_util.utcnow()) from err
        except (LostAnswerError, ClientError, TimeoutError) as err:
            raise TransientError from err
        if not isinstance(token := answer.get("access_token"), str):
            raise TransientError
        return token
