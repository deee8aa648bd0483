"""Real price series through the normaliser, in the shapes that tell them.

``python -m benchmarks.prices --prices DIR`` reads the series in a folder (columns
``start`` and ``price`` per kWh), tells each day in the shape in which Home Assistant
would have it, and holds what comes of it against the file. It prints a row for each
series and leaves with 1 if a price differs or is missing.
"""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import median
import sys
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    PriceSeries,
    gaps,
    merge,
    parse_prices,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import EnergyUnit

REPEATS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A price of a file: per kWh, from ``start`` until ``end``."""

    start: datetime
    end: datetime
    price: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How a source tells a day, and what is known beside its answer."""

    name: str
    tell: Callable[[Sequence[Row]], Any]
    hints: PriceHints


def nordpool(rows: Sequence[Row]) -> dict[str, Any]:
    """Return a day as core's Nord Pool action does: UTC, per MWh."""
    return {
        "SE3": [
            {
                "start": row.start.astimezone(UTC).isoformat(),
                "end": row.end.astimezone(UTC).isoformat(),
                "price": row.price * 1000,
            }
            for row in rows
        ]
    }


def octopus(rows: Sequence[Row]) -> dict[str, Any]:
    """Return a day as an event entity of Octopus Energy does: datetimes."""
    return {
        "rates": [
            {
                "start": row.start,
                "end": row.end,
                "value_inc_vat": row.price,
                "is_capped": False,
            }
            for row in rows
        ]
    }


def entsoe(rows: Sequence[Row]) -> dict[str, Any]:
    """Return a day as the average sensor of ENTSO-E does: a blank, and no ends."""
    return {
        "unit_of_measurement": "EUR/kWh",
        "prices_today": [{"time": str(row.start), "price": row.price} for row in rows],
        "prices_tomorrow": [],
    }


def pse(rows: Sequence[Row]) -> dict[str, Any]:
    """Return a day as a sensor made of PSE's report does: wall clock, per MWh."""
    return {
        "unit_of_measurement": "PLN/MWh",
        "prices": [
            {"time": f"{row.start:%Y-%m-%d %H:%M:%S}", "price": row.price * 1000}
            for row in rows
        ],
    }


def shape(name: str) -> Shape:
    """Return the shape in which a series' own integration would tell it."""
    zones = {
        "pl": ("PSE-like, naive", pse, "Europe/Warsaw", None),
        "se3": ("nordpool action", nordpool, "Europe/Stockholm", EnergyUnit.MWH),
        "at": ("ENTSO-E sensor", entsoe, "Europe/Vienna", None),
        "gb": ("Octopus rates", octopus, "Europe/London", None),
    }
    label, tell, zone, per = zones[
        name.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0]
    ]
    currency = name.rsplit("_", 1)[-1]
    hints = PriceHints(zone=ZoneInfo(zone), currency=currency, per=per)
    return Shape(name=label, tell=tell, hints=hints)


def read(path: Path, zone: tzinfo) -> list[Row]:
    """Return the rows of a file, in the zone's own time."""
    with path.open(encoding="utf-8", newline="") as file:
        told = [
            (datetime.fromisoformat(row["start"]).astimezone(UTC), float(row["price"]))
            for row in csv.DictReader(file)
        ]
    starts = [start for start, _ in told]
    ends = [*starts[1:], starts[-1] + (starts[-1] - starts[-2])]
    return [
        Row(start=start.astimezone(zone), end=end.astimezone(zone), price=price)
        for (start, price), end in zip(told, ends, strict=True)
    ]


def days(rows: Sequence[Row]) -> list[tuple[date, list[Row]]]:
    """Return the rows of each local day."""
    return [
        (day, list(of_day))
        for day, of_day in groupby(rows, key=lambda row: row.start.date())
    ]


def timed(tell: Callable[[], PriceSeries]) -> tuple[PriceSeries, float]:
    """Return a series and the milliseconds that it took, the best of a few."""
    best = float("inf")
    for _ in range(REPEATS):
        begun = perf_counter()
        series = tell()
        best = min(best, perf_counter() - begun)
    return series, best * 1000


def wrong(rows: Sequence[Row], series: PriceSeries) -> int:
    """Return how many rows are not what comes of them, to the ninth decimal."""
    expected = {
        (row.start.astimezone(UTC), row.end.astimezone(UTC)): row.price for row in rows
    }
    found = {
        (interval.start, interval.end): interval.cost
        for interval in series.curve.intervals
        if interval.cost is not None
    }
    differ = sum(
        abs(price - found.get(span, float("inf"))) > 1e-9
        for span, price in expected.items()
    )
    return differ + len(found.keys() - expected.keys())


def run(path: Path) -> int:
    """Print what comes of a series; return how many rows are wrong."""
    how = shape(path.stem)
    rows = read(path, how.hints.zone)
    told = [(day, of_day, how.tell(of_day)) for day, of_day in days(rows)]
    results = [timed(partial(parse_prices, answer, how.hints)) for *_, answer in told]
    series = [result for result, _ in results]
    whole, merging = timed(lambda: merge(*series))
    found = whole.curve.intervals
    missing = list(gaps(whole.curve, rows[0].start, rows[-1].end))
    changes = {
        day.isoformat(): len(of_day)
        for day, of_day, _ in told
        if of_day[0].start.utcoffset() != of_day[-1].start.utcoffset()
    }
    lengths = Counter((item.end - item.start) // timedelta(minutes=1) for item in found)
    times = sorted(spent for _, spent in results)
    bad = wrong(rows, whole)
    print(f"{path.name} ({how.name})")
    print(
        f"  rows {len(rows)}, intervals {len(found)}, wrong {bad}, gaps {len(missing)}"
    )
    print(f"  steps {dict(sorted(lengths.items()))} (minutes: count)")
    print(f"  days {len(told)}, of changing clocks {changes}")
    print(f"  below zero {sum((item.cost or 0) < 0 for item in found)}")
    print(
        f"  per day {median(times):.2f} ms (worst {times[-1]:.2f}), merge of all {merging:.1f} ms"
    )
    print(f"  told {sorted(warning.value for warning in whole.warnings)}")
    return bad + len(missing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all series in a folder; return 1 if a row is wrong."""
    parser = ArgumentParser(prog="python -m benchmarks.prices", description=__doc__)
    parser.add_argument("--prices", type=Path, required=True, metavar="DIR")
    folder: Path = parser.parse_args(arguments).prices
    return 1 if sum(run(path) for path in sorted(folder.glob("*.csv"))) else 0


if __name__ == "__main__":
    sys.exit(main())
