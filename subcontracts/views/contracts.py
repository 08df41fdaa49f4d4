"""Contracts both ways, subcontractors, and the people of the own organisation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, period_of, volume
from subcontracts import gates, policies, words
from subcontracts.filters import SubcontractFilter, SubcontractorFilter
from subcontracts.forms import LastDayForm, ProfessionalForm, TariffForm
from subcontracts.models import (
    MunicipalContract,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import contracts, professionals
from subcontracts.tables import (
    SUBCONTRACT_TONES,
    MunicipalContractTable,
    ProfessionalTable,
    SubcontractorTable,
    SubcontractTable,
)

STAFF_READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})
READERS = STAFF_READERS | SUBCONTRACTOR
PROFILE_READERS = STAFF_READERS | {Role.ADMINISTRATOR} | SUBCONTRACTOR
PROVIDER = tuple(sorted(SUBCONTRACTOR))
FORM_METHODS = ["GET", "HEAD", "POST"]


class MunicipalContractList(ListPage):
    """The tasks from municipalities."""

    model = MunicipalContract
    table_class = MunicipalContractTable
    roles = STAFF_READERS
    title = gettext_lazy("Municipal contracts")
    lead = gettext_lazy("What municipalities have asked of us, and how they pay.")
    empty_title = gettext_lazy("No municipal contracts yet")
    empty_text = gettext_lazy("The administrator puts them in when the platform is set up.")


class MunicipalContractDetail(DetailPage):
    """One task: municipalities with shares, products, subcontracts."""

    model = MunicipalContract
    roles = STAFF_READERS
    template_name = "subcontracts/contract_detail.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Municipal contracts"), reverse("municipal_contract_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts and three tables."""
        scope, contract = self.request.scope, self.object
        shares = contract.municipalities.visible_to(scope).select_related("municipality")
        products = contract.products.visible_to(scope).select_related("product")
        below = (
            Subcontract.objects.visible_to(scope)
            .filter(municipal_contract=contract)
            .select_related("provider_organisation", "municipal_contract")
        )
        return super().get_context_data(
            facts=_municipal_facts(contract),
            tables=[
                {
                    "caption": _("Municipalities"),
                    "headers": [_("Municipality"), _("Share")],
                    "rows": [(row.municipality.name, f"{volume(row.share)} %") for row in shares],
                },
                {
                    "caption": _("Products"),
                    "headers": [_("Product"), _("Unit")],
                    "rows": [
                        (str(row.product), words.unit_text(row.product.unit)) for row in products
                    ],
                },
            ],
            table=SubcontractTable(below, request=self.request, caption=_("Subcontracts")),
            **kwargs,
        )


def _municipal_facts(contract: MunicipalContract) -> list[tuple[str, str]]:
    consent = (
        f"{date_nl(contract.relay_consent_on)} · {contract.relay_consent_reference}"
        if contract.relay_consent_on
        else _("no: placements go through the portal")
    )
    return [
        (_("Number"), contract.number),
        (_("Law"), contract.get_family_display()),
        (_("Period"), period_of(contract.start_date, contract.end_date)),
        (_("Budget form"), contract.get_budget_form_display()),
        (_("Budget a year"), format_euro(contract.yearly_budget)),
        (_("Messages in use"), ", ".join(contract.messages)),
        (_("Consent to relay"), consent),
        (_("Term of the subcontractor"), _working_days(contract.subcontractor_term_days)),
    ]


def _working_days(count: int) -> str:
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


class SubcontractList(ListPage):
    """What was agreed with subcontractors; a provider sees its own."""

    model = Subcontract
    table_class = SubcontractTable
    filterset_class = SubcontractFilter
    related = ("provider_organisation", "municipal_contract")
    roles = READERS
    title = gettext_lazy("Subcontracts")
    lead = gettext_lazy("What was agreed, with funding lines and tariffs.")
    empty_title = gettext_lazy("No subcontracts yet")
    empty_text = gettext_lazy("A client can be placed with who has a running contract.")


class SubcontractDetail(DetailPage):
    """One subcontract: lines, tariffs, and what is used of the ceiling."""

    model = Subcontract
    related = ("provider_organisation", "municipal_contract")
    roles = READERS
    template_name = "subcontracts/contract_detail.html"

    def get_title(self) -> str:
        return f"{self.object.number} · {self.object.provider_organisation.name}"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Subcontracts"), reverse("subcontract_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, ceiling, lines and tariffs."""
        scope, contract = self.request.scope, self.object
        may_change = allowed(
            policies.check_can_manage_contracts, scope, contract.main_contractor_id
        )
        return super().get_context_data(
            badge=contract.get_status_display(),
            tone=SUBCONTRACT_TONES.get(contract.status, "neutral"),
            facts=_subcontract_facts(contract),
            ceiling=_ceiling(scope, contract),
            tables=[_lines(scope, contract), _tariffs(scope, contract)],
            tariff_url=reverse("subcontract_tariff", args=[contract.pk]) if may_change else "",
            **kwargs,
        )


def _subcontract_facts(contract: Subcontract) -> list[tuple[str, str]]:
    yes, no = _("yes"), _("no")
    return [
        (_("Under"), str(contract.municipal_contract)),
        (_("Period"), period_of(contract.start_date, contract.end_date)),
        (_("Signed on"), date_nl(contract.signed_on) if contract.signed_on else no),
        (
            _("Consent of the municipality"),
            date_nl(contract.consent_on) if contract.consent_on else no,
        ),
        (_("Acceptance duty"), yes if contract.has_acceptance_duty else no),
        (_("Reply time"), _working_days(contract.reply_working_days)),
        (_("Relay"), contract.get_relay_display()),
    ]


def _ceiling(scope: Scope, contract: Subcontract) -> dict[str, Any] | None:
    """Used part of this year's ceiling; None where none was agreed."""
    if contract.ceiling is None:
        return None
    used = gates.spent([contract.pk], scope.today.year, scope.today)[contract.pk]
    percent = int(used * 100 / contract.ceiling) if contract.ceiling else 0
    return {
        "percent": min(percent, 100),
        "signal": percent >= contract.ceiling_signal,
        "text": _("%(used)s of %(ceiling)s used in %(year)s (%(percent)s %%)")
        % {
            "used": format_euro(used),
            "ceiling": format_euro(contract.ceiling),
            "year": scope.today.year,
            "percent": percent,
        },
    }


def _lines(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    lines = contract.funding_lines.visible_to(scope).prefetch_related("line_products__product")
    return {
        "caption": _("Funding lines"),
        "headers": [_("Line"), _("Form"), _("Period"), _("Products")],
        "rows": [
            (
                line.name,
                line.get_form_display(),
                days_of(line.start_date, line.end_date),
                ", ".join(str(row.product) for row in line.line_products.all()),
            )
            for line in lines
        ],
    }


def _tariffs(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    tariffs = contract.tariffs.visible_to(scope).select_related("product")
    return {
        "caption": _("Tariffs"),
        "headers": [_("Product"), _("Tariff"), _("Period")],
        "rows": [
            (
                str(row.product),
                _price(row.amount, row.unit),
                days_of(row.start_date, row.end_date),
            )
            for row in tariffs
        ],
    }


def _price(amount: Decimal, unit: str) -> str:
    return words.tariff_text(amount, unit)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_tariff(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set a tariff; the one in force ends the day before."""
    contract = get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)
    products = Product.objects.visible_to(request.scope).filter(line_products__subcontract=contract)
    form = TariffForm(request.POST or None, scope=request.scope, products=products.distinct())
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contracts.set_tariff(
                scope=request.scope,
                subcontract=contract,
                product=form.cleaned_data["product"],
                amount=form.cleaned_data["amount"],
                period=form.period,
            )
            messages.success(request, _("The tariff is set."))
            return redirect("subcontract_detail", pk)
    url = reverse("subcontract_detail", args=[pk])
    context = {
        "title": _("Set a tariff"),
        "form": form,
        "submit_label": _("Set tariff"),
        "cancel_url": url,
        "next_text": _("The tariff that is in force now ends the day before."),
        "breadcrumbs": [(_("Subcontracts"), reverse("subcontract_list")), (contract.number, url)],
    }
    return render(request, "generic/form.html", context)


class SubcontractorList(ListPage):
    """Who works for the main contractor."""

    model = Subcontractor
    table_class = SubcontractorTable
    filterset_class = SubcontractorFilter
    related = ("provider_organisation",)
    roles = PROFILE_READERS
    title = gettext_lazy("Subcontractors")
    lead = gettext_lazy("Everybody who delivers care for us, own teams too.")
    empty_title = gettext_lazy("No subcontractors yet")
    empty_text = gettext_lazy("They stand here when they have a contract with us.")


class SubcontractorDetail(DetailPage):
    """One subcontractor with its contracts."""

    model = Subcontractor
    related = ("provider_organisation",)
    roles = PROFILE_READERS
    template_name = "subcontracts/contract_detail.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Subcontractors"), reverse("subcontractor_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, and the contracts for who may read those."""
        scope, row = self.request.scope, self.object
        if scope.role in READERS:
            below = (
                Subcontract.objects.visible_to(scope)
                .filter(subcontractor=row)
                .select_related("provider_organisation", "municipal_contract")
            )
            kwargs["table"] = SubcontractTable(
                below, request=self.request, caption=_("Subcontracts")
            )
        return super().get_context_data(facts=_profile(row), **kwargs)


def _profile(row: Subcontractor) -> list[tuple[str, str]]:
    organisation = row.provider_organisation
    facts = [
        (_("Kind"), organisation.get_kind_display()),
        (_("Trade register number"), organisation.kvk),
        (_("AGB code"), organisation.agb or "–"),
        (_("Address"), f"{organisation.street}, {organisation.postcode} {organisation.city}"),
        (_("Works for us"), period_of(row.start_date, row.end_date)),
    ]
    if row.iban:
        facts.append((_("Account"), mask_iban(row.iban)))
    return facts


class ProfessionalList(ListPage):
    """The people of the own organisation."""

    model = Professional
    table_class = ProfessionalTable
    roles = frozenset(SUBCONTRACTOR)
    title = gettext_lazy("Our people")
    lead = gettext_lazy("Who gives care. Name them on a placement.")
    empty_title = gettext_lazy("Nobody yet")
    empty_text = gettext_lazy("Add the people who give care.")

    def primary(self) -> Action | None:
        """Add somebody."""
        return Action(_("Add a person"), reverse("professional_new"))


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def professional_new(request: ScopedRequest) -> HttpResponse:
    """Add a person to the own organisation."""
    form = ProfessionalForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            professionals.add_professional(
                scope=request.scope,
                organisation_id=request.scope.organisation_id,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                period=form.period,
            )
            messages.success(request, _("The person is added."))
            return redirect("professional_list")
    context = {
        "title": _("Add a person"),
        "form": form,
        "submit_label": _("Add person"),
        "cancel_url": reverse("professional_list"),
        "breadcrumbs": [(_("Our people"), reverse("professional_list"))],
    }
    return render(request, "generic/form.html", context)


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def professional_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record a person's last working day."""
    person = get_object_or_404(Professional.objects.visible_to(request.scope), pk=pk)
    form = LastDayForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            professionals.end_professional(
                scope=request.scope, professional=person, last_day=form.cleaned_data["last_day"]
            )
            messages.success(request, _("The last working day is recorded."))
            return redirect("professional_list")
    context = {
        "title": _("Last working day of %(name)s") % {"name": person.name},
        "form": form,
        "submit_label": _("Record last day"),
        "cancel_url": reverse("professional_list"),
        "next_text": _("The person stops on all placements that day."),
        "breadcrumbs": [(_("Our people"), reverse("professional_list"))],
    }
    return render(request, "generic/form.html", context)
