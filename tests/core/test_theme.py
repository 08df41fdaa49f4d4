"""Contrast of the theme's colours, computed by the formula of WCAG 2.2 (1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

_FILE = Path(settings.BASE_DIR) / "hoofdaannemer/core/static/core/theme.css"
_TONES = ("positive", "warning", "negative", "information", "neutral")
_TEXT = [
    *(
        (text, surface)
        for text in ("text", "text-subtle")
        for surface in (
            "surface",
            "surface-page",
            "surface-raised",
            "surface-sunken",
            "interactive-surface",
        )
    ),
    *((f"{tone}-text", f"{tone}-surface") for tone in _TONES),
    *(("text", f"{tone}-surface") for tone in _TONES),
    *(("interactive", f"{tone}-surface") for tone in _TONES),
    *(
        ("interactive", surface)
        for surface in ("surface", "surface-page", "surface-raised", "interactive-surface")
    ),
    ("negative-text", "surface"),
    ("negative-text", "surface-page"),
    ("negative-text", "surface-raised"),
    ("interactive-text", "interactive"),
    ("interactive-text", "interactive-strong"),
    ("danger-text", "danger"),
    ("danger-text", "danger-strong"),
    ("header-text", "header-surface"),
]
_SHAPES = [
    ("border-strong", "surface"),
    ("border-strong", "surface-page"),
    ("border-strong", "surface-raised"),
    *((f"{tone}-border", f"{tone}-surface") for tone in _TONES),
    ("negative-border", "surface"),
    ("interactive", "surface-sunken"),
    ("focus-outer", "surface"),
    ("focus-outer", "surface-page"),
    ("focus-inner", "focus-outer"),
]


def _themes() -> dict[str, dict[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", _FILE.read_text(), flags=re.S)
    light, dark = text.split("@media", 1)
    found = {}
    for name, part in (("light", light), ("dark", light + dark)):
        values = dict(re.findall(r"--([a-z-]+):\s*([^;]+);", part))
        found[name] = values
    return found


def _luminance(values: dict[str, str], name: str) -> float:
    value = values[name]
    while found := re.fullmatch(r"var\(--([a-z-]+)\)", value):
        value = values[found[1]]
    channels = [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(values: dict[str, str], one: str, other: str) -> float:
    high, low = sorted((_luminance(values, one), _luminance(values, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(_TEXT, 4.5), (_SHAPES, 3.0)], ids=["text", "shapes"])
def test_contrast(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    values = _themes()[theme]
    poor = {
        f"{one} on {other}": round(_contrast(values, one, other), 2)
        for one, other in pairs
        if _contrast(values, one, other) < least
    }
    assert not poor


def test_paper_is_white_for_who_reads_a_dark_screen() -> None:
    assert re.findall(r"@media ([^{]+) {", _FILE.read_text()) == [
        "screen and (prefers-color-scheme: dark)"
    ]
