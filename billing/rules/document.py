"""What stands on an issued monthly statement, as frozen values that add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.explain import Explanation
from billing.rules.statement import Totals
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the statement; `address` in lines. AGB and IBAN may be empty."""

    name: str
    address: tuple[str, ...]
    kvk: str
    agb: str = ""
    iban: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entitlement or correction: its number, what it is for (no names), and why so much."""

    reference: str
    subject: str
    why: Explanation

    @property
    def amount(self) -> Decimal:
        return self.why.amount


@dataclass(frozen=True, slots=True)
class FormTable:
    """The lines under one funding form, whose name is given in the reader's language."""

    title: str
    lines: tuple[StatementLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class HeldAmount:
    """An amount above zero that is held back: why, by which clause, and what gets it released."""

    reference: str
    reason: str
    clause: str
    way_out: str
    amount: Decimal
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """All that stands on a statement. `pay_date` is empty where there is nothing to pay.

    `methods` names the methods behind the amounts, such as how a year is settled, `vat` says how
    they are taxed. Raises ValueError where the lines or the holds do not add up to the totals.
    """

    number: str
    month: Month
    issued_date: date
    sender: Party
    receiver: Party
    tables: tuple[FormTable, ...]
    held: tuple[HeldAmount, ...]
    totals: Totals
    pay_date: date | None
    object_before: date
    object_to: str
    methods: tuple[str, ...] = ()
    vat: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = sum((table.total for table in self.tables), ZERO)
        held = sum((one.amount for one in self.held), ZERO)
        totals = self.totals
        stated = totals.entitled + totals.corrected + totals.deferred - totals.set_off
        stated += totals.adjusted
        if lines != stated or held != totals.still_held:
            raise ValueError("the lines of the statement do not add up to its totals")
