"""The timers of sessions: one owner, one handle a timer, one stop path."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_time

from ...charging.sessions.session import Session, SessionAction, scheduled_actions


class SessionTimers:
    """Has the timers armed that sessions want."""

    def __init__(self, hass: HomeAssistant, on_due: Callable[[str, str], None]) -> None:
        """Bind who is told the VIN and the id of a session whose time has come."""
        self._hass = hass
        self._on_due = on_due
        self._running = False
        self._armed: dict[
            tuple[str, str, SessionAction], tuple[datetime, CALLBACK_TYPE]
        ] = {}

    @callback
    def async_start(self) -> None:
        """Arm from now on; ``async_stop`` ends it."""
        self._running = True

    @callback
    def async_stop(self) -> None:
        """Cancel all timers, and arm no more."""
        self._running = False
        for _, cancel in self._armed.values():
            cancel()
        self._armed = {}

    @callback
    def arm(self, vin: str, session: Session, now: datetime) -> None:
        """Have the timers armed that a session wants after ``now``, and no others."""
        wanted = {
            (vin, session.id, step): at
            for step, at in scheduled_actions(session).items()
            if at > now and self._running
        }
        for key, (at, cancel) in list(self._armed.items()):
            if key[:2] == (vin, session.id) and wanted.get(key) != at:
                cancel()
                del self._armed[key]
        for key, at in wanted.items():
            if key not in self._armed:
                self._armed[key] = (at, self._timer(vin, session.id, key, at))

    def _timer(
        self, vin: str, name: str, key: tuple[str, str, SessionAction], at: datetime
    ) -> CALLBACK_TYPE:
        """Arm a timer, and return how it is cancelled."""

        @callback
        def fire(_now: datetime) -> None:
            """Go on with the session."""
            self._armed.pop(key, None)
            self._on_due(vin, name)

        job = HassJob(fire, f"{key[2]} of {name}", cancel_on_shutdown=True)
        return async_track_point_in_time(self._hass, job, at)

    @property
    def armed(self) -> dict[tuple[str, SessionAction], datetime]:
        """The timers that are armed, by session and step (UTC)."""
        return {(name, step): at for (_, name, step), (at, _) in self._armed.items()}
