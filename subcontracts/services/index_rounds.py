"""Drafts of index rounds: prepared for all subcontracts at once, and changed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import index_policies as policies
from subcontracts.models import IndexPercent, IndexRound, IndexRoundLine, Subcontract
from subcontracts.rules.indexing import as_stored
from subcontracts.selectors.index_percentages import Percentage
from subcontracts.selectors.index_plans import Planned, plan
from subcontracts.selectors.index_totals import Yearly, yearly

_TAKEN_OUT = IndexRoundLine.Reason.TAKEN_OUT


@transaction.atomic
def prepare(
    *, scope: Scope, main_contractor_id: int, effective: date, has_ceilings: bool = False
) -> IndexRound:
    """Work out the indexation of a year for every subcontract, as a draft; of ceilings too where
    it is said.

    The year is that of the day on which it takes effect. Raises RuleError IDX-03 for a day that
    is not the first of a month to come, IDX-02 where a figure was not recorded, IDX-04 where
    there is nothing that could be indexed.
    """
    policies.check_can_prepare(scope, main_contractor_id)
    if effective <= scope.today or effective.day != 1:
        raise RuleError("IDX-03", _("Choose the first day of a month to come."))
    planned = plan(scope, main_contractor_id, effective, with_ceilings=has_ceilings)
    if not planned:
        raise RuleError("IDX-04", _("No contract has a tariff or amount yet."))
    row = IndexRound.objects.create(
        main_contractor_id=main_contractor_id,
        year=effective.year,
        effective_date=effective,
        has_ceilings=has_ceilings,
        prepared_by_id=scope.user_id,
        prepared_at=scope.at,
    )
    percents = _percents(row, planned)
    known = yearly(scope, main_contractor_id, planned)
    IndexRoundLine.objects.bulk_create(
        (_line(row, one, percents, known.get(one.line.of.key)) for one in planned),
        batch_size=1000,
    )
    audit.record(scope, "index_round.prepared", row, year=row.year, lines=len(planned))
    return row


def _percents(row: IndexRound, planned: Iterable[Planned]) -> dict[tuple[int, bool], IndexPercent]:
    """The percentages that lines of the round rest on."""
    used: dict[tuple[int, bool], Percentage] = {
        (one.percentage.terms.pk, one.percentage.corrects): one.percentage
        for one in planned
        if one.percentage
    }
    made = IndexPercent.objects.bulk_create(
        IndexPercent(
            main_contractor_id=row.main_contractor_id,
            round=row,
            terms=one.terms,
            corrects=one.corrects,
            percent=one.outcome.percent,
            figures=as_stored(one.figures),
        )
        for one in used.values()
    )
    return dict(zip(used, made, strict=True))


def _line(
    row: IndexRound,
    one: Planned,
    percents: dict[tuple[int, bool], IndexPercent],
    year: Yearly | None,
) -> IndexRoundLine:
    basis = None
    if one.percentage:
        basis = percents[one.percentage.terms.pk, one.percentage.corrects]
    return IndexRoundLine(
        main_contractor_id=row.main_contractor_id,
        round=row,
        year=row.year,
        subcontract=one.subcontract,
        tariff=one.tariff,
        product_id=one.tariff.product_id if one.tariff else None,
        funding_line=one.funding_line,
        origin_id=one.origin_id,
        is_ceiling=one.ceiling is not None,
        ceiling=one.ceiling,
        old_amount=one.line.of.amount,
        old_end_date=one.line.of.period.end,
        basis=basis,
        new_amount=one.line.new,
        left_out=one.line.left_out.value if one.line.left_out else "",
        note=one.note,
        yearly_old=year.old if year else None,
        yearly_new=year.new if year else None,
    )


@transaction.atomic
def take_out(*, scope: Scope, row: IndexRound, subcontract: Subcontract, reason: str) -> IndexRound:
    """Leave a subcontract out of a draft, with a reason.

    Raises RuleError IDX-05 where nothing of it takes part.
    """
    row = _locked(scope, row)
    policies.check_can_change(scope, row)
    taken = row.lines.visible_to(scope).taking_part().filter(subcontract=subcontract)
    count = taken.update(left_out=_TAKEN_OUT, note=reason)
    if not count:
        raise RuleError("IDX-05", _("Nothing of this contract takes part in the round."))
    audit.record(scope, "index_round.taken_out", row, subcontract=subcontract.pk, lines=count)
    return row


@transaction.atomic
def put_back(*, scope: Scope, row: IndexRound, subcontract: Subcontract) -> IndexRound:
    """Let a subcontract that was taken out of a draft take part again.

    Raises RuleError IDX-05 where it was not taken out.
    """
    row = _locked(scope, row)
    policies.check_can_change(scope, row)
    taken = row.lines.visible_to(scope).filter(subcontract=subcontract, left_out=_TAKEN_OUT)
    if not taken.update(left_out="", note=""):
        raise RuleError("IDX-05", _("This contract was not taken out of the round."))
    audit.record(scope, "index_round.put_back", row, subcontract=subcontract.pk)
    return row


@transaction.atomic
def withdraw(*, scope: Scope, row: IndexRound) -> IndexRound:
    """Give up a draft; nothing was changed by it."""
    row = _locked(scope, row)
    policies.check_can_change(scope, row)
    row.status = IndexRound.Status.WITHDRAWN
    row.save(update_fields=["status"])
    audit.record(scope, "index_round.withdrawn", row)
    return row


def _locked(scope: Scope, row: IndexRound) -> IndexRound:
    return IndexRound.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=row.pk)
