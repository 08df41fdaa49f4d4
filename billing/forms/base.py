"""What a funding form is asked, and what it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing.models import Entitlement, TrajectoryStep
from billing.rules.explain import Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine, Placement, Subcontractor

_ChoiceT = TypeVar("_ChoiceT", bound=StrEnum)


@dataclass(frozen=True)
class MonthContext:
    """One subcontractor's month, with the funding lines that began before its end.

    `declared` and `reported` say what was handed in for the month: a declaration, and FTE reports
    by funding line. They are read for all subcontractors at once. `since` is the first month that
    was ever closed here: what an installation paid before it began is not known to it.
    """

    subcontractor: Subcontractor
    month: Month
    lines: Sequence[FundingLine]
    at: datetime
    declared: bool = False
    reported: frozenset[int] = frozenset()
    since: Month | None = None

    def months_of(self, line: FundingLine) -> list[Month]:
        """Months of a line up to this one, as far as they were closed here."""
        since = min(self.since or self.month, self.month)
        passed = Period(max(line.start_date, since.first), max(line.start_date, self.month.last))
        return [month for month in passed.months() if month <= self.month]


@dataclass(frozen=True)
class Need:
    """An input that a form needs in a month, and whether it is there."""

    label: str | Promise
    is_there: bool
    #: Without it nothing can be said of the month; otherwise it is only expected.
    is_required: bool = True


@dataclass(frozen=True)
class NewEntitlement:
    """An entitlement to record; `step` and `corrects` where it rests on those."""

    line: FundingLine
    month: Month
    reference: str
    why: Explanation
    placement: Placement | None = None
    step: TrajectoryStep | None = None
    corrects: Entitlement | None = None
    product_id: int | None = field(default=None)


class FundingForm(Protocol):
    """A module of this package."""

    CODE: str
    TITLE: str | Promise

    def needs(self, context: MonthContext) -> Iterable[Need]:
        """The inputs of the form's lines in the month."""
        ...

    def entitlements(self, context: MonthContext) -> Iterable[NewEntitlement]:
        """What was not recorded yet; asked again it gives nothing new."""
        ...


def decimal(parameters: Mapping[str, Any], name: str, default: str | None = None) -> Decimal:
    """A parameter of a funding line. Raises RuleError BIL-02 where it is missing or no number."""
    try:
        return Decimal(str(parameters[name] if default is None else parameters.get(name, default)))
    except (KeyError, InvalidOperation) as error:
        raise _lacking(name) from error


def choice(parameters: Mapping[str, Any], name: str, of: type[_ChoiceT]) -> _ChoiceT:
    """A parameter that is one of some codes. Raises RuleError BIL-02 where it is none of them."""
    try:
        return of(parameters[name])
    except (KeyError, ValueError) as error:
        raise _lacking(name) from error


def _lacking(name: str) -> RuleError:
    return RuleError(
        "BIL-02",
        _("The funding line lacks a good value for %(name)s. Correct the contract.")
        % {"name": name},
    )
