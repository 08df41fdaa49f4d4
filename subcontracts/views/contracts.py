"""Contracts both ways and subcontractors: the lists, and one of each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    allowed,
)
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, period_of
from messaging.exchange import policies as traffic_policies
from messaging.exchange.policies import READERS as MESSAGE_READERS
from subcontracts import gates, policies, words
from subcontracts.contract_pages import tabs
from subcontracts.filters import SubcontractFilter, SubcontractorFilter
from subcontracts.models import (
    CeilingSignal,
    MunicipalContract,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.ceiling import Ceiling
from subcontracts.selectors.contracttext import agreed, consent_text
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.selectors.leaderless import invitation_url
from subcontracts.selectors.purposes import steers_on
from subcontracts.tables import (
    SUBCONTRACT_TONES,
    MunicipalContractTable,
    SubcontractorTable,
    SubcontractTable,
)
from subcontracts.views.ceiling_exemptions import exemption_table, exemption_url
from subcontracts.views.client_stops import stop_table, stop_url
from subcontracts.views.consents import consent_table
from subcontracts.views.contacts import contact_table
from subcontracts.views.contract_ceilings import ceiling_table
from subcontracts.views.contract_moves import move_table
from subcontracts.views.contract_products import product_table
from subcontracts.views.contract_progress import line_table, progress_of, tariff_table
from subcontracts.views.extensions import option_table
from subcontracts.views.flowdown import clause_table
from subcontracts.views.index_contracts import contract_tables
from subcontracts.views.mandate import allocated_by_text, authority_table
from subcontracts.views.notices import ending_of
from subcontracts.views.sunsets import sunset_table
from subcontracts.views.upward_divisions import share_table
from subcontracts.views.upward_products import tariff_table as upward_tariff_table

STAFF_READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})
READERS = STAFF_READERS | SUBCONTRACTOR
FORECAST_READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}) | SUBCONTRACTOR
PROFILE_READERS = STAFF_READERS | {Role.ADMINISTRATOR} | SUBCONTRACTOR


class MunicipalContractList(ListPage):
    """The tasks from municipalities."""

    model = MunicipalContract
    table_class = MunicipalContractTable
    prefetched = ("budget_form_changes",)
    roles = STAFF_READERS
    title = gettext_lazy("Municipal contracts")
    lead = gettext_lazy("What municipalities have asked of us, and how they pay.")
    empty_title = gettext_lazy("No municipal contracts yet")
    empty_text = gettext_lazy("A contract manager puts them in.")

    def primary(self) -> Action | None:
        """Contract managers put contracts in."""
        return _begin(self.request.scope, _("Put in a contract"), "municipal_contract_new")


def _begin(scope: Scope, label: str, name: str) -> Action | None:
    """The button with which a contract manager begins something new."""
    return Action(label, reverse(name)) if scope.role == Role.CONTRACT_MANAGER else None


class MunicipalContractDetail(DetailPage):
    """One task: municipalities with shares, products, subcontracts."""

    model = MunicipalContract
    roles = STAFF_READERS
    template_name = "subcontracts/contract_detail.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Municipal contracts"), reverse("municipal_contract_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts and tables."""
        scope, contract = self.request.scope, self.object
        below = (
            Subcontract.objects.visible_to(scope)
            .filter(municipal_contract=contract)
            .select_related("provider_organisation", "municipal_contract")
        )
        may_change = allowed(
            policies.check_can_manage_contracts, scope, contract.main_contractor_id
        )
        purpose_url = reverse("municipal_contract_purpose", args=[contract.pk])
        return super().get_context_data(
            tabs=tabs(scope, contract, "municipal_contract_detail"),
            facts=_municipal_facts(scope, contract),
            purpose_url=purpose_url if may_change else "",
            authority_url=reverse("municipal_contract_authority", args=[contract.pk])
            if may_change
            else "",
            messages_url=_messages_url(scope, "municipal_contract_messages", contract.pk, CARE),
            tables=[
                authority_table(scope, contract),
                _purposes(scope, contract),
                share_table(scope, contract),
                product_table(scope, contract),
                upward_tariff_table(scope, contract),
            ],
            upward_id=contract.pk if may_change else None,
            table=SubcontractTable(below, request=self.request, caption=_("Subcontracts")),
            **kwargs,
        )


def _messages_url(scope: Scope, name: str, pk: int, readers: frozenset[Role]) -> str:
    """The contract's messages; empty for who reads none."""
    return reverse(name, args=[pk]) if scope.role in readers else ""


def _municipal_facts(scope: Scope, contract: MunicipalContract) -> list[tuple[str, str]]:
    consent = _("yes") if contract.relays_on(scope.today) else _("no: by the portal")
    exchange = exchange_on(contract, scope.today)
    return [
        (_("Number"), contract.number),
        (_("Law"), contract.get_family_display()),
        (_("Period"), period_of(contract.start_date, contract.end_date)),
        (_("Budget form"), contract.form_text(scope.today.year)),
        (_("Budget a year"), format_euro(contract.yearly_budget)),
        (_("Allocated by"), allocated_by_text(contract, scope)),
        (_("Messages in use"), ", ".join(exchange.messages) or "–"),
        (_("Numbers below"), f"{exchange.number_first} – {exchange.number_last}"),
        (_("Consent to relay"), consent),
        (_("Messages are for"), words.purpose_text(steers=contract.steers_on(scope.today))),
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

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without closed ones, unless the filter on status asks for them."""
        if self.request.GET.get("status"):
            return rows
        return rows.exclude(status=Subcontract.Status.ENDED)

    def primary(self) -> Action | None:
        """Contract managers make subcontracts."""
        return _begin(self.request.scope, _("Make a subcontract"), "subcontract_new")


class SubcontractDetail(DetailPage):
    """One subcontract: lines, tariffs, and what is used of the ceiling."""

    model = Subcontract
    related = ("provider_organisation", "municipal_contract", "subcontractor")
    roles = READERS
    template_name = "subcontracts/subcontract_detail.html"

    def get_title(self) -> str:
        return f"{self.object.number} · {self.object.provider_organisation.name}"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Subcontracts"), reverse("subcontract_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, ceiling, lines and tariffs."""
        scope, contract = self.request.scope, self.object
        # A closed contract is only read.
        may_change = contract.status != Subcontract.Status.ENDED and allowed(
            policies.check_can_manage_contracts, scope, contract.main_contractor_id
        )
        return super().get_context_data(
            badge=contract.get_status_display(),
            tone=SUBCONTRACT_TONES.get(contract.status, "neutral"),
            facts=_subcontract_facts(scope, contract),
            ceiling=_ceiling(scope, contract),
            stops=stop_table(scope, contract),
            stop_url=stop_url(scope, contract),
            may_set_stop=may_change,
            exemptions=exemption_table(scope, contract, may_change=may_change),
            exemption_url=exemption_url(contract, may_change=may_change),
            messages_url=_messages_url(scope, "subcontract_messages", contract.pk, MESSAGE_READERS),
            forecast_url=""
            if contract.is_set_up or scope.role not in FORECAST_READERS
            else reverse("subcontract_forecast", args=[contract.pk]),
            tables=[
                line_table(scope, contract, may_change=may_change),
                sunset_table(scope, contract, may_change=may_change),
                tariff_table(scope, contract, may_change=may_change),
                ceiling_table(scope, contract),
                clause_table(scope, contract, may_change=may_change),
                option_table(scope, contract, may_change=may_change),
                consent_table(scope, contract),
                _relay_modes(scope, contract),
                _purposes(scope, contract),
                *contract_tables(scope, contract),
                move_table(scope, contract),
            ],
            indexing_url=reverse("subcontract_indexing", args=[contract.pk]) if may_change else "",
            purpose_url=(reverse("subcontract_purpose", args=[contract.pk]) if may_change else ""),
            amend_url=reverse("subcontract_amend", args=[contract.pk])
            if may_change and contract.status in Subcontract.RUNNING
            else "",
            move_url=reverse("subcontract_move", args=[contract.pk])
            if may_change and not contract.is_set_up
            else "",
            set_ceiling_url=reverse("subcontract_ceiling", args=[contract.pk])
            if may_change and contract.status not in Subcontract.FIXED
            else "",
            relay_url=reverse("subcontract_relay", args=[contract.pk]) if may_change else "",
            clause_url=reverse("subcontract_clause_new", args=[contract.pk])
            if may_change and contract.status not in Subcontract.FIXED
            else "",
            consent_url=reverse("subcontract_consent", args=[contract.pk]) if may_change else "",
            withdraw_consent_url=reverse("subcontract_consent_withdraw", args=[contract.pk])
            if may_change
            else "",
            option_url=reverse("subcontract_extension_new", args=[contract.pk])
            if may_change and contract.status not in Subcontract.FIXED and contract.end_date
            else "",
            tariff_url=reverse("subcontract_tariff", args=[contract.pk])
            if may_change and contract.status not in Subcontract.FIXED
            else "",
            # While it is set up, the next step is what the page is for.
            tariff_kind="secondary" if contract.is_set_up else "",
            progress=progress_of(scope, contract, may_change=may_change),
            ending=ending_of(scope, contract, may_change=may_change),
            **kwargs,
        )


def _subcontract_facts(scope: Scope, contract: Subcontract) -> list[tuple[str, str]]:
    yes, no = _("yes"), _("no")
    apart = contract.consents.visible_to(scope).exists()
    return [
        (_("Under"), str(contract.municipal_contract)),
        (_("Period"), period_of(contract.start_date, contract.end_date)),
        (_("Signed on"), date_nl(contract.signed_on) if contract.signed_on else no),
        # What was recorded apart stands in a table of its own, also where that is a withdrawal.
        *([] if apart else [(_("Consent of the municipality"), consent_text(contract))]),
        (_("Acceptance duty"), yes if contract.has_acceptance_duty else no),
        (_("Reply time"), _working_days(contract.reply_working_days)),
        *agreed(contract),
        (_("Relay"), words.relay_text(contract.relay_on(scope.today))),
        (_("Messages are for"), words.purpose_text(steers=steers_on(contract, scope.today))),
    ]


def _ceiling(scope: Scope, contract: Subcontract) -> dict[str, Any] | None:
    """Used part of this year's ceiling; None where none was agreed."""
    amount = contract.ceiling_on(scope.today)
    if amount is None:
        return None
    used = gates.spent([contract.pk], scope.today.year, scope.today)[contract.pk]
    ceiling = Ceiling(amount, used, contract.ceiling_signal)
    return {
        "percent": min(ceiling.percent, 100),
        "signal": ceiling.is_signalled,
        "signal_url": _signal_url(scope, contract),
        "text": _("%(used)s of %(ceiling)s used in %(year)s (%(percent)s %%)")
        % {
            "used": format_euro(used),
            "ceiling": format_euro(amount),
            "year": scope.today.year,
            "percent": ceiling.percent,
        },
    }


def _signal_url(scope: Scope, contract: Subcontract) -> str:
    """The last notice of this year, for who reads it; empty where there is none."""
    rows = CeilingSignal.objects.visible_to(scope).filter(year=scope.today.year)
    pk = rows.filter(subcontract=contract).values_list("pk", flat=True).first()
    return reverse("ceiling_signal_detail", args=[pk]) if pk else ""


def _relay_modes(scope: Scope, contract: Subcontract) -> dict[str, Any]:
    modes = contract.relay_modes.visible_to(scope)
    return {
        "caption": _("Relay"),
        "headers": [_("From"), _("How placements are passed on")],
        "rows": [(date_nl(row.start_date), words.relay_text(row.mode)) for row in modes],
    }


def _purposes(scope: Scope, contract: Subcontract | MunicipalContract) -> dict[str, Any]:
    return {
        "caption": _("What messages are for"),
        "headers": [_("From"), _("Purpose")],
        "rows": [
            (date_nl(row.start_date), row.get_purpose_display())
            for row in contract.purposes.visible_to(scope)
        ],
    }


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
    template_name = "subcontracts/subcontractor_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Beside the main action: an own team."""
        may_make = self.request.scope.role == Role.CONTRACT_MANAGER
        url = reverse("own_team_new") if may_make else ""
        return super().get_context_data(own_team_url=url, **kwargs)

    def primary(self) -> Action | None:
        """Contract managers take organisations up."""
        return _begin(self.request.scope, _("Take up a subcontractor"), "subcontractor_new")


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
        return super().get_context_data(
            facts=_profile(row),
            tables=[contact_table(scope, row)],
            links=_party_links(scope, row),
            **kwargs,
        )


def _party_links(scope: Scope, row: Subcontractor) -> list[tuple[str, str]]:
    """What may be done with a subcontractor or own team beside its contracts."""
    links = []
    if allowed(policies.check_can_change_own_team, scope, row):
        links.append((_("Change the team"), reverse("own_team_change", args=[row.pk])))
    may_choose = allowed(traffic_policies.check_can_choose_way, scope, row.main_contractor_id)
    is_office = row.provider_organisation.kind == Organisation.Kind.OFFICE
    if may_choose and not row.is_own_team and not is_office:
        links.append(
            (_("Choose the way of messages"), reverse("channel_down_choose", args=[row.pk]))
        )
    if scope.role == Role.ADMINISTRATOR:
        links.append((_("Invite somebody"), invitation_url(row)))
    return links


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
