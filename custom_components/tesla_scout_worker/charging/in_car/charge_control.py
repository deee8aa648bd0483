"""Start a car that should charge and does not; stop what a command started. Pure.

A charge that a command started ignores the schedules until it is stopped (Tesla's
``charge_start``), so whatever is started here has an end.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ...gateways.models import ChargingState, VehicleSnapshot
from ..planning.model import Window

# A snapshot this recent is what the car holds now; an older one is read again before
# anything is sent.
FRESH: Final = timedelta(seconds=60)

# A car that got a running window, or was plugged in within one, starts by itself
# within a minute or two.
STARTS_WITHIN: Final = timedelta(minutes=3)

# Between two tries to start or to stop: each takes a paid read.
TRIES_APART: Final = timedelta(minutes=15)


class ChargeAction(StrEnum):
    """What to do about a charge."""

    NONE = "none"
    READ = "read"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeControl:
    """What was commanded about a charge.

    Attributes:
        start_by: When the car must have started by itself (UTC), being plugged in or
            given the window within it.
        started: Start of the window that it was started for, so as to start only once.
        refusal: Why it refused to start: the car's message.
        stop_at: When to stop it, since a command started it (UTC).
    """

    start_by: datetime | None = None
    started: datetime | None = None
    refusal: str | None = None
    stop_at: datetime | None = None

    def commanded(self, window: Window) -> ChargeControl:
        """Return the control of a car that is about to be started for a window."""
        return replace(self, started=window.start, stop_at=window.end)

    def start_refused(self, reason: str) -> ChargeControl:
        """Return the control of a car that refused to start."""
        return replace(self, refusal=reason, stop_at=None)

    def start_failed(self, now: datetime, *, may_have_started: bool) -> ChargeControl:
        """Return the control after a start command that failed in transit."""
        return replace(
            self,
            started=None,
            stop_at=self.stop_at if may_have_started else None,
            start_by=now + TRIES_APART,
        )

    def start_sent(self, now: datetime) -> ChargeControl:
        """Return the control of a car that accepted the start.

        A snapshot from before ``start_by`` may still show it as stopped.
        """
        return replace(self, start_by=now + STARTS_WITHIN)

    def retries(self, window: Window | None) -> bool:
        """Whether a start for a running window failed in transit, and is due again."""
        return (
            window is not None
            and self.started is None
            and self.start_by is not None
            and self.start_by >= window.start
        )

    def seen(self, snapshot: VehicleSnapshot) -> ChargeControl:
        """Return the control after a snapshot.

        A charge that a person stopped, or that is complete, has ended. A car without
        its cable is no longer controlled.
        """
        if snapshot.charge.plugged_in is False:
            return ChargeControl()
        if self.stop_at is None or self.start_by is None:
            return self
        ended = snapshot.charge.charging_state in (
            ChargingState.STOPPED,
            ChargingState.COMPLETE,
        )
        ended &= self.start_by <= snapshot.seen_at
        return replace(self, stop_at=None) if ended else self


def start_action(
    control: ChargeControl,
    window: Window | None,
    snapshot: VehicleSnapshot,
    now: datetime,
    *,
    due: bool,
) -> tuple[ChargeControl, ChargeAction]:
    """Return the control, and whether to start a car.

    Args:
        control: The control so far.
        window: The window that runs in the car; None: none does.
        snapshot: The last snapshot.
        now: The present (UTC).
        due: Whether the car was plugged in, or given the window, within it. Otherwise
            its schedule starts it, and waiting for that is free.
    """
    if window is None or not can_charge(snapshot):
        return control, ChargeAction.NONE
    charging = is_charging(snapshot)
    if charging:
        return replace(control, started=window.start, refusal=None), ChargeAction.NONE
    if control.started == window.start:
        return control, ChargeAction.NONE
    fresh = now - snapshot.seen_at < FRESH
    if control.start_by is None or control.start_by < window.start:
        if not due and not (fresh and charging is False):
            return control, ChargeAction.NONE
        control = replace(control, start_by=now + STARTS_WITHIN)
    if control.start_by is None or now < control.start_by:
        return control, ChargeAction.NONE
    if not fresh:
        return control, ChargeAction.READ
    if charging is None:
        return replace(control, started=window.start), ChargeAction.NONE
    return control, ChargeAction.START


def stop_action(
    control: ChargeControl,
    window: Window | None,
    snapshot: VehicleSnapshot,
    now: datetime,
) -> tuple[ChargeControl, ChargeAction]:
    """Return the control, and whether to stop a car that a command started.

    While another window runs, the stop moves to its end.
    """
    if control.stop_at is None or control.stop_at > now:
        return control, ChargeAction.NONE
    if window is not None:
        return replace(control, stop_at=window.end), ChargeAction.NONE
    if now - snapshot.seen_at >= FRESH:
        return control, ChargeAction.READ
    charging = is_charging(snapshot)
    if charging is None:
        return replace(control, stop_at=now + TRIES_APART), ChargeAction.NONE
    if not charging:
        return replace(control, stop_at=None), ChargeAction.NONE
    return control, ChargeAction.STOP


def can_charge(snapshot: VehicleSnapshot) -> bool:
    """Whether a car is plugged in and below its limit, as far as known."""
    charge = snapshot.charge
    return (
        bool(charge.plugged_in)
        and charge.battery_level is not None
        and charge.charge_limit is not None
        and charge.battery_level < charge.charge_limit
    )


def is_charging(snapshot: VehicleSnapshot) -> bool | None:
    """Whether a car charges; None: unknown."""
    state = snapshot.charge.charging_state
    return None if state is None else state.is_charging
