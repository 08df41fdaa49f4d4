"""What the pages of one municipal contract share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import ScopedRequest, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.contract_pages import tabs
from subcontracts.models import (
    BudgetBasis,
    BudgetFormChange,
    DecisionPlan,
    ExchangeTerms,
    MunicipalChange,
    MunicipalContract,
    MunicipalDivision,
    ProductTurn,
    RelayConsent,
)

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
#: What is recorded from a day or a year on.
Recorded = (
    MunicipalDivision
    | DecisionPlan
    | BudgetBasis
    | BudgetFormChange
    | ProductTurn
    | ExchangeTerms
    | MunicipalChange
    | RelayConsent
)
#: What a form sends that says nothing about what was filled in.
_OF_FORM: Final = frozenset({"csrfmiddlewaretoken", "seen", "send"})


def contract_of(request: ScopedRequest, pk: int) -> MunicipalContract:
    """The contract that somebody may see. Raises Http404 for any other."""
    return get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)


def is_manager(scope: Scope) -> bool:
    """Whether somebody changes contracts."""
    return scope.role == Role.CONTRACT_MANAGER


def crumbs(contract: MunicipalContract, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The pages above a page about a contract."""
    return [
        (_("Municipal contracts"), reverse("municipal_contract_list")),
        (contract.name, reverse("municipal_contract_detail", args=[contract.pk])),
        *more,
    ]


def page(
    request: ScopedRequest, contract: MunicipalContract, active: str, **context: Any
) -> HttpResponse:
    """One of the tabs. See the template for what it can show."""
    context |= {
        "tabs": tabs(request.scope, contract, active),
        "breadcrumbs": crumbs(contract),
    }
    return render(request, "subcontracts/municipal_page.html", context)


def recorded_text(row: Recorded) -> str:
    """When a row was recorded, and by whom."""
    by = f", {row.recorded_by.name}" if row.recorded_by else ""
    return f"{date_nl(row.recorded_at)}{by}"


@dataclass(frozen=True)
class Recording:
    """What a form does once it is confirmed, what follows from that, and what is said of it."""

    record: Callable[[], object]
    consequences: Callable[[], Iterable[str]]
    done: str


def seen_form(
    request: ScopedRequest,
    contract: MunicipalContract,
    back: str,
    recording: Recording,
    *,
    form: PlainForm,
    confirm_label: str,
    **context: Any,
) -> HttpResponse:
    """A form that first shows what follows, and does it when just that is confirmed.

    `submit_label` is that of the first step, `confirm_label` of the second.
    """
    found: list[str] = []
    if form.is_bound and form.is_valid():
        # What was filled in is what somebody looked at and now confirms.
        if request.POST.get("seen") != _digest(request):
            found = list(recording.consequences())
        else:
            with shown_refusals(request):
                recording.record()
                messages.success(request, recording.done)
                return redirect(back, contract.pk)
    context |= {
        "form": form,
        "consequences": found,
        "seen": _digest(request) if found else "",
    }
    if found:
        context["submit_label"] = confirm_label
    context.setdefault("template", "subcontracts/seen_form.html")
    return form_page(request, contract, back, **context)


def _digest(request: ScopedRequest) -> str:
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in _OF_FORM)
    return sha256(repr(sent).encode()).hexdigest()[:32]


def form_page(
    request: ScopedRequest, contract: MunicipalContract, back: str, **context: Any
) -> HttpResponse:
    """A form that leads back to one of the tabs, whose address and label `back` names."""
    url = reverse(back, args=[contract.pk])
    context |= {"cancel_url": url, "breadcrumbs": crumbs(contract)}
    return render(request, context.pop("template", "generic/form.html"), context)
