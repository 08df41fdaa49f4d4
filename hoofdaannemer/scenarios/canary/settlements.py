"""Settlements of the canary scenario: one of each relation, agreed upon on paper, not yet locked,
and a draft with the municipalities.

Each is of a place in a line of one month, whose year can be settled once that month is closed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.rules.upward_settlement import Counted, SplitBy
from billing.rules.upward_year import Agreed
from billing.services import settlements, upward_settlements
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.canary.catalogue import RELATIONS, TASKS
from subcontracts.models import FundingLine
from subcontracts.services import contracts

_PLACE = {"places": "1", "price": "10", "per": "day", "settled": "year", "counted": "placed"}
#: Category and code of what a place is for, by law.
_CODES = {"jw": ("54", "54001", "01"), "wmo": ("02", "02A03", "04")}
_AGREED = Agreed(
    counted=Counted.DECISIONS,
    least=Decimal(0),
    cap=Decimal("0.05"),
    share_back=Decimal(1),
    split_by=SplitBy.SOLIDARITY,
    own_cost=Decimal(1000),
    own_source="kanarieboek",
    coordination=Decimal(100),
    coordination_source="kanarieboek",
)
_SIGNED = b"%PDF-1.4 kanarie"
_FORM = FundingLine.Form


def provide(care: Care, month: Month, at: datetime) -> None:
    """Agree on a place in each relation, for a month that is still open."""
    with acting_as(system(at)) as scope:
        for task in TASKS:
            category, code, unit = _CODES[task.family]
            product = contracts.create_product(
                scope=scope,
                main_contractor_id=care.parties.mains[task.main].pk,
                family=task.family,
                category=category,
                code=code,
                name=f"{task.main} plaats",
                unit=unit,
            )
            for main, provider in RELATIONS:
                if main == task.main:
                    lines = care.parties.lines
                    lines[main, provider, _FORM.CAPACITY] = contracts.add_funding_line(
                        scope=scope,
                        subcontract=lines[main, provider, _FORM.FTE].subcontract,
                        line=contracts.LineTerms(
                            name=f"{main}-{provider} plaats",
                            form=_FORM.CAPACITY,
                            period=Period(month.first, month.last),
                            products=[product],
                            parameters=_PLACE,
                        ),
                    )


def agree(care: Care, main: str, year: int, at: datetime) -> None:
    """The controller settles every place of a main contractor, and records each agreement."""
    with acting_as(care.cast.scope("controle", main, at)) as scope:
        for of_main, provider in RELATIONS:
            if of_main != main:
                continue
            line = care.parties.lines[main, provider, _FORM.CAPACITY]
            made = settlements.begin(scope=scope, funding_line=line, year=year)
            settlements.propose(scope=scope, settlement_round=made)
            settlements.record_agreement(
                scope=scope,
                settlement=made.settlements.get(),
                reason=f"{main}-{provider} tekende op papier",
                signed_file=_SIGNED,
            )


def draft_upward(care: Care, main: str, year: int, at: datetime) -> None:
    """What the year of a main contractor's contract comes to so far."""
    with acting_as(care.cast.scope("controle", main, at)) as scope:
        contract = care.parties.contracts[main]
        upward_settlements.begin(scope=scope, contract=contract, year=year, agreed=_AGREED)
