"""Peak windows, the text that names them, and the curve they make."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    DEFAULT_PEAK_HOURS,
    PRESETS,
    TariffPreset,
    custom,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    WEEK,
    YEAR,
    PeakWindow,
    Rates,
    Tariff,
    TariffZone,
    parse_peaks,
    peak_curve,
    tariff_curve,
)
from custom_components.tesla_scout_worker.worker.holidays import public_holidays

WARSAW = ZoneInfo("Europe/Warsaw")
DEFAULT_PEAKS = parse_peaks(DEFAULT_PEAK_HOURS)

ZONES = ["Europe/Warsaw", "Europe/London", "Australia/Sydney"]

clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
windows = st.builds(
    PeakWindow,
    start=clocks,
    end=clocks,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1) | st.just(WEEK),
    months=st.frozensets(st.integers(1, 12), min_size=1) | st.just(YEAR),
)
instants = st.datetimes(
    min_value=datetime(2026, 1, 1),
    max_value=datetime(2027, 12, 31),
    timezones=st.just(UTC),
)


def day_curve(text: str, day: date, zone: ZoneInfo = WARSAW) -> list[str]:
    """Return the peaks of a local day, as its clocks show them with their offsets."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return peaks_of(peak_curve(parse_peaks(text), start, end, zone), zone)


def peaks_of(curve: CostCurve, zone: ZoneInfo = WARSAW) -> list[str]:
    """Return the peaks of a curve, as local clocks show them with their offsets."""
    return [
        " ".join(
            f"{edge.astimezone(zone):%H:%M%z}"[:8]
            for edge in (interval.start, interval.end)
        )
        for interval in curve.intervals
        if interval.peak
    ]


def hours(curve: CostCurve, cost: float) -> float:
    """Return how many hours of a curve have a cost."""
    return sum(
        (interval.end - interval.start) / timedelta(hours=1)
        for interval in curve.intervals
        if interval.cost == cost
    )


def week(
    preset: TariffPreset, monday: date, rates: Rates | None = None
) -> dict[int, list[str]]:
    """Return the peaks of each day of a week in Poland, by its weekday."""
    result = {}
    for weekday in range(7):
        start = datetime.combine(monday + timedelta(days=weekday), time(), WARSAW)
        end = datetime.combine(start.date() + timedelta(days=1), time(), WARSAW)
        curve = tariff_curve(
            PRESETS[preset],
            start,
            end,
            WARSAW,
            holidays=public_holidays("PL"),
            rates=rates,
        )
        result[weekday] = [
            f"{interval.start.astimezone(WARSAW):%H}-{interval.end.astimezone(WARSAW):%H}"
            f" {interval.cost:g}"
            for interval in curve.intervals
            if interval.peak
        ]
    return result


def written(peaks: Iterable[PeakWindow]) -> str:
    """Return a text of windows that names each of their days and months, if not all."""
    texts = []
    for peak in peaks:
        days = [date(2026, 6, 1 + day).strftime("%a") for day in sorted(peak.weekdays)]
        months = [date(2026, month, 1).strftime("%b") for month in sorted(peak.months)]
        names = (*days[: len(days) % 7], *months[: len(months) % 12])
        texts.append(" ".join((*names, f"{peak.start:%H:%M}-{peak.end:%H:%M}")))
    return "; ".join(texts)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("06:00-10:00, 19:00-22:00", "06:00-10:00; 19:00-22:00"),
        ("6-10,19-22", "06:00-10:00; 19:00-22:00"),
        (" 6 – 10:30 ", "06:00-10:30"),
        ("22-06", "22:00-06:00"),
        ("18:00-24:00", "18:00-00:00"),
        ("18-0", "18:00-00:00"),
        ("0-24", "00:00-00:00"),
        ("Sat Sun 6-10, 19-22", "Sat Sun 06:00-10:00; Sat Sun 19:00-22:00"),
        ("mon-wed 6-10; 19-22", "Mon Tue Wed 06:00-10:00; 19:00-22:00"),
        ("SAT SUN 6-10", "Sat Sun 06:00-10:00"),
        ("Fri-Mon 6-10", "Mon Fri Sat Sun 06:00-10:00"),
        ("Mon-Tue 6-10, Sat 8-10", "Mon Tue 06:00-10:00; Sat 08:00-10:00"),
        ("Nov-Feb 16-21; Jul 19-22", "Jan Feb Nov Dec 16:00-21:00; Jul 19:00-22:00"),
        ("Mon - Tue Nov 16-21", "Mon Tue Nov 16:00-21:00"),
        ("Mon-Sun Jan-Dec 6-10", "06:00-10:00"),
        ("", ""),
        ("  \n", ""),
    ],
)
def test_peaks_are_read(text: str, meant: str) -> None:
    """In many ways of writing; what means the same is the same."""
    assert written(parse_peaks(text)) == meant


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("6", "'6' does not end in hours"),
        ("06:00", "'06:00' does not end in hours"),
        ("6-10,", "'' does not end in hours"),
        (",", "'' does not end in hours"),
        ("6-10;;19-22", "'' does not end in hours"),
        ("Mon", "'Mon' does not end in hours"),
        ("24-6", "'24' in '24-6' is no time"),
        ("6-24:30", "'24:30' in '6-24:30' is no time"),
        ("6-25", "'25' in '6-25' is no time"),
        ("6:60-7", "'6:60' in '6:60-7' is no time"),
        ("6:5-7", "'6:5' in '6:5-7' is no time"),
        ("6.30-7", "'6.30' in '6.30-7' is no time"),
        ("6-10 pm", "'6-10 pm' does not end in hours"),
        ("6am-10", "'6am' in '6am-10' is no time"),
        ("٦-10", "'٦' in '٦-10' is no time"),
        ("Mond 6-10", "'Mond' in 'Mond 6-10' is no day or month"),
        ("Mon-Oct 6-10", "'Mon-Oct' in 'Mon-Oct 6-10' is no day or month"),
        ("06:00-10:00, 19:00 22:00", "'19:00 22:00' does not end in hours"),
    ],
)
def test_a_text_that_is_no_peaks_is_refused(text: str, read_as: str) -> None:
    """What cannot be read does not vanish; the text says which part it is."""
    with pytest.raises(ValueError, match=read_as):
        parse_peaks(text)


@given(st.lists(windows, max_size=6))
def test_any_peaks_can_be_written_and_read(peaks: list[PeakWindow]) -> None:
    """Nothing is lost in the text."""
    assert parse_peaks(written(peaks)) == tuple(peaks)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": time(6, 0, 1)},
        {"start": time(6, tzinfo=UTC)},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
        {"months": frozenset()},
        {"months": frozenset({0})},
    ],
)
def test_a_window_that_is_none_is_refused(wrong: dict[str, time]) -> None:
    """Whole minutes without a zone, on days and in months that there are."""
    with pytest.raises(ValueError, match="A peak window has"):
        PeakWindow(**{"start": time(6), "end": time(10)} | wrong)  # type: ignore[arg-type]


def test_the_default_is_a_morning_and_an_evening() -> None:
    """06:00 to 10:00 and 19:00 to 22:00 on every day, as ranks."""
    start = datetime(2026, 10, 5, tzinfo=WARSAW)
    curve = peak_curve(DEFAULT_PEAKS, start, start + timedelta(days=1), WARSAW)
    assert peaks_of(curve) == ["06:00+02 10:00+02", "19:00+02 22:00+02"]
    assert [interval.cost for interval in curve.intervals] == [0.0, 1.0, 0.0, 1.0, 0.0]
    assert curve.currency is None


def test_rates_make_the_ranks_costs() -> None:
    """Off-peak first, then the peaks."""
    start = datetime(2026, 10, 5, 8, tzinfo=WARSAW)
    rates = Rates(currency="PLN", prices=(0.62, 1.1))
    end = start + timedelta(hours=4)
    curve = peak_curve(DEFAULT_PEAKS, start, end, WARSAW, rates=rates)
    assert [interval.cost for interval in curve.intervals] == [1.1, 0.62]
    assert [interval.peak for interval in curve.intervals] == [True, False]
    assert curve.currency == "PLN"


def test_rates_are_one_for_each_zone() -> None:
    """A rate too few or that is no number is a mistake, not a price."""
    start = datetime(2026, 10, 5, tzinfo=UTC)
    end = start + timedelta(days=1)
    rates = Rates(currency="PLN", prices=(0.62,))
    with pytest.raises(ValueError, match="2 rates, not 1"):
        peak_curve(DEFAULT_PEAKS, start, end, WARSAW, rates=rates)
    with pytest.raises(ValueError, match="finite"):
        Rates(currency="PLN", prices=(0.62, float("nan")))


def test_no_peaks_are_all_off_peak() -> None:
    """One interval, as long as the curve."""
    start = datetime(2026, 10, 5, tzinfo=UTC)
    (only,) = peak_curve((), start, start + timedelta(days=3), WARSAW).intervals
    assert (only.start, only.end) == (start, start + timedelta(days=3))
    assert only.cost == 0
    assert not only.peak


def test_a_curve_of_no_time_is_empty_and_of_naive_times_is_refused() -> None:
    """The machine's own zone is nobody's."""
    start = datetime(2026, 10, 5, tzinfo=UTC)
    assert peak_curve(DEFAULT_PEAKS, start, start, WARSAW) == CostCurve()
    assert not peak_curve(
        DEFAULT_PEAKS, start, start - timedelta(hours=1), WARSAW
    ).intervals
    with pytest.raises(ValueError, match="aware"):
        peak_curve(DEFAULT_PEAKS, datetime(2026, 10, 5), start, WARSAW)
    with pytest.raises(ValueError, match="aware"):
        peak_curve(DEFAULT_PEAKS, start, datetime(2026, 10, 6), WARSAW)


def test_a_window_over_midnight_is_one() -> None:
    """It is seen from the evening before, over midnight and after it."""
    peaks = parse_peaks("22:00-06:00")
    evening = datetime(2026, 10, 5, 20, tzinfo=WARSAW)
    curve = peak_curve(peaks, evening, evening + timedelta(hours=12), WARSAW)
    assert peaks_of(curve) == ["22:00+02 06:00+02"]
    night = datetime(2026, 10, 6, 1, tzinfo=WARSAW)
    curve = peak_curve(peaks, night, night + timedelta(hours=6), WARSAW)
    assert peaks_of(curve) == ["01:00+02 06:00+02"]


def test_the_next_days_peak_is_seen() -> None:
    """A curve of two days has the peaks of both."""
    start = datetime(2026, 10, 5, 20, tzinfo=WARSAW)
    curve = peak_curve(DEFAULT_PEAKS, start, start + timedelta(days=1), WARSAW)
    assert peaks_of(curve) == [
        *("20:00+02 22:00+02", "06:00+02 10:00+02", "19:00+02 20:00+02")
    ]


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    """Friday's night goes on into Saturday, Sunday's does not begin."""
    friday = datetime(2026, 10, 9, 12, tzinfo=WARSAW)
    peaks = parse_peaks("Fri 22:00-06:00")
    curve = peak_curve(peaks, friday, friday + timedelta(days=5), WARSAW)
    assert peaks_of(curve) == ["22:00+02 06:00+02"]
    assert curve.intervals[1].end == datetime(2026, 10, 10, 4, tzinfo=UTC)
    saturday = datetime(2026, 10, 10, 0, tzinfo=WARSAW)
    curve = peak_curve(peaks, saturday, saturday + timedelta(days=5), WARSAW)
    assert peaks_of(curve) == ["00:00+02 06:00+02"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6-10", ["06:00+02 10:00+02"]),
        ("2:30-5", ["03:00+02 05:00+02"]),
        ("1-3", ["01:00+01 03:00+02"]),
        ("1-2:30", ["01:00+01 03:00+02"]),
        ("2:15-2:45", []),
        ("0-24", ["00:00+01 00:00+02"]),
    ],
)
def test_peaks_of_a_day_of_23_hours(text: str, expected: list[str]) -> None:
    """A window that begins in the missing hour begins at the change."""
    assert day_curve(text, date(2026, 3, 29)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6-10", ["06:00+01 10:00+01"]),
        ("2:30-5", ["02:30+02 05:00+01"]),
        ("1-2:30", ["01:00+02 02:30+01"]),
        ("2:15-2:45", ["02:15+02 02:45+01"]),
        ("1-2", ["01:00+02 02:00+02"]),
        ("2-3", ["02:00+02 03:00+01"]),
        ("0-24", ["00:00+02 00:00+01"]),
    ],
)
def test_peaks_of_a_day_of_25_hours(text: str, expected: list[str]) -> None:
    """It begins at the first time in the doubled hour and ends at the last."""
    assert day_curve(text, date(2026, 10, 25)) == expected


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Warsaw", date(2026, 3, 29), 23),
        ("Europe/Warsaw", date(2026, 10, 25), 25),
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Australia/Sydney", date(2026, 10, 4), 23),
        ("Australia/Sydney", date(2026, 4, 5), 25),
    ],
)
def test_off_peak_hours_of_a_day_of_23_or_25(zone: str, day: date, length: int) -> None:
    """The peaks stay whole, the night is an hour shorter or longer."""
    local = ZoneInfo(zone)
    start = datetime.combine(day, time(), local)
    end = datetime.combine(day + timedelta(days=1), time(), local)
    curve = peak_curve(DEFAULT_PEAKS, start, end, local)
    assert hours(curve, 1.0) == 7
    assert hours(curve, 0.0) == length - 7


@given(
    peaks=st.lists(windows, max_size=4),
    start=instants,
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=9)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_curve_has_no_gaps_and_nothing_twice(
    peaks: list[PeakWindow], start: datetime, length: timedelta, zone: ZoneInfo
) -> None:
    """It covers its time, in order, and no two intervals that touch are alike."""
    curve = peak_curve(peaks, start, start + length, zone)
    assert curve.intervals[0].start == start
    assert curve.intervals[-1].end == start + length
    for item, other in pairwise(curve.intervals):
        assert item.end == other.start
        assert item.peak is not other.peak
    assert all((interval.cost == 1) is interval.peak for interval in curve.intervals)


@given(
    peaks=st.lists(windows, max_size=4),
    instant=instants,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_curve_says_what_the_clock_says(
    peaks: list[PeakWindow], instant: datetime, zone: ZoneInfo
) -> None:
    """At any time but in a changing night: peak if a window has begun and not ended."""
    local = instant.astimezone(zone)
    around = [local + timedelta(hours=shift) for shift in (-26, 26)]
    if len({item.utcoffset() for item in around}) > 1:
        return
    wall = local.replace(tzinfo=None)
    expected = False
    for day in (wall.date() - timedelta(days=1), wall.date()):
        for peak in peaks:
            begin = datetime.combine(day, peak.start)
            end = datetime.combine(day, peak.end)
            end += timedelta(days=0 if peak.end > peak.start else 1)
            on = day.weekday() in peak.weekdays and day.month in peak.months
            expected |= on and begin <= wall < end
    start = instant - timedelta(hours=1)
    here = peak_curve(peaks, start, start + timedelta(hours=2), zone).at(instant)
    assert here is not None
    assert here.peak is expected


@given(
    peaks=st.lists(windows, max_size=4),
    start=instants,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_part_of_a_curve_is_the_curve_of_the_part(
    peaks: list[PeakWindow], start: datetime, zone: ZoneInfo
) -> None:
    """Where a curve begins changes nothing in it."""
    end = start + timedelta(days=4)
    one, other = start + timedelta(hours=17), start + timedelta(hours=50)
    whole = peak_curve(peaks, start, end, zone)
    assert whole.between(one, other) == peak_curve(peaks, one, other, zone)


def test_the_dearer_of_two_zones_holds() -> None:
    """Where windows of zones overlap, the later zone is dearer."""
    tariff = Tariff(
        zones=(
            TariffZone(key="shoulder", windows=parse_peaks("8-22"), peak=False),
            TariffZone(key="peak", windows=parse_peaks("18-20")),
        )
    )
    start = datetime(2026, 10, 5, tzinfo=UTC)
    curve = tariff_curve(tariff, start, start + timedelta(days=1), ZoneInfo("UTC"))
    assert [interval.cost for interval in curve.intervals] == [0, 1, 2, 1, 0]
    assert [interval.peak for interval in curve.intervals] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_g11_has_one_price() -> None:
    """No hour is dearer than another."""
    assert week(TariffPreset.G11, date(2026, 10, 5)) == {day: [] for day in range(7)}


def test_g12_is_the_same_every_day() -> None:
    """Off-peak from 22:00 to 06:00 and from 13:00 to 15:00."""
    expected = ["06-13 1", "15-22 1"]
    assert week(TariffPreset.G12, date(2026, 10, 5)) == dict.fromkeys(
        range(7), expected
    )


def test_g12w_spares_weekends_and_holidays() -> None:
    """11 November 2026, a Wednesday, is Independence Day."""
    peaks = week(TariffPreset.G12W, date(2026, 11, 9))
    assert [day for day, dear in peaks.items() if dear] == [0, 1, 3, 4]
    assert peaks[0] == ["06-13 1", "15-22 1"]


def test_g12w_without_a_country_knows_no_holidays() -> None:
    """Then only weekends are spared."""
    start = datetime(2026, 11, 11, tzinfo=WARSAW)
    end = start + timedelta(days=1)
    curve = tariff_curve(PRESETS[TariffPreset.G12W], start, end, WARSAW)
    assert hours(curve, 1.0) == 14


@pytest.mark.parametrize(
    ("monday", "evening"),
    [
        (date(2026, 3, 23), "16-21 1.5"),
        (date(2026, 4, 13), "19-22 1.5"),
        (date(2026, 9, 21), "19-22 1.5"),
        (date(2026, 10, 5), "16-21 1.5"),
    ],
)
def test_g13_has_hours_for_winter_and_summer(monday: date, evening: str) -> None:
    """The evening is the dearest, and moves on 1 April and 1 October."""
    rates = Rates(currency="PLN", prices=(0.5, 0.9, 1.5))
    peaks = week(TariffPreset.G13, monday, rates)
    assert peaks == {day: ["07-13 0.9", evening] if day < 5 else [] for day in range(7)}


def test_the_night_tariff_is_cheap_at_night() -> None:
    """From 22:00 to 06:00."""
    start = datetime(2026, 10, 5, 12, tzinfo=WARSAW)
    end = start + timedelta(days=1)
    curve = tariff_curve(PRESETS[TariffPreset.NIGHT], start, end, WARSAW)
    assert hours(curve, 0.0) == 8
    assert curve.intervals[1].start.astimezone(WARSAW).time() == time(22)


def test_custom_peaks_count_holidays_as_sundays_if_wanted() -> None:
    """A window of weekdays is not on a holiday, one of every day is."""
    start = datetime(2026, 11, 11, tzinfo=WARSAW)
    end = start + timedelta(days=1)
    holidays = public_holidays("PL")
    for text, off, expected in (
        ("Mon-Fri 6-10", True, 0),
        ("Mon-Fri 6-10", False, 4),
        ("6-10", True, 4),
        ("Sun 6-10", True, 4),
    ):
        tariff = custom(parse_peaks(text), holidays_off=off)
        curve = tariff_curve(tariff, start, end, WARSAW, holidays=holidays)
        assert hours(curve, 1.0) == expected
    assert set(PRESETS) == set(TariffPreset)


def test_holidays_are_those_of_a_country_and_its_part() -> None:
    """Epiphany is one in Bavaria, not in Berlin; no country is made up."""
    epiphany = date(2027, 1, 6)
    assert public_holidays("DE", "BY")(epiphany)
    assert not public_holidays("DE", "BE")(epiphany)
    assert public_holidays("PL")(epiphany)
    with pytest.raises(NotImplementedError):
        public_holidays("XX")


def test_a_curve_has_an_end() -> None:
    """A deadline in the next century is not planned hour by hour."""
    start = datetime(2026, 11, 24, tzinfo=UTC)
    peaks = parse_peaks("06:00-10:00")
    curve = peak_curve(peaks, start, datetime(2126, 11, 24, tzinfo=UTC), UTC)
    assert curve.intervals[-1].end - start == timedelta(days=60)
