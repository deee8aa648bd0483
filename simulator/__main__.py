"""`python -m simulator`: run a simulated Tesla cloud on this machine."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from pathlib import Path
import signal
import sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .car import Car, CarSettings, Place
from .clock import Clock, FastClock, SystemClock
from .cloud import Cloud
from .settings import REGIONS, CloudSettings, Ports
from .trips import Trip, read_trips

# A Model 3 of 2024 from Shanghai; the last six characters count the cars.
_VIN = "LRW3E7EK0RC{number:06d}"
_TRIPS = Path(__file__).parent / "data" / "part_time_commuter.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until it is interrupted; return the exit status."""
    options = build_parser().parse_args(arguments)
    try:
        cloud = build_cloud(options)
    except (OSError, ValueError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    try:
        asyncio.run(_serve(cloud, options))
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


def build_cloud(options: argparse.Namespace) -> Cloud:
    """Return the cloud that the options describe.

    Raises:
        OSError: The file of trips cannot be read.
        ValueError: It holds nonsense, or an option does.
    """
    clock, real_time = _clock(options)
    settings = CloudSettings(
        region=options.region,
        auto_consent=options.auto_consent,
        access_token_lifetime=timedelta(minutes=options.token_lifetime),
        billing_limit=options.billing_limit,
        proxy_tls=options.proxy_tls,
        seconds_per_simulated_second=1 / options.speed,
        ports=Ports(
            na=options.port_na,
            eu=options.port_eu,
            auth=options.port_auth,
            proxy=options.port_proxy,
            control=options.port_control,
        ),
    )
    trips = [] if options.no_trips else _trips(options, clock.now())
    cars = [
        Car(_car_settings(options, number), clock, trips if number == 1 else ())
        for number in range(1, options.cars + 1)
    ]
    return Cloud(clock=clock, cars=cars, settings=settings, auth_clock=real_time)


def _clock(options: argparse.Namespace) -> tuple[Clock, Clock]:
    """Return the clock of the cars, and real time for tokens."""
    real_time = SystemClock()
    if options.speed == 1 and options.start is None:
        return real_time, real_time
    start = options.start or real_time.now()
    if start.tzinfo is None:
        start = start.replace(tzinfo=options.time_zone)
    return FastClock(start.astimezone(UTC), options.speed), real_time


def _trips(options: argparse.Namespace, start: datetime) -> list[Trip]:
    """Return the trips of the file, moved by whole weeks to begin about the start."""
    trips = read_trips(options.trips, options.time_zone)
    if not trips:
        return []
    weeks = (start - trips[0].depart) // timedelta(weeks=1)
    return read_trips(options.trips, options.time_zone, timedelta(weeks=weeks))


def _car_settings(options: argparse.Namespace, number: int) -> CarSettings:
    """Return the settings of one car."""
    return CarSettings(
        vin=_VIN.format(number=number),
        name="Wanderer" if number == 1 else f"Wanderer {number}",
        command_signing=options.signing,
        home=Place(latitude=options.home[0], longitude=options.home[1]),
        time_zone=options.time_zone.key,
        seed=number,
    )


async def _serve(cloud: Cloud, options: argparse.Namespace) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await cloud.start(options.host)
        facts = _facts(cloud)
        if options.json:
            print(json.dumps(facts), flush=True)
        else:
            width = max(map(len, facts))
            for name, value in facts.items():
                print(f"{name:{width}}  {value}")
            print("Stop with Ctrl-C.", flush=True)
        await stop.wait()
    finally:
        await cloud.stop()


def _facts(cloud: Cloud) -> dict[str, str]:
    """Return the addresses and credentials that a client needs."""
    return {
        "fleet_url_na": cloud.fleet_url("na"),
        "fleet_url_eu": cloud.fleet_url("eu"),
        "authorize_url": cloud.authorize_url,
        "token_url": cloud.token_url,
        "proxy_url": cloud.proxy_url,
        "tessie_url": cloud.provider_urls["tessie"],
        "tessie_key": cloud.providers["tessie"].key,
        "teslemetry_url": cloud.provider_urls["teslemetry"],
        "teslemetry_key": cloud.providers["teslemetry"].key,
        "control_url": cloud.control_url,
        "region": cloud.auth.region,
        "client_id": cloud.settings.client_id,
        "client_secret": cloud.settings.client_secret,
        "refresh_token": cloud.issue_tokens().refresh_token or "",
        "vins": " ".join(cloud.cars),
    }


def build_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description=(
            "A Tesla cloud on this machine: sign-in, Fleet API of two regions, command"
            " proxy, and cars that drive, sleep and charge. It prints its addresses and"
            " a refresh token. Nothing is kept when it stops."
        ),
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    for name, port in (
        ("auth", 8480),
        ("na", 8481),
        ("eu", 8482),
        ("proxy", 8483),
        ("control", 8484),
    ):
        help_text = f"port of the {name} server; 0 takes a free one"
        parser.add_argument(f"--port-{name}", type=int, default=port, help=help_text)
    _add_world_options(parser)
    _add_account_options(parser)
    parser.add_argument(
        "--json", action="store_true", help="print the addresses as one line of JSON"
    )
    return parser


def _add_world_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of time and cars."""
    group = parser.add_argument_group("time and cars")
    add = group.add_argument
    add(
        "--speed",
        type=_positive,
        default=1.0,
        help="simulated seconds in a real one; tokens always live in real time",
    )
    add(
        "--start",
        type=datetime.fromisoformat,
        help="simulated time to start at, such as 2026-05-04T06:00; now if not given",
    )
    add("--cars", type=int, default=1, help="number of cars; only the first drives")
    add(
        "--signing",
        choices=("off", "allowed", "required"),
        default="off",
        help="whether the cars' commands must be signed",
    )
    add("--trips", type=Path, default=_TRIPS, help="CSV of the trips of the first car")
    add("--no-trips", action="store_true", help="let the first car stay at home, too")
    add(
        "--time-zone", type=_zone, default=ZoneInfo("Europe/Warsaw"), help="of the cars"
    )
    add(
        "--home",
        type=float,
        nargs=2,
        metavar=("LATITUDE", "LONGITUDE"),
        default=(52.2297, 21.0122),
        help="where the cars live, in degrees",
    )


def _add_account_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the account and its bill."""
    group = parser.add_argument_group("account")
    add = group.add_argument
    add("--region", choices=REGIONS, default="eu", help="region of the account")
    add(
        "--token-lifetime",
        type=_positive,
        default=480.0,
        metavar="MINUTES",
        help="of access tokens",
    )
    add("--auto-consent", action="store_true", help="sign in without a page")
    add("--billing-limit", type=Decimal, metavar="USD", help="a month; none by default")
    add("--proxy-tls", action="store_true", help="serve the proxy over TLS")


def _positive(text: str) -> float:
    """Read a number above 0."""
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _zone(text: str) -> ZoneInfo:
    """Read the name of a time zone."""
    try:
        return ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise argparse.ArgumentTypeError(f"no time zone {text}") from error


if __name__ == "__main__":
    sys.exit(main())
