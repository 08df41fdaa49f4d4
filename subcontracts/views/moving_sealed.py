"""Placements in a move of clients whose data stay inside: who may open them takes each along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts import moving_policies as policies
from subcontracts.models import CareMove, CareMoveItem, Placement
from subcontracts.moving_forms import TakeAlongForm
from subcontracts.moving_words import outcome_text
from subcontracts.selectors.moving_sealed import items_of, kept_apart
from subcontracts.services import moving
from subcontracts.views.identity import PERSONAL
from subcontracts.views.moving_actions import above, move_of


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def care_move_sealed(request: ScopedRequest, pk: int) -> HttpResponse:
    """Each of them by number, with what becomes of it; one is taken along at a time."""
    scope, move = request.scope, move_of(request, pk)
    items = items_of(scope, move)
    rows = kept_apart(scope, move).defer(*PERSONAL).order_by("number")
    form = TakeAlongForm(
        request.POST or None,
        scope=scope,
        move=move,
        placements=rows.exclude(pk__in=items),
        initial={"placement": request.GET.get("plaatsing", "")},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            moving.take_along(scope=scope, move=move, **form.values)
            messages.success(request, _("Taken along in the move."))
            return redirect("care_move_sealed", move.pk)
    found = list(rows.select_related("product", "client", "allocation__municipality"))
    audit.looked_at(scope, [row.client_id for row in found], "care_move.sealed_listed")
    others = CareMove.objects.visible_to(scope)
    may_take = allowed(policies.check_can_take_along, scope, move, others)
    context = {
        "title": _("Clients whose data stay inside"),
        "lead": _("Only an own team can take over their care. Choose for each placement."),
        "breadcrumbs": above(move),
        "move": move,
        "placements": {
            "caption": _("Placements that no list of the move shows"),
            "headers": [
                *(_("Placement"), _("Product"), _("Municipality"), _("Until")),
                *(_("What becomes of it"), _("Do")),
            ],
            "rows": [_line(move, row, items.get(row.pk), may_take) for row in found],
        },
        "form": form if may_take and len(found) > len(items) else None,
        "told": _("Nothing moves yet.")
        if move.status == CareMove.Status.DRAFT
        else _("It is moved at once, by the same rules."),
        "is_closed": move.status == CareMove.Status.FINISHED,
    }
    return render(request, "subcontracts/care_move_sealed.html", context)


def _line(
    move: CareMove, row: Placement, item: CareMoveItem | None, may_take: bool
) -> tuple[Any, ...]:
    return (
        _link(reverse("placement_detail", args=[row.pk]), str(row.number)),
        str(row.product),
        row.allocation.municipality.name,
        date_nl(row.end_date) if row.end_date else _("open-ended"),
        _becomes(item),
        _way_out(move, row, item, may_take),
    )


def _becomes(item: CareMoveItem | None) -> str:
    if item is None:
        return _("Not in the move yet.")
    if item.status == CareMoveItem.Status.WAITING and item.destination is not None:
        return _("Goes to %(name)s.") % {"name": item.destination.provider_organisation.name}
    told = outcome_text(item, None)
    return f"{item.get_status_display()}: {told}" if told else str(item.get_status_display())


def _way_out(move: CareMove, row: Placement, item: CareMoveItem | None, may_take: bool) -> str:
    allocation = _link(
        reverse("allocation_detail", args=[row.allocation_id]), _("Open the allocation")
    )
    if item is None and may_take:
        url = f"{reverse('care_move_sealed', args=[move.pk])}?plaatsing={row.pk}#id_destination"
        return _link(url, _("Choose an own team"))
    is_draft = move.status == CareMove.Status.DRAFT
    if item is not None and (is_draft or item.status in CareMoveItem.REMAINING):
        return _link(reverse("care_move_item", args=[item.pk]), _("Choose where"))
    return allocation


def _link(url: str, text: str) -> str:
    return format_html('<a class="ha-link" href="{}">{}</a>', url, text)
