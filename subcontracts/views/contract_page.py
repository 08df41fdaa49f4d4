"""A page about one subcontract that leads back to it: a form, a question, a check."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.pages import ScopedRequest
from subcontracts.models import Subcontract


def contract_page(
    request: ScopedRequest,
    contract: Subcontract,
    template: str = "generic/form.html",
    **context: Any,
) -> HttpResponse:
    """The template with the way back: cancelling, and the path above it, lead to the contract."""
    url = reverse("subcontract_detail", args=[contract.pk])
    above = [(_("Subcontracts"), reverse("subcontract_list")), (contract.number, url)]
    return render(request, template, {"cancel_url": url, "breadcrumbs": above, **context})
