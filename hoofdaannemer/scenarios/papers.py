"""Contracts of a scenario, from draft to active: offered, signed on paper, begun."""

from __future__ import annotations

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract
from subcontracts.pdf import contract_pdf
from subcontracts.rules.contracttext import ContractText
from subcontracts.services import contract_life
from subcontracts.services.contract_life import Signature


def concluded(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """Offer a draft, sign what was offered, and let it begin."""
    offered = contract_life.offer(scope=scope, subcontract=subcontract)
    text = ContractText.read(offered.versions.latest("number").text)
    signature = Signature(
        for_us="Marijke van den Brink",
        for_them="Teun Verhoef",
        file=contract_pdf(text, author=offered.main_contractor.organisation.name),
    )
    contract_life.sign(scope=scope, subcontract=offered, signature=signature)
    return contract_life.activate(scope=scope, subcontract=offered, gaps_known=True)
