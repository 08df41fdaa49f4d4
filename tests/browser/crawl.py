"""All that a menu leads to: each page of it, and the first row that each list shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tests.browser.visitor import Visitor

WIDE: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
#: The addresses behind links, without the part that a page jumps to.
ADDRESSES: Final = "links => links.map(one => one.getAttribute('href').split('#')[0])"
#: How wide a page is that is wider than the screen, and what of it sticks out.
STICKS_OUT: Final = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) { return ''; }
    const out = [...document.querySelectorAll('body *')].filter((one) =>
        one.getBoundingClientRect().right > root.clientWidth + 1
            && !one.closest('.ha-table-region, pre'));
    return [`${root.scrollWidth} pixels`, ...out.slice(0, 3).map((one) =>
        one.outerHTML.slice(0, 200))].join(' ');
}"""
#: What is a file and no page.
FILE: Final = re.compile(r"\.\w+$|/(pdf|xlsx|csv|excel|zip|xml|bestand|sepa|e-factuur)/$|\?")


def findings(visitor: Visitor, seen: set[str]) -> list[str]:
    """What axe and the browser say of each page, and what a phone would have to scroll sideways.

    Each page is loaded once: looked at on a wide screen, then narrowed. Of the kinds of rows in
    `seen` none is opened again; those that are come with them.
    """
    found = []
    for address in _addresses(visitor, seen):
        said = [*visitor.findings(), *_narrowed(visitor)]
        found += [f"{address}: {one}" for one in said]
    return found


def _addresses(visitor: Visitor, seen: set[str]) -> Iterator[str]:
    """Open the pages of the menu one by one, with the first of each list after its list."""
    visitor.page.goto(visitor.address)
    for address in _links(visitor, ".ha-nav a"):
        yield from _opened(visitor, address)
        for of_list in _links(visitor, "main tbody tr:first-child a[href^='/']"):
            kind = re.sub(r"\d+", "0", of_list)
            if kind not in seen and not FILE.search(of_list):
                seen.add(kind)
                yield from _opened(visitor, of_list)
                break


def _opened(visitor: Visitor, address: str) -> Iterator[str]:
    response = visitor.page.goto(visitor.address + address)
    assert response is not None
    assert response.status == 200, f"{address} gave {response.status}"
    yield address


def _links(visitor: Visitor, selector: str) -> list[str]:
    found: list[str] = visitor.page.locator(selector).evaluate_all(ADDRESSES)
    return [address for address in dict.fromkeys(found) if address]


def _narrowed(visitor: Visitor) -> list[str]:
    visitor.page.set_viewport_size(PHONE)
    out: str = visitor.page.evaluate(STICKS_OUT)
    visitor.page.set_viewport_size(WIDE)
    return [f"scrolls sideways on a phone: {out}"] if out else []
