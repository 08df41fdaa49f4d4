"""A fixed sum for people at work: a twelfth of the year a month, a report of who worked.

Parameters of the line: `fte` and `price` (euros a year for one FTE), `tolerance` in percent,
`symmetric`, `most_over` (percent), `recognised` (which days decide whether somebody counts),
`vacancy_days` with `vacancy_share` (percent) and `vacancy_count`, `roles` and `roles_settled`, for
the settlement of the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.models import Entitlement
from billing.rules.explain import Entry
from billing.rules.fte import FteTerms, month_amount
from billing.rules.vacancy import Vacancy
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine
from subcontracts.rules.funding_parameters import (
    ROLES_SETTLED,
    VACANCY_COUNT,
    VACANCY_DAYS,
    VACANCY_SHARE,
)
from subcontracts.rules.funding_roles import roles_of

CODE: Final = FundingLine.Form.FTE.value
TITLE: Final = _("FTE")


class Recognised(StrEnum):
    """On which days of a month it is asked whether somebody met all requirements."""

    DAYS = "days"
    FIRST = "first"
    LAST = "last"


def terms_of(line: FundingLine) -> FteTerms:
    """The terms of a funding line. Raises RuleError BIL-02 where one is missing."""
    stored = line.parameters
    most_over = stored.get("most_over")
    return FteTerms(
        fte=decimal(stored, "fte"),
        price=decimal(stored, "price"),
        tolerance=decimal(stored, "tolerance", "0") / 100,
        is_symmetric=bool(stored.get("symmetric", False)),
        most_over=None if most_over is None else decimal(stored, "most_over") / 100,
        vacancy=_vacancy_of(line),
        roles=roles_of(stored),
        is_together=stored.get(ROLES_SETTLED) == "together",
    )


def _vacancy_of(line: FundingLine) -> Vacancy | None:
    stored = line.parameters
    if stored.get(VACANCY_DAYS) is None:
        return None
    share = decimal(stored, VACANCY_SHARE, "100") / 100
    is_yearly = stored.get(VACANCY_COUNT) == "year"
    return Vacancy(int(decimal(stored, VACANCY_DAYS)), share, is_yearly)


def month_entry(line: FundingLine, month: Month) -> Entry | None:
    """A twelfth. Raises RuleError BIL-02 where a term is missing."""
    return month_amount(terms_of(line), month, Period(line.start_date, line.end_date))


def needs(context: MonthContext) -> Iterable[Need]:
    """A report for each line that is in force in the month."""
    in_month = _in_month(context)
    return [Need(_("FTE report"), line.pk in context.reported) for line in in_month]


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """The sum of the month for each line that is in force in it and was not recorded yet."""
    lines = _in_month(context)
    recorded = set(
        Entitlement.objects.of_months()
        .filter(funding_line__in=lines, form=CODE, month=context.month.first, corrects=None)
        .values_list("funding_line_id", flat=True)
    )
    for line in lines:
        entry = month_entry(line, context.month)
        if entry and line.pk not in recorded:
            yield NewEntitlement(line, context.month, entry.reference, entry.explanation)


def _in_month(context: MonthContext) -> list[FundingLine]:
    month = context.month.period
    return [
        line
        for line in context.lines
        if line.form == CODE and Period(line.start_date, line.end_date).overlaps(month)
    ]
