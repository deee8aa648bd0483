"""Tests of `python -m simulator`."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from pathlib import Path
import signal
import sys

from aiohttp import ClientSession
import pytest

from simulator.__main__ import build_cloud, build_parser, main
from simulator.cloud import Cloud

ROOT = Path(__file__).parents[2]
FREE_PORTS = tuple(
    part
    for name in ("auth", "na", "eu", "proxy", "control")
    for part in (f"--port-{name}", "0")
)


def built(*arguments: str) -> Cloud:
    """Return the cloud that a command line describes, not started."""
    return build_cloud(build_parser().parse_args(arguments))


@asynccontextmanager
async def simulator(*arguments: str) -> AsyncIterator[Process]:
    """Run the simulator as a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        *FREE_PORTS,
        *arguments,
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serves_and_stops_with_status_zero(
    session: ClientSession, number: signal.Signals
) -> None:
    """What it prints can be used at once; Ctrl-C and SIGTERM end it with success."""
    async with simulator("--json", "--speed", "60", "--cars", "2") as process:
        assert process.stdout is not None and process.stderr is not None
        facts = json.loads(await process.stdout.readline())
        form = {
            "grant_type": "refresh_token",
            "client_id": facts["client_id"],
            "client_secret": facts["client_secret"],
            "refresh_token": facts["refresh_token"],
        }
        async with session.post(facts["token_url"], data=form) as answer:
            token = (await answer.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{facts['fleet_url_eu']}/api/1/vehicles"
        async with session.get(url, headers=headers) as answer:
            cars = (await answer.json())["response"]
        assert [car["vin"] for car in cars] == facts["vins"].split()
        process.send_signal(number)
        assert await process.wait() == 0
        assert await process.stderr.read() == b""


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` explains itself."""
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    for option in ("--host", "--port-auth", "--trips", "--speed", "--start", "--cars"):
        assert option in text
    for option in ("--token-lifetime", "--signing", "--region", "--billing-limit"):
        assert option in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--time-zone", "Mars"],
        ["--signing", "maybe"],
        ["--cars", "x"],
    ],
)
def test_invalid_option_is_refused(arguments: list[str]) -> None:
    """A wrong option ends with argparse's status."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2


def test_missing_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not there is named, without a traceback."""
    missing = tmp_path / "none.csv"
    assert main(["--trips", str(missing)]) == 2
    assert str(missing) in capsys.readouterr().err


def test_options_become_settings() -> None:
    """Each option has its effect."""
    cloud = built(
        *FREE_PORTS,
        *("--signing", "required", "--token-lifetime", "5", "--region", "na"),
        *("--billing-limit", "2.50", "--cars", "3", "--home", "50", "20"),
        *("--time-zone", "Europe/Berlin", "--auto-consent", "--speed", "4"),
    )
    assert cloud.settings.access_token_lifetime == timedelta(minutes=5)
    assert cloud.settings.billing_limit == Decimal("2.50")
    assert cloud.settings.seconds_per_simulated_second == 0.25
    assert cloud.settings.auto_consent
    assert cloud.auth.region == "na"
    assert len(cloud.cars) == 3
    for car in cloud.cars.values():
        assert len(car.settings.vin) == 17
        assert car.settings.command_signing == "required"
        assert car.settings.time_zone == "Europe/Berlin"
        assert (car.position.latitude, car.position.longitude) == (50, 20)


def test_cars_run_fast_and_tokens_do_not() -> None:
    """The start and the speed are the cars'; tokens live in real time."""
    cloud = built("--start", "2026-05-04T06:00", "--speed", "1000", "--no-trips")
    start = datetime(2026, 5, 4, 4, tzinfo=UTC)
    assert timedelta(0) <= cloud.state.clock.now() - start < timedelta(hours=1)
    real = cloud.state.auth_clock.now()
    assert abs(real - datetime.now(UTC)) < timedelta(minutes=1)


def test_trips_are_moved_to_the_start(tmp_path: Path) -> None:
    """By whole weeks, so that the weekdays stay, and only for the first car."""
    trips = tmp_path / "trips.csv"
    trips.write_text(
        "depart,arrive,km,origin,destination,plugged_in_after_min\n"
        "2020-01-06T08:00:00,2020-01-06T08:00:01,30,home,workplace,\n"
        "2020-01-13T08:00:00,2020-01-13T08:00:01,30,home,workplace,\n",
        encoding="utf-8",
    )
    # The first trip becomes the Monday just gone by, the second that of tomorrow.
    cloud = built(
        *("--trips", str(trips), "--start", "2026-05-10T12:00", "--cars", "2"),
        *("--speed", "100000000"),
    )
    first, second = cloud.cars.values()
    while "departed" not in {event.kind for event in first.record}:
        assert cloud.state.clock.now() < datetime(2027, 1, 1, tzinfo=UTC)
    (departure,) = [event for event in first.record if event.kind == "departed"]
    assert departure.at == datetime(2026, 5, 11, 6, tzinfo=UTC)
    assert not any(event.kind == "departed" for event in second.record)
