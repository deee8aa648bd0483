"""Grid fees by weekly windows that a person entered. Pure.

They are stored as text, a window a line: ``0.85 Mon-Fri Nov-Mar 07:00-20:00``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from .tariff import PeakWindow, Tariff, TariffZone, parse_peaks, peaks_text


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeWindow:
    """A weekly window with its own grid fee.

    Attributes:
        fee: The fee per kWh with VAT.
        window: When it holds.
    """

    fee: float
    window: PeakWindow

    def __post_init__(self) -> None:
        """Check the fee.

        Raises:
            ValueError: It is not a finite number.
        """
        if not isfinite(self.fee):
            raise ValueError("A grid fee is a finite number")


def parse_fee_windows(text: str) -> tuple[FeeWindow, ...]:
    """Return the windows in a text.

    Raises:
        ValueError: A line has no fee, or not one window.
    """
    return tuple(_fee_window(line) for line in text.splitlines() if line.strip())


def _fee_window(line: str) -> FeeWindow:
    """Return the window in a line."""
    fee, _, hours = line.strip().partition(" ")
    (window,) = parse_peaks(hours)
    return FeeWindow(fee=float(fee), window=window)


def fee_windows_text(windows: Iterable[FeeWindow]) -> str:
    """Return windows as a text for `parse_fee_windows`."""
    return "\n".join(f"{each.fee:.10g} {peaks_text([each.window])}" for each in windows)


def fee_windows_tariff(windows: Sequence[FeeWindow]) -> Tariff:
    """Return the windows as zones; where they overlap, the later one counts.

    A public holiday counts as a Sunday.
    """
    zones = tuple(
        TariffZone(key=f"window_{number}", windows=(each.window,), peak=False)
        for number, each in enumerate(windows, start=1)
    )
    return Tariff(zones=zones, holidays_off=True)
