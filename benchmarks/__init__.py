"""Months in minutes: this integration beside others, on the same cars and trips."""

# It must come before Home Assistant, of which it replaces parts.
import pytest_homeassistant_custom_component.plugins  # noqa: F401
