"""Faults of a cloud that kill the process which sends a request."""

from collections.abc import Callable
from typing import Literal, override

from simulator.faults import Fault, Faults
from simulator.records import Server

type Moment = Literal["before", "after"]


class KillingFaults(Faults):
    """Kills around one request: before it has an effect, or before its answer is sent."""

    def __init__(self) -> None:
        """Kill nobody."""
        super().__init__()
        self._kill: Callable[[], None] | None = None
        self._moment: Moment = "before"
        self._left = 0
        self.struck_at: str | None = None

    def arm(self, kill: Callable[[], None], moment: Moment, after: int) -> None:
        """Call ``kill`` around a request, once some more were served."""
        self._kill, self._moment, self._left = kill, moment, after
        self.struck_at = None

    def disarm(self) -> None:
        """Kill nobody any more."""
        self._kill = None

    @override
    def take(self, server: Server, method: str, path: str) -> Fault | None:
        """Return the fault that applies to a request, and kill if it is time."""
        if self._kill is None:
            return super().take(server, method, path)
        if self._left > 0:
            self._left -= 1
            return super().take(server, method, path)
        kill, self._kill = self._kill, None
        kill()
        self.struck_at = path.rsplit("/", 1)[-1]
        if self._moment == "before":
            return Fault(hang=True)
        return Fault(tear="after")
