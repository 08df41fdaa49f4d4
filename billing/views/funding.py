"""A funding line as money: what it came to month by month, and what a controller established."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.forms.bonus import waits_for_verdict
from billing.models import Assessment, Entitlement, TrajectoryResult, VatTreatment
from billing.page_forms import AssessmentForm
from billing.result_tables import TONES
from billing.result_words import bonus_facts
from billing.selectors.settling import is_settled_by_year
from billing.services import assessments
from billing.views.access import CONTROLLER, READERS
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ScopedRequest,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, month_nl
from subcontracts.funding_words import EXPLANATIONS, line_facts
from subcontracts.models import FundingLine, Subcontract

#: Amounts on the page, the newest first.
SHOWN: int = 120


class FundingLineAmounts(DetailPage):
    """One line with its terms, its amounts and how they were computed."""

    model = FundingLine
    related = ("subcontract__municipal_contract", "provider_organisation")
    roles = READERS
    template_name = "billing/funding_line.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the contract."""
        return _above(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Terms beside the amounts; what was established where the form asks for it."""
        line, scope = self.object, self.request.scope
        rows = (
            Entitlement.objects.visible_to(scope)
            .filter(funding_line=line)
            .order_by("-month", "reference", "pk")[:SHOWN]
        )
        is_assessed = line.form in assessments.ASSESSED and not waits_for_verdict(line)
        may_assess = is_assessed and scope.role == Role.CONTROLLER and _has_begun(line)
        return super().get_context_data(
            lead=EXPLANATIONS[line.form],
            facts=_facts(line),
            amounts=_amounts(list(rows)),
            assessed=_assessed(scope, line) if is_assessed else None,
            verdict=_verdict(scope, line) if waits_for_verdict(line) else None,
            assess_url=reverse("funding_line_assess", args=[line.pk]) if may_assess else "",
            assess_label=_verb(line),
            taxed=_taxed(scope, line),
            vat_url=reverse("funding_line_vat", args=[line.pk])
            if scope.role == Role.CONTROLLER
            else "",
            year_url=reverse("settlement_list") if is_settled_by_year(line) else "",
            **kwargs,
        )


def _has_begun(line: FundingLine) -> bool:
    return line.subcontract.status not in Subcontract.NOT_BEGUN


def _verb(line: FundingLine) -> str:
    is_bonus = line.form == FundingLine.Form.BONUS
    return _("Record the outcome") if is_bonus else _("Establish the costs")


def _above(line: FundingLine) -> list[tuple[str, str]]:
    url = reverse("subcontract_detail", args=[line.subcontract_id])
    return [(_("Subcontracts"), reverse("subcontract_list")), (line.subcontract.number, url)]


def _facts(line: FundingLine) -> list[tuple[str, str]]:
    products = [str(one.product) for one in line.line_products.select_related("product")]
    return [
        (_("Subcontractor"), str(line.provider_organisation)),
        (_("Form"), line.get_form_display()),
        (_("Period"), days_of(line.start_date, line.end_date)),
        *([(_("Products"), "; ".join(products))] if products else []),
        *line_facts(line, line.subcontract.municipal_contract.family),
    ]


def _amounts(rows: list[Entitlement]) -> dict[str, Any]:
    return {
        "caption": _("Amounts by month"),
        "headers": [_("Month"), _("How it came about"), _("Amount")],
        "rows": [
            (
                month_nl(Month.of(one.month)),
                f"{one.reference}: {one.why.sentence()}",
                format_euro(one.amount),
            )
            for one in rows
        ],
    }


def _assessed(scope: Any, line: FundingLine) -> dict[str, Any]:
    rows = Assessment.objects.visible_to(scope).filter(funding_line=line)
    replaced = set(rows.exclude(replaces=None).values_list("replaces", flat=True))
    return {
        "caption": _("What was established"),
        "headers": [_("Day"), _("Amount"), _("Reason"), _("In force")],
        "rows": [
            (
                date_nl(one.day),
                format_euro(one.amount),
                one.reason,
                _("replaced") if one.pk in replaced else _("yes"),
            )
            for one in rows
        ],
    }


def _verdict(scope: Scope, line: FundingLine) -> dict[str, Any]:
    """What a bonus waits for, or what was found; without rows before its line began."""
    rows = TrajectoryResult.objects.visible_to(scope).filter(funding_line=line)
    row = rows.select_related("funding_line").first()
    if row is None:
        return {"rows": []}
    return {
        "rows": bonus_facts(row),
        "label": row.get_status_display(),
        "tone": TONES[TrajectoryResult.Status(row.status)],
        "url": row.get_absolute_url(),
    }


def _taxed(scope: Scope, line: FundingLine) -> dict[str, Any]:
    rows = VatTreatment.objects.visible_to(scope).filter(funding_line=line)
    return {
        "caption": _("VAT"),
        "headers": [_("From"), _("VAT"), _("Reason")],
        "rows": [
            (month_nl(Month.of(one.start_month)), one.get_vat_display(), one.reason) for one in rows
        ],
    }


@roles(*CONTROLLER)
@require_http_methods(["GET", "HEAD", "POST"])
def funding_line_assess(request: ScopedRequest, pk: int) -> HttpResponse:
    """Establish the outcome of a bonus, or the costs of a subsidy."""
    rows = FundingLine.objects.visible_to(request.scope).select_related("subcontract")
    line = get_object_or_404(rows, pk=pk)
    if line.form not in assessments.ASSESSED or waits_for_verdict(line) or not _has_begun(line):
        raise Http404
    form = AssessmentForm(
        request.POST or None, line=line, initial={"day": timezone.localdate(request.scope.at)}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            outcome = assessments.Outcome(**form.values)
            assessments.record(scope=request.scope, funding_line=line, outcome=outcome)
            messages.success(request, _("Recorded. It comes on the next statement."))
            return redirect("funding_line_amounts", pk)
    url = reverse("funding_line_amounts", args=[pk])
    return form_page(
        request,
        title=_verb(line),
        form=form,
        submit_label=_verb(line),
        above=[*_above(line), (line.name, url)],
        next_text=_("It is paid, or set off, with the next statement. It can be replaced later."),
    )
