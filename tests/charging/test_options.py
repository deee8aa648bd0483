"""Plans by the user's options, as a car's schedules can hold them."""

from datetime import UTC, datetime, time, timedelta
import math
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.daily.record import DailySettings
from custom_components.tesla_scout_worker.charging.options import (
    CHARGING_BOUNDS,
    ChargingOptions,
    Horizon,
    OffPeakOptions,
    PriceOptions,
    PriceSource,
    parse_rates,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    PlanConstraints,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
)
from custom_components.tesla_scout_worker.charging.sessions.session import SessionTiming
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
    custom,
)
from custom_components.tesla_scout_worker.charging.tariffs.formula import PriceFormula
from custom_components.tesla_scout_worker.charging.tariffs.tariff import parse_peaks
from custom_components.tesla_scout_worker.const import (
    CONF_CHARGING_POWER,
    CONF_DAILY_CHECK,
    CONF_HORIZON,
    CONF_OFF_PEAK,
    CONF_PEAK_HOURS,
    CONF_PRICE_FORMULA,
    CONF_SAFETY_BUFFER,
    CONF_SPECIAL_CHARGING,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_a_day_at_a_household_socket_is_more_than_one_window() -> None:
    """A schedule knows two times of day, and would end a day too early."""
    chosen = {CONF_CHARGING_POWER: 2.3, CONF_PEAK_HOURS: ""}
    options = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen})
    ready_by = NOW + timedelta(hours=47)
    goal = options.goal(10, 90, ready_by, NOW)
    peaks = options.peak_curve(NOW, ready_by, ZoneInfo("Europe/Warsaw"))
    plan = plan_charge(goal, peaks, NOW)
    hours = sum((window.end - window.start for window in plan.windows), timedelta(0))
    longest = timedelta(minutes=LONGEST_WINDOW)
    assert hours > timedelta(hours=24)
    assert all(window.end - window.start <= longest for window in plan.windows)
    assert plan.windows[-1].end <= ready_by


@pytest.mark.parametrize("value", [10**12, -1, math.inf, math.nan, "60", None, []])
def test_a_number_out_of_bounds_is_the_default(value: object) -> None:
    """As a hand may write it into the store; the form would refuse it."""
    usual = ChargingOptions.of({})
    written = dict.fromkeys(CHARGING_BOUNDS, value)
    assert ChargingOptions.of({CONF_SPECIAL_CHARGING: written}) == usual


def test_the_bounds_themselves_are_taken() -> None:
    """Both ends are values that the form accepts."""
    for edge in (0, 1):
        chosen = {key: bounds[edge] for key, bounds in CHARGING_BOUNDS.items()}
        options = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen})
        assert options.timing.send_lead == timedelta(minutes=chosen["send_lead"])
        assert options.battery.power == chosen[CONF_CHARGING_POWER]


@pytest.mark.parametrize("value", ["25:00:00", "soon", "", None, 23, "23:00:00+02:00"])
def test_a_time_of_day_that_is_none_is_the_default(value: object) -> None:
    """As a hand may write it into the store."""
    chosen = {CONF_SPECIAL_CHARGING: {CONF_DAILY_CHECK: value}}
    assert ChargingOptions.of(chosen).daily_check == time(23)


def test_each_option_of_special_charging_is_read() -> None:
    """From the names under which the form stores them."""
    options = ChargingOptions.of(
        {
            CONF_SPECIAL_CHARGING: {
                "battery_capacity": 60.5,
                "charging_power": 7.4,
                "default_target": 85.0,
                "peak_hours": "17:00-20:00",
                "safety_buffer": 45,
                "send_lead": 90,
                "cleanup_delay": 20,
                "least_block": 10,
                "most_windows": 2.0,
                "daily_check": "21:30:00",
                "horizon": "cheapest",
                "calendars": ["calendar.family"],
                "calendar_word": "Trip",
            },
            "charge_meter": "sensor.wallbox",
        }
    )
    assert options == ChargingOptions(
        battery=Battery(capacity=60.5, power=7.4),
        limits=PlanConstraints(
            buffer=timedelta(minutes=45),
            least_buffer=timedelta(minutes=30),
            least_block=timedelta(minutes=10),
            most_windows=2,
        ),
        timing=SessionTiming(
            send_lead=timedelta(minutes=90), cleanup_delay=timedelta(minutes=20)
        ),
        peaks=parse_peaks("17:00-20:00"),
        horizon=Horizon.CHEAPEST,
        daily_check=time(21, 30),
        default_target=85,
        calendars=("calendar.family",),
        calendar_word="Trip",
        meter="sensor.wallbox",
    )
    assert isinstance(options.default_target, int)
    assert isinstance(options.limits.most_windows, int)


def test_options_that_nobody_set_are_the_usual_ones() -> None:
    """An account that was just added plans all the same."""
    assert ChargingOptions.of({}) == ChargingOptions(
        battery=Battery(capacity=75, power=11),
        limits=PlanConstraints(),
        timing=SessionTiming(
            send_lead=timedelta(hours=2), cleanup_delay=timedelta(minutes=30)
        ),
        peaks=parse_peaks("06:00-10:00, 19:00-22:00"),
        horizon=Horizon.BATTERY_FIRST,
        daily_check=time(23),
        default_target=90,
        calendars=(),
        calendar_word="",
    )
    chosen = {CONF_HORIZON: "whenever", CONF_SAFETY_BUFFER: 10}
    options = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen})
    assert options.horizon is Horizon.BATTERY_FIRST
    # The buffer shrinks to half an hour, and never grows to it.
    assert options.limits.least_buffer == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("power", "hours"),
    [
        # A full charge of 100 kWh at 10 kW takes 12 hours, with the slow last part.
        (10, 24 + 12.02 + 1 + 2),
        # Never longer than a request may be ahead.
        (1, 6 * 24),
    ],
)
def test_calendars_are_read_as_far_ahead_as_a_charge_may_need(
    power: float, hours: float
) -> None:
    """A day, a full charge, and the times before and after it."""
    chosen = {"battery_capacity": 100, CONF_CHARGING_POWER: power}
    ahead = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen}).look_ahead
    assert ahead / timedelta(hours=1) == pytest.approx(hours, abs=0.01)


def test_a_car_has_a_battery_of_its_own() -> None:
    """Its capacity is entered, its power measured; the rest is the account's."""
    options = ChargingOptions.of({})
    record = CarRecord(settings=DailySettings(capacity=60.0, power=7.4), power=3.7)
    assert options.of_record(record).battery == Battery(capacity=60, power=3.7)
    assert options.of_car(DailySettings(), None) == options
    assert options.of_car(DailySettings(power=7.4), None).battery.power == 7.4


def test_a_plan_goes_a_day_back_from_its_deadline_or_as_far_as_it_can() -> None:
    """The battery is not kept full for long, unless the cheapest hours are wanted."""
    ready_by = NOW + timedelta(days=5)
    usual = ChargingOptions.of({})
    goal = usual.goal(50, 90, ready_by, NOW)
    assert (goal.level, goal.target, goal.ready_by) == (50, 90, ready_by)
    assert goal.battery == usual.battery
    assert goal.limits == PlanConstraints(earliest=ready_by - timedelta(days=1))
    slow = ChargingOptions.of({CONF_SPECIAL_CHARGING: {CONF_CHARGING_POWER: 1.5}})
    # 40 % of 75 kWh at 1.5 kW: 20 hours, and more for the slow last part; all twice.
    earliest = slow.goal(50, 90, ready_by, NOW).limits.earliest
    assert earliest is not None
    assert (ready_by - earliest) / timedelta(hours=1) == pytest.approx(42.8, abs=0.1)
    assert usual.goal(50, 90, NOW + timedelta(hours=9), NOW).limits.earliest == NOW
    cheap = ChargingOptions.of({CONF_SPECIAL_CHARGING: {CONF_HORIZON: "cheapest"}})
    far = NOW + timedelta(days=9)
    assert cheap.goal(50, 90, far, NOW).limits.earliest == far - timedelta(hours=142)


def test_each_option_of_the_price_is_read() -> None:
    """VAT is entered in percent; fees are rows in one text."""
    stored = {
        "price_factor": 4.3,
        "price_markup": 0.08,
        "price_vat": 23,
        "price_fixed": 0.01,
        "price_unit": " EUR/MWh ",
        "grid_tariff": "pl_g12w",
        "grid_fees": "0,10 0,35",
        "grid_fee_entity": "schedule.grid",
        "feed_in_price": 0.2,
    }
    assert PriceOptions.of({CONF_PRICE_FORMULA: stored}) == PriceOptions(
        formula=PriceFormula(factor=4.3, markup=0.08, vat=0.23, fixed=0.01),
        unit="EUR/MWh",
        grid_tariff="pl_g12w",
        grid_fees=(0.1, 0.35),
        grid_fee_entity="schedule.grid",
        feed_in=0.2,
    )
    assert PriceOptions.of({CONF_PRICE_FORMULA: {"price_unit": " "}}) == PriceOptions()
    assert PriceOptions.of({}) == PriceOptions()


def test_a_price_that_is_not_the_sources_is_known_as_such() -> None:
    """A grid fee by a tariff or by an entity changes it, and so does a formula."""
    by_tariff = PriceOptions(grid_tariff="pl_g12w")
    by_entity = PriceOptions(grid_fee_entity="schedule.grid")
    by_formula = PriceOptions(formula=PriceFormula(vat=0.23))
    assert [
        (options.has_grid_fee, options.changes_prices)
        for options in (PriceOptions(), by_tariff, by_entity, by_formula)
    ] == [(False, False), (True, True), (True, True), (False, True)]


def test_each_option_of_off_peak_charging_is_read() -> None:
    """With the tariff of the source, where it is one."""
    stored = {
        "price_source": "g12w",
        "rates": "0.62 1.10",
        "schedule": "schedule.cheap",
        "price_entities": ["sensor.rce"],
        "price_area": " SE3 ",
        "departures": "Sat Sun 09:00",
        "guard": False,
    }
    assert OffPeakOptions.of({CONF_OFF_PEAK: stored}) == OffPeakOptions(
        source=PriceSource.G12W,
        tariff=PRESETS[TariffPreset.G12W],
        operator_tariff=None,
        rates=(0.62, 1.1),
        schedule="schedule.cheap",
        entities=("sensor.rce",),
        area="SE3",
        exceptions={5: time(9), 6: time(9)},
        guard=False,
        price=PriceOptions(),
    )
    by_prices = {CONF_OFF_PEAK: {"price_source": "nordpool", "price_area": " "}}
    options = OffPeakOptions.of({**by_prices, CONF_PRICE_FORMULA: {"price_vat": 10}})
    assert (options.tariff, options.area, options.guard) == (None, None, True)
    assert (options.rates, options.schedule, options.entities) == ((), None, ())
    assert options.price.formula.vat == 0.1


def test_a_tariff_of_ones_own_has_the_peak_hours_that_were_entered() -> None:
    """They are entered once, for both kinds of charging."""
    peaks = {CONF_SPECIAL_CHARGING: {CONF_PEAK_HOURS: "17:00-20:00"}}
    options = OffPeakOptions.of(peaks)
    assert options.source is PriceSource.CUSTOM
    assert options.tariff == custom(parse_peaks("17:00-20:00"))
    # By the clock of the user: an hour ahead of UTC in winter.
    curve = ChargingOptions.of(peaks).peak_curve(
        NOW, NOW + timedelta(hours=12), ZoneInfo("Europe/Warsaw")
    )
    [peak] = [item for item in curve.intervals if item.peak]
    assert (peak.start.hour, peak.end.hour) == (16, 19)


def test_a_tariff_has_a_rate_for_each_zone() -> None:
    """With a decimal comma or point; blanks and semicolons part them."""
    g13 = PRESETS[TariffPreset.G13]
    assert parse_rates(" 0,5; 0.7\n1,25. ", g13) == (0.5, 0.7, 1.25)
    assert parse_rates("", g13) == ()
    assert parse_rates("0,5 1", None) == (0.5, 1.0)
    with pytest.raises(ValueError, match=r"^This tariff has 3 rates$"):
        parse_rates("0.5 0.7", g13)
    with pytest.raises(ValueError, match="2 rates"):
        OffPeakOptions.of({CONF_OFF_PEAK: {"price_source": "g12w", "rates": "0.6"}})
    with pytest.raises(ValueError, match="cheap"):
        parse_rates("cheap", None)
