"""The reconciliation of taken-over care as a document: totals and counts, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from subcontracts.rules.importtotals import Compared


@dataclass(frozen=True, kw_only=True)
class SheetTotal:
    """One sheet of the file beside what stands here: rows, volume, and euros by calendar year."""

    sheet: str
    in_file: int
    taken: int
    known: int
    volume_in_file: int | None = None
    volume_here: int | None = None
    amounts_in_file: Mapping[int, Decimal] = field(default_factory=dict)
    amounts_here: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """Rows here minus rows in the file: below zero what was left out."""
        return self.taken + self.known - self.in_file


@dataclass(frozen=True)
class Refused:
    """So many rows of a sheet that one rule kept out."""

    sheet: str
    rule: str
    text: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What the document says. `mark` tells that it is not accepted; empty once it is."""

    main_contractor: str
    facts: Sequence[tuple[str, str]]
    mark: str
    sheets: Sequence[SheetTotal]
    totals: Sequence[Compared]
    refused: Sequence[Refused]
