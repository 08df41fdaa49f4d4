"""How one contract is indexed: the scheme it follows, what was indexed, and its letters."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.index_forms import IndexingForm
from subcontracts.index_words import percent_text, price_text
from subcontracts.models import IndexLetter, Subcontract
from subcontracts.selectors.index_totals import history
from subcontracts.services import index_figures
from subcontracts.views.contract_page import contract_page

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_indexing(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a contract follow a scheme, or freeze it, from a day on."""
    contract = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    form = IndexingForm(
        request.POST or None, scope=request.scope, initial={"start_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        _set_indexing(request, contract, form)
        return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        contract,
        title=_("Set how it is indexed"),
        lead=_("From a day on, this contract follows a scheme or stands on the freeze list."),
        form=form,
        submit_label=_("Set indexation"),
        next_text=_("Tariffs change only when a round is decided."),
    )


def _set_indexing(request: ScopedRequest, contract: Subcontract, form: IndexingForm) -> None:
    typed = form.cleaned_data
    whose = {"scope": request.scope, "subcontract": contract, "start_date": typed["start_date"]}
    with shown_refusals(request):
        if typed["kind"] == "freeze":
            index_figures.freeze(reason=typed["reason"], **whose)
        else:
            index_figures.follow(scheme=typed["scheme"], **whose)
        messages.success(request, _("The indexation of this contract is set."))


def contract_tables(scope: Scope, contract: Subcontract) -> list[dict[str, Any]]:
    """For the page of a contract: what it follows, what was indexed, and the letters."""
    following = contract.indexing.visible_to(scope).select_related("scheme")
    letters = contract.index_letters.visible_to(scope).light()
    return [
        {
            "caption": _("Indexation"),
            "headers": [_("From"), _("Scheme")],
            "rows": [
                (
                    date_nl(row.start_date),
                    row.scheme.name if row.scheme else _("not indexed: %s") % row.reason,
                )
                for row in following
            ],
        },
        {
            "caption": _("Indexed so far"),
            "headers": [_("From"), _("For what"), _("Old"), _("Percentage"), _("New")],
            "rows": [
                (
                    date_nl(row.round.effective_date),
                    row.subject,
                    price_text(row.old_amount),
                    percent_text(row.basis.percent if row.basis else None),
                    price_text(row.new_amount or row.old_amount),
                )
                for row in history(scope, contract)
            ],
        },
        {
            "caption": _("Letters about indexation"),
            "headers": [_("Letter"), _("Takes effect on"), _("Status")],
            "rows": [_letter_row(row) for row in letters],
        },
    ]


def _letter_row(row: IndexLetter) -> tuple[str, str, str]:
    url = reverse("index_letter_download", args=[row.pk])
    link = format_html('<a class="ha-link" href="{}">{}</a>', url, row.number)
    state = _("withdrawn") if row.withdrawn_at else _("issued")
    return (link, date_nl(row.effective_date), state)
