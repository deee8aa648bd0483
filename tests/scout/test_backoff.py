"""The Scout in trouble: limits, bills, outages, sign-outs, and the way back."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.errors import OverBudgetError
from custom_components.tesla_scout_worker.gateways.fleet_api.client import FleetClient
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeScheduleOrder,
    Position,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from simulator.auth_api import TOKEN_PATH
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import (
    HOME,
    OTHER_VIN,
    VIN,
    bring_input,
    pass_time,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..scout_helpers import (
    LIST,
    READ,
    devices,
    disabled,
    fired_events_of,
    press,
    reads,
    reauths,
    reload,
    scout_now,
    state,
    with_car,
)

QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LOGGER_NAME = f"custom_components.{DOMAIN}"
# Months before the noon at which the tests begin.
NOON_LAST_YEAR = datetime(2025, 11, 24, 11, tzinfo=UTC)
ORDER = ChargeScheduleOrder(
    id=1,
    days_of_week=1,
    start_time=60,
    end_time=120,
    one_time=True,
    position=Position(latitude=HOME.latitude, longitude=HOME.longitude),
)
READ_AT = "A car could not be read"

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.usefixtures("discreet_log")]


def over_budget_issue(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Return whether the repair for a disabled account is shown."""
    registry = ir.async_get(hass)
    return registry.async_get_issue(DOMAIN, f"over_budget_{entry.entry_id}") is not None


async def test_a_limited_list_is_left_alone_for_as_long_as_asked(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Retry-After counts for the rhythm and for the user, and then all is well."""
    the_car(cloud).set_sentry(True)
    await set_up(hass, cloud)
    cloud.faults.add(
        Fault(path=LIST, status=429, headers={"Retry-After": "2400"}, times=1)
    )
    await tick(hass, noon, QUARTER)
    before = len(cloud.requests)
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    await pass_time(hass, noon, timedelta(minutes=39))
    with pytest.raises(HomeAssistantError) as refusal:
        await scout_now(hass)
    assert refusal.value.translation_key == "rate_limited"
    assert refusal.value.translation_placeholders == {"seconds": "60"}
    assert len(cloud.requests) == before
    await tick(hass, noon, MINUTE)
    assert len(cloud.requests) == before + 2
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_short_wait_that_is_named_again_and_again_grows(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Twenty seconds, for two hours, were 180 requests an hour; then all is well."""
    await set_up(hass, cloud)
    limited = cloud.faults.add(
        Fault(path=LIST, status=429, headers={"Retry-After": "20"})
    )
    before = len(cloud.requests)
    await pass_time(hass, noon, timedelta(hours=2), timedelta(seconds=20))
    assert 8 <= len(cloud.requests) - before <= 20
    cloud.faults.remove(limited)
    await pass_time(hass, noon, timedelta(minutes=16), MINUTE)
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_limited_set_up_is_not_tried_fast(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant tries a set-up again within seconds; Tesla is not asked for it."""
    entry = await set_up(hass, cloud)
    cloud.faults.add(
        Fault(path=LIST, status=429, headers={"Retry-After": "1200"}, times=1)
    )
    await reload(hass, entry)
    assert state(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "rate_limited"
    before = len(cloud.requests)
    await pass_time(hass, noon, timedelta(minutes=19), timedelta(seconds=20))
    assert state(entry) is ConfigEntryState.SETUP_RETRY
    assert len(cloud.requests) == before
    await pass_time(hass, noon, timedelta(minutes=15))
    assert state(entry) is ConfigEntryState.LOADED
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize("restart", [False, True])
async def test_a_limited_read_is_not_repeated_fast(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, restart: bool
) -> None:
    """A 429 is billed: no second one before its time, asked for or after a restart."""
    the_car(cloud).set_sentry(True)
    entry = await set_up(hass, cloud)
    cloud.faults.add(
        Fault(path=READ, status=429, headers={"Retry-After": "3000"}, times=1)
    )
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 2
    if restart:
        await reload(hass, entry)
    await pass_time(hass, noon, timedelta(minutes=45))
    with pytest.raises(HomeAssistantError) as refusal:
        await scout_now(hass)
    assert refusal.value.translation_key == "rate_limited"
    assert refusal.value.translation_placeholders == {"seconds": "300"}
    assert reads(cloud) == 2
    assert state_of(hass, "sensor", "battery_level") == "70"
    await pass_time(hass, noon, timedelta(minutes=16))
    assert reads(cloud) == 3


@pytest.mark.parametrize("path", [LIST, READ])
async def test_a_pause_does_not_outlive_a_clock_that_was_ahead(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, path: str
) -> None:
    """A minute's pause, taken while the clock was a year ahead, is no year of silence."""
    the_car(cloud).set_sentry(True)
    entry = await set_up(hass, cloud)
    before = len(cloud.requests)
    cloud.faults.add(Fault(path=path, status=429, headers={"Retry-After": "60"}))
    await tick(hass, noon, QUARTER)
    assert len(cloud.requests) > before
    cloud.faults.clear()
    noon.move_to(NOON_LAST_YEAR)
    await reload(hass, entry)
    assert state(entry) is ConfigEntryState.LOADED
    before = reads(cloud)
    await scout_now(hass)
    assert reads(cloud) == before + 1


@pytest.mark.all_entities
async def test_a_disabled_account_is_a_repair_and_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """EXCEEDED_LIMIT stops the calls and shows a repair, which goes by itself."""
    entry = await set_up(hass, cloud)
    cloud.billing.limit = Decimal("0.001")
    await tick(hass, noon, QUARTER)
    assert over_budget_issue(hass, entry)
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    assert state_of(hass, "sensor", "api_data_requests", str(entry.unique_id)) == "1"
    before = len(cloud.requests)
    await pass_time(hass, noon, timedelta(minutes=354), timedelta(minutes=6))
    assert len(cloud.requests) == before
    assert reauths(hass) == 0
    cloud.billing.limit = None
    await pass_time(hass, noon, timedelta(minutes=7))
    assert not over_budget_issue(hass, entry)
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.all_entities
async def test_reads_stop_where_reads_alone_are_refused(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """While the list still works the car keeps its values; a person may ask anew."""
    the_car(cloud).set_sentry(True)
    entry = await set_up(hass, cloud)
    refused = cloud.faults.add(disabled(READ))
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 2
    await pass_time(hass, noon, timedelta(hours=5), timedelta(minutes=5))
    with pytest.raises(HomeAssistantError) as refusal:
        await press(hass)
    assert refusal.value.translation_key == "over_budget"
    assert reads(cloud) == 3
    await pass_time(hass, noon, timedelta(hours=5), timedelta(minutes=5))
    assert reads(cloud) == 3
    assert over_budget_issue(hass, entry)
    assert reauths(hass) == 0
    assert state_of(hass, "sensor", "battery_level") == "70"
    cloud.faults.remove(refused)
    # Six hours after the person's read, and by the rhythm of the night: at midnight.
    await pass_time(hass, noon, timedelta(minutes=110))
    assert reads(cloud) == 4
    assert not over_budget_issue(hass, entry)


COMMANDS: dict[str, Callable[[FleetClient], Awaitable[None]]] = {
    "wake": lambda client: client.async_wake(VIN),
    "limit": lambda client: client.async_set_charge_limit(VIN, 80),
    "add": lambda client: client.async_add_charge_schedule(VIN, ORDER),
    "remove": lambda client: client.async_remove_charge_schedule(VIN, ORDER.id),
    "start": lambda client: client.async_start_charging(VIN),
    "stop": lambda client: client.async_stop_charging(VIN),
}


@pytest.mark.all_entities
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_command_that_meets_a_disabled_account_is_the_last(
    hass: HomeAssistant, cloud: Cloud, command: Callable[[FleetClient], Awaitable[None]]
) -> None:
    """It shows the repair, and nothing is sent until Tesla answers for money again."""
    entry = await set_up(hass, cloud)
    client: FleetClient = entry.runtime_data.client
    await client.async_list_products()
    refused = [cloud.faults.add(disabled(path)) for path in ("*command*", "*/wake_up")]
    with pytest.raises(OverBudgetError):
        await command(client)
    assert over_budget_issue(hass, entry)
    for fault in refused:
        cloud.faults.remove(fault)
    before = len(cloud.requests)
    for other in COMMANDS.values():
        with pytest.raises(OverBudgetError):
            await other(client)
    assert len(cloud.requests) == before
    await press(hass)
    assert not over_budget_issue(hass, entry)
    await client.async_wake(VIN)


async def test_a_restart_while_disabled_pays_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A set-up that is tried again and again makes free calls alone."""
    entry = await set_up(hass, cloud)
    cloud.billing.limit = Decimal("0.001")
    await reload(hass, entry)
    assert state(entry) is ConfigEntryState.SETUP_RETRY
    assert over_budget_issue(hass, entry)
    await pass_time(hass, noon, HOUR, timedelta(seconds=30))
    assert reads(cloud) == 1
    cloud.billing.limit = None
    await pass_time(hass, noon, timedelta(minutes=30))
    assert state(entry) is ConfigEntryState.LOADED
    assert not over_budget_issue(hass, entry)


async def test_a_restart_while_reads_are_refused_pays_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The pause outlives a restart, whatever is set up how often."""
    the_car(cloud).set_sentry(True)
    entry = await set_up(hass, cloud)
    cloud.faults.add(disabled(READ))
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 2
    for _ in range(3):
        await tick(hass, noon, QUARTER)
        await reload(hass, entry)
    assert reads(cloud) == 2
    cloud.faults.clear()
    await pass_time(hass, noon, timedelta(hours=6))
    assert reads(cloud) > 2
    assert not over_budget_issue(hass, entry)


async def test_the_repair_outlives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant forgets repairs at a restart, but reads are stopped all the same."""
    the_car(cloud).set_sentry(True)
    entry = await set_up(hass, cloud)
    cloud.faults.add(disabled(READ))
    await tick(hass, noon, QUARTER)
    ir.async_delete_issue(hass, DOMAIN, f"over_budget_{entry.entry_id}")
    await reload(hass, entry)
    assert reads(cloud) == 2
    assert over_budget_issue(hass, entry)
    cloud.faults.clear()
    await pass_time(hass, noon, timedelta(hours=7), QUARTER)
    assert not over_budget_issue(hass, entry)


async def test_a_disabled_list_is_tried_when_the_month_turns(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An hour before midnight UTC the pause is an hour, not six."""
    noon.move_to(datetime(2026, 11, 30, 22, 50, tzinfo=UTC))
    entry = await set_up(hass, cloud)
    fault = cloud.faults.add(disabled(LIST))
    await pass_time(hass, noon, timedelta(minutes=65))
    assert over_budget_issue(hass, entry)
    cloud.faults.remove(fault)
    await pass_time(hass, noon, timedelta(minutes=4))
    assert over_budget_issue(hass, entry)
    await pass_time(hass, noon, timedelta(minutes=3))
    assert not over_budget_issue(hass, entry)


async def test_a_network_that_is_down_at_set_up(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No network is no sign-out: the set-up is tried again until it works."""
    entry = await set_up(hass, cloud)
    cloud.faults.add(Fault(tear=True))
    await reload(hass, entry)
    assert state(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "transient"
    assert reauths(hass) == 0
    cloud.faults.clear()
    await pass_time(hass, noon, timedelta(minutes=2))
    assert state(entry) is ConfigEntryState.LOADED
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=LIST, status=500),
        Fault(path=LIST, status=503),
        Fault(path=LIST, tear=True),
        Fault(path=LIST, tear="mid-body"),
        Fault(path=LIST, body="<html>gateway</html>", content_type="text/html"),
        Fault(path=LIST, body={"response": None}),
        Fault(path=LIST, body=[]),
    ],
    ids=["500", "503", "torn", "half", "html", "null", "list"],
)
async def test_an_error_in_the_middle_is_reported_once_and_heals(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    """Unavailable and logged once, however long it lasts; recovered, logged once."""
    entry = await set_up(hass, cloud)
    fired = fired_events_of(hass)
    before = devices(hass)
    caplog.set_level("DEBUG", LOGGER_NAME)
    caplog.clear()
    cloud.faults.add(fault)
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "valid"
    cloud.faults.clear()
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "sensor", "battery_level") == "70"
    levels = [
        record.levelname for record in caplog.records if record.name == LOGGER_NAME
    ]
    assert levels.count("ERROR") == 1
    assert levels.count("INFO") == 1
    assert "WARNING" not in levels
    ours = "\n".join(
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if record.name == LOGGER_NAME
    )
    for secret in (VIN, "52.2297", "21.0122", cloud.settings.client_id):
        assert secret not in ours
    assert devices(hass) == before
    assert fired.kinds in ([], ["fell_asleep"])


@pytest.mark.all_entities
@pytest.mark.parametrize("body", [{"response": []}, {"response": [{"vin": None}]}])
async def test_an_empty_list_forgets_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, body: dict[str, Any]
) -> None:
    """A list without a car is a lapse: no device goes, no trigger is lost."""
    the_car(cloud).plug_in()
    entry = await set_up(hass, cloud)
    await hass.async_block_till_done()
    fired = fired_events_of(hass)
    cloud.faults.add(Fault(path=LIST, body=body))
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    assert set(devices(hass)) == {VIN, entry.unique_id}
    cloud.faults.clear()
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "on"
    assert fired.kinds == []


async def test_one_car_that_cannot_be_read_leaves_the_other_be(
    hass: HomeAssistant,
    two_cars: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The trouble of one car is told once, and its recovery once."""
    for car in two_cars.cars.values():
        car.set_sentry(True)
    await set_up(hass, two_cars)
    caplog.set_level("DEBUG", LOGGER_NAME)
    two_cars.faults.add(Fault(path=f"*/{VIN}/vehicle_data", status=500))
    two_cars.cars[OTHER_VIN].plug_in()
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "binary_sensor", "plugged_in", OTHER_VIN) == "on"
    assert caplog.text.count(READ_AT) == 1
    two_cars.faults.clear()
    the_car(two_cars).plug_in()
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert caplog.text.count("The car can be read again") == 1
    for record in caplog.records:
        if record.name == LOGGER_NAME:
            assert VIN not in record.getMessage()


async def test_what_was_paid_for_is_kept_when_another_car_ends_the_round(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The first car's read counts, though the second one's found the door closed."""
    two_cars.cars[OTHER_VIN].set_sentry(True)
    await set_up(hass, two_cars)
    fired = fired_events_of(hass)
    two_cars.faults.add(
        Fault(path=f"*/{OTHER_VIN}/vehicle_data", status=401, body={"error": "gone"})
    )
    two_cars.faults.add(
        Fault(path=TOKEN_PATH, status=401, body={"error": "login_required"})
    )
    the_car(two_cars).plug_in()
    await tick(hass, noon, QUARTER)
    assert reauths(hass) == 1
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    before = reads(two_cars)
    two_cars.faults.clear()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    data = {key: value for key, value in entry.data.items() if key != "signed_out"}
    hass.config_entries.async_update_entry(entry, data=data)
    await reload(hass, entry)
    assert reads(two_cars) == before
    assert fired.kinds == ["ready_to_charge", "charging_started"]


async def test_a_signed_out_account_is_not_asked_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Without a token the Scout waits and says so, and a new sign-in sets it going."""
    entry = await set_up(hass, cloud)
    cloud.auth.revoke_consent()
    await tick(hass, noon, QUARTER)
    assert reauths(hass) == 1
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "signed_out"
    before = len(cloud.requests)
    await pass_time(hass, noon, timedelta(hours=12), timedelta(minutes=5))
    assert {request.path for request in cloud.requests[before:]} == {TOKEN_PATH}
    assert len(cloud.requests) <= before + 4
    [flow] = hass.config_entries.flow.async_progress()
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": "bring_tokens"}
    )
    await hass.config_entries.flow.async_configure(flow["flow_id"], bring_input(cloud))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reauths(hass) == 0
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "valid"


async def test_a_sign_in_server_that_is_down_is_waited_for(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An expired token and no way to a new one: unavailable, no reauth, then well."""
    entry = await set_up(hass, cloud)
    cloud.faults.add(Fault(server="auth", status=503))
    await pass_time(hass, noon, timedelta(hours=9), timedelta(minutes=5))
    assert state_of(hass, "sensor", "battery_level") == STATE_UNAVAILABLE
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "expired"
    assert reauths(hass) == 0
    cloud.faults.clear()
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "valid"


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_read_that_is_refused_is_not_paid_for_each_round(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A withdrawn permission is asked for once an hour, and at once by a person."""
    await set_up(hass, cloud)
    fault = cloud.faults.add(
        Fault(path=READ, status=403, body={"error": "Unauthorized missing scopes"})
    )
    before = reads(cloud)
    await pass_time(hass, noon, timedelta(minutes=59))
    assert reads(cloud) == before + 1
    with pytest.raises(HomeAssistantError, match="missing scopes"):
        await scout_now(hass)
    assert reads(cloud) == before + 2
    cloud.faults.remove(fault)
    await pass_time(hass, noon, timedelta(minutes=76))
    assert reads(cloud) == before + 3
