"""The annex of a subcontract with what must be shown to deliver its products."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.templatetags.core_format import days_of
from qualifications.models import Requirement
from subcontracts.models import FundingLineProduct, Subcontract
from subcontracts.rules.contracttext import Section


def requirements(subcontract: Subcontract) -> Iterator[Section]:
    """Requirements that hold while the contract runs, of its products or of all care.

    Who must show each, how, and what follows when it lapses. None where nothing is demanded.
    """
    period = Period(subcontract.start_date, subcontract.end_date)
    rows = Requirement.objects.standing().filter(main_contractor=subcontract.main_contractor_id)
    paid = set(
        FundingLineProduct.objects.filter(subcontract=subcontract).values_list("product", flat=True)
    )
    found = []
    related = rows.in_force_during(period).prefetch_related("requirement_products__product")
    for row in related.order_by("applies_to", "name", "pk"):
        products = [one.product for one in row.requirement_products.all()]
        ours = [product for product in products if product.pk in paid]
        if products and not ours:
            continue
        found.append(
            (
                row.name,
                row.get_applies_to_display(),
                row.get_proof_display(),
                ", ".join(product.name for product in ours) or _("all products"),
                row.get_on_lapse_display(),
                days_of(row.start_date, row.end_date),
            )
        )
    if found:
        yield Section(
            _("Requirements"),
            headers=(
                *(_("Requirement"), _("Who"), _("Proof"), _("Products")),
                *(_("When it lapses"), _("Period")),
            ),
            rows=found,
            is_annex=True,
        )
