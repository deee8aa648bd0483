"""How far property tests search: the profile says that, a test only how much more."""

from hypothesis import settings


def times(factor: int) -> settings:
    """Return the settings to try so many times the examples of the profile."""
    return settings(max_examples=factor * settings().max_examples)
