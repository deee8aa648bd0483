"""The data files of grid tariffs: those that come with us, and the user's own."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from ..charging.tariffs.grid_tariff import GridTariff, GridTariffError, read_grid_tariff
from ..const import DOMAIN, LOGGER
from ..gateways.small_file import read_small_file

BUNDLED: Final = Path(__file__).parents[1] / "charging" / "tariffs" / "presets"

# The user's own files, in the configuration folder of Home Assistant.
OWN_FOLDER: Final = (DOMAIN, "tariffs")

# The largest of ours has 2 kB.
MOST_BYTES: Final = 256 * 1024


async def async_grid_tariffs(hass: HomeAssistant) -> Mapping[str, GridTariff]:
    """Return all grid tariffs by key; a user's file replaces ours of the same name."""
    users = Path(hass.config.path(*OWN_FOLDER))
    return await hass.async_add_executor_job(_read_all, (BUNDLED, users))


def _read_all(folders: tuple[Path, ...]) -> dict[str, GridTariff]:
    """Read all files of some folders (blocking); skip a file that cannot be read."""
    return {tariff.key: tariff for folder in folders for tariff in _read(folder)}


def _read(folder: Path) -> Iterator[GridTariff]:
    """Yield the tariffs of a folder in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(read_small_file(path, MOST_BYTES))
            yield read_grid_tariff(path.stem, data)
        except (OSError, RecursionError, ValueError, GridTariffError) as err:
            LOGGER.warning("The grid tariff %s cannot be read: %s", path.name, err)
