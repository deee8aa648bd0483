"""What happens to a refresh on the wire while the world around it changes."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.errors import TransientError
from custom_components.tesla_scout_worker.tokens.lane import Rejections
from custom_components.tesla_scout_worker.tokens.manager import LANES
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from simulator.auth_api import TOKEN_PATH
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import act, bring_input, set_up, tick
from ..token_gate import TokenGate
from .token_helpers import asked, drain, expiry, reauth_flows, refresh_token

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.slow]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something is so; the test's timeout ends a wait in vain."""
    while not condition():
        await asyncio.sleep(0)


def emergency(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> asyncio.Task[dict[str, Any]]:
    """Start to ask for a new token in any case."""
    return hass.async_create_task(
        act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
    )


async def take_off(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: ConfigEntry[Any],
    gate: TokenGate,
) -> asyncio.Task[dict[str, Any]]:
    """Bring a refresh up to the gate, and return its task."""
    await tick(hass, freezer, 5 * SECOND)
    gate.came.clear()
    task = emergency(hass, entry)
    await gate.came.wait()
    return task


async def reconfigure(
    hass: HomeAssistant, cloud: Cloud, entry: ConfigEntry[Any]
) -> str:
    """Bring other tokens to an entry, and return the refresh token that came of it."""
    manager = entry.runtime_data.tokens
    configure = hass.config_entries.flow.async_configure
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    await configure(flow["flow_id"], {"next_step_id": "bring_tokens"})
    result = await configure(flow["flow_id"], bring_input(cloud))
    assert result["reason"] == "reconfigure_successful"
    await until(
        lambda: (
            entry.state is ConfigEntryState.LOADED
            and entry.runtime_data.tokens is not manager
        )
    )
    return refresh_token(entry)


async def test_a_late_answer_does_not_replace_newer_tokens(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """A person signed in again while a refresh of the old tokens was on its way."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    gate.from_tesla.clear()
    task = await take_off(hass, noon, entry, gate)
    brought = await reconfigure(hass, cloud, entry)
    gate.from_tesla.set()
    assert (await task)["outcome"] == "still_valid"
    assert refresh_token(entry) == brought
    assert cloud.auth.refresh_token_is_valid(brought)

    await tick(hass, noon, 5 * SECOND)
    assert (await emergency(hass, entry))["outcome"] == "refreshed"


async def test_a_late_refusal_does_not_sign_newer_tokens_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """The old tokens died on the way; the new ones have nothing to do with it."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    gate.to_tesla.clear()
    task = await take_off(hass, noon, entry, gate)
    cloud.auth.password_changed()
    brought = await reconfigure(hass, cloud, entry)
    gate.to_tesla.set()
    before = len(gate.used)
    assert (await task)["outcome"] == "still_valid"
    assert len(gate.used) == before, "the other old token is not tried any more"
    assert refresh_token(entry) == brought
    assert not reauth_flows(hass)
    answer = await act(hass, "token_get", config_entry_id=entry.entry_id)
    cloud.auth.verify(f"Bearer {answer['access_token']}")


async def test_a_caller_of_newer_tokens_gets_no_old_one(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """Whom the API turns away meanwhile waits for the wire, and then tries again."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    gate.from_tesla.clear()
    task = await take_off(hass, noon, entry, gate)
    await reconfigure(hass, cloud, entry)
    manager = entry.runtime_data.tokens
    unauthorized = manager.current
    caller = hass.async_create_task(manager.async_replace(unauthorized))
    await asyncio.sleep(0)
    gate.from_tesla.set()
    with pytest.raises(TransientError):
        await caller
    await task
    noon.tick(5 * SECOND)
    fresh = await manager.async_replace(unauthorized)
    cloud.auth.verify(f"Bearer {fresh}")
    before = asked(cloud)
    assert await manager.async_replace(unauthorized) == fresh
    assert asked(cloud) == before, "it was replaced already"


async def test_an_unload_keeps_the_answer_that_is_on_its_way(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """The token was used: what came of it is stored, whether the entry runs or not."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    used = refresh_token(entry)
    gate.from_tesla.clear()
    task = await take_off(hass, noon, entry, gate)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not task.done()
    gate.from_tesla.set()
    assert (await task)["outcome"] == "refreshed"
    assert refresh_token(entry) != used
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))

    noon.tick(9 * HOUR)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not reauth_flows(hass)


@pytest.mark.parametrize("refused", [False, True])
async def test_a_removal_forgets_the_answer_that_is_on_its_way(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    gate: TokenGate,
    caplog: pytest.LogCaptureFixture,
    refused: bool,
) -> None:
    """Neither an error nor a repair nor a flow for an entry that is gone."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    manager = entry.runtime_data.tokens
    gate.to_tesla.clear()
    task = await take_off(hass, noon, entry, gate)
    await hass.config_entries.async_remove(entry.entry_id)
    if refused:
        cloud.auth.password_changed()
    gate.to_tesla.set()
    await task
    manager.rejection(manager.current, documented=True)
    manager.async_stop()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not hass.config_entries.flow.async_progress()
    assert not ir.async_get(hass).issues
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_reload_does_not_double_the_request(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """The new manager joins the request that the old one left on the wire."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    gate.from_tesla.clear()
    first = await take_off(hass, noon, entry, gate)
    assert await hass.config_entries.async_reload(entry.entry_id)
    second = emergency(hass, entry)
    await asyncio.sleep(0)
    before = len(gate.used)
    gate.from_tesla.set()
    assert (await first)["outcome"] == (await second)["outcome"] == "refreshed"
    assert len(gate.used) == before
    assert gate.most == 1


async def test_a_reload_does_not_loosen_the_limiter(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """One request a minute is the most, however often the entry is set up."""
    entry = await set_up(hass, cloud)
    await drain(hass, cloud, noon, entry, 4 * MINUTE)
    before = asked(cloud)
    for _ in range(4):
        noon.tick(10 * SECOND)
        assert await hass.config_entries.async_reload(entry.entry_id)
    assert asked(cloud) == before + 1
    cloud.faults.clear()
    noon.tick(30 * SECOND)
    await act(hass, "token_get", config_entry_id=entry.entry_id)
    assert asked(cloud) == before + 2
    assert expiry(entry) > datetime.now(UTC) + 7 * HOUR


async def test_a_caller_who_gives_up_does_not_tear_the_others_request(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """The request belongs to all who wait for it."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    gate.from_tesla.clear()
    impatient = await take_off(hass, noon, entry, gate)
    patient = emergency(hass, entry)
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    gate.from_tesla.set()
    assert (await patient)["outcome"] == "refreshed"
    assert gate.most == 1
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))


async def test_a_new_token_is_not_used_before_it_is_written(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """Until then the disk holds the one used last, which Tesla takes only so long."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    await (await take_off(hass, noon, entry, gate))
    before = len(gate.used)
    second = emergency(hass, entry)
    for _ in range(100):
        await asyncio.sleep(0)
    noon.tick(2 * SECOND)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(gate.used) == before
    noon.tick(2 * SECOND)
    assert (await second)["outcome"] == "refreshed"
    assert len(gate.used) == before + 1


async def test_a_sign_out_stops_a_request_that_waits(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """The API refused a new token for good, while the next request still waited."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    await (await take_off(hass, noon, entry, gate))
    tokens = entry.runtime_data.tokens
    now = datetime.now(UTC)
    hass.data[LANES][entry].rejections = Rejections(
        since=now - 7 * HOUR, last=now - HOUR, count=4
    )
    tokens.rejection("a token that a new sign-in has overtaken", documented=True)
    assert not reauth_flows(hass)
    before = len(gate.used)
    waiting = emergency(hass, entry)
    await asyncio.sleep(0)
    for _ in range(2):
        tokens.rejection(tokens.current, documented=True)
    noon.tick(5 * SECOND)
    assert (await waiting)["outcome"] == "signed_out"
    assert len(gate.used) == before
    await hass.async_block_till_done()
    assert len(reauth_flows(hass)) == 1


CALLS = [
    "token_get",
    "token_refresh",
    "token_check",
    "token_refresh_at_once",
    "look",
]

calls = st.lists(st.sampled_from(CALLS), min_size=1, max_size=4).map(
    lambda names: ("call", tuple(names))
)
clock_steps = st.sampled_from(
    [
        *(-9 * HOUR, -61 * SECOND, -7 * SECOND),
        *(5 * SECOND, 20 * SECOND, 61 * SECOND, 5 * MINUTE, 26 * MINUTE),
        *(HOUR, 8 * HOUR),
    ]
).map(lambda by: ("clock", by))
outages = st.sampled_from(
    [
        ("outage", Fault(path=TOKEN_PATH, status=503)),
        ("outage", Fault(path=TOKEN_PATH, tear="before")),
        ("outage", Fault(path=TOKEN_PATH, tear="after")),
        ("outage", None),
        ("expire", None),
        ("reload", None),
    ]
)


class Trial:
    """One life of an account, and what must hold in it at any time."""

    def __init__(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        freezer: FrozenDateTimeFactory,
        gate: TokenGate,
        entry: ConfigEntry[Any],
    ) -> None:
        """Begin with an entry that was just set up."""
        self.hass = hass
        self.cloud = cloud
        self.freezer = freezer
        self.gate = gate
        self.entry = entry
        self.last_request: datetime | None = None
        self.seen: dict[tuple[str, str], int] = {}
        self.requests = len(gate.used)

    async def do(self, kind: str, what: Any) -> None:
        """Take one step, and see what came of it."""
        match kind:
            case "call":
                await self.call(what)
            case "clock" if what < timedelta(0):
                self.freezer.tick(what)
                self.last_request = None
            case "clock":
                await self.finish(tick(self.hass, self.freezer, what))
            case "outage":
                self.cloud.faults.clear()
                if what is not None:
                    self.cloud.faults.add(what)
            case "expire":
                self.cloud.auth.expire_access_tokens()
            case "reload":
                reload = self.hass.config_entries.async_reload(self.entry.entry_id)
                await self.finish(reload)
                self.seen = {}
        self.judge()

    async def call(self, names: tuple[str, ...]) -> None:
        """Let several callers come at once; they may fail, but only politely."""
        callers = []
        for name in names:
            if self.entry.state is not ConfigEntryState.LOADED:
                break
            if name == "look":
                callers.append(self.entry.runtime_data.coordinator.async_refresh())
            else:
                entry_id = self.entry.entry_id
                callers.append(act(self.hass, name, config_entry_id=entry_id))
        together = asyncio.gather(*callers, return_exceptions=True)
        for result in await self.finish(together):
            assert not isinstance(result, BaseException) or isinstance(
                result, HomeAssistantError
            ), result

    async def finish[T](self, work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
        """Let work come to its end, with the seconds that it waits for the disk."""
        task = asyncio.ensure_future(work)
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
            if turns % 500 == 0:
                self.freezer.tick(SECOND)
        return await task

    def judge(self) -> None:
        """See that no two requests met, and that the limiter held."""
        assert self.gate.most == 1
        assert not reauth_flows(self.hass)
        if self.entry.state is not ConfigEntryState.LOADED:
            return
        refreshes = self.entry.runtime_data.tokens.statistics.refreshes
        now = {(str(tier), str(what)): n for (tier, what), n in refreshes.items()}
        emergencies = sum(
            number - self.seen.get(key, 0)
            for key, number in now.items()
            if key[0] == "emergency"
        )
        made = len(self.gate.used_at) - self.requests
        times = self.gate.used_at[self.requests :]
        self.requests, self.seen = len(self.gate.used_at), now
        for at in times if emergencies == 0 else ():
            if self.last_request is not None:
                assert at - self.last_request >= MINUTE
            self.last_request = at
        if made and emergencies:
            self.last_request = times[-1]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(calls | clock_steps | outages, max_size=14))
async def test_no_sequence_ends_with_an_expired_token_and_a_blocked_refresh(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    gate: TokenGate,
    steps: list[tuple[str, Any]],
) -> None:
    """Any callers, clocks, outages and reloads: after the outage a token is there.

    Never are two requests on the wire, and outside the emergency tier there is at
    most one a minute.
    """
    entry = await set_up(hass, cloud, token_url=gate.url)
    await tick(hass, noon, 5 * SECOND)
    trial = Trial(hass, cloud, noon, gate, entry)
    for kind, what in steps:
        await trial.do(kind, what)

    cloud.faults.clear()
    if entry.state is not ConfigEntryState.LOADED:
        await trial.finish(hass.config_entries.async_reload(entry.entry_id))
    await trial.finish(entry.runtime_data.coordinator.async_refresh())
    assert entry.runtime_data.coordinator.last_update_success
    answer = await trial.finish(act(hass, "token_get", config_entry_id=entry.entry_id))
    cloud.auth.verify(f"Bearer {answer['access_token']}")
    assert expiry(entry) > datetime.now(UTC)
    assert cloud.auth.refresh_token_is_valid(refresh_token(entry))
    await hass.config_entries.async_remove(entry.entry_id)
