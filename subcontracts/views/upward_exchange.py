"""Messages and numbers in use under a municipal contract, from a day on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import MunicipalContract
from subcontracts.selectors.exchange_terms import exchange_on, exchange_recorded
from subcontracts.services import exchange_terms
from subcontracts.upward_forms import ExchangeForm
from subcontracts.views.upward_tabs import FORM_METHODS, contract_of, form_page, recorded_text


def exchange_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Everything that was recorded, newest first."""
    return {
        "caption": _("Messages and numbers, from day to day"),
        "headers": [
            *(_("From"), _("Messages in use"), _("Numbers below"), _("Source"), _("Recorded"))
        ],
        "rows": [
            (
                date_nl(row.start_date),
                ", ".join(row.messages) or "–",
                f"{row.number_first} – {row.number_last}",
                row.source or "–",
                recorded_text(row),
            )
            for row in exchange_recorded(scope, contract)
        ],
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_messages_in_use(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the messages in use with the municipalities and the numbers below them."""
    scope, contract = request.scope, contract_of(request, pk)
    held = exchange_on(contract, scope.today)
    first = {
        "start_date": scope.today,
        "messages": held.messages,
        "number_first": held.number_first,
        "number_last": held.number_last,
    }
    form = ExchangeForm(request.POST or None, scope=scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            exchange_terms.agree_exchange(
                scope=scope,
                contract=contract,
                start_date=form.cleaned_data["start_date"],
                exchange=form.exchange,
                source=form.cleaned_data["source"],
            )
            messages.success(request, _("The messages and numbers in use are recorded."))
            return redirect("municipal_contract_detail", pk)
    return form_page(
        request,
        contract,
        "municipal_contract_detail",
        title=_("Messages and numbers in use"),
        lead=_("With the municipalities of this contract, from a day on. Before it, all stays."),
        form=form,
        submit_label=_("Record messages and numbers"),
        next_text=_(
            "It holds for what is sent and placed from that day on. Numbers that were given stay."
        ),
    )
