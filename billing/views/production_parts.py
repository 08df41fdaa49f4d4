"""A subcontractor's own production of a year: the list, one part, and what it says of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import policies
from billing import production_words as words
from billing.models import ProductionLine, ProductionPart
from billing.production_forms import ObjectionToPartForm
from billing.production_tables import STATE_TONES, ProductionPartFilter, ProductionPartTable
from billing.selectors.production import rows_of
from billing.services import production
from billing.services.documents import LANGUAGE
from billing.views.access import OWN, READERS
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
State = ProductionPart.State


class ProductionPartList(ListPage):
    """Own parts, the newest year first."""

    model = ProductionPart
    table_class = ProductionPartTable
    filterset_class = ProductionPartFilter
    related = ("municipality",)
    roles = OWN
    title = gettext_lazy("Our production by year")
    lead = gettext_lazy("What you delivered for each municipality, for you to confirm.")
    empty_title = gettext_lazy("Nothing to confirm yet")
    empty_text = gettext_lazy("After the year the main contractor puts your production before you.")
    export_name = "eigen-productie"


class ProductionPartDetail(DetailPage):
    """One part by product and tariff."""

    model = ProductionPart
    related = ("municipality", "provider_organisation", "answered_by")
    roles = READERS
    template_name = "billing/production_part.html"

    def get_title(self) -> str:
        """Year and municipality."""
        return words.title_of(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _list_of(self.request.scope, self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Its rows, and whether one may answer."""
        scope, row = self.request.scope, self.object
        rows = rows_of(_lines(scope, row))
        is_asked = row.established_at is None and row.state in (State.PROPOSED, State.OBJECTED)
        may_answer = is_asked and allowed(policies.check_can_confirm_production, scope, row)
        return super().get_context_data(
            badge=row.get_state_display(),
            tone=STATE_TONES[State(row.state)],
            lead=f"{row.contract_name}, {words.months_of(row)}",
            facts=_facts(row),
            headers=words.headers(),
            rows=[words.cells_of(one) for one in rows],
            foot=words.foot_of(rows),
            may_answer=may_answer,
            waits_for_administrator=is_asked and scope.role == Role.SUBCONTRACTOR_USER,
            **kwargs,
        )


def _list_of(scope: Scope, row: ProductionPart) -> list[tuple[str, str]]:
    if scope.role in OWN:
        return [(_("Our production by year"), reverse("production_part_list"))]
    return [
        (_("Production statements"), reverse("production_statement_list")),
        (words.title_of(row), reverse("production_statement_detail", args=[row.statement_id])),
    ]


def _facts(row: ProductionPart) -> list[tuple[str, str]]:
    facts = [
        (_("Subcontractor"), row.provider_organisation.name),
        (_("Municipality"), row.municipality.name),
        (_("Months"), words.months_of(row)),
        (_("Version"), str(row.number)),
        (_("Lines"), str(row.line_count)),
        (_("Amount"), format_euro(row.amount)),
    ]
    if row.answered_at and row.answered_by:
        facts.append((_("Answered"), f"{date_nl(row.answered_at)}, {row.answered_by.name}"))
    if row.established_at:
        facts.append((_("Established"), date_nl(row.established_at)))
    return facts


def _lines(scope: Scope, row: ProductionPart) -> Any:
    return ProductionLine.objects.visible_to(scope).filter(part=row)


@roles(Role.SUBCONTRACTOR_ADMIN)
@require_POST
def production_part_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm one's own part."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        production.confirm(scope=request.scope, part=row)
        messages.success(request, _("Confirmed. The main contractor accounts for it with this."))
    return redirect(row)


@roles(Role.SUBCONTRACTOR_ADMIN)
@require_http_methods(FORM_METHODS)
def production_part_object(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what is wrong with one's own part."""
    row = _found(request.scope, pk)
    form = ObjectionToPartForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            production.object_to(scope=request.scope, part=row, **form.values)
            messages.success(request, _("Sent. The main contractor looks into it."))
            return redirect(row)
    return form_page(
        request,
        title=_("This is not right"),
        form=form,
        submit_label=_("Send"),
        above=[*_list_of(request.scope, row), (words.title_of(row), row.get_absolute_url())],
        next_text=_("The main contractor looks into it, and asks you to confirm again."),
    )


@roles(*sorted(READERS))
@require_GET
def production_part_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """One part line by line, to lay beside one's own administration."""
    row = _found(request.scope, pk)
    with translation.override(LANGUAGE):
        heads = (
            _("Month"),
            _("Reference"),
            _("Product"),
            _("Unit"),
            pgettext("of production", "Number"),
            _("Tariff"),
            _("Correction"),
            _("Amount"),
        )
        lines = [
            (
                one.month,
                one.reference,
                f"{one.code} {one.name}".strip() or one.get_form_display(),
                one.unit,
                words.counted(one.volume),
                one.tariff,
                _("yes") if one.is_correction else "",
                one.amount,
            )
            for one in _lines(request.scope, row).order_by("month", "key").iterator()
        ]
        content = workbooks.book({_("Production"): [heads, *lines]})
    name = f"productie-{row.year}-{row.municipality.code}-{row.pk}.xlsx"
    return attachment(content, name, XLSX_TYPE)


def _found(scope: Scope, pk: int) -> ProductionPart:
    rows = ProductionPart.objects.visible_to(scope).select_related("municipality")
    return get_object_or_404(rows, pk=pk)
