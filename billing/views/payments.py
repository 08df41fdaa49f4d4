"""Payment runs and payments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from billing import policies
from billing.bank_words import reason
from billing.filters import PaymentFilter, PaymentRunFilter
from billing.models import BankEntry, Payment, PaymentRun, PaymentRunCheck
from billing.release_forms import ReleaseForm
from billing.selectors.bank import with_heard
from billing.services import payments as services
from billing.services import run_checks
from billing.tables import RUN_TONES, PaymentRunTable, PaymentTable
from billing.views.access import CONTROLLER, MONEY, READERS, own_columns
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl


class PaymentRunList(ListPage):
    """Payment runs, newest first."""

    model = PaymentRun
    table_class = PaymentRunTable
    filterset_class = PaymentRunFilter
    roles = MONEY
    title = gettext_lazy("Payment runs")
    lead = gettext_lazy("One person prepares a run, another releases it.")
    empty_title = gettext_lazy("No payment runs yet")
    empty_text = gettext_lazy("Close a month first; then its statements can be paid.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the stored file."""
        return rows.defer("file")

    def primary(self) -> Action | None:
        """A controller prepares a run."""
        scope = self.request.scope
        if allowed(policies.check_can_prepare, scope, scope.main_contractor_id):
            return Action(_("Prepare a payment run"), reverse("payment_run_prepare"))
        return None


class PaymentRunDetail(DetailPage):
    """One run with its statements."""

    model = PaymentRun
    related = ("prepared_by", "released_by")
    roles = MONEY
    template_name = "billing/payment_run_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Without the stored file."""
        return super().get_queryset().defer("file")

    def get_title(self) -> str:
        """Its number."""
        return _("Payment run %(number)s") % {"number": self.object.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, statements, and what may be done now."""
        scope, run = self.request.scope, self.object
        items = run.items.select_related("statement__provider_organisation").defer(
            "statement__pdf", "statement__document"
        )
        heard = _heard(scope, run)
        return super().get_context_data(
            facts=_facts(run),
            tone=RUN_TONES[PaymentRun.Status(run.status)],
            headers=[
                *(_("Statement"), _("Subcontractor"), _("What the bank says")),
                *(_("Account"), _("Amount")),
            ],
            rows=[
                [
                    one.statement,
                    one.statement.provider_organisation.name,
                    heard.get(one.statement_id, "–"),
                    mask_iban(one.iban),
                    format_euro(one.amount),
                ]
                for one in items
            ],
            foot=[_("Total"), "", "", "", format_euro(run.total)],
            check_headers=[_("Subcontractor"), _("What is unusual"), _("Figures"), _("Seen by")],
            checks=[_check(one) for one in run_checks.of_run(scope, run)],
            may_release=allowed(policies.check_can_release, scope, run),
            may_cancel=allowed(policies.check_can_cancel, scope, run),
            is_preparer=run.prepared_by_id == scope.user_id,
            may_download=scope.role == Role.CONTROLLER and bool(run.file_digest),
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Payment runs"), reverse("payment_run_list"))]


def _heard(scope: Scope, run: PaymentRun) -> dict[int, str]:
    """What the bank said last of each payment of a run, by statement."""
    payments = with_heard(Payment.objects.visible_to(scope).filter(run=run), scope)
    return {
        one.statement_id: f"{label}: {reason(one.failure_code)}" if one.failed_at else str(label)
        for one in payments
        if (label := _label(one))
    }


def _label(one: Any) -> str:
    return str(BankEntry.Outcome(one.heard).label) if one.heard else ""


def _check(one: PaymentRunCheck) -> list[str]:
    """Whose payment, what is unusual, the figures, and who saw it when."""
    seen = f"{one.seen_by.name}, {moment_nl(one.seen_at)}" if one.seen_by else "–"
    name = one.statement.provider_organisation.name
    return [name, str(one.get_kind_display()), one.why.sentence(), seen]


def _above(run: PaymentRun) -> list[tuple[str, str]]:
    """The pages above what is done with a run."""
    return [(_("Payment runs"), reverse("payment_run_list")), (run.number, run.get_absolute_url())]


def _facts(run: PaymentRun) -> list[tuple[str, Any]]:
    facts = [
        (_("Total"), format_euro(run.total)),
        (_("Paid on"), date_nl(run.execution_date)),
        (_("Prepared"), f"{run.prepared_by.name}, {moment_nl(run.prepared_at)}"),
    ]
    if run.released_by:
        facts.append((_("Released"), f"{run.released_by.name}, {moment_nl(run.released_at)}"))
    if run.file_digest:
        facts.append((_("File begins (SHA-256)"), run.file_digest[:16]))
    return facts


@roles(*CONTROLLER)
@require_http_methods(["GET", "POST"])
def payment_run_prepare(request: ScopedRequest) -> HttpResponse:
    """What a run would pay, and what it would leave; then make it."""
    scope = request.scope
    if request.method == "POST":
        run = None
        with shown_refusals(request):
            run = services.prepare_run(scope=scope, main_contractor_id=scope.main_contractor_id)
            messages.success(request, _("Prepared. Somebody else can release it now."))
        return redirect(run) if run else redirect("payment_run_list")
    found = services.due(scope=scope, main_contractor_id=scope.main_contractor_id)
    total = sum((one.payable for one in found.payable), ZERO)
    count = len(found.payable)
    told = ngettext("%(count)s statement", "%(count)s statements", count) % {"count": count}
    consequences = [
        _("%(statements)s, together %(total)s, go into one run.")
        % {"statements": told, "total": format_euro(total)},
        _("Nothing is paid yet: another controller releases the run."),
        *(
            _("Left out: %(name)s, %(amount)s. %(reason)s")
            % {
                "name": one.statement.subcontractor,
                "amount": format_euro(one.statement.payable),
                "reason": one.reason,
            }
            for one in found.left
        ),
    ]
    context = {
        "title": _("Prepare a payment run?"),
        "breadcrumbs": [(_("Payment runs"), reverse("payment_run_list"))],
        "consequences": consequences if count else consequences[2:],
        "nothing": "" if count else _("No statement waits to be paid"),
        "submit_label": _("Prepare the payment run"),
        "cancel_url": reverse("payment_run_list"),
    }
    return render(request, "generic/confirm.html", context)


def _refusal(request: ScopedRequest, run: PaymentRun) -> HttpResponse | None:
    """Before anything is asked of who may not: a 403, or why it cannot be released any more."""
    with shown_refusals(request):
        policies.check_can_release(request.scope, run)
    is_open = run.status == PaymentRun.Status.PREPARED
    return None if is_open else redirect(run)


@roles(*CONTROLLER)
@require_http_methods(["GET", "POST"])
def payment_run_release(request: ScopedRequest, pk: int) -> HttpResponse:
    """Release a run that somebody else prepared."""
    run = get_object_or_404(PaymentRun.objects.visible_to(request.scope), pk=pk)
    usual = services.usual_version(request.scope, run.main_contractor_id)
    checks = run_checks.of_run(request.scope, run)
    form = ReleaseForm(request.POST or None, initial={"version": usual}, checks=checks)
    if request.method == "POST" and (refusal := _refusal(request, run)):
        return refusal
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            version = PaymentRun.Version(form.cleaned_data["version"])
            services.release_run(scope=request.scope, run=run, seen=form.seen, version=version)
            messages.success(request, _("Released. Download the file and give it to the bank."))
        return redirect(run)
    context = {
        "title": _("Release payment run %(number)s?") % {"number": run.number},
        "breadcrumbs": _above(run),
        "consequences": [
            _("%(total)s is paid to %(count)s subcontractors.")
            % {"total": format_euro(run.total), "count": run.items.count()},
            _("This cannot be undone: a payment that was wrong is set off later."),
        ],
        "form": form,
        "submit_label": _("Release the payments"),
        "cancel_url": run.get_absolute_url(),
        "danger": True,
    }
    return render(request, "generic/confirm.html", context)


@roles(*CONTROLLER)
@require_http_methods(["GET", "POST"])
def payment_run_cancel(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel a run that was not released."""
    run = get_object_or_404(PaymentRun.objects.visible_to(request.scope), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.cancel(scope=request.scope, run=run)
            messages.success(request, _("Cancelled. The statements can go into another run."))
        return redirect(run)
    context = {
        "title": _("Cancel payment run %(number)s?") % {"number": run.number},
        "breadcrumbs": _above(run),
        "consequences": [_("Its statements can go into another run.")],
        "submit_label": _("Cancel the payment run"),
        "cancel_url": run.get_absolute_url(),
        "danger": True,
    }
    return render(request, "generic/confirm.html", context)


@roles(*CONTROLLER)
@require_GET
def payment_run_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The SEPA file as it was made at the release; who took it is recorded."""
    run = get_object_or_404(PaymentRun.objects.visible_to(request.scope), pk=pk)
    if run.file is None:
        raise Http404
    audit.record(request.scope, "payment_run.file_taken", run)
    return attachment(bytes(run.file), f"{run.number}.xml", "application/xml")


class PaymentList(ListPage):
    """Payments, newest first."""

    model = Payment
    table_class = PaymentTable
    filterset_class = PaymentFilter
    related = ("provider_organisation", "statement")
    roles = READERS
    title = gettext_lazy("Payments")
    lead = gettext_lazy("What was paid, and for which statement.")
    empty_title = gettext_lazy("No payments yet")
    empty_text = gettext_lazy("A statement is paid about two weeks after it was issued.")

    def get_table_kwargs(self) -> dict[str, Any]:
        """What the bank said of a payment is for staff; who was paid sees whether it came back."""
        return own_columns(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what the bank said last, without the PDF of the statements."""
        return with_heard(rows, self.request.scope).defer("statement__pdf", "statement__document")
