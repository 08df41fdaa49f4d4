"""What a file says of subcontractors and the contracts with them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.scenarios.arrangements.upward import Option, PurposeFrom
from hoofdaannemer.scenarios.arrangements.values import Dated, Euros, Kvk, Number, Part, Text
from subcontracts.models import (
    CeilingExemption,
    ClientStop,
    FundingLine,
    FundingSunset,
    Subcontract,
    SubcontractNotice,
)


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


class Sunset(Part):
    """What follows on a line that is temporary; after its evaluation, what that concluded."""

    follow_up: FundingSunset.FollowUp
    next_form: FundingLine.Form | None = None
    evaluate_by: date | None = None
    evaluator: str = ""
    evaluated_on: date | None = None
    conclusion: str = ""


class Line(Dated):
    """A funding line: its form with that form's parameters, and the products that it pays."""

    name: Text
    form: FundingLine.Form
    products: list[Text] = []
    parameters: dict[str, Any] = {}
    sunset: Sunset | None = None
    #: The place, from 1, of the temporary line of this contract that it follows on.
    follows_on: Annotated[int, Field(ge=1)] | None = None


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


class Consent(Dated):
    """The municipality's consent, for products and municipalities by their codes; none is all."""

    reference: str = ""
    products: list[Text] = []
    municipalities: list[Text] = []
    withdrawn_from: date | None = None
    withdrawn_reason: str = ""


class Exemption(Dated):
    """A product that is paid in full, also above the ceiling."""

    product: Text
    ground: CeilingExemption.Ground
    note: Text


class Stop(Dated):
    """No new clients, of one product or of all: asked by the subcontractor, or set."""

    product: Text | None = None
    reason: Text
    is_asked: bool = False
    status: ClientStop.Status = ClientStop.Status.GRANTED
    recorded_on: date
    decided_on: date | None = None
    answer: str = ""


class IndexedFrom(Part):
    """From a day on the contract follows a scheme by its name, or is frozen for a reason."""

    start_date: date
    scheme: Text | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _follows_or_is_frozen(self) -> IndexedFrom:
        if bool(self.scheme) == bool(self.reason):
            raise ValueError(_("A contract follows a scheme, or is frozen for a reason."))
        return self


class Notice(Part):
    """Notice that stands: by whom, when and why. The last day of the contract is that before it."""

    by: SubcontractNotice.By
    given_on: date
    last_day: date
    reason: Text


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
    options: list[Option] = []
    consents: list[Consent] = []
    exemptions: list[Exemption] = []
    stops: list[Stop] = []
    indexing: list[IndexedFrom] = []
    notice: Notice | None = None

    @model_validator(mode="after")
    def _relayed_from_the_first_day(self) -> Downward:
        if self.relay[0].start_date != self.start_date:
            raise ValueError(_("The first way of relaying holds from the first day."))
        return self

    @model_validator(mode="after")
    def _only_a_running_contract_has_a_life(self) -> Downward:
        decided = any(one.outcome for one in self.options)
        if not self.is_running and (decided or self.stops or self.notice):
            raise ValueError(_("A draft has no options decided on, client stops or notice."))
        return self

    @model_validator(mode="after")
    def _follows_on_what_is_temporary(self) -> Downward:
        for place, line in enumerate(self.lines, start=1):
            before = line.follows_on
            if before is not None and (before >= place or self.lines[before - 1].sunset is None):
                raise ValueError(
                    _("%(line)s follows on a line before it that is temporary.")
                    % {"line": line.name}
                )
        return self
