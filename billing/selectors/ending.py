"""What of the money is still open of a subcontract that ends."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Declaration, Entitlement, Hold, Statement
from billing.models.readers import MONEY
from hoofdaannemer.core.scope import Scope
from subcontracts.gates import Loose
from subcontracts.models import Subcontract


def loose_ends(scope: Scope, subcontract: Subcontract) -> Iterator[Loose]:
    """Declarations not taken up, entitlements on no statement yet, and amounts held back.

    For who handles money; in a fixed number of queries.
    """
    if not scope.is_system and scope.role not in MONEY:
        return
    subcontractor = subcontract.subcontractor_id
    declared = Declaration.objects.visible_to(scope).standing()
    waiting = declared.filter(subcontractor=subcontractor, entitled_at=None).count()
    if waiting:
        text = ngettext(
            "%(count)s declaration is not taken up yet",
            "%(count)s declarations are not taken up yet",
            waiting,
        )
        yield Loose(text % {"count": waiting}, reverse("declaration_list"))
    unstated = Entitlement.objects.visible_to(scope).without_statement()
    of_contract = unstated.filter(funding_line__subcontract=subcontract)
    months = of_contract.order_by().values("month").distinct().count()
    if months:
        text = ngettext(
            "%(count)s month has entitlements on no statement yet: close the month",
            "%(count)s months have entitlements on no statement yet: close them",
            months,
        )
        yield Loose(text % {"count": months}, reverse("statement_list"))
    held = Hold.objects.visible_to(scope).open()
    holds = held.filter(entitlement__funding_line__subcontract=subcontract).count()
    if holds:
        text = ngettext("%(count)s amount is held back", "%(count)s amounts are held back", holds)
        yield Loose(text % {"count": holds}, reverse("hold_list"))
    if subcontract.end_date is not None and not _is_last_month_stated(scope, subcontract):
        text = _("The last month of the contract has no statement yet")
        yield Loose(text, reverse("statement_list"))


def _is_last_month_stated(scope: Scope, subcontract: Subcontract) -> bool:
    """Whether a statement of the subcontractor covers the month in which the contract ends."""
    if subcontract.end_date is None:
        return True
    statements = Statement.objects.visible_to(scope).light()
    last = subcontract.end_date.replace(day=1)
    return statements.filter(subcontractor=subcontract.subcontractor_id, month__gte=last).exists()
