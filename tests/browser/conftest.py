"""One Home Assistant and one browser for all tests of a process."""

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright
import pytest
import pytest_socket

from .chromium import launch
from .person import DESKTOP, PATIENCE, Look, Person
from .world import World

type Opener = Callable[[Look], Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of this folder: a browser and a process take their time.

    The limit ends a test that hangs; a machine with other work may be ten times as slow.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(1800))


# Playwright's synchronous calls keep an event loop running in this thread. So fixtures
# that every other test has, and that run coroutines, are replaced here.


@pytest.fixture(autouse=True)
def configure_event_loop() -> None:
    """Replace the plugin's fixture: no loop of a test."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Replace the plugin's fixture: no loop of a test."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Replace the plugin's fixture: Home Assistant is another process."""


@pytest.fixture(autouse=True)
def _warsaw() -> None:
    """Replace the fixture of all tests: Home Assistant is another process."""


@pytest.fixture(scope="session")
def sockets() -> Iterator[None]:
    """Leave sockets open: the simulator serves between tests too."""
    disable = pytest_socket.disable_socket
    pytest_socket.disable_socket = lambda *_args, **_options: None
    pytest_socket.enable_socket()
    yield
    pytest_socket.disable_socket = disable


@pytest.fixture(scope="session")
def browser(sockets: None) -> Iterator[Browser]:
    """Start the browser."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def world(
    browser: Browser, sockets: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Start the cloud and Home Assistant."""
    running = World(tmp_path_factory.mktemp("home_assistant"))
    try:
        running.start()
        yield running
    finally:
        # Home Assistant has a session of its own: nobody else would end it.
        running.stop()


@pytest.fixture
def nothing_set_up(world: World) -> None:
    """Begin without an account."""
    world.remove_all()


@pytest.fixture
def no_application(nothing_set_up: None, world: World) -> None:
    """Begin without an application of one's own."""
    world.remove_applications()


@pytest.fixture
def application(nothing_set_up: None, world: World) -> None:
    """Begin with an application of one's own, which Home Assistant knows."""
    world.remove_applications()
    world.add_application()


@pytest.fixture
def signing(world: World) -> Iterator[None]:
    """Let the car take signed commands only; Tesla has no key of the application."""
    world.do(lambda: world.require_signing(True))
    yield
    world.do(lambda: world.require_signing(False))


@pytest.fixture
def account(world: World) -> str:
    """Begin with an account; return its entry."""
    entries = world.entries()
    return entries[0]["entry_id"] if entries else world.set_up()


@pytest.fixture
def opener(world: World, browser: Browser) -> Iterator[Opener]:
    """Let people look at pages; a fault that they saw fails the test."""
    people: list[Person] = []

    def meet(look: Look) -> Person:
        people.append(Person(world, browser, look))
        return people[-1]

    yield meet
    faults = [fault for person in people for fault in person.faults]
    for person in people:
        person.close()
    assert faults == []


@pytest.fixture
def person(opener: Opener) -> Person:
    """Return a person at a desktop, in English."""
    return opener(DESKTOP)
