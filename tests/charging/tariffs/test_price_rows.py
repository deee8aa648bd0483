"""Lists of prices are found by their shape: any names, any order, any unit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.price_candidates import (
    LeftOutReason,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    PriceSeries,
    parse_prices,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    EnergyUnit,
    PriceError,
    PriceWarning,
    parse_unit,
)

from .price_samples import (
    DAY,
    HOUR,
    NEXT_DAY,
    QUARTER,
    UTC_ZONE,
    WARSAW,
    blank,
    cost,
    iso,
    items,
    steps,
)

SHORT_DAY, LONG_DAY = date(2026, 3, 29), date(2026, 10, 25)


def expected(
    *days: date, step: timedelta = HOUR, zone: tzinfo = WARSAW
) -> list[tuple[datetime, datetime, float]]:
    """Return each step of the days in UTC, with its price."""
    return [
        (start.astimezone(UTC_ZONE), end.astimezone(UTC_ZONE), cost(start))
        for day in days
        for start, end in steps(day, step, zone)
    ]


def found(series: PriceSeries) -> list[tuple[datetime, datetime, float]]:
    """Return the steps of a series."""
    return [
        (item.start, item.end, round(item.cost or 0.0, 6))
        for item in series.curve.intervals
    ]


def read(answer: Any, *, day: date | None = DAY, **hints: Any) -> PriceSeries:
    """Read an answer in Warsaw."""
    return parse_prices(answer, PriceHints(zone=WARSAW, day=day, **hints))


def plain_rows(plus: float = 0.0) -> list[dict[str, Any]]:
    """Return the rows of a day, each dearer by something."""
    return items(
        lambda start, _: {"start": start, "price": cost(start) + plus}, zone=WARSAW
    )


def rce_rows(
    day: date, step: timedelta = QUARTER, *, utc: bool = True
) -> list[dict[str, Any]]:
    """Return the rows of PSE's RCE: ``dtime`` is the end, prices are texts per MWh."""
    rows = []
    for start, end in steps(day, step, WARSAW):
        second = "a" if start.fold else ""
        last = "a" if end.fold else ""
        row = {
            "dtime": f"{end:%Y-%m-%d %H}{last}:{end:%M:%S}",
            "period": f"{start:%H}{second}:{start:%M} - {end:%H}{last}:{end:%M}",
            "rce_pln": f"{cost(start) * 1000:.2f}",
            "business_date": f"{day}",
            "publication_ts": "2026-10-04 13:36:12.054",
        }
        if utc:
            row["dtime_utc"] = f"{end.astimezone(UTC_ZONE):%Y-%m-%d %H:%M:%S}"
            row["publication_ts_utc"] = "2026-10-04 11:36:12.054"
        rows.append(row)
    return rows


RCE = {"unit_of_measurement": "PLN/MWh"}


@pytest.mark.parametrize("day", [DAY, SHORT_DAY, LONG_DAY], ids=str)
@pytest.mark.parametrize("utc", [True, False])
@pytest.mark.parametrize("period", [True, False])
def test_the_time_of_rce_is_the_end_of_its_period(
    day: date, utc: bool, period: bool
) -> None:
    """``rce_pse``: 92, 96 or 100 quarters, the first from 00:00 to 00:15."""
    rows = rce_rows(day, utc=utc)
    if not period:
        for row in rows:
            del row["period"]
    series = read({**RCE, "prices": rows})
    assert found(series) == expected(day, step=QUARTER)
    assert series.curve.currency == "PLN"
    assert series.warnings == {PriceWarning.SCALED_FROM_MWH}


def test_a_time_that_is_the_start_of_its_period_stays_the_start() -> None:
    """PSE's older reports have hours that begin at ``dtime``."""
    rows = [
        {
            "dtime": f"{start:%Y-%m-%d %H:%M:%S}",
            "period": f"{start:%H:%M} - {end:%H:%M}",
            "rce_pln": f"{cost(start) * 1000:.2f}",
            "business_date": f"{DAY}",
        }
        for start, end in steps(DAY, HOUR, WARSAW)
    ]
    assert found(read({**RCE, "prices": rows})) == expected(DAY)


def test_a_period_of_the_day_needs_a_date_only() -> None:
    """A date beside it, or the day of the answer."""
    rows = rce_rows(DAY)
    for row in rows:
        del row["dtime"], row["dtime_utc"]
    assert found(read({**RCE, "prices": rows}, day=None)) == expected(DAY, step=QUARTER)
    for row in rows:
        del row["business_date"]
    series = read({**RCE, "prices": rows})
    assert found(series) == expected(DAY, step=QUARTER)
    assert not read({**RCE, "prices": rows}, day=None).curve.intervals


@pytest.mark.parametrize("sep", [" ", "T"])
def test_attributes_named_by_their_start(sep: str) -> None:
    """As Czech spot prices: ISO names beside other attributes."""
    answer = {
        "unit_of_measurement": "PLN/kWh",
        "friendly_name": "Spot",
        **{start.isoformat(sep): cost(start) for start, _ in steps(DAY, HOUR, WARSAW)},
    }
    assert found(read(answer)) == expected(DAY)


def test_words_in_one_are_read() -> None:
    """``startsAt`` and ``total``."""
    rows = items(
        lambda start, _: {"total": cost(start), "startsAt": iso(start)}, zone=WARSAW
    )
    series = read({"today": rows})
    assert found(series) == expected(DAY)
    assert series.contains_vat


@pytest.mark.parametrize(
    "name",
    [
        lambda hour: hour,
        str,
        lambda hour: f"{hour:02}",
        lambda hour: f"{hour:02}:00",
        lambda hour: f"{hour:02}:00:00",
        lambda hour: f"{hour:02}:00 - {(hour + 1) % 24:02}:00",
        lambda hour: f"{hour}-{hour + 1}",
        lambda hour: hour + 1,
    ],
)
def test_hours_by_name(name: Any) -> None:
    """``{hour: price}`` of today and tomorrow, as energy_hub_poland."""
    answer = {
        f"{word}_prices": {
            name(start.hour): cost(start) for start, _ in steps(day, HOUR, WARSAW)
        }
        for word, day in (("today", DAY), ("tomorrow", NEXT_DAY))
    }
    assert found(read(answer)) == expected(DAY, NEXT_DAY)
    assert not read(answer, day=None).curve.intervals


@pytest.mark.parametrize("day", [DAY, SHORT_DAY, LONG_DAY], ids=str)
@pytest.mark.parametrize("step", [QUARTER, HOUR])
def test_lists_of_numbers_begin_at_midnight(day: date, step: timedelta) -> None:
    """One number for each step of a day of 23, 24 or 25 hours."""
    numbers = [cost(start) for start, _ in steps(day, step, WARSAW)]
    after = day + timedelta(days=1)
    answer = {
        "tomorrow": [cost(start) for start, _ in steps(after, step, WARSAW)],
        "today": numbers,
        "ranks": [3, 1, 2],
    }
    series = read(answer, day=day)
    assert found(series) == expected(day, after, step=step)


def test_24_numbers_of_a_day_of_25_hours_go_by_the_clock() -> None:
    """The doubled hour has one price, the missing one none."""
    numbers = [hour / 100 for hour in range(24)]
    for day, hours in ((LONG_DAY, 25), (SHORT_DAY, 23)):
        series = read({"today": numbers}, day=day)
        last = series.curve.intervals[-1]
        assert last.cost == 0.23
        assert last.end.astimezone(WARSAW).hour == 0
        assert (last.end - series.curve.intervals[0].start) == hours * HOUR


def test_rows_by_the_hour_or_the_clock() -> None:
    """A date beside them, or the day of the answer."""
    for write in (lambda at: at.hour, lambda at: f"{at:%H:%M}"):
        rows = [
            {"hour": write(start), "price": cost(start)}
            for start, _ in steps(DAY, HOUR, WARSAW)
        ]
        assert found(read({"prices": rows})) == expected(DAY)
        dated = [
            {"data": f"{DAY}", "godzina": row["hour"], "cena": row["price"]}
            for row in rows
        ]
        assert found(read({"ceny": dated}, day=None)) == expected(DAY)


def test_numbers_of_an_entity_whose_rows_have_another_list_are_not_used() -> None:
    """Nord Pool has today's numbers beside the rows with times."""
    answer = {
        "today": [9.0] * 24,
        "raw_today": items(
            lambda start, _: {"start": start, "value": cost(start)}, zone=WARSAW
        ),
    }
    assert found(read(answer)) == expected(DAY)


@pytest.mark.parametrize(
    ("today", "tomorrow"),
    [
        ("Prices_today", "Prices_tomorrow"),
        ("dzisiaj", "jutro"),
        ("net_prices_today", "net_prices_tomorrow"),
        ("tomorrow", "today"),
    ],
)
def test_days_are_joined(today: str, tomorrow: str) -> None:
    """48 hours, whatever the lists are called."""
    answer = {
        name: items(
            lambda start, _: {"start": start, "price": cost(start)}, day, zone=WARSAW
        )
        for name, day in ((today, DAY), (tomorrow, NEXT_DAY))
    }
    series = read(answer)
    assert found(series) == expected(DAY, NEXT_DAY)
    assert not series.warnings
    assert set(series.names) == {today, tomorrow}


@pytest.mark.parametrize("best_first", [True, False])
def test_a_list_of_the_best_hours_loses(best_first: bool) -> None:
    """``Best prices`` has five hours, ``All prices`` all of them."""
    rows = items(
        lambda start, _: {"start": iso(start), "price": cost(start)}, zone=WARSAW
    )
    best = sorted(rows, key=lambda row: row["price"])[:5]
    lists = [("Najlepsze ceny", best), ("Wszystkie ceny", rows), ("Best prices", best)]
    answer = dict(lists if best_first else lists[::-1])
    series = read(answer)
    assert found(series) == expected(DAY)
    assert PriceWarning.SEVERAL_SERIES not in series.warnings
    assert series.names == ("Wszystkie ceny",)
    assert {(item.name, item.count, item.reason) for item in series.left_out} == {
        ("Najlepsze ceny", 5, LeftOutReason.CONTAINED),
        ("Best prices", 5, LeftOutReason.CONTAINED),
    }


def test_tomorrow_of_another_area_is_not_joined() -> None:
    """Areas are told apart over days as well."""
    answer = {
        "today": {area: plain_rows(plus=len(area)) for area in ("A", "BB")},
        "tomorrow": {
            "BB": items(
                lambda start, _: {"start": start, "price": 9}, NEXT_DAY, zone=WARSAW
            )
        },
    }
    series = read(answer)
    assert len(found(series)) == 24
    assert PriceWarning.SEVERAL_SERIES in series.warnings
    assert {item.name for item in series.left_out} == {"today / BB", "tomorrow / BB"}
    assert len(found(read(answer, area="bb"))) == 48


def test_what_is_paid_wins_against_what_is_earned() -> None:
    """Net prices and prices for selling are left out, and named."""
    rows = {
        name: plain_rows(plus=plus)
        for name, plus in (("sell", 0.5), ("net_prices", 0.1), ("buy", 0.0))
    }
    series = read(rows)
    assert found(series) == expected(DAY)
    assert {item.name for item in series.left_out} == {"sell", "net_prices"}


def test_a_later_list_completes_a_longer_one() -> None:
    """The same prices for the same hours are one series."""
    rows = items(lambda start, _: {"start": start, "price": cost(start)}, zone=WARSAW)
    more = items(
        lambda start, _: {"start": start, "price": cost(start)}, NEXT_DAY, zone=WARSAW
    )
    answer = {"next_hours": rows[6:] + more[:12], "prices_today": rows}
    series = read(answer)
    assert found(series) == expected(DAY, NEXT_DAY)[:36]
    assert not series.warnings


def test_an_unreadable_list_beside_a_readable_one_is_named() -> None:
    """And does not take the prices away."""
    rows = items(lambda start, _: {"start": start, "price": cost(start)}, zone=WARSAW)
    answer = {"prices": rows, "history": [{"time": "yesterday", "value": "high"}]}
    series = read(answer)
    assert found(series) == expected(DAY)
    assert [(item.name, item.reason) for item in series.left_out] == [
        ("history", LeftOutReason.UNREADABLE)
    ]


def test_zones_by_the_hour_are_read_as_numbers() -> None:
    """PSE Kompas: ``udtczas`` is the start, ``znacznik`` the zone."""
    rows = [
        {
            "udtczas": f"{start:%Y-%m-%d %H:%M:%S}",
            "znacznik": start.hour % 4,
            "business_date": f"{DAY}",
        }
        for start, _ in steps(DAY, HOUR, WARSAW)
    ]
    series = read({"all_data": rows})
    assert [item.cost for item in series.curve.intervals] == [0, 1, 2, 3] * 6
    assert series.curve.intervals[0].start == expected(DAY)[0][0]


def test_the_hours_of_pdgsz_begin_at_their_time() -> None:
    """PSE's PDGSZ has the same name for the start that RCE has for the end."""
    rows = [
        {
            "dtime": f"{start:%Y-%m-%d %H:%M:%S}",
            "usage_fcst": start.hour % 4,
            "business_date": f"{DAY}",
            "is_active": True,
        }
        for start, _ in steps(DAY, HOUR, WARSAW)
    ]
    series = read({"values": rows})
    assert [item.cost for item in series.curve.intervals] == [0, 1, 2, 3] * 6
    assert series.curve.intervals[0].start == expected(DAY)[0][0]


def test_rows_of_a_tariff_are_prices() -> None:
    """``today`` of ha_rce: a start and a tariff."""
    rows = items(
        lambda start, _: {"start": iso(start), "tariff": cost(start)}, zone=WARSAW
    )
    assert found(read({"today": rows})) == expected(DAY)


def test_the_plan_of_a_charger_is_no_price() -> None:
    """Dispatches with energy, as of Intelligent Octopus and Ohme."""
    rows = items(
        lambda start, end: {
            "start": start,
            "end": end,
            "charge_in_kwh": -3.1,
            "source": "smart",
        },
        zone=WARSAW,
    )
    assert not read({"planned_dispatches": rows}).curve.intervals


def test_steps_of_several_lengths_in_one_list() -> None:
    """15, 30 and 60 minutes."""
    start = datetime(2026, 10, 5, tzinfo=UTC_ZONE)
    starts = [0, 15, 30, 60, 90, 120, 180, 240]
    rows = [
        {"kiedy": iso(start + timedelta(minutes=at)), "ile": at / 1000} for at in starts
    ]
    curve = read({"x": rows}).curve
    lengths = [
        (item.end - item.start) / timedelta(minutes=1) for item in curve.intervals
    ]
    assert lengths == [15, 15, 30, 30, 30, 60, 60, 60]


def test_two_columns_that_may_be_the_price_are_told() -> None:
    """The first is taken, the other is named."""
    rows = items(
        lambda start, _: {"t": iso(start), "aaa": cost(start), "bbb": 2 * cost(start)},
        zone=WARSAW,
    )
    series = read({"list": rows})
    assert found(series) == expected(DAY)
    assert [(item.name, item.reason) for item in series.left_out] == [
        ("bbb", LeftOutReason.OTHER_COLUMN)
    ]


@pytest.mark.parametrize(
    ("text", "currency", "scale"),
    [
        ("snt/kWh", "EUR", 100),
        ("c/kWh", None, 100),
        ("EURct/kWh", "EUR", 100),
        ("ct EUR/kWh", "EUR", 100),
        ("Ft/kWh", "HUF", 1),
        ("HUF/kWh", "HUF", 1),
        ("lei/kWh", "RON", 1),
        ("bani/kWh", "RON", 100),
        ("Rp./kWh", "CHF", 100),
        ("haléř/kWh", "CZK", 100),
        ("gr/kWh", "PLN", 100),
        ("zł/MWh", "PLN", 1000),
        ("pence/kWh", "GBP", 100),
        ("øre/kWh", None, 100),
        ("AU$/kWh", "AUD", 1),
        ("euro per kilowatt hour", "EUR", 1),
        ("öre per kilowattimme", None, 100),
        ("cent pro Kilowattstunde", None, 100),
        ("EUR/megawatt hour", "EUR", 1000),
    ],
)
def test_minor_units_and_written_out_units(
    text: str, currency: str | None, scale: float
) -> None:
    """Of the currencies of ISO 4217, in the words that sources use."""
    unit = parse_unit(text)
    assert unit.known
    assert unit.currency == currency
    assert unit.scale(1.0) == pytest.approx(1 / scale)


@pytest.mark.parametrize("text", ["beads/kWh", "abc/kWh", "xyz/MWh", "SNZ/kWh"])
def test_an_unknown_word_for_money_is_no_currency(text: str) -> None:
    """Three letters alone are no currency; the user is asked."""
    unit = parse_unit(text)
    assert not unit.known
    assert unit.currency is None


def test_a_number_may_have_a_decimal_comma() -> None:
    """Texts of templates."""
    rows = items(
        lambda start, _: {
            "start": iso(start),
            "price": f"{cost(start)}".replace(".", ","),
        },
        zone=WARSAW,
    )
    assert found(read({"prices": rows})) == expected(DAY)


WORDS = st.text("abcdefghijklmnoprstuvwyz_", min_size=4, max_size=9).filter(
    lambda word: (
        not {"charge", "day", "hour", "import", "index", "energy", "utc"}
        & {*word.split("_")}
    )
)
FORMATS = [
    iso,
    blank,
    lambda at: at,
    lambda at: at.astimezone(UTC_ZONE).isoformat(),
    lambda at: int(at.timestamp()),
    lambda at: int(at.timestamp() * 1000),
    lambda at: f"{at.astimezone(UTC_ZONE):%Y-%m-%dT%H:%M:%SZ}",
]
UNITS = [
    ("PLN/kWh", 1.0),
    ("PLN/MWh", 1000.0),
    ("gr/kWh", 100.0),
    ("PLN/Wh", 0.001),
    ("zł per kWh", 1.0),
]


@given(
    names=st.lists(WORDS, min_size=6, max_size=6, unique=True),
    order=st.permutations(range(5)),
    write=st.sampled_from(FORMATS),
    unit=st.sampled_from(UNITS),
    step=st.sampled_from([QUARTER, 2 * QUARTER, HOUR]),
    day=st.sampled_from([DAY, SHORT_DAY, LONG_DAY]),
    as_text=st.booleans(),
    ends=st.booleans(),
    backwards=st.booleans(),
    shape=st.sampled_from(["list", "nested", "days", "mapping"]),
)
def test_shapes_that_nobody_has_seen(
    names: Sequence[str],
    order: Sequence[int],
    write: Any,
    unit: tuple[str, float],
    step: timedelta,
    day: date,
    as_text: bool,
    ends: bool,
    backwards: bool,
    shape: str,
) -> None:
    """Random names in a random order, any format of times, any unit, any nesting."""
    text, scale = unit
    days = (day, day + timedelta(days=1)) if shape == "days" else (day,)
    start_name, end_name, price_name, *_ = names

    def row(start: datetime, end: datetime) -> dict[str, Any]:
        """Return a row in the order that is asked for."""
        price = round(cost(start) * scale, 9)
        fields = [
            (start_name, write(start)),
            (end_name, write(end) if ends else "x"),
            (price_name, str(price) if as_text else price),
            (names[3], "low"),
            (names[4], True),
        ]
        return dict(fields[at] for at in order)

    lists = [
        [row(*each) for each in steps(each_day, step, WARSAW)] for each_day in days
    ]
    if backwards:
        lists = [rows[::-1] for rows in lists]
    answer: dict[Any, Any]
    match shape:
        case "list":
            answer = {names[5]: lists[0]}
        case "nested":
            answer = {names[5]: {names[4]: lists[0]}}
        case "days":
            answer = {names[5]: lists[0], names[4]: lists[1]}
        case _:
            answer = {str(item[start_name]): item[price_name] for item in lists[0]}
    answer["unit_of_measurement"] = text
    series = read(answer, day=None)
    assert series.curve.currency == "PLN"
    want = expected(*days, step=step)
    got = found(series)
    assert [item[:2] for item in got] == [item[:2] for item in want]
    assert [item[2] for item in got] == pytest.approx(
        [item[2] for item in want], abs=1e-6
    )


def test_an_answer_without_any_readable_list_is_loud() -> None:
    """Known names with a value that cannot be read."""
    with pytest.raises(PriceError, match="'cheap' is no price"):
        read({"prices": [{"start": iso(expected(DAY)[0][0]), "price": "cheap"}]})


def test_an_area_that_no_list_has_leaves_a_list_without_areas() -> None:
    """A user who names an area for a source that has none gets its prices."""
    rows = items(lambda start, _: {"start": start, "price": cost(start)}, zone=WARSAW)
    assert found(read({"prices_today": rows}, area="PL")) == expected(DAY)
    assert not read({"SE3": rows}, area="SE4").curve.intervals


def test_an_action_in_units_of_mwh_is_scaled_in_any_shape() -> None:
    """Hints hold for rows with unknown names too."""
    rows = items(
        lambda start, _: {"kiedy": iso(start), "ile": cost(start) * 1000}, zone=WARSAW
    )
    series = read({"PL": rows}, per=EnergyUnit.MWH, currency="PLN")
    assert found(series) == expected(DAY)


@pytest.mark.parametrize("name", ["Price EUR/kWh", "price_EUR_kWh", "eurKWh"])
def test_a_name_that_says_kwh_holds_over_the_unit_beside_it(name: str) -> None:
    """However its letters are written."""
    rows = items(lambda start, _: {"start": iso(start), name: cost(start)}, zone=WARSAW)
    series = read({"rows": rows, "unit": "EUR/MWh"})
    assert found(series) == expected(DAY)
    assert (series.curve.currency, series.warnings) == ("EUR", frozenset())
