"""The steps of a production statement: made, built again, put forward, taken back, established."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing import production_words as words
from billing.models import ProductionPart, ProductionStatement
from billing.production_forms import EstablishForm, NewProductionForm, WaiveForm
from billing.selectors.settlement_years import usual_year, years
from billing.selectors.unreported import unreported
from billing.services import production
from billing.views.access import CONTROLLER
from billing.views.production import above, found, list_of
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    ScopedRequest,
    asked_or_refused,
    form_page,
    roles,
    shown_refusals,
)

FORM_METHODS = ["GET", "HEAD", "POST"]


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_new(request: ScopedRequest) -> HttpResponse:
    """Begin a year of a contract, for each of its municipalities."""
    scope = request.scope
    initial = {"year": usual_year(scope)}
    form = NewProductionForm(request.POST or None, scope=scope, years=years(scope), initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = production.begin(
                scope=scope,
                contract=form.cleaned_data["contract"],
                year=form.cleaned_data["year"],
                last_month=form.last_month,
            )
            text = ngettext(
                "%(count)s production statement was made as a draft.",
                "%(count)s production statements were made as drafts.",
                len(made),
            )
            messages.success(request, text % {"count": len(made)})
            return redirect(made[0] if len(made) == 1 else "production_statement_list")
    return form_page(
        request,
        title=_("Account for the production of a year"),
        form=form,
        submit_label=_("Make the statements"),
        above=list_of(),
        next_text=_(
            "A draft for every municipality of the contract, from the amounts subcontractors have"
            " a right to, invoices without a subcontract, and care of own teams. Subcontractors"
            " confirm their own part; a second controller establishes it."
        ),
    )


@roles(*CONTROLLER)
@require_POST
def production_statement_rebuild(request: ScopedRequest, pk: int) -> HttpResponse:
    """Build a draft anew from what is known now."""
    row = found(request.scope, pk)
    with shown_refusals(request):
        production.rebuild(scope=request.scope, statement=row)
        messages.success(request, _("Built again from what is known now."))
    return redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_propose(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put a draft before its subcontractors."""
    row = found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            production.propose(scope=request.scope, statement=row)
            messages.success(request, _("Each subcontractor is now asked to confirm its part."))
        return redirect(row)
    count = (
        row.parts.filter(lines__entitlement__isnull=False, lines__entitlement__invoice_line=None)
        .distinct()
        .count()
    )
    consequences = [
        ngettext(
            "%(count)s subcontractor sees its own part, and confirms it or says what is wrong.",
            "%(count)s subcontractors see their own part, and confirm it or say what is wrong.",
            count,
        )
        % {"count": count},
        _("Somebody else than you establishes it then."),
    ]
    title, label = _("Put it before the subcontractors?"), _("Ask for confirmation")
    return _confirm(request, row, title, consequences, label)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_waive(request: ScopedRequest, pk: int) -> HttpResponse:
    """Do without reports that own teams lack."""
    row = found(request.scope, pk)
    form = WaiveForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            production.waive_reports(
                scope=request.scope, statement=row, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("Recorded with your name. What lacks counts as nothing."))
        return redirect(row)
    teams = [one.said for one in unreported(row)]
    consequences = [
        _("Nothing is counted of: %(teams)s.") % {"teams": "; ".join(teams)}
        if teams
        else _("Every own team reported the months in which it gave care."),
        _("Your name and reason stand on the statement; the reason also in the letter."),
    ]
    title, label = _("Do without these reports?"), _("Do without them")
    return _confirm(request, row, title, consequences, label, form=form)


@roles(*CONTROLLER)
@require_POST
def production_statement_take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a draft of it again."""
    row = found(request.scope, pk)
    with shown_refusals(request):
        production.take_back(scope=request.scope, statement=row)
        messages.success(request, _("Taken back and built again. What was answered lapsed."))
    return redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_lock(request: ScopedRequest, pk: int) -> HttpResponse:
    """Establish what a colleague put forward."""
    row = found(request.scope, pk)
    waits = row.parts.filter(state=ProductionPart.State.PROPOSED).exists()
    form = EstablishForm(request.POST or None, scope=request.scope) if waits else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        with shown_refusals(request):
            production.lock(scope=request.scope, statement=row, reason=reason)
            messages.success(request, _("Established. It stays as it is."))
        return redirect(row)
    consequences = [
        _("The production comes to %(amount)s.") % {"amount": format_euro(row.amount)},
        _("It stays as it is: what becomes known later is a new version with the difference."),
    ]
    return _confirm(
        request,
        row,
        _("Establish this production statement?"),
        consequences,
        _("Establish it"),
        form=form,
        check=policies.check_can_establish,
    )


def _confirm(
    request: ScopedRequest,
    row: ProductionStatement,
    title: str,
    consequences: list[str],
    label: str,
    *,
    form: EstablishForm | WaiveForm | None = None,
    check: Callable[..., object] = policies.check_can_put_forward,
) -> HttpResponse:
    context = {
        "title": title,
        "lead": words.title_of(row),
        "breadcrumbs": above(row),
        "consequences": consequences,
        "submit_label": label,
        "cancel_url": row.get_absolute_url(),
        "danger": False,
        "form": form,
    }
    return render(
        request, "generic/confirm.html", asked_or_refused(context, check, request.scope, row)
    )
