"""What Home Assistant, HACS and people read beside the code says what the code does.

The rules are those of Home Assistant's hassfest and of HACS, which need the network, and
the agreement of texts, icons and actions with the code, which no other tool checks.
"""

from collections.abc import Collection, Iterable
from importlib.metadata import version
from importlib.util import find_spec
import json
from pathlib import Path
import re
import tomllib
from typing import Any

from packaging.requirements import Requirement
from PIL import Image
import pytest
import voluptuous as vol

from custom_components.tesla_scout_worker import PLATFORMS, intent as assist_sentences
from custom_components.tesla_scout_worker.application_credentials import (
    async_get_description_placeholders,
)
from custom_components.tesla_scout_worker.assist import SPOKEN
from custom_components.tesla_scout_worker.charging.messages.message import (
    Cause,
    MessageKind,
    Reply,
)
from custom_components.tesla_scout_worker.charging.options import PriceSource
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    TariffPreset,
)
from custom_components.tesla_scout_worker.charging.tariffs.findings import PriceProblem
from custom_components.tesla_scout_worker.charging.tariffs.price_candidates import (
    LeftOutReason,
)
from custom_components.tesla_scout_worker.config.car_form import (
    CAR,
    cars_schema,
    week_schema,
)
from custom_components.tesla_scout_worker.config.entity_form import entity_schema
from custom_components.tesla_scout_worker.config.first_run import (
    FIRST_PAGE,
    WALL_CONNECTOR,
)
from custom_components.tesla_scout_worker.config.forms import (
    IMPORT_SCHEMA,
    KEY_DOMAIN_SCHEMA,
    PUBLIC_KEY_SCHEMA,
    qr_schema,
    region_schema,
    shared_schema,
)
from custom_components.tesla_scout_worker.config.option_pages import (
    CHARGING,
    MARKET,
    MESSAGES,
    PRICE_LISTS,
    SCHEDULE,
    TARIFF,
    expert_page,
    hints_page,
    page_schema,
    special_page,
)
from custom_components.tesla_scout_worker.config.price_findings import FINDING_WORDS
from custom_components.tesla_scout_worker.config.price_form import (
    formula_page,
    windows_page,
)
from custom_components.tesla_scout_worker.config.provider_steps import KEY_SCHEMA
from custom_components.tesla_scout_worker.config.second_way import second_way_schema
from custom_components.tesla_scout_worker.config.second_way_steps import same_car_schema
from custom_components.tesla_scout_worker.config.tariff_form import (
    DAYS,
    MONTHS,
    CalendarWords,
    rates_schema,
)
from custom_components.tesla_scout_worker.config_flow import FIRST_WAYS, WAYS_IN
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.entities.parts import Candidate, Part
from custom_components.tesla_scout_worker.gateways.errors import FleetError
from custom_components.tesla_scout_worker.override_services import (
    async_setup_override_services,
)
from custom_components.tesla_scout_worker.services import async_setup_services
from custom_components.tesla_scout_worker.worker.price_actions import ASKED
from homeassistant.components import homeassistant as shared
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import SelectSelector, selector
from homeassistant.util.yaml import load_yaml_dict

from .metadata import (
    EN,
    FLOWS,
    HOUSE,
    ICONS,
    MANIFEST,
    REPOSITORY,
    SERVICES,
    SOURCES,
    abort_placeholders,
    aborts,
    aborts_with_texts,
    always_passed,
    calls,
    descriptions,
    dict_keys,
    fleet_errors,
    in_flow,
    issues,
    own_errors,
    placeholders,
    raised,
    read_json,
    shown_steps,
    texts,
    words_of_errors,
)

LANGUAGES = sorted(path.stem for path in (HOUSE / "translations").glob("*.json"))

# What hassfest says of texts and of their keys.
URL = re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.", re.IGNORECASE)
HTML = re.compile(r"<[a-z].*?>", re.IGNORECASE)
QUOTED_PLACEHOLDER = re.compile(r"'\{\w+\}'")
TRANSLATION_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")

# The prices of all tariffs; the form has those of the chosen one.
WORDS = CalendarWords(days=DAYS, months=MONTHS)
RATES = vol.Schema({})
for tariff in TariffPreset:
    RATES = RATES.extend(
        rates_schema(PriceSource(tariff.value), WORDS, "", {"key": "Name"}).schema
    )

# The fields of the steps that ask for something.
FOUND = Candidate(key="", platform="", name="", disabled=frozenset({Part.LEVEL}))

SCHEMAS: dict[tuple[str, str], vol.Schema] = {
    ("config", "bring_tokens"): IMPORT_SCHEMA,
    ("config", "car_entities"): entity_schema(None).extend(entity_schema(FOUND).schema),
    ("config", "key_domain"): KEY_DOMAIN_SCHEMA,
    ("config", "public_key"): PUBLIC_KEY_SCHEMA,
    ("config", "same_car"): same_car_schema({}),
    ("config", "second_way"): second_way_schema(None),
    ("config", "pick_implementation"): vol.Schema({"implementation": str}),
    ("config", "tesla_fleet"): shared_schema(
        {"first": "My application", "second": "Another"}
    ),
    ("config", "teslemetry"): KEY_SCHEMA,
    ("config", "tessie"): KEY_SCHEMA,
    ("config", "region"): region_schema("eu"),
    ("config", "virtual_key"): qr_schema("https://example.org"),
    ("options", "car"): cars_schema(()),
    ("options", "car_settings"): page_schema(CAR),
    ("options", "charging"): page_schema(CHARGING),
    ("options", "departures"): week_schema(),
    ("options", "expert"): page_schema(expert_page(mqtt=True)),
    ("options", "first_run"): page_schema((*FIRST_PAGE, WALL_CONNECTOR)),
    ("options", "formula"): page_schema(formula_page({}, {}, "PLN")),
    ("options", "grid_windows"): page_schema(windows_page("PLN", WORDS)),
    ("options", "hints"): page_schema(hints_page("USD")),
    ("options", "market"): page_schema(MARKET),
    ("options", "messages"): page_schema(MESSAGES),
    ("options", "price_lists"): page_schema(PRICE_LISTS),
    ("options", "rates"): RATES,
    ("options", "schedule"): page_schema(SCHEDULE),
    ("options", "special"): page_schema(special_page(())),
    ("options", "tariff"): page_schema(TARIFF),
}

# Device classes that give no icon worth having.
PLAIN_DEVICE_CLASSES = {None, "enum"}

# The states of entities that are not described by options of their own.
STATES = {
    "binary_sensor": {"off", "on"},
    "device_tracker": {"home", "not_home"},
    "switch": {"off", "on"},
}

# The rules of Home Assistant's integration quality scale, by tier.
QUALITY_RULES = """
    action-setup appropriate-polling brands common-modules config-flow
    config-flow-test-coverage dependency-transparency docs-actions docs-conditions
    docs-high-level-description docs-installation-instructions
    docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
    has-entity-name runtime-data test-before-configure test-before-setup
    unique-config-entry

    action-exceptions config-entry-unloading docs-configuration-parameters
    docs-installation-parameters entity-unavailable integration-owner
    log-when-unavailable parallel-updates reauthentication-flow test-coverage

    devices diagnostics discovery discovery-update-info docs-data-update docs-examples
    docs-known-limitations docs-supported-devices docs-supported-functions
    docs-troubleshooting docs-use-cases dynamic-devices entity-category
    entity-device-class entity-disabled-by-default entity-translations
    exception-translations icon-translations reconfiguration-flow repair-issues
    stale-devices

    async-dependency inject-websession strict-typing
    """


# The files that HACS and Home Assistant read first.


def test_manifest_has_the_keys_of_a_custom_integration_in_their_order() -> None:
    """Domain and name come first, the rest in the order of the alphabet."""
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    required = {"codeowners", "documentation", "iot_class", "issue_tracker", "version"}
    optional = {"after_dependencies", "config_flow", "dependencies"}
    optional |= {"dhcp", "integration_type", "requirements", "zeroconf"}
    assert required <= set(keys[2:]) <= required | optional | {"loggers"}


def test_manifest_says_what_is_so() -> None:
    """The values agree with the folder, the flow and the project."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert MANIFEST["domain"] == HOUSE.name
    assert MANIFEST["version"] == project["version"]
    assert MANIFEST["config_flow"] is (HOUSE / "config_flow.py").is_file()
    assert MANIFEST["iot_class"] == "cloud_polling"
    assert MANIFEST["codeowners"]
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    for key in ("documentation", "issue_tracker"):
        assert MANIFEST[key].startswith("https://")
        assert "home-assistant.io" not in MANIFEST[key]


def test_what_tells_prices_is_set_up_first() -> None:
    """Else each start would begin without prices, and say so in the log."""
    asked = {source.value for source in ASKED} | {"schedule", "calendar"}
    # The cards are registered there, and show what was recorded.
    cards = {"frontend", "lovelace", "recorder"}
    assert set(MANIFEST["after_dependencies"]) == asked | cards | {"mqtt"}
    assert MANIFEST["after_dependencies"] == sorted(MANIFEST["after_dependencies"])


def test_the_libraries_are_shared_with_home_assistant() -> None:
    """Home Assistant's own pins satisfy ours, or they would fight at each start."""
    components = Path(shared.__file__).parents[1]
    pins = {
        pin.name: pin
        for domain in ("tesla_fleet", "workday")
        for pin in map(
            Requirement,
            read_json(components / domain / "manifest.json")["requirements"],
        )
    }
    # This one Home Assistant needs itself, by way of another, and sets bounds to.
    constraints = (components.parent / "package_constraints.txt").read_text()
    (line,) = (
        constraint
        for constraint in constraints.splitlines()
        if constraint.startswith("mashumaro")
    )
    pins["mashumaro"] = Requirement(line)
    asked = {item.name: item for item in map(Requirement, MANIFEST["requirements"])}
    # The map of time zones is nobody else's; the tests have the version that they pin.
    alone = asked.pop("tzfpy")
    assert alone.specifier.contains(version("tzfpy"))
    for name, requirement in asked.items():
        (pinned,) = pins[name].specifier
        assert requirement.specifier.contains(pinned.version)


def test_requirements_have_a_range_and_an_order() -> None:
    """A pin would fight with others', and no bound would take what breaks us."""
    requirements = [*map(Requirement, MANIFEST["requirements"])]
    assert requirements == sorted(
        requirements, key=lambda each_requirement: each_requirement.name
    )
    for requirement in requirements:
        assert {item.operator for item in requirement.specifier} == {">=", "<"}


def test_hacs_knows_all_keys() -> None:
    """HACS refuses keys that it does not know, and compares the oldest version."""
    hacs = read_json(REPOSITORY / "hacs.json")
    assert set(hacs) == {
        "filename",
        "hide_default_branch",
        "homeassistant",
        "name",
        "zip_release",
    }
    assert hacs["name"] == MANIFEST["name"]
    assert re.fullmatch(r"20\d\d\.\d{1,2}\.\d+", hacs["homeassistant"])


def test_changelog_tells_of_the_version() -> None:
    """The version of the manifest has its chapter."""
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    assert f"## [{MANIFEST['version']}] - " in changelog


@pytest.mark.parametrize(("name", "side"), [("icon", 256), ("icon@2x", 512)])
def test_icon_is_square_and_trimmed(name: str, side: int) -> None:
    """Home Assistant shows the icon at this size, on any background."""
    with Image.open(HOUSE / "brand" / f"{name}.png") as icon:
        assert icon.mode == "RGBA"
        assert icon.size == (side, side)
        assert icon.getbbox() == (0, 0, side, side)
        alpha = icon.getchannel("A").getextrema()
    assert alpha == (0, 255)


def test_logo_is_wide_and_trimmed() -> None:
    """The shorter side of a logo is 128 to 256 pixels."""
    with Image.open(HOUSE / "brand" / "logo.png") as logo:
        assert logo.mode == "RGBA"
        assert 128 <= logo.height <= 256 < logo.width
        assert logo.getbbox() == (0, 0, *logo.size)


def test_quality_scale_answers_every_rule() -> None:
    """Each rule is done, to do or exempt; who is exempt says why."""
    scale: dict[str, Any] = load_yaml_dict(str(HOUSE / "quality_scale.yaml"))
    assert set(scale["rules"]) == set(QUALITY_RULES.split())
    for rule, answer in scale["rules"].items():
        if isinstance(answer, str):
            assert answer in {"done", "todo"}, rule
        else:
            assert set(answer) == {"status", "comment"}, rule
            assert answer["status"] in {"exempt", "todo"}, rule
            assert answer["comment"].endswith("."), rule


# Texts, whatever they say.


def test_texts_live_in_translations_alone() -> None:
    """A custom integration ships no strings.json; English is there."""
    assert not (HOUSE / "strings.json").exists()
    assert "en" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_keep_to_the_rules(language: str) -> None:
    """No address, no HTML, no reference, no stray blank; keys of the right shape."""
    for path, text in texts(read_json(HOUSE / "translations" / f"{language}.json")):
        assert text, path
        assert text == text.strip(), path
        assert "[%" not in text, path
        for pattern in (URL, HTML, QUOTED_PLACEHOLDER):
            assert not pattern.search(text), path
        assert all(name.isidentifier() for name in placeholders(text)), path
        for key in path:
            assert TRANSLATION_KEY.fullmatch(key), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str) -> None:
    """The same keys with the same placeholders, in the same order."""
    other = read_json(HOUSE / "translations" / f"{language}.json")
    texts_of = [(path, placeholders(text)) for path, text in texts(other)]
    assert texts_of == [(path, placeholders(text)) for path, text in texts(EN)]


# Entities.


def options_of(description: EntityDescription) -> set[str]:
    """Return the states, or the types of event, that a description lists."""
    listed = getattr(description, "options", None)
    return set(listed or getattr(description, "event_types", None) or ())


def keys_by_platform(found: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return keys by their platform."""
    by_platform: dict[str, set[str]] = {}
    for platform, key in found:
        by_platform.setdefault(platform, set()).add(key)
    return by_platform


def test_every_platform_has_descriptions() -> None:
    """Else the tests below would check nothing."""
    assert {platform for platform, _ in descriptions()} == set(PLATFORMS)


def test_entity_texts_are_those_of_the_descriptions() -> None:
    """No entity without a name, and no name without an entity."""
    used = keys_by_platform(
        (platform, description.translation_key)
        for platform, description in descriptions()
        if description.translation_key is not None
    )
    assert {
        platform: set(texts_of) for platform, texts_of in EN["entity"].items()
    } == used
    for platform, description in descriptions():
        if description.translation_key is None:
            assert description.device_class is not None, description.key
        else:
            assert EN["entity"][platform][description.translation_key]["name"]


def test_entity_states_are_those_of_the_descriptions() -> None:
    """Every option of an enumeration has a text, and nothing else has."""
    for platform, description in descriptions():
        if platform == "event":
            continue
        texts_of = (
            EN["entity"][platform].get(description.translation_key, {}).get("state", {})
        )
        assert options_of(description) <= set(texts_of), description.key
        assert set(texts_of) <= options_of(description) | STATES.get(platform, set()), (
            description.key
        )


def test_event_texts_are_those_of_the_events() -> None:
    """Every type of event has a text, and every attribute a name."""
    texts_by = [
        dict_keys(call.args[1]) for call in calls(SOURCES["event"], "_trigger_event")
    ]
    assert all(texts_by)
    for description in [
        description for platform, description in descriptions() if platform == "event"
    ]:
        assert description.translation_key is not None
        texts_of = EN["entity"]["event"][description.translation_key][
            "state_attributes"
        ]
        assert set(texts_of) - {"event_type"} in texts_by
        assert "event_type" in texts_of
        assert all(attribute["name"] for attribute in texts_of.values())
        assert set(texts_of["event_type"]["state"]) == options_of(description)


def test_every_entity_has_an_icon_or_a_device_class() -> None:
    """And icons.json knows no other entities, nor other states."""
    used = set()
    for platform, description in descriptions():
        entity = ICONS["entity"].get(platform, {}).get(description.translation_key)
        if entity is None:
            assert description.device_class not in PLAIN_DEVICE_CLASSES, description.key
            continue
        used.add((platform, str(description.translation_key)))
        states = entity.get("state", {})
        assert set(states) <= options_of(description) | STATES.get(platform, set()), (
            description.key
        )
        assert entity["default"] not in states.values(), description.key
    assert keys_by_platform(used) == {
        platform: set(entities) for platform, entities in ICONS["entity"].items()
    }


def test_icons_exist() -> None:
    """Each icon is one that Home Assistant's frontend has."""
    spec = find_spec("hass_frontend")
    assert spec is not None
    assert spec.origin is not None
    listed = Path(spec.origin).parent / "static" / "mdi" / "iconList.json"
    known = {f"mdi:{icon['name']}" for icon in json.loads(listed.read_text())}
    for path, icon in texts(ICONS):
        assert icon in known, path


# Errors, and what a person must see to.


@pytest.mark.parametrize("error", fleet_errors(), ids=lambda error: error.key)
def test_every_error_has_its_text(error: type[FleetError]) -> None:
    """As an exception and in the config flow, with the placeholders that it has."""
    passed = always_passed(error)
    assert placeholders(EN["exceptions"][error.key]["message"]) <= passed
    assert placeholders(EN["config"]["error"][error.key]) <= passed


def test_every_exception_is_translated() -> None:
    """And every text of an exception has one that it belongs to."""
    assert {"car_gone", "not_a_car"} <= set(raised())
    for key, passed in raised().items():
        assert placeholders(EN["exceptions"][key]["message"]) <= passed, key
    assert set(EN["exceptions"]) == {error.key for error in fleet_errors()} | set(
        raised()
    )


def test_every_repair_issue_is_translated() -> None:
    """And every text of an issue has one that it belongs to."""
    assert set(EN["issues"]) == set(issues())
    for key, passed in issues().items():
        assert set(EN["issues"][key]) in (
            {"title", "description"},
            {"title", "fix_flow"},
        )
        assert placeholders(EN["issues"][key]) <= passed, key


# The flows.


@pytest.mark.parametrize("flow", FLOWS)
def test_every_step_is_translated(flow: str) -> None:
    """With its fields and its placeholders; and no text belongs to no step."""
    steps = EN[flow]["step"]
    assert set(steps) == set(shown_steps(flow))
    for step, given in shown_steps(flow).items():
        assert steps[step]["title"], step
        assert placeholders(steps[step]) <= given, step
        schema = SCHEMAS.get((flow, step), vol.Schema({}))
        inner = {
            str(field): value.schema
            for field, value in schema.schema.items()
            if isinstance(value, section)
        }
        check_fields(steps[step], schema, inner, step)
        assert set(steps[step].get("sections", {})) == set(inner), step
        for name, fields in inner.items():
            assert steps[step]["sections"][name]["name"]
            check_fields(steps[step]["sections"][name], fields, {}, name)


def check_fields(
    texts: dict[str, Any], schema: vol.Schema, inner: Collection[str], where: str
) -> None:
    """Check that each field of a form has its texts; a section has its own."""
    fields = {str(field) for field in schema.schema} - set(inner)
    assert set(texts.get("data", {})) == fields, where
    assert set(texts.get("data_description", {})) == fields, where


@pytest.mark.parametrize("flow", FLOWS)
def test_a_page_without_a_field_names_its_button(flow: str) -> None:
    """The word Submit is for a form that somebody fills in."""
    for step in shown_steps(flow):
        texts = EN[flow]["step"][step]
        if "menu_options" in texts or "sections" in texts:
            continue
        if not set(texts.get("data", {})) - {"qr_code"}:
            assert texts.get("submit"), step


@pytest.mark.parametrize("language", ["en", "pl"])
def test_an_error_names_the_place_where_things_are(language: str) -> None:
    """The page of the key shows file and address above its errors."""
    texts = read_json(HOUSE / "translations" / f"{language}.json")
    errors = texts["config"]["error"]
    words = {
        "en": ("file below", "address below"),
        "pl": ("plikiem poniżej", "poniższy"),
    }
    for key in ("mismatch", "no_key", "not_found", "status"):
        text = errors[f"public_key_{key}"]
        assert not any(word in text for word in words[language]), text


def test_every_menu_option_is_translated() -> None:
    """Each way in has a name and a description, in each menu."""
    menus = [step for step in EN["config"]["step"].values() if "menu_options" in step]
    assert len(menus) == len(list(in_flow("async_show_menu")))
    for menu in menus:
        first = menu is EN["config"]["step"]["user"]
        again = menu is EN["config"]["step"]["reconfigure"]
        ways = {*(FIRST_WAYS if first else WAYS_IN), *(["end_second_ways"] * again)}
        assert set(menu["menu_options"]) == ways
        assert set(menu["menu_option_descriptions"]) == ways


@pytest.mark.parametrize("flow", FLOWS)
def test_every_error_of_a_flow_is_translated(flow: str) -> None:
    """And no text belongs to no error."""
    tesla = {error.key for error in fleet_errors()} if flow == "config" else set()
    own = own_errors(flow)
    assert own
    assert set(EN[flow]["error"]) == own | tesla
    texts_of_own = {key: EN[flow]["error"][key] for key in own - tesla}
    assert placeholders(texts_of_own) <= {"range"} | words_of_errors(flow)


def test_every_abort_is_translated() -> None:
    """But those that Home Assistant's OAuth2 helper shares with all integrations."""
    path = Path(shared.__file__).parent / "translations" / "en.json"
    common = {key for key in read_json(path)["config"]["abort"] if "oauth" in key}
    assert aborts() & common
    own, texts_of = aborts() - common, EN["config"]["abort"]
    assert set(texts_of) == own | aborts_with_texts()
    for reason in own:
        assert placeholders(texts_of[reason]) <= abort_placeholders(reason), reason
    for error in fleet_errors():
        if error.key in aborts_with_texts():
            assert placeholders(texts_of[error.key]) <= always_passed(error)


def test_every_choice_is_translated() -> None:
    """And no text belongs to no choice."""
    offered: dict[str, set[str]] = {}
    for schema in SCHEMAS.values():
        for field in schema.schema.values():
            # What has names of its own, such as a car, has none in the texts.
            if isinstance(field, SelectSelector) and "translation_key" in field.config:
                options = offered.setdefault(field.config["translation_key"], set())
                options |= {
                    option["value"] if isinstance(option, dict) else str(option)
                    for option in field.config["options"]
                }
    for action in SERVICES.values():
        for field in action["fields"].values():
            if "select" in field["selector"]:
                config = field["selector"]["select"]
                offered[config["translation_key"]] = set(config["options"])
    texts_of = {
        key: set(choice["options"])
        for key, choice in EN["selector"].items()
        if "options" in choice
    }
    offered |= {"weekday_short": set(DAYS), "month": set(MONTHS)}
    rows = WORDS.selector().config
    assert set(EN["selector"][rows["translation_key"]]["fields"]) == set(rows["fields"])
    for field in (*formula_page({}, {}, "PLN"), windows_page("PLN", WORDS)[0]):
        if field.key in {"grid_fees", "grid_windows"}:
            rows = field.selector.config
            texts_of_rows = EN["selector"][rows["translation_key"]]["fields"]
            assert set(texts_of_rows) == set(rows["fields"])
    # What is read from a source of prices is no choice: the form puts it into words.
    findings = {*LeftOutReason, *PriceProblem, *FINDING_WORDS}
    # Why something did not work; tests/test_repairs.py knows the codes.
    texts_of.pop("reason")
    texts_of.pop("plan_reason")
    variants = {"prices_high", "prices_low", "made_and_saved", "made_without_cost"}
    variants |= {"plug_in_away", *(f"short_{cause.value}" for cause in Cause)}
    kinds = {*MessageKind} - {MessageKind.PRICES} | variants
    spoken = texts_of["assist"]
    source = Path(assist_sentences.__file__).read_text()
    answered = {key for key in spoken if f'"{key}"' in source} | set(SPOKEN.values())
    assert answered | {"on_track_timed"} == spoken
    assert texts_of == offered | {
        "assist": spoken,
        "price_findings": findings,
        # What was found is listed with its name.
        "found": {"another", "car", "charger"},
        "message": kinds,
        "reply": set(Reply),
    }


async def test_application_credentials_name_what_they_are_given(
    hass: HomeAssistant,
) -> None:
    """The text uses each of the addresses, and nothing else."""
    given = await async_get_description_placeholders(hass)
    assert placeholders(EN["application_credentials"]) == set(given)


# Actions.


async def test_actions_are_described_as_they_are_registered(
    hass: HomeAssistant,
) -> None:
    """In services.yaml, in the texts and in the icons, with their fields."""
    async_setup_services(hass)
    async_setup_override_services(hass)
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert set(SERVICES) == set(EN["services"]) == set(ICONS["services"])
    assert set(SERVICES) == set(registered)
    for name, action in registered.items():
        assert isinstance(action.schema, vol.Schema)
        required = {
            str(field): isinstance(field, vol.Required)
            for field in action.schema.schema
        }
        described = SERVICES[name]["fields"]
        assert {
            key: item.get("required", False) for key, item in described.items()
        } == (required)
        texts_of = EN["services"][name]
        assert set(texts_of) == {"name", "description", "fields"}
        assert set(texts_of["fields"]) == set(described)
        assert all(
            set(each_field) == {"name", "description"}
            for each_field in texts_of["fields"].values()
        )
        assert set(ICONS["services"][name]) == {"service"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_actions_of_tokens_are_the_last_in_every_list(language: str) -> None:
    """The action picker sorts by key, the automation editor by name."""
    tokens = {name for name in SERVICES if name.startswith("token_")}
    assert len(tokens) == 4
    assert all("config_entry_id" in SERVICES[name]["fields"] for name in tokens)
    names = read_json(HOUSE / "translations" / f"{language}.json")["services"]
    order = str.maketrans({"ż": "zz", "Ł": "L"})
    by_name = sorted(SERVICES, key=lambda key: names[key]["name"].translate(order))
    for listed in (list(SERVICES), sorted(SERVICES), by_name):
        assert set(listed[-4:]) == tokens


def test_fields_of_actions_have_selectors_that_exist() -> None:
    """Home Assistant takes each; they offer what belongs to this integration."""
    for action in SERVICES.values():
        for field in action["fields"].values():
            config = selector(field["selector"]).serialize()["selector"]
            if {"config_entry", "device"} & set(config):
                assert DOMAIN in json.dumps(config)
