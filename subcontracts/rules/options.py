"""What an option to extend does to the end of a municipal contract, and how subcontracts fit it."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from hoofdaannemer.core.periods import add_months


class Fit(StrEnum):
    """How the end of a subcontract lies beside that of the contract above it."""

    EQUAL = "equal"
    SHORTER = "shorter"
    LONGER = "longer"


def extended(end: date, months: int) -> date:
    """The last day after an option of so many months: whole months after the last day it had.

    A contract up to 31 December goes on up to 30 June with six months, and up to 28 or 29 February
    with two.
    """
    return add_months(end + timedelta(days=1), months) - timedelta(days=1)


def fit(below: date | None, above: date | None) -> Fit:
    """Whether what ends below falls short of the contract above, or outlives it.

    An end that is None never comes.
    """
    own, upper = below or date.max, above or date.max
    if own == upper:
        return Fit.EQUAL
    return Fit.SHORTER if own < upper else Fit.LONGER
