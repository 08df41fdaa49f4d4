"""An arrangement: main contractors with their contracts both ways, and care to try it with."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.scenarios.arrangements.downward import Downward, Provider
from hoofdaannemer.scenarios.arrangements.indexes import Scheme, Series
from hoofdaannemer.scenarios.arrangements.upward import Upward
from hoofdaannemer.scenarios.arrangements.values import Kvk, MonthText, Part, Text
from messaging.models import Family
from subcontracts.rules import funding


class Standing(StrEnum):
    """Whether the arrangement exists; what is no more than thought of is not run."""

    RUNS = "runs"
    PLAN = "plan"
    OPTION = "option"
    VISION = "vision"


class ProductEntry(Part):
    """A product that municipalities allocate; `code` names it elsewhere in the file."""

    family: Family
    category: Annotated[str, Field(pattern=r"^\w{2}$")]
    code: Annotated[str, Field(min_length=1, max_length=5)]
    name: Text
    unit: Annotated[str, Field(pattern=r"^\d{2}$")]


class Main(Part):
    """A main contractor with everything that it agreed."""

    kvk: Kvk
    name: Text
    agb: Annotated[str, Field(pattern=r"^\d{8}$")]
    street: str = ""
    postcode: str = ""
    city: str = ""
    iban: str = ""
    bic: str = ""
    products: Annotated[list[ProductEntry], Field(min_length=1)]
    index_series: list[Series] = []
    index_schemes: list[Scheme] = []
    municipal_contracts: Annotated[list[Upward], Field(min_length=1)]
    providers: list[Provider] = []
    subcontracts: list[Downward] = []

    @model_validator(mode="after")
    def _everything_named_is_there(self) -> Main:
        problems = [
            *self._unknown_products(),
            *self._unknown_parties(),
            *self._unknown_indexes(),
            *self._wrong_lines(),
        ]
        if problems:
            raise ValueError(" ".join(problems))
        return self

    def above(self, subcontract: Downward) -> Upward:
        """The municipal contract of a subcontract. Raises KeyError for an unknown number."""
        return {one.number: one for one in self.municipal_contracts}[subcontract.municipal_contract]

    def _unknown_products(self) -> Iterator[str]:
        known = {(one.family, one.code) for one in self.products}
        for contract in self.municipal_contracts:
            later = [turn.product for turn in contract.product_turns]
            for code in (*contract.products, *later):
                if (contract.family, code) not in known:
                    yield _("%(number)s: there is no product %(code)s of this law.") % {
                        "number": contract.number,
                        "code": code,
                    }

    def _unknown_parties(self) -> Iterator[str]:
        providers = {one.kvk for one in self.providers}
        contracts = {one.number for one in self.municipal_contracts}
        for one in self.subcontracts:
            if one.provider not in providers:
                yield _("%(number)s: there is no provider %(kvk)s.") % {
                    "number": one.number,
                    "kvk": one.provider,
                }
            if one.municipal_contract not in contracts:
                yield _("%(number)s: there is no municipal contract %(above)s.") % {
                    "number": one.number,
                    "above": one.municipal_contract,
                }

    def _unknown_indexes(self) -> Iterator[str]:
        series = {one.name for one in self.index_series}
        schemes = {one.name for one in self.index_schemes}
        for scheme in self.index_schemes:
            named = {one.series for terms in scheme.terms for one in terms.weights}
            for name in sorted(named - series):
                yield _("%(scheme)s: there is no index series %(name)s.") % {
                    "scheme": scheme.name,
                    "name": name,
                }
        for contract in self.subcontracts:
            followed = {one.scheme for one in contract.indexing if one.scheme}
            for name in sorted(followed - schemes):
                yield _("%(number)s: there is no index scheme %(name)s.") % {
                    "number": contract.number,
                    "name": name,
                }

    def _wrong_lines(self) -> Iterator[str]:
        contracts = {one.number: one for one in self.municipal_contracts}
        for one in self.subcontracts:
            above = contracts.get(one.municipal_contract)
            if above is None:
                continue
            named = {code for line in one.lines for code in line.products}
            named |= {price.product for price in one.tariffs}
            named |= {code for consent in one.consents for code in consent.products}
            named |= {exempt.product for exempt in one.exemptions}
            named |= {stop.product for stop in one.stops if stop.product}
            for code in sorted(named - set(above.products)):
                yield _("%(number)s: the municipal contract has no product %(code)s.") % {
                    "number": one.number,
                    "code": code,
                }
            for line in one.lines:
                try:
                    stored = funding.checked(line.form, above.family, line.parameters)
                except RuleError as refusal:
                    yield f"{one.number}, {line.name}: {refusal.code} {refusal}"
                else:
                    # As the platform keeps them, so that an export equals what was loaded.
                    line.parameters.clear()
                    line.parameters.update(stored)


class Trial(Part):
    """Synthetic care: so many clients for each product of each provider, in these months."""

    first_month: MonthText
    months: Annotated[int, Field(ge=1, le=12)] = 3
    clients: Annotated[int, Field(ge=1, le=50)] = 1
    #: What own teams deliver, which no contract says: product codes by their number.
    own_teams: dict[Kvk, list[Text]] = {}


class Arrangement(Part):
    """The content of one file."""

    format: Literal[1] = 1
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,15}$")]
    title: Text
    standing: Standing = Standing.RUNS
    notes: list[str] = []
    main_contractors: Annotated[list[Main], Field(min_length=1)]
    trial: Trial | None = None

    @model_validator(mode="after")
    def _only_what_exists_is_run(self) -> Arrangement:
        if self.trial and self.standing is not Standing.RUNS:
            raise ValueError(_("Only an arrangement that runs is tried with care."))
        return self
