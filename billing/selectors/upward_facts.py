"""What is known for a declaration upward: what was contributed, and what was told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Max, Q

from billing.models import UpwardDeclaration, UpwardLine
from billing.rules.upward import Claim
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractMunicipality


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One line upward: an allocation, a product (ids) and the first day of a month."""

    month: date
    allocation: int
    product: int


@dataclass(frozen=True)
class Built:
    """What was declared and invoiced to us for one key: volume by unit, and the lines of both."""

    volumes: Mapping[str, int] = field(default_factory=dict)
    lines: Sequence[int] = ()
    invoiced: Sequence[int] = ()

    @property
    def is_something(self) -> bool:
        """Whether there is care to declare."""
        return bool(self.lines or self.invoiced)


_CONTRIBUTIONS: Final = """
SELECT allocation_id, product_id, date_trunc('month', start_date)::date, unit,
    sum(volume)::bigint,
    array_remove(array_agg(declared ORDER BY declared), NULL),
    array_remove(array_agg(invoiced ORDER BY invoiced), NULL)
FROM (
    SELECT l.id AS declared, NULL::bigint AS invoiced, a.id AS allocation_id, cp.product_id,
        l.start_date, l.unit, l.volume
    FROM billing_declaredline l
    JOIN subcontracts_placement p ON p.id = l.placement_id
    JOIN subcontracts_allocation a ON a.id = p.allocation_id
        AND a.municipal_contract_id = %(contract)s AND a.municipality_id = %(municipality)s
    JOIN subcontracts_contractproduct cp ON cp.contract_id = a.municipal_contract_id
        AND cp.product_id = coalesce(a.product_id, l.product_id)
        AND cp.declared_from <= l.start_date
        AND (cp.declared_until IS NULL OR cp.declared_until >= l.start_date)
    WHERE l.main_contractor_id = %(main)s
      AND l.start_date BETWEEN %(since)s AND %(until)s
      -- Credits are always full: what was credited is gone, and the credit with it.
      AND l.is_approved AND NOT l.is_credit AND NOT l.is_credited
      -- No amount follows from messages that are for steering only.
      AND NOT subcontracts_steers(p.subcontract_id, l.start_date)
    UNION ALL
    -- Care that was invoiced to us without a subcontract, and that rests on an allocation.
    SELECT NULL, i.id, a.id, cp.product_id, i.start_date,
        billing_invoiced_unit(product.unit, i.quantity - i.credited_quantity),
        billing_invoiced_volume(product.unit, i.quantity - i.credited_quantity,
            i.amount - i.credited_amount)
    FROM billing_invoiceline i
    JOIN billing_indication n ON n.id = i.indication_id
    JOIN subcontracts_product product ON product.id = n.product_id
    JOIN subcontracts_allocation a ON a.id = n.allocation_id
        AND a.municipal_contract_id = %(contract)s AND a.municipality_id = %(municipality)s
    JOIN subcontracts_contractproduct cp ON cp.contract_id = a.municipal_contract_id
        AND cp.product_id = coalesce(a.product_id, n.product_id)
        AND cp.declared_from <= i.start_date
        AND (cp.declared_until IS NULL OR cp.declared_until >= i.start_date)
    WHERE i.main_contractor_id = %(main)s
      AND i.start_date BETWEEN %(since)s AND %(until)s
      -- Of what was credited in part the rest is left.
      AND i.state = 'accepted' AND NOT i.is_credit AND NOT i.is_credited
      AND i.quantity > i.credited_quantity
) care
GROUP BY 1, 2, 3, 4
"""


def contributions(part: ContractMunicipality, period: Period) -> dict[Key, Built]:
    """Approved volumes that the municipality pays by the unit: declared, or invoiced to us."""
    volumes: defaultdict[Key, dict[str, int]] = defaultdict(dict)
    lines: defaultdict[Key, list[int]] = defaultdict(list)
    invoiced: defaultdict[Key, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _CONTRIBUTIONS,
            {
                "main": part.main_contractor_id,
                "contract": part.contract_id,
                "municipality": part.municipality_id,
                "since": period.start,
                "until": period.end,
            },
        )
        for allocation, product, month, unit, volume, declared, of_invoices in cursor:
            key = Key(month, allocation, product)
            volumes[key][unit] = volume
            lines[key] += declared
            invoiced[key] += of_invoices
    return {key: Built(volumes[key], lines[key], invoiced[key]) for key in volumes}


@dataclass
class Past:
    """What was told upward of one key before."""

    stands: UpwardLine | None = None
    #: A line of it was not answered yet: no credit before the answer (IV085).
    is_waiting: bool = False
    #: The municipality refused a line of it, and nobody has decided what to do.
    is_undecided: bool = False
    #: What was wanted when a line was refused and given up.
    given_up: list[Claim | None] = field(default_factory=list)


def claim_of(line: UpwardLine) -> Claim:
    """The line as a claim."""
    period = Period(line.start_date, line.end_date)
    return Claim(period, line.volume, line.unit, line.tariff, line.amount)


def lines_upward(part: ContractMunicipality) -> list[UpwardLine]:
    """Every line of this municipality and contract that has a say in what goes up next."""
    has_say = (
        Q(is_credit=False, is_credited=False, status__in=UpwardLine.STANDING)
        | Q(status=UpwardLine.Status.SENT)
        | (Q(status=UpwardLine.Status.REFUSED) & ~Q(decision=UpwardLine.Decision.AGAIN))
    )
    rows = UpwardLine.objects.filter(
        has_say,
        main_contractor=part.main_contractor_id,
        declaration__contract=part.contract_id,
        declaration__municipality=part.municipality_id,
    )
    return list(rows.order_by("declaration", "line"))


def key_of(line: UpwardLine) -> Key:
    """The key of a line."""
    return Key(line.month, line.allocation_id, line.product_id)


def pasts(lines: Iterable[UpwardLine]) -> dict[Key, Past]:
    """The lines of `lines_upward` by key."""
    found: defaultdict[Key, Past] = defaultdict(Past)
    refused: defaultdict[tuple[Key, int], list[UpwardLine]] = defaultdict(list)
    for line in lines:
        past = found[key_of(line)]
        if line.status in UpwardLine.STANDING and not line.is_credit and not line.is_credited:
            past.stands = line
        past.is_waiting |= line.status == UpwardLine.Status.SENT
        if line.status == UpwardLine.Status.REFUSED:
            past.is_undecided |= not line.decision
            if line.decision == UpwardLine.Decision.GIVEN_UP:
                refused[key_of(line), line.declaration_id].append(line)
    for (key, _declaration), of_one in refused.items():
        # A refused credit without a debit wanted nothing to be left.
        debits = [claim_of(line) for line in of_one if not line.is_credit]
        found[key].given_up += debits or [None]
    return found


def latest_months(
    scope: Scope, parts: Iterable[ContractMunicipality]
) -> dict[ContractMunicipality, Month]:
    """The latest month declared to each municipality under its law, by any contract (TR318)."""
    asked = list(parts)
    declared = (
        UpwardDeclaration.objects.visible_to(scope)
        .standing()
        .filter(municipality__in={part.municipality_id for part in asked})
        .order_by()
        .values_list("main_contractor", "municipality", "family")
        .annotate(Max("month"))
    )
    latest = {(main, town, family): Month.of(month) for main, town, family, month in declared}
    keys = {
        part: (part.main_contractor_id, part.municipality_id, part.contract.family)
        for part in asked
    }
    return {part: latest[key] for part, key in keys.items() if key in latest}
