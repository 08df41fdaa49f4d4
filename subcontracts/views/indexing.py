"""What indexation rests on: figures, schemes, and which scheme a contract follows."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from subcontracts.index_forms import (
    FigureForm,
    SchemeForm,
    SeriesForm,
    TermsForm,
)
from subcontracts.index_tables import IndexFigureTable, IndexTermsTable
from subcontracts.models import (
    IndexFigure,
    IndexScheme,
    IndexSeries,
    IndexTerms,
    IndexWeight,
)
from subcontracts.models.indexing import READERS
from subcontracts.services import index_figures

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


def tabs(active: str) -> list[dict[str, Any]]:
    """Rounds, figures and schemes, side by side."""
    return [
        {"label": label, "url": reverse(name), "active": name == active}
        for label, name in (
            (_("Rounds"), "index_round_list"),
            (_("Figures"), "index_figure_list"),
            (_("Schemes"), "index_scheme_list"),
        )
    ]


class FigureFilter(FilterSet):
    """By series and year, and whether it still counts."""

    series = ScopedModelChoiceFilter(model=IndexSeries, label=gettext_lazy("Series"))
    counts = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="by_standing",
        choices=(
            ("yes", gettext_lazy("counts")),
            ("no", gettext_lazy("superseded")),
        ),
    )

    class Meta:
        model = IndexFigure
        fields = ("series", "year", "counts")

    def by_standing(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(superseded_at__isnull=value == "yes")


class FigureList(ListPage):
    """What the series say of each year."""

    model = IndexFigure
    table_class = IndexFigureTable
    filterset_class = FigureFilter
    related = ("series",)
    roles = READERS
    title = gettext_lazy("Index figures")
    lead = gettext_lazy("Provisional first; the definitive one corrects it a year later.")
    empty_title = gettext_lazy("No figures yet")
    empty_text = gettext_lazy("Add a series first, then record what it says of a year.")
    export_name = "indexcijfers"
    template_name = "subcontracts/index_list.html"

    def primary(self) -> Action | None:
        if self.request.scope.role != Role.CONTRACT_MANAGER:
            return None
        return Action(_("Record a figure"), reverse("index_figure_new"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the tabs, and the way to a new series."""
        can_add = self.request.scope.role == Role.CONTRACT_MANAGER
        return super().get_context_data(
            tabs=tabs("index_figure_list"),
            second_url=reverse("index_series_new") if can_add else "",
            second_label=_("Add a series"),
            **kwargs,
        )


class SchemeList(ListPage):
    """How each scheme calculates, from which day."""

    model = IndexTerms
    table_class = IndexTermsTable
    related = ("scheme",)
    roles = READERS
    title = gettext_lazy("Index schemes")
    lead = gettext_lazy("A mix of series, and how last year is corrected. Contracts follow one.")
    empty_title = gettext_lazy("No schemes yet")
    empty_text = gettext_lazy("Add the series that count, then the scheme that mixes them.")
    export_name = "indexregelingen"
    template_name = "subcontracts/index_list.html"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        weights = IndexWeight.objects.visible_to(self.request.scope).select_related("series")
        return rows.prefetch_related(Prefetch("weights", weights)).order_by(
            "scheme__name", "-start_date", "pk"
        )

    def primary(self) -> Action | None:
        if self.request.scope.role != Role.CONTRACT_MANAGER:
            return None
        return Action(_("Add a scheme"), reverse("index_scheme_new"))

    def get_table_kwargs(self) -> dict[str, Any]:
        """Only a contract manager sets terms."""
        is_manager = self.request.scope.role == Role.CONTRACT_MANAGER
        return {} if is_manager else {"exclude": ("change",)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the tabs."""
        return super().get_context_data(tabs=tabs("index_scheme_list"), **kwargs)


def _form_page(request: ScopedRequest, back: str, above: str, **context: Any) -> HttpResponse:
    url = reverse(back)
    context |= {"cancel_url": url, "breadcrumbs": [(above, url)]}
    return render(request, "generic/form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_series_new(request: ScopedRequest) -> HttpResponse:
    """Add a series of yearly figures."""
    form = SeriesForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_figures.create_series(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                **form.values,
            )
            messages.success(request, _("The series is added. Record its figures."))
            return redirect("index_figure_new")
    return _form_page(
        request,
        "index_figure_list",
        _("Index figures"),
        title=_("Add a series"),
        lead=_("Such as the OVA for labour, or a price index."),
        form=form,
        submit_label=_("Add series"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_figure_new(request: ScopedRequest) -> HttpResponse:
    """Record what a series says of a year."""
    form = FigureForm(
        request.POST or None, scope=request.scope, initial={"year": request.scope.today.year + 1}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_figures.record_figure(scope=request.scope, **form.values)
            messages.success(request, _("The figure is recorded."))
            return redirect("index_figure_list")
    return _form_page(
        request,
        "index_figure_list",
        _("Index figures"),
        title=_("Record a figure"),
        form=form,
        submit_label=_("Record figure"),
        next_text=_(
            "An earlier figure of this series and year no longer counts. Rounds that were prepared"
            " with it keep it."
        ),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_scheme_new(request: ScopedRequest) -> HttpResponse:
    """Add a scheme with its first terms."""
    form = SchemeForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_figures.create_scheme(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                name=form.cleaned_data["name"],
                terms=form.terms,
                weights=form.weights,
            )
            messages.success(request, _("The scheme is added. Let contracts follow it."))
            return redirect("index_scheme_list")
    return _form_page(
        request,
        "index_scheme_list",
        _("Index schemes"),
        title=_("Add a scheme"),
        form=form,
        submit_label=_("Add scheme"),
        next_text=_("Choose it on the page of each contract that follows it."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def index_scheme_terms(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a scheme calculate in another way from a day on."""
    scheme = get_object_or_404(IndexScheme.objects.visible_to(request.scope), pk=pk)
    form = TermsForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            index_figures.set_terms(
                scope=request.scope, scheme=scheme, terms=form.terms, weights=form.weights
            )
            messages.success(request, _("The new terms are set."))
            return redirect("index_scheme_list")
    return _form_page(
        request,
        "index_scheme_list",
        _("Index schemes"),
        title=_("New terms of %(scheme)s") % {"scheme": scheme.name},
        form=form,
        submit_label=_("Set terms"),
        next_text=_("Contracts that follow the scheme follow these terms from that day on."),
    )
