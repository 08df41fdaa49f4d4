"""What a file says of the contract with the municipalities."""

from __future__ import annotations

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


class TermsFrom(Part):
    """What the contract says from a day on; a term that is not there is unknown."""

    start_date: date
    values: Annotated[dict[str, Any], AfterValidator(_terms)]
    source: str = ""


class Option(Part):
    """A right to extend, and what became of it."""

    months: Annotated[int, Field(ge=1)]
    announce_by: date
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
    """A municipal contract; products by their code."""

    number: Text
    name: Text
    family: Family
    municipalities: Annotated[list[Town], Field(min_length=1, max_length=16)]
    products: Annotated[list[Text], Field(min_length=1)]
    budget_form: MunicipalContract.BudgetForm = MunicipalContract.BudgetForm.LUMP_SUM
    yearly_budget: Euros
    planned_decisions: int | None = None
    variable_share: Percent = Decimal(0)
    corridor: Percent = Decimal(0)
    messages: list[str] = ["301", "305", "307", "315"]
    relay_consent_on: date | None = None
    relay_consent_reference: str = ""
    relay_number_first: int = 900_000_000
    relay_number_last: int = 999_999_999
    subcontractor_term_days: int = 3
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
        if sum(town.share for town in self.municipalities) != 100:
            raise ValueError(_("The shares of the municipalities must add up to 100 percent."))
        if unknown := {one.product for one in self.declared} - set(self.products):
            raise ValueError(
                _("Declared, but not in the contract: %(products)s.")
                % {"products": ", ".join(sorted(unknown))}
            )
        return self
