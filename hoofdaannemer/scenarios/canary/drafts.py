"""Contracts that do not run yet: of each main contractor a draft, one on offer and a signed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.canary.catalogue import RELATIONS
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import FundingLine, Subcontract
from subcontracts.services import contract_life, contracts, extensions, sunsets
from subcontracts.services.contract_life import Signature

_SIGNATURE = Signature(for_us="Kanarie Noord", for_them="Kanarie Zuid", file=b"%PDF-1.7 kanarie")


@dataclass(frozen=True)
class _Draft:
    """Between whom, called what, and from when."""

    main: str
    provider: str
    name: str
    begin: date


def draw_up(scope: Scope, parties: Parties) -> None:
    """Make them, to begin next year."""
    begin = date(scope.today.year + 1, 1, 1)
    for main in parties.mains:
        provider = next(name for of_main, name in RELATIONS if of_main == main)
        _drawn(scope, parties, _Draft(main, provider, "concept", begin))
        _temporary(scope, parties, _Draft(main, provider, "tijdelijk", begin))
        offered = _drawn(scope, parties, _Draft(main, provider, "aanbod", begin))
        contract_life.offer(scope=scope, subcontract=offered)
        signed = _drawn(scope, parties, _Draft(main, provider, "getekend", begin))
        contract_life.offer(scope=scope, subcontract=signed)
        contract_life.sign(scope=scope, subcontract=signed, signature=_SIGNATURE)


def _temporary(scope: Scope, parties: Parties, draft: _Draft) -> None:
    """A draft for a year with an option, and two lines for half of it: one goes on, one is
    evaluated.
    """
    year, half = draft.begin.year, date(draft.begin.year, 6, 30)
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=parties.subcontractors[draft.main, draft.provider],
        municipal_contract=parties.contracts[draft.main],
        terms=contracts.SubcontractTerms(
            number=f"{draft.provider} {draft.name}",
            start_date=draft.begin,
            end_date=date(year, 12, 31),
        ),
    )
    facts = extensions.OptionFacts(
        months=12, announce_by=date(year, 9, 30), decide_by=date(year, 8, 31)
    )
    extensions.add(scope=scope, subcontract=subcontract, facts=facts)
    follow_ups = (
        sunsets.Plan(follow_up="line", next_form=FundingLine.Form.PXQ),
        sunsets.Plan(
            follow_up="evaluation", evaluate_by=date(year, 5, 31), evaluator=f"{draft.main} zorg"
        ),
    )
    for product, plan in zip(parties.products[draft.main], follow_ups, strict=True):
        line = contracts.add_funding_line(
            scope=scope,
            subcontract=subcontract,
            line=contracts.LineTerms(
                name=f"{draft.name} {product.code}",
                form=FundingLine.Form.PXQ,
                period=Period(draft.begin, half),
                products=[product],
            ),
        )
        sunsets.plan(scope=scope, line=line, plan=plan)


def _drawn(scope: Scope, parties: Parties, draft: _Draft) -> Subcontract:
    period = Period(draft.begin)
    subcontract = contracts.create_subcontract(
        scope=scope,
        subcontractor=parties.subcontractors[draft.main, draft.provider],
        municipal_contract=parties.contracts[draft.main],
        terms=contracts.SubcontractTerms(
            number=f"{draft.provider} {draft.name}",
            start_date=draft.begin,
            consent_on=draft.begin,
        ),
    )
    product = parties.products[draft.main][0]
    contracts.add_funding_line(
        scope=scope,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=draft.name, form=FundingLine.Form.PXQ, period=period, products=[product]
        ),
    )
    contracts.set_tariff(
        scope=scope,
        subcontract=subcontract,
        product=product,
        amount=Decimal("70.00"),
        period=period,
    )
    return subcontract
