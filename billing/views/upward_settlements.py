"""The year settled with the municipalities: the list, one of them, its files and its steps."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from billing import policies, upward_settlement_files
from billing.models import Entitlement, OwnTeamRow, UpwardSettlement
from billing.rules.explain import Explanation
from billing.rules.upward_year import BY_KEY, Agreed, Figures, over_municipalities
from billing.selectors.contract_wall import last_day
from billing.selectors.own_teams import costs_of
from billing.selectors.settlement_years import usual_year, years
from billing.selectors.upward_year import not_ready
from billing.services import upward_settlements as services
from billing.services.documents import LANGUAGE
from billing.settlement_tables import UpwardSettlementFilter, UpwardSettlementTable
from billing.upward_settlement_forms import AgreedForm, ChosenForm, NewUpwardForm, initial_of
from billing.views.access import CONTROLLER, MONEY
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import ZERO, format_euro
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
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from subcontracts.models import MunicipalContract
from subcontracts.selectors.upward_terms import values_on

FORM_METHODS = ["GET", "HEAD", "POST"]
#: Decisions on the page; the spreadsheet has all of them.
SHOWN_DECISIONS = 200
Status = UpwardSettlement.Status


class UpwardSettlementList(ListPage):
    """Settlements with municipalities, the newest year first."""

    model = UpwardSettlement
    table_class = UpwardSettlementTable
    filterset_class = UpwardSettlementFilter
    related = ("contract",)
    roles = MONEY
    title = gettext_lazy("Settlements with municipalities")
    lead = gettext_lazy("The year of a municipal contract: decisions, costs and what goes back.")
    empty_title = gettext_lazy("No year was settled with a municipality yet")
    empty_text = gettext_lazy("A controller fills in a year; a second one locks it.")
    export_name = "jaarafrekening-gemeenten"

    def primary(self) -> Action | None:
        """A controller begins one."""
        scope = self.request.scope
        if allowed(policies.check_can_settle, scope, scope.main_contractor_id):
            return Action(_("Settle a year"), reverse("upward_settlement_new"))
        return None

    def get_queryset(self) -> Any:
        return super().get_queryset().defer("figures")


class UpwardSettlementDetail(DetailPage):
    """One of them: each figure with where it comes from."""

    model = UpwardSettlement
    related = ("contract", "filled_in_by", "locked_by")
    roles = MONEY
    template_name = "billing/upward_settlement_detail.html"

    def get_title(self) -> str:
        """Contract and year."""
        return _title(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _above()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The calculation, what it rests on, and the steps that fit."""
        scope, row = self.request.scope, self.object
        agreed, figures = services.agreed_of(row), services.frozen_figures(row)
        is_draft = row.status == Status.DRAFT
        waits = not_ready(scope, row.contract, row.year) if is_draft else []
        return super().get_context_data(
            badge=row.get_status_display(),
            tone="information" if is_draft else "positive",
            lead=row.contract.name,
            year_text=str(row.year),
            facts=_facts(row),
            sentences=_sentences(row, figures),
            result=_result(row, agreed, figures),
            costs=_costs(figures),
            counts=_counts(figures),
            decisions=_decisions(figures),
            more=max(0, len(figures.decisions) - SHOWN_DECISIONS),
            shares=_shares(row, agreed, figures),
            waits=waits,
            may_fill_in=is_draft
            and allowed(policies.check_can_settle, scope, row.main_contractor_id),
            may_lock=not waits and allowed(policies.check_can_lock_upward, scope, row),
            **kwargs,
        )


def _title(row: UpwardSettlement) -> str:
    words = {"contract": row.contract.number, "year": row.year, "number": row.number - 1}
    if row.number > 1:
        return _("%(contract)s, correction %(number)s of the settlement of %(year)s") % words
    return _("%(contract)s, settlement of %(year)s") % words


def _above() -> list[tuple[str, str]]:
    return [(_("Settlements with municipalities"), reverse("upward_settlement_list"))]


def _facts(row: UpwardSettlement) -> list[tuple[str, str]]:
    facts = [
        (_("Year"), str(row.year)),
        (_("Computed"), moment_nl(row.computed_at)),
        (_("Filled in by"), row.filled_in_by.name if row.filled_in_by else ""),
    ]
    if row.locked_at and row.locked_by:
        facts.append((_("Locked"), f"{date_nl(row.locked_at)}, {row.locked_by.name}"))
    if row.before or row.number > 1:
        facts += [
            (_("Outcome of the year"), format_euro(row.outcome)),
            (_("Settled before"), format_euro(row.before)),
        ]
    return facts


def _sentences(row: UpwardSettlement, figures: Figures) -> list[str]:
    adjustment = Explanation.from_dict(row.adjustment).sentence()
    if figures.by_unit:
        adjustment = _("All is paid by the unit: nothing is adjusted.")
    elif figures.planned is None:
        adjustment = _("The budget does not follow the number of decisions: nothing is adjusted.")
    return [adjustment, Explanation.from_dict(row.returned).sentence()]


def _result(row: UpwardSettlement, agreed: Agreed, figures: Figures) -> list[tuple[str, str, str]]:
    """From the lump sum to the settlement: what, where it comes from, and euros."""
    adjustment = Explanation.from_dict(row.adjustment).amount
    returned = Explanation.from_dict(row.returned).amount
    revenue = figures.sum_of_year + adjustment
    costs = agreed.own_cost + figures.subcontracted + agreed.coordination
    lines: list[tuple[str, str, Decimal]] = [
        (_("Lump sum"), _("budget of the year with its adjusters"), figures.lump_sum),
        *(
            [(_("Paid by the unit"), _("declared of the year and standing"), figures.by_unit)]
            if figures.by_unit
            else []
        ),
        (_("Adjustment"), _adjusted_by(agreed, figures), adjustment),
        (_("Revenue"), "", revenue),
        (_("Own teams"), agreed.own_source, -agreed.own_cost),
        (
            _("Subcontractors and invoices"),
            _("entitlements of the months of the year"),
            -figures.subcontracted,
        ),
        (_("Coordination"), agreed.coordination_source, -agreed.coordination),
        (_("Result"), "", revenue - costs),
        (_("Goes back"), _("above the cap on profit"), -returned),
        (_("Settlement"), _("adjustment less what goes back"), row.outcome),
    ]
    return [(name, source, format_euro(amount)) for name, source, amount in lines]


def _adjusted_by(agreed: Agreed, figures: Figures) -> str:
    """What the adjustment follows."""
    if figures.formed_of is None:
        return _("decisions outside the corridor")
    return _("the real number outside the corridor: %(source)s") % {
        "source": agreed.realised_source
    }


def _costs(figures: Figures) -> list[tuple[str, str, str, str]]:
    """By subcontract and form, with the address of the subcontract."""
    forms = dict(Entitlement._meta.get_field("form").choices or [])
    return [
        (
            one.name,
            reverse("subcontract_detail", args=[one.subcontract])
            if one.subcontract
            else reverse("invoice_list"),
            str(forms.get(one.form, one.form)),
            format_euro(one.amount),
        )
        for one in figures.costs
    ]


def _counts(figures: Figures) -> list[tuple[str, str, int]]:
    """Decisions by municipality and product."""
    names = {one.code: one.name for one in figures.shares}
    counted = Counter((one.municipality, one.product) for one in figures.decisions)
    return [
        (names.get(municipality, municipality), product, number)
        for (municipality, product), number in sorted(counted.items())
    ]


def _decisions(figures: Figures) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            str(one.number),
            reverse("allocation_detail", args=[one.allocation]),
            one.municipality,
            one.product,
            date_nl(one.day),
        )
        for one in figures.decisions[:SHOWN_DECISIONS]
    ]


def _shares(row: UpwardSettlement, agreed: Agreed, figures: Figures) -> list[tuple[str, str, str]]:
    names = {one.code: one.name for one in figures.shares}
    shared = over_municipalities(agreed, figures, row.amount)
    return [(names[code], why.sentence(), format_euro(why.amount)) for code, why in shared.items()]


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def upward_settlement_new(request: ScopedRequest) -> HttpResponse:
    """Begin the settlement of a contract and year."""
    scope = request.scope
    asked = _asked(request)
    if asked is None and "counted" not in request.POST:
        return _choose(request)
    initial: dict[str, object] = {"year": usual_year(scope)}
    if asked is not None:
        initial = {**_from_own_teams(scope, *asked), **said_of(*asked)}
    form = NewUpwardForm(request.POST or None, scope=scope, years=years(scope), initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = services.begin(
                scope=scope,
                contract=form.cleaned_data["contract"],
                year=form.cleaned_data["year"],
                agreed=form.agreed,
            )
            messages.success(request, _("Computed as a draft. A second controller locks it."))
            return redirect(made)
    return _form(
        request, _("Settle a year with municipalities"), form, reverse("upward_settlement_list")
    )


def _choose(request: ScopedRequest) -> HttpResponse:
    """First the contract and year: what the contract says of it fills the form."""
    scope, posted = request.scope, request.POST if request.method == "POST" else None
    first = {"year": usual_year(scope)}
    form = ChosenForm(posted, scope=scope, years=years(scope), initial=first)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        address = reverse("upward_settlement_new")
        return redirect(f"{address}?contract={chosen['contract'].pk}&year={chosen['year']}")
    context = {
        "title": _("Settle a year with municipalities"),
        "form": form,
        "submit_label": _("Fill in the year"),
        "cancel_url": reverse("upward_settlement_list"),
        "breadcrumbs": _above(),
    }
    return render(request, "generic/form.html", context)


def _asked(request: ScopedRequest) -> tuple[MunicipalContract, int] | None:
    """The contract and year that an address names."""
    named, year = _digits(request.GET.get("contract", "")), _digits(request.GET.get("year", ""))
    contract = MunicipalContract.objects.visible_to(request.scope).filter(pk=named).first()
    return None if contract is None or year not in years(request.scope) else (contract, year)


def said_of(contract: MunicipalContract, year: int) -> dict[str, object]:
    """What the contract says of a year, by its last day in it; nothing of what it does not say."""
    terms = values_on(contract, last_day(contract, year))
    found: dict[str, object] = {}
    if split_by := BY_KEY.get(str(terms.get("solidarity_key", ""))):
        found["split_by"] = split_by.value
    if cap := terms.get("profit_cap_percent"):
        found["cap"] = cap
    return found


def _from_own_teams(scope: Scope, contract: MunicipalContract, year: int) -> dict[str, object]:
    """What own teams reported of the year."""
    costs = {one.kind: one.amount for one in costs_of(scope, contract, year)}
    chosen: dict[str, object] = {"contract": contract.pk, "year": year}
    if not costs:
        return chosen
    coordination = costs.pop(OwnTeamRow.Kind.COORDINATION, ZERO)
    source = _("Months that own teams reported")
    return {
        **chosen,
        "own_cost": sum(costs.values(), ZERO),
        "own_source": source,
        "coordination": coordination,
        "coordination_source": source,
    }


def _digits(text: str) -> int:
    """A key or year in an address; zero for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def upward_settlement_fill_in(request: ScopedRequest, pk: int) -> HttpResponse:
    """Fill in a draft anew, which computes it from what is known now."""
    row = _found(request, pk)
    initial = initial_of(services.agreed_of(row))
    if initial["cap"] is None:
        initial["cap"] = said_of(row.contract, row.year).get("cap")
    form = AgreedForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            services.fill_in(scope=request.scope, settlement=row, agreed=form.agreed)
            messages.success(request, _("Computed again from what is known now."))
        return redirect(row)
    return _form(request, _("Fill in %(name)s") % {"name": row}, form, row.get_absolute_url())


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def upward_settlement_lock(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make final what a colleague filled in."""
    row = _found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.lock(scope=request.scope, settlement=row)
            messages.success(request, _("Locked. Its figures stay as they are."))
        return redirect(row)
    context = {
        "title": _("Lock this settlement?"),
        "lead": _title(row),
        "breadcrumbs": [*_above(), (_title(row), row.get_absolute_url())],
        "consequences": [
            _("The year comes to %(amount)s.") % {"amount": format_euro(row.outcome)},
            _("No payment follows from it: agree with the municipalities how it is paid."),
            _("What becomes known later is settled as a correction."),
        ],
        "submit_label": _("Lock the settlement"),
        "cancel_url": row.get_absolute_url(),
        "danger": True,
    }
    check = policies.check_can_lock_upward
    return render(
        request, "generic/confirm.html", asked_or_refused(context, check, request.scope, row)
    )


@roles(*MONEY)
@require_GET
def upward_settlement_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """The settlement to hand to the municipalities."""
    row = _found(request, pk)
    with translation.override(LANGUAGE):
        content = upward_settlement_files.pdf(_printed(row))
    return attachment(content, f"jaarafrekening-{row.year}-{row.contract_id}-{row.number}.pdf")


@roles(*MONEY)
@require_GET
def upward_settlement_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same as a spreadsheet, with every decision and cost."""
    row = _found(request, pk)
    with translation.override(LANGUAGE):
        content = upward_settlement_files.xlsx(_printed(row), services.frozen_figures(row))
    name = f"jaarafrekening-{row.year}-{row.contract_id}-{row.number}.xlsx"
    return attachment(content, name, XLSX_TYPE)


def _printed(row: UpwardSettlement) -> upward_settlement_files.Printed:
    agreed, figures = services.agreed_of(row), services.frozen_figures(row)
    by_form: defaultdict[str, Decimal] = defaultdict(Decimal)
    forms = dict(Entitlement._meta.get_field("form").choices or [])
    for one in figures.costs:
        by_form[str(forms.get(one.form, one.form))] += one.amount
    return upward_settlement_files.Printed(
        title=_title(row),
        sender=row.main_contractor.organisation.name,
        status=str(row.get_status_display()),
        sentences=tuple(_sentences(row, figures)),
        result=tuple(_result(row, agreed, figures)),
        costs=tuple((form, format_euro(amount)) for form, amount in by_form.items()),
        counts=tuple((name, product, str(number)) for name, product, number in _counts(figures)),
        shares=tuple(_shares(row, agreed, figures)),
    )


def _found(request: ScopedRequest, pk: int) -> UpwardSettlement:
    rows = UpwardSettlement.objects.visible_to(request.scope)
    return get_object_or_404(
        rows.select_related("contract", "main_contractor__organisation"), pk=pk
    )


def _form(request: ScopedRequest, title: str, form: AgreedForm, back: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "submit_label": _("Compute the settlement"),
        "cancel_url": back,
        "next_text": _(
            "Decisions, costs of subcontractors, budget and corridor are read from the contract."
            " It is a draft until a second controller locks it."
        ),
        "breadcrumbs": _above(),
    }
    return render(request, "generic/form.html", context)
