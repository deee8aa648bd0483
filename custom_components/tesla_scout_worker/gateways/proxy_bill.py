"""What Tesla bills for a command that its proxy sends. Pure.

The proxy (vehicle-command, `pkg/proxy`) asks two parts of a car for a session before the
first command, and repeats what fails for the moment each second for ten seconds. The
client sees one answer; Tesla bills each of its requests.
"""

from datetime import datetime, timedelta
from typing import Final

HANDSHAKES: Final = 2
REPEATS: Final = 10

# A session is renewed by one more request when the car has forgotten it; how long it
# lasts is not documented, and the client does not see it.
SESSION_LIFETIME: Final = timedelta(hours=1)

# In the proxy's answer after its repeats, and in a car's fault, which it passes on.
GAVE_UP: Final = "context deadline exceeded"
FAULT: Final = "messagefault_error_"

# The proxy answers this by itself, while it is busy with another command of the car.
BUSY: Final = 503


class ProxyBill:
    """The requests behind the commands that a proxy was sent, by car."""

    def __init__(self) -> None:
        """Start without sessions: the proxy may have some, and then it costs less."""
        self._answered: dict[str, datetime] = {}

    def usual(self, vin: str) -> int:
        """Return how many requests a command takes at most if nothing fails."""
        return 2 if vin in self._answered else HANDSHAKES + 1

    def worst(self, vin: str) -> int:
        """Return how many requests a command takes at most."""
        return REPEATS if vin in self._answered else HANDSHAKES * REPEATS

    def answered(self, vin: str, status: int, now: datetime) -> int:
        """Return how many requests are behind an answer with a status.

        Args:
            vin: The car.
            status: Of the answer.
            now: When it came (UTC).
        """
        if status == BUSY:
            return 0
        since = self._answered.get(vin)
        if status >= 300:
            return HANDSHAKES if since is None else 1
        self._answered[vin] = now
        if since is None:
            return HANDSHAKES + 1
        return 1 if timedelta(0) <= now - since < SESSION_LIFETIME else 2

    def lost(self, vin: str) -> int:
        """Return how many requests may be behind an answer that was lost."""
        return self.worst(vin)

    def failed(self, vin: str, words: str, now: datetime) -> int:
        """Return how many requests more the words of a failed answer stand for."""
        warm, text = vin in self._answered, words.lower()
        if GAVE_UP in text:
            return self.worst(vin) - (1 if warm else HANDSHAKES)
        if FAULT in text:
            # The car answered the command, so there is a session by now.
            self._answered[vin] = now
            return 0 if warm else 1
        return 0
