"""One night on virtual time: a session, prices, short-lived tokens, and one trouble.

Home Assistant runs in this process, over real HTTP against the simulator. Each night is
the same until its trouble begins.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, override
from unittest.mock import patch

# Before Home Assistant is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.scouting import policy
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import (
    EVENT_STATE_CHANGED,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from simulator.car import Car, CarSettings, Place
from simulator.clock import Clock
from simulator.cloud import Cloud
from simulator.schedules import ChargeSchedule
from simulator.settings import CloudSettings

from ..cars import HOME, ZONE
from ..virtual_house import home_assistant
from .household import (
    PRICES,
    brought_tokens,
    charge_by_prices,
    price_attributes,
    stored_ids,
    with_session_events,
)
from .invariants import (
    Break,
    Invariant,
    doubled,
    limit_breaks,
    schedule_breaks,
    session_breaks,
    storm_breaks,
)
from .secrets_in_logs import SecretFinder, looking_for_secrets
from .settling import EndlessError, VirtualClock, VirtualLoop, on_virtual_time

VIN: Final = "LRW3E7EK0RC000001"
WORK: Final = Place(latitude=52.1672, longitude=20.8679)
OWNERS_LIMIT: Final = 70
TARGET: Final = 80
START_LEVEL: Final = 35.0

EVENING: Final = datetime(2026, 11, 24, 22, 0, tzinfo=ZONE)
READY_BY: Final = datetime(2026, 11, 25, 7, 0, tzinfo=ZONE)
LEAVES: Final = datetime(2026, 11, 25, 7, 30, tzinfo=ZONE)
RETURNS: Final = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
END: Final = datetime(2026, 11, 25, 11, 0, tzinfo=ZONE)
LATEST_END: Final = datetime(2026, 11, 26, 4, 0, tzinfo=ZONE)
RELOADS: Final = (
    datetime(2026, 11, 24, 23, 30, tzinfo=ZONE),
    datetime(2026, 11, 25, 4, 0, tzinfo=ZONE),
)

# 45 % of 75 kWh at 11 kW take 3 h 4 min. Half an hour more is for trying again.
LAST_CHANCE: Final = READY_BY - timedelta(hours=3, minutes=5) - timedelta(minutes=40)

OWNERS_SCHEDULE: Final = ChargeSchedule(
    id=7,
    days_of_week=127,
    start_enabled=True,
    end_enabled=True,
    start_time=12 * 60,
    end_time=12 * 60 + 1,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)

# Refreshed several times within a night; eight hours at Tesla.
TOKEN_LIFETIME: Final = timedelta(hours=2)

# Polls are each minute; a night of them is long, and they are all alike.
POLL_EVERY: Final = timedelta(minutes=10)

# Clients, secrets and places that no log may hold.
SETTINGS: Final = CloudSettings(
    access_token_lifetime=TOKEN_LIFETIME, seconds_per_simulated_second=0.0
)
SECRETS: Final = (
    VIN,
    SETTINGS.client_secret,
    str(HOME.latitude),
    str(HOME.longitude),
    str(WORK.latitude),
    str(WORK.longitude),
)

type Mutation = Callable[[Any], Any]


class MutableCar(Car):
    """A car whose payload may be mutated on its way out.

    Attributes:
        mutation: Changes the payload of `vehicle_data`.
    """

    mutation: Mutation | None = None

    @override
    def vehicle_data(self, endpoints: frozenset[str] | None) -> dict[str, Any]:
        """Return the payload, mutated if it is to be."""
        data = super().vehicle_data(endpoints)
        if self.mutation is None:
            return data
        mutated: dict[str, Any] = self.mutation(data)
        return mutated


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What goes wrong in a night.

    Attributes:
        name: What it is called in a report; its id on the command line.
        group: The row of the table.
        begin: Called at ``since``, when all is set up and the session is requested.
        end: Called once it is over.
        since: When it begins; None: right away.
        lasts: How long after its first effect it ends; None: it ends by itself.
        at_once: Whether it has an effect without a request.
        keepable: Whether any session can be kept in spite of it.
    """

    name: str
    group: str
    begin: Callable[[Night], None]
    end: Callable[[Night], None] = lambda night: night.cloud.faults.clear()
    since: datetime | None = None
    lasts: timedelta | None = None
    at_once: bool = False
    keepable: bool = True


@dataclass(kw_only=True)
class Night:
    """A night that runs.

    Attributes:
        told: The events of special charging, in order.
        level_at_deadline: State of charge, in percent.
        doubles: Schedules that were in the car twice, at some time.
        hit_at: When the trouble first had an effect.
        was_ready: Whether the car held the plan by then.
        over_at: When the trouble ended.
    """

    hass: HomeAssistant
    clock: VirtualClock
    cloud: Cloud
    car: MutableCar
    folder: Path
    entry: ConfigEntry[Any]
    finder: SecretFinder
    trouble: Trouble
    told: list[dict[str, Any]] = field(default_factory=list)
    level_at_deadline: float = 0.0
    doubles: list[Break] = field(default_factory=list)
    began: bool = False
    hit_at: datetime | None = None
    was_ready: bool = False
    over_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return self.clock.now()

    @property
    def keepable(self) -> bool:
        """Whether the trouble left the time to keep the session."""
        if not self.trouble.keepable:
            return False
        if self.was_ready or self.hit_at is None:
            return True
        lasts = self.trouble.lasts or timedelta(0)
        return self.hit_at + lasts <= LAST_CHANCE

    def begin(self) -> None:
        """Let the trouble begin."""
        self.began = True
        self.trouble.begin(self)
        if self.trouble.at_once:
            self._hit(self.now)

    def note(self, now: datetime) -> None:
        """See whether the trouble had an effect, and whether it is over."""
        if not self.doubles and self.car.charge_schedules:
            self.doubles = doubled(self.car.charge_schedules.values())
        if self.began and self.hit_at is None and self.cloud.requests[-1].faulted:
            self._hit(self.cloud.requests[-1].at)
        lasts = self.trouble.lasts
        if lasts is None or self.hit_at is None or self.over_at is not None:
            return
        if now >= self.hit_at + lasts:
            self.over_at = now
            self.trouble.end(self)

    def _hit(self, at: datetime) -> None:
        """Take note of the first effect of the trouble."""
        self.hit_at = at
        self.was_ready = (
            self.car.charge_limit == TARGET and len(self.car.charge_schedules) > 1
        )

    async def until(self, at: datetime) -> None:
        """Let the time pass."""
        await self.clock.live(at, self.note)

    def known_ids(self) -> frozenset[int]:
        """Return every number that the stored file has, schedule ids among them."""
        return stored_ids(self.folder)


def make_car(clock: Clock) -> MutableCar:
    """Return the car: at home, plugged in, rather empty, with the owner's schedule."""
    settings = CarSettings(
        vin=VIN,
        home=HOME,
        plugged_in=True,
        battery_level=START_LEVEL,
        charge_limit=OWNERS_LIMIT,
    )
    return MutableCar(settings, clock, schedules=[OWNERS_SCHEDULE])


async def _set_up(hass: HomeAssistant, cloud: Cloud) -> ConfigEntry[Any]:
    """Go through the config flow with tokens that were brought, and choose options."""
    hass.states.async_set(PRICES, "1.0", price_attributes(EVENING))
    flows = hass.config_entries.flow
    flow = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    await flows.async_configure(flow["flow_id"], {"next_step_id": "bring_tokens"})
    result = await flows.async_configure(flow["flow_id"], brought_tokens(cloud))
    if result["type"] is not FlowResultType.CREATE_ENTRY:
        raise RuntimeError(f"the flow answered {result}")
    entry: ConfigEntry[Any] = result["result"]
    await hass.async_block_till_done(wait_background_tasks=True)
    await charge_by_prices(hass, entry, [VIN])
    return entry


async def _request_session(night: Night) -> None:
    """Request the target by the morning."""
    [device] = [
        each
        for each in dr.async_entries_for_config_entry(
            dr.async_get(night.hass), night.entry.entry_id
        )
        if (DOMAIN, VIN) in each.identifiers
    ]
    await night.hass.services.async_call(
        DOMAIN,
        "add_special_charging",
        {
            "device_id": device.id,
            "ready_by": READY_BY.replace(tzinfo=None),
            "target": TARGET,
        },
        blocking=True,
        return_response=True,
    )
    await night.clock.settle()


def _listen(night: Night) -> None:
    """Note what the event entity of special charging tells."""
    last: list[str] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        """Note an event that is new."""
        new = event.data["new_state"]
        if new is None or "session_id" not in new.attributes:
            return
        key = f"{new.state} {new.attributes['event_type']}"
        if key not in last:
            last.append(key)
            night.told.append({"at": new.state, **new.attributes})

    night.hass.bus.async_listen(EVENT_STATE_CHANGED, hear)


@contextmanager
def _sparse_polls() -> Iterator[None]:
    """Poll each few minutes."""
    with patch.object(policy, "FREE_INTERVAL", POLL_EVERY):
        yield


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a night.

    Attributes:
        breaks: The invariants that did not hold.
        kept: Whether the session was kept.
        requests: How many there were.
        calls: What was requested of the cloud, in order: method and path.
    """

    name: str
    group: str
    breaks: tuple[Break, ...]
    kept: bool
    requests: int
    calls: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def run_night(trouble: Trouble) -> Outcome:
    """Run a night with one trouble, and judge it by the cloud's record."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        if not isinstance(loop, VirtualLoop):
            raise TypeError(type(loop))
        clock = VirtualClock(loop, EVENING)
        with (
            on_virtual_time(clock),
            _sparse_polls(),
            with_session_events(),
            looking_for_secrets(SECRETS) as finder,
        ):
            return runner.run(_run(trouble, clock, finder))


async def _run(trouble: Trouble, clock: VirtualClock, finder: SecretFinder) -> Outcome:
    """Run a Home Assistant and a cloud for a night."""
    async with home_assistant() as hass:
        car = make_car(clock)
        cloud = Cloud(clock=clock, cars=[car], settings=SETTINGS)
        await cloud.start()
        try:
            night = Night(
                hass=hass,
                clock=clock,
                cloud=cloud,
                car=car,
                folder=Path(hass.config.config_dir),
                entry=await clock.finish(_set_up(hass, cloud)),
                finder=finder,
                trouble=trouble,
            )
            return await _judge(night)
        finally:
            cloud.faults.clear()
            await cloud.stop()


async def _judge(night: Night) -> Outcome:
    """Live through the night and the morning after it."""
    _listen(night)
    await _request_session(night)
    first = len(night.cloud.requests)
    breaks: list[Break] = []
    try:
        await _live(night)
        while (breaks := _unsettled(night)) and night.now < LATEST_END:
            await night.until(night.now + timedelta(hours=1))
    except EndlessError as err:
        breaks.append(Break(invariant=Invariant.STUCK, seen=str(err)))
    requests = night.cloud.requests[first:]
    breaks += night.doubles
    breaks += storm_breaks(requests, starts=RELOADS)
    breaks += session_breaks(
        night.level_at_deadline, TARGET, night.told, keepable=night.keepable
    )
    if night.finder.lines:
        seen = night.finder.lines[0][:300]
        breaks.append(Break(invariant=Invariant.SECRET, seen=seen))
    return Outcome(
        name=night.trouble.name,
        group=night.trouble.group,
        breaks=tuple(breaks),
        kept=night.level_at_deadline >= TARGET - 1.5,
        requests=len(requests),
        calls=tuple((each.method, each.path) for each in requests),
        told=tuple(str(each["event_type"]) for each in night.told),
        errors=tuple(night.finder.errors),
    )


async def _live(night: Night) -> None:
    """Let the night pass, with its trouble, and the car drive in the morning."""
    entries = night.hass.config_entries
    steps: list[tuple[datetime, Callable[[], None]]] = [
        (night.trouble.since or EVENING, night.begin),
        (
            READY_BY,
            lambda: setattr(night, "level_at_deadline", night.car.battery_level),
        ),
        (LEAVES, lambda: night.car.drive(15, WORK, timedelta(minutes=30))),
        (
            RETURNS - timedelta(minutes=30),
            lambda: night.car.drive(15, HOME, timedelta(minutes=30)),
        ),
        (RETURNS + timedelta(minutes=1), night.car.plug_in),
        *(
            (at, lambda: entries.async_schedule_reload(night.entry.entry_id))
            for at in RELOADS
        ),
        (END, lambda: None),
    ]
    for at, step in sorted(steps, key=lambda item: item[0]):
        await night.until(at)
        step()
        await night.clock.settle()


def _unsettled(night: Night) -> list[Break]:
    """Return what is not as it should be by now, and may still become so."""
    car = night.car
    held = list(car.charge_schedules.values())
    breaks = limit_breaks(car.charge_limit, OWNERS_LIMIT)
    breaks += schedule_breaks(held, OWNERS_SCHEDULE.id, night.known_ids())
    breaks += _sign_in_breaks(night)
    return breaks


def _sign_in_breaks(night: Night) -> list[Break]:
    """Return whether the account is out of use, as the cloud and its entry show."""
    lists = [
        each
        for each in night.cloud.requests
        if each.path.endswith(("/vehicles", "/products"))
    ]
    late = [each for each in lists if night.now - each.at < timedelta(minutes=70)]
    seen = ""
    flows = night.hass.config_entries.flow.async_progress()
    if night.entry.state is not ConfigEntryState.LOADED:
        seen = f"the entry is {night.entry.state.value}"
    elif flows:
        seen = f"a flow waits for a person: {flows[0]['context'].get('source')}"
    elif not late or late[-1].status != 200:
        seen = f"no list for an hour, the last one was {lists[-1].status}"
    return [Break(invariant=Invariant.SIGN_IN, seen=seen)] if seen else []
