"""Pages of the main contractor: ask for a report, explain, review, publish."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.accountability import documents, policies, selectors, services
from hoofdaannemer.accountability.disclosure import TOTAL
from hoofdaannemer.accountability.filters import ReportFilter
from hoofdaannemer.accountability.forms import APPROVE, AskForm, NarrativeForm, ReviewForm
from hoofdaannemer.accountability.models import READERS, Release, Report
from hoofdaannemer.accountability.tables import STATUS_TONES, ReportListTable
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import moment_nl, period_nl
from subcontracts.rules.visibility import Visibility

SECONDS_BETWEEN_LOOKS = 3
_SHOWN_OF_SUBCONTRACTORS = {
    Visibility.NONE: gettext_lazy("The contract shows nothing of subcontractors."),
    Visibility.LIST: gettext_lazy(
        "The contract shows which subcontractors there are: a list goes with it."
    ),
    Visibility.FIGURES: gettext_lazy(
        "The contract shows figures of subcontractors: a list goes with it, with the protected"
        " figures of each."
    ),
}


class ReportList(ListPage):
    """All versions of all reports, newest first."""

    model = Report
    table_class = ReportListTable
    filterset_class = ReportFilter
    related = ("municipal_contract",)
    roles = READERS
    title = gettext_lazy("Reports")
    lead = gettext_lazy("Figures for the municipalities, from draft to publication.")
    empty_title = gettext_lazy("No reports yet")
    empty_text = gettext_lazy("Make the report of a quarter that is over.")

    def primary(self) -> Action | None:
        """A contract manager makes a report."""
        if allowed(policies.check_can_ask, self.request.scope):
            return Action(_("Make a report"), reverse("report_new"))
        return None


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "POST"])
def report_new(request: ScopedRequest) -> HttpResponse:
    """Ask for the report of one contract and quarter."""
    form = AskForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            report = services.ask_report(scope=request.scope, **form.values)
            return redirect(report)
    return render(
        request,
        "generic/form.html",
        {
            "form": form,
            "title": _("Make a report"),
            "lead": _("The figures are computed and protected; then a colleague reviews them."),
            "submit_label": _("Make the report"),
            "cancel_url": reverse("report_list"),
            "next_text": _("It takes less than a minute. You may leave the page."),
            "breadcrumbs": _above(),
        },
    )


class ReportDetail(DetailPage):
    """One version: its figures as they are and as they will be shown, and what to do with it."""

    model = Report
    related = ("municipal_contract", "built_by", "reviewed_by", "published_by", "replaces")
    roles = READERS
    template_name = "accountability/report_detail.html"

    def get_title(self) -> str:
        """Contract and period."""
        return f"{self.object.municipal_contract}, {period_nl(self.object.period)}"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return _above()

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """While it is being built the browser looks again by itself, also without script."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if context["busy"]:
            response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, tables of one municipality at a time, and the forms that are allowed now."""
        scope, report = self.request.scope, self.object
        may_review = allowed(policies.check_can_review, scope, report)
        kwargs.setdefault("form", ReviewForm(scope=scope) if may_review else None)
        cells = selectors.review_cells(scope, report)
        asked = self.request.GET.get("gemeente", TOTAL)
        chosen = asked if asked in report.labels.get("municipality", {}) else TOTAL
        return super().get_context_data(
            tone=STATUS_TONES[Report.Status(report.status)],
            busy=_is_busy(report),
            step=1 if report.status == Report.Status.WAITING else 2,
            facts=_facts(report),
            events=_events(report),
            tabs=_tabs(report, chosen),
            tables=_tables(report, cells, chosen) if cells else [],
            listed=_listed(report),
            attack=report.attack,
            closest=_closest(report),
            hidden=selectors.hidden_count(cells),
            may_explain=allowed(policies.check_can_explain, scope, report),
            may_publish=allowed(policies.check_can_publish, scope, report),
            own_draft=report.status == Report.Status.DRAFT and report.built_by_id == scope.user_id,
            changes=_changes(self.request, report, chosen),
            versions=_other_versions(self.request, report),
            releases=Release.objects.visible_to(scope).filter(report=report),
            **kwargs,
        )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "POST"])
def report_narrative(request: ScopedRequest, pk: int) -> HttpResponse:
    """Write the explanation that goes with the figures."""
    report = get_object_or_404(Report.objects.visible_to(request.scope), pk=pk)
    form = NarrativeForm(
        request.POST or None, scope=request.scope, initial={"narrative": report.narrative}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            services.explain(scope=request.scope, report=report, **form.values)
            messages.success(request, _("Explanation saved."))
        return redirect(report)
    return render(
        request,
        "generic/form.html",
        {
            "form": form,
            "title": _("Explain the figures"),
            "submit_label": _("Save the explanation"),
            "cancel_url": report.get_absolute_url(),
            "breadcrumbs": [*_above(), (period_nl(report.period), report.get_absolute_url())],
        },
    )


@roles(*READERS)
@require_POST
def report_review(request: ScopedRequest, pk: int) -> HttpResponse:
    """Approve a draft or send it back."""
    report = get_object_or_404(Report.objects.visible_to(request.scope), pk=pk)
    form = ReviewForm(request.POST, scope=request.scope)
    if not form.is_valid():
        page = ReportDetail()
        page.setup(request, pk=pk)
        page.object = report
        return page.render_to_response(page.get_context_data(form=form))
    note = form.cleaned_data["note"]
    with shown_refusals(request):
        if form.cleaned_data["decision"] == APPROVE:
            services.review(scope=request.scope, report=report, note=note)
            messages.success(request, _("Approved. A contract manager can publish it now."))
        else:
            services.send_back(scope=request.scope, report=report, note=note)
            messages.success(request, _("Sent back. A new version can be made."))
    return redirect(report)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "POST"])
def report_publish(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask for certainty, then publish to all municipalities of the contract."""
    report = get_object_or_404(
        Report.objects.visible_to(request.scope).select_related("municipal_contract"), pk=pk
    )
    if request.method == "POST":
        with shown_refusals(request):
            releases = services.publish(scope=request.scope, report=report)
            messages.success(
                request,
                _("Published to %(count)d municipalities.") % {"count": len(releases)},
            )
        return redirect(report)
    names = ", ".join(report.labels.get("municipality", {}).values())
    return render(
        request,
        "generic/confirm.html",
        {
            "title": _("Publish this report?"),
            "lead": f"{report.municipal_contract}, {period_nl(report.period)}",
            "consequences": [
                _("These municipalities can read it at once: %(names)s.") % {"names": names},
                _("Each gets its own figures and those of all municipalities together."),
                _SHOWN_OF_SUBCONTRACTORS[services.shown_now(request.scope, report)],
                _("It cannot be changed or taken back. A correction is a new version."),
            ],
            "submit_label": _("Publish the report"),
            "cancel_url": report.get_absolute_url(),
            "breadcrumbs": _above(),
        },
    )


def _closest(report: Report) -> dict[str, Decimal]:
    """How near a reader gets to a figure that must stay uncertain; empty where none must."""
    kept = {name: report.attack.get(name) for name in ("width", "need")}
    return {name: Decimal(text) for name, text in kept.items() if text}


def _is_busy(report: Report) -> bool:
    return report.status in {Report.Status.WAITING, Report.Status.BUILDING}


def _above() -> list[tuple[str, str]]:
    return [(_("Reports"), reverse("report_list"))]


def _facts(report: Report) -> list[tuple[str, Any]]:
    facts = [
        (_("Contract"), report.municipal_contract.number),
        (_("Version"), report.version),
        (_("As known on"), moment_nl(report.as_known_on)),
    ]
    if report.replaces:
        facts.append((_("Corrects"), _("version %(n)d") % {"n": report.replaces.version}))
    if report.built_at:
        facts.append((_("What it shows of subcontractors"), report.get_visibility_display()))
    if report.input_hash:
        facts.append((_("Check mark of the figures"), report.input_hash[:16]))
    return facts


def _events(report: Report) -> list[dict[str, Any]]:
    """What happened to it, newest first."""
    happened = [
        (report.asked_at, _("Asked for"), report.built_by, "", "neutral"),
        (report.built_at, _("Built"), None, "", "information"),
        (report.reviewed_at, _("Approved"), report.reviewed_by, report.review_note, "positive"),
        (report.published_at, _("Published"), report.published_by, "", "positive"),
    ]
    events = [
        {
            "at": at,
            "title": title,
            "actor": who.name if who else "",
            "text": text,
            "tone": tone,
        }
        for at, title, who, text, tone in happened
        if at
    ]
    return events[::-1]


def _tabs(report: Report, chosen: str) -> list[dict[str, Any]]:
    names = report.labels.get("municipality", {})
    if not names:
        return []
    all_of_them = [(TOTAL, _("All together")), *names.items()]
    return [
        {
            "label": name,
            "url": f"?gemeente={code}" if code != TOTAL else "?",
            "active": code == chosen,
            "count": "",
        }
        for code, name in all_of_them
    ]


def _changes(request: ScopedRequest, report: Report, chosen: str) -> list[dict[str, Any]]:
    """Before publication of a correction: what the chosen municipality will see otherwise."""
    if chosen == TOTAL or report.status not in {Report.Status.DRAFT, Report.Status.REVIEWED}:
        return []
    return selectors.coming_changes(request.scope, report, chosen)


def _other_versions(request: ScopedRequest, report: Report) -> Any:
    return (
        Report.objects.visible_to(request.scope)
        .filter(
            municipal_contract=report.municipal_contract_id,
            definition=report.definition,
            start_date=report.start_date,
            end_date=report.end_date,
        )
        .exclude(pk=report.pk)
    )


def _tables(report: Report, cells: Any, chosen: str) -> list[selectors.ReviewTable]:
    name = report.labels["municipality"].get(chosen, _("All municipalities together"))
    tables = [selectors.by_product(report, cells, chosen, name)]
    title = _("%(municipality)s, by subcontractor") % {"municipality": name}
    if by_subcontractor := selectors.by_subcontractor(report, cells, chosen, title):
        tables.append(by_subcontractor)
    if chosen == TOTAL:
        tables.append(selectors.whole_contract(report, cells, _("People deployed")))
    return tables


def _listed(report: Report) -> dict[str, Any] | None:
    """Who is published with it, where the contract shows that."""
    if not report.subcontractors:
        return None
    table = documents.list_of(report.subcontractors)
    return {
        "headers": [column.title for column in table.columns],
        "rows": [[figure.text for figure in row.figures] for row in table.rows],
    }
