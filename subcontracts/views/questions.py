"""Questions about contracts and published readings: asking, answering, publishing, reading."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, moment_nl
from subcontracts import question_policies as policies
from subcontracts.models import ClauseQuestion, ClauseReading, SubcontractClause
from subcontracts.models.questions import READERS
from subcontracts.question_forms import QuestionAnswerForm, QuestionForm, ReadingForm
from subcontracts.question_tables import (
    QUESTION_TONES,
    QuestionFilter,
    QuestionTable,
    ReadingFilter,
    ReadingTable,
)
from subcontracts.services import questions

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
EVERYBODY: Final = READERS | SUBCONTRACTOR


def _tabs(active: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(name), "active": name == active}
        for label, name in (
            (_("Questions"), "question_list"),
            (_("Published readings"), "reading_list"),
        )
    ]


class QuestionList(ListPage):
    """What was asked; a subcontractor sees what it asked itself."""

    model = ClauseQuestion
    table_class = QuestionTable
    filterset_class = QuestionFilter
    related = ("clause", "provider_organisation")
    roles = EVERYBODY
    title = gettext_lazy("Questions about contracts")
    lead = gettext_lazy("What a clause means, and what the answer was.")
    empty_title = gettext_lazy("No questions yet")
    empty_text = gettext_lazy("Ask what a clause means, or something about a contract in general.")
    export_name = "vragen"
    template_name = "subcontracts/index_list.html"

    def primary(self) -> Action | None:
        """Everybody who reads contracts asks."""
        return Action(_("Ask a question"), reverse("question_new"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the readings beside them."""
        return super().get_context_data(tabs=_tabs("question_list"), **kwargs)


class ReadingList(ListPage):
    """How clauses are read; a subcontractor sees those of clauses in its own contracts."""

    model = ClauseReading
    table_class = ReadingTable
    filterset_class = ReadingFilter
    roles = EVERYBODY
    title = gettext_lazy("Published readings")
    lead = gettext_lazy("How clauses are read, for everybody who has them in a contract.")
    empty_title = gettext_lazy("No reading is published yet")
    empty_text = gettext_lazy("A reading follows from the answer to a question.")
    export_name = "uitleg"
    template_name = "subcontracts/index_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the questions beside them."""
        return super().get_context_data(tabs=_tabs("reading_list"), **kwargs)


class QuestionDetail(DetailPage):
    """One question with its answer."""

    model = ClauseQuestion
    related = ("clause", "subcontract", "provider_organisation", "asked_by", "answered_by")
    roles = EVERYBODY
    template_name = "subcontracts/tariff_page.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions about contracts"), reverse("question_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was asked and answered, and what comes next."""
        scope, row = self.request.scope, self.object
        reading = ClauseReading.objects.visible_to(scope).filter(question=row).first()
        texts = [(_("Question"), row.question)]
        if row.answer:
            texts.append((_("Answer"), row.answer))
        if row.clause is not None:
            texts.append((_("Text of clause %(clause)s") % {"clause": row.clause}, row.clause.text))
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=QUESTION_TONES[row.status],
            facts=_facts(row),
            texts=texts,
            actions=_actions(scope, row, reading),
            **kwargs,
        )


def _facts(row: ClauseQuestion) -> list[tuple[str, str]]:
    asker = row.provider_organisation
    facts = [
        (pgettext("contract", "About"), str(row.clause or _("in general"))),
        (_("Subcontract"), str(row.subcontract or "–")),
        (
            _("Asked by"),
            "{} · {}".format(asker.name if asker else _("our own people"), moment_nl(row.asked_at)),
        ),
    ]
    if row.answered_at is not None:
        return [*facts, (_("Answered on"), moment_nl(row.answered_at))]
    return [*facts, (_("Answer before"), date_long(row.due_on))]


def _actions(
    scope: Scope, row: ClauseQuestion, reading: ClauseReading | None
) -> list[tuple[str, str, str]]:
    found = []
    if allowed(policies.check_can_answer, scope, row):
        found.append((_("Answer question"), reverse("question_answer", args=[row.pk]), "primary"))
    if allowed(policies.check_can_publish, scope, row, is_published=reading is not None):
        url = reverse("question_publish", args=[row.pk])
        found.append((_("Publish a reading"), url, "primary"))
    if allowed(policies.check_can_withdraw, scope, row):
        url = reverse("question_withdraw", args=[row.pk])
        found.append((_("Take question back"), url, "subtle"))
    if reading is not None:
        url = reverse("reading_detail", args=[reading.pk])
        found.append((_("Open the reading"), url, "secondary"))
    return found


class ReadingDetail(DetailPage):
    """One reading, with the clause as it was."""

    model = ClauseReading
    roles = EVERYBODY
    template_name = "subcontracts/tariff_page.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Published readings"), reverse("reading_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The clause, the question and the reading."""
        scope, row = self.request.scope, self.object
        texts = [(_("Question"), row.asked), (_("How we read it"), row.text)]
        if row.clause_text:
            texts.append((_("Text of clause %(clause)s") % {"clause": row.about}, row.clause_text))
        actions = []
        if allowed(policies.check_can_withdraw_reading, scope, row):
            url = reverse("reading_withdraw", args=[row.pk])
            actions.append((_("Withdraw the reading"), url, "danger"))
        is_withdrawn = row.withdrawn_at is not None
        return super().get_context_data(
            badge=_("withdrawn") if is_withdrawn else "",
            tone="neutral",
            facts=[
                (pgettext("contract", "About"), row.about or _("in general")),
                (_("Published on"), moment_nl(row.published_at)),
            ],
            texts=texts,
            actions=actions,
            **kwargs,
        )


def _found(scope: Scope, pk: int) -> ClauseQuestion:
    return get_object_or_404(ClauseQuestion.objects.visible_to(scope), pk=pk)


def _page(
    request: ScopedRequest, row: ClauseQuestion, template: str = "generic/form.html", **context: Any
) -> HttpResponse:
    url = reverse("question_detail", args=[row.pk])
    crumbs = [(_("Questions about contracts"), reverse("question_list")), (str(row), url)]
    return render(request, template, {"cancel_url": url, "breadcrumbs": crumbs, **context})


@roles(*sorted(EVERYBODY))
@require_http_methods(FORM_METHODS)
def question_new(request: ScopedRequest) -> HttpResponse:
    """Ask about a clause, or in general."""
    scope = request.scope
    form = QuestionForm(request.POST or None, scope=scope, initial=_begun(request))
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = questions.ask(scope=scope, facts=form.facts)
            messages.success(
                request,
                _("The question is asked. You read the answer here, before %(day)s.")
                % {"day": date_long(row.due_on)},
            )
            return redirect("question_detail", row.pk)
    url = reverse("question_list")
    context = {
        "title": _("Ask a question"),
        "lead": _("Look among the published readings first: it may be answered already."),
        "form": form,
        "submit_label": _("Ask question"),
        "cancel_url": url,
        "next_text": _("A contract manager answers within ten working days."),
        "breadcrumbs": [(_("Questions about contracts"), url)],
    }
    return render(request, "generic/form.html", context)


def _begun(request: ScopedRequest) -> dict[str, Any]:
    """The clause from whose page one comes."""
    asked = request.GET.get("clause", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return {}
    row = SubcontractClause.objects.visible_to(request.scope).filter(pk=int(asked)).first()
    return {"clause": row.pk, "subcontract": row.subcontract_id} if row else {}


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def question_answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Answer who asked."""
    row = _found(request.scope, pk)
    form = QuestionAnswerForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            questions.answer(scope=request.scope, question=row, **form.values)
            messages.success(request, _("Answered. You may publish it as a reading."))
            return redirect("question_detail", pk)
    return _page(
        request,
        row,
        title=_("Answer “%(subject)s”") % {"subject": row},
        lead=row.question,
        form=form,
        submit_label=_("Answer question"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def question_publish(request: ScopedRequest, pk: int) -> HttpResponse:
    """Publish the answer as a reading."""
    row = _found(request.scope, pk)
    initial = {"subject": row.subject, "asked": row.question, "text": row.answer}
    form = ReadingForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            reading = questions.publish(scope=request.scope, question=row, facts=form.facts)
            messages.success(request, _("The reading is published."))
            return redirect("reading_detail", reading.pk)
    next_text = (
        _("Every subcontractor reads it.")
        if row.clause_id is None
        else _("Every subcontractor reads it that has this clause, or passes the same duty on.")
    )
    return _page(
        request,
        row,
        title=_("Publish a reading"),
        lead=_("Write it so that nobody can tell who asked."),
        form=form,
        submit_label=_("Publish reading"),
        next_text=next_text,
    )


@roles(*sorted(EVERYBODY))
@require_http_methods(FORM_METHODS)
def question_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a question back."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            questions.withdraw(scope=request.scope, question=row)
            messages.success(request, _("The question is taken back."))
        return redirect("question_detail", pk)
    context: dict[str, Any] = {
        "title": _("Take “%(subject)s” back?") % {"subject": row},
        "consequences": [_("It is not answered any more.")],
        "submit_label": _("Take question back"),
    }
    context = asked_or_refused(context, policies.check_can_withdraw, request.scope, row)
    return _page(request, row, "generic/confirm.html", **context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def reading_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a reading no longer be shown."""
    row = get_object_or_404(ClauseReading.objects.visible_to(request.scope), pk=pk)
    url = reverse("reading_detail", args=[row.pk])
    if request.method == "POST":
        with shown_refusals(request):
            questions.withdraw_reading(scope=request.scope, reading=row)
            messages.success(request, _("The reading is withdrawn."))
        return redirect(url)
    context: dict[str, Any] = {
        "title": _("Withdraw “%(subject)s”?") % {"subject": row},
        "consequences": [_("Subcontractors no longer see it. It stays in your own list.")],
        "submit_label": _("Withdraw reading"),
        "danger": True,
        "cancel_url": url,
        "breadcrumbs": [(_("Published readings"), reverse("reading_list")), (str(row), url)],
    }
    context = asked_or_refused(context, policies.check_can_withdraw_reading, request.scope, row)
    return render(request, "generic/confirm.html", context)
