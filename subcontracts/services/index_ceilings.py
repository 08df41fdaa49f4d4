"""Ceilings in a round of indexation: another one from its day on, gone again when it is undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractCeiling, IndexRound, IndexRoundLine, Subcontract


def lock(subcontracts: Iterable[int]) -> None:
    """Let nobody change the ceilings of these contracts until the transaction ends."""
    rows = Subcontract.objects.filter(pk__in=set(subcontracts)).select_for_update(of=("self",))
    list(rows.order_by("pk").values_list("pk"))


def apply(scope: Scope, row: IndexRound, lines: Sequence[IndexRoundLine]) -> None:
    """Let the new ceilings of these lines hold from the day of the round on."""
    made = ContractCeiling.objects.bulk_create(
        ContractCeiling(
            main_contractor_id=line.main_contractor_id,
            provider_organisation_id=line.subcontract.provider_organisation_id,
            subcontract_id=line.subcontract_id,
            amount=line.new_amount,
            start_date=row.effective_date,
            recorded_at=scope.at,
        )
        for line in lines
    )
    for line, new in zip(lines, made, strict=True):
        line.new_ceiling, line.is_applied = new, True
    IndexRoundLine.objects.bulk_update(lines, ["new_ceiling", "is_applied"], batch_size=1000)
    audit.record_each(
        scope, "ceiling.indexed", [(new, {"amount": str(new.amount)}) for new in made]
    )


def is_built_on(lines: Sequence[IndexRoundLine]) -> bool:
    """Whether a ceiling was set since from the same day on or later, by hand or by a round."""
    return any(
        line.subcontract.ceilings.filter(
            pk__gt=line.new_ceiling_id, start_date__gte=line.new_ceiling.start_date
        ).exists()
        for line in lines
        if line.new_ceiling is not None
    )


def restore(scope: Scope, gone: Sequence[ContractCeiling]) -> None:
    """Take out ceilings that a round made: what held before them holds again."""
    audit.record_many(scope, "ceiling.removed", gone)
    ContractCeiling.objects.filter(pk__in=[one.pk for one in gone]).delete()
