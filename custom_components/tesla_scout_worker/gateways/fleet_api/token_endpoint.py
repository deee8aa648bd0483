"""Requests to Tesla's token server: no redirect, and Tesla's words are kept."""

from typing import Any, override

from aiohttp import ClientError, ClientResponse

from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from .responses import AnswerError, LostAnswerError, read_answer


class TokenRequests(LocalOAuth2Implementation):
    """A sign-in with token requests of our own.

    Home Assistant's follow a redirect with the refresh token and the client secret, and
    drop the body of an error, which decides what it means.
    """

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Send a token request.

        Raises:
            OAuth2TokenRequestError: the status is an error; caused by an `AnswerError`.
            OAuth2TokenRequestConnectionError: there is no answer, or an unreadable one.
        """
        form = {**data, "client_id": self.client_id}
        if self.client_secret:
            form["client_secret"] = self.client_secret
        session = async_get_clientsession(self.hass)
        try:
            async with session.post(
                self.token_url, data=form, allow_redirects=False
            ) as response:
                body = await response.read()
                try:
                    return read_answer(response.status, response.headers, body)
                except AnswerError as err:
                    raise _failure(response, self.domain) from err
        except LostAnswerError as err:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from err
        except OAuth2TokenRequestError:
            raise
        except ClientError as err:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from err


def _failure(response: ClientResponse, domain: str) -> OAuth2TokenRequestError:
    """Return the error that Home Assistant's flow expects for a status."""
    kind: type[OAuth2TokenRequestError] = OAuth2TokenRequestError
    if response.status == 429 or response.status >= 500:
        kind = OAuth2TokenRequestTransientError
    elif response.status >= 400:
        kind = OAuth2TokenRequestReauthError
    return kind(
        request_info=response.request_info,
        status=response.status,
        message="Tesla gave no token",
        domain=domain,
    )


def answer_of(err: OAuth2TokenRequestError) -> AnswerError | None:
    """Return the answer behind a failed token request; None if it is not known."""
    cause = err.__cause__
    return cause if isinstance(cause, AnswerError) else None
