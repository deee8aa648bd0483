"""Tells a person about a car, and does what the person answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zlib import crc32

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..charging.messages.decide import MessageFacts, PriceFacts, next_message
from ..charging.messages.message import Message, MessageKind, MessageLog, Reply
from ..charging.messages.options import MessageOptions
from ..charging.tariffs.curve import CostCurve
from ..const import DOMAIN, LOGGER
from ..coordinator import ScoutCoordinator
from ..scout.devices import async_check_user
from ..storage.account_file import NotSavedError
from .manager import Worker
from .message_facts import charge_facts, next_goal, unkept_facts
from .message_texts import async_message_text, async_reply_text
from .notifier import Notification, async_notify
from .overrides import OverrideRequests

# Fired by the companion app when a button of a notification is pressed.
PRESSED: Final = "mobile_app_notification_action"

CHECKED_EACH: Final = timedelta(minutes=5)

LATER: Final = timedelta(hours=1)

# After a message that reached nobody.
AGAIN: Final = timedelta(minutes=15)

# Where a person signs in again.
SETTINGS: Final = f"/config/integrations/integration/{DOMAIN}"

# Tomorrow is compared with so many days before it.
USUAL_DAYS: Final = 3


class Messages:
    """Tells about the cars of an account, if anybody was chosen to be told."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        worker: Worker,
        overrides: OverrideRequests,
        signed_out: Callable[[], bool],
    ) -> None:
        """Bind the account."""
        self._hass = hass
        self._entry = entry
        self._worker = worker
        self._scout: ScoutCoordinator = worker.coordinator
        self._overrides = overrides
        self._signed_out = signed_out
        self._options = MessageOptions.of(entry.options)
        self._sending: set[str] = set()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen; return a function that stops this."""
        if not self._options.any:
            return lambda: None
        stops = (
            self._scout.async_add_listener(self._check),
            # A poll may be far away when something is to be told.
            async_track_time_interval(self._hass, self._check_again, CHECKED_EACH),
            self._hass.bus.async_listen(PRESSED, self._async_pressed),
        )

        def stop() -> None:
            """Stop listening."""
            for each in stops:
                each()

        return stop

    @callback
    def _check_again(self, _now: datetime) -> None:
        """Check after a while."""
        self._check()

    @callback
    def _check(self) -> None:
        """Send what is to be told now, one message a car at a time."""
        for vin in tuple(self._scout.data):
            if vin in self._sending or self._hass.is_stopping:
                continue
            facts = self.facts(vin)
            message = next_message(facts, self._options.rules, self._log(vin))
            if message is not None:
                self._sending.add(vin)
                self._worker.run_in_background(self._async_send(vin, message))

    async def _async_send(self, vin: str, message: Message) -> None:
        """Send a message. It is on disk before, so that a restart repeats none."""
        now = dt_util.utcnow()
        # The store shows a repair where nothing can be saved.
        with suppress(NotSavedError):
            try:
                await self._async_keep(vin, self._log(vin).with_sent(message.key, now))
                notification = await self._async_notification(vin, message)
                if not await async_notify(self._hass, self._options, notification):
                    log = self._log(vin).without(message.key)
                    log = log.with_postponed(message.key, now + AGAIN)
                    await self._async_keep(vin, log)
            finally:
                self._sending.discard(vin)

    async def _async_notification(self, vin: str, message: Message) -> Notification:
        """Return a message as it is sent."""
        title, text = await async_message_text(
            self._hass, message, self._scout.data[vin].summary
        )
        signs_in = message.kind is MessageKind.SIGN_IN
        return Notification(
            title=title,
            text=text,
            tag=f"{DOMAIN}_{self._number(vin)}_{message.kind.value}",
            buttons={
                self._action(vin, message.key, reply): await async_reply_text(
                    self._hass, reply
                )
                for reply in message.replies
            },
            link=SETTINGS if signs_in else None,
        )

    def _log(self, vin: str) -> MessageLog:
        """Return the messages that were sent about a car."""
        return self._worker.repository.record(vin).messages

    async def _async_keep(self, vin: str, log: MessageLog) -> None:
        """Store the messages that were sent, and return once that is on disk."""
        await self._worker.repository.async_update(vin, messages=log)

    # What is known.

    def facts(self, vin: str) -> MessageFacts:
        """Return what is known of a car."""
        car, now = self._scout.data[vin], dt_util.utcnow()
        record, charge = self._worker.repository.record(vin), None
        if car.snapshot is not None:
            charge = car.snapshot.charge
        level = None if charge is None else charge.battery_level
        goal = next_goal(self._worker, vin, now)
        limit = self._worker.owners_limit(vin)
        usual = record.settings.target or limit
        return MessageFacts(
            now=now,
            zone=dt_util.get_default_time_zone(),
            at_home=car.observation.at_home,
            plugged_in=car.observation.plugged_in,
            charging=car.observation.charging,
            level=level,
            goal=goal,
            unkept=unkept_facts(record.sessions, now),
            target=usual if goal is None else goal.target,
            charge=charge_facts(record.charges.charges),
            prices=self._prices(vin, now),
            signed_out=self._signed_out(),
        )

    def _prices(self, vin: str, now: datetime) -> PriceFacts | None:
        """Return the prices of tomorrow, for the first car that is planned for."""
        records = self._worker.repository
        planned = (
            car
            for car in sorted(self._scout.data)
            if records.record(car).settings.sync
            and not records.record(car).settings.shadow
        )
        if vin != next(planned, None):
            return None
        zone = dt_util.get_default_time_zone()
        today = now.astimezone(zone).date()
        edges = [
            datetime.combine(today + timedelta(days=days), time(), zone)
            for days in (1 - USUAL_DAYS, 1, 2)
        ]
        if self._log(vin).has(f"prices {edges[1].date()}"):
            return None
        # Days of 23 and 25 hours: differences are those of instants.
        before, start, end = (edge.astimezone(UTC) for edge in edges)
        curve = self._worker.energy.curve(before, end)
        mean, usual = _mean(curve, start, end), _mean(curve, before, start)
        if mean is None or usual is None or curve.currency is None:
            return None
        return PriceFacts(
            day=edges[1].date(), mean=mean, usual=usual, currency=curve.currency
        )

    # Answers.

    def _number(self, vin: str) -> int:
        """Return a number of a car that holds no VIN."""
        return crc32(f"{self._entry.entry_id} {vin}".encode())

    def _action(self, vin: str, key: str, reply: Reply) -> str:
        """Return the id of a button."""
        return f"{DOMAIN}.{reply.value}.{self._number(vin)}.{crc32(key.encode())}"

    async def _async_pressed(self, event: Event[dict[str, Any]]) -> None:
        """Do what a person answers, who may control the car."""
        parts = str(event.data.get("action")).split(".")
        if len(parts) != 4 or parts[0] != DOMAIN:
            return
        for vin in self._scout.data:
            for sent in self._log(vin).sent:
                number = crc32(sent.key.encode())
                if parts[2:] == [str(self._number(vin)), str(number)]:
                    await self._async_answer(vin, sent.key, Reply(parts[1]), event)
                    return

    async def _async_answer(
        self, vin: str, key: str, reply: Reply, event: Event[dict[str, Any]]
    ) -> None:
        """Do what a button says."""
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, vin), self._entry.entry_id
        )
        if device is None:
            return
        try:
            await async_check_user(self._hass, event.context, device, acts=True)
            if reply is Reply.LATER:
                until = dt_util.utcnow() + LATER
                await self._async_keep(vin, self._log(vin).with_postponed(key, until))
            elif reply is Reply.CHARGE_NOW:
                await self._overrides.async_charge_now(vin)
            else:
                await self._overrides.async_skip(vin)
        except Unauthorized, UnknownUser:
            LOGGER.warning("A notification was answered by a user who may not do so")
        except HomeAssistantError as err:
            title, text = await async_message_text(
                self._hass, err, self._scout.data[vin].summary
            )
            tag = f"{DOMAIN}_{self._number(vin)}_answer"
            refusal = Notification(title=title, text=text, tag=tag)
            await async_notify(self._hass, self._options, refusal)


def _mean(curve: CostCurve, start: datetime, end: datetime) -> float | None:
    """Return the mean price between two instants; None if any part is unknown."""
    known, total = timedelta(0), 0.0
    for interval in curve.between(start, end).intervals:
        if interval.cost is not None:
            length = interval.end - interval.start
            known += length
            total += interval.cost * length.total_seconds()
    return total / known.total_seconds() if known >= end - start else None
