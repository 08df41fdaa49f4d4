"""Production statements: the list, one of them, its files, and its steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from billing import policies, production_files
from billing import production_words as words
from billing.models import AuditOpinion, AuditSample, ProductionLine, ProductionStatement
from billing.production_tables import (
    STATUS_TONES,
    ProductionStatementFilter,
    ProductionStatementTable,
)
from billing.rules.production import Row, changes
from billing.selectors.audit_terms import terms_of
from billing.selectors.production import not_ready, rows_before, rows_of
from billing.selectors.unreported import not_waived, waived
from billing.services.documents import LANGUAGE, party_of
from billing.views.access import AUDITED, MONEY
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
)
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl

Status = ProductionStatement.Status


class ProductionStatementList(ListPage):
    """Production statements, the newest year first."""

    model = ProductionStatement
    table_class = ProductionStatementTable
    filterset_class = ProductionStatementFilter
    related = ("municipality",)
    roles = AUDITED
    title = gettext_lazy("Production statements")
    lead = gettext_lazy(
        "What was delivered in a year, for each municipality by product and tariff."
    )
    empty_title = gettext_lazy("No production statement was made yet")
    empty_text = gettext_lazy("A controller makes those of a year; a second one establishes them.")
    export_name = "productieverantwoording"

    def primary(self) -> Action | None:
        """A controller begins a year."""
        scope = self.request.scope
        if allowed(policies.check_can_settle, scope, scope.main_contractor_id):
            return Action(_("Account for a year"), reverse("production_statement_new"))
        return None


class ProductionStatementDetail(DetailPage):
    """One of them: rows, each subcontractor's part, what differs, samples and opinions."""

    model = ProductionStatement
    related = ("municipality", "built_by", "proposed_by", "locked_by", "unreported_by")
    roles = AUDITED
    template_name = "billing/production_statement.html"

    def get_title(self) -> str:
        """Year and municipality."""
        return words.title_of(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return list_of()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that stands on it, and the steps that fit."""
        scope, row = self.request.scope, self.object
        rows = rows_of(lines_of(scope, row))
        may = _may(scope, row)
        is_open = row.status != Status.LOCKED
        settles = is_open and allowed(policies.check_can_settle, scope, row.main_contractor_id)
        differs = changes(rows_before(scope, row), rows) if row.number > 1 else []
        opinions = AuditOpinion.objects.visible_to(scope).light().filter(statement=row)
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=STATUS_TONES[Status(row.status)],
            lead=f"{row.contract_name}, {words.months_of(row)}",
            facts=_facts(scope, row),
            headers=words.headers(),
            rows=[words.cells_of(one) for one in rows],
            foot=words.foot_of(rows),
            part_headers=(_("Subcontractor"), _("Status"), _("Lines"), _("Amount")),
            parts=_parts(scope, row),
            part_foot=(_("Total"), "", str(row.line_count), format_euro(row.amount)),
            objections=_objections(row),
            change_headers=words.change_headers(row.number),
            changes=[words.change_cells(one) for one in differs],
            samples=AuditSample.objects.visible_to(scope).filter(statement=row),
            opinions=opinions,
            lacks_opinion=row.needs_opinion and not opinions.exists(),
            waits=not_ready(scope, row) if may["propose"] else [],
            lacking=[one.said for one in not_waived(row)] if settles else [],
            may=may,
            reads_terms=scope.role in MONEY,
            **kwargs,
        )


def _may(scope: Scope, row: ProductionStatement) -> dict[str, bool]:
    """The steps that fit this person and state."""
    settles = allowed(policies.check_can_settle, scope, row.main_contractor_id)
    return {
        "rebuild": settles and row.status == Status.DRAFT,
        "propose": row.status == Status.DRAFT
        and allowed(policies.check_can_put_forward, scope, row),
        "take_back": settles and row.status == Status.PROPOSED,
        "lock": allowed(policies.check_can_establish, scope, row),
        "waits_for_another": settles
        and row.status == Status.PROPOSED
        and row.proposed_by_id == scope.user_id,
        "audit": allowed(policies.check_can_audit, scope, row),
    }


def list_of() -> list[tuple[str, str]]:
    """The page above each of them."""
    return [(_("Production statements"), reverse("production_statement_list"))]


def above(row: ProductionStatement) -> list[tuple[str, str]]:
    """The pages above a step of one of them."""
    return [*list_of(), (words.title_of(row), row.get_absolute_url())]


def lines_of(scope: Scope, row: ProductionStatement) -> Any:
    """Its lines, as far as this scope sees them."""
    return ProductionLine.objects.visible_to(scope).filter(statement=row)


def _facts(scope: Scope, row: ProductionStatement) -> list[tuple[str, str]]:
    facts = [
        (_("Municipality"), row.municipality.name),
        (_("Contract"), row.contract_number),
        (_("Months"), words.months_of(row)),
        (_("Version"), str(row.number)),
        (_("Built"), _by(row.built_at, row.built_by)),
    ]
    if row.proposed_at:
        facts.append((_("Put before the subcontractors"), _by(row.proposed_at, row.proposed_by)))
    if row.locked_at:
        facts.append((_("Established"), _by(row.locked_at, row.locked_by)))
    if row.unconfirmed_reason:
        facts.append((_("Parts without confirmation"), row.unconfirmed_reason))
    facts += _waived(row)
    if row.number > 1:
        facts.append((_("Version before"), format_euro(row.before)))
    return [*facts, *_audit_facts(scope, row), (_("Hash of the lines (SHA-256)"), row.digest)]


def _waived(row: ProductionStatement) -> list[tuple[str, str]]:
    """Own teams without a report, with who does without and why."""
    if not row.unreported:
        return []
    teams = "; ".join(one.said for one in waived(row))
    return [
        (_("Own teams without a report"), teams),
        (_("Why it does without"), row.unreported_reason),
        (_("Decided by"), _by(row.unreported_at, row.unreported_by)),
    ]


def _audit_facts(scope: Scope, row: ProductionStatement) -> list[tuple[str, str]]:
    """Threshold and days: as they held when it was established, or as they hold now."""
    if row.threshold is not None:
        threshold, due = row.threshold, (row.statement_due, row.opinion_due)
    elif scope.role == Role.AUDITOR:
        return []
    else:
        terms = terms_of(scope, row.contract, row.year)
        threshold = terms.threshold
        due = (terms.statement_due(row.year), terms.opinion_due(row.year))
    is_above = row.amount > threshold
    return [
        (_("Auditor from"), format_euro(threshold)),
        (_("Opinion needed"), _("yes") if is_above else _("no")),
        (_("To the municipality before"), date_nl(due[0])),
        *([(_("Opinion before"), date_nl(due[1]))] if is_above else []),
    ]


def _by(moment: Any, person: Any) -> str:
    return f"{moment_nl(moment)}, {person.name}" if person else moment_nl(moment)


def _parts(scope: Scope, row: ProductionStatement) -> list[tuple[Any, ...]]:
    """Each subcontractor's part; who reads money goes on to it."""
    found = []
    for one in row.parts.visible_to(scope).select_related("provider_organisation"):
        name: Any = one.provider_organisation.name
        if scope.role in MONEY:
            name = format_html('<a class="ha-link" href="{}">{}</a>', one.get_absolute_url(), name)
        found.append((name, one.get_state_display(), str(one.line_count), format_euro(one.amount)))
    return found


def _objections(row: ProductionStatement) -> list[str]:
    if row.status != Status.PROPOSED:
        return []
    parts = row.parts.exclude(objection="").select_related("provider_organisation")
    return [f"{one.provider_organisation.name}: {one.objection}" for one in parts]


@roles(*sorted(AUDITED))
@require_GET
def production_statement_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """The letter to the municipality."""
    row = found(request.scope, pk)
    return attachment(letter_of(request.scope, row), f"{_file_name(row)}.pdf")


@roles(*sorted(AUDITED))
@require_GET
def production_statement_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same as a spreadsheet."""
    row = found(request.scope, pk)
    with translation.override(LANGUAGE):
        rows = rows_of(lines_of(request.scope, row))
        content = workbooks.book(
            {
                _("Production"): [words.headers(), *_sheet_rows(rows)],
                _("Subcontractors"): [
                    (_("Subcontractor"), _("Lines"), _("Corrections"), _("Amount")),
                    *row.parts.visible_to(request.scope).values_list(
                        "provider_organisation__name", "line_count", "corrected", "amount"
                    ),
                ],
            }
        )
    return attachment(content, f"{_file_name(row)}.xlsx", XLSX_TYPE)


def _sheet_rows(rows: list[Row]) -> list[tuple[object, ...]]:
    """Numbers as numbers, so that they can be added."""
    return [
        (
            words.subject_of(one.heading),
            words.counted(one.number),
            words.price_of(one.heading),
            one.corrected,
            one.amount,
        )
        for one in rows
    ]


def _file_name(row: ProductionStatement) -> str:
    return f"productieverantwoording-{row.year}-{row.municipality.code}-{row.pk}-{row.number}"


def letter_of(scope: Scope, row: ProductionStatement) -> bytes:
    """The letter in the language of letters."""
    with translation.override(LANGUAGE):
        rows = rows_of(lines_of(scope, row))
        differs = changes(rows_before(scope, row), rows) if row.number > 1 else []
        sentences = [
            _(
                "With this letter we account to you for the care that was delivered under the"
                " contract in these months: by subcontractors, by others who invoiced it to us, and"
                " by our own teams at what it cost."
            )
        ]
        if row.status != Status.LOCKED:
            sentences.append(_("This is a draft: you can derive no rights from it."))
        if row.unreported:
            sentences.append(
                _(
                    "Of these own teams no cost is counted, although they gave care: %(teams)s."
                    " %(reason)s"
                )
                % {
                    "teams": "; ".join(one.said for one in waived(row)),
                    "reason": row.unreported_reason,
                }
            )
        if row.number > 1:
            sentences.append(
                _("This version replaces the one before. The difference is %(amount)s.")
                % {"amount": format_euro(row.difference)}
            )
        return production_files.letter_pdf(
            production_files.Letter(
                title=words.title_of(row),
                sender=party_of(row.main_contractor.organisation),
                receiver=_("Municipality of %(name)s") % {"name": row.municipality.name},
                facts=(
                    (_("Contract"), f"{row.contract_number}, {row.contract_name}"),
                    (_("Months"), words.months_of(row)),
                    (_("Version"), str(row.number)),
                    (_("Status"), str(row.get_status_display())),
                    (_("Lines"), str(row.line_count)),
                    (_("SHA-256"), row.digest),
                ),
                sentences=tuple(sentences),
                headers=words.headers(),
                rows=tuple(words.cells_of(one) for one in rows),
                foot=words.foot_of(rows),
                change_headers=words.change_headers(row.number),
                changes=tuple(words.change_cells(one) for one in differs),
            )
        )


def found(scope: Scope, pk: int) -> ProductionStatement:
    """One that this scope sees, or 404."""
    rows = ProductionStatement.objects.visible_to(scope)
    return get_object_or_404(
        rows.select_related("municipality", "main_contractor__organisation"), pk=pk
    )
