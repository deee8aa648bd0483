"""What an account needs of its sign-in, whichever it is."""

from collections.abc import Callable
from typing import Protocol

from homeassistant.core import callback


class SignIn(Protocol):
    """The sign-in of an account, while its entry is loaded."""

    @property
    def signed_out(self) -> bool:
        """Whether a person must sign in again."""

    @callback
    def async_start(self, on_change: Callable[[], None]) -> None:
        """Start what runs by itself, and call ``on_change`` when the sign-in changes."""

    @callback
    def async_stop(self) -> None:
        """Stop it."""


class NoSignIn:
    """The sign-in of a way that needs none of its own."""

    signed_out = False

    @callback
    def async_start(self, on_change: Callable[[], None]) -> None:
        """Do nothing."""

    @callback
    def async_stop(self) -> None:
        """Do nothing."""
