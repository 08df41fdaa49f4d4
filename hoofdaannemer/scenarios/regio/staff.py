"""Who can log in: every role of the main contractor, and the people of some other parties."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.scenarios.logins import add_person
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.offices import PRACTICES
from hoofdaannemer.scenarios.regio.parties import Party, Region

DOMAIN = "zorgkompas.example"
#: Party by name, and the address part of its person: one of each kind the story visits.
PROVIDERS = {
    "Praktijk Zandloper": "zandloper",
    "Praktijk Sterrenkijker": "sterrenkijker",
    "GGZ Eemlanden": "ggz-eemlanden",
    "De Springplank Jeugdzorg": "springplank",
    "Gezin Centraal": "gezincentraal",
    "Begeleiding Aan Huis Smit": "smit",
    "Zorgkompas Team Jeugd": "teamjeugd",
}
#: Where a colleague works who is no delegate, and the address part as above.
COLLEAGUES: Final = {"De Springplank Jeugdzorg": "springplank"}
VIEWERS = (("0307", "amersfoort"), ("0342", "soest"), ("0114", "emmen"))
#: How long from today the auditor of the accounts may look.
AUDIT_DAYS: Final = timedelta(days=365)


def build(scope: Scope, region: Region) -> Office:
    """Make the people; the first contract manager is care coordinator as well."""
    main = region.main.pk
    manager = _staff(
        scope, main, "contract", "Marit Contract", Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR
    )
    colleague = _staff(scope, main, "contract2", "Bas Contract", Role.CONTRACT_MANAGER)
    coordinator = _staff(scope, main, "zorg", "Noor Coördinatie", Role.CARE_COORDINATOR)
    first = _staff(scope, main, "controle", "Sem Controle", Role.CONTROLLER)
    second = _staff(scope, main, "controle2", "Lieke Controle", Role.CONTROLLER)
    officer = _staff(scope, main, "kwaliteit", "Olle Kwaliteit", Role.QUALITY_OFFICER)
    _staff(scope, main, "beheer", "Vera Beheer", Role.ADMINISTRATOR)
    _auditor(scope, main)
    office = Office(
        main_contractor_id=main,
        coordinator=coordinator.pk,
        managers=(manager.pk, colleague.pk),
        officer=officer.pk,
        controllers=(first.pk, second.pk),
    )
    addresses = PROVIDERS | PRACTICES
    for party in region.parties:
        name = party.provider.name
        if name in addresses:
            user = _of_provider(scope, main, party, addresses[name])
            office.providers[party.organisation.pk] = user.pk
        if name in COLLEAGUES:
            _colleague(scope, main, party, COLLEAGUES[name])
    for code, name in VIEWERS:
        _viewer(scope, main, code, name)
    return office


def _staff(scope: Scope, main: int, address: str, name: str, *roles: Role) -> User:
    return add_person(
        scope=scope,
        email=f"{address}@{DOMAIN}",
        name=name,
        appointments=[Appointment(role=role, main_contractor_id=main) for role in roles],
    )


def _auditor(scope: Scope, main: int) -> User:
    """An accountant, whose access ends by itself."""
    until = timezone.now() + AUDIT_DAYS
    return add_person(
        scope=scope,
        email="accountant@telwerk.example",
        name="Iris Telwerk",
        appointments=[Appointment(Role.AUDITOR, main_contractor_id=main, until=until)],
    )


def _of_provider(scope: Scope, main: int, party: Party, address: str) -> User:
    return add_person(
        scope=scope,
        email=f"praktijk@{address}.example",
        name=party.people[0].name,
        appointments=[_at_provider(Role.SUBCONTRACTOR_ADMIN, main, party)],
    )


def _colleague(scope: Scope, main: int, party: Party, address: str) -> User:
    """Somebody who works there and does not manage its people."""
    return add_person(
        scope=scope,
        email=f"medewerker@{address}.example",
        name=party.people[1].name,
        appointments=[_at_provider(Role.SUBCONTRACTOR_USER, main, party)],
    )


def _at_provider(role: Role, main: int, party: Party) -> Appointment:
    return Appointment(role=role, main_contractor_id=main, organisation_id=party.organisation.pk)


def _viewer(scope: Scope, main: int, code: str, name: str) -> User:
    municipality = Municipality.objects.get(code=code)
    return add_person(
        scope=scope,
        email=f"toezicht@{name}.example",
        name=f"Beleid {municipality.name}",
        appointments=[
            Appointment(
                role=Role.MUNICIPAL_VIEWER,
                main_contractor_id=main,
                municipality_id=municipality.pk,
            )
        ],
    )
