"""The end of a subcontract: notice given and taken back, what must still happen, closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl
from subcontracts.models import Subcontract, SubcontractNotice
from subcontracts.notice_forms import NoticeForm, TakeBackForm
from subcontracts.selectors.contract_dates import SOON
from subcontracts.selectors.ending import lost_with, notice_of, todos
from subcontracts.services import noticing
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]
LETTER_READERS = (Role.CONTRACT_MANAGER, Role.CONTROLLER, *sorted(SUBCONTRACTOR))


def ending_of(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """What the page of a subcontract shows of its end, to who may see it."""
    notice = notice_of(scope, contract)
    runs = contract.status in Subcontract.RUNNING
    is_near = contract.end_date is not None and contract.end_date <= scope.today + SOON
    listed = may_change and runs and (is_near or notice is not None)
    found = todos(scope, contract) if listed else []
    return {
        "notice": _notice_facts(scope, notice) if notice is not None else [],
        "cancelled": notice.cancelled if notice is not None else [],
        "lost": lost_with(scope, contract) if may_change and notice is None else [],
        "todos": [(one.text, one.url, not one.blocks) for one in found],
        "notice_url": _url("subcontract_notice", contract)
        if may_change and runs and notice is None
        else "",
        "withdraw_url": _url("subcontract_notice_withdraw", contract)
        if may_change and runs and notice is not None and notice.last_day >= scope.today
        else "",
        "close_url": _url("subcontract_close", contract)
        if found and not any(one.blocks for one in found)
        else "",
    }


def _url(name: str, contract: Subcontract) -> str:
    return reverse(name, args=[contract.pk])


def _notice_facts(scope: Scope, notice: SubcontractNotice) -> list[tuple[str, str]]:
    facts = [
        (_("How it ends"), str(notice.get_by_display())),
        (_("Notice given on"), date_nl(notice.given_on)),
        (_("Last day of the contract"), date_nl(notice.last_day)),
        (_("Why it ends"), notice.reason),
    ]
    has_letter = SubcontractNotice.objects.visible_to(scope).exclude(letter=b"")
    if scope.role in LETTER_READERS and has_letter.filter(pk=notice.pk).exists():
        link = format_html(
            '<a class="ha-link" href="{}">{}</a>',
            reverse("notice_letter", args=[notice.pk]),
            _("Read the letter (PDF)"),
        )
        facts.append((_("Letter"), link))
    return facts


def _contract(request: ScopedRequest, pk: int) -> Subcontract:
    rows = Subcontract.objects.visible_to(request.scope).filter(status__in=Subcontract.RUNNING)
    return get_object_or_404(rows.select_related("provider_organisation"), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_notice(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give notice of a contract that runs."""
    row = _contract(request, pk)
    form = NoticeForm(
        request.POST or None, request.FILES or None, scope=request.scope, subcontract=row
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            notice = noticing.give(scope=request.scope, subcontract=row, given=form.given)
            done = _("The contract ends on %(day)s. Below stands what must still happen.")
            messages.success(request, done % {"day": date_long(notice.last_day)})
            return redirect("subcontract_detail", pk)
    return contract_page(
        request,
        row,
        "generic/form.html",
        title=_("End contract %(number)s") % {"number": row.number},
        lead=_("Lines and tariffs end with it. Care is not ended: you move it afterwards."),
        form=form,
        submit_label=_("Record the notice"),
        next_text=_(
            "What would begin after the last day is cancelled, decided indexation too. Until the"
            " last day you can take the notice back."
        ),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_notice_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take notice back before the contract ends."""
    row = _contract(request, pk)
    form = TakeBackForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            noticing.withdraw(
                scope=request.scope, subcontract=row, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("The notice is taken back. The contract goes on."))
        return redirect("subcontract_detail", pk)
    notice = notice_of(request.scope, row)
    consequences = [_("The contract goes on until the last day it had before.")]
    if notice is not None and notice.cancelled:
        consequences.append(
            _(
                "What was cancelled with the end comes back, but for what a round made that was"
                " undone since, and what something else was set for. The page then lists that."
            )
        )
    return contract_page(
        request,
        row,
        "generic/confirm.html",
        title=_("Take the notice back?"),
        consequences=consequences if notice is not None else [],
        nothing="" if notice is not None else _("No notice was given of this contract."),
        form=form if notice is not None else None,
        submit_label=_("Take notice back"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_close(request: ScopedRequest, pk: int) -> HttpResponse:
    """Close a contract that has ended."""
    row = _contract(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            noticing.close(scope=request.scope, subcontract=row)
            messages.success(request, _("The contract is closed."))
        return redirect("subcontract_detail", pk)
    lacking = [one.text for one in todos(request.scope, row) if one.blocks]
    return contract_page(
        request,
        row,
        "generic/confirm.html",
        title=_("Close this contract?"),
        consequences=lacking
        or [
            _("It leaves the list of contracts; the filter on status still finds it."),
            _("Nothing in it changes any more. All of it stays readable."),
        ],
        nothing=_("It cannot be closed yet.") if lacking else "",
        submit_label=_("Close contract"),
    )


@roles(*LETTER_READERS)
@require_GET
def notice_letter(request: ScopedRequest, pk: int) -> HttpResponse:
    """The signed letter, as a file that no browser runs."""
    notice = get_object_or_404(SubcontractNotice.objects.visible_to(request.scope), pk=pk)
    if not notice.letter:
        raise Http404
    return attachment(bytes(notice.letter), f"opzegging-{pk}.pdf")
