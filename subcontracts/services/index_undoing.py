"""Undoing a decided index round before it takes effect: everything is as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import index_policies as policies
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    IndexLetter,
    IndexRound,
    IndexRoundLine,
    Tariff,
)
from subcontracts.selectors.index_plans import price_of
from subcontracts.services import index_ceilings
from subcontracts.services.index_deciding import lock_amounts
from subcontracts.services.tariff_steps import TariffStep, take_back


@transaction.atomic
def undo(*, scope: Scope, row: IndexRound, reason: str) -> IndexRound:
    """Take back what a round put into the contracts; until the day before it takes effect.

    Raises RuleError IDX-06 from that day on, IDX-07 where something was built on it since.
    """
    MainContractor.objects.select_for_update(of=("self",)).get(pk=row.main_contractor_id)
    rounds = IndexRound.objects.visible_to(scope).select_for_update(of=("self",))
    row = rounds.get(pk=row.pk)
    policies.check_can_undo(scope, row)
    applied = row.lines.filter(is_applied=True)
    index_ceilings.lock(applied.filter(is_ceiling=True).values_list("subcontract_id", flat=True))
    lock_amounts(
        {pk for pair in applied.values_list("tariff", "new_tariff") for pk in pair},
        {pk for pair in applied.values_list("funding_line", "new_line") for pk in pair},
    )
    found = _applied(scope, row)
    tariffs = [one for one in found if one.new_tariff]
    lines = [one for one in found if one.new_line]
    ceilings = [one for one in found if one.new_ceiling]
    if _is_built_on(row, tariffs, lines) or index_ceilings.is_built_on(ceilings):
        raise _built_on()
    applied.update(is_applied=False, new_tariff=None, new_line=None, new_ceiling=None)
    try:
        with transaction.atomic():
            _restore_tariffs(scope, tariffs)
            _restore_lines(scope, lines)
            gone = [one.new_ceiling for one in ceilings if one.new_ceiling]
            index_ceilings.restore(scope, gone)
    except ProtectedError as error:
        raise _built_on() from error
    row.status, row.undone_by_id, row.undone_at = row.Status.UNDONE, scope.user_id, scope.at
    row.undone_reason = reason
    row.save(update_fields=["status", "undone_by", "undone_at", "undone_reason"])
    letters = IndexLetter.objects.visible_to(scope).filter(round=row)
    letters.update(withdrawn_at=scope.at)
    audit.record(scope, "index_round.undone", row, lines=len(found))
    return row


def _applied(scope: Scope, row: IndexRound) -> list[IndexRoundLine]:
    return list(
        row.lines.visible_to(scope)
        .filter(is_applied=True)
        .select_related("tariff", "new_tariff", "funding_line", "new_line")
        .select_related("new_ceiling", "subcontract")
        .prefetch_related("funding_line__line_products", "new_line__line_products")
        .order_by("pk")
    )


def _is_built_on(
    row: IndexRound, tariffs: Sequence[IndexRoundLine], lines: Sequence[IndexRoundLine]
) -> bool:
    """Whether anything is no longer as the decision left it, or a later round goes on from it."""
    if not all(_is_untouched(row, line) for line in [*tariffs, *lines]):
        return True
    later = IndexRoundLine.objects.filter(is_applied=True).exclude(round=row)
    return (
        later.filter(tariff__in=[one.new_tariff_id for one in tariffs]).exists()
        or later.filter(funding_line__in=[one.new_line_id for one in lines]).exists()
    )


def _is_untouched(row: IndexRound, line: IndexRoundLine) -> bool:
    old, new = line.tariff or line.funding_line, line.new_tariff or line.new_line
    if old is None or new is None:
        return False
    eve = row.effective_date - timedelta(days=1)
    days = (row.effective_date, line.old_end_date)
    amount = new.amount if isinstance(new, Tariff) else price_of(new)
    untouched = (old.end_date, amount) == (eve, line.new_amount)
    if not untouched or (new.start_date, new.end_date) != days:
        return False
    if isinstance(old, Tariff) or isinstance(new, Tariff):
        return True
    before, after = old.line_products.all(), new.line_products.all()
    return (
        {one.product_id for one in before} == {one.product_id for one in after}
        and all(one.end_date == eve for one in before)
        and all((one.start_date, one.end_date) == days for one in after)
    )


def _restore_tariffs(scope: Scope, lines: Sequence[IndexRoundLine]) -> None:
    take_back(
        scope=scope,
        steps=[
            TariffStep(line.tariff, line.old_amount, line.old_end_date)
            for line in lines
            if line.tariff
        ],
        made=[line.new_tariff_id for line in lines if line.new_tariff_id],
    )


def _restore_lines(scope: Scope, lines: Sequence[IndexRoundLine]) -> None:
    gone = [line.new_line_id for line in lines if line.new_line_id]
    FundingLineProduct.objects.filter(funding_line__in=gone).delete()
    FundingLine.objects.filter(pk__in=gone).delete()
    old, products = [], []
    for line in lines:
        if line.funding_line:
            line.funding_line.end_date = line.old_end_date
            old.append(line.funding_line)
            for one in line.funding_line.line_products.all():
                one.end_date = line.old_end_date
                products.append(one)
    FundingLine.objects.bulk_update(old, ["end_date"], batch_size=1000)
    FundingLineProduct.objects.bulk_update(products, ["end_date"], batch_size=1000)
    audit.record_many(scope, "funding_line.restored", old)


def _built_on() -> RuleError:
    return RuleError(
        "IDX-07",
        _(
            "A tariff or amount of this round was changed since, or a later round builds on it."
            " Undo that first."
        ),
    )
