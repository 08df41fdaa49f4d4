"""Invoices of parties without a subcontract: the list, one of them, taking them in, deciding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import invoice_files, policies, ubl_files
from billing.invoice_forms import GroundForm, InvoiceForm, UploadTableForm, UploadUblForm
from billing.invoice_tables import LINE_TONES, TONES, InvoiceFilter, InvoiceTable
from billing.invoice_words import sentence
from billing.models import InvoiceFinding, InvoiceLine, InvoicingParty, ReceivedInvoice
from billing.selectors.received import payments_of, with_progress
from billing.services import invoice_letters, invoices
from billing.services.invoices import InvoiceHead, Original
from billing.services.judging_invoices import blocks
from billing.views.access import CONTROLLER, MONEY
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import PlainForm
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
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, moment_nl, volume

FORM_METHODS = ["GET", "HEAD", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State, Status, Source = InvoiceLine.State, ReceivedInvoice.Status, ReceivedInvoice.Source


class InvoiceList(ListPage):
    """Invoices, newest first."""

    model = ReceivedInvoice
    table_class = InvoiceTable
    filterset_class = InvoiceFilter
    related = ("subcontractor__provider_organisation",)
    roles = MONEY
    title = gettext_lazy("Invoices")
    lead = gettext_lazy(
        "Of parties without a subcontract. Each line is held against an indication; what is right"
        " is paid."
    )
    empty_title = gettext_lazy("No invoices yet")
    empty_text = gettext_lazy(
        "Take up the party that invoices, record an indication, and hand in its invoice."
    )
    export_name = "facturen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_progress(rows.light())  # type: ignore[attr-defined]

    def primary(self) -> Action | None:
        """A controller hands one in."""
        if self.request.scope.role in CONTROLLER:
            return Action(_("Hand in an invoice"), reverse("invoice_upload"))
        return None


class InvoiceDetail(DetailPage):
    """One invoice: its lines with what is wrong, and what this reader may do."""

    model = ReceivedInvoice
    related = ("subcontractor__provider_organisation", "entered_by")
    roles = MONEY
    template_name = "billing/invoice_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        return with_progress(super().get_queryset().light())  # type: ignore[attr-defined]

    def get_title(self) -> str:
        return _("Invoice %(number)s of %(name)s") % {
            "number": self.object.number,
            "name": self.object.subcontractor,
        }

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Invoices"), reverse("invoice_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, findings of the whole, lines."""
        scope, row = self.request.scope, self.object
        lines = _lines(row)
        audit.looked_at(scope, _clients_of(lines), "invoice")
        is_controller = allowed(policies.check_can_enter_invoice, scope, row.main_contractor_id)
        waits = row.status == Status.WAITING
        whole = row.findings.filter(invoice_line=None).select_related("settled_by")
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(scope, row),
            whole=[_of_whole(one, may_settle=is_controller) for one in whole],
            lines=[_shown(scope, one, may_decide=is_controller) for one in lines],
            may_judge=is_controller and waits,
            may_take_file=is_controller and bool(row.file_name),
            may_write=is_controller
            and any(one.state in (State.REFUSED, State.WAITING) for one in lines),
            is_own=waits and row.entered_by_id == scope.user_id,
            **kwargs,
        )


def _clients_of(lines: Iterable[InvoiceLine]) -> list[int]:
    """Whom the lines are about: as the invoice names them, or as the indication does."""
    found = {one.client_id or (one.indication and one.indication.client_id) for one in lines}
    return sorted(pk for pk in found if pk)


def _lines(row: ReceivedInvoice) -> list[InvoiceLine]:
    rows = row.lines.select_related(
        *("indication__client", "indication__product", "client", "decided_by"),
        *("credits__invoice", "invoice"),
    )
    light = rows.defer("credits__invoice__content", "invoice__content")
    return list(light.prefetch_related("findings"))


def _facts(scope: Scope, row: Any) -> list[tuple[str, Any]]:
    left = row.days_left(scope.today)
    days = ngettext("%(count)s day left", "%(count)s days left", abs(left))
    if left < 0:
        days = ngettext("%(count)s day late", "%(count)s days late", abs(left))
    due = date_nl(row.due_date)
    if row.is_unpaid or row.waits:
        due = f"{due}, {days % {'count': abs(left)}}"
    facts = [
        (_("Party"), row.subcontractor),
        (_("Kind"), row.get_kind_display()),
        (_("Invoice date"), date_nl(row.invoice_date)),
        (_("Received"), date_nl(row.received_date)),
        (_("Pay before"), due),
        (_("Total"), format_euro(row.total)),
        (_("Accepted"), format_euro(row.accepted)),
        (_("Account on the invoice"), format_iban(row.iban) if row.iban else "–"),
        (_("Entered"), _by(row.entered_by, row.entered_at)),
    ]
    for one in payments_of(scope, row):
        if one.paid_on:
            words = {"number": one.number, "day": date_nl(one.paid_on)}
            facts.append((_("Statement"), _("%(number)s, paid on %(day)s") % words))
        else:
            facts.append((_("Statement"), _("%(number)s, not paid yet") % {"number": one.number}))
    return facts


def _by(user: Any, moment: Any) -> str:
    return f"{user.name}, {moment_nl(moment)}" if user else moment_nl(moment)


def _of_whole(one: InvoiceFinding, *, may_settle: bool) -> dict[str, Any]:
    text = f"{sentence(one.rule, one.facts)} ({one.rule})"
    if one.settled_at:
        note = _("Set aside by %(name)s: %(ground)s") % {
            "name": one.settled_by.name if one.settled_by else "–",
            "ground": one.ground,
        }
        return {"text": f"{text} {note}", "tone": "information", "url": ""}
    url = reverse("invoice_finding_settle", args=[one.pk]) if may_settle else ""
    return {"text": text, "tone": "warning", "url": url}


def _shown(scope: Scope, one: InvoiceLine, *, may_decide: bool) -> dict[str, Any]:
    """A line as the page shows it."""
    about, indication = one.client, one.indication
    if indication is not None:
        about = indication.client
    may_refuse = may_decide and one.state == State.WAITING
    rules = [found.rule for found in one.findings.all()]
    may_accept = (
        may_refuse
        and not blocks(rules)
        and allowed(policies.check_can_decide_invoice, scope, one.invoice)
    )
    return {
        "line": one.line,
        "indication": indication,
        "reference": str(one.credits) if one.credits else one.given_reference or one.given_credit,
        "client": str(about) if about else one.given_client or "–",
        "product": str(indication.product) if indication else one.given_product,
        "period": days_of(one.start_date, one.end_date),
        "computed": f"{volume(one.quantity)} × {_price(one)}",
        "amount": format_euro(one.payable),
        "vat": format_euro(one.vat) if one.vat else "",
        "state": one.get_state_display(),
        "tone": LINE_TONES[State(one.state)],
        "findings": [
            f"{sentence(found.rule, found.facts)} ({found.rule})" for found in one.findings.all()
        ],
        "credited": _credited(one),
        "decided": f"{_by(one.decided_by, one.decided_at)}. {one.ground}" if one.ground else "",
        "accept_url": reverse("invoice_line_accept", args=[one.pk]) if may_accept else "",
        "refuse_url": reverse("invoice_line_refuse", args=[one.pk]) if may_refuse else "",
    }


def _credited(one: InvoiceLine) -> str:
    """What credits took back of it, so that one sees what is left."""
    if not one.credited_amount:
        return ""
    amount = format_euro(one.credited_amount)
    if one.is_credited:
        return _("Credited in full: %(amount)s.") % {"amount": amount}
    words = {"amount": amount, "left": format_euro(one.left)}
    return _("Credited in part: %(amount)s. %(left)s is left.") % words


def _price(one: InvoiceLine) -> str:
    whole, _point, decimals = f"{one.price:f}".partition(".")
    return f"€ {whole},{decimals.rstrip('0').ljust(2, '0')}"


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_new(request: ScopedRequest) -> HttpResponse:
    """Type an invoice in."""
    scope = request.scope
    if {"add", "remove"} & request.POST.keys():
        form = InvoiceForm.retyped(request.POST.dict(), scope=scope)
    else:
        initial = {"received_date": scope.today, "party": request.GET.get("party", "")}
        form = InvoiceForm(request.POST or None, scope=scope, initial=initial)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            party = form.cleaned_data["party"]
            made = invoices.enter(scope=scope, party=party, head=form.head, lines=form.lines)
            _tell(request, made)
            return redirect(made)
    return _asked(request, _("Type an invoice in"), form, "billing/invoice_form.html")


def _asked(request: ScopedRequest, title: str, form: PlainForm, template: str) -> HttpResponse:
    """A form from which an invoice comes, with the way back to the list."""
    above = reverse("invoice_list")
    context = {
        "title": title,
        "form": form,
        "submit_label": _("Judge the invoice"),
        "cancel_url": above,
        "next_text": _("Right lines are payable at once. The others wait, with all that is wrong."),
        "breadcrumbs": [(_("Invoices"), above)],
    }
    return render(request, template, context)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_upload(request: ScopedRequest) -> HttpResponse:
    """Hand in an e-invoice."""
    scope = request.scope
    initial = {"received_date": scope.today, "party": request.GET.get("party", "")}
    form = UploadUblForm(request.POST or None, request.FILES or None, scope=scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = _taken(scope, form)
            _tell(request, made)
            return redirect(made)
    return _asked(request, _("Hand in an e-invoice"), form, "billing/invoice_upload.html")


def _taken(scope: Scope, form: UploadUblForm) -> ReceivedInvoice:
    """Raises RuleError INV-22 where the file names another supplier than was chosen."""
    upload, party = form.cleaned_data["file"], form.cleaned_data["party"]
    content = upload.read()
    found = ubl_files.read(content)
    if found.kvk and found.kvk != party.subcontractor.provider_organisation.kvk[:8]:
        raise RuleError(
            "INV-22", _("This invoice is not of the party that you chose. Choose its sender.")
        )
    head = InvoiceHead(
        number=found.number,
        kind=found.kind,
        invoice_date=found.invoice_date,
        received_date=form.cleaned_data["received_date"],
        total=found.total,
        iban=found.iban,
    )
    original = Original(source=Source.UBL, name=upload.name, content=content)
    return invoices.enter(scope=scope, party=party, head=head, lines=found.lines, original=original)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_table(request: ScopedRequest) -> HttpResponse:
    """Hand in the lines of an invoice as a table."""
    scope = request.scope
    initial = {"received_date": scope.today, "party": request.GET.get("party", "")}
    form = UploadTableForm(
        request.POST or None, request.FILES or None, scope=scope, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with shown_refusals(request):
            content = upload.read()
            made = invoices.enter(
                scope=scope,
                party=form.cleaned_data["party"],
                head=form.head,
                lines=invoice_files.read(content),
                original=Original(source=Source.FILE, name=upload.name, content=content),
            )
            _tell(request, made)
            return redirect(made)
    return _asked(request, _("Hand in the lines as a table"), form, "billing/invoice_upload.html")


def _tell(request: ScopedRequest, made: ReceivedInvoice) -> None:
    count = made.lines.filter(state=State.WAITING).count()
    if not count:
        messages.success(request, _("All lines are right. They stand on the next statement."))
        return
    text = ngettext("%(count)s line waits.", "%(count)s lines wait.", count)
    messages.warning(request, text % {"count": count})


@roles(*CONTROLLER)
@require_GET
def invoice_template(request: ScopedRequest) -> HttpResponse:
    """The workbook to give to a party, or to fill in."""
    return attachment(invoice_files.template(), "factuurregels.xlsx", XLSX)


@roles(*CONTROLLER)
@require_POST
def invoice_judge(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hold what waits against what is known now."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        _tell(request, invoices.judge_again(scope=request.scope, invoice=row))
    return redirect(row)


@roles(*CONTROLLER)
@require_GET
def invoice_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The invoice as it was received; who took it is recorded."""
    row = get_object_or_404(ReceivedInvoice.objects.visible_to(request.scope), pk=pk)
    if not row.file_name:
        raise Http404
    audit.record(request.scope, "invoice.file_taken", row)
    lines = row.lines.select_related("indication")
    audit.looked_at(request.scope, _clients_of(lines), "invoice")
    content = invoices.original_of(row)
    ending = "xlsx" if content.startswith(b"PK") else "csv"
    ending = "xml" if row.source == Source.UBL else ending
    return attachment(content, f"factuur-{row.pk}.{ending}", "application/octet-stream")


@roles(*CONTROLLER)
@require_GET
def invoice_letter(request: ScopedRequest, pk: int) -> HttpResponse:
    """The letter about what is not paid."""
    row, made = _found(request.scope, pk), b""
    with shown_refusals(request):
        made = invoice_letters.letter(scope=request.scope, invoice=row)
    return attachment(made, f"brief-factuur-{row.pk}.pdf") if made else redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_refuse(request: ScopedRequest, pk: int) -> HttpResponse:
    """Refuse all that waits of an invoice."""
    row = _found(request.scope, pk)

    def refuse(ground: str) -> ReceivedInvoice:
        return invoices.refuse_rest(scope=request.scope, invoice=row, ground=ground)

    return _decide(
        request,
        row,
        refuse,
        title=_("Refuse what waits of invoice %(number)s") % {"number": row},
        label=_("Refuse the lines"),
        done=_("Refused. The letter says why."),
        next_text=_("These lines are never paid. Your reason stands in the letter to the party."),
    )


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_line_accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a line be paid in spite of what is wrong."""
    line = _found_line(request.scope, pk)

    def accept(ground: str) -> InvoiceLine:
        return invoices.accept_line(scope=request.scope, line=line, ground=ground)

    found = [sentence(one.rule, one.facts) for one in line.findings.all()]
    return _decide(
        request,
        line.invoice,
        accept,
        title=_("Accept line %(line)s, %(amount)s") % _of(line),
        label=_("Accept the line"),
        done=_("Accepted. It stands on the next statement."),
        next_text=" ".join([*found, _("Accepted, it is paid all the same. Your reason stays.")]),
    )


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_line_refuse(request: ScopedRequest, pk: int) -> HttpResponse:
    """Never pay a line."""
    line = _found_line(request.scope, pk)

    def refuse(ground: str) -> InvoiceLine:
        return invoices.refuse_line(scope=request.scope, line=line, ground=ground)

    return _decide(
        request,
        line.invoice,
        refuse,
        title=_("Refuse line %(line)s, %(amount)s") % _of(line),
        label=_("Refuse the line"),
        done=_("Refused. The letter says why."),
        next_text=_("This line is never paid. Your reason stands in the letter to the party."),
    )


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def invoice_finding_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set aside what is wrong with an invoice as a whole."""
    rows = InvoiceFinding.objects.visible_to(request.scope).filter(invoice_line=None)
    finding = get_object_or_404(rows.select_related("invoice").defer("invoice__content"), pk=pk)

    def settle(ground: str) -> ReceivedInvoice:
        return invoices.settle_finding(scope=request.scope, finding=finding, ground=ground)

    return _decide(
        request,
        finding.invoice,
        settle,
        title=_("Set this aside?"),
        label=_("Set aside"),
        done=_("Set aside. Right lines went on."),
        next_text=f"{sentence(finding.rule, finding.facts)} "
        + _("What is paid goes to the account that is known here, whatever the invoice names."),
    )


def _of(line: InvoiceLine) -> dict[str, str]:
    return {"line": str(line), "amount": format_euro(line.payable)}


def _decide(
    request: ScopedRequest,
    row: ReceivedInvoice,
    decide: Callable[[str], object],
    *,
    title: str,
    label: str,
    done: str,
    next_text: str,
) -> HttpResponse:
    """Ask for the ground, and do it."""
    form = GroundForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            decide(form.cleaned_data["ground"])
            messages.success(request, done)
        return redirect(row)
    above = [(_("Invoices"), reverse("invoice_list")), (row.number, row.get_absolute_url())]
    return form_page(
        request, title=title, form=form, submit_label=label, above=above, next_text=next_text
    )


def _found(scope: Scope, pk: int) -> ReceivedInvoice:
    rows = ReceivedInvoice.objects.visible_to(scope).light()
    related = ("subcontractor__provider_organisation", "main_contractor__organisation")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _found_line(scope: Scope, pk: int) -> InvoiceLine:
    rows = InvoiceLine.objects.visible_to(scope).select_related("invoice")
    return get_object_or_404(rows.defer("invoice__content"), pk=pk)


def party_of(scope: Scope, pk: int) -> InvoicingParty:
    """A party, or 404."""
    rows = InvoicingParty.objects.visible_to(scope)
    return get_object_or_404(rows.select_related("subcontractor__provider_organisation"), pk=pk)
