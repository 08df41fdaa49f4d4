"""What led to a request, allocation or placement, and what followed from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import SUBCONTRACTOR
from messaging.exchange.lineage import Ref, story
from subcontracts.models import Allocation, CareRequest, Placement
from subcontracts.models.allocations import CARE_READERS
from subcontracts.views.identity import sees_client


@roles(*sorted(CARE_READERS | SUBCONTRACTOR))
@require_safe
def request_lineage(request: ScopedRequest, pk: int) -> HttpResponse:
    """The story of a request."""
    row = get_object_or_404(CareRequest.objects.visible_to(request.scope), pk=pk)
    name = _("Request %(number)s") % {"number": row.number}
    return _shown(request, Ref("request", pk), name, [(_("Requests"), reverse("request_list"))])


@roles(*sorted(CARE_READERS))
@require_safe
def allocation_lineage(request: ScopedRequest, pk: int) -> HttpResponse:
    """The story of an allocation."""
    row = get_object_or_404(Allocation.objects.visible_to(request.scope), pk=pk)
    name = _("Allocation %(number)s") % {"number": row.number}
    above = [(_("Allocations"), reverse("allocation_list"))]
    return _shown(request, Ref("allocation", pk), name, above)


@roles(*sorted(CARE_READERS | SUBCONTRACTOR))
@require_safe
def placement_lineage(request: ScopedRequest, pk: int) -> HttpResponse:
    """The story of a placement with its starts and stops."""
    row = get_object_or_404(Placement.objects.visible_to(request.scope), pk=pk)
    name = _("Placement %(number)s") % {"number": row.number}
    above = [(_("Placements"), reverse("placement_list"))]
    return _shown(request, Ref("placement", pk), name, above)


def _shown(
    request: ScopedRequest, about: Ref, name: str, above: list[tuple[str, str]]
) -> HttpResponse:
    told = story(request.scope, about)
    if sees_client(request.scope):
        audit.looked_at(request.scope, told.clients, f"{about.kind}.lineage")
    own_page = reverse(f"{about.kind}_detail", args=[about.pk])
    context = {
        "title": _("From where and to what: %(name)s") % {"name": name},
        "story": told,
        "breadcrumbs": [*above, (name, own_page)],
    }
    return render(request, "messaging/lineage.html", context)
