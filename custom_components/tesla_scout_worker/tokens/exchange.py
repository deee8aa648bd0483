"""The refresh grant: exchange a refresh token, and return the entry data to keep."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
)
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..gateways.errors import SignedOutError, TransientError

CONF_PREVIOUS_TOKEN: Final = "previous_token"
CONF_REFRESH_TOKEN: Final = "refresh_token"
CONF_SIGNED_OUT: Final = "signed_out"

REFRESH_TIMEOUT: Final = timedelta(seconds=45)

# Tesla's answers to a token that it will never accept again: 401 login_required, 400 or
# 401 invalid_grant. Any other status comes from a proxy or a network in between.
REFUSALS: Final = (400, 401)

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
        SignedOutError: Tesla refused the token.
        TransientError: Tesla could not be reached, or its answer is unreadable.
    """
    try:
        async with asyncio.timeout(REFRESH_TIMEOUT.total_seconds()):
            answer = await implementation.async_refresh_token(
                {CONF_REFRESH_TOKEN: refresh_token}
            )
        _check(answer)
    except OAuth2TokenRequestError as err:
        LOGGER.debug("Tesla answered a refresh with status %s", err.status)
        if err.status in REFUSALS:
            raise SignedOutError from err
        raise TransientError from err
    except UNREADABLE as err:
        raise TransientError from err
    return stored_token(answer, refresh_token, dt_util.utcnow())


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
    stored: str = entry.data[CONF_TOKEN][CONF_REFRESH_TOKEN]
    return stored == refresh_token
