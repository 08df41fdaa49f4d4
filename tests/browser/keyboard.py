"""A person without a mouse: Tab, Enter and Escape, and a focus that is seen at every stop."""

from __future__ import annotations

from typing import Any, Final

from tests.browser.visitor import Visitor

#: More than any page has: whoever Tabs longer runs in a circle.
MOST_STOPS: Final = 400
#: What Tab is to reach, in the order of the page: of buttons of which one is chosen it is that one.
STOPS: Final = """() => [...document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex]')].filter((one) => {
    if (one.tabIndex < 0 || one.disabled || one.type === 'hidden') { return false; }
    if (!one.checkVisibility({visibilityProperty: true})) { return false; }
    if (one.type !== 'radio') { return true; }
    const group = [...document.getElementsByName(one.name)];
    return one === (group.find((each) => each.checked) || group[0]);
})"""
#: The place of what has the focus among these, and how it looks: -1 where nothing has it.
FOCUS: Final = f"""() => {{
    const one = document.activeElement;
    const box = one.getBoundingClientRect();
    const look = getComputedStyle(one);
    const shown = document.elementFromPoint(
        box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 10));
    return {{
        at: ({STOPS})().indexOf(one),
        html: one.outerHTML.slice(0, 200),
        // The button within a date field has a ring of the browser's own.
        ring: (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2)
            || (one.type === 'date' && !one.matches(':focus')),
        onTop: shown !== null && (one.contains(shown) || shown.contains(one)),
    }};
}}"""


class Keyboard:
    """What one person types, on the page where that person is."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page

    def tab(self) -> int:
        """On to the next stop, of which the place among all is given; its focus is to be seen."""
        self.page.keyboard.press("Tab")
        focus: dict[str, Any] = self.page.evaluate(FOCUS)
        if focus["at"] >= 0:
            assert focus["ring"], f"the focus does not show: {focus['html']}"
            assert focus["onTop"], f"the focus is out of sight: {focus['html']}"
        return int(focus["at"])

    def circle(self) -> None:
        """Tab through the page once: every stop in its order, none left out, and none holds on."""
        count = len(self.page.evaluate(f"({STOPS})().map(() => 0)"))
        seen = [self.tab()]
        while len(seen) < MOST_STOPS and seen[-1] != count - 1:
            if (place := self.tab()) != seen[-1]:
                seen.append(place)
        assert seen == list(range(count)), seen

    def to(self, selector: str) -> None:
        """Tab until what the selector says has the focus."""
        for _stop in range(MOST_STOPS):
            self.tab()
            if self.is_at(selector):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    def is_at(self, selector: str) -> bool:
        """Whether what the selector says has the focus."""
        found: bool = self.page.evaluate("(css) => document.activeElement.matches(css)", selector)
        return found

    def enter(self) -> None:
        """Follow the link, press the button or send the form that has the focus."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, key: str) -> None:
        """A key that leads to no other page."""
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type in the field that has the focus."""
        self.page.keyboard.type(text)
