"""The rules of Tesla's sign-in server, without HTTP.

Tokens follow the clock that the cloud was given for tokens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import secrets
from typing import Any

from .clock import Clock
from .errors import CloudError
from .records import Request
from .refresh_chain import RefreshChain
from .settings import CloudSettings, Region
from .tokens import AccessToken, TokenPair, TokenSigner

# Tesla does not say how long a code lives; OAuth 2 asks for ten minutes at most.
CODE_LIFETIME = timedelta(minutes=10)
_ERROR_REFERENCE = "https://auth.tesla.com/error/reference/simulator"


@dataclass(kw_only=True)
class _SignIn:
    """One consent of the user, with its refresh tokens."""

    scopes: tuple[str, ...]
    chain: RefreshChain = field(default_factory=RefreshChain)


@dataclass(frozen=True, kw_only=True)
class _Code:
    """An authorization code that was not exchanged yet."""

    sign_in: _SignIn
    redirect_uri: str
    expires_at: datetime


class Auth:
    """The account, its tokens and its application.

    Attributes:
        audience: The base addresses of the Fleet API, in every access token.
        region: Where the account lives; may be changed while running.
        access_token_lifetime: For tokens issued from now on.
        refreshes: Refresh requests received, successful or not.
        requests: Every request that the sign-in server received.
    """

    def __init__(self, settings: CloudSettings, clock: Clock) -> None:
        """Create an account without tokens."""
        self._settings = settings
        self._clock = clock
        self._signer = TokenSigner(settings.client_id)
        self._codes: dict[str, _Code] = {}
        self._sign_ins: dict[str, _SignIn] = {}
        self._live_access_tokens: set[str] = set()
        self._dead_reason = "Login required"
        self._api_error = "token expired (401)"
        self.audience: tuple[str, ...] = ()
        self.region: Region = settings.region
        self.access_token_lifetime = settings.access_token_lifetime
        self.refreshes = 0
        self.requests: list[Request] = []

    def check_authorization(self, query: Mapping[str, str]) -> None:
        """Check the query of the authorize page.

        Raises:
            CloudError: With status 400, if the page must not be shown.
        """
        allowed = self._settings.redirect_uris
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != self._settings.client_id:
            raise CloudError(400, "unauthorized_client", "Unknown client_id.")
        if not redirect_uri or (allowed and redirect_uri not in allowed):
            raise CloudError(400, "invalid_redirect_url", "Unknown redirect_uri.")
        if query.get("response_type") != "code":
            raise CloudError(400, "invalid_request", "response_type must be code.")
        if not query.get("state") or not query.get("scope"):
            raise CloudError(400, "invalid_request", "state and scope are required.")

    def grantable_scopes(self, asked: str) -> tuple[str, ...]:
        """Return the requested scopes (separated by spaces) that can be granted."""
        return tuple(s for s in asked.split() if s in self._settings.scopes)

    def grant_code(self, redirect_uri: str, scopes: Iterable[str]) -> str:
        """Return an authorization code for a consent."""
        code = self._secret()
        self._codes[code] = _Code(
            sign_in=_SignIn(scopes=tuple(scopes)),
            redirect_uri=redirect_uri,
            expires_at=self._clock.now() + CODE_LIFETIME,
        )
        return code

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer of the token endpoint to a form.

        Raises:
            CloudError: 400 for an error of the application, 401 `login_required` for
                an invalid refresh token.
        """
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange_code(form)
            case "refresh_token":
                return self._refresh(form)
            case "client_credentials":
                return self._partner_token(form)
        raise CloudError(400, "unsupported_grant_type", "Unsupported grant_type.")

    def issue(
        self,
        *,
        scopes: Iterable[str] | None = None,
        lifetime: timedelta | None = None,
    ) -> TokenPair:
        """Return tokens as after a sign-in."""
        granted = self._settings.scopes if scopes is None else tuple(scopes)
        return self._pair(_SignIn(scopes=granted), lifetime)

    def verify(self, authorization: str | None) -> AccessToken:
        """Return the access token of an `Authorization` header.

        Raises:
            CloudError: With status 401, if it is missing, unknown, revoked or expired.
        """
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise CloudError(401, "invalid bearer token")
        token = self._signer.read(text.strip())
        if token is None:
            raise CloudError(401, "invalid bearer token")
        if token.identifier not in self._live_access_tokens:
            raise CloudError(401, self._api_error)
        if self._clock.now() >= token.expires_at:
            raise CloudError(401, "token expired (401)")
        return token

    def expire_access_tokens(self) -> None:
        """Expire every access token; refresh tokens stay valid."""
        self._api_error = "token expired (401)"
        self._live_access_tokens.clear()

    def password_changed(self) -> None:
        """Revoke every token, as a new password does."""
        self.expire_access_tokens()
        self._end_sign_ins("Login required")

    def revoke_consent(self) -> None:
        """Revoke every token, as removing the application does."""
        self.expire_access_tokens()
        self._api_error = "user revoked the consent"
        self._end_sign_ins("The user revoked the consent")

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """Change the granted scopes; tokens issued from now on have them."""
        granted = tuple(scopes)
        for sign_in in self._sign_ins.values():
            sign_in.scopes = granted

    def refresh_token_is_valid(self, refresh_token: str) -> bool:
        """Return whether a refresh with this token would succeed now."""
        sign_in = self._sign_ins.get(refresh_token)
        if sign_in is None:
            return False
        return sign_in.chain.is_valid(refresh_token, self._clock.now())

    def _end_sign_ins(self, reason: str) -> None:
        """Remove every sign-in and keep the reason."""
        self._dead_reason = reason
        self._sign_ins.clear()
        self._codes.clear()

    def _check_client(self, form: Mapping[str, str], *, secret_required: bool) -> None:
        """Check the client id and, if there is one, the client secret."""
        if form.get("client_id") != self._settings.client_id:
            raise CloudError(400, "unauthorized_client", "Unknown client_id.")
        secret = form.get("client_secret")
        if secret is None and not secret_required:
            return
        if secret != self._settings.client_secret:
            raise CloudError(401, "unauthorized_client", "Wrong client_secret.")

    def _exchange_code(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer an authorization-code grant; a code works once."""
        self._check_client(form, secret_required=True)
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._clock.now() > code.expires_at:
            raise CloudError(400, "invalid_auth_code", "Invalid or used code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise CloudError(400, "invalid_redirect_url", "Another redirect_uri.")
        return self._pair(code.sign_in).response()

    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a refresh grant; Tesla needs no secret for it."""
        self.refreshes += 1
        self._check_client(form, secret_required=False)
        refresh_token = form.get("refresh_token", "")
        sign_in = self._sign_ins.get(refresh_token)
        if sign_in is None or not sign_in.chain.use(refresh_token, self._clock.now()):
            raise CloudError(401, "login_required", self._dead_reason)
        return self._pair(sign_in).response()

    def _partner_token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a client-credentials grant: a token for the application itself."""
        self._check_client(form, secret_required=True)
        if form.get("audience", "").rstrip("/") not in self.audience:
            raise CloudError(400, "invalid_request", "Unknown audience.")
        scopes = tuple(form.get("scope", "openid").split())
        access = self._access_token(self._settings.client_id, scopes, partner=True)
        return {
            "access_token": self._signer.sign(access),
            "expires_in": _lifetime_of(access),
            "token_type": "Bearer",
        }

    def _pair(self, sign_in: _SignIn, lifetime: timedelta | None = None) -> TokenPair:
        """Issue an access token, and the refresh and id tokens that the scopes allow."""
        access = self._access_token(
            self._settings.account_id, sign_in.scopes, lifetime=lifetime
        )
        refresh_token = None
        if "offline_access" in sign_in.scopes:
            refresh_token = self._secret()
            sign_in.chain.add(refresh_token, self._clock.now())
            self._sign_ins[refresh_token] = sign_in
        identity = None
        if "openid" in sign_in.scopes:
            identity = self._signer.sign_identity(access, self._settings.email)
        return TokenPair(
            access_token=self._signer.sign(access),
            refresh_token=refresh_token,
            id_token=identity,
            expires_in=_lifetime_of(access),
        )

    def _access_token(
        self,
        subject: str,
        scopes: tuple[str, ...],
        *,
        lifetime: timedelta | None = None,
        partner: bool = False,
    ) -> AccessToken:
        """Create an access token and add it to the valid ones."""
        now = self._clock.now().replace(microsecond=0)
        token = AccessToken(
            identifier=secrets.token_hex(16),
            subject=subject,
            scopes=scopes,
            region=self.region,
            audience=self.audience,
            issued_at=now,
            expires_at=now + (lifetime or self.access_token_lifetime),
            partner=partner,
        )
        self._live_access_tokens.add(token.identifier)
        return token

    def _secret(self) -> str:
        """Return a code or refresh token; newer ones at Tesla name their region."""
        return f"{self.region.upper()}_{secrets.token_hex(24)}"


def _lifetime_of(token: AccessToken) -> int:
    """Return the whole seconds for which a token was issued."""
    return int((token.expires_at - token.issued_at).total_seconds())


def error_body(error: CloudError) -> dict[str, Any]:
    """Return the body with which the sign-in server refuses."""
    return {
        "error": error.error,
        "error_description": error.description,
        "error_uri": _ERROR_REFERENCE,
    }
