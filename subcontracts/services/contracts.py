"""Contracts both ways: parties, products, municipal contracts, subcontracts, lines, tariffs.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractorLink, Municipality, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    ContractCeiling,
    FundingLine,
    FundingLineProduct,
    MunicipalContract,
    Product,
    RelayMode,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules import funding
from subcontracts.services import (
    contract_products,
    divisions,
    exchange_terms,
    tariffs,
    upward_budgets,
)


@dataclass(frozen=True, kw_only=True)
class MunicipalTerms:
    """What a municipal contract says; amounts in euros, shares in percent."""

    number: str
    name: str
    family: str
    start_date: date
    end_date: date | None = None
    budget_form: str = MunicipalContract.BudgetForm.LUMP_SUM
    yearly_budget: Decimal = Decimal(0)
    planned_decisions: int | None = None
    variable_share: Decimal = Decimal(0)
    corridor: Decimal = Decimal(0)
    messages: Sequence[str] = ("301", "305", "307", "315")
    relay_consent_on: date | None = None
    relay_consent_reference: str = ""
    relay_number_first: int = 900_000_000
    relay_number_last: int = 999_999_999
    subcontractor_term_days: int = 3


@dataclass(frozen=True, kw_only=True)
class SubcontractTerms:
    """What a subcontract says beside its lines and tariffs.

    The ceiling is euros a calendar year, from its day on: the first of a new contract, today in an
    amendment, unless `ceiling_from` says otherwise. Those of other days stay.
    """

    number: str
    start_date: date
    end_date: date | None = None
    consent_on: date | None = None
    consent_reference: str = ""
    notice_months: int | None = None
    client_stop_notice_days: int | None = None
    inactivity_months: int | None = None
    insured_event: Decimal | None = None
    insured_year: Decimal | None = None
    may_subcontract: bool = False
    may_refuse_office: bool = False
    ceiling: Decimal | None = None
    ceiling_from: date | None = None
    ceiling_signal: int = 70
    has_acceptance_duty: bool = True
    reply_working_days: int = 3
    relay: str = Subcontract.Relay.PORTAL


#: Terms that have days of their own, so that they are no columns of the contract.
DATED_TERMS: Final = ("relay", "ceiling", "ceiling_from")


@dataclass(frozen=True, kw_only=True)
class LineTerms:
    """One funding line: its form with that form's parameters, and the products it pays."""

    name: str
    form: str
    period: Period
    products: Sequence[Product]
    parameters: Mapping[str, object] = field(default_factory=dict)


@contextmanager
def once(code: str, text: str) -> Iterator[None]:
    """Raises RuleError with this code where a number or code is in use already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise RuleError(code, text) from error


@transaction.atomic
def create_product(
    *,
    scope: Scope,
    main_contractor_id: int,
    family: str,
    category: str,
    code: str,
    name: str,
    unit: str,
) -> Product:
    """Add a product that can be allocated; `unit` is a code of list WJ756.

    Raises RuleError CON-30 for a category and code that are there already.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    with once("CON-30", _("There is a product with this category and code already.")):
        product = Product.objects.create(
            main_contractor_id=main_contractor_id,
            family=family,
            category=category,
            code=code,
            name=name,
            unit=unit,
        )
    audit.record(scope, "product.created", product, code=code)
    return product


@transaction.atomic
def create_municipal_contract(
    *,
    scope: Scope,
    main_contractor_id: int,
    terms: MunicipalTerms,
    shares: Mapping[Municipality, Decimal],
    products: Iterable[Product],
) -> MunicipalContract:
    """Record a task from municipalities with their shares of the budget in percent.

    Raises RuleError CON-01 where the shares do not add up to 100, CON-31 for a number in use,
    CON-12 for a message that does not exist, CON-205 for a range of numbers that is none.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    divisions.check_shares(shares)
    values = asdict(terms)
    exchange = exchange_terms.Exchange(
        messages=values.pop("messages"),
        number_first=values.pop("relay_number_first"),
        number_last=values.pop("relay_number_last"),
    )
    plan = upward_budgets.Plan(**{name: values.pop(name) for name in upward_budgets.PLAN})
    with once("CON-31", _("This contract number is in use. Choose another one.")):
        contract = MunicipalContract.objects.create(main_contractor_id=main_contractor_id, **values)
    divisions.begin(scope, contract, shares)
    exchange_terms.begin_exchange(scope, contract, exchange)
    if plan.planned_decisions is not None:
        upward_budgets.begin_plan(scope, contract, plan)
    contract_products.begin_with(scope, contract, products)
    audit.record(scope, "municipal_contract.created", contract, number=contract.number)
    return contract


@transaction.atomic
def create_subcontractor(
    *,
    scope: Scope,
    main_contractor_id: int,
    organisation: Organisation,
    period: Period,
    iban: str = "",
    account_holder: str = "",
) -> Subcontractor:
    """Let an organisation, or an own team, work for a main contractor."""
    policies.check_can_manage_contracts(scope, main_contractor_id)
    subcontractor = Subcontractor.objects.create(
        main_contractor_id=main_contractor_id,
        provider_organisation=organisation,
        iban=iban,
        # An account known from the start was shown before signing: no cooling time.
        iban_since=period.start if iban else None,
        account_holder=account_holder or (organisation.name if iban else ""),
        is_own_team=organisation.kind == Organisation.Kind.OWN_TEAM,
        start_date=period.start,
        end_date=period.end,
    )
    MainContractorLink.objects.get_or_create(
        main_contractor_id=main_contractor_id, organisation=organisation
    )
    audit.record(scope, "subcontractor.created", subcontractor, organisation=organisation.pk)
    return subcontractor


@transaction.atomic
def create_subcontract(
    *,
    scope: Scope,
    subcontractor: Subcontractor,
    municipal_contract: MunicipalContract,
    terms: SubcontractTerms,
) -> Subcontract:
    """Draft a contract with a subcontractor under a municipal contract.

    Raises RuleError CON-02 for an own team, which has no contract, CON-31 for a number in use.
    """
    policies.check_can_manage_contracts(scope, subcontractor.main_contractor_id)
    if subcontractor.is_own_team:
        raise RuleError("CON-02", _("An own team needs no subcontract."))
    values = {name: value for name, value in asdict(terms).items() if name not in DATED_TERMS}
    with once("CON-31", _("This contract number is in use. Choose another one.")):
        subcontract = Subcontract.objects.create(
            main_contractor_id=subcontractor.main_contractor_id,
            provider_organisation_id=subcontractor.provider_organisation_id,
            subcontractor=subcontractor,
            municipal_contract=municipal_contract,
            **values,
        )
    RelayMode.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        mode=terms.relay,
        start_date=terms.start_date,
        recorded_at=scope.at,
    )
    if terms.ceiling is not None:
        ContractCeiling.objects.create(
            **owners_of(subcontract),
            subcontract=subcontract,
            amount=terms.ceiling,
            start_date=terms.ceiling_from or terms.start_date,
            recorded_at=scope.at,
        )
    audit.record(scope, "subcontract.drafted", subcontract, number=subcontract.number)
    return subcontract


@transaction.atomic
def add_funding_line(*, scope: Scope, subcontract: Subcontract, line: LineTerms) -> FundingLine:
    """Add a way of paying for some products.

    Raises RuleError CON-03 where another line already covers one of them in that time, CON-16 or
    CON-17 for parameters that do not fit the form, CON-24 where the line lies outside the contract,
    CON-27 while the contract is on offer or signed, CON-36 to CON-38 where its products or its
    last day do not fit the form.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    check_not_on_offer(subcontract)
    check_within(subcontract, line.period)
    funding.check_fits(line.form, line.period, len(line.products))
    family = subcontract.municipal_contract.family
    parameters = funding.checked(line.form, family, line.parameters)
    funding.check_has_last_day(line.form, parameters, line.period)
    owners = owners_of(subcontract)
    funding_line = FundingLine.objects.create(
        **owners,
        subcontract=subcontract,
        name=line.name,
        form=line.form,
        parameters=parameters,
        start_date=line.period.start,
        end_date=line.period.end,
    )
    try:
        with transaction.atomic():
            FundingLineProduct.objects.bulk_create(
                FundingLineProduct(
                    **owners,
                    funding_line=funding_line,
                    subcontract=subcontract,
                    product=product,
                    start_date=line.period.start,
                    end_date=line.period.end,
                )
                for product in line.products
            )
    except IntegrityError as error:
        raise RuleError(
            "CON-03", _("Another funding line already pays one of these products in this period.")
        ) from error
    audit.record(scope, "funding_line.added", funding_line, form=line.form)
    return funding_line


def check_not_on_offer(subcontract: Subcontract) -> None:
    """Raises RuleError CON-27 while what it says was offered or signed, and has not begun; CON-77
    once it is closed.
    """
    policies.check_not_on_offer(Subcontract.objects.only("status").get(pk=subcontract.pk))


def check_within(subcontract: Subcontract, period: Period) -> None:
    """Raises RuleError CON-24 where a line would hold outside the period of its contract."""
    if Period(subcontract.start_date, subcontract.end_date).intersection(period) != period:
        raise RuleError(
            "CON-24", _("A funding line lies within the period of the contract. Change its days.")
        )


@transaction.atomic
def set_tariff(
    *,
    scope: Scope,
    subcontract: Subcontract,
    product: Product,
    amount: Decimal,
    period: Period,
) -> Tariff:
    """Set the price of one unit of a product; an earlier open tariff ends the day before.

    Raises RuleError CON-04 for a price that is not above zero, CON-05 where a later tariff
    already covers part of the period, CON-27 while the contract is on offer or signed.
    """
    pricing = tariffs.Pricing(scope, [(subcontract, product)])
    tariff = pricing.decide(subcontract, product, amount, period)
    try:
        with transaction.atomic():
            pricing.write()
    except IntegrityError as error:
        raise tariffs.already_held() from error
    return tariff


def owners_of(subcontract: Subcontract) -> dict[str, int]:
    """The owner columns of what stands under a subcontract."""
    return {
        "main_contractor_id": subcontract.main_contractor_id,
        "provider_organisation_id": subcontract.provider_organisation_id,
    }
