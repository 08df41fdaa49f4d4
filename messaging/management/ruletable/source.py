"""Reads the source of the apps: where a rule's code is used, and where it is only spoken of."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
_LIBRARY: Final = "messaging/istandaard"
_JUDGING: Final = ("messaging/exchange", "subcontracts", "qualifications", "billing")
_READ: Final = (_LIBRARY, *_JUDGING)
_CODE: Final = re.compile(r"\b(?:TR|CD|CS|RS|OP|IV|UP)[0-9]{3}(?:x[0-9]+)?\b")
_RETURN_CODE_LENGTH: Final = 4

Places = dict[str, list[str]]
"""Code of a rule → dotted names of the modules, in order."""


@lru_cache(maxsize=1)
def used() -> Places:
    """Modules of the apps that use a rule's code as a value: in a finding, a condition, SQL.

    A docstring uses nothing, and neither does a table from rules to sentences or return codes.
    """
    found: Places = defaultdict(list)
    for path in _modules(_JUDGING):
        for code in sorted(set(codes_used(ast.parse(path.read_text(encoding="utf-8"))))):
            found[code].append(_dotted(path))
    return found


@lru_cache(maxsize=1)
def spoken_of() -> Places:
    """Modules that name a rule at all, also in a docstring or a comment."""
    found: Places = defaultdict(list)
    for path in _modules(_READ):
        for code in sorted(set(_CODE.findall(path.read_text(encoding="utf-8")))):
            found[code].append(_dotted(path))
    return found


@lru_cache(maxsize=1)
def reported() -> Places:
    """Functions of the library that make a finding themselves: `TR137.at(path)`."""
    found: Places = defaultdict(list)
    for path in _modules((f"{_LIBRARY}/rules",)):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for code in sorted(set(_codes_reported(function))):
                    found[code].append(f"{_dotted(path)}.{function.name}")
    return found


def _modules(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")


def codes_used(tree: ast.Module) -> Iterator[str]:
    silent = {id(node) for node in _silent(tree)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield from _CODE.findall(node.value)


def _silent(tree: ast.Module) -> Iterator[ast.AST]:
    """Strings that enforce nothing: docstrings, and rules that have a sentence looked up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (key for key, value in pairs if key is not None and _tells(value))


def _tells(value: ast.expr) -> bool:
    """A sentence is made by a call; a return code is a short string."""
    if isinstance(value, ast.Constant):
        return len(str(value.value)) <= _RETURN_CODE_LENGTH
    return isinstance(value, ast.Call)


def _codes_reported(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr == "at":
            holder = node.value
            name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
            yield from _CODE.findall(name)
