"""The simulated Tesla cloud: its servers and their shared state."""

from collections.abc import Iterable
from datetime import timedelta
import ssl

from aiohttp import web

from .auth import Auth
from .auth_api import AUTHORIZE_PATH, TOKEN_PATH, auth_app
from .billing import Billing, RateLimiter
from .car import Car
from .certificates import self_signed
from .clock import Clock
from .control_api import control_app
from .domain_site import domain_app
from .faults import Faults
from .fleet_api import fleet_app
from .providers import PROVIDERS, ProviderState, provider_app
from .proxy import proxy_app
from .records import Request
from .settings import CloudSettings, Region
from .signature import read_point
from .signing import VehicleSide
from .state import CloudState
from .tokens import TokenPair

# Long enough for an answer in flight, short enough for tests.
_SHUTDOWN_SECONDS = 0.1


class Cloud:
    """A simulated Tesla cloud for one account.

    Attributes:
        settings: As given.
        auth: The account's tokens.
        billing: The ledger.
        faults: The faults that are set.
        requests: Every request that was served, except those of the control API.
        cars: By VIN.
        vehicle_sides: The cars' side of the command protocol, by VIN.
        providers: The account at each provider that takes Tesla's requests.
        provider_urls: Their base addresses, once they have started.
        proxy_certificate: PEM, once a proxy with TLS has started.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        cars: Iterable[Car] = (),
        settings: CloudSettings | None = None,
        auth_clock: Clock | None = None,
    ) -> None:
        """Create a cloud; `start` serves it.

        Args:
            clock: The clock of billing; the one that the cars have.
            cars: The cars of the account.
            settings: Of the account and the cloud.
            auth_clock: The clock of tokens and signing sessions, if the cars' clock is
                accelerated.
        """
        self.settings = settings or CloudSettings()
        self.cars = {car.settings.vin: car for car in cars}
        session_clock = auth_clock or clock
        self.auth = Auth(self.settings, session_clock)
        self.billing = Billing(clock, self.settings.billing_limit)
        self.vehicle_sides = {
            vin: VehicleSide(car, session_clock, self.cars)
            for vin, car in self.cars.items()
        }
        self.state = CloudState(
            settings=self.settings,
            clock=clock,
            auth_clock=session_clock,
            auth=self.auth,
            billing=self.billing,
            limiter=RateLimiter(clock, self.settings.rate_limits),
            cars=self.cars,
            vehicle_sides=self.vehicle_sides,
        )
        self.faults: Faults = self.state.faults
        self.requests: list[Request] = self.state.requests
        self.providers: dict[str, ProviderState] = {
            name: ProviderState(cloud=self.state, name=name, key=f"{name}-key")
            for name in PROVIDERS
        }
        self.provider_urls: dict[str, str] = {}
        self._runners: list[web.AppRunner] = []
        self._auth_url = self._proxy_url = self._control_url = self._domains_url = ""
        self.proxy_certificate: str | None = None

    async def start(self, host: str = "127.0.0.1") -> None:
        """Serve on the ports of the settings."""
        self.state.stopping.clear()
        ports = self.settings.ports
        urls = self.state.base_urls
        urls["na"] = await self._serve(fleet_app(self.state, "na"), host, ports.na)
        urls["eu"] = await self._serve(fleet_app(self.state, "eu"), host, ports.eu)
        self.auth.audience = tuple(urls.values())
        self._auth_url = await self._serve(auth_app(self.state), host, ports.auth)
        control = control_app(self.state)
        self._control_url = await self._serve(control, host, ports.control)
        domains = domain_app(self.state)
        self._domains_url = await self._serve(domains, host, ports.domains)
        for name, provider in self.providers.items():
            port = ports.tessie if name == "tessie" else ports.teslemetry
            app = provider_app(provider)
            self.provider_urls[name] = await self._serve(app, host, port)
        tls = None
        if self.settings.proxy_tls:
            tls, self.proxy_certificate = await self_signed(host)
        proxy = proxy_app(self.state)
        self._proxy_url = await self._serve(proxy, host, ports.proxy, tls)

    async def stop(self) -> None:
        """Stop every server and every waiting request."""
        self.state.stopping.set()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    def fleet_url(self, region: Region) -> str:
        """Return the base address of a region's Fleet API."""
        return self.state.base_urls[region]

    @property
    def auth_url(self) -> str:
        """The base address of the sign-in server."""
        return self._auth_url

    @property
    def proxy_url(self) -> str:
        """The base address of the command proxy."""
        return self._proxy_url

    @property
    def control_url(self) -> str:
        """The base address of the control API; its paths begin with /control."""
        return self._control_url

    def domain_url(self, domain: str) -> str:
        """Return the base address at which a partner domain is served."""
        return f"{self._domains_url}/{domain}"

    @property
    def authorize_url(self) -> str:
        """The address of the consent page."""
        return self._auth_url + AUTHORIZE_PATH

    @property
    def token_url(self) -> str:
        """The address of the token endpoint."""
        return self._auth_url + TOKEN_PATH

    def issue_tokens(
        self,
        lifetime: timedelta | None = None,
        scopes: Iterable[str] | None = None,
    ) -> TokenPair:
        """Return tokens as after a sign-in; the cloud must have started."""
        return self.auth.issue(lifetime=lifetime, scopes=scopes)

    def host_public_key(self, domain: str, public_key: bytes | str) -> None:
        """Set a domain's `com.tesla.3p.public-key.pem`.

        Raises:
            ValueError: It is not a P-256 key.
        """
        self.state.public_keys[domain] = read_point(public_key)

    async def _serve(
        self,
        app: web.Application,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> str:
        """Serve an application and return its base address."""
        runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        scheme = "https" if tls else "http"
        return f"{scheme}://{host}:{runner.addresses[0][1]}"
