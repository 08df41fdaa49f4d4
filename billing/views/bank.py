"""Messages of the bank: the list, handing one in, its lines, and what was found out about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.bank_forms import BankFileForm, SettleEntryForm
from billing.bank_tables import (
    BankEntryFilter,
    BankEntryTable,
    BankReportFilter,
    BankReportTable,
)
from billing.models import BankEntry, BankReport
from billing.services import bank
from billing.views.access import CONTROLLER, MONEY
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import moment_nl

FORM_METHODS = ["GET", "HEAD", "POST"]


class BankReportList(ListPage):
    """Messages of the bank, newest first."""

    model = BankReport
    table_class = BankReportTable
    filterset_class = BankReportFilter
    roles = MONEY
    title = gettext_lazy("Bank messages")
    lead = gettext_lazy("What the bank says of our payments. What came back is paid again.")
    empty_title = gettext_lazy("No bank messages yet")
    empty_text = gettext_lazy("Download the status or statement at the bank and hand it in here.")
    export_name = "bankberichten"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With counts, without the text."""
        failed = Q(entries__outcome__in=BankEntry.FAILED)
        odd = Q(entries__settled_at=None) & ~Q(entries__oddity="")
        counted: QuerySet[Any] = rows.defer("content").annotate(
            payments=Count("entries"),
            failed=Count("entries", filter=failed),
            odd=Count("entries", filter=odd),
        )
        return counted

    def primary(self) -> Action | None:
        """A controller hands one in."""
        if self.request.scope.role in CONTROLLER:
            return Action(_("Hand in a bank message"), reverse("bank_report_new"))
        return None


class BankReportDetail(ListPage):
    """The lines of one message that are about our payments."""

    model = BankEntry
    table_class = BankEntryTable
    filterset_class = BankEntryFilter
    related = ("payment__provider_organisation",)
    roles = MONEY
    empty_title = gettext_lazy("No line")
    empty_text = gettext_lazy("Nothing in this message is about our payments.")
    export_name = "bankbericht"

    @property
    def report(self) -> BankReport:
        rows = BankReport.objects.visible_to(self.request.scope).defer("content")
        found: BankReport = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(report=self.report)

    def get_title(self) -> str:
        return _("Bank message %(number)s") % {"number": self.report}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Bank messages"), reverse("bank_report_list"))]

    def primary(self) -> Action | None:
        """The message as the bank gave it, for who hands them in."""
        if self.request.scope.role not in CONTROLLER:
            return None
        url = reverse("bank_report_file", args=[self.kwargs["pk"]])
        return Action(_("Download the file"), url, kind="secondary")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Kind, moment, and how many lines were about others."""
        context = super().get_context_data(**kwargs)
        row = self.report
        read = _("%(kind)s, read on %(moment)s.")
        context["lead"] = read % {"kind": row.kind, "moment": moment_nl(row.received_at)}
        if row.others:
            text = ngettext(
                "%(count)s line is about something else and is not shown.",
                "%(count)s lines are about something else and are not shown.",
                row.others,
            )
            context["lead"] += " " + text % {"count": row.others}
        return context


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def bank_report_new(request: ScopedRequest) -> HttpResponse:
    """Hand in a message of the bank."""
    scope = request.scope
    form = BankFileForm(request.POST or None, request.FILES or None, scope=scope)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with shown_refusals(request):
            row = bank.take_in(
                scope=scope,
                main_contractor_id=scope.main_contractor_id,
                name=upload.name,
                data=upload.read(),
            )
            _tell(request, row)
            return redirect(row)
    return form_page(
        request,
        title=_("Hand in a bank message"),
        form=form,
        submit_label=_("Read the file"),
        above=[(_("Bank messages"), reverse("bank_report_list"))],
        next_text=_("The same file twice does nothing twice."),
    )


def _tell(request: ScopedRequest, row: BankReport) -> None:
    count = row.entries.filter(outcome__in=BankEntry.FAILED, oddity="").count()
    if not count:
        messages.success(request, _("The file was read. No payment came back."))
        return
    text = ngettext(
        "%(count)s payment came back. It is in the next payment run, unless the account is wrong.",
        "%(count)s payments came back. They are in the next payment run, unless the account is"
        " wrong.",
        count,
    )
    messages.warning(request, text % {"count": count})


@roles(*CONTROLLER)
@require_GET
def bank_report_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The message as the bank gave it; who took it is recorded."""
    row = get_object_or_404(BankReport.objects.visible_to(request.scope), pk=pk)
    audit.record(request.scope, "bank_report.file_taken", row)
    return attachment(row.content.encode(), f"bankbericht-{row.pk}.xml", "application/xml")


@roles(Role.CONTROLLER)
@require_http_methods(FORM_METHODS)
def bank_entry_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what was found out about a line that does not fit."""
    rows = BankEntry.objects.visible_to(request.scope).exclude(oddity="")
    row = get_object_or_404(
        rows.select_related("report", "payment").defer("report__content"), pk=pk
    )
    form = SettleEntryForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            bank.settle(scope=request.scope, entry=row, **form.values)
            messages.success(request, _("Recorded. The statement can be paid again if it must."))
        return redirect(row.report)
    text = _("%(payment)s of %(amount)s: %(oddity)s.") % {
        "payment": row.payment,
        "amount": format_euro(row.payment.amount),
        "oddity": row.get_oddity_display(),
    }
    return form_page(
        request,
        title=_("What was found out?"),
        form=form,
        submit_label=_("Record"),
        above=[
            (_("Bank messages"), reverse("bank_report_list")),
            (str(row.report), row.report.get_absolute_url()),
        ],
        next_text=text,
    )
