"""How long a municipal contract runs, the options to extend it, and who bears it together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl, period_of, volume
from subcontracts.models import ContractOption, MunicipalContract
from subcontracts.models.upward_terms import READERS
from subcontracts.rules.options import Fit, extended
from subcontracts.selectors.upward_dates import subcontract_fits
from subcontracts.selectors.upward_terms import consortium_on
from subcontracts.services import upward_dates, upward_terms
from subcontracts.upward_date_forms import DecideOptionForm, OptionForm
from subcontracts.upward_term_forms import ConsortiumForm
from subcontracts.views.contract_products import turn_table
from subcontracts.views.municipal_changes import change_table, consent_table
from subcontracts.views.upward_divisions import division_table, share_table
from subcontracts.views.upward_exchange import exchange_table
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    contract_of,
    form_page,
    is_manager,
    page,
)

_PAGE = "municipal_contract_duration"


@roles(*sorted(READERS))
@require_safe
def municipal_contract_duration(request: ScopedRequest, pk: int) -> HttpResponse:
    """Options, subcontracts that end on another day, and the consortium."""
    scope, contract = request.scope, contract_of(request, pk)
    actions = []
    if is_manager(scope):
        actions = [
            (_("Add an option"), reverse("municipal_contract_option_new", args=[pk]), "primary"),
            (
                _("Change the contract"),
                reverse("municipal_contract_change", args=[pk]),
                "secondary",
            ),
            (
                _("Record consent to relay"),
                reverse("municipal_contract_relay_consent", args=[pk]),
                "secondary",
            ),
            (
                _("Change municipalities and shares"),
                reverse("municipal_contract_divide", args=[pk]),
                "secondary",
            ),
            (
                _("Change the products"),
                reverse("municipal_contract_products", args=[pk]),
                "secondary",
            ),
            (
                _("Record the consortium"),
                reverse("municipal_contract_consortium", args=[pk]),
                "secondary",
            ),
        ]
    return page(
        request,
        contract,
        _PAGE,
        title=_("Duration and parties of %(contract)s") % {"contract": contract.name},
        actions=actions,
        facts=[("", [(_("Period"), period_of(contract.start_date, contract.end_date))])],
        tables=[
            _options(scope, contract),
            _fits(scope, contract),
            share_table(scope, contract),
            division_table(scope, contract),
            turn_table(scope, contract),
            exchange_table(scope, contract),
            consent_table(scope, contract),
            _members(scope, contract),
            change_table(scope, contract),
        ],
    )


def _options(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """In their order; those that are open can be decided on."""
    headers = [
        *(_("Option"), _("Extends by"), _("Decide by"), _("Announce by")),
        *(_("Outcome"), _("Note")),
    ]
    return {
        "caption": _("Options to extend"),
        "headers": headers,
        "rows": [
            (
                str(row.position),
                ngettext("%(count)s month", "%(count)s months", row.months) % {"count": row.months},
                date_nl(row.decide_by) if row.decide_by else "–",
                date_nl(row.announce_by),
                _outcome(scope, row),
                row.note or "–",
            )
            for row in contract.options.visible_to(scope)
        ],
        "empty": _("No options are known."),
    }


def _outcome(scope: Scope, row: ContractOption) -> str:
    if row.outcome and row.decided_on:
        decided = f"{row.get_outcome_display()}, {date_nl(row.decided_on)}"
        until = _("runs up to and including %(day)s")
        return f"{decided}: {until % {'day': date_nl(row.end_after)}}" if row.end_after else decided
    if not is_manager(scope):
        return _("open")
    url = reverse("contract_option_decide", args=[row.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _("Record what was decided"))


def _fits(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    words = {
        Fit.SHORTER: _("ends before the municipal contract"),
        Fit.LONGER: _("goes on after the municipal contract"),
    }
    return {
        "caption": _("Subcontracts that end on another day"),
        "headers": [_("Subcontract"), _("Subcontractor"), _("Period"), _("Beside it")],
        "rows": [
            (
                format_html(
                    '<a class="ha-link" href="{}">{}</a>',
                    reverse("subcontract_detail", args=[row.pk]),
                    row.number,
                ),
                row.provider_organisation.name,
                period_of(row.start_date, row.end_date),
                words[how],
            )
            for row, how in subcontract_fits(scope, contract)
        ],
        "empty": _("All subcontracts end on the same day as the municipal contract."),
    }


def _members(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    consortium = consortium_on(scope, contract, scope.today)
    members = list(consortium.members.all()) if consortium else []
    since = ""
    if consortium and members:
        since = _("Consortium since %(day)s") % {"day": date_long(consortium.start_date)}
    return {
        "caption": since or _("Consortium"),
        "headers": [_("Member"), _("Trade register number"), _("Share"), _("Role")],
        "rows": [
            (
                row.name,
                row.kvk or "–",
                f"{volume(row.share)} %",
                _("speaks for all") if row.is_lead else _("member"),
            )
            for row in members
        ],
        "empty": _("The main contractor bears the contract alone."),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_option_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a right to extend."""
    contract = contract_of(request, pk)
    form = OptionForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_dates.add_option(scope=request.scope, contract=contract, **form.values)
            messages.success(request, _("The option is added."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        title=_("Add an option"),
        form=form,
        submit_label=_("Add option"),
        next_text=_("Its day stands on the page of dates, and in time on your work list."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def contract_option_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what became of an option."""
    rows = ContractOption.objects.visible_to(request.scope).select_related("contract")
    option = get_object_or_404(rows, pk=pk)
    contract = option.contract
    form = DecideOptionForm(
        request.POST or None, scope=request.scope, initial={"decided_on": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_dates.decide_option(scope=request.scope, option=option, **form.values)
            messages.success(request, _("The decision is recorded."))
            return redirect(_PAGE, contract.pk)
    return form_page(
        request,
        contract,
        _PAGE,
        title=_("Option %(number)s: what was decided?") % {"number": option.position},
        lead=_what_follows(option),
        form=form,
        submit_label=_("Record decision"),
        next_text=_("A decision is recorded once. Look through the subcontracts that end earlier."),
    )


def _what_follows(option: ContractOption) -> str:
    end = option.contract.end_date
    if end is None:
        return ""
    return _("Taken, the contract runs up to and including %(after)s instead of %(before)s.") % {
        "after": date_long(extended(end, option.months)),
        "before": date_long(end),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_consortium(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record who bears the contract together."""
    scope, contract = request.scope, contract_of(request, pk)
    if {"add", "remove"} & request.POST.keys():
        form = ConsortiumForm.retyped(request.POST.dict(), scope=scope)
    else:
        first = {"start_date": contract.start_date, "rows": "2"}
        form = ConsortiumForm(request.POST or None, scope=scope, initial=first)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            upward_terms.set_consortium(
                scope=scope,
                contract=contract,
                start_date=form.cleaned_data["start_date"],
                members=form.members,
            )
            messages.success(request, _("The consortium is recorded."))
            return redirect(_PAGE, pk)
    return form_page(
        request,
        contract,
        _PAGE,
        template="subcontracts/consortium_form.html",
        title=_("Record the consortium"),
        lead=_("Who bears the contract together from a day on, with shares of 100 percent."),
        form=form,
        general=[form["start_date"]],
        submit_label=_("Record consortium"),
    )
