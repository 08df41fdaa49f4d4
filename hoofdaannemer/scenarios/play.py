"""Somebody who tries the demo plays the municipality: it sends 301s and answers a 315.

Production refuses all of it: who is allocated care here is invented.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.municipality import Decision, Municipality
from messaging.exchange import content
from messaging.exchange.services import imports
from messaging.istandaard import Family, builders, parse, serialize
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.messages import AllocationRequestMessage
from messaging.istandaard.model.requests import RequestClient, RequestedProduct
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import (
    Client,
    ContractProduct,
    FundingLineProduct,
    MunicipalContract,
    Product,
)
from subcontracts.rules.keys import bsn_key

#: Volume and frequency (WJ757) of an allocation, by unit (WJ756); of others so many a week.
_USUAL: Final = {"01": (240, "4"), "82": (1, "6")}
_OTHERS: Final = (4, "2")
#: Days that an allocation lasts.
_DAYS: Final = 200
_AGES: Final = {Family.JW: (5, 16), Family.WMO: (20, 90)}
#: Fails the eleven test, which the rules of the standard ask of every BSN.
_WRONG_BSN: Final = "123456789"


@dataclass(frozen=True)
class Seat:
    """A municipality in one law, as it stands across from a main contractor."""

    main_contractor: MainContractor
    code: str
    name: str
    family: Family
    contract_id: int

    @property
    def key(self) -> str:
        """Short text that tells it from the others of the main contractor."""
        return f"{self.code}-{self.family.value}"


def check_is_demo() -> None:
    """Raises NotAllowedError outside the demo."""
    if not settings.DEMO:
        raise NotAllowedError(_("Only in the demo somebody plays the municipality."))


def seats(scope: Scope, main_contractor: MainContractor) -> list[Seat]:
    """The municipalities with which the main contractor has a contract today, each law apart."""
    check_is_demo()
    contracts = (
        MunicipalContract.objects.filter(main_contractor=main_contractor)
        .in_force_on(scope.today)
        .prefetch_related("municipalities__municipality")
        .order_by("pk")
    )
    found: dict[str, Seat] = {}
    for contract in contracts:
        for part in contract.municipalities.all():
            town = part.municipality
            seat = Seat(main_contractor, town.code, town.name, Family(contract.family), contract.pk)
            found.setdefault(seat.key, seat)
    return sorted(found.values(), key=lambda one: (one.name, one.family.value))


def open_requests(scope: Scope, main_contractor: MainContractor) -> QuerySet[OutgoingMessage]:
    """The 315s of the main contractor that no municipality answered, the oldest first."""
    check_is_demo()
    rows = OutgoingMessage.objects.visible_to(scope).filter(
        main_contractor=main_contractor,
        leg=Leg.UP,
        message_type="315",
        accepted_at=None,
        refused_at=None,
        settled_at=None,
    )
    return rows.select_related("municipality").order_by("created_at", "pk")


def new_allocation(scope: Scope, seat: Seat, *, is_faulty: bool = False) -> bytes:
    """A 301 for an invented client whom nobody knows yet; a faulty one is returned with an error.

    Raises RuleError SCE-06 where the contract has no product.
    """
    check_is_demo()
    product = _product(scope, seat)
    volume, frequency = _USUAL.get(product.unit, _OTHERS)
    today = scope.today
    decision = Decision(
        category=product.category,
        code=product.code,
        start_date=today,
        end_date=today + timedelta(days=_DAYS),
        volume=volume,
        unit=product.unit,
        frequency=frequency,
    )
    person = _stranger(scope, seat)
    if is_faulty:
        person = replace(person, bsn=_WRONG_BSN)
    _number, raw = _town(seat).allocate(person, decision, _now(scope))
    return raw


def answers(scope: Scope, seat: Seat, request: OutgoingMessage) -> tuple[bytes, bytes]:
    """The 316 without errors to a 315, and the 301 that allocates what it asks."""
    check_is_demo()
    raw = content.opened(request)
    message = parse(raw).message
    if not isinstance(message, AllocationRequestMessage):
        raise RuleError("SCE-07", _("This message is no request for an allocation."))
    town, now = _town(seat), _now(scope)
    granted = [
        _granted(asked, town.first_number + place, now)
        for place, asked in enumerate(message.client.requested_products)
    ]
    allocation = builders.allocation(
        builders.Envelope(
            family=seat.family,
            sender=seat.code,
            receiver=town.provider_agb,
            number=f"{seat.code}{_unused():08d}",
            day=now.date(),
        ),
        _person(message.client),
        granted,
        [builders.dutch_address("3811AA", 1, street="Stadhuisplein", town=seat.name)],
    )
    return town.reply(raw, now.date()), serialize(allocation)


def seat_of(scope: Scope, main_contractor: MainContractor, key: str) -> Seat:
    """A seat by its key. Raises RuleError SCE-08 for one that is not there."""
    found = next((one for one in seats(scope, main_contractor) if one.key == key), None)
    if found is None:
        raise RuleError("SCE-08", _("There is no contract with this municipality today."))
    return found


def seat_for(scope: Scope, request: OutgoingMessage) -> Seat:
    """The municipality to which a message went. Raises RuleError SCE-08 as `seat_of`."""
    code = request.municipality.code if request.municipality else ""
    return seat_of(scope, request.main_contractor, f"{code}-{request.family}")


def send_in(scope: Scope, seat: Seat, documents: Sequence[bytes]) -> list[imports.Result]:
    """Hand documents in as the municipality would; gives what became of each."""
    check_is_demo()
    files = [imports.File(f"{seat.code}-{place}.xml", raw) for place, raw in enumerate(documents)]
    return list(
        imports.take_in(
            scope=scope,
            files=files,
            source=IncomingMessage.Source.UPLOAD,
            main_contractor=seat.main_contractor,
        )
    )


def folder_of(seat: Seat) -> Path:
    """Where the municipality drops its files."""
    return Path(settings.WATCHED_FOLDER) / seat.main_contractor.organisation.kvk / seat.code


def make_folders(scope: Scope) -> list[Path]:
    """Make the watched folder of each municipality, and give those of whole main contractors."""
    check_is_demo()
    found: dict[Path, None] = {}
    for main in MainContractor.objects.select_related("organisation").order_by("pk"):
        for seat in seats(scope, main):
            folder = folder_of(seat)
            folder.mkdir(parents=True, exist_ok=True)
            found[folder.parent] = None
    return list(found)


def drop(seat: Seat, raw: bytes) -> Path:
    """Put a document in the watched folder, whole at once; gives the file."""
    check_is_demo()
    folder = folder_of(seat)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"bericht-{_unused():08d}.xml"
    draft = folder / f".{file.name}.part"
    draft.write_bytes(raw)
    return draft.replace(file)


def _town(seat: Seat) -> Municipality:
    dice = random.SystemRandom()
    return Municipality(
        code=seat.code,
        name=seat.name,
        family=seat.family,
        provider_agb=seat.main_contractor.agb,
        first_number=dice.randrange(100_000_000, 800_000_000),
        _identifications=count(_unused()),
    )


def _unused() -> int:
    """Eight digits that, with the municipality's code, no earlier message is likely to bear."""
    return random.SystemRandom().randrange(10_000_000, 99_000_000)


def _product(scope: Scope, seat: Seat) -> Product:
    """A product of the contract, one that a subcontractor delivers today where there is one."""
    rows = ContractProduct.objects.covered_on(scope.today)
    bought = rows.filter(contract=seat.contract_id).values("product")
    products = Product.objects.filter(pk__in=bought).exclude(unit=Product.EUROS)
    delivered = FundingLineProduct.objects.filter(product__in=bought).in_force_on(scope.today)
    found = products.filter(pk__in=delivered.values("product")) or products
    if not found:
        raise RuleError("SCE-06", _("The contract with this municipality has no product yet."))
    return random.SystemRandom().choice(list(found))


def _stranger(scope: Scope, seat: Seat) -> people.Person:
    """Somebody with a test BSN that no client here has, living in the municipality."""
    dice = random.SystemRandom()
    held = Client.objects.values_list("bsn_hash", flat=True)
    known = {bytes(one) for one in held if one is not None}
    numbers = list(people.test_bsns())
    dice.shuffle(numbers)
    free = next((one for one in numbers if bsn_key(one) not in known), None)
    if free is None:
        raise RuleError("SCE-09", _("All test numbers are in use. Begin the demo anew."))
    youngest, oldest = _AGES[seat.family]
    born = tuple(scope.today - timedelta(days=365 * age) for age in (oldest, youngest))
    return people.person(dice, free, town=seat.name, born_between=(born[0], born[1]))


def _granted(asked: RequestedProduct, number: int, now: datetime) -> AllocatedProduct:
    return AllocatedProduct(
        number=number,
        provider_reference=asked.provider_reference,
        product=asked.product,
        decided_on=now.date(),
        decided_at=now.time().replace(microsecond=0),
        start_date=asked.allocation_start_date,
        end_date=asked.allocation_end_date,
        extent=asked.extent,
        budget=asked.budget,
    )


def _person(client: RequestClient) -> builders.Person:
    return builders.Person(
        bsn=client.bsn,
        birth_date=client.birth_date.day,
        surname=client.name.surname.name,
        prefix=client.name.surname.prefix,
        first_names=client.name.first_names,
        initials=client.name.initials,
        sex=client.sex,
        date_usage=client.birth_date.usage,
    )


def _now(scope: Scope) -> datetime:
    return timezone.localtime(scope.at)
