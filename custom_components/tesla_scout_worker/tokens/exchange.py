"""The refresh grant: exchange a refresh token, and return the entry data to keep."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..gateways.error_map import Meaning, Site, meaning_of
from ..gateways.errors import ApplicationRefusedError, FleetError, TransientError
from ..gateways.fleet_api.credentials import fleet_server
from ..gateways.fleet_api.error_map import map_answer, mapped_errors
from ..gateways.fleet_api.token_endpoint import answer_of
from ..gateways.fleet_api.transport import FixedToken, FleetTransport

CONF_PREVIOUS_TOKEN: Final = "previous_token"
CONF_REFRESH_TOKEN: Final = "refresh_token"
CONF_SIGNED_OUT: Final = "signed_out"

REFRESH_TIMEOUT: Final = timedelta(seconds=45)

# Tesla's words for an application that it does not accept (RFC 6749).
APPLICATION_WORDS: Final = frozenset({"invalid_client", "unauthorized_client"})

# No answer, or an unreadable one: the OAuth2 helper assumes a JSON object whose
# ``expires_in`` is a number within the range of a date.
UNREADABLE: Final = (
    OAuth2TokenRequestConnectionError,
    ClientError,
    TimeoutError,
    AttributeError,
    OverflowError,
    TypeError,
    ValueError,
)


def stored_token(
    answer: Mapping[str, Any], used: str | None, now: datetime
) -> dict[str, Any]:
    """Return the entry data for an answer of Tesla.

    Args:
        answer: The token as Home Assistant's OAuth2 helper returns it, with
            ``expires_at`` in Unix seconds.
        used: The refresh token that was exchanged; None after a sign-in.
        now: When it was exchanged (UTC).
    """
    data: dict[str, Any] = {
        CONF_TOKEN: {
            CONF_ACCESS_TOKEN: answer[CONF_ACCESS_TOKEN],
            CONF_REFRESH_TOKEN: answer[CONF_REFRESH_TOKEN],
            "expires_at": answer["expires_at"],
            "expires_in": answer["expires_in"],
            "token_type": answer.get("token_type", "Bearer"),
        }
    }
    if used is not None:
        data[CONF_PREVIOUS_TOKEN] = {
            CONF_REFRESH_TOKEN: used,
            "used_at": now.timestamp(),
        }
    return data


async def async_exchange(
    implementation: AbstractOAuth2Implementation, refresh_token: str
) -> dict[str, Any]:
    """Exchange a refresh token, and return the entry data with the new tokens.

    Raises:
        SignedOutError: Tesla refused the token, or the application.
        RefusedError: Tesla refused with another word, which may pass.
        RateLimitedError: Tesla names a wait.
        TransientError: Tesla could not be reached, or its answer means nothing.
    """
    try:
        async with asyncio.timeout(REFRESH_TIMEOUT.total_seconds()):
            answer = await implementation.async_refresh_token(
                {CONF_REFRESH_TOKEN: refresh_token}
            )
        _check(answer)
    except OAuth2TokenRequestError as err:
        raise _failure(err) from err
    except UNREADABLE as err:
        raise TransientError from err
    return stored_token(answer, refresh_token, dt_util.utcnow())


def _failure(err: OAuth2TokenRequestError) -> FleetError:
    """Return our error for an error status of the token server."""
    if (failed := answer_of(err)) is None:
        # Another implementation than ours keeps no words.
        return TransientError()
    answer = failed.answer
    meaning = meaning_of(Site.TOKEN, answer)
    LOGGER.debug(
        "Status %s (%s) to a token request: %s",
        answer.status,
        answer.words or "no words",
        meaning,
    )
    if meaning is Meaning.SIGNED_OUT and answer.error in APPLICATION_WORDS:
        return ApplicationRefusedError()
    return map_answer(failed, Site.TOKEN, dt_util.utcnow())


def _check(answer: Mapping[str, Any]) -> None:
    """Check that an answer has both tokens and an expiry.

    Raises:
        LookupError | TypeError | ValueError | OverflowError: it has not.
    """
    for key in (CONF_ACCESS_TOKEN, CONF_REFRESH_TOKEN):
        if not isinstance(answer[key], str) or not answer[key]:
            msg = f"Tesla's answer has no {key}"
            raise TypeError(msg)
    datetime.fromtimestamp(answer["expires_at"], UTC)


def holds(entry: ConfigEntry[Any], refresh_token: str) -> bool:
    """Return whether an entry owns a refresh token; then nobody else may use it."""
    token: Mapping[str, Any] = entry.data.get(CONF_TOKEN, {})
    return token.get(CONF_REFRESH_TOKEN) == refresh_token


async def async_is_accepted(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Return whether the API accepts the access token of an entry; a free call."""
    at_tesla = CONF_REFRESH_TOKEN in entry.data[CONF_TOKEN]
    path = "api/1/users/region" if at_tesla else "api/1/vehicles"
    transport = FleetTransport(
        async_get_clientsession(hass),
        FixedToken(entry.data[CONF_TOKEN][CONF_ACCESS_TOKEN]),
        fleet_server(entry.data),
        lambda path, status: None,
    )
    try:
        async with mapped_errors(Site.READ):
            await transport.request(path, {})
    except FleetError:
        return False
    return True
