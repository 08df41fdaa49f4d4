"""Statements: the list, one with its lines and what each rests on, its PDF and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from billing import policies
from billing.filters import StatementFilter, StatementLineFilter
from billing.models import Adjustment, Dispute, EInvoice, Statement, StatementLine, VatTreatment
from billing.rules import late
from billing.selectors import line_sources
from billing.selectors.late_payments import rates
from billing.selectors.line_sources import Source
from billing.tables import StatementTable
from billing.views.access import OWN, READERS, own_columns
from hoofdaannemer.core import mandates
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import Column, stream
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import DetailPage, ListPage, ScopedRequest, allowed, roles
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, month_nl
from subcontracts.models import Subcontract

LINES_A_PAGE = 100


class StatementList(ListPage):
    """Statements, newest month first."""

    model = Statement
    table_class = StatementTable
    filterset_class = StatementFilter
    related = ("provider_organisation",)
    roles = READERS
    title = gettext_lazy("Monthly statements")
    lead = gettext_lazy("One a month for each subcontractor, all funding forms together.")
    empty_title = gettext_lazy("No statements yet")
    empty_text = gettext_lazy("They are made when a month is closed.")

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    template_name = "billing/statement_list.html"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the stored PDF."""
        return rows.defer("pdf", "document")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A subcontractor looks ahead from here as well, contract by contract."""
        return super().get_context_data(forecasts=_forecasts(self.request.scope), **kwargs)


def _forecasts(scope: Scope) -> list[tuple[str, str]]:
    """The own contracts that run, and where each one's forecast is."""
    if scope.role not in OWN:
        return []
    rows = Subcontract.objects.visible_to(scope).running_on(scope.today)
    return [
        (
            _("Forecast of %(number)s, %(name)s")
            % {"number": one.number, "name": one.main_contractor.organisation.name},
            reverse("subcontract_forecast", args=[one.pk]),
        )
        for one in rows.select_related("main_contractor__organisation").order_by("number")
    ]


class StatementDetail(DetailPage):
    """One statement with its lines and how they were computed."""

    model = Statement
    related = ("provider_organisation",)
    roles = READERS
    template_name = "billing/statement_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Without the stored PDF."""
        return super().get_queryset().defer("pdf", "document")

    def get_title(self) -> str:
        """Number and month."""
        return _("Statement %(number)s") % {"number": self.object.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Sums, lines and payment."""
        statement = self.object
        narrowed = StatementLineFilter(
            self.request.GET or None,
            queryset=statement.lines.select_related(*line_sources.RELATED),
            request=self.request,
        )
        invalid = narrowed.is_bound and not narrowed.is_valid()
        lines = narrowed.queryset.none() if invalid else narrowed.qs
        page = Paginator(lines, LINES_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            facts=_facts(self.request.scope, statement),
            has_invoice=EInvoice.objects.visible_to(self.request.scope)
            .filter(statement=statement)
            .exists(),
            may_make_invoice=allowed(
                policies.check_can_make_invoice, self.request.scope, statement
            ),
            sums=_sums(statement),
            headers=[_("Line"), _("For what, and how computed"), _("Amount")],
            rows=_rows(self.request.scope, list(page)),
            total=statement.balance - statement.carried_in,
            filter=narrowed,
            invalid=invalid,
            count=page.paginator.count,
            page=page,
            lead=_("%(name)s, %(month)s")
            % {
                "name": statement.provider_organisation.name,
                "month": month_nl(statement.calendar_month),
            },
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Monthly statements"), reverse("statement_list"))]


def _facts(scope: Scope, statement: Statement) -> list[tuple[str, Any]]:
    paid = statement.payments.standing().first()
    facts = [
        (_("Issued"), date_nl(statement.issued_at)),
        (_("Pay date"), date_nl(statement.pay_date) if statement.pay_date else _("none")),
        (_("Paid"), date_nl(paid.execution_date) if paid else _("not yet")),
    ]
    if not statement.payable:
        return facts
    last = statement.last_day
    term = ngettext("%(count)s day", "%(count)s days", statement.term_days)
    text = _("%(day)s, %(term)s after it was issued")
    said = {"day": date_nl(last), "term": term % {"count": statement.term_days}}
    facts.append((_("Last day of the term"), text % said))
    day = paid.execution_date if paid else scope.today
    if found := late.lateness(statement.payable, last, day, rates() if day > last else ()):
        days = ngettext("%(count)s day", "%(count)s days", found.days) % {"count": found.days}
        facts.append(
            (
                _("Late"),
                _("%(days)s; statutory interest %(amount)s")
                % {"days": days, "amount": format_euro(found.interest)},
            )
        )
        facts += [(_("Interest"), _interest(one)) for one in _interests(scope, statement)]
    return facts


def _interests(scope: Scope, statement: Statement) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.visible_to(scope).standing()
    return rows.filter(payment__statement=statement)


def _interest(one: Adjustment) -> str:
    """What is posted or will be, and how far that is."""
    return f"{format_euro(one.amount)}, {one.get_status_display()}"


def _sums(statement: Statement) -> list[tuple[str, str]]:
    sums = [
        (_("Entitlements of this month"), statement.entitled),
        (_("Corrections of earlier months"), statement.corrected),
        (_("Held back this month"), -statement.held),
        (_("Released from what was held back"), statement.released),
        (_("Carried over from the last statement"), statement.carried_in),
        (_("Put aside for a recovery plan"), statement.deferred),
        (_("Set off for a recovery plan"), -statement.set_off),
        (_("Corrections after disputes, and interest"), statement.adjusted),
        (_("To pay"), statement.payable),
        (_("To be set off against the next statement"), statement.carried_out),
    ]
    return [(name, format_euro(amount)) for name, amount in sums if amount or name == _("To pay")]


def _rows(scope: Scope, lines: Sequence[StatementLine]) -> list[dict[str, Any]]:
    """Each line with what it rests on, and what may be asked or was asked about it."""
    disputes = _disputes(scope, lines)
    sources = line_sources.sources_of(scope, lines)
    may_ask = scope.role in OWN and mandates.covers_page(scope, "statement_line_ask")
    return [
        {
            "pk": line.pk,
            "reference": line.reference,
            "text": line.sentence,
            "amount": format_euro(signed(line)),
            "sources": sources[line.pk],
            "talk": _talk(line, disputes.get(line.pk), may_ask=may_ask),
        }
        for line in lines
    ]


def _talk(line: StatementLine, known: Dispute | None, *, may_ask: bool) -> Source | None:
    if known:
        label = f"{known.get_kind_display()}: {known.get_status_display()}"
        return Source(label.capitalize(), known.get_absolute_url())
    if may_ask:
        return Source(_("Ask about this line"), reverse("statement_line_ask", args=[line.pk]))
    return None


def _disputes(scope: Scope, lines: Sequence[StatementLine]) -> dict[int, Dispute]:
    """The newest question or dispute about each line."""
    rows = Dispute.objects.visible_to(scope).filter(line__in=lines)
    return {row.line_id: row for row in rows.order_by("asked_at", "pk")}


@roles(*READERS)
@require_GET
def statement_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """The PDF as it was issued."""
    statement = get_object_or_404(Statement.objects.visible_to(request.scope), pk=pk)
    return attachment(bytes(statement.pdf), f"{statement.number}.pdf")


@roles(*READERS)
@require_GET
def statement_xlsx(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """All lines of a statement as a spreadsheet."""
    rows = Statement.objects.visible_to(request.scope).light()
    statement = get_object_or_404(rows, pk=pk)
    lines = statement.lines.select_related(
        "entitlement__product",
        "entitlement__placement",
        "entitlement__funding_line",
        "hold",
        "adjustment",
        "statement",
    )
    return stream(request.scope, lines, _columns(), kind="xlsx", name=statement.number)


def _columns() -> list[Column]:
    def about(line: StatementLine) -> date:
        fact = line.hold or line.entitlement
        if fact is None:
            return line.statement.month
        return fact.month

    return [
        Column(_("Line"), lambda line: line.reference),
        Column(_("What it is"), lambda line: line.get_kind_display()),
        Column(_("Month"), about),
        Column(_("For what, and how computed"), lambda line: line.sentence),
        Column(_("VAT"), lambda line: VatTreatment.Vat(line.vat).label),
        Column(_("Amount"), signed),
    ]


def signed(line: StatementLine) -> Decimal:
    """What a line does to the balance, in euros: what is held or paid back takes off."""
    return line.effect
