"""Rules about persons: Bsn, birth date, names, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn as eleven_test

from messaging.istandaard.model.allocation import AllocationClient, Contact, Relation
from messaging.istandaard.model.declaration import DeclarationClient
from messaging.istandaard.model.delivery import StartClient, StopClient
from messaging.istandaard.model.messages import AllocationMessage, Message
from messaging.istandaard.model.requests import ChangeClient, RequestClient
from messaging.istandaard.model.values import BirthDate

from .calendar import calendar_day, plus_months
from .registry import on, rule, whole

_PERSONS: Final = (AllocationClient, StartClient, StopClient, RequestClient, Relation)
_UNKNOWN: Final = date(1900, 1, 1)
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3}[a-zA-Z]{2}")

CS002 = rule("CS002", _("The Bsn is not a valid number. Check it for typing errors."))
TR002 = rule("TR002", _("The birth date lies more than 120 years before the message date."))
TR006 = rule(
    "TR006",
    _("The contact has no telephone number and no address with house number and postcode."),
)
TR061 = rule(
    "TR061",
    _("The client has no registered, correspondence or residence address (kind 01, 02 or 03)."),
)
TR134 = rule("TR134", _("The date lies after the message date."))
CD005 = rule("CD005", _("Postcode and country are given together or not at all."))
CD007 = rule("CD007", _("A language is given with a language interpreter, and only then (form 1)."))
CD009 = rule("CD009", _("Only a temporary residence address (kind 04) has a period."))
CD025 = rule("CD025", _("A Dutch address needs a house number."))
CD034 = rule("CD034", _("A registered or residence address needs a postcode."))
CS050 = rule(
    "CS050",
    _("The name usage does not fit: 1 to 4 with a partner name, 1 without, 6 for an organisation."),
)
CS089 = rule("CS089", _("A Dutch postcode has four digits and two letters, without a space."))
CS139 = rule(
    "CS139",
    _("The birth date does not fit what is said to be unknown: fill unknown parts with 01."),
)
CS318 = rule("CS318", _("A client is a person, so name usage 6 is not possible."))


def is_bsn(text: str) -> bool:
    """Nine digits that pass the eleven test; 000000000 passes its arithmetic and is no Bsn."""
    if not (len(text) == 9 and text.isascii() and text.isdigit()) or text == "000000000":
        return False
    return bool(eleven_test.checksum(text) == 0)


@on(CS002, AllocationClient, StartClient, StopClient, RequestClient, ChangeClient)
@on(CS002, DeclarationClient)
def bsn(
    client: AllocationClient | StartClient | ChangeClient | DeclarationClient, message: Message
) -> str | None:
    return None if is_bsn(client.bsn) else "Bsn"


@on(TR002, *_PERSONS)
def not_too_old(person: AllocationClient | Relation, message: Message) -> str | None:
    birth = person.birth_date
    if birth is None or (birth.usage == "3" and birth.day == _UNKNOWN):
        return None
    oldest = plus_months(birth.day, 120 * 12)
    is_old = oldest < calendar_day(message.header.message_id.message_date)
    return "Geboortedatum/Datum" if is_old else None


@on(TR134, *_PERSONS)
def born_before_message(person: AllocationClient | Relation, message: Message) -> str | None:
    birth = person.birth_date
    if birth is None or birth.day <= message.header.message_id.message_date:
        return None
    return "Geboortedatum/Datum"


@on(CS139, *_PERSONS)
def birth_date_usage(person: AllocationClient | Relation, message: Message) -> str | None:
    birth = person.birth_date
    if birth is None or not birth.usage or _fits_usage(birth):
        return None
    return "Geboortedatum/Datum"


def _fits_usage(birth: BirthDate) -> bool:
    match birth.usage:
        case "3":
            return birth.day == _UNKNOWN
        case "2":
            return (birth.day.month, birth.day.day) == (1, 1)
        case _:
            return birth.day.day == 1


@on(TR006, Contact)
def reachable(contact: Contact, message: Message) -> str | None:
    address = contact.address
    has_address = address is not None and address.house is not None and address.postcode
    return None if contact.telephone or has_address else ""


@whole(TR061, AllocationMessage)
def has_client_address(message: AllocationMessage) -> Iterator[str]:
    if not any(contact.kind in {"01", "02", "03"} for contact in message.client.contacts):
        yield "/Bericht/Client"


@on(CD005, Contact)
def postcode_with_country(contact: Contact, message: Message) -> str | None:
    address = contact.address
    if address is None or bool(address.postcode) == bool(address.country):
        return None
    return "Adres/LandCode"


@on(CD007, AllocationClient)
def language_of_interpreter(client: AllocationClient, message: Message) -> str | None:
    speech = client.communication
    if speech is None or (speech.form == "1") == bool(speech.language):
        return None
    return "Communicatie/Taal"


@on(CD009, Contact)
def period_of_temporary_address(contact: Contact, message: Message) -> str | None:
    return "Periode" if contact.period is not None and contact.kind != "04" else None


@on(CD025, Contact)
def dutch_house_number(contact: Contact, message: Message) -> str | None:
    address = contact.address
    lacks_house = address is not None and address.country == "NL" and address.house is None
    return "Adres/Huis" if lacks_house else None


@on(CD034, Contact)
def postcode_of_residence(contact: Contact, message: Message) -> str | None:
    has_postcode = contact.address is not None and contact.address.postcode
    return "Adres/Postcode" if contact.kind in {"01", "03"} and not has_postcode else None


@on(CS089, Contact)
def dutch_postcode(contact: Contact, message: Message) -> str | None:
    address = contact.address
    if address is None or address.country != "NL" or _POSTCODE.fullmatch(address.postcode):
        return None
    return "Adres/Postcode"


@on(CS050, AllocationClient, Relation)
def name_usage(person: AllocationClient | Relation, message: Message) -> str | None:
    name = person.name
    allowed = {"1", "2", "3", "4"} if name.partner_name else {"1", "6"}
    return None if name.name_usage in allowed else "Naam/NaamGebruik"


@on(CS318, AllocationClient)
def client_is_a_person(client: AllocationClient, message: Message) -> str | None:
    return "Naam/NaamGebruik" if client.name.name_usage == "6" else None
