"""An administration office that declares for five practices, each under its own mandate."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mandates, offices
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.scenarios.logins import add_person
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import FIRST_KVK, Party, Region

NAME: Final = "Administratiekantoor De Balans"
KVK: Final = f"{FIRST_KVK + 900:08d}"
EMAIL: Final = "anna@debalans.example"
#: Whose months it declares, and the address part of who gave the mandate there.
PRACTICES: Final = {
    "Spelenderwijs Therapie": "spelenderwijs",
    "Coachpraktijk Binnenste Buiten": "binnenstebuiten",
    "Kindertherapie De Kiezel": "dekiezel",
    "Zorgboerderij De Esrand": "esrand",
    "Zorgboerderij Zevenlind": "zevenlind",
}
_SUBJECTS: Final = (Subject.DECLARE, Subject.STATEMENTS, Subject.DISPUTES)


def build(scope: Scope, region: Region, office: Office) -> None:
    """Take the office in, and let every practice give it a mandate that it accepts."""
    taken = offices.take_in(scope=scope, name=NAME, kvk=KVK, main_contractor_id=region.main.pk)
    appointment = Appointment(
        Role.OFFICE_USER, main_contractor_id=region.main.pk, organisation_id=taken.pk
    )
    person = add_person(scope=scope, email=EMAIL, name="Anna Balans", appointments=[appointment])
    office.administrator = person.pk
    holder = Scope(role=Role.OFFICE_USER, user_id=person.pk, organisation_id=taken.pk, at=scope.at)
    for party in region.parties:
        if party.provider.name in PRACTICES:
            made = _given(party, office, scope.at)
            with acting_as(holder):
                mandates.accept(scope=holder, mandate=made)
            office.mandates[party.organisation.pk] = made


def _given(party: Party, office: Office, at: datetime) -> OfficeMandate:
    giver = Scope(
        role=Role.SUBCONTRACTOR_ADMIN,
        user_id=office.providers[party.organisation.pk],
        organisation_id=party.organisation.pk,
        at=at,
    )
    with acting_as(giver):
        return mandates.give(
            scope=giver,
            mandate=mandates.NewMandate(
                office_kvk=KVK,
                subjects=_SUBJECTS,
                start_date=giver.today,
                end_date=None,
                ground=f"overeenkomst administratie {party.provider.name}",
            ),
        )
