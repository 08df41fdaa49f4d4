"""The settlement of a year that was tried to its end: lines and pools, then municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.models import Settlement, SettlementRound
from billing.rules.upward_settlement import Counted, SplitBy
from billing.rules.upward_year import BY_KEY, Agreed
from billing.selectors.settling import settled_by_year
from billing.services import pool_productions, settlements, upward_settlements
from billing.settlement_documents import document_of
from billing.settlement_pdf import settlement_pdf
from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.arrangements.building import Built
from hoofdaannemer.scenarios.arrangements.moments import at
from hoofdaannemer.scenarios.arrangements.staff import Staff
from subcontracts.models import FundingLine, MunicipalContract
from subcontracts.selectors.upward_terms import values_on

#: What a member of a pool produced, as a part of what was expected of it.
PRODUCED: Final = Decimal("1.02")
_SOURCE: Final = "eigen administratie"


def settle(office: Staff, built: Built, year: int, day: date) -> None:
    """Settle everything of a year that is over, and lock it as another controller.

    Raises RuleError with what a settlement still waits for.
    """
    begun = _begin(office, year, day)
    _agree(office, begun, day)
    with acting_as(office.scope("controle2", at(day, 16))) as scope:
        for settlement_round in begun:
            settlements.lock(scope=scope, settlement_round=settlement_round)
    for contract in built.contracts.values():
        _upward(office, contract, year, day)


def _begin(office: Staff, year: int, day: date) -> list[SettlementRound]:
    """Propose each line and each pool once."""
    made: list[SettlementRound] = []
    with acting_as(office.scope("controle", at(day, 14))) as scope:
        lines = list(settled_by_year(scope, year).order_by("pk"))
        for line in lines:
            if line.form == FundingLine.Form.ADVANCE_POOL:
                _produced(scope, line, year)
        for line in lines:
            # With the first line of a pool the others of it are settled.
            if not Settlement.objects.filter(funding_line=line, year=year).exists():
                begun = settlements.begin(scope=scope, funding_line=line, year=year)
                made.append(settlements.propose(scope=scope, settlement_round=begun))
    return made


def _produced(scope: Scope, line: FundingLine, year: int) -> None:
    amount = Decimal(str(line.parameters["production"])) * PRODUCED
    pool_productions.record(
        scope=scope, funding_line=line, year=year, amount=amount, source=_SOURCE
    )


def _agree(office: Staff, begun: Sequence[SettlementRound], day: date) -> None:
    """Subcontractors sign what was proposed on paper: nobody of theirs logs in here."""
    with acting_as(office.scope("controle", at(day, 15))) as scope:
        for one in Settlement.objects.visible_to(scope).filter(round__in=begun).order_by("pk"):
            settlements.record_agreement(
                scope=scope,
                settlement=one,
                reason=_("Signed on paper"),
                signed_file=settlement_pdf(document_of(one)),
            )


def _upward(office: Staff, contract: MunicipalContract, year: int, day: date) -> None:
    with acting_as(office.scope("controle", at(day, 16))) as scope:
        begun = upward_settlements.begin(
            scope=scope, contract=contract, year=year, agreed=_agreed(contract, year)
        )
    with acting_as(office.scope("controle2", at(day, 17))) as scope:
        upward_settlements.lock(scope=scope, settlement=begun)


def _agreed(contract: MunicipalContract, year: int) -> Agreed:
    """As the contract has it on the last day of the year; own teams cost nothing here."""
    terms = values_on(contract, date(year, 12, 31))
    cap = terms.get("profit_cap_percent")
    return Agreed(
        counted=Counted.DECISIONS,
        least=Decimal(0),
        cap=Decimal(str(cap)) / 100 if cap else None,
        share_back=Decimal(0),
        split_by=BY_KEY.get(str(terms.get("solidarity_key", "")), SplitBy.SOLIDARITY),
        own_cost=Decimal(0),
        own_source=_SOURCE,
        coordination=Decimal(0),
        coordination_source=_SOURCE,
    )
