"""Names and numbers that several packages share."""

from datetime import timedelta
from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "tesla_scout_worker"
LOGGER = logging.getLogger(__package__)

# Metadata of a dataclass field that is not stored (of mashumaro).
NOT_STORED: Final = {"serialize": "omit"}

# Entry data.
# The way to the cars; absent: an own application at Tesla.
CONF_WAY: Final = "way"
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_FLEET_API_URL: Final = "fleet_api_url"
CONF_TOKEN_URL: Final = "token_url"
CONF_KEY_DOMAIN: Final = "key_domain"

# The entities beside an account, of one car each.
CONF_SECOND_WAYS: Final = "second_ways"

# Options.
CONF_COMMAND_ROUTE: Final = "command_route"
CONF_HOME_ZONE: Final = "home_zone"
CONF_PRIVATE_KEY_PATH: Final = "private_key_path"
CONF_PROXY_URL: Final = "proxy_url"
CONF_PROXY_VERIFY_CERTIFICATE: Final = "proxy_verify_certificate"
CONF_SCOUTING_MODE: Final = "scouting_mode"

# Options in the section about special charging.
CONF_SPECIAL_CHARGING: Final = "special_charging"
CONF_BATTERY_CAPACITY: Final = "battery_capacity"
CONF_CALENDAR_WORD: Final = "calendar_word"
CONF_CALENDARS: Final = "calendars"
CONF_CHARGING_POWER: Final = "charging_power"
CONF_CLEANUP_DELAY: Final = "cleanup_delay"
CONF_DAILY_CHECK: Final = "daily_check"
CONF_DEFAULT_TARGET: Final = "default_target"
CONF_LEAST_BLOCK: Final = "least_block"
CONF_HORIZON: Final = "horizon"
CONF_MOST_WINDOWS: Final = "most_windows"
CONF_PEAK_HOURS: Final = "peak_hours"
CONF_SAFETY_BUFFER: Final = "safety_buffer"
CONF_SEND_LEAD: Final = "send_lead"
CONF_TELEMETRY_TOPIC: Final = "telemetry_topic"
# Options about reads and their budget, which are a section in the form only.
CONF_CHARGE_METER: Final = "charge_meter"
CONF_FEED_IN_PRICE: Final = "feed_in_price"
CONF_ECONOMY: Final = "economy"
CONF_MONTHLY_BUDGET: Final = "monthly_budget"
CONF_OTHER_HINTS: Final = "other_hints"
CONF_PLUG_HINTS: Final = "plug_hints"
CONF_PRESENCE_HINTS: Final = "presence_hints"

# Options in the section about off-peak charging.
CONF_MESSAGES: Final = "messages"
CONF_MESSAGE_KINDS: Final = "kinds"
CONF_NOTIFY_DEVICES: Final = "notify_devices"
CONF_NOTIFY_ENTITIES: Final = "notify_entities"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_UNTIL: Final = "quiet_until"
CONF_OFF_PEAK: Final = "off_peak"
CONF_DEPARTURES: Final = "departures"
CONF_GUARD: Final = "guard"
CONF_PRICE_AREA: Final = "price_area"
CONF_PRICE_ENTITIES: Final = "price_entities"
CONF_PRICE_SOURCE: Final = "price_source"
CONF_OPERATOR_TARIFF: Final = "operator_tariff"
CONF_RATES: Final = "rates"
CONF_SCHEDULE: Final = "schedule"

# Options in the section about the price of a kWh.
CONF_PRICE_FORMULA: Final = "price_formula"
CONF_GRID_FEE_ENTITY: Final = "grid_fee_entity"
CONF_GRID_FEES: Final = "grid_fees"
CONF_GRID_WINDOWS: Final = "grid_windows"
CONF_GRID_TARIFF: Final = "grid_tariff"
CONF_PRICE_FACTOR: Final = "price_factor"
CONF_PRICE_FIXED: Final = "price_fixed"
CONF_PRICE_MARKUP: Final = "price_markup"
CONF_PRICE_UNIT: Final = "price_unit"
CONF_PRICE_VAT: Final = "price_vat"

DEFAULT_HOME_ZONE: Final = "zone.home"

# The key file of Home Assistant's own Tesla Fleet integration; one key serves both, since
# Tesla registers a key per domain and not per program.
TESLA_FLEET_KEY_PATH: Final = "tesla_fleet.key"
DEFAULT_PRIVATE_KEY_PATH: Final = "tesla_scout_worker.key"

REGION_CUSTOM: Final = "custom"
REGION_SERVERS: Final = {
    "eu": "https://fleet-api.prd.eu.vn.cloud.tesla.com",
    "na": "https://fleet-api.prd.na.vn.cloud.tesla.com",
    "cn": "https://fleet-api.prd.cn.vn.cloud.tesla.cn",
}

# Providers whose servers take Tesla's requests with a key of their own.
PROVIDER_SERVERS: Final = {
    "tessie": "https://api.tessie.com",
    "teslemetry": "https://api.teslemetry.com",
}

# Tesla, announcement of 2025-07-21: all token exchange goes to the fleet-auth host.
# China has its own infrastructure and application registrations.
AUTH_SERVER: Final = "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3"
AUTH_SERVER_CHINA: Final = "https://auth.tesla.cn/oauth2/v3"

# The page of the integration, as a repair links to it.
PAGE: Final = f"homeassistant://config/integrations/integration/{DOMAIN}"


class Door(StrEnum):
    """What a repair opens.

    SIGN_IN: The way to sign in again.
    RECONFIGURE: The ways in: a key, or other entities.
    PRICES: The page of the options about the source of prices.
    NEW_FEES: That about the price of a kWh, or nothing: the old fees stay.
    END_SHADOW: Nothing: the car charges by its plan from now on.
    """

    SIGN_IN = "sign_in"
    RECONFIGURE = "reconfigure"
    PRICES = "tariff"
    NEW_FEES = "formula"
    END_SHADOW = "end_shadow"


DEVELOPER_DASHBOARD: Final = "https://developer.tesla.com/dashboard"

# The scopes for reads, location and charge schedules (Tesla's scope overview).
SCOPES: Final = (
    "openid",
    "offline_access",
    "vehicle_device_data",
    "vehicle_location",
    "vehicle_cmds",
    "vehicle_charging_cmds",
)

# Of these, the ones that the Scout requires, as Tesla's consent page calls them.
REQUIRED_SCOPES: Final = {
    "vehicle_device_data": "Vehicle Information",
    "vehicle_location": "Vehicle Location",
}

# A parked car answers in about a second; one that is just waking was seen to take nine.
REQUEST_TIMEOUT: Final = timedelta(seconds=30)

# An event that was not handled for this long describes a situation that is over.
EVENT_LIFETIME: Final = timedelta(hours=6)
