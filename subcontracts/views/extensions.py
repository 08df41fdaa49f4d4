"""Options to extend a subcontract: on its page, added, decided on, taken out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import STAFF, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl
from subcontracts.extension_forms import DecideExtensionForm, ExtensionForm
from subcontracts.models import Subcontract, SubcontractOption
from subcontracts.rules.options import Fit, extended, fit
from subcontracts.services import extensions
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]


def months_text(count: int) -> str:
    """A number of months in words."""
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def option_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """The options of a subcontract in their order, for its page. Notes are for our own people."""
    is_ours = scope.role in STAFF
    headers = [_("Option"), _("Extends by"), _("Announce by"), _("Outcome")]
    headers += [_("Note")] if is_ours else []
    rows = list(contract.options.visible_to(scope))
    can_remove = may_change and contract.status not in Subcontract.FIXED
    return {
        "caption": _("Options to extend"),
        "headers": [*headers, _("Change")] if can_remove and rows else headers,
        "rows": [
            (
                str(row.position),
                months_text(row.months),
                date_nl(row.announce_by),
                _outcome(row, may_decide=may_change and contract.status in Subcontract.RUNNING),
                *([row.note or "–"] if is_ours else []),
                *([_removal(row, is_last=row == rows[-1])] if can_remove else []),
            )
            for row in rows
        ],
    }


def _outcome(row: SubcontractOption, *, may_decide: bool) -> str | SafeString:
    if row.outcome and row.decided_on:
        decided = f"{row.get_outcome_display()}, {date_nl(row.decided_on)}"
        until = _("runs up to and including %(day)s")
        return f"{decided}: {until % {'day': date_nl(row.end_after)}}" if row.end_after else decided
    if not may_decide:
        return _("open")
    url = reverse("extension_decide", args=[row.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _("Record what was decided"))


def _removal(row: SubcontractOption, *, is_last: bool) -> str | SafeString:
    if row.outcome or not is_last:
        return "–"
    url = reverse("extension_remove", args=[row.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _("Take out"))


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_extension_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a right to extend."""
    row = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    form = ExtensionForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            extensions.add(scope=request.scope, subcontract=row, facts=form.facts)
            messages.success(request, _("The option is added."))
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        row,
        title=_("Add an option"),
        form=form,
        submit_label=_("Add option"),
        next_text=_("Its days stand on the page of dates, and in time on your work list."),
    )


def _option(request: ScopedRequest, pk: int) -> SubcontractOption:
    rows = SubcontractOption.objects.visible_to(request.scope)
    return get_object_or_404(rows.select_related("subcontract__municipal_contract"), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def extension_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what became of an option."""
    option = _option(request, pk)
    contract = option.subcontract
    form = DecideExtensionForm(
        request.POST or None,
        scope=request.scope,
        initial={"decided_on": request.scope.today},
        asks_outlives=_outlives(option),
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            extensions.decide(scope=request.scope, option=option, decision=form.decision)
            messages.success(request, _("The decision is recorded."))
            return redirect("subcontract_detail", contract.pk)
    return contract_page(
        request,
        contract,
        title=_("Option %(number)s: what was decided?") % {"number": option.position},
        lead=_what_follows(option),
        form=form,
        submit_label=_("Record decision"),
        next_text=_(
            "Lines, tariffs and clauses that last as long as the contract go on with it. The"
            " amendment is kept as a version."
        ),
    )


def _outlives(option: SubcontractOption) -> bool:
    end, above = option.subcontract.end_date, option.subcontract.municipal_contract.end_date
    return end is not None and fit(extended(end, option.months), above) is Fit.LONGER


def _what_follows(option: SubcontractOption) -> str:
    end = option.subcontract.end_date
    if end is None:
        return ""
    text = _("Taken, the contract runs up to and including %(day)s.") % {
        "day": date_long(extended(end, option.months))
    }
    above = option.subcontract.municipal_contract.end_date
    if above is None or not _outlives(option):
        return text
    ends = _("The municipal contract ends before that: on %(day)s.") % {"day": date_long(above)}
    return f"{text} {ends}"


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def extension_remove(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then take an option out."""
    option = _option(request, pk)
    contract = option.subcontract
    if request.method == "POST":
        with shown_refusals(request):
            extensions.remove(scope=request.scope, option=option)
            messages.success(request, _("The option is taken out."))
        return redirect("subcontract_detail", contract.pk)
    return contract_page(
        request,
        contract,
        "generic/confirm.html",
        title=_("Take out option %(number)s?") % {"number": option.position},
        consequences=[_("The contract no longer says that it can be extended by it.")],
        submit_label=_("Take out option"),
        danger=True,
    )
