"""Somebody with a browser, in a role."""

from __future__ import annotations

from itertools import count

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, Organisation, User
from hoofdaannemer.accounts.models.people import OF_ORGANISATION
from hoofdaannemer.accounts.selectors import ACTING
from hoofdaannemer.accounts.services.second_factor import new_key
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from tests.factories import Party, World, office

_numbers = count(1)


def visitor(world: World, role: Role, party: Party | None = None) -> Client:
    """A logged-in browser of a new person in this role; of `party` for a subcontractor's role."""
    scopes.apply(scopes.system())
    user = User.objects.create_user(f"bezoeker{next(_numbers)}@voorbeeld.test", name="Kim de Wit")
    own = role in OF_ORGANISATION
    membership = Membership.objects.create(
        user=user,
        role=role,
        main_contractor=None if own or role == Role.MUNICIPAL_VIEWER else world.main,
        organisation=_organisation(world, role, party),
        municipality=world.municipality if role == Role.MUNICIPAL_VIEWER else None,
        started_at=world.system.at,
    )
    device = AuthenticatorApp.objects.create(user=user, name="app", key=new_key())
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[ACTING] = membership.pk
    session.save()
    return client


def _organisation(world: World, role: Role, party: Party | None) -> Organisation | None:
    if role == Role.OFFICE_USER:
        return office()
    return (party or world.pxq).organisation if role in SUBCONTRACTOR else None


def as_system() -> None:
    """After a request the test looks on as the system."""
    scopes.apply(scopes.system())
