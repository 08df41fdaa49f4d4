"""Telling a subcontractor that somebody else gives the care that it asked for.

Its 315 was answered above by an allocation, so the municipality's answer is a yes. Towards the
asker that allocation is not passed on: its own request is refused by a 319, as it would be by a
municipality that allocates the care to another provider. A 319 that refuses comes once, so it
waits until the others have taken all of the care, unless a coordinator says it before.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Allocation, CareRequest, Placement, RequestedProduct
from subcontracts.selectors.placed import placed_of, room_of
from subcontracts.selectors.requests import was_offered
from subcontracts.services import sending_requests
from subcontracts.services.answers import DISMISS_REASONS

#: Of the reasons of WJ759 the one that holds: the same care is allocated and given already, so
#: that what was asked would come on top of it. The others blame contract, budget or content.
STACKED: Final = "6"


def follow(*, scope: Scope, allocation: Allocation) -> None:
    """Tell the asker, where others have accepted all of what it asked for.

    Nothing where it was told before, where the care is or was placed with it, or where some is
    still to be placed or to be accepted.
    """
    if allocation.requested_product_id is None:
        return
    asked = _locked(allocation.requested_product_id)
    if asked.provider_organisation_id is None or asked.elsewhere_at or was_offered(asked):
        return
    placed = placed_of(allocation)
    waits = any(row.status == Placement.Status.OFFERED for row in placed)
    if waits or room_of(allocation, placed) is not None:
        return
    _tell(scope, asked, STACKED)


@transaction.atomic
def tell(*, scope: Scope, asked: RequestedProduct, reason: str) -> RequestedProduct:
    """Tell the asker now that somebody else gives the care; `reason` of code list WJ759.

    Raises as `policies.check_can_tell_elsewhere`, RuleError VOT-08 without a reason.
    """
    policies.check_can_manage_care(scope, asked.main_contractor_id)
    asked = _locked(asked.pk)
    policies.check_can_tell_elsewhere(scope, asked, is_offered=was_offered(asked))
    if reason not in DISMISS_REASONS:
        raise RuleError("VOT-08", _("Choose the reason that the subcontractor is given."))
    return _tell(scope, asked, reason)


def _locked(pk: int) -> RequestedProduct:
    """The product under its locked request, as answers lock it."""
    request = RequestedProduct.objects.values_list("request", flat=True).get(pk=pk)
    CareRequest.objects.select_for_update(of=("self",)).get(pk=request)
    rows = RequestedProduct.objects.select_for_update(of=("self",))
    return rows.select_related("request__municipality", "provider_organisation").get(pk=pk)


def _tell(scope: Scope, asked: RequestedProduct, reason: str) -> RequestedProduct:
    asked.elsewhere_at, asked.elsewhere_reason = scope.at, reason
    asked.save(update_fields=["elsewhere_at", "elsewhere_reason"])
    audit.record(scope, "requested_product.told_elsewhere", asked, reason=reason)
    if asked.provider_reference:
        sending_requests.placed_elsewhere_down(scope=scope, asked=asked)
    return asked
