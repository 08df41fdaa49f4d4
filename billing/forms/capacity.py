"""Places at a price each, paid as agreed or by what was occupied.

Parameters of the line: `places`, `price` (euros for one) `per` day, month or year, `settled`
(never, each month, or after the year as price times quantity), `guarantee` in percent of the
places, `pays_over` (yes or no) and `counted` (which days of care count).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms import fixed
from billing.forms.base import MonthContext, Need, NewEntitlement, choice, decimal
from billing.forms.recorded import Due, compared
from billing.rules.capacity import CapacityTerms, Per, Settled, month_amount
from billing.rules.explain import Entry
from billing.rules.occupancy import Care, place_days
from billing.selectors.occupancy import care_of, steered_months
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine

CODE: Final = FundingLine.Form.CAPACITY.value
TITLE: Final = _("Places")


def terms_of(line: FundingLine) -> CapacityTerms:
    """The terms of a funding line. Raises RuleError BIL-02 where one is missing."""
    stored = line.parameters
    return CapacityTerms(
        places=decimal(stored, "places"),
        price=decimal(stored, "price"),
        per=choice(stored, "per", Per),
        settled=choice(stored, "settled", Settled),
        guarantee=decimal(stored, "guarantee", "0") / 100,
        pays_over=bool(stored.get("pays_over", False)),
    )


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """The places as agreed, whoever was in them. Raises RuleError BIL-02 without good terms."""
    terms = terms_of(line)
    agreed = CapacityTerms(terms.places, terms.price, terms.per)
    return month_amount(agreed, month, fixed.in_force(line))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing of its own: starts and stops are reported when they happen."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The places, or what was occupied; months before that turned out otherwise as well."""
    return compared(context, CODE, _of_line)


def months_due(
    line: FundingLine, months: Sequence[Month], care: Care, steered: Collection[Month]
) -> Iterator[tuple[Month, Entry]]:
    """What these months come to, with days of care by client; months steered count none.

    Where messages are for steering only, what was occupied decides nothing: places are paid.
    """
    terms, in_force = terms_of(line), fixed.in_force(line)
    for month in months:
        shared = in_force.intersection(month.period)
        if terms.settled is not Settled.MONTH or month in steered or shared is None:
            entry = month_entry(line, month)
        else:
            entry = month_amount(terms, month, in_force, place_days(care, shared))
        if entry:
            yield month, entry


def _of_line(line: FundingLine, months: Sequence[Month]) -> Iterable[Due]:
    by_month = terms_of(line).settled is Settled.MONTH
    steered = steered_months(line, months) if by_month else set()
    care = care_of(line, str(line.parameters.get("counted", "delivered"))) if by_month else {}
    spells = {client: one.spells for client, one in care.items()}
    for month, entry in months_due(line, months, spells, steered):
        yield Due(line, month, entry)
