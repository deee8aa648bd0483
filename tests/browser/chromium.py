"""Which browser the tests use."""

import os
import shutil
from typing import Final

from playwright.sync_api import Browser, Playwright
import pytest

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str:
    """Return the browser: the one in ``CHROMIUM``, or one of the PATH.

    Without one the tests are skipped, but where ``TSW_BROWSER_REQUIRED`` is set: there that
    is a failure.
    """
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    reason = "No Chromium on the PATH: scripts/setup --browser installs Debian's"
    if os.environ.get("TSW_BROWSER_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


def launch(playwright: Playwright) -> Browser:
    """Start the browser."""
    return playwright.chromium.launch(
        executable_path=executable(), args=["--no-sandbox", "--disable-gpu"]
    )
