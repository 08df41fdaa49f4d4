"""Corrections of months, and where upward the amount that was corrected still stands as it was."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, ExtractYear

from billing.models import (
    Entitlement,
    ProductionLine,
    UpwardContribution,
    UpwardLine,
    UpwardSettlement,
)
from billing.models.entitlements import EntitlementQuerySet
from billing.selectors.invoiced import settled_corrections
from hoofdaannemer.core.scope import Scope


def corrections(scope: Scope) -> EntitlementQuerySet:
    """Entries that take another back, each with whether something upward did not follow yet.

    `is_declared`: the corrected line is counted in a declaration to the municipality that stands;
    of what takes a part of the units back, in one that was made before.
    `is_stated`: it stands in an established production statement, and the correction in none.
    `is_settled`: its year was settled with municipalities before, and not again since, under the
    contract of its funding line, or that to which what was invoiced belongs.
    """
    declared = UpwardContribution.objects.visible_to(scope).filter(
        Q(declared_line=OuterRef("corrects__declared_line"))
        | Q(invoice_line=OuterRef("corrects__invoice_line")),
        line__is_credit=False,
        line__is_credited=False,
        line__status__in=UpwardLine.STANDING,
    )
    in_part = UpwardContribution.objects.visible_to(scope).filter(
        invoice_line=OuterRef("corrects_part__invoice_line"),
        invoice_line__price=OuterRef("invoice_line__price"),
        line__is_credit=False,
        line__is_credited=False,
        line__status__in=UpwardLine.STANDING,
        line__declaration__recorded_at__lt=OuterRef("recorded_at"),
    )
    lines = ProductionLine.objects.visible_to(scope).exclude(part__established_at=None)
    settled = UpwardSettlement.objects.visible_to(scope).filter(
        contract=OuterRef("funding_line__subcontract__municipal_contract"),
        year=ExtractYear(OuterRef("month")),
        status=UpwardSettlement.Status.LOCKED,
    )
    rows: EntitlementQuerySet = (
        Entitlement.objects.visible_to(scope)
        .exclude(corrects=None, corrects_part=None)
        .annotate(
            is_declared=Exists(declared) | Exists(in_part),
            is_stated=Exists(
                lines.filter(entitlement=Coalesce(OuterRef("corrects"), OuterRef("corrects_part")))
            )
            & ~Exists(lines.filter(entitlement=OuterRef("pk"))),
            is_settled=Exists(settled.filter(locked_at__lt=OuterRef("recorded_at")))
            & ~Exists(settled.filter(locked_at__gte=OuterRef("recorded_at")))
            | Q(pk__in=settled_corrections()),
        )
    )
    return rows


#: Something upward did not follow yet.
OPEN = Q(is_declared=True) | Q(is_stated=True) | Q(is_settled=True)
