"""Everything can be done, and seen, by who has a keyboard and no mouse."""

from __future__ import annotations

from typing import Final

import pytest

from hoofdaannemer.scenarios.logins import PASSWORD
from tests.browser import crawl, people
from tests.browser.keyboard import Keyboard
from tests.browser.post import unused
from tests.browser.visitor import Visitor, code_of

pytestmark = pytest.mark.browser

MENU: Final = "details.ha-menu > summary"
ROLES: Final = ".ha-account .ha-drop > summary"


def test_by_keyboard_alone(stranger: Visitor) -> None:
    """In, past the menu, through the menu, and a form that is refused, mended and kept."""
    visitor, keyboard = stranger, Keyboard(stranger)
    _log_in(visitor, keyboard)
    _skip_the_menu(keyboard)
    visitor.page.reload()
    keyboard.circle()
    _open_and_close(keyboard, ROLES, "button[name=assignment]")

    visitor.page.reload()
    keyboard.to(".ha-nav a[href='/contactpersonen/']")
    keyboard.enter()
    keyboard.to("main a[href='/contactpersonen/nieuw/']")
    keyboard.enter()
    keyboard.circle()
    visitor.page.reload()
    _make_a_contact(visitor, keyboard)

    visitor.page.set_viewport_size(crawl.PHONE)
    visitor.page.reload()
    keyboard.circle()
    visitor.page.reload()
    _open_and_close(keyboard, MENU, ".ha-nav a")


def _log_in(visitor: Visitor, keyboard: Keyboard) -> None:
    visitor.go("/inloggen/")
    keyboard.to("[name=username]")
    keyboard.write(people.CONTRACT_MANAGER)
    keyboard.to("[name=password]")
    keyboard.write(PASSWORD)
    keyboard.enter()
    keyboard.to("[name=code]")
    keyboard.write(code_of(visitor.text))
    keyboard.enter()
    assert "inloggen" not in visitor.page.url


def _skip_the_menu(keyboard: Keyboard) -> None:
    """The first stop leads past header and menu: the next is something of the page itself."""
    keyboard.tab()
    assert keyboard.is_at(".ha-skip")
    keyboard.press("Enter")
    assert keyboard.is_at("main")
    keyboard.tab()
    assert keyboard.is_at("main *")


def _open_and_close(keyboard: Keyboard, button: str, part: str) -> None:
    """A menu opens with Enter, Tab goes into it, and Escape closes it and comes back."""
    keyboard.to(button)
    keyboard.press("Enter")
    keyboard.tab()
    assert keyboard.is_at(part)
    keyboard.press("Escape")
    assert keyboard.is_at(button)
    assert not keyboard.is_at("[open] > *")


def _make_a_contact(visitor: Visitor, keyboard: Keyboard) -> None:
    """Without an address it is refused: the focus is at what is wrong, which leads to the field."""
    name = f"Loket {unused()}"
    keyboard.to("[name=subject]")
    keyboard.press("ArrowDown")
    keyboard.to("[name=name]")
    keyboard.write(name)
    keyboard.to("main button[type=submit]")
    keyboard.enter()
    assert keyboard.is_at("[data-error-summary]")
    keyboard.tab()
    assert keyboard.is_at("[data-error-summary] a")
    keyboard.press("Enter")
    assert keyboard.is_at("[name=mail]")
    keyboard.write("loket@zorgkompas.example")
    keyboard.enter()
    assert name in visitor.text
