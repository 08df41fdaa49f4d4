"""The text of a subcontract as it is offered: what a person reads, in words, once and for all.

Written down as it was, it can be shown again after the data moved on, and two versions can be held
side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Section:
    """A part with a heading: facts, and perhaps a table. An annex comes after the signing."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    is_annex: bool = False


@dataclass(frozen=True)
class Difference:
    """Something that reads differently; empty where it was not there, or is not there any more."""

    section: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ContractText:
    """The whole: a title, and sections in the order in which they are read."""

    title: str
    sections: Sequence[Section]

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What `written` wrote down."""
        return cls(
            stored["title"],
            tuple(
                Section(
                    one["title"],
                    tuple((label, text) for label, text in one["facts"]),
                    tuple(one["headers"]),
                    tuple(tuple(row) for row in one["rows"]),
                    # Versions from before annexes stood apart say nothing of it.
                    one.get("is_annex", False),
                )
                for one in stored["sections"]
            ),
        )


def differences(before: ContractText, after: ContractText) -> list[Difference]:
    """What changed, in the order of the newer text; what went last."""
    old, new = _parts(before), _parts(after)
    found = [
        Difference(*key, old.get(key, ""), text)
        for key, text in new.items()
        if old.get(key, "") != text
    ]
    gone = [Difference(*key, text, "") for key, text in old.items() if key not in new]
    return [*found, *gone]


def _parts(text: ContractText) -> dict[tuple[str, str], str]:
    """What it says, by section and by what it is about: a fact's label, or a row's first cell.

    Rows that begin alike, such as two tariffs of one product, are told apart by their place.
    """
    parts: dict[tuple[str, str], str] = {}
    for section in text.sections:
        for label, value in section.facts:
            parts[section.title, label] = value
        for row in section.rows:
            name = row[0]
            again = 2
            while (section.title, name) in parts:
                name = f"{row[0]} ({again})"
                again += 1
            parts[section.title, name] = " · ".join(row[1:])
    return parts
