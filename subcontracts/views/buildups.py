"""Build-ups of tariffs: the list, one of them beside another version, and its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.models import User
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
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl
from subcontracts import buildup_policies as policies
from subcontracts import words
from subcontracts.buildup_forms import BuildupForm, ParameterForm
from subcontracts.buildup_tables import (
    BUILDUP_TONES,
    BuildupFilter,
    BuildupTable,
    comparison_table,
    lines_table,
)
from subcontracts.buildup_words import fault_text
from subcontracts.index_words import price_text
from subcontracts.models import BuildupParameter, TariffBuildup
from subcontracts.models.buildups import READERS, as_lines
from subcontracts.rules.buildup import differences, worked_out
from subcontracts.services import buildups

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


class BuildupList(ListPage):
    """Every version of every product."""

    model = TariffBuildup
    table_class = BuildupTable
    filterset_class = BuildupFilter
    related = ("product",)
    roles = READERS
    title = gettext_lazy("Build-up of tariffs")
    lead = gettext_lazy("What a unit of a product costs, line by line with its source.")
    empty_title = gettext_lazy("No tariff is built up yet")
    empty_text = gettext_lazy(
        "Draw up the first one: costs of a year, hours, and what comes on top."
    )
    export_name = "tariefopbouw"

    def primary(self) -> Action | None:
        """Contract managers draw tariffs up."""
        scope = self.request.scope
        if not allowed(policies.check_can_prepare, scope, scope.main_contractor_id):
            return None
        return Action(_("Draw up a tariff"), reverse("buildup_new"))


class BuildupDetail(DetailPage):
    """One version: its lines with every step, beside another version."""

    model = TariffBuildup
    related = ("product", "like__product", "prepared_by", "settled_by")
    roles = READERS
    template_name = "subcontracts/tariff_page.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Build-up of tariffs"), reverse("buildup_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, lines, and the differences."""
        scope, row = self.request.scope, self.object
        parameters = list(BuildupParameter.objects.visible_to(scope).filter(buildup=row))
        outcome = worked_out(as_lines(parameters), row.decimals)
        may_change = allowed(policies.check_can_change, scope, row)
        tables = [lines_table(row, parameters, outcome, may_change=may_change)]
        if (other := _other(scope, row, self.request.GET.get("met", ""))) is not None:
            before = list(BuildupParameter.objects.visible_to(scope).filter(buildup=other))
            found = differences(as_lines(before), as_lines(parameters))
            tables.append(comparison_table(other, row, found))
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=BUILDUP_TONES[row.status],
            lead=row.note,
            actions=_actions(scope, row, is_complete=outcome.fault is None),
            alerts=_alerts(scope, row, fault_text(outcome)),
            facts=_facts(row),
            tables=tables,
            **kwargs,
        )


def _other(scope: Scope, row: TariffBuildup, asked: str) -> TariffBuildup | None:
    """The version to compare with: the one asked for, the one it was begun like, or the last."""
    rows = TariffBuildup.objects.visible_to(scope).select_related("product").exclude(pk=row.pk)
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return rows.filter(pk=int(asked), unit=row.unit).first()
    if row.like is not None:
        return row.like
    return rows.filter(product=row.product_id, number__lt=row.number).first()


def _facts(row: TariffBuildup) -> list[tuple[str, str]]:
    facts = [
        (_("Product"), str(row.product)),
        (_("Tariff"), _("not known yet") if row.amount is None else price_text(row.amount)),
        (_("Unit"), words.unit_text(row.unit)),
        (_("Drawn up by"), _who(row.prepared_by, row.prepared_at)),
    ]
    if row.settled_at is not None:
        facts.append((_("Version settled by"), _who(row.settled_by, row.settled_at)))
    if row.like is not None:
        facts.append((_("Begun like"), str(row.like)))
    return facts


def _who(user: User | None, at: datetime) -> str:
    return f"{user.name if user else '–'} · {moment_nl(at)}"


def _actions(scope: Scope, row: TariffBuildup, *, is_complete: bool) -> list[tuple[str, str, str]]:
    may_settle = is_complete and allowed(policies.check_can_settle, scope, row)
    found = []
    if may_settle:
        found.append((_("Settle version"), reverse("buildup_settle", args=[row.pk]), "primary"))
    if allowed(policies.check_can_change, scope, row):
        kind = "secondary" if may_settle else "primary"
        found.append((_("Add a line"), reverse("buildup_parameter_new", args=[row.pk]), kind))
        found.append((_("Withdraw draft"), reverse("buildup_withdraw", args=[row.pk]), "subtle"))
    elif allowed(policies.check_can_prepare, scope, row.main_contractor_id):
        url = f"{reverse('buildup_new')}?like={row.pk}"
        found.append((_("Draw up a new version like this"), url, "primary"))
    return found


def _alerts(scope: Scope, row: TariffBuildup, fault: str) -> list[tuple[str, str, str]]:
    if row.status != TariffBuildup.Status.DRAFT:
        return []
    if fault:
        return [("warning", _("These lines give no tariff yet"), fault)]
    if row.prepared_by_id != scope.user_id or scope.role != Role.CONTRACT_MANAGER:
        return []
    text = _("You drew it up. Another contract manager looks it through and settles it.")
    return [("information", _("A colleague settles this version"), text)]


def _found(scope: Scope, pk: int) -> TariffBuildup:
    rows = TariffBuildup.objects.visible_to(scope).select_related("product")
    return get_object_or_404(rows, pk=pk)


def _line(scope: Scope, pk: int) -> BuildupParameter:
    rows = BuildupParameter.objects.visible_to(scope).select_related("buildup__product")
    return get_object_or_404(rows, pk=pk)


def _page(
    request: ScopedRequest, row: TariffBuildup, template: str = "generic/form.html", **context: Any
) -> HttpResponse:
    url = reverse("buildup_detail", args=[row.pk])
    crumbs = [(_("Build-up of tariffs"), reverse("buildup_list")), (str(row), url)]
    return render(request, template, {"cancel_url": url, "breadcrumbs": crumbs, **context})


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def buildup_new(request: ScopedRequest) -> HttpResponse:
    """Begin a version, empty or like another."""
    scope = request.scope
    form = BuildupForm(request.POST or None, scope=scope, initial=_begun(request))
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = buildups.draft(scope=scope, **form.values)
            messages.success(request, _("The draft is made. Add or change its lines."))
            return redirect("buildup_detail", row.pk)
    url = reverse("buildup_list")
    context = {
        "title": _("Draw up a tariff"),
        "lead": _("As a draft. Another contract manager settles it."),
        "form": form,
        "submit_label": _("Make draft"),
        "cancel_url": url,
        "breadcrumbs": [(_("Build-up of tariffs"), url)],
    }
    return render(request, "generic/form.html", context)


def _begun(request: ScopedRequest) -> dict[str, Any]:
    """What the form begins with when one comes from a version."""
    asked = request.GET.get("like", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return {}
    row = TariffBuildup.objects.visible_to(request.scope).filter(pk=int(asked)).first()
    return {"like": row, "product": row.product_id, "decimals": row.decimals} if row else {}


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def buildup_parameter_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a line to a draft."""
    row = _found(request.scope, pk)
    return _line_page(request, row, None)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def parameter_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a line of a draft say something else, or stand elsewhere."""
    one = _line(request.scope, pk)
    return _line_page(request, one.buildup, one)


def _line_page(
    request: ScopedRequest, row: TariffBuildup, parameter: BuildupParameter | None
) -> HttpResponse:
    scope = request.scope
    names = ("name", "element", "kind", "value", "base", "source", "source_date", "position")
    initial = {name: getattr(parameter, name) for name in names} if parameter else {}
    form = ParameterForm(
        request.POST or None, scope=scope, buildup=row, parameter=parameter, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            buildups.set_parameter(scope=scope, buildup=row, parameter=parameter, **form.values)
            messages.success(request, _("The line is kept. See below what it comes to."))
            return redirect("buildup_detail", row.pk)
    return _page(
        request,
        row,
        title=_("Change line") if parameter else _("Add a line"),
        form=form,
        submit_label=_("Keep line"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def parameter_remove(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a line out of a draft."""
    one = _line(request.scope, pk)
    row = one.buildup
    if request.method == "POST":
        with shown_refusals(request):
            buildups.remove_parameter(scope=request.scope, parameter=one)
            messages.success(request, _("The line is taken out."))
        return redirect("buildup_detail", row.pk)
    return _confirm(
        request,
        row,
        policies.check_can_change,
        title=_("Take out “%(name)s”?") % {"name": one.name},
        consequences=[_("The lines below it move up, and the tariff is worked out anew.")],
        submit_label=_("Take out this line"),
        danger=True,
    )


def _confirm(
    request: ScopedRequest, row: TariffBuildup, check: Any, **context: Any
) -> HttpResponse:
    """The page that asks; where it cannot be done, it says why and leads back."""
    context = asked_or_refused(context, check, request.scope, row)
    return _page(request, row, "generic/confirm.html", **context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def buildup_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Settle what a colleague drew up."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            buildups.settle(scope=request.scope, buildup=row)
            messages.success(request, _("Settled. It can be proposed in a round now."))
        return redirect("buildup_detail", pk)
    price = "–" if row.amount is None else words.tariff_text(row.amount, row.unit)
    return _confirm(
        request,
        row,
        policies.check_can_settle,
        title=_("Settle %(version)s?") % {"version": row},
        consequences=[
            _("The tariff of this version is %(price)s.") % {"price": price},
            _("Its lines no longer change. A change is a new version."),
            _("No contract gets it yet: that takes a round, with the reactions on it."),
        ],
        submit_label=_("Settle version"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def buildup_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give up a draft."""
    row = _found(request.scope, pk)
    if request.method == "POST":
        with shown_refusals(request):
            buildups.withdraw(scope=request.scope, buildup=row)
            messages.success(request, _("The draft is withdrawn."))
        return redirect("buildup_detail", pk)
    return _confirm(
        request,
        row,
        policies.check_can_change,
        title=_("Withdraw %(version)s?") % {"version": row},
        consequences=[_("It can be read, and is not changed or settled any more.")],
        submit_label=_("Withdraw draft"),
        danger=True,
    )
