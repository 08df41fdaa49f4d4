"""Pages: proofs, their review, and what lacks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoofdaannemer.core.pages import (
    ROWS_A_PAGE,
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from hoofdaannemer.core.templatetags.core_format import days_of
from qualifications import policies, services, status
from qualifications.filters import EvidenceFilter
from qualifications.forms import EvidenceForm, OverviewForm, ReviewForm
from qualifications.models import Evidence
from qualifications.tables import OUTCOME_TONES, EvidenceTable
from subcontracts.models import Subcontractor

READERS = (
    Role.QUALITY_OFFICER,
    Role.CONTRACT_MANAGER,
    Role.SUBCONTRACTOR_ADMIN,
    Role.SUBCONTRACTOR_USER,
)


class EvidenceList(ListPage):
    """Proofs, newest first."""

    model = Evidence
    table_class = EvidenceTable
    filterset_class = EvidenceFilter
    related = ("requirement", "provider_organisation", "professional")
    roles = frozenset(READERS)
    title = gettext_lazy("Proofs")
    lead = gettext_lazy("Diplomas, registrations and statements, with what was decided on them.")
    empty_title = gettext_lazy("No proofs yet")
    empty_text = gettext_lazy("A subcontractor uploads them here; a quality officer judges them.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the files themselves."""
        return rows.defer("file_content", "number")

    def primary(self) -> Action | None:
        """A subcontractor adds a proof."""
        if self.request.scope.role in SUBCONTRACTOR:
            return Action(_("Add a proof"), reverse("evidence_upload"))
        return None


class EvidenceDetail(DetailPage):
    """One proof with its reviews; the quality officer judges it here."""

    model = Evidence
    related = ("requirement", "provider_organisation", "professional")
    roles = frozenset(READERS)
    template_name = "qualifications/evidence_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, reviews and, where allowed, the form."""
        scope, evidence = self.request.scope, self.object
        may_review = allowed(policies.check_can_review, scope, evidence)
        kwargs.setdefault("form", ReviewForm(scope=scope) if may_review else None)
        return super().get_context_data(
            facts=_facts(self.request, evidence),
            events=_reviews(evidence),
            tone=OUTCOME_TONES[Evidence.Outcome(evidence.outcome)],
            valid=days_of(evidence.valid_from, evidence.valid_until),
            may_open=_may_open(self.request, evidence),
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Proofs"), reverse("evidence_list"))]


def _facts(request: ScopedRequest, evidence: Evidence) -> list[tuple[str, Any]]:
    of_whom = str(evidence.provider_organisation)
    if evidence.professional:
        sees_name = request.scope.role in SUBCONTRACTOR | {Role.QUALITY_OFFICER}
        person = evidence.professional.name if sees_name else evidence.professional.reference
        of_whom = f"{person}, {of_whom}"
    facts: list[tuple[str, Any]] = [
        (_("Requirement"), evidence.requirement.name),
        (_("Of"), of_whom),
        (_("Lowest level"), evidence.requirement.get_level_display()),
        (_("Clause"), evidence.requirement.clause),
        (_("When it lapses"), evidence.requirement.get_on_lapse_display()),
    ]
    if request.scope.role != Role.CONTRACT_MANAGER:
        facts.insert(2, (_("Number"), evidence.number or _("none")))
    return [(label, value) for label, value in facts if value]


def _reviews(evidence: Evidence) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [{"at": evidence.uploaded_at, "title": _("Uploaded")}]
    for review in evidence.reviews.all():
        title = _("Approved") if review.approved else _("Rejected")
        events.append(
            {
                "at": review.reviewed_at,
                "title": title,
                "text": review.reason,
                "tone": "positive" if review.approved else "negative",
            }
        )
    return events[::-1]


def _may_open(request: ScopedRequest, evidence: Evidence) -> bool:
    return evidence.file_content is not None and request.scope.role != Role.CONTRACT_MANAGER


@roles(Role.QUALITY_OFFICER)
@require_POST
def evidence_review(request: ScopedRequest, pk: int) -> HttpResponse:
    """Approve or reject a proof."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.scope), pk=pk)
    form = ReviewForm(request.POST, scope=request.scope)
    if not form.is_valid():
        page = EvidenceDetail()
        page.setup(request, pk=pk)
        page.object = evidence
        return page.render_to_response(page.get_context_data(form=form))
    with shown_refusals(request):
        review = services.review_evidence(scope=request.scope, evidence=evidence, **form.values)
        messages.success(request, _("Approved.") if review.approved else _("Rejected."))
    upcoming = Evidence.objects.visible_to(request.scope).to_review().first()
    return redirect("evidence_detail", pk=upcoming.pk) if upcoming else redirect("evidence_list")


@roles(Role.QUALITY_OFFICER, *SUBCONTRACTOR)
@require_GET
def evidence_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The file, as a download that no browser opens by itself."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.scope), pk=pk)
    if evidence.file_content is None:
        raise Http404
    content = services.opened_file(scope=request.scope, evidence=evidence)
    suffix = next(
        (kind for kind, start in services.SIGNATURES.items() if content.startswith(start)), "bin"
    )
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="bewijs-{evidence.pk}.{suffix}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@roles(*SUBCONTRACTOR)
@require_http_methods(["GET", "POST"])
def evidence_upload(request: ScopedRequest) -> HttpResponse:
    """Add a proof of the own organisation or a professional."""
    form = EvidenceForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        requirement = form.cleaned_data["requirement"]
        subcontractor = get_object_or_404(
            Subcontractor.objects.visible_to(request.scope),
            main_contractor=requirement.main_contractor_id,
        )
        file = form.cleaned_data["file"]
        with shown_refusals(request):
            evidence = services.upload_evidence(
                scope=request.scope,
                requirement=requirement,
                subcontractor=subcontractor,
                professional=form.cleaned_data["professional"],
                proof=services.Proof(
                    number=form.cleaned_data["number"],
                    validity=form.validity,
                    file_name=file.name,
                    content=file.read(),
                ),
            )
            messages.success(request, _("Uploaded. The quality officer will judge it."))
            return redirect("evidence_detail", pk=evidence.pk)
    return render(
        request,
        "generic/form.html",
        {
            "form": form,
            "title": _("Add a proof"),
            "lead": _("A diploma, a registration or a statement that the contract asks for."),
            "submit_label": _("Upload the proof"),
            "cancel_url": reverse("evidence_list"),
            "next_text": _("The quality officer judges it, usually within two working days."),
            "breadcrumbs": [(_("Proofs"), reverse("evidence_list"))],
        },
    )


@roles(*READERS)
@require_GET
def qualification_overview(request: ScopedRequest) -> HttpResponse:
    """What is missing or lapses soon, worst first."""
    everything = status.needing_attention(request.scope, request.scope.today)
    form = OverviewForm(request.GET, scope=request.scope)
    listed = [one for one in everything if form.shows(one)]
    page = Paginator(listed, ROWS_A_PAGE).get_page(request.GET.get("page"))
    chips = form.chips
    return render(
        request,
        "qualifications/overview.html",
        {
            "title": _("Missing and lapsing proofs"),
            "lead": _("Without these proofs, placements stop and payments may be held."),
            "rows": [_row(request, one) for one in page.object_list],
            "headers": [_("Who"), _("Requirement"), _("State"), _("Consequence")],
            "page": page,
            "count": len(listed),
            "filter": {"filters": form.fields, "form": form, "chips": chips} if everything else {},
            "filtered": bool(chips) or not form.is_valid(),
            "may_add": request.scope.role in SUBCONTRACTOR,
        },
    )


def _row(request: ScopedRequest, one: status.Status) -> tuple[str, str, str, str]:
    who = str(one.subcontractor)
    if one.professional:
        sees_name = request.scope.role in SUBCONTRACTOR | {Role.QUALITY_OFFICER}
        person = one.professional.name if sees_name else one.professional.reference
        who = f"{person} ({who})"
    if one.met and one.until:
        state = _("lapses after %(day)s") % {"day": one.until.strftime("%d-%m-%Y")}
    else:
        state = _("missing")
    badge = {"label": state, "tone": "warning" if one.met else "negative"}
    return (
        who,
        one.demand.name,
        render_to_string("components/badge.html", badge),
        one.consequence,
    )
