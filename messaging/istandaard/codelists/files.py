"""One code list in one CSV file: read as a whole or refused with line and reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

_COLUMNS: Final = ("code", "label", "valid_from", "valid_to")


class CodeListError(ValueError):
    """A file that is no code list: says which file, which line (from 1) and why."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}")


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

    @property
    def newest(self) -> date | None:
        """The latest day on which a code came in; None where no code says."""
        return max(
            (each.valid_from for each in self.codes.values() if each.valid_from), default=None
        )


def read(name: str, path: Path) -> CodeList:
    """The list of a file, a byte order mark or none.

    Raises CodeListError for anything that is not right, FileNotFoundError where there is no file.
    """
    codes: dict[str, Code] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in _rows(path, file):
            entry = _code(path, line, row)
            if entry.code in codes:
                raise CodeListError(path, line, f"code {entry.code} stands here twice")
            codes[entry.code] = entry
    if not codes:
        raise CodeListError(path, 1, "the list is empty")
    return CodeList(name, MappingProxyType(codes))


def _rows(path: Path, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the head, each with its line, in the order of the columns."""
    reader = csv.reader(lines, strict=True)
    try:
        head = next(reader, [])
        if sorted(head) != sorted(_COLUMNS):
            raise CodeListError(path, 1, f"a code list has the columns {', '.join(_COLUMNS)}")
        places = [head.index(column) for column in _COLUMNS]
        for row in reader:
            if len(row) != len(_COLUMNS):
                reason = f"{len(row)} values instead of {len(_COLUMNS)}"
                raise CodeListError(path, reader.line_num, reason)
            yield reader.line_num, [row[place] for place in places]
    except csv.Error as error:
        raise CodeListError(path, reader.line_num, str(error)) from error
    except UnicodeDecodeError as error:
        raise CodeListError(path, reader.line_num + 1, "the text is not UTF-8") from error


def _code(path: Path, line: int, row: list[str]) -> Code:
    code, label, valid_from, valid_to = row
    if not code.strip() or not label.strip():
        raise CodeListError(path, line, "code and label may not be empty")
    entry = Code(code, label, _day(path, line, valid_from), _day(path, line, valid_to))
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        raise CodeListError(path, line, "valid_to lies before valid_from")
    return entry


def _day(path: Path, line: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CodeListError(path, line, f"{text!r} is no date such as 2026-03-31") from error
