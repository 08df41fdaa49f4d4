"""How care comes in: by the municipality's message, or by our own decision; and the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

from django.utils import timezone

from hoofdaannemer.accounts.models import Municipality, Organisation
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.arrangements.moments import at
from hoofdaannemer.scenarios.arrangements.staff import Staff
from hoofdaannemer.scenarios.municipality import Decision
from hoofdaannemer.scenarios.municipality import Municipality as Town
from hoofdaannemer.scenarios.people import Person
from messaging.exchange import content
from messaging.exchange.services import intake, outtray
from messaging.istandaard import Family, answer, parse, serialize
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    MunicipalContract,
    Placement,
    Product,
    Subcontractor,
)
from subcontracts.selectors import authorities
from subcontracts.services import clients, issuing, requests

TERM_DAYS: Final = 364
#: What municipalities answer with a return message.
_ANSWERED: Final = ("305", "307", "315", "317")
#: Units of which a number is allocated for the whole term (WJ756); the others are for a week.
_WHOLE: Final = ("82", "83", "84")


@dataclass
class Case:
    """One client with one product of one provider."""

    person: Person
    contract: MunicipalContract
    product: Product
    municipality: Municipality
    organisation: Organisation
    subcontractor: Subcontractor
    placement: Placement | None = None
    begin: date | None = None

    @property
    def placed(self) -> Placement:
        """The placement. Raises LookupError before there is one."""
        if self.placement is None:
            raise LookupError("not placed yet")
        return self.placement

    @property
    def extent(self) -> tuple[int, str]:
        """Volume in the product's unit, and the frequency (WJ757) for which it is."""
        if self.product.unit in _WHOLE:
            return (1, "6") if self.product.unit != "83" else (500_00, "6")
        return (180 if self.product.unit == "01" else 3), "2"


@dataclass
class Towns:
    """The municipalities' side of the traffic, by municipality and law."""

    provider_agb: str
    _known: dict[tuple[int, str], Town] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def of(self, row: Municipality, family: str) -> Town:
        """One municipality in one law."""
        key = row.pk, family
        if key not in self._known:
            self._known[key] = Town(
                code=row.code,
                name=row.name,
                family=Family(family),
                provider_agb=self.provider_agb,
                first_number=1_000_000 * (1 + len(self._known)),
            )
        return self._known[key]


def allocate(staff: Staff, towns: Towns, case: Case, day: date) -> Allocation:
    """Care as the contract has it: by a 301, or asked for and granted by ourselves."""
    authority = authorities.in_force(case.contract, day)
    if authority is None or authority.allocated_by == AllocatedBy.MUNICIPALITY:
        return _by_message(staff, towns, case, day)
    with acting_as(staff.scope("zorg", at(day))) as scope:
        request = requests.request_allocation(
            scope=scope, main_contractor_id=staff.main_contractor_id, draft=_asked(case, day)
        )
        person = case.person
        address = (person.street, str(person.house_number), person.postcode, person.town)
        issuing.grant(scope=scope, request=request, address="\n".join(address))
        rows = Allocation.objects.visible_to(scope).filter(product=case.product)
        return rows.get(client=request.client)


def _by_message(staff: Staff, towns: Towns, case: Case, day: date) -> Allocation:
    volume, frequency = case.extent
    town = towns.of(case.municipality, case.contract.family)
    number, raw = town.allocate(
        case.person,
        Decision(
            category=case.product.category,
            code=case.product.code,
            start_date=day,
            end_date=day + timedelta(days=TERM_DAYS),
            volume=volume,
            unit=case.product.unit,
            frequency=frequency,
        ),
        at(day),
    )
    _hand_in(staff, raw, at(day), municipality=case.municipality)
    return Allocation.objects.get(
        main_contractor=staff.main_contractor_id,
        family=case.contract.family,
        municipality=case.municipality,
        number=number,
    )


def _asked(case: Case, day: date) -> requests.RequestDraft:
    volume, frequency = case.extent
    person, youth = case.person, case.contract.family == "jw"
    return requests.RequestDraft(
        person=clients.PersonDetails(
            bsn=person.bsn,
            surname=person.surname,
            prefix=person.prefix,
            initials=person.initials,
            birth_date=person.birth_date,
            sex=person.sex,
        ),
        municipality=case.municipality,
        products=[
            requests.ProductDraft(
                product=case.product,
                start_date=day,
                end_date=day + timedelta(days=TERM_DAYS),
                volume=volume,
                unit=case.product.unit,
                frequency=frequency,
                referral=requests.Referral(
                    type="02" if youth else "01",
                    name="Huisartsenpraktijk Lindenhof" if youth else "",
                ),
            )
        ],
        guardian_known=True if youth else None,
    )


def answer_all(staff: Staff, towns: Towns, moment: datetime) -> None:
    """Deliver what waits, and let municipalities and software answer what asks for it."""
    scope = staff.nobody(moment)
    waiting = (
        OutgoingMessage.objects.visible_to(scope)
        .filter(main_contractor=staff.main_contractor_id, state=OutgoingMessage.State.WAITING)
        .select_related("municipality", "provider_organisation")
        .order_by("pk")
    )
    for row in list(waiting):
        if row.municipality is None:
            _to_software(staff, towns, row, moment)
            continue
        outtray.deliver(scope=scope, message_id=row.pk)
        if row.message_type in _ANSWERED:
            town = towns.of(row.municipality, row.family)
            reply = town.reply(content.opened(row), timezone.localdate(moment))
            _hand_in(staff, reply, moment, municipality=row.municipality)


def _to_software(staff: Staff, towns: Towns, row: OutgoingMessage, moment: datetime) -> None:
    outtray.take(scope=staff.nobody(moment), message_id=row.pk)
    message = parse(content.opened(row)).message
    if row.message_type == "301" and message is not None:
        reply = answer(
            message,
            [],
            identification=f"Z{next(towns.numbers):010d}",
            date=timezone.localdate(moment),
        )
        _hand_in(staff, serialize(reply), moment, organisation=row.provider_organisation)


def _hand_in(
    staff: Staff,
    raw: bytes,
    moment: datetime,
    *,
    municipality: Municipality | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Receive and judge a message. Raises ValueError where it was not taken."""
    scope = staff.nobody(moment)
    source = IncomingMessage.Source
    row = intake.receive(
        scope=scope,
        raw=raw,
        main_contractor_id=staff.main_contractor_id,
        leg=Leg.UP if municipality else Leg.DOWN,
        source=source.FOLDER if municipality else source.MAILBOX,
        municipality_id=municipality.pk if municipality else None,
        organisation_id=organisation.pk if organisation else None,
    )
    row = intake.handle(scope=scope, message_id=row.pk)
    if row.state != IncomingMessage.State.HANDLED or row.findings.exists():
        found = ", ".join(f"{one.rule} {one.path}" for one in row.findings.all())
        raise ValueError(f"{row.name} is {row.state}: {found} {row.last_error}")
