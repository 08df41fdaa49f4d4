"""The people who act in an arrangement, one for each role; they can log in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.core.scope import Role, Scope, system
from hoofdaannemer.scenarios.logins import add_person

if TYPE_CHECKING:
    from hoofdaannemer.scenarios.arrangements.building import Built

#: Address, name and role of each of the main contractor's people.
_STAFF = (
    ("contracten", "Marit Contract", Role.CONTRACT_MANAGER),
    ("zorg", "Noor Coördinatie", Role.CARE_COORDINATOR),
    ("controle", "Sem Controle", Role.CONTROLLER),
    ("controle2", "Lieke Controle", Role.CONTROLLER),
    ("kwaliteit", "Olle Kwaliteit", Role.QUALITY_OFFICER),
)


@dataclass(frozen=True)
class Staff:
    """Ids of the people of one main contractor, by the name in their address."""

    main_contractor_id: int
    people: Mapping[str, int]

    def scope(self, name: str, at: datetime) -> Scope:
        """One of them at a moment."""
        role = next(role for address, _name, role in _STAFF if address == name)
        return Scope(
            role=role,
            user_id=self.people[name],
            main_contractor_id=self.main_contractor_id,
            at=at,
        )

    def nobody(self, at: datetime) -> Scope:
        """Work without a person."""
        return system(at, main_contractor_id=self.main_contractor_id)


def appoint(scope: Scope, built: Built, domain: str) -> Staff:
    """Make the people of a main contractor, and a viewer of its first municipality."""
    main = built.main.pk
    people = {
        address: add_person(
            scope=scope,
            email=f"{address}@{domain}",
            name=name,
            appointments=[Appointment(role=role, main_contractor_id=main)],
        ).pk
        for address, name, role in _STAFF
    }
    town = Municipality.objects.get(code=built.entry.municipal_contracts[0].municipalities[0].code)
    add_person(
        scope=scope,
        email=f"gemeente@{domain}",
        name=f"Meelezer {town.name}",
        appointments=[
            Appointment(
                role=Role.MUNICIPAL_VIEWER, main_contractor_id=main, municipality_id=town.pk
            )
        ],
    )
    return Staff(main, people)


def provider(organisation_id: int, at: datetime) -> Scope:
    """Somebody of a subcontractor or own team."""
    return Scope(role=Role.SUBCONTRACTOR_USER, organisation_id=organisation_id, at=at)
