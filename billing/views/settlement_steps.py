"""The steps of a settlement: begun, computed again, proposed, agreed or objected to, locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.models import PoolProduction, Settlement
from billing.rules.settling import NAMES, Method
from billing.selectors.settling import Subject, missing, subject_of
from billing.services import pool_productions, settlements
from billing.settlement_forms import ObjectionForm, PaperForm, ProductionForm
from billing.views.access import CONTROLLER, OWN
from billing.views.settlements import above, title_of
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    ScopedRequest,
    asked_or_refused,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts.models import FundingLine

FORM_METHODS = ["GET", "HEAD", "POST"]


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def funding_line_settle(request: ScopedRequest, pk: int, year: int) -> HttpResponse:
    """What is settled together, what is still missing for it, and the button that begins."""
    scope = request.scope
    line = get_object_or_404(
        FundingLine.objects.visible_to(scope).select_related("provider_organisation"), pk=pk
    )
    if request.method == "POST":
        with shown_refusals(request):
            made = settlements.begin(scope=scope, funding_line=line, year=year)
            messages.success(request, _("Computed. Look at it, and propose it when it is right."))
            return redirect(made.settlements.get(funding_line=line))
    subject, refusal = _subject(scope, line, year)
    lacking = missing(subject) if subject else [refusal]
    context = {
        "title": _("Settle %(line)s for %(year)s") % {"line": line.name, "year": year},
        "lead": line.provider_organisation.name,
        "breadcrumbs": [_list_of(year)],
        "method": NAMES[subject.method] if subject else "",
        "members": _members(scope, subject) if subject else [],
        "missing": lacking,
        "may_begin": not lacking,
    }
    return render(request, "billing/settlement_begin.html", context)


def _subject(scope: Scope, line: FundingLine, year: int) -> tuple[Subject | None, str]:
    """What is settled, or why nothing is."""
    try:
        return subject_of(scope, line, year), ""
    except RuleError as refusal:
        return None, str(refusal)


def _list_of(year: int) -> tuple[str, str]:
    return _("Settlement of %(year)s") % {"year": year}, f"{reverse('settlement_list')}?year={year}"


def _members(scope: Scope, subject: Subject) -> list[dict[str, Any]]:
    """The lines that are settled together, each with where its production is recorded."""
    produced = {
        row.funding_line_id: row.amount
        for row in PoolProduction.objects.visible_to(scope)
        .standing()
        .filter(funding_line__in=[part.line.pk for part in subject.parts], year=subject.year)
    }
    return [
        {
            "name": part.line.subcontract.subcontractor.provider_organisation.name,
            "line": part.line.name,
            "url": reverse("funding_line_amounts", args=[part.line.pk]),
            "period": days_of(part.period.start, part.period.end),
            "production": format_euro(produced[part.line.pk]) if part.line.pk in produced else "",
            "produce_url": reverse("funding_line_production", args=[part.line.pk, subject.year])
            if subject.method is Method.POOL
            else "",
        }
        for part in subject.parts
    ]


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def funding_line_production(request: ScopedRequest, pk: int, year: int) -> HttpResponse:
    """Record what a member of a pool really produced."""
    rows = FundingLine.objects.visible_to(request.scope).select_related("provider_organisation")
    line = get_object_or_404(rows, pk=pk)
    known = (
        PoolProduction.objects.visible_to(request.scope)
        .standing()
        .filter(funding_line=line, year=year)
        .first()
    )
    initial = {"amount": known.amount, "source": known.source} if known else {}
    form = ProductionForm(request.POST or None, scope=request.scope, initial=initial)
    back = reverse("funding_line_settle", args=[pk, year])
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            pool_productions.record(
                scope=request.scope, funding_line=line, year=year, **form.cleaned_data
            )
            messages.success(request, _("Recorded. It counts when the year is computed."))
            return redirect(back)
    context = {
        "title": _("Real production of %(year)s") % {"year": year},
        "lead": f"{line.provider_organisation.name}, {line.name}",
        "form": form,
        "submit_label": _("Record the production"),
        "cancel_url": back,
        "next_text": _(
            "A draft takes it over when it is computed again. A later figure replaces it."
        ),
        "breadcrumbs": [_list_of(year), (line.name, back)],
    }
    return render(request, "generic/form.html", context)


@roles(*CONTROLLER)
@require_POST
def settlement_recompute(request: ScopedRequest, pk: int) -> HttpResponse:
    """Compute a draft anew, and say what changed."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        told = settlements.recompute(scope=request.scope, settlement_round=row.round)
        if told:
            text = ngettext("%(count)s figure changed:", "%(count)s figures changed:", len(told))
            shown = [text % {"count": len(told)}, *told[:5]]
            messages.success(request, " ".join(shown))
        else:
            messages.success(request, _("Computed again. Nothing changed."))
    return redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def settlement_propose(request: ScopedRequest, pk: int) -> HttpResponse:
    """Propose a draft to its subcontractors."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            settlements.propose(scope=request.scope, settlement_round=row.round)
            messages.success(request, _("Proposed. The subcontractor now says whether it agrees."))
        return redirect(row)
    consequences = [
        *_amounts(row),
        _("Each subcontractor sees its own settlement, and agrees or objects."),
        _("Somebody else than you locks it when everybody agreed."),
    ]
    return _confirm(request, row, _("Propose this settlement?"), consequences, _("Propose it"))


@roles(*CONTROLLER)
@require_POST
def settlement_take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a proposal back: it is a draft again."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        settlements.take_back(scope=request.scope, settlement_round=row.round)
        messages.success(request, _("Taken back. It is a draft again."))
    return redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def settlement_discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw away a draft that no subcontractor ever saw."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        back = row.get_absolute_url()
        with shown_refusals(request):
            settlements.discard(scope=request.scope, settlement_round=row.round)
            messages.success(request, _("Thrown away. You can begin again."))
            _label, back = _list_of(row.year)
        return redirect(back)
    consequences = [_("Its figures are gone. What was settled before stays as it is.")]
    return _confirm(request, row, _("Throw this draft away?"), consequences, _("Throw it away"))


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def settlement_lock(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make final what a colleague proposed and the subcontractors agreed to."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            settlements.lock(scope=request.scope, settlement_round=row.round)
            messages.success(request, _("Settled. It comes on the next statement."))
        return redirect(row)
    consequences = [
        *_amounts(row),
        _("It comes on the next statement, and is paid or set off with it."),
        _("This cannot be undone: what becomes known later is settled as a correction."),
    ]
    title = _("Settle %(year)s?") % {"year": row.year}
    return _confirm(request, row, title, consequences, _("Settle the year"), is_lock=True)


def _amounts(row: Settlement) -> list[str]:
    """Each subcontractor of the round with its amount."""
    rows = row.round.settlements.select_related("provider_organisation").defer("signed_file")
    return [
        f"{one.provider_organisation.name}: {format_euro(one.amount)}"
        for one in rows.order_by("funding_line")
    ]


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def settlement_paper(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record an agreement on paper, with what was signed."""
    row = _found(request.scope, pk)
    form = PaperForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            settlements.record_agreement(
                scope=request.scope,
                settlement=row,
                reason=form.cleaned_data["reason"],
                signed_file=form.signed_file,
            )
            messages.success(request, _("Recorded. Somebody else than who proposed it locks it."))
            return redirect(row)
    next_text = _("Give the subcontractor the PDF of this settlement to sign.")
    return _form(request, row, _("Record an agreement on paper"), form, _("Record it"), next_text)


@roles(*sorted(OWN))
@require_POST
def settlement_agree(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree with one's own settlement."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        settlements.agree(scope=request.scope, settlement=row)
        messages.success(
            request, _("You agreed. When it is settled, it comes on your next statement.")
        )
    return redirect(row)


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def settlement_object(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what is wrong with one's own settlement."""
    row = _found(request.scope, pk)
    form = ObjectionForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            settlements.object_to(scope=request.scope, settlement=row, **form.cleaned_data)
            messages.success(
                request, _("Sent. The main contractor looks into it and proposes it anew.")
            )
            return redirect(row)
    next_text = _("The main contractor looks into it and proposes the settlement anew.")
    return _form(request, row, _("Object to this settlement"), form, _("Send"), next_text)


def _found(scope: Scope, pk: int) -> Settlement:
    rows = Settlement.objects.visible_to(scope).light().select_related("funding_line")
    return get_object_or_404(rows, pk=pk)


def _above(row: Settlement) -> list[tuple[str, str]]:
    return [*above(row), (title_of(row), row.get_absolute_url())]


def _form(
    request: ScopedRequest, row: Settlement, title: str, form: PlainForm, label: str, next_text: str
) -> HttpResponse:
    return form_page(
        request, title=title, form=form, submit_label=label, above=_above(row), next_text=next_text
    )


def _confirm(
    request: ScopedRequest,
    row: Settlement,
    title: str,
    consequences: list[str],
    label: str,
    *,
    is_lock: bool = False,
) -> HttpResponse:
    context = {
        "title": title,
        "lead": title_of(row),
        "breadcrumbs": _above(row),
        "consequences": consequences,
        "submit_label": label,
        "cancel_url": row.get_absolute_url(),
        "danger": is_lock,
    }
    check: Callable[..., object] = (
        policies.check_can_lock if is_lock else policies.check_can_propose
    )
    return render(
        request, "generic/confirm.html", asked_or_refused(context, check, request.scope, row.round)
    )
