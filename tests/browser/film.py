"""The moving picture of the README: `python -m tests.browser.film ADDRESS FILE`.

The ready dashboard of a running demo, from its morning to the present, in 20 seconds.
"""

from io import BytesIO
import sys
import time
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright

from demo.home_assistant import PASSWORD, USER

from .chromium import launch

FRAMES: Final = 40
SHOWN: Final = 500
BETWEEN: Final = 3.6
SIZE: Final = (1240, 860)
WIDE: Final = 760
COLOURS: Final = 48


def main() -> None:
    """Film, and write an animated GIF."""
    address, path = sys.argv[1:3]
    frames: list[Image.Image] = []
    with sync_playwright() as playwright:
        page = launch(playwright).new_page(
            viewport={"width": SIZE[0], "height": SIZE[1]}
        )
        page.goto(address)
        page.locator("input[name=username]").fill(USER)
        page.locator("input[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("tesla-scout-card section").first.wait_for(timeout=60_000)
        for _ in range(FRAMES):
            begun = time.monotonic()
            picture = Image.open(BytesIO(page.screenshot()))
            high = WIDE * SIZE[1] // SIZE[0]
            frames.append(
                picture.resize((WIDE, high)).quantize(COLOURS, dither=Image.Dither.NONE)
            )
            time.sleep(max(0.0, BETWEEN - (time.monotonic() - begun)))
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=SHOWN, loop=0
    )


if __name__ == "__main__":
    main()
