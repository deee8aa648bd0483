"""Exceptions that nobody foresaw: they cost no reads, lose nothing, and are logged once."""

from datetime import timedelta
from typing import Any, NoReturn

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.coordinator import ScoutCoordinator
from custom_components.tesla_scout_worker.gateways.models import VehicleSnapshot
from custom_components.tesla_scout_worker.scout.admission import ReadAdmission
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, OTHER_VIN, VIN, pass_time, set_up, state_of, the_car
from ..scout_helpers import answered, fired_events_of, lists, reads, scout_now, with_car

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)

# What a car of these tests says; none of it may be in a log.
SECRET = f"{VIN} 52.2297"

pytestmark = [pytest.mark.usefixtures("discreet_log"), pytest.mark.slow]


def fail(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Fail as a date does that is out of range."""
    raise OverflowError(SECRET)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what we logged for people."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(f"custom_components.{DOMAIN}")
        and record.levelname in ("WARNING", "ERROR", "CRITICAL")
    ]


@pytest.mark.fixed_rhythm
@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("charge_state", "minutes_to_full_charge"),
        ("charge_state", "charger_power"),
        ("charge_state", "charge_energy_added"),
        ("charge_state", "battery_level"),
        ("charge_state", "charge_limit_soc"),
        ("drive_state", "speed"),
        ("drive_state", "gps_as_of"),
        ("drive_state", "timestamp"),
        ("drive_state", "latitude"),
    ],
)
@with_car(CarSettings(vin=VIN, home=HOME, plugged_in=True, sentry=True))
async def test_an_absurd_number_fails_no_round(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    section: str,
    field: str,
) -> None:
    """The car is read as rarely as ever, and the other fields are known."""
    await set_up(hass, cloud)
    before = reads(cloud)
    with answered(cloud, section, **{field: 1_000_000_000_000_000_000}):
        await pass_time(hass, noon, HOUR)
        assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert reads(cloud) - before <= 5
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (VehicleSnapshot, "parse"),
        (CarState, "after_read"),
        (ReadAdmission, "record_read"),
        (CarState, "after_poll"),
        (ReadAdmission, "decide"),
    ],
)
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_car_that_fails_unexpectedly_backs_off_and_recovers(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    method: str,
) -> None:
    """Wherever it fails: no paid read each minute, one line in the log, then all well."""
    await set_up(hass, cloud)
    caplog.set_level("DEBUG", f"custom_components.{DOMAIN}")
    before, polled = reads(cloud), lists(cloud)
    with monkeypatch.context() as broken:
        broken.setattr(owner, method, fail)
        await pass_time(hass, noon, 2 * HOUR)
    assert reads(cloud) - before <= 6
    assert lists(cloud) - polled > 60
    assert len(warnings(caplog)) == 1
    assert "OverflowError" in caplog.text
    assert SECRET not in caplog.text
    the_car(cloud).plug_in()
    await pass_time(hass, noon, HOUR + QUARTER)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert len(warnings(caplog)) == 1


@pytest.mark.fixed_rhythm
async def test_a_car_that_fails_unexpectedly_leaves_the_other_be(
    hass: HomeAssistant,
    two_cars: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One cannot be processed, the other is read as ever."""
    for car in two_cars.cars.values():
        car.set_sentry(True)
    await set_up(hass, two_cars)
    decide = ReadAdmission.decide

    def fail_for_one(self: ReadAdmission, *args: Any, **kwargs: Any) -> Any:
        """Fail for the first car."""
        if args[2].vin == VIN:
            fail()
        return decide(self, *args, **kwargs)

    monkeypatch.setattr(ReadAdmission, "decide", fail_for_one)
    two_cars.cars[OTHER_VIN].plug_in()
    await pass_time(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "plugged_in", OTHER_VIN) == "on"
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    with pytest.raises(HomeAssistantError, match="OverflowError"):
        await scout_now(hass)


@pytest.mark.fixed_rhythm
async def test_a_round_that_fails_unexpectedly_is_tried_ever_more_rarely(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is logged once, its timer stays armed, and what happened is told after."""
    await set_up(hass, cloud)
    fired, polled = fired_events_of(hass), lists(cloud)
    with monkeypatch.context() as broken:
        broken.setattr(ScoutCoordinator, "_roll_over", fail)
        await pass_time(hass, noon, QUARTER + MINUTE)
        assert lists(cloud) - polled <= 5
        await pass_time(hass, noon, HOUR)
    assert 5 <= lists(cloud) - polled <= 10
    assert len(warnings(caplog)) == 1
    assert SECRET not in caplog.text
    the_car(cloud).wake()
    the_car(cloud).plug_in()
    await pass_time(hass, noon, 2 * QUARTER)
    assert "ready_to_charge" in fired.kinds


@pytest.mark.fixed_rhythm
async def test_a_listener_that_fails_holds_up_no_other_event(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What comes after the event that it fails at is handed over, and rounds go on."""
    caplog.set_level("INFO", f"custom_components.{DOMAIN}")
    entry = await set_up(hass, cloud)
    scout: ScoutCoordinator = entry.runtime_data.coordinator
    heard: list[str] = []

    def listen(_vin: str, event_type: str) -> None:
        """Fail at the first event."""
        heard.append(event_type)
        if len(heard) == 1:
            fail()

    stop = scout.async_listen_to_events(listen)
    the_car(cloud).plug_in()
    await scout_now(hass)
    await pass_time(hass, noon, QUARTER)
    assert heard == ["ready_to_charge", "charging_started"]
    assert len(warnings(caplog)) == 1
    assert caplog.text.count("can be processed again") == 1
    stop()
