"""How an amount came about, kept with the amount and readable by the people it concerns.

An explanation names its rule and holds every input. It is stored as JSON with the amount; the
sentence is made when somebody reads it, in that person's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.dateformat import format as format_date

from billing.rules.sentences import SENTENCES, WORDS
from hoofdaannemer.core.money import format_euro, round_cents


class Kind(StrEnum):
    """How an input is shown."""

    EURO = "euro"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    WORD = "word"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that went into an amount, as exact text with the way to show it."""

    name: str
    kind: Kind
    value: str

    def shown(self) -> str:
        """The value as people read it in Dutch notation; a word in the active language."""
        match self.kind:
            case Kind.EURO:
                return _euro(Decimal(self.value))
            case Kind.NUMBER:
                return _plain(Decimal(self.value))
            case Kind.SHARE:
                return f"{_plain(Decimal(self.value) * 100)}%"
            case Kind.DAY:
                return format_date(date.fromisoformat(self.value), "d-m-Y")
            case Kind.WORD:
                return str(WORDS[self.value])
            case Kind.TEXT:
                return self.value


def _plain(number: Decimal) -> str:
    """At most four decimals, cut without noise: for reading only, never to compute with."""
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def _euro(amount: Decimal) -> str:
    """An amount, or a tariff with all of its decimals: cut to cents it would not multiply right."""
    if amount == round_cents(amount):
        return format_euro(amount)
    text = f"€ {amount.normalize():,f}"
    return text.translate(str.maketrans(",.", ".,"))


def euro(name: str, value: Decimal) -> Input:
    return Input(name, Kind.EURO, str(value))


def number(name: str, value: Decimal | int) -> Input:
    return Input(name, Kind.NUMBER, str(value))


def share(name: str, value: Decimal) -> Input:
    """A part of one, shown as a percentage."""
    return Input(name, Kind.SHARE, str(value))


def day(name: str, value: date) -> Input:
    return Input(name, Kind.DAY, value.isoformat())


def word(name: str, key: str) -> Input:
    return Input(name, Kind.WORD, key)


def text(name: str, value: str) -> Input:
    return Input(name, Kind.TEXT, value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rule, its inputs, and the amount in euros that they lead to."""

    rule: str
    inputs: tuple[Input, ...]
    amount: Decimal

    def __post_init__(self) -> None:
        if self.rule not in SENTENCES:
            raise ValueError(f"no sentence explains {self.rule}")

    def as_dict(self) -> dict[str, Any]:
        """For a JSON column; `from_dict` reads it back."""
        return {
            "rule": self.rule,
            "inputs": [[one.name, one.kind.value, one.value] for one in self.inputs],
            "amount": str(self.amount),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Explanation:
        inputs = tuple(Input(name, Kind(kind), value) for name, kind, value in stored["inputs"])
        return cls(stored["rule"], inputs, Decimal(stored["amount"]))

    def sentence(self) -> str:
        """The calculation as a person reads it, in the active language."""
        shown = {one.name: one.shown() for one in self.inputs}
        return str(SENTENCES[self.rule]) % {**shown, "amount": format_euro(self.amount)}


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount somebody has a right to (negative: owes), with the reason for it.

    `reference` names the fact below it, such as the number of a declared line.
    """

    reference: str
    explanation: Explanation

    @property
    def amount(self) -> Decimal:
        return self.explanation.amount
