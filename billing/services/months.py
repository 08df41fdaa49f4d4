"""Closing a month: entitlements of all forms, holds, one statement per subcontractor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from billing import policies
from billing.forms import FORMS, MonthContext, NewEntitlement
from billing.models import (
    Adjustment,
    Declaration,
    Entitlement,
    FteReport,
    Hold,
    Statement,
    TrajectoryResult,
    TrajectoryStep,
)
from billing.selectors.closing import first_closed
from billing.services import bonus_results, documents, entitling, holds, results, statements
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError, RuleError
from hoofdaannemer.core.periods import Month, add_months
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts.models import FundingLine, Subcontract, Subcontractor
from subcontracts.models.contracts import FundingLineQuerySet

Progress = Callable[[int, int, int], None]
_NO_CODE: Final = ""
#: Months after the last line of a contract in which is looked for what became known late.
LOOKED_AT_MONTHS: Final = 12


@dataclass(frozen=True)
class Problem:
    """A subcontractor that could not be closed, and why."""

    subcontractor_id: int
    code: str
    text: str


@dataclass
class MonthResult:
    """What a run of a month made."""

    month: Month
    subcontractors: int = 0
    issued: list[int] = field(default_factory=list)
    #: Statements that were there already: a month may be run again.
    kept: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def run_month(
    *, scope: Scope, main_contractor_id: int, month: Month, progress: Progress | None = None
) -> MonthResult:
    """Close a month for all subcontractors; repeatable, and one's problem stops no other.

    Each subcontractor is closed in a transaction of its own. `progress` hears how many are done,
    of how many, and how many statements were issued. Raises RuleError BIL-41 for a month that has
    not ended.
    """
    policies.check_can_run_month(scope, main_contractor_id)
    if month.last >= scope.today:
        raise RuleError("BIL-41", _("A month is closed after its last day."))
    with on_behalf_of(scope, main_contractor_id) as widened:
        waiting = list(_to_close(main_contractor_id, month))
    result = MonthResult(month, subcontractors=len(waiting))
    for done, subcontractor in enumerate(waiting, start=1):
        try:
            with on_behalf_of(scope, main_contractor_id):
                statement, is_new = close_month(
                    scope=widened, subcontractor=subcontractor, month=month
                )
        except DomainError as refusal:
            code = refusal.code if isinstance(refusal, RuleError) else _NO_CODE
            result.problems.append(Problem(subcontractor.pk, code, refusal.message))
        else:
            if statement:
                (result.issued if is_new else result.kept).append(statement.pk)
        if progress:
            progress(done, len(waiting), len(result.issued))
    return result


def _to_close(main_contractor_id: int, month: Month) -> QuerySet[Subcontractor]:
    """Subcontractors with something to state, or of whom that may still turn out.

    After the last line of a contract ended a trajectory may end, an end be moved or what is held be
    released: so it is looked at for a year more, for as long as anything is held, and for a year
    after a verdict.
    """
    since = add_months(month.first, -LOOKED_AT_MONTHS)
    held = Hold.objects.on_a_statement().filter(subcontractor=OuterRef("pk"))
    # A bonus that nobody judged in time waits all the same.
    judged = TrajectoryResult.objects.filter(subcontractor=OuterRef("pk"), counts_from__gt=since)
    granted = Adjustment.objects.to_state().filter(
        subcontractor=OuterRef("pk"), month__lte=month.first
    )
    return _parties(
        main_contractor_id,
        month,
        since,
        Exists(held.filter(month__lte=month.first)),
        Exists(judged),
        Exists(granted),
    )


def _expected(main_contractor_id: int, month: Month) -> QuerySet[Subcontractor]:
    """Those of whom a statement of the month is expected."""
    return _parties(main_contractor_id, month, month.first)


def _parties(
    main_contractor_id: int, month: Month, since: date, *others: Exists
) -> QuerySet[Subcontractor]:
    """With a line since a day, something that was not stated, or what `others` say; no own teams.

    A party that only invoices may have been paid in a later month already (`invoices.state`): what
    came since goes onto its next statement.
    """
    agreed = (
        _agreed(month)
        .filter(subcontract__subcontractor=OuterRef("pk"))
        .filter(Q(end_date=None) | Q(end_date__gte=since))
    )
    left = Entitlement.objects.without_statement().filter(
        subcontractor=OuterRef("pk"), month__lte=month.first
    )
    later = Statement.objects.filter(subcontractor=OuterRef("pk"), month__gt=month.first)
    goes_on_later = Q(invoicing__isnull=False) & Exists(later)
    wanted = Exists(agreed) | (Exists(left) & ~goes_on_later)
    for other in others:
        wanted |= Q(other)
    return (
        Subcontractor.objects.filter(main_contractor=main_contractor_id, is_own_team=False)
        .filter(wanted)
        .select_related("provider_organisation", "main_contractor__organisation")
        .order_by("pk")
    )


def _agreed(month: Month) -> FundingLineQuerySet:
    """Funding lines that began by the end of a month. A draft is nobody's agreement yet."""
    rows = FundingLine.objects.filter(start_date__lte=month.last)
    return rows.exclude(subcontract__status=Subcontract.Status.DRAFT)


@transaction.atomic
def close_month(
    *, scope: Scope, subcontractor: Subcontractor, month: Month
) -> tuple[Statement | None, bool]:
    """Entitlements, holds and the statement of one subcontractor; whether it is new.

    An issued statement is never touched: what becomes known later goes onto the next. Nothing to
    state gives no statement. Raises RuleError BIL-40 where a later month was closed before.
    """
    Subcontractor.objects.select_for_update(of=("self",)).get(pk=subcontractor.pk)
    if (
        known := Statement.objects.light()
        .filter(subcontractor=subcontractor, month=month.first)
        .first()
    ):
        return known, False
    if Statement.objects.filter(subcontractor=subcontractor, month__gt=month.first).exists():
        raise RuleError(
            "BIL-40", _("A later month was closed already. Late amounts go onto the next one.")
        )
    with translation.override(documents.LANGUAGE):
        record_entitlements(scope, subcontractor, month)
        holds.refresh(scope=scope, subcontractor=subcontractor)
        statement = statements.issue(scope=scope, subcontractor=subcontractor, month=month)
    return statement, statement is not None


def record_entitlements(scope: Scope, subcontractor: Subcontractor, month: Month) -> None:
    """Record what was granted of declarations, and what the forms find new for this month."""
    entitling.entitle(scope=scope, subcontractor=subcontractor)
    results.refresh(scope=scope, subcontractor=subcontractor)
    bonus_results.refresh(scope=scope, subcontractor=subcontractor)
    lines = list(
        _agreed(month)
        .filter(subcontract__subcontractor=subcontractor)
        .select_related("subcontract")
        .prefetch_related("line_products")
        .order_by("pk")
    )
    since = first_closed(subcontractor.main_contractor_id)
    context = MonthContext(subcontractor, month, lines, scope.at, since=since)
    # One form after the other: a discount reads what the others recorded.
    for form in FORMS.values():
        if new := list(form.entitlements(context)):
            _store(scope, subcontractor, month, new)


def _store(
    scope: Scope, subcontractor: Subcontractor, month: Month, new: Sequence[NewEntitlement]
) -> None:
    TrajectoryStep.objects.bulk_create([one.step for one in new if one.step])
    rows = Entitlement.objects.bulk_create([_row(scope, subcontractor, one) for one in new])
    audit.record_many(scope, "entitlement.recorded", rows, month=str(month))


def _row(scope: Scope, subcontractor: Subcontractor, new: NewEntitlement) -> Entitlement:
    return Entitlement(
        main_contractor_id=subcontractor.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        subcontractor=subcontractor,
        funding_line=new.line,
        form=new.line.form,
        month=new.month.first,
        product_id=new.product_id,
        placement=new.placement,
        step=new.step,
        reference=new.reference,
        amount=new.why.amount,
        explanation=new.why.as_dict(),
        corrects=new.corrects,
        recorded_at=scope.at,
    )


@dataclass(frozen=True)
class Readiness:
    """How ready a subcontractor's month is to be closed."""

    subcontractor: Subcontractor
    needs: Sequence[tuple[str, bool, bool]]
    statement: Statement | None

    @property
    def is_ready(self) -> bool:
        """Whether no required input is missing."""
        return all(is_there or not is_required for _label, is_there, is_required in self.needs)


def readiness(*, scope: Scope, main_contractor_id: int, month: Month) -> list[Readiness]:
    """What each subcontractor still has to hand in for a month; a fixed number of queries."""
    policies.check_can_run_month(scope, main_contractor_id)
    own = {"main_contractor": main_contractor_id}
    known = {
        row.subcontractor_id: row
        for row in Statement.objects.light().filter(month=month.first, **own)
    }
    declared = set(
        Declaration.objects.standing()
        .filter(month=month.first, **own)
        .values_list("subcontractor_id", flat=True)
    )
    reported = frozenset(
        FteReport.objects.handed_in()
        .filter(month=month.first, **own)
        .values_list("funding_line_id", flat=True)
    )
    lines: dict[int, list[FundingLine]] = {}
    began = _agreed(month).filter(**own)
    for line in began.select_related("subcontract").order_by("pk"):
        lines.setdefault(line.subcontract.subcontractor_id, []).append(line)
    found = []
    for one in _expected(main_contractor_id, month):
        context = MonthContext(
            one, month, lines.get(one.pk, []), scope.at, one.pk in declared, reported
        )
        found.append(Readiness(one, _needs(context), known.get(one.pk)))
    return found


def _needs(context: MonthContext) -> list[tuple[str, bool, bool]]:
    return [
        (str(need.label), need.is_there, need.is_required)
        for form in FORMS.values()
        for need in form.needs(context)
    ]
