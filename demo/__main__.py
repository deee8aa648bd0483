"""`python -m demo`: run it, for a person or as a check."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, time, timedelta
import json
from pathlib import Path
import signal
import socket
import sys
import tempfile
from typing import Any, Final
from zoneinfo import ZoneInfo

from simulator.car import Car, CarSettings, Place
from simulator.cloud import Cloud
from simulator.providers import PROVIDERS
from simulator.settings import CloudSettings, Ports
from simulator.trips import read_trips

from . import car_helpers
from .by_provider import PROVIDERS as ADDRESSES
from .car_helpers import CarHelpers
from .dashboard import CABLE, CARDS, HELPERS, energy_preferences, opening
from .day_clock import DayClock
from .home_assistant import PASSWORD, USER, HomeAssistant, HomeAssistantError
from .prices import SENSOR, energy_prices
from .story import REFRESHED, Story

HOST: Final = "127.0.0.1"
ZONE: Final = ZoneInfo("Europe/Warsaw")
HOME: Final = Place(latitude=52.2297, longitude=21.0122)
VIN: Final = "LRW3E7EK0RC000001"
TRIPS: Final = (
    Path(__file__).parents[1] / "simulator" / "data" / "part_time_commuter.csv"
)

# A day of that file with work, shopping, and a cable at the end of it.
DAY: Final = date(2026, 5, 18)
SPEED: Final = 300

# Two refreshes a day and more are to be seen; Tesla's own tokens last for eight hours.
TOKEN_LIFETIME: Final = timedelta(hours=3)

# What is sent to the pages of the options, one after the other.
BY_PRICES: Final = (
    {"next_step_id": "tariff"},
    {"price_source": "entities"},
    {"price_entities": [SENSOR]},
)

# What the supplier and the grid add to the market's price.
BY_FORMULA: Final = (
    {"next_step_id": "formula"},
    {"price_vat": 23, "price_markup": 0.05},
)

# When the car leaves, in the time of the story.
DEPARTURE: Final = time(7)

# What is promised once the car waits at home, and how long after that it must be kept.
TARGET: Final = 90
READY_AFTER: Final = timedelta(hours=3)

# When the car must be full, from the present on.
FULL_IN: Final = timedelta(hours=8)

# The ways to the car that can be lived through: with tokens, with a provider's key, or by
# the entities of a car that no integration of Tesla knows.
FLEET: Final = "fleet"
ENTITIES: Final = "entities"
WAYS: Final = (FLEET, *PROVIDERS, ENTITIES)

# What cannot be seen by a way: an API key is not renewed, and entities need no sign-in.
NOT_BY: Final = dict.fromkeys((*PROVIDERS, ENTITIES), (REFRESHED,))

# With the start of Home Assistant within five minutes; it takes less than two.
CHECK_TIMEOUT: Final = 200.0

# What logs of the integration, and of the script of its cards, are called.
OUR_LOGS: Final = ("custom_components.", "frontend.")

# A read that is asked for is seen within seconds.
SOLVED_WITHIN: Final = 5.0


def main() -> int:
    """Run the demo and return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="run without a person; exit 0 if all is so"
    )
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant")
    parser.add_argument("--way", choices=WAYS, default=FLEET, help="to the car")
    options = parser.parse_args()
    try:
        return asyncio.run(
            _run(check=options.check, port=options.port, way=options.way)
        )
    except HomeAssistantError as err:
        print(f"demo: {err}", file=sys.stderr)
        return 1


async def _run(*, check: bool, port: int, way: str) -> int:
    """Live through the day until it is over, or until Ctrl-C or SIGTERM."""
    living = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, living.cancel if living else sys.exit)
    try:
        return await _live(check=check, port=port, way=way)
    except asyncio.CancelledError:
        print("Stopped.", flush=True)
        return 1 if check else 0


async def _live(*, check: bool, port: int, way: str) -> int:
    """Start both sides, follow the car, and stop both."""
    with tempfile.TemporaryDirectory(prefix="scout-demo-") as folder:
        home_assistant = HomeAssistant(Path(folder), HOST, _free_port(port))
        clock = DayClock(ZONE, SPEED)
        # Home Assistant must know the addresses before the cloud has started.
        ports = Ports(tessie=_free_port(0), teslemetry=_free_port(0))
        addresses = {
            "tessie": f"http://{HOST}:{ports.tessie}",
            "teslemetry": f"http://{HOST}:{ports.teslemetry}",
        }
        try:
            print("Starting Home Assistant ...", flush=True)
            await home_assistant.start(
                *(HOME.latitude, HOME.longitude, ZONE.key, clock.morning, SPEED),
                helpers=HELPERS + (car_helpers.HELPERS if way == ENTITIES else ""),
                launcher="demo.by_provider",
                environment={ADDRESSES: json.dumps(addresses)},
            )
            await home_assistant.onboard()
            async with _tesla(clock, ports) as cloud:
                return await _day(home_assistant, cloud, clock, check=check, way=way)
        finally:
            await home_assistant.stop()


@asynccontextmanager
async def _tesla(clock: DayClock, ports: Ports) -> AsyncIterator[Cloud]:
    """Run a Tesla cloud with a car that is about to begin its day."""
    settings = CarSettings(
        vin=VIN, name="Wanderer", home=HOME, time_zone=ZONE.key, battery_level=76.0
    )
    shift = clock.today - DAY + clock.shift
    car = Car(settings, clock, read_trips(TRIPS, ZONE, shift=shift))
    cloud = Cloud(
        clock=clock,
        cars=[car],
        settings=CloudSettings(
            access_token_lifetime=TOKEN_LIFETIME,
            seconds_per_simulated_second=1 / SPEED,
            ports=ports,
        ),
    )
    await cloud.start(HOST)
    try:
        yield cloud
    finally:
        await cloud.stop()


async def _day(
    home_assistant: HomeAssistant,
    cloud: Cloud,
    clock: DayClock,
    *,
    check: bool,
    way: str,
) -> int:
    """Set the integration up, follow the car, and say how it went."""
    clock.begin()
    home_assistant.begin_day()
    car = None
    if way == ENTITIES:
        car = CarHelpers(home_assistant, cloud.cars[VIN])
        await home_assistant.until_running()
        await car.show()
    keys, device_id = await _set_up(home_assistant, cloud, clock, way)
    print(f"Open {home_assistant.url} and sign in as {USER} / {PASSWORD}.")
    print(
        f"A day of a real trip file, {SPEED} times as fast, for the car and for Home "
        "Assistant alike:",
        flush=True,
    )

    story = Story(
        clock=clock, zone=ZONE, shift=clock.shift, keys=keys, unseen=NOT_BY.get(way, ())
    )
    for state in (await home_assistant.states()).values():
        story.hear(state)
    following = asyncio.gather(
        _listen(home_assistant, story),
        _promise(home_assistant, story, device_id),
        *([] if car is None else [car.follow(home_assistant.state_changes())]),
    )
    wrong: list[str] = []
    try:
        if check:
            await _until_seen(story, following)
            # A person can only solve what is shown, and must not find more than that.
            wrong += await _wrong(home_assistant)
            wrong += await _unsolved(home_assistant, cloud, story, device_id, keys)
            wrong += await _wrong(home_assistant)
        else:
            await _until_the_present(clock, following)
            _bill(cloud)
            _verdict(story)
            print("From here on time runs as in the world. Stop with Ctrl-C.")
            await asyncio.gather(
                following, _problem(home_assistant, cloud, story, device_id)
            )
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        _bill(cloud)
    return _verdict(story, wrong)


def _verdict(story: Story, wrong: Sequence[str] = ()) -> int:
    """Print whether all was seen and nothing is wrong, and return the exit status."""
    missing = [f"Not seen: {milestone}" for milestone in story.missing]
    for line in (*missing, *wrong):
        print(line, file=sys.stderr)
    failed = bool(missing or wrong)
    print(
        "The check failed." if failed else "All was seen as it should be.", flush=True
    )
    return 1 if failed else 0


async def _wrong(home_assistant: HomeAssistant) -> list[str]:
    """Return the repairs, and the errors of the log, that a person would find."""
    repairs, log = await home_assistant.ask(
        {"type": "repairs/list_issues"}, {"type": "system_log/list"}
    )
    return [
        *(
            f"A repair is shown: {issue['domain']} {issue['issue_id']}"
            for issue in repairs["issues"]
            if not issue["ignored"]
        ),
        *(
            f"An error was logged: {row['name']}: {row['message'][0][:200]}"
            for row in log
            # A machine without a camera's libraries logs errors of its own.
            if row["level"] == "ERROR" and row["name"].startswith(OUR_LOGS)
        ),
    ]


async def _unsolved(
    home_assistant: HomeAssistant,
    cloud: Cloud,
    story: Story,
    device_id: str,
    keys: Mapping[str, str],
) -> list[str]:
    """Let the problem of the demo come up, solve it as a person does, and say what failed."""
    plug = next(entity_id for entity_id, key in keys.items() if key == "plugged_in")
    problem = asyncio.create_task(_problem(home_assistant, cloud, story, device_id))
    try:
        if not await _shown(home_assistant, plug, "off", SOLVED_WITHIN):
            return ["The cable that was pulled out is not shown."]
        for _ in range(3):
            # The button is listened to once the car was read.
            await home_assistant.call("press", {"entity_id": CABLE}, "input_button")
            if await _shown(home_assistant, plug, "on", SOLVED_WITHIN):
                return []
        return ["The cable that was plugged in is not shown."]
    finally:
        problem.cancel()
        with suppress(asyncio.CancelledError):
            await problem


async def _shown(
    home_assistant: HomeAssistant, entity_id: str, value: str, within: float
) -> bool:
    """Return whether an entity has a state within some seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (await home_assistant.states())[entity_id]["state"] != value:
                await asyncio.sleep(0.2)
            return True
    return False


async def _set_up(
    home_assistant: HomeAssistant, cloud: Cloud, clock: DayClock, way: str
) -> tuple[dict[str, str], str]:
    """Set the integration up as a person would who charges by prices.

    Returns the keys of the entities by their ids, and the device of the car.
    """
    if way == FLEET:
        entry_id = await home_assistant.set_up_integration(
            {
                "client_id": cloud.settings.client_id,
                "client_secret": cloud.settings.client_secret,
                "refresh_token": cloud.issue_tokens().refresh_token,
                "region": "custom",
                "fleet_api_url": cloud.fleet_url("eu"),
                "token_url": cloud.token_url,
            }
        )
    elif way == ENTITIES:
        entry_id = await home_assistant.set_up_integration(car_helpers.FORM, way)
    else:
        key = cloud.providers[way].key
        entry_id = await home_assistant.set_up_integration({"api_key": key}, way)
    prices = energy_prices(clock.today, ZONE, clock.shift)
    await home_assistant.post(f"/api/states/{SENSOR}", prices)
    await home_assistant.enable_entities(entry_id)
    for pages in (BY_PRICES, BY_FORMULA):
        await home_assistant.choose_options(entry_id, pages)
    keys, device_id = await _entities(home_assistant, entry_id)
    # Of one key the sensor comes last, after the calendar and the event.
    ids = {key: entity_id for entity_id, key in sorted(keys.items())}
    await home_assistant.until_there(ids["shadow_mode"])
    await home_assistant.call("turn_off", {"entity_id": ids["shadow_mode"]}, "switch")
    departure = clock.at(clock.today, DEPARTURE).astimezone(ZONE)
    await home_assistant.call(
        "set_value",
        {"entity_id": ids["departure"], "time": f"{departure:%H:%M}:00"},
        "time",
    )
    await home_assistant.ask(*opening(*CARDS), energy_preferences(ids))
    return keys, device_id


async def _entities(
    home_assistant: HomeAssistant, entry_id: str
) -> tuple[dict[str, str], str]:
    """Return the keys of the entities by their ids, and the device of the car."""
    (registry,) = await home_assistant.ask({"type": "config/entity_registry/list"})
    ours = [row for row in registry if row["config_entry_id"] == entry_id]
    keys = {row["entity_id"]: row["unique_id"].split("_", 1)[1] for row in ours}
    device_id = next(
        row["device_id"] for row in ours if row["unique_id"].endswith("_battery_level")
    )
    return keys, device_id


async def _listen(home_assistant: HomeAssistant, story: Story) -> None:
    """Let the story hear each change."""
    async for state in home_assistant.state_changes():
        story.hear(state)


async def _promise(home_assistant: HomeAssistant, story: Story, device_id: str) -> None:
    """Promise more once the car is at home for the evening and charged to its limit."""
    while not story.settled:
        await asyncio.sleep(0.1)
    ready_by = (story.local_time + READY_AFTER).replace(second=0, microsecond=0)
    story.tell(f"somebody asks for {TARGET} % by {ready_by:%H:%M}")
    await home_assistant.call(
        "add_special_charging",
        {
            "device_id": device_id,
            "target": TARGET,
            "ready_by": ready_by.replace(tzinfo=None).isoformat(sep=" "),
        },
    )


async def _until_seen(story: Story, following: asyncio.Future[Any]) -> None:
    """Wait until all was seen, or the time is over, or nobody follows any more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CHECK_TIMEOUT):
            while story.missing and not following.done():
                await asyncio.sleep(0.5)
    if following.done():
        await following


async def _until_the_present(clock: DayClock, following: asyncio.Future[Any]) -> None:
    """Wait until the day has caught up with the present."""
    while not clock.present and not following.done():
        await asyncio.sleep(0.5)


async def _problem(
    home_assistant: HomeAssistant, cloud: Cloud, story: Story, device_id: str
) -> None:
    """Pull the cable and ask for a full battery; a person can plug it in again."""
    car = cloud.cars[VIN]
    car.unplug()
    story.tell("somebody pulls the cable out, and asks for 100 % by the morning")
    ready_by = story.clock.now() + FULL_IN
    await home_assistant.call(
        "add_special_charging",
        {
            "device_id": device_id,
            "target": 100,
            "ready_by": f"{ready_by.astimezone(ZONE):%Y-%m-%d %H:00:00}",
        },
    )
    later = story.local_time.date() + timedelta(days=3)
    await home_assistant.call(
        "set_target", {"device_id": device_id, "target": 90, "date": later.isoformat()}
    )
    await _read(home_assistant, device_id)
    async for state in home_assistant.state_changes():
        if state["entity_id"] == CABLE and state["state"] != "unknown":
            car.plug_in()
            story.tell("the cable is plugged in")
            await _read(home_assistant, device_id)


async def _read(home_assistant: HomeAssistant, device_id: str) -> None:
    """Read the car at once, as somebody does who has just been there."""
    with suppress(HomeAssistantError):
        await home_assistant.call("scout_now", {"device_id": device_id})


def _bill(cloud: Cloud) -> None:
    """Print what Tesla would have billed."""
    reads, commands, wakes = cloud.billing.month_to_date.values()
    print(
        f"Tesla billed {reads} reads, {commands} commands and {wakes} wakes: "
        f"${cloud.billing.cost:.3f}. The sign-in was renewed {cloud.auth.refreshes} "
        "times.",
        flush=True,
    )


def _free_port(wanted: int) -> int:
    """Return a port that is free: the wanted one, or any."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            number: int = probe.getsockname()[1]
            return number
    raise HomeAssistantError(f"No free port on {HOST}")


if __name__ == "__main__":
    sys.exit(main())
