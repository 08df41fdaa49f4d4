"""The municipality's administration beside ours: files compared, differences explained."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import export
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE
from hoofdaannemer.core.templatetags.core_format import moment_nl
from subcontracts.models import ContractMunicipality, Difference, Reconciliation
from subcontracts.reconciling_forms import ExplainForm, ReconcileForm
from subcontracts.reconciling_tables import DifferenceTable, ReconciliationTable
from subcontracts.selectors import reconciliations as selectors
from subcontracts.services import reconciling


class DifferenceFilter(FilterSet):
    """By kind, and whether somebody explained it."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="by_state",
        choices=(
            ("open", gettext_lazy("still to explain")),
            ("settled", gettext_lazy("explained")),
        ),
    )

    class Meta:
        model = Difference
        fields = ("state", "kind")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(settled_at__isnull=value == "open")


class ReconciliationFilter(FilterSet):
    """By law."""

    class Meta:
        model = Reconciliation
        fields = ("family",)


class ReconciliationList(ListPage):
    """Newest first."""

    model = Reconciliation
    table_class = ReconciliationTable
    filterset_class = ReconciliationFilter
    related = ("municipality",)
    roles = CARE
    title = gettext_lazy("Reconciliation with municipalities")
    lead = gettext_lazy(
        "What we allocated under mandate, held against what the municipality has recorded."
    )
    empty_title = gettext_lazy("Nothing was compared yet")
    empty_text = gettext_lazy(
        "Ask the municipality for a list of current allocations and compare it with ours."
    )
    export_name = "aansluitingen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the numbers of differences; without the files."""
        found: QuerySet[Any] = rows.with_counts().defer("content")  # type: ignore[attr-defined]
        return found

    def primary(self) -> Action | None:
        return Action(_("Compare with a municipality"), reverse("reconciliation_new"))


class DifferenceList(ListPage):
    """The differences that one comparison found."""

    model = Difference
    table_class = DifferenceTable
    filterset_class = DifferenceFilter
    roles = CARE
    empty_title = gettext_lazy("No differences")
    empty_text = gettext_lazy("Both administrations say the same.")
    export_name = "verschillen"

    @cached_property
    def reconciliation(self) -> Reconciliation:
        rows = Reconciliation.objects.visible_to(self.request.scope).defer("content")
        found: Reconciliation = get_object_or_404(
            rows.select_related("municipality"), pk=self.kwargs["pk"]
        )
        return found

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return _listed(rows).filter(reconciliation=self.reconciliation)

    def get_title(self) -> str:
        return _("Reconciliation with %(town)s") % {"town": self.reconciliation}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Reconciliation"), reverse("reconciliation_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """When it was, and how much was the same."""
        context = super().get_context_data(**kwargs)
        row = self.reconciliation
        context["lead"] = _(
            "Compared on %(moment)s: %(rows)s rows of the municipality, %(here)s allocations here,"
            " %(equal)s equal."
        ) % {
            "moment": moment_nl(row.recorded_at),
            "rows": row.row_count,
            "here": row.held_count,
            "equal": row.equal_count,
        }
        return context


def _listed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without clients that may not be listed, also where that became so after the comparison."""
    return rows.exclude(allocation__client__is_sealed=True).exclude(
        placement__client__is_sealed=True
    )


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def reconciliation_new(request: ScopedRequest) -> HttpResponseBase:
    """Compare a file of a municipality, or download our own list for it."""
    form = ReconcileForm(
        request.POST or None,
        request.FILES or None,
        scope=request.scope,
        choices=selectors.choices(request.scope),
    )
    if request.method == "POST" and form.is_valid():
        share, raw = form.cleaned_data["share"], form.cleaned_data["file"]
        if "download" in request.POST:
            return _our_list(request, share)
        with shown_refusals(request):
            row = reconciling.reconcile(
                scope=request.scope,
                main_contractor_id=share.main_contractor_id,
                municipality=share.municipality,
                family=share.contract.family,
                raw=raw,
            )
            _tell(request, row)
            return redirect("reconciliation_detail", row.pk)
    context = {
        "title": _("Compare with a municipality"),
        "lead": _("The file has a row for each allocation under its code that runs or will run."),
        "form": form,
        "breadcrumbs": [(_("Reconciliation"), reverse("reconciliation_list"))],
    }
    return render(request, "subcontracts/reconcile.html", context)


def _tell(request: ScopedRequest, row: Reconciliation) -> None:
    found = row.differences.count()
    if not found:
        messages.success(request, _("Both administrations say the same."))
        return
    text = ngettext("%(count)s difference found.", "%(count)s differences found.", found)
    messages.warning(request, text % {"count": found})


def _our_list(request: ScopedRequest, share: ContractMunicipality) -> HttpResponseBase:
    """Our own side in the columns of the file: the municipality may compare it itself."""
    rows = selectors.held(
        request.scope, share.main_contractor_id, share.municipality, share.contract.family
    )
    clients = {row.client_id for one in rows if (row := one.allocation or one.placement)}
    audit.looked_at(request.scope, clients, "reconciliation.downloaded")
    records = [one.record for one in rows]
    return export.stream(
        request.scope, records, selectors.OUR_LIST, kind="csv", name="onze-toewijzingen"
    )


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def difference_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say how a difference is explained or put right."""
    rows = _listed(Difference.objects.visible_to(request.scope)).select_related(
        "reconciliation__municipality"
    )
    row = get_object_or_404(rows.defer("reconciliation__content"), pk=pk)
    url = reverse("reconciliation_detail", args=[row.reconciliation_id])
    form = ExplainForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            reconciling.settle(scope=request.scope, difference=row, **form.values)
            messages.success(request, _("The difference is explained."))
            return redirect(url)
    parts = (row.get_kind_display(), row.number and str(row.number), row.column)
    context = {
        "title": _("Explain this difference"),
        "lead": " · ".join(str(part) for part in parts if part),
        "form": form,
        "submit_label": _("Record explanation"),
        "cancel_url": url,
        "next_text": _("The difference stays on the list, as explained."),
        "breadcrumbs": [
            (_("Reconciliation"), reverse("reconciliation_list")),
            (str(row.reconciliation), url),
        ],
    }
    return render(request, "generic/form.html", context)
