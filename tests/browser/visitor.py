"""A person at a browser: walks by addresses, and every page on the way is inspected.

Pages are chosen by address, link target, field name and role, so that a better sentence on a page
breaks no story.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import APIResponse, Download, Locator, Page, Response

from hoofdaannemer.scenarios.logins import PASSWORD

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TOKEN: Final = "csrfmiddlewaretoken"
SERIOUS: Final = ("serious", "critical")
LOOK_AGAIN_MS: Final = 300
#: What a worker brings comes within a few sweeps.
PATIENCE_SECONDS: Final = 90.0
#: How a page is built: its elements with what axe looks at, without words or numbers. Of neighbours
#: that are alike, as rows of a table and links of a menu, one counts; the others are in `alike`.
BUILD: Final = """
    const alike = [];
    let left_out = null;
    const valued = /^(id|for|class|role|type|lang|tabindex|hidden|open|disabled|aria-.*)$/;
    const plain = (text) => text.replace(/\\d+/g, '0');
    const build = (node) => {
        const said = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
        const attributes = [...node.attributes].map((one) => one.name +
            (valued.test(one.name) ? '=' + plain(one.value) : one.value.trim() ? '=' : ''));
        const children = [...node.children].filter((one) => one !== left_out);
        const parts = children.map(build);
        const isAlike = (part, at) => part === parts[at - 1];
        alike.push(...children.filter((child, at) => isAlike(parts[at], at)));
        const unlike = parts.filter((part, at) => !isAlike(part, at));
        return `${node.tagName}[${attributes}]${said ? '+' : ''}(${unlike.join('')})`;
    };
"""
#: The same as text: of the main part and of the frame around it, which is that of many pages. An id
#: that stands twice is told apart.
BUILT: Final = f"""() => {{{BUILD}
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const twice = ids.filter((one, at) => ids.indexOf(one) !== at);
    const main = document.querySelector('main');
    const inside = build(main) + twice;
    left_out = main;
    return [inside, build(document.documentElement)];
}}"""
#: WCAG 2.2 up to AA, and what the makers of axe recommend beside it. Of neighbours that are alike
#: one is looked at, unless they name others or are named: names have to fit in each.
AXE_RUN: Final = f"""() => {{{BUILD}
    build(document.body);
    const named = '[id], [for], [aria-labelledby], [aria-describedby], [aria-controls]';
    const exclude = alike.filter((one) => !one.matches(named) && !one.querySelector(named));
    return axe.run({{include: [document], exclude}}, {{
        resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }});
}}"""
_inspected: set[tuple[str, int, str]] = set()


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

    def settle(self) -> None:
        """Look again until the worker is done with what the page shows, and inspect it then."""
        while self.main.locator("progress, [role=progressbar]").count():
            self.page.wait_for_timeout(LOOK_AGAIN_MS)
            self.page.reload()
        self.inspect()

    def wait_for(self, target: Locator) -> None:
        """Look again until the worker has brought what the page is to show; it must come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not target.count():
            assert time.monotonic() < deadline, f"{self.page.url} does not show {target}"
            self.page.wait_for_timeout(LOOK_AGAIN_MS)
            self.page.reload()
        self.inspect()

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
        found = self.findings()
        assert not found, f"{self.page.url}\n" + "\n".join(found)

    def findings(self) -> list[str]:
        """What is wrong with this page, by axe and by the browser's own complaints.

        Axe is not asked twice about a page that is built the same, in the same width, in a frame
        that was built the same around another.
        """
        path = re.sub(r"\d+", "0", urlsplit(self.page.url).path)
        inside, frame = self.page.evaluate(BUILT)
        built = {(path, self._width, inside), ("", self._width, frame)}
        found = [] if built <= _inspected else self._ask_axe()
        if not found:
            _inspected.update(built)
        complaints, self._complaints = self._complaints, []
        return found + complaints

    @property
    def _width(self) -> int:
        size = self.page.viewport_size
        assert size
        return size["width"]

    def _ask_axe(self) -> list[str]:
        self.page.evaluate(AXE)
        found: list[dict[str, Any]] = self.page.evaluate(AXE_RUN)["violations"]
        return [
            f"{one['id']}: {one['help']}\n    "
            + "\n    ".join(str(node["html"])[:300] for node in one["nodes"][:3])
            for one in found
            if one["impact"] in SERIOUS
        ]

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


def let_in(visitor: Visitor, email: str) -> None:
    """Come in as the login page would, without a look at it: its answers only, no browser."""
    caller = visitor.page.request
    address = f"{visitor.address}/inloggen/"
    asked = caller.get(address)
    given = {"username": email, "password": PASSWORD, TOKEN: _token(asked)}
    answer = caller.post(address, form=given)
    if "tweede-stap" in answer.url:
        code = {"code": code_of(answer.text()), TOKEN: _token(answer)}
        answer = caller.post(answer.url, form=code)
    assert answer.ok, answer.url
    assert "inloggen" not in answer.url, answer.text()


def _token(answer: APIResponse) -> str:
    """What a form sends along against forgery."""
    found = re.search(rf'name="{TOKEN}" value="(\w+)"', answer.text())
    assert found, answer.url
    return found[1]


def code_of(text: str) -> str:
    """The second factor that the demo shows in a text."""
    shown = re.search(r"\b\d{6}\b", text)
    assert shown, "the demo shows no code"
    return shown[0]


def log_in(visitor: Visitor, email: str) -> None:
    """Come in by the login page, with the second step where it is asked."""
    visitor.go(f"/inloggen/?as={email}")
    visitor.fill(password=PASSWORD)
    visitor.submit()
    if "tweede-stap" in visitor.page.url:
        visitor.fill(code=code_of(visitor.text))
        visitor.submit()
    assert "inloggen" not in visitor.page.url, visitor.text
