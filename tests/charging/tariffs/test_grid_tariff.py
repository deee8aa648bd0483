"""Data files of grid tariffs: all that come with us, and what is wrong in one."""

from datetime import UTC, date, datetime, time, timedelta
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.tariffs import grid_tariff as module
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
    fits,
)
from custom_components.tesla_scout_worker.charging.tariffs.grid_tariff import (
    GridTariff,
    GridTariffError,
    read_grid_tariff,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    Rates,
    tariff_curve,
)
from custom_components.tesla_scout_worker.worker.holidays import public_holidays

WARSAW = ZoneInfo("Europe/Warsaw")
FILES = sorted((Path(module.__file__).parent / "presets").glob("*.json"))

MINIMAL: dict[str, Any] = {
    "country": "SE",
    "operator": "Ellevio",
    "group": "Effekt",
    "currency": "SEK",
    "source": "A bill",
    "zones": [
        {"key": "night", "fee": 0.1},
        {"key": "day", "fee": 0.5, "hours": "06:00-22:00"},
    ],
}


def read(key: str) -> GridTariff:
    """Return a tariff of the data files."""
    (path,) = (path for path in FILES if path.stem == key)
    return read_grid_tariff(key, json.loads(path.read_text()))


def net_fee(key: str, at: str) -> float:
    """Return the fee at a local time, net and without the surcharge."""
    tariff = read(key)
    start = datetime.fromisoformat(at).replace(tzinfo=WARSAW).astimezone(UTC)
    (interval,) = tariff_curve(
        tariff.tariff,
        start,
        start + timedelta(minutes=1),
        tariff.zone or WARSAW,
        holidays=public_holidays(tariff.country),
        rates=Rates(currency=tariff.currency, prices=tariff.fees),
    ).intervals
    assert interval.cost is not None
    assert not interval.peak
    surcharge: float = json.loads(
        next(path for path in FILES if path.stem == key).read_text()
    ).get("surcharge", 0.0)
    return round(interval.cost / 1.23 - surcharge, 4)


def test_the_operators_of_a_group_are_offered() -> None:
    """G12 has variants; tariffs with other zones have no two or three prices."""
    fitting = {
        preset: {path.stem for path in FILES if fits(preset, read(path.stem))}
        for preset in TariffPreset
    }
    assert fitting[TariffPreset.G12W] >= {
        *("pl_pge_g12w", "pl_tauron_g12w", "pl_enea_g12w", "pl_energa_g12w")
    }
    assert fitting[TariffPreset.G12] >= {
        *("pl_pge_g12", "pl_tauron_g12", "pl_enea_g12", "pl_energa_g12"),
        *("pl_stoen_g12", "pl_energa_g12r", "pl_pge_g12n", "pl_pge_g12as"),
    }
    assert not fitting[TariffPreset.G12] & fitting[TariffPreset.G12W]
    assert fitting[TariffPreset.G13] == {"pl_tauron_g13"}
    for preset in (TariffPreset.G11, TariffPreset.NIGHT, TariffPreset.CUSTOM):
        assert fitting[preset] == set()


@pytest.mark.parametrize(
    ("preset", "key"),
    [
        (TariffPreset.G12W, "pl_tauron_g12w"),
        (TariffPreset.G12W, "pl_energa_g12w"),
        (TariffPreset.G13, "pl_tauron_g13"),
    ],
)
def test_the_usual_hours_are_those_of_the_files(preset: TariffPreset, key: str) -> None:
    """All year, with holidays: who names no operator has the hours of most."""
    holidays = public_holidays("PL")
    start = datetime(2026, 1, 1, tzinfo=WARSAW)
    for month in range(0, 365, 50):
        span = (start + timedelta(days=month), start + timedelta(days=month + 50))
        usual, files = (
            tariff_curve(tariff, *span, WARSAW, holidays=holidays)
            for tariff in (PRESETS[preset], read(key).tariff)
        )
        assert [(item.start, item.cost) for item in usual.intervals] == [
            (item.start, item.cost) for item in files.intervals
        ]


@pytest.mark.parametrize(
    ("keys", "doubt"),
    [
        (
            [path.stem for path in FILES if path.stem.endswith("_g12")],
            "Whether Sundays and public holidays are cheap all day is in doubt",
        ),
        (["pl_pge_g12as"], "The night fee is in doubt"),
        (["pl_energa_g12r"], "Other lists have the midday window end at 15:00"),
    ],
)
def test_what_sources_disagree_about_is_said(keys: list[str], doubt: str) -> None:
    """The form shows the note of a tariff beside its week."""
    assert keys
    assert all(doubt in read(key).source for key in keys)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_read_and_marked(path: Path) -> None:
    """Country, operator and group are in its name; nothing was checked by the operator."""
    tariff = read_grid_tariff(path.stem, json.loads(path.read_text()))
    country, operator, group = path.stem.split("_")
    assert tariff.country == country.upper()
    assert tariff.operator.lower().startswith(operator)
    assert tariff.group.lower() == group
    assert tariff.community
    assert tariff.valid_from == date(2026, 1, 1)
    assert tariff.valid_to == date(2026, 12, 31)
    assert len(tariff.fees) in (0, len(tariff.tariff.zones) + 1)


@pytest.mark.parametrize(
    ("key", "at", "fee"),
    [
        ("pl_tauron_g13", "2026-11-24T15:30", 0.0392),
        ("pl_tauron_g13", "2026-11-24T16:00", 0.3898),
        ("pl_tauron_g13", "2026-07-07T16:30", 0.0392),
        ("pl_tauron_g13", "2026-07-07T19:30", 0.3898),
        ("pl_tauron_g13", "2026-11-28T19:30", 0.0392),
        # 24 December is a public holiday since 2025.
        ("pl_tauron_g13", "2026-12-24T19:30", 0.0392),
        ("pl_tauron_g12", "2026-11-28T10:00", 0.2841),
        ("pl_tauron_g12", "2026-11-29T10:00", 0.0558),
        ("pl_tauron_g12", "2026-12-24T10:00", 0.0558),
        # The midday window moves with the season.
        ("pl_pge_g12w", "2026-01-13T14:00", 0.0845),
        ("pl_pge_g12w", "2026-01-13T16:00", 0.4276),
        ("pl_pge_g12w", "2026-07-07T14:00", 0.4276),
        ("pl_pge_g12w", "2026-07-07T16:00", 0.0845),
        ("pl_enea_g12w", "2026-11-24T21:30", 0.0813),
        ("pl_enea_g12w", "2026-11-24T20:30", 0.2702),
        # In summer midday is cheaper than the night.
        ("pl_tauron_g13s", "2026-07-07T12:00", 0.1),
        ("pl_tauron_g13s", "2026-07-07T02:00", 0.1094),
        ("pl_tauron_g13s", "2026-07-05T12:00", 0.04),
        ("pl_tauron_g13s", "2026-11-24T08:00", 0.3332),
        ("pl_tauron_g13s", "2026-11-28T08:00", 0.196),
        # Its hours do not follow summer time: 10:00 CET is 11:00 in summer.
        ("pl_enea_g13active", "2026-04-07T10:30", 0.2456),
        ("pl_enea_g13active", "2026-04-07T11:30", 0.073),
        ("pl_enea_g13active", "2026-11-24T14:30", 0.3032),
        ("pl_enea_g13active", "2026-11-24T23:30", 0.073),
        ("pl_stoen_g11", "2026-11-24T23:30", 0.2342),
        # Four hours of each night, and all of a Sunday or public holiday.
        ("pl_pge_g12n", "2026-11-28T00:30", 0.347),
        ("pl_pge_g12n", "2026-11-28T01:00", 0.0347),
        ("pl_pge_g12n", "2026-11-28T05:00", 0.347),
        ("pl_pge_g12n", "2026-11-28T23:59", 0.347),
        ("pl_pge_g12n", "2026-11-29T00:00", 0.0347),
        ("pl_pge_g12n", "2026-11-29T20:00", 0.0347),
        ("pl_pge_g12n", "2026-11-30T00:00", 0.347),
        ("pl_pge_g12n", "2026-12-24T20:00", 0.0347),
        ("pl_pge_g12as", "2026-11-29T12:00", 0.3469),
        ("pl_pge_g12as", "2026-11-29T22:00", 0.0489),
        ("pl_energa_g12r", "2026-11-24T13:30", 0.0882),
        ("pl_energa_g12r", "2026-11-24T16:00", 0.364),
        ("pl_energa_g12r", "2026-11-24T06:30", 0.0882),
    ],
)
def test_a_fee_is_that_of_its_zone(key: str, at: str, fee: float) -> None:
    """By the community data of the files."""
    assert net_fee(key, at) == fee


def test_a_file_of_ones_own_needs_little() -> None:
    """Fees with VAT, no holidays, no end."""
    tariff = read_grid_tariff("mine", MINIMAL)
    assert tariff.fees == (0.1, 0.5)
    assert tariff.name == "SE · Ellevio · Effekt"
    assert not tariff.tariff.holidays_off
    assert (tariff.valid_from, tariff.valid_to, tariff.zone) == (None, None, None)
    assert tariff.tariff.zones[0].windows[0].start == time(6)


def test_a_zone_without_a_fee_leaves_all_to_the_user() -> None:
    """The hours are known, the fees are not."""
    zones = [{"key": "night", "fee": None}, *MINIMAL["zones"][1:]]
    tariff = read_grid_tariff("mine", {**MINIMAL, "zones": zones})
    assert tariff.fees == ()
    assert tariff.tariff.zones[0].windows[0].start == time(6)


def test_the_fees_of_a_dynamic_tariff_contain_vat_once() -> None:
    """Tauron G14dynamic: with VAT they are those of supla's cost calculator."""
    surcharge = 0.0435 * 1.23
    fees = [fee - surcharge for fee in read("pl_tauron_g14dynamic").fees]
    assert fees == pytest.approx([0.0276, 0.1098, 0.4774, 2.922], abs=5e-5)


@pytest.mark.parametrize(
    ("change", "read_as"),
    [
        ({"country": 7}, "'country' must be a text"),
        ({"operator": " "}, "'operator' must be a text"),
        ({"source": None}, "'source' must be a text"),
        ({"zones": []}, "'zones' must be a list"),
        ({"zones": [{"key": "a", "fee": 1}, 7]}, "'fee' must be|A zone must be"),
        ({"zones": [{"key": "a", "fee": "1"}]}, "'fee' must be a number"),
        ({"zones": [{"key": "a", "fee": float("inf")}]}, "finite"),
        (
            {"zones": [{"key": "a", "fee": 1}, {"key": "b", "fee": 1, "hours": "x"}]},
            "'x' does not end in hours",
        ),
        ({"vat": "23"}, "'vat' must be a number"),
        ({"surcharge": True}, "'surcharge' must be a number"),
        ({"valid_to": "soon"}, "'valid_to' must be a date"),
        ({"utc_offset": 15}, "'utc_offset' must be hours"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(change: dict[str, Any], read_as: str) -> None:
    """So that its author can mend it."""
    with pytest.raises(GridTariffError, match=read_as):
        read_grid_tariff("mine", MINIMAL | change)


def test_a_file_is_one_object() -> None:
    """A list is refused."""
    with pytest.raises(GridTariffError, match="one JSON object"):
        read_grid_tariff("mine", [])


def test_a_file_is_read_field_by_field() -> None:
    """What it does not say is unknown, or not so."""
    tariff = read_grid_tariff("se_ellevio_effekt", MINIMAL)
    assert tariff.key == "se_ellevio_effekt"
    assert tariff.name == "SE · Ellevio · Effekt"
    assert (tariff.currency, tariff.source) == ("SEK", "A bill")
    assert tariff.hours == (("night", ""), ("day", "06:00-22:00"))
    assert [zone.key for zone in tariff.tariff.zones] == ["day"]
    assert not any(zone.peak for zone in tariff.tariff.zones)
    assert tariff.fees == (0.1, 0.5)
    assert (tariff.zone, tariff.valid_from, tariff.valid_to) == (None, None, None)
    assert not tariff.zones_by_entity
    assert not tariff.tariff.holidays_off
    by_entity = read_grid_tariff("x", {**MINIMAL, "zones_by_entity": True})
    assert by_entity.zones_by_entity


@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_hours_may_be_of_any_zone_of_the_world(hours: float) -> None:
    """From 14 hours behind UTC to 14 ahead of it; others are an error that names them."""
    zone = read_grid_tariff("x", {**MINIMAL, "utc_offset": hours}).zone
    assert zone is not None
    assert zone.utcoffset(None) == timedelta(hours=hours)
    for wrong in (-14.5, 14.5, "noon"):
        with pytest.raises(GridTariffError, match="utc_offset"):
            read_grid_tariff("x", {**MINIMAL, "utc_offset": wrong})
