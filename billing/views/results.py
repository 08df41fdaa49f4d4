"""Results of trajectories and bonuses: the list, one of them, and each step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import policies
from billing.models import ResultEntry, TrajectoryResult
from billing.models.disputes import Side
from billing.result_forms import EvidenceForm, FindingForm, ResultObjectionForm
from billing.result_tables import TONES, ResultFilter, ResultTable
from billing.result_words import found_facts, outcome_text, terms_facts
from billing.services import results
from billing.views.access import MONEY, OWN, READERS, own_columns
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
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
from hoofdaannemer.core.templatetags.core_format import date_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
Status = TrajectoryResult.Status
#: Purpose in the access log: what was shown is about a client.
PURPOSE = "trajectory_result"


class ResultList(ListPage):
    """Results, the newest end first."""

    model = TrajectoryResult
    table_class = ResultTable
    filterset_class = ResultFilter
    related = ("provider_organisation", "placement", "funding_line")
    roles = READERS
    title = gettext_lazy("Results")
    lead = gettext_lazy(
        "Trajectories that ended, of which a part of the price depends on the result, and bonuses"
        " that wait for a verdict."
    )
    empty_title = gettext_lazy("No results")
    empty_text = gettext_lazy(
        "They are asked for the day after a trajectory ended, where the contract says so. A bonus"
        " that waits for a verdict is here from its first day."
    )
    export_name = "resultaten"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)


class ResultDetail(DetailPage):
    """One of them, with all that was shown and said."""

    model = TrajectoryResult
    related = ("provider_organisation", "placement__product", "funding_line")
    roles = READERS
    template_name = "billing/result_detail.html"
    purpose = PURPOSE

    def get_title(self) -> str:
        """The placement, or the bonus."""
        if self.object.is_bonus:
            return _("Result of “%(name)s”") % {"name": self.object}
        return _("Result of placement %(number)s") % {"number": self.object}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Results"), reverse("result_list"))]

    def log_view(self, row: Any) -> None:
        """What came of care is about a client."""
        _looked_at(self.request.scope, row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The terms, what was said, and what this reader may do."""
        scope, row = self.request.scope, self.object
        is_theirs = allowed(policies.check_can_show_result, scope, row)
        entries = list(row.entries.light().select_related("author"))
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(scope, row),
            entries=[
                _entry(one, is_own=is_theirs == (one.side == Side.SUBCONTRACTOR)) for one in entries
            ],
            files=[
                (one.file_name, reverse("result_entry_file", args=[one.pk]))
                for one in entries
                if one.file_name
            ],
            may=_may(scope, row, is_theirs=is_theirs),
            **kwargs,
        )


def _may(scope: Scope, row: TrajectoryResult, *, is_theirs: bool) -> dict[str, bool]:
    is_open = row.status in TrajectoryResult.UNJUDGED
    is_shown = row.status == Status.HANDED_IN or row.due_date < scope.today
    is_judged = row.status == Status.JUDGED
    return {
        "hand_in": is_theirs and is_open,
        "agree": is_theirs and row.waits_for_agreement(scope.today),
        "object": is_theirs and is_judged and row.share != 1 and row.due_date >= scope.today,
        "judge": is_open and is_shown and allowed(policies.check_can_judge_result, scope, row),
        "decide": row.status == Status.OBJECTED
        and allowed(policies.check_can_decide_result, scope, row),
    }


def _facts(scope: Scope, row: TrajectoryResult) -> list[tuple[str, str]]:
    facts = [
        (_("Subcontractor"), row.provider_organisation.name),
        *([] if row.placement is None else [(_("Product"), str(row.placement.product))]),
        (_("Funding line"), row.funding_line.name),
        (_("Last day") if row.is_bonus else _("Ended on"), date_nl(row.ended_on)),
        *terms_facts(row),
    ]
    facts += found_facts(row)
    if turn := _turn(scope, row):
        facts.append((_("Whose turn it is"), turn))
    return facts


def _turn(scope: Scope, row: TrajectoryResult) -> str:
    main, theirs = Side.MAIN.label, Side.SUBCONTRACTOR.label
    day = date_nl(row.due_date)
    match row.status:
        case Status.AWAITED if row.due_date >= scope.today:
            return _("%(who)s, before %(day)s") % {"who": theirs, "day": day}
        case Status.HANDED_IN | Status.OBJECTED:
            return _("%(who)s, before %(day)s") % {"who": main, "day": day}
        case Status.AWAITED:
            return str(main)
        case Status.JUDGED if row.share != 1 and row.due_date >= scope.today:
            return _("%(who)s may object until %(day)s") % {"who": theirs, "day": day}
    return ""


def _entry(one: ResultEntry, *, is_own: bool) -> dict[str, Any]:
    side = str(one.get_side_display())
    note = str(one.get_kind_display()).capitalize()
    if one.outcome and one.share is not None:
        note = f"{note}: {outcome_text(one.get_outcome_display(), one.share)}"
    return {
        "author": f"{one.author.name} ({side})" if one.author else _("The system"),
        "at": one.recorded_at,
        "note": note,
        "text": one.text,
        "own": is_own,
    }


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def result_hand_in(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what came of it."""
    row = _found(request.scope, pk)
    form = EvidenceForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = results.hand_in(scope=request.scope, result=row, shown=form.shown)
            messages.success(
                request,
                _("It is with the main contractor, who sees to the verdict before %(day)s.")
                % {"day": date_nl(made.due_date)},
            )
            return redirect(row)
    next_text = _("The result is met when: %(measure)s") % {"measure": row.measure}
    return _form(request, row, _("Show the result"), form, _("Hand in"), next_text)


@roles(*sorted(MONEY))
@require_http_methods(FORM_METHODS)
def result_judge(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give the verdict."""
    row = _found(request.scope, pk)
    form = FindingForm(request.POST or None, scope=request.scope, result=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            results.judge(scope=request.scope, result=row, finding=form.finding)
            messages.success(request, _("The verdict is given."))
            return redirect(row)
    next_text = _(
        "%(amount)s depends on it. Judged by: %(judge)s. The subcontractor may object; somebody"
        " else then decides."
    ) % {"amount": format_euro(row.at_stake), "judge": row.get_judge_display()}
    return _form(request, row, _("Judge the result"), form, _("Give the verdict"), next_text)


@roles(*sorted(OWN))
@require_POST
def result_agree(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree with a verdict of both together."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        results.agree(scope=request.scope, result=row)
        messages.success(request, _("You agreed. It comes on the next statement."))
    return redirect(row)


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def result_object(request: ScopedRequest, pk: int) -> HttpResponse:
    """Object to the verdict."""
    row = _found(request.scope, pk)
    form = ResultObjectionForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = results.object_to(scope=request.scope, result=row, shown=form.shown)
            messages.success(
                request,
                _("Somebody else decides about your objection before %(day)s.")
                % {"day": date_nl(made.due_date)},
            )
            return redirect(row)
    next_text = _("Somebody else than who judged decides about it.")
    return _form(request, row, _("Object"), form, _("Send the objection"), next_text)


@roles(*sorted(MONEY))
@require_http_methods(FORM_METHODS)
def result_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Decide about an objection."""
    row = _found(request.scope, pk)
    form = FindingForm(request.POST or None, scope=request.scope, result=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            results.decide(scope=request.scope, result=row, finding=form.finding)
            messages.success(request, _("The decision is recorded."))
            return redirect(row)
    next_text = _("What differs from the verdict is put right on the next statement.")
    return _form(
        request, row, _("Decide about the objection"), form, _("Record the decision"), next_text
    )


@roles(*READERS)
@require_GET
def result_entry_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The PDF that was shown."""
    rows = ResultEntry.objects.visible_to(request.scope).select_related("result__placement")
    entry = get_object_or_404(rows, pk=pk)
    if not entry.file:
        raise Http404
    _looked_at(request.scope, entry.result)
    return attachment(results.file_of(entry), entry.file_name)


def _looked_at(scope: Scope, row: TrajectoryResult) -> None:
    """What came of care is about a client; a bonus is about nobody."""
    if row.placement:
        audit.looked_at(scope, [row.placement.client_id], PURPOSE)


def _found(scope: Scope, pk: int) -> TrajectoryResult:
    rows = TrajectoryResult.objects.visible_to(scope)
    rows = rows.select_related("placement", "funding_line")
    return get_object_or_404(rows, pk=pk)


def _form(
    request: ScopedRequest,
    row: TrajectoryResult,
    title: str,
    form: PlainForm,
    label: str,
    next_text: str,
) -> HttpResponse:
    above = [(_("Results"), reverse("result_list")), (str(row), row.get_absolute_url())]
    return form_page(
        request, title=title, form=form, submit_label=label, above=above, next_text=next_text
    )
