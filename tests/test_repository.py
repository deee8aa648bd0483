"""The files that GitHub, HACS and contributors' tools read agree with each other."""

import json
import os
from pathlib import Path
import re
import subprocess
from typing import Any

import pytest

from homeassistant.util.yaml import load_yaml_dict

from .metadata import HOUSE, REPOSITORY

GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONS = [*WORKFLOWS, *sorted((GITHUB / "actions").glob("*/action.yml"))]
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))

# These publish no releases, and check against what is current.
FOLLOWED = {"home-assistant/actions/hassfest@master", "hacs/action@main"}


def name_of(path: Path) -> str:
    """Return a path as the id of a test."""
    return path.relative_to(REPOSITORY).as_posix()


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a document; ``on`` is True in YAML 1.1, as for GitHub."""
    return dict(load_yaml_dict(str(path)))


def test_a_release_has_the_zip_that_hacs_installs() -> None:
    """Its name is in hacs.json; its root is the component's folder, as HACS unpacks."""
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    release = read_yaml(GITHUB / "workflows" / "release.yml")
    job = release["jobs"]["release"]
    assert hacs["zip_release"] is True
    assert job["env"]["ZIP"] == hacs["filename"]
    assert REPOSITORY / job["env"]["COMPONENT"] == HOUSE
    steps = "\n".join(step.get("run", "") for step in job["steps"])
    assert 'cd "$COMPONENT" && zip' in steps
    assert 'gh release upload "$TAG" "$ZIP"' in steps
    (attested,) = (
        step["with"]["subject-path"]
        for step in job["steps"]
        if "attest-build-provenance" in step.get("uses", "")
    )
    assert attested.endswith(f"/{hacs['filename']}")


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_actions_are_pinned_to_commits(path: Path) -> None:
    """A tag can be moved to other code; the comment says which release it is."""
    for uses in re.findall(r"uses: (.+)", path.read_text()):
        if uses in FOLLOWED or uses.startswith("./"):
            continue
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", uses), uses


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_workflows_are_bounded(path: Path) -> None:
    """No permission but those that a job names, and an end to each job."""
    workflow = read_yaml(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"]


@pytest.mark.parametrize("path", [*WORKFLOWS, REPOSITORY / ".ci" / "run"], ids=name_of)
def test_scripts_that_are_called_exist(path: Path) -> None:
    """And can be executed."""
    for script in re.findall(r"\bscripts/\w+", path.read_text()):
        assert os.access(REPOSITORY / script, os.X_OK), script


def test_hooks_call_what_setup_installs() -> None:
    """Local hooks alone, so that a hook and ``scripts/lint`` use the same versions."""
    (repo,) = read_yaml(REPOSITORY / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    lint = (REPOSITORY / "scripts" / "lint").read_text()
    for hook in repo["hooks"]:
        command = hook["entry"].split()[0]
        if command.startswith(".venv/bin/"):
            assert command in lint, command
        else:
            assert os.access(REPOSITORY / command, os.X_OK), command


@pytest.mark.parametrize(
    ("message", "good"),
    [
        ("delivery: wake a car once", True),
        ("tests, demo: a night of each way", True),
        (f"delivery: {'x' * 62}\n\nA longer text.", True),
        (f"delivery: {'x' * 63}", False),
        ("Wake a car once", False),
        ("delivery:", False),
        ("", False),
        ('Revert "delivery: wake a car once"', True),
    ],
)
def test_the_subject_of_a_commit_is_checked(
    tmp_path: Path, message: str, good: bool
) -> None:
    """An area and what changes, in a line that lists of commits show whole."""
    written = tmp_path / "COMMIT_EDITMSG"
    written.write_text(message)
    script = REPOSITORY / "scripts" / "subject"
    done = subprocess.run([script, written], capture_output=True, check=False)
    assert (done.returncode == 0) is good
    assert bool(done.stderr) is not good


def test_the_container_is_set_up_by_the_script() -> None:
    """As everybody else's machine."""
    container = json.loads((REPOSITORY / ".devcontainer.json").read_text())
    assert container["postCreateCommand"] == "scripts/setup"


@pytest.mark.parametrize(
    "path", [form for form in FORMS if form.stem != "config"], ids=name_of
)
def test_issue_forms_ask_for_something(path: Path) -> None:
    """A form has a name, a description and fields; ids are unique in it."""
    form = read_yaml(path)
    assert {"name", "description", "body"} <= set(form)
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_pages_for_contributors_name_what_exists(name: str) -> None:
    """Each script and each link to a file is there."""
    text = (REPOSITORY / name).read_text()
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (REPOSITORY / link).exists(), link
    for script in re.findall(r"`((?:scripts/|\.ci/)\w+)", text):
        assert os.access(REPOSITORY / script, os.X_OK), script
