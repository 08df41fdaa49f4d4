"""The people of the canary scenario: every role in every party, and two whose access ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, OpenSession, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import access_keys, roles, tokens
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.scenarios.canary.catalogue import ALFA, BETA, RELATIONS, TASKS
from hoofdaannemer.scenarios.canary.parties import Parties
from hoofdaannemer.scenarios.logins import add_person

#: Part of the address before the party's name, and whether it is a second person in the role.
STAFF_NAMES: Mapping[str, Role] = {
    "contracten": Role.CONTRACT_MANAGER,
    "contracten2": Role.CONTRACT_MANAGER,
    "zorg": Role.CARE_COORDINATOR,
    "controle": Role.CONTROLLER,
    "controle2": Role.CONTROLLER,
    "kwaliteit": Role.QUALITY_OFFICER,
    "beheer": Role.ADMINISTRATOR,
    "toezicht": Role.AUDITOR,
}
PROVIDER_NAMES: Mapping[str, Role] = {
    "beheer": Role.SUBCONTRACTOR_ADMIN,
    "medewerker": Role.SUBCONTRACTOR_USER,
}
VIEWER_NAME = "gemeente"
OFFICE_NAME = "kantoor"
BLOCKED, MOVED = "geblokkeerd", "verhuisd"
#: Part of the address of who moved: a name of either organisation would be read in the other.
NOWHERE = "Kanarie"
AUDIT_DAYS = 365


def address(name: str, party: str) -> str:
    """The e-mail address of somebody: `controle@kanarie-noord.example`."""
    return f"{name}@{party.lower()}.example"


@dataclass
class Cast:
    """Who acts in which role, by name and party."""

    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)

    def scope(self, name: str, party: str, at: datetime) -> Scope:
        """The scope of somebody at a moment."""
        return selectors.scope_in(self.memberships[name, party], at)


def build(scope: Scope, parties: Parties) -> Cast:
    """Make everybody with a login of their own."""
    cast = Cast()
    for main, row in parties.mains.items():
        for name, role in STAFF_NAMES.items():
            until = scope.at + timedelta(days=3 * AUDIT_DAYS) if role == Role.AUDITOR else None
            add(scope, cast, name, main, Appointment(role, main_contractor_id=row.pk, until=until))
    for provider in dict.fromkeys(provider for _main, provider in RELATIONS):
        for name, role in PROVIDER_NAMES.items():
            add(scope, cast, name, provider, _of_provider(parties, provider, role))
    for task in TASKS:
        for municipality in task.shares:
            if (VIEWER_NAME, municipality) not in cast.memberships:
                viewer = Appointment(
                    Role.MUNICIPAL_VIEWER,
                    main_contractor_id=parties.mains[task.main].pk,
                    municipality_id=parties.municipalities[municipality].pk,
                )
                add(scope, cast, VIEWER_NAME, municipality, viewer)
    return cast


def _of_provider(parties: Parties, provider: str, role: Role) -> Appointment:
    main = next(main for main, other in RELATIONS if other == provider)
    return Appointment(
        role,
        main_contractor_id=parties.mains[main].pk,
        organisation_id=parties.organisations[provider].pk,
    )


def add(scope: Scope, cast: Cast, name: str, party: str, appointment: Appointment) -> User:
    """Make somebody with a login in one role."""
    user = add_person(
        scope=scope,
        email=address(name, party),
        name=f"{party} {name}",
        appointments=[appointment],
    )
    cast.memberships[name, party] = Membership.objects.get(user=user)
    return user


def give_keys(cast: Cast, at: datetime) -> None:
    """Let each delegate make an API key, each administrator a key of the own access.

    The keys themselves are not kept.
    """
    for name, party in cast.memberships:
        membership = cast.memberships[name, party]
        if membership.role == Role.SUBCONTRACTOR_ADMIN:
            scope = cast.scope(name, party, at)
            with acting_as(scope):
                tokens.create(scope=scope, label=f"{party} software")
        elif membership.role == Role.ADMINISTRATOR:
            scope = cast.scope(name, party, at)
            with acting_as(scope):
                access_keys.create(scope=scope, label=f"{party} toegang")


def shut_out(scope: Scope, parties: Parties, cast: Cast) -> None:
    """Block one person of Alfa whose browser stays logged in; move another from Alfa to Beta."""
    of_alfa = _of_provider(parties, ALFA, Role.SUBCONTRACTOR_USER)
    blocked = add(scope, cast, BLOCKED, ALFA, of_alfa)
    roles.block(scope=scope, user=blocked)
    _stay_logged_in(scope, blocked)
    moved = add(scope, cast, MOVED, NOWHERE, of_alfa)
    _stay_logged_in(scope, moved)
    roles.end_role(scope=scope, membership=cast.memberships[MOVED, NOWHERE])
    roles.give_role(
        scope=scope,
        user=moved,
        appointment=_of_provider(parties, BETA, Role.SUBCONTRACTOR_USER),
    )


def _stay_logged_in(scope: Scope, user: User) -> None:
    """A session as a login leaves it, whatever became of the person since.

    Blocking ends sessions; one that was being written at that moment may survive, and must be
    of no use.
    """
    user.refresh_from_db()
    device = AuthenticatorApp.objects.get(user=user)
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[DEVICE_ID_SESSION_KEY] = device.persistent_id
    store.create()
    OpenSession.objects.create(
        user=user,
        session_key=store.session_key,
        agent="Kanarie",
        started_at=scope.at,
        seen_at=scope.at,
    )
