"""Settings of the simulated cloud."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal

type Region = Literal["na", "eu"]
REGIONS: tuple[Region, ...] = ("na", "eu")

# Every scope that Tesla offers a third-party application.
ALL_SCOPES = (
    "openid",
    "offline_access",
    "user_data",
    "vehicle_device_data",
    "vehicle_location",
    "vehicle_cmds",
    "vehicle_charging_cmds",
    "energy_device_data",
    "energy_cmds",
)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The port of each server; 0 for any free port."""

    na: int = 0
    eu: int = 0
    auth: int = 0
    proxy: int = 0
    tessie: int = 0
    teslemetry: int = 0
    control: int = 0
    domains: int = 0


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """Requests that one car may receive in a minute, by billing kind (Tesla)."""

    data: int = 60
    command: int = 30
    wake: int = 3


@dataclass(frozen=True, kw_only=True)
class CloudSettings:
    """A simulated account, its application, and the cloud's rules.

    Attributes:
        region: The account's region; the other one answers 421.
        account_id: The `sub` of every user token.
        redirect_uris: The allowed ones; empty allows any.
        scopes: What the user can grant on the consent page.
        auto_consent: The authorize page redirects at once, without a page.
        access_token_lifetime: 8 hours at Tesla.
        partner_registered: If False, requests are answered with 412 until
            `POST partner_accounts`.
        unsigned_answer: How a car that requires signed commands refuses an unsigned
            one; both occur at Tesla.
        billing_limit: In USD and before any discount; None has no limit.
        handshakes_billed: Whether the start of a signing session is billed as a command.
            Not documented by Tesla; the more expensive rule is the default.
        rate_limits: None for no rate limits.
        seconds_per_simulated_second: Real seconds that the cloud waits for one second of
            a slow car; small for accelerated clocks.
        proxy_paired: Whether the key of the command proxy is paired with the cars.
        proxy_timeout: Timeout of the command proxy in real seconds; 10 by default at
            Tesla.
        proxy_repeat_after: Real seconds after which the command proxy repeats what
            failed temporarily; 1 at Tesla.
        proxy_tls: Whether the command proxy uses TLS, self-signed, as Tesla's does.
    """

    region: Region = "eu"
    account_id: str = "5e1f0a6c-2f5b-4f0e-9d0a-0c2b8f0e7d11"
    full_name: str = "Ada Driver"
    email: str = "ada@example.com"
    client_id: str = "scout-and-worker"
    client_secret: str = "only-for-the-simulator"
    domain: str = "scout.example.com"
    redirect_uris: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ALL_SCOPES
    auto_consent: bool = False
    access_token_lifetime: timedelta = timedelta(hours=8)
    partner_registered: bool = True
    unsigned_answer: Literal["forbidden", "hardlocked"] = "forbidden"
    billing_limit: Decimal | None = None
    handshakes_billed: bool = True
    rate_limits: RateLimits | None = field(default_factory=RateLimits)
    seconds_per_simulated_second: float = 1.0
    proxy_paired: bool = True
    proxy_timeout: float = 10.0
    proxy_repeat_after: float = 1.0
    proxy_tls: bool = False
    ports: Ports = field(default_factory=Ports)
