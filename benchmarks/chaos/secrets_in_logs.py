"""A handler that looks for secrets in all that is logged, at debug level too."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
import logging
from pathlib import Path
import re
from typing import Final, override

# Access tokens, refresh tokens and codes as Tesla and the simulator make them.
TOKENS: Final = r"eyJ[\w-]{16,}|\b(?:EU|NA)_[0-9a-f]{24,}"

# Home Assistant logs every state at debug level, with the position of a device tracker,
# and every entity's unique id; it does so for any integration.
NOT_OURS: Final = ("homeassistant.core", "homeassistant.helpers.entity_registry")


class SecretFinder(logging.Handler):
    """Collects lines with a secret in them."""

    def __init__(self, words: Iterable[str], file: Path | None = None) -> None:
        """Look for tokens, and for some words; a file keeps lines over a kill."""
        super().__init__(logging.DEBUG)
        self._file = file
        self._pattern = re.compile("|".join([TOKENS, *map(re.escape, words)]))
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []
        self.errors: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Look at a record; never raise."""
        if record.name in NOT_OURS or record.name.startswith("benchmarks"):
            return
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001
            self.handleError(record)
            return
        if self._pattern.search(text):
            self.lines.append(text)
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as opened:
                    opened.write(f"{text}\n")
        if record.exc_info and record.levelno >= logging.ERROR:
            self.errors.append(text)


@contextmanager
def looking_for_secrets(
    words: Iterable[str], file: Path | None = None
) -> Iterator[SecretFinder]:
    """Log all that there is, and look through it."""
    finder = SecretFinder(words, file)
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    quiet = [logging.getLogger(name) for name in (*NOT_OURS, "asyncio")]
    levels = [each.level for each in quiet]
    root.handlers = [finder]
    root.setLevel(logging.DEBUG)
    for each in quiet:
        each.setLevel(logging.INFO)
    try:
        yield finder
    finally:
        root.handlers = handlers
        root.setLevel(level)
        for each, before in zip(quiet, levels, strict=True):
            each.setLevel(before)
