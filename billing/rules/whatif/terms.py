"""What is asked: another form with its terms, and how much of the care is converted to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """Forms to which care can be converted; the codes of the funding forms."""

    PXQ = "pxq"
    FTE = "fte"
    LUMP_SUM = "lump_sum"
    TRAJECTORY = "trajectory"
    CAPACITY = "capacity"
    FUNCTION = "function"
    PROFILE = "profile"
    POPULATION = "population"
    ADVANCE_POOL = "advance_pool"


class Converted(StrEnum):
    """Which lines are converted: those that are declared, or all that pay for care."""

    PXQ = "pxq"
    ALL = "all"


class Counted(StrEnum):
    """What an amount is counted by; each form takes some of them."""

    DECLARED = "declared"
    ALLOCATED = "allocated"
    DAYS = "days"
    CLIENTS = "clients"
    REPORTED = "reported"
    AGREED = "agreed"
    NORM = "norm"
    ACTUAL = "actual"
    EQUAL = "equal"
    PEAK = "peak"
    AVERAGE = "average"
    OCCUPIED = "occupied"


#: What each form can be counted by; the first is the usual one.
COUNTED: Final[Mapping[Form, tuple[Counted, ...]]] = {
    Form.PXQ: (Counted.DECLARED, Counted.ALLOCATED, Counted.DAYS, Counted.CLIENTS),
    Form.FTE: (Counted.NORM, Counted.REPORTED, Counted.AGREED),
    Form.LUMP_SUM: (Counted.ACTUAL, Counted.DAYS, Counted.EQUAL),
    Form.TRAJECTORY: (),
    Form.CAPACITY: (Counted.AVERAGE, Counted.PEAK, Counted.OCCUPIED),
    Form.FUNCTION: (),
    Form.PROFILE: (Counted.DAYS, Counted.CLIENTS),
    Form.POPULATION: (Counted.DAYS, Counted.ACTUAL, Counted.EQUAL),
    Form.ADVANCE_POOL: (),
}
#: Forms that pay for care, so that their lines can be converted. Others stay as they were.
CARE_FORMS: Final = frozenset(form.value for form in Form)


@dataclass(frozen=True, slots=True)
class Produced:
    """What a member of a pool produced in the period, in euros, where a person filled it in."""

    party: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """The question. `price` is empty for the budget-neutral one; shares are parts of one.

    `price` is in euros: a year for one FTE, one user or one head, a year for all subcontractors
    together (lump sum), for one trajectory, for a place (`per`), for a day or client of care, for a
    client a month (profile). For volumes and for a pool it is a percentage, of the tariffs or of
    the expected production.
    """

    form: Form
    price: Decimal | None = None
    share: Decimal = Decimal(1)
    converted: Converted = Converted.PXQ
    counted: Counted | None = None
    #: Euros a year that one FTE produces, where FTE follow from what was paid.
    norm: Decimal = Decimal(0)
    #: Of a trajectory.
    start_share: Decimal = Decimal("0.6")
    nominal_days: int = 180
    restart_days: int = 90
    #: Of a place: day, month or year.
    per: str = "day"
    #: Of a population, for all subcontractors together.
    heads: Decimal = Decimal(0)
    #: Of a pool: its key, the part paid in advance, and the first months that give the expectation.
    key: str = "k1"
    advance: Decimal = Decimal("0.9")
    base_months: int = 3
    produced: tuple[Produced, ...] = ()

    @property
    def is_percentage(self) -> bool:
        """Whether the price is a percentage."""
        of_tariffs = (Counted.DECLARED, Counted.ALLOCATED)
        by_tariffs = self.form is Form.PXQ and self.counted in of_tariffs
        return by_tariffs or self.form is Form.ADVANCE_POOL

    @property
    def places(self) -> int:
        """Decimals to which a price that follows from the budget is rounded."""
        return 4 if self.is_percentage else 2
