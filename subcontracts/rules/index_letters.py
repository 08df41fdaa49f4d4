"""What stands in the letter about an indexation, as frozen values that can be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from subcontracts.rules.indexing import (
    Figures,
    Method,
    Outcome,
    Terms,
    as_stored,
    from_stored,
    percentage,
)


@dataclass(frozen=True, slots=True)
class Party:
    """Who writes or gets the letter; the address in lines."""

    name: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An amount before and after; `unit` says of what, such as "hour", in the letter's language."""

    what: str
    unit: str
    old: Decimal
    new: Decimal


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """All that the letter says. The percentage is calculated from its figures, never stored."""

    number: str
    issued_date: date
    effective_date: date
    sender: Party
    receiver: Party
    contract: str
    method: Method
    percent_decimals: int
    corrects: bool
    figures: tuple[Figures, ...]
    changed: tuple[Changed, ...]

    @property
    def outcome(self) -> Outcome:
        """The percentage with its parts."""
        terms = Terms(self.method, self.percent_decimals)
        return percentage(terms, self.figures, corrects=self.corrects)


def to_json(document: LetterDocument) -> dict[str, Any]:
    """The document as JSON; `from_json` gives it back."""
    return {
        "number": document.number,
        "issued_date": document.issued_date.isoformat(),
        "effective_date": document.effective_date.isoformat(),
        "sender": [document.sender.name, *document.sender.address],
        "receiver": [document.receiver.name, *document.receiver.address],
        "contract": document.contract,
        "method": document.method.value,
        "percent_decimals": document.percent_decimals,
        "corrects": document.corrects,
        "figures": as_stored(document.figures),
        "changed": [[one.what, one.unit, str(one.old), str(one.new)] for one in document.changed],
    }


def from_json(stored: Mapping[str, Any]) -> LetterDocument:
    """The document that `to_json` stored."""
    return LetterDocument(
        number=stored["number"],
        issued_date=date.fromisoformat(stored["issued_date"]),
        effective_date=date.fromisoformat(stored["effective_date"]),
        sender=Party(stored["sender"][0], tuple(stored["sender"][1:])),
        receiver=Party(stored["receiver"][0], tuple(stored["receiver"][1:])),
        contract=stored["contract"],
        method=Method(stored["method"]),
        percent_decimals=stored["percent_decimals"],
        corrects=stored["corrects"],
        figures=tuple(from_stored(stored["figures"])),
        changed=tuple(
            Changed(what, unit, Decimal(old), Decimal(new))
            for what, unit, old, new in stored["changed"]
        ),
    )
