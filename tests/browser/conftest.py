"""The real site, as `make demo` starts it, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, sync_playwright

from hoofdaannemer.processes import free_port
from tests.browser.visitor import Visitor, let_in, log_in

ROOT = Path(__file__).parent.parent.parent
#: What tests/environment.py sets for the other tests; the demo finds its own.
TEST_SETTINGS = (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "DATABASE_ROLE",
    "BROKER_URL",
    "STATIC_MANIFEST",
    "EMBEDDED",
    "SECRET_KEY",
    "DATA_KEYS",
    "LOOKUP_KEY",
    "MODE",
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STOP_SECONDS = 30
#: A person waits a quarter of a minute for what lies in a folder; a story proves nothing by it.
SWEEP_SECONDS = "3"
#: Long enough for a machine that does much else.
PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Site:
    """The running demo: its address, and its home folder for files that tests drop or read."""

    address: str
    home: Path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """`manage.py demo` with the scenario loaded, stopped with ctrl-C at the end.

    For work on the stories: with BROWSER_SITE_HOME the data of an earlier run is used again, and
    with BROWSER_SITE as well the demo that runs on it already, at that address.
    """
    home = Path(os.environ.get("BROWSER_SITE_HOME", ROOT / ".home" / "browser"))
    if running := os.environ.get("BROWSER_SITE"):
        yield Site(running, home)
        return
    if "BROWSER_SITE_HOME" not in os.environ:
        shutil.rmtree(home, ignore_errors=True)
    env = {name: value for name, value in os.environ.items() if name not in TEST_SETTINGS}
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", f"--port={free_port(8100)}"],
        cwd=ROOT,
        env={
            **env,
            "HOOFDAANNEMER_HOME": str(home),
            "PYTHONUNBUFFERED": "1",
            "SWEEP_SECONDS": SWEEP_SECONDS,
        },
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Site(_address(demo), home)
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(demo.pid, signal.SIGKILL)


def _address(demo: subprocess.Popen[str]) -> str:
    assert demo.stdout
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError("the demo did not start:\n" + "".join(seen[-40:]))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver: of the browser, and of callers without one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as the machine has it."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    assert executable, "install Chromium to walk the stories"
    browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages, each in a browser of its own; `width=390` is a phone."""
    contexts = []

    def make(*, width: int = 1440, height: int = 900, known_as: StorageState | None = None) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            accept_downloads=True,
            storage_state=known_as,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Cookies of who logged in before, by address: one login a person is enough."""
    return {}


@pytest.fixture
def visit(
    site: Site, open_page: Callable[..., Page], sessions: dict[str, StorageState]
) -> Callable[..., Visitor]:
    """`visit(email)`: that person at a browser, logged in; `width=390` is a phone.

    `anew` logs in once more: whoever acted for another before would still do so. `by_form` does
    so by the pages of the login, as people do; all others come in without a look at them.
    """

    def arrive(
        email: str, *, width: int = 1440, anew: bool = False, by_form: bool = False
    ) -> Visitor:
        known = None if anew or by_form else sessions.get(email)
        visitor = Visitor(open_page(width=width, known_as=known), site.address)
        if known is None:
            (log_in if by_form else let_in)(visitor, email)
            sessions[email] = visitor.page.context.storage_state()
        return visitor

    return arrive


@pytest.fixture
def stranger(site: Site, open_page: Callable[..., Page]) -> Visitor:
    """Somebody in a browser of their own who has not logged in."""
    return Visitor(open_page(), site.address)
