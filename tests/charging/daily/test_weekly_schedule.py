"""A fixed tariff as lasting schedules."""

from datetime import UTC, date, time, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.daily.departures import departures
from custom_components.tesla_scout_worker.charging.daily.weekly_schedule import (
    DAY,
    is_level,
    typical_week,
    weekly_windows,
)
from custom_components.tesla_scout_worker.charging.in_car.schedules import WeeklyWindow
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
    custom,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    PeakWindow,
    Tariff,
    TariffZone,
    parse_peaks,
    tariff_curve,
)

TODAY = date(2026, 11, 25)
SEVEN = departures(time(7), {})
EVERY_DAY = 127


def windows(
    tariff: Tariff, needed: int = 250, most: int = 3, today: date = TODAY
) -> list[tuple[int, str, str]]:
    """Return the weekly windows of a tariff for a departure at 07:00."""
    monday, end = typical_week(today)
    curve = tariff_curve(tariff, monday, end, UTC)
    return [
        (window.days, clock(window.start), clock(window.end))
        for window in weekly_windows(curve, monday, SEVEN, needed, most)
    ]


def clock(minutes: int) -> str:
    """Return minutes of the day as a time."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (TariffPreset.CUSTOM, [(EVERY_DAY, "22:00", "06:00")]),
        (TariffPreset.G11, []),
        (TariffPreset.G12, [(EVERY_DAY, "22:00", "06:00")]),
        (TariffPreset.G12W, [(EVERY_DAY, "22:00", "06:00")]),
        (TariffPreset.G13, [(EVERY_DAY, "21:00", "07:00")]),
        (TariffPreset.NIGHT, [(EVERY_DAY, "22:00", "06:00")]),
    ],
)
def test_a_usual_charge_takes_the_night(
    preset: TariffPreset, expected: list[tuple[int, str, str]]
) -> None:
    """One schedule for all days, and none where no hour is dearer than another."""
    assert windows(PRESETS[preset]) == expected


def test_a_slow_charger_takes_the_day_as_well() -> None:
    """As many windows as the need takes, and as may be."""
    night, noon = (EVERY_DAY, "22:00", "06:00"), (EVERY_DAY, "13:00", "15:00")
    assert windows(PRESETS[TariffPreset.G12], needed=570) == [noon, night]
    assert windows(PRESETS[TariffPreset.G12], needed=570, most=1) == [night]


def test_a_season_changes_the_week_at_the_month_and_not_within() -> None:
    """G13 has its afternoon peak until 21:00 in winter, and from 19:00 in summer."""
    tariff = PRESETS[TariffPreset.G13]
    for day in (1, 28, 31):
        assert windows(tariff, today=date(2026, 3, day)) == windows(tariff)
    assert windows(tariff, today=date(2026, 4, 1)) == [(EVERY_DAY, "22:00", "07:00")]


def test_days_without_a_departure_need_no_window() -> None:
    """Before a Sunday at home nothing is needed."""
    monday, end = typical_week(TODAY)
    curve = tariff_curve(PRESETS[TariffPreset.NIGHT], monday, end, UTC)
    [window] = weekly_windows(curve, monday, departures(time(7), {6: None}), 250, 3)
    # The window begins on the evening before: no Saturday, which is bit 6.
    assert window.days == 0b0111111
    assert weekly_windows(curve, monday, [None] * 7, 250, 3) == ()


def test_a_weekend_of_cheap_hours_is_taken_in_pieces() -> None:
    """A run of more than a day is more than one schedule can say."""
    tariff = custom(parse_peaks("Mon-Fri 00:00-24:00"))
    assert windows(tariff) == [
        (0b1000001, "02:45", "07:00"),
        (0b0000001, "19:45", "00:00"),
    ]


def test_a_tariff_without_a_cheap_hour_has_no_window() -> None:
    """Nothing is charged in peak hours."""
    assert windows(custom(parse_peaks("00:00-24:00"))) == []


def test_windows_that_hold_each_other_are_one() -> None:
    """Overlapping windows are merged, on each day."""
    found = windows(PRESETS[TariffPreset.G12W], needed=1180)
    for days, start, end in found:
        for other, since, until in found:
            if (days, start, end) != (other, since, until) and days & other:
                assert not (since <= start and end == until)


def test_only_equal_prices_last() -> None:
    """Blocks of several prices are better planned each night."""
    monday, _ = typical_week(TODAY)
    hour = timedelta(hours=1)

    def curve(*costs: float) -> CostCurve:
        return CostCurve(
            intervals=tuple(
                CostInterval(
                    start=monday + index * hour,
                    end=monday + (index + 1) * hour,
                    cost=cost,
                )
                for index, cost in enumerate(costs)
            )
        )

    assert is_level(curve(0.2, 0.2))
    assert not is_level(curve(0.2, 0.3))
    assert is_level(CostCurve())


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, (0b0000010, 1320, 360)),
        (60, (0b0000010, 1380, 420)),
        (180, (0b0000100, 60, 540)),
        (-1380, (0b0000001, 1380, 420)),
    ],
)
def test_a_car_by_another_clock(minutes: int, expected: tuple[int, int, int]) -> None:
    """The window moves with the clock, over midnight to another day."""
    window = WeeklyWindow(days=0b0000010, start=1320, end=360).shifted(minutes)
    assert (window.days, window.start, window.end) == expected


hours = st.integers(0, 23)


@given(
    peaks=st.lists(
        st.tuples(hours, hours, st.frozensets(st.integers(0, 6), min_size=1)),
        max_size=4,
    ),
    needed=st.integers(1, 1500),
    most=st.integers(1, 4),
    leaves=hours,
)
def test_no_window_is_in_peak_hours(
    peaks: list[tuple[int, int, frozenset[int]]], needed: int, most: int, leaves: int
) -> None:
    """Whatever the tariff: no peak minute, few windows, and none of a day or longer."""
    tariff = Tariff(
        zones=(
            TariffZone(
                key="peak",
                windows=tuple(
                    PeakWindow(start=time(start), end=time(end), weekdays=days)
                    for start, end, days in peaks
                ),
            ),
        )
    )
    monday, end = typical_week(TODAY)
    curve = tariff_curve(tariff, monday, end, UTC)
    leaving = departures(time(leaves), {})
    found = weekly_windows(curve, monday, leaving, needed, most)
    assert len(found) <= most
    dear = {
        int((interval.start - monday) / timedelta(minutes=1)) + minute
        for interval in curve.intervals
        if interval.peak
        for minute in range(int((interval.end - interval.start) / timedelta(minutes=1)))
    }
    for item in found:
        length = (item.end - item.start) % DAY or DAY
        assert length < DAY
        for day in range(7):
            if item.days >> (day + 1) % 7 & 1:
                begin = day * DAY + item.start
                assert all(
                    minute % (7 * DAY) not in dear
                    for minute in range(begin, begin + length)
                )
