"""Asking for a change, from an allocation or from a subcontractor's placement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.pages import Action, ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Scope
from subcontracts import policies
from subcontracts.change_forms import ChangeForm
from subcontracts.models import Allocation, CareRequest, Client, Placement
from subcontracts.selectors import current
from subcontracts.selectors.requests import is_open_about
from subcontracts.services import changes
from subcontracts.views.identity import log_look

FORM_METHODS = ["GET", "HEAD", "POST"]
_TAKEN_UP = gettext_lazy("The main contractor looks at the request and sends it on.")


@dataclass(frozen=True)
class _Page:
    """From where a change is asked, and how."""

    row: Allocation | Placement
    current: Sequence[Allocation | Placement]
    ask: Callable[[changes.ChangeDraft], CareRequest]
    refusal: str
    #: Of the list above, and the page it was asked from.
    above: tuple[str, str]
    back: str
    submit_label: str
    next_text: str


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def allocation_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask the municipality to change what it allocated to this client."""
    scope = request.scope
    rows = Allocation.objects.visible_to(scope).select_related("client", "municipality")
    allocation = get_object_or_404(rows, pk=pk)
    page = _Page(
        row=allocation,
        current=list(current.allocations(scope, current.care_of(allocation))),
        ask=lambda draft: changes.request_change(scope=scope, allocation=allocation, draft=draft),
        refusal=refusal_of_change(scope, allocation),
        above=(_("Allocations"), reverse("allocation_list")),
        back=reverse("allocation_detail", args=[pk]),
        submit_label=_("Send request"),
        next_text=_("The municipality answers within 5 working days."),
    )
    return _asked_on(request, page)


@roles(*sorted(SUBCONTRACTOR))
@require_http_methods(FORM_METHODS)
def placement_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hand in what a subcontractor wants changed of its placements of this client."""
    scope = request.scope
    rows = Placement.objects.visible_to(scope).select_related("client", "allocation__municipality")
    placement = get_object_or_404(rows, pk=pk)
    page = _Page(
        row=placement,
        current=list(current.placements(scope, current.care_of(placement)).live()),
        ask=lambda draft: changes.ask_for_change(scope=scope, placement=placement, draft=draft),
        refusal=refusal_of_change(scope, placement),
        above=(_("Placements"), reverse("placement_list")),
        back=reverse("placement_detail", args=[pk]),
        submit_label=_("Hand in request"),
        next_text=str(_TAKEN_UP),
    )
    return _asked_on(request, page)


def refusal_of_change(scope: Scope, row: Allocation | Placement) -> str:
    """Why no change can be asked of it now; empty where it can."""
    is_open = is_open_about(scope, current.care_of(row))
    try:
        if isinstance(row, Allocation):
            policies.check_can_request_change(scope, row, is_another_open=is_open)
        else:
            policies.check_can_ask_change(scope, row, is_another_open=is_open)
    except DomainError as refusal:
        return str(refusal)
    return ""


def changes_of(scope: Scope, client: Client) -> list[Action]:
    """The ways to ask for a change of a client's care: one for each municipality and law."""
    if scope.role in CARE:
        page, rows = "allocation_change", _every(Allocation, scope, client)
    elif scope.role in SUBCONTRACTOR:
        page, rows = "placement_change", _every(Placement, scope, client)
    else:
        return []
    first: dict[current.Care, Allocation | Placement] = {}
    for row in rows:
        if not refusal_of_change(scope, row):
            first.setdefault(current.care_of(row), row)
    return [
        Action(_change_label(row, is_only=len(first) == 1), reverse(page, args=[row.pk]))
        for row in first.values()
    ]


def _every(model: Any, scope: Scope, client: Client) -> Iterable[Allocation | Placement]:
    town = "allocation__municipality" if model is Placement else "municipality"
    rows = model.objects.visible_to(scope).current_on(scope.today).filter(client=client)
    found: Iterable[Allocation | Placement] = rows.select_related("client", town).order_by("number")
    return found


def _change_label(row: Allocation | Placement, *, is_only: bool) -> str:
    if is_only:
        return _("Request a change")
    return _("Request a change (%(town)s, %(law)s)") % {
        "town": _town(row),
        "law": row.get_family_display(),
    }


def _town(row: Allocation | Placement) -> Municipality:
    return (row.allocation if isinstance(row, Placement) else row).municipality


def _asked_on(request: ScopedRequest, page: _Page) -> HttpResponse:
    kwargs: dict[str, Any] = {"scope": request.scope, "current": page.current}
    if {"add", "remove"} & request.POST.keys():
        form = ChangeForm.retyped(request.POST.dict(), **kwargs)
    else:
        form = ChangeForm(request.POST or None, **kwargs)
    log_look(request.scope, page.row, "request.change")
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            made = page.ask(form.draft)
            messages.success(
                request, _TAKEN_UP if made.provider_organisation_id else _("The request is sent.")
            )
            return redirect("request_detail", made.pk)
    row = page.row
    context = {
        "title": _("Request a change for %(client)s") % {"client": row.client},
        "lead": _("All care of this client from %(town)s. Correct what must become different.")
        % {"town": _town(row)},
        "breadcrumbs": [page.above, (str(row.number), page.back)],
        "refusal": page.refusal,
        "form": form,
        "submit_label": page.submit_label,
        "cancel_url": page.back,
        "next_text": page.next_text,
    }
    return render(request, "subcontracts/request_change.html", context)
