"""What a municipal contract says: its terms with all versions, and as a document."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.tables import whole_days
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from subcontracts.models.upward_budgets import READERS as MONEY_READERS
from subcontracts.models.upward_terms import READERS
from subcontracts.pdf import contract_pdf
from subcontracts.rules.upward_terms import BY_NAME, Group
from subcontracts.selectors.upward_terms import Step, steps, values_on
from subcontracts.services import upward_terms
from subcontracts.upward_term_forms import TermsForm
from subcontracts.upward_term_words import agreed, groups_for, text_of, value_text
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    contract_of,
    form_page,
    is_manager,
    page,
)

_PAGE = "municipal_contract_terms"


@roles(*sorted(READERS))
@require_safe
def municipal_contract_terms(request: ScopedRequest, pk: int) -> HttpResponse:
    """What holds today, and what each version changed."""
    scope, contract = request.scope, contract_of(request, pk)
    values = values_on(contract, scope.today)
    groups = groups_for(scope)
    actions = []
    if is_manager(scope):
        url = reverse("municipal_contract_terms_set", args=[pk])
        actions.append((_("Record terms"), url, "primary"))
    if scope.role in MONEY_READERS:
        url = reverse("municipal_contract_terms_text", args=[pk])
        actions.append((_("Download as PDF"), url, "secondary"))
    return page(
        request,
        contract,
        _PAGE,
        title=_("Terms of %(contract)s") % {"contract": contract.name},
        lead=_("What holds today. What is unknown or not agreed is said as such."),
        actions=actions,
        facts=agreed(values, groups),
        tables=[_versions(steps(scope, contract), groups)],
    )


def _versions(found: list[Step], groups: list[Group]) -> dict[str, Any]:
    """Newest first; one row a term that changed."""
    rows = []
    for step in reversed(found):
        for change in step.changes:
            term = BY_NAME[change.name]
            if term.group in groups:
                rows.append(
                    (
                        whole_days(date_nl(step.version.start_date)),
                        str(term.label),
                        value_text(term, change.before),
                        value_text(term, change.after),
                        step.version.source or "–",
                        whole_days(moment_nl(step.version.recorded_at)),
                    )
                )
    return {
        "caption": _("What changed"),
        "headers": [
            *(_("From"), pgettext("contract", "Term"), _("Was"), _("Is")),
            *(_("Source"), _("Recorded")),
        ],
        "rows": rows,
        "empty": _("Nothing is recorded yet."),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_terms_set(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what the contract says from a day on."""
    scope, contract = request.scope, contract_of(request, pk)
    day = max(scope.today, contract.start_date)
    form = TermsForm(request.POST or None, scope=scope, values=values_on(contract, day), today=day)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_terms.set_terms(
                scope=scope,
                contract=contract,
                start_date=form.cleaned_data["start_date"],
                source=form.cleaned_data["source"],
                values=form.terms,
            )
            messages.success(request, _("The terms are recorded."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        template="subcontracts/parts_form.html",
        title=_("Record terms"),
        lead=_("Leave empty what is unknown or not agreed. Earlier versions stay as they were."),
        form=form,
        parts=form.parts,
        submit_label=_("Record terms"),
        next_text=_(
            "Subcontracts that begin from that day on are checked against them, and the duties"
            " passed on are shown anew."
        ),
    )


@roles(*sorted(MONEY_READERS))
@require_safe
def municipal_contract_terms_text(request: ScopedRequest, pk: int) -> HttpResponse:
    """The contract as it stands today, as a PDF."""
    contract = contract_of(request, pk)
    today = request.scope.today
    content = contract_pdf(
        text_of(contract, values_on(contract, today), today),
        author=contract.main_contractor.organisation.name,
        mark=_("As recorded on %(day)s.") % {"day": date_nl(today)},
    )
    return attachment(content, f"gemeentecontract-{contract.pk}-{today.isoformat()}.pdf")
