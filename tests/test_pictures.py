"""The pictures of the docs show what there is."""

from pathlib import Path
import re

import pytest

from .pictures import DOCS, ROOT, SHOWN, fingerprint, kept_fingerprint

PICTURE = re.compile(r"\(((?:docs/)?[\w-]+\.png)\)")


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_is_of_the_present(name: str) -> None:
    """The cards and texts that it shows are those of today.

    After a change of them: scripts/test --pictures.
    """
    assert kept_fingerprint(DOCS / f"{name}.png") == fingerprint(name)


def test_each_picture_is_known_and_taken_by_a_test() -> None:
    """No picture was made by hand, and none is in the docs that is not there."""
    pages = [ROOT / "README.md", *DOCS.glob("*.md")]
    named = {
        (page.parent / path).resolve()
        for page in pages
        for path in PICTURE.findall(page.read_text("utf-8"))
    }
    assert named == {(DOCS / f"{name}.png").resolve() for name in SHOWN}
    tests = "".join(
        path.read_text("utf-8") for path in Path(__file__).parent.glob("browser/*.py")
    )
    assert set(re.findall(r'\.picture\("(\w+)"', tests)) == set(SHOWN)
    assert {path.stem for path in DOCS.glob("*.png")} == set(SHOWN)
