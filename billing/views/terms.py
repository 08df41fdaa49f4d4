"""Payment terms, what was paid after them, and the interest over that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing import policies
from billing.models import Payment, PaymentTerm
from billing.selectors.late_payments import late_payments, rates
from billing.services import interest, payment_terms
from billing.term_tables import (
    LatePaymentFilter,
    LatePaymentTable,
    PaymentTermFilter,
    PaymentTermForm,
    PaymentTermTable,
)
from billing.views.access import CONTROLLER, MONEY, READERS, own_columns
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.templatetags.core_format import date_nl

FORM_METHODS = ["GET", "HEAD", "POST"]


class PaymentTermList(ListPage):
    """Terms that were agreed, newest first."""

    model = PaymentTerm
    table_class = PaymentTermTable
    filterset_class = PaymentTermFilter
    related = ("provider_organisation", "subcontract")
    roles = READERS
    title = gettext_lazy("Payment terms")
    lead = gettext_lazy(
        "Days within which a statement is paid. Where nothing was agreed they are 30, which the law"
        " gives at the most towards a small supplier."
    )
    empty_title = gettext_lazy("No terms were agreed")
    empty_text = gettext_lazy("Then statements are paid within 30 days.")
    export_name = "betaaltermijnen"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    def primary(self) -> Action | None:
        """A contract manager or controller records what was agreed."""
        scope = self.request.scope
        if allowed(policies.check_can_agree_on_term, scope, scope.main_contractor_id):
            return Action(_("Record a payment term"), reverse("payment_term_new"))
        return None


@roles(*sorted(MONEY))
@require_http_methods(FORM_METHODS)
def payment_term_new(request: ScopedRequest) -> HttpResponse:
    """Record within how many days is paid under a contract."""
    form = PaymentTermForm(
        request.POST or None, scope=request.scope, initial={"start_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            payment_terms.record(
                scope=request.scope,
                subcontract=form.cleaned_data["subcontract"],
                agreed=form.agreed,
            )
            messages.success(request, _("Recorded. It holds for statements from that day on."))
            return redirect("payment_term_list")
    return form_page(
        request,
        title=_("Record a payment term"),
        form=form,
        submit_label=_("Record it"),
        above=[(_("Payment terms"), reverse("payment_term_list"))],
        next_text=_("Of several contracts of one subcontractor the shortest term holds."),
    )


class LatePaymentList(ListPage):
    """Payments after their term, newest first."""

    model = Payment
    table_class = LatePaymentTable
    filterset_class = LatePaymentFilter
    roles = CONTROLLER
    title = gettext_lazy("Paid late")
    lead = gettext_lazy(
        "What was paid after its term bears statutory interest. You propose it, another controller"
        " accepts it, and the next statement posts it."
    )
    empty_title = gettext_lazy("Nothing was paid late")
    empty_text = gettext_lazy("Every payment was made within its term.")
    export_name = "te-laat-betaald"

    def narrowed(self, rows: Any) -> QuerySet[Any]:
        """Only those, with the interest that was proposed; without the PDF of the statements."""
        found = late_payments(rows, self.request.scope)
        return found.defer("statement__pdf", "statement__document")

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"rates": rates()}


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def payment_interest(request: ScopedRequest, pk: int) -> HttpResponse:
    """Propose the interest over a payment that was late."""
    rows = Payment.objects.visible_to(request.scope).select_related(
        "statement", "provider_organisation"
    )
    payment = get_object_or_404(rows.defer("statement__pdf", "statement__document"), pk=pk)
    if request.method == "POST":
        made = None
        with shown_refusals(request):
            made = interest.propose(scope=request.scope, payment=payment)
            messages.success(request, _("Proposed. Another controller decides about it."))
        return redirect(made) if made else redirect("late_payment_list")
    context = {
        "title": _("Propose interest over statement %(number)s?")
        % {"number": payment.statement.number},
        "breadcrumbs": [(_("Paid late"), reverse("late_payment_list"))],
        "consequences": [
            _("%(name)s was paid %(amount)s on %(day)s.")
            % {
                "name": payment.provider_organisation.name,
                "amount": format_euro(payment.amount),
                "day": date_nl(payment.execution_date),
            },
            _("The statutory interest since the last day of the term is computed now, and stays."),
            _("Another controller accepts it; the next statement posts it."),
        ],
        "submit_label": _("Propose the interest"),
        "cancel_url": reverse("late_payment_list"),
    }
    return render(request, "generic/confirm.html", context)
