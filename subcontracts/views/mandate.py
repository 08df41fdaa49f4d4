"""Allocating ourselves: who may, granting what is asked, changing and taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts import policies, words
from subcontracts.mandate_forms import AuthorityForm, DecideForm, GrantForm
from subcontracts.models import AllocatedBy, Allocation, Authority, CareRequest, MunicipalContract
from subcontracts.selectors import authorities as who
from subcontracts.selectors.requests import others_open
from subcontracts.selectors.residences import elsewhere
from subcontracts.services import authorities, issuing
from subcontracts.views.identity import log_look

FORM_METHODS = ["GET", "HEAD", "POST"]


def authority_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Who allocates since when, for the page of the contract."""
    return {
        "caption": _("Who allocates"),
        "headers": [_("From"), _("Allocated by"), _("Mandate"), _("Numbers")],
        "rows": [
            (
                date_nl(row.start_date),
                row.get_allocated_by_display(),
                row.reference or "–",
                f"{row.number_first}–{row.number_last}" if row.number_first else "–",
            )
            for row in contract.authorities.visible_to(scope)
        ],
    }


def allocated_by_text(contract: MunicipalContract, scope: Scope) -> str:
    """Who allocates under a contract today, in words."""
    found = who.in_force(contract, scope.today)
    by = AllocatedBy(found.allocated_by) if found else AllocatedBy.MUNICIPALITY
    return str(by.label)


def refusal_to_grant(scope: Scope, row: CareRequest, authority: Authority | None) -> str:
    """Why we cannot allocate what is asked; empty where we can."""
    return _refusal(
        lambda: policies.check_can_grant(
            scope,
            row,
            authority,
            is_another_open=others_open(scope, row),
            elsewhere=elsewhere(scope, row),
        )
    )


def may_decide(scope: Scope, allocation: Allocation) -> bool:
    """Whether the buttons to change and take back stand on an allocation's page."""
    is_ours = who.may_change(allocation, scope.today)
    return not _refusal(lambda: policies.check_can_decide(scope, allocation, is_ours=is_ours))


def _refusal(check: Callable[[], None]) -> str:
    try:
        check()
    except DomainError as refusal:
        return str(refusal)
    return ""


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_authority(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set who allocates under a municipal contract, from a day on."""
    contract = get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)
    form = AuthorityForm(
        request.POST or None, scope=request.scope, initial={"start_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            authorities.set_authority(scope=request.scope, contract=contract, **form.values)
            messages.success(request, _("It is recorded who allocates."))
            return redirect("municipal_contract_detail", pk)
    url = reverse("municipal_contract_detail", args=[pk])
    context = {
        "title": _("Set who allocates"),
        "lead": _(
            "Under mandate we allocate in the name of the municipality, and it gets a copy of every"
            " message under its code. Under a task nothing is allocated by message."
        ),
        "form": form,
        "submit_label": _("Record who allocates"),
        "cancel_url": url,
        "next_text": _("What was allocated before stays as it is."),
        "breadcrumbs": [
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, url),
        ],
    }
    return render(request, "generic/form.html", context)


@roles(*sorted(CARE))
@sensitive_post_parameters()
@require_http_methods(FORM_METHODS)
def request_grant(request: ScopedRequest, pk: int) -> HttpResponse:
    """Allocate what is asked, as asked or otherwise."""
    row = get_object_or_404(
        CareRequest.objects.visible_to(request.scope).select_related("client", "municipality"),
        pk=pk,
    )
    url = reverse("request_detail", args=[pk])
    authority = who.of_request(row, request.scope.today)
    if refusal := refusal_to_grant(request.scope, row, authority):
        messages.error(request, refusal)
        return redirect(url)
    log_look(request.scope, row, "request.grant")
    form = GrantForm(request.POST or None, scope=request.scope, request=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            issuing.grant(scope=request.scope, request=row, terms=form.terms, address=form.address)
            messages.success(request, _("The care is allocated. Place the client now."))
            return redirect(_after(request.scope, row))
    is_task = authority is not None and authority.allocated_by == AllocatedBy.TASK
    context = {
        "title": _("Allocate this care"),
        "lead": _("Under the task of %(town)s.") % {"town": row.municipality}
        if is_task
        else _("In the name of %(town)s, under its mandate.") % {"town": row.municipality},
        "form": form,
        "submit_label": _("Allocate"),
        "cancel_url": url,
        "next_text": _("Nobody is told by message.")
        if is_task
        else _("%(town)s gets a copy of the allocation.") % {"town": row.municipality},
        "breadcrumbs": [(_("Requests"), reverse("request_list")), (row.number, url)],
    }
    return render(request, "generic/form.html", context)


def _after(scope: Scope, row: CareRequest) -> str:
    """The one allocation that followed, to place it; else the request with all of them."""
    found = list(Allocation.objects.visible_to(scope).filter(requested_product__request=row)[:2])
    if len(found) == 1:
        return reverse("allocation_detail", args=[found[0].pk])
    return reverse("request_detail", args=[row.pk])


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def allocation_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change an allocation of our own."""
    allocation = _own(request, pk)
    url = reverse("allocation_detail", args=[pk])
    if not may_decide(request.scope, allocation):
        messages.error(request, str(issuing.not_ours()))
        return redirect(url)
    log_look(request.scope, allocation, "allocation.decide")
    form = DecideForm(request.POST or None, scope=request.scope, allocation=allocation)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            issuing.change(
                scope=request.scope,
                allocation=allocation,
                wanted=form.wanted,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("The allocation is changed."))
            return redirect(url)
    context = {
        "title": _("Change allocation %(number)s") % {"number": allocation.number},
        "lead": words.extent_text(allocation),
        "form": form,
        "submit_label": _("Change the allocation"),
        "cancel_url": url,
        "next_text": _("Who delivers the care is told of the change."),
        "breadcrumbs": [
            (_("Allocations"), reverse("allocation_list")),
            (str(allocation.number), url),
        ],
    }
    return render(request, "generic/form.html", context)


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def allocation_delete(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take an allocation of our own back, once that was confirmed."""
    allocation = _own(request, pk)
    url = reverse("allocation_detail", args=[pk])
    if not may_decide(request.scope, allocation):
        messages.error(request, str(issuing.not_ours()))
        return redirect(url)
    if request.method == "POST":
        with shown_refusals(request):
            issuing.withdraw(scope=request.scope, allocation=allocation)
            messages.success(request, _("The allocation is taken back."))
        return redirect(url)
    context = {
        "title": _("Take this allocation back?"),
        "lead": f"{allocation.number} · {allocation.product or allocation.category}",
        "consequences": [
            _("It counts as never made, and its placements are withdrawn."),
            _("It cannot be undone: allocate anew where it was a mistake."),
        ],
        "submit_label": _("Take allocation back"),
        "danger": True,
        "cancel_url": url,
        "breadcrumbs": [
            (_("Allocations"), reverse("allocation_list")),
            (str(allocation.number), url),
        ],
    }
    return render(request, "generic/confirm.html", context)


def _own(request: ScopedRequest, pk: int) -> Allocation:
    return get_object_or_404(
        Allocation.objects.visible_to(request.scope).select_related(
            "client", "product", "municipality", "municipal_contract"
        ),
        pk=pk,
    )
