"""Promises about what municipal contracts say, and about clauses below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.invariants.promises import Promise, by_query
from subcontracts.models import ContractOption, MunicipalTermsVersion
from subcontracts.rules.options import extended
from subcontracts.rules.upward_versions import checked


def _not_as_checked() -> Iterator[str]:
    """Versions whose values the check would refuse, or store in another way."""
    for row in MunicipalTermsVersion.objects.order_by("pk"):
        try:
            stored = checked(row.values)
        except RuleError as refusal:
            yield f"terms {row.pk} are refused: {refusal.code}"
            continue
        if stored != row.values:
            yield f"terms {row.pk} would be stored in another way"


def _extended_otherwise() -> Iterator[str]:
    """Options that were taken, as far as they are no chain up to the end of their contract."""
    chains: defaultdict[int, list[ContractOption]] = defaultdict(list)
    taken = ContractOption.objects.filter(outcome=ContractOption.Outcome.TAKEN)
    for row in taken.select_related("contract").order_by("contract", "position"):
        chains[row.contract_id].append(row)
    for rows in chains.values():
        ends = [*(row.end_before for row in rows[1:]), rows[0].contract.end_date]
        for row, end in zip(rows, ends, strict=True):
            if row.end_before is None or row.end_after != extended(row.end_before, row.months):
                yield f"option {row.pk} does not end where its months end"
            elif row.end_after != end:
                yield f"option {row.pk} ends on {row.end_after}, what follows begins at {end}"


PROMISES: tuple[Promise, ...] = (
    Promise(
        "TRM-01",
        "What a municipal contract says is stored as the list of terms has it.",
        _not_as_checked,
    ),
    Promise(
        "TRM-02",
        "Options that were taken follow each other up to the last day of their contract.",
        _extended_otherwise,
    ),
    by_query(
        "TRM-03",
        "The shares of a consortium are 100 percent together, and one member speaks for all.",
        """
        SELECT 'consortium', consortium.id, sum(member.share), count(*) FILTER (WHERE is_lead)
        FROM subcontracts_consortium consortium
        LEFT JOIN subcontracts_consortiummember member ON member.consortium_id = consortium.id
        GROUP BY consortium.id
        HAVING sum(member.share) IS DISTINCT FROM 100
            OR count(*) FILTER (WHERE is_lead) <> 1
        """,
    ),
    by_query(
        "TRM-04",
        "Of clauses with one number a subcontract has one at a time, within its own period.",
        """
        SELECT 'clause', clause.id
        FROM subcontracts_subcontractclause clause
        JOIN subcontracts_subcontract below ON below.id = clause.subcontract_id
        WHERE clause.start_date < below.start_date
           OR clause.start_date > coalesce(below.end_date, 'infinity')
           OR EXISTS (
                SELECT 1 FROM subcontracts_subcontractclause other
                WHERE other.subcontract_id = clause.subcontract_id AND other.code = clause.code
                  AND other.id <> clause.id
                  AND daterange(other.start_date, other.end_date, '[]')
                   && daterange(clause.start_date, clause.end_date, '[]'))
        """,
    ),
)
