"""A bonus for an outcome: paid when a controller recorded what was granted, or by a verdict.

Parameters of the line: `amount` in euros at the most, and `judged_by`, which says how the outcome
is measured. With `result_days` and `result_judge` it waits: what was found stands in
`TrajectoryResult`, and nothing is paid before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.forms.base import MonthContext, Need, NewEntitlement
from billing.forms.recorded import taken_back
from billing.models import Entitlement, TrajectoryResult
from billing.rules.explain import Entry
from billing.rules.results import Outcome, Verdict, bonus_entry
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine
from subcontracts.rules.funding_parameters import RESULT_DAYS

CODE: Final = FundingLine.Form.BONUS.value
TITLE: Final = _("Bonuses")


def waits_for_verdict(line: FundingLine) -> bool:
    """Whether a line is a bonus that a verdict pays, and nobody else."""
    return line.form == CODE and RESULT_DAYS in line.parameters


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing: the outcome is judged in its own time."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """What verdicts that count by the end of the month give, as far as it was not recorded yet.

    Another decision after an objection takes the first entry back and brings one of its own. What
    waits for no verdict is recorded by `services.assessments`.
    """
    lines = {line.pk: line for line in context.lines if waits_for_verdict(line)}
    if not lines:
        return
    due = _due(context, lines)
    rows = Entitlement.objects.filter(funding_line__in=lines, form=CODE, corrects=None)
    times = Counter(rows.values_list("funding_line", flat=True))
    for known in rows.filter(corrected_by=None).order_by("pk"):
        line = lines[known.funding_line_id or 0]
        now = due.get(line.pk)
        if now and now[1].amount == known.amount:
            del due[line.pk]
        else:
            yield taken_back(line, known)
    for pk, (month, entry) in due.items():
        reference = f"{entry.reference}:{times[pk] + 1}"
        yield NewEntitlement(lines[pk], month, reference, entry.explanation)


def _due(context: MonthContext, lines: Mapping[int, FundingLine]) -> dict[int, tuple[Month, Entry]]:
    """By line: the month from which its verdict counts, and what that gives."""
    rows = TrajectoryResult.objects.filter(
        funding_line__in=lines, placement=None, counts_from__lte=context.month.last
    )
    found = {}
    for row in rows.order_by("pk"):
        if row.counts_from and row.share is not None:
            verdict = Verdict(row.counts_from, Outcome(row.outcome), row.share)
            found[row.funding_line_id] = Month.of(verdict.day), bonus_entry(row.at_stake, verdict)
    return found
