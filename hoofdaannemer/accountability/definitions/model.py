"""What a report definition is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from hoofdaannemer.accountability.disclosure import Policy, Table
from hoofdaannemer.accountability.reporting import Unit
from hoofdaannemer.core.periods import Period
from subcontracts.models import MunicipalContract
from subcontracts.rules.visibility import Visibility

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A subcontractor as a municipality may know it: with its products, and since when."""

    kvk: str
    name: str
    products: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Exact tables as known on a moment, and the names behind their codes, per dimension.

    `visibility` says how much of the subcontractors the contract shows, `listed` who they are.
    """

    tables: tuple[Table, ...]
    labels: Labels
    visibility: Visibility = Visibility.NONE
    listed: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a report: a measure in a table, with its words.

    `fixed` is the category of the table's other dimensions that the column shows.
    """

    table: str
    measure: str
    title: str | Promise
    meaning: str | Promise
    unit: Unit = Unit.NUMBER
    decimals: int = 0
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A report: which figures, how they are protected, and what they are called.

    `exact` computes the tables from facts recorded up to a moment; `fits` says whether the report
    may be made for a period. A change in what a figure means raises `version`.
    """

    code: str
    version: int
    title: str | Promise
    policy: Policy
    columns: tuple[Shown, ...]
    #: Columns about the contract as a whole.
    facts: tuple[Shown, ...]
    #: Columns by subcontractor, published apart and only where the contract shows them.
    of_subcontractors: tuple[Shown, ...]
    exact: Callable[[MunicipalContract, Period, datetime], Snapshot]
    fits: Callable[[Period], bool]
