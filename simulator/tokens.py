"""JSON web tokens as Tesla issues them."""

from dataclasses import dataclass
from datetime import UTC, datetime
import secrets
from typing import Any

import jwt

from .settings import Region

_ALGORITHM = "HS256"


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """The claims of an access token.

    Attributes:
        identifier: Its `jti`.
        subject: The account, or the application for a partner token.
        scopes: Its `scp`.
        region: Its `ou_code` in lower case.
        audience: The base addresses that accept it.
        issued_at: Whole seconds, UTC.
        expires_at: Whole seconds, UTC.
        partner: Whether it was issued to the application itself.
    """

    identifier: str
    subject: str
    scopes: tuple[str, ...]
    region: str
    audience: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    partner: bool = False


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """The tokens of a sign-in or a refresh.

    Attributes:
        refresh_token: None without the scope `offline_access`.
        id_token: None without the scope `openid`.
        expires_in: Whole seconds.
    """

    access_token: str
    refresh_token: str | None
    id_token: str | None
    expires_in: int

    def response(self) -> dict[str, Any]:
        """Return the body of the token endpoint."""
        body = {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "id_token": self.id_token,
            "expires_in": self.expires_in,
            "token_type": "Bearer",
        }
        return {key: value for key, value in body.items() if value is not None}


def region_of(text: str) -> Region | None:
    """Return the region of a token without checking its signature.

    None if it is not a token. Tesla's own client uses North America for a token without
    a known region.
    """
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return "eu" if str(claims.get("ou_code")).lower() == "eu" else "na"


class TokenSigner:
    """Signs tokens with a key of its own."""

    def __init__(self, client_id: str) -> None:
        """Create the key."""
        self._client_id = client_id
        self._key = secrets.token_bytes(32)

    def sign(self, token: AccessToken) -> str:
        """Return the encoded token."""
        claims: dict[str, Any] = {
            "iss": "https://fleet-auth.tesla.com/oauth2/v3/nts",
            "azp": self._client_id,
            "sub": token.subject,
            "aud": list(token.audience),
            "scp": list(token.scopes),
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
            "ou_code": token.region.upper(),
            "jti": token.identifier,
        }
        if token.partner:
            claims["gty"] = "client-credentials"
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def sign_identity(self, token: AccessToken, email: str) -> str:
        """Return the id token for an access token."""
        claims = {
            "aud": self._client_id,
            "sub": token.subject,
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
            "email": email,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, text: str) -> AccessToken | None:
        """Return the claims of a token, or None if this cloud did not sign it.

        The caller checks whether it has expired.
        """
        try:
            claims = jwt.decode(
                text,
                self._key,
                algorithms=[_ALGORITHM],
                options={
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "require": ["jti", "scp", "ou_code"],
                },
            )
        except jwt.InvalidTokenError:
            return None
        return AccessToken(
            identifier=claims["jti"],
            subject=claims["sub"],
            scopes=tuple(claims["scp"]),
            region=claims["ou_code"].lower(),
            audience=tuple(claims["aud"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            partner=claims.get("gty") == "client-credentials",
        )
