"""Starts a car that should charge and does not; stops what a command started."""

from dataclasses import replace
from datetime import datetime

from homeassistant.util import dt as dt_util

from ..charging.in_car.charge_control import (
    TRIES_APART,
    ChargeAction,
    ChargeControl,
    start_action,
    stop_action,
)
from ..charging.in_car.vehicle_change import START, STOP
from ..charging.observed import Observed
from ..charging.planning.model import Window
from ..gateways.budget import for_session
from ..gateways.errors import FleetError, MaybeExecutedError, RefusedError
from ..gateways.models import VehicleSnapshot
from .delivery import Delivery
from .repository import ChargingRepository


class ChargeController:
    """Controls the charge of one car; its methods raise ``FleetError``."""

    def __init__(
        self, vin: str, delivery: Delivery, repository: ChargingRepository
    ) -> None:
        """Bind the car and its record."""
        self._vin = vin
        self._delivery = delivery
        self._repository = repository

    @property
    def control(self) -> ChargeControl:
        """What was commanded about the charge."""
        return self._repository.record(self._vin).control

    def _keep(self, control: ChargeControl) -> None:
        """Store the control; it is on disk within seconds."""
        self._repository.update(self._vin, control=control)

    async def _async_keep(self, control: ChargeControl) -> None:
        """Store the control, and return once it is on disk."""
        await self._repository.async_update(self._vin, control=control)

    def observe(self, snapshot: VehicleSnapshot) -> None:
        """Update the control by a snapshot."""
        self._keep(self.control.seen(snapshot))

    async def async_start_for_session(
        self, seen: Observed, window: Window | None
    ) -> None:
        """Start a car at once for a running session.

        Raises:
            FleetError: The car could not be started.
        """
        self._keep(replace(self.control, start_by=seen.now))
        with for_session():
            await self.async_ensure_started(seen, window, due=True)

    async def async_ensure_started(
        self, seen: Observed, window: Window | None, *, due: bool
    ) -> None:
        """Start a car that should charge in a window and does not.

        Args:
            seen: The car as it was last read.
            window: The window that runs; None: none does.
            due: Whether the car was plugged in, or given the window, within it.

        Raises:
            FleetError: The car could not be started. A refusal is stored as well.
        """
        snapshot = seen.snapshot
        for _ in range(2):
            now = dt_util.utcnow()
            control, action = start_action(self.control, window, snapshot, now, due=due)
            self._keep(control)
            if action is ChargeAction.START and window is not None:
                await self._async_start(window)
            if action is not ChargeAction.READ:
                return
            # Tesla also bills commands that do not reach the car.
            if not await self._delivery.async_is_online(self._vin):
                return
            snapshot = await self._delivery.async_read(self._vin)

    async def _async_start(self, window: Window) -> None:
        """Start the car. Persisted first: it starts once, and is stopped later."""
        await self._async_keep(self.control.commanded(window))
        try:
            await self._delivery.async_command(self._vin, START)
        except RefusedError as err:
            await self._async_keep(self.control.start_refused(err.reason))
            raise
        except FleetError as err:
            maybe = isinstance(err, MaybeExecutedError)
            now = dt_util.utcnow()
            await self._async_keep(
                self.control.start_failed(now, may_have_started=maybe)
            )
            raise
        self._keep(self.control.start_sent(dt_util.utcnow()))

    async def async_ensure_stopped(self, seen: Observed, window: Window | None) -> None:
        """Stop a car that a command started, once its window is over.

        A car that cannot be reached is stopped after its return.

        Raises:
            FleetError: The car could not be stopped.
        """
        snapshot = seen.snapshot
        # A session may have started it, so stopping may use the reserved budget.
        with for_session():
            for _ in range(2):
                now = dt_util.utcnow()
                control, action = stop_action(self.control, window, snapshot, now)
                await self._async_keep(control)
                if action is ChargeAction.STOP:
                    await self._async_stop(now)
                if action is not ChargeAction.READ:
                    return
                if not await self._delivery.async_is_online(self._vin):
                    return
                snapshot = await self._delivery.async_read(self._vin)

    async def async_stop_at_target(self, seen: Observed) -> None:
        """Stop a car that has a session's target, and read it.

        Raises:
            FleetError: The car could not be stopped, or not be read.
        """
        await self._async_keep(replace(self.control, stop_at=seen.now))
        with for_session():
            await self._async_stop(seen.now)
            await self._delivery.async_read(self._vin)

    async def _async_stop(self, now: datetime) -> None:
        """Stop the car; retry later after a failure."""
        try:
            await self._delivery.async_command(self._vin, STOP)
        except RefusedError:
            await self._async_keep(replace(self.control, stop_at=None))
            raise
        except FleetError:
            self._keep(replace(self.control, stop_at=now + TRIES_APART))
            raise
        await self._async_keep(replace(self.control, stop_at=None))
