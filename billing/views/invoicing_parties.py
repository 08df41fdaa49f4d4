"""Parties that invoice without a subcontract, and the indications on which they work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.invoice_forms import EndIndicationForm, IndicationForm, InvoicingPartyForm
from billing.invoice_tables import (
    IndicationFilter,
    IndicationTable,
    InvoiceTable,
    InvoicingPartyFilter,
    InvoicingPartyTable,
)
from billing.models import Indication, InvoicingParty, ReceivedInvoice
from billing.models.received import INDICATIONS
from billing.selectors.received import to_state, used_of, with_progress
from billing.services import indications, invoices, invoicing_parties
from billing.views.access import CONTROLLER, MONEY
from billing.views.received import FORM_METHODS, party_of
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.numbers import format_iban
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import CARE, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, moment_nl, volume

#: Invoices on the page of a party; the list has all of them.
SHOWN = 10


class InvoicingPartyList(ListPage):
    """Parties that invoice."""

    model = InvoicingParty
    table_class = InvoicingPartyTable
    filterset_class = InvoicingPartyFilter
    related = ("subcontractor__provider_organisation",)
    roles = INDICATIONS
    title = gettext_lazy("Invoicing parties")
    lead = gettext_lazy("They deliver care on a decision and not under a subcontract.")
    empty_title = gettext_lazy("No party invoices yet")
    empty_text = gettext_lazy(
        "A contract manager takes up certified institutions, secure and national youth care."
    )
    export_name = "facturerende-instellingen"

    def primary(self) -> Action | None:
        """A contract manager takes one up."""
        if self.request.scope.role == Role.CONTRACT_MANAGER:
            return Action(_("Take up a party"), reverse("invoicing_party_new"))
        return None


class InvoicingPartyDetail(DetailPage):
    """A party with its terms, its account and its newest invoices."""

    model = InvoicingParty
    related = ("subcontractor__provider_organisation", "recorded_by")
    roles = INDICATIONS
    template_name = "billing/invoicing_party.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Invoicing parties"), reverse("invoicing_party_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, what may be stated, and invoices for who reads money."""
        scope, row = self.request.scope, self.object
        reads_money = scope.role in MONEY
        open_amount = to_state(scope, row.subcontractor_id) if reads_money else None
        is_controller = scope.role in CONTROLLER
        return super().get_context_data(
            facts=_party_facts(row, reads_money=reads_money, open_amount=open_amount),
            table=_newest(self.request, row) if reads_money else None,
            invoices_url=f"{reverse('invoice_list')}?subcontractor={row.subcontractor_id}",
            indications_url=f"{reverse('indication_list')}?subcontractor={row.subcontractor_id}",
            account_url=f"{reverse('account_change_ask')}?subcontractor={row.subcontractor_id}"
            if is_controller
            else "",
            no_account=not row.subcontractor.iban,
            may_state=is_controller and bool(open_amount),
            enter_url=f"{reverse('invoice_upload')}?party={row.pk}" if is_controller else "",
            indicate_url=f"{reverse('indication_new')}?party={row.pk}"
            if scope.role in CARE
            else "",
            **kwargs,
        )


def _party_facts(
    row: InvoicingParty, *, reads_money: bool, open_amount: Any
) -> list[tuple[str, Any]]:
    party, organisation = row.subcontractor, row.subcontractor.provider_organisation
    facts = [
        (_("Kind"), row.get_kind_display()),
        (_("Trade register number"), organisation.kvk),
        (_("AGB code"), organisation.agb or "–"),
        (_("Days to pay after receipt"), row.payment_days),
        (_("Months within which care is invoiced"), row.oldest_months),
    ]
    if reads_money:
        facts.append((_("Account"), format_iban(party.iban) if party.iban else _("not known yet")))
        facts.append((_("Accepted, on no statement yet"), format_euro(open_amount)))
    return facts


def _newest(request: ScopedRequest, row: InvoicingParty) -> InvoiceTable:
    rows = ReceivedInvoice.objects.visible_to(request.scope).light()
    own = rows.filter(subcontractor=row.subcontractor_id)
    newest = with_progress(own).select_related("subcontractor__provider_organisation")
    return InvoiceTable(
        newest.order_by("-entered_at", "-pk")[:SHOWN],
        request=request,
        caption=_("Newest invoices"),
        exclude=("party",),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def invoicing_party_new(request: ScopedRequest) -> HttpResponse:
    """Let an organisation invoice."""
    form = InvoicingPartyForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = invoicing_parties.take_on(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                details=form.details,
                terms=form.terms,
            )
            messages.success(request, _("%(name)s is taken up.") % {"name": made})
            return redirect(made)
    return form_page(
        request,
        title=_("Take up an invoicing party"),
        form=form,
        submit_label=_("Take up the party"),
        above=[(_("Invoicing parties"), reverse("invoicing_party_list"))],
        next_text=_("Then two controllers record its account, which cools for a week."),
    )


@roles(*CONTROLLER)
@require_POST
def invoicing_party_state(request: ScopedRequest, pk: int) -> HttpResponse:
    """Issue a statement of what was accepted."""
    row = party_of(request.scope, pk)
    made = None
    with shown_refusals(request):
        made = invoices.state(scope=request.scope, party=row)
        messages.success(request, _("Stated. The next payment run takes it up."))
    return redirect(made or row)


class IndicationList(ListPage):
    """Indications, newest first."""

    model = Indication
    table_class = IndicationTable
    filterset_class = IndicationFilter
    related = ("subcontractor__provider_organisation", "client", "product")
    roles = INDICATIONS
    title = gettext_lazy("Indications")
    lead = gettext_lazy(
        "What a party without a subcontract may deliver, and at what price at most."
    )
    empty_title = gettext_lazy("No indications yet")
    empty_text = gettext_lazy(
        "Record one for each client in care with an invoicing party: its invoices are held"
        " against it."
    )
    export_name = "indicaties"

    def primary(self) -> Action | None:
        """Who looks after care records one."""
        if self.request.scope.role in CARE:
            return Action(_("Record an indication"), reverse("indication_new"))
        return None

    def log_view(self, rows: Any) -> None:
        audit.looked_at(self.request.scope, [one.client_id for one in rows], "indication")

    def log_export(self, rows: QuerySet[Any], kind: str) -> None:
        clients = rows.order_by().values_list("client", flat=True).distinct()
        audit.looked_at(self.request.scope, list(clients), "indication")


class IndicationDetail(DetailPage):
    """One indication, and for who reads money what is gone of it."""

    model = Indication
    related = (
        *("subcontractor__provider_organisation", "client", "product", "allocation"),
        "recorded_by",
    )
    roles = INDICATIONS
    purpose = "indication"
    template_name = "billing/indication.html"

    def get_title(self) -> str:
        return _("Indication %(reference)s") % {"reference": self.object.reference}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Indications"), reverse("indication_list"))]

    def log_view(self, row: Any) -> None:
        audit.looked_at(self.request.scope, [row.client_id], self.purpose)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, row = self.request.scope, self.object
        ended = row.end_date is not None and row.end_date < scope.today
        return super().get_context_data(
            facts=_indication_facts(scope, row),
            badge=_("ended") if ended else _("runs"),
            tone="neutral" if ended else "positive",
            may_end=allowed(policies.check_can_record_indication, scope, row.main_contractor_id),
            **kwargs,
        )


def _indication_facts(scope: Scope, row: Indication) -> list[tuple[str, Any]]:
    most = "–"
    if row.volume is not None:
        most = f"{volume(row.volume)} {row.get_per_display()}"
    facts = [
        (_("Party"), row.subcontractor),
        (_("Client"), row.client),
        (_("Product"), row.product),
        (_("Decided by"), row.get_kind_display()),
        (_("Period"), days_of(row.start_date, row.end_date)),
        (_("Volume at most"), most),
        (_("Price at most"), format_euro(row.price) if row.price is not None else "–"),
        (_("Amount at most"), format_euro(row.budget) if row.budget is not None else "–"),
        (_("Allocation"), row.allocation or _("none: it is not declared to the municipality")),
        (
            _("Recorded"),
            f"{row.recorded_by.name if row.recorded_by else '–'}, {moment_nl(row.recorded_at)}",
        ),
    ]
    if scope.role in MONEY:
        used = used_of(scope, row.pk)
        text = _("%(quantity)s, together %(amount)s")
        values = {"quantity": volume(used.quantity), "amount": format_euro(used.amount)}
        facts.append((_("Accepted so far"), text % values))
    return facts


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def indication_new(request: ScopedRequest) -> HttpResponse:
    """Record what a party may deliver."""
    scope = request.scope
    names = ("party", "client", "product", "reference")
    initial = {name: request.GET[name] for name in names if name in request.GET}
    form = IndicationForm(request.POST or None, scope=scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = indications.record(
                scope=scope, party=form.cleaned_data["party"], facts=form.facts
            )
            messages.success(request, _("Recorded. Invoices that waited for it went on."))
            return redirect(made)
    return form_page(
        request,
        title=_("Record an indication"),
        form=form,
        submit_label=_("Record indication"),
        above=[(_("Indications"), reverse("indication_list"))],
        next_text=_("It does not change afterwards, but it may end earlier."),
    )


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def indication_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let one end earlier."""
    row = get_object_or_404(Indication.objects.visible_to(request.scope), pk=pk)
    form = EndIndicationForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            indications.end(scope=request.scope, indication=row, **form.values)
            messages.success(
                request,
                _("It ends on %(day)s.") % {"day": date_nl(form.cleaned_data["last_day"])},
            )
            return redirect(row)
    return form_page(
        request,
        title=_("End indication %(reference)s earlier") % {"reference": row},
        form=form,
        submit_label=_("End indication"),
        above=[
            (_("Indications"), reverse("indication_list")),
            (row.reference, row.get_absolute_url()),
        ],
        next_text=_("Care after this day is not paid. What was accepted stays."),
    )
