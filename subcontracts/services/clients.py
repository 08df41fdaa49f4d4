"""Clients: found by keyed hash, kept encrypted, seen by the providers that need them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.numbering import next_numbers
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.builders import Person
from messaging.istandaard.model.allocation import AllocationClient, Contact
from messaging.istandaard.model.delivery import Client as MessageClient
from subcontracts import policies
from subcontracts.models import Client, ClientAccess
from subcontracts.rules.keys import bsn_key, name_key
from subcontracts.services import residences


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    """A person as kept. The address is four lines: street, number, postcode, place."""

    bsn: str | None
    surname: str
    birth_date: date
    prefix: str = ""
    initials: str = ""
    sex: str = "0"
    address: str = ""


def of_allocation(person: AllocationClient) -> PersonDetails:
    """The person of a 301."""
    return PersonDetails(
        bsn=person.bsn,
        surname=person.name.surname.name,
        prefix=person.name.surname.prefix,
        initials=person.name.initials or initials_of(person.name.first_names),
        birth_date=person.birth_date.day,
        sex=person.sex,
        address=address_of(person.contacts),
    )


def of_provider(person: MessageClient) -> PersonDetails:
    """The person of a 305, 307 or 315."""
    return PersonDetails(
        bsn=person.bsn,
        surname=person.name.surname.name,
        prefix=person.name.surname.prefix,
        initials=person.name.initials or initials_of(person.name.first_names),
        birth_date=person.birth_date.day,
        sex=person.sex,
    )


def initials_of(first_names: str) -> str:
    """Initials of first names, six at most as in messages."""
    return "".join(name[0].upper() for name in first_names.split())[:6]


def as_person(client: Client) -> Person:
    """A client as messages name one."""
    return Person(
        bsn=client.bsn or "",
        birth_date=date.fromisoformat(client.birth_date),
        surname=client.surname,
        prefix=client.prefix,
        initials=client.initials,
        sex=client.sex,
    )


@transaction.atomic
def keep(
    *,
    scope: Scope,
    main_contractor_id: int,
    person: PersonDetails,
    residence: residences.Fact,
    known: Client | None = None,
) -> Client:
    """Store a person, or bring a known one up to date; known by BSN.

    The municipality is that of a new client: of a known one it changes as a fact of its own.
    `known`: who it is, where that was looked up and locked before.
    """
    if known is None and person.bsn:
        known = (
            Client.objects.filter(main_contractor=main_contractor_id, bsn_hash=bsn_key(person.bsn))
            .select_for_update()
            .first()
        )
    values = _values(person)
    if known is not None:
        return _updated(scope, known, values)
    new = [(person, residence)]
    return store(scope=scope, main_contractor_id=main_contractor_id, people=new)[0]


@transaction.atomic
def store(
    *,
    scope: Scope,
    main_contractor_id: int,
    people: Sequence[tuple[PersonDetails, residences.Fact]],
) -> list[Client]:
    """Keep persons who are not known yet, each with the municipality that is responsible."""
    if not people:
        return []
    numbers = next_numbers(main_contractor_id, "client", len(people))
    rows = Client.objects.bulk_create(
        Client(
            main_contractor_id=main_contractor_id,
            pseudonym=f"C-{number:05d}",
            recorded_at=scope.at,
            municipality=residence.municipality,
            **_values(person),
        )
        for number, (person, residence) in zip(numbers, people, strict=True)
    )
    audit.record_many(scope, "client.stored", rows)
    facts = [residence for _person, residence in people]
    residences.learn_first(scope=scope, facts=list(zip(rows, facts, strict=True)))
    return rows


def _values(person: PersonDetails) -> dict[str, object]:
    return {
        "bsn": person.bsn or None,
        "bsn_hash": bsn_key(person.bsn) if person.bsn else None,
        "surname": person.surname,
        "prefix": person.prefix,
        "initials": person.initials,
        "birth_date": person.birth_date.isoformat(),
        "name_hash": name_key(person.birth_date, person.surname),
        "sex": person.sex,
        "address": person.address,
    }


def _updated(scope: Scope, client: Client, values: dict[str, object]) -> Client:
    """Write only what differs; a message without an address does not erase a known one."""
    changed = [
        name
        for name, value in values.items()
        if not (name == "address" and not value) and _plain(getattr(client, name)) != value
    ]
    if changed:
        for name in changed:
            setattr(client, name, values[name])
        client.save(update_fields=changed)
        audit.record(scope, "client.updated", client, fields=", ".join(changed))
    return client


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@transaction.atomic
def forget(*, scope: Scope, clients: Collection[int]) -> None:
    """Erase who these are: no care stands, and none came about. The client numbers stay."""
    unknown = date(1900, 1, 1)
    values = {
        **dict.fromkeys(("bsn", "bsn_hash")),
        **dict.fromkeys(("surname", "prefix", "initials", "address"), ""),
        "birth_date": unknown.isoformat(),
        "sex": "0",
        "name_hash": name_key(unknown, ""),
    }
    rows = Client.objects.filter(pk__in=clients)
    rows.update(**values)
    audit.record_many(scope, "client.forgotten", rows.only("pk").order_by("pk"))


@transaction.atomic
def learn_address(*, scope: Scope, client: Client, address: str) -> Client:
    """Record where a client lives: street, number, postcode and place, a line each."""
    policies.check_can_manage_care(scope, client.main_contractor_id)
    client = Client.objects.visible_to(scope).select_for_update().get(pk=client.pk)
    return _updated(scope, client, {"address": address})


@transaction.atomic
def give_access(*, scope: Scope, client: Client, organisation_id: int) -> None:
    """Let a provider see a client: after a placement with it or a request from it."""
    _access, created = ClientAccess.objects.get_or_create(
        client=client,
        provider_organisation_id=organisation_id,
        defaults={"main_contractor_id": client.main_contractor_id},
    )
    if created:
        audit.record(scope, "client.shown_to", client, organisation=organisation_id)


@transaction.atomic
def give_access_each(*, scope: Scope, shown: Iterable[tuple[Client, int]]) -> None:
    """The same for pairs of client and organisation."""
    pairs = {(client.pk, organisation): client for client, organisation in shown}
    known = ClientAccess.objects.filter(
        client__in={pk for pk, _organisation in pairs},
        provider_organisation__in={organisation for _pk, organisation in pairs},
    )
    for pair in known.values_list("client", "provider_organisation"):
        pairs.pop(pair, None)
    ClientAccess.objects.bulk_create(
        ClientAccess(
            client=client,
            provider_organisation_id=organisation,
            main_contractor_id=client.main_contractor_id,
        )
        for (_pk, organisation), client in pairs.items()
    )
    each = [(client, {"organisation": number}) for (_pk, number), client in pairs.items()]
    audit.record_each(scope, "client.shown_to", each)


@transaction.atomic
def seal(*, scope: Scope, client: Client) -> Client:
    """Passing this client's data on would endanger the client (OP003): no message, no list."""
    policies.check_can_manage_care(scope, client.main_contractor_id)
    client = Client.objects.select_for_update().get(pk=client.pk)
    client.is_sealed = True
    client.save(update_fields=["is_sealed"])
    audit.record(scope, "client.sealed", client)
    return client


def address_of(contacts: Sequence[Contact]) -> str:
    """The address to deliver care at: the stay (kind 03), else the registered one (01), else any.

    The house number's line is number, letter and addition, divided by blanks.
    """
    order = {"03": 0, "01": 1, "02": 2}
    found = sorted(
        (contact for contact in contacts if contact.address is not None),
        key=lambda contact: order.get(contact.kind, 9),
    )
    if not found or found[0].address is None:
        return ""
    address = found[0].address
    house = address.house
    number = (
        " ".join(str(part) for part in (house.number, house.letter, house.addition) if part)
        if house
        else ""
    )
    lines = (address.street, number, address.postcode, address.town)
    return "\n".join(lines) if any(lines) else ""
