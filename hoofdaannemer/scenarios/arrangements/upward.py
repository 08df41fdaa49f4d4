"""What a file says of the contract with the municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, model_validator

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.scenarios.arrangements.values import (
    Dated,
    Euros,
    MonthText,
    Number,
    Part,
    Percent,
    SignedEuros,
    Text,
)
from messaging.models import Family
from subcontracts.models import (
    AllocatedBy,
    BudgetAdjuster,
    ContractOption,
    MessagePurpose,
    MunicipalContract,
    ReportingDuty,
)
from subcontracts.rules import upward_versions
from subcontracts.rules.reporting import Rhythm


def _terms(values: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(upward_versions.checked(values))
    except RuleError as refusal:
        raise ValueError(f"{refusal.code} {refusal}") from refusal


class Town(Part):
    """A municipality by its code, with its percent of the budget."""

    code: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: Text
    share: Percent


class DivisionFrom(Part):
    """Who shares the contract from a later day on, by code."""

    start_date: date
    municipalities: Annotated[list[Town], Field(min_length=1, max_length=20)]
    source: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> DivisionFrom:
        check_whole(self.municipalities)
        return self


def check_whole(towns: Sequence[Town]) -> None:
    """Raises ValueError where the shares are not 100 percent together."""
    if sum(town.share for town in towns) != 100:
        raise ValueError(_("The shares of the municipalities must add up to 100 percent."))


class TermsFrom(Part):
    """What the contract says from a day on; a term that is not there is unknown."""

    start_date: date
    values: Annotated[dict[str, Any], AfterValidator(_terms)]
    source: str = ""


class Option(Part):
    """A right to extend, and what became of it."""

    months: Annotated[int, Field(ge=1)]
    announce_by: date
    decide_by: date | None = None
    note: str = ""
    outcome: ContractOption.Outcome | None = None
    decided_on: date | None = None

    @model_validator(mode="after")
    def _decided_on_a_day(self) -> Option:
        if (self.outcome is None) != (self.decided_on is None):
            raise ValueError(_("An outcome and the day of its decision go together."))
        return self


class Duty(Dated):
    """A report that the municipality asks for."""

    name: Text
    kind: ReportingDuty.Kind
    rhythm: Rhythm
    due_days: Annotated[int, Field(ge=0)] = 0
    due_in: ReportingDuty.DueIn = ReportingDuty.DueIn.CALENDAR_DAYS
    recipient: str = ""
    is_passed_on: bool = False


class Budget(Part):
    """The budget of a year."""

    year: int
    amount: Euros
    base: str = ""
    note: str = ""


class ProductFrom(Part):
    """A product that comes into the contract on a later day, or is in it no longer, by code."""

    product: Text
    start_date: date
    is_covered: bool
    source: str = ""


class ExchangeFrom(Part):
    """Messages and numbers in use from a later day on."""

    start_date: date
    messages: list[str]
    number_first: int
    number_last: int
    source: str = ""


class PlanFrom(Part):
    """How the budget follows the decisions from a later year on."""

    first_year: int
    planned_decisions: Annotated[int, Field(ge=1)]
    variable_share: Percent = Decimal(0)
    corridor: Percent = Decimal(0)
    source: str = ""


class BasisFrom(Part):
    """Of what the budget is formed from a year on: a number and euros a year for each."""

    first_year: int
    number: Annotated[Number, Field(gt=0)]
    price: Euros
    variable_share: Percent = Decimal(100)
    corridor: Percent = Decimal(0)
    source: str = ""


class Adjuster(Part):
    """What changes the budget of a year."""

    year: int
    effective_date: date
    kind: BudgetAdjuster.Kind
    amount: SignedEuros
    note: str = ""


class Member(Part):
    """A member of a consortium with its percent."""

    name: Text
    kvk: str = ""
    share: Percent
    is_lead: bool = False


class ConsortiumFrom(Part):
    """Who bears the contract together from a day on."""

    start_date: date
    members: Annotated[list[Member], Field(min_length=1)]


class AuthorityFrom(Part):
    """Who allocates from a day on; under a mandate, where it is recorded and with which numbers."""

    start_date: date
    allocated_by: AllocatedBy
    reference: str = ""
    number_first: int | None = None
    number_last: int | None = None


class PurposeFrom(Part):
    """What messages are for, from a day on."""

    start_date: date
    purpose: MessagePurpose.Purpose


class ConsentFrom(Part):
    """Consent to relay under the municipality's code, given or withdrawn from a later day on."""

    start_date: date
    is_given: bool
    reference: Text


class FormFrom(Part):
    """Another form of the budget, from a later year on."""

    first_year: int
    form: MunicipalContract.BudgetForm
    source: Text


class Change(Part):
    """What was agreed anew of name, number, last day or terms; what is left out stayed the same."""

    agreed_on: date
    source: Text
    number: Text | None = None
    name: Text | None = None
    end_date: date | None = None
    #: For a contract that has no last day any more.
    is_open: bool = False
    subcontractor_term_days: int | None = None


class UpwardPrice(Part):
    """What the municipality pays a unit; no amount where the unit is the euro."""

    amount: Euros | None = None
    first_month: MonthText
    last_month: MonthText | None = None


class Declared(Part):
    """A product that the municipality pays by the unit, on our declaration."""

    product: Text
    first_month: MonthText
    last_month: MonthText | None = None
    prices: list[UpwardPrice] = []


class Upward(Dated):
    """A municipal contract; products by their code.

    Number, name and last day are those with which it began: `changes` came later.
    """

    number: Text
    name: Text
    family: Family
    municipalities: Annotated[list[Town], Field(min_length=1, max_length=16)]
    divisions: list[DivisionFrom] = []
    products: Annotated[list[Text], Field(min_length=1)]
    product_turns: list[ProductFrom] = []
    budget_form: MunicipalContract.BudgetForm = MunicipalContract.BudgetForm.LUMP_SUM
    yearly_budget: Euros
    planned_decisions: int | None = None
    variable_share: Percent = Decimal(0)
    corridor: Percent = Decimal(0)
    budget_forms: list[FormFrom] = []
    plans: list[PlanFrom] = []
    bases: list[BasisFrom] = []
    messages: list[str] = ["301", "305", "307", "315"]
    relay_consent_on: date | None = None
    relay_consent_reference: str = ""
    relay_consents: list[ConsentFrom] = []
    relay_number_first: int = 900_000_000
    relay_number_last: int = 999_999_999
    exchanges: list[ExchangeFrom] = []
    subcontractor_term_days: int = 3
    changes: list[Change] = []
    authorities: list[AuthorityFrom] = []
    purposes: list[PurposeFrom] = []
    terms: list[TermsFrom] = []
    consortia: list[ConsortiumFrom] = []
    options: list[Option] = []
    duties: list[Duty] = []
    budgets: list[Budget] = []
    adjusters: list[Adjuster] = []
    declared: list[Declared] = []

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Upward:
        check_whole(self.municipalities)
        if unknown := {one.product for one in self.declared} - set(self.products):
            raise ValueError(
                _("Declared, but not in the contract: %(products)s.")
                % {"products": ", ".join(sorted(unknown))}
            )
        return self
