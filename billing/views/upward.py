"""Declarations to municipalities: the list, and one with its lines and what to do with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.filters import UpwardDeclarationFilter
from billing.models import UpwardDeclaration, UpwardLine
from billing.services import upward_answers
from billing.tables import UpwardDeclarationTable
from billing.tones import UPWARD_LINE_TONES, UPWARD_TONES
from billing.views.access import CONTROLLER, MONEY
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, month_nl, period_of
from messaging.exchange.reading import meaning_of
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.words import volume_text

SHOWN_LINES = 500


class UpwardDeclarationList(ListPage):
    """What was declared to municipalities, newest first."""

    model = UpwardDeclaration
    table_class = UpwardDeclarationTable
    filterset_class = UpwardDeclarationFilter
    related = ("municipality", "contract")
    roles = MONEY
    title = gettext_lazy("Declarations to municipalities")
    lead = gettext_lazy("What municipalities pay by the unit, and what they awarded.")
    empty_title = gettext_lazy("Nothing was declared to a municipality yet")
    empty_text = gettext_lazy("Products that a municipality pays by the unit are declared a month.")

    def primary(self) -> Action | None:
        """A controller declares a month."""
        scope = self.request.scope
        if allowed(policies.check_can_declare_upward, scope, scope.main_contractor_id):
            return Action(_("Declare a month"), reverse("upward_overview"))
        return None


class UpwardDeclarationDetail(DetailPage):
    """One declaration with what the municipality said of each line."""

    model = UpwardDeclaration
    related = ("municipality", "contract", "sent_by")
    roles = MONEY
    template_name = "billing/upward_detail.html"
    purpose = "upward_declaration"

    def get_title(self) -> str:
        """Its number."""
        return _("Declaration %(number)s") % {"number": self.object.number}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Declarations to municipalities"), reverse("upward_declaration_list"))]

    def log_view(self, row: Any) -> None:
        """Lines show client numbers."""
        clients = row.lines.filter(allocation__client__is_sealed=False)
        ids = clients.values_list("allocation__client", flat=True)[:SHOWN_LINES]
        audit.looked_at(self.request.scope, ids, self.purpose)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, and lines, the refused first. Sealed clients count, and are not listed."""
        declaration = self.object
        # A refused line of a sealed client must be decided about, so it stands there nameless.
        lines = declaration.lines.filter(
            Q(allocation__client__is_sealed=False) | Q(status=UpwardLine.Status.REFUSED)
        )
        listed = lines.select_related("allocation__client", "product", "credits").order_by(
            "-codes", "line"
        )
        count = lines.count()
        return super().get_context_data(
            facts=_facts(declaration),
            tone=UPWARD_TONES[UpwardDeclaration.Status(declaration.status)],
            refusals=_meanings(declaration.codes, declaration.family),
            lines=[_shown(self.request, line) for line in listed[:SHOWN_LINES]],
            more=max(0, count - SHOWN_LINES),
            sealed=declaration.line_count - count,
            month_url=_month_url(self.request, declaration),
            links=message_links(self.request, declaration),
            lead=_("%(name)s, %(month)s")
            % {"name": declaration.municipality.name, "month": month_nl(declaration.month)},
            **kwargs,
        )


def _meanings(codes: str, family: str) -> list[str]:
    """Return codes in the words of the standard's own list."""
    unknown = _("no text known")
    return [f"{meaning_of(code, family) or unknown} ({code})" for code in codes.split()]


def _facts(declaration: UpwardDeclaration) -> list[tuple[str, Any]]:
    awarded = declaration.awarded
    facts = [
        (_("Municipal contract"), declaration.contract.name),
        (_("Law"), declaration.get_family_display()),
        (_("Declared on"), date_nl(declaration.declared_on)),
        (_("Sent by"), declaration.sent_by.name if declaration.sent_by else _("the system")),
        (_("Declared"), format_euro(declaration.submitted)),
        (_("Awarded"), "—" if awarded is None else format_euro(awarded)),
        (_("Answered"), moment_nl(declaration.answered_at) or _("not yet")),
    ]
    if awarded is not None and awarded != declaration.submitted:
        facts.append((_("Not awarded"), format_euro(declaration.submitted - awarded)))
    return facts


def _month_url(request: ScopedRequest, declaration: UpwardDeclaration) -> str:
    """Where a declaration that was refused as a whole is sent anew."""
    if declaration.status != UpwardDeclaration.Status.REFUSED or not allowed(
        policies.check_can_declare_upward, request.scope, declaration.main_contractor_id
    ):
        return ""
    part = declaration.contract.municipalities.filter(municipality=declaration.municipality).first()
    return reverse("upward_month", args=[part.pk, str(declaration.calendar_month)]) if part else ""


def _shown(request: ScopedRequest, line: UpwardLine) -> dict[str, Any]:
    is_sealed = line.allocation.client.is_sealed
    return {
        "line": line,
        "client": _("sealed") if is_sealed else line.allocation.client.pseudonym,
        "product": line.product.name,
        "period": period_of(line.start_date, line.end_date),
        "volume": volume_text(line.volume, line.unit),
        "amount": -line.amount if line.is_credit else line.amount,
        "tone": UPWARD_LINE_TONES[UpwardLine.Status(line.status)],
        "sentences": _meanings(line.codes, line.family),
        "may_decide": allowed(policies.check_can_decide_upward, request.scope, line),
    }


@roles(*CONTROLLER)
@require_POST
def upward_line_again(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let refused care go up again with the next declaration."""
    line = get_object_or_404(UpwardLine.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        upward_answers.declare_again(scope=request.scope, line=line)
        messages.success(request, _("It goes up again with the next declaration."))
    return redirect("upward_declaration_detail", line.declaration_id)


class GiveUpForm(PlainForm):
    """Why refused care is not declared again."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea)


@roles(*CONTROLLER)
@require_http_methods(["GET", "HEAD", "POST"])
def upward_line_give_up(request: ScopedRequest, pk: int) -> HttpResponse:
    """Leave refused care as it is, with a reason."""
    rows = UpwardLine.objects.visible_to(request.scope).select_related("declaration")
    line = get_object_or_404(rows, pk=pk)
    form = GiveUpForm(request.POST or None, scope=request.scope)
    back = line.declaration.get_absolute_url()
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            upward_answers.give_up(
                scope=request.scope, line=line, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("Given up, with the reason."))
        return redirect(back)
    may = allowed(policies.check_can_decide_upward, request.scope, line)
    context = {
        "title": _("Give up line %(reference)s?") % {"reference": line.reference},
        "consequences": [
            _("%(amount)s is not declared again.") % {"amount": format_euro(line.amount)},
            _("When what was delivered changes, it stands ready again."),
        ],
        "form": form if may else None,
        "nothing": "" if may else _("This line needs no decision any more."),
        "submit_label": _("Give it up"),
        "cancel_url": back,
        "danger": True,
        "breadcrumbs": [
            (_("Declarations to municipalities"), reverse("upward_declaration_list")),
            (line.declaration.number, back),
        ],
    }
    return render(request, "generic/confirm.html", context)


def message_links(request: ScopedRequest, declaration: UpwardDeclaration) -> list[tuple[str, str]]:
    """The 323 and its 325, for who may read messages."""
    scope = request.scope
    sent = OutgoingMessage.objects.visible_to(scope).filter(pk=declaration.message_id)
    came = IncomingMessage.objects.visible_to(scope).filter(pk__in=[declaration.answer_id or 0])
    links = [(_("The message"), one.get_absolute_url()) for one in sent.defer("content")]
    links += [(_("The answer"), one.get_absolute_url()) for one in came.defer("content")]
    links += [
        (_("Origin and consequence"), reverse("sent_message_lineage", args=[one.pk]))
        for one in sent.defer("content")
    ]
    return links
