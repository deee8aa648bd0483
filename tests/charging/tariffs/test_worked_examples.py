"""The worked examples of docs/prices.md: each number is computed, and is on the page."""

from datetime import UTC, date, datetime, time, timedelta
import json
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.tariffs import formula as module
from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve
from custom_components.tesla_scout_worker.charging.tariffs.formula import (
    PLAIN,
    PriceFormula,
    priced,
)
from custom_components.tesla_scout_worker.charging.tariffs.grid_tariff import (
    GridTariff,
    read_grid_tariff,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    PriceSeries,
    parse_prices,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import EnergyUnit
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    Rates,
    tariff_curve,
)
from custom_components.tesla_scout_worker.worker.holidays import public_holidays

PAGE = Path(__file__).parents[3] / "docs" / "prices.md"
PRESETS = Path(module.__file__).parent / "presets"

DAY = date(2026, 1, 20)
WARSAW = ZoneInfo("Europe/Warsaw")
BERLIN = ZoneInfo("Europe/Berlin")
LONDON = ZoneInfo("Europe/London")
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def example(title: str) -> str:
    """Return an example of the page."""
    (found,) = (
        part
        for part in re.split(r"^#+ ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
        if part.startswith(title)
    )
    return found


def at(clock: str, zone: ZoneInfo) -> datetime:
    """Return a time of the day of the examples."""
    return datetime.combine(DAY, time.fromisoformat(clock), zone)


def fees_of(tariff: GridTariff, zone: ZoneInfo) -> CostCurve:
    """Return the grid fee of the day."""
    return tariff_curve(
        tariff.tariff,
        at("00:00", zone),
        at("00:00", zone) + timedelta(days=1),
        tariff.zone or zone,
        holidays=public_holidays(tariff.country),
        rates=Rates(currency=tariff.currency, prices=tariff.fees),
    )


def cost_at(curve: CostCurve, clock: str, zone: ZoneInfo) -> float | None:
    """Return the price of a kWh at a time of the day, to four digits."""
    interval = curve.at(at(clock, zone).astimezone(UTC))
    assert interval is not None
    return None if interval.cost is None else round(interval.cost, 4)


def test_poland() -> None:
    """The rows of ``rce_pse``, whose time is the end, and Tauron G13."""
    rows = [
        {
            "dtime": f"{DAY} {end}:00",
            "period": f"{start} - {end}",
            "rce_pln": price,
            "business_date": f"{DAY}",
        }
        for start, end, price in (
            ("19:00", "19:15", "300.00"),
            ("19:15", "19:30", "310.00"),
            ("23:00", "23:15", "400.00"),
            ("23:15", "23:30", "390.00"),
        )
    ]
    answer = {"unit_of_measurement": "PLN/MWh", "prices": rows}
    series = parse_prices(answer, PriceHints(zone=WARSAW))
    path = PRESETS / "pl_tauron_g13.json"
    tariff = read_grid_tariff(path.stem, json.loads(path.read_text()))
    formula = PriceFormula(markup=0.05, vat=0.23)
    curve = priced(series.curve, formula, fees_of(tariff, WARSAW), "PLN")
    assert cost_at(curve, "19:00", WARSAW) == 0.9635
    assert cost_at(curve, "23:00", WARSAW) == 0.6552
    fees = [round(fee, 4) for fee in tariff.fees]
    text = example("Poland")
    for number in ("0.4305", "0.5330", "**0.9635 PLN**", "0.5535", "0.1017"):
        assert number in text
    assert "**0.6552 PLN**" in text
    assert fees[0] == 0.1017
    assert fees[2] == 0.5330
    assert round((0.30 + 0.05) * 1.23, 4) == 0.4305
    assert round((0.40 + 0.05) * 1.23, 4) == 0.5535


@pytest.mark.parametrize(
    ("title", "zone", "currency", "answer"),
    [
        (
            "Germany",
            BERLIN,
            "EUR",
            {
                "prices": {
                    "Zuhause": [
                        {"start_time": f"{DAY}T03:00:00+01:00", "total": 0.2431},
                        {"start_time": f"{DAY}T03:15:00+01:00", "total": 0.2431},
                        {"start_time": f"{DAY}T18:00:00+01:00", "total": 0.3874},
                        {"start_time": f"{DAY}T18:15:00+01:00", "total": 0.3901},
                    ]
                }
            },
        ),
        (
            "Britain",
            LONDON,
            "GBP",
            {
                "rates": [
                    {
                        "start": f"{DAY}T{start}:00+00:00",
                        "end": f"{DAY}T{end}:00+00:00",
                        "value_inc_vat": price,
                        "is_capped": False,
                    }
                    for start, end, price in (
                        ("02:30", "03:00", 0.0893),
                        ("17:00", "17:30", 0.3549),
                    )
                ]
            },
        ),
    ],
)
def test_gross_prices_need_nothing(
    title: str, zone: ZoneInfo, currency: str, answer: dict[str, Any]
) -> None:
    """The price that is read is the price of a kWh, and its name says that it is gross."""
    series: PriceSeries = parse_prices(answer, PriceHints(zone=zone, currency=currency))
    assert series.contains_vat
    curve = priced(series.curve, PLAIN, None, currency)
    rows = re.findall(
        r"^\| (\d\d:\d\d).*\*\*([\d.]+) (\w+)\*\*", example(title), re.MULTILINE
    )
    assert len(rows) == 2
    for clock, price, code in rows:
        assert cost_at(curve, clock, zone) == float(price)
        assert code == currency


def test_sweden() -> None:
    """Nord Pool per MWh, energy tax, and the file that the page shows."""
    text = PAGE.read_text("utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    tariff = read_grid_tariff("my_tariff", json.loads(block))
    assert not tariff.community
    rows = [
        {"start": f"{DAY}T{start}:00:00+01:00", "end": f"{DAY}T{end}", "price": price}
        for start, end, price in (
            ("18", "19:00:00+01:00", 450.0),
            ("23", "23:59:00+01:00", 600.0),
        )
    ]
    hints = PriceHints(zone=STOCKHOLM, per=EnergyUnit.MWH, currency="SEK")
    series = parse_prices({"SE3": rows}, hints)
    formula = PriceFormula(markup=0.08, vat=0.25, fixed=0.55)
    curve = priced(series.curve, formula, fees_of(tariff, STOCKHOLM), "SEK")
    assert cost_at(curve, "18:00", STOCKHOLM) == 2.0625
    assert cost_at(curve, "23:00", STOCKHOLM) == 1.65
    shown = example("Sweden")
    for number in ("0.6625", "**2.0625 SEK**", "0.8500", "**1.6500 SEK**"):
        assert number in shown
