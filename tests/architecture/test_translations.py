"""What users read is Dutch: every text that is marked stands in the catalogue, translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.pofile import read_po

from tests.architecture.sources import ROOT, files, name_of, tree

MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
IN_TEMPLATES = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


@cache
def translated() -> frozenset[str]:
    """The texts that have a translation that is sure."""
    with (ROOT / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")
    found = set()
    for message in catalogue:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        if message.id and all(texts) and not message.fuzzy:
            found |= set(ids)
    return frozenset(found)


def marked(source: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that are marked for translation, with their lines."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in MARKS:
                continue
            texts = node.args[1:2] if node.func.id.startswith("pgettext") else node.args[:2]
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield node.lineno, text.value


def test_every_marked_text_is_translated() -> None:
    missing = [
        (name_of(path), line, text)
        for path in files()
        for line, text in marked(tree(path))
        if text not in translated()
    ]
    assert not missing


def test_every_marked_text_of_a_template_is_translated() -> None:
    missing = [
        (path.name, text)
        for path in TEMPLATES
        for found in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
        if (text := found[0] or found[1]) not in translated()
    ]
    assert not missing


def test_no_text_is_marked_where_it_is_not_collected() -> None:
    """What collects the texts does not look within f-strings."""
    hidden = [
        (name_of(path), line, text)
        for path in files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.FormattedValue)
        for line, text in marked(ast.Module([ast.Expr(part.value)], []))
    ]
    assert not hidden
