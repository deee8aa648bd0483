"""What the code of the integration says of its texts, and how the texts are read."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from importlib import import_module
import json
from pathlib import Path
from string import Formatter
from typing import Any, cast

from custom_components.tesla_scout_worker import PLATFORMS
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.errors import FleetError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.util.yaml import load_yaml_dict

REPOSITORY = Path(__file__).parents[1]
HOUSE = REPOSITORY / "custom_components" / DOMAIN
PACKAGE = f"custom_components.{DOMAIN}"

# Where each flow is written, and the step that Home Assistant's own class adds.
FLOWS = {
    "config": (
        (
            "config_flow",
            "config.account_flow",
            "config.tesla_setup",
            "config.provider_steps",
            "config.pasted_key",
            "config.token_steps",
            "config.pasted_token",
            "config.key_steps",
            "config.domain_text",
            "config.key_file",
            "config.registration",
            "config.entity_steps",
            "config.entity_form",
            "config.second_way",
            "config.second_way_steps",
        ),
        {"pick_implementation"},
    ),
    "options": (
        (
            "config.options_flow",
            "config.first_run",
            "config.option_pages",
            "config.price_form",
            "config.tariff_form",
        ),
        set[str](),
    ),
}

# Home Assistant's own methods of a flow, and the reasons with which they may abort it.
IMPLIED_ABORTS = {
    "_abort_if_unique_id_configured": {"already_configured"},
    "async_step_pick_implementation": {"missing_configuration"},
    "async_update_reload_and_abort": {"reauth_successful", "reconfigure_successful"},
}


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object in a file, with its keys in their order."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content


EN = read_json(HOUSE / "translations" / "en.json")
PL = read_json(HOUSE / "translations" / "pl.json")
ICONS = read_json(HOUSE / "icons.json")
MANIFEST = read_json(HOUSE / "manifest.json")
SERVICES: dict[str, Any] = load_yaml_dict(str(HOUSE / "services.yaml"))
SOURCES = {
    ".".join(path.relative_to(HOUSE).with_suffix("").parts): ast.parse(path.read_text())
    for path in sorted(HOUSE.rglob("*.py"))
}


def texts(tree: object, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text in a tree of texts, after the keys that lead to it."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from texts(value, *path, key)
    else:
        assert isinstance(tree, str), path
        yield path, tree


def placeholders(tree: object) -> set[str]:
    """Return the placeholders in a tree of texts."""
    found = (Formatter().parse(text) for _, text in texts(tree))
    return {name for parts in found for _, name, _, _ in parts if name is not None}


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function or a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name == (
            node.func.attr
            if isinstance(node.func, ast.Attribute)
            else getattr(node.func, "id", None)
        ):
            yield node


def in_flow(name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function or a method in the modules of the config flow."""
    for module in FLOWS["config"][0]:
        yield from calls(SOURCES[module], name)


def argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return a keyword argument of a call."""
    found = (keyword.value for keyword in call.keywords if keyword.arg == name)
    return next(found, None)


def strings(*nodes: ast.AST | None) -> set[str]:
    """Return the string constants in pieces of code."""
    return {
        part.value
        for node in nodes
        if node is not None
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def dict_keys(node: ast.AST | None) -> set[str]:
    """Return the keys of a dict literal, as far as they are constants."""
    if not isinstance(node, ast.Dict):
        return set()
    return strings(*(key for key in node.keys if isinstance(key, ast.Constant)))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions and methods in a piece of code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def descriptions() -> list[tuple[str, EntityDescription]]:
    """Return all entity descriptions, each with its platform.

    Home Assistant builds their classes so that isinstance does not tell them.
    """
    found = []
    for platform in PLATFORMS:
        for value in vars(import_module(f"{PACKAGE}.{platform}")).values():
            for item in value if isinstance(value, tuple) else (value,):
                if is_dataclass(item) and hasattr(item, "translation_key"):
                    if not isinstance(item, type):
                        found.append((str(platform), cast(EntityDescription, item)))
    return found


def fleet_errors(base: type[FleetError] = FleetError) -> Iterator[type[FleetError]]:
    """Yield the errors that are told to people."""
    for error in base.__subclasses__():
        yield error
        yield from fleet_errors(error)


def always_passed(error: type[FleetError]) -> set[str]:
    """Return the placeholders that an error has wherever it is raised."""
    for name in [
        base.__name__ for base in error.__mro__[: error.__mro__.index(FleetError)]
    ]:
        for node in ast.walk(SOURCES["gateways.errors"]):
            if isinstance(node, ast.ClassDef) and node.name == name:
                for call in calls(node, "__init__"):
                    return {str(keyword.arg) for keyword in call.keywords}
    sites = [
        {str(keyword.arg) for keyword in call.keywords}
        for tree in SOURCES.values()
        for call in calls(tree, error.__name__)
    ]
    sites += [
        set[str]()
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Name)
        and node.exc.id == error.__name__
    ]
    return set.intersection(*sites) if sites else set()


def raised() -> dict[str, set[str]]:
    """Return the keys of the other exceptions, with the placeholders of each.

    Some are made by a helper that takes the key first and the placeholders by name.
    """
    found: dict[str, set[str]] = {}
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not argument(
                node, "translation_domain"
            ):
                continue
            key = argument(node, "translation_key")
            if isinstance(key, ast.Constant):
                passed = dict_keys(argument(node, "translation_placeholders"))
                found[str(key.value)] = found.get(str(key.value), passed) & passed
        for name in ("invalid_request", "RequestError"):
            for call in calls(tree, name):
                if call.args and isinstance(call.args[0], ast.Constant):
                    named = str(call.args[0].value)
                    passed = {str(keyword.arg) for keyword in call.keywords}
                    found[named] = found.get(named, passed) & passed
    return found


def issues() -> dict[str, set[str]]:
    """Return the keys of the repair issues, with the placeholders of each.

    A key that ends in a variable is completed with the reasons in its module: words
    that are returned beside something else, or preset.
    """
    found: dict[str, set[str]] = {}
    for tree in SOURCES.values():
        for call in calls(tree, "async_create_issue"):
            key = argument(call, "translation_key")
            passed = dict_keys(argument(call, "translation_placeholders"))
            if isinstance(key, ast.Name):
                found |= dict.fromkeys(_named_issues(tree), passed)
                continue
            (beginning,) = strings(key)
            endings = {""}
            if isinstance(key, ast.JoinedStr):
                endings = strings(
                    *(
                        preset
                        for function in functions(tree)
                        for preset in function.args.defaults
                    ),
                    *(
                        node.value.elts[-1]
                        for node in ast.walk(tree)
                        if isinstance(node, ast.Return)
                        and isinstance(node.value, ast.Tuple)
                        and isinstance(node.value.elts[-1], ast.Constant)
                    ),
                )
            found |= {beginning + ending: passed for ending in endings}
    return found


def _named_issues(tree: ast.AST) -> set[str]:
    """Return the keys of issues that a module has as constants, as ``FAILED_ISSUE``."""
    return strings(
        *(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id.endswith("_ISSUE")
        )
    )


def shown_steps(flow: str) -> dict[str, set[str]]:
    """Return the steps that a flow shows, with the placeholders of each."""
    modules, inherited = FLOWS[flow]
    found = {step: set[str]() for step in inherited}
    for function in (item for name in modules for item in functions(SOURCES[name])):
        shown = (
            *calls(function, "async_show_form"),
            *calls(function, "async_show_menu"),
        )
        steps = strings(*(argument(call, "step_id") for call in shown))
        given = set[str]()
        for call in shown:
            given |= dict_keys(argument(call, "description_placeholders"))
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = (
                    node.targets[0] if isinstance(node, ast.Assign) else node.target
                )
                if isinstance(target, ast.Name) and target.id == "placeholders":
                    given |= dict_keys(node.value)
        # A flow may have a method of its own that shows a form: its name comes first.
        for call in (*calls(function, "_show"), *calls(function, "_async_page")):
            steps |= strings(call.args[0])
            for keyword in call.keywords:
                given |= {"range", keyword.arg or "range"} | dict_keys(keyword.value)
        found |= dict.fromkeys(steps, given)
    return found


def own_errors(flow: str) -> set[str]:
    """Return the errors of a flow that are not Tesla's.

    They are set by field, handed over in a dict by field, or returned as ``str | None``.
    """
    found = set[str]()
    for module in FLOWS[flow][0]:
        for node in ast.walk(SOURCES[module]):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))]):
                    found |= strings(node.value)
                case ast.Call(func=ast.Attribute(attr="fromkeys"), args=[_, value]):
                    found |= strings(value)
                case ast.Dict(
                    keys=[
                        ast.Name()
                        | ast.Attribute()
                        | ast.Subscript()
                        | ast.Constant(value="base")
                    ]
                ):
                    values = (
                        value
                        for value in node.values
                        if isinstance(value, ast.Constant)
                    )
                    found |= strings(*values)
                case (
                    ast.AsyncFunctionDef(returns=ast.BinOp(left=ast.Name(id="str")))
                    | ast.FunctionDef(returns=ast.BinOp(left=ast.Name(id="str")))
                ):
                    returned = (
                        item for item in ast.walk(node) if isinstance(item, ast.Return)
                    )
                    found |= strings(*(item.value for item in returned))
    return found


def words_of_errors(flow: str) -> set[str]:
    """Return the placeholders that come with an error of a flow, as its ``words``."""
    return {
        key
        for module in FLOWS[flow][0]
        for node in ast.walk(SOURCES[module])
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "words"
        for key in dict_keys(node.value)
    }


def aborts_with_texts() -> set[str]:
    """Return the errors of Tesla's with whose key the config flow aborts."""
    names = {
        handler.type.id
        for handler in ast.walk(SOURCES["config_flow"])
        if isinstance(handler, ast.ExceptHandler) and isinstance(handler.type, ast.Name)
        for call in calls(handler, "async_abort")
        if isinstance(argument(call, "reason"), ast.Attribute)
    }
    return {error.key for error in fleet_errors() if error.__name__ in names}


def abort_placeholders(reason: str) -> set[str]:
    """Return the placeholders that the config flow gives for a reason of its own."""
    return {
        name
        for call in in_flow("async_abort")
        if strings(argument(call, "reason")) == {reason}
        for name in dict_keys(argument(call, "description_placeholders"))
    }


def aborts() -> set[str]:
    """Return the other reasons with which the config flow may abort."""
    reasons = strings(
        *(argument(call, "reason") for call in in_flow("async_abort")),
        *(argument(call, "reason") for call in in_flow("_abort_if_unique_id_mismatch")),
    )
    for method, implied in IMPLIED_ABORTS.items():
        if any(in_flow(method)):
            reasons |= implied
    for call in in_flow("async_set_unique_id"):
        if argument(call, "raise_on_progress") is None:
            reasons.add("already_in_progress")
    return reasons
