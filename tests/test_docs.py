"""README and ``docs/`` name what exists, all of it, and link to what is there."""

import ast
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import pytest

from homeassistant.util import slugify
from homeassistant.util.yaml import parse_yaml

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "custom_components" / "tesla_scout_worker"
EN: dict[str, Any] = json.loads((HOUSE / "translations" / "en.json").read_text("utf-8"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LESSONS = ROOT / "docs" / "lessons.md"
# How many lessons there are at least, by letter: none is dropped.
LEAST = {"A": 34, "T-": 51, "B": 39, "C": 15, "D": 11}


def _rows() -> list[list[str]]:
    """Return the cells of each lesson."""
    lines = LESSONS.read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if re.fullmatch(r"[ABCD]\d+|T-\d+", row[0])]


@cache
def _functions(path: Path) -> frozenset[str]:
    """Return the functions that a module defines, methods included."""
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_each_lesson_has_one_row() -> None:
    """Four cells: code, what happened, what follows, where it is tested."""
    rows = _rows()
    codes = [row[0] for row in rows]
    for letter, least in LEAST.items():
        numbers = [int(code[len(letter) :]) for code in codes if code[0] == letter[0]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= least
    assert all(len(row) == 4 and all(row) for row in rows)


def test_each_lesson_is_tested_or_open() -> None:
    """Each test that is named exists; an open row names its issue and no test."""
    wrong = []
    for code, _, _, where in _rows():
        if re.fullmatch(r"open: issue \d+", where):
            continue
        tests = re.findall(r"`([^`]+)`", where)
        if " ".join(f"`{test}`" for test in tests) != where:
            wrong.append(f"{code}: {where}")
        for test in tests:
            path, name = test.split("::")
            file = ROOT / path
            if not file.is_file() or name not in _functions(file):
                wrong.append(f"{code}: {test}")
    assert not wrong


def test_lessons_that_code_cites_are_there() -> None:
    """``docs/lessons.md, A12`` in code is a row of that page."""
    cited = {
        code
        for room in ("custom_components", "simulator", "benchmarks", "demo", "tests")
        for path in (ROOT / room).rglob("*.py")
        for code in re.findall(
            r"docs/lessons\.md, ([ABCD]\d+|T-\d+)", path.read_text("utf-8")
        )
    }
    assert cited <= {row[0] for row in _rows()}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            r"\b(looks?|looked|promis\w+|told|tells?)\b|\b(an?|the|these|whole) needs?\b",
        ),
        ("pl", r"(?i)zerkn|zagląda|obietnic|obiecuj|\bauto\b(?!\.)|\bauta\b|\baucie\b"),
    ],
)
def test_people_read_the_words_of_the_glossary(language: str, words: str) -> None:
    """Read and request, not look, promise or need; one word for a car in Polish."""
    text = (HOUSE / "translations" / f"{language}.json").read_text("utf-8")
    values = re.findall(r'": "(.*)"', text)
    assert len(values) > 400
    assert [value for value in values if re.search(words, value)] == []


def _page(name: str) -> str:
    """Return a page of ``docs/``."""
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def _anchors(page: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in kept}


def test_the_readme_is_short() -> None:
    """Whoever looks for reference finds it in ``docs/``."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page: Path) -> None:
    """To a file of the repository, and to a heading of it."""
    wrong = []
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and anchor not in _anchors(target.read_text("utf-8"))
        ):
            wrong.append(link)
    assert not wrong


def test_the_index_names_each_page() -> None:
    """A page that nobody links to is not read."""
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", _page("README")))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert linked == pages - {"README.md"}


def test_each_entity_is_described() -> None:
    """By its key, beside the name that people see."""
    page = _page("entities")
    for platform, entities in EN["entity"].items():
        for key, texts in entities.items():
            assert f"`{key}`" in page, key
            assert texts["name"] in page, key
            for state in texts.get("state", {}):
                if platform == "sensor":
                    assert f"`{state}`" in page, (key, state)


def test_each_event_is_described() -> None:
    """Every type that an event entity fires."""
    page = _page("events")
    for texts in EN["entity"]["event"].values():
        for kind in texts["state_attributes"]["event_type"]["state"]:
            assert f"`{kind}`" in page, kind


def test_each_action_is_described() -> None:
    """In the table and in a chapter."""
    page = _page("actions")
    listed = re.findall(r"^\| `tesla_scout_worker\.(\w+)`", page, re.MULTILINE)
    assert sorted(listed) == sorted(EN["services"])
    assert all(page.count(f"`{action}`") for action in listed)


def test_each_option_is_described() -> None:
    """By the label that the form shows."""
    page = _page("options")
    for step in EN["options"]["step"].values():
        for label in step.get("data", {}).values():
            assert f"| {label} |" in page, label


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_yaml_example_can_be_pasted(page: Path) -> None:
    """It is YAML, and an automation has triggers and actions."""
    for text in re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        example = parse_yaml(text)
        assert isinstance(example, dict)
        if "alias" in example:
            assert example["triggers"]
            assert example["actions"]


@pytest.mark.parametrize(
    "page",
    PAGES,
    ids=lambda page: page.name,
)
def test_each_file_and_command_exists(page: Path) -> None:
    """A page outlives the code that it speaks of, unless somebody looks."""
    text = page.read_text("utf-8")
    names = {path.name for path in ROOT.glob("[!.]*/**/*.py")}
    wrong = []
    for path in re.findall(r"[\w./-]+\.py\b", text):
        there = any((base / path).exists() for base in (ROOT, HOUSE))
        if not there and ("/" in path or path not in names):
            wrong.append(path)
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT.joinpath(*module.split("."))
        if not path.with_suffix(".py").exists() and not path.is_dir():
            wrong.append(module)
    assert not wrong


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.name != "glossary.md"],
    ids=lambda page: page.name,
)
def test_pages_use_the_words_of_the_glossary(page: Path) -> None:
    """Only the glossary names the words of before."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", page.read_text("utf-8"))
    assert not re.findall(r"\b(?:looks?|looked|promis\w+|told|keeper|desk)\b", text)


def test_the_architecture_names_what_is_there() -> None:
    """Each class and function that the walks pass exists."""
    code = "\n".join(path.read_text("utf-8") for path in HOUSE.rglob("*.py"))
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = {
        name.rpartition(".")[2]
        for name in re.findall(r"`([A-Z][a-z]+[A-Z]\w*(?:\.\w+)?)`", text)
    } - {"ServiceValidationError", "HomeAssistantError"}
    assert named
    assert [name for name in sorted(named) if f" {name}" not in code] == []


# What pages name of Home Assistant's own screens, of Tesla's and of other integrations,
# and words that are no names.
OTHERS_NAMES = frozenset(
    {
        *(
            "Add card",
            "Add dashboard",
            "Add integration",
            "Assist",
            "Create automation",
        ),
        *(
            "Automations & scenes",
            "Custom repositories",
            "Dashboards",
            "Edit dashboard",
        ),
        *("Edit in YAML", "Expose", "Link account", "My Home Assistant", "Resources"),
        *("Voice assistants", "⋮", "EV Smart Charging", "Tesla Wall Connector"),
        *("Wanderer", "Tesla (Wanderer)", "Model 3 Wanderer, through Teslemetry"),
        *("A read, a command, a wake", "Hour by hour", "Not tonight", "Screens"),
    }
)

# These are for developers.
NO_SCREENS = frozenset(
    f"{name}.md"
    for name in (
        *("lessons", "architecture", "glossary", "economy", "reliability", "replay"),
        *("benchmark", "CONTRIBUTING", "SECURITY", "CHANGELOG"),
    )
)


@cache
def _shown_texts() -> str:
    """Return all texts of the integration, its cards and its blueprints."""
    paths = [
        HOUSE / "translations" / "en.json",
        ROOT / "frontend" / "src" / "locales" / "en.ts",
        *(ROOT / "blueprints").rglob("*.yaml"),
    ]
    return "\n".join(path.read_text("utf-8") for path in paths).casefold()


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.name not in NO_SCREENS],
    ids=lambda page: page.name,
)
def test_pages_name_what_the_screens_show(page: Path) -> None:
    """Buttons, fields and options by their present texts, or by a part of a sentence."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    text = " ".join(re.sub(r"`[^`]*`", "", text).split())
    named = [
        *re.findall(r"(?<![\w*])\*(?=[A-Z⋮])([^*]+?)(?<=\S)\*(?![\w*])", text),
        *re.findall(
            r"(?:[Cc]hoose|[Pp]ress|Open|choosing|or) \*\*([A-Z⋮][^*]+)\*\*", text
        ),
    ]
    wrong = []
    for name in re.split(r" > | → ", " > ".join(named)):
        words = re.escape(name.casefold().strip(" .")).replace("…", ".*")
        found = re.search(rf"(?<!\w){words}(?!\w)", _shown_texts())
        if name and name not in OTHERS_NAMES and found is None:
            wrong.append(name)
    assert not wrong


def test_pages_call_what_is_there() -> None:
    """Actions, entities and events of examples have the names that a new user gets."""
    names = {
        platform: {slugify(texts.get("name", key)) for key, texts in entities.items()}
        for platform, entities in EN["entity"].items()
    }
    # Home Assistant names this one by its kind.
    names["sensor"].add("battery")
    kinds = {
        kind
        for texts in EN["entity"]["event"].values()
        for kind in texts["state_attributes"]["event_type"]["state"]
    }
    wrong = []
    for page in PAGES:
        text = page.read_text("utf-8")
        called = re.findall(r"action: tesla_scout_worker\.(\w+)", text)
        wrong += [name for name in called if name not in EN["services"]]
        for platform, name in re.findall(r"(\w+)\.(?:tesla_)?wanderer_(\w+)", text):
            if name not in names[platform]:
                wrong.append(f"{page.name}: {platform}.{name}")
        for listed in re.findall(r"event_type: \[([^]]+)\]", text):
            wrong += [
                f"{page.name}: {kind}"
                for kind in listed.split(", ")
                if kind not in kinds
            ]
    assert not wrong
