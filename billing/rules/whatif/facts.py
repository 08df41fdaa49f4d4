"""What is known of a past period, frozen with the question that was asked about it.

Clients and placements have numbers that mean something within the document only. Amounts are
euros, periods include both ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from billing.rules.allocated import Allocated, Price
from billing.rules.explain import Explanation
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period


@dataclass(frozen=True, slots=True)
class Cover:
    """A product that a line pays, and when."""

    product: int
    period: Period


@dataclass(frozen=True, slots=True)
class Line:
    """A funding line as the contract has it; in `steered` months messages feed no amount.

    `municipal` is the municipal contract above its subcontract.
    """

    pk: int
    subcontract: int
    municipal: int
    name: str
    form: str
    parameters: dict[str, Any]
    period: Period
    covers: tuple[Cover, ...]
    steered: frozenset[Month]


@dataclass(frozen=True, slots=True)
class Volume:
    """Approved declared lines of a month that stand, `count` of them, each paid for this volume.

    Where the amount of a line has no part of a cent to round, lines are added up: then `volume` is
    of all of them together. `tariff` is per hour where minutes are declared under an hourly price,
    empty where the unit is the euro. `recorded` is what they were entitled to together.
    """

    month: Month
    line: int
    unit: str
    tariff: Decimal | None
    is_minutes_of_hour: bool
    volume: int
    count: int
    recorded: Decimal

    @property
    def times(self) -> int:
        """How often an amount of this volume was rounded."""
        return self.count if self.is_minutes_of_hour else 1


@dataclass(frozen=True, slots=True)
class Stop:
    """The last day of care and its reason; `is_steered` where it feeds no amount."""

    day: date
    reason: str
    is_steered: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """Care from its first day to its stops."""

    day: date
    is_steered: bool
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Care:
    """One placement: `placed` empty before it was accepted; a refused one counts no days."""

    client: int
    subcontract: int
    product: int
    law: str
    start: date
    placed: Period | None
    counts: bool
    spells: tuple[Spell, ...]
    #: What was allocated, and the tariffs of the contract for it.
    allocated: Allocated | None = None
    prices: tuple[Price, ...] = ()


@dataclass(frozen=True, slots=True)
class Fte:
    """An FTE report that counts: what all professionals in it worked together."""

    month: Month
    line: int
    fte: Decimal
    rows: int


class RecordedKind(StrEnum):
    """What an entitlement rests on."""

    MONTH = "month"
    ASSESSED = "assessed"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Entitlements of a line about a month, corrections included, by the statement they are on."""

    month: Month
    line: int
    form: str
    kind: str
    stated: Month | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Stated:
    """A monthly statement as issued."""

    month: Month
    number: str
    entitled: Decimal
    corrected: Decimal
    held: Decimal
    released: Decimal
    carried_in: Decimal
    payable: Decimal
    carried_out: Decimal


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a month asked to be handed in and judged: counted, as it came."""

    month: Month
    declarations_sent: int
    declarations_on_page: int
    declared_lines: int
    fte_reports: int
    fte_rows: int


@dataclass(frozen=True, slots=True)
class Own:
    """What a line comes to in a month under its own form, computed anew, and how."""

    month: Month
    line: int
    why: Explanation


@dataclass(frozen=True, slots=True)
class Party:
    """A subcontractor with its facts; its name as it was then."""

    pk: int
    name: str
    lines: tuple[Line, ...]
    volumes: tuple[Volume, ...]
    cares: tuple[Care, ...]
    fte: tuple[Fte, ...]
    recorded: tuple[Recorded, ...]
    stated: tuple[Stated, ...]
    traffic: tuple[Traffic, ...]

    def recorded_of(self, month: Month, lines: Iterable[int]) -> Decimal:
        """What was recorded about a month under these lines, in euros."""
        chosen = frozenset(lines)
        return sum(
            (one.amount for one in self.recorded if one.month == month and one.line in chosen), ZERO
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """The whole document.

    `since` is the first month that was ever closed here, `closed` are those of the months of which
    the main contractor has statements, be it of others.
    """

    months: tuple[Month, ...]
    since: Month | None
    closed: tuple[Month, ...]
    parties: tuple[Party, ...]

    @property
    def unclosed(self) -> list[Month]:
        """Months of which what was recorded is not complete."""
        return [month for month in self.months if month not in self.closed]
