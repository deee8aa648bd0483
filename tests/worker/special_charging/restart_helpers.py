"""A night with a session in which Home Assistant is down for a while."""

import asyncio
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.car import Car
from simulator.cloud import Cloud
from simulator.records import Request

from ...common import VIN, set_up, the_car, tick
from .session_helpers import WARSAW, SessionLog, add, happened, session_timers, special

# Of the evening: the daily check is at 23:00.
LAST_MINUTE = datetime(2025, 8, 6, 22, 59, tzinfo=WARSAW)

SESSION = "special_1_20250807_0700"

# Timers of Home Assistant fire up to a second late.
LATE = timedelta(seconds=1.5)

# What is told of a session at most once.
ONCE = ("scheduled", "sent", "started", "completed", "cancelled", "missed", "failed")


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """Return a time of that night."""
    day = 6 if hour > 20 else 7
    return datetime(2025, 8, day, hour, minute, second, tzinfo=WARSAW)


class RestartedNight:
    """A Home Assistant with a session, which may be restarted or killed."""

    def __init__(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        freezer: FrozenDateTimeFactory,
        files: dict[str, Any],
    ) -> None:
        """Bind the house, the car and the clock."""
        self.hass = hass
        self.cloud = cloud
        self.freezer = freezer
        self.files = files

    async def begin(self, target: int = 80) -> None:
        """Request a level by 07:00."""
        self.car.wake()
        self.freezer.tick(timedelta(seconds=30))
        self.entry: ConfigEntry[Any] = await set_up(self.hass, self.cloud)
        self.log = SessionLog(self.hass)
        answer = await add(self.hass, "2025-08-07 07:00:00", target)
        assert answer["session_id"] == SESSION

    @property
    def car(self) -> Car:
        """The car."""
        return the_car(self.cloud)

    @property
    def session(self) -> dict[str, Any]:
        """The session as it is on the disk."""
        session: dict[str, Any] = next(iter(self._car_sessions["sessions"].values()))
        return session

    @property
    def hold(self) -> dict[str, Any] | None:
        """The limit that is remembered on the disk."""
        hold: dict[str, Any] | None = self._car_sessions["override"]
        return hold

    @property
    def _car_sessions(self) -> dict[str, Any]:
        """The car's sessions on the disk."""
        [charging] = self.files[self.file]["data"]["charging"].values()
        return dict(charging["sessions"])

    @property
    def file(self) -> str:
        """The name of the entry's file."""
        return f"{DOMAIN}.{self.entry.entry_id}"

    @property
    def commands(self) -> list[Request]:
        """The commands that the cloud was sent, wakes included."""
        return [
            request
            for request in self.cloud.requests
            if request.kind in ("command", "wake")
        ]

    async def until(self, at: datetime) -> None:
        """Let time pass until an instant (aware), from one timer to the next."""
        while (now := datetime.now(UTC)) < at:
            account = self.entry.runtime_data
            timers = [
                *account.worker.armed(VIN).values(),
                account.coordinator.next_poll,
            ]
            following = min((timer for timer in timers if timer > now), default=at)
            await tick(self.hass, self.freezer, min(following + LATE, at) - now)

    async def down(
        self,
        back: datetime,
        *,
        killed: bool = False,
        meanwhile: Callable[[Car, FrozenDateTimeFactory], None] | None = None,
    ) -> None:
        """Be down until an instant; one that is killed writes nothing before."""
        await self.stop(killed=killed)
        if meanwhile is not None:
            self.freezer.move_to(max(back - timedelta(minutes=10), datetime.now(UTC)))
            meanwhile(self.car, self.freezer)
        self.freezer.move_to(back)
        await self.start()

    async def stop(self, *, killed: bool = False) -> None:
        """Go down; what the disk held at a kill is what is found after it."""
        left = deepcopy(self.files[self.file])
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        if killed:
            self.files[self.file] = left

    async def start(self) -> None:
        """Come back, and do what is due."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def until_it_hangs(self, at: datetime, hangs: Callable[[], bool]) -> bool:
        """Go on until something hangs, or an instant; return whether it does."""
        going = asyncio.ensure_future(self.until(at))
        while not going.done() and not hangs():
            await asyncio.sleep(0)
        if going.done():
            await going
            return False
        going.cancel()
        await asyncio.wait([going])
        return True

    async def states(self) -> list[str]:
        """Return how the sessions are."""
        listed = await special(self.hass, "list_special_charging")
        return [each_session["state"] for each_session in listed["sessions"]]

    def record(self, *kinds: str) -> list[str]:
        """Return the details of what the car's own record has of some kinds."""
        return [event.detail for event in happened(self.cloud, *kinds)]

    def limits(self) -> list[str]:
        """Return the limits that were set in the car by command."""
        return [detail for detail in self.record("limit_set") if "command" in detail]

    def assert_as_before(self, original: int = 70) -> None:
        """See that nothing of a session is left, and nothing was told twice."""
        assert self.car.charge_limit == original
        assert not self.car.charge_schedules
        assert session_timers(self.entry) == {}
        assert self.hold is None
        fired = Counter(
            (event["session_id"], event["event_type"])
            for event in self.log.fired
            if event["event_type"] in ONCE
        )
        assert [event for event, times in fired.items() if times > 1] == []
