"""Questions and disputes about lines of statements: the list, one of them, and each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.dispute_forms import AnswerForm, AskForm, ReactForm
from billing.dispute_tables import TONES, DisputeFilter, DisputeTable
from billing.models import Adjustment, Dispute, DisputeEntry, StatementLine
from billing.models.disputes import Side
from billing.selectors.line_sources import Source, line_url
from billing.services import disputes
from billing.views.access import MONEY, OWN, READERS, own_columns
from hoofdaannemer.core import mandates
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, month_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
Status = Dispute.Status


class DisputeList(ListPage):
    """Questions and disputes, newest first."""

    model = Dispute
    table_class = DisputeTable
    filterset_class = DisputeFilter
    related = (
        *("provider_organisation", "line__statement"),
        *("line__entitlement", "line__hold", "line__adjustment"),
    )
    roles = READERS
    title = gettext_lazy("Questions and disputes")
    lead = gettext_lazy("About one line of a statement each. The rest is paid as usual.")
    empty_title = gettext_lazy("No questions and disputes")
    empty_text = gettext_lazy("They are asked at a line of a monthly statement.")
    export_name = "vragen-en-geschillen"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)


class DisputeDetail(DetailPage):
    """One of them, with everything that was said."""

    model = Dispute
    related = (
        "provider_organisation",
        "line__statement",
        "line__entitlement__product",
        "line__entitlement__funding_line",
        "line__hold",
        "line__adjustment",
    )
    roles = READERS
    template_name = "billing/dispute_detail.html"

    def get_title(self) -> str:
        """Kind and line."""
        return _("%(kind)s about line %(line)s") % {
            "kind": self.object.get_kind_display().capitalize(),
            "line": self.object,
        }

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions and disputes"), reverse("dispute_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The line, what was said, and what this reader may do."""
        scope, row = self.request.scope, self.object
        is_theirs = allowed(policies.check_is_provider, scope, row.provider_organisation_id)
        is_answered = row.status == Status.ANSWERED
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(row),
            ended=_ended_with(row),
            corrections=_corrections(scope, row),
            line_url=line_url(row.line),
            entries=[
                _entry(one, is_own=is_theirs == (one.side == Side.SUBCONTRACTOR))
                for one in row.entries.select_related("author")
            ],
            may_answer=row.status == Status.ASKED
            and allowed(policies.check_can_answer, scope, row),
            may_react=is_theirs and is_answered,
            may_withdraw=is_theirs and row.status in Dispute.OPEN,
            **kwargs,
        )


def _facts(row: Dispute) -> list[tuple[str, str]]:
    line = row.line
    facts = [
        (_("Subcontractor"), row.provider_organisation.name),
        (
            _("Statement"),
            f"{line.statement.number}, {month_nl(line.statement.calendar_month)}",
        ),
        (_("How computed"), line.sentence),
        (_("Amount"), format_euro(line.amount)),
    ]
    if row.expected is not None:
        facts.append((_("Should be"), format_euro(row.expected)))
    if row.status in Dispute.OPEN:
        who = Side.MAIN if row.status == Status.ASKED else Side.SUBCONTRACTOR
        return [*facts, (_("Whose turn it is"), _turn(who, date_nl(row.due_date)))]
    return [*facts, (_("Closed"), moment_nl(row.closed_at))]


def _ended_with(row: Dispute) -> str:
    """What an agreement led to where that is no correction: said, so that nobody waits for one."""
    if row.status != Status.AGREED:
        return ""
    said = row.entries.filter(side=Side.MAIN).order_by("-pk").first()
    if said is None or said.becomes is not None:
        return ""
    if said.outcome == DisputeEntry.Outcome.ELSEWHERE:
        return _("Agreed without a correction: another entry puts it right, as the answer says.")
    if said.outcome == DisputeEntry.Outcome.CORRECTED:
        return _("Agreed without a correction: the answer names no amount.")
    return _("Agreed without a correction: the amount stays as it is.")


def _corrections(scope: Scope, row: Dispute) -> list[Source]:
    """The corrections that it led to, the newest first; a refused one was followed by an answer."""
    if not mandates.covers_page(scope, "adjustment_detail"):
        return []
    return [
        Source(
            _("Correction of %(amount)s: %(state)s")
            % {"amount": format_euro(one.amount), "state": one.get_status_display()},
            one.get_absolute_url(),
        )
        for one in Adjustment.objects.visible_to(scope).filter(dispute=row)
    ]


def _turn(who: Side, day: str) -> str:
    return _("%(who)s, before %(day)s") % {"who": who.label, "day": day}


def _entry(one: DisputeEntry, *, is_own: bool) -> dict[str, Any]:
    """For the component: who of which side said what, and what an answer does with the amount."""
    side = str(one.get_side_display())
    return {
        "author": f"{one.author.name} ({side})" if one.author else side.capitalize(),
        "at": one.recorded_at,
        "note": _note(one),
        "text": one.text,
        "own": is_own,
    }


def _note(one: DisputeEntry) -> str:
    """What an answer does with the amount, and what the line becomes."""
    if not one.outcome:
        return ""
    said = str(one.get_outcome_display()).capitalize()
    if one.becomes is None:
        return said
    return _("%(said)s; the line becomes %(amount)s") % {
        "said": said,
        "amount": format_euro(one.becomes),
    }


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def statement_line_ask(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask about a line, or dispute its amount."""
    rows = StatementLine.objects.visible_to(request.scope)
    line = get_object_or_404(
        rows.select_related(
            "statement",
            *("hold", "adjustment", "entitlement__product", "entitlement__funding_line"),
        ),
        pk=pk,
    )
    form = AskForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = disputes.ask(scope=request.scope, line=line, asked=form.asked)
            messages.success(
                request,
                _("Your question is with the main contractor, who answers before %(day)s.")
                % {"day": date_nl(made.due_date)},
            )
            return redirect(made)
    url = line.statement.get_absolute_url()
    return form_page(
        request,
        title=_("Ask about line %(line)s") % {"line": line.reference},
        form=form,
        submit_label=_("Send"),
        above=[(_("Monthly statements"), reverse("statement_list")), (line.statement.number, url)],
        next_text=" ".join([line.sentence, _("The rest of the statement is paid as usual.")]),
    )


@roles(*sorted(MONEY))
@require_http_methods(FORM_METHODS)
def dispute_answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Answer it."""
    row = _found(request.scope, pk)
    form = AnswerForm(request.POST or None, scope=request.scope, dispute=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            disputes.answer(scope=request.scope, dispute=row, given=form.given)
            messages.success(request, _("Your answer is sent."))
            return redirect(row)
    next_text = _("The subcontractor says whether it agrees.")
    return _form(request, row, _("Answer"), form, _("Send answer"), next_text)


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def dispute_react(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say why one does not agree with the answer."""
    row = _found(request.scope, pk)
    form = ReactForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            disputes.react(scope=request.scope, dispute=row, **form.cleaned_data)
            messages.success(request, _("Your reaction is sent."))
            return redirect(row)
    next_text = _("The main contractor answers again.")
    return _form(request, row, _("React to the answer"), form, _("Send reaction"), next_text)


@roles(*sorted(OWN))
@require_POST
def dispute_agree(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree with the answer, which ends it."""
    return _ended(request, pk, disputes.agree, _("You agreed. This is closed."))


@roles(*sorted(OWN))
@require_POST
def dispute_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take it back."""
    return _ended(request, pk, disputes.withdraw, _("It is withdrawn."))


def _ended(request: ScopedRequest, pk: int, end: Callable[..., Dispute], done: str) -> HttpResponse:
    row = _found(request.scope, pk)
    with shown_refusals(request):
        end(scope=request.scope, dispute=row)
        messages.success(request, done)
    return redirect(row)


def _found(scope: Scope, pk: int) -> Dispute:
    rows = Dispute.objects.visible_to(scope)
    related = rows.select_related(
        *("line__statement", "line__entitlement", "line__hold", "line__adjustment")
    )
    return get_object_or_404(related, pk=pk)


def _form(
    request: ScopedRequest, row: Dispute, title: str, form: PlainForm, label: str, next_text: str
) -> HttpResponse:
    above = [
        (_("Questions and disputes"), reverse("dispute_list")),
        (str(row), row.get_absolute_url()),
    ]
    return form_page(
        request, title=title, form=form, submit_label=label, above=above, next_text=next_text
    )
