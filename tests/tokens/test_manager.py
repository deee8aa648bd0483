"""The token manager through Home Assistant: its tiers, its limiter, its measures."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from simulator.auth_api import TOKEN_PATH
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import act, count, entity_id, pass_time, set_up, state_of, tick
from ..token_gate import TokenGate
from .token_helpers import (
    asked,
    drain,
    expiry,
    fail_refreshes,
    refresh_token,
    sign_in_requests,
)

pytestmark = pytest.mark.fixed_rhythm

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# After it a token is on disk, and may be used without a wait.
WRITTEN = timedelta(seconds=5)

ACTIONS = ["token_refresh", "token_refresh_at_once", "token_check"]


async def test_concurrent_callers_make_one_refresh(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """Scout and Worker each used the single-use token, and the second lost.

    However many ask at once, and for whatever reason: one request is on the wire.
    """
    entry = await set_up(hass, cloud, token_url=gate.url)
    await tick(hass, noon, WRITTEN)
    cloud.auth.expire_access_tokens()
    before = len(gate.used)
    name = entry.entry_id

    answers = await asyncio.gather(
        *(act(hass, "token_refresh_at_once", config_entry_id=name) for _ in range(20)),
        entry.runtime_data.coordinator.async_refresh(),
    )

    assert len(gate.used) == before + 1
    assert gate.most == 1
    assert {answer["outcome"] for answer in answers[:20] if answer} == {"refreshed"}
    tokens = await asyncio.gather(
        *(act(hass, "token_get", config_entry_id=name) for _ in range(20))
    )
    assert len({token["access_token"] for token in tokens}) == 1
    cloud.auth.verify(f"Bearer {tokens[0]['access_token']}")


@pytest.mark.parametrize(
    "left", [4 * MINUTE, 59 * SECOND, SECOND, 0 * SECOND, -5 * HOUR]
)
async def test_a_token_that_expired_at_any_moment_is_renewed_once(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    left: timedelta,
) -> None:
    """After the OAuth expiry the entry never recovered without a reload."""
    entry = await set_up(hass, cloud)
    manager = entry.runtime_data.tokens
    outage = await drain(hass, cloud, noon, entry, left)
    cloud.faults.remove(outage)
    before = asked(cloud)

    await entry.runtime_data.coordinator.async_refresh()
    token = await act(hass, "token_get", config_entry_id=entry.entry_id)

    assert asked(cloud) == before + 1
    assert token["remaining_minutes"] == 480
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert entry.runtime_data.tokens is manager
    looks = count(cloud, "free")
    await tick(hass, noon, HOUR)
    assert count(cloud, "free") == looks + 1


async def test_the_timer_renews_before_the_last_half_hour(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A sweep each 2 h would fall on 30 min left only by chance; the timer never misses."""
    entry = await set_up(hass, cloud)
    expires_at = expiry(entry)
    before = asked(cloud)
    await pass_time(hass, noon, 8 * HOUR - 33 * MINUTE, step=3 * MINUTE)
    assert asked(cloud) == before, "nothing is asked ahead of the window"
    await pass_time(hass, noon, 4 * MINUTE)
    assert asked(cloud) == before + 1
    renewed_at = sign_in_requests(cloud)[-1].at
    assert 30 * MINUTE <= expires_at - renewed_at <= 32 * MINUTE
    assert expiry(entry) - renewed_at == 8 * HOUR


async def test_the_timer_renews_all_day_without_a_caller(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Day and night the token keeps 25 minutes at least, with three requests a day."""
    entry = await set_up(hass, cloud)
    before = asked(cloud)
    for _ in range(24 * 12):
        await tick(hass, noon, 5 * MINUTE)
        assert expiry(entry) - datetime.now(UTC) > 25 * MINUTE
    assert asked(cloud) == before + 3


async def test_the_sweep_is_the_backstop_of_the_timer(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Every 2 h it renews what has less than 30 min left, whatever the timer does.

    Here the timer pauses after failures, until past the sweep.
    """
    cloud.auth.access_token_lifetime = 2 * HOUR + 20 * MINUTE
    entry = await set_up(hass, cloud)
    outage = fail_refreshes(cloud)
    await pass_time(hass, noon, 2 * HOUR - 90 * SECOND, step=30 * SECOND)
    assert (
        len([request for request in sign_in_requests(cloud) if request.status == 503])
        == 4
    )
    cloud.faults.remove(outage)
    before = asked(cloud)
    await tick(hass, noon, 80 * SECOND)
    assert asked(cloud) == before
    await tick(hass, noon, 10 * SECOND)
    assert asked(cloud) == before + 1
    assert expiry(entry) > datetime.now(UTC) + 2 * HOUR


async def test_a_limited_caller_gets_the_token_that_remains_valid(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Reactive: one request a minute, and nobody waits or fails for the limiter."""
    entry = await set_up(hass, cloud)
    name = entry.entry_id
    outage = await drain(hass, cloud, noon, entry, 4 * MINUTE)
    before = asked(cloud)

    first = await act(hass, "token_get", config_entry_id=name)
    assert asked(cloud) == before + 1
    for _ in range(5):
        noon.tick(11 * SECOND)
        again = await act(hass, "token_get", config_entry_id=name)
        assert again["access_token"] == first["access_token"]
    assert asked(cloud) == before + 1
    assert entry.runtime_data.tokens.statistics.rate_limited == 5
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "expiring"

    cloud.faults.remove(outage)
    noon.tick(6 * SECOND)
    fresh = await act(hass, "token_get", config_entry_id=name)
    assert fresh["access_token"] != first["access_token"]
    assert asked(cloud) == before + 2
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "valid"


@pytest.mark.parametrize("action", [*ACTIONS, "token_get"])
async def test_an_expired_token_is_renewed_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, action: str
) -> None:
    """The limiter blocked the only refresh that mattered, retried at 0, 5, 20 s.

    With an expired token every try goes out, whoever makes it, and the first one
    after the outage succeeds.
    """
    entry = await set_up(hass, cloud)
    outage = await drain(hass, cloud, noon, entry, -MINUTE)

    async def try_it() -> str | None:
        """Ask as the test does, and return the outcome."""
        try:
            answer = await act(hass, action, config_entry_id=entry.entry_id)
        except HomeAssistantError as err:
            return err.translation_key
        return str(answer.get("outcome", "served"))

    for pause in (0 * SECOND, 5 * SECOND, 15 * SECOND):
        noon.tick(pause)
        before = asked(cloud)
        assert await try_it() in ("failed", "transient")
        assert asked(cloud) == before + 1
    owner = str(entry.unique_id)
    await tick(hass, noon, 0 * SECOND)
    assert state_of(hass, "sensor", "token_state", owner) == "expired"

    cloud.faults.remove(outage)
    assert await try_it() in ("refreshed", "served")
    assert expiry(entry) > datetime.now(UTC) + 7 * HOUR
    assert not hass.config_entries.flow.async_progress()


async def test_a_401_bypasses_the_limiter_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Emergency: the API does not take the token, however new it is."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, WRITTEN)
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    await tick(hass, noon, WRITTEN)
    before = asked(cloud)
    cloud.auth.expire_access_tokens()
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.last_update_success
    assert asked(cloud) == before + 1


async def test_a_short_lived_token_does_not_spin(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A token whose whole life is shorter than a window is renewed once a minute."""
    cloud.auth.access_token_lifetime = 10 * MINUTE
    entry = await set_up(hass, cloud)
    before = asked(cloud)
    await pass_time(hass, noon, HOUR, step=20 * SECOND)
    assert 50 <= asked(cloud) - before <= 60
    times = [request.at for request in sign_in_requests(cloud)[before:]]
    assert min(later - earlier for earlier, later in pairwise(times)) >= MINUTE
    cloud.auth.access_token_lifetime = 8 * HOUR
    await pass_time(hass, noon, 5 * MINUTE)
    before = asked(cloud)
    await pass_time(hass, noon, HOUR, step=5 * MINUTE)
    assert asked(cloud) == before
    assert expiry(entry) > datetime.now(UTC) + 6 * HOUR


async def test_a_token_that_dies_within_a_minute_serves_every_caller(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """With 40 s of life each caller is in an emergency, and still gets a valid token."""
    entry = await set_up(hass, cloud)
    cloud.auth.access_token_lifetime = 40 * SECOND
    await tick(hass, noon, WRITTEN)
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    seen = set()
    for _ in range(3):
        await tick(hass, noon, 2 * WRITTEN)
        token = await act(hass, "token_get", config_entry_id=entry.entry_id)
        cloud.auth.verify(f"Bearer {token['access_token']}")
        seen.add(token["access_token"])
    assert len(seen) == 3


async def test_the_pauses_between_failures_grow(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Refresh loops got accounts signed out; a server that fails is left alone.

    The timer tries after 1, 2, 4, 8, 16 and then every 30 minutes, and the first
    success sets it back to the rhythm.
    """
    cloud.auth.access_token_lifetime = 2 * HOUR + 31 * MINUTE
    entry = await set_up(hass, cloud)
    outage = fail_refreshes(cloud)
    await pass_time(hass, noon, 2 * HOUR + 25 * MINUTE)
    failed = [
        request.at for request in sign_in_requests(cloud) if request.status == 503
    ]
    gaps = [round((later - earlier) / MINUTE) for earlier, later in pairwise(failed)]
    assert gaps == [1, 2, 4, 8]

    cloud.faults.remove(outage)
    cloud.auth.access_token_lifetime = 8 * HOUR
    await pass_time(hass, noon, 30 * MINUTE)
    before = asked(cloud)
    assert expiry(entry) > datetime.now(UTC) + 7 * HOUR
    await pass_time(hass, noon, 6 * HOUR, step=10 * MINUTE)
    assert asked(cloud) == before


async def test_an_outage_of_two_days_is_no_storm(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """With an expired token only those who need one ask, and the slow timer."""
    entry = await set_up(hass, cloud)
    outage = fail_refreshes(cloud)
    await pass_time(hass, noon, 48 * HOUR, step=5 * MINUTE)
    failed = [request for request in sign_in_requests(cloud) if request.status == 503]
    # 40 hours with two tries each half hour of the timer's, and two of a read's
    # each quarter of an hour by day.
    assert 40 < len(failed) < 40 * 12
    assert not hass.config_entries.flow.async_progress()
    cloud.faults.remove(outage)
    await pass_time(hass, noon, HOUR, step=5 * MINUTE)
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert expiry(entry) > datetime.now(UTC) + 6 * HOUR


async def test_a_request_is_given_up_after_45_seconds(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, gate: TokenGate
) -> None:
    """A server that never answers holds callers for 45 s, and signs nobody out."""
    entry = await set_up(hass, cloud, token_url=gate.url)
    await tick(hass, noon, WRITTEN)
    gate.came.clear()
    gate.to_tesla.clear()
    task = hass.async_create_task(
        act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
    )
    await gate.came.wait()
    noon.tick(44 * SECOND)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not task.done()
    noon.tick(2 * SECOND)
    assert (await task)["outcome"] == "failed"
    assert not hass.config_entries.flow.async_progress()

    gate.to_tesla.set()
    answer = await act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
    assert answer["outcome"] == "refreshed"


async def test_the_entry_is_written_only_with_new_tokens(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The token was written every time, for 72 zł a month."""
    entry = await set_up(hass, cloud)
    written = entry.modified_at
    data = entry.data
    await pass_time(hass, noon, 7 * HOUR, step=5 * MINUTE)
    for action in ("token_get", "token_check"):
        await act(hass, action, config_entry_id=entry.entry_id)
    fail_refreshes(cloud)
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    assert entry.modified_at == written
    assert entry.data is data

    cloud.faults.clear()
    noon.tick(MINUTE)
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    assert entry.modified_at == datetime.now(UTC)


async def test_a_clock_that_was_set_back_blocks_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The last request, the last write and the expiry may all lie in the future."""
    entry = await set_up(hass, cloud)
    name = entry.entry_id
    await tick(hass, noon, WRITTEN)
    await act(hass, "token_refresh", config_entry_id=name)
    noon.tick(-3 * HOUR)
    answer = await act(hass, "token_refresh", config_entry_id=name)
    assert answer["outcome"] == "refreshed"
    assert expiry(entry) == datetime.now(UTC) + 8 * HOUR
    cloud.auth.expire_access_tokens()
    noon.tick(-HOUR)
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.last_update_success
    assert expiry(entry) == datetime.now(UTC) + 8 * HOUR
    noon.tick(10 * HOUR)
    await act(hass, "token_get", config_entry_id=name)
    assert expiry(entry) > datetime.now(UTC) + 7 * HOUR


@pytest.mark.all_entities
async def test_the_manager_measures_itself(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Refreshes by tier and outcome, the limited ones, the hit ratio, the duration."""
    entry = await set_up(hass, cloud)
    name, owner = entry.entry_id, str(entry.unique_id)
    registry = er.async_get(hass)
    for key in ("rate_limited", "refresh_duration", "hit_ratio"):
        sensor = entity_id(hass, "sensor", f"token_{key}", owner)
        registry.async_update_entity(sensor, disabled_by=None)
    await tick(hass, noon, MINUTE)
    statistics = entry.runtime_data.tokens.statistics
    served, hits = statistics.served, statistics.served_from_store
    assert state_of(hass, "sensor", "token_refreshes", owner) == "0"
    assert state_of(hass, "sensor", "token_refresh_duration", owner) == "unknown"
    assert state_of(hass, "sensor", "token_hit_ratio", owner) == "100.0"

    cloud.faults.add(Fault(path=TOKEN_PATH, status=503, times=1))
    await act(hass, "token_refresh_at_once", config_entry_id=name)
    await act(hass, "token_refresh_at_once", config_entry_id=name)
    await act(hass, "token_refresh", config_entry_id=name)
    await act(hass, "token_check", config_entry_id=name)
    for _ in range(3):
        await act(hass, "token_get", config_entry_id=name)

    assert {
        (str(tier), str(outcome)): number
        for (tier, outcome), number in statistics.refreshes.items()
    } == {("emergency", "failed"): 1, ("emergency", "refreshed"): 1}
    assert statistics.rate_limited == 1
    assert (statistics.served - served, statistics.served_from_store - hits) == (3, 3)
    assert state_of(hass, "sensor", "token_refreshes", owner) == "1"
    assert state_of(hass, "sensor", "token_rate_limited", owner) == "1"
    assert float(state_of(hass, "sensor", "token_refresh_duration", owner)) >= 0

    outage = await drain(hass, cloud, noon, entry, 4 * MINUTE)
    cloud.faults.remove(outage)
    served, hits = statistics.served, statistics.served_from_store
    await act(hass, "token_get", config_entry_id=name)
    assert (statistics.served - served, statistics.served_from_store - hits) == (1, 0)
    assert statistics.hit_ratio is not None
    assert 0 < statistics.hit_ratio < 1


async def test_no_token_is_logged(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither success nor failure nor refusal tells a token, at any level."""
    caplog.set_level("DEBUG", "custom_components.tesla_scout_worker")
    entry = await set_up(hass, cloud)
    secrets = [refresh_token(entry), entry.data["token"]["access_token"]]
    for fault in (
        None,
        Fault(path=TOKEN_PATH, status=503, times=1),
        Fault(path=TOKEN_PATH, body="<html>", times=1),
        Fault(path=TOKEN_PATH, status=401, body={"error": "invalid_grant"}, times=1),
        Fault(path=TOKEN_PATH, status=401, body={"error": "invalid_grant"}),
    ):
        if fault is not None:
            cloud.faults.add(fault)
        await tick(hass, noon, MINUTE)
        await act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
        secrets += [refresh_token(entry), entry.data["token"]["access_token"]]
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "token_get", config_entry_id=entry.entry_id)
    assert "Token refresh, emergency tier: signed_out" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in str(caught.value)
