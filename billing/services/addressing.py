"""For which main contractor a declaration is, told from the document itself.

A 323 names the municipality as receiver, also where it goes to the main contractor: the relay
runs under the municipality's code.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import ServiceRow
from messaging.istandaard.model.messages import DeclarationMessage
from subcontracts.models import Subcontractor


def subcontractor_of(
    scope: Scope, head: DeclarationMessage, rows: Sequence[ServiceRow]
) -> Subcontractor:
    """The subcontractor that declares, with the main contractor whose placements it names.

    An organisation that works for two main contractors is told apart by the placement numbers.
    Raises RuleError BIL-61 where the sender is no subcontractor.
    """
    numbers = {row.allocation_number for row in rows}
    named = Count(
        "placements",
        filter=Q(placements__number__in=numbers, placements__family=head.family.value),
    )
    found = (
        Subcontractor.objects.visible_to(scope)
        .filter(provider_organisation__agb=head.header.sender)
        .select_related("provider_organisation")
        .annotate(named=named)
        .order_by("-named", "pk")
        .first()
    )
    if found is None:
        raise RuleError("BIL-61", _("The AGB code of the sender is not that of a subcontractor."))
    return found
