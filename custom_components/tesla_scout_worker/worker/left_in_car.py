"""What is left in a car that is no longer ours to control, as a person is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.in_car.charge_limit import limit_to_restore
from ..charging.undoing import must_stop
from ..const import DOMAIN
from ..gateways.models import VehicleSnapshot, VehicleSummary


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is left in a car of what we put into it.

    Attributes:
        limit: The owner's limit in percent, if another one may be set; None: nothing
            to do.
        schedules: When the schedules run that are to be deleted, for a person to read.
        charging: Whether it still charges, since a command of ours started it.
    """

    limit: int | None = None
    schedules: tuple[str, ...] = ()
    charging: bool = False


def left_in_car(
    record: CarRecord, snapshot: VehicleSnapshot | None, zone: tzinfo
) -> Left:
    """Return what is left of ours in a car.

    Args:
        record: What was stored of the car before.
        snapshot: How it was read after undoing; None: it was not.
        zone: The time zone in which a person reads times.
    """
    put, limit = record.put_in_car, None
    if put.override is not None:
        current = None if snapshot is None else snapshot.charge.charge_limit
        if current is None or limit_to_restore(put.override, current) is not None:
            limit = put.override.original
        if current == limit:
            limit = None
    if snapshot is None or snapshot.schedules is None:
        return Left(limit=limit, schedules=tuple(_stored_times(record, zone)))
    found = (item for item in snapshot.schedules if item.id in put.schedule_ids)
    times = tuple(time_span(item.start_time, item.end_time) for item in found)
    charging = must_stop(record, snapshot, dt_util.utcnow(), zone)
    return Left(limit=limit, schedules=times, charging=charging)


def _stored_times(record: CarRecord, zone: tzinfo) -> Iterator[str]:
    """Yield when the schedules run that were sent, as they were stored."""
    for session in record.sessions.open:
        if session.sent:
            for window in session.plan.windows:
                start, end = (at.astimezone(zone) for at in (window.start, window.end))
                yield f"{start:%Y-%m-%d %H:%M} – {end:%H:%M}"
    for schedule in record.sync.schedules:
        yield time_span(schedule.order.start_time, schedule.order.end_time)


def time_span(start: int | None, end: int | None) -> str:
    """Return the times of a schedule, which are minutes into the day."""
    return " – ".join(
        "?" if at is None else f"{at // 60:02}:{at % 60:02}" for at in (start, end)
    )


async def async_tell_left(
    hass: HomeAssistant, summary: VehicleSummary | None, left: Left, key: str
) -> None:
    """Tell a person what is left of ours in a car, by a notification that stays.

    ``key`` is unique for the car, and holds no VIN.
    """
    if left == Left():
        return
    name = "Tesla" if summary is None else summary.name or summary.model
    texts = [
        HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="left_in_car",
            translation_placeholders={"car": name},
        )
    ]
    if left.limit is not None:
        texts.append(
            HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="left_limit",
                translation_placeholders={"limit": str(left.limit)},
            )
        )
    if left.schedules:
        texts.append(
            HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="left_schedules",
                translation_placeholders={"schedules": ", ".join(left.schedules)},
            )
        )
    if left.charging:
        texts.append(
            HomeAssistantError(
                translation_domain=DOMAIN, translation_key="left_charging"
            )
        )
    known = await async_get_translations(
        hass, hass.config.language, "exceptions", {DOMAIN}
    )
    persistent_notification.async_create(
        hass,
        "\n\n".join(_translated(known, text) for text in texts),
        title="Tesla Scout & Worker",
        notification_id=f"{DOMAIN}_left_{key}",
    )


def _translated(known: Mapping[str, str], text: HomeAssistantError) -> str:
    """Return a text in the language of the house."""
    message = known[f"component.{DOMAIN}.exceptions.{text.translation_key}.message"]
    return message.format(**(text.translation_placeholders or {}))
