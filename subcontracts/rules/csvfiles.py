"""Reading CSV files that people and their systems hand in, without the database.

A file has a row of headings and is UTF-8, with semicolons or commas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError

MOST_BYTES: Final = 2 * 1024 * 1024
_LONGEST: Final = 60
_DUTCH: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, in which column, by which rule."""

    column: str
    rule: str
    text: str


def text_of(raw: bytes) -> str:
    """The text of a file. Raises RuleError CSV-01 where it is too large, CSV-02 if not UTF-8."""
    if len(raw) > MOST_BYTES:
        raise RuleError("CSV-01", _("This file is larger than 2 MB. Split it."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleError(
            "CSV-02",
            _("This file is not UTF-8. Save it as 'CSV UTF-8' in your spreadsheet."),
        ) from error
    if "\0" in text:
        raise RuleError("CSV-02", _("This is not a CSV file."))
    return text


def rows_of(text: str) -> Iterator[list[str]]:
    """Its rows, the headings first. Raises RuleError CSV-02 for a quotation mark left open."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise RuleError(
            "CSV-02", _("This is not a CSV file: a quotation mark is not closed.")
        ) from error


def check_heads(heads: Sequence[str], known: Sequence[str], needed: Sequence[str]) -> None:
    """Raises RuleError CSV-03 where a needed column is missing or a known one stands twice."""
    present = [head for head in heads if head in known]
    if missing := [name for name in needed if name not in present]:
        raise RuleError(
            "CSV-03", _("The file lacks: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    if twice := sorted({name for name in present if present.count(name) > 1}):
        raise RuleError(
            "CSV-03", _("These columns stand twice: %(columns)s.") % {"columns": ", ".join(twice)}
        )


def cell_of(row: list[str], place: int, longest: int = _LONGEST) -> str:
    """A cell without the apostrophe that guards against formulas, cut off after `longest` signs."""
    text = row[place].strip() if place < len(row) else ""
    # Not that of 't Hart, which is a name.
    is_guard = text.startswith("'") and not text[1:2].isalpha()
    return text[is_guard:][:longest]


def is_digits(text: str) -> bool:
    """Whether it is digits only, and at least one."""
    return text.isascii() and text.isdigit()


def day_of(text: str) -> date | None:
    """A day as 22-11-2026 or 2026-11-22; None for anything else."""
    if found := _DUTCH.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
