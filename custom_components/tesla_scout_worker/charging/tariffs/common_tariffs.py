"""Tariffs that many people have, with their usual hours.

Polish distributors publish the hours of their groups in their tariffs, which the
regulator (URE) approves each year. Those of a distributor are in its data file, see
``grid_tariff``: PGE's midday hours move with the season, Enea's G12w has none. The usual
hours here hold as long as no file is chosen.

- G11: one zone.
- G12 and G12w: off-peak 22:00-06:00 and 13:00-15:00, G12w also all day at weekends and
  on public holidays: so the price lists of PGE, Enea, Energa and E.ON (press of 2025
  and 2026, such as pomorska.pl of January 2025 and businessinsider.com.pl of March
  2026). These are the usual hours. Tauron lets people choose others, such as
  23:00-07:00 and 14:00-16:00 or 22:00-07:00 and 13:00-16:00, and Enea has older ones:
  enter those as a custom tariff.
- G13: only Tauron Dystrybucja's, whose tariff for 2026 (URE decision
  DRE.WRE.4211.54.8.2025 of 17 December 2025, read in a data file made from it) has the
  peaks 07:00-13:00 and, dearest, 16:00-21:00 from October to March or 19:00-22:00 from
  April to September, and none at weekends and on public holidays.
- Night: off-peak 22:00-06:00 every day, like night tariffs in many countries.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .grid_tariff import GridTariff
from .tariff import PeakWindow, Tariff, TariffZone, parse_peaks

# The peak hours of a custom tariff until the user enters others.
DEFAULT_PEAK_HOURS: Final = "06:00-10:00, 19:00-22:00"


class TariffPreset(StrEnum):
    """A tariff to choose. CUSTOM: the user enters the peak hours."""

    CUSTOM = "custom"
    G11 = "g11"
    G12 = "g12"
    G12W = "g12w"
    G13 = "g13"
    NIGHT = "night"


# Groups whose hours each grid operator sets.
OF_OPERATORS: Final = {TariffPreset.G12, TariffPreset.G12W, TariffPreset.G13}


def custom(peaks: Sequence[PeakWindow], *, holidays_off: bool = True) -> Tariff:
    """Return a tariff of peak windows.

    With ``holidays_off``, a window that is not on Sundays is not on holidays either.
    """
    zones = (TariffZone(key="peak", windows=tuple(peaks)),)
    return Tariff(zones=zones, holidays_off=holidays_off)


def fits(preset: TariffPreset, tariff: GridTariff) -> bool:
    """Return whether the hours of a grid operator's tariff may be those of a preset.

    The preset's prices are by its zones, so there must be as many. G12 has variants
    with other hours, such as Energa's G12r.
    """
    group = tariff.group.lower()
    if preset not in OF_OPERATORS or tariff.zones_by_entity or tariff.zone is not None:
        return False
    if len(tariff.tariff.zones) != len(PRESETS[preset].zones):
        return False
    variant = preset is TariffPreset.G12 and group.startswith("g12") and group != "g12w"
    return variant or group == preset.value


def _zone(key: str, hours: str) -> TariffZone:
    """Return a zone of a tariff; ``hours`` is a text for ``parse_peaks``."""
    return TariffZone(key=key, windows=parse_peaks(hours))


PRESETS: Final[Mapping[TariffPreset, Tariff]] = MappingProxyType(
    {
        TariffPreset.CUSTOM: custom(parse_peaks(DEFAULT_PEAK_HOURS)),
        TariffPreset.G11: Tariff(),
        TariffPreset.G12: Tariff(zones=(_zone("peak", "06:00-13:00, 15:00-22:00"),)),
        TariffPreset.G12W: Tariff(
            zones=(_zone("peak", "Mon-Fri 06:00-13:00, 15:00-22:00"),),
            holidays_off=True,
        ),
        TariffPreset.G13: Tariff(
            zones=(
                _zone("morning_peak", "Mon-Fri 07:00-13:00"),
                _zone(
                    "afternoon_peak",
                    "Mon-Fri Oct-Mar 16:00-21:00; Mon-Fri Apr-Sep 19:00-22:00",
                ),
            ),
            holidays_off=True,
        ),
        TariffPreset.NIGHT: Tariff(zones=(_zone("peak", "06:00-22:00"),)),
    }
)
