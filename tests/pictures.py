"""The pictures of the docs, and what each shows of this repository.

A picture keeps a fingerprint of that, so that a test knows whether it is stale.
"""

from collections.abc import Mapping
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"

_COMPONENT: Final = ROOT / "custom_components/tesla_scout_worker"
_CARDS: Final = "frontend/tesla-scout-card.js"
_TEXTS: Final = "translations/en.json"
_FINGERPRINT: Final = "shows"

# The file that a picture shows, and where in its texts; without any: all of it.
SHOWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "card": (_CARDS, ()),
    "dashboard": (_CARDS, ()),
    "options": (_TEXTS, ("options.step.init",)),
    "energy": (
        _TEXTS,
        (
            "entity.sensor.energy_charged.name",
            "entity.sensor.charging_cost.name",
        ),
    ),
}


def fingerprint(name: str) -> str:
    """Return a fingerprint of what a picture shows, as it is now.

    Raises:
        KeyError: no such picture is known.
    """
    path, places = SHOWN[name]
    text = (_COMPONENT / path).read_text("utf-8")
    if places:
        text = json.dumps([_at(json.loads(text), place) for place in places])
    return hashlib.sha256(text.encode()).hexdigest()


def _at(texts: Any, place: str) -> Any:
    """Return the texts at a place, such as ``options.step``."""
    for key in place.split("."):
        texts = texts[key]
    return texts


def keep_fingerprint(path: Path) -> None:
    """Write into a new picture what it shows."""
    info = PngInfo()
    info.add_text(_FINGERPRINT, fingerprint(path.stem))
    with Image.open(path) as picture:
        picture.load()
        picture.save(path, optimize=True, pnginfo=info)


def kept_fingerprint(path: Path) -> str | None:
    """Return what a picture showed when it was taken; None: it was not kept."""
    with Image.open(path) as picture:
        found: Any = picture.info.get(_FINGERPRINT)
    return None if found is None else str(found)
