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
from subcontracts.services import contract_life, contracts
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
        offered = _drawn(scope, parties, _Draft(main, provider, "aanbod", begin))
        contract_life.offer(scope=scope, subcontract=offered)
        signed = _drawn(scope, parties, _Draft(main, provider, "getekend", begin))
        contract_life.offer(scope=scope, subcontract=signed)
        contract_life.sign(scope=scope, subcontract=signed, signature=_SIGNATURE)


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
