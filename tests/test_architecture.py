"""The rules of docs/architecture.md that no import contract can hold."""

import ast
from collections.abc import Iterator
import re

import pytest

from .metadata import HOUSE, REPOSITORY

GATEWAY = "gateways/gateway.py"

# Who may read a car, or ask whether it is online, at the gateway.
READERS = {"coordinator.py", "scout/reader.py", "worker/removal.py"}
READS = {"async_connectivity", "async_read", "async_read_reported"}

# Free, and asked by the set-up as well.
LISTS = {"async_list_vehicles"}

# The one module that sends commands, wakes among them.
SENDERS = {"worker/delivery.py"}


def gateway_calls() -> set[str]:
    """Return the names of what a gateway is asked to do."""
    tree = ast.parse((HOUSE / GATEWAY).read_text("utf-8"))
    (gateway,) = (
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "Gateway"
    )
    return {
        node.name for node in gateway.body if isinstance(node, ast.AsyncFunctionDef)
    }


def modules_outside(package: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of the integration that is not in a package, by its path."""
    for path in sorted(HOUSE.rglob("*.py")):
        name = path.relative_to(HOUSE).as_posix()
        if not name.startswith(f"{package}/"):
            yield name, ast.parse(path.read_text("utf-8"))


def named_on_gateways(tree: ast.Module, names: set[str]) -> bool:
    """Whether a module names one of these methods of a gateway."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in names
        and ast.unparse(node.value).endswith("client")
        for node in ast.walk(tree)
    )


def test_only_delivery_sends_commands() -> None:
    """Whoever else wants something of a car asks for a change, or for a command."""
    commands = gateway_calls() - READS - LISTS
    assert {"async_wake", "async_set_charge_limit", "async_start_charging"} < commands
    named = {
        name
        for name, tree in modules_outside("gateways")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in commands
    }
    assert named == SENDERS


def test_only_the_scout_and_a_removal_read_cars() -> None:
    """A read is paid: it has a reason and a budget, and is shown to everybody."""
    assert gateway_calls() > READS
    named = {
        name
        for name, tree in modules_outside("gateways")
        if named_on_gateways(tree, READS)
    }
    assert named == READERS


def tree() -> str:
    """Return the tree of the integration in docs/architecture.md."""
    text = (REPOSITORY / "docs" / "architecture.md").read_text("utf-8")
    (found,) = re.findall(
        r"## The tree\n\n```text\n(.*?)\n\nfrontend/", text, re.DOTALL
    )
    return str(found)


def test_the_tree_names_each_module() -> None:
    """A stranger finds what a file is for without opening it."""
    named = set(re.findall(r"\w+", tree()))
    modules = {path.stem for path in HOUSE.rglob("*.py")}
    assert sorted(modules - named) == []


def test_each_file_of_the_tree_exists() -> None:
    """What was renamed or deleted leaves the tree, too."""
    files = {path.name for path in HOUSE.rglob("*")}
    assert sorted(set(re.findall(r"\w+\.py\b", tree())) - files) == []


# The glossary has the words that are used in their place. The benchmarks compare with
# other programs, by the words of those.
WORDS_OF_BEFORE = {"desk", "keeper", "looked", "news", "told", "wish"}


def words(name: str) -> set[str]:
    """Return the words in a name."""
    return {word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module gives."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                # The name of a test is a sentence.
                yield name.partition("test_")[0] if name[:5] == "test_" else name
            case ast.ClassDef(name) | ast.Name(name, ast.Store()):
                yield name
            case ast.arg(name) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def loop_variables(tree: ast.Module) -> Iterator[str]:
    """Yield the variables of loops that have no other beside them."""
    for node in ast.walk(tree):
        match node:
            case ast.For(ast.Name(name)) | ast.AsyncFor(ast.Name(name)):
                yield name
            case ast.comprehension(ast.Name(name)):
                yield name
            case ast.Lambda(ast.arguments(args=[ast.arg(name)])):
                yield name


@pytest.mark.parametrize("folder", ["custom_components", "tests", "simulator", "demo"])
def test_code_has_the_words_of_the_glossary(folder: str) -> None:
    """Also in its names: one word for one thing, and a loop variable says what it is."""
    wrong = []
    for path in sorted((REPOSITORY / folder).rglob("*.py")):
        if path.parent.name == "benchmarks":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found = {name for name in names(tree) if words(name) & WORDS_OF_BEFORE}
        found |= {name for name in loop_variables(tree) if name == "one"}
        wrong += [f"{path.relative_to(REPOSITORY)}: {name}" for name in sorted(found)]
    assert wrong == []


def test_the_profile_says_how_far_property_tests_search() -> None:
    """A number of a test's own would end the nightly search as early as any."""
    named = [
        path.name
        for path in (REPOSITORY / "tests").rglob("*.py")
        if "max_examples=" in path.read_text("utf-8")
    ]
    assert sorted(named) == ["conftest.py", "search.py", "test_architecture.py"]
