"""Dated code lists of release 3.2: codes, Dutch labels, and when they may be used.

The lists ship with the package, one CSV a list (code, label, valid_from, valid_to). A folder with
newer files of the same names replaces them one by one; the schema keeps to the packaged ones,
since a release fixes what it lets through.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.conf import settings

from messaging.istandaard.model.elements import Family

_PACKAGED: Final = Path(__file__).parent / "lists"

_SHARED_STOP_REASONS: Final = {
    "02": "02",
    "03": "36",
    "05": "36",
    "06": "39",
    "08": "36",
    "09": "38",
    "10": "36",
    "11": "36",
    "12": "37",
}
STOP_REASONS: Final[Mapping[Family, Mapping[str, str]]] = MappingProxyType(
    {
        Family.JW: _SHARED_STOP_REASONS | {"07": "35"},
        Family.WMO: _SHARED_STOP_REASONS | {"07": "31"},
    }
)
"""Reason of change of an allocation that ends it → reason of the provider's stop message."""


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Both dates included; an empty date does not limit."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list by name, such as COD046; `codes` keeps the order of the file."""

    name: str
    codes: Mapping[str, Code]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def label(self, code: str) -> str:
        """The short official Dutch label; the code itself where the list does not have it."""
        found = self.codes.get(code)
        return found.label if found else code

    def in_force_on(self, day: date) -> dict[str, Code]:
        return {code: entry for code, entry in self.codes.items() if entry.in_force_on(day)}


def code_list(name: str, folder: Path | None = None) -> CodeList:
    """The list from the folder where it has one, otherwise as packaged.

    Without `folder` the setting CODE_LIST_FOLDER counts, where it is set. Raises
    FileNotFoundError for a list that nobody has, ValueError for a file that is none.
    """
    folder = folder or getattr(settings, "CODE_LIST_FOLDER", None)
    if folder and (path := Path(folder) / f"{name}.csv").is_file():
        return _read(name, path, path.stat().st_mtime_ns)
    return packaged(name)


def packaged(name: str) -> CodeList:
    """The list of the release. Raises FileNotFoundError for a list that it does not have."""
    return _read(name, _PACKAGED / f"{name}.csv", 0)


@lru_cache(maxsize=128)
def _read(name: str, path: Path, changed_at: int) -> CodeList:
    """`changed_at` is there for the cache: a file that was replaced is read again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        entries = [_code(row) for row in csv.DictReader(file)]
    return CodeList(name, MappingProxyType({entry.code: entry for entry in entries}))


def _code(row: dict[str, str]) -> Code:
    try:
        return Code(row["code"], row["label"], _day(row["valid_from"]), _day(row["valid_to"]))
    except KeyError as error:
        raise ValueError(f"a code list has a column {error}") from error


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
