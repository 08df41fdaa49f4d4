"""Allocations, and the page on which one is placed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import CARE, STAFF, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, period_of
from subcontracts import policies, words
from subcontracts.filters import AllocationFilter
from subcontracts.forms import PlaceForm
from subcontracts.models import AllocatedBy, Allocation, ForeseenEnd, Placement, UpwardReport
from subcontracts.rules.parts import Share
from subcontracts.selectors import decisions as selector
from subcontracts.selectors.candidates import candidates
from subcontracts.selectors.placed import placed_of, room_of, whole_of
from subcontracts.services import deliveries, placements, refused
from subcontracts.tables import AllocationTable, PlacementTable
from subcontracts.views.changes import refusal_of_change
from subcontracts.views.decision_facts import decisions_shown
from subcontracts.views.identity import (
    facts_for,
    listed,
    log_look,
    may_open_client,
    related_for,
    table_kwargs,
)
from subcontracts.views.mandate import may_decide

READERS = frozenset(STAFF - {Role.ADMINISTRATOR})


class AllocationList(ListPage):
    """Newest first; clients by number."""

    model = Allocation
    table_class = AllocationTable
    filterset_class = AllocationFilter
    related: ClassVar[Sequence[str]] = ("client", "product", "municipality")
    roles = READERS
    title = gettext_lazy("Allocations")
    lead = gettext_lazy("What municipalities have allocated, and what still must be placed.")
    empty_title = gettext_lazy("No allocations yet")
    empty_text = gettext_lazy("They appear here when a municipality sends them.")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def get_table_kwargs(self) -> dict[str, Any]:
        return table_kwargs(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without clients that may not be listed."""
        return listed(self.request.scope, rows)


class AllocationDetail(DetailPage):
    """One allocation: versions, placements, and what was reported upward."""

    model = Allocation
    related: ClassVar[Sequence[str]] = (
        "client",
        "product",
        "municipality",
        "municipal_contract",
    )
    roles = READERS
    purpose = "allocation.page"
    template_name = "subcontracts/allocation_detail.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def log_view(self, row: Allocation) -> None:
        """The page says what care this client gets."""
        log_look(self.request.scope, row, self.purpose)

    def get_title(self) -> str:
        return _("Allocation %(number)s") % {"number": self.object.number}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Allocations"), reverse("allocation_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, placements as a table, versions and reports as a timeline."""
        scope, allocation = self.request.scope, self.object
        placed = (
            Placement.objects.visible_to(scope)
            .filter(allocation=allocation)
            .select_related(*related_for(scope, ("client", "product", "provider_organisation")))
        )
        returned = refused.above(scope, allocation) if scope.role in CARE else []
        is_ours = may_decide(scope, allocation)
        return super().get_context_data(
            facts=facts_of(scope, allocation),
            returned=returned,
            may_tell_again=allowed(policies.check_can_tell_again, scope, allocation, returned),
            may_place=allowed(
                policies.check_can_place_more,
                scope,
                allocation,
                room_of(allocation, placed_of(allocation)),
            ),
            may_see_client=may_open_client(scope, allocation.client_id),
            may_tell_wlz=allowed(policies.check_can_manage_care, scope, scope.main_contractor_id)
            and not allocation.is_deleted,
            foreseen=ForeseenEnd.objects.visible_to(scope).filter(
                allocation=allocation, lapsed_at=None
            ),
            decisions=decisions_shown(self.request, selector.about_allocation(scope, allocation)),
            decides=scope.role in CARE,
            may_change=scope.role in CARE
            and not is_ours
            and not refusal_of_change(scope, allocation),
            may_decide=is_ours,
            placements=PlacementTable(
                placed,
                request=self.request,
                caption=_("Placements"),
                # The page itself is about the client and the care.
                exclude=("client", "product", "offered_at"),
            )
            if placed
            else None,
            events=_history(scope, allocation),
            **kwargs,
        )


def facts_of(scope: Scope, allocation: Allocation) -> list[tuple[str, str]]:
    """What stands at the top of an allocation's pages."""
    return [
        *facts_for(scope, _("Client"), allocation),
        (_("Product"), str(allocation.product or allocation.category or _("not specified"))),
        (_("How much"), words.extent_text(allocation) or _("not specified")),
        (_("Period"), period_of(allocation.start_date, allocation.end_date)),
        (_("Municipality"), allocation.municipality.name),
        (_("Received"), date_nl(allocation.received_at)),
        *_origin(allocation),
    ]


def _origin(allocation: Allocation) -> list[tuple[str, str]]:
    """Who allocated it, where that was not the municipality."""
    if allocation.origin == AllocatedBy.MUNICIPALITY:
        return []
    return [(_("Allocated by"), allocation.get_origin_display())]


def _history(scope: Scope, allocation: Allocation) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [
        {
            "at": version.recorded_at,
            "title": _("Version of %(moment)s") % {"moment": moment_nl(version.decided_at)},
            "text": ", ".join(
                part
                for part in (
                    period_of(version.start_date, version.end_date),
                    words.extent_text(version),
                )
                if part
            ),
        }
        for version in allocation.versions.visible_to(scope)
    ]
    reports = UpwardReport.objects.visible_to(scope).filter(allocation=allocation)
    for report in reports.select_related("message").defer("message__content"):
        start = report.kind == UpwardReport.Kind.START
        events.append(
            {
                "at": report.recorded_at,
                "title": _("Start told to the municipality")
                if start
                else _("Stop told to the municipality"),
                "text": " · ".join(
                    [date_nl(report.begin_date if start else report.end_date), *_undone(report)]
                ),
            }
        )
    return sorted(events, key=lambda event: event["at"], reverse=True)


def _undone(report: UpwardReport) -> list[str]:
    """Why a report no longer counts, where it does not."""
    if report.message is None:
        return [_("before it was taken over")]
    if report.message.refused_at is not None:
        return [_("returned by the municipality")]
    return [_("taken back")] if report.withdrawn_at else []


@roles(*sorted(CARE))
@require_POST
def allocation_tell_again(request: ScopedRequest, pk: int) -> HttpResponse:
    """Send the municipality again what it returned with errors."""
    allocation = get_object_or_404(Allocation.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        if deliveries.tell_again(scope=request.scope, allocation=allocation):
            messages.success(request, _("The report is sent again. You see here what comes back."))
        else:
            messages.info(request, _("There is nothing to send: the municipality knows it all."))
    return redirect("allocation_detail", pk)


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def allocation_place(request: ScopedRequest, pk: int) -> HttpResponse:
    """Everybody who could deliver, with what speaks for and against; a button for each."""
    allocation = get_object_or_404(
        Allocation.objects.visible_to(request.scope).select_related(
            "client", "product", "municipality", "municipal_contract"
        ),
        pk=pk,
    )
    left = room_of(allocation, placed_of(allocation))
    form = PlaceForm(request.POST or None, scope=request.scope, allocation=allocation, left=left)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            placement = placements.place(
                scope=request.scope,
                allocation=allocation,
                subcontractor=form.cleaned_data["subcontractor"],
                part=form.part,
            )
            messages.success(
                request, _("The client is placed. You see the answer on your work list.")
            )
            return redirect("placement_detail", placement.pk)
    product = form.cleaned_data.get("product") if form.is_bound and form.is_valid() else None
    product = product or _asked_product(request, form)
    context = {
        "title": _("Place %(client)s") % {"client": allocation.client},
        "lead": _("Choose who gives the care. They see it at once, and answer you."),
        "breadcrumbs": [
            (_("Allocations"), reverse("allocation_list")),
            (str(allocation.number), reverse("allocation_detail", args=[allocation.pk])),
        ],
        "allocation": allocation,
        "facts": facts_of(request.scope, allocation),
        "form": form,
        "may_place": allowed(policies.check_can_place_more, request.scope, allocation, left),
        "left": _left_text(allocation, left),
        "candidates": candidates(request.scope, allocation, left, product),
    }
    return render(request, "subcontracts/allocation_place.html", context)


def _left_text(allocation: Allocation, left: Share | None) -> str:
    """What is left where a part is placed; empty where all or nothing is."""
    if left is None or left == whole_of(allocation):
        return ""
    rest = Placement(
        volume=left.volume,
        unit=allocation.unit,
        frequency=allocation.frequency,
        budget=left.budget,
    )
    period = period_of(left.period.start, left.period.end)
    return ", ".join(text for text in (words.extent_text(rest), period) if text)


def _asked_product(request: ScopedRequest, form: PlaceForm) -> Any:
    """For an allocation without a product: the one chosen in the address."""
    field = form.fields.get("product")
    asked = request.GET.get("product", "")
    if field is None or not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    choices: Any = field
    return choices.queryset.filter(pk=asked).first()
