"""The benchmark of prices runs, and sees what is wrong."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import prices
from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    PriceSeries,
    parse_prices,
)

from ..charging.tariffs.price_samples import (
    BERLIN,
    HALF,
    LONDON,
    QUARTER,
    STOCKHOLM,
    WARSAW,
    steps,
)

SERIES = {
    "at_x_15min_EUR": (BERLIN, QUARTER, date(2026, 3, 29), 92),
    "gb-x_30min_GBP": (LONDON, HALF, date(2026, 10, 25), 50),
    "pl-x_15min_PLN": (WARSAW, QUARTER, date(2026, 10, 25), 100),
    "se3_x_15min_SEK": (STOCKHOLM, QUARTER, date(2026, 10, 25), 100),
}


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path) -> Path:
    """Return a folder of series of our own, over a night when clocks change."""
    for name, (zone, step, day, _) in SERIES.items():
        rows = [
            f"{start.isoformat()},{number / 1000}"
            for offset in (-1, 0, 1)
            for number, (start, _) in enumerate(
                steps(day + timedelta(days=offset), step, zone)
            )
        ]
        text = "\n".join(["start,price", *rows])
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_series_comes_out_as_it_went_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row is an interval again, the day of 92 or 100 of them too."""
    assert prices.main(["--prices", str(folder)]) == 0
    told = capsys.readouterr().out
    for name, (*_, day, count) in SERIES.items():
        assert f"{name}.csv" in told
        assert f"of changing clocks {{'{day}': {count}}}" in told
    assert told.count("wrong 0, gaps 0") == len(SERIES)


def test_a_wrong_price_is_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a normaliser without an hour gives is not called right."""

    def without_an_hour(answer: object, hints: PriceHints) -> PriceSeries:
        series = parse_prices(answer, hints)
        noon = datetime.combine(date(2026, 10, 25), datetime.min.time(), UTC)
        return PriceSeries(
            curve=series.curve.between(noon, noon + timedelta(days=9)),
            guesses=series.guesses,
        )

    monkeypatch.setattr(prices, "parse_prices", without_an_hour)
    assert prices.main(["--prices", str(folder)]) == 1
    assert "wrong 0" not in capsys.readouterr().out.split("gb-x")[1].split("\n")[1]
