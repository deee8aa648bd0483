"""What the tests of the cards share: a browser that listens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant

from ..common import VIN
from ..scout_helpers import devices

WARSAW = ZoneInfo("Europe/Warsaw")


class Card:
    """A card in a browser, with the views that it was sent."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        """Bind the connection."""
        self.socket = socket
        self.views: list[dict[str, Any]] = []

    @property
    def view(self) -> dict[str, Any]:
        """The last view."""
        return self.views[-1]

    @property
    def verdict(self) -> dict[str, Any]:
        """The verdict of the last view."""
        found: dict[str, Any] = self.view["verdict"]
        return found

    @property
    def windows(self) -> list[tuple[str, str]]:
        """The windows of the first plan, on the wall."""
        return [(wall(row["start"]), wall(row["end"])) for row in self.plan["windows"]]

    @property
    def plan(self) -> dict[str, Any]:
        """The first plan of the last view."""
        found: dict[str, Any] = self.view["plans"][0]
        return found

    @property
    def problems(self) -> list[str]:
        """The keys of what a person must solve."""
        return [problem["key"] for problem in self.view["problems"]]

    async def ask(self, command: str, **data: Any) -> Mapping[str, Any]:
        """Send a command of ours, and return the answer."""
        await self.socket.send_json_auto_id({"type": f"{DOMAIN}/{command}", **data})
        while True:
            message: Mapping[str, Any] = await self.socket.receive_json()
            if message["type"] == "result":
                return message
            self.views.append(message["event"])

    async def update(self) -> dict[str, Any]:
        """Take all views that were sent, and return the last one."""
        await self.socket.send_json_auto_id({"type": "ping"})
        while (message := await self.socket.receive_json())["type"] != "pong":
            self.views.append(message["event"])
        return self.view


async def connect(
    hass: HomeAssistant, client: WebSocketGenerator, user: User | None = None
) -> Card:
    """Return a connection of a user, of the administrator unless one is named."""
    users = await hass.auth.async_get_users()
    who = user or next(each for each in users if each.is_admin and each.refresh_tokens)
    # Tokens last for half an hour, and the clock of a test is moved by days.
    [refresh_token] = who.refresh_tokens.values()
    return Card(await client(hass, hass.auth.async_create_access_token(refresh_token)))


async def open_card(
    hass: HomeAssistant,
    client: WebSocketGenerator,
    vin: str = VIN,
    command: str = "subscribe_car",
    user: User | None = None,
) -> Card:
    """Open a card of a car, or of its account."""
    card = await connect(hass, client, user)
    answer = await card.ask(command, device_id=devices(hass)[vin])
    assert answer["success"], answer
    await card.update()
    return card


def wall(text: str) -> str:
    """Return an instant as the time of day in Warsaw."""
    return datetime.fromisoformat(text).astimezone(WARSAW).strftime("%H:%M")
