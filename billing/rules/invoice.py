"""A statement as an invoice that the main contractor makes out for its subcontractor (EN 16931).

What is agreed is what is paid: where a line is taxed, the tax is within its amount. So the tax is
taken out of the sum of all lines of one treatment, and rounded once there; a cent that no rate can
reach stands as the rounding that the standard has for it (BT-114).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from hoofdaannemer.core.money import ZERO, round_cents


class Vat(StrEnum):
    """How an amount is treated for value added tax (Wet OB 1968, art. 9 and 11)."""

    EXEMPT = "exempt"
    STANDARD = "standard"
    REDUCED = "reduced"


#: Percent within the amount.
RATES: Final[Mapping[Vat, int]] = {Vat.EXEMPT: 0, Vat.STANDARD: 21, Vat.REDUCED: 9}


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of a statement, in euros as paid: an entitlement, a correction, a hold, a release."""

    reference: str
    text: str
    gross: Decimal
    vat: Vat


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A posting without its tax."""

    posting: Posting
    net: Decimal


@dataclass(frozen=True, slots=True)
class TaxPart:
    """All lines of one treatment."""

    vat: Vat
    net: Decimal
    tax: Decimal

    @property
    def rate(self) -> int:
        return RATES[self.vat]


@dataclass(frozen=True, slots=True)
class Sums:
    """An invoice in euros, above zero also where it is a credit note.

    `prepaid` is what was set off against an earlier balance, `due` what is to be paid.
    """

    lines: tuple[InvoiceLine, ...]
    parts: tuple[TaxPart, ...]
    is_credit: bool
    rounding: Decimal
    prepaid: Decimal
    due: Decimal

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.parts), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((one.tax for one in self.parts), ZERO)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def sums(postings: Sequence[Posting], carried_in: Decimal) -> Sums:
    """The invoice over a statement; below zero it is a credit note, with all signs turned.

    `carried_in` (zero or below) is what the statement before left to be set off; no more of it is
    than there is to pay. Raises ValueError for a balance above zero.
    """
    if carried_in > 0:
        raise ValueError("only what is owed is carried over")
    gross = sum((one.gross for one in postings), ZERO)
    sign = -1 if gross < 0 else 1
    lines: list[InvoiceLine] = []
    parts = []
    for vat in Vat:
        if own := [one for one in postings if one.vat is vat]:
            part, found = _part(vat, own, sign)
            parts.append(part)
            lines += found
    ordered = {id(one): number for number, one in enumerate(postings)}
    lines.sort(key=lambda line: ordered[id(line.posting)])
    total = sum((one.net + one.tax for one in parts), ZERO)
    prepaid = min(-carried_in, gross) if sign > 0 else ZERO
    return Sums(
        lines=tuple(lines),
        parts=tuple(parts),
        is_credit=sign < 0,
        rounding=abs(gross) - total,
        prepaid=prepaid,
        due=abs(gross) - prepaid,
    )


def _part(vat: Vat, own: Sequence[Posting], sign: int) -> tuple[TaxPart, list[InvoiceLine]]:
    """One treatment: the net of the whole, over its lines so that they add up to it."""
    whole = Decimal(100 + RATES[vat])
    net = round_cents(sign * sum((one.gross for one in own), ZERO) * 100 / whole)
    tax = round_cents(net * RATES[vat] / 100)
    nets = [round_cents(sign * one.gross * 100 / whole) for one in own]
    largest = max(range(len(own)), key=lambda at: (abs(own[at].gross), -at))
    nets[largest] += net - sum(nets, ZERO)
    lines = [InvoiceLine(one, amount) for one, amount in zip(own, nets, strict=True)]
    return TaxPart(vat, net, tax), lines
