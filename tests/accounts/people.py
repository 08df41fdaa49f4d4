"""People for tests: two main contractors, two subcontractors, and logins by HTTP."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts import tasks as accounts_tasks
from hoofdaannemer.accounts.models import (
    AuthenticatorApp,
    MainContractor,
    MainContractorLink,
    Membership,
    Municipality,
    Organisation,
    User,
)
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import parties, roles, second_factor
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from tests.factories import office

PASSWORD = "een lange zin als wachtwoord"
_numbers = count(1)


@dataclass(frozen=True)
class Parties:
    """Two of each, so that every test can try the other one's."""

    main: MainContractor
    other_main: MainContractor
    practice: Organisation
    other_practice: Organisation
    municipality: Municipality
    other_municipality: Municipality


def parties_for_tests(system: Scope) -> Parties:
    """Two main contractors with a practice each, and two municipalities."""
    number = next(_numbers) * 10
    mains = [
        parties.create_main_contractor(
            scope=system,
            name=f"Hoofd {number + one}",
            kvk=f"{71000000 + number + one}",
            agb=f"{41000000 + number + one}",
        )
        for one in range(2)
    ]
    practices = [
        Organisation.objects.create(
            name=f"Praktijk {number + one}",
            kvk=f"{72000000 + number + one}",
            agb=f"{42000000 + number + one}",
            kind=Organisation.Kind.PRACTICE,
        )
        for one in range(2)
    ]
    for main, practice in zip(mains, practices, strict=True):
        MainContractorLink.objects.create(main_contractor=main, organisation=practice)
    towns = [
        Municipality.objects.create(code=f"{5000 + number + one}", name=f"Gemeente {number + one}")
        for one in range(2)
    ]
    return Parties(*mains, *practices, *towns)


def appointment(at: Parties, role: Role, *, other: bool = False) -> Appointment:
    """The role for the first party of its kind, or for the other one."""
    main = at.other_main if other else at.main
    practice = at.other_practice if other else at.practice
    town = at.other_municipality if other else at.municipality
    until = None
    if role == Role.AUDITOR:
        until = scopes.system().at.replace(year=2099)
    return Appointment(
        role=role,
        main_contractor_id=main.pk,
        organisation_id=_organisation(practice, role),
        municipality_id=town.pk if role == Role.MUNICIPAL_VIEWER else None,
        until=until,
    )


def _organisation(practice: Organisation, role: Role) -> int | None:
    if role == Role.OFFICE_USER:
        return office().pk
    return practice.pk if role in SUBCONTRACTOR else None


def member(
    system: Scope, at: Parties, role: Role, *, other: bool = False, user: User | None = None
) -> Membership:
    """Somebody who holds this role and can log in."""
    if user is None:
        email = f"p{next(_numbers)}@voorbeeld.test"
        user = roles.create_user(scope=system, email=email, name="Kim de Wit")
        # The tests are about access, not about hashing, which is slow on purpose.
        user.password = make_password(PASSWORD, hasher="md5")
        user.save()
    return roles.give_role(scope=system, user=user, appointment=appointment(at, role, other=other))


def app_of(user: User) -> AuthenticatorApp:
    """The person's app, set up if there was none."""
    app = AuthenticatorApp.objects.filter(user=user).first()
    return app or AuthenticatorApp.objects.create(
        user=user, name="app", key=second_factor.new_key()
    )


def code_of(user: User) -> str:
    """A code that the person's app accepts now, also right after another."""
    app = app_of(user)
    app.last_step = -1
    app.drift = 0
    app.save()
    return f"{app.clock().token():06d}"


def key_shown(page: Any) -> str:
    """The key of a page on which an app is set up, read as a person would; hexadecimal."""
    return base64.b32decode(page.context["key_text"].replace(" ", "")).hex()


def code_for(key: str) -> str:
    """The code of an app into which this key was typed."""
    return f"{AuthenticatorApp(key=key).clock().token():06d}"


def log_in(client: Client, membership: Membership) -> Client:
    """Log in by the pages, with the second factor where it is asked, acting in this role."""
    user = membership.user
    device = app_of(user)
    answer = client.post("/inloggen/", {"username": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    answer = client.post("/inloggen/tweede-stap/", {"code": code_of(user)})
    assert answer.status_code == 302, (device, answer.content)
    scopes.apply(scopes.system())
    held = selectors.memberships_of(user)
    if held[0].pk != membership.pk:
        client.post("/account/rol/", {"assignment": membership.pk})
    scopes.apply(scopes.system())
    return client


def mailed() -> list[Any]:
    """All mail that was sent, after a worker's round."""
    accounts_tasks.sweep_mail()
    return mail.outbox


def link_in_mail(number: int = -1) -> str:
    """The path of the first link of a mail that was sent."""
    body = str(mailed()[number].body)
    found = re.search(r"https?://[^/\s]+(/\S+/)", body)
    assert found, body
    return found.group(1)
