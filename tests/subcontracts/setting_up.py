"""A contract manager's browser, and drafts to set up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, Subcontract
from subcontracts.services import contract_life, contracts
from subcontracts.services.contract_life import Signature
from tests.conftest import become
from tests.factories import World

#: A signed contract.
SIGNED = Signature(for_us="M. van den Brink", for_them="T. Verhoef", file=b"%PDF-1.7 signed")
NEXT_YEAR = date(2027, 1, 1)
TRAJECTORY = {"price": "6000", "start_share": "60", "nominal_days": "180"}


def manager(world: World) -> Scope:
    """The contract manager of the world's main contractor, acting."""
    return become(world.at(Role.CONTRACT_MANAGER))


def terms(number: str = "O-2027", **changed: object) -> contracts.SubcontractTerms:
    """Terms of a subcontract from next year on, with consent."""
    usual = {"number": number, "start_date": NEXT_YEAR, "consent_on": NEXT_YEAR}
    return contracts.SubcontractTerms(**usual | changed)  # type: ignore[arg-type]


def draft(world: World, number: str = "O-2027", **changed: object) -> Subcontract:
    """An empty draft with the provider that declares its care."""
    return contracts.create_subcontract(
        scope=world.system,
        subcontractor=world.pxq.subcontractor,
        municipal_contract=world.youth,
        terms=terms(number, **changed),
    )


def line(
    world: World,
    subcontract: Subcontract,
    form: str = FundingLine.Form.PXQ,
    *,
    product: str = "guidance",
    parameters: dict[str, object] | None = None,
) -> FundingLine:
    """A funding line for one product, as long as the contract."""
    return contracts.add_funding_line(
        scope=world.system,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=str(FundingLine.Form(form).label),
            form=form,
            period=Period(subcontract.start_date, subcontract.end_date),
            products=[world.products[product]],
            parameters=parameters or {},
        ),
    )


def ready(world: World, number: str = "O-2027", **changed: object) -> Subcontract:
    """A draft that may be offered: one line with its tariff."""
    subcontract = draft(world, number, **changed)
    line(world, subcontract)
    contracts.set_tariff(
        scope=world.system,
        subcontract=subcontract,
        product=world.products["guidance"],
        amount=Decimal("70.00"),
        period=Period(NEXT_YEAR),
    )
    return subcontract


def concluded(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """The draft, offered, signed and begun."""
    contract_life.offer(scope=scope, subcontract=subcontract)
    contract_life.sign(scope=scope, subcontract=subcontract, signature=SIGNED)
    return contract_life.activate(scope=scope, subcontract=subcontract)
