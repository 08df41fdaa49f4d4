"""Templates hold no code and no style of their own, and include what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
#: The content security policy forbids all of these, so that a browser would drop them.
FORBIDDEN = {
    "a style of its own": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "an inline stylesheet": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address of another site": re.compile(r"(src|href)\s*=\s*[\"']https?://", re.IGNORECASE),
}
#: Needs the request itself, for its form with the token against forgery.
WITH_REQUEST = {("base.html", "components/account_bar.html")}
INCLUDE = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']([^%]*)%}")


def name(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_holds_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_includes_what_exists(path: Path) -> None:
    for other, _rest in INCLUDE.findall(path.read_text(encoding="utf-8")):
        get_template(other)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_components_get_what_they_are_given_and_no_more(path: Path) -> None:
    """A component sees its arguments only, so that a page can be read without it."""
    found = [
        other
        for other, rest in INCLUDE.findall(path.read_text(encoding="utf-8"))
        if other.startswith("components/")
        and not rest.strip().endswith("only")
        and (name(path), other) not in WITH_REQUEST
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_can_be_read(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))
