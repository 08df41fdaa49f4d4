"""Statements, with their PDF, and holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from billing import policies
from billing.filters import HoldFilter, StatementFilter
from billing.models import Dispute, EInvoice, Hold, Statement, StatementLine, VatTreatment
from billing.rules import late
from billing.tables import HoldTable, StatementTable
from billing.views.access import HOLDS, OWN, READERS, own_columns
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import Column, stream
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import Action, DetailPage, ListPage, ScopedRequest, allowed, roles
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, month_nl

SHOWN_LINES = 500


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

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the stored PDF."""
        return rows.defer("pdf", "document")


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
        lines = statement.lines.select_related(
            "entitlement__product", "entitlement__placement", "entitlement__funding_line", "hold"
        )
        shown = list(lines[:SHOWN_LINES])
        disputes = _disputes(self.request.scope, shown)
        may_ask = self.request.scope.role in OWN
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
            rows=[_row(line, disputes, may_ask=may_ask) for line in shown],
            total=statement.balance - statement.carried_in,
            more=max(0, lines.count() - SHOWN_LINES),
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
    issued = timezone.localdate(statement.issued_at)
    facts.append((_("Last day by law"), date_nl(late.last_day(issued))))
    day = paid.execution_date if paid else scope.today
    if found := late.lateness(statement.payable, issued, day):
        days = ngettext("%(count)s day", "%(count)s days", found.days) % {"count": found.days}
        facts.append(
            (
                _("Late"),
                _("%(days)s; statutory interest %(amount)s")
                % {"days": days, "amount": format_euro(found.interest)},
            )
        )
    return facts


def _sums(statement: Statement) -> list[tuple[str, str]]:
    sums = [
        (_("Entitlements of this month"), statement.entitled),
        (_("Corrections of earlier months"), statement.corrected),
        (_("Held back this month"), -statement.held),
        (_("Released from what was held back"), statement.released),
        (_("Carried over from the last statement"), statement.carried_in),
        (_("Put aside for a recovery plan"), statement.deferred),
        (_("Set off for a recovery plan"), -statement.set_off),
        (_("To pay"), statement.payable),
        (_("To be set off against the next statement"), statement.carried_out),
    ]
    return [(name, format_euro(amount)) for name, amount in sums if amount or name == _("To pay")]


def _row(line: StatementLine, disputes: Mapping[int, Dispute], *, may_ask: bool) -> list[str]:
    cells = [line.reference, line.sentence, format_euro(signed(line))]
    if known := disputes.get(line.pk):
        label = f"{known.get_kind_display()}: {known.get_status_display()}"
        return [*cells, known.get_absolute_url(), label]
    if may_ask:
        return [*cells, reverse("statement_line_ask", args=[line.pk]), _("Ask about this line")]
    return [*cells, "", ""]


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


class HoldList(ListPage):
    """Holds, newest first."""

    model = Hold
    table_class = HoldTable
    filterset_class = HoldFilter
    related = ("provider_organisation",)
    roles = HOLDS
    title = gettext_lazy("Held back")
    lead = gettext_lazy("Amounts that wait for something, and what gets them released.")
    empty_title = gettext_lazy("Nothing is held back")
    empty_text = gettext_lazy("Everything that was approved is paid on time.")

    def primary(self) -> Action | None:
        """Most holds wait for a proof, which their subcontractor adds."""
        if self.request.scope.role in OWN:
            return Action(_("Add a proof"), reverse("evidence_upload"))
        return None

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)
