"""The pages of the options: their fields, what they show, and what an answer changes."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)

from ..charging.messages.decide import MessageRules
from ..charging.messages.message import MessageKind
from ..charging.options import (
    CHARGING_BOUNDS,
    CHARGING_DEFAULTS,
    OFF_PEAK_DEFAULTS,
    Horizon,
    PriceSource,
)
from ..const import (
    CONF_CALENDAR_WORD,
    CONF_CALENDARS,
    CONF_CHARGE_METER,
    CONF_CLEANUP_DELAY,
    CONF_COMMAND_ROUTE,
    CONF_DAILY_CHECK,
    CONF_DEFAULT_TARGET,
    CONF_FEED_IN_PRICE,
    CONF_GUARD,
    CONF_HOME_ZONE,
    CONF_HORIZON,
    CONF_LEAST_BLOCK,
    CONF_MESSAGE_KINDS,
    CONF_MESSAGES,
    CONF_MONTHLY_BUDGET,
    CONF_MOST_WINDOWS,
    CONF_NOTIFY_DEVICES,
    CONF_NOTIFY_ENTITIES,
    CONF_OFF_PEAK,
    CONF_OTHER_HINTS,
    CONF_PLUG_HINTS,
    CONF_PRESENCE_HINTS,
    CONF_PRICE_AREA,
    CONF_PRICE_ENTITIES,
    CONF_PRICE_FORMULA,
    CONF_PRICE_SOURCE,
    CONF_PRICE_UNIT,
    CONF_PRIVATE_KEY_PATH,
    CONF_PROXY_URL,
    CONF_PROXY_VERIFY_CERTIFICATE,
    CONF_QUIET_FROM,
    CONF_QUIET_UNTIL,
    CONF_SAFETY_BUFFER,
    CONF_SCHEDULE,
    CONF_SCOUTING_MODE,
    CONF_SEND_LEAD,
    CONF_SPECIAL_CHARGING,
    CONF_TELEMETRY_TOPIC,
    DEFAULT_HOME_ZONE,
)
from ..gateways.budget import CREDITS
from ..gateways.fleet_api.client import CommandRoute
from ..scouting.policy import DEFAULT_MODE, ScoutingMode


def _unchanged(value: Any) -> Any:
    """Return a value as it is."""
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionField:
    """A field of a page.

    Attributes:
        key: The name of the option, and of the field.
        selector: How it is entered.
        section: The option that holds it; None: it is at the top.
        default: What holds without it; None: the field may be empty.
        to_form: Returns what the field shows for the stored value.
        to_option: Returns what is stored for what the field holds. What is shown and
            sent back is not stored again.
    """

    key: str
    selector: Selector[Any]
    section: str | None = None
    default: Any = None
    to_form: Callable[[Any], Any] = _unchanged
    to_option: Callable[[Any], Any] = _unchanged


type OptionPage = tuple[OptionField, ...]


class FormNumber(NumberSelector):
    """A number whose bounds are checked by the flow: Home Assistant's error has codes."""

    @override
    def __call__(self, data: Any) -> float:
        """Return the number."""
        try:
            return float(data)
        except (TypeError, ValueError) as err:
            raise vol.Invalid("Value should be a number") from err

    def holds(self, number: float) -> bool:
        """Return whether a number is within the bounds."""
        return self.config["min"] <= number <= self.config["max"]

    @property
    def range(self) -> str:
        """The bounds with the unit."""
        unit = self.config.get("unit_of_measurement", "")
        return f"{self.config['min']:g} – {self.config['max']:g} {unit}".strip()


def number(
    least: float, most: float, unit: str | None = None, step: float = 1
) -> FormNumber:
    """Return a field for a number."""
    config = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return FormNumber(config)


def amount(least: float, most: float, unit: str | None = None) -> FormNumber:
    """Return a field for a number with any decimals."""
    config = NumberSelectorConfig(
        min=least, max=most, step="any", mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return FormNumber(config)


def choice(
    key: str,
    values: Iterable[str],
    mode: SelectSelectorMode = SelectSelectorMode.DROPDOWN,
) -> SelectSelector:
    """Return a field for one of some values, which have texts under its key."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(value) for value in values],
            translation_key=key,
            mode=mode,
        )
    )


def entities(*domains: str, without: Collection[str] = ()) -> EntitySelector:
    """Return a field for any number of entities, of some domains or of all."""
    config = EntitySelectorConfig(multiple=True)
    if domains:
        config["domain"] = list(domains)
    if without:
        config["exclude_entities"] = sorted(without)
    return EntitySelector(config)


def _charging(key: str, unit: str | None = None) -> OptionField:
    """Return a field for a number about charging."""
    return OptionField(
        key=key,
        selector=number(*CHARGING_BOUNDS[key], unit),
        section=CONF_SPECIAL_CHARGING,
        default=CHARGING_DEFAULTS[key],
    )


_PRICE_AREA: Final = OptionField(
    key=CONF_PRICE_AREA, selector=TextSelector(), section=CONF_OFF_PEAK
)
_PRICE_UNIT: Final = OptionField(
    key=CONF_PRICE_UNIT, selector=TextSelector(), section=CONF_PRICE_FORMULA
)

TARIFF: Final[OptionPage] = (
    OptionField(
        key=CONF_PRICE_SOURCE,
        # The only field of its page: all choices are seen at once.
        selector=choice(CONF_PRICE_SOURCE, PriceSource, SelectSelectorMode.LIST),
        section=CONF_OFF_PEAK,
        default=OFF_PEAK_DEFAULTS[CONF_PRICE_SOURCE],
    ),
)
SCHEDULE: Final[OptionPage] = (
    OptionField(
        key=CONF_SCHEDULE,
        selector=EntitySelector(EntitySelectorConfig(domain="schedule")),
        section=CONF_OFF_PEAK,
    ),
)
MARKET: Final[OptionPage] = (_PRICE_AREA, _PRICE_UNIT)
PRICE_LISTS: Final[OptionPage] = (
    OptionField(
        key=CONF_PRICE_ENTITIES,
        selector=entities("sensor", "event", "binary_sensor"),
        section=CONF_OFF_PEAK,
        default=[],
    ),
    _PRICE_AREA,
    _PRICE_UNIT,
)
CHARGING: Final[OptionPage] = (
    OptionField(
        key=CONF_HOME_ZONE,
        selector=EntitySelector(EntitySelectorConfig(domain="zone")),
        default=DEFAULT_HOME_ZONE,
    ),
    OptionField(
        key=CONF_GUARD,
        selector=BooleanSelector(),
        section=CONF_OFF_PEAK,
        default=OFF_PEAK_DEFAULTS[CONF_GUARD],
    ),
    _charging(CONF_SAFETY_BUFFER, "min"),
    _charging(CONF_LEAST_BLOCK, "min"),
    _charging(CONF_MOST_WINDOWS),
)
MESSAGES: Final[OptionPage] = (
    OptionField(
        key=CONF_NOTIFY_DEVICES,
        selector=DeviceSelector(
            DeviceSelectorConfig(
                filter=DeviceFilterSelectorConfig(integration="mobile_app"),
                multiple=True,
            )
        ),
        section=CONF_MESSAGES,
        default=[],
    ),
    OptionField(
        key=CONF_NOTIFY_ENTITIES,
        selector=entities("notify"),
        section=CONF_MESSAGES,
        default=[],
    ),
    OptionField(
        key=CONF_MESSAGE_KINDS,
        selector=SelectSelector(
            SelectSelectorConfig(
                options=[kind.value for kind in MessageKind],
                translation_key="message_kind",
                multiple=True,
            )
        ),
        section=CONF_MESSAGES,
        default=[kind.value for kind in MessageKind],
    ),
    OptionField(
        key=CONF_QUIET_FROM,
        selector=TimeSelector(),
        section=CONF_MESSAGES,
        default=MessageRules().quiet_from.isoformat(),
    ),
    OptionField(
        key=CONF_QUIET_UNTIL,
        selector=TimeSelector(),
        section=CONF_MESSAGES,
        default=MessageRules().quiet_until.isoformat(),
    ),
)
_EXPERT: Final[OptionPage] = (
    OptionField(
        key=CONF_COMMAND_ROUTE,
        selector=choice(CONF_COMMAND_ROUTE, CommandRoute),
        default=CommandRoute.AUTO.value,
    ),
    OptionField(
        key=CONF_PROXY_URL,
        selector=TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
    ),
    OptionField(
        key=CONF_PROXY_VERIFY_CERTIFICATE, selector=BooleanSelector(), default=True
    ),
    OptionField(key=CONF_PRIVATE_KEY_PATH, selector=TextSelector()),
    _charging(CONF_SEND_LEAD, "min"),
    _charging(CONF_CLEANUP_DELAY, "min"),
)


def expert_page(*, mqtt: bool) -> OptionPage:
    """Return the page for experts; ``mqtt``: whether topics can be listened to."""
    if not mqtt:
        return _EXPERT
    topic = OptionField(key=CONF_TELEMETRY_TOPIC, selector=TextSelector())
    return (*_EXPERT, topic)


def hints_page(currency: str) -> OptionPage:
    """Return the page about the budget, in a currency, and hints."""
    return (
        OptionField(
            key=CONF_MONTHLY_BUDGET,
            selector=number(0.5, 1000, currency, 0.5),
            default=CREDITS[currency],
        ),
        OptionField(
            key=CONF_FEED_IN_PRICE,
            selector=amount(-1000, 1000),
            section=CONF_PRICE_FORMULA,
        ),
        OptionField(
            key=CONF_SCOUTING_MODE,
            selector=choice(CONF_SCOUTING_MODE, ScoutingMode),
            default=DEFAULT_MODE.value,
        ),
        OptionField(
            key=CONF_CHARGE_METER,
            selector=EntitySelector(
                EntitySelectorConfig(domain="sensor", device_class="energy")
            ),
        ),
        OptionField(key=CONF_PLUG_HINTS, selector=entities("binary_sensor", "sensor")),
        OptionField(
            key=CONF_PRESENCE_HINTS,
            selector=entities(
                "person", "device_tracker", "binary_sensor", "input_boolean"
            ),
        ),
        OptionField(key=CONF_OTHER_HINTS, selector=entities()),
    )


def special_page(own_calendars: Collection[str]) -> OptionPage:
    """Return the page about special charging; our own calendars are no input."""
    return (
        _charging(CONF_DEFAULT_TARGET, "%"),
        OptionField(
            key=CONF_HORIZON,
            selector=choice(CONF_HORIZON, Horizon),
            section=CONF_SPECIAL_CHARGING,
            default=CHARGING_DEFAULTS[CONF_HORIZON],
        ),
        OptionField(
            key=CONF_CALENDARS,
            selector=entities("calendar", without=own_calendars),
            section=CONF_SPECIAL_CHARGING,
            default=[],
        ),
        OptionField(
            key=CONF_CALENDAR_WORD,
            selector=TextSelector(),
            section=CONF_SPECIAL_CHARGING,
        ),
        OptionField(
            key=CONF_DAILY_CHECK,
            selector=TimeSelector(),
            section=CONF_SPECIAL_CHARGING,
            default=CHARGING_DEFAULTS[CONF_DAILY_CHECK],
        ),
    )


def page_schema(
    page: Iterable[OptionField], shown: Mapping[str, Any] | None = None
) -> vol.Schema:
    """Return the form of a page; a field that a client leaves out stays as shown."""
    present = shown or {}
    return vol.Schema(
        {
            vol.Optional(field.key)
            if field.default is None
            else vol.Required(
                field.key, default=present.get(field.key, field.default)
            ): field.selector
            for field in page
        }
    )


def page_shown(
    page: Iterable[OptionField], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a page shows: what is stored, else what holds without it."""
    shown = {field.key: field.to_form(_stored(field, options)) for field in page}
    return {key: value for key, value in shown.items() if not _is_blank(value)}


def with_answers(
    page: Iterable[OptionField], options: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options with what a person changed on a page, and nothing else."""
    changed = dict(options)
    for field in page:
        before, after = field.to_form(_stored(field, options)), sent.get(field.key)
        if after == before or (_is_blank(after) and _is_blank(before)):
            continue
        value = None if after is None else field.to_option(after)
        stored = None if value == "" else value
        changed = changed_option(changed, field.section, field.key, stored)
    return changed


def changed_option(
    options: Mapping[str, Any], section: str | None, key: str, value: Any
) -> dict[str, Any]:
    """Return the options with another value at a place; None removes it."""
    if section is None:
        rest = {name: kept for name, kept in options.items() if name != key}
        return rest if value is None else {**rest, key: value}
    inside = changed_option(options.get(section, {}), None, key, value)
    return changed_option(options, None, section, inside or None)


def range_errors(
    page: Iterable[OptionField], sent: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the error of the first number that is out of its range, by field.

    And the placeholders of its text: a form has one set of them for all its fields.
    """
    for field in page:
        selector, value = field.selector, sent.get(field.key)
        if isinstance(selector, FormNumber) and value is not None:
            if not selector.holds(value):
                return {field.key: "out_of_range"}, {"range": selector.range}
    return {}, {}


def filled_in(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not empty, with texts stripped."""
    fields = {
        field: value.strip() if isinstance(value, str) else value
        for field, value in user_input.items()
    }
    return {field: value for field, value in fields.items() if value != ""}


def _is_blank(value: object) -> bool:
    """Whether a value is nothing that was entered; 0 and off are."""
    return value is None or value in ("", [])


def _stored(field: OptionField, options: Mapping[str, Any]) -> Any:
    """Return the stored value of a field, or its default."""
    inside = options if field.section is None else options.get(field.section, {})
    return inside.get(field.key, field.default)
