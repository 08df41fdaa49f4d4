"""An administration office with one person, and the practices that give it a mandate."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, OfficeMandate, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mandates, offices, roles
from hoofdaannemer.accounts.services.mandates import NewMandate
from hoofdaannemer.accounts.services.second_factor import new_key
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from tests.conftest import become
from tests.factories import Party, World

_numbers = count(1)


class Office:
    """An office with one person, and the practices of `world` that may give it a mandate."""

    def __init__(self, chain: World) -> None:
        self.chain = chain
        now = system()
        self.row = offices.take_in(
            scope=now, name="De Balans", kvk="90999901", main_contractor_id=chain.main.pk
        )
        self.person = User.objects.create_user(f"anna{next(_numbers)}@balans.test", name="Anna")
        self.membership = roles.give_role(
            scope=now,
            user=self.person,
            appointment=Appointment(Role.OFFICE_USER, chain.main.pk, self.row.pk),
        )

    def scope(self) -> Scope:
        """The person at the office itself, now."""
        return selectors.scope_in(self.membership, timezone.now())

    def giver(self, of: Party) -> Scope:
        """The administrator of a practice, now."""
        scope = self.chain.at(Role.SUBCONTRACTOR_ADMIN, of, at=timezone.now())
        Membership.objects.get_or_create(
            user_id=scope.user_id,
            role=scope.role,
            organisation=of.organisation,
            defaults={"started_at": self.chain.system.at},
        )
        return scope

    def given(self, of: Party, *subjects: str, **changes: object) -> OfficeMandate:
        """A mandate that waits for the office: for everything unless subjects are named."""
        become(system())
        scope = self.giver(of)
        asked = NewMandate(
            office_kvk=self.row.kvk,
            subjects=subjects or tuple(Subject.values),
            start_date=scope.today,
            end_date=None,
            ground="overeenkomst",
        )
        with acting_as(scope):
            return mandates.give(scope=scope, mandate=replace(asked, **changes))  # type: ignore[arg-type]

    def held(self, of: Party, *subjects: str, **changes: object) -> OfficeMandate:
        """A mandate that the office accepted."""
        made = self.given(of, *subjects, **changes)
        scope = self.scope()
        with acting_as(scope):
            mandates.accept(scope=scope, mandate=made)
        return made

    def acting(self, mandate: OfficeMandate) -> Scope:
        """The person acting under the mandate, with the database set to it."""
        return become(selectors.scope_under(mandate, self.person.pk, timezone.now()))

    def browser(self) -> Client:
        """The person logged in with the second factor, acting for nobody yet."""
        become(system())
        device = AuthenticatorApp.objects.create(user=self.person, name="app", key=new_key())
        client = Client()
        client.force_login(self.person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
        return client


def withdrawn(office: Office, mandate: OfficeMandate, of: Party) -> None:
    become(system())
    scope = office.giver(of)
    with acting_as(scope):
        mandates.withdraw(scope=scope, mandate=mandate, reason="Ik doe het zelf")
