"""A person at a browser: walks by addresses, and every page on the way is inspected.

Pages are chosen by address, link target, field name and role, so that a better sentence on a page
breaks no story.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import axe_playwright_python
from playwright.sync_api import Download, Locator, Page, Response

from hoofdaannemer.scenarios.logins import PASSWORD

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SERIOUS: Final = ("serious", "critical")
#: WCAG 2.2 up to AA, and what the makers of axe recommend beside it.
AXE_RUN: Final = """() => axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})"""


class Visitor:
    """One person in a browser of their own, logged in or not yet."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self._complaints: list[str] = []
        page.on("console", lambda line: self._heard(line.type, line.text))
        page.on("pageerror", lambda error: self._heard("error", str(error)))

    def go(self, path: str, *, status: int = 200) -> None:
        """Open an address of the site and inspect the page; it must answer with `status`."""
        response = self.page.goto(self.address + path)
        self._expect(response, status)
        self.inspect()

    def answer(self, path: str) -> int:
        """The status with which an address answers this person, without opening it."""
        return self.page.request.get(self.address + path, max_redirects=0).status

    def press(self, target: Locator | str, *, status: int = 200) -> None:
        """Press a link or button (a locator, or CSS within the main part) that leads to a page."""
        locator = self.main.locator(target) if isinstance(target, str) else target
        with self.page.expect_navigation() as navigation:
            locator.first.click()
        self._expect(navigation.value, status)
        self.inspect()

    def post_to(self, address: str) -> None:
        """Press the one button of the form that posts to `address` (the end of it)."""
        self.press(f"form[action$='{address}'] button[type=submit]")

    def submit(self, name: str = "", *, status: int = 200) -> None:
        """Send the form that posts to the page itself, by the button called `name` if given."""
        chosen = f"[name='{name}']" if name else ":not([name])"
        self.press(f"form[method=post]:not([action]) button[type=submit]{chosen}", status=status)

    def fill(self, **values: str) -> None:
        """Fill in fields by name; a choice by its value or by the beginning of its label."""
        for name, value in values.items():
            field = self.page.locator(f"[name='{name}']").first
            if field.evaluate("field => field.tagName") == "SELECT":
                self._choose(field, value)
            elif field.get_attribute("type") == "radio":
                self.page.locator(f"[name='{name}'][value='{value}']").check()
            else:
                field.fill(value)

    def attach(self, name: str, file_name: str, content: bytes, kind: str) -> None:
        """Put a file in a file field."""
        field = self.page.locator(f"input[type=file][name='{name}']")
        field.set_input_files({"name": file_name, "mimeType": kind, "buffer": content})

    def download(self, target: str) -> bytes:
        """The bytes of the file behind a link (CSS within the main part)."""
        with self.page.expect_download() as waiting:
            self.main.locator(target).first.click()
        return Path(_path(waiting.value)).read_bytes()

    @property
    def main(self) -> Locator:
        """The part of the page between header and foot."""
        return self.page.locator("main")

    @property
    def text(self) -> str:
        """What the main part says, in one line, with plain spaces."""
        return plain(self.main.inner_text())

    @property
    def number(self) -> int:
        """The number in the address of this page."""
        found = re.findall(r"/(\d+)/", self.page.url)
        assert found, self.page.url
        return int(found[-1])

    def row(self, text: str) -> Locator:
        """The row of a table that says `text`."""
        return self.main.locator("tbody tr").filter(has_text=text).first

    def inspect(self) -> None:
        """Assert that axe finds nothing serious and that the browser has not complained."""
        self.page.evaluate(AXE)
        found: list[dict[str, Any]] = self.page.evaluate(AXE_RUN)["violations"]
        serious = [
            f"{one['id']}: {one['help']}\n    "
            + "\n    ".join(str(node["html"])[:300] for node in one["nodes"][:3])
            for one in found
            if one["impact"] in SERIOUS
        ]
        assert not serious, f"{self.page.url}\n" + "\n".join(serious)
        assert not self._complaints, f"{self.page.url}\n" + "\n".join(self._complaints)

    def _expect(self, response: Response | None, status: int) -> None:
        assert response is not None
        assert response.status == status, f"{response.url} gave {response.status}"
        if status >= 400:
            # The browser tells of the answer that was expected.
            self._complaints = [one for one in self._complaints if f"of {status}" not in one]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self._complaints.append(text)

    def _choose(self, field: Locator, value: str) -> None:
        options: list[list[str]] = field.evaluate(
            "field => [...field.options].map(one => [one.value, one.text])"
        )
        by_value = [one for one, _label in options if one == value]
        by_label = [one for one, label in options if value in label]
        assert by_value or by_label, f"{value} is not among {options}"
        field.select_option((by_value or by_label)[0])


def plain(text: str) -> str:
    """The text in one line, with plain spaces, as a reader would quote it."""
    return " ".join(text.split())


def _path(download: Download) -> Path:
    return Path(download.path())


def log_in(visitor: Visitor, email: str) -> None:
    """Come in by the login page, with the second step where it is asked."""
    visitor.go(f"/inloggen/?as={email}")
    visitor.fill(password=PASSWORD)
    visitor.submit()
    if "tweede-stap" in visitor.page.url:
        shown = re.search(r"\b\d{6}\b", visitor.text)
        assert shown, "the demo shows no code"
        visitor.fill(code=shown[0])
        visitor.submit()
    assert "inloggen" not in visitor.page.url, visitor.text
