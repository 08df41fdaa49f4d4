"""What the pages of one municipal contract share."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.pages import ScopedRequest
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.contract_pages import tabs
from subcontracts.models import MunicipalContract

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


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


def form_page(
    request: ScopedRequest, contract: MunicipalContract, back: str, **context: Any
) -> HttpResponse:
    """A form that leads back to one of the tabs, whose address and label `back` names."""
    url = reverse(back, args=[contract.pk])
    context |= {"cancel_url": url, "breadcrumbs": crumbs(contract)}
    return render(request, context.pop("template", "generic/form.html"), context)
