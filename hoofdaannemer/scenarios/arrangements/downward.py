"""What a file says of subcontractors and the contracts with them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.scenarios.arrangements.upward import PurposeFrom
from hoofdaannemer.scenarios.arrangements.values import Dated, Euros, Kvk, Number, Part, Text
from subcontracts.models import FundingLine, Subcontract


class Provider(Dated):
    """An organisation that works for the main contractor, or an own team of it."""

    kvk: Kvk
    name: Text
    kind: Organisation.Kind
    agb: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    iban: str = ""
    account_holder: str = ""


class ModeFrom(Part):
    """How allocations reach the subcontractor from a day on."""

    start_date: date
    mode: Subcontract.Relay


class CeilingFrom(Part):
    """The most that the contract pays in a calendar year from a day on; empty for no ceiling."""

    start_date: date
    amount: Euros | None = None


class Line(Dated):
    """A funding line: its form with that form's parameters, and the products that it pays."""

    name: Text
    form: FundingLine.Form
    products: list[Text] = []
    parameters: dict[str, Any] = {}


class Price(Dated):
    """A tariff of a product."""

    product: Text
    amount: Annotated[Number, Field(gt=0, decimal_places=4)]


class Clause(Dated):
    """What the contract says in words of its own, with the duty that it passes on."""

    code: Text
    title: Text
    text: Text
    passes_on: str = ""


class Downward(Dated):
    """A subcontract, by the number of the municipal contract and the trade register number."""

    number: Text
    provider: Kvk
    municipal_contract: Text
    #: Whether it was offered, signed and begun; else it is a draft.
    is_running: bool = True
    consent_on: date | None = None
    consent_reference: str = ""
    notice_months: int | None = None
    client_stop_notice_days: int | None = None
    inactivity_months: int | None = None
    insured_event: Euros | None = None
    insured_year: Euros | None = None
    may_subcontract: bool = False
    may_refuse_office: bool = False
    #: The ceiling with which it begins; `ceilings` are those from later days on.
    ceiling: Euros | None = None
    ceilings: list[CeilingFrom] = []
    ceiling_signal: int = 70
    has_acceptance_duty: bool = True
    reply_working_days: int = 3
    relay: Annotated[list[ModeFrom], Field(min_length=1)]
    purposes: list[PurposeFrom] = []
    lines: Annotated[list[Line], Field(min_length=1)]
    tariffs: list[Price] = []
    clauses: list[Clause] = []

    @model_validator(mode="after")
    def _relayed_from_the_first_day(self) -> Downward:
        if self.relay[0].start_date != self.start_date:
            raise ValueError(_("The first way of relaying holds from the first day."))
        return self
