"""Care that we allocate ourselves: what the tests of it share."""

from __future__ import annotations

from datetime import date
from typing import Any

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.content import opened
from messaging.istandaard import Message, builders, parse
from messaging.models import IncomingMessage, MessageCopy
from subcontracts.models import AllocatedBy, Allocation, Authority, CareRequest
from subcontracts.services import authorities, issuing, issuing_by_hand, requests
from tests import factories
from tests.factories import NOW, World, moved
from tests.subcontracts.post import codes, down
from tests.subcontracts.test_requests import asked, by_software, code, draft, letter

MANDATE = authorities.Mandate(
    reference="Mandaatbesluit 2026-17", number_first=800_000_000, number_last=800_000_099
)
TODAY = NOW.date()
SPRING = Period(date(2026, 4, 1), date(2026, 9, 30))
HOME = "Dorpsstraat\n12\n3811AA\nAmersfoort"


def under(world: World, by: str, start: date = TODAY) -> Authority:
    """From a day on this is who allocates under the contract."""
    return authorities.set_authority(
        scope=moved(world.system),
        contract=world.youth,
        allocated_by=by,
        start_date=start,
        mandate=MANDATE if by == AllocatedBy.MANDATE else None,
    )


def from_software(world: World) -> CareRequest:
    """A subcontractor's own 315."""
    products = by_software(("MIJN-1", code(world, "guidance")))
    assert codes(down(world, letter(world, factories.person(), products))) == []
    return CareRequest.objects.get()


def request(world: World, *products: Any, scope: Scope | None = None, **of: Any) -> CareRequest:
    return requests.request_allocation(
        scope=scope or moved(world.system),
        main_contractor_id=world.main.pk,
        draft=draft(world, *(products or [asked(world)]), **of),
    )


def granted(world: World, *products: Any, **of: Any) -> Allocation:
    """The allocation that follows from a request of our own access."""
    made = request(world, *products, **of)
    issuing.grant(scope=moved(world.system), request=made, address=HOME)
    return Allocation.objects.get(requested_product__request=made)


def copied() -> list[tuple[str, str]]:
    """What went in copy, in order: message and who wrote it."""
    rows = MessageCopy.objects.order_by("pk").select_related("received", "sent")
    return [(row.original.name, row.original.sender) for row in rows]


def document(row: Any) -> Message:
    found = parse(opened(row)).message
    assert found
    return found


def by_hand(world: World, *products: Any, who: builders.Person | None = None) -> IncomingMessage:
    """A 301 that somebody wrote in the municipality's name."""
    message = factories.allocation_message(world, who or factories.person(), *products)
    return issuing_by_hand.issue(
        scope=moved(world.system),
        main_contractor_id=world.main.pk,
        municipality=world.municipality,
        message=message,
    )
