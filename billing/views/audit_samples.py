"""Samples of production statements: drawn, read line by line, and taken along as a pack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from billing import audit_files
from billing import production_words as words
from billing.models import AuditSample, DrawnLine, ProductionLine
from billing.production_forms import SampleForm
from billing.services import audits
from billing.services.documents import LANGUAGE
from billing.views.access import AUDITED, CONTROLLER
from billing.views.production import above, found, letter_of
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ScopedRequest,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, month_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
ZIP_TYPE = "application/zip"


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_sample(request: ScopedRequest, pk: int) -> HttpResponse:
    """Draw a sample with the auditor's seed."""
    row = found(request.scope, pk)
    form = SampleForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = audits.draw_sample(scope=request.scope, statement=row, **form.values)
            messages.success(request, _("Drawn. The evidence of each line is kept with it."))
            return redirect(made)
    return form_page(
        request,
        title=_("Draw a sample"),
        form=form,
        submit_label=_("Draw the lines"),
        above=above(row),
        next_text=_("Every sample that was drawn stays, with who drew it."),
    )


class AuditSampleDetail(DetailPage):
    """A sample: how it was drawn, and its lines."""

    model = AuditSample
    related = ("statement__municipality", "drawn_by")
    roles = AUDITED
    template_name = "billing/audit_sample.html"

    def get_title(self) -> str:
        """Seed and size."""
        return _("Sample %(seed)s") % {"seed": self.object.seed}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return above(self.object.statement)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Its lines in the order of drawing."""
        row = self.object
        drawn = list(_drawn(self.request.scope, row))
        return super().get_context_data(
            lead=row.get_way_display(),
            facts=_about(row),
            headers=_headers(),
            rows=[_cells(one) for one in drawn],
            lacking=sum(1 for one in drawn if one.lacking),
            count=len(drawn),
            **kwargs,
        )


def _about(row: AuditSample) -> list[tuple[str, str]]:
    return [
        (_("Method"), str(row.get_way_display())),
        (_("Seed"), row.seed),
        (_("Size"), str(row.size)),
        (_("Lines in the population"), str(row.population_count)),
        (_("Amounts without sign"), format_euro(row.population_amount)),
        (_("Drawn"), f"{moment_nl(row.drawn_at)}, {row.drawn_by.name if row.drawn_by else ''}"),
        (_("Hash of the lines (SHA-256)"), row.population_digest),
    ]


def _drawn(scope: Scope, row: AuditSample) -> Any:
    return (
        DrawnLine.objects.visible_to(scope)
        .filter(sample=row)
        .select_related("line__provider_organisation")
        .order_by("place")
    )


def _headers() -> tuple[str, ...]:
    return (
        _("Line"),
        _("Subcontractor"),
        _("Month"),
        _("Product"),
        _("Hits"),
        _("Without evidence"),
        _("Amount"),
    )


def _cells(one: DrawnLine) -> tuple[Any, ...]:
    line = one.line
    return (
        format_html(
            '<a class="ha-link" href="{}">{}. {}</a>', one.get_absolute_url(), one.place, line.key
        ),
        line.provider_organisation.name,
        month_nl(line.month),
        f"{line.code} {line.name}".strip() or line.get_form_display(),
        str(one.hits),
        str(one.lacking) if one.lacking else _("complete"),
        format_euro(line.amount),
    )


class DrawnLineDetail(DetailPage):
    """A drawn line with its evidence, link by link; the look at its client is logged."""

    model = DrawnLine
    related = ("sample__statement__municipality", "line__provider_organisation")
    roles = AUDITED
    purpose = "audit_sample.read"
    template_name = "billing/drawn_line.html"

    def log_view(self, row: DrawnLine) -> None:
        """Whoever looks at the evidence looks at a client's data."""
        if row.client_id:
            audit.looked_at(self.request.scope, [row.client_id], self.purpose)

    def get_title(self) -> str:
        """Its place and key."""
        return _("Line %(place)s of the sample: %(key)s") % {
            "place": self.object.place,
            "key": self.object.line.key,
        }

    def breadcrumbs(self) -> list[tuple[str, str]]:
        sample = self.object.sample
        title = _("Sample %(seed)s") % {"seed": sample.seed}
        return [*above(sample.statement), (title, sample.get_absolute_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The links, and the lines before and after it."""
        scope, row = self.request.scope, self.object
        others = {
            one.place: one
            for one in DrawnLine.objects.visible_to(scope).filter(
                sample=row.sample_id, place__in=(row.place - 1, row.place + 1)
            )
        }
        return super().get_context_data(
            lead=f"{row.line.provider_organisation.name}, {format_euro(row.line.amount)}",
            badge=_("complete") if not row.lacking else _("evidence lacks"),
            tone="positive" if not row.lacking else "warning",
            sections=audits.sections_of(row),
            previous=others.get(row.place - 1),
            next=others.get(row.place + 1),
            **kwargs,
        )


@roles(*sorted(AUDITED))
@require_GET
def audit_sample_zip(request: ScopedRequest, pk: int) -> HttpResponse:
    """The whole pack: population, drawn lines, and the evidence of each."""
    scope = request.scope
    rows = AuditSample.objects.visible_to(scope).select_related("statement", "drawn_by")
    row = get_object_or_404(rows, pk=pk)
    statement = found(scope, row.statement_id)
    drawn = list(_drawn(scope, row))
    audit.looked_at(scope, {one.client_id for one in drawn if one.client_id}, "audit_sample.taken")
    with translation.override(LANGUAGE):
        pack = audit_files.Pack(
            author=statement.main_contractor.organisation.name,
            at=timezone.localtime(row.drawn_at),
            about=[
                (_("What"), _("Value")),
                (_("Statement"), words.title_of(statement)),
                *_about(row),
            ],
            drawn=[_heads(), *(_values(one.line, one.place, one.hits) for one in drawn)],
            population=[_heads()[2:], *_population(scope, row)],
            lines=tuple(
                audit_files.DrawnEvidence(
                    f"{one.place:03d}-{one.line.key}",
                    f"{one.place}. {one.line.key}",
                    audits.sections_of(one),
                )
                for one in drawn
            ),
            statement_pdf=letter_of(scope, statement),
        )
        content = audit_files.pack_zip(pack)
    name = f"controledossier-{statement.year}-{statement.municipality.code}-{row.pk}.zip"
    return attachment(content, name, ZIP_TYPE)


def _heads() -> tuple[str, ...]:
    return (
        _("Place"),
        _("Hits"),
        _("Key"),
        _("Subcontractor"),
        _("Month"),
        _("Product code"),
        _("Unit"),
        pgettext("of production", "Number"),
        _("Tariff"),
        _("Amount"),
        _("Correction"),
        _("Reference"),
        _("Form"),
    )


def _values(line: ProductionLine, *first: object) -> tuple[object, ...]:
    return (
        *first,
        line.key,
        line.provider_organisation.name,
        date_nl(line.month),
        line.code or line.form,
        line.unit,
        words.counted(line.volume),
        line.tariff,
        line.amount,
        _("yes") if line.is_correction else "",
        line.reference,
        line.get_form_display(),
    )


def _population(scope: Scope, row: AuditSample) -> Iterator[tuple[object, ...]]:
    """Every line from which was drawn, by its key: with them anybody draws again."""
    lines = ProductionLine.objects.visible_to(scope).filter(statement=row.statement_id)
    related = lines.select_related("provider_organisation").order_by("key")
    return (_values(line) for line in related.iterator())
