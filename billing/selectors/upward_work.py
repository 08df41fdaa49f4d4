"""What a controller must do about declarations to municipalities, cheap enough for a home page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from billing.models import (
    DeclaredLine,
    InvoiceLine,
    UpwardContribution,
    UpwardDeclaration,
    UpwardLine,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractMunicipality, ContractProduct
from subcontracts.selectors.exchange_terms import using

#: Rows of a kind on the work list; the rest comes up when these are done.
MOST = 20


@dataclass(frozen=True)
class Undecided:
    """A declaration with refused lines about which nobody decided, and how many."""

    declaration: UpwardDeclaration
    lines: int
    #: All of them of sealed clients: nothing of it leaves the site.
    is_sealed: bool


def refused_lines(scope: Scope) -> Iterator[Undecided]:
    """Declarations with refused lines that wait for a decision, the oldest month first."""
    waiting = Q(lines__status=UpwardLine.Status.REFUSED, lines__decision="")
    listed = waiting & Q(lines__allocation__client__is_sealed=False)
    rows: Any = (
        UpwardDeclaration.objects.visible_to(scope)
        .filter(
            pk__in=UpwardLine.objects.visible_to(scope).undecided().values("declaration"),
        )
        .select_related("municipality")
        .annotate(undecided=Count("lines", filter=waiting), listed=Count("lines", filter=listed))
    )
    for row in rows.order_by("month", "pk")[:MOST]:
        yield Undecided(row, row.undecided, is_sealed=not row.listed)


def refused_wholes(scope: Scope) -> list[UpwardDeclaration]:
    """Declarations that were refused as a whole, after which none was sent."""
    later = UpwardDeclaration.objects.visible_to(scope).filter(
        contract=OuterRef("contract"),
        municipality=OuterRef("municipality"),
        pk__gt=OuterRef("pk"),
    )
    rows = (
        UpwardDeclaration.objects.visible_to(scope)
        .filter(~Exists(later), status=UpwardDeclaration.Status.REFUSED)
        .select_related("municipality")
    )
    return list(rows.order_by("month", "pk")[:MOST])


def _told(scope: Scope) -> QuerySet[UpwardContribution]:
    """What was refused as a whole counts as never told."""
    rows = UpwardContribution.objects.visible_to(scope)
    return rows.exclude(line__status=UpwardLine.Status.VOID)


def _paid_by_unit(scope: Scope, allocation: str, month: Month) -> QuerySet[ContractProduct]:
    """Products that the municipality pays by the unit, of an outer line's `product_upward`."""
    return ContractProduct.objects.visible_to(scope).filter(
        Q(declared_until=None) | Q(declared_until__gte=month.first),
        declared_from__lte=month.first,
        contract=OuterRef(f"{allocation}__municipal_contract"),
        product=OuterRef("product_upward"),
    )


def to_declare(scope: Scope, month: Month) -> list[ContractMunicipality]:
    """Municipalities to which care of this month was never declared."""
    care = (
        DeclaredLine.objects.visible_to(scope)
        .approved()
        .filter(
            is_credit=False,
            is_credited=False,
            start_date__range=(month.first, month.last),
            placement__allocation__municipal_contract=OuterRef("contract"),
            placement__allocation__municipality=OuterRef("municipality"),
        )
        .annotate(product_upward=Coalesce(F("placement__allocation__product"), F("product")))
        .filter(
            Exists(_paid_by_unit(scope, "placement__allocation", month)),
            ~Exists(_told(scope).filter(declared_line=OuterRef("pk"))),
        )
    )
    invoiced = (
        InvoiceLine.objects.visible_to(scope)
        .standing()
        .filter(
            start_date__range=(month.first, month.last),
            indication__allocation__municipal_contract=OuterRef("contract"),
            indication__allocation__municipality=OuterRef("municipality"),
        )
        .annotate(
            product_upward=Coalesce(F("indication__allocation__product"), F("indication__product"))
        )
        .filter(
            Exists(_paid_by_unit(scope, "indication__allocation", month)),
            ~Exists(_told(scope).filter(invoice_line=OuterRef("pk"))),
        )
    )
    latest = (
        UpwardDeclaration.objects.visible_to(scope)
        .standing()
        .filter(
            contract=OuterRef("contract"), municipality=OuterRef("municipality"), month=month.first
        )
    )
    rows = (
        ContractMunicipality.objects.visible_to(scope)
        .filter(
            Exists(care) | Exists(invoiced),
            # What is left when the month was declared stands on its page with the reason.
            ~Exists(latest),
            contract__in=using("323", scope.today),
        )
        .select_related("municipality")
    )
    return list(rows.order_by("pk")[:MOST])
