"""Sensors: the last read of a car, its charging, the tokens and the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfRatio, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .charging.sessions.session import Session
from .charging.sessions.status import shown_session, special_status
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry, ScoutData
from .entity import AccountEntity, CarEntity, async_add_for_cars
from .gateways.budget import Stage
from .gateways.gateway import Capabilities
from .gateways.ledger import CallKind, Ledger
from .gateways.models import ChargingState, VehicleSnapshot
from .scouting.statistics import ReadStatistics
from .tokens.manager import TokenManager
from .tokens.policy import TokenState
from .worker.manager import Worker
from .worker.reason_texts import reason_text
from .worker.sensor_descriptions import (
    OFF_PEAK_SENSORS,
    SPECIAL_CHARGING_SENSORS,
    SPECIAL_STATUS,
    OffPeakSensorDescription,
    SessionSensorDescription,
    session_attributes,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CarSensorDescription(SensorEntityDescription):
    """A sensor with a value of the last snapshot."""

    value_fn: Callable[[VehicleSnapshot], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class StatisticsSensorDescription(SensorEntityDescription):
    """A sensor with a value of a car's statistics."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    value_fn: Callable[[ReadStatistics], StateType]


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor with a value of the account."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    value_fn: Callable[[ScoutData], StateType | datetime]


def _of_tokens[T](read: Callable[[TokenManager], T]) -> Callable[[ScoutData], T | None]:
    """Read the token manager; None for a sign-in without a refresh token."""

    def value(account: ScoutData) -> T | None:
        """Return the value."""
        return None if account.tokens is None else read(account.tokens)

    return value


def _token_refresh_milliseconds(tokens: TokenManager) -> int | None:
    """Return how long the last refresh took."""
    duration = tokens.statistics.last_duration
    return None if duration is None else round(duration.total_seconds() * 1000)


def _token_hit_percent(tokens: TokenManager) -> float | None:
    """Return the share of callers that got the stored token, in percent."""
    ratio = tokens.statistics.hit_ratio
    return None if ratio is None else ratio * 100


def _this_month[T](read: Callable[[Ledger], T]) -> Callable[[ScoutData], T]:
    """Read the ledger of the present month, which nothing else may have turned."""

    def value(account: ScoutData) -> T:
        account.ledger.roll_over(dt_util.utcnow())
        return read(account.ledger)

    return value


CAR_SENSORS: Final = (
    CarSensorDescription(
        key="battery_level",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: snapshot.charge.battery_level,
    ),
    CarSensorDescription(
        key="charge_limit",
        translation_key="charge_limit",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        value_fn=lambda snapshot: snapshot.charge.charge_limit,
    ),
    CarSensorDescription(
        key="charging_state",
        translation_key="charging_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in ChargingState],
        value_fn=lambda snapshot: snapshot.charge.charging_state,
    ),
    CarSensorDescription(
        key="last_seen",
        translation_key="last_seen",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda snapshot: snapshot.seen_at,
    ),
)

PRICE_NOW: Final = SensorEntityDescription(
    key="price_now",
    translation_key="price_now",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=4,
)

# Prices change at such minutes, in every market.
PRICE_MINUTES: Final = range(0, 60, 5)

CAPABILITIES: Final = SensorEntityDescription(
    key="capabilities",
    translation_key="capabilities",
    entity_registry_enabled_default=False,
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=["in_car", "timed"],
)

NEXT_READ: Final = SensorEntityDescription(
    key="next_look",
    translation_key="next_look",
    entity_registry_enabled_default=False,
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)

STATISTICS_SENSORS: Final = (
    StatisticsSensorDescription(
        key="looks_today",
        translation_key="looks_today",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda statistics: statistics.reads_today,
    ),
    StatisticsSensorDescription(
        key="reads_per_event",
        translation_key="reads_per_event",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda statistics: statistics.reads_per_event,
    ),
)

TOKEN_SENSORS: Final = (
    AccountSensorDescription(
        key="token_state",
        translation_key="token_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in TokenState],
        value_fn=_of_tokens(lambda tokens: tokens.state),
    ),
    AccountSensorDescription(
        key="token_expires",
        translation_key="token_expires",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_of_tokens(lambda tokens: tokens.expires_at),
    ),
    AccountSensorDescription(
        key="token_refreshes",
        translation_key="token_refreshes",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_of_tokens(lambda tokens: tokens.statistics.refreshed),
    ),
    AccountSensorDescription(
        key="token_refresh_duration",
        translation_key="token_refresh_duration",
        device_class=SensorDeviceClass.DURATION,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_of_tokens(_token_refresh_milliseconds),
    ),
    AccountSensorDescription(
        key="token_rate_limited",
        translation_key="token_rate_limited",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_of_tokens(lambda tokens: tokens.statistics.rate_limited),
    ),
    AccountSensorDescription(
        key="token_hit_ratio",
        translation_key="token_hit_ratio",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=_of_tokens(_token_hit_percent),
    ),
)

ACCOUNT_SENSORS: Final = (
    AccountSensorDescription(
        key="api_data_requests",
        translation_key="api_data_requests",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_this_month(lambda ledger: ledger.calls[CallKind.DATA]),
    ),
    AccountSensorDescription(
        key="api_commands",
        translation_key="api_commands",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_this_month(lambda ledger: ledger.calls[CallKind.COMMAND]),
    ),
    AccountSensorDescription(
        key="api_wakes",
        translation_key="api_wakes",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_this_month(lambda ledger: ledger.calls[CallKind.WAKE]),
    ),
    AccountSensorDescription(
        key="api_cost",
        translation_key="api_cost",
        device_class=SensorDeviceClass.MONETARY,
        entity_category=None,
        suggested_display_precision=2,
        value_fn=_this_month(lambda ledger: ledger.cost),
    ),
    AccountSensorDescription(
        key="api_cost_forecast",
        translation_key="api_cost_forecast",
        device_class=SensorDeviceClass.MONETARY,
        entity_category=None,
        suggested_display_precision=2,
        value_fn=lambda account: account.budget.forecast(dt_util.utcnow()),
    ),
    AccountSensorDescription(
        key="api_budget_left",
        translation_key="api_budget_left",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=lambda account: account.budget.left(dt_util.utcnow()),
    ),
    AccountSensorDescription(
        key="api_budget_stage",
        translation_key="api_budget_stage",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENUM,
        options=[stage.value for stage in Stage],
        value_fn=lambda account: account.budget.stage(dt_util.utcnow()),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account and of every car."""
    with_tokens = TOKEN_SENSORS if entry.runtime_data.tokens is not None else ()
    async_add_entities(
        AccountSensor(entry, description)
        for description in (*with_tokens, *ACCOUNT_SENSORS)
    )
    async_add_entities([PriceSensor(entry, PRICE_NOW)])
    worker = entry.runtime_data.worker
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            *(CarSensor(coordinator, vin, description) for description in CAR_SENSORS),
            SpecialChargingSensor(coordinator, vin, SPECIAL_STATUS, worker),
            *(
                SessionSensor(coordinator, vin, description, worker)
                for description in SPECIAL_CHARGING_SENSORS
            ),
            *(
                OffPeakSensor(coordinator, vin, description, worker)
                for description in OFF_PEAK_SENSORS
            ),
            NextReadSensor(coordinator, vin, NEXT_READ),
            CapabilitySensor(coordinator, vin, CAPABILITIES),
            *(StatisticsSensor(coordinator, vin, each) for each in STATISTICS_SENSORS),
        ),
    )


class CarSensor(CarEntity, SensorEntity):
    """A sensor of a car."""

    entity_description: CarSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value in the last snapshot; None before the first read."""
        if self.car.snapshot is None:
            return None
        return self.entity_description.value_fn(self.car.snapshot)


class SessionSensor(CarEntity, SensorEntity):
    """A sensor of a car's special charging."""

    entity_description: SessionSensorDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: SessionSensorDescription,
        worker: Worker,
    ) -> None:
        """Bind the sensor to the records of the Worker."""
        super().__init__(coordinator, vin, description)
        self._repository = worker.repository

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value of the session, or the one for no session."""
        if (session := self._repository.record(self.vin).sessions.current) is None:
            return None
        return self.entity_description.value_fn(session)


class SpecialChargingSensor(CarEntity, SensorEntity):
    """How special charging of a car stands, with its target and its cost."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: SensorEntityDescription,
        worker: Worker,
    ) -> None:
        """Bind the sensor to the records of the Worker."""
        super().__init__(coordinator, vin, description)
        self._repository = worker.repository

    @property
    def _session(self) -> Session | None:
        """The session to show."""
        sessions = self._repository.record(self.vin).sessions
        return shown_session(sessions, dt_util.utcnow())

    @property
    @override
    def native_value(self) -> str:
        """Return how it stands."""
        observation = self.car.observation
        return special_status(
            self._session,
            at_home=observation.at_home,
            plugged_in=observation.plugged_in,
            now=dt_util.utcnow(),
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, StateType]:
        """Return the target, its time and its cost, and what is in the way, in words."""
        session = self._session
        if session is None:
            return {}
        reason = session.reason
        text = None if reason is None else reason_text(self.hass, reason)
        return {**session_attributes(session), "reason_text": text}


class NextReadSensor(CarEntity, SensorEntity):
    """When the Scout reads a car again."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the time of the next round, or of this car's next read."""
        return self.coordinator.next_read_at(self.vin)


class CapabilitySensor(CarEntity, SensorEntity):
    """What the way to a car can do; all of it in the attributes."""

    @property
    def _can(self) -> Capabilities:
        """What can be done with the car."""
        return self.coordinator.capabilities(self.vin)

    @property
    @override
    def native_value(self) -> str:
        """Return where the schedules are, which is what matters most."""
        return _place(in_car=self._can.schedules)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return what the way can do, and what a read costs in US dollars."""
        can, price = self._can, self.coordinator.read_price
        return {
            "reads": "paid" if price else "free",
            "schedules": _place(in_car=can.schedules),
            "limit": _place(in_car=can.limit),
            "wake": _yes(can.wake),
            "push": _yes(can.push),
            "cost": price,
        }


def _place(*, in_car: bool) -> str:
    """Return where something is held."""
    return "in_car" if in_car else "timed"


def _yes(flag: bool) -> str:
    """Return a flag as a word that is translated."""
    return "yes" if flag else "no"


class StatisticsSensor(CarEntity, SensorEntity):
    """A sensor of a car's statistics."""

    entity_description: StatisticsSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """Return the value in the statistics."""
        return self.entity_description.value_fn(self.car.statistics)


class AccountSensor(AccountEntity, SensorEntity):
    """A sensor of the account."""

    entity_description: AccountSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value of the account."""
        return self.entity_description.value_fn(self.account)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit; for money this is the currency of the bill."""
        if self.entity_description.device_class is SensorDeviceClass.MONETARY:
            return self.account.ledger.currency
        return self.entity_description.native_unit_of_measurement


class PriceSensor(AccountEntity, SensorEntity):
    """The price of a kWh now, as the Energy dashboard takes it."""

    def __init__(
        self, entry: ScoutConfigEntry, description: SensorEntityDescription
    ) -> None:
        """Look up the price, since an entity is registered with its unit."""
        super().__init__(entry, description)
        self._update_price()

    @override
    async def async_added_to_hass(self) -> None:
        """Update when prices change, and when the time of a price begins."""
        await super().async_added_to_hass()
        energy = self.account.worker.energy
        self.async_on_remove(energy.async_listen(self._prices_changed))
        self.async_on_remove(
            async_track_time_change(
                self.hass, self._price_begins, minute=PRICE_MINUTES, second=0
            )
        )

    @callback
    def _prices_changed(self) -> None:
        """Write the price by what is known of prices now."""
        self._update_price()
        self.async_write_ha_state()

    @callback
    def _price_begins(self, _now: datetime) -> None:
        """Write the price that begins, if it is another one."""
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write another price: the holidays of a tariff are learnt after the start."""
        before = self._attr_native_value, self._attr_native_unit_of_measurement
        self._update_price()
        if (self._attr_native_value, self._attr_native_unit_of_measurement) != before:
            self.async_write_ha_state()

    def _update_price(self) -> None:
        """Find the price of this minute; None: it is unknown, or hours have only a rank."""
        now, energy = dt_util.utcnow(), self.account.worker.energy
        curve = energy.curve(now, now + timedelta(minutes=1))
        currency = curve.currency or self.coordinator.hass.config.currency
        self._attr_native_unit_of_measurement = f"{currency}/kWh"
        known = curve.intervals if not energy.ranks else ()
        cost = known[0].cost if known else None
        self._attr_native_value = None if cost is None else round(cost, 6)


class OffPeakSensor(CarEntity, SensorEntity):
    """A sensor of a car's off-peak charging."""

    entity_description: OffPeakSensorDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: OffPeakSensorDescription,
        worker: Worker,
    ) -> None:
        """Bind the sensor to the account's worker."""
        super().__init__(coordinator, vin, description)
        self._worker = worker

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit; for money this is the currency."""
        if self.entity_description.device_class is SensorDeviceClass.MONETARY:
            currency = self.entity_description.currency_fn(
                self._worker.repository.record(self.vin),
                self._worker.result(self.vin),
            )
            return currency or self.hass.config.currency
        return self.entity_description.native_unit_of_measurement

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value of the car's record and its last sync cycle."""
        return self.entity_description.value_fn(
            self._worker.repository.record(self.vin), self._worker.result(self.vin)
        )

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when a sum of money began; None: it is none."""
        last_reset_fn = self.entity_description.last_reset_fn
        if last_reset_fn is None:
            return None
        return last_reset_fn(self._worker.repository.record(self.vin))
