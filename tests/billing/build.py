"""Placements and declarations for the tests of billing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from billing.services.declarations import Head, Submission, submit
from billing.services.staging import StagedLine
from hoofdaannemer.core.crypto import keyed_hash
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation, Client, ClientAccess, Placement, Product
from tests.factories import NOW, Party, World
from tests.factories import bsn as test_bsn

_numbers = count(1)
JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)


def placement(
    world: World,
    party: Party | None = None,
    product: Product | None = None,
    *,
    start: date = date(2026, 1, 1),
    end: date | None = date(2026, 12, 31),
    volume: int | None = 12,
    unit: str = "04",
    frequency: str = "4",
    budget: Decimal | None = None,
    client: Client | None = None,
) -> Placement:
    """An accepted placement, of a new client and of 12 hours a month unless told otherwise."""
    party = party or world.pxq
    product = product or world.products["guidance"]
    number = next(_numbers)
    contract = world.youth if product.family == "jw" else world.wmo
    extent = {
        "volume": volume,
        "unit": unit if volume is not None else "",
        "frequency": frequency if volume is not None else "",
        "budget": budget,
    }
    client = client or _new_client(world, number)
    ClientAccess.objects.get_or_create(
        main_contractor=world.main, provider_organisation=party.organisation, client=client
    )
    allocation = Allocation.objects.create(
        main_contractor=world.main,
        family=product.family,
        municipality=world.municipality,
        municipal_contract=contract,
        number=number,
        client=client,
        product=product,
        category=product.category,
        start_date=start,
        end_date=end,
        decided_at=NOW,
        received_at=NOW,
        **extent,
    )
    return Placement.objects.create(
        main_contractor=world.main,
        provider_organisation=party.organisation,
        subcontractor=party.subcontractor,
        subcontract=party.subcontract,
        allocation=allocation,
        client=client,
        product=product,
        family=product.family,
        number=900_000_000 + number,
        start_date=start,
        end_date=end,
        status=Placement.Status.ACCEPTED,
        offered_at=NOW,
        reply_due_date=start,
        **extent,
    )


def _new_client(world: World, number: int) -> Client:
    bsn = test_bsn()
    return Client.objects.create(
        main_contractor=world.main,
        pseudonym=f"C-{number:05d}",
        bsn=bsn,
        bsn_hash=keyed_hash(bsn),
        surname="Jansen",
        initials="A.B.",
        birth_date="2012-05-06",
        name_hash=keyed_hash(f"jan{number}"),
        sex="1",
        municipality=world.municipality,
        recorded_at=NOW,
    )


def line(placed: Placement, month: Month = JANUARY, **changes: object) -> StagedLine:
    """A good line: three hours at 66 euros in the part of the month that was placed."""
    last = min(month.last, placed.end_date or month.last)
    good = StagedLine(
        line=1,
        client_id=placed.client_id,
        reference=f"R{next(_numbers)}",
        previous_reference="",
        number=placed.number,
        category=placed.product.category,
        code=placed.product.code,
        start=max(month.first, placed.start_date),
        end=last,
        volume=3,
        unit="04",
        tariff=6600,
        amount=19800,
        is_credit=False,
    )
    return good._replace(**changes)  # type: ignore[arg-type]


def priced(placed: Placement, volume: int, month: Month = JANUARY, **changes: object) -> StagedLine:
    """A line of so many hours at 66 euros."""
    return line(placed, month, volume=volume, amount=volume * 6600, **changes)


def credit(of: StagedLine, **changes: object) -> StagedLine:
    """The credit of a line."""
    return of._replace(
        reference=f"R{next(_numbers)}", previous_reference=of.reference, is_credit=True
    )._replace(**changes)  # type: ignore[arg-type]


def declare(
    world: World,
    *lines: StagedLine,
    month: Month = JANUARY,
    party: Party | None = None,
    number: str = "",
    scope: Scope | None = None,
) -> Submission:
    """Hand in a declaration with these lines, numbered in order."""
    party = party or world.pxq
    numbered = [one._replace(line=place) for place, one in enumerate(lines, start=1)]
    return submit(
        scope=scope or world.system,
        subcontractor=party.subcontractor,
        head=Head(family="jw", number=number or f"D{next(_numbers)}", month=month),
        lines=numbered,
    )


def moment(day: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
