"""A product that the municipality pays by the unit, declared upward and answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from billing.models import UpwardDeclaration, UpwardLine
from billing.services import upward
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.exchange.services import intake
from messaging.istandaard import (
    Verdict,
    declaration_answer,
    declaration_rows,
    parse,
    serialize,
    validate,
)
from messaging.istandaard.model.messages import DeclarationAnswerMessage, DeclarationMessage
from messaging.models import IncomingMessage, Leg
from subcontracts.models import ClientAccess, ContractMunicipality, FundingLine, Placement, Product
from subcontracts.services import exchange_terms, upward_products
from tests import factories
from tests.billing.build import JANUARY, moment
from tests.factories import Party, World, moved

_numbers = count(1)
PRICE = Decimal("70.00")


def part(world: World) -> ContractMunicipality:
    """The municipality in its youth contract."""
    rows = ContractMunicipality.objects.select_related("contract", "municipality")
    return rows.get(contract=world.youth, municipality=world.municipality)


def pay_by_unit(
    world: World,
    product: str = "guidance",
    *,
    price: Decimal | None = PRICE,
    first: Month = JANUARY,
) -> Product:
    """The municipality pays a product by the unit from this month on, and takes 323s."""
    good = world.products[product]
    exchange_terms.use_messages(
        scope=world.system,
        contract=world.youth,
        messages=["301", "305", "307", "315", "323"],
        start_date=world.youth.start_date,
    )
    months = upward_products.Months(first)
    if price is None:
        upward_products.declare_product(
            scope=world.system, contract=world.youth, product=good, months=months
        )
    else:
        upward_products.set_upward_tariff(
            scope=world.system, contract=world.youth, product=good, amount=price, months=months
        )
    world.youth.refresh_from_db()
    return good


def colleague(world: World, name: str = "Samen Sterk") -> Party:
    """One more subcontractor that is paid by the unit."""
    goods = [world.products["guidance"], world.products["treatment"]]
    return factories.party(world.system, world.main, world.youth, name, FundingLine.Form.PXQ, goods)


def beside(world: World, placed: Placement, party: Party) -> Placement:
    """The same allocation placed with another party as well."""
    ClientAccess.objects.get_or_create(
        main_contractor=world.main, provider_organisation=party.organisation, client=placed.client
    )
    number = 950_000_000 + next(_numbers)
    kept = ("product", "family", "start_date", "end_date", "volume", "unit", "frequency", "budget")
    return Placement.objects.create(
        main_contractor=world.main,
        provider_organisation=party.organisation,
        subcontractor=party.subcontractor,
        subcontract=party.subcontract,
        allocation=placed.allocation,
        client=placed.client,
        number=number,
        status=Placement.Status.ACCEPTED,
        offered_at=placed.offered_at,
        reply_due_date=placed.reply_due_date,
        **{name: getattr(placed, name) for name in kept},
    )


def after(month: Month) -> datetime:
    """A moment after a month."""
    return moment(month.last + timedelta(days=12))


def send(world: World, month: Month = JANUARY, *, scope: Scope | None = None) -> UpwardDeclaration:
    """What goes up after the month."""
    scope = scope or moved(world.system, after(month))
    return upward.send(scope=scope, part=part(world), month=month)


def controller(world: World, month: Month = JANUARY) -> Scope:
    """The controller after a month."""
    return world.at(Role.CONTROLLER, at=after(month))


def message_of(declaration: UpwardDeclaration) -> DeclarationMessage:
    """The 323 as it was put in the out-tray; it breaks no rule of its own."""
    parsed = parse(opened(declaration.message))
    assert parsed.is_valid, parsed.rejections
    assert isinstance(parsed.message, DeclarationMessage)
    assert not validate(parsed.message)
    return parsed.message


def answer_to(
    declaration: UpwardDeclaration,
    refused: Mapping[str, str] | None = None,
    *,
    header: str = "",
    whole: str = "",
    day: date | None = None,
) -> DeclarationAnswerMessage:
    """The 325 of the municipality: everything awarded, but lines by reference with their code."""
    message, refused = message_of(declaration), refused or {}
    rows = [row for row in declaration_rows(message) if row.reference in refused]
    verdict = Verdict(
        header=(header,) if header else (),
        declaration=(whole,) if whole else (),
        lines=[(row, (refused[row.reference],)) for row in rows],
    )
    return declaration_answer(
        message,
        verdict,
        identification=f"G{next(_numbers):09d}",
        date=day or declaration.declared_on + timedelta(days=4),
    )


def receive(world: World, answer: DeclarationAnswerMessage) -> IncomingMessage:
    """A 325 from the municipality, taken in."""
    moved_to = moment(answer.header.message_date)
    scope = moved(world.system, moved_to)
    row = intake.receive(
        scope=scope,
        raw=serialize(answer),
        main_contractor_id=world.main.pk,
        source=IncomingMessage.Source.COMMAND,
        leg=Leg.UP,
        municipality_id=world.municipality.pk,
    )
    return intake.handle(scope=scope, message_id=row.pk)


def answered(world: World, declaration: UpwardDeclaration, **refused: str) -> UpwardDeclaration:
    """The declaration after the municipality's answer; lines by reference with their code."""
    row = receive(world, answer_to(declaration, refused))
    assert row.state == IncomingMessage.State.HANDLED, (row.state, row.last_error)
    declaration.refresh_from_db()
    return declaration


def told(declaration: UpwardDeclaration) -> list[tuple[str, int, Decimal]]:
    """What the lines say: debit or credit, volume and euros."""
    rows = declaration.lines.order_by("line")
    return [("C" if one.is_credit else "D", one.volume, one.amount) for one in rows]


def standing() -> list[tuple[int, Decimal]]:
    """Volume and euros of the debits that stand, by month."""
    rows = UpwardLine.objects.open().order_by("month", "allocation")
    return [(one.volume, one.amount) for one in rows]
